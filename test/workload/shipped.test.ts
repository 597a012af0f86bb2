/** The workloads of the package, and the two files that are generated beside them. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parse as parseYaml } from 'yaml';
import { writtenShares } from '../../src/plan/jobs/shards.js';
import { modelWorkload } from '../../src/training/model-workload.js';
import { ACCELERATOR_MODELS } from '../../src/training/models.js';
import { jsonSchema } from '../../src/workload/json-schema.js';
import { parseWorkload } from '../../src/workload/parse.js';
import { resolveJob } from '../../src/workload/resolve.js';
import type { JobDeclaration } from '../../src/workload/workload.js';
import { generatedOf } from '../support/generated-dataset.js';
import { assertGolden } from '../support/golden.js';
import { fixturePath, repositoryRoot } from '../support/repository.js';
import { needTool, skipTest } from '../support/skip.js';
import { referenceMarkdown } from './reference.js';

const shipped = suite('shipped workloads');

const folder = join(repositoryRoot, 'workloads');
/** Where `assertGolden` finds the folder. */
const fromFixtures = ['..', '..', 'workloads'];
const names = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
const textOf = (file: string): string => readFileSync(join(folder, file), 'utf8');
const MIB = 1024 ** 2;

shipped('are these, and no others', () => {
  assert.equal(names.sort(), [
    'calibrate.yaml',
    'checkpoint-restore.yaml',
    'checkpoint-write.yaml',
    'cosmoflow.yaml',
    'csv-epoch.yaml',
    'imagenet-folder.yaml',
    'io-size-sweep.yaml',
    'kv-cache.yaml',
    'llama3-checkpoint.yaml',
    'llm-tokens.yaml',
    'metadata.yaml',
    'mixed.yaml',
    'quick.yaml',
    'random-read.yaml',
    'resnet50.yaml',
    'retinanet.yaml',
    'sequential-read.yaml',
    'small-files.yaml',
    'tiering.yaml',
    'two-jobs.yaml',
    'unet3d.yaml',
    'webdataset.yaml',
  ]);
});

for (const file of names) {
  shipped(`${file} is read, has its file's name and names its schema`, () => {
    const workload = parseWorkload(textOf(file), file);
    assert.is(workload.name, basename(file, '.yaml'));
    assert.ok(workload.description.length > 20);
    assert.ok(textOf(file).startsWith('# yaml-language-server: $schema=./schema.json\n'));
  });
}

/** Bytes that one trial of a job writes at most, under the first levels of its factors. */
function writtenBytes(job: JobDeclaration): number {
  const spec = resolveJob(job, new Map([...job.fields].map(([property, { levels }]) => [property, levels[0]!])));
  if (spec.kind === 'checkpoint-write') return writtenShares(spec).files.sums.totalBytes * spec.checkpoints;
  if (spec.kind === 'io' && typeof spec.sizeBytes === 'number') return spec.numjobs * spec.sizeBytes;
  return 0;
}

shipped('quick writes at most 1.9 GiB and measures at most a second a trial', () => {
  const workload = parseWorkload(textOf('quick.yaml'), 'quick.yaml');
  const { jobs, trials } = workload;
  const dataset = generatedOf(workload);
  assert.equal(trials, { sessions: 1, rounds: 3, warmup: 0, filesets: 1, order: 'shuffled' });
  const ofTrials = jobs.reduce((sum, job) => sum + writtenBytes(job) * trials.rounds, 0);
  const ofDataset = (dataset?.nrfiles ?? 0) * (dataset?.filesizeMaxBytes ?? 0);
  assert.ok(ofTrials + ofDataset <= 1.9 * 1024 * MIB, `${(ofTrials + ofDataset) / MIB} MiB`);
  for (const { fields } of jobs) {
    for (const { value } of fields.get('runtimeNs')?.levels ?? [])
      assert.ok(value === null || (value as number) <= 1e9);
  }
});

/** MLPerf is a trademark: its shapes are not its results. */
shipped('what has the shape of MLPerf Storage says that it is no result of it', () => {
  const shaped = names.filter((file) => /MLPerf/.test(textOf(file)));
  assert.is(shaped.length, 6);
  for (const file of shaped) assert.match(textOf(file), /MLPerf-Storage-shaped, not an MLPerf result\./, file);
});

