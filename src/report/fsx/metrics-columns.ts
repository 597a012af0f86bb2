/** The columns of the table of arms, and their data in JSON. */
import { formatBytes, formatCount, formatDurationNs } from '../../base/units.js';
import type { ArmFigures } from '../../stats/fsx-figures.js';
import { ABSENT } from '../table/format.js';
import type { ShownColumn } from '../table/shown-column.js';
import { armLetter } from './metrics-view.js';

/** Formats per cent. Small values keep a digit. */
export function percentText(percent: number | null): string {
  if (percent === null) return ABSENT;
  return `${percent < 9.95 ? Number(percent.toFixed(1)) : Math.round(percent)} %`;
}

/** Formats a ratio of bytes: `0.03`, `1.6`. */
export function ratioText(ratio: number | null): string {
  return ratio === null ? ABSENT : String(Number(ratio.toPrecision(2)));
}

/** Returns the columns that have a value for any of these arms. */
export function metricsColumns(rows: readonly ArmFigures[]): ShownColumn<ArmFigures>[] {
  const right = (head: string, dropOrder: number, text: (row: ArmFigures) => string): ShownColumn<ArmFigures> => {
    return { head, align: 'right', dropOrder, text };
  };
  const columns: ShownColumn<ArmFigures>[] = [
    { head: 'arm', align: 'left', dropOrder: 0, text: (row) => `${armLetter(rows.indexOf(row))} ${row.arm}` },
    right('trials', 8, ({ trials }) => String(trials)),
    right('minutes', 7, ({ periods }) => String(periods)),
    right('network', 0, ({ networkPercent }) => percentText(networkPercent)),
    right('disk', 0, ({ diskPercent }) => percentText(diskPercent)),
    right('SSD IOPS', 0, ({ ssdIopsPercent }) => percentText(ssdIopsPercent)),
    right('server IOPS', 6, ({ diskIopsPercent }) => percentText(diskIopsPercent)),
    right('CPU', 5, ({ cpuPercent }) => percentText(cpuPercent)),
    right('burst left', 3, ({ throughputBalancePercent }) => percentText(throughputBalancePercent)),
    right('disk ÷ client', 1, ({ diskPerClientByte }) => ratioText(diskPerClientByte)),
    right('pool reads', 0, poolText),
    right('server read', 2, ({ readMeanNs }) => (readMeanNs === null ? ABSENT : formatDurationNs(readMeanNs))),
    right('server write', 4, ({ writeMeanNs }) => (writeMeanNs === null ? ABSENT : formatDurationNs(writeMeanNs))),
  ];
  return columns.filter(({ text, head }) => head === 'network' || rows.some((row) => text(row) !== ABSENT));
}

function poolText({ poolReadOperations: operations, poolReadBytes: bytes }: ArmFigures): string {
  if (operations === null) return ABSENT;
  return operations === 0 ? '0' : `${formatCount(operations)}, ${bytes === null ? ABSENT : formatBytes(bytes)}`;
}
