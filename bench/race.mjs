/** Contenders on the same input in turn, so that a busy machine slows all of them alike. */

/** A sample shorter than this is repeated, or the clock would be what is measured. */
const SAMPLE_MS = 1;
const MOST_REPEATS = 50;

/**
 * Milliseconds of each contender on one input: the median of several rounds, each of which runs every contender.
 *
 * @param {Record<string, () => unknown>} contenders
 * @returns {Promise<Record<string, number>>} without those that refused the input
 */
export async function race(contenders, rounds) {
  const entrants = [];
  for (const [name, run] of Object.entries(contenders)) {
    const first = await timed(run, 1);
    if (first === undefined) continue;
    const again = (await timed(run, 1)) ?? first;
    entrants.push({
      name,
      run,
      samples: [],
      repeats: Math.min(MOST_REPEATS, Math.max(1, Math.ceil(SAMPLE_MS / again))),
    });
  }
  for (let round = 0; round < rounds; round++) {
    for (const { run, repeats, samples } of entrants) samples.push(await timed(run, repeats));
  }
  return Object.fromEntries(entrants.map(({ name, samples }) => [name, median(samples)]));
}

async function timed(run, repeats) {
  const start = performance.now();
  try {
    for (let n = 0; n < repeats; n++) await run();
  } catch {
    return undefined;
  }
  return (performance.now() - start) / repeats;
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
