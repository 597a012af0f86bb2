/** The checks of NFS mounts. */
import { formatBytes, formatDurationNs } from '../base/units.js';
import type { NfsMount } from '../record/nfs-mount.js';
import { type Advice, type Check, check } from './check.js';
import { type MountProbe, NFS, type NfsCallTotals, PROBE, TARGET } from './host-facts.js';
import { remountLine } from './remount-line.js';

const MIB = 2 ** 20;
const CONNECTIONS = 16;
/** Read-ahead as a multiple of rsize: a former default of Linux, and the best in Microsoft's tests of NFS. */
const READ_AHEAD_SIZES = 15;
const DISTRIBUTION_READ_AHEAD_BYTES = 128 * 1024;
const SESSION_SLOTS = { kernel: 64, advised: 180 };
const RETRANSMITTED_SHARE = 0.001;

export const NFS_CHECKS: readonly Check[] = [
  check('version', { target: TARGET, nfs: NFS }, ({ target, nfs: { mount } }) => {
    const { options } = mount;
    return options.version !== '4.0'
      ? ['good', `NFS ${options.version ?? '(version unknown)'}`]
      : [
          'bad',
          'NFS 4.0',
          'NFS 4.0 has no sessions and opens files one at a time',
          remountLine(target, options, { version: '4.1' }),
        ];
  }),
  check('transfer size', { target: TARGET, nfs: NFS }, ({ target, nfs: { mount } }) => {
    const { options, service } = mount;
    const least = Math.min(options.readBytes ?? Infinity, options.writeBytes ?? Infinity);
    const value = `rsize ${sizeOf(options.readBytes)}, wsize ${sizeOf(options.writeBytes)}`;
    if (least >= MIB) return ['good', value];
    const first = service.includes('ontap') ? 'vserver nfs modify -vserver SVM -tcp-max-xfer-size 1048576, then ' : '';
    const remedy = `${first}${remountLine(target, options, { readBytes: MIB, writeBytes: MIB })}`;
    return [least <= 65_536 ? 'bad' : 'note', value, 'large reads and writes are split into many calls', remedy];
  }),
  check('connections', { target: TARGET, nfs: NFS }, ({ target, nfs: { mount } }) => {
    const { options, openTransports } = mount;
    const open = openTransports ?? options.connections;
    const value = `${open} open, nconnect ${options.connections}`;
    if (open < options.connections) {
      const reason = 'the first mount of a server and version sets the number of connections for all later mounts';
      const remedy = `unmount all mounts of this server first: ${remountLine(target, options, {})}`;
      return ['bad', value, reason, remedy];
    }
    if (open > 1) return ['good', value];
    const reason = 'one TCP connection between EC2 instances is limited to 5 Gbit/s';
    const line = remountLine(target, options, { connections: CONNECTIONS });
    return ['bad', value, reason, `unmount all mounts of this server first: ${line}`];
  }),
  check('when the server is gone', { target: TARGET, nfs: NFS }, ({ target, nfs: { mount } }) => {
    const { options } = mount;
    return options.recovery === 'hard'
      ? ['good', 'hard (waits for the server)']
      : [
          'bad',
          options.recovery ?? 'unknown',
          'a call that times out can lose data',
          remountLine(target, options, { recovery: 'hard' }),
        ];
  }),
  check('read-ahead', { target: TARGET, nfs: NFS }, ({ target: { device }, nfs: { mount } }) => {
    const { options, readAheadBytes } = mount;
    if (readAheadBytes === null) return ['unknown', 'not available in sysfs'];
    const wanted = READ_AHEAD_SIZES * (options.readBytes ?? MIB);
    if (readAheadBytes >= wanted) return ['good', formatBytes(readAheadBytes)];
    const remedy = `echo ${wanted / 1024} > /sys/class/bdi/${device}/read_ahead_kb (and nfsrahead in /etc/nfs.conf to keep it)`;
    const severity = readAheadBytes <= DISTRIBUTION_READ_AHEAD_BYTES ? 'bad' : 'note';
    return [
      severity,
      formatBytes(readAheadBytes),
      'sequential buffered reads wait for calls that read-ahead could have sent earlier',
      remedy,
    ];
  }),
  check('slots', { nfs: NFS }, ({ nfs: { mount, calls } }) => slots(mount, calls)),
  check('pNFS', { nfs: NFS }, ({ nfs: { mount } }) => {
    const { pnfs, service } = mount;
    if (pnfs === null) return null;
    if (pnfs !== 'not configured' || !service.includes('ontap')) return ['good', pnfs];
    return [
      'note',
      pnfs,
      'all data passes through one node of the file system',
      'vserver nfs modify -vserver SVM -v4.1-pnfs enabled, a LIF on each node, and mount with vers=4.1',
    ];
  }),
  check('retransmissions', { nfs: NFS }, ({ nfs: { calls } }) => retransmissions(calls)),
  check('attribute cache', { target: TARGET, nfs: NFS }, ({ target, nfs: { mount } }) => {
    const { attributeCaching, attributeCache, lookupCache } = mount.options;
    const slow = [
      ...(attributeCaching ? [] : ['noac']),
      ...(attributeCaching && attributeCache.fileMaxNs === 0 ? ['actimeo=0'] : []),
      ...(target.options.split(',').includes('sync') ? ['sync'] : []),
      ...(lookupCache === 'none' ? ['lookupcache=none'] : []),
    ];
    if (slow.length === 0) return ['good', 'kernel defaults or longer'];
    return [
      'bad',
      slow.join(', '),
      'every access to file attributes asks the server',
      remountLine(target, mount.options, {}),
    ];
  }),
  check('security', { nfs: NFS }, ({ nfs: { mount } }) => {
    const { security } = mount.options;
    return security?.startsWith('krb5i') || security?.startsWith('krb5p')
      ? [
          'note',
          security,
          'signing and encryption cost CPU time and throughput',
          'compare only with mounts that use the same sec option',
        ]
      : ['good', security ?? 'sys'];
  }),
  check('server', { nfs: NFS }, ({ nfs: { mount } }) => {
    const { service, ontapRelease } = mount;
    return service === 'other'
      ? ['note', 'not recognised as ONTAP', 'advice for FSx for ONTAP may not apply', null]
      : ['good', ontapRelease === null ? service : `${service}, ONTAP ${ontapRelease}`];
  }),
  check('small reads', { nfs: NFS, probe: PROBE }, ({ probe }) => smallReads(probe)),
  check('open and close', { nfs: NFS, probe: PROBE }, ({ probe }) =>
    probe.openNs === null
      ? null
      : ['good', `${formatDurationNs(probe.openNs)}, ${(probe.callsPerOpen ?? Number.NaN).toFixed(1)} calls`],
  ),
];

