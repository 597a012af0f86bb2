/** The check of a mount that a start script of `feedrate notebook script` makes. */
import { mountCommand } from '../base/mount-command.js';
import { MOUNT_LOG, type MountStatus } from '../base/mount-status.js';
import { type Advice, type Check, check } from './check.js';
import { Fact } from './facts.js';

/** What the start script says of the target. Does not apply to targets that no start script mounts. */
export const START_MOUNT = new Fact<StartMount>('start script');

export interface StartMount {
  readonly status: MountStatus;
  /** Whether the script wrote it after the machine's last start. */
  readonly isCurrent: boolean;
  readonly isAtWork: boolean;
  /** Whether the requested export is mounted there now. */
  readonly isMounted: boolean;
}

export const START_MOUNT_CHECKS: readonly Check[] = [
  check('start script', { start: START_MOUNT }, ({ start }) => {
    const { status, isCurrent, isAtWork, isMounted } = start;
    if (!isCurrent)
      return [
        'note',
        'status of an earlier start',
        `it is from ${status.changedAt}`,
        `run the start script; its log is ${MOUNT_LOG}`,
      ];
    if (status.state === 'mounted') return isMounted ? mounted(status) : lost(status);
    if (isMounted) return ['note', `mounted, but not by the start script: ${status.reason || 'it has not finished'}`];
    return status.state === 'failed' ? failed(status) : unfinished(status, isAtWork);
  }),
];

function failed({ tries, source, reason, hint }: MountStatus): Advice {
  const attempts = tries > 1 ? ` (${tries} attempts)` : '';
  return ['bad', `not mounted${attempts}`, `${source} is not mounted here: ${reason}`, hint || `see ${MOUNT_LOG}`];
}

function unfinished({ tries, source, reason, hint }: MountStatus, isAtWork: boolean): Advice {
  const why = `${source} is not mounted here${reason === '' ? '' : `: ${reason}`}`;
  if (!isAtWork) return ['bad', 'not mounted: the start script was interrupted', why, 'run the start script again'];
  const value = tries > 0 ? `not mounted yet (failed attempts: ${tries})` : 'not mounted yet';
  return ['bad', value, why, hint || `wait, and follow ${MOUNT_LOG}`];
}

function lost({ source, options, mountPoint, changedAt }: MountStatus): Advice {
  const again = mountCommand({ fileSystem: 'nfs', options: [options], source, mountPoint });
  return ['bad', 'no longer mounted', `the start script mounted ${source} at ${changedAt}`, again];
}

/** The first problem is reported, the worst first. */
function mounted({ differences, notes, writeTest, changedAt, tries }: MountStatus): Advice {
  if (writeTest !== 'ok' && writeTest !== 'skipped')
    return [
      'bad',
      writeTest,
      'programs of this user cannot save here',
      'give the user access to the directory on the server, as root of an administration host',
    ];
  if (differences.length > 0) return differing(differences, tries === 0);
  return notes.length > 0
    ? ['note', notes.join('; '), 'the start script noticed this', `see ${MOUNT_LOG}`]
    : ['good', `mounted as requested (${changedAt})`];
}

/** @param wasThere whether the script found the mount, which may be older than the request */
function differing(differences: readonly string[], wasThere: boolean): Advice {
  const value = differences.join('; ');
  const isAbout = (option: RegExp) => differences.some((text) => option.test(text));
  const reason = 'client and server negotiated other options than requested';
  if (isAbout(/^nconnect is /))
    return [
      'note',
      value,
      'the first mount of a server and NFS version decides nconnect for all later ones',
      'unmount all mounts of this server and NFS version, then run the start script again',
    ];
  if (wasThere)
    return [
      'note',
      value,
      'it was mounted before, perhaps with other options',
      'unmount it, then run the start script again',
    ];
  if (isAbout(/^[rw]size is /))
    return [
      'note',
      value,
      reason,
      'raise tcp-max-xfer-size of the SVM (ONTAP: vserver nfs modify), unmount all its mounts, then run the start script again',
    ];
  return ['note', value, reason, 'request options that the server and this kernel support'];
}
