import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  DURATION_PATTERN,
  formatBytes,
  formatCount,
  formatDurationLabel,
  formatDurationNs,
  formatSizeLabel,
  formatThroughput,
  type Parsed,
  parseDuration,
  parsePercent,
  parseRate,
  parseSize,
  RATE_PATTERN,
  SIZE_PATTERN,
} from '../../src/base/units.js';

const units = suite('units');

/** The value, or the message. */
const outcome = <T>(parsed: Parsed<T>): T | string => (parsed.ok ? parsed.value : parsed.message);

units('sizes: bare prefixes count by 1024 as in fio, B decides between 1024 and 1000', () => {
  const vectors: readonly (readonly [string | number, number])[] = [
    ['512', 512],
    [4096, 4096],
    ['0', 0],
    ['512B', 512],
    ['4k', 4096],
    ['4K', 4096],
    ['4KiB', 4096],
    ['4kB', 4000],
    ['1m', 1048576],
    ['1M', 1048576],
    ['1MiB', 1048576],
    ['1MB', 1000000],
    ['3g', 3221225472],
    ['3GiB', 3221225472],
    ['3GB', 3000000000],
    ['2t', 2199023255552],
    ['2TB', 2000000000000],
    ['7p', 7881299347898368],
    ['7PB', 7000000000000000],
    ['1.5GiB', 1610612736],
    ['0.5k', 512],
    ['1.25kB', 1250],
    ['0.000000001GB', 1],
    ['1.5 GiB', 1610612736],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
  ];
  for (const [text, bytes] of vectors) assert.is(outcome(parseSize(text)), bytes, String(text));
});

units('a size in doubt is refused with the right spellings', () => {
  const both = 'write 4k or 4KiB (4096 bytes) or 4kB (4000 bytes)';
  for (const text of ['4kb', '4KB', '4Kb', '4kib', '4KIB', '4Ki', '4kbytes']) {
    assert.is(outcome(parseSize(text)), `"${text}" is not a size; ${both}`);
  }
  assert.is(outcome(parseSize('1mb')), '"1mb" is not a size; write 1m or 1MiB (1048576 bytes) or 1MB (1000000 bytes)');
  assert.is(outcome(parseSize('0.3kb')), '"0.3kb" is not a size; write 0.3k or 0.3KiB or 0.3kB (300 bytes)');
  assert.is(outcome(parseSize('8bytes')), '"8bytes" is not a size; write 8B (8 bytes)');
  assert.match(String(outcome(parseSize('1Gbit'))), 'write bytes, not bits');
});

units('what is no size says why', () => {
  for (const text of [
    '',
    ' ',
    'k',
    '4kk',
    '-1',
    '+1',
    '1e3',
    '4,5k',
    '0x10',
    '４k',
    '4k\n',
    '1.k',
    '.5k',
    'Infinity',
  ]) {
    assert.match(String(outcome(parseSize(text))), 'is not a size', JSON.stringify(text));
  }
  assert.is(outcome(parseSize('0.3k')), '"0.3k" is 307.2 bytes, which is not a whole number');
  assert.is(outcome(parseSize('0.5')), '"0.5" is not a whole number of bytes');
  assert.is(outcome(parseSize(0.5)), '0.5 is not a whole number of bytes');
  assert.is(outcome(parseSize('9007199254740992')), '"9007199254740992" is too large: more than 2^53 - 1 bytes');
  assert.is(outcome(parseSize('9p')), '"9p" is too large: more than 2^53 - 1 bytes');
  for (const number of [-1, Number.NaN, Number.POSITIVE_INFINITY, 1e300, 1e-9]) assert.not(parseSize(number).ok);
});

