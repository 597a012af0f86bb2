/** The words that describe the state of a model: which model, its types of numbers, its parallelism. */
import { type Parsed, quoted } from '../base/units.js';
import { fail, typeOf, type ValueType } from './value-types.js';

/** Tensor × pipeline × data parallelism. */
export interface RankGrid {
  readonly tensor: number;
  readonly pipeline: number;
  readonly data: number;
}

/** A machine of a group that divides the ranks of one training job. */
export interface MachinePart {
  /** 0-based. */
  readonly rank: number;
  readonly size: number;
}

/** Returns how many ranks there are. */
export const ranksOf = ({ tensor, pipeline, data }: RankGrid): number => tensor * pipeline * data;

export const gridText = ({ tensor, pipeline, data }: RankGrid): string => `${tensor}x${pipeline}x${data}`;

interface ModelRow {
  readonly params: number;
  readonly layers: number;
  /** Elements of a row of its matrices. */
  readonly hidden: number;
  readonly grid: RankGrid;
  /** The published sizes of a checkpoint's parts, GiB. */
  readonly published: { readonly model: number; readonly optimizer: number };
}

/**
 * The models of MLPerf Storage's checkpoints (rules 2.0, table 2; `configs/dlio/workload/llama3_*.yaml`). The numbers of
 * parameters are those whose 14 bytes each (bf16 weights; fp32 weights and two moments) are the published sizes, which are
 * GiB though they are called GB.
 */
export const MODELS = {
  'llama3-8b': {
    params: 8.03e9,
    layers: 32,
    hidden: 4096,
    grid: { tensor: 1, pipeline: 1, data: 8 },
    published: { model: 15, optimizer: 90 },
  },
  'llama3-70b': {
    params: 69.885e9,
    layers: 80,
    hidden: 8192,
    grid: { tensor: 8, pipeline: 1, data: 8 },
    published: { model: 130, optimizer: 781 },
  },
  'llama3-405b': {
    params: 405.61e9,
    layers: 126,
    hidden: 16_384,
    grid: { tensor: 8, pipeline: 32, data: 2 },
    published: { model: 755, optimizer: 4533 },
  },
  'llama3-1t': {
    params: 1.3803e12,
    layers: 128,
    hidden: 25_872,
    grid: { tensor: 8, pipeline: 64, data: 2 },
    published: { model: 2571, optimizer: 15_426 },
  },
} as const satisfies Readonly<Record<string, ModelRow>>;

export type ModelName = keyof typeof MODELS;

export const MODEL_NAMES = Object.keys(MODELS) as [ModelName, ...ModelName[]];

/** Bytes of a weight. */
export const WEIGHT_TYPES = { fp32: 4, bf16: 2, fp16: 2, fp8: 1 } as const;
export type WeightType = keyof typeof WEIGHT_TYPES;
export const WEIGHT_TYPE_NAMES = Object.keys(WEIGHT_TYPES) as [WeightType, ...WeightType[]];

/** What an optimizer keeps: bytes a parameter of each of its tensors. */
export const OPTIMIZERS = {
  adam: { meaning: 'fp32 weights and two moments, 12 bytes a parameter', tensors: [4, 4, 4] },
  'adam-fp32': { meaning: 'two fp32 moments, 8 bytes, for weights that are fp32 themselves', tensors: [4, 4] },
  'adam-8bit': { meaning: 'two moments of a byte each', tensors: [1, 1] },
  sgd: { meaning: 'one fp32 momentum, 4 bytes', tensors: [4] },
  none: { meaning: 'nothing', tensors: [] },
} as const satisfies Readonly<Record<string, { readonly meaning: string; readonly tensors: readonly number[] }>>;
export type OptimizerName = keyof typeof OPTIMIZERS;
export const OPTIMIZER_NAMES = Object.keys(OPTIMIZERS) as [OptimizerName, ...OptimizerName[]];

const PARAMS_PATTERN = '^[0-9]+(?:\\.[0-9]+)?[KMBTkmbt]?$';
const MULTIPLES: Readonly<Record<string, number>> = { '': 1, K: 1e3, M: 1e6, B: 1e9, T: 1e12 };
const PARAMS_LEAST = 1000;
const PARAMS_MOST = 1e14;

/** A number of parameters as people write it: `7B`. */
export const parameters: ValueType<number> = typeOf(
  'number of parameters',
  {
    spelling: (z) =>
      z
        .union([z.number().min(0), z.string()])
        .meta({ id: 'parameters', pattern: PARAMS_PATTERN, examples: ['7B', '350M'] }),
    check: (value) =>
      typeof value === 'string' || (Number.isFinite(value) && (value as number) >= 0)
        ? null
        : `${quoted(value)} is not a number of parameters; write 7B or 350M`,
  },
  (written: string | number): Parsed<number> => {
    const [, digits, unit = ''] = /^([0-9]+(?:\.[0-9]+)?)([KMBTkmbt]?)$/.exec(String(written).trim()) ?? [];
    if (digits === undefined) return fail(`${quoted(written)} is not a number of parameters; write 7B or 350M`);
    const value = Math.round(Number(digits) * (MULTIPLES[unit.toUpperCase()] as number));
    if (value < PARAMS_LEAST) return fail(`${quoted(written)} is too small; at least 1K parameters`);
    return value > PARAMS_MOST ? fail(`${quoted(written)} is too large; at most 100T parameters`) : { ok: true, value };
  },
  paramsText,
  { unit: '', of: (value) => value },
);

/** Returns `7B` for 7e9, exactly. */
export function paramsText(params: number): string {
  const unit = (['T', 'B', 'M', 'K'] as const).find((each) => params >= (MULTIPLES[each] as number)) ?? '';
  const scaled = params / (MULTIPLES[unit] as number);
  return Math.round(Number(String(scaled)) * (MULTIPLES[unit] as number)) === params
    ? `${scaled}${unit}`
    : String(params);
}

const DEGREE_MOST = 100_000;

/** `TPxPPxDP`, such as `8x1x8`. */
export const rankGrid: ValueType<RankGrid> = typeOf(
  'TPxPPxDP',
  {
    spelling: (z) =>
      z
        .string()
        .meta({ id: 'ranks', pattern: '^[1-9][0-9]{0,5}[x×][1-9][0-9]{0,5}[x×][1-9][0-9]{0,5}$', examples: ['8x1x8'] }),
    check: (value) => (typeof value === 'string' ? null : `${quoted(value)} is not TPxPPxDP, such as 8x1x8`),
  },
  (written: string): Parsed<RankGrid> => {
    const parts = /^([1-9][0-9]{0,5})[x×]([1-9][0-9]{0,5})[x×]([1-9][0-9]{0,5})$/.exec(written.trim());
    if (parts === null)
      return fail(`${quoted(written)} is not TPxPPxDP: tensor, pipeline and data parallelism, such as 8x1x8`);
    const [tensor = 1, pipeline = 1, data = 1] = parts.slice(1).map(Number);
    const value = { tensor, pipeline, data };
    return ranksOf(value) > DEGREE_MOST
      ? fail(`${quoted(written)} has ${ranksOf(value)} ranks; at most ${DEGREE_MOST}`)
      : { ok: true, value };
  },
  gridText,
);
