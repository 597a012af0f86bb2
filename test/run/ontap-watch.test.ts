/** `run --ontap` without a mount: what is recorded before, sampled during, and shown after the trials. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ontapConnection } from '../../src/fsx/ontap-connection.js';
import { parseFingerprint, parseOntapEndpoint } from '../../src/fsx/ontap-endpoint.js';
import type { OntapRecord } from '../../src/record/ontap-record.js';
import type { RunRecord } from '../../src/record/run-record.js';
import { renderRun } from '../../src/report/render.js';
import { watchOntap, withOntap } from '../../src/run/ontap-watch.js';
import { readRun } from '../../src/store/read-run.js';
import { busyTrial, fsxRun, fsxVolume, LONG } from '../support/fsx-metrics.js';
import { type OntapScene, type OntapServer, startOntapServer } from '../support/ontap-server.js';
import { storeRun } from '../support/stored-runs.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const UUID = fsxVolume().volume.uuid as string;
const SCENE: OntapScene = {
  username: 'fsxadmin',
  password: 'secret-word',
  version: '9.17.1P7D1',
  volumes: [
    {
      uuid: UUID,
      name: 'train',
      svm: { name: 'svm1' },
      style: 'flexvol',
      tiering: { policy: 'auto', min_cooling_days: 31 },
      space: { performance_tier_footprint: 3 * 2 ** 30, capacity_tier_footprint: 2 ** 30 },
    },
  ],
  readsPerLook: 1000,
  readMicroseconds: 600,
};

const watch = suite('ontap watch');

function connectionTo(server: OntapServer, password = SCENE.password) {
  const trust = { kind: 'fingerprint' as const, fingerprint: parseFingerprint(server.fingerprint) };
  return ontapConnection(parseOntapEndpoint(server.url), trust, { username: 'fsxadmin', password }, 20_000);
}

async function withServer(
  scene: OntapScene,
  use: (server: OntapServer, directory: string) => Promise<void>,
): Promise<void> {
  await withTemporaryDirectory(async (directory) => {
    const server = await startOntapServer(directory, scene);
    try {
      await use(server, directory);
    } finally {
      await server.close();
    }
  });
}

watch('the volume is recorded, its counters are sampled around trials, and the report shows both', () =>
  withServer(SCENE, async (server, results) => {
    const notes: string[] = [];
    const listener = { note: (text: string) => notes.push(text) };
    const connection = connectionTo(server);
    const start = 1_780_000_000_000;
    const run = (await withOntap(fsxRun(start).run, connection, listener)) as RunRecord;
    assert.equal(notes, []);
    const ontap = run.environment.targets[0]?.ontap as OntapRecord;
    assert.equal([ontap.capacityTierBytes, ontap.tieringPolicy, ontap.verifiedBy], [2 ** 30, 'AUTO', 'fingerprint']);
    // The server's clock goes on by 15 s a look: the first three looks are at 15, 30 and 45 s.
    const trial = busyTrial(LONG, 1, start + 14_500, start + 46_000);
    const directory = storeRun(results, run, [trial]);
    const { listener: watched, close } = await watchOntap(connection, { run, directory }, listener);
    watched.event?.({ type: 'starting', trialId: trial.id, arm: LONG.id, startedWorkers: 0, workers: 2 });
    watched.event?.({ type: 'starting', trialId: trial.id, arm: LONG.id, startedWorkers: 2, workers: 2 });
    watched.event?.({ type: 'trial', record: trial });
    await close(false);
    appendFileSync(join(directory, 'ontap.jsonl'), '{"target":"data","askedAt":');
    const stored = readRun(directory);
    assert.ok((stored.ontapSamples?.length ?? 0) >= 2);
    const samples = stored.ontapSamples!;
    const first = { ...samples[0]!, countedAt: new Date(start + 15_000).toISOString() };
    const last = { ...samples.at(-1)!, countedAt: new Date(start + 45_000).toISOString() };
    const report = await renderRun(stored.run, stored.trials, [], 'table', {
      color: false,
      columns: 120,
      ontapSamples: [first, last],
    });
    assert.match(
      report,
      'ONTAP data: 3 GiB on SSD, 1 GiB in the capacity pool (25 %), tiering AUTO:31, transfers up to 64 KiB, ONTAP 9.17.1P7D1',
    );
    assert.match(report, /ONTAP read\/bs=1MiB: read: of 1\.34 ms client mean, server 600 µs/);
    assert.match(report, 'ONTAP data: mean in the server over the run: reads 600 µs');
    assert.match(report, 'ONTAP: trials of 1 of 2 arms are too short for a latency of their own');
    assert.not.match(JSON.stringify(stored.run), SCENE.password);
  }),
);

watch('a run goes on without ONTAP, says so once, and records the reason', () =>
  withServer(SCENE, async (server, results) => {
    const notes: string[] = [];
    const listener = { note: (text: string) => notes.push(text) };
    const connection = connectionTo(server, 'wrong');
    const run = (await withOntap(fsxRun(0).run, connection, listener)) as RunRecord;
    assert.is(notes.length, 1);
    assert.match(notes[0]!, 'target data: ONTAP was not asked: localhost/api/storage/volumes: 401');
    assert.match(run.environment.targets[0]?.ontapUnknown ?? '', '401');
    const directory = storeRun(results, run, []);
    const { listener: same, close } = await watchOntap(connection, { run, directory }, listener);
    assert.is(same, listener);
    await close(false);
    assert.is(readRun(directory).ontapSamples, undefined);
    assert.is(await withOntap(run, undefined, listener), run);
  }),
);

watch('counters that cannot be sampled end the sampling, not the run', () =>
  withServer({ ...SCENE, volumes: [{ ...SCENE.volumes[0], statistics: {} }] }, async (server, results) => {
    const notes: string[] = [];
    const listener = { note: (text: string) => notes.push(text) };
    const connection = connectionTo(server);
    const run = (await withOntap(fsxRun(0).run, connection, listener)) as RunRecord;
    const directory = storeRun(results, run, []);
    const { listener: watched, close } = await watchOntap(connection, { run, directory }, listener);
    const trial = busyTrial(LONG, 1, 0, 1000);
    for (let count = 0; count < 20 && notes.length === 0; count++) {
      watched.event?.({ type: 'trial', record: trial });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await close(false);
    assert.is(notes.length, 1);
    assert.match(notes[0]!, "ONTAP's counters are not sampled any more: localhost: no statistics of the volume");
  }),
);

watch.run();
