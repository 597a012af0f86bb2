import { CheckpointRestoreProgram } from './checkpoint-restore.js';
import { CheckpointWriteProgram } from './checkpoint-write.js';
import { IoProgram } from './io.js';
import type { Program, ProgramContext } from './job-program.js';
import { SmallFilesProgram } from './small-files.js';

/** The program for the task's kind of job. */
export function programOf(context: ProgramContext): Program {
  const { job } = context.task;
  switch (job.kind) {
    case 'io':
      return new IoProgram(context, job);
    case 'checkpoint-write':
      return new CheckpointWriteProgram(context, job);
    case 'checkpoint-restore':
      return new CheckpointRestoreProgram(context, job);
    case 'small-files':
      return new SmallFilesProgram(context, job);
  }
}
