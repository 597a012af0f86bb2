"""Writes signed-rank.json: 300 random cases without ties. python3 signed-rank.py > signed-rank.json

p is that of scipy.stats.wilcoxon(d - bound, method='exact'). Written with scipy 1.17.1.
"""
import json
import random
import sys
from scipy import stats

rng = random.Random(7)


def case(n):
    d = [round(rng.gauss(-0.01, 0.03), 6) for _ in range(n)]
    bound = rng.choice([0, -0.01005, 0.01005, -0.145])
    shifted = [x - bound for x in d]
    if len({round(abs(x), 9) for x in shifted}) < n or 0 in shifted:
        return case(n)
    p = {side: stats.wilcoxon(shifted, alternative=side, method='exact').pvalue for side in ('less', 'greater')}
    return dict(d=d, bound=bound, **p)


json.dump([case(rng.randint(1, 45)) for _ in range(300)], sys.stdout, separators=(',', ':'))
