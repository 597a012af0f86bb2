"""Reads the files that feedrate writes for other programs, with parsers that nobody wrote for it.

    python3 ci-formats.py junit | open-metrics < FILE      prints what was understood, as JSON

For OpenMetrics also what GitLab makes of each line: it cuts at # and splits as a shell does
(ee/lib/gitlab/ci/parsers/metrics/generic.rb).
"""

import json
import re
import shlex
import sys
from xml.etree import ElementTree


def element(node):
    text = node.text or ""
    return {
        "tag": node.tag,
        "attributes": node.attrib,
        "text": text if text.strip() else "",
        "children": [element(child) for child in node],
    }


def sample(one):
    return {"name": one.name, "labels": one.labels, "value": one.value}


def open_metrics(text):
    from prometheus_client.openmetrics.parser import text_string_to_metric_families

    families = [
        {"name": f.name, "type": f.type, "unit": f.unit, "help": f.documentation, "samples": [sample(s) for s in f.samples]}
        for f in text_string_to_metric_families(text)
    ]
    words = [shlex.split(re.sub(r"#.*$", "", line)) for line in text.split("\n")]
    return {"families": families, "gitlab": [each for each in words if each]}


given = sys.stdin.buffer.read().decode()
print(json.dumps(element(ElementTree.fromstring(given)) if sys.argv[1] == "junit" else open_metrics(given)))
