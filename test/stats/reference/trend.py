"""Writes trend.json: 200 random cases. /usr/bin/python3 trend.py > trend.json

S and p are those of scipy's kendalltau against the time (exact up to 33 values without ties, else asymptotic), slopes those
of scipy's theilslopes. Written with the version that the file names.
"""
import json
import random
import numpy
import scipy
from scipy import stats

rng = random.Random(11)
cases = []
for case in range(200):
    n = rng.randint(2, 60)
    tied = case % 3 == 0
    slope = rng.choice([0, 0, 0.02, -0.05])
    x = [slope * t + rng.gauss(10, 1) for t in range(n)]
    x = [round(v) if tied else round(v, 4) for v in x]
    times = numpy.arange(n)
    s = sum(int(numpy.sign(x[j] - x[i])) for j in range(n) for i in range(j))
    distinct = len(set(x)) == n
    method = 'exact' if distinct and n <= 33 else 'asymptotic'
    p = stats.kendalltau(times, x, method=method).pvalue if len(set(x)) > 1 else 1
    cases.append({'x': x, 's': s, 'p': float(p), 'slope': float(stats.theilslopes(x, times)[0])})
print(json.dumps({'scipy': scipy.__version__, 'cases': cases}))