units('times: a bare number is seconds, or what fio has it', () => {
  const vectors: readonly (readonly [string | number, number])[] = [
    ['5ns', 5],
    ['100us', 100_000],
    ['100µs', 100_000],
    ['500ms', 500_000_000],
    ['10s', 10_000_000_000],
    ['10', 10_000_000_000],
    [10, 10_000_000_000],
    [0.25, 250_000_000],
    ['1.5s', 1_500_000_000],
    ['2m', 120_000_000_000],
    ['1h', 3_600_000_000_000],
    ['1d', 86_400_000_000_000],
    ['0', 0],
    ['1m30s', 90_000_000_000],
    ['2m 30s', 150_000_000_000],
    ['1h 30 m', 5_400_000_000_000],
    ['1d2h3m4s5ms6us7ns', 93_784_005_006_007],
    ['1.5h30s', 5_430_000_000_000],
    ['1s500ms', 1_500_000_000],
  ];
  for (const [text, ns] of vectors) assert.is(outcome(parseDuration(text)), ns, String(text));
  assert.is(outcome(parseDuration(100, 'us')), 100_000);
  assert.is(outcome(parseDuration('100', 'us')), 100_000);
  assert.is(outcome(parseDuration('100ms', 'us')), 100_000_000);
  assert.is(outcome(parseDuration('10sec')), '"10sec" is not a time; write 10s');
  assert.is(outcome(parseDuration('3min')), '"3min" is not a time; write 3m');
  assert.is(outcome(parseDuration('1MS')), '"1MS" is not a time; write 1ms');
  assert.is(outcome(parseDuration('0.5ns')), '"0.5ns" is not a whole number of ns');
  assert.is(outcome(parseDuration('2 min 30 sec')), '"2 min 30 sec" is not a time; write 2m30s');
  assert.is(outcome(parseDuration('30s1m')), '"30s1m" is not a time; write 1m30s');
  for (const text of [' 1m30s', '1m  30s', '1m\n30s'])
    assert.match(String(outcome(parseDuration(text))), /is not a time; write 1m30s$/);
  assert.match(String(outcome(parseDuration('104d6h'))), 'is too large');
  for (const text of ['', 's', '-1s', '1w', '1e3s', '1m30', '1:30', '1m1m', '1m,30s', '1m 30'])
    assert.match(String(outcome(parseDuration(text))), /is not a time; write a number with .* such as 500ms or 1m30s$/);
});

units('rates are sizes a second, rounded down to whole bytes', () => {
  assert.is(outcome(parseRate('1GiB/s')), 1073741824);
  assert.is(outcome(parseRate('100MB/s')), 100_000_000);
  assert.is(outcome(parseRate('100m')), 104857600);
  assert.is(outcome(parseRate('1.42GiB/s')), Math.floor(1.42 * 1073741824));
  assert.is(outcome(parseRate(5000)), 5000);
  assert.is(
    outcome(parseRate('1Gb/s')),
    '"1Gb/s" is not a rate; write 1GiB/s (1073741824 bytes) or 1GB/s (1000000000 bytes)',
  );
  for (const text of ['10Gbit/s', '100Mbps'])
    assert.match(String(outcome(parseRate(text))), 'bytes per second, not bits');
  for (const text of ['/s', '1MiB/m', '1MiB/s/s', '']) assert.match(String(outcome(parseRate(text))), 'is not a rate');
});

units('percentages are ratios, without a rounding error of their own', () => {
  assert.is(outcome(parsePercent('20%')), 0.2);
  assert.is(outcome(parsePercent('99.9%')), 0.999);
  assert.is(outcome(parsePercent('150 %')), 1.5);
  assert.is(outcome(parsePercent('20')), '"20" is not a percentage; write 20%');
  assert.is(outcome(parsePercent(20)), '20 is not a percentage; write 20%');
  for (const text of ['%', '', '-5%', '5%%', 'x']) assert.not(parsePercent(text).ok, text);
});

units('formatting keeps three significant digits and moves to the next unit in time', () => {
  assert.equal(
    [0, 1, 512, 1023, 1024, 1536, 1023.6 * 1024, 1024 ** 2, 1.5 * 1024 ** 3, 123456789, 8e15].map(formatBytes),
    ['0 B', '1 B', '512 B', '1023 B', '1 KiB', '1.5 KiB', '1 MiB', '1 MiB', '1.5 GiB', '118 MiB', '7.11 PiB'],
  );
  assert.is(formatThroughput(1.42 * 1024 ** 3), '1.42 GiB/s');
  assert.equal([0, 0.5, 12, 999, 999.6, 1000, 12_345, 12_900, 999_999, 1_040_000, 5e9].map(formatCount), [
    '0',
    '0.5',
    '12',
    '999',
    '1k',
    '1k',
    '12.3k',
    '12.9k',
    '1M',
    '1.04M',
    '5G',
  ]);
  const durations: readonly (readonly [number, string])[] = [
    [0, '0 ns'],
    [850, '850 ns'],
    [1500, '1.5 µs'],
    [18_400_000, '18.4 ms'],
    [999_960, '1 ms'],
    [59.9e9, '59.9 s'],
    [59.94e9, '59.9 s'],
    [59.96e9, '1 min'],
    [123e9, '2 min 3 s'],
    [3599.4e9, '59 min 59 s'],
    [3599.6e9, '1 h'],
    [3725e9, '1 h 2 min'],
    [90_000e9, '1 d 1 h'],
    [86_399e9, '1 d'],
    [-1_500_000, '-1.5 ms'],
    [-123e9, '-2 min 3 s'],
  ];
  for (const [ns, text] of durations) assert.is(formatDurationNs(ns), text, String(ns));
});

