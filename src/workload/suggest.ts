/** Returns the known word nearest to a mistyped one, or null when none is similar enough. */
export function nearestWord(typed: string, known: Iterable<string>): string | null {
  if (typed.length > 40) return null;
  const limit = Math.max(1, Math.floor(typed.length / 3));
  let nearest: string | null = null;
  let nearestDistance = limit + 1;
  for (const word of known) {
    const distance = editDistance(plain(typed), plain(word));
    if (distance < nearestDistance) {
      nearest = word;
      nearestDistance = distance;
    }
  }
  return nearest ?? containing(typed, known);
}

/** Returns the shortest known word that contains the typed text (`files` in `nrfiles`), or null. */
function containing(typed: string, known: Iterable<string>): string | null {
  if (typed.length < 4) return null;
  const words = [...known].filter((word) => word.includes(typed));
  return words.reduce<string | null>((best, word) => (best === null || word.length < best.length ? word : best), null);
}

/** Returns `; did you mean bs?`, or an empty string. */
export function didYouMean(typed: string, known: Iterable<string>): string {
  const nearest = nearestWord(typed, known);
  return nearest === null ? '' : `; did you mean ${nearest}?`;
}

/** Removes case, `-`, `_` and spaces, which are the most common mistakes, so that they do not count as edits. */
function plain(word: string): string {
  return word.toLowerCase().replace(/[-_ ]/g, '');
}

/** Returns the number of edits (insert, delete, replace, swap) between two words: optimal string alignment. */
function editDistance(from: string, to: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      let cost = Math.min(
        (previous[column] as number) + 1,
        (current[column - 1] as number) + 1,
        (previous[column - 1] as number) + (same ? 0 : 1),
      );
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (row > 1 && column > 1 && swapped) cost = Math.min(cost, (beforePrevious[column - 2] as number) + 1);
      current.push(cost);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[to.length] as number;
}
