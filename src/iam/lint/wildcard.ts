/** Comparisons of two patterns in which `*` stands for any characters and `?` for one. */

/** Whether a text has a wildcard. The variables `${*}` and `${?}` stand for the characters themselves. */
export function hasWildcard(text: string): boolean {
  return /[*?]/.test(text.replaceAll(/\$\{[*?$]\}/g, ''));
}

/**
 * Whether every text that `special` matches is matched by `general`. It may return false where only a long proof shows
 * that it is so (`a?*` and `a*b`); true is always right. Takes time in the product of both lengths at most.
 */
export function covers(general: string, special: string): boolean {
  const pattern = normalised(general);
  const text = normalised(special);
  let i = 0;
  let j = 0;
  let star = -1;
  let resume = 0;
  while (j < text.length) {
    const wanted = pattern[i];
    if (wanted === '*') {
      star = i;
      resume = j;
      i += 1;
    } else if (wanted !== undefined && (wanted === text[j] || (wanted === '?' && text[j] !== '*'))) {
      i += 1;
      j += 1;
    } else if (star >= 0) {
      i = star + 1;
      resume += 1;
      j = resume;
    } else return false;
  }
  while (pattern[i] === '*') i += 1;
  return i === pattern.length;
}

/** Whether some text is matched by both patterns. */
export function overlaps(a: string, b: string): boolean {
  // reachable[j]: the first i characters of `a` and the first j of `b` match a common text.
  let reachable = new Array<boolean>(b.length + 1).fill(false);
  reachable[0] = true;
  for (let j = 1; j <= b.length; j += 1) reachable[j] = reachable[j - 1] === true && b[j - 1] === '*';
  for (const character of a.split('')) {
    const next = new Array<boolean>(b.length + 1).fill(false);
    next[0] = reachable[0] === true && character === '*';
    for (let j = 1; j <= b.length; j += 1) {
      const other = b[j - 1];
      if (character === '*' || other === '*') next[j] = reachable[j] === true || next[j - 1] === true;
      else next[j] = reachable[j - 1] === true && (character === other || character === '?' || other === '?');
      if (other === '*' && character !== '*' && reachable[j] === true) next[j] = true;
    }
    reachable = next;
  }
  return reachable[b.length] === true;
}

/** `*?` and `?*` match the same: every run of wildcards becomes its `?`, then one `*`. */
function normalised(pattern: string): string {
  return pattern.includes('*')
    ? pattern.replaceAll(/[*?]{2,}/g, (run) =>
        run.includes('*') ? `${'?'.repeat(run.replaceAll('*', '').length)}*` : run,
      )
    : pattern;
}
