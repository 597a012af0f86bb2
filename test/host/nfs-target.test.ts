import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { mountRemedy } from '../../src/host/libnfs/nfs-target.js';
import { parseNfsUrl } from '../../src/host/libnfs/nfs-url.js';

const test = suite('host/nfs-target');
const URL = parseNfsUrl('nfs://fs1/train');

test('a mount that was refused says what may be in the way, the ports of those who are not root too', () => {
  const ports =
    /accepts only client ports below 1024, which need root: run as root, or export it with insecure \(ONTAP: /;
  assert.match(
    mountRemedy('EACCES', URL, true),
    /^the server does not export it to this machine; add this machine to the clients of the export \(ONTAP: [^()]*\)$/,
  );
  assert.match(mountRemedy('EACCES', URL, false), ports);
  assert.is(mountRemedy('ENOENT', URL, true), 'the server has no such export or directory');
  assert.match(mountRemedy('ENOENT', URL, false), ports);
  assert.not.match(mountRemedy('EIO', URL, true), ports);
  const refused = /: add this machine to the clients of the export \(ONTAP: /;
  assert.match(mountRemedy('EIO', parseNfsUrl('nfs://fs1/train?version=4'), true), refused);
  assert.not.match(mountRemedy('EIO', URL, true), refused);
  assert.match(mountRemedy('EIO', URL, false), ports);
});

test.run();
