"""Training data, and the real readers of each format, for strace.

    real-readers.py make NAME DIR    writes the files of a case
    real-readers.py read NAME DIR    reads samples of it, as a dataset of PyTorch does

Ends with status 77 when a module is missing.
"""
import os
import sys
import struct

try:
    import numpy as np
except ImportError:
    sys.exit(77)


def need(module):
    try:
        return __import__(module, fromlist=['_'])
    except ImportError:
        print(f'{module} is not installed')
        sys.exit(77)


rng = np.random.default_rng(7)


def content(n):
    return rng.integers(0, 256, size=n, dtype=np.uint8)


def path(d, name):
    return os.path.join(d, name)


def make_npz(d):
    for i, n in enumerate((600_001, 3_000, 250_000, 262_144 * 3)):
        np.savez(path(d, f'{i}.npz'), x=content(n), y=[0])


def read_npz(d):
    for i in range(4):
        np.load(path(d, f'{i}.npz'), allow_pickle=True)['x']


def make_npz_rows(d):
    np.savez(path(d, '0.npz'), x=content(20 * 70_000).reshape(20, 100, 700), y=np.arange(20))


def read_npz_rows(d):
    for i in (3, 0):
        np.load(path(d, '0.npz'))['x'][i]


def make_npz_members(d):
    np.savez(path(d, '0.npz'), content(300_001), content(5), content(262_144 * 2).reshape(64, -1))


def read_npz_members(d):
    for i in (2, 0, 1):
        np.load(path(d, '0.npz'))[f'arr_{i}']


def make_pt(d):
    torch = need('torch')
    tensor = lambda n: torch.from_numpy(content(n))
    shared = tensor(50_000)
    samples = (
        tensor(1_000),
        tensor(4096),
        tensor(5_000),
        {'x': tensor(7_424), 'y': 3},
        {'x': torch.rand(3, 100, 100), 'y': torch.tensor(5)},
        tensor(1_000_000),
        {'x': tensor(8192 - 384), 'empty': tensor(0), 'z': tensor(4097)},
        {f'a{i}': tensor(1000 + i * 3000) for i in range(12)},
        {f'a{i}': tensor(10) for i in range(300)},
        {'head': shared[:1000], 'tail': shared[1000:], 'all': shared},
        torch.nn.TransformerEncoderLayer(64, 4).state_dict(),
        {'text': 'x' * 3_000_000, 'x': tensor(2_500_000)},
    )
    for i, sample in enumerate(samples):
        torch.save(sample, path(d, f'{i}.pt'))


def read_pt(d, count=12):
    torch = need('torch')
    for i in range(count):
        torch.load(path(d, f'{i}.pt'))


def read_pt_own(d):
    read_pt(d, 6)


def make_npy(d):
    for i, n in enumerate((600_001, 1_000, 4096 * 5 - 128, 3_000_000)):
        np.save(path(d, f'{i}.npy'), content(n))


def read_npy(d):
    for i in range(4):
        np.load(path(d, f'{i}.npy'))


def make_whole(d):
    for i, n in enumerate((1_800_003, 10, 4096)):
        content(n).tofile(path(d, f'{i}.bin'))


def read_whole(d):
    for i in range(3):
        with open(path(d, f'{i}.bin'), 'rb') as f:
            f.read()


def make_jpeg(d):
    Image = need('PIL.Image')
    for label in ('cat', 'dog'):
        os.makedirs(path(d, label))
        for i, (w, h) in enumerate(((400, 300), (40, 30), (900, 700))):
            Image.fromarray(rng.integers(0, 256, size=(h, w, 3), dtype=np.uint8)).save(path(d, f'{label}/{i}.jpg'), quality=90)


def read_jpeg(d):
    folder = need('torchvision.datasets').ImageFolder(d)
    for i in (1, 5, 0):
        folder[i]


