/** A worker's files and extents, as its programs see them. */
import { FileList, type Files, type JobFiles } from '../../plan/file-list.js';
import { FoundFiles } from '../../plan/found-files.js';
import type { DataFile, Extents } from '../../plan/plan.js';
import { WholeFiles } from '../../plan/whole-share.js';
import type { WorkerTask } from './protocol.js';

export interface WorkerFiles {
  readonly files: Files;
  readonly extents: Extents;
}

/** Up to so many files are listed before the start, about 2 MB, so that the measured part generates none of them. */
const LISTED_MOST = 10_000;

/** Returns the files that a task describes. Of many files, each is generated when it is asked for, and not kept. */
export function filesOfTask({ files, extents }: Pick<WorkerTask, 'files' | 'extents'>): WorkerFiles {
  if (isListed(files)) return { files, extents: extents ?? files.map(wholeFile) };
  const list: JobFiles = 'index' in files ? new FoundFiles(files) : new FileList(files);
  if (list.length <= LISTED_MOST) return filesOfTask({ files: [...list], extents });
  return { files: list, extents: extents ?? new WholeFiles(list, 0, 1, list.length) };
}

function isListed(files: WorkerTask['files']): files is readonly DataFile[] {
  return Array.isArray(files);
}

function wholeFile({ bytes: lengthBytes }: DataFile, file: number) {
  return { file, startBytes: 0, lengthBytes };
}
