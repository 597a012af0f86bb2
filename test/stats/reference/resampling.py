"""Writes resampling.json: 200 random cases of each. /usr/bin/python3 resampling.py > resampling.json

Permutation tests and binomial coverages are those of scipy, BCa quantiles and accelerations those of scipy's
_bca_interval with the percentiles of numpy, quantiles those of R (type 7) after a check that numpy agrees,
autocorrelations those of R's acf, MADs and geometric means those of scipy. Written with scipy 1.10.1 and R 4.2.2.
"""
import json
import random
import subprocess
import sys
import numpy
from scipy import stats
from scipy.stats import _resampling

rng = random.Random(6)


def sample(n, tied=False):
    return [rng.randint(-4, 5) if tied else round(rng.gauss(10, 3), 3) for _ in range(n)]


def in_r(expressions):
    """The numbers that R gives for the expressions."""
    program = '\n'.join(f'cat(sprintf("%.17g", {e}), "\\n")' for e in expressions)
    lines = subprocess.run(['Rscript', '-'], input=program, capture_output=True, text=True, check=True).stdout.splitlines()
    return [[float(v) for v in line.split()] for line in lines]


def vector(values):
    return f'c({",".join(map(repr, values))})'


def shift(x, y, axis=-1):
    return numpy.mean(x, axis=axis) - numpy.mean(y, axis=axis)


permutation = []
for index in range(200):
    x, y = sample(rng.randint(2, 5), index % 2), sample(rng.randint(2, 6), index % 2)
    p = [stats.permutation_test((numpy.array(x, float), numpy.array(y, float)), shift, vectorized=True,
                                n_resamples=numpy.inf, alternative=side).pvalue
         for side in ('two-sided', 'greater', 'less')]
    permutation.append(dict(x=x, y=y, two=p[0], greater=p[1], less=p[2]))

bca = []
for _ in range(200):
    x, y = sample(rng.randint(2, 12)), sample(rng.randint(2, 12))
    estimate = shift(numpy.array(x), numpy.array(y))
    replicates = [round(rng.gauss(estimate + rng.gauss(0, 1), 2), 3) for _ in range(50)]
    confidence = rng.choice((0.9, 0.95, 0.99))
    tail = (1 - confidence) / 2
    low, high, a = _resampling._bca_interval((numpy.array(x), numpy.array(y)), shift, -1, tail,
                                             numpy.array(replicates), None)
    ends = [float(numpy.ravel(share)[0]) for share in (low, high)]
    bca.append(dict(x=x, y=y, replicates=replicates, confidence=confidence, a=float(a),
                    bca=[None if numpy.isnan(end) else float(numpy.quantile(replicates, end)) for end in ends],
                    percentile=[float(v) for v in numpy.quantile(replicates, [tail, 1 - tail])]))

coverage = []
for _ in range(200):
    n, q = rng.randint(2, 4000), rng.choice((0.5, 0.25, 0.9, 0.95, 0.99, round(rng.uniform(0.02, 0.98), 3)))
    confidence = rng.choice((0.5, 0.9, 0.95, 0.99))
    # The narrowest by trying all: the most probable run of K = l … u-1 within 1 … n-1 of each length.
    cdf = stats.binom.cdf(numpy.arange(n + 1), n, q)
    best = None
    for width in range(1, n):
        covered = cdf[width:n] - cdf[:n - width]
        if covered.max() >= confidence:
            best = float(covered.max())
            break
    coverage.append(dict(n=n, q=q, confidence=confidence, width=width if best else None, covered=best))

quantiles = [dict(x=sample(rng.randint(1, 30)), q=round(rng.random(), 3)) for _ in range(200)]
for c, (found,) in zip(quantiles, in_r([f'quantile({vector(c["x"])}, {c["q"]}, type=7)' for c in quantiles])):
    assert abs(numpy.quantile(c['x'], c['q']) - found) < 1e-9
    c['value'] = found

series = [sample(rng.randint(3, 30)) for _ in range(200)]
acf = in_r([f'acf({vector(s)}, lag.max=2, plot=FALSE)$acf[2:3]' for s in series])

spread = []
for _ in range(200):
    x = [round(rng.lognormvariate(3, 1), 4) for _ in range(rng.randint(1, 40))]
    q1, median, q3 = (float(v) for v in numpy.quantile(x, [0.25, 0.5, 0.75]))
    spread.append(dict(x=x, q1=q1, median=median, q3=q3, mad=float(stats.median_abs_deviation(x)),
                       gmean=float(stats.gmean(x))))
json.dump(dict(spread=spread, permutation=permutation, bca=bca, coverage=coverage, quantiles=quantiles,
               autocorrelation=[dict(x=s, r=r) for s, r in zip(series, acf)]), sys.stdout, separators=(',', ':'))
