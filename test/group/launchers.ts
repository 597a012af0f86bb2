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
/** A shell that starts the ranks itself, and says how each ended. */
const shell: TestLauncher = {
  meetsBy: 'files',
  program: 'bash',
  needsSlurm: false,
  words: (ranks) => ['bash', '-c', SHELL_SCRIPT, String(ranks)],
};
const SHELL_SCRIPT = `size=$0 status=0
for ((rank = 0; rank < size; rank++)); do RANK=$rank WORLD_SIZE=$size "$@" & pids[rank]=$!; done
for rank in "\${!pids[@]}"; do
  wait "\${pids[rank]}"; one=$?
  echo "rank $rank ended with $one" >&2
  if ((one != 0)); then status=$one; fi
done
exit "$status"`;

export const TEST_LAUNCHERS = {
  mpich,
  'open-mpi': openMpi,
  'srun-pmi2': srun('pmi', 'pmi2'),
  'srun-files': srun('files', 'none'),
  shell,
} as const;

/** What ranks did that have ended. */
export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
  readonly tookMs: number;
}

/** Starts ranks of a program, and resolves when the launcher has ended. Kills the launcher after the time. */
export async function start(
  { words }: TestLauncher,
  ranks: number,
  program: readonly string[],
  environment: NodeJS.ProcessEnv,
  timeoutMs: number,
): Promise<Ended> {
  const [command = '', ...args] = [...words(ranks), ...program];
  const startMs = performance.now();
  const root = { OMPI_ALLOW_RUN_AS_ROOT: '1', OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1' };
  const child = spawn(command, args, {
    env: { ...environment, ...root },
    cwd: tmpdir(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      said[name] += text;
    });
  const status = await new Promise<number | null>((resolve) => child.on('exit', resolve));
  clearTimeout(timer);
  return { ...said, status, tookMs: performance.now() - startMs };
}

export interface Launched extends Pick<Ended, 'stderr' | 'status' | 'tookMs'> {
  /** Of the ranks that lived to the end, by rank. */
  readonly reports: readonly RankReport[];
}

const program = fileURLToPath(new URL('./rank-program.js', import.meta.url));

/** Starts ranks and returns what they printed. Kills the launcher after the time. */
export async function launch(
  launcher: TestLauncher,
  ranks: number,
  task: RankTask,
  environment: NodeJS.ProcessEnv = process.env,
  timeoutMs = 60_000,
): Promise<Launched> {
  const options = launcher.meetsBy === 'files' ? { ...task.options, group: 'files' as const } : task.options;
  const words = [process.execPath, program, JSON.stringify({ ...task, options })];
  const { stdout, ...ended } = await start(launcher, ranks, words, environment, timeoutMs);
  const reports = stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as RankReport)
    .sort((a, b) => a.rank - b.rank);
  return { reports, ...ended };
}
