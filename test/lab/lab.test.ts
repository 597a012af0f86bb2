// ci waits

/** Real NFS: what feedrate says of mounts, bytes and time, against what the kernel and the server say. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Diagnosis } from '../../src/record/finding.js';
import type { RunRecord } from '../../src/record/run-record.js';
import type { TrialRecord } from '../../src/record/trial-record.js';
import { nfsUseOf } from '../../src/stats/nfs-use.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';
import { type LabRun, runLab, shownOption } from './lab.js';
import { checkScenario } from './remedies.js';

const test = suite('lab');
/** Of the timed runs. */
const VERSIONS = ['3', '4.2'];
const ALL_MOUNTS = ['3', '4.0', '4.1', '4.2'].flatMap((version) => [`v${version}`, `v${version}n2`]);

const splitOf = (trials: readonly TrialRecord[]) => nfsUseOf(trials)?.read ?? null;
const directOf = (lab: LabRun, version: string) =>
  ofJob(lab, 'direct').filter(({ target }) => target === `v${version}`);
const ofJob = ({ trials }: LabRun, job: string) => trials.filter((trial) => trial.job === job);

test('mounts, bytes and times are those of the kernel and of the server', () =>
  withTemporaryDirectory((directory) => {
    const { mountinfo, plain, delayed, all, diagnoses } = runLab(directory);
    for (const lab of [plain, delayed]) {
      assert.is(lab.trials.filter(({ status }) => status !== 'ok').length, 0, lab.report);
      assert.match(lab.report, /NFS direct@v3: read .* round trip \+ .* client/);
    }
    checkMounts(all, mountinfo);
    checkEvidence(plain, delayed);
    checkBytes(plain);
    checkCalls(plain);
    checkDelay(plain, delayed);
    checkDiagnoses(diagnoses);
    for (const name of ['readonly', 'tunnel']) checkScenario(directory, name);
  }));

/** What the record says of each mount is what the kernel shows. */
function checkMounts({ environment }: RunRecord, mountinfo: string): void {
  assert.equal(environment.targets.map(({ name }) => name).sort(), ALL_MOUNTS.toSorted());
  for (const { name, mountPoint, nfs } of environment.targets) {
    const shown = (option: string) => shownOption(mountinfo, mountPoint, option);
    const options = nfs?.options;
    assert.is(options?.version, shown('vers'));
    assert.is(options?.version, /^v([\d.]+)/.exec(name)?.[1]);
    assert.equal([`${options?.readBytes}`, `${options?.writeBytes}`], [shown('rsize'), shown('wsize')]);
    assert.equal([options?.transport, options?.security], [shown('proto'), shown('sec')]);
    assert.is(options?.serverAddress, shown('addr'));
    assert.equal([options?.connections, nfs?.openTransports], Array(2).fill(Number(shown('nconnect') ?? 1)), name);
    assert.is(nfs?.openTransports, name.endsWith('n2') ? 2 : 1);
  }
}

function checkEvidence(plain: LabRun, delayed: LabRun): void {
  const verdicts = (lab: LabRun, job: string) =>
    new Set(ofJob(lab, job).map(({ cache }) => `${cache.verdict} ${cache.observed}`));
  for (const job of ['direct', 'cold']) assert.equal([...verdicts(plain, job)], ['proven cold']);
  assert.equal([...verdicts(delayed, 'warm')], ['proven warm']);
}

/** Within 1 %: what the trials say that the server sent and took, to what it says itself. */
function checkBytes({ trials, serverBytes }: LabRun): void {
  const ofServer = (field: 'serverReadBytes' | 'serverWriteBytes') =>
    trials.reduce((sum, { nfs }) => sum + (nfs?.bytes?.[field] ?? Number.NaN), 0);
  const ratio = ofServer('serverReadBytes') / serverBytes.read;
  assert.ok(Math.abs(ratio - 1) < 0.01, `${ratio}`);
  const applications = trials.reduce((sum, { window }) => sum + window.totalWriteBytes, 0);
  assert.is(ofServer('serverWriteBytes'), applications);
}

