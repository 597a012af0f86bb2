/** In the lab: an FSx service for the export. `node fsx-serve.js ADDRESS FILE`: writes the environment that leads to it. */
import { writeFileSync } from 'node:fs';
import { FsxServer } from '../support/fsx-server.js';
import { SVM_HOST, svmJson, volumeJson, worldOf } from '../support/fsx-world.js';

const [address = '', file = ''] = process.argv.slice(2);
const world = worldOf([
  volumeJson(2, '/data'),
  volumeJson(3, '/data/a', { TieringPolicy: { Name: 'NONE' } }),
  volumeJson(4, '/data/b', { TieringPolicy: { Name: 'ALL' } }),
  volumeJson(5, '/data/a/deep', { TieringPolicy: { Name: 'SNAPSHOT_ONLY', CoolingPeriod: 5 } }),
]);
const regions = Object.entries(world.regions).map(([name, region]) => {
  const virtualMachines = [svmJson({ Endpoints: { Nfs: { DNSName: SVM_HOST, IpAddresses: [address] } } })];
  return [name, Object.assign({}, region, { virtualMachines })];
});
const server = await FsxServer.start({ regions: Object.fromEntries(regions) });
const lines = Object.entries(server.environment).map(([name, value]) => `export ${name}=${value}\n`);
writeFileSync(file, lines.join(''));
process.on('SIGTERM', () => process.exit());
// The server's thread alone does not keep the process.
setInterval(() => {}, 60_000);
