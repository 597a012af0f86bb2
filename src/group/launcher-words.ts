/**
 * Where the launchers leave their words: a variable of the environment or a file. One that is absent here costs a plain run
 * nothing, so this file imports nothing.
 */
export const LAUNCHER_WORDS = {
  pmi: 'PMI_FD',
  openMpi: 'OMPI_COMM_WORLD_SIZE',
  slurm: 'SLURM_STEP_NUM_TASKS',
  kubernetes: 'JOB_COMPLETION_INDEX',
  batch: 'AWS_BATCH_JOB_NUM_NODES',
  processing: '/opt/ml/config/resourceconfig.json',
  training: '/opt/ml/input/config/resourceconfig.json',
} as const;

export type LauncherName = keyof typeof LAUNCHER_WORDS;

/** Whether the text is the path of a file, and not a variable's name. */
export function isFileWord(word: string): boolean {
  return word.startsWith('/');
}
