import { Argument } from 'commander';
import { EXIT } from '../../base/errors.js';
import { SHELLS, type Shell } from '../options/arguments.js';
import type { Subcommand } from '../options/subcommand.js';
import { print } from '../output/print.js';
import { exits } from '../terminal/exits.js';

export const completion: Subcommand = {
  name: 'completion',
  description: 'print a shell completion script',
  configure(command) {
    command.addArgument(new Argument('<shell>', 'shell to print the script for').choices(SHELLS)).action(
      exits(async (shell: Shell) => {
        const { completionScript } = await import('../options/completion-scripts.js');
        print(`${completionScript(shell)}\n`);
        return EXIT.pass;
      }),
    );
  },
  examples: `
Examples:
  bash:  source <(feedrate completion bash)
  zsh:   source <(feedrate completion zsh)
  fish:  feedrate completion fish | source
`,
};
