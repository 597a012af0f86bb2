import { EXIT } from '../../base/errors.js';
import type { Subcommand } from '../options/subcommand.js';
import { printJson } from '../output/print.js';
import { exits } from '../terminal/exits.js';

export const schema: Subcommand = {
  name: 'schema',
  description: 'print the JSON Schema of workload files for your editor',
  configure(command) {
    command.action(
      exits(async () => {
        const { jsonSchema } = await import('../../workload/json-schema.js');
        printJson(jsonSchema());
        return EXIT.pass;
      }),
    );
  },
  examples: '\nExample:\n  feedrate schema > schema.json\n',
};
