"""Prints what PyTorch's DataLoader does: which task goes to which worker and when, and which samples a batch has."""
import json
import sys

import torch
from torch.utils.data import DataLoader, Dataset, IterableDataset, get_worker_info
from torch.utils.data import dataloader as module


class Indices(Dataset):
    def __init__(self, count):
        self.count = count

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        return torch.tensor([get_worker_info().id, index])


class Stream(IterableDataset):
    """The samples of each worker are its own: the next one of them is its number."""

    def __init__(self, counts):
        self.counts = counts

    def __iter__(self):
        worker = get_worker_info().id
        return iter([torch.tensor([worker, number]) for number in range(self.counts[worker])])


def observe(setting):
    dealt = []
    handed = [0]
    iterator = module._MultiProcessingDataLoaderIter
    original = iterator._try_put_index

    def put(self):
        before = self._send_idx
        original(self)
        if self._send_idx > before:
            dealt.append([handed[0], before, self._task_info[before][0]])

    iterator._try_put_index = put
    try:
        counts = setting.get("streams")
        loader = DataLoader(
            Stream(counts) if counts else Indices(setting["samples"]),
            batch_size=setting["batch"],
            num_workers=setting["workers"],
            prefetch_factor=setting["prefetch"],
            drop_last=setting["dropLast"],
        )
        batches = []
        batches_of = iter(loader)
        while True:
            # A task is dealt out within the call that hands a batch over.
            handed[0] += 1
            try:
                batch = next(batches_of)
            except StopIteration:
                break
            batches.append([int(batch[0][0]), [int(index) for index in batch[:, 1]]])
    finally:
        iterator._try_put_index = original
    return {"setting": setting, "dealt": dealt, "batches": batches}


json.dump([observe(setting) for setting in json.load(sys.stdin)], sys.stdout)
