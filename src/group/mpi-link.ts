/**
 * The barrier of Open MPI, whose launcher has no simple protocol: libmpi through koffi. Its calls that wait would hold up the
 * event loop, so the barrier is begun with MPI_Ibarrier and asked for with MPI_Test.
 */
import { createRequire } from 'node:module';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { FeedrateError } from '../base/errors.js';
import type { Koffi, KoffiLibrary } from '../host/system/libc.js';
import type { LauncherLink } from './launched-group.js';

/** The sonames of Open MPI 2 to 5, and the name for programs that are compiled. */
const LIBRARY_NAMES = ['libmpi.so.40', 'libmpi.so'];
/** mpi.h: calls come from any thread, one at a time. MPI_Init_thread runs in a thread of its own. */
const MPI_THREAD_SERIALIZED = 2;
/** For this long after the barrier has begun, MPI is asked at each turn of the event loop, ms; then each millisecond. */
const BUSY_MS = 5;

/** Joins the processes of mpirun. Throws `FeedrateError('usage')` when koffi or Open MPI's library cannot be loaded. */
export async function connectMpi(): Promise<LauncherLink> {
  const library = loadOpenMpi(loadKoffi());
  const pointer = 'void *';
  const initThread = library.func('MPI_Init_thread', 'int', [pointer, pointer, 'int', '_Out_ int *']);
  const ibarrier = library.func('MPI_Ibarrier', 'int', [pointer, '_Out_ void **']);
  const test = library.func('MPI_Test', 'int', ['_Inout_ void **', '_Out_ int *', pointer]);
  const abort = library.func('MPI_Abort', 'int', [pointer, 'int']);
  const finalize = library.func('MPI_Finalize', 'int', []);
  // MPI_COMM_WORLD is the address of this variable, MPI_STATUS_IGNORE is null.
  const world = library.symbol('ompi_mpi_comm_world', pointer);
  await inThread('MPI_Init_thread', (done) => initThread.async(null, null, MPI_THREAD_SERIALIZED, [0], done));
  return {
    async barrier() {
      const request: unknown[] = [null];
      const isDone = [0];
      succeed('MPI_Ibarrier', ibarrier(world, request));
      const busyUntilMs = performance.now() + BUSY_MS;
      while (true) {
        succeed('MPI_Test', test(request, isDone, null));
        if (isDone[0] !== 0) return;
        await (performance.now() < busyUntilMs ? turn() : sleep(1));
      }
    },
    abort: (exitStatus) => abort(world, exitStatus),
    finish: async () => succeed('MPI_Finalize', finalize()),
  };
}

function loadKoffi(): Koffi {
  try {
    return createRequire(import.meta.url)('koffi') as Koffi;
  } catch (cause) {
    const how = 'install it with npm install koffi, or use --group files';
    throw new FeedrateError('usage', `--group mpi needs the package koffi: ${how}`, { cause });
  }
}

function loadOpenMpi(koffi: Koffi): KoffiLibrary {
  const problems: string[] = [];
  for (const name of LIBRARY_NAMES) {
    try {
      const library = koffi.load(name, { global: true });
      library.symbol('ompi_mpi_comm_world', 'void *');
      keepLoaded(koffi, name);
      return library;
    } catch (thrown) {
      problems.push((thrown as Error).message.split('\n')[0] ?? '');
    }
  }
  const how = 'add its directory to LD_LIBRARY_PATH, or use --group files';
  throw new FeedrateError('usage', `--group mpi cannot load libmpi of Open MPI (${problems[0]}): ${how}`);
}

/** dlfcn.h */
const RTLD_NOW = 2;
const RTLD_NODELETE = 0x1000;

/** koffi unloads its libraries as the process exits, while threads of Open MPI still run their code. */
function keepLoaded(koffi: Koffi, name: string): void {
  koffi.load(null).func('dlopen', 'void *', ['str', 'int'])(name, RTLD_NOW | RTLD_NODELETE);
}

type Done = (error: Error | null, status: number) => void;

async function inThread(name: string, start: (done: Done) => void): Promise<void> {
  const status = await new Promise<number>((resolve, reject) => {
    start((error, result) => (error === null ? resolve(result) : reject(error)));
  });
  succeed(name, status);
}

function succeed(name: string, status: number): void {
  if (status !== 0) throw new FeedrateError('measurement', `${name} failed with error ${status}; try --group files`);
}
