/** Reads configurations of DLIO and MLPerf Storage (YAML, with overrides as Hydra writes them) into values by key. */
import { describeValue, type Entry, type Located, readDocument } from '../document.js';
import { IssueList } from '../issues.js';
import type { FileLocation } from '../location.js';

/** A value of a configuration: one scalar, or a list. */
export interface DlioValue {
  /** As it was written, such as `dataset.record_length`. */
  readonly written: string;
  readonly location: FileLocation;
  readonly value: Located;
}

/** The values by their present key, such as `dataset.record_length_bytes`. */
export type DlioConfig = Map<string, DlioValue>;

/** One of these is at the top of every configuration. */
const ROOMS = ['dataset', 'reader', 'train', 'checkpoint', 'workflow', 'data_reader', 'workload'];

/** Keys of earlier generations, by what they are called now. Those of a room come before those of its members. */
const RENAMED: readonly (readonly [RegExp, string])[] = [
  [/^workload\./, ''],
  [/^data_reader\./, 'reader.'],
  [/^model$/, 'model.name'],
  [/^dataset\.record_length(_stdev|_resize)?$/, 'dataset.record_length_bytes$1'],
  [/^dataset\.(file_access|batch_size|read_threads)$/, 'reader.$1'],
  [/^(?:checkpoint|model)\.model_size$/, 'model.model_size_bytes'],
  [/^((?:train|reader|evaluation)\.(?:computation|preprocess|eval)_time)$/, '$1.mean'],
  [/^((?:train|reader|evaluation)\.(?:computation|preprocess|eval)_time)_stdev$/, '$1.stdev'],
];

/** An override as Hydra takes it: `++workload.dataset.num_files_train=8`, `reader.batch_size=4`, `~train.seed`. */
const OVERRIDE = /^(?:\+{0,2}([A-Za-z_][\w.]*)=(.*)|~([A-Za-z_][\w.]*)(?:=.*)?)$/s;

/** Returns whether a word of the command line is an override and not the path of a file. */
export function isDlioOverride(word: string): boolean {
  return OVERRIDE.test(word) || /^\+{1,2}/.test(word);
}

/**
 * Reads a configuration. Adds an issue for each part that cannot be read.
 * @param path the name of the file in messages
 * @throws FeedrateError `workload` when the text is not YAML
 */
export function readDlio(text: string, path: string, overrides: readonly string[], issues: IssueList): DlioConfig {
  const config: DlioConfig = new Map();
  const root = readDocument(text, path, issues);
  if (root.content.type !== 'map') {
    issues.add(root.location, `expected a configuration of DLIO, which is a map; found ${describeValue(root)}`);
    return config;
  }
  const entries = root.content.entries();
  if (!entries.some(({ key }) => ROOMS.includes(key)) || entries.some(({ key }) => key === 'jobs')) {
    issues.add(
      root.location,
      `expected a configuration of DLIO, with sections such as ${ROOMS.slice(0, 4).join(', ')}`,
    );
    return config;
  }
  for (const value of flattened(entries, '')) {
    const key = presentKey(value.written);
    const twin = config.get(key);
    if (twin === undefined) config.set(key, value);
    else issues.add(value.location, `${value.written}: is ${twin.written} by another name; remove one of them`);
  }
  for (const override of overrides) applyOverride(config, override, issues);
  return config;
}

/** Returns the values of maps by their keys, joined with dots. */
function flattened(entries: readonly Entry[], prefix: string): DlioValue[] {
  return entries.flatMap(({ key, location, value }) => {
    const written = prefix + key;
    return value.content.type === 'map'
      ? flattened(value.content.entries(), `${written}.`)
      : [{ written, location, value }];
  });
}

function presentKey(written: string): string {
  return RENAMED.reduce((key, [pattern, replacement]) => key.replace(pattern, replacement), written);
}

function applyOverride(config: DlioConfig, override: string, issues: IssueList): void {
  const location: FileLocation = { source: override, line: null, column: null };
  const [, key, text = '', removed] = OVERRIDE.exec(override) ?? [];
  if (removed !== undefined) removeKey(config, presentKey(removed));
  else if (key === undefined) issues.add(location, 'expected an override such as ++workload.reader.batch_size=4');
  else if (key === 'workload') issues.add(location, 'chooses a configuration by its name; give the path of its file');
  else {
    const value = overrideValue(text, location);
    const values =
      value.content.type === 'map'
        ? flattened(value.content.entries(), `${key}.`)
        : [{ written: key, location, value }];
    removeKey(config, presentKey(key).replace(/_time\.mean$/, '_time'));
    for (const each of values) config.set(presentKey(each.written), { ...each, location });
  }
}

/** Removes a key and what is below it. */
function removeKey(config: DlioConfig, key: string): void {
  for (const each of config.keys()) if (each === key || each.startsWith(`${key}.`)) config.delete(each);
}

/** Returns the value of an override. Hydra's maps and lists need no space after a colon. */
function overrideValue(text: string, location: FileLocation): Located {
  const yaml = /^[[{]/.test(text) ? text.replaceAll(/:(?! )/g, ': ') : text;
  return readDocument(yaml, location.source, new IssueList());
}
