/** Every command that feedrate refuses is followed by what it advises. `cli/remedies` has the quick ones: `npm run test:remedies`. */
import { suite } from 'uvu';
import { COMMANDS, follow } from './followed-commands.js';

const test = suite('cli/followed-commands');

test('arguments that follow what was said of others are accepted', () => follow(COMMANDS));

test.run();
