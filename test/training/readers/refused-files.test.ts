// ci

/** Files of NumPy, PyTorch and h5py, made by them, that feedrate refuses: what is advised makes them readable. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { feedrate } from '../../support/command-thread.js';
import { skipTest } from '../../support/skip.js';
import { temporaryForCommands } from '../../support/temporary-directory.js';

const test = suite('training/readers/refused-files');

/** By default the system's own: Debian's packages are for it. */
const PYTHON = process.env['READERS_PYTHON'] ?? '/usr/bin/python3';

const WORKLOAD = `
name: w
trials: {rounds: 1}
dataset: {path: d}
jobs:
  t: {kind: training, batch_size: 1, computation_time: 1ms, epochs: 1}
`;

interface Case {
  readonly format: string;
  readonly modules: readonly string[];
  /** Writes `d/0` as it is refused. */
  readonly make: string;
  readonly refusal: RegExp;
  /** What is advised: a program that writes the file, or options. */
  readonly follow: string | readonly string[];
}

const NUMPY = 'import numpy as np; x = np.arange(100_000, dtype=np.uint8).reshape(100, 1000);';
const TORCH = 'import torch; x = {"x": torch.arange(100_000)}; m = torch.nn.Linear(30, 30);';
const H5PY = `import h5py; ${NUMPY}`;
/** A second, whole file, and the first one without its end. */
const CUT =
  'import os, shutil; shutil.copy(f, "whole"); shutil.copy(f, f"d/1{os.path.splitext(f)[1]}"); os.truncate(f, CUT)';
const COPIED = 'import glob, os, shutil; shutil.copy("whole", glob.glob("d/0.*")[0])';
const AGAIN = /; copy the file again, or leave it out with dataset\.exclude$/;

const CASES: Readonly<Record<string, Case>> = {
  'compressed arrays': {
    format: 'npz',
    modules: ['numpy'],
    make: `${NUMPY} np.savez_compressed("d/0.npz", x=x)`,
    refusal: /its arrays are compressed, which feedrate does not read; write it with numpy\.savez$/,
    follow: `${NUMPY} np.savez("d/0.npz", x=x)`,
  },
  'an array by the name of an archive': {
    format: 'npz',
    modules: ['numpy'],
    make: `${NUMPY} np.save(open("d/0.npz", "wb"), x)`,
    refusal: /there is no zip archive; check the format$/,
    follow: ['--set', 'format=npy'],
  },
  'an archive by the name of an array': {
    format: 'npy',
    modules: ['numpy'],
    make: `${NUMPY} np.savez(open("d/0.npy", "wb"), x=x)`,
    refusal: /there is no NumPy array; check the format$/,
    follow: ['--set', 'format=npz'],
  },
  'columns instead of rows, with npz_samples: rows': {
    format: 'npz, npz_samples: rows',
    modules: ['numpy'],
    make: `${NUMPY} np.savez("d/0.npz", x=np.asfortranarray(x))`,
    refusal: /its first array has no rows that follow each other; remove npz_samples, or write it with rows$/,
    follow: `${NUMPY} np.savez("d/0.npz", x=np.ascontiguousarray(x))`,
  },
  'columns instead of rows, without npz_samples': {
    format: 'npz, npz_samples: rows',
    modules: ['numpy'],
    make: `${NUMPY} np.savez("d/0.npz", x=np.asfortranarray(x))`,
    refusal: /; remove npz_samples, /,
    follow: ['--set', 'npz_samples=file'],
  },
  'an archive that is cut off': {
    format: 'npz',
    modules: ['numpy'],
    make: `${NUMPY} f = "d/0.npz"; np.savez(f, x=x); ${CUT.replace('CUT', '50_000')}`,
    refusal: AGAIN,
    follow: COPIED,
  },
  'an array that is cut off': {
    format: 'npy',
    modules: ['numpy'],
    make: `${NUMPY} f = "d/0.npy"; np.save(f, x); ${CUT.replace('CUT', '40')}`,
    refusal: AGAIN,
    follow: ['--set', 'dataset.exclude=0.npy'],
  },
  'compressed tensors': {
    format: 'pt',
    modules: ['torch'],
    make: `${TORCH} import zipfile; torch.save(x, "whole"); a = zipfile.ZipFile("whole"); b = zipfile.ZipFile("d/0.pt", "w", zipfile.ZIP_DEFLATED); [b.writestr(n, a.read(n)) for n in a.namelist()]; b.close()`,
    refusal: /its tensors are compressed, which feedrate does not read; write it with torch\.save$/,
    follow: `${TORCH} torch.save(x, "d/0.pt")`,
  },
  'a file of PyTorch before 1.6': {
    format: 'pt',
    modules: ['torch'],
    make: `${TORCH} torch.save(x, "d/0.pt", _use_new_zipfile_serialization=False)`,
    refusal: /it has the format of PyTorch before 1\.6; write it with torch\.save of a later version$/,
    follow: `${TORCH} torch.save(torch.load("d/0.pt"), "d/0.pt")`,
  },
  'a program of TorchScript': {
    format: 'pt',
    modules: ['torch'],
    make: `${TORCH} torch.jit.save(torch.jit.script(m), "d/0.pt")`,
    refusal: /it is a TorchScript program, which feedrate does not read; write its tensors with torch\.save$/,
    follow: `${TORCH} torch.save(torch.jit.load("d/0.pt").state_dict(), "d/0.pt")`,
  },
  'an archive of NumPy by the name of PyTorch': {
    format: 'pt',
    modules: ['numpy'],
    make: `${NUMPY} np.savez(open("d/0.pt", "wb"), x=x)`,
    refusal: /the zip archive is not one of torch\.save; check the format$/,
    follow: ['--set', 'format=npz'],
  },
  'an HDF5 file of another version': {
    format: 'hdf5',
    modules: ['numpy', 'h5py'],
    make: `${H5PY} f = h5py.File("d/0.hdf5", "w", libver="latest"); f["x"] = x; f.close()`,
    refusal: /only files with a superblock of version 0 are supported; write it with h5py without libver$/,
    follow: `${H5PY} f = h5py.File("d/0.hdf5", "w"); f["x"] = x; f.close()`,
  },
};

