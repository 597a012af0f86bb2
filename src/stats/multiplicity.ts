/**
 * Returns Holm's adjusted p-values in the given order: p̃₍ᵢ₎ = max_{j≤i} min(1, (m−j+1)·p₍ⱼ₎) (Holm 1979). Rejecting
 * when p̃ ≤ α bounds the family-wise error by α for any dependence. Throws RangeError for a p outside [0, 1].
 */
export function holm(pValues: readonly number[]): number[] {
  const adjusted = new Array<number>(pValues.length);
  let largest = 0;
  for (const [place, index] of ascendingOrder(pValues).entries()) {
    largest = Math.max(largest, Math.min(1, (pValues.length - place) * (pValues[index] as number)));
    adjusted[index] = largest;
  }
  return adjusted;
}

function ascendingOrder(pValues: readonly number[]): number[] {
  for (const p of pValues) if (!(p >= 0 && p <= 1)) throw new RangeError(`a p-value is in [0, 1], not ${p}`);
  return pValues.map((_, index) => index).sort((a, b) => (pValues[a] as number) - (pValues[b] as number));
}
