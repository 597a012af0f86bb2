/** The doctor's checks of NFS mounts. */
import { formatBytes, formatDurationNs } from '../base/units.js';
import type { NfsMount } from '../record/nfs-mount.js';
import type { Advice, Check, Patient } from './doctor-check.js';
import type { MountChanges } from './nfs/mount-line.js';
import type { MountStats } from './nfs/mountstats.js';

/** An NFS mount, with the line that changes it. */
export interface NfsPatient extends Patient {
  readonly nfs: NfsMount;
  readonly remount: (changes: MountChanges) => string;
}

const MIB = 2 ** 20;
const CONNECTIONS = 16;
/** Linux once set it to this many rsize; the best in Microsoft's tests of NFS read-ahead, too. */
const READ_AHEAD_SIZES = 15;
const DISTRIBUTION_READ_AHEAD_BYTES = 128 * 1024;
const SESSION_SLOTS = { kernel: 64, advised: 180 };
const RETRANSMITTED_SHARE = 0.001;

export const NFS_CHECKS: readonly Check<NfsPatient>[] = [
  [
    'version',
    ({ nfs: { options }, remount }) =>
      options.version !== '4.0'
        ? ['good', `NFS ${options.version ?? 'of an unknown version'}`]
        : ['bad', 'NFS 4.0', 'it has no sessions, and opens one file after the other', remount({ version: '4.1' })],
  ],
  [
    'transfer size',
    ({ nfs: { options, service }, remount }) => {
      const least = Math.min(options.readBytes ?? Infinity, options.writeBytes ?? Infinity);
      const value = `rsize ${sizeOf(options.readBytes)}, wsize ${sizeOf(options.writeBytes)}`;
      if (least >= MIB) return ['good', value];
      const first = service.includes('ontap')
        ? 'vserver nfs modify -vserver SVM -tcp-max-xfer-size 1048576, then '
        : '';
      const remedy = `${first}${remount({ readBytes: MIB, writeBytes: MIB })}`;
      return [least <= 65_536 ? 'bad' : 'note', value, 'large reads and writes are cut into many calls', remedy];
    },
  ],
  [
    'connections',
    ({ nfs: { options, openTransports }, remount }) => {
      const open = openTransports ?? options.connections;
      const value = `${open} open, nconnect ${options.connections}`;
      if (open < options.connections) {
        const reason = 'the first mount of a server and version decides for all that follow';
        const remedy = `unmount all mounts of this server first: ${remount({})}`;
        return ['bad', value, reason, remedy];
      }
      if (open > 1) return ['good', value];
      const reason = 'between EC2 instances one TCP connection carries 5 Gbit/s at most';
      return [
        'bad',
        value,
        reason,
        `unmount all mounts of this server first: ${remount({ connections: CONNECTIONS })}`,
      ];
    },
  ],
  [
    'when the server is gone',
    ({ nfs: { options }, remount }) =>
      options.recovery === 'hard'
        ? ['good', 'hard: waits']
        : ['bad', options.recovery ?? 'unknown', 'a call that times out can lose data', remount({ recovery: 'hard' })],
  ],
  [
    'read-ahead',
    ({ nfs: { options, readAheadBytes }, target: { device } }) => {
      if (readAheadBytes === null) return ['unknown', 'sysfs does not tell'];
      const wanted = READ_AHEAD_SIZES * (options.readBytes ?? MIB);
      if (readAheadBytes >= wanted) return ['good', formatBytes(readAheadBytes)];
      const remedy = `echo ${wanted / 1024} > /sys/class/bdi/${device}/read_ahead_kb (and nfsrahead in /etc/nfs.conf to keep it)`;
      const severity = readAheadBytes <= DISTRIBUTION_READ_AHEAD_BYTES ? 'bad' : 'note';
      return [
        severity,
        formatBytes(readAheadBytes),
        'sequential buffered reads wait for calls that could be under way',
        remedy,
      ];
    },
  ],
  ['slots', slots],
  [
    'pNFS',
    ({ nfs: { pnfs, service } }) => {
      if (pnfs === null) return null;
      if (pnfs !== 'not configured' || !service.includes('ontap')) return ['good', pnfs];
      return [
        'note',
        pnfs,
        'all data goes through one node of the file system',
        'vserver nfs modify -vserver SVM -v4.1-pnfs enabled, a LIF on each node, and mount with vers=4.1',
      ];
    },
  ],
  ['retransmissions', retransmissions],
  [
    'attribute cache',
    ({ nfs: { options }, target, remount }) => {
      const { attributeCaching, attributeCache, lookupCache } = options;
      const slow = [
        ...(attributeCaching ? [] : ['noac']),
        ...(attributeCaching && attributeCache.fileMaxNs === 0 ? ['actimeo=0'] : []),
        ...(target.options.split(',').includes('sync') ? ['sync'] : []),
        ...(lookupCache === 'none' ? ['lookupcache=none'] : []),
      ];
      if (slow.length === 0) return ['good', 'the kernel’s defaults or longer'];
      return ['bad', slow.join(', '), 'each look at a file asks the server', remount({})];
    },
  ],
  [
    'security',
    ({ nfs: { options } }) =>
      options.security?.startsWith('krb5i') || options.security?.startsWith('krb5p')
        ? [
            'note',
            options.security,
            'signing and sealing cost CPU and throughput',
            'compare only with mounts of the same sec',
          ]
        : ['good', options.security ?? 'sys'],
  ],
  [
    'server',
    ({ nfs: { service, ontapRelease } }) =>
      service === 'other'
        ? ['note', 'not known to be ONTAP', 'what is said of FSx for ONTAP may not hold', null]
        : ['good', ontapRelease === null ? service : `${service}, ONTAP ${ontapRelease}`],
  ],
  ['small reads', smallReads],
  [
    'open and close',
    ({ probe }) =>
      probe === null || probe.openNs === null
        ? null
        : ['good', `${formatDurationNs(probe.openNs)}, ${(probe.callsPerOpen ?? Number.NaN).toFixed(1)} calls`],
  ],
  ['volume', () => ['unknown', 'burst credits, tiering, efficiency, snapshots: only the AWS API tells']],
];

