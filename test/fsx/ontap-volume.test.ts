import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FeedrateError } from '../../src/base/errors.js';
import { ontapConnection } from '../../src/fsx/ontap-connection.js';
import { ontapCounters } from '../../src/fsx/ontap-counters.js';
import { type OntapTrust, parseFingerprint, parseOntapEndpoint } from '../../src/fsx/ontap-endpoint.js';
import type { VolumeLocator } from '../../src/fsx/ontap-locator.js';
import { ontapVolume } from '../../src/fsx/ontap-volume.js';
import type { OntapRecord } from '../../src/record/ontap-record.js';
import { type Instead, type OntapScene, type OntapServer, startOntapServer } from '../support/ontap-server.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const GIB = 2 ** 30;
const UUID = '5d1a0b6e-0000-11f0-8000-000000000001';
const GROUP = '5d1a0b6e-0000-11f0-8000-000000000002';

const TRAIN = {
  uuid: UUID,
  name: 'train',
  svm: { name: 'svm1' },
  style: 'flexvol',
  nas: { path: '/train' },
  tiering: { policy: 'auto', min_cooling_days: 31 },
  cloud_retrieval_policy: 'on_read',
  cloud_write_enabled: false,
  aggressive_readahead_mode: 'none',
  space: { performance_tier_footprint: 3 * GIB, capacity_tier_footprint: GIB, size: 9 * GIB },
  efficiency: { state: 'enabled', compression: 'inline', dedupe: 'both', compaction: 'none' },
  qos: { policy: { name: 'gold', max_throughput_iops: 5000 } },
  files: { used: 100, maximum: 31_876_709 },
  flexcache_endpoint_type: 'none',
};
const constituent = (space: object) => ({ name: 'part', space });
const WIDE = {
  uuid: GROUP,
  name: 'wide',
  svm: { name: 'svm1' },
  style: 'flexgroup',
  nas: { path: '/train/wide' },
  space: { size: 1 },
  constituents: [
    constituent({ performance_tier_footprint: GIB, capacity_tier_footprint: 2 * GIB }),
    constituent({ performance_tier_footprint: GIB }),
  ],
};
const SCENE: OntapScene = {
  username: 'fsxadmin',
  password: 'pass:wörd',
  version: '9.17.1P7D1',
  volumes: [
    TRAIN,
    WIDE,
    { uuid: 'other', name: 'train', svm: { name: 'svm2' }, style: 'flexvol', nas: { path: '/train' } },
  ],
  interfaces: [{ address: '10.0.0.9', svm: 'svm1' }],
  tcpMaxXferBytes: 262_144,
  caches: 2,
};
const CREDENTIALS = { username: SCENE.username, password: SCENE.password };

const ontap = suite('ontap volume');

/** Runs with a server; the trust is the right fingerprint unless another one is given. */
function withServer(scene: OntapScene, use: (server: OntapServer) => Promise<void>): Promise<void> {
  return withTemporaryDirectory(async (directory) => {
    const server = await startOntapServer(directory, scene);
    try {
      await use(server);
    } finally {
      await server.close();
    }
  });
}

function pinned({ fingerprint }: OntapServer): OntapTrust {
  return { kind: 'fingerprint', fingerprint: parseFingerprint(fingerprint) };
}

function ask(
  server: OntapServer,
  {
    trust = pinned(server),
    credentials = CREDENTIALS,
    timeoutMs = 20_000,
    locator = { by: 'uuid', uuid: UUID } as VolumeLocator,
  } = {},
): Promise<OntapRecord> {
  return ontapVolume(ontapConnection(parseOntapEndpoint(server.url), trust, credentials, timeoutMs), locator);
}

async function messageOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof FeedrateError && error.code === 'cloud', String(error));
    assert.not.match(error.message, SCENE.password);
    return error.message;
  }
  return assert.unreachable('expected an error') as never;
}

