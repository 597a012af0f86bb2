"""Writes power.json: 200 random cases of the power of the signed-rank test. python3 power.py > power.json

Student's power on 3/pi of the sessions at the p that the test reaches, but at most the power of the signs alone. The null
of the rank sum is counted here, the distributions are scipy's (1.17.1).
"""
import json
import math
import random
import sys

from scipy import stats

rng = random.Random(4)


def rejection(n, alpha):
    """The largest reachable p up to alpha and the largest rank sum of negative differences that has it."""
    counts = [1]
    for rank in range(1, n + 1):
        longer = counts + [0] * rank
        for i, count in enumerate(counts):
            longer[i + rank] += count
        counts = longer
    below, level, largest = 0, 0, -1
    for value, count in enumerate(counts):
        below += count
        if below / 2 ** n > alpha:
            break
        level, largest = below / 2 ** n, value
    return level, largest


cases = []
while len(cases) < 200:
    n = rng.randint(2, 90)
    alpha, size = math.exp(rng.uniform(math.log(1e-5), math.log(0.1))), rng.uniform(0.1, 3)
    level, negative = alpha, n
    if n <= 64:
        level, largest = rejection(n, alpha)
        if level == 0:
            continue
        negative = max(m for m in range(n + 1) if m * (m + 1) / 2 <= largest)
    t = stats.nct.sf(stats.t.isf(level, n - 1), n - 1, size * math.sqrt(n * 3 / math.pi))
    cases.append(dict(n=n, alpha=alpha, size=size, power=float(min(t, stats.binom.cdf(negative, n, stats.norm.cdf(-size))))))
json.dump(dict(power=cases), sys.stdout, separators=(',', ':'))
