/** Which hosts and keys are accepted. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cookieOf, isAllowedHost, isToken, newToken } from '../../src/serve/guard.js';

const test = suite('serve/guard');

const NONE = { names: [], suffixes: [], addresses: false };

test('loopback names are allowed with any port; other names only when they were named', () => {
  for (const host of ['localhost', 'LOCALHOST:1', '127.0.0.1:8377', '[::1]:8377'])
    assert.ok(isAllowedHost(host, NONE), host);
  for (const host of [
    undefined,
    '',
    'evil.example',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    '10.0.0.1',
    '127.0.0.1:8377/x',
    'localhost:123456',
    'a b',
    '[::1',
  ])
    assert.not.ok(isAllowedHost(host, NONE), String(host));
  assert.ok(isAllowedHost('Hub.Example:443', { ...NONE, names: ['hub.example'] }));
  assert.not.ok(isAllowedHost('x.hub.example', { ...NONE, names: ['hub.example'] }));
});

test('an end of names allows what comes before it, and nothing after it', () => {
  const sagemaker = { ...NONE, suffixes: ['.sagemaker.aws'] };
  assert.ok(isAllowedHost('mine.notebook.us-east-1.sagemaker.aws', sagemaker));
  for (const host of ['.sagemaker.aws', 'evilsagemaker.aws', 'x.sagemaker.aws.evil.example'])
    assert.not.ok(isAllowedHost(host, sagemaker), host);
});

test('a server on all addresses answers for any address, and for no name', () => {
  const any = { ...NONE, addresses: true };
  for (const host of ['10.0.0.7:8377', '[fd00::1]:8377']) assert.ok(isAllowedHost(host, any), host);
  assert.not.ok(isAllowedHost('rebound.example:8377', any));
});

test('keys are long, new each time, and compared as a whole', () => {
  const key = newToken();
  assert.match(key, /^[\w-]{32}$/);
  assert.is.not(key, newToken());
  assert.ok(isToken(key, key));
  for (const other of ['', key.slice(1), `${key}x`, key.toLowerCase() === key ? key.toUpperCase() : key.toLowerCase()])
    assert.not.ok(isToken(other, key));
});

test('a cookie is found among others, by its whole name', () => {
  assert.is(cookieOf('_xsrf=2|a; feedrate-8377=abc=d; x=1', 'feedrate-8377'), 'abc=d');
  assert.is(cookieOf('xfeedrate-8377=1', 'feedrate-8377'), null);
  assert.is(cookieOf(undefined, 'feedrate-8377'), null);
});

test.run();
