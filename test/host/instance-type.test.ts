import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readInstanceType } from '../../src/host/system/instance-type.js';

const test = suite('host/instance-type');

const DMI = '/sys/devices/virtual/dmi/id';
const TRAINING = '/opt/ml/input/config/resourceconfig.json';
const PROCESSING = '/opt/ml/config/resourceconfig.json';

/** The files of a machine → the type of its instance. */
const MACHINES: readonly (readonly [Readonly<Record<string, string>>, string | undefined])[] = [
  [{ [`${DMI}/sys_vendor`]: 'Amazon EC2', [`${DMI}/product_name`]: 'c5n.18xlarge' }, 'c5n.18xlarge'],
  [{ [`${DMI}/sys_vendor`]: 'Amazon EC2', [`${DMI}/product_name`]: 'u-6tb1.112xlarge' }, 'u-6tb1.112xlarge'],
  [{ [`${DMI}/sys_vendor`]: 'Xen', [`${DMI}/product_name`]: 'HVM domU' }, undefined],
  [{ [`${DMI}/sys_vendor`]: 'QEMU', [`${DMI}/product_name`]: 'm5.large' }, undefined],
  [{ [`${DMI}/sys_vendor`]: 'Amazon EC2', [`${DMI}/product_name`]: 'Not\u001b[2J.a type' }, undefined],
  [{ [TRAINING]: '{"current_host":"algo-1","current_instance_type":"ml.p4d.24xlarge"}' }, 'ml.p4d.24xlarge'],
  [{ [PROCESSING]: '{"current_instance_type":"ml.m5.large"}' }, 'ml.m5.large'],
  [
    {
      [TRAINING]: '{"current_instance_type":"ml.g5.xlarge"}',
      [`${DMI}/sys_vendor`]: 'Amazon EC2',
      [`${DMI}/product_name`]: 'g5.xlarge',
    },
    'ml.g5.xlarge',
  ],
  [{ [TRAINING]: '{"current_instance_type":' }, undefined],
  [{ [TRAINING]: '{"current_instance_type":5}' }, undefined],
  [{ [TRAINING]: 'null' }, undefined],
  [{}, undefined],
];

for (const [files, expected] of MACHINES) {
  test(`${JSON.stringify(files).slice(0, 100)} is ${expected ?? 'no instance that is known'}`, () => {
    assert.is(
      readInstanceType((path) => files[path] ?? null),
      expected,
    );
  });
}

test.run();
