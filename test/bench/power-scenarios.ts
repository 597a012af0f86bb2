/** What `bench:power` plays through. */
import type { Noise, Order, Plan } from './power-noise.js';

export interface Scenario {
  readonly name: string;
  readonly plan: Plan;
  readonly noise: Noise;
  /** Of the cells that are slow (or, of equivalence, all): 0 for false alarms. */
  readonly effect: number;
  /** How many cells of a family are slow; the others are equal. */
  readonly slowCells: number;
  /** Whether something is demanded here, or it is only told. */
  readonly demanded: boolean;
  readonly families: number;
}

const CVS = [0.01, 0.02, 0.03, 0.05, 0.1];
const CELL_COUNTS = [1, 10, 60, 200];
/** The plan of the demand: 54 pairs a cell. */
const PLAN: Plan = { sessions: 18, rounds: 3, cells: 60, order: 'pairs' };
const NOISE: Noise = { cv: 0.02, shape: 'plain', drift: null, sessionSd: 0.005 };

const percent = (part: number): string => `${Number((100 * part).toFixed(2))} %`;

function driftText(drift: Noise['drift']): string {
  return drift === 'linear' ? ', drift −20 %' : drift === null ? '' : `, drift φ ${drift}`;
}

function nameOf(plan: Plan, noise: Noise): string {
  const shape = noise.shape === 'plain' ? '' : `, ${noise.shape}`;
  const sessions = `${plan.sessions} × ${plan.rounds}`;
  const session = `, session ${percent(noise.sessionSd)}`;
  return `${plan.order}, ${sessions}, m ${plan.cells}, CV ${percent(noise.cv)}${shape}${session}${driftText(noise.drift)}`;
}

interface Variant {
  readonly plan?: Partial<Plan>;
  readonly noise?: Partial<Noise>;
  readonly demanded?: boolean;
}

function scenario(variant: Variant, rest: Pick<Scenario, 'effect' | 'slowCells' | 'families'>): Scenario {
  const plan = { ...PLAN, ...variant.plan };
  const noise = { ...NOISE, ...variant.noise };
  return { name: nameOf(plan, noise), plan, noise, ...rest, demanded: variant.demanded ?? true };
}

/** Equal arms: whatever is called is a false alarm. */
function variantsOf(order: Order): Variant[] {
  const shapes = ['spikes', 'bimodal', 'ties'] as const;
  const variants: Variant[] = [
    ...CVS.map((cv): Variant => ({ noise: { cv } })),
    ...shapes.flatMap((shape) => [0.02, 0.1].map((cv): Variant => ({ noise: { cv, shape } }))),
    ...[0, 0.5, 0.9, 0.98, 'linear' as const].map((drift): Variant => ({ noise: { drift } })),
    ...[0, 0.01].map((sessionSd): Variant => ({ noise: { sessionSd } })),
    ...CELL_COUNTS.filter((cells) => cells !== PLAN.cells).map(
      (cells): Variant => ({ plan: { cells }, noise: { cv: 0.05 } }),
    ),
    { plan: { cells: 200 }, noise: { cv: 0.1, shape: 'spikes', drift: 0.98, sessionSd: 0.01 } },
    { plan: { sessions: 40, rounds: 1, cells: 10 }, noise: { cv: 0.05, shape: 'spikes' } },
  ];
  return variants.map((variant) => ({ ...variant, plan: { ...variant.plan, order } }));
}

/**
 * Sessions of a short run that the drift outlives are not independent: of pairs that is no matter, of two runs it is,
 * so nothing is demanded of two runs there.
 */
function lastingDrifts(): Variant[] {
  return (['pairs', 'runs'] as const).flatMap((order) =>
    [1, 10].flatMap((cells) =>
      [0.5, 0.9, 0.98].map(
        (drift): Variant => ({ plan: { cells, order }, noise: { drift }, demanded: order === 'pairs' }),
      ),
    ),
  );
}

export function alarmScenarios(families: number): Scenario[] {
  const shuffledOrder: Variant = { plan: { order: 'shuffled' }, noise: { drift: 0.98 } };
  return [...variantsOf('pairs'), shuffledOrder, ...variantsOf('runs'), ...lastingDrifts()].map((variant) => {
    // Where the noise hides a difference of min-effect the true rate comes near 1 %, and takes more families to tell.
    const times = (variant.noise?.cv ?? NOISE.cv) >= 0.1 ? 3 : (variant.plan?.cells ?? PLAN.cells) < 60 ? 2 : 1;
    return scenario(variant, { effect: 0, slowCells: 0, families: times * families });
  });
}

/** One slow cell in twenty. Demanded where CV ≤ 2 % and session sd ≤ 0.5 %, whatever drifts slowly. */
export function powerScenarios(families: number): Scenario[] {
  const slowDrifts = [null, 0.95, 0.98, 'linear'] as const;
  const demanded = [0.01, 0.02].flatMap((cv) =>
    [0, 0.005].flatMap((sessionSd) => slowDrifts.map((drift): Variant => ({ noise: { cv, sessionSd, drift } }))),
  );
  const shapes = (['spikes', 'bimodal', 'ties'] as const).map((shape): Variant => ({ noise: { shape } }));
  const told: Variant[] = [
    ...[0.03, 0.05, 0.1].map((cv): Variant => ({ noise: { cv } })),
    { noise: { sessionSd: 0.01 } },
    ...[0, 0.5, 0.9].map((drift): Variant => ({ noise: { drift } })),
    { plan: { order: 'shuffled' }, noise: { drift: 0.95 } },
    ...[1, 10, 200].map((cells): Variant => ({ plan: { cells } })),
    { plan: { sessions: 14, rounds: 3 } },
    { plan: { sessions: 27, rounds: 2 } },
    { plan: { sessions: 54, rounds: 1 } },
    { plan: { order: 'runs' } },
    { plan: { order: 'runs' }, noise: { drift: 0.95 } },
  ];
  const of = (variant: Variant, isDemanded: boolean) => {
    const cells = variant.plan?.cells ?? PLAN.cells;
    const slowCells = Math.max(1, Math.round(cells / 20));
    const enough = Math.max(families, Math.ceil((3 * families) / slowCells));
    return scenario({ ...variant, demanded: isDemanded }, { effect: -0.05, slowCells, families: enough });
  };
  return [
    ...[...demanded, ...shapes.slice(0, 1)].map((v) => of(v, true)),
    ...[...shapes.slice(1), ...told].map((v) => of(v, false)),
  ];
}

/** All cells differ by the smallest difference that matters, where the noise is low enough for intervals within it. */
export function equivalenceScenarios(families: number): Scenario[] {
  const variants: Variant[] = (['pairs', 'runs'] as const).flatMap((order) => [
    { plan: { order }, noise: { cv: 0.002, sessionSd: 0 } },
    { plan: { order }, noise: { cv: 0.005, sessionSd: 0.002 } },
    { plan: { order }, noise: { cv: 0.01, sessionSd: 0 } },
    { plan: { order, sessions: 40, rounds: 1 }, noise: { cv: 0.01, sessionSd: 0, shape: 'spikes' } },
  ]);
  return [-0.01, 1 / 0.99 - 1].flatMap((effect) =>
    variants.map((variant) => scenario(variant, { effect, slowCells: variant.plan?.cells ?? PLAN.cells, families })),
  );
}
