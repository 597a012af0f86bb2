"""Writes location.json: 200 random cases of each. /usr/bin/python3 location.py > location.json

Hodges-Lehmann estimates and intervals are those of R's wilcox.test, exact, without ties. Where R warns that a confidence
cannot be had, the interval is infinite here (null). Written with R 4.2.2, after 200 draws for a test that is gone.
signed-rank.py is the same for p.
"""
import json
import random
import subprocess
import sys

rng = random.Random(5)


def untied(n):
    values = [round(rng.gauss(0.5, 2), 4) for _ in range(n)]
    return values if len({abs(v) for v in values}) == n and 0 not in values else untied(n)


def in_r(expressions):
    """The numbers that R gives for the expressions."""
    program = '\n'.join(f'cat(sprintf("%.17g", suppressWarnings({e})), "\\n")' for e in expressions)
    lines = subprocess.run(['Rscript', '-'], input=program, capture_output=True, text=True, check=True).stdout.splitlines()
    return [[float(v) for v in line.split()] for line in lines]


def vector(values):
    return f'c({",".join(map(repr, values))})'


def interval(arguments, confidence, tail, sizes):
    """An expression: estimate, low, high, the achieved error and whether it is more than asked for."""
    return (f'(function() {{ w <- wilcox.test({arguments}, exact=TRUE, conf.int=TRUE, conf.level={confidence}); '
            f'q <- max(1, q{tail}((1-{confidence})/2, {sizes})); e <- 2*p{tail}(q-1, {sizes}); '
            f'c(w$estimate, w$conf.int, e, e > (1-{confidence})*(1+1e-9)) }})()')


def located(case, found):
    estimate, low, high, error, missed = found
    case.update(estimate=estimate, low=None if missed else low, high=None if missed else high,
                achieved=1 if missed else 1 - error)
    return case


levels = (0.9, 0.95, 0.99, 0.75)
paired = [dict(d=untied(rng.randint(1, 40)), confidence=rng.choice(levels)) for _ in range(200)]
paired.append(dict(d=untied(120), confidence=0.95))
unpaired = [dict(x=untied(rng.randint(1, 25)), y=untied(rng.randint(1, 25)), confidence=rng.choice(levels))
            for _ in range(200)]
unpaired.append(dict(x=untied(50), y=untied(60), confidence=0.99))
json.dump(dict(
    paired=[located(c, f) for c, f in zip(paired, in_r([
        interval(vector(c['d']), c['confidence'], 'signrank', len(c['d'])) for c in paired]))],
    unpaired=[located(c, f) for c, f in zip(unpaired, in_r([
        interval(f'{vector(c["y"])},{vector(c["x"])}', c['confidence'], 'wilcox', f'{len(c["y"])},{len(c["x"])}')
        for c in unpaired]))],
), sys.stdout, separators=(',', ':'))
