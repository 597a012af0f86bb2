/** The checks of a volume's settings that only ONTAP itself shows. */
import { formatBytes } from '../base/units.js';
import type { OntapRecord } from '../record/ontap-record.js';
import type { Advice, Check } from './check.js';
import { Fact, valuesOf } from './facts.js';

/** What the ONTAP REST API says about the volume behind the target. Stated only with `--ontap`. */
export const ONTAP = new Fact<OntapRecord>('ONTAP');

/** The most that ONTAP accepts (NetAppDocs/ontap, `modify-nfsv3-nfsv4-tcp-maximum-transfer-size-task`). */
const MOST_TRANSFER_BYTES = 2 ** 20;

/** Creates a check that does not apply when ONTAP was not asked: nobody has to give it a password. */
function ontapCheck(name: string, examine: (record: OntapRecord) => Advice): Check {
  return {
    name,
    examine: (facts) => {
      const values = valuesOf(facts, { ontap: ONTAP });
      return values === null || typeof values === 'string' ? null : examine(values.ontap);
    },
  };
}

export const ONTAP_CHECKS: readonly Check[] = [
  ontapCheck('transfer size of the SVM', ({ tcpMaxXferBytes: bytes, svm }) => {
    if (bytes === null) return ['unknown', 'ONTAP does not report tcp-max-xfer-size'];
    if (bytes >= MOST_TRANSFER_BYTES) return ['good', formatBytes(bytes)];
    const remedy = `in the CLI of ONTAP: set advanced; vserver nfs modify -vserver ${svm ?? 'SVM'} -tcp-max-xfer-size ${MOST_TRANSFER_BYTES}; then mount again`;
    return ['bad', formatBytes(bytes), 'a mount with a larger rsize or wsize gets only this', remedy];
  }),
  ontapCheck('place of the data', ({ performanceTierBytes: ssd, capacityTierBytes: pool }) => {
    if (ssd === null || pool === null) return ['unknown', 'ONTAP does not report where the data is'];
    const value = `${formatBytes(ssd)} on SSD, ${formatBytes(pool)} in the capacity pool`;
    if (pool === 0) return ['good', value];
    return ['note', value, 'reads from the capacity pool take tens of milliseconds and are charged'];
  }),
  ontapCheck('QoS policy', ({ qosPolicy, qosMaxIops, qosMaxMBps }) => {
    if (qosPolicy === null) return ['good', 'none'];
    if (!(qosMaxIops || qosMaxMBps)) return ['good', qosPolicy];
    return ['note', qosPolicy, 'it limits the volume, so the result is a property of the policy'];
  }),
  ontapCheck('read-ahead of ONTAP', ({ readAhead, cloudRetrieval }) => {
    if (readAhead === null && cloudRetrieval === null) return ['unknown', 'this version of ONTAP does not report it'];
    const value = `aggressive read-ahead ${readAhead ?? 'unknown'}, cloud retrieval ${cloudRetrieval ?? 'unknown'}`;
    if (readAhead !== 'file_prefetch' && (cloudRetrieval === 'default' || cloudRetrieval === null))
      return ['good', value];
    return [
      'note',
      value,
      'it changes which reads bring data back to SSD, and how fast; compare only volumes with the same',
    ];
  }),
];
