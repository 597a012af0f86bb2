/** Signals at moments of a run. */
import { createPrng } from '../../src/base/prng.js';
import type { Ending } from './invariants.js';
import { type Moment, untilMoment, type When } from './moment.js';
import { MIXTURE, namesIn, type Scene, type Variant } from './scene.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const;
export type Signal = (typeof SIGNALS)[number];
/** `group`: all processes of the command, as Ctrl-C does. `command`: the process that the user started. */
const RECEIVERS = ['group', 'command'] as const;
export type Receiver = (typeof RECEIVERS)[number];

/** A signal at a moment. */
export function signalMoment(signal: Signal, to: Receiver, variant: Variant, when: When): Moment {
  return {
    id: `signal/${signal}/${to}/${variant}/${when}`,
    variant,
    strike: async (scene) => {
      const run = scene.startRun(MIXTURE);
      await untilMoment(scene, run, when);
      const begun = scene.state.begun;
      try {
        if (to === 'group') run.signalGroup(signal);
        else process.kill(run.pid, signal);
      } catch {
        // The run was faster.
      }
      const { stdout } = await run.outcome();
      const isMissed = /complete, 6 of 6 trials/.test(stdout);
      return { run, expected: expectedOf(signal, scene, begun, isMissed), isMissed };
    },
  };
}

/** `begun`: the command had begun to read the workload; before that, Node itself may still have been starting. */
function expectedOf(signal: Signal, scene: Scene, begun: boolean, isMissed: boolean): Ending[] {
  if (signal === 'SIGKILL') return isMissed ? [0, signal] : [signal];
  if (isMissed) return [0, 130];
  const isUntouched = scene.ownNames().length === 0 && namesIn(scene.temporary).length === 0;
  return !begun && isUntouched ? [130, signal] : [130];
}

/** So many moments: half within the first second, half within the time of a whole run. */
export function signalMoments(elapsedMs: number, count: number, seed: number): Moment[] {
  const random = createPrng(seed);
  return Array.from({ length: count }, (_, index) => {
    const spanMs = index % 2 === 0 ? 1000 : elapsedMs;
    const signal = SIGNALS[index % SIGNALS.length] as Signal;
    const to = RECEIVERS[Math.floor(index / SIGNALS.length) % RECEIVERS.length] as Receiver;
    return signalMoment(signal, to, index % 5 === 4 ? 'default' : 'named', Math.round(random.nextFloat() * spanMs));
  });
}
