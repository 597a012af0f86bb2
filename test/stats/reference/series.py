"""Writes series.json: 200 random cases of each. /usr/bin/python3 series.py > series.json

Autocorrelations are those of R's acf, quartiles those of numpy, MADs and geometric means those of scipy. Written with
scipy 1.10.1 and R 4.2.2, when the script drew cases of other methods, too: it now gives other cases than the file has.
"""
import json
import random
import subprocess
import sys
import numpy
from scipy import stats

rng = random.Random(6)


def sample(n):
    return [round(rng.gauss(10, 3), 3) for _ in range(n)]


def in_r(expressions):
    """The numbers that R gives for the expressions."""
    program = '\n'.join(f'cat(sprintf("%.17g", {e}), "\\n")' for e in expressions)
    lines = subprocess.run(['Rscript', '-'], input=program, capture_output=True, text=True, check=True).stdout.splitlines()
    return [[float(v) for v in line.split()] for line in lines]


def vector(values):
    return f'c({",".join(map(repr, values))})'


series = [sample(rng.randint(3, 30)) for _ in range(200)]
acf = in_r([f'acf({vector(s)}, lag.max=2, plot=FALSE)$acf[2:3]' for s in series])

spread = []
for _ in range(200):
    x = [round(rng.lognormvariate(3, 1), 4) for _ in range(rng.randint(1, 40))]
    q1, median, q3 = (float(v) for v in numpy.quantile(x, [0.25, 0.5, 0.75]))
    spread.append(dict(x=x, q1=q1, median=median, q3=q3, mad=float(stats.median_abs_deviation(x)),
                       gmean=float(stats.gmean(x))))
json.dump(dict(spread=spread, autocorrelation=[dict(x=s, r=r) for s, r in zip(series, acf)]), sys.stdout,
          separators=(',', ':'))
