"""Reads datasets of feedrate with programs that know nothing of it, and compares every sample with its planned place.

Argument: a JSON file that lists the datasets. Prints one line of JSON: for each format, the readers that accepted all files.
A reader whose library is missing is left out. Any difference ends the program with an error."""
import glob
import hashlib
import io
import json
import os
import struct
import subprocess
import sys
import tarfile
import zipfile
import zlib


def library(name):
    try:
        return __import__(name, fromlist=["_"])
    except ImportError:
        return None


np = library("numpy")


def content(file, sample):
    with open(file["path"], "rb") as f:
        f.seek(file["samples"][sample]["offsetBytes"])
        return f.read(file["samples"][sample]["bytes"])


def same(got, file, sample):
    assert bytes(got) == content(file, sample), (file["path"], sample, len(got))


def read_npz(dataset):
    for file in dataset["files"]:
        with zipfile.ZipFile(file["path"]) as archive:
            assert archive.testzip() is None
        with np.load(file["path"]) as arrays:
            assert arrays.files == ["x", "y"]
            same(arrays["x"].tobytes(), file, 0)
            assert arrays["y"].tolist() == [file["class"]]


def read_npy(dataset):
    for file in dataset["files"]:
        same(np.load(file["path"]).tobytes(), file, 0)
        same(np.load(file["path"], mmap_mode="r").tobytes(), file, 0)


def read_pt(dataset):
    torch = library("torch")
    for file in dataset["files"]:
        with zipfile.ZipFile(file["path"]) as archive:
            assert archive.testzip() is None
        sample = torch.load(file["path"])
        assert list(sample) == ["x", "y"] and sample["x"].dtype == torch.uint8
        same(sample["x"].numpy().tobytes(), file, 0)
        assert sample["y"] == file["class"]


def read_raw(dataset):
    for file in dataset["files"]:
        rows = np.fromfile(file["path"], np.uint8).reshape(len(file["samples"]), -1)
        for sample, row in enumerate(rows):
            same(row, file, sample)


def read_jpeg(dataset):
    image = library("PIL.Image")
    for file in dataset["files"]:
        with open(file["path"], "rb") as f:
            picture = image.open(f)
            picture.convert("RGB")
            # A real picture is read to its end, so this one has to be, too.
            assert f.read() == b"", f.tell()
            assert picture.size == (32, 32)


def read_image_folder(dataset):
    torchvision = library("torchvision.datasets")
    folder = torchvision.ImageFolder(dataset["directory"])
    assert len(folder) == len(dataset["files"])
    for (picture, label), file, (path, _) in zip(folder, dataset["files"], folder.samples):
        assert os.path.samefile(path, file["path"]) and label == file["class"] and picture.mode == "RGB"


def crc32c_table():
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return table


TABLE = crc32c_table()


def crc32c(data):
    google = library("google_crc32c")
    if google:
        return google.value(data)
    crc = 0xFFFFFFFF
    for byte in data:
        crc = TABLE[(crc ^ byte) & 255] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def unmasked(data):
    rotated = (struct.unpack("<I", data)[0] - 0xA282EAD8) & 0xFFFFFFFF
    return (rotated >> 17 | rotated << 15) & 0xFFFFFFFF


