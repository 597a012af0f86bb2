"""Checks requests and answers of the tests' FSx server against botocore's service model. Reads JSON lines: {shape, body}."""

import json
import re
import sys

try:
    import botocore
    import botocore.session
except ImportError:
    print("python3 has no botocore", file=sys.stderr)
    sys.exit(3)
if tuple(int(part) for part in botocore.__version__.split(".")[:2]) < (1, 43):
    print(f"botocore {botocore.__version__} is older than 1.43", file=sys.stderr)
    sys.exit(3)

MODEL = botocore.session.get_session().get_service_model("fsx")


def faults(shape, value, where):
    kind = shape.type_name
    if kind == "structure":
        if not isinstance(value, dict):
            return [f"{where}: expected an object"]
        found = [f"{where}.{name}: missing" for name in shape.required_members if name not in value]
        for name, inner in value.items():
            if name not in shape.members:
                found.append(f"{where}.{name}: no such member")
            else:
                found += faults(shape.members[name], inner, f"{where}.{name}")
        return found
    if kind == "list":
        if not isinstance(value, list):
            return [f"{where}: expected a list"]
        found = bounds(shape, len(value), where)
        for index, item in enumerate(value):
            found += faults(shape.member, item, f"{where}[{index}]")
        return found
    if kind == "boolean":
        return [] if isinstance(value, bool) else [f"{where}: expected a boolean"]
    if kind in ("integer", "long", "double", "float"):
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return [f"{where}: expected a number"]
        return bounds(shape, value, where)
    if kind == "timestamp":
        return [] if isinstance(value, (int, float)) else [f"{where}: expected seconds"]
    if not isinstance(value, str):
        return [f"{where}: expected a string"]
    return bounds(shape, len(value), where) + text_faults(shape, value, where)


def text_faults(shape, value, where):
    if shape.enum and value not in shape.enum:
        return [f"{where}: {value} is none of {shape.enum}"]
    pattern = shape.metadata.get("pattern")
    # The service's own host names of storage virtual machines do not fit the pattern of DNSName. Python has no \p{…}.
    if pattern is None or shape.name == "DNSName" or "\\p{" in pattern:
        return []
    return [] if re.search(pattern, value) else [f"{where}: {value} does not fit {pattern}"]


def bounds(shape, number, where):
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and number < least:
        return [f"{where}: {number} is less than {least}"]
    if most is not None and number > most:
        return [f"{where}: {number} is more than {most}"]
    return []


for line in sys.stdin:
    given = json.loads(line)
    action = given["action"]
    operation = MODEL.operation_model(action)
    shape = operation.input_shape if given["side"] == "request" else operation.output_shape
    for fault in faults(shape, given["body"], f"{action} {given['side']}"):
        print(fault)
