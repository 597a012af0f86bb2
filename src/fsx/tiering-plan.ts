/** The steps of a comparison of tiering policies on one volume: what each waits for, and what it costs. */
import { formatMoney } from '../base/money.js';
import { formatBytes, formatWhole } from '../base/units.js';
import { costOfRequests, type PoolPrices } from '../record/pool-requests.js';
import { PRICE_ITEMS, type PriceItem } from '../record/price-record.js';
import type { TieringSetting } from '../record/tiering-journal.js';
import { DAY_MS, formatDays, formatSetting, MOVING_HOURS } from '../record/tiering-words.js';

const HOUR_MS = DAY_MS / 24;

/** ONTAP packs blocks of 4 KB into objects of 4 MB (docs.netapp.com, FabricPool, 2026-07). */
const OBJECT_BYTES = 4 * 2 ** 20;
const BLOCK_BYTES = 4096;

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
  /** Of the file system. */
  readonly prices: PoolPrices;
  /** `SINGLE_AZ_2 in ap-northeast-1`: where the prices apply. */
  readonly priced: string;
}

/** Returns rows of a table: a head, a row for each step, and one for the restoration. */
export function stepRows({ original, steps, dataBytes, prices }: PlannedSteps): string[][] {
  const rows = steps.map((step, index) => {
    const { leastMs } = waitOf(step);
    return [
      String(index + 1),
      formatSetting(step),
      leastMs === 0 ? 'none' : formatDays(leastMs),
      costOf(step, dataBytes, prices),
    ];
  });
  const last = [String(steps.length + 1), `${formatSetting(original)} (restored)`, 'none', 'none'];
  return [['STEP', 'POLICY', 'WAIT', 'REQUESTS TO THE CAPACITY POOL'], ...rows, last];
}

function costOf({ name }: TieringSetting, dataBytes: number | null, prices: PoolPrices): string {
  if (name === 'NONE' || name === 'SNAPSHOT_ONLY') return 'none for data on SSD';
  const most = name === 'AUTO' ? 'up to ' : '';
  if (dataBytes === null) return `${most}one write per 4 MiB, and the reads`;
  const writeOperations = Math.ceil(dataBytes / OBJECT_BYTES);
  const { cost, currency } = costOfRequests({ readOperations: 0, writeOperations }, prices);
  const price = cost === null ? '' : ` (${formatMoney(cost)} ${currency})`;
  return `${most}${formatWhole(writeOperations)} writes${price}, and the reads`;
}

/** What the reads and the storage of the data in the pool cost, or which price is missing. */
function priceNotes({ dataBytes, prices, priced }: PlannedSteps): string[] {
  if (dataBytes === null || dataBytes === 0) return [];
  const needed: readonly PriceItem[] = ['pool-read-1000', 'pool-write-1000', 'pool-gb-month'];
  const missing = needed.filter((item) => !prices.has(item));
  const counts = [OBJECT_BYTES, BLOCK_BYTES].map((bytes) => Math.ceil(dataBytes / bytes));
  const costs = counts.map((readOperations) => costOfRequests({ readOperations, writeOperations: 0 }, prices));
  const [fewest, most] = counts.map(formatWhole);
  const [low, high] = costs.map(({ cost, currency }) => (cost === null ? null : `${formatMoney(cost)} ${currency}`));
  const reads =
    `Reading all of it once from the pool takes ${fewest} reads of 4 MiB to ${most} reads of 4 KiB` +
    (low === null ? '.' : `, which cost ${low} to ${high}.`);
  const storage = prices.get('pool-gb-month');
  const gib = dataBytes / 2 ** 30;
  return [
    reads,
    ...(storage === undefined
      ? []
      : [
          `A month of ${formatBytes(dataBytes)} in the pool costs ${formatMoney(gib * storage.price)} ${storage.currency}.`,
        ]),
    ...(missing.length === 0
      ? []
      : [
          `feedrate has no price for ${priced} of: ${missing.map((item) => PRICE_ITEMS[item]).join(', ')}. ` +
            'Give them with --prices FILE (feedrate guide cost).',
        ]),
  ];
}

/** Returns what a user must know before anything is changed, one sentence or two each. */
export function planNotes(plan: PlannedSteps): string[] {
  const { original, steps, dataBytes } = plan;
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
            'feedrate counts them with CloudWatch.',
          ...priceNotes(plan),
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
