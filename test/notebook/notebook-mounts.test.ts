import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BASELINE_OPTIONS, type MountWishes, notebookMounts } from '../../src/notebook/notebook-mounts.js';
import { feedrateError } from '../support/feedrate-error.js';

const test = suite('notebook/notebook-mounts');
const SVM = 'svm-0123456789abcdef0.fs-0123456789abcdef0.fsx.us-east-1.amazonaws.com';

const mountsOf = (wishes: Partial<MountWishes>) =>
  notebookMounts({ targets: [], exports: [], optionLists: [], below: '/home/ec2-user/SageMaker', ...wishes });

test('a target has a source, and a name and a mount point that follow from it', () => {
  const cases: readonly (readonly [text: string, name: string, source: string, mountPoint: string])[] = [
    [`${SVM}:/vol1`, 'vol1', `${SVM}:/vol1`, '/home/ec2-user/SageMaker/vol1'],
    [`${SVM}:/a/b/`, 'b', `${SVM}:/a/b`, '/home/ec2-user/SageMaker/b'],
    [`${SVM}:/`, 'volume', `${SVM}:/`, '/home/ec2-user/SageMaker/volume'],
    [`train=${SVM}:/vol1`, 'train', `${SVM}:/vol1`, '/home/ec2-user/SageMaker/train'],
    [`${SVM}:/vol1=/mnt//data/`, 'data', `${SVM}:/vol1`, '/mnt/data'],
    [`t=10.0.0.5:/vol1=/mnt/data`, 't', '10.0.0.5:/vol1', '/mnt/data'],
    [`[fd00::5]:/vol1`, 'vol1', '[fd00::5]:/vol1', '/home/ec2-user/SageMaker/vol1'],
    [`[fe80::5%eth0]:/a b`, 'a-b', '[fe80::5%eth0]:/a b', '/home/ec2-user/SageMaker/a-b'],
    [`svm:/a=b/c=/mnt/x=y`, 'x-y', 'svm:/a=b/c', '/mnt/x=y'],
    [`svm:/日本=/mnt/訓練`, 'volume', 'svm:/日本', '/mnt/訓練'],
  ];
  for (const [text, name, source, mountPoint] of cases)
    assert.equal(mountsOf({ targets: [text] }), [{ name, source, mountPoint, options: BASELINE_OPTIONS }], text);
});

test('one list of options is for all targets, and several make a matrix of one export', () => {
  const [first, second] = mountsOf({ targets: ['svm:/a', 'svm:/b'], optionLists: ['vers=3'] });
  assert.equal([first?.options, second?.options], ['vers=3', 'vers=3']);
  const matrix = mountsOf({
    exports: ['svm-1:/a/', 'svm-2:/a'],
    optionLists: ['vers=4.1,nconnect=16', 'vers=4.1', 'vers=3'],
    below: '/mnt',
  });
  assert.equal(
    matrix.map(({ source, mountPoint }) => `${source} ${mountPoint}`),
    ['svm-1:/a /mnt/v4.1-nconnect16', 'svm-2:/a /mnt/v4.1', 'svm-1:/a /mnt/v3'],
  );
});

test('what cannot be mounted, or would harm, is refused', () => {
  const cases: readonly (readonly [wishes: Partial<MountWishes>, message: RegExp])[] = [
    [{}, /^-t is missing/],
    [{ targets: ['/mnt/train'] }, /^-t \/mnt\/train: expected \[name=\]server:\/export/],
    [{ targets: ['-o:/vol'] }, /expected \[name=\]server/],
    [{ targets: ['s v:/vol'] }, /expected \[name=\]server/],
    [{ targets: ['svm:/a\nb'] }, /control characters/],
    [{ targets: ['svm:/a\u202eb'] }, /control characters/],
    [{ targets: ['svm:/##[a'] }, /control characters/],
    [{ targets: ['svm:/a=/'] }, /a mount on \/ would hide/],
    [{ targets: ['svm:/a=/home/ec2-user/SageMaker/'] }, /would hide/],
    [{ targets: ['svm:/a=/home'] }, /would hide/],
    [{ targets: ['svm:/a=/etc/x'] }, /would hide/],
    [{ targets: ['svm:/a=/usr/bin'] }, /would hide/],
    [{ targets: ['svm:/a=/mnt/../etc'] }, /absolute mount point without/],
    [{ targets: ['svm:/a'], below: 'relative' }, /absolute mount point/],
    [
      { targets: ['svm:/a', 'svm-2:/x/a'] },
      /two mounts are named a; name them: -t first=svm:\/a -t second=svm-2:\/x\/a$/,
    ],
    [{ targets: ['svm:/a=/mnt/a', 'svm:/b=/mnt/a/b'] }, /hide each other/],
    [{ targets: ['svm:/a=/mnt/a/b', 'svm:/b=/mnt/a'] }, /hide each other/],
    [{ targets: ['svm:/a'], optionLists: ['vers=3', 'vers=4.1'] }, /use --export/],
    [{ targets: ['svm:/a'], exports: ['svm:/a'] }, /exclude each other/],
    [{ exports: ['svm:/a'], optionLists: ['vers=3'] }, /nothing to compare/],
    [{ exports: ['svm:/a'], optionLists: ['vers=3,nconnect=4', 'vers=3'] }, /needs another address/],
    [{ exports: ['n=svm:/a'], optionLists: ['vers=3', 'vers=4.1'] }, /^--export n=svm:\/a: expected server/],
    [{ targets: ['svm:/a'], optionLists: ['vers=3, hard'] }, /expected options/],
    [{ targets: ['svm:/a'], optionLists: ['vers=3,bg'] }, /bg cannot be used/],
  ];
  for (const [wishes, message] of cases)
    assert.throws(() => mountsOf(wishes), feedrateError('usage', message), JSON.stringify(wishes));
});

test.run();
