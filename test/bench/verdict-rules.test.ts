/** What `bench:verdicts` makes of recordings, on some that are made by hand. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Observation } from '../../src/stats/effect.js';
import type { Recording } from './verdict-recording.js';
import { verdictReport } from './verdict-report.js';
import { gateVerdicts, noiseOf, pairsOf, RULES } from './verdict-rules.js';

const test = suite('bench/verdict-rules');

/** Twelve sessions of two rounds; `noise` is the half width of a regular pattern that no side follows as another does. */
function side(level: number, noise: number, turn: number): Observation[] {
  return Array.from({ length: 24 }, (_, i) => ({
    session: (i >> 1) + 1,
    round: (i % 2) + 1,
    value: level * (1 + noise * Math.sin(i * turn)),
  }));
}

function recordingOf(family: number, slow: number, noise: number): Recording {
  const cells = Object.fromEntries(
    ['cached/bs=4KiB', 'disk/bs=4KiB'].map((cell) => [
      cell,
      { a: side(1e9, noise, 1.3), b: side(1e9, noise, 2.1), slow5: side(1e9 * slow, noise, 2.9) },
    ]),
  );
  return { family, startedAt: '2026-11-27T12:00:00.000Z', load: 1.5, cells };
}

const called = (recording: Recording, against: string) =>
  RULES.map(({ slower }) => slower(pairsOf(recording, against)).length);

test('with little noise every rule but the coarse one finds 5 %, and none finds what is not there', () => {
  const recording = recordingOf(1, 0.95, 0.005);
  assert.equal(called(recording, 'slow5'), [2, 2, 2, 0]);
  assert.equal(called(recording, 'b'), [0, 0, 0, 0]);
});

test('a loss of 20 % is found by all', () => {
  assert.equal(called(recordingOf(1, 0.8, 0.005), 'slow5'), [2, 2, 2, 2]);
});

test('a side that was not measured makes no family', () => {
  assert.equal(pairsOf(recordingOf(1, 0.95, 0.005), 'slow10'), []);
  assert.ok(Number.isNaN(gateVerdicts([]).detectable));
});

test('the noise is told by the sessions', () => {
  const { change, sessionSd } = noiseOf(pairsOf(recordingOf(1, 0.95, 0.005), 'slow5'));
  assert.ok(Math.abs(change + 0.05) < 0.003, `${change}`);
  assert.ok(sessionSd > 0.001 && sessionSd < 0.01, `${sessionSd}`);
});

test('the page counts families and cells, and says how sure that is', () => {
  const recordings = [1, 2, 3].map((family) => recordingOf(family, 0.95, 0.005));
  const shape = { sessions: 12, rounds: 2, runtimeMs: 50, parts: [0.05, 0.1] };
  const page = verdictReport(recordings, { shape, wanted: 100, target: '/' });
  assert.match(page, /- 3 of 100 families/);
  assert.match(page, /\| feedrate gate .* \| 0 of 3 \(0\.0 %–70\.8 %\) \| 0 of 6 \(0\.0 %–45\.9 %\) \|/);
  assert.match(page, /\| feedrate gate .* \| 3 of 3 \(29\.2 %–100\.0 %\) \| 6 of 6 \(54\.1 %–100\.0 %\) \|/);
  assert.match(page, /## Each operation takes 10 % longer[^#]*\| feedrate gate [^|]* \| – \| – \|/);
  assert.not.match(page, /NaN/);
});

test.run();
