/** The known word nearest to a mistyped one, or null when none is near enough to be meant. */
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

/** The shortest known word that holds what was typed (`files` in `nrfiles`). */
function containing(typed: string, known: Iterable<string>): string | null {
  if (typed.length < 4) return null;
  const words = [...known].filter((word) => word.includes(typed));
  return words.reduce<string | null>((best, word) => (best === null || word.length < best.length ? word : best), null);
}

/** `; did you mean bs?`, or nothing. */
export function didYouMean(typed: string, known: Iterable<string>): string {
  const nearest = nearestWord(typed, known);
  return nearest === null ? '' : `; did you mean ${nearest}?`;
}

/** Case and the choice of `-`, `_` or nothing between words are the commonest slips: they cost nothing. */
function plain(word: string): string {
  return word.toLowerCase().replace(/[-_ ]/g, '');
}

/** Edits (insert, delete, replace, swap of neighbours) from one word to the other: optimal string alignment. */
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
