/** Logic with a third value, for what depends on something that was not given. */

export type Truth = 'yes' | 'no' | 'unknown';

/** A truth with what it rests on. */
export interface Finding<Hit> {
  readonly truth: Truth;
  /** The statements that make it so. */
  readonly hits: readonly Hit[];
  /** What would have to be known, where the truth is unknown. */
  readonly needs: readonly string[];
  /** Why not, where the truth is `no`. */
  readonly why: readonly string[];
}

/** Returns a truth that rests on nothing but itself. */
export function plainly<Hit>(truth: Truth, hits: readonly Hit[] = [], needs: readonly string[] = []): Finding<Hit> {
  return { truth, hits, needs, why: [] };
}

/** Returns a `no` with its reason. */
export function refused<Hit>(why: string): Finding<Hit> {
  return { truth: 'no', hits: [], needs: [], why: [why] };
}

/** Returns what can only be said when `need` is known. */
export function unknownFor<Hit>(need: string): Finding<Hit> {
  return { truth: 'unknown', hits: [], needs: [need], why: [] };
}

/** `no` if one is `no`: the first of them. Else unknown if one is unknown. */
export function allOf<Hit>(findings: readonly Finding<Hit>[]): Finding<Hit> {
  return (
    findings.find(({ truth }) => truth === 'no') ?? merged(findings, someUnknown(findings) ? 'unknown' : 'yes', 'all')
  );
}

/** `yes` if one is `yes`: all of those. Else unknown if one is unknown. */
export function anyOf<Hit>(findings: readonly Finding<Hit>[]): Finding<Hit> {
  const met = findings.filter(({ truth }) => truth === 'yes');
  if (met.length > 0) return merged(met, 'yes', 'all');
  return someUnknown(findings) ? merged(findings, 'unknown', 'unknown') : merged(findings, 'no', 'all');
}

/** Returns the opposite. */
export function not<Hit>({ truth, hits, needs }: Finding<Hit>): Finding<Hit> {
  return { truth: OPPOSITE[truth], hits, needs, why: [] };
}

const OPPOSITE: Readonly<Record<Truth, Truth>> = { yes: 'no', no: 'yes', unknown: 'unknown' };

function someUnknown(findings: readonly Finding<unknown>[]): boolean {
  return findings.some(({ truth }) => truth === 'unknown');
}

function merged<Hit>(findings: readonly Finding<Hit>[], truth: Truth, of: 'all' | 'unknown'): Finding<Hit> {
  const used = of === 'all' ? findings : findings.filter((finding) => finding.truth === 'unknown');
  return {
    truth,
    hits: [...new Set(used.flatMap(({ hits }) => hits))],
    needs: [...new Set(used.flatMap(({ needs }) => needs))],
    why: [...new Set(used.flatMap(({ why }) => why))],
  };
}
