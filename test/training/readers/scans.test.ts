/** The samples of files that exist: those that feedrate writes are found where it put them, and damaged ones are refused. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FeedrateError } from '../../../src/base/errors.js';
import { createPrng } from '../../../src/base/prng.js';
import { chunksOf } from '../../../src/engine/layout/file-content.js';
import type { DataFile } from '../../../src/plan/plan.js';
import { shapedFiles } from '../../../src/plan/shaped-files.js';
import type { DatasetShape, FileGeometry } from '../../../src/training/dataset-shape.js';
import type { TorchGeometry } from '../../../src/training/file-geometries.js';
import { geometryOf } from '../../../src/training/formats/dataset-files.js';
import { readerOf } from '../../../src/training/readers/reader-of.js';
import type { ByteSource } from '../../../src/training/scans/byte-source.js';
import { scanOf } from '../../../src/training/scans/format-scans.js';
import { DATA_FORMAT_NAMES, DATA_FORMATS, type DataFormat } from '../../../src/workload/data-formats.js';
import { RecordedCalls } from '../../support/recorded-calls.js';

const test = suite('training/scans');
const RECORD = 3000;
const CHOICES = { recordBytes: RECORD, samplesPerFile: 6, columnsRead: null, npzSamples: 'file' } as const;

function shapeOf(format: DataFormat): DatasetShape {
  const samplesPerFile = DATA_FORMATS[format].manySamples ? 6 : 1;
  const columns = format === 'parquet' ? [{ name: 'x', bytes: RECORD, isRead: true }] : [];
  const sizes = { recordBytes: RECORD, recordStdevBytes: 0, rowGroupSamples: 4, columns };
  return { format, files: 1, samplesPerFile, folders: 0, seed: 7, ...sizes };
}

/** Returns the content of a generated file, and that of the one beside it. */
function contentsOf(shape: DatasetShape): { readonly file: Buffer; readonly beside: Buffer | null } {
  const [file, beside] = [...shapedFiles(shape, 'a')].map((each: DataFile) =>
    Buffer.concat(Array.from(chunksOf(each), (chunk) => Buffer.from(chunk))),
  );
  return { file: file as Buffer, beside: beside ?? null };
}

function sourceOf(content: Buffer, beside: Buffer | null): ByteSource {
  return {
    path: '/data/file',
    bytes: content.length,
    read: (offsetBytes, lengthBytes) => content.subarray(offsetBytes, offsetBytes + lengthBytes),
    beside: () => sourceOf(beside ?? Buffer.alloc(0), null),
  };
}

function callsFor(format: DataFormat, geometry: FileGeometry): string[] {
  const calls = new RecordedCalls();
  const reader = readerOf('format', format)(calls, { blockBytes: 4096, transferBytes: 262_144 });
  for (let sample = 0; sample < geometry.samples; sample++) reader.read({ path: '/data/file.bin', geometry }, sample);
  reader.close();
  return calls.lines;
}

for (const format of DATA_FORMAT_NAMES) {
  test(`${format}: samples are found where the writer put them, and readers make the same calls`, () => {
    const shape = shapeOf(format);
    const { file, beside } = contentsOf(shape);
    const { scan, geometry } = scanOf(format);
    const found = geometry(Float64Array.from(scan(sourceOf(file, beside), CHOICES)));
    const stated = geometryOf(shape, 0);
    assert.equal([found.bytes, found.samples], [stated.bytes, stated.samples]);
    assert.equal(callsFor(format, found), callsFor(format, stated));
  });

  test(`${format}: a damaged file gives one clear line`, () => {
    const { file, beside } = contentsOf(shapeOf(format));
    const prng = createPrng(1, format.length);
    for (let round = 0; round < 80; round++) {
      const damaged = Buffer.from(file.subarray(0, round % 2 === 0 ? file.length : prng.nextBelow(file.length)));
      const index = beside === null ? null : Buffer.from(beside);
      // Most of what readers of formats look at is at the ends.
      for (let change = 0; change < 1 + (round % 4); change++) {
        const target = index !== null && round % 3 === 0 ? index : damaged;
        const near = Math.min(target.length, 600);
        if (near > 0)
          target[change % 2 === 0 ? prng.nextBelow(near) : target.length - 1 - prng.nextBelow(near)] =
            prng.nextBelow(256);
      }
      try {
        const { scan, geometry } = scanOf(format);
        const found = geometry(Float64Array.from(scan(sourceOf(damaged, index), CHOICES)));
        assert.ok(found.samples >= 1 && found.samples < 1e6);
      } catch (thrown) {
        assert.instance(thrown, FeedrateError, `round ${round}: ${(thrown as Error).stack}`);
        assert.match((thrown as Error).message, /^\/data\/file: [^\n]{10,200}$/);
      }
    }
  });
}

/** Returns a zip archive of members of one byte. */
function zipOf(names: readonly string[], method: number): Buffer {
  const locals: Buffer[] = [];
  const entries: Buffer[] = [];
  let at = 0;
  for (const name of names) {
    const local = Buffer.alloc(30 + name.length + 1);
    local.write('PK\x03\x04', 0, 'latin1');
    local.writeUInt16LE(name.length, 26);
    local.write(name, 30);
    const entry = Buffer.alloc(46 + name.length);
    entry.write('PK\x01\x02', 0, 'latin1');
    entry.writeUInt16LE(method, 10);
    entry.writeUInt32LE(1, 20);
    entry.writeUInt32LE(1, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(at, 42);
    entry.write(name, 46);
    locals.push(local);
    entries.push(entry);
    at += local.length;
  }
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt32LE(Buffer.concat(entries).length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, ...entries, end]);
}

test('pt: tensors are found in the order of their numbers, and archives that are not of torch.save are refused', () => {
  const scanned = (file: Buffer): FileGeometry => {
    const { scan, geometry } = scanOf('pt');
    return geometry(Float64Array.from(scan(sourceOf(file, null), CHOICES)));
  };
  const members = ['a/data.pkl', 'a/data/0', 'a/data/10', 'a/data/2', 'a/version'];
  const file = zipOf(members, 0);
  const archive = scanned(file) as TorchGeometry;
  const order = Array.from({ length: archive.records }, (_, record) => archive.recordAt(record).headerAtBytes);
  const placeOf = (name: string) => file.indexOf(name) - 30;
  assert.equal(order, ['a/version', 'a/data.pkl', 'a/data/0', 'a/data/2', 'a/data/10'].map(placeOf));
  assert.is(archive.sampleAt(0).bytes, 3);
  const refusals: [Buffer, RegExp][] = [
    [zipOf(members, 8), /its tensors are compressed, .*; write it with torch\.save$/],
    [zipOf(['x.npy', 'y.npy'], 0), /is not one of torch\.save; check the format$/],
    [zipOf([...members, 'a/constants.pkl'], 0), /it is a TorchScript program, .*; write its tensors with torch\.save$/],
    [
      Buffer.from('\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.'.repeat(9), 'latin1'),
      /the format of PyTorch before 1\.6; write it with torch\.save of a later version$/,
    ],
  ];
  for (const [refused, wanted] of refusals) assert.throws(() => scanned(refused), wanted);
});

test.run();
