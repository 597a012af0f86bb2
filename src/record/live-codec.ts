/** The codec of `live.json`. */
import { LIVE_VERSION, type LiveStatus } from '../base/live-status.js';
import { JsonReader } from './json-reader.js';

/** Returns the content of `live.json`. */
export function encodeLive(status: LiveStatus): string {
  return `${JSON.stringify(status)}\n`;
}

const RATES = ['bytesPerSecond', 'opsPerSecond'] as const;
const TIMES = ['p99Ns', 'queueNs', 'roundTripNs'] as const;

/** Returns the status in `live.json`. Throws `FeedrateError('store')` if it is damaged or of another version. */
export function decodeLive(text: string, where: string): LiveStatus {
  const status = JsonReader.parse(text, where);
  status.at('liveVersion').version(LIVE_VERSION);
  for (const key of ['updatedAt', 'doing']) status.at(key).text();
  for (const key of ['doneTrials', 'totalTrials']) status.at(key).number();
  for (const key of ['fraction', 'leftNs', 'etaNs', 'quietNs']) status.at(key).numberOrNull();
  for (const key of ['arm', 'target']) status.at(key).textOrNull();
  if (status.at('now').value !== null) checkRates(status.at('now'));
  for (const point of status.at('recent').list()) {
    checkRates(point);
    point.at('atMs').number();
  }
  return status.value as LiveStatus;
}

function checkRates(rates: JsonReader): void {
  for (const key of RATES) rates.at(key).number();
  for (const key of TIMES) rates.at(key).numberOrNull();
}
