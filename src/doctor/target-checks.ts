/** The checks of every target, on any file system. */
import { formatBytes, formatThroughput } from '../base/units.js';
import type { NfsMount } from '../record/nfs-mount.js';
import type { TargetEnvironment } from '../record/run-record.js';
import { type Advice, type Check, check } from './check.js';
import { INODES, MEMORY, type MountProbe, PROBE, SERVER, TARGET } from './host-facts.js';
import { ONE_FLOW_BYTES_PER_SECOND, ONE_FLOW_REASON, passesTcpFlow } from './tcp-flow.js';

const FULL_SHARE = { note: 0.8, bad: 0.95 };

const percent = (share: number): string => `${(100 * share).toFixed(share < 0.01 && share > 0 ? 2 : 0)} %`;

export const TARGET_CHECKS: readonly Check[] = [
  check('file system', { target: TARGET }, ({ target }) => fileSystem(target)),
  check('space', { target: TARGET }, ({ target: { totalBytes, freeBytes } }) =>
    fullness(1 - freeBytes / totalBytes, `${formatBytes(freeBytes)} of ${formatBytes(totalBytes)} free`),
  ),
  check('files', { inodes: INODES }, ({ inodes: { used, total } }) => fullness(used / total, `${used} of ${total}`)),
  check('memory', { memory: MEMORY }, ({ memory: { bytes } }) => [
    'note',
    formatBytes(bytes),
    'data that fits in memory may be read from the page cache',
    'use cache: cold or direct, or at least twice as much data as memory',
  ]),
  check('one stream', { target: TARGET, probe: PROBE, server: SERVER }, ({ target: { nfs }, probe, server }) =>
    oneStream(nfs !== undefined && passesTcpFlow(server, nfs) ? nfs : null, probe),
  ),
];

function fileSystem({ fileSystem: kind, source }: TargetEnvironment): Advice {
  const value = `${kind} on ${source}`;
  if (kind === 'tmpfs' || kind === 'ramfs')
    return ['bad', value, 'this is memory, not storage', 'choose a directory on the storage'];
  if (kind === 'autofs')
    return ['bad', value, 'this directory belongs to the automounter', 'choose a directory that it mounts'];
  if (kind === 'overlay')
    return [
      'note',
      value,
      'container layers add overhead to the storage',
      'choose a directory that is mounted into the container',
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
    'free some space, or enlarge the file system',
  ];
}

/** `flow` is the mount if its data passes TCP connections to the server, or null. */
function oneStream(flow: NfsMount | null, { streamBytesPerSecond: rate }: MountProbe): Advice {
  if (rate === null) return ['unknown', 'not measured: the data stayed in the page cache'];
  const value = formatThroughput(rate);
  const nearOneFlow = rate > 0.85 * ONE_FLOW_BYTES_PER_SECOND && rate < 1.1 * ONE_FLOW_BYTES_PER_SECOND;
  if (flow === null || !nearOneFlow || (flow.openTransports ?? flow.options.connections) > 1) return ['good', value];
  return ['note', value, ONE_FLOW_REASON, 'use more connections (nconnect) and several readers'];
}
