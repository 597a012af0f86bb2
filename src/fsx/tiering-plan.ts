/** The steps of a comparison of tiering policies on one volume: what each waits for, and what it costs. */
import { formatBytes, formatWhole } from '../base/units.js';
import type { TieringSetting } from '../record/tiering-journal.js';
import { DAY_MS, formatDays, formatSetting, MOVING_HOURS } from '../record/tiering-words.js';

const HOUR_MS = DAY_MS / 24;

/** ONTAP packs blocks of 4 KB into objects of 4 MB (docs.netapp.com, FabricPool, 2026-07). */
const OBJECT_BYTES = 4 * 2 ** 20;

export interface StepWait {
  /** Time from the change until the step may be measured. */
  readonly leastMs: number;
  /** What happens meanwhile, as a sentence. */
  readonly why: string;
}

/**
 * Returns what a step waits for. ALL moved 2 GiB about 90 s after they were written (measured in ca-central-1, 2026-09);
 * more data takes longer, and no rate is published. AUTO moves cold data 24 to 48 hours after the end of its cooling
 * period, during which nothing may read it (ONTAPGuide, volume-storage-capacity, 2026-11).
 */
export function waitOf({ name, coolingDays }: TieringSetting): StepWait {
  switch (name) {
    case 'ALL':
      return { leastMs: HOUR_MS, why: 'data moves to the capacity pool in the background, for minutes to hours' };
    case 'AUTO': {
      const leastMs = (coolingDays ?? 0) * DAY_MS + MOVING_HOURS * HOUR_MS;
      return { leastMs, why: `data that nobody reads for ${coolingDays} days moves 24 to 48 hours later` };
    }
    case 'SNAPSHOT_ONLY':
      return { leastMs: 0, why: 'only data of snapshots moves; data files stay where they are' };
    case 'NONE':
      return { leastMs: 0, why: 'nothing moves, and nothing moves back from the capacity pool' };
  }
}

export interface PlannedSteps {
  readonly volumeId: string;
  readonly original: TieringSetting;
  readonly steps: readonly TieringSetting[];
  /** Size of the data files; null: not known. */
  readonly dataBytes: number | null;
}

/** Returns rows of a table: a head, a row for each step, and one for the restoration. */
export function stepRows({ original, steps, dataBytes }: PlannedSteps): string[][] {
  const rows = steps.map((step, index) => {
    const { leastMs } = waitOf(step);
    return [
      String(index + 1),
      formatSetting(step),
      leastMs === 0 ? 'none' : formatDays(leastMs),
      costOf(step, dataBytes),
    ];
  });
  const last = [String(steps.length + 1), `${formatSetting(original)} (restored)`, 'none', 'none'];
  return [['STEP', 'POLICY', 'WAIT', 'REQUESTS TO THE CAPACITY POOL'], ...rows, last];
}

function costOf({ name }: TieringSetting, dataBytes: number | null): string {
  if (name === 'NONE' || name === 'SNAPSHOT_ONLY') return 'none for data on SSD';
  const most = name === 'AUTO' ? 'up to ' : '';
  const writes =
    dataBytes === null ? 'one write per 4 MiB' : `${formatWhole(Math.ceil(dataBytes / OBJECT_BYTES))} writes`;
  return `${most}${writes}, and the reads`;
}

/** Returns what a user must know before anything is changed, one sentence or two each. */
export function planNotes({ original, steps, dataBytes }: PlannedSteps): string[] {
  const policies = [...new Map(steps.map((step) => [formatSetting(step), waitOf(step).why]))];
  const totalMs = steps.reduce((sum, step) => sum + waitOf(step).leastMs, 0);
  const names = [original, ...steps].map(({ name }) => name);
  const tiered = names.findIndex((name) => name === 'ALL' || name === 'AUTO');
  const isLater = tiered >= 0 && names.slice(tiered + 1).some((name) => name !== 'ALL' && name !== 'AUTO');
  const size = dataBytes === null ? 'the data files' : formatBytes(dataBytes);
  return [
    ...policies.map(([setting, why]) => `${setting}: ${why}.`),
    ...(totalMs === 0
      ? []
      : [`The waits add up to at least ${formatDays(totalMs)}. feedrate ends meanwhile and says when to come back.`]),
    ...(names.slice(1).some((name) => name === 'ALL' || name === 'AUTO')
      ? [
          `AWS bills what is in the pool per GB and month (here at most ${size}), and each request to the pool. ` +
            'CloudWatch counts the requests as CapacityPoolReadOperations and CapacityPoolWriteOperations.',
        ]
      : []),
    `At the end, feedrate restores ${formatSetting(original)}. That moves no data back: what is in the capacity pool stays there.`,
    'Each change resets the cooling of the whole volume. feedrate sends the cooling period with each change, and it begins anew.',
    'The policy applies to the whole volume, not only to the data files of feedrate.',
    ...(isLater
      ? [
          'What an earlier policy has moved to the pool stays there, so a later NONE or SNAPSHOT_ONLY may not measure SSD. The residency of each run shows it.',
        ]
      : []),
  ];
}
