/** Looks up the ceilings of a target: the shipped file, and a user's own whose rows win. */
import { join } from 'node:path';
import { FeedrateError } from '../base/errors.js';
import { packageRoot } from '../host/system/installation.js';
import type { AppliedCeilings, BurstRow, ClientRow, FileServerRow } from '../record/ceiling-record.js';
import type { Environment } from '../record/run-record.js';
import { isOntapVolume, type VolumeRecord } from '../record/volume-record.js';
import { type CeilingsFile, ceilingsFile } from './ceilings-file.js';
import { readDataFile } from './yaml-fields.js';

/** All rows of the files in use. */
interface CeilingsBook extends Omit<CeilingsFile, 'dated'> {
  readonly files: AppliedCeilings['files'];
}

/** Returns the path of a data file that is installed with feedrate. Throws `FeedrateError('usage')` when it is not there. */
export function shippedDataFile(name: string): string {
  const root = packageRoot();
  if (root !== null) return join(root, 'workloads/fsx', name);
  throw new FeedrateError('usage', `${name} is not here: feedrate is not installed as a package`);
}

const SHIPPED = 'ceilings.yaml';

/** The environment with ceilings, and why feedrate's own file could not be used; null if it could, or was not needed. */
interface WithCeilings {
  readonly environment: Environment;
  readonly problem: string | null;
}

/**
 * Adds the ceilings of every target that is a volume of FSx for ONTAP. Other targets stay as they are, and no file is read
 * for them alone.
 * @param userFile a file whose rows replace those of the shipped one that have the same key; null for none
 * @throws FeedrateError `usage` for a user's file that cannot be read or is wrong
 */
export function withCeilings(environment: Environment, userFile: string | null): WithCeilings {
  // A wrong file is reported even if no target needs it.
  const own = userFile === null ? [] : [{ name: userFile, file: readDataFile(userFile, ceilingsFile) }];
  if (!environment.targets.some(isOntapVolume)) return { environment, problem: null };
  const { shipped, problem } = readShipped();
  const book = [...shipped, ...own].reduce<CeilingsBook>((before, { name, file }) => merged(before, name, file), EMPTY);
  const targets = environment.targets.map((target) =>
    isOntapVolume(target) ? { ...target, ceilings: ceilingsOf(target, environment.instanceType, book) } : target,
  );
  return { environment: { ...environment, targets }, problem };
}

/** Returns the ceilings of a file system by feedrate's own file, or null when that cannot be used. */
export function shippedCeilings(volume: Pick<VolumeRecord, 'region' | 'fileSystem'>): AppliedCeilings | null {
  const [shipped] = readShipped().shipped;
  return shipped === undefined ? null : ceilingsOf({ volume }, undefined, merged(EMPTY, shipped.name, shipped.file));
}

/** A measurement does not depend on this file, so a run goes on without it. */
function readShipped(): { shipped: { name: string; file: CeilingsFile }[]; problem: string | null } {
  try {
    return { shipped: [{ name: SHIPPED, file: readDataFile(shippedDataFile(SHIPPED), ceilingsFile) }], problem: null };
  } catch (thrown) {
    if (!(thrown instanceof FeedrateError)) throw thrown;
    return { shipped: [], problem: `no ceilings: ${thrown.message}` };
  }
}

const EMPTY: CeilingsBook = {
  files: [],
  regionClasses: new Map(),
  fileServers: [],
  bursts: [],
  ssd: [],
  tcpFlow: [],
  clients: [],
};

function merged(before: CeilingsBook, name: string, { dated, ...file }: CeilingsFile): CeilingsBook {
  return {
    files: [...before.files, { name, dated }],
    regionClasses: new Map([...before.regionClasses, ...file.regionClasses]),
    fileServers: replaced(before.fileServers, file.fileServers, placeKey),
    bursts: replaced(before.bursts, file.bursts, placeKey),
    ssd: replaced(before.ssd, file.ssd, ({ status }) => status),
    tcpFlow: replaced(before.tcpFlow, file.tcpFlow, ({ status }) => status),
    clients: replaced(before.clients, file.clients, ({ instanceType, status }) => `${instanceType} ${status}`),
  };
}

type PlacedRow = Pick<FileServerRow, 'deploymentType' | 'throughputPerHaPairMBps' | 'regionClass' | 'status'>;

function placeKey({ deploymentType, throughputPerHaPairMBps, regionClass, status }: PlacedRow): string {
  return [deploymentType, throughputPerHaPairMBps, regionClass, status].join(' ');
}

/** Returns the earlier rows whose key no later row has, and the later rows. */
export function replaced<Row>(earlier: readonly Row[], later: readonly Row[], keyOf: (row: Row) => string): Row[] {
  const keys = new Set(later.map(keyOf));
  return [...earlier.filter((row) => !keys.has(keyOf(row))), ...later];
}

function ceilingsOf(
  { volume }: { readonly volume?: Pick<VolumeRecord, 'region' | 'fileSystem'> },
  instanceType: string | undefined,
  book: CeilingsBook,
): AppliedCeilings {
  const setting = volume?.fileSystem.throughputCapacityPerHaPairMBps ?? null;
  const type = volume?.fileSystem.deploymentType ?? null;
  const classes = volume === undefined ? [] : [...classesOf(volume.region, book), 'any'];
  const applies = (row: FileServerRow | BurstRow): boolean =>
    row.deploymentType === type &&
    (row.throughputPerHaPairMBps === 'any' || row.throughputPerHaPairMBps === setting) &&
    classes.includes(row.regionClass);
  return {
    files: book.files,
    fileServer: book.fileServers.filter(applies),
    // A burst was watched at few settings. Those of another setting still say how long one may last.
    bursts: book.bursts.toSorted((a, b) => Number(applies(b)) - Number(applies(a))),
    ssd: book.ssd,
    tcpFlow: book.tcpFlow,
    client: instanceType === undefined ? [] : clientRows(book.clients, instanceType),
  };
}

/** Returns the classes that a Region is in: `other` if it is in none. */
function classesOf(region: string, { regionClasses }: CeilingsBook): string[] {
  const named = [...regionClasses].flatMap(([name, regions]) => (regions.includes(region) ? [name] : []));
  return named.length > 0 ? named : ['other'];
}

/** A SageMaker instance `ml.m5.large` is an m5.large. A row of its own wins. */
function clientRows(rows: readonly ClientRow[], instanceType: string): ClientRow[] {
  const own = rows.filter((row) => row.instanceType === instanceType);
  return own.length > 0 ? own : rows.filter((row) => row.instanceType === instanceType.replace(/^ml\./, ''));
}
