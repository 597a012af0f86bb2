/** Reads the answer of `feedrate feed` from the file beside its run. */
import { FEED_VERSION, type FeedRecord } from './feed-record.js';
import { JsonReader } from './json-reader.js';

/**
 * Returns the record in this text. Throws `FeedrateError('store')` when a part that reports use is missing or of another
 * type, or when another version wrote it.
 * @param where the name of the file, for messages
 */
export function decodeFeed(text: string, where: string): FeedRecord {
  const record = JsonReader.parse(text, where);
  record.at('feedVersion').version(FEED_VERSION);
  for (const key of ['run', 'reader']) record.at(key).text();
  for (const key of ['name', 'path', 'fileSystem']) record.at('target').at(key).text();
  checkModel(record.at('model'));
  if (record.at('group').value !== undefined) for (const key of ['ranks', 'hosts']) record.at('group').at(key).number();
  record.at('data').at('kind').oneOf(['generated', 'existing']);
  for (const key of ['files', 'bytes']) record.at('data').at(key).number();
  for (const key of ['threshold', 'whole']) record.at(key).number();
  checkInterval(record.at('accelerators'));
  record.at('acceleratorsFrom').oneOf(['emulation', 'prediction']);
  record.at('verdict').oneOf(['decided', 'edge', 'open', 'predicted']);
  record.at('undecided').textOrNull();
  record.at('nonMonotone').boolean();
  checkSteps(record);
  if (record.at('limiter').value !== null) checkLimiter(record.at('limiter'));
  checkLoader(record.at('loader'));
  if (record.at('recommended').value !== null) {
    checkLoader(record.at('recommended'));
    record.at('recommended').at('au').number();
  }
  for (const key of ['perSampleNs', 'perBatchNs', 'perHandOverNs']) record.at('client').at(key).number();
  record.at('client').at('source').text();
  for (const doubt of record.at('doubts').list()) doubt.at('message').text();
  for (const note of record.at('notes').list()) note.text();
  const feed = record.value as FeedRecord;
  // JSON has no NaN, which stands for a quantile that is not known.
  const ramp = feed.ramp.map(({ medianNs, p99Ns, ...step }) => ({
    ...step,
    medianNs: medianNs ?? Number.NaN,
    p99Ns: p99Ns ?? Number.NaN,
  }));
  return { ...feed, ramp };
}

function checkLoader(loader: JsonReader): void {
  for (const key of ['numWorkers', 'prefetchFactor']) loader.at(key).number();
}

function checkModel(model: JsonReader): void {
  for (const key of ['name', 'model', 'accelerator', 'round', 'format']) model.at(key).text();
  for (const key of ['recordBytes', 'batchSize', 'computeNs', 'leastAu']) model.at(key).number();
}

function checkInterval(interval: JsonReader): void {
  interval.at('estimate').number();
  for (const key of ['low', 'high']) interval.at(key).numberOrNull();
}

function checkSteps(record: JsonReader): void {
  for (const step of record.at('ramp').list()) {
    for (const key of ['readers', 'samplesPerSecond', 'bytesPerSecond']) step.at(key).number();
    for (const key of ['medianNs', 'p99Ns']) step.at(key).numberOrNull();
  }
  for (const feed of record.at('predicted').list()) {
    feed.at('accelerators').number();
    checkInterval(feed.at('au'));
  }
  for (const emulated of record.at('emulated').list()) {
    for (const key of ['accelerators', 'trials', 'steps']) emulated.at(key).number();
    checkInterval(emulated.at('au'));
    emulated.at('side').oneOf(['above', 'below', 'edge', 'open']);
  }
  for (const other of record.at('whatIf').list()) {
    other.at('model').text();
    other.at('threshold').number();
    other.at('whole').numberOrNull();
    other.at('refusal').textOrNull();
    if (other.at('recommended').value !== null) checkLoader(other.at('recommended'));
    if (other.at('accelerators').value !== null) checkInterval(other.at('accelerators'));
  }
}

const LIMITERS = ['one-stream', 'storage', 'network', 'client-cpu', 'harness', 'accelerator'] as const;

function checkLimiter(limiter: JsonReader): void {
  limiter.at('kind').oneOf(LIMITERS);
  for (const evidence of limiter.at('evidence').list()) {
    evidence.at('what').text();
    evidence.at('value').number();
    evidence.at('unit').oneOf(['share', 'count', 'ns', 'bytes/s', 'samples/s']);
  }
}
