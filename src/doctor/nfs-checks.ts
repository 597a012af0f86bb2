/** The checks of NFS mounts. */
import { optionName } from '../base/mount-command.js';
import { shellWord } from '../base/shell-word.js';
import { formatBytes, formatDurationNs } from '../base/units.js';
import type { NfsMount } from '../record/nfs-mount.js';
import { type Advice, type Check, check } from './check.js';
import {
  MOUNTING,
  type Mounting,
  type MountProbe,
  NFS,
  type NfsCallTotals,
  PROBE,
  SERVER,
  type ServerPlace,
  TARGET,
} from './host-facts.js';
import { remountLine, removeOption, setOption } from './remount-line.js';
import { ONE_FLOW_REASON, passesTcpFlow } from './tcp-flow.js';

const MIB = 2 ** 20;
const CONNECTIONS = 16;
/** Read-ahead as a multiple of rsize: a former default of Linux, and the best in Microsoft's tests of NFS. */
const READ_AHEAD_SIZES = 15;
const DISTRIBUTION_READ_AHEAD_BYTES = 128 * 1024;
const SESSION_SLOTS = { kernel: 64, advised: 180 };
const RETRANSMITTED_SHARE = 0.001;
/** How long Linux waits for an answer over TCP. */
const TIMEOUT = { kernelNs: 60e9, option: 'timeo=600' };

export const NFS_CHECKS: readonly Check[] = [
  check('version', { mounting: MOUNTING, nfs: NFS }, ({ mounting, nfs: { mount } }) => {
    const { options } = mount;
    return options.version !== '4.0'
      ? ['good', `NFS ${options.version ?? '(version unknown)'}`]
      : [
          'bad',
          'NFS 4.0',
          'NFS 4.0 has no sessions and opens files one at a time',
          remountLine(mounting, [setOption('vers=4.1', 'nfsvers', 'v4', 'v4.0', 'minorversion')]),
        ];
  }),
  check('transfer size', { mounting: MOUNTING, nfs: NFS }, ({ mounting, nfs: { mount } }) => {
    const { options, service } = mount;
    const sizes = [
      ['rsize', options.readBytes],
      ['wsize', options.writeBytes],
    ] as const;
    const value = sizes.map(([name, bytes]) => `${name} ${bytes === null ? 'unknown' : formatBytes(bytes)}`).join(', ');
    const small = sizes.filter(([, bytes]) => bytes !== null && bytes < MIB);
    if (small.length === 0) return ['good', value];
    const first = service.includes('ontap')
      ? 'in the CLI of ONTAP: set advanced; vserver nfs modify -vserver SVM -tcp-max-xfer-size 1048576, then here: '
      : '';
    const line = remountLine(
      mounting,
      small.map(([name]) => setOption(`${name}=${MIB}`)),
    );
    const severity = small.some(([, bytes]) => (bytes as number) <= 65_536) ? 'bad' : 'note';
    return [severity, value, 'large reads and writes are split into many calls', `${first}${line}`];
  }),
  check('connections', { mounting: MOUNTING, nfs: NFS, server: SERVER }, ({ mounting, nfs: { mount }, server }) =>
    connections(mounting, mount, server),
  ),
  check('when the server is gone', { mounting: MOUNTING, nfs: NFS }, ({ mounting, nfs: { mount } }) => {
    const { recovery } = mount.options;
    if (recovery === 'hard') return ['good', 'hard (waits for the server)'];
    const remedy = remountLine(mounting, [setOption('hard', 'soft', 'softerr')]);
    return ['bad', recovery ?? 'unknown', 'a call that times out can lose data', remedy];
  }),
  check('read-ahead', { target: TARGET, nfs: NFS }, ({ target: { mountPoint }, nfs: { mount } }) => {
    const { options, readAheadBytes } = mount;
    if (readAheadBytes === null) return ['unknown', 'not available in sysfs'];
    const wanted = READ_AHEAD_SIZES * (options.readBytes ?? MIB);
    if (readAheadBytes >= wanted) return ['good', formatBytes(readAheadBytes)];
    // The number of a mount changes when it is mounted again, so the command looks it up.
    const file = `"/sys/class/bdi/$(mountpoint -d ${shellWord(mountPoint)})/read_ahead_kb"`;
    const remedy = `echo ${wanted / 1024} > ${file}   # until it is unmounted; to keep it: [nfsrahead] in /etc/nfs.conf`;
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
      'in the CLI of ONTAP: vserver nfs modify -vserver SVM -v4.1-pnfs enabled; it also needs a LIF on each node, and vers=4.1 or 4.2',
    ];
  }),
  check('retransmissions', { mounting: MOUNTING, nfs: NFS }, ({ mounting, nfs: { mount, calls } }) =>
    retransmissions(mounting, mount, calls),
  ),
  check('attribute cache', { mounting: MOUNTING, nfs: NFS }, ({ mounting, nfs: { mount } }) =>
    attributeCache(mounting, mount),
  ),
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

