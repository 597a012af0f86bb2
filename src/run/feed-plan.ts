/** Plans how many accelerators a target feeds are measured: its data, and the bounds of the ramp. */
import { FeedrateError } from '../base/errors.js';
import { formatBytes, formatWhole } from '../base/units.js';
import { type NetworkLimits, networkLimitsOf } from '../host/network-limits.js';
import type { TargetRates } from '../plan/expected-time.js';
import { type FeedData, feedData } from '../plan/feed-data.js';
import { CLIENT_ACCELERATOR, CLIENT_READER, type ClientJobs, type FeedSource } from '../plan/feed-workload.js';
import type { TargetEnvironment } from '../record/run-record.js';
import { parseOverride } from '../workload/override-text.js';
import type { Override } from '../workload/overrides.js';
import type { FeedRequest } from './feed-request.js';
import { engineOf, feedRoom, feedTarget, mostThreads, processors } from './feed-room.js';
import { touchableOf, untilTouched } from './first-touch.js';
import { digest, storageOf } from './rank-facts.js';
import { commonRoom, type RankRoom } from './rank-rooms.js';
import type { NamedPath, RunRequest } from './request.js';

/** How the run is made, apart from what is measured. */
export type FeedBase = Omit<RunRequest, 'workload' | 'targets'> & Required<Pick<RunRequest, 'overrides' | 'stop'>>;

/** What is known before anything is measured. */
export interface FeedPlan {
  readonly target: TargetEnvironment;
  readonly source: FeedSource;
  readonly touches: boolean;
  /** What the client is measured with; null where it takes no time. */
  readonly client: ClientJobs | null;
  /** The ranks that measure together, and their hosts: 1 for one process. */
  readonly ranks: number;
  readonly hosts: number;
  /** The network and the processors that each rank has for itself. */
  readonly network: NetworkLimits | null;
  readonly cores: number;
  /** Measured rates of the target; null if they were not needed. */
  readonly rates: TargetRates | null;
  /** Of each rank. */
  readonly mostReaders: number;
  /** Time of one trial of the ramp, ns. */
  readonly rampTrialNs: number;
}

const RAMP_TRIAL_PART = 0.008;
const RAMP_TRIAL_NS = { least: 300e6, most: 1.5e9 };
/** Engines that read nothing serve any number of readers equally well. */
const VIRTUAL_READERS = 16;
const VIRTUAL_TRIAL_NS = 100e6;
/** Samples of the reader and time of the accelerator that measure the client. */
const CLIENT_SAMPLES = 2000;
const CLIENT_NS = 0.6e9;
/** The name of the workload in messages. */
export const FEED_WORKLOAD_PATH = 'the workload of feedrate feed';

/**
 * Plans the measurement, in a group for all ranks. Throws FeedrateError when the target cannot be used, and as
 * `RankMeetings.exchange` does.
 */
export async function planFeed(request: FeedRequest, base: FeedBase, tell: (text: string) => void): Promise<FeedPlan> {
  const { target, dataPath, model, budgetNs } = request;
  await untilTouched(touchableOf([target]), tell, base.stop);
  const environment = feedTarget(target.name, target.path);
  const { touchesFiles: touches, virtualClock } = engineOf(base.overrides);
  const meetings = base.group?.meetings;
  const own: RankRoom = {
    host: meetings?.group.host ?? '',
    asked: digest(JSON.stringify(request)),
    storage: storageOf(target),
    room: dataPath === null ? await feedRoom(environment, budgetNs, touches, () => base.stop.isAsked) : null,
    threads: touches ? mostThreads() : 2 * VIRTUAL_READERS,
    cores: processors(),
    network: networkLimitsOf(environment),
  };
  const rooms = (await meetings?.exchange('room', JSON.stringify(own)))?.map((text) => JSON.parse(text) as RankRoom);
  const { room, threads, ...shared } = commonRoom(rooms ?? [own]);
  const source: FeedSource =
    room === null ? { kind: 'existing', path: dataPath as string } : { kind: 'generated', data: feedData(model, room) };
  await base.stop.listen();
  if (source.kind === 'generated') refuseTooLittle(request, source.data, shared.ranks);
  const { least, most } = RAMP_TRIAL_NS;
  const rampTrialNs = touches ? Math.max(least, Math.min(most, budgetNs * RAMP_TRIAL_PART)) : VIRTUAL_TRIAL_NS;
  return {
    target: environment,
    source,
    touches,
    client: virtualClock ? null : clientJobs(request),
    ...shared,
    rates: room?.rates ?? null,
    mostReaders: Math.floor(threads / 2),
    rampTrialNs,
  };
}

/** Returns what measures the client: some batches without a pause, and some steps. */
function clientJobs({ model, workers }: FeedRequest): ClientJobs {
  const { batchSize, computeNs, readThreads } = model;
  const steps = (wanted: number, least: number, most: number) => Math.max(least, Math.min(most, Math.ceil(wanted)));
  return {
    readerSteps: steps(CLIENT_SAMPLES / batchSize, 8, 400),
    acceleratorSteps: steps(CLIENT_NS / computeNs, 6, 200),
    workers: workers ?? Math.max(1, readThreads),
  };
}

/** Throws FeedrateError `target` when the data that fits is no batch for two accelerators of each rank. */
function refuseTooLittle({ model, target }: FeedRequest, data: FeedData, ranks: number): void {
  const { samples, samplesPerFile, bytes, limitedBy } = data;
  // Some formats are dealt out by whole files.
  const needed = ranks * Math.max(4 * model.batchSize, ranks === 1 ? 0 : samplesPerFile);
  if (samples >= needed) return;
  const room = `${limitedBy} permits ${formatBytes(bytes)} of data, ${formatWhole(samples)} samples`;
  const need = `${model.name} needs at least ${formatWhole(needed)} (${formatBytes(needed * model.recordBytes)})`;
  throw new FeedrateError('target', `target ${target.name}: ${room}, but ${need}; free some space, or raise --budget`);
}

/** Returns the request for the stages of a measurement. */
export function stagedRequestOf(base: FeedBase, { client }: FeedPlan, target: NamedPath): Omit<RunRequest, 'workload'> {
  return { ...base, overrides: withClient(base.overrides, client), targets: [target] };
}

/** The client's jobs read nothing, whatever engine was asked for. */
function withClient(overrides: readonly Override[], client: ClientJobs | null): readonly Override[] {
  if (client === null || !overrides.some(({ key }) => key === 'ioengine')) return overrides;
  return [
    ...overrides,
    ...[CLIENT_READER, CLIENT_ACCELERATOR].map((job) => parseOverride('--set', `${job}.ioengine=null`)),
  ];
}
