/** What the moments of a campaign share. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { countCalls, type WholeRun } from './kills.js';
import { buildPreload } from './preload.js';
import { type Campaign, namesIn, Scene, type Variant } from './scene.js';

/** Builds the library, and makes the run that each scene finds in its results. */
export async function prepareCampaign(directory: string): Promise<Campaign> {
  const library = buildPreload(directory);
  const earlierRun = join(directory, 'earlier');
  await inScene({ directory, library, earlierRun: null }, 'named', async (scene) => {
    const { status, stderr } = await scene.startNextRun().outcome();
    if (status !== 0) throw new Error(`a run without a fault ends with ${status}:\n${stderr}`);
    const [name = ''] = namesIn(scene.results);
    cpSync(join(scene.results, name), earlierRun, { recursive: true });
  });
  return { directory, library, earlierRun };
}

/** Hands a fresh scene to `use`, and removes it with all that still runs in it. */
export async function inScene<T>(campaign: Campaign, variant: Variant, use: (scene: Scene) => Promise<T>): Promise<T> {
  const scene = new Scene(campaign, variant);
  try {
    return await use(scene);
  } finally {
    scene.remove();
  }
}

/** A run without a fault for each kind of target. */
export async function wholeRuns(campaign: Campaign): Promise<Record<Variant, WholeRun>> {
  return {
    named: await inScene(campaign, 'named', countCalls),
    default: await inScene(campaign, 'default', countCalls),
  };
}