/** Writes the files of all cases with these modules, for the cost of one import. Returns where: a directory for each case. */
function madeWith(modules: string): string {
  const place = join(temporaryForCommands(), modules);
  const imports = `import ${modules}`;
  if (spawnSync(PYTHON, ['-c', imports]).status !== 0) skipTest(`${PYTHON} has no ${modules}`);
  const programs = Object.entries(CASES)
    .filter(([, each]) => each.modules.join(', ') === modules)
    .map(([name, { make, follow }]) => [name, make, typeof follow === 'string' ? follow : '']);
  const { status, stderr } = spawnSync(PYTHON, ['-c', WRITER, place, JSON.stringify(programs)], { encoding: 'utf8' });
  assert.is(status, 0, stderr);
  return place;
}

/** Each case is made in `refused`, and in a copy of it what is advised is done. */
const WRITER = `
import json, os, shutil, sys
for name, make, follow in json.loads(sys.argv[2]):
    place = os.path.join(sys.argv[1], name)
    os.makedirs(os.path.join(place, "refused", "d"))
    os.chdir(os.path.join(place, "refused"))
    exec(make, {})
    shutil.copytree(".", "../followed")
    os.chdir("../followed")
    exec(follow, {})
`;

const made = new Map<string, string>();

for (const [name, { format, modules, refusal, follow }] of Object.entries(CASES)) {
  test(name, () => {
    const key = modules.join(', ');
    const place = join(made.get(key) ?? madeWith(key), name);
    made.set(key, join(place, '..'));
    const line = ['run', join(place, 'w.yaml'), '-t', '.', '-o', join(place, 'r'), '--progress', 'none'];
    writeFileSync(join(place, 'w.yaml'), WORKLOAD.replace('training,', `training, format: ${format},`));
    const refused = feedrate(line, join(place, 'refused'));
    assert.is(refused.status, 2, refused.stdout);
    assert.match(refused.stderr.trimEnd(), refusal);
    const followed = feedrate([...line, ...(typeof follow === 'string' ? [] : follow)], join(place, 'followed'));
    assert.is(followed.status, 0, followed.stderr);
  });
}

test.run();
