/** How close each arm came to the ceilings of its volume, in lines below the table. */
import { formatMegabytesPerSecond } from '../../base/units.js';
import type { RunRecord, TargetEnvironment } from '../../record/run-record.js';
import { type CeilingUse, type Drop, type LimitUse, NEAR } from '../../stats/ceiling-use.js';
import { type CeilingKind, type MissingCeiling, pairsOf } from '../../stats/target-ceilings.js';
import type { Tone } from '../table/shown-column.js';
import { type ArmUses, ceilingDetail } from './ceiling-detail.js';
import { ageText, kindName, ofText, rateText, remedyFor, shareText } from './ceiling-text.js';
import type { RunView } from './run-view.js';

/** As in `run-lines.ts`. */
interface CeilingLine {
  readonly text: string;
  readonly tone: Tone;
}

/** Limits that more HA pairs do not raise. */
const OF_CLIENT: readonly CeilingKind[] = ['connections', 'client-network'];

/** Returns the lines below the table: arms at a ceiling, in a burst or beyond, then what is not published. */
export function ceilingLines({ run, ceilings, summaries }: RunView, detail: boolean): CeilingLine[] {
  if (run === null || ceilings.size === 0) return [];
  const arms = summaries.flatMap(({ arm }): CeilingLine[] => {
    const use = ceilings.get(arm.id);
    const target = run.environment.targets.find(({ name }) => name === arm.target);
    return use === undefined || target === undefined ? [] : armLines(arm.id, use, target);
  });
  return [
    ...arms,
    ...run.environment.targets.flatMap((target): CeilingLine[] => {
      const uses = summaries.flatMap(({ arm }): [string, CeilingUse][] => {
        const use = arm.target === target.name ? ceilings.get(arm.id) : undefined;
        return use === undefined ? [] : [[arm.id, use]];
      });
      return uses.length === 0 ? [] : targetLines(run, target, uses, detail);
    }),
  ];
}

function armLines(arm: string, use: CeilingUse, target: TargetEnvironment): CeilingLine[] {
  const texts = [stateText(use, target), ...(use.drop === null ? [] : [dropText(use, use.drop)])].filter(
    (text) => text !== null,
  );
  const tone = use.state === 'beyond' || use.state === 'burst' ? 'bad' : 'plain';
  return texts.map((text) => ({ text: `ceiling ${arm}: ${text}`, tone }));
}

/** A file system may have more pairs than a FlexVol uses. */
function remedyText({ kind }: LimitUse, { volume }: TargetEnvironment): string {
  const pairs = volume === undefined ? null : pairsOf(volume);
  const isWider = pairs !== null && pairs.used < pairs.all && !OF_CLIENT.includes(kind);
  return `${remedyFor(kind)}${isWider ? `, or use a FlexGroup over all HA pairs` : ''}`;
}

function stateText(use: CeilingUse, target: TargetEnvironment): string | null {
  const { state, binding, sustained, share, network } = use;
  const used = rateText(binding.unit, binding.used);
  switch (state) {
    case 'sustained':
      return share < NEAR
        ? null
        : `${used} is ${ofText(binding, 'base')}; to go faster, ${remedyText(binding, target)}`;
    case 'burst': {
      // Without a published burst, nothing else is known to limit it.
      const ofBurst = binding === sustained && binding.level.burst === null ? '' : ` and ${ofText(binding, 'burst')}`;
      return `${rateText(sustained.unit, sustained.used)} is ${ofText(sustained, 'base')}${ofBurst}: ${burstText(use)}`;
    }
    case 'beyond': {
      const also = network === null ? '' : `; it is ${ofText(network, 'burst')}, which limits cached data too`;
      return `${used} is ${ofText(binding, 'burst')}, so the data came from a cache or was compressed${also}`;
    }
  }
}

function burstText({ loadedMinutes, runMinutes, burst, drop }: CeilingUse): string {
  if (drop !== null) return 'part of the run was a burst';
  const minutes = Math.floor(loadedMinutes);
  if (loadedMinutes >= runMinutes) return `it held for ${minutes} min without a drop`;
  const seen = burst === null ? '' : ` (a burst lasted ${burst.lastedMinutes} min on ${settingText(burst)})`;
  const loaded = minutes < 1 ? 'less than a minute' : `${minutes} min`;
  return `may be a burst; the volume was loaded for ${loaded}, so measure for at least ${runMinutes} min${seen}`;
}

function settingText({ deploymentType, throughputPerHaPairMBps }: NonNullable<CeilingUse['burst']>): string {
  return throughputPerHaPairMBps === 'any' ? deploymentType : `${deploymentType} at ${throughputPerHaPairMBps} MBps`;
}

function dropText({ sustained, state }: CeilingUse, { at, afterMinutes, before, after }: Drop): string {
  const when = `${at.slice(0, 19).replace('T', ' ')} UTC, ${Math.round(afterMinutes)} min after the first trial`;
  const fell = `fell from ${formatMegabytesPerSecond(before)} to ${formatMegabytesPerSecond(after)} at ${when}`;
  const { base } = sustained.level;
  const isEnd = sustained.unit === 'bytes/s' && state !== 'beyond' && before > base && after <= base * 1.05;
  return isEnd
    ? `${fell}: the burst was over; ${shareText(after / base)} of ${kindName(sustained.kind)} is sustained`
    : fell;
}

function targetLines(run: RunRecord, target: TargetEnvironment, uses: ArmUses, detail: boolean): CeilingLine[] {
  const missing = missingText(uses.flatMap(([, use]) => use.missing));
  const binding = uses.flatMap(([, use]) => [use.binding, use.sustained]);
  const old = [
    ...new Set(
      binding.flatMap(({ kind, source }) => {
        const age = ageText(source, run.startedAt);
        return age === null ? [] : [`the figure of ${kindName(kind)} was written ${age}`];
      }),
    ),
  ];
  const lines = [
    ...(missing === '' ? [] : [`ceilings of ${target.name}: ${missing}`]),
    ...old.map((age) => `ceilings of ${target.name}: ${age}; give newer figures with --ceilings FILE`),
    ...(detail ? ceilingDetail(run, target, uses) : []),
  ];
  return lines.map((text) => ({ text, tone: 'plain' }));
}

/** Returns what has no ceiling, by reason: `no published figure for …: network, disk`. */
function missingText(missing: readonly MissingCeiling[]): string {
  const reasons = [...new Set(missing.map(({ why }) => why))];
  const namesOf = (reason: string) => [...new Set(missing.filter(({ why }) => why === reason).map(({ what }) => what))];
  return reasons.map((reason) => `${reason} (${namesOf(reason).join(', ')})`).join('; ');
}
