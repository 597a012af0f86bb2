"""Checks commands of the AWS CLI against botocore's models: stdin is a JSON list of lists of words, stdout one of faults.

Nothing is sent: each request ends where it would be. botocore itself checks names, types and required fields, and not
enumerations, patterns and lengths; those are checked here.
"""
import contextlib
import io
import json
import re
import sys

try:
    import awscli.clidriver
except ImportError:
    sys.exit(3)


class Checked(BaseException):
    pass


def faults_of(value, shape, path):
    kind = shape.type_name
    if kind == 'structure':
        return [f for name, item in value.items() for f in faults_of(item, shape.members[name], f'{path}.{name}')]
    if kind == 'list':
        return [f for item in value for f in faults_of(item, shape.member, path)]
    if kind == 'map':
        return [f for item in value.values() for f in faults_of(item, shape.value, path)]
    if kind != 'string':
        return []
    limits = shape.metadata
    found = []
    if limits.get('enum') and value not in limits['enum']:
        found.append(f'{path}: {value} is none of {limits["enum"][:8]}')
    if not matches(limits.get('pattern'), value):
        found.append(f'{path}: {value} does not match {limits["pattern"]}')
    if len(value) > limits.get('max', len(value)):
        found.append(f'{path}: longer than {limits["max"]}')
    return found


def matches(pattern, value):
    try:
        return pattern is None or re.search(f'^(?:{pattern})$', value) is not None
    except re.error:
        # Some patterns are written for Java.
        return True


def fault_of(driver, words):
    found = []

    def build(params, model, **_):
        found.extend(faults_of(params, model.input_shape, model.name) if model.input_shape else [])

    def end(**_):
        raise Checked()

    session = driver.session
    session.register('before-parameter-build', build, unique_id='build')
    session.register('before-call', end, unique_id='end')
    session.register('before-send', end, unique_id='send')
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
            status = driver.main(words)
        # `aws s3 cp` asks in a thread of its own.
        return None if status == 0 else f'no request was made: {said.getvalue().strip()}'
    except Checked:
        return '; '.join(found) or None
    except SystemExit:
        return said.getvalue().strip()
    finally:
        session.unregister('before-parameter-build', unique_id='build')
        session.unregister('before-call', unique_id='end')
        session.unregister('before-send', unique_id='send')


driver = awscli.clidriver.create_clidriver()
# Debian's is of 2022 and does not know what the guide calls.
if 'CreateAndAttachS3AccessPoint' not in driver.session.get_service_model('fsx').operation_names:
    sys.exit(3)
json.dump([fault_of(driver, words) for words in json.load(sys.stdin)], sys.stdout)
