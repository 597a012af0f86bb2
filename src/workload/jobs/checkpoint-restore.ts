/** The job kind `checkpoint-restore` in the workload language. */
import { RESTORE_READER_NAMES, RESTORE_READERS, type RestoreReader } from '../checkpoint-writers.js';
import { capabilitiesOf, ENGINE_CHOICES, type EngineChoice } from '../engines.js';
import { field } from '../row.js';
import { rulesFor } from '../rules.js';
import { choice } from '../value-types.js';
import type { BlockShare } from '../values.js';
import type { CommonJob, JobKind } from './job-kind.js';
import { common, verify } from './shared-fields.js';
import { commonConditions, commonRules, verifyRule } from './shared-rules.js';
import { type StateJob, stateConditions, stateRows, stateRules } from './state-fields.js';

/** Engines without files can stand for any. */
const isMapping = (engine: EngineChoice): boolean =>
  capabilitiesOf(engine).mapsFiles || !capabilitiesOf(engine).touchesFiles;
const [AUTO] = ENGINE_CHOICES;
const MAPPING_ENGINE = ENGINE_CHOICES.find((engine) => capabilitiesOf(engine).mapsFiles) as EngineChoice;

/** Restart of a training run: each worker reads its shards from start to end. */
export interface CheckpointRestoreJob extends CommonJob, StateJob {
  readonly kind: 'checkpoint-restore';
  /** Bytes of one read call. */
  readonly bs: readonly BlockShare[];
  readonly verify: boolean;
  readonly reader: RestoreReader;
}

const { rule, condition } = rulesFor<CheckpointRestoreJob>();
const readers = RESTORE_READER_NAMES.map((name) => `\`${name}\` ${RESTORE_READERS[name].meaning}`).join('; ');

export const checkpointRestoreKind: JobKind<CheckpointRestoreJob> = {
  meaning: 'reads a checkpoint, as a restarted training run does',
  rows: {
    writer: stateRows.writer,
    reader: field('reader', choice(RESTORE_READER_NAMES), 'read', `How the files are read. ${readers}.`),
    model: stateRows.model,
    params: stateRows.params,
    dtype: stateRows.dtype,
    optimizer: stateRows.optimizer,
    ranks: stateRows.ranks,
    scale: stateRows.scale,
    bs: stateRows.bs,
    numjobs: common.numjobs,
    shards: stateRows.shards,
    shardBytes: stateRows.shardBytes,
    cache: common.cache,
    direct: common.direct,
    verify,
    beside: common.beside,
    randseed: common.randseed,
    ioengine: common.ioengine,
    simulatedLatencyNs: common.simulatedLatencyNs,
    simulatedBytesPerSecond: common.simulatedBytesPerSecond,
  },
  conditions: [
    condition('bs', ['reader'], ({ reader }) =>
      RESTORE_READERS[reader].callBytes === null ? null : `with reader: ${reader}, which has calls of its own`,
    ),
    ...stateConditions,
    ...commonConditions,
  ],
  rules: [
    ...commonRules,
    ...stateRules,
    verifyRule,
    rule(['reader', 'ioengine'], ({ reader, ioengine }) =>
      RESTORE_READERS[reader].maps && ioengine !== AUTO && !isMapping(ioengine)
        ? { at: ['reader', 'ioengine'], message: `${reader} maps files, which ioengine: ${ioengine} does not` }
        : null,
    ),
    rule(['reader', 'direct', 'cache'], ({ reader, direct, cache }) =>
      RESTORE_READERS[reader].maps && (direct || cache === 'direct')
        ? { at: ['reader'], message: `${reader} always uses the page cache, which contradicts direct` }
        : null,
    ),
  ],
  settle: (job) => {
    const { maps, callBytes } = RESTORE_READERS[job['reader'] as RestoreReader];
    if (maps && job['ioengine'] === AUTO) job['ioengine'] = MAPPING_ENGINE;
    if (callBytes !== null) job['bs'] = [{ blockBytes: callBytes, share: 1 }];
  },
};