function sizeOf(bytes: number | null): string {
  return bytes === null ? 'unknown' : formatBytes(bytes);
}

function slots({ nfs: { options, limits }, stats }: NfsPatient): Advice {
  const withSessions = options.version === '4.1' || options.version === '4.2';
  const most = withSessions ? limits.sessionSlots : limits.tcpMaxSlots;
  if (most === null) return ['unknown', 'the kernel does not tell'];
  const value = withSessions ? `${most} a session` : `up to ${most} a connection`;
  const [queueMs, roundTripMs] = [sumOf(stats, 'queueMs'), sumOf(stats, 'roundTripMs')];
  const remedy = withSessions
    ? `echo options nfs max_session_slots=${SESSION_SLOTS.advised} > /etc/modprobe.d/nfs.conf, unload the nfs module or restart, mount again`
    : 'fewer operations in flight, or more connections (nconnect)';
  if (queueMs > roundTripMs) return ['bad', value, 'calls have waited longer to be sent than for their answer', remedy];
  if (!withSessions || most > SESSION_SLOTS.kernel) return ['good', value];
  return ['note', value, 'more calls than this in flight wait', remedy];
}

function retransmissions({ stats }: NfsPatient): Advice {
  if (stats === null) return ['unknown', '/proc/self/mountstats does not show the mount'];
  const calls = sumOf(stats, 'operations');
  const again = Math.max(0, sumOf(stats, 'transmissions') - calls);
  const timeouts = sumOf(stats, 'timeouts');
  const value = `${again} of ${calls} calls, ${timeouts} timed out, since it was mounted`;
  if (again <= RETRANSMITTED_SHARE * calls && timeouts === 0) return ['good', value];
  return [
    'bad',
    value,
    'packets are lost, or the server is late',
    'look at nstat, MTU along the path, and the instance’s network limits',
  ];
}

function sumOf(
  stats: MountStats | null,
  field: 'operations' | 'transmissions' | 'timeouts' | 'queueMs' | 'roundTripMs',
): number {
  return [...(stats?.operations.values() ?? [])].reduce((sum, operation) => sum + Math.max(0, operation[field]), 0);
}

function smallReads({ probe }: NfsPatient): Advice | null {
  if (probe === null || probe.smallReadNs === null || probe.roundTripNs === null) return null;
  const share = 1 - probe.roundTripNs / probe.smallReadNs;
  const value = `4 KiB in ${formatDurationNs(probe.smallReadNs)}, of it ${formatDurationNs(probe.roundTripNs)} wire and server`;
  if (share <= 0.5) return ['good', value];
  return [
    'note',
    value,
    'most of the time passes in this machine',
    'look for a busy CPU, or wait states of the network card',
  ];
}