def make_jpeg_headers(d):
    '''Pictures with the segments of cameras and of programs: Exif with a thumbnail, a profile of several segments, comments.'''
    Image = need('PIL.Image')
    picture = Image.fromarray(rng.integers(0, 256, size=(300, 400, 3), dtype=np.uint8))
    exif = Image.Exif()
    exif[0x010e] = 'x' * 30_000
    icc = content(150_000).tobytes()
    os.makedirs(path(d, 'a'))
    for i, more in enumerate(({'exif': exif}, {'icc_profile': icc}, {'icc_profile': icc[:3_200], 'exif': exif}, {'icc_profile': icc[:3_300]})):
        picture.save(path(d, f'a/{i}.jpg'), quality=90, **more)
    with open(path(d, 'a/0.jpg'), 'rb') as f:
        whole = f.read()
    with open(path(d, 'a/4.jpg'), 'wb') as f:
        # A comment, and a marker with fill bytes before it.
        f.write(whole[:2] + b'\xff\xfe\x10\x02' + b'c' * 4096 + b'\xff\xff' + whole[2:])


def read_jpeg_headers(d):
    folder = need('torchvision.datasets').ImageFolder(d)
    for i in range(5):
        folder[i]


def make_webdataset(d):
    import io
    import tarfile
    with tarfile.open(path(d, '0.tar'), 'w') as t:
        for i in range(9):
            for extension, n in (('jpg', 30_000 + 17_001 * i), ('cls', 2)):
                info = tarfile.TarInfo(f'{i:06}.{extension}')
                info.size = n
                t.addfile(info, io.BytesIO(content(n).tobytes()))


def read_webdataset(d):
    import tarfile
    with open(path(d, '0.tar'), 'rb') as f:
        stream = tarfile.open(fileobj=f, mode='r|*')
        for member in stream:
            stream.extractfile(member).read()
            stream.members = []


def make_csv(d):
    with open(path(d, '0.csv'), 'w') as f:
        f.write('a,b,c\n')
        for row in rng.integers(0, 10**9, size=(60_000, 3)):
            f.write('%d,%d,%d\n' % tuple(row))
    with open(path(d, '1.csv'), 'w') as f:
        f.write('a,b\n' + 'xxxxxxxxx,yyyyyyyyy\n' * 13_107 + 'z,\n')
    assert os.path.getsize(path(d, '1.csv')) <= 262_144 + 4096


def read_csv(d):
    pandas = need('pandas')
    for i in range(2):
        pandas.read_csv(path(d, f'{i}.csv'))


def make_hdf5(d):
    h5py = need('h5py')
    with h5py.File(path(d, '0.h5'), 'w') as f:
        f.create_dataset('records', data=content(100 * 300 * 300).reshape(100, 300, 300))
        f.create_dataset('labels', data=np.zeros(100, dtype=np.int64))


def read_hdf5(d):
    h5py = need('h5py')
    for i in (7, 50):
        with h5py.File(path(d, '0.h5'), 'r') as f:
            f['records'][i]


def make_hdf5_chunked(d):
    h5py = need('h5py')
    with h5py.File(path(d, '0.h5'), 'w') as f:
        f.create_dataset('records', data=content(100 * 300 * 300).reshape(100, 300, 300), chunks=(10, 100, 150))


read_hdf5_chunked = read_hdf5


def make_parquet(d):
    pa, pq = need('pyarrow'), need('pyarrow.parquet')
    image = pa.array([content(2000).tobytes() for _ in range(4000)], type=pa.binary())
    table = pa.table({'image': image, 'label': rng.integers(0, 2**62, size=4000), 'z': rng.random(4000)})
    pq.write_table(table, path(d, '0.parquet'), row_group_size=1000, compression='none', use_dictionary=False)


def read_parquet(d):
    need('pyarrow').set_io_thread_count(1)
    f = need('pyarrow.parquet').ParquetFile(path(d, '0.parquet'))
    for group in (0, 2):
        f.read_row_group(group)


