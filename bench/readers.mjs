/** Our readers and other people's, in ratio to the floor under each syntax: the median over the lockfiles of a kind. */
import { built } from './built.mjs';
import { lockfilesOf } from './corpus.mjs';
import { PEERS } from './peers.mjs';
import { median, race } from './race.mjs';

/** Most of the floor that ours may take. */
const TARGETS = { npm: 2.3, pnpm: 0.25, berry: 0.25, classic: 1 };

/** One group of measures per kind of lockfile. */
export const READER_GROUPS = Object.keys(TARGETS).map((kind) => [kind, ({ quick }) => measure(kind, quick ? 3 : 9)]);

async function measure(kind, rounds) {
  const { readLockfile } = await built('lockfiles/index.js');
  const files = await lockfilesOf(kind);
  const contendersOf = (file) => ({ ...PEERS[kind](file), 'spof-deps': () => readLockfile(file.format, file.input) });
  const names = [...new Set(files.flatMap((file) => Object.keys(contendersOf(file))))];
  const floor = names.shift();
  const measures = [];
  // One contender at a time against the floor: what one leaves for the garbage collector must not be charged to another.
  for (const name of ['spof-deps', ...names.filter((other) => other !== 'spof-deps')]) {
    const results = [];
    for (const file of files) {
      const { [floor]: lowest, [name]: contender } = contendersOf(file);
      if (contender) results.push(await race({ lowest, contender }, rounds));
    }
    const both = results.filter((result) => 'lowest' in result && 'contender' in result);
    measures.push({
      name: `${kind} (${both.length} of ${files.length} lockfiles): ${name}`,
      value: both.length === 0 ? null : median(both.map(({ contender }) => contender)),
      unit: 'ms, median',
      ratio: both.length === 0 ? null : median(both.map(({ contender, lowest }) => contender / lowest)),
      against: floor,
      target: name === 'spof-deps' ? TARGETS[kind] : null,
    });
  }
  return measures;
}
