/** What tells measured arms apart, by the words that a user has for it. */
import { formatSizeLabel } from '../base/units.js';
import type { Arm } from '../plan/plan.js';
import type { NfsMount } from '../record/nfs-mount.js';
import type { RunRecord, TargetEnvironment } from '../record/run-record.js';

/** Words of a job by which arms are told apart also where they are no factor. Others are, where they are one. */
const TELLING_WORDS = ['rw', 'bs', 'iodepth', 'numjobs', 'ioengine', 'cache'] as const;

/** Mount options that are axes of a comparison under their own names. */
const MOUNT_AXES = ['vers', 'nconnect', 'proto', 'rsize', 'wsize', 'sec'] as const;

/**
 * The attributes of an arm, in the order in which a person would name them: run and labels (`--label tiering=AUTO`),
 * job and its factors, target and what its mount says of itself. Where a label has the name of a fact, the fact holds.
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
 * The labels that hold for a target, by the names that they go by: `tiering=AUTO` for the whole run, `cold.tiering=ALL`
 * for the target `cold` alone, where it wins. Where there is a target `cold.eu` too, `cold.eu.tiering` is that one's.
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

/** The environment of a target of a run; undefined when the run did not keep it. */
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
  return [['fs', target.fileSystem], ['source', target.source], ...axes, ...nfsAttributes(target.nfs)];
}

/** What was negotiated, whether or not the kernel shows it among the options. */
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
