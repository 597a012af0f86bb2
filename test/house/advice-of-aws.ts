import { FIXES_OF_SIZES, mendedCases, templateOf } from '../iam/mended-cases.js';
import { type Ledger, OTHERS, SERVER, WORDS } from './advice-of-results.js';

/** The rooms that look at mounts, AWS and its policies. */
export const LEDGERS_OF_AWS: Readonly<Record<string, Ledger>> = {
  fsx: {
    'fsx/remedies': [
      'give its region with --region',
      'name it with --file-system fs-…, --volume fsvol-… and --region',
      'give only one of --ontap-fingerprint, --ontap-ca and --ontap-insecure',
      'set ONTAP_PASSWORD (and ONTAP_USERNAME, default fsxadmin), or give --ontap-secret',
      'write INSERTED',
      'use ONTAP_USERNAME and ONTAP_PASSWORD, or --ontap-secret',
      'name a volume for each policy',
      'name volumes with different policies',
      'name each policy once',
      'leave a figure out if it is not published',
      'write burst: none',
      'write status: unknown',
    ],
    'cli/fsx-ontap: secrets by name and by ARN': ['set AWS_REGION, or give the ARN of the secret'],
    'cli/fsx-ontap: the fingerprint that was shown is pinned': ['change --ontap-fingerprint'],
    'fsx/ontap-volume: the endpoint itself and the right user are answered': [
      'give --ontap the management endpoint',
      'check the password of INSERTED',
      'give INSERTED a role that may read INSERTED',
      'check that --ontap is the file system of the target',
      'use the management endpoint of the SVM',
    ],
    'fsx/find-volume: the right region and name are found': [
      'check the name, and the DNS of this machine',
      'set AWS_REGION to that of the file system',
      'check AWS_REGION and AWS_PROFILE',
    ],
    'fsx/tiering-steps': [
      'try again with: feedrate fsx tiering --restore',
      'restore INSERTED with: feedrate fsx tiering --restore',
    ],
    'fsx/tiered-volume: comparisons are resumed and restored': ['measure it again with: feedrate fsx tiering --resume'],
    'fsx/ontap-volume: the server answers later': ['try again later'],
    [SERVER]: ['see the documentation of the ONTAP REST API', 'check the route and the security group'],
  },
  aws: {
    'fsx/api: calls succeed once the fault is over': [
      'try again later',
      'check the credentials and the clock',
      'renew the credentials',
      'check the network',
      'check for a proxy between this machine and AWS',
    ],
    'fsx/find-volume: the right region': ['check the region'],
    'store/credentials': [
      'give feedrate a role or credentials',
      'check the profile INSERTED',
      'grant it with INSERTED',
    ],
    [SERVER]: ['see the documentation of the service'],
    [OTHERS]: ['reinstall feedrate with its optional dependencies'],
  },
  iam: {
    'iam/evaluation': [
      'give it as well',
      'give the policy of a resource with --resource-policy',
      'give the policy of a user or role with --policy',
    ],
    'iam/written-policies': [
      'add the statements to the policy that is there',
      'add the statement, do not replace the policy',
    ],
    // A fix with two clauses is found by its first.
    'iam/mended-policies: each fix is followed': [
      ...new Set(
        [...mendedCases().map(({ fix }) => templateOf(fix)), ...FIXES_OF_SIZES].map((fix) => fix.split(';')[0] ?? ''),
      ),
    ],
  },
  notebook: {
    'fsx/remedies': [
      'use --export instead of -t, or a single --mount',
      'choose a directory of its own',
      'name them: -t first=INSERTED -t second=INSERTED',
      'separate them',
    ],
    [OTHERS]: ['replace /lab and what follows'],
  },
  doctor: {
    'fsx/remedies': [
      'name a directory that has no other volume below it',
      'measure when it has ended',
      'measure when the change has ended',
      'measure writes on a volume without them',
      'run where the preferred subnet is, or check that both subnets are in one zone',
      'measure at another time',
      'choose a directory on the storage',
      'choose a directory that it mounts',
      'choose a directory that is mounted into the container',
      'free some space, or enlarge the file system',
      'set advanced',
    ],
    'cli/tiering: volumes of two policies are compared': ['compare it with a volume of another policy'],
    'lab/remedies: the doctor’s lines are run, and the mounts differ in what was advised': [
      'set INSERTED',
      'remove INSERTED',
      'mount it again',
      'unmount all mounts of this server first',
      'use more connections (nconnect) and several readers',
      'use fewer operations in flight (iodepth, numjobs)',
    ],
    'lab/notebook.long: start scripts are run, interrupted and run again': [
      'run the start script',
      'see INSERTED',
      'unmount all mounts of this server and NFS version, then run',
      'request options that the server and this kernel support',
      'start script',
    ],
    'lab/remedies: a mount of one client is mounted without them': ['keep these options only if several clients'],
    'lab/cold.long: cold and direct reads of files in memory': [
      'use cache: cold or direct, or at least twice as much data',
    ],
    [SERVER]: [
      'fix the cause first',
      'give the user access to the directory on the server',
      'raise tcp-max-xfer-size of the SVM',
      'unmount it, then run the start script again',
      'see the FSx console for the cause',
      'provision more IOPS or more SSD',
      'check nstat, the MTU along the path',
      'check for a busy CPU, or power saving',
    ],
    [WORDS]: [
      'compare only with mounts that use the same sec option',
      'compare only volumes with the same',
      'read the data once before you measure warm reads',
      'measure for INSERTED, or say that the result is a burst',
      'open and close',
      'see volume',
    ],
  },
};
