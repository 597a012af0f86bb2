"""Makes segments.json: lag-1 autocorrelations around the means of segments, with numpy.

    python3 test/stats/reference/segments.py > test/stats/reference/segments.json

r of a single segment equals acf(x, nlags=1, fft=False)[1] of statsmodels.
"""

import json

import numpy as np

random = np.random.default_rng(3)
cases = []
for sizes, phi in (([20], 0.6), ([12, 18], 0.3), ([8, 9, 13], -0.4), ([5, 6], 0.8)):
    segments = []
    for place, size in enumerate(sizes):
        values = [0.0]
        for _ in range(size - 1):
            values.append(phi * values[-1] + random.standard_normal())
        segments.append([round(float(value) + 10 * place, 4) for value in values])
    deviations = [np.array(segment) - np.mean(segment) for segment in segments]
    r = sum(float(np.dot(e[1:], e[:-1])) for e in deviations) / sum(float(e @ e) for e in deviations)
    n, count = sum(sizes), len(sizes)
    corrected = (r + count / n) / max(0.5, 1 - 4 * count / n)
    cases.append({"segments": segments, "r": r, "lag1": float(np.clip(corrected, -1, 1))})
print(json.dumps(cases, indent=1))
