/** A program: `RESULTS TARGET WORKLOAD` runs a session that keeps the part of its trial every few milliseconds. */
import { writeSync } from 'node:fs';
import { runRecordOf, withPreparation } from '../../src/run/preparation.js';
import { readWorkload } from '../../src/run/workload-text.js';
import { createRun } from '../../src/store/run-store.js';
import { Session } from '../../src/trial/session.js';

const [results = '', target = '', workload = ''] = process.argv.slice(2);
const request = { workload: readWorkload(workload), targets: [{ name: 't', path: target }] };
await withPreparation(request, {}, async (preparation) => {
  const store = createRun(results, runRecordOf(preparation, {}));
  const { plan, workload: parsed } = preparation;
  const options = { plan, dataset: parsed.dataset, runId: store.run.id, session: 1, dropCaches: false, keepPartMs: 50 };
  const session = new Session(options, {
    emit: () => undefined,
    append: (record) => store.appendTrial(record),
    keepPart: (part) => {
      store.keepPart(part);
      writeSync(1, `${part.trial} ${part.readOps + part.writeOps}\n`);
    },
  });
  await session.run();
  store.finish('complete');
});
