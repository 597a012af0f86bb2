import { getSystemErrorMap } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemFaultOf, UNNAMED_ERRORS } from '../../src/base/errors.js';
import { errnoName } from '../../src/host/system/libc.js';

const test = suite('base/errors');

test('errors that Node has no name for get theirs, in both of the forms that Node gives them', () => {
  const errno = -122;
  const forms = [
    [
      'Unknown system error -122',
      "Unknown system error -122: Unknown system error -122, mkdir '/r'",
      "EDQUOT: disk quota exceeded, mkdir '/r'",
    ],
    ['UNKNOWN', 'UNKNOWN: unknown error, write', 'EDQUOT: disk quota exceeded, write'],
  ] as const;
  for (const [code, message, told] of forms) {
    const fault = systemFaultOf(Object.assign(new Error(message), { errno, code, syscall: 'mkdir' }));
    assert.equal([fault.code, fault.message], ['EDQUOT', told]);
  }
});

test('the table has what Node lacks, under the names of the system', () => {
  for (const [number, [code]] of Object.entries(UNNAMED_ERRORS)) {
    assert.not(getSystemErrorMap().has(-number), code);
    assert.is(errnoName(Number(number)), code);
  }
});

test('other errors keep their code and message', () => {
  const error = Object.assign(new Error("ENOSPC: no space left on device, open '/r'"), { errno: -28, code: 'ENOSPC' });
  assert.equal([systemFaultOf(error).code, systemFaultOf(error).message], ['ENOSPC', error.message]);
  assert.is(systemFaultOf(new Error('UNKNOWN: unknown error, write')).code, 'EUNKNOWN');
});

test.run();
