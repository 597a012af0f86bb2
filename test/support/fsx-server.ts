/**
 * An FSx service on this machine, in a thread of its own: tests that block while a command runs can use it. It speaks AWS
 * JSON 1.1, and checks every body that it gets or sends against the schema objects of the SDK.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type FsxWorld, type Json, REGION } from './fsx-world.js';

/**
 * `denied`, `expired`, `throttled`, `unknownToken`: the errors that AWS sends. `hang`: never answers. `reset`: closes the
 * connection. `html`: an error page of something in between. `malformed`: half an answer.
 */
export type FsxFault = 'denied' | 'expired' | 'throttled' | 'unknownToken' | 'hang' | 'reset' | 'html' | 'malformed';

export interface FsxRequest {
  /** `DescribeVolumes` */
  readonly action: string;
  /** The region that the request was signed for. */
  readonly region: string;
  readonly body: Json;
  /** What was answered; null for a fault. */
  readonly answer: Json | null;
}

export class FsxServer {
  readonly url: string;
  readonly #worker: Worker;
  #asked = 0;

  private constructor(worker: Worker, port: number) {
    this.#worker = worker;
    this.url = `http://127.0.0.1:${port}`;
  }

  static async start(world: FsxWorld): Promise<FsxServer> {
    const worker = new Worker(new URL('./fsx-server-thread.js', import.meta.url), {
      workerData: { world },
      execArgv: [],
    });
    const [{ value }] = (await once(worker, 'message')) as [{ readonly value: number }];
    worker.unref();
    return new FsxServer(worker, value);
  }

  /** The environment of a process that is to use this server, with credentials, without the metadata service. */
  get environment(): Record<string, string> {
    return {
      AWS_ENDPOINT_URL_FSX: this.url,
      // Nobody answers there.
      AWS_ENDPOINT_URL_CLOUDWATCH: 'http://127.0.0.1:1',
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    };
  }

  /** Lets the next calls of an action (`*`: of all) fail. Default: for ever. */
  async fault(action: string, fault: FsxFault, times = Number.MAX_SAFE_INTEGER): Promise<void> {
    await this.#ask('fault', { action, fault, left: times });
  }

  /** Ends all faults. */
  async calm(): Promise<void> {
    await this.#ask('calm');
  }

  async setWorld(world: FsxWorld): Promise<void> {
    await this.#ask('world', world);
  }

  /** The requests so far, or since `forget`. */
  async requests(): Promise<readonly FsxRequest[]> {
    return (await this.#ask('requests')) as FsxRequest[];
  }

  async forget(): Promise<void> {
    await this.#ask('forget');
  }

  /** Afterwards, connections to its address are refused. */
  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  async #ask(kind: string, value?: unknown): Promise<unknown> {
    const id = ++this.#asked;
    this.#worker.ref();
    this.#worker.postMessage({ id, kind, value });
    for (;;) {
      const [answer] = (await once(this.#worker, 'message')) as [{ readonly id: number; readonly value?: unknown }];
      if (answer.id !== id) continue;
      this.#worker.unref();
      return answer.value;
    }
  }
}
