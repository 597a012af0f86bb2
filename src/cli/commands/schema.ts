import { EXIT } from '../../base/errors.js';
import { jsonSchema } from '../../workload/json-schema.js';

/** `feedrate schema`: the JSON Schema of workload files. */
export function schema(): number {
  process.stdout.write(`${JSON.stringify(jsonSchema(), null, 2)}\n`);
  return EXIT.pass;
}
