/** The thread of `command-thread.ts`: runs one command after the other. */
import { workerData } from 'node:worker_threads';
import { runCommandLine } from '../../src/cli/command-line.js';
import type { CommandRequest, CommandThreadData } from './command-thread.js';
import type { Outcome } from './feedrate-cli.js';

const { port, answers } = workerData as CommandThreadData;

/** Takes what a stream is given until the command has ended, and what listens to it. */
function captured(stream: NodeJS.WriteStream): () => string {
  const { write } = stream;
  let text = '';
  stream.write = (chunk: string | Uint8Array): boolean => {
    text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    return true;
  };
  return () => {
    stream.write = write;
    stream.removeAllListeners('error');
    return text;
  };
}

async function run({ args, env }: CommandRequest): Promise<Outcome> {
  // In place: `os.tmpdir()` reads the thread's environment, not an object that took its place.
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
  process.exitCode = undefined;
  const [stdout, stderr] = [captured(process.stdout), captured(process.stderr)];
  await runCommandLine(args);
  const status = Number(process.exitCode ?? 0);
  return { status, stdout: stdout(), stderr: stderr() };
}

port.on('message', async (request: CommandRequest) => {
  port.postMessage(await run(request));
  Atomics.add(answers, 0, 1);
  Atomics.notify(answers, 0);
});