function sizeOf(bytes: number | null): string {
  return bytes === null ? 'unknown' : formatBytes(bytes);
}

function slots({ options, limits }: NfsMount, calls: NfsCallTotals | null): Advice {
  const withSessions = options.version === '4.1' || options.version === '4.2';
  const most = withSessions ? limits.sessionSlots : limits.tcpMaxSlots;
  if (most === null) return ['unknown', 'not reported by the kernel'];
  const value = withSessions ? `${most} per session` : `up to ${most} per connection`;
  const remedy = withSessions
    ? `echo options nfs max_session_slots=${SESSION_SLOTS.advised} > /etc/modprobe.d/nfs.conf, then reload the nfs module or restart, and mount again`
    : 'use fewer operations in flight, or more connections (nconnect)';
  if (calls !== null && calls.queueMs > calls.roundTripMs)
    return ['bad', value, 'calls have spent more time in the queue than in the round trip', remedy];
  if (!withSessions || most > SESSION_SLOTS.kernel) return ['good', value];
  return ['note', value, 'calls beyond this number wait in the queue', remedy];
}

function retransmissions(totals: NfsCallTotals | null): Advice {
  if (totals === null) return ['unknown', '/proc/self/mountstats does not show the mount'];
  const { calls, transmissions, timeouts } = totals;
  const again = Math.max(0, transmissions - calls);
  const value = `${again} of ${calls} calls since the mount, ${timeouts} timed out`;
  if (again <= RETRANSMITTED_SHARE * calls && timeouts === 0) return ['good', value];
  return [
    'bad',
    value,
    'packets are lost, or the server answers late',
    'check nstat, the MTU along the path, and the instance’s network limits',
  ];
}

function smallReads(probe: MountProbe): Advice | null {
  if (probe.smallReadNs === null || probe.roundTripNs === null) return null;
  const share = 1 - probe.roundTripNs / probe.smallReadNs;
  const value = `4 KiB in ${formatDurationNs(probe.smallReadNs)}, of which ${formatDurationNs(probe.roundTripNs)} round trip`;
  if (share <= 0.5) return ['good', value];
  return [
    'note',
    value,
    'most of the time is spent on this machine',
    'check for a busy CPU, or power saving of the network card',
  ];
}