def example_class():
    """tf.train.Example, as tensorflow/core/example declares it."""
    descriptor = library("google.protobuf.descriptor_pb2")
    pool = library("google.protobuf.descriptor_pool").DescriptorPool()
    factory = library("google.protobuf.message_factory")
    proto = descriptor.FileDescriptorProto(name="example.proto", package="t", syntax="proto3")
    field = descriptor.FieldDescriptorProto

    def message(name, fields, nested=None):
        added = proto.message_type.add(name=name)
        for number, (key, kind, label, type_name) in enumerate(fields, 1):
            added.field.add(name=key, number=number, type=kind, label=label, type_name=type_name)
        return added

    message("BytesList", [("value", field.TYPE_BYTES, field.LABEL_REPEATED, None)])
    message("FloatList", [("value", field.TYPE_FLOAT, field.LABEL_REPEATED, None)])
    message("Int64List", [("value", field.TYPE_INT64, field.LABEL_REPEATED, None)])
    lists = [("bytes_list", ".t.BytesList"), ("float_list", ".t.FloatList"), ("int64_list", ".t.Int64List")]
    message("Feature", [(key, field.TYPE_MESSAGE, field.LABEL_OPTIONAL, name) for key, name in lists])
    features = message("Features", [("feature", field.TYPE_MESSAGE, field.LABEL_REPEATED, ".t.Features.FeatureEntry")])
    entry = features.nested_type.add(name="FeatureEntry")
    entry.options.map_entry = True
    entry.field.add(name="key", number=1, type=field.TYPE_STRING, label=field.LABEL_OPTIONAL)
    entry.field.add(name="value", number=2, type=field.TYPE_MESSAGE, label=field.LABEL_OPTIONAL, type_name=".t.Feature")
    message("Example", [("features", field.TYPE_MESSAGE, field.LABEL_OPTIONAL, ".t.Features")])
    pool.Add(proto)
    found = pool.FindMessageTypeByName("t.Example")
    return factory.GetMessageClass(found) if hasattr(factory, "GetMessageClass") else factory.MessageFactory(pool).GetPrototype(found)


def read_tfrecord(dataset):
    example = example_class()
    for file in dataset["files"]:
        with open(file["path"], "rb") as f:
            for sample in range(len(file["samples"])):
                head, crc = f.read(8), f.read(4)
                assert crc32c(head) == unmasked(crc)
                data, crc = f.read(struct.unpack("<Q", head)[0]), f.read(4)
                assert crc32c(data) == unmasked(crc)
                feature = example.FromString(data).features.feature
                assert sorted(feature) == ["image", "size"]
                same(feature["image"].bytes_list.value[0], file, sample)
                assert feature["size"].int64_list.value == [file["samples"][sample]["bytes"]]
            assert f.read() == b""


def read_tar(dataset):
    number = 0
    for file in dataset["files"]:
        with tarfile.open(file["path"], "r|*") as archive:
            members = []
            for member in archive:
                members.append((member.name, archive.extractfile(member).read()))
        assert len(members) == 2 * len(file["samples"])
        for sample, ((name, data), (other, label)) in enumerate(zip(members[::2], members[1::2])):
            key, ending = name.split(".")
            assert (ending, other, int(key)) == ("bin", f"{key}.cls", number)
            same(data, file, sample)
            assert int(label) == file["class"]
            number += 1


def read_gnu_tar(dataset):
    for file in dataset["files"]:
        listing = subprocess.run(["tar", "-tf", file["path"]], check=True, capture_output=True, text=True)
        assert listing.stderr == "" and len(listing.stdout.split()) == 2 * len(file["samples"])


def read_csv(dataset):
    pandas = library("pandas")
    for file in dataset["files"]:
        table = pandas.read_csv(file["path"])
        assert list(table.columns) == ["data", "label"] and len(table) == len(file["samples"])
        for sample, (data, label) in enumerate(zip(table["data"], table["label"])):
            assert label == file["class"] % 10
            same(f"{data},{label}\n".encode(), file, sample)


