/** The AWS services of moto (python3), which speak the real protocols, as a process of their own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { skipTest } from './skip.js';

const START_MS = 120_000;

export interface Moto {
  readonly url: string;
  close(): void;
}

/** Starts moto. Skips the running test where it is not installed: no Debian package exists. */
export async function startMoto(): Promise<Moto> {
  if (!isInPath('moto_server'))
    skipTest('moto_server is not installed (no Debian package; pip install "moto[server]")');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore', detached: true });
  // moto_server may be a script that starts another process, so its group is ended as a whole.
  const close = () => endGroup(child);
  process.once('exit', close);
  const endMs = performance.now() + START_MS;
  while (performance.now() < endMs && child.exitCode === null) {
    try {
      await fetch(`${url}/moto-api/data.json`, { signal: AbortSignal.timeout(10_000) });
      return { url, close };
    } catch {
      await sleep(100);
    }
  }
  close();
  throw new Error('moto_server does not answer');
}

function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

function isInPath(name: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
