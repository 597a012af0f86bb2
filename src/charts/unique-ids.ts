/** Ids of charts. */

const LONGEST = 60;

/** Returns a function that makes ids fit for anchors and file names, and unique: `throughput-by-bs-2`. */
export function uniqueIds(): (id: string) => string {
  const used = new Set<string>();
  return (id) => {
    const safe = id
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .slice(0, LONGEST);
    let unique = safe;
    for (let number = 2; used.has(unique); number++) unique = `${safe}-${number}`;
    used.add(unique);
    return unique;
  };
}
