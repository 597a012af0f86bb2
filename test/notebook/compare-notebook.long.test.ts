/** The example notebook, executed by Jupyter as a reader does: `npm run test:notebook`. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { environment, mainPath } from '../support/feedrate-cli.js';
import { repositoryRoot } from '../support/repository.js';
import { directoryIn } from '../support/run-directory.js';
import { skipTest } from '../support/skip.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('notebook/compare-notebook');

/** Debian's, which its packages of Jupyter are for. */
const PYTHON = '/usr/bin/python3';
const MODULES = ['nbclient', 'nbformat', 'ipykernel', 'pandas', 'matplotlib'];

interface Shown {
  readonly kind: string;
  readonly types: readonly string[];
  readonly text: string;
}

function needJupyter(): void {
  const missing = MODULES.filter((name) => spawnSync(PYTHON, ['-c', `import ${name}`]).status !== 0);
  if (missing.length > 0) skipTest(`${PYTHON} has no ${missing.join(', ')}`, 'tool');
}

test('the notebook that compares two mounts runs from its first cell to its last', () =>
  withTemporaryDirectory((directory) => {
    needJupyter();
    const bin = directoryIn(directory, 'bin');
    writeFileSync(join(bin, 'feedrate'), `#!/bin/sh\nexec ${process.execPath} ${mainPath} "$@"\n`);
    chmodSync(join(bin, 'feedrate'), 0o755);
    const values = {
      FIRST: directoryIn(directory, 'a'),
      SECOND: directoryIn(directory, 'b'),
      SIZE: '4m',
      RUNTIME: '200ms',
    };
    const script = join(repositoryRoot, 'test', 'support', 'execute-notebook.py');
    const notebook = join(repositoryRoot, 'workloads', 'notebooks', 'compare-two-mounts.ipynb');
    const { status, stdout, stderr } = spawnSync(PYTHON, [script, notebook, JSON.stringify(values), directory], {
      encoding: 'utf8',
      env: environment({ PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`, IPYTHONDIR: directory }),
      cwd: directory,
    });
    assert.is(status, 0, stderr);
    const shown = JSON.parse(stdout) as readonly Shown[];
    const texts = shown.map(({ text }) => text).join('\n');
    assert.match(texts, /pd\.read_csv\("results\/[^"]+\/summary\.csv"\)/);
    assert.match(texts, /IFrame\("results\/[^"]+\/report\.html", width="100%", height=800\)/);
    assert.match(texts, /second/);
    assert.match(texts, /<iframe/);
    assert.not.ok(shown.some(({ kind }) => kind === 'error'));
    assert.ok(statSync(join(directory, 'figure.png')).size > 10_000, 'a figure was drawn');
    const [run = ''] = readdirSync(join(directory, 'results'));
    assert.ok(existsSync(join(directory, 'results', run, 'report.html')));
    const kept = process.env['FEEDRATE_KEEP_FIGURE'];
    if (kept !== undefined) spawnSync('cp', [join(directory, 'figure.png'), kept]);
  }));

test.run();
