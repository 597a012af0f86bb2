import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { exportPlaceOf, parseFsxHostName, volumeAt, volumesBelow } from '../../src/fsx/export-place.js';
import { nextMaintenanceMs } from '../../src/fsx/maintenance.js';
import { parseMountinfo } from '../../src/host/system/mountinfo.js';

const test = suite('fsx/export-place');

const FS = 'fs-0123456789abcdef0';
const SVM = 'svm-0a1b2c3d4e5f60718';

test('host names of FSx', () => {
  const name = { fileSystemId: FS, svmId: SVM, region: 'us-east-1' };
  const host = `${SVM}.${FS}.fsx.us-east-1.amazonaws.com`;
  for (const same of [host, host.toUpperCase(), `${host}.`, `iscsi.${host}`, `management.${host}`])
    assert.equal(parseFsxHostName(same), name, same);
  assert.equal(parseFsxHostName(`${SVM}.${FS}.fsx.cn-north-1.amazonaws.com.cn`)?.region, 'cn-north-1');
  assert.equal(parseFsxHostName(`${SVM}.${FS}.fsx.us-gov-west-1.amazonaws.com`)?.region, 'us-gov-west-1');
  for (const ofFileSystem of [`management.${FS}.fsx.eu-west-1.amazonaws.com`, `${FS}.fsx.eu-west-1.amazonaws.com`])
    assert.equal(parseFsxHostName(ofFileSystem), { fileSystemId: FS, svmId: null, region: 'eu-west-1' });
  for (const other of [
    'fs1',
    '10.0.0.20',
    `${host}.example.com`,
    'fs-1.efs.us-east-1.amazonaws.com',
    `x.y.${host}`,
    '',
  ])
    assert.is(parseFsxHostName(other), null, other);
});

test('the directory on the server: source, and the path below the mount point', () => {
  const at = (source: string, mountPoint: string, path: string) => exportPlaceOf({ source, mountPoint, path }, null);
  assert.equal(at('h:/vol1', '/mnt/a', '/mnt/a'), { host: 'h', address: null, path: '/vol1' });
  assert.is(at('h:/vol1/', '/mnt/a', '/mnt/a/x/y')?.path, '/vol1/x/y');
  assert.is(at('h:/', '/mnt/a', '/mnt/a/vol1')?.path, '/vol1');
  assert.is(at('h:/', '/', '/vol1')?.path, '/vol1');
  assert.is(at('h:/', '/mnt', '/mnt')?.path, '/');
  assert.is(at('h:/a:/b', '/mnt', '/mnt')?.path, '/a:/b');
  // `/mnt/a` is not above `/mnt/ab`.
  assert.is(at('h:/vol1', '/mnt/a', '/mnt/ab')?.path, '/vol1');
  assert.equal(at('[2001:db8::20]:/vol1', '/mnt', '/mnt'), { host: '2001:db8::20', address: null, path: '/vol1' });
  for (const source of ['none', '/dev/sda1', '', 'h:relative']) assert.is(at(source, '/mnt', '/mnt'), null, source);
  const [mount] = parseMountinfo('1 2 0:5 / /mnt/my\\040data rw - nfs4 h:/my\\040vol rw,addr=10.0.0.20\n');
  assert.is(at(mount?.source ?? '', mount?.mountPoint ?? '', '/mnt/my data/x')?.path, '/my vol/x');
});

const volume = (junctionPath: string | null, lifecycle = 'CREATED') => ({ junctionPath, lifecycle });

test('the volume has the longest junction path that contains the directory, by segments', () => {
  const all = ['/', '/vol1', '/vol10', '/vol1/nested', '/Data'].map((path) => volume(path));
  const at = (path: string) => volumeAt([volume(null), ...all], path)?.junctionPath;
  assert.is(at('/vol1'), '/vol1');
  assert.is(at('/vol10/x'), '/vol10');
  assert.is(at('/vol1/nest'), '/vol1');
  assert.is(at('/vol1/nested'), '/vol1/nested');
  assert.is(at('/vol1/nested/deep/er'), '/vol1/nested');
  assert.is(at('/vol100'), '/');
  assert.is(at('/'), '/');
  assert.is(at('/data'), '/Data');
  assert.is(volumeAt(all.slice(1), '/other'), null);
  assert.is(volumeAt([volume('/VOL'), volume('/vol')], '/vol')?.junctionPath, '/vol');
  const deleting = volume('/a', 'DELETING');
  const successor = volume('/a');
  assert.is(volumeAt([deleting, successor], '/a'), successor);
  assert.is(volumeAt([successor, deleting], '/a'), successor);
});

test('volumes below the directory', () => {
  const all = ['/', '/a', '/a/b', '/a/b/c', '/ab'].map((path) => volume(path));
  const below = (path: string) => volumesBelow(all, path).map(({ junctionPath }) => junctionPath);
  assert.equal(below('/a'), ['/a/b', '/a/b/c']);
  assert.equal(below('/a/b/c/d'), []);
  assert.equal(below('/A'), ['/a/b', '/a/b/c'], 'as volumeAt, regardless of case');
  assert.equal(below('/'), ['/a', '/a/b', '/a/b/c', '/ab']);
});

test('the next maintenance window, in UTC, 1 = Monday', () => {
  // 2026-11-29 is a Sunday.
  const next = (weekly: string | null, hour = 12) => {
    const startsMs = nextMaintenanceMs(weekly, Date.UTC(2026, 10, 29, hour));
    return startsMs === null ? null : new Date(startsMs).toISOString().slice(0, 16);
  };
  assert.is(next('7:12:00'), '2026-11-29T12:00');
  assert.is(next('7:11:31'), '2026-11-29T11:31');
  assert.is(next('7:11:30'), '2026-12-06T11:30');
  assert.is(next('1:00:00'), '2026-11-30T00:00');
  assert.is(next('6:2300'), '2026-12-05T23:00');
  for (const wrong of [null, '', '8:00:00', '1:24:00', 'x']) assert.is(next(wrong), null);
});

test.run();
