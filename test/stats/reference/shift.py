"""Writes shift.json: cases of the test of two runs. python3 shift.py > shift.json

The statistic is scipy's (stats.brunnermunzel), on the arcsine scale; its null goes through all arrangements of the ranks;
Student's distribution is scipy's. Degrees of freedom are checked with the p-value that scipy makes of them. Nothing is
updated step by step and no table is kept, as the code that is tested does. Written with scipy 1.17.1.
"""
import itertools
import json
import math
import random
import sys
import warnings

import numpy as np
from scipy import stats

warnings.simplefilter('ignore')
rng = random.Random(7)
TAIL, MIDDLE = 0.001, 0.05


def placements(x, y):
    pooled = stats.rankdata(np.concatenate([x, y]))
    n1 = len(x)
    return pooled[:n1] - stats.rankdata(x), pooled[n1:] - stats.rankdata(y)


def share_above(x, y):
    return sum(b > a for a in x for b in y) / (len(x) * len(y))


def statistic(x, y):
    share = share_above(x, y)
    if share in (0, 1):
        return math.copysign(math.inf, share - 0.5)
    found = stats.brunnermunzel(x, y)
    # scipy's sign is that of the second sample when it is above; its value is (share − ½)/se.
    if share == 0.5:
        return 0.0
    error = (share - 0.5) / -found.statistic if (found.statistic < 0) == (share > 0.5) else (share - 0.5) / found.statistic
    return math.asin(2 * share - 1) * math.sqrt(share * (1 - share)) / error


def freedom(x, y):
    first, second = placements(x, y)
    a = np.var(first, ddof=1) / len(x) / len(y) ** 2
    b = np.var(second, ddof=1) / len(y) / len(x) ** 2
    df = (a + b) ** 2 / (a ** 2 / (len(x) - 1) + b ** 2 / (len(y) - 1))
    found = stats.brunnermunzel(x, y)
    assert abs(2 * stats.t.sf(abs(found.statistic), df) - found.pvalue) < 1e-9
    return df


nulls = {}


def null_of(n1, n2):
    if (n1, n2) not in nulls:
        ranks = range(n1 + n2)
        nulls[n1, n2] = np.array([
            statistic(np.array(chosen), np.array([r for r in ranks if r not in chosen]))
            for chosen in itertools.combinations(ranks, n1)])
    return nulls[n1, n2]


def corrected(p, df, n1, n2):
    if p >= 0.5:
        return p
    fewest = min(n1, n2) - 1
    share = min(1, max(0, math.log(p / TAIL) / math.log(MIDDLE / TAIL)))
    return stats.t.sf(stats.t.isf(p, n1 + n2 - 2), 1 / (share / df + (1 - share) / fewest))


def p_at_most(x, y, bound):
    """p of “the shift is at least the bound”: the largest over all shifts from the bound up."""
    n1, n2 = len(x), len(y)
    shifts = np.sort((y[None, :] - x[:, None]).ravel())[::-1]
    middle = math.ceil(n1 * n2 / 2)
    df = freedom(x, y - (shifts[middle - 1] + shifts[middle]) / 2)
    inner = (shifts[1:] + shifts[:-1]) / 2
    tried = [bound, shifts[0] + 1, *(t for t in inner if t > bound)]
    null = null_of(n1, n2)
    largest = 0
    for shift in tried:
        value = statistic(x, y - shift)
        below = np.mean(null <= value + 1e-9 * abs(value)) if math.isfinite(value) else (1 / len(null) if value < 0 else 1)
        largest = max(largest, corrected(below, df, n1, n2))
    least = stats.t.sf(stats.t.isf(1 / len(null), n1 + n2 - 2), min(n1, n2) - 1)
    return max(largest, least)


cases = []
for n1, n2 in [(3, 4), (4, 4), (5, 5), (6, 4), (4, 8), (6, 6), (7, 6)]:
    for _ in range(6):
        sd, moved = rng.choice([0.3, 1, 3]), rng.choice([0, -2, 2])
        x = np.array([round(rng.gauss(0, 1), 6) for _ in range(n1)])
        y = np.array([round(rng.gauss(moved, sd), 6) for _ in range(n2)])
        bounds = [round(rng.uniform(-2, 2), 3) for _ in range(3)] + [0]
        cases.append(dict(x=x.tolist(), y=y.tolist(), bounds=bounds,
                          less=[float(p_at_most(x, y, b)) for b in bounds],
                          greater=[float(p_at_most(y, x, -b)) for b in bounds]))
smallest = [dict(n1=n1, n2=n2, p=float(stats.t.sf(stats.t.isf(1 / math.comb(n1 + n2, n1), n1 + n2 - 2), min(n1, n2) - 1)))
            for n1, n2 in [(2, 2), (5, 5), (8, 5), (8, 8), (9, 9), (10, 10), (9, 36), (8, 64)]]
json.dump(dict(cases=cases, smallest=smallest), sys.stdout, separators=(',', ':'))
