/** The attributes that distinguish measured arms, named as in the workload file. */
import { formatSizeLabel } from '../base/units.js';
import type { Arm } from '../plan/plan.js';
import type { NfsMount } from '../record/nfs-mount.js';
import type { RunRecord, TargetEnvironment } from '../record/run-record.js';
import { volumeAttributes } from '../record/volume-attributes.js';

/** Fields of a job that are always attributes. Other fields are attributes only if they are factors. */
const TELLING_WORDS = ['rw', 'bs', 'iodepth', 'numjobs', 'ioengine', 'cache'] as const;

/** Mount options that can be columns or rows under their own names. */
const MOUNT_AXES = ['vers', 'nconnect', 'proto', 'rsize', 'wsize', 'sec'] as const;

/**
 * Returns the attributes of an arm in natural order: the run and its labels (`--label tiering=AUTO`), the job and its
 * factors, the target and its mount. A measured fact takes precedence over a label of the same name.
 */
export function attributesOf(run: RunRecord, runName: string, arm: Arm): Map<string, string> {
  const facts = new Map<string, string>();
  const set = (name: string, value: unknown) => {
    if (value !== undefined && value !== null && !facts.has(name)) facts.set(name, String(value));
  };
  set('workload', run.plan.workload);
  set('job', arm.job);
  for (const { name, label } of arm.factors) if (name !== 'target') set(name, label);
  for (const word of TELLING_WORDS) set(word, arm.words[word]);
  set('target', arm.target);
  for (const [name, value] of mountAttributes(targetOf(run, arm.target))) set(name, value);
  const notes = [...labelsOf(run, arm.target)].filter(([name]) => name !== 'run' && !facts.has(name));
  return new Map([['run', runName], ...notes, ...facts]);
}

/**
 * Returns the labels that apply to a target. `tiering=AUTO` applies to the whole run. `cold.tiering=ALL` applies only
 * to the target `cold`, and overrides the former. If there is a target `cold.eu`, `cold.eu.tiering` belongs to that
 * one.
 */
export function labelsOf({ labels, plan }: Pick<RunRecord, 'labels' | 'plan'>, target: string): Map<string, string> {
  const ofAll: [string, string][] = [];
  const ofTarget: [string, string][] = [];
  for (const [label, value] of Object.entries(labels)) {
    const owners = plan.targets.filter(({ name }) => label.startsWith(`${name}.`)).map(({ name }) => name);
    const owner = owners.sort((a, b) => b.length - a.length)[0];
    if (owner === undefined) ofAll.push([label, value]);
    else if (owner === target) ofTarget.push([label.slice(target.length + 1), value]);
  }
  return new Map([...ofAll, ...ofTarget]);
}

/** Returns the environment of a run's target, or undefined if the run did not record it. */
export function targetOf(run: Pick<RunRecord, 'environment'>, target: string): TargetEnvironment | undefined {
  return run.environment.targets.find(({ name }) => name === target);
}

function mountAttributes(target: TargetEnvironment | undefined): [string, string][] {
  if (target === undefined) return [];
  const options = new Map(
    target.options.split(',').map((option): [string, string] => {
      const [name = '', value = ''] = option.split('=', 2);
      return [name, value];
    }),
  );
  const axes = MOUNT_AXES.flatMap((axis): [string, string][] => {
    const value = options.get(axis);
    return value === undefined ? [] : [[axis, value]];
  });
  const kept: [string, string][] = target.dataset === undefined ? [] : [['dataset', target.dataset.id]];
  const stored: [string, string][] =
    target.residency === undefined ? [] : [['fsx.residency', target.residency.residency]];
  const place = target.volume ?? target.storage;
  const volume = place === undefined ? [] : volumeAttributes(place);
  return [
    ['fs', target.fileSystem],
    ['source', target.source],
    ...axes,
    ...nfsAttributes(target.nfs),
    ...kept,
    ...volume,
    ...stored,
  ];
}

/** The negotiated properties, including those that the kernel does not list as options. */
function nfsAttributes(nfs: NfsMount | undefined): [string, string][] {
  if (nfs === undefined) return [];
  const { options } = nfs;
  const size = (bytes: number | null): string | null => (bytes === null ? null : formatSizeLabel(bytes));
  const all: [string, string | number | null][] = [
    ['nfs.client', nfs.client ?? 'kernel'],
    ['nfs.vers', options.version],
    ['nfs.nconnect', options.connections],
    ['nfs.rsize', size(options.readBytes)],
    ['nfs.wsize', size(options.writeBytes)],
    ['nfs.proto', options.transport],
    ['nfs.sec', options.security],
    ['nfs.readahead', size(nfs.readAheadBytes)],
    ['nfs.connections', nfs.openTransports],
    ['nfs.pnfs', nfs.pnfs],
    ['nfs.service', nfs.service],
    ['nfs.ontap', nfs.ontapRelease],
  ];
  return all.flatMap(([name, value]): [string, string][] => (value === null ? [] : [[name, String(value)]]));
}
