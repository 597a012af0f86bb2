/** Checks the ceilings of a target in `run.json`: every field that reports use. */
import { CEILING_STATUSES } from './ceiling-record.js';
import type { JsonReader } from './json-reader.js';

/** Throws `FeedrateError('store')` at the first field that is missing or has a wrong type. */
export function checkCeilings(ceilings: JsonReader): void {
  for (const file of ceilings.at('files').list()) for (const key of ['name', 'dated']) file.at(key).text();
  for (const row of stated(ceilings.at('fileServer'))) {
    checkPlace(row);
    for (const key of ['networkBytesPerSecond', 'diskBytesPerSecond', 'iops'])
      if (row.at(key).value !== null) checkLevel(row.at(key));
    for (const key of ['memoryBytes', 'nvmeBytes', 'writeBytesPerSecond']) row.at(key).numberOrNull();
  }
  for (const row of stated(ceilings.at('bursts'))) {
    checkPlace(row);
    for (const key of ['lastedMinutes', 'runMinutes']) row.at(key).number();
    row.at('refillMinutes').numberOrNull();
  }
  for (const row of stated(ceilings.at('ssd')))
    for (const key of ['bytesPerSecondPerTiB', 'iopsPerTiB']) row.at(key).number();
  for (const row of stated(ceilings.at('tcpFlow'))) row.at('bytesPerSecond').number();
  for (const row of stated(ceilings.at('client'))) {
    row.at('instanceType').text();
    checkLevel(row.at('networkBytesPerSecond'));
  }
}

function stated(rows: JsonReader): JsonReader[] {
  for (const row of rows.list()) {
    row.at('status').oneOf(CEILING_STATUSES);
    row.at('note').textOrNull();
    const source = row.at('source');
    for (const key of ['title', 'url', 'page', 'published']) source.at(key).textOrNull();
    source.at('retrieved').text();
  }
  return rows.list();
}

function checkPlace(row: JsonReader): void {
  row.at('deploymentType').text();
  row.at('regionClass').text();
  if (row.at('throughputPerHaPairMBps').value !== 'any') row.at('throughputPerHaPairMBps').number();
}

function checkLevel(level: JsonReader): void {
  level.at('base').number();
  if (level.at('burst').value !== 'none') level.at('burst').numberOrNull();
}
