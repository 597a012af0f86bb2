/** Runs that later ones are measured against, kept by name below the results directory. */
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { FeedrateError } from '../base/errors.js';
import { cannotWrite } from './files.js';
import { RUN_FILES } from './layout.js';

const DIRECTORY = 'baselines';
/** A name is a directory's and an argument's: it must not look like an option or a path. */
const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,99}$/u;

/** What a comparison reads of a run; the rest can be made from it. */
const KEPT = [RUN_FILES.run, RUN_FILES.trials, RUN_FILES.command];

/** Where a baseline is, whether or not it is there. */
export function baselineDirectory(resultsDirectory: string, name: string): string {
  return resolve(resultsDirectory, DIRECTORY, name);
}

/** Is there a baseline of this name? */
export function isBaseline(resultsDirectory: string, name: string): boolean {
  return NAME.test(name) && existsSync(join(baselineDirectory(resultsDirectory, name), RUN_FILES.run));
}

/** The names of the baselines, in order. */
export function baselineNames(resultsDirectory: string): string[] {
  const directory = join(resultsDirectory, DIRECTORY);
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => isBaseline(resultsDirectory, name))
    .sort();
}

/**
 * Keeps a copy of a run directory as a baseline. The new one takes the place of an old one as a whole.
 * @throws FeedrateError `usage` for a name that cannot be one, `store` when it cannot be written
 */
export function saveBaseline(resultsDirectory: string, name: string, runDirectory: string): void {
  if (!NAME.test(name)) {
    throw new FeedrateError(
      'usage',
      `baseline “${name}”: a name is letters, digits, dots, - and _, and begins with a letter or digit`,
    );
  }
  const directory = baselineDirectory(resultsDirectory, name);
  const fresh = `${directory}.${process.pid}.tmp`;
  try {
    mkdirSync(fresh, { recursive: true });
    for (const file of KEPT) {
      if (existsSync(join(runDirectory, file))) cpSync(join(runDirectory, file), join(fresh, file));
    }
    rmSync(directory, { recursive: true, force: true });
    renameSync(fresh, directory);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    throw cannotWrite(directory, error);
  }
}

/** @throws FeedrateError `store` when there is none of this name */
export function removeBaseline(resultsDirectory: string, name: string): void {
  requireBaseline(resultsDirectory, name);
  rmSync(baselineDirectory(resultsDirectory, name), { recursive: true });
}

/** @throws FeedrateError `store`, naming those that there are */
export function requireBaseline(resultsDirectory: string, name: string): void {
  if (isBaseline(resultsDirectory, name)) return;
  const names = baselineNames(resultsDirectory);
  throw new FeedrateError(
    'store',
    `${resultsDirectory}: no baseline '${name}'; ${names.length === 0 ? 'none yet: feedrate baseline save NAME' : `there are: ${names.join(', ')}`}`,
  );
}
