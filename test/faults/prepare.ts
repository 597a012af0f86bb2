/** What the moments of a campaign share. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { type WholeRun, wholeRunIn } from './kills.js';
import { buildPreload } from './preload.js';
import { type Campaign, namesIn, Scene, type Variant } from './scene.js';

/** Builds the library, and makes a run without a fault. It is the earlier run that each scene finds in its results. */
export async function prepareCampaign(directory: string): Promise<Campaign & { readonly whole: WholeRun }> {
  const library = buildPreload(directory);
  const earlierRun = join(directory, 'earlier');
  const whole = await inScene({ directory, library, earlierRun: null }, 'named', async (scene) => {
    const made = await wholeRunIn(scene);
    const [name = ''] = namesIn(scene.results);
    cpSync(join(scene.results, name), earlierRun, { recursive: true });
    return made;
  });
  return { directory, library, earlierRun, whole };
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
