import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createPrng } from '../../src/base/prng.js';
import { chosenFiles, commonFiles } from '../../src/plan/common-files.js';
import { pathAt } from '../../src/plan/file-index.js';
import { sameFiles } from '../../src/run/copies.js';
import { foundFiles, type Listed } from '../support/file-index.js';

const test = suite('plan/common-files');

/** What the targets have in common as text, and what each of them has besides. */
function common(targets: Readonly<Record<string, readonly Listed[]>>) {
  const all = new Map(Object.entries(targets).map(([name, files]) => [name, foundFiles(files)]));
  const found = commonFiles(new Map([...all].map(([name, { index }]) => [name, index])));
  if (found === null) return null;
  const read = [...all].map(([name, each]) => {
    const { index: chosen, summary } = chosenFiles(each, found.places.get(name) as Uint32Array);
    assert.equal([summary.files, summary.matching], [chosen.bytes.length, chosen.bytes.length]);
    return Array.from(chosen.bytes, (bytes, place) => `${pathAt(chosen, place)}:${bytes}`).join(' ');
  });
  assert.is(new Set(read).size, 1, 'every target reads the same');
  return { read: read[0], others: Object.fromEntries(found.others) };
}

test('copies with the same files need no choice', () => {
  const files: readonly Listed[] = [
    ['a/b', 1],
    ['a.txt', 2],
    ['a/b.txt', 3],
    ['z', 4],
  ];
  assert.is(common({ one: files }), null);
  assert.is(common({ one: files, two: files, three: files }), null);
  assert.is(common({ one: [], two: [] }), null);
});

test('files with the same path and size in every target are read, the others counted and named', () => {
  const files: readonly Listed[] = [
    ['a/b', 1],
    ['a.txt', 2],
    ['a/b/c', 3],
    ['z', 4],
  ];
  assert.equal(common({ one: files, two: [...files, ['a/new', 9], ['0', 9]] }), {
    read: 'a.txt:2 a/b:1 a/b/c:3 z:4',
    others: { two: { files: 2, first: ['0', 'a/new'] } },
  });
  assert.equal(
    common({
      one: files,
      two: [
        ['a/b', 1],
        ['a.txt', 7],
        ['a/b/c', 3],
      ],
    }),
    {
      read: 'a/b:1 a/b/c:3',
      others: { one: { files: 2, first: ['a.txt', 'z'] }, two: { files: 1, first: ['a.txt'] } },
    },
  );
  assert.equal(common({ one: files, two: files, three: [['z', 4]] })?.read, 'z:4');
  assert.equal(common({ one: files, two: [] }), {
    read: '',
    others: { one: { files: 4, first: ['a.txt', 'a/b', 'a/b/c'] } },
  });
});

test('names are compared as bytes', () => {
  const [latin, other] = [Buffer.from([0x61, 0xe9]), Buffer.from([0x61, 0xea])];
  assert.equal(
    common({
      one: [
        [latin, 1],
        ['ä', 2],
      ],
      two: [
        [other, 1],
        ['ä', 2],
      ],
    })?.read,
    'ä:2',
  );
});

test('devices are alike if they have the same size, whatever their names', () => {
  const device = (name: string, bytes: number) => {
    const found = foundFiles([[name, bytes]]);
    return { ...found, index: { ...found.index, opening: { ...found.index.opening, device: true } } };
  };
  const one = device('loop0', 4096);
  assert.is(
    sameFiles(
      new Map([
        ['a', one],
        ['b', device('loop1', 4096)],
      ]),
    ).notes.length,
    0,
  );
  assert.throws(
    () =>
      sameFiles(
        new Map([
          ['a', one],
          ['b', device('loop1', 8192)],
        ]),
      ),
    /targets a and b are devices of different sizes \(4 KiB, 8 KiB\), so they are not read alike; read each in a run of its own/,
  );
});

test('as a set of lines says, for many trees that are drawn', () => {
  for (let seed = 0; seed < 200; seed++) {
    const random = createPrng(seed);
    const tree = (): Listed[] => {
      const paths = new Map<string, number>();
      for (let i = random.nextBelow(30); i > 0; i--) {
        const part = () => ['a', 'b', 'a.', 'ab', '-'][random.nextBelow(5)] as string;
        paths.set([part(), part(), `${part()}f`].slice(random.nextBelow(3)).join('/'), random.nextBelow(2));
      }
      return [...paths];
    };
    const [one, two] = [tree(), tree()];
    const lines = (files: readonly Listed[]) => files.map(([path, bytes]) => `${path}:${bytes}`);
    const both = lines(one).filter((line) => lines(two).includes(line));
    const isSame = both.length === one.length && both.length === two.length;
    const found = common({ one, two });
    if (isSame) assert.is(found, null);
    else assert.equal(found?.read?.split(' ').filter(Boolean).sort(), both.sort());
  }
});

test.run();