shipped('each model has a workload at full size, with the numbers of its edition', () => {
  for (const model of ACCELERATOR_MODELS) {
    const [job] = parseWorkload(modelWorkload(model), model.name).jobs;
    const level = (property: string): unknown => job?.fields.get(property)?.levels[0]?.value;
    assert.equal(
      [level('files'), level('recordBytes'), level('batchSize'), level('computationTime')],
      [model.files, model.recordBytes, model.batchSize, { type: 'constant', ns: model.computeNs }],
      model.name,
    );
  }
});

shipped('no dataset is larger than 8 GiB', () => {
  for (const file of names) {
    const dataset = generatedOf(parseWorkload(textOf(file), file));
    assert.ok((dataset?.nrfiles ?? 0) * (dataset?.filesizeMaxBytes ?? 0) <= 8192 * MIB, file);
  }
});

shipped('the sweep goes from 4 KiB to 16 MiB', () => {
  const [job] = parseWorkload(textOf('io-size-sweep.yaml'), '').jobs;
  const labels = job?.fields.get('bs')?.levels.map(({ label }) => label);
  assert.is(labels?.[0], '4KiB');
  assert.is(labels?.at(-1), '16MiB');
});

shipped('schema.json is what jsonSchema() makes', () => {
  assertGolden(`${JSON.stringify(jsonSchema(), null, 2)}\n`, ...fromFixtures, 'schema.json');
});

shipped('README.md is what referenceMarkdown() makes, and its example is read', () => {
  const markdown = referenceMarkdown();
  assertGolden(markdown, ...fromFixtures, 'README.md');
  const example = /```yaml\n([\s\S]*?)```/.exec(markdown)?.[1] ?? '';
  assert.is(parseWorkload(example, 'README.md').thresholds.length, 2);
});

/** A validator that nobody here wrote, for draft 2020-12: which of the instances are valid. */
const VALIDATE = `
import json, sys
from jsonschema import Draft202012Validator
given = json.load(sys.stdin)
Draft202012Validator.check_schema(given['schema'])
validator = Draft202012Validator(given['schema'])
print(json.dumps([validator.is_valid(each) for each in given['instances']]))
`;

function validByPython(instances: readonly unknown[]): boolean[] {
  needTool('python3');
  const probe = spawnSync('python3', ['-c', 'import jsonschema']);
  if (probe.status !== 0) skipTest('python3 has no jsonschema');
  const input = JSON.stringify({ schema: jsonSchema(), instances });
  const { status, stdout, stderr } = spawnSync('python3', ['-c', VALIDATE], { input, encoding: 'utf8' });
  assert.is(status, 0, stderr);
  return JSON.parse(stdout) as boolean[];
}

shipped('the JSON Schema accepts every shipped workload', () => {
  const valid = validByPython(names.map((file) => parseYaml(textOf(file))));
  assert.equal(
    names.filter((_, index) => !valid[index]),
    [],
  );
});

/** What a JSON Schema cannot know: exact values, what fields demand of each other, YAML itself. */
const BEYOND_SCHEMA =
  /does not fit|do not fit|has no effect|is required|requires |no job of|contradicts|cannot be combined|is not supported with|is less than|shares that|leaves nothing for|a share of 0|twice|whole number( of|$)|too large|too small|direct I\/O|its lists make|is an empty range|is not defined|is not a (metric|percentile|statistic|bound|rate;)|is a distribution|is a percentage of|is one number/;

shipped('the JSON Schema refuses the malformed ones that a schema can tell', () => {
  const bad = readdirSync(fixturePath('workload', 'bad')).filter((file) => file.endsWith('.yaml'));
  const cases = bad.flatMap((file) => {
    const golden = readFileSync(fixturePath('workload', 'bad', file.replace('.yaml', '.txt')), 'utf8');
    const [, ...lines] = golden.trim().split('\n');
    if (file.startsWith('yaml-') || lines.every((line) => BEYOND_SCHEMA.test(line))) return [];
    try {
      return [
        {
          file,
          instance: parseYaml(readFileSync(fixturePath('workload', 'bad', file), 'utf8'), {
            logLevel: 'error',
          }) as unknown,
        },
      ];
    } catch {
      return [];
    }
  });
  const valid = validByPython(cases.map(({ instance }) => instance));
  assert.equal(
    cases.filter((_, index) => valid[index]).map(({ file }) => file),
    [],
  );
  assert.ok(cases.length > 50, `${cases.length} cases`);
});

shipped.run();
