/** The workloads of training that are installed at notebook size. */
export const PRESETS = [
  'unet3d',
  'retinanet',
  'resnet50',
  'cosmoflow',
  'imagenet-folder',
  'webdataset',
  'csv-epoch',
  'llm-tokens',
  'kv-cache',
] as const;
