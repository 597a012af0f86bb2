import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FeedrateError } from '../../src/base/errors.js';
import { ACCELERATOR_MODELS, acceleratorModel, demandBytesPerSecond } from '../../src/training/models.js';

const test = suite('models on accelerators');

test('each name is unique and made of the model and the accelerator', () => {
  const names = ACCELERATOR_MODELS.map(({ name }) => name);
  assert.is(new Set(names).size, names.length);
  for (const { name, model, accelerator } of ACCELERATOR_MODELS) assert.is(name, `${model}-${accelerator}`);
});

test('demands are those that MLPerf Storage’s numbers give', () => {
  // 7 × 146,600,628 B ÷ 0.162 s and so on, by hand.
  const expected: Readonly<Record<string, number>> = {
    'unet3d-b200': 6.3346e9,
    'unet3d-h100': 3.1771e9,
    'unet3d-a100': 1.6135e9,
    'retinanet-b200': 163.0e6,
    'retinanet-mi355': 163.0e6,
    'resnet50-h100': 204.75e6,
    'cosmoflow-a100': 513.34e6,
    'flux-b200': 76.97e6,
    'dlrm-b200': 6.9905e9,
  };
  for (const [name, bytes] of Object.entries(expected)) {
    const demand = demandBytesPerSecond(acceleratorModel(name));
    assert.ok(Math.abs(demand / bytes - 1) < 1e-3, `${name}: ${demand}`);
  }
});

test('a name that is missing is answered with those that were meant', () => {
  const messageOf = (name: string): string => {
    try {
      acceleratorModel(name);
    } catch (thrown) {
      if (thrown instanceof FeedrateError) return thrown.message;
      throw thrown;
    }
    return '';
  };
  assert.is(messageOf('Retinanet_B200'), '');
  assert.match(messageOf('retinanet'), /expected one of retinanet-b200, retinanet-mi355/);
  assert.match(messageOf('unet3d-mi355'), /expected one of unet3d-b200, unet3d-h100, unet3d-a100$/);
  assert.match(messageOf('dlm-b20'), /did you mean dlrm-b200\?; list them with/);
  assert.match(messageOf('llama-mi355'), /expected one of retinanet-mi355, flux-mi355, dlrm-mi355$/);
  assert.match(messageOf('\u001b[31m'), /^unknown model "\\u001b\[31m"; list them with/);
  assert.match(messageOf(''), /list them with/);
});

test.run();
