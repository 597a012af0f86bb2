/** The marker file in feedrate's own directories. It records who created one. feedrate never removes one without it. */

import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { bootId } from '../system/boot-id.js';
import { processStat } from '../system/process-stat.js';
import { below, storeOf } from './store-of.js';

export const MARKER_NAME = 'FEEDRATE';
const MARKER_VERSION = 1;

/** `data`: data files that are kept and shared between runs. `scratch`: the files of one run. */
export type OwnKind = 'data' | 'scratch';

/** Identifies a process uniquely, even after its number is used again on this or another machine. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks from the machine's start to the start of the process (proc_pid_stat(5), field 22). */
  readonly startTicks: number | null;
  readonly hostname: string;
  /** The id of the machine's last start, unique across machines. */
  readonly bootId: string | null;
  /** Each container on a machine numbers its own processes. */
  readonly pidNamespace: string | null;
}

/** `unknown`: it ran on another machine, in another container, or before this machine's last start. */
export type ProcessState = 'alive' | 'dead' | 'unknown';

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

/** Returns whether a process of another user has this number. /proc does not show it when mounted with `hidepid`. */
function isHidden(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Returns the identity of this process. Values that cannot be read are null. */
export function currentProcess(): ProcessIdentity {
  return {
    pid: process.pid,
    startTicks: processStat(process.pid)?.startTicks ?? null,
    hostname: hostname(),
    bootId: bootId(),
    pidNamespace: orNull(() => readlinkSync('/proc/self/ns/pid')),
  };
}

/**
 * Returns whether a process still runs. `unknown` means that it ran on another machine, in another container, or before
 * this machine's last start. An equal hostname proves nothing, because notebooks often share one.
 */
export function processState(other: ProcessIdentity, here = currentProcess()): ProcessState {
  const comparable = here.bootId !== null && here.pidNamespace !== null && other.startTicks !== null;
  if (!comparable || other.bootId !== here.bootId || other.pidNamespace !== here.pidNamespace) return 'unknown';
  const stat = processStat(other.pid);
  if (stat === null && isHidden(other.pid)) return 'unknown';
  const gone = stat === null || stat.startTicks !== other.startTicks || stat.state === 'Z' || stat.state === 'X';
  return gone ? 'dead' : 'alive';
}

/** Returns a marker for a directory that this process creates now. */
export function createMarker(kind: OwnKind, runId: string): Marker {
  return {
    markerVersion: MARKER_VERSION,
    kind,
    runId,
    createdAt: new Date().toISOString(),
    process: currentProcess(),
  };
}

/** Writes a marker durably. Throws an error of Node's shape when the file exists already or cannot be written. */
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

/**
 * Returns the marker in a regular file, or null when there is no file, it is a link, or it is not a feedrate marker.
 */
export function readMarkerFile(path: string): Marker | null {
  return orNull(() => {
    const text = storeOf(path).readText(path);
    const value: unknown = text === null ? null : JSON.parse(text);
    return isMarker(value) ? value : null;
  });
}

/** Returns the marker of a directory, or null when it has none. */
export function readMarker(directory: string): Marker | null {
  return readMarkerFile(below(directory, MARKER_NAME));
}