units('labels are exact and short', () => {
  assert.equal([0, 1, 1000, 1024, 1536, 4096, 1048576, 1.5 * 1024 ** 3, 2 * 1024 ** 4].map(formatSizeLabel), [
    '0B',
    '1B',
    '1000B',
    '1KiB',
    '1536B',
    '4KiB',
    '1MiB',
    '1536MiB',
    '2TiB',
  ]);
  assert.equal([0, 5, 1500, 1e6, 90e9, 120e9, 3.6e12].map(formatDurationLabel), [
    '0s',
    '5ns',
    '1500ns',
    '1ms',
    '90s',
    '2m',
    '1h',
  ]);
});

units('property: labels read back as what they name', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.integer({ min: 0, max: 40 }), (number, shift) => {
      const value = Math.floor(number / 2 ** shift);
      assert.is(outcome(parseSize(formatSizeLabel(value))), value);
      assert.is(outcome(parseRate(`${formatSizeLabel(value)}/s`)), value);
      assert.is(outcome(parseDuration(formatDurationLabel(value))), value);
    }),
  );
});

units('property: what formatBytes shows is within half a unit of its last digit', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.integer({ min: 0, max: 50 }), (number, shift) => {
      const bytes = Math.floor(number / 2 ** shift);
      const [, shown = '', unit = ''] = /^([0-9.]+) (\w+)$/.exec(formatBytes(bytes)) ?? [];
      const scale = 1024 ** ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'].indexOf(unit);
      assert.ok(Math.abs(Number(shown) * scale - bytes) <= 0.005 * bytes, `${bytes} → ${shown} ${unit}`);
      assert.ok(Number(shown) < 1024, shown);
    }),
  );
});

units('property: the patterns for editors accept what the parsers accept, up to the value', () => {
  const text = fc.tuple(
    fc.constantFrom('1', '20', '1.5', '007', '', '-1', '1e3', '1.'),
    fc.constantFrom('', ' ', '  '),
    fc.constantFrom(
      '',
      'k',
      'K',
      'kB',
      'KB',
      'kb',
      'KiB',
      'kiB',
      'M',
      'MiB',
      'MB',
      'mB',
      'B',
      'b',
      's',
      'ms',
      'm',
      'h',
      'µs',
      'S',
      'ns',
    ),
    fc.constantFrom('', '/s', '/m'),
  );
  const cases = [
    { pattern: SIZE_PATTERN, parse: parseSize },
    { pattern: RATE_PATTERN, parse: parseRate },
    { pattern: DURATION_PATTERN, parse: (typed: string) => parseDuration(typed) },
  ];
  fc.assert(
    fc.property(text, fc.constantFrom(...cases), (parts, { pattern, parse }) => {
      const typed = parts.join('');
      const parsed = parse(typed);
      const isSpelling = parsed.ok || /not a whole number|too large/.test(parsed.message);
      assert.is(new RegExp(pattern, 'u').test(typed), isSpelling, `${JSON.stringify(typed)} ${outcome(parsed)}`);
    }),
    { numRuns: 1000 },
  );
});

units('property: no text makes a parser throw or answer in two lines', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      for (const parse of [parseSize, parseRate, parsePercent, (typed: string) => parseDuration(typed)]) {
        const parsed = parse(text);
        if (parsed.ok) assert.ok(parsed.value >= 0 && Number.isFinite(parsed.value));
        else assert.not(parsed.message.includes('\n'));
      }
    }),
  );
});

units.run();
