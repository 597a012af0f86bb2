/** The marker file of feedrate's own directories: it says who made one, and nothing without it is ever removed. */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { below, storeOf } from './store-of.js';

export const MARKER_NAME = 'FEEDRATE';
const MARKER_VERSION = 1;

/** `data`: data files, kept and shared between runs. `scratch`: the files of one run. */
export type OwnKind = 'data' | 'scratch';

/** A process, so that it can be told from a later one with the same number, on this machine or another. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks from the machine's start to the process's (proc_pid_stat(5), field 22). */
  readonly startTicks: number | null;
  readonly hostname: string;
  /** Of the machine's last start; no two starts of any machines share one. */
  readonly bootId: string | null;
  /** Containers on one machine count their processes apart. */
  readonly pidNamespace: string | null;
}

export interface Marker {
  readonly markerVersion: number;
  readonly kind: OwnKind;
  readonly runId: string;
  readonly createdAt: string;
  readonly process: ProcessIdentity;
}

function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

/** State letter and start time of a process; null when there is none with this number. */
function processStat(pid: number): { state: string; startTicks: number } | null {
  return orNull(() => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', startTicks: Number(fields[19]) };
  });
}

export function currentProcess(): ProcessIdentity {
  return {
    pid: process.pid,
    startTicks: processStat(process.pid)?.startTicks ?? null,
    hostname: hostname(),
    bootId: orNull(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    pidNamespace: orNull(() => readlinkSync('/proc/self/ns/pid')),
  };
}

/**
 * Whether a process still runs. `unknown`: it ran on another machine, in another container, or before this machine's
 * last start (hostnames repeat between notebooks, so an equal one does not prove that it was this machine).
 */
export function processState(other: ProcessIdentity, here = currentProcess()): 'alive' | 'dead' | 'unknown' {
  const comparable = here.bootId !== null && here.pidNamespace !== null && other.startTicks !== null;
  if (!comparable || other.bootId !== here.bootId || other.pidNamespace !== here.pidNamespace) return 'unknown';
  const stat = processStat(other.pid);
  const gone = stat === null || stat.startTicks !== other.startTicks || stat.state === 'Z' || stat.state === 'X';
  return gone ? 'dead' : 'alive';
}

export function createMarker(kind: OwnKind, runId: string): Marker {
  return {
    markerVersion: MARKER_VERSION,
    kind,
    runId,
    createdAt: new Date().toISOString(),
    process: currentProcess(),
  };
}

/** Writes a marker that must not exist yet, and makes sure that it survives a crash. */
export function writeMarker(path: string, marker: Marker): void {
  storeOf(path).writeNew(path, `${JSON.stringify(marker, null, 2)}\n`, 0o644);
}

function isMarker(value: unknown): value is Marker {
  const marker = value as Partial<Marker> | null;
  return (
    typeof marker === 'object' &&
    marker !== null &&
    typeof marker.markerVersion === 'number' &&
    (marker.kind === 'data' || marker.kind === 'scratch') &&
    typeof marker.runId === 'string' &&
    typeof marker.createdAt === 'string' &&
    typeof marker.process?.pid === 'number'
  );
}

/** The marker in a regular file; null when there is none, it is a link, or it is not feedrate's. */
export function readMarkerFile(path: string): Marker | null {
  return orNull(() => {
    const text = storeOf(path).readText(path);
    const value: unknown = text === null ? null : JSON.parse(text);
    return isMarker(value) ? value : null;
  });
}

/** The marker of a directory, or null. */
export function readMarker(directory: string): Marker | null {
  return readMarkerFile(below(directory, MARKER_NAME));
}
