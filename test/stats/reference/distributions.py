"""Writes distributions.json: 200 random cases a function. /usr/bin/python3 distributions.py > distributions.json

Quantiles are those of R (4.2.2), after a check that scipy (1.10.1) agrees to its own tolerance of about 1e-8: R has those
with a closed form, such as Student's t of one degree of freedom, to 1e-15. What is not a quantile is scipy's.
"""
import json
import math
import random
import subprocess
import sys
from scipy import special, stats

rng = random.Random(4)


def log_uniform(low, high):
    return math.exp(rng.uniform(math.log(low), math.log(high)))


def in_r(expressions):
    """The number that R gives for each expression."""
    program = '\n'.join(f'cat(sprintf("%.17g", {e}), "\\n")' for e in expressions)
    run = subprocess.run(['Rscript', '-'], input=program, capture_output=True, text=True, check=True)
    return [float(line) for line in run.stdout.split()]


def fill(cases, key, expressions):
    """Puts R's numbers in the place of scipy's, which must be near."""
    for case, found in zip(cases, in_r(expressions), strict=True):
        assert abs(case[key] - found) <= 1e-7 * abs(found), (case, found)
        case[key] = found


beta = []
for _ in range(200):
    a, b = log_uniform(0.5, 5000), log_uniform(0.5, 5000)
    x = rng.betavariate(a, b) ** rng.uniform(0.8, 1.2)
    beta.append(dict(x=x, a=a, b=b, cdf=float(special.betainc(a, b, x))))

student = []
for _ in range(200):
    tail, freedom = log_uniform(1e-6, 0.99), rng.choice([rng.randint(1, 30), log_uniform(1, 1e4)])
    student.append(dict(tail=tail, freedom=freedom, t=float(stats.t.isf(tail, freedom))))

noncentral = []
for _ in range(200):
    freedom, noncentrality = rng.choice([rng.randint(1, 30), log_uniform(1, 1000)]), rng.uniform(0, 12)
    t = noncentrality + rng.uniform(-4, 4)
    noncentral.append(dict(t=t, freedom=freedom, noncentrality=noncentrality,
                           tail=float(stats.nct.sf(t, freedom, noncentrality))))

binomial = []
for _ in range(200):
    n = rng.choice([rng.randint(1, 50), rng.randint(1, 10000)])
    k, confidence = rng.choice([0, n, rng.randint(0, n), rng.randint(0, n)]), rng.choice([0.9, 0.95, 0.99])
    found = stats.binomtest(k, n).proportion_ci(confidence, method='exact')
    binomial.append(dict(k=k, n=n, confidence=confidence, low=float(found.low), high=float(found.high)))
tails = [(1 - case['confidence']) / 2 for case in binomial]
fill(student, 't', [f'qt({c["tail"]!r},{c["freedom"]!r},lower.tail=FALSE)' for c in student])
fill(binomial, 'low', [f'qbeta({t!r},{c["k"]},{c["n"] - c["k"] + 1})' for c, t in zip(binomial, tails)])
fill(binomial, 'high', [f'qbeta({t!r},{c["k"] + 1},{c["n"] - c["k"]},lower.tail=FALSE)' for c, t in zip(binomial, tails)])

json.dump(dict(beta=beta, student=student, noncentral=noncentral, binomial=binomial), sys.stdout, separators=(',', ':'))
