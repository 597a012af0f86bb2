/** The thread of `command-thread.ts`: runs one command after the other. */
import { workerData } from 'node:worker_threads';
import { captured } from './cli-in-process.js';
import type { CommandAnswer, CommandRequest, CommandThreadData } from './command-thread.js';

const { port, answers } = workerData as CommandThreadData;

async function run({ id, args, env }: CommandRequest): Promise<CommandAnswer> {
  // In place: `os.tmpdir()` reads the thread's environment, not an object that took its place.
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
  return { id, outcome: await captured(args) };
}

port.on('message', async (request: CommandRequest) => {
  port.postMessage(await run(request));
  Atomics.add(answers, 0, 1);
  Atomics.notify(answers, 0);
});
