/** A path that the kernel mounts only when somebody looks at it, and then when it is told to. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './repository.js';
import { needTool, skipTest } from './skip.js';

/** Who looks at `path` before `answer` waits in the kernel, as for a server that is gone. */
export interface Automount {
  readonly path: string;
  /** Mounts a tmpfs there. */
  readonly answer: () => void;
}

/** Skips the test where an autofs cannot be mounted. */
export async function withAutomount(directory: string, use: (automount: Automount) => Promise<void>): Promise<void> {
  if (process.geteuid?.() !== 0) skipTest('mounting a file system needs root');
  needTool('python3');
  const root = join(directory, 'auto');
  mkdirSync(root);
  // A process group of its own: the automounter's group is not held up.
  const child = spawn('python3', [join(repositoryRoot, 'test', 'support', 'automount.py'), root], {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  const ready = await Promise.race([once(child.stdout, 'data').then(() => true), ended.then(() => false)]);
  if (!ready) skipTest(`no autofs here: ${complaint.trim()}`);
  try {
    await use({ path: join(root, 'there'), answer: () => child.stdin.write('answer\n') });
  } finally {
    child.stdin.end();
    await ended;
  }
}
