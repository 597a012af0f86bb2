/** The launchers that start ranks in tests, each with the command line for a number of ranks. */
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { RankReport, RankTask } from './rank-program.js';

export interface TestLauncher {
  /** How ranks are expected to meet. */
  readonly meetsBy: string;
  /** The program that must be installed. */
  readonly program: string;
  readonly needsSlurm: boolean;
  words(ranks: number): readonly string[];
}

const mpich: TestLauncher = {
  meetsBy: 'pmi',
  program: 'mpiexec.hydra',
  needsSlurm: false,
  words: (ranks) => ['mpiexec.hydra', '-n', String(ranks)],
};
const openMpi: TestLauncher = {
  meetsBy: 'mpi',
  program: 'mpirun.openmpi',
  needsSlurm: false,
  words: (ranks) => ['mpirun.openmpi', '--oversubscribe', '-n', String(ranks)],
};
const srun = (meetsBy: string, mpi: string): TestLauncher => ({
  meetsBy,
  program: 'srun',
  needsSlurm: true,
  words: (ranks) => ['srun', '-K', '--overcommit', `--mpi=${mpi}`, '-N', '2', '-n', String(ranks)],
});
/** A shell that starts the ranks itself; \`$0\` is the program and \`$1\` its argument. */
const shell: TestLauncher = {
  meetsBy: 'files',
  program: 'bash',
  needsSlurm: false,
  words: (ranks) => ['bash', '-c', SHELL_SCRIPT, String(ranks)],
};
const SHELL_SCRIPT = `size=$0 status=0
for ((rank = 0; rank < size; rank++)); do RANK=$rank WORLD_SIZE=$size "$@" & pids[rank]=$!; done
for pid in "\${pids[@]}"; do wait "$pid" || status=$?; done
exit "$status"`;

export const TEST_LAUNCHERS = {
  mpich,
  'open-mpi': openMpi,
  'srun-pmi2': srun('pmi', 'pmi2'),
  'srun-files': srun('files', 'none'),
  shell,
} as const;

export interface Launched {
  /** Of the ranks that lived to the end, by rank. */
  readonly reports: readonly RankReport[];
  readonly stderr: string;
  readonly status: number | null;
  readonly tookMs: number;
}

const program = fileURLToPath(new URL('./rank-program.js', import.meta.url));

/** Starts ranks and returns what they printed. Kills the launcher after the time. */
export async function launch(
  { words, meetsBy }: TestLauncher,
  ranks: number,
  task: RankTask,
  environment: NodeJS.ProcessEnv = process.env,
  timeoutMs = 60_000,
): Promise<Launched> {
  const options = meetsBy === 'files' ? { ...task.options, group: 'files' as const } : task.options;
  const [command = '', ...args] = [...words(ranks), process.execPath, program, JSON.stringify({ ...task, options })];
  const startMs = performance.now();
  const root = { OMPI_ALLOW_RUN_AS_ROOT: '1', OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1' };
  const child = spawn(command, args, {
    env: { ...environment, ...root },
    cwd: tmpdir(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const status = await new Promise<number | null>((resolve) => child.on('exit', resolve));
  clearTimeout(timer);
  const reports = stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as RankReport)
    .sort((a, b) => a.rank - b.rank);
  return { reports, stderr, status, tookMs: performance.now() - startMs };
}