def make_parquet_columns(d):
    pa, pq = need('pyarrow'), need('pyarrow.parquet')
    for i, columns in enumerate((12, 700)):
        rows = 200_000 if columns == 12 else 4000
        table = pa.table({f'c{k}': rng.integers(0, 2**62, size=rows) for k in range(columns)})
        pq.write_table(table, path(d, f'{i}.parquet'), row_group_size=rows // 4, compression='none', use_dictionary=False)


def read_parquet_columns(d):
    need('pyarrow').set_io_thread_count(1)
    for i in range(2):
        f = need('pyarrow.parquet').ParquetFile(path(d, f'{i}.parquet'))
        f.read_row_group(1, columns=['c0', 'c1', 'c2'])
        del f


def make_safetensors(d):
    save = need('safetensors.numpy').save_file
    save({'a': rng.random((300, 300)), 'b': rng.random((1000, 300))}, path(d, '0.safetensors'))


def read_safetensors(d):
    with need('safetensors').safe_open(path(d, '0.safetensors'), framework='np') as f:
        for key in ('a', 'b'):
            f.get_tensor(key).sum()


def make_nanogpt(d):
    rng.integers(0, 50_000, size=500_001, dtype=np.uint16).tofile(path(d, '0.bin'))


def read_nanogpt(d):
    data = np.memmap(path(d, '0.bin'), dtype=np.uint16, mode='r')
    for i in (5, 17):
        data[i * 1024:i * 1024 + 1024].astype(np.int64)
        data[i * 1024 + 1:i * 1024 + 1 + 1024].astype(np.int64)
    del data


def make_megatron(d):
    lengths = np.array([1000, 2500, 30, 900], dtype=np.int32)
    rng.integers(0, 50_000, size=int(lengths.sum()), dtype=np.uint16).tofile(path(d, '0.bin'))
    pointers = np.concatenate(([0], np.cumsum(lengths[:-1].astype(np.int64)) * 2)).astype(np.int64)
    with open(path(d, '0.idx'), 'wb') as f:
        f.write(b'MMIDIDX\x00\x00' + struct.pack('<QBQQ', 1, 8, len(lengths), len(lengths) + 1))
        f.write(lengths.tobytes() + pointers.tobytes() + np.arange(len(lengths) + 1, dtype=np.int64).tobytes())


def read_megatron(d):
    """As megatron/core/datasets/indexed_dataset.py does it: the index's header, its map, and the map of the tokens."""
    with open(path(d, '0.idx'), 'rb') as f:
        assert f.read(9) == b'MMIDIDX\x00\x00'
        f.read(8), f.read(1)
        count = struct.unpack('<Q', f.read(8))[0]
        f.read(8)
        offset = f.tell()
    index = np.memmap(path(d, '0.idx'), mode='r', order='C')
    view = memoryview(index)
    lengths = np.frombuffer(view, dtype=np.int32, count=count, offset=offset)
    pointers = np.frombuffer(view, dtype=np.int64, count=count, offset=offset + lengths.nbytes)
    tokens = np.memmap(path(d, '0.bin'), mode='r', order='C')
    for i in (1, 3):
        np.frombuffer(memoryview(tokens), dtype=np.uint16, count=lengths[i], offset=pointers[i]).copy()
    del lengths, pointers, view, index, tokens


def make_mds(d):
    sizes = [30_000, 5, 70_000]
    offsets = 4 + 4 * (len(sizes) + 1) + np.concatenate(([0], np.cumsum(sizes)))
    with open(path(d, '0.mds'), 'wb') as f:
        f.write(np.uint32(len(sizes)).tobytes() + offsets.astype(np.uint32).tobytes() + content(sum(sizes)).tobytes())


def read_mds(d):
    """As streaming/base/format/mds/reader.py does it."""
    for i in (2, 0):
        with open(path(d, '0.mds'), 'rb', 0) as f:
            f.seek((1 + i) * 4)
            begin, end = np.frombuffer(f.read(8), np.uint32)
            f.seek(begin)
            f.read(end - begin)


def make_raw(d):
    content(1_000_000).tofile(path(d, '0.bin'))
    content(1_000_000).tofile(path(d, '1.bin'))


def read_raw(d):
    f = open(path(d, '0.bin'), 'rb')
    for i in (3, 4, 9):
        f.seek(i * 50_000)
        f.read(50_000)
    f.close()
    with open(path(d, '1.bin'), 'rb') as f:
        f.seek(0)
        f.read(50_000)


if __name__ == '__main__':
    action, name, directory = sys.argv[1:]
    if action == 'make':
        os.makedirs(directory, exist_ok=True)
    globals()[f'{action}_{name}'](directory)