ontap('a volume is read with its footprints, settings and the parts of other endpoints', () =>
  withServer(SCENE, async (server) => {
    const { askedAt, ...record } = await ask(server);
    assert.match(askedAt, /^\d{4}-.*Z$/);
    assert.equal(record, {
      host: 'localhost',
      verifiedBy: 'fingerprint',
      ontapVersion: '9.17.1P7D1',
      uuid: UUID,
      svm: 'svm1',
      name: 'train',
      junctionPath: '/train',
      style: 'flexvol',
      performanceTierBytes: 3 * GIB,
      capacityTierBytes: GIB,
      constituents: null,
      tieringPolicy: 'AUTO',
      coolingDays: 31,
      cloudRetrieval: 'on_read',
      cloudWrite: false,
      readAhead: 'none',
      qosPolicy: 'gold',
      qosMaxIops: 5000,
      qosMaxMBps: null,
      efficiency: 'compression inline, dedupe both',
      filesUsed: 100,
      filesMaximum: 31_876_709,
      flexCache: 'NONE',
      tcpMaxXferBytes: 262_144,
      nvmeCaches: 2,
      unknown: [],
    });
  }),
);

ontap('the footprint of a FlexGroup is the sum of its constituents, and unknown if one of them lacks it', () =>
  withServer(SCENE, async (server) => {
    const record = await ask(server, { locator: { by: 'uuid', uuid: GROUP } });
    assert.is(record.performanceTierBytes, 2 * GIB);
    assert.is(record.capacityTierBytes, null);
    assert.is(record.constituents, 2);
    assert.match(record.unknown.join(), 'the capacity tier: ONTAP does not report it for 1 of 2 constituents');
  }),
);

ontap('a mount finds its volume by address and the longest junction path, by segments', () =>
  withServer(SCENE, async (server) => {
    const named = async (path: string, address: string | null = '10.0.0.9') =>
      (await ask(server, { locator: { by: 'mount', address, path } })).name;
    assert.is(await named('/train'), 'train');
    assert.is(await named('/train/wide/deep'), 'wide');
    assert.is(await named('/train/widespread'), 'train');
    assert.match(await messageOf(named('/training')), 'no volume at a junction path above /training in the SVM svm1');
    assert.match(await messageOf(named('/train', null)), '2 volumes at a junction path above /train (SVMs svm1, svm2)');
    const byName = (svm: string) => ask(server, { locator: { by: 'name', svm, name: 'train' } });
    assert.is((await byName('svm2')).uuid, 'other');
    assert.match(await messageOf(byName('svm3')), 'no volume train in the SVM svm3');
    assert.match(await messageOf(ask(server, { locator: { by: 'uuid', uuid: 'gone' } })), 'gone');
  }),
);

ontap('an older ONTAP is asked again without the fields that it does not have', () =>
  withServer(
    { ...SCENE, lacks: ['cloud_write_enabled', 'aggressive_readahead_mode', 'transport.tcp_max_transfer_size'] },
    async (server) => {
      const record = await ask(server);
      assert.is(record.cloudWrite, null);
      assert.is(record.readAhead, null);
      assert.is(record.performanceTierBytes, 3 * GIB);
      assert.is(record.tcpMaxXferBytes, 262_144, 'from the private API');
      assert.is(record.unknown.length, 2);
      assert.match(record.unknown.join(), 'cloud_write_enabled: this version of ONTAP does not have it');
    },
  ),
);

ontap('expensive fields that are missing are unknown, never 0', () => {
  const { space: _space, efficiency: _efficiency, files: _files, ...bare } = TRAIN;
  return withServer({ ...SCENE, volumes: [bare] }, async (server) => {
    const record = await ask(server);
    const { performanceTierBytes, capacityTierBytes, efficiency, filesUsed } = record;
    assert.equal([performanceTierBytes, capacityTierBytes, efficiency, filesUsed], [null, null, null, null]);
    assert.is(record.unknown.length, 2);
  });
});

