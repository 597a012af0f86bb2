"""Reads what feedrate writes with the programs that its users have, and prints what they understood as JSON.

    python3 read-exports.py types FILE...        DuckDB: the type of each column, per file and of all files together
    python3 read-exports.py pandas FILE...       pandas: rows, and the type of each column of the files together
    python3 read-exports.py plot FILE IMAGE      matplotlib: p99 over the block size; prints the limits of the axis
    python3 read-exports.py open-metrics FILE    prometheus_client: samples with their labels
"""

import json
import sys


def types(paths):
    import duckdb

    def described(source):
        query = f"DESCRIBE SELECT * FROM read_csv({source}, union_by_name = true)"
        return {name: kind for name, kind, *_ in duckdb.sql(query).fetchall()}

    return {"single": {path: described(repr(path)) for path in paths}, "together": described(repr(paths))}


def read_with_pandas(paths):
    import pandas

    table = pandas.concat([pandas.read_csv(path) for path in paths])
    return {"rows": len(table), "types": {name: str(kind) for name, kind in table.dtypes.items()}}


def plot(path, image):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plot
    import pandas

    arms = pandas.read_csv(path).sort_values("factor_bs_bytes")
    axes = arms.plot(x="factor_bs_bytes", y="latency_p99_ns", logx=True, marker="o")
    axes.figure.savefig(image)
    return {"x": list(axes.get_lines()[0].get_xdata()), "limits": list(axes.get_xlim())}


def open_metrics(path):
    from prometheus_client.openmetrics.parser import text_string_to_metric_families

    families = text_string_to_metric_families(open(path).read())
    return [{"name": s.name, "labels": s.labels, "value": s.value} for f in families for s in f.samples]


command, *operands = sys.argv[1:]
results = {
    "types": lambda: types(operands),
    "pandas": lambda: read_with_pandas(operands),
    "plot": lambda: plot(*operands),
    "open-metrics": lambda: open_metrics(*operands),
}
print(json.dumps(results[command](), default=float))
