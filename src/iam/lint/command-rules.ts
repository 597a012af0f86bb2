/**
 * Rules about commands of the AWS CLI that stand beside policies in a document. Sources: API references of FSx (CreateVolume,
 * CreateSnapshot, CreateStorageVirtualMachine) and of SageMaker (FileSystemDataSource), read 2026-11-29.
 */
import { fault, type LintFault, quote, type RuleFacts } from './rule.js';
import { type AwsCommand, optionValue } from './shell-commands.js';

export interface CommandRule extends RuleFacts {
  /** @param others all commands of the document */
  readonly check: (command: AwsCommand, others: readonly AwsCommand[]) => readonly LintFault[];
}

/** Something that the shell or the reader is to replace. */
const isOpen = (text: string): boolean => /[$<`]|\.{3}|…/.test(text);

const calls = ({ service, operation }: AwsCommand, name: string): boolean => `${service} ${operation.text}` === name;

function isOntap(command: AwsCommand): boolean {
  if (command.service !== 'fsx') return false;
  const ofOntap = calls(command, 'fsx create-storage-virtual-machine') || optionValue(command, '--ontap-configuration');
  return Boolean(ofOntap) || optionValue(command, '--volume-type')?.text === 'ONTAP';
}

const FILE_SYSTEMS = ['EFS', 'FSxLustre'];

export const COMMAND_RULES: readonly CommandRule[] = [
  {
    code: 'SNAPSHOT_COMMAND_FOR_OPENZFS',
    severity: 'error',
    summary: 'aws fsx create-snapshot is used beside volumes of ONTAP.',
    check: (command, others) =>
      calls(command, 'fsx create-snapshot') && others.some(isOntap)
        ? [
            fault(
              command.operation,
              'create-snapshot takes volumes of FSx for OpenZFS only',
              'use aws fsx create-backup --volume-id, or in the CLI of ONTAP: volume snapshot create',
            ),
          ]
        : [],
  },
  {
    code: 'INVALID_VOLUME_NAME',
    severity: 'error',
    summary: 'The name of a volume of ONTAP has characters that it cannot have.',
    check: (command) => {
      const name = calls(command, 'fsx create-volume') && isOntap(command) ? optionValue(command, '--name') : null;
      if (name === null || isOpen(name.text) || /^[A-Za-z_]\w*$/.test(name.text)) return [];
      const fix = `use letters, digits and _, such as ${name.text.replaceAll(/\W/g, '_').replace(/^(?=\d)/, '_')}`;
      return [fault(name, `ONTAP does not take the volume name ${quote(name.text)}`, fix)];
    },
  },
  {
    code: 'DEPRECATED_VOLUME_SIZE',
    severity: 'suggestion',
    summary: 'The size of a volume is given in megabytes.',
    check: (command) => {
      const settings = calls(command, 'fsx create-volume') ? optionValue(command, '--ontap-configuration') : null;
      if (settings === null || !/\bSizeInMegabytes\b/.test(settings.text)) return [];
      return [fault(settings, 'SizeInMegabytes is deprecated', 'use SizeInBytes')];
    },
  },
  {
    code: 'MISSING_NETBIOS_NAME',
    severity: 'warning',
    summary: 'A storage virtual machine joins an Active Directory without a name.',
    check: (command) => {
      const settings = calls(command, 'fsx create-storage-virtual-machine')
        ? optionValue(command, '--active-directory-configuration')
        : null;
      if (settings === null || /\bNetBiosName\b/.test(settings.text) || /^[$]/.test(settings.text)) return [];
      const fix = 'add NetBiosName, or leave the option out: NFS needs no Active Directory';
      return [fault(settings, 'an Active Directory configuration needs NetBiosName', fix)];
    },
  },
  {
    code: 'INVALID_TRAINING_FILE_SYSTEM',
    severity: 'error',
    summary: 'A training job reads from a file system that SageMaker does not mount.',
    check: (command) => {
      if (command.service !== 'sagemaker') return [];
      return command.rest.flatMap((word) =>
        [...word.text.matchAll(/\bFileSystemType["']?\s*[:=]\s*["']?(\w+)/g)].flatMap(([, type = '']) => {
          if (FILE_SYSTEMS.includes(type)) return [];
          const message = `training jobs do not mount ${quote(type)}: FileSystemType is EFS or FSxLustre`;
          return [fault(word, message, 'read FSx for ONTAP through an S3 access point of its volume')];
        }),
      );
    },
  },
];
