/** What the metrics of the arms mean: one rule a row. */
import { formatBytes, formatCount } from '../../base/units.js';
import type { ArmFigures } from '../../stats/fsx-figures.js';
import { percentText } from './metrics-columns.js';
import type { MetricsView } from './metrics-view.js';

/** From here on, a limit is reached. Metrics are means of a minute, so a busy limit is seldom at 100 %. */
const FULL_PERCENT = 95;
/** 102 % of a network limit was measured without a burst: Yoshiki0705/FSx-for-ONTAP-Adoption-Playbook, 2026-08-19. */
const BEYOND_PERCENT = 105;
const LOW_BALANCE_PERCENT = 20;
/** With less than this part of the client's bytes from disk, caches or compression shape the result. */
const CACHED_RATIO = 0.5;
const OTHERS_SHARE = 0.9;

const RULES: readonly ((figures: ArmFigures) => string | null)[] = [
  ({ poolReadOperations: operations, poolReadBytes: bytes }) =>
    operations !== null && operations > 0
      ? `${formatCount(operations)} requests read ${bytes === null ? 'data' : formatBytes(bytes)} from the capacity pool, where a read takes tens of milliseconds. The data was not on SSD.`
      : null,
  ({ ssdIopsPercent: percent }) =>
    percent !== null && percent >= FULL_PERCENT
      ? `SSD IOPS reached ${percentText(percent)} of the provisioned IOPS. More SSD IOPS help; more throughput capacity does not.`
      : null,
  ({ diskIopsPercent: percent }) =>
    percent !== null && percent >= FULL_PERCENT
      ? `The file server reached ${percentText(percent)} of its disk IOPS. More throughput capacity helps; more provisioned IOPS do not.`
      : null,
  ({ networkPercent: percent }) => limitText('network', percent),
  ({ diskPercent: percent }) => limitText('disk throughput', percent),
  ({ cpuPercent: percent }) =>
    percent !== null && percent >= FULL_PERCENT ? `The file server's CPU reached ${percentText(percent)}.` : null,
  ({ throughputBalancePercent, iopsBalancePercent }) => {
    const least = Math.min(throughputBalancePercent ?? 100, iopsBalancePercent ?? 100);
    return least < LOW_BALANCE_PERCENT
      ? `The burst balance fell to ${percentText(least)}. At 0 %, only the baseline is left.`
      : null;
  },
  ({ diskPerClientByte: ratio }) =>
    ratio !== null && ratio < CACHED_RATIO
      ? `Only ${percentText(100 * ratio)} of the bytes that clients read came from disk. The others came from the file server's caches, or were compressed.`
      : null,
  ({ volumeShare: share }) =>
    share !== null && share < OTHERS_SHARE
      ? `Only ${percentText(100 * share)} of the bytes that the file system served were of this volume. Other volumes were busy.`
      : null,
];

function limitText(what: string, percent: number | null): string | null {
  if (percent === null || percent < FULL_PERCENT) return null;
  const text = `The file server reached ${percentText(percent)} of its ${what} limit`;
  return percent > BEYOND_PERCENT ? `${text}: more than the baseline, which only a burst gives.` : `${text}.`;
}

/** Returns one line for each rule that an arm meets, and one about trials that are too short. */
export function metricFindings({ arms }: MetricsView): string[] {
  const found = arms.flatMap((figures) =>
    RULES.flatMap((rule) => {
      const text = rule(figures);
      return text === null ? [] : [`${figures.arm}: ${text}`];
    }),
  );
  const trials = arms.reduce((sum, arm) => sum + arm.trials, 0);
  const short = arms.reduce((sum, arm) => sum + arm.trialsWithoutPeriod, 0);
  if (short === 0) return found;
  const which = short === 1 ? `1 of ${trials} trials contains` : `${short} of ${trials} trials contain`;
  return [
    ...found,
    `${which} no whole minute, so CloudWatch has no values of their own; a runtime of 2 minutes or more always contains one.`,
  ];
}
