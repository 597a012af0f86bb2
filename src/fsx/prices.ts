/** Prices: the shipped example, and a user's file whose rows win. */
import { PRICE_ITEMS, type PriceItem, type PriceRow } from '../record/price-record.js';
import { source } from './ceilings-file.js';
import { replaced, shippedDataFile } from './look-up-ceilings.js';
import {
  amount,
  date,
  fieldsOf,
  listOf,
  oneOf,
  oneOrMore,
  optional,
  type Reader,
  readDataFile,
  text,
} from './yaml-fields.js';

const priceRows: Reader<PriceRow[]> = (value, name, issues) => {
  const written = listOf(
    fieldsOf({
      region: { read: text },
      deploymentType: { read: oneOrMore(text) },
      item: { read: oneOf(Object.keys(PRICE_ITEMS) as PriceItem[]) },
      price: { read: amount() },
      currency: { read: text },
      effective: optional(date),
      source: { read: source },
      note: optional(text),
    }),
  )(value, name, issues);
  return written?.flatMap(({ deploymentType: types, ...row }) =>
    types.map((deploymentType) => ({ ...row, deploymentType })),
  );
};

const pricesFile = fieldsOf<{ readonly dated: string; readonly prices: readonly PriceRow[] }>({
  dated: { read: date },
  prices: { read: priceRows },
});

/**
 * Returns the shipped prices, with those of the user's file in place of the rows for the same Region, deployment type and
 * item. Throws `FeedrateError('usage')` for a file that cannot be read or is wrong.
 */
export function readPrices(userFile: string | null): readonly PriceRow[] {
  const files = [shippedDataFile('prices.yaml'), ...(userFile === null ? [] : [userFile])];
  return files
    .map((path) => readDataFile(path, pricesFile).prices)
    .reduce((earlier, later) =>
      replaced(earlier, later, ({ region, deploymentType, item }) => `${region} ${deploymentType} ${item}`),
    );
}
