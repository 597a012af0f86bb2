/** Stores calibrations of targets below the results directory. Each A/A run has a file with its name. */
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { makeDirectories } from '../host/system/make-directories.js';
import { readTextFile } from '../host/system/regular-file.js';
import { type CalibrationRecord, decodeCalibration, encodeCalibration } from '../record/calibration-record.js';
import { cannotRead } from './cannot-read.js';
import { cannotWrite, replaceFile } from './durable-files.js';

/** The directory of the calibrations, in a results directory. */
export const CALIBRATIONS_DIRECTORY = 'calibrations';

/**
 * Saves a calibration. Returns the path of its file.
 * @throws FeedrateError `store` when it cannot be written
 */
export function saveCalibration(resultsDirectory: string, record: CalibrationRecord): string {
  const directory = resolve(resultsDirectory, CALIBRATIONS_DIRECTORY);
  try {
    makeDirectories(directory);
  } catch (error) {
    throw cannotWrite(directory, error);
  }
  const path = join(directory, `${record.run}.json`);
  replaceFile(path, encodeCalibration(record));
  return path;
}

/**
 * Returns all calibrations, oldest first. A file that cannot be read is an error, because a gate that ignores the noise
 * of a target fails because of that noise.
 * @throws FeedrateError `store` with the name of the file
 */
export function readCalibrations(resultsDirectory: string): CalibrationRecord[] {
  const directory = resolve(resultsDirectory, CALIBRATIONS_DIRECTORY);
  if (!existsSync(directory)) return [];
  return namesIn(directory)
    .filter((name) => name.endsWith('.json'))
    .map((name) => decodeCalibration(textOf(join(directory, name)), join(directory, name)))
    .sort((a, b) => (a.calibratedAt < b.calibratedAt ? -1 : 1));
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    throw cannotRead(directory, error, 'fix or remove it');
  }
}

function textOf(path: string): string {
  try {
    return readTextFile(path);
  } catch (error) {
    throw cannotRead(path, error, 'fix or remove it');
  }
}
