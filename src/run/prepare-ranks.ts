/** Lays out the data files of a plan, alone or with the other ranks of a group. */
import { FeedrateError } from '../base/errors.js';
import { LayoutStopped } from '../trial/data-file.js';
import type { SessionEvent } from '../trial/events.js';
import { type LayoutTotals, layOutPlan, type PolicyOf } from '../trial/prepared-layout.js';
import { type Preparation, rankFilesOf } from './preparation.js';
import { agreeOnFacts, sharedTargets } from './rank-facts.js';
import type { PlanRequest, RequestedGroup } from './request.js';
import type { StopHandle } from './stop-handle.js';

/** A request to lay out files, which can be stopped. */
export interface LayoutRequest extends PlanRequest {
  readonly stop: StopHandle;
}

type Emit = (event: SessionEvent) => void;

/**
 * Lays out the files, and returns the bytes written and reused, in a group those of all ranks.
 * @throws FeedrateError as `layOutPlan` does, `interrupted` after a stop request. Another rank's fault is a `PeerError`
 */
export async function layOutTogether(
  preparation: Preparation,
  request: LayoutRequest,
  emit: Emit,
  policyOf: PolicyOf,
): Promise<LayoutTotals> {
  const { plan, dataset } = preparation;
  const { stop, group } = request;
  const stopped = () => stop.isAsked;
  try {
    if (group === undefined) return await layOutPlan(plan, dataset, emit, stopped, policyOf);
    return await layOutPart(preparation, { ...request, group }, emit, policyOf);
  } catch (thrown) {
    if (!(thrown instanceof LayoutStopped)) throw thrown;
    const lost = group?.meetings.group.lost;
    throw lost?.aborted === true
      ? lost.reason
      : new FeedrateError('interrupted', 'stopped; files that are complete stay');
  }
}

async function layOutPart(
  preparation: Preparation,
  request: LayoutRequest & { readonly group: RequestedGroup },
  emit: Emit,
  policyOf: PolicyOf,
): Promise<LayoutTotals> {
  const { plan, dataset } = preparation;
  const { stop, group } = request;
  const { meetings } = group;
  const facts = await agreeOnFacts(preparation, request, meetings, () => {});
  meetings.attend(
    () => (stop.isAsked ? 'stopped' : null),
    () => stop.stop(),
  );
  const { rank, size, files } = rankFilesOf(request);
  const own = await layOutPlan(plan, dataset, emit, () => stop.isAsked, policyOf, {
    rank,
    size,
    files,
    sharedTargets: sharedTargets(facts, plan.targets),
    meet: async () => {
      await meetings.exchange('laid out', '');
    },
  });
  const all = (await meetings.exchange('prepared', JSON.stringify(own))).map(
    (text) => JSON.parse(text) as LayoutTotals,
  );
  return {
    writtenBytes: all.reduce((sum, { writtenBytes }) => sum + writtenBytes, 0),
    reusedBytes: all.reduce((sum, { reusedBytes }) => sum + reusedBytes, 0),
  };
}