ontap('a part that the user may not read costs only that part', () => {
  const instead: Instead[] = [
    { path: '/api/protocols', status: 403, body: '{}' },
    { path: '/api/private', status: 403, body: '{"error":{"message":"not authorized for that command","code":"6"}}' },
    { path: '/api/cluster', status: 404, body: '{"error":{"message":"API not found","code":"3"}}' },
  ];
  return withServer({ ...SCENE, instead }, async (server) => {
    const record = await ask(server);
    assert.equal([record.ontapVersion, record.tcpMaxXferBytes, record.nvmeCaches], [null, null, null]);
    assert.is(record.performanceTierBytes, 3 * GIB);
    assert.match(record.unknown.join('\n'), /tcp-max-xfer-size: localhost.*403.*role that may read/);
    assert.match(record.unknown.join('\n'), /the ONTAP version: localhost.*404/);
  });
});

ontap('the password is sent only to a server with a trusted certificate', () =>
  withServer(SCENE, async (server) => {
    const wrong: OntapTrust = { kind: 'fingerprint', fingerprint: '0'.repeat(64) };
    assert.match(await messageOf(ask(server, { trust: wrong })), 'not 00:00:00');
    const shown = server.fingerprint.replace(/.*=/, '');
    const first = await messageOf(ask(server, { trust: { kind: 'system' } }));
    assert.match(first, 'the password was not sent');
    assert.match(first, `--ontap-fingerprint ${shown}`);
    assert.equal(await server.requests(), [], 'not even a request without a password is sent');
    const certificates = readFileSync(server.certificateFile, 'utf8');
    assert.is((await ask(server, { trust: { kind: 'ca-file', certificates } })).verifiedBy, 'ca-file');
    assert.is((await ask(server, { trust: { kind: 'none' } })).verifiedBy, 'none');
  }),
);

ontap('a trusted issuer does not help another host', async () => {
  await withServer(SCENE, async (server) => {
    const endpoint = { ...parseOntapEndpoint(server.url), host: '127.0.0.2' };
    const certificates = readFileSync(server.certificateFile, 'utf8');
    const connection = ontapConnection(endpoint, { kind: 'ca-file', certificates }, CREDENTIALS, 20_000);
    assert.match(
      await messageOf(ontapVolume(connection, { by: 'uuid', uuid: UUID })),
      /ERR_TLS_CERT_ALTNAME_INVALID|ECONNREFUSED/,
    );
  });
});

ontap('the counters of a FlexGroup are the sum of its constituents when it has none itself', () => {
  const part = (name: string, read: number, minute: number) => ({
    uuid: name,
    name,
    svm: { name: 'svm1' },
    style: 'flexgroup_constituent',
    is_constituent: true,
    statistics: {
      timestamp: `2026-11-29T12:0${minute}:00Z`,
      status: 'ok',
      iops_raw: { read, write: 0 },
      latency_raw: { read: 500 * read, write: 0 },
      throughput_raw: { read: 10, write: 0 },
    },
  });
  const others = [part('wide__0001', 10, 2), part('wide__0002', 30, 1), part('wider__0001', 99, 0)];
  const volumes = [{ ...WIDE, statistics: null }, ...others];
  return withServer({ ...SCENE, volumes }, async (server) => {
    const connection = ontapConnection(parseOntapEndpoint(server.url), pinned(server), CREDENTIALS, 20_000);
    const { countedAt, read } = await ontapCounters(connection, 'data', GROUP);
    assert.is(countedAt, '2026-11-29T12:01:00.000Z');
    assert.equal(read, { operations: 40, latencyNs: 40 * 500_000, bytes: 20 });
    const failed = await messageOf(ontapCounters(connection, 'data', 'gone'));
    assert.match(failed, 'no volume with the UUID gone');
  });
});

