/** The examples of workloads/cluster: their ranks find each other, and AWS would take them. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { repositoryRoot } from '../support/repository.js';
import { needTool, skipTest } from '../support/skip.js';

const test = suite('group/examples');
const folder = join(repositoryRoot, 'workloads', 'cluster');
const textOf = (name: string): string => readFileSync(join(folder, name), 'utf8');

interface PodSpec {
  readonly containers: readonly {
    readonly command?: readonly string[];
    readonly env?: readonly { readonly name: string; readonly value: string }[];
    readonly volumeMounts?: readonly { readonly name: string }[];
  }[];
  readonly volumes?: readonly { readonly name: string }[];
  readonly restartPolicy?: string;
}

function hasItsVolumes({ containers, volumes = [] }: PodSpec): boolean {
  const mounted = containers.flatMap(({ volumeMounts = [] }) => volumeMounts.map(({ name }) => name));
  return mounted.length > 0 && mounted.every((name) => volumes.some((volume) => volume.name === name));
}

test('the Indexed Job starts as many ranks at once as the group has', () => {
  const job = parse(textOf('kubernetes-indexed-job.yaml')) as {
    readonly apiVersion: string;
    readonly kind: string;
    readonly spec: {
      readonly completionMode: string;
      readonly completions: number;
      readonly parallelism: number;
      readonly template: { readonly spec: PodSpec };
    };
  };
  const { completionMode, completions, parallelism, template } = job.spec;
  assert.equal([job.apiVersion, job.kind, completionMode], ['batch/v1', 'Job', 'Indexed']);
  assert.is(parallelism, completions);
  assert.is(template.spec.restartPolicy, 'Never');
  const size = template.spec.containers[0]?.env?.find(({ name }) => name === 'FEEDRATE_GROUP_SIZE');
  assert.is(size?.value, String(completions));
  assert.ok(hasItsVolumes(template.spec));
});

test('the MPIJob starts a rank on each worker', () => {
  const job = parse(textOf('mpijob.yaml')) as {
    readonly apiVersion: string;
    readonly spec: {
      readonly slotsPerWorker: number;
      readonly mpiReplicaSpecs: Readonly<
        Record<'Launcher' | 'Worker', { readonly replicas: number; readonly template: { readonly spec: PodSpec } }>
      >;
    };
  };
  const { Launcher, Worker } = job.spec.mpiReplicaSpecs;
  const command = Launcher.template.spec.containers[0]?.command ?? [];
  assert.is(job.apiVersion, 'kubeflow.org/v2beta1');
  assert.is(command[command.indexOf('-n') + 1], String(Worker.replicas * job.spec.slotsPerWorker));
  assert.ok(hasItsVolumes(Worker.template.spec));
});

test('the batch script of Slurm is a proper script', () => {
  needTool('shellcheck');
  const { status, stdout } = spawnSync('shellcheck', [join(folder, 'slurm.sbatch')], { encoding: 'utf8' });
  assert.is(status, 0, stdout);
});

const REQUESTS = [
  ['sagemaker', 'CreateProcessingJob', 'sagemaker-processing-job.json'],
  ['sagemaker', 'CreateTrainingJob', 'sagemaker-training-job.json'],
  ['batch', 'RegisterJobDefinition', 'batch-job-definition.json'],
] as const;

const VALIDATE = `
import json, sys
try:
    import botocore.session, botocore.validate
except ImportError:
    sys.exit(77)
for service, operation, path in json.loads(sys.argv[1]):
    model = botocore.session.Session().get_service_model(service)
    shape = model.operation_model(operation).input_shape
    report = botocore.validate.ParamValidator().validate(json.load(open(path)), shape)
    if report.has_errors():
        sys.exit(path + ': ' + report.generate_report())
`;

test('the requests to AWS fit its service models', () => {
  needTool('python3');
  const requests = REQUESTS.map(([service, operation, name]) => [service, operation, join(folder, name)]);
  const { status, stderr } = spawnSync('python3', ['-c', VALIDATE, JSON.stringify(requests)], { encoding: 'utf8' });
  if (status === 77) skipTest('python3 has no botocore');
  assert.is(status, 0, stderr);
});

test.run();
