/** The fields of a job in the words and units of the workload file, for what is said to people. */
import { formatDurationLabel, formatSizeLabel } from '../base/units.js';
import type { Arm } from '../plan/plan.js';

/** Properties bear their unit, words do not. */
const UNIT = /(?:BytesPerSecond|Bytes|Ns)$/;

/** The word of a workload file that sets this property: `runtimeNs` → `runtime`. */
export function wordOf(property: string): string {
  if (property === 'shardBytes') return 'shard_size';
  return property.replace(UNIT, '').replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Its value as a workload file would say it: `30s`, `1MiB`. Exact but for shares, which have four decimals. */
export function valueText(property: string, value: unknown): string {
  if (value === undefined) return 'absent';
  if (value === null) return 'none';
  if (property === 'bs') return blocksText(value as BlockShares);
  if (typeof value !== 'number') return typeof value === 'string' ? value : JSON.stringify(value);
  if (property.endsWith('BytesPerSecond')) return `${formatSizeLabel(value)}/s`;
  if (property.endsWith('Bytes')) return formatSizeLabel(value);
  return property.endsWith('Ns') ? formatDurationLabel(value) : String(value);
}

type BlockShares = Extract<Arm['spec'], { kind: 'io' }>['bs'];

function blocksText(blocks: BlockShares): string {
  if (blocks.length === 1) return formatSizeLabel((blocks[0] as BlockShares[number]).blockBytes);
  return blocks
    .map(({ blockBytes, share }) => `${formatSizeLabel(blockBytes)}/${Number((share * 100).toFixed(4))}`)
    .join(':');
}
