/** Joins the group of this process by the way that its launcher has. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { GROUP_DIRECTORY_NAME } from '../host/files/own-names.js';
import type { FoundPlace } from './detect-launcher.js';
import type { Group, Launcher } from './group.js';
import type { GroupPatience } from './loss.js';

export interface GroupRequest {
  readonly place: FoundPlace;
  /** A directory that all machines share. */
  readonly sharedDirectory: string;
  readonly patience: GroupPatience;
  /** Called with a line for the user. */
  readonly tell: (text: string) => void;
}

type Opener = (request: GroupRequest) => Promise<Group>;

/** A launcher's module is loaded only for its own processes. */
const OPENERS: Readonly<Record<Launcher, Opener>> = {
  none: async () => (await import('./lone-group.js')).loneGroup(),
  async files({ sharedDirectory, ...rest }) {
    const { openFilesGroup } = await import('./files-group.js');
    return openFilesGroup({ ...rest, directory: meetingDirectory(sharedDirectory, rest.place.job) });
  },
  async pmi({ sharedDirectory, ...rest }) {
    const [{ connectPmi }, { openLaunchedGroup }] = await Promise.all([
      import('./pmi-link.js'),
      import('./launched-group.js'),
    ]);
    const link = await connectPmi(process.env['PMI_FD'] ?? '');
    return openLaunchedGroup({ ...rest, directory: meetingDirectory(sharedDirectory, link.job) }, link);
  },
  async mpi({ sharedDirectory, ...rest }) {
    const [{ connectMpi }, { openLaunchedGroup }] = await Promise.all([
      import('./mpi-link.js'),
      import('./launched-group.js'),
    ]);
    const directory = meetingDirectory(sharedDirectory, rest.place.job);
    return openLaunchedGroup({ ...rest, directory }, await connectMpi());
  },
};

/**
 * Returns this process's group once all its ranks have come. The caller closes it.
 * @throws FeedrateError `measurement` when ranks do not come, `target` when the directory cannot be used, `usage` when the
 * launcher cannot be reached
 */
export function openGroup(request: GroupRequest): Promise<Group> {
  return OPENERS[request.place.launcher](request);
}

/** Returns the directory in which the ranks of a job meet. Jobs that have an id have directories of their own. */
function meetingDirectory(shared: string, job: string): string {
  const id = job === '' ? '' : createHash('sha256').update(job).digest('hex').slice(0, 8);
  return join(shared, GROUP_DIRECTORY_NAME(id));
}
