/** IP addresses and networks, of version 4 and 6. */

interface Address {
  readonly bits: bigint;
  /** 32 or 128. */
  readonly width: number;
}

/**
 * Whether an address lies in a network such as `203.0.113.0/24` or `2001:db8::/32`. A network without a prefix length is one
 * address. False if either is malformed, or if they are of different versions.
 */
export function isInNetwork(address: string, network: string): boolean {
  const [, base = '', length] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(network.trim()) ?? [];
  const from = addressOf(base);
  const actual = addressOf(address.trim());
  if (from === null || actual === null || from.width !== actual.width) return false;
  const prefix = length === undefined ? from.width : Number(length);
  if (prefix > from.width) return false;
  const rest = BigInt(from.width - prefix);
  return from.bits >> rest === actual.bits >> rest;
}

function addressOf(text: string): Address | null {
  const bits = text.includes(':') ? bitsOfVersion6(text) : bitsOfVersion4(text);
  return bits === null ? null : { bits, width: text.includes(':') ? 128 : 32 };
}

function bitsOfVersion4(text: string): bigint | null {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)) return null;
  return parts.reduce((bits, part) => (bits << 8n) | BigInt(part), 0n);
}

/** Eight groups of hexadecimal digits; `::` stands for zeros once; the last two groups may be of version 4. */
function bitsOfVersion6(text: string): bigint | null {
  const embedded = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (embedded !== null) {
    const low = bitsOfVersion4(embedded[2] as string);
    if (low === null) return null;
    return bitsOfVersion6(`${embedded[1]}${(low >> 16n).toString(16)}:${(low & 0xffffn).toString(16)}`);
  }
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const zeros = 8 - head.length - tail.length;
  if (halves.length === 2 ? zeros < 1 : zeros !== 0) return null;
  const groups = [...head, ...Array<string>(zeros).fill('0'), ...tail];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return null;
  return groups.reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n);
}
