/** Where the time of operations on an NFS mount went. */
import type { BarChart, Chart } from '../../charts/chart.js';
import type { NfsSplit } from '../../stats/nfs-use.js';
import type { ChartArm, ChartedRun } from './chart-arms.js';
import { facetsOf, facetTitle, namesOf } from './facets.js';

type Direction = 'read' | 'write';

/** The mean times of an operation, or of a call, ns. */
interface NfsTimes {
  readonly queueNs: number;
  readonly roundTripNs: number;
  /** The part of the round trip in the server; null if it is unknown. */
  readonly serverNs: number | null;
  readonly clientNs: number;
}

interface SplitArm extends Pick<ChartArm, 'id' | 'attributes'> {
  readonly split: NfsTimes;
}

/** More bars need a chart that is higher than a window. */
const MOST_BARS = 40;

/** Whether calls overlap: then their times do not add up to that of an operation. */
const FORMS = [
  {
    id: 'operation',
    overlaps: false,
    title: (direction: Direction) => `Time of an NFS ${direction}`,
    description:
      'Mean time of an operation: waiting in the client to be sent, the round trip, and the rest in the client',
  },
  {
    id: 'call',
    overlaps: true,
    title: (direction: Direction) => `Time of a ${direction} call over NFS`,
    description:
      'Mean time of a call. Several calls of one operation overlap, so these times do not add up to that of an operation',
  },
] as const;

export function nfsCharts(run: ChartedRun): Chart[] {
  const names = [...new Set(run.groups.flatMap((group) => group.names))];
  return FORMS.flatMap((form) =>
    (['read', 'write'] as const).flatMap((direction) => {
      const arms = run.arms.flatMap((arm) => splitArm(run, arm, direction, form.overlaps));
      if (arms.length === 0) return [];
      return facetsOf(arms, names, MOST_BARS).map((facet): BarChart => {
        const hasServer = facet.items.some(({ split }) => split.serverNs !== null);
        const source = hasServer ? '. The time in the server is from ONTAP, over all clients of the volume' : '';
        return {
          kind: 'bars',
          id: `nfs-${direction}-${form.id}`,
          title: facetTitle(form.title(direction), facet),
          description: `${form.description}; all counted trials of each arm together${source}.`,
          categories: { label: 'arm', categories: namesOf(facet.items, names, ({ id }) => id) },
          value: { label: 'time', unit: 'ns' },
          isStacked: true,
          parts: partsOf(facet.items.map(({ split }) => split)),
          arms: facet.items.map(({ id }) => id),
        };
      });
    }),
  );
}

/** Without the server's part, the round trip is one part. Arms may differ in that. */
function partsOf(splits: readonly NfsTimes[]): BarChart['parts'] {
  const part = (name: string, of: (split: NfsTimes) => number | null) => ({ name, values: splits.map(of) });
  return [
    part('queue in the client', ({ queueNs }) => queueNs),
    part('network and server', ({ roundTripNs, serverNs }) => (serverNs === null ? roundTripNs : null)),
    part('network', ({ roundTripNs, serverNs }) => (serverNs === null ? null : roundTripNs - serverNs)),
    part('server', ({ serverNs }) => serverNs),
    part('rest in the client', ({ clientNs }) => clientNs),
  ].filter(({ values }) => values.some((value) => value !== null));
}

function splitArm({ view }: ChartedRun, arm: ChartArm, direction: Direction, overlaps: boolean): SplitArm[] {
  const split = arm.summary.nfs?.[direction] ?? null;
  if (split === null || (split.clientNs === null) !== overlaps) return [];
  const server = view.serverLatencies.arms.find((latency) => latency.arm === arm.id)?.[direction]?.meanNs ?? null;
  return [{ id: arm.id, attributes: arm.attributes, split: timesOf(split, server) }];
}

function timesOf(split: NfsSplit, serverOfCallNs: number | null): NfsTimes {
  const { queueNs, roundTripNs, restNs, operationNs, clientNs, callsPerOperation } = split;
  // What ONTAP says includes the calls of other clients, and can be more than the round trip of this one.
  const served = (calls: number, wireNs: number) =>
    serverOfCallNs === null ? null : Math.min(wireNs, serverOfCallNs * calls);
  if (clientNs === null) return { queueNs, roundTripNs, serverNs: served(1, roundTripNs), clientNs: restNs };
  const wireNs = operationNs - clientNs;
  const queue = Math.min(clientNs, queueNs * callsPerOperation);
  return {
    queueNs: queue,
    roundTripNs: wireNs,
    serverNs: served(callsPerOperation, wireNs),
    clientNs: clientNs - queue,
  };
}