/** Reads that find out what direct I/O asks for, before the first trial. */
const CALLS_BEFORE_MOST = 4;
/** How long each of them may take on a busy machine. */
const CALL_BEFORE_MS = 100;

/** The same calls and times as mountstats(8) prints, but for the kernel's whole ms at the ends of each trial. */
function checkCalls({ trials, reads }: LabRun): void {
  for (const [target, theirs] of reads) {
    const read = nfsUseOf(trials.filter((trial) => trial.target === target))?.traffic.calls['READ'];
    const more = theirs.calls - (read?.calls ?? Number.NaN);
    assert.ok(more >= 0 && more <= CALLS_BEFORE_MOST, `${target}: ${more} of ${theirs.calls}`);
    for (const [ns, ms] of [
      [read?.queueNs, theirs.queueMs],
      [read?.roundTripNs, theirs.roundTripMs],
      [read?.executeNs, theirs.executeMs],
    ]) {
      const moreMs = (ms ?? Number.NaN) * theirs.calls - (ns ?? Number.NaN) / 1e6;
      const endsMs = 2 * trials.length;
      assert.ok(moreMs >= -endsMs && moreMs <= endsMs + more * CALL_BEFORE_MS, `${target}: ${ns} ${ms} ${more}`);
    }
  }
}

/** 2 ms, less 5 %. */
const LEAST_NS = 1.9e6;

/** What the link takes more is wire and server, not the client's. A delay is never shorter than it is told to be. */
function checkDelay(plain: LabRun, delayed: LabRun): void {
  const means: number[] = [];
  for (const version of VERSIONS) {
    const after = splitOf(directOf(delayed, version));
    assert.ok(after !== null);
    assert.is(after.callsPerOperation, 1);
    // The mean call waits for this machine as well, so that there is no bound from above.
    assert.ok(after.roundTripNs > LEAST_NS, `${after.roundTripNs}`);
    // Without the delay the quickest trial's calls are back sooner than the delay alone lets them be.
    const quickestNs = Math.min(...directOf(plain, version).map((trial) => splitOf([trial])?.roundTripNs ?? Infinity));
    assert.ok(quickestNs < after.roundTripNs, `${quickestNs} ${after.roundTripNs}`);
    // How much of an operation is the client's depends on the processor.
    assert.ok(after.clientNs !== null && after.clientNs > 0, `${after.clientNs}`);
    means.push(after.roundTripNs);
  }
  // While it runs the same is shown. A second can be slower than the mean by what else this machine does in it.
  const live = delayed.events.flatMap((event) => (event.type === 'progress' && event.nfs !== null ? [event.nfs] : []));
  assert.ok(
    live.some(({ roundTripNs }) => roundTripNs > LEAST_NS && roundTripNs < 10 * Math.max(...means)),
    JSON.stringify([live, means]),
  );
}

/** The lab mounts with a single connection and the read-ahead of distributions, and small reads wait for the wire. */
function checkDiagnoses(diagnoses: readonly Diagnosis[]): void {
  assert.equal(diagnoses.length, VERSIONS.length);
  for (const { findings } of diagnoses) {
    const found = (name: string) => findings.find(({ check }) => check === name);
    assert.equal([found('connections')?.severity, found('read-ahead')?.severity], ['bad', 'bad']);
    assert.equal([found('transfer size')?.severity, found('version')?.severity], ['good', 'good']);
    assert.match(
      found('connections')?.remedy ?? '',
      /mount -t nfs -o rw,relatime,vers=.*,hard,proto=tcp,.*,nconnect=16 fs1:\/data \/mnt\//,
    );
    // Each at least the 2 ms of the link, less what is rounded. The one is a median and the other a mean, so that on a busy
    // machine either can be the larger.
    const [, wholeMs, wireMs] =
      /^4 KiB in ([\d.]+) ms, of which ([\d.]+) ms round trip/.exec(found('small reads')?.value ?? '') ?? [];
    assert.ok(Number(wholeMs) >= 1.9 && Number(wireMs) >= 1.9, found('small reads')?.value);
    assert.match(found('open and close')?.value ?? '', /, \d+\.\d calls$/);
  }
}

test.run();
