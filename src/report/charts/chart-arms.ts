/** The arms of a run as charts see them: with their trials, and with the attributes by which they differ. */
import type { LatencyKind } from '../../base/latency-kinds.js';
import { attributesOf } from '../../gate/attributes.js';
import type { Attributed } from '../../gate/grid.js';
import type { Histogram } from '../../histogram/histogram.js';
import type { TrialRecord } from '../../record/trial-record.js';
import { mergedLatency } from '../../record/trial-values.js';
import { trialsOfArm } from '../../stats/arm-trials.js';
import { type ArmSummary, isCounted } from '../../stats/summary.js';
import { type Charted, groupArms } from '../run/arm-subjects.js';
import type { RunView } from '../run/run-view.js';

/** Its attributes are those that vary in the run: the job and its factors, the target, and what is known of it. */
export interface ChartArm extends Attributed {
  readonly id: string;
  readonly summary: ArmSummary;
  /** All trials, in the order of the record, and those that count. */
  readonly trials: readonly TrialRecord[];
  readonly counted: readonly TrialRecord[];
  /** The latencies of the counted trials, merged; null if there are none of this kind. */
  readonly latency: (kind: LatencyKind) => Histogram | null;
}

/** Arms whose jobs are about the same. */
export interface ChartGroup {
  readonly arms: readonly ChartArm[];
  readonly charted: Charted;
  /** The attributes that identify an arm in the group: the job, its factors, and the target. */
  readonly names: readonly string[];
  /** The jobs, if the run has other groups: for titles. */
  readonly where: readonly string[];
}

export interface ChartedRun {
  readonly view: RunView;
  readonly arms: readonly ChartArm[];
  readonly groups: readonly ChartGroup[];
}

/** Returns the arms of the run, in groups by the subject of their jobs. */
export function chartedRun(view: RunView): ChartedRun {
  const attributes = varyingAttributes(view);
  const arms = view.summaries.map((summary): ChartArm => {
    const { id } = summary.arm;
    const all = trialsOfArm(view.trials, id);
    const counted = all.filter(isCounted);
    return {
      id,
      summary,
      attributes: attributes.get(id) ?? new Map(),
      trials: all,
      counted,
      latency: remembered((kind) => mergedLatency(counted, kind)),
    };
  });
  const armOf = new Map(arms.map((arm) => [arm.id, arm]));
  const groups = groupArms(view.summaries.map((summary) => ({ summary }))).map(
    ({ arms: ofSubject, charted }, _, all) => {
      const found = ofSubject.map(({ summary }) => armOf.get(summary.arm.id) as ChartArm);
      const jobs = [...new Set(found.map(({ summary }) => summary.arm.job))];
      return {
        arms: found,
        charted,
        names: identifyingNames(found),
        where: all.length === 1 ? [] : [jobs.join(' and ')],
      };
    },
  );
  return { view, arms, groups };
}

function remembered<K, V>(make: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    if (!known.has(key)) known.set(key, make(key));
    return known.get(key) as V;
  };
}

function identifyingNames(arms: readonly ChartArm[]): string[] {
  const factors = new Set(arms.flatMap(({ summary }) => summary.arm.factors.map(({ name }) => name)));
  return [...new Set(['job', ...factors, 'target'])].filter((name) => levelsOf(arms, name).length > 1);
}

/** Returns the different values of an attribute, in the order of the arms. Arms without it are left out. */
export function levelsOf(items: readonly Attributed[], name: string): string[] {
  return [...new Set(items.flatMap(({ attributes }) => attributes.get(name) ?? []))];
}

/** Returns the attributes of each arm by its id, without those that are the same for all arms. */
function varyingAttributes({ run, summaries }: RunView): Map<string, Map<string, string>> {
  const planned = new Map(run?.plan.arms.map((arm) => [arm.id, arm]));
  const all = new Map(
    summaries.map(({ arm }): [string, Map<string, string>] => {
      const known = planned.get(arm.id);
      if (run !== null && known !== undefined) return [arm.id, attributesOf(run, '', known)];
      const factors = arm.factors.map(({ name, label }): [string, string] => [name, label]);
      return [arm.id, new Map([['job', arm.job], ...factors, ['target', arm.target]])];
    }),
  );
  const each = [...all.values()];
  const names = new Set(each.flatMap((attributes) => [...attributes.keys()]));
  const same = [...names].filter((name) => new Set(each.map((attributes) => attributes.get(name))).size < 2);
  for (const attributes of each) for (const name of same) attributes.delete(name);
  return all;
}
