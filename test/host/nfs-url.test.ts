import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { below } from '../../src/host/files/store-of.js';
import { formatNfsUrl, isNfsUrl, type NfsUrl, parseNfsUrl, splitNfsPath } from '../../src/host/libnfs/nfs-url.js';
import { feedrateError } from '../support/feedrate-error.js';

const test = suite('host/nfs-url');

test('server, directory, version and what else libnfs is to know', () => {
  assert.equal(parseNfsUrl('nfs://fs1/train'), { server: 'fs1', directory: '/train', version: 3, arguments: {} });
  const long = 'nfs://svm-0a.fs-0b.fsx.eu-west-1.amazonaws.com/train//sub/?gid=100&version=4&uid=0&wsize=65536';
  assert.equal(parseNfsUrl(long), {
    server: 'svm-0a.fs-0b.fsx.eu-west-1.amazonaws.com',
    directory: '/train/sub',
    version: 4,
    arguments: { uid: 0, gid: 100, wsize: 65536 },
  });
  assert.is(
    formatNfsUrl(parseNfsUrl('nfs://10.0.0.1/?mountport=20048&nfsport=2050')),
    `nfs://10.0.0.1/?version=3&nfsport=2050&mountport=20048`,
  );
});

const name = fc.stringMatching(/^[a-z0-9](?:[a-z0-9.-]{0,20}[a-z0-9])?$/);
const part = fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => !/[/?\0]|^\.{1,2}$/.test(text));
const port = fc.integer({ min: 1, max: 65535 });
const url: fc.Arbitrary<NfsUrl> = fc.record(
  {
    server: name,
    directory: fc.array(part, { maxLength: 4 }).map((parts) => `/${parts.join('/')}`),
    version: fc.constant(3 as const),
    arguments: fc.record(
      { uid: fc.nat(), gid: fc.nat(), nfsport: port, mountport: port },
      { requiredKeys: [], noNullPrototype: true },
    ),
  },
  { noNullPrototype: true },
);

test('what is written is read again as it was, and files below it lead back to it', () => {
  fc.assert(
    fc.property(url, fc.array(part, { minLength: 1, maxLength: 4 }), (one, names) => {
      const root = formatNfsUrl(one);
      assert.equal(parseNfsUrl(root), one);
      assert.ok(isNfsUrl(root));
      assert.equal(splitNfsPath(root), { root, inside: '/' });
      assert.equal(splitNfsPath(below(root, ...names)), { root, inside: `/${names.join('/')}` });
    }),
  );
});

test('whatever is typed, it is read or refused in one line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (rest) => {
      try {
        parseNfsUrl(`nfs://${rest}`);
      } catch (thrown) {
        assert.ok(feedrateError('usage', /^-t 'nfs:\/\//)(thrown) || /[\n]/.test(rest), String(thrown));
      }
    }),
  );
});

test('refusals say what was expected', () => {
  const refusals = {
    'nfs://': 'expected nfs://server/export with the name or IPv4 address of a server (ports: ?nfsport=…)',
    'nfs://me@fs1/x': 'expected nfs://server/export with the name or IPv4 address of a server (ports: ?nfsport=…)',
    'nfs://fs1:2049/x': 'expected nfs://server/export with the name or IPv4 address of a server (ports: ?nfsport=…)',
    'nfs://[::1]/x': 'expected nfs://server/export with the name or IPv4 address of a server (ports: ?nfsport=…)',
    'nfs://fs1': 'the export is missing; expected nfs://server/export',
    'nfs://fs1?version=3': 'the export is missing; expected nfs://server/export',
    'nfs://fs1/a/../b': 'the path contains . or ..; name the directory itself',
    'nfs://fs1/x?version=2': 'version=2: expected a whole number from 3 to 4',
    'nfs://fs1/x?version=4.1': 'version=4.1: expected a whole number from 3 to 4',
    'nfs://fs1/x?version': 'version=: expected a whole number from 3 to 4',
    'nfs://fs1/x?uid=1&uid=2': 'uid is given twice',
    'nfs://fs1/x?uid=-1': 'uid=-1: expected a whole number from 0 to 2147483647',
    'nfs://fs1/x?nfsport=70000': 'nfsport=70000: expected a whole number from 1 to 65535',
    'nfs://fs1/x?&': 'an argument without a name: expected one of version, uid, gid, nfsport, mountport, rsize, wsize',
    'nfs://fs1/x?nconnect=4': 'nconnect: expected one of version, uid, gid, nfsport, mountport, rsize, wsize',
    'nfs://fs1/x?readahead=1':
      'readahead: expected one of version, uid, gid, nfsport, mountport, rsize, wsize; feedrate turns libnfs’s read-ahead off, so that each read is one call',
    'nfs://fs1/x?rsize=65536': 'rsize and wsize are for version=4; with version 3 the server sets them',
    'nfs://fs1/x?version=4&mountport=1': 'mountport is for version=3',
  };
  for (const [text, message] of Object.entries(refusals)) {
    try {
      parseNfsUrl(text);
      assert.unreachable(text);
    } catch (thrown) {
      assert.is((thrown as Error).message, `-t '${text}': ${message}`);
    }
  }
});

test.run();
