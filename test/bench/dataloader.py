"""Epochs of PyTorch's own DataLoader over files that exist: one JSON line of words in, one JSON line of times out.

Each rank is a process with a DataLoader of its own, which sleeps for the accelerator and meets the others after every
step. Times are seconds by time.monotonic().
"""
import json
import os
import sys
import tarfile
import time

import numpy
import torch
import torch.multiprocessing as processes
from torch.utils.data import DataLoader, Dataset, IterableDataset, get_worker_info


def paths_below(root, ending):
    found = []
    for directory, _, names in os.walk(root):
        found += [os.path.join(directory, name) for name in names if name.endswith(ending)]
    return sorted(found)


class Archives(Dataset):
    """One .npz or .npy per sample."""

    def __init__(self, root, ending):
        self.paths = paths_below(root, ending)

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, index):
        loaded = numpy.load(self.paths[index])
        array = loaded if isinstance(loaded, numpy.ndarray) else loaded["x"]
        return torch.from_numpy(numpy.ascontiguousarray(array).reshape(-1))


class Images(Dataset):
    """Whole image files, which are not decoded: what a decoder costs is not the storage's."""

    def __init__(self, root):
        self.paths = paths_below(root, ".jpg")

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, index):
        with open(self.paths[index], "rb") as file:
            return torch.from_numpy(numpy.frombuffer(file.read(), dtype=numpy.uint8).copy())


class Shards(IterableDataset):
    """Members of tar files in order, as the `webdataset` package reads them: shards dealt out to workers."""

    def __init__(self, root, rank, ranks):
        self.paths = paths_below(root, ".tar")[rank::ranks]

    def __iter__(self):
        worker = get_worker_info()
        for path in self.paths[worker.id :: worker.num_workers]:
            with open(path, "rb") as stream, tarfile.open(fileobj=stream, mode="r|*") as shard:
                for member in shard:
                    content = shard.extractfile(member).read()
                    yield torch.from_numpy(numpy.frombuffer(content, dtype=numpy.uint8).copy())


def train(rank, words, barrier, results):
    torch.set_num_threads(1)
    kind, root, ranks = words["format"], words["root"], words["ranks"]
    options = {
        "batch_size": words["batch"],
        "num_workers": words["workers"],
        "prefetch_factor": words["prefetch"],
        "drop_last": True,
        "multiprocessing_context": "fork",
    }
    if kind == "webdataset":
        loader = DataLoader(Shards(root, rank, ranks), **options)
    else:
        dataset = Images(root) if kind == "jpeg" else Archives(root, "." + kind)
        order = torch.randperm(len(dataset), generator=torch.Generator().manual_seed(words["seed"])).tolist()
        each = len(order) // ranks
        loader = DataLoader(dataset, sampler=order[rank * each : (rank + 1) * each], **options)
    waits, computes, steps_done = [], [], []
    size = 0
    barrier.wait()
    begin = time.monotonic()
    batches = iter(loader)
    limit = words["steps"]
    while limit is None or len(waits) < limit:
        asked = time.monotonic()
        batch = next(batches, None)
        if batch is None:
            break
        got = time.monotonic()
        time.sleep(words["compute"])
        computed = time.monotonic()
        size += batch.numel()
        del batch
        barrier.wait()
        waits.append(got - asked)
        computes.append(computed - got)
        steps_done.append(time.monotonic() - begin)
    results.put({"rank": rank, "waits": waits, "computes": computes, "done": steps_done, "bytes": size})
    # Workers that still load are not waited for.
    barrier.wait()
    os._exit(0)


def main():
    words = json.loads(sys.argv[1])
    context = processes.get_context("fork")
    barrier, results = context.Barrier(words["ranks"]), context.SimpleQueue()
    ranks = [context.Process(target=train, args=(rank, words, barrier, results)) for rank in range(words["ranks"])]
    for rank in ranks:
        rank.start()
    found = [results.get() for _ in ranks]
    for rank in ranks:
        rank.join()
    print(json.dumps({"torch": torch.__version__, "ranks": found}))


if __name__ == "__main__":
    main()
