"""Writes rank-tests.json: 200 random cases a test. /usr/bin/python3 rank-tests.py > rank-tests.json

Without ties the exact p-values are those of R's wilcox.test, after a check that scipy agrees; with ties, which neither
takes exactly, they come from going through all assignments. Large samples with ties are R's normal approximation.
Written with scipy 1.10.1 and R 4.2.2, when the script drew cases of other tests, too: it now gives other cases than the
file has.
"""
import itertools
import json
import random
import subprocess
import sys
from scipy import stats

rng = random.Random(4)
SIDES = ('two.sided', 'greater', 'less')


def sample(n, tied):
    if tied:
        return [rng.randint(-4, 4) for _ in range(n)]
    values = [round(rng.gauss(0, 10), 6) for _ in range(n)]
    assert len({abs(v) for v in values}) == n
    return values


def in_r(expressions):
    """The numbers that R gives for the expressions."""
    program = '\n'.join(f'cat(sprintf("%.17g", suppressWarnings({e})), "\\n")' for e in expressions)
    lines = subprocess.run(['Rscript', '-'], input=program, capture_output=True, text=True, check=True).stdout.splitlines()
    return [[float(v) for v in line.split()] for line in lines]


def vector(values):
    return f'c({",".join(map(repr, values))})'


def wilcox(arguments, exact):
    """An expression: the statistic, and p two-sided, greater and less."""
    arguments = f'{arguments}, exact={"TRUE" if exact else "FALSE"}'
    tests = ','.join(f'wilcox.test({arguments}, alternative="{side}")$p.value' for side in SIDES)
    return f'c(wilcox.test({arguments})$statistic,{tests})'


def tails(null, observed, mean):
    far = abs(observed - mean)
    return [sum(1 for v in null if inside(v)) / len(null)
            for inside in (lambda v: abs(v - mean) >= far, lambda v: v >= observed, lambda v: v <= observed)]


def all_assignments(x, y):
    def u(a, b):
        return sum((i > j) + 0.5 * (i == j) for i in a for j in b)
    pooled = x + y
    null = []
    for chosen in itertools.combinations(range(len(pooled)), len(x)):
        rest = [v for i, v in enumerate(pooled) if i not in chosen]
        null.append(u([pooled[i] for i in chosen], rest))
    return [u(x, y), *tails(null, u(x, y), len(x) * len(y) / 2)]


def case(data, found):
    return {**data, **dict(zip(('statistic', 'two', 'greater', 'less'), found))}


def check_with_scipy(test, found):
    for side, wanted in zip(('two-sided', 'greater', 'less'), found[1:]):
        assert abs(test(side) - wanted) <= 1e-9 * wanted, (side, test(side), wanted)


pairs = [(sample(rng.randint(1, 30), False), sample(rng.randint(1, 30), False)) for _ in range(200)]
mwu = []
for (x, y), found in zip(pairs, in_r([wilcox(f'{vector(x)},{vector(y)}', True) for x, y in pairs])):
    check_with_scipy(lambda side: stats.mannwhitneyu(x, y, alternative=side, method='exact').pvalue, found)
    mwu.append(case(dict(x=x, y=y), found))
for _ in range(200):
    x, y = sample(rng.randint(1, 6), True), sample(rng.randint(1, 6), True)
    mwu.append(case(dict(x=x, y=y), all_assignments(x, y)))

large = [([rng.randint(0, 40) for _ in range(rng.randint(51, 70))], [rng.randint(0, 48) for _ in range(rng.randint(51, 70))])
         for _ in range(10)]
normal = [dict(x=x, cdf=float(stats.norm.cdf(x))) for x in (rng.uniform(-30, 8) for _ in range(200))]
families = [[round(rng.random(), 2) for _ in range(rng.randint(1, 30))] for _ in range(200)]
adjusted = in_r([f'p.adjust({vector(p)},"holm")' for p in families])
json.dump(dict(
    mannWhitney=mwu,
    largeMannWhitney=[case(dict(x=x, y=y), found) for (x, y), found in
                      zip(large, in_r([wilcox(f'{vector(x)},{vector(y)}', False) for x, y in large]))],
    normal=normal,
    holm=[dict(p=p, holm=h) for p, h in zip(families, adjusted)],
), sys.stdout, separators=(',', ':'))
