import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { feedrate } from '../support/command-thread.js';
import { type OntapScene, startOntapServer } from '../support/ontap-server.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const GIB = 2 ** 30;
const SCENE: OntapScene = {
  username: 'fsxadmin',
  password: 'secret-word',
  version: '9.17.1P7D1',
  volumes: [
    {
      uuid: 'u1',
      name: 'train',
      svm: { name: 'svm1' },
      style: 'flexgroup',
      nas: { path: '/train' },
      tiering: { policy: 'all' },
      constituents: [1, 2].map(() => ({
        space: { performance_tier_footprint: GIB, capacity_tier_footprint: 7 * GIB },
      })),
      qos: { policy: { name: 'gold\u001b[31m', max_throughput_iops: 5000 } },
    },
  ],
};
const ACCESS = { ONTAP_PASSWORD: SCENE.password };

const ontap = suite('fsx ontap');

ontap('a volume is shown once its certificate is pinned, with the latency in the server', () =>
  withTemporaryDirectory(async (directory) => {
    const server = await startOntapServer(directory, SCENE);
    try {
      const ask = (words: readonly string[], environment: Record<string, string> = ACCESS) =>
        feedrate(['fsx', 'ontap', '--volume', 'svm1/train', '--ontap', server.url, ...words], directory, environment);
      const first = ask([]);
      assert.is(first.status, 5);
      assert.match(first.stderr, 'the password was not sent');
      const [, pin] = /--ontap-fingerprint ([0-9A-F:]{95})/.exec(first.stderr) ?? [];
      assert.ok(pin !== undefined, first.stderr);
      const shown = ask(['--ontap-fingerprint', pin, '--during', '1s']);
      assert.is(shown.status, 0, shown.stderr);
      assert.match(shown.stdout, /^svm1\/train: volume train of svm1, from localhost$/m);
      assert.match(shown.stdout, /^ {2}in the capacity pool {2}14 GiB \(87\.5 %\)$/m);
      assert.match(shown.stdout, /^ {2}style {17}flexgroup of 2 constituents$/m);
      assert.match(shown.stdout, 'gold\\u001b[31m (at most 5,000 IOPS)');
      assert.match(
        shown.stdout,
        /Latency in the server over 15 s, of all clients: reads 600 µs \(mean of 100, 6\.25 MiB\), no writes\./,
      );
      const json = JSON.parse(ask(['--ontap-ca', server.certificateFile, '--format', 'json']).stdout);
      assert.equal(
        [json[0].record.capacityTierBytes, json[0].record.verifiedBy, json[0].latency],
        [14 * GIB, 'ca-file', null],
      );
      assert.match(ask(['--ontap-insecure']).stdout, 'The certificate was not verified');
      const wrong = ask(['--ontap-insecure'], { ONTAP_PASSWORD: 'no', ONTAP_USERNAME: 'reader' });
      assert.is(wrong.status, 5);
      assert.match(wrong.stderr, '401: wrong user name or password; check the password of reader');
    } finally {
      await server.close();
    }
  }),
);

const MISUSES: readonly (readonly [readonly string[], RegExp])[] = [
  [[], /name the management endpoint of ONTAP with --ontap/],
  [['--ontap-insecure'], /--ontap-insecure has no effect without --ontap/],
  [['--ontap', 'http://x'], /http would send the password in clear text/],
  [['--ontap', 'https://x'], /name a target with -t, or a volume with --volume/],
  [['--ontap', 'https://x', '--ontap-insecure', '--ontap-fingerprint', 'AB'], /give only one of/],
  [['--ontap', 'https://x', '--ontap-fingerprint', 'AB'], /64 hexadecimal digits/],
  [['--ontap', 'https://x', '--ontap-ca', 'missing.pem'], /missing\.pem: cannot read/],
  [['--ontap', 'https://x', '--ontap-ca', 'text'], /expected certificates in PEM format/],
  [['--ontap', 'https://x', '--volume', 'train'], /expected the SVM and the volume/],
  [['--ontap', 'https://x', '--volume', 'svm1/train', '--during', '5ms'], /expected at least 1s/],
  [['--ontap', 'https://x', '-t', '.'], /it is not on an NFS mount; name the volume with --volume/],
  [['--ontap', 'https://x', '--ontap-secret', 'name'], /set AWS_REGION, or give the ARN/],
];

ontap('misuse is refused before anything is sent', () =>
  withTemporaryDirectory((directory) => {
    writeFileSync(join(directory, 'text'), 'hello');
    const environment = {
      ...ACCESS,
      AWS_REGION: '',
      AWS_DEFAULT_REGION: '',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_EC2_METADATA_DISABLED: 'true',
    };
    for (const [words, expected] of MISUSES) {
      const { status, stderr } = feedrate(['fsx', 'ontap', ...words], directory, environment);
      assert.is(status, 2, `${words.join(' ')}: ${stderr}`);
      assert.match(stderr, expected);
    }
    // The advice is followed: what then fails is that nothing answers there.
    const keys = { AWS_ACCESS_KEY_ID: 'none', AWS_SECRET_ACCESS_KEY: 'none' };
    const nowhere = { ...environment, ...keys, ONTAP_PASSWORD: '', AWS_ENDPOINT_URL: 'http://127.0.0.1:9' };
    const secretOf = (name: string) => [
      'fsx',
      'ontap',
      '--ontap',
      'https://x',
      '--volume',
      'svm1/train',
      '--ontap-insecure',
      '--ontap-secret',
      name,
    ];
    for (const { stderr } of [
      feedrate(secretOf('arn:aws:secretsmanager:us-east-1:123456789012:secret:ontap-AbCdEf'), directory, nowhere),
      feedrate(secretOf('ontap'), directory, { ...nowhere, AWS_REGION: 'us-east-1' }),
    ]) {
      assert.match(stderr, /ECONNREFUSED|127\.0\.0\.1:9/);
      assert.not.match(stderr, /set AWS_REGION/);
    }
    const { status, stderr } = feedrate(['fsx', 'ontap', '--ontap', 'https://x'], directory, { ONTAP_PASSWORD: '' });
    assert.is(status, 2);
    assert.match(stderr, 'set ONTAP_PASSWORD');
  }),
);

ontap.run();
