/** The process that touches the directories of a command that measures nothing. The parent ends it when it knows enough. */
import { touchAll } from './touching.js';

process.on('disconnect', () => process.exit());
void touchAll(process.argv.slice(2));
