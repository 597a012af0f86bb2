/** Amounts of money in words. */

/** Returns an amount: `1,234.57`, and three digits below 1. */
export function formatMoney(amount: number): string {
  if (amount !== 0 && Math.abs(amount) < 1) return String(Number(amount.toPrecision(3)));
  return amount.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}
