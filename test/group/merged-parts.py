"""What the parts of a group's ranks add up to, computed from their stored lines alone: python3 merged-parts.py RUN RANKS"""

import json
import math
import sys
from collections import Counter
from pathlib import Path

BITS = 7
QUANTILES = (0.5, 0.9, 0.99, 0.999, 1.0)


def midpoint(bin_number):
    """The middle of a bin: 128 bins for each power of two, and single nanoseconds below 256."""
    if bin_number < 2 << BITS:
        return bin_number
    shift, place = divmod(bin_number, 1 << BITS)
    low = ((1 << BITS) + place) << (shift - 1)
    return low + (1 << (shift - 1)) / 2


def quantiles(counts):
    """The value at rank ceil(q n) of the values in order."""
    total = sum(counts.values())
    found = []
    for q in QUANTILES:
        left = max(1, math.ceil(round(q * total, 6)))
        for bin_number in sorted(counts):
            left -= counts[bin_number]
            if left <= 0:
                found.append(midpoint(bin_number))
                break
    return found


def merged(parts):
    window = Counter()
    latency = {}
    rate = 0.0
    for part in parts:
        own = part["window"]
        for name in ("totalReadOps", "totalReadBytes", "totalWriteOps", "totalWriteBytes"):
            window[name] += own[name]
        length = own["endNs"] - own["startNs"]
        if length > 0:
            rate += (own["readBytes"] + own["writeBytes"]) / length * 1e9
        for kind, sparse in part["latency"].items():
            counts = latency.setdefault(kind, Counter())
            for bin_number, count in zip(sparse[::2], sparse[1::2]):
                counts[bin_number] += count
    began = [part["beganNs"] for part in parts]
    return {
        "window": dict(window),
        "bytesPerSecond": rate,
        "quantiles": {kind: quantiles(counts) for kind, counts in latency.items()},
        "skewMs": (max(began) - min(began)) / 1e6,
    }


run, ranks = Path(sys.argv[1]), int(sys.argv[2])
by_trial = {}
for rank in range(ranks):
    for line in (run / f"rank-{rank}" / "trials.jsonl").read_text().splitlines():
        trial = json.loads(line)
        by_trial.setdefault(trial["id"], []).append(trial)
print(json.dumps({trial: merged(parts) for trial, parts in by_trial.items() if len(parts) == ranks}))