function connections(mounting: Mounting, mount: NfsMount, server: ServerPlace): Advice {
  const { options, openTransports } = mount;
  const open = openTransports ?? options.connections;
  const value = `${open} open, nconnect ${options.connections}`;
  const first = 'unmount all mounts of this server first';
  if (open < options.connections) {
    const reason = 'the first mount of a server and version sets the number of connections for all later mounts';
    return ['bad', value, reason, `${first}: ${remountLine(mounting, [])}`];
  }
  if (server === 'this machine') {
    const reason = 'they end at a tunnel or proxy on this machine, whose connections to the server are not visible';
    return ['note', value, reason];
  }
  if (open > 1 || !passesTcpFlow(server, mount)) return ['good', value];
  const line = remountLine(mounting, [setOption(`nconnect=${CONNECTIONS}`)]);
  return ['bad', value, ONE_FLOW_REASON, `${first}: ${line}`];
}

/** Options that make the client ask the server again and again, with the same effect as `noac` or a part of it. */
const SLOW_OPTIONS: readonly string[] = ['noac', 'sync', 'lookupcache=none', 'actimeo=0'];
/** The kernel shows `actimeo=0` and `noac` as these. */
const ZERO_TIMES: readonly string[] = ['acregmin=0', 'acregmax=0', 'acdirmin=0', 'acdirmax=0'];

function attributeCache(
  mounting: Mounting,
  { options: { attributeCache: cache, attributeCaching } }: NfsMount,
): Advice {
  const cachesNothing = !attributeCaching || cache.fileMaxNs === 0;
  const slow = mounting.options.filter((option) => SLOW_OPTIONS.includes(option));
  const zeros = cachesNothing ? mounting.options.filter((option) => ZERO_TIMES.includes(option)) : [];
  const shown = attributeCaching && zeros.length > 0 ? [...slow, 'actimeo=0'] : slow;
  if (shown.length === 0) return ['good', 'kernel defaults or longer'];
  return [
    'bad',
    shown.join(', '),
    'many accesses wait for the server; keep these options only if several clients change the same files',
    remountLine(
      mounting,
      [...slow, ...zeros].map((option) => removeOption(optionName(option))),
    ),
  ];
}

function slots({ options, limits }: NfsMount, calls: NfsCallTotals | null): Advice {
  const withSessions = options.version === '4.1' || options.version === '4.2';
  const most = withSessions ? limits.sessionSlots : limits.tcpMaxSlots;
  if (most === null) return ['unknown', 'not reported by the kernel'];
  const value = withSessions ? `${most} per session` : `up to ${most} per connection`;
  const remedy = withSessions
    ? `echo ${SESSION_SLOTS.advised} > /sys/module/nfs/parameters/max_session_slots, then unmount all mounts of this server and mount them again   # to keep it: options nfs max_session_slots=${SESSION_SLOTS.advised} in /etc/modprobe.d/nfs.conf`
    : 'use fewer operations in flight (iodepth, numjobs), or more connections (nconnect)';
  if (calls !== null && calls.queueMs > calls.roundTripMs)
    return ['bad', value, 'calls have spent more time in the queue than in the round trip', remedy];
  if (!withSessions || most > SESSION_SLOTS.kernel) return ['good', value];
  return ['note', value, 'calls beyond this number wait in the queue', remedy];
}

function retransmissions(mounting: Mounting, { options }: NfsMount, totals: NfsCallTotals | null): Advice {
  if (totals === null) return ['unknown', '/proc/self/mountstats does not show the mount'];
  const { calls, transmissions, timeouts } = totals;
  const again = Math.max(0, transmissions - calls);
  const value = `${again} of ${calls} calls since the mount, ${timeouts} timed out`;
  if (again <= RETRANSMITTED_SHARE * calls && timeouts === 0) return ['good', value];
  const { timeoutNs } = options;
  if (timeoutNs !== null && timeoutNs < TIMEOUT.kernelNs) {
    const reason = `the client waits only ${formatDurationNs(timeoutNs)} for an answer (timeo), or packets are lost`;
    return ['bad', value, reason, remountLine(mounting, [setOption(TIMEOUT.option)])];
  }
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
