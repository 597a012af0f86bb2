import { CheckpointRestoreProgram } from './checkpoint-restore-program.js';
import { CheckpointWriteProgram } from './checkpoint-write-program.js';
import { IoProgram } from './io-program.js';
import type { Program, ProgramContext } from './program.js';
import { SmallFilesProgram } from './small-files-program.js';

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
