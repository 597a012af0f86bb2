"""Executes a notebook in its own kernel: NOTEBOOK VALUES WHERE. Prints what its cells showed, as JSON."""
import base64
import json
import sys

import nbformat
from nbclient import NotebookClient

path, values, where = sys.argv[1:]
notebook = nbformat.read(path, as_version=4)
nbformat.validate(notebook)
# The values that its first cell sets, as a reader would change them.
first = next(cell for cell in notebook.cells if cell.cell_type == "code")
names = [line.split(" = ")[0] for line in first.source.splitlines()]
given = json.loads(values)
assert sorted(names) == sorted(given), names
first.source = "\n".join(f"{name} = {json.dumps(value)}" for name, value in given.items())
NotebookClient(notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": where}}).execute()
shown = []
for cell in notebook.cells:
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        if "image/png" in data:
            with open(f"{where}/figure.png", "wb") as file:
                file.write(base64.b64decode(data["image/png"]))
        shown.append({"kind": output.output_type, "types": sorted(data), "text": output.get("text", data.get("text/html", ""))})
print(json.dumps(shown))
