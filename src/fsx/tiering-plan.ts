/** The steps of a comparison of tiering policies on one volume: what each waits for, and what it costs. */
import { formatBytes, formatWhole } from '../base/units.js';
import type { TieringSetting } from '../record/tiering-journal.js';
import { MOVING_HOURS } from './residency.js';
import { DAY_MS, formatDays, formatSetting } from './tiering-policy.js';

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
    const { leastMs, why } = waitOf(step);
    return [
      String(index + 1),
      formatSetting(step),
      leastMs === 0 ? 'none' : formatDays(leastMs),
      why,
      costOf(step, dataBytes),
    ];
  });
  const last = [String(steps.length + 1), formatSetting(original), '', 'the original setting is restored', ''];
  return [['STEP', 'POLICY', 'WAIT', 'WHAT HAPPENS', 'COSTS'], ...rows, last];
}

/** Returns what a step costs in quantities: requests, and the storage of the data files. */
function costOf({ name }: TieringSetting, dataBytes: number | null): string {
  const size = dataBytes === null ? 'the data' : formatBytes(dataBytes);
  if (name === 'NONE' || name === 'SNAPSHOT_ONLY') return 'no requests';
  const writes =
    dataBytes === null
      ? 'a write request per 4 MiB'
      : `${formatWhole(Math.ceil(dataBytes / OBJECT_BYTES))} write requests`;
  const least = name === 'ALL' ? '' : 'up to ';
  return `${least}${writes}; ${size} of pool storage; read requests for each epoch, counted afterwards`;
}

/** Returns what a user must know before anything is changed, one sentence each. */
export function planNotes({ original, steps }: PlannedSteps): string[] {
  const totalMs = steps.reduce((sum, step) => sum + waitOf(step).leastMs, 0);
  const tiered = [original, ...steps].findIndex(({ name }) => name === 'ALL' || name === 'AUTO');
  const staying =
    tiered >= 0 && [original, ...steps].slice(tiered + 1).some(({ name }) => name !== 'ALL' && name !== 'AUTO');
  return [
    `The waiting times add up to ${totalMs === 0 ? 'nothing' : `at least ${formatDays(totalMs)}`}. feedrate ends meanwhile; come back with: feedrate fsx tiering --resume`,
    `At the end, feedrate restores ${formatSetting(original)}. That does not move data back: what is in the capacity pool stays there.`,
    'Each change resets the cooling of all data in the volume, so the cooling period is sent with each change and starts anew.',
    'Every change applies to the whole volume, not only to the data files of feedrate.',
    ...(staying
      ? [
          'Data that an earlier policy moved to the capacity pool stays there. Put NONE first, or the later step does not measure SSD.',
        ]
      : []),
  ];
}