const WRONG_ANSWERS: readonly (readonly [Omit<Instead, 'path'>, RegExp])[] = [
  [{ status: 200, type: 'text/html', body: '<html>login</html>' }, /answers with an HTML page/],
  [{ status: 302, location: 'https://evil.example/' }, /it redirects; redirects are not followed/],
  [{ status: 200, body: '{"a":1},', bytes: 9 * 2 ** 20 }, /larger than 8388608 bytes/],
  [{ status: 200, body: '{"records":[' }, /something other than JSON/],
  [{ status: 400, body: '{"error":{"message":"bad\\u001b[31m"}}' }, /400: bad\\u001b\[31m;/],
  [{ status: 404, body: '{"error":null}' }, /404: no reason given; this version of ONTAP may not have it/],
  [{ status: 503, body: '[]' }, /503: no reason given; try again later/],
];

ontap('a wrong answer is one clear line', () => {
  const instead = WRONG_ANSWERS.map(([answer], index) => ({ ...answer, path: `/wrong/${index}` }));
  return withServer({ ...SCENE, instead }, async (server) => {
    const connection = ontapConnection(parseOntapEndpoint(server.url), pinned(server), CREDENTIALS, 20_000);
    for (const [index, [, expected]] of WRONG_ANSWERS.entries()) {
      const message = await messageOf(connection.get(`/wrong/${index}`, {}));
      assert.match(message, expected);
      assert.not.match(message, '\n');
    }
    // The same endpoint answers where nothing stands in the way.
    assert.is((await ask(server)).host, 'localhost');
  });
});

ontap('a wrong password is said without it, and a silent server does not hold anything up', () =>
  withServer({ ...SCENE, instead: [{ path: '/api/storage', status: 200, delayMs: 60_000 }] }, async (server) => {
    const credentials = { username: 'fsxadmin', password: 'wrong' };
    const connection = ontapConnection(parseOntapEndpoint(server.url), pinned(server), credentials, 20_000);
    assert.match(
      await messageOf(connection.get('/api/cluster', {})),
      '401: wrong user name or password; check the password of fsxadmin',
    );
    assert.match(await messageOf(ask(server, { timeoutMs: 300 })), 'no answer for 0.3 s');
  }),
);

ontap('a server that is not there, or speaks no TLS, is named', async () => {
  const connection = (url: string) => ontapConnection(parseOntapEndpoint(url), { kind: 'none' }, CREDENTIALS, 20_000);
  assert.match(await messageOf(connection('https://127.0.0.1:1').get('/api', {})), '127.0.0.1:1/api: ECONNREFUSED');
});

ontap('endpoints and fingerprints are parsed, and passwords in URLs refused', () => {
  const host = 'management.fs-0123456789abcdef0.fsx.eu-west-1.amazonaws.com';
  assert.equal(parseOntapEndpoint(`https://${host}/`), { host, port: 443, region: 'eu-west-1' });
  assert.equal(parseOntapEndpoint(host), { host, port: 443, region: 'eu-west-1' });
  assert.equal(parseOntapEndpoint('https://[fd00::1]:8443'), { host: 'fd00::1', port: 8443, region: null });
  for (const wrong of ['http://x', 'ftp://x', 'https://u:p@x', 'https://x/api', 'https://x?y', '', 'https://'])
    assert.throws(
      () => parseOntapEndpoint(wrong),
      (error: Error) => error instanceof FeedrateError && !/u:p/.test(error.message),
      wrong,
    );
  const digits = 'AB'.repeat(32);
  for (const text of [
    digits,
    digits.toLowerCase(),
    `SHA256:${digits}`,
    `sha256 Fingerprint=${digits.match(/../g)?.join(':')}`,
  ])
    assert.is(parseFingerprint(text), digits);
  for (const wrong of ['', 'AB', `${digits}0`, 'sha1:AB'])
    assert.throws(() => parseFingerprint(wrong), /64 hexadecimal digits/);
});

ontap.run();
