/** Writes the script that mounts exports when an instance starts. */
import { MOUNT_LOG, STATUS_DIRECTORY } from '../base/mount-status.js';
import { INSTALL_FUNCTION } from './install-text.js';
import type { NotebookMount } from './notebook-mounts.js';
import { literal } from './shell-literal.js';
import { WORKER_FUNCTIONS } from './worker-text.js';

/** The moments at which SageMaker runs a script. */
export const STARTS = ['notebook', 'hyperpod-on-create', 'hyperpod-on-init-complete'] as const;
export type Start = (typeof STARTS)[number];

export interface StartScriptSettings {
  readonly start: Start;
  /** The version of feedrate that writes it. */
  readonly version: string;
  /** The user that tests whether the mount can be written to. null: no test. */
  readonly user: string | null;
  /** null: as the kernel sets it. */
  readonly readAheadKib: number | null;
  readonly tries: number;
  /** How long one attempt may take, seconds. */
  readonly timeoutSeconds: number;
  readonly feedrate: FeedrateSource | null;
}

/** Where an instance without internet access gets feedrate. */
export interface FeedrateSource {
  /** A directory or archive that `npm run bundle` made, or the s3:// address of one. */
  readonly place: string;
  /** The SHA-256 of the archive. null: not checked. */
  readonly sha256: string | null;
}

/** What SageMaker says of each moment. */
const HEADS: Readonly<Record<Start, string>> = {
  notebook: `\
# For the OnStart hook of a notebook instance (notebook-al2023-v1). SageMaker runs it as root at each start. A script that
# fails or takes 5 minutes keeps the instance from starting, so this one returns at once, and always with 0.`,
  'hyperpod-on-create': `\
# For OnCreate of a HyperPod instance group. SageMaker runs it as root when an instance is created, and a script that fails
# fails the instance, so this one returns at once, and always with 0. A service repeats it after each reboot.`,
  'hyperpod-on-init-complete': `\
# For OnInitComplete of a HyperPod instance group. SageMaker runs it as root when the AMI has set up an instance. It returns
# at once, and always with 0. A service repeats it after each reboot.`,
};

/** Of a notebook instance only /home/ec2-user/SageMaker survives a stop, but a HyperPod node reboots without its hooks. */
const WORKERS: Readonly<Record<Start, string>> = {
  notebook: `${STATUS_DIRECTORY}/worker`,
  'hyperpod-on-create': '/usr/local/sbin/feedrate-mount',
  'hyperpod-on-init-complete': '/usr/local/sbin/feedrate-mount',
};

const SERVICE = `\

repeat_at_boot() {
  command -v systemctl >/dev/null || return
  # KillMode: daemons that mount starts must outlive this service.
  cat >/etc/systemd/system/feedrate-mount.service <<UNIT
[Unit]
Description=NFS mounts (written by feedrate)
Wants=network-online.target
After=network-online.target
[Service]
ExecStart=/bin/bash $WORKER
StandardOutput=append:$LOG
StandardError=inherit
KillMode=process
[Install]
WantedBy=multi-user.target
UNIT
  timeout 20 systemctl enable feedrate-mount.service
}
`;

/** Returns the bash script. It is the same text for the same wishes. */
export function startScript(mounts: readonly NotebookMount[], settings: StartScriptSettings): string {
  const { start, version, feedrate } = settings;
  const isRepeated = start !== 'notebook';
  return `\
#!/bin/bash
# Mounts NFS exports. Written by feedrate ${version}: change the command that wrote it instead of this text.
${HEADS[start]}
# Log: ${MOUNT_LOG}. Status: ${STATUS_DIRECTORY}/NAME.json, which feedrate doctor reads.

${settingsText(settings)}
# shellcheck disable=SC2016 # The words in quotes are literal.
mounts() {
${mounts.map(mountLine).join('\n')}
}

${WORKER_FUNCTIONS}${feedrate === null ? '' : INSTALL_FUNCTION}
worker() {
  silent=''
  # One at a time. Whoever waited finds the mounts made.
  exec 9>"$DIR/lock"
  flock -w 900 9 || exit 0
  task=announce && mounts
  task=mount && mounts
${feedrate === null ? '' : `  # shellcheck disable=SC2016\n  install_feedrate ${literal(feedrate.place)} ${literal(feedrate.sha256 ?? '')}\n`}\
  log 'the start script has ended'
}
${isRepeated ? SERVICE : ''}
start() {
  umask 022
  # The functions are the worker's script. setsid: it must outlive whoever runs this one.
  if [ "$EUID" = 0 ] && mkdir -p "$DIR" && { declare -f && echo 'settings && worker'; } >"$WORKER.$$" && mv -f "$WORKER.$$" "$WORKER"; then
    setsid bash "$WORKER" </dev/null >>"$LOG" 2>&1 &
${isRepeated ? '    repeat_at_boot\n' : ''}\
  else
    echo 'feedrate: nothing is mounted, because only root can do so' >&2
  fi
}
settings
if [ "\${1-}" = worker ]; then worker; else start; fi
exit 0
`;
}

function settingsText({ start, user, readAheadKib, tries, timeoutSeconds }: StartScriptSettings): string {
  return `\
settings() {
  export LC_ALL=C TZ=UTC0 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  DIR=${STATUS_DIRECTORY} LOG=${MOUNT_LOG} WORKER=${WORKERS[start]}
  TRIES=${tries} TIMEOUT=${timeoutSeconds} READ_AHEAD_KIB=${readAheadKib ?? "''"} AS_USER=${literal(user ?? '')}
}`;
}

function mountLine({ name, source, mountPoint, options }: NotebookMount): string {
  return `  one ${[name, source, mountPoint, options].map(literal).join(' ')}`;
}
