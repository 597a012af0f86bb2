/** An interval in words. */

/** Returns `1 to 2`. Open ends are absent; without any end there is no interval, and the text is undefined. */
export function intervalText(
  { low, high }: { readonly low?: number | undefined; readonly high?: number | undefined },
  format: (value: number) => string,
): string | undefined {
  if (low === undefined && high === undefined) return undefined;
  const end = (value: number | undefined): string => (value === undefined ? 'open' : format(value));
  return `${end(low)} to ${end(high)}`;
}
