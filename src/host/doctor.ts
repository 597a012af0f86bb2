/** What is good and bad about a target before anything is measured at length. Pure: the facts are gathered elsewhere. */
import { formatBytes, formatThroughput } from '../base/units.js';
import type { Finding } from '../record/finding.js';
import type { Advice, Check, Patient } from './doctor-check.js';
import { NFS_CHECKS } from './doctor-nfs.js';
import { type MountChanges, remountLine } from './nfs/mount-line.js';

/** AWS: a flow between instances that are not in one placement group. */
const ONE_FLOW_BYTES_PER_SECOND = 625e6;
const FULL_SHARE = { note: 0.8, bad: 0.95 };

const percent = (share: number): string => `${(100 * share).toFixed(share < 0.01 && share > 0 ? 2 : 0)} %`;

const CHECKS: readonly Check<Patient>[] = [
  ['file system', fileSystem],
  [
    'space',
    ({ target: { totalBytes, freeBytes } }) =>
      fullness(1 - freeBytes / totalBytes, `${formatBytes(freeBytes)} of ${formatBytes(totalBytes)} free`),
  ],
  [
    'files',
    ({ files }) => (files === null ? null : fullness(files.used / files.total, `${files.used} of ${files.total}`)),
  ],
  [
    'memory',
    ({ memoryBytes }) => [
      'note',
      formatBytes(memoryBytes),
      'a data set that is not well above it may be read from memory',
      'cache: cold or direct, or data of twice the memory',
    ],
  ],
  ['one stream', oneStream],
];

function fileSystem({ target: { fileSystem: kind, source } }: Patient): Advice {
  const value = `${kind} on ${source}`;
  if (kind === 'tmpfs' || kind === 'ramfs')
    return ['bad', value, 'it is memory, and says nothing of storage', 'name a directory on the storage'];
  if (kind === 'autofs')
    return ['bad', value, 'it is an automounter’s own directory', 'name a directory that it mounts'];
  if (kind === 'overlay')
    return [
      'note',
      value,
      'a container’s layers lie over the storage',
      'name a directory that is mounted into the container',
    ];
  return kind === 'unknown' ? ['unknown', value] : ['good', value];
}

function fullness(share: number, value: string): Advice {
  if (!(share > FULL_SHARE.note)) return ['good', value];
  const severity = share > FULL_SHARE.bad ? 'bad' : 'note';
  return [
    severity,
    `${value} (${percent(share)} used)`,
    'file systems slow down when they are almost full',
    'make room, or grow it',
  ];
}

function oneStream({ probe, target }: Patient): Advice | null {
  if (probe === null) return null;
  const rate = probe.streamBytesPerSecond;
  if (rate === null) return ['unknown', 'the page cache kept what was written'];
  const value = formatThroughput(rate);
  const nearOneFlow = rate > 0.85 * ONE_FLOW_BYTES_PER_SECOND && rate < 1.1 * ONE_FLOW_BYTES_PER_SECOND;
  return target.nfs !== undefined && nearOneFlow
    ? [
        'note',
        value,
        'as much as one TCP connection carries between EC2 instances',
        'more connections (nconnect), and several readers',
      ]
    : ['good', value];
}

/** Every check that applies to the target, in a fixed order. */
export function diagnose(patient: Patient): Finding[] {
  const { target } = patient;
  const { nfs } = target;
  const general = CHECKS.map(([check, examine]) => findingOf(check, examine(patient)));
  if (nfs === undefined) return general.filter((finding) => finding !== null);
  const remount = (changes: MountChanges) => remountLine(target, nfs.options, changes);
  const ofNfs = NFS_CHECKS.map(([check, examine]) => findingOf(check, examine({ ...patient, nfs, remount })));
  return [...general, ...ofNfs].filter((finding) => finding !== null);
}

function findingOf(check: string, advice: Advice | null): Finding | null {
  if (advice === null) return null;
  const [severity, value, reason = null, remedy = null] = advice;
  return { check, severity, value, reason, remedy };
}
