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

/** A part of a manifest: the only fields that it may have, and the only values of some. */
interface Shape {
  readonly fields: Readonly<Record<string, Shape | readonly string[] | 'any'>>;
  readonly required?: readonly string[];
}

const METADATA: Shape = { fields: { name: 'any' }, required: ['name'] };
const WHEN = ['DoNotSchedule', 'ScheduleAnyway'];
const SPREAD: Shape = {
  fields: {
    maxSkew: 'any',
    topologyKey: 'any',
    whenUnsatisfiable: WHEN,
    labelSelector: { fields: { matchLabels: 'any' } },
  },
  required: ['maxSkew', 'topologyKey', 'whenUnsatisfiable'],
};
const MOUNT: Shape = { fields: { name: 'any', mountPath: 'any' }, required: ['name', 'mountPath'] };
const VARIABLE: Shape = { fields: { name: 'any', value: 'any' }, required: ['name'] };
const CONTAINER: Shape = {
  fields: { name: 'any', image: 'any', command: 'any', env: VARIABLE, volumeMounts: MOUNT },
  required: ['name'],
};
const CLAIM: Shape = { fields: { claimName: 'any' }, required: ['claimName'] };
const VOLUME: Shape = { fields: { name: 'any', persistentVolumeClaim: CLAIM }, required: ['name'] };
const POD: Shape = {
  fields: {
    restartPolicy: ['Always', 'OnFailure', 'Never'],
    topologySpreadConstraints: SPREAD,
    containers: CONTAINER,
    volumes: VOLUME,
  },
  required: ['containers'],
};
const TEMPLATE: Shape = { fields: { spec: POD } };
const MODES = ['Indexed', 'NonIndexed'];
const JOB_SPEC: Shape = {
  fields: { completionMode: MODES, completions: 'any', parallelism: 'any', backoffLimit: 'any', template: TEMPLATE },
  required: ['template'],
};
const REPLICA: Shape = { fields: { replicas: 'any', template: TEMPLATE } };
const POLICY: Shape = { fields: { cleanPodPolicy: ['None', 'Running', 'All'], backoffLimit: 'any' } };
const MPI_SPEC: Shape = {
  fields: {
    slotsPerWorker: 'any',
    mpiImplementation: ['OpenMPI', 'Intel', 'MPICH'],
    runPolicy: POLICY,
    mpiReplicaSpecs: { fields: { Launcher: REPLICA, Worker: REPLICA } },
  },
  required: ['mpiReplicaSpecs'],
};
const TOP = ['apiVersion', 'kind', 'metadata', 'spec'];
const topOf = (apiVersion: string, kind: string, spec: Shape): Shape => ({
  fields: { apiVersion: [apiVersion], kind: [kind], metadata: METADATA, spec },
  required: TOP,
});

/** Returns what does not fit, with its place. Each item of a list has the shape. */
function misfits(value: unknown, shape: Shape | readonly string[] | 'any', at: string): string[] {
  if (shape === 'any') return value === null || value === undefined ? [`${at}: nothing`] : [];
  if (!('fields' in shape)) return shape.includes(String(value)) ? [] : [`${at}: ${String(value)}`];
  if (Array.isArray(value)) return value.flatMap((item, place) => misfits(item, shape, `${at}[${place}]`));
  if (typeof value !== 'object' || value === null) return [`${at}: no object`];
  const missing = (shape.required ?? []).filter((key) => !(key in value)).map((key) => `${at}.${key}: missing`);
  const parts = Object.entries(value).flatMap(([key, part]) => {
    const known = shape.fields[key];
    return known === undefined ? [`${at}.${key}: unknown`] : misfits(part, known, `${at}.${key}`);
  });
  return [...missing, ...parts];
}

// Names and values of Kubernetes' OpenAPI document (batch/v1, core/v1) and of the MPI operator's CRD (v2beta1, 0.8.2), against
// which both manifests were validated as a whole.
test('the manifests for Kubernetes have only fields and values that it knows', () => {
  const job = parse(textOf('kubernetes-indexed-job.yaml')) as Record<string, unknown>;
  assert.equal(misfits(job, topOf('batch/v1', 'Job', JOB_SPEC), 'job'), []);
  const mpi = parse(textOf('mpijob.yaml')) as Record<string, unknown>;
  const shape = topOf('kubeflow.org/v2beta1', 'MPIJob', MPI_SPEC);
  assert.equal(misfits(mpi, shape, 'mpijob'), []);
  const wrong = { ...mpi, kind: 'MpiJob', spec: { slots: 1, mpiImplementation: 'LAM' } };
  assert.equal(misfits(wrong, shape, 'mpijob'), [
    'mpijob.kind: MpiJob',
    'mpijob.spec.mpiReplicaSpecs: missing',
    'mpijob.spec.slots: unknown',
    'mpijob.spec.mpiImplementation: LAM',
  ]);
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