def read_parquet(dataset):
    parquet = library("pyarrow.parquet")
    columns = dataset["shape"]["columns"]
    for file in dataset["files"]:
        table = parquet.ParquetFile(file["path"])
        assert table.metadata.num_rows == len(file["samples"])
        groups = dataset["shape"]["rowGroupSamples"] or table.metadata.num_rows
        assert table.metadata.num_row_groups == -(-table.metadata.num_rows // groups)
        assert table.metadata.serialized_size + 8 == file["footerBytes"]
        for group, places in enumerate(file["chunks"]):
            for column, place in enumerate(places):
                chunk = table.metadata.row_group(group).column(column)
                assert chunk.data_page_offset == place["offsetBytes"], (chunk, place)
                assert chunk.total_compressed_size == place["bytes"]
        table = table.read()
        if columns:
            assert table.column_names == [column["name"] for column in columns]
            for column in columns:
                values = table[column["name"]]
                width = values.type.bit_width // 8
                assert width == column["bytes"] and values.null_count == 0
        else:
            for sample, value in enumerate(table["data"].to_pylist()):
                assert len(value) == file["samples"][sample]["bytes"]
                if sample == 0:
                    with open(file["path"], "rb") as f:
                        assert value in f.read()


def read_duckdb(dataset):
    duckdb = library("duckdb")
    for file in dataset["files"]:
        columns = dataset["shape"]["columns"]
        name = columns[-1]["name"] if columns else "data"
        count, distinct = duckdb.sql(
            f"SELECT count(*), count(DISTINCT {name}) FROM read_parquet('{file['path']}')"
        ).fetchone()
        assert count == len(file["samples"])
        assert distinct > 0.99 * count or columns and columns[-1]["bytes"] < 4


def read_megatron(dataset):
    """IndexedDataset and _IndexReader of megatron/core/datasets/indexed_dataset.py."""
    for file in dataset["files"]:
        index = file["path"][: -len(".bin")] + ".idx"
        with open(index, "rb") as f:
            assert f.read(9) == b"MMIDIDX\x00\x00"
            assert struct.unpack("<Q", f.read(8)) == (1,)
            assert struct.unpack("<B", f.read(1)) == (8,)
            sequences, documents = struct.unpack("<QQ", f.read(16))
            offset = f.tell()
        buffer = memoryview(np.memmap(index, mode="r", order="C"))
        lengths = np.frombuffer(buffer, np.int32, sequences, offset)
        pointers = np.frombuffer(buffer, np.int64, sequences, offset + lengths.nbytes)
        ends = np.frombuffer(buffer, np.int64, documents, offset + lengths.nbytes + pointers.nbytes)
        assert len(buffer) == offset + lengths.nbytes + pointers.nbytes + ends.nbytes == file["indexBytes"]
        assert ends.tolist() == list(range(sequences + 1))
        tokens = memoryview(np.memmap(file["path"], mode="r", order="C"))
        assert sequences == len(file["samples"])
        for sample in range(sequences):
            got = np.frombuffer(tokens, np.uint16, lengths[sample], pointers[sample])
            same(got.tobytes(), file, sample)


def read_nanogpt(dataset):
    for file in dataset["files"]:
        data = np.memmap(file["path"], dtype=np.uint16, mode="r")
        for sample, place in enumerate(file["samples"]):
            at, block = place["offsetBytes"] // 2, place["bytes"] // 2
            same(data[at : at + block].tobytes(), file, sample)
            assert len(data[at + 1 : at + 1 + block]) == block


def read_safetensors(dataset):
    safetensors = library("safetensors")
    for file in dataset["files"]:
        with safetensors.safe_open(file["path"], framework="np") as f:
            assert sorted(f.keys()) == ["x", "y"]
            rows = f.get_slice("x")
            for sample in range(len(file["samples"])):
                same(rows[sample : sample + 1].tobytes(), file, sample)
            assert f.get_tensor("y").tolist() == [file["class"]] * len(file["samples"])


def read_safetensors_offsets(dataset):
    for file in dataset["files"]:
        with open(file["path"], "rb") as f:
            header = json.loads(f.read(struct.unpack("<Q", f.read(8))[0]))
            start = f.tell()
        assert start % 8 == 0
        for name, tensor in header.items():
            begin, end = tensor["data_offsets"]
            kind = {"U8": np.uint8, "I64": np.int64}[tensor["dtype"]]
            array = np.memmap(file["path"], kind, "r", start + begin, tuple(tensor["shape"]))
            assert array.nbytes == end - begin
            if name == "x":
                for sample, row in enumerate(array):
                    same(row.tobytes(), file, sample)


def read_mds(dataset):
    """LocalDataset and MDSReader of streaming/base."""
    with open(os.path.join(dataset["directory"], "index.json")) as f:
        index = json.load(f)
    assert index["version"] == 2 and len(index["shards"]) == len(dataset["files"])
    for shard, file in zip(index["shards"], dataset["files"]):
        path = os.path.join(dataset["directory"], shard["raw_data"]["basename"])
        assert os.path.samefile(path, file["path"]) and os.path.getsize(path) == shard["raw_data"]["bytes"]
        with open(path, "rb", 0) as f:
            assert np.frombuffer(f.read(4), np.uint32)[0] == shard["samples"] == len(file["samples"])
            for sample in range(shard["samples"]):
                f.seek((1 + sample) * 4)
                begin, end = np.frombuffer(f.read(8), np.uint32)
                f.seek(int(begin))
                data = f.read(int(end - begin))
                (size,) = np.frombuffer(data[:4], np.uint32)
                same(data[4 : 4 + size], file, sample)
                assert np.frombuffer(data[4 + size :], np.int64).tolist() == [file["class"]]
            start = 4 * (shard["samples"] + 2)
            f.seek(4)
            first = np.frombuffer(f.read(4), np.uint32)[0]
            f.seek(start)
            assert json.loads(f.read(int(first) - start))["column_names"] == ["x", "y"]


def read_hdf5(dataset):
    h5py = library("h5py")
    for file in dataset["files"]:
        with h5py.File(file["path"], "r") as f:
            assert sorted(f) == ["labels", "records"]
            assert f["labels"][:].tolist() == [file["class"]] * len(file["samples"])
            for sample in range(len(file["samples"])):
                same(f["records"][sample].tobytes(), file, sample)


READERS = {
    "npz": [("numpy", "numpy", read_npz)],
    "pt": [("torch", "torch", read_pt)],
    "npy": [("numpy", "numpy", read_npy)],
    "raw": [("numpy", "numpy", read_raw)],
    "jpeg": [("PIL", "PIL.Image", read_jpeg), ("torchvision", "torchvision.datasets", read_image_folder)],
    "tfrecord": [("protobuf", "google.protobuf", read_tfrecord)],
    "webdataset": [("tarfile", "tarfile", read_tar), ("GNU tar", "tarfile", read_gnu_tar)],
    "csv": [("pandas", "pandas", read_csv)],
    "parquet": [("pyarrow", "pyarrow.parquet", read_parquet), ("duckdb", "duckdb", read_duckdb)],
    "megatron": [("numpy", "numpy", read_megatron)],
    "nanogpt": [("numpy", "numpy", read_nanogpt)],
    "safetensors": [
        ("safetensors", "safetensors", read_safetensors),
        ("numpy", "numpy", read_safetensors_offsets),
    ],
    "mds": [("numpy", "numpy", read_mds)],
    "hdf5": [("h5py", "h5py", read_hdf5)],
}


def check_content(dataset):
    """Content is incompressible, and no file has that of another one. Of text, six bits of eight are random."""
    shape = dataset["shape"]
    least, most = (0.74, 0.80) if shape["format"] == "csv" else (0.97, 1.01)
    digests = set()
    for file in dataset["files"]:
        with open(file["path"], "rb") as f:
            data = f.read()
        assert len(data) == file["bytes"], file["path"]
        if shape["format"] != "parquet":
            places = file["samples"]
            data = b"".join(data[at["offsetBytes"] : at["offsetBytes"] + at["bytes"]] for at in places)
        ratio = len(zlib.compress(data)) / len(data)
        assert len(data) < 50_000 or least < ratio <= most, (file["path"], ratio)
        digests.add(hashlib.sha256(data).hexdigest())
    assert len(digests) == len(dataset["files"])


def main():
    accepted = {}
    for dataset in json.load(open(sys.argv[1])):
        for file in dataset["files"]:
            file["path"] = os.path.join(dataset["directory"], file["path"])
        check_content(dataset)
        for name, needed, read in READERS[dataset["shape"]["format"]]:
            if library(needed) is None:
                continue
            read(dataset)
            accepted.setdefault(dataset["shape"]["format"], {}).setdefault(name, 0)
            accepted[dataset["shape"]["format"]][name] += len(dataset["files"])
    print(json.dumps(accepted))


main()
