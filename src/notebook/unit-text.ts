/** Writes mounts as lines of /etc/fstab or as units of systemd, for machines whose root disk survives. */
import { mountUnitOf } from '../base/mount-unit.js';
import type { NotebookMount } from './notebook-mounts.js';
import { literal } from './shell-literal.js';

/**
 * What keeps a machine from hanging at boot: MichaIng/DietPi#1898 (nofail), MichaIng/DietPi#7478 (mount-timeout), and
 * systemd.mount(5).
 */
const BOOT_OPTIONS = ['_netdev', 'nofail'];
const AUTOMOUNT_OPTIONS = [
  'x-systemd.automount',
  'x-systemd.mount-timeout=60',
  'x-systemd.requires=network-online.target',
];

const TRAPS = `\
#   nofail, _netdev       without them, a server that is down stops the boot, or the mount is tried before the network is up
#   automount             the mount is made at the first access, so a server that is down delays programs, not the boot
#   mount timeout         without it, each access to a server that is down waits 90 s
#   network-online        "network" is up before there is an address
#   nconnect              the first mount of a server and version decides; systemd mounts in any order
# Nothing here verifies what was negotiated, sets the read-ahead or tests a write: check with feedrate doctor.
# A notebook instance loses both at each stop, because only /home/ec2-user/SageMaker survives: use the OnStart script there.`;

/** Returns lines for /etc/fstab. */
export function fstabText(mounts: readonly NotebookMount[], version: string): string {
  const lines = mounts.map(({ source, mountPoint, options }) =>
    [source, mountPoint, 'nfs', [options, ...BOOT_OPTIONS, ...AUTOMOUNT_OPTIONS].join(','), '0', '0']
      .map(fstabField)
      .join(' '),
  );
  return `\
# NFS mounts, written by feedrate ${version}. After a change: systemctl daemon-reload && systemctl restart remote-fs.target
${TRAPS}
${lines.join('\n')}
`;
}

/** fstab(5) separates fields by blanks, and getmntent(3) decodes octal escapes. */
function fstabField(text: string): string {
  return text.replaceAll(/[ \\#]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`);
}

/** Returns a bash script that installs a .mount and an .automount unit for each mount, as root. */
export function systemdText(mounts: readonly NotebookMount[], version: string): string {
  return `\
#!/bin/bash
# Installs NFS mounts as systemd units. Written by feedrate ${version}. To undo: systemctl disable --now NAME.automount
${TRAPS}
cd /etc/systemd/system || exit
# shellcheck disable=SC2016 # The words in quotes are literal.
{
${mounts.map(unitFiles).join('\n')}
  systemctl daemon-reload
  systemctl enable --now -- ${mounts.map((mount) => literal(automountOf(mount))).join(' ')}
}
`;
}

const automountOf = ({ mountPoint }: NotebookMount): string => mountUnitOf(mountPoint).replace(/mount$/, 'automount');

function unitFiles(mount: NotebookMount): string {
  const { source, mountPoint, options } = mount;
  const unit = [
    '[Unit]',
    `Description=${specifiers(source)}`,
    'Wants=network-online.target',
    'After=network-online.target',
    '[Mount]',
    `What=${specifiers(source)}`,
    `Where=${specifiers(mountPoint)}`,
    'Type=nfs',
    `Options=${specifiers([options, ...BOOT_OPTIONS].join(','))}`,
    'TimeoutSec=60',
  ];
  const automount = [
    '[Unit]',
    `Description=${specifiers(source)}`,
    '[Automount]',
    `Where=${specifiers(mountPoint)}`,
    '[Install]',
    'WantedBy=remote-fs.target',
  ];
  const write = (lines: readonly string[], name: string) =>
    `  printf '%s\\n' \\\n${lines.map((line) => `    ${literal(line)}`).join(' \\\n')} \\\n    >./${literal(name)}`;
  return `${write(unit, mountUnitOf(mountPoint))}\n${write(automount, automountOf(mount))}`;
}

/** systemd.unit(5): a percent sign begins a specifier, and a backslash at the end of a line continues it. */
function specifiers(text: string): string {
  return text.replaceAll('%', '%%');
}
