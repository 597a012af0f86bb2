/** How accelerators were fed: the time of their steps, the stock of their loaders, and what checkpoints cost them. */
import type { BarChart, Chart } from '../../charts/chart.js';
import { trainingCheckpoints } from '../../stats/training-checkpoints.js';
import type { EpochUse, TrainingUse } from '../../stats/training-use.js';
import { epochName } from '../run/training-lines.js';
import type { ChartArm, ChartedRun } from './chart-arms.js';
import { facetsOf, facetTitle, namesOf } from './facets.js';

interface TrainedArm extends Pick<ChartArm, 'id' | 'attributes' | 'counted'> {
  readonly training: TrainingUse;
  readonly name: string;
}

/** An arm has one bar for its first epoch and one for the later ones. */
const MOST_ARMS = 20;

export function trainingCharts({ groups }: ChartedRun): Chart[] {
  return groups.flatMap((group) => {
    const { arms, names } = group;
    const found = arms.filter(({ summary }) => summary.training !== null);
    const trained = namesOf(found, names, ({ id }) => id).map((name, index): TrainedArm => {
      const { id, attributes, counted, summary } = found[index] as ChartArm;
      return { id, attributes, counted, name, training: summary.training as TrainingUse };
    });
    return facetsOf(trained, names, MOST_ARMS).flatMap((facet) =>
      facet.items.length === 0
        ? []
        : [stepChart, readyChart, checkpointChart].flatMap((make) => {
            const chart = make(facet.items);
            return chart === null ? [] : [{ ...chart, title: facetTitle(chart.title, group, facet) }];
          }),
    );
  });
}

function stepChart(arms: readonly TrainedArm[]): BarChart {
  const bars = arms.flatMap((arm) => arm.training.epochs.map((epoch) => ({ arm, epoch })));
  const part = (name: string, of: (epoch: EpochUse) => number) => ({
    name,
    values: bars.map(({ epoch }) => of(epoch)),
  });
  return {
    kind: 'bars',
    id: 'training-step',
    title: 'Time of a training step',
    description:
      'Mean of all steps of the counted trials, over all accelerators. At the barrier, they wait for the slowest one, or wake up late on a busy machine. The first epoch is apart, because later ones may find their data in a cache.',
    categories: {
      label: arms.length === 1 ? 'epoch' : 'arm',
      categories: bars.map(({ arm, epoch }) => nameOf(arms, arm, epoch)),
    },
    value: { label: 'time', unit: 'ns' },
    isStacked: true,
    parts: [
      part('computing', ({ computeNs }) => computeNs),
      part('waiting for data', ({ waitNs }) => waitNs),
      part('at the barrier', ({ barrierNs }) => barrierNs),
    ],
    arms: bars.map(({ arm }) => arm.id),
  };
}

function nameOf(arms: readonly TrainedArm[], { name }: TrainedArm, epoch: EpochUse): string {
  return arms.length === 1 ? epochName(epoch) : `${name}, ${epochName(epoch)}`;
}

/** Returns null if no loader works ahead, or steps are too few. */
function readyChart(arms: readonly TrainedArm[]): Chart | null {
  const series = arms
    .filter(({ training }) => training.ready.length > 1)
    .map(({ id, name, training }) => ({
      name,
      points: training.ready.map(({ atNs, batches }) => ({ x: atNs, y: batches })),
      drawn: 'steps' as const,
      arm: id,
    }));
  if (series.length === 0) return null;
  return {
    kind: 'xy',
    id: 'ready-batches',
    title: 'Batches ready when steps began',
    description: 'Mean over the accelerators, in the last counted trial of each arm. At 0, accelerators wait for data.',
    x: { label: 'time since the start of the trial', unit: 'ns', scale: 'linear' },
    y: { label: 'ready batches', unit: 'count', scale: 'linear', includes: [0] },
    series,
  };
}

/** Returns null if nothing was saved. */
function checkpointChart(arms: readonly TrainedArm[]): Chart | null {
  const saved = arms.flatMap((arm) => {
    const figures = trainingCheckpoints(arm.counted);
    return figures === null ? [] : [{ arm, figures }];
  });
  if (saved.length === 0) return null;
  return {
    kind: 'bars',
    id: 'au-and-checkpoints',
    title: 'AU with and without the time of checkpoints',
    description: `n = ${saved.reduce((sum, { figures }) => sum + figures.checkpoints, 0)} checkpoints. Training stands still while a checkpoint blocks it.`,
    categories: { label: 'arm', categories: saved.map(({ arm }) => arm.name) },
    value: { label: 'AU', unit: 'ratio' },
    isStacked: false,
    parts: [
      { name: 'without', values: saved.map(({ figures }) => figures.auWithout) },
      { name: 'with', values: saved.map(({ figures }) => figures.auWith) },
    ],
    arms: saved.map(({ arm }) => arm.id),
  };
}
