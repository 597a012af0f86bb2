/** A Slurm cluster of two nodes on this machine, as plain processes in a temporary directory. Needs root and Debian's slurm-wlm. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface SlurmCluster {
  /** What its commands need. */
  readonly environment: NodeJS.ProcessEnv;
  stop(): Promise<void>;
}

const NODES = ['n1', 'n2'];

/** Starts munged, slurmctld and a slurmd for each node. Throws when they do not come up. */
export async function startSlurm(directory: string): Promise<SlurmCluster> {
  for (const name of ['state', 'munge', ...NODES]) mkdirSync(join(directory, name), { mode: 0o755 });
  chmodSync(directory, 0o755);
  const socket = join(directory, 'munge', 'socket');
  const key = join(directory, 'munge', 'key');
  writeFileSync(key, Buffer.alloc(128, 'a key of a cluster that nobody else can reach'), { mode: 0o600 });
  const configuration = join(directory, 'slurm.conf');
  writeFileSync(configuration, slurmConfiguration(directory, socket, await freePorts(1 + NODES.length)));
  writeFileSync(join(directory, 'cgroup.conf'), 'CgroupPlugin=cgroup/v1\n');
  const environment = { ...process.env, SLURM_CONF: configuration };
  const children: ChildProcess[] = [];
  const start = (command: string, ...args: string[]): void => {
    children.push(spawn(command, args, { env: environment, stdio: 'ignore' }));
  };
  const files = ['--key-file', key, '--socket', socket, '--log-file', join(directory, 'munge', 'log')];
  const more = ['--pid-file', join(directory, 'munge', 'pid'), '--seed-file', join(directory, 'munge', 'seed')];
  start('munged', '--foreground', '--force', ...files, ...more);
  await sleep(300);
  start('slurmctld', '-D', '-i');
  for (const node of NODES) start('slurmd', '-D', '-N', node);
  const stop = async (): Promise<void> => {
    for (const child of children.reverse()) child.kill('SIGTERM');
    for (
      let tries = 0;
      tries < 50 && children.some((child) => child.exitCode === null && child.signalCode === null);
      tries++
    )
      await sleep(100);
    for (const child of children) child.kill('SIGKILL');
  };
  for (let tries = 0; tries < 150; tries++) {
    await sleep(200);
    const { stdout } = spawnSync('sinfo', ['-h', '-N', '-o', '%N %t'], { env: environment, encoding: 'utf8' });
    if (NODES.every((node) => stdout?.includes(`${node} idle`))) return { environment, stop };
  }
  await stop();
  throw new Error(`Slurm did not come up in ${directory}`);
}

/** Returns ports that no server uses: two files of tests can have a cluster each at the same time. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

function slurmConfiguration(directory: string, socket: string, [controller, ...nodes]: readonly number[]): string {
  const host = hostname();
  return `ClusterName=test
SlurmctldHost=${host}(127.0.0.1)
AuthType=auth/munge
AuthInfo=socket=${socket}
CredType=cred/munge
SlurmUser=root
SlurmdUser=root
SlurmctldPort=${controller}
ReturnToService=2
MpiDefault=none
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
StateSaveLocation=${directory}/state
SlurmdSpoolDir=${directory}/%n
SlurmctldPidFile=${directory}/slurmctld.pid
SlurmdPidFile=${directory}/%n.pid
SlurmctldLogFile=${directory}/slurmctld.log
SlurmdLogFile=${directory}/%n.log
KillWait=2
SlurmdParameters=config_overrides
${NODES.map((name, at) => `NodeName=${name} NodeHostname=${host} NodeAddr=127.0.0.1 Port=${nodes[at]} CPUs=4 State=UNKNOWN`).join('\n')}
PartitionName=all Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP OverSubscribe=YES
`;
}
