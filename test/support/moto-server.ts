/** moto's server (S3, KMS, CloudWatch, STS …): services of AWS on this machine that nobody here wrote. */
import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { skipTest } from './skip.js';

export interface MotoServer {
  /** `http://127.0.0.1:PORT`, for every service. */
  readonly endpoint: string;
  /** For the SDK and for commands: it, and credentials that it takes. */
  readonly environment: Readonly<Record<string, string>>;
}

/** What no test of a service may do without: nothing else is asked, and no file of the user is read. */
export const TEST_CREDENTIALS: Readonly<Record<string, string>> = {
  AWS_ACCESS_KEY_ID: 'testing',
  AWS_SECRET_ACCESS_KEY: 'testing',
  AWS_REGION: 'us-east-1',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
};

let server: Promise<MotoServer | null> | undefined;

/**
 * The server of this test file, which ends with its process. Skips the test where moto is not installed: no Debian package
 * has it. Tests share its content, so each takes names of its own. `environment` is for commands, and for the SDK in this
 * process too once it was assigned to `process.env`.
 */
export async function motoServer(): Promise<MotoServer> {
  server ??= start();
  return (await server) ?? skipTest('moto_server is not installed (pip install "moto[server]")');
}

/** Returns null when it is not installed. */
function start(): Promise<MotoServer | null> {
  const child = spawn('moto_server', ['-H', '127.0.0.1', '-p', '0'], { stdio: ['ignore', 'pipe', 'pipe'] });
  process.once('exit', () => child.kill('SIGKILL'));
  return new Promise((resolve, reject) => {
    let said = '';
    child.once('error', () => resolve(null));
    child.once('exit', (status) => {
      // A shim of pyenv that no version has: it is not installed either.
      if (status === 127) resolve(null);
      else reject(new Error(`moto_server ended with status ${status}: ${said}`));
    });
    const streams = [child.stdout, child.stderr];
    for (const stream of streams) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        const endpoint = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(said)?.[1];
        if (endpoint === undefined) return;
        // It says a line for each request: they are read, and not kept. Nothing of it keeps this process alive.
        for (const each of streams) (each.removeAllListeners('data').resume() as Socket).unref();
        child.unref();
        resolve({ endpoint, environment: { AWS_ENDPOINT_URL: endpoint, ...TEST_CREDENTIALS } });
      });
    }
  });
}
