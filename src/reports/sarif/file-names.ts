/** Names of the files that repositories get: safe on every system, different in more than case, the same in every run. */
import { createHash } from 'node:crypto';

const MAX_LENGTH = 100;
/** Names that mean devices on some systems, whatever their extension. */
const DEVICES = /^(?:con|prn|aux|nul|com\d|lpt\d)$/i;

/**
 * A file name for each repository, `acme_api.sarif` for `acme/api`. Where that would not tell repositories apart, a part of
 * the hash of the name is put behind it.
 *
 * @param repositories names of them
 */
export function sarifFileNames(repositories: readonly string[]): string[] {
  const plain = repositories.map(plainName);
  const times = new Map<string, number>();
  for (const name of plain) times.set(name.toLowerCase(), (times.get(name.toLowerCase()) ?? 0) + 1);
  const taken = new Set(plain.map((name) => name.toLowerCase()).filter((name) => times.get(name) === 1));
  return plain.map((name, at) => {
    if (times.get(name.toLowerCase()) === 1) return `${name}.sarif`;
    const hash = createHash('sha256').update(repositories[at]!).digest('hex').slice(0, 12);
    let unique = `${name}-${hash}`;
    for (let n = 2; taken.has(unique.toLowerCase()); n++) unique = `${name}-${hash}-${n}`;
    taken.add(unique.toLowerCase());
    return `${unique}.sarif`;
  });
}

function plainName(repository: string): string {
  const name = repository
    .replace(/[^A-Za-z0-9._-]+/g, '_')
    .replace(/^[.-]/, '_')
    .slice(0, MAX_LENGTH);
  return name === '' || DEVICES.test(name.split('.')[0]!) ? `_${name}` : name;
}
