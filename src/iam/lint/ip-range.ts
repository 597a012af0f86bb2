/** Ranges of IP addresses as conditions have them: `203.0.113.0/24`, `2001:db8::/32`, or one address. */

export interface IpRange {
  readonly bits: 32 | 128;
  readonly address: bigint;
  readonly prefix: number;
}

/** Returns the range, or null if the text is not one. */
export function ipRange(text: string): IpRange | null {
  const [, host = '', length] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text.trim()) ?? [];
  const bits = host.includes(':') ? 128 : 32;
  const address = bits === 128 ? ipv6(host) : ipv4(host);
  const prefix = length === undefined ? bits : Number(length);
  return address === null || prefix > bits ? null : { bits, address, prefix };
}

/** The first address of the range: all bits after the prefix are 0. */
export function networkAddress({ bits, address, prefix }: IpRange): bigint {
  const hostBits = BigInt(bits - prefix);
  return (address >> hostBits) << hostBits;
}

/** Whether every address of `inner` is in `outer`. */
export function isWithin(inner: IpRange, outer: IpRange): boolean {
  if (inner.bits !== outer.bits || inner.prefix < outer.prefix) return false;
  const shift = BigInt(outer.bits - outer.prefix);
  return inner.address >> shift === outer.address >> shift;
}

/** Writes a range of IPv4 as it is usually written, or of IPv6 in full. */
export function formatRange({ bits, prefix }: IpRange, address: bigint): string {
  const groupBits = bits === 32 ? 8n : 16n;
  const groups = Array.from({ length: bits === 32 ? 4 : 8 }, (_, index) => {
    const shift = groupBits * BigInt((bits === 32 ? 3 : 7) - index);
    return (address >> shift) & ((1n << groupBits) - 1n);
  });
  const host = bits === 32 ? groups.join('.') : groups.map((group) => group.toString(16)).join(':');
  return `${host}/${prefix}`;
}

function ipv4(text: string): bigint | null {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)) return null;
  return parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

function ipv6(text: string): bigint | null {
  // The last 32 bits may be written as an IPv4 address.
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const low = dotted === null ? null : ipv4(dotted[2] as string);
  if (dotted !== null && low === null) return null;
  const whole = low === null ? text : `${dotted?.[1]}${(low >> 16n).toString(16)}:${(low & 0xffffn).toString(16)}`;
  const halves = whole.split('::');
  if (halves.length > 2) return null;
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  const known = groups.flat();
  if (!known.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return null;
  const missing = 8 - known.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null;
  const [head = [], tail = []] = groups;
  const all = halves.length === 1 ? head : [...head, ...new Array<string>(missing).fill('0'), ...tail];
  return all.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
}
