"""Writes the same tensors with the library that is named, for strace to look at."""
import sys

library, path, *sizes = sys.argv[1:]
names = [f"model.layers.{place}.self_attn.q_proj.weight" for place in range(len(sizes))]
if library == "safetensors":
    import numpy
    from safetensors.numpy import save_file

    save_file({name: numpy.zeros(int(size), dtype="u1") for name, size in zip(names, sizes)}, path)
else:
    import torch

    tensors = [torch.zeros(int(size), dtype=torch.uint8) for size in sizes]
    if library == "torch-save":
        torch.save(dict(zip(names, tensors)), path)
    elif library == "at-once":
        import io

        memory = io.BytesIO()
        torch.save(dict(zip(names, tensors)), memory)
        with open(path, "wb") as file:
            file.write(memory.getbuffer())
    else:
        # As FileSystemWriter of torch.distributed.checkpoint does (torch/distributed/checkpoint/filesystem.py).
        with open(path, "wb") as file:
            for tensor in tensors:
                torch.save(tensor, file)
