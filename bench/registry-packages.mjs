/**
 * What a made registry knows of the packages of a fleet: every release that is pinned, and around them so many others that a
 * packument has the size of a real one. Which packages are attested, and how many releases each has, follows from its name.
 */
import { createHash, randomBytes } from 'node:crypto';

/** Of packages; of those the later releases only, so that about 15 % of what a fleet pins is attested. */
const ATTESTED = 0.21;
/** When such a package began to attest. */
const ATTESTED_FROM = '2021-06-01';
/** Releases of a package: half have more than this, a few per cent more than 200. */
const MEDIAN_RELEASES = 30;
const MOST_RELEASES = 600;
const FIRST = Date.parse('2016-01-01T00:00:00Z');
const LAST = Date.parse('2025-10-01T00:00:00Z');
/** Between the start of the new key and the end of the old one. */
const NEW_KEY_FROM = '2025-01-20';

/**
 * @param {Map<string, Map<string, string>>} wanted integrity by package name and version
 * @returns {{ name: string, releases: { version: string, integrity: string, pinned: boolean, attested: boolean,
 *   published: string, old: boolean }[] }[]} releases in the order of their versions, which is that of publishing
 */
export function describedPackages(wanted, { sha512Of, compare }) {
  return [...wanted].map(([name, pinned]) => {
    const share = shares(name);
    const size = Math.min(MOST_RELEASES, Math.round(MEDIAN_RELEASES * Math.exp(1.1 * normal(share(0), share(1)))));
    const versions = surrounded([...pinned.keys()], Math.max(size, pinned.size)).sort(compare);
    const attests = share(2) < ATTESTED;
    const first = FIRST + share(3) * 0.7 * (LAST - FIRST);
    const releases = versions.map((version, at) => {
      const published = new Date(first + ((LAST - first) * (at + 1)) / versions.length).toISOString();
      return {
        version,
        integrity: pinned.get(version) ?? sha512Of(`${name}@${version}`),
        pinned: pinned.has(version),
        attested: attests && published >= ATTESTED_FROM,
        published,
        old: published < NEW_KEY_FROM,
      };
    });
    return { name, releases };
  });
}

/** The pinned versions, and their neighbours until there are enough. */
function surrounded(pinned, size) {
  const versions = new Set(pinned);
  const plain = pinned.map((version) => /^(\d+)\.(\d+)\.(\d+)$/.exec(version)?.slice(1).map(Number)).filter(Boolean);
  for (let step = 1; versions.size < size && plain.length > 0 && step <= 2 * size; step++) {
    for (const [major, minor, patch] of plain) {
      const near = [
        [major, minor, patch - step],
        [major, minor - step, step % 3],
        [major - step, step % 4, 0],
        [major, minor, patch + step],
        [major, minor + step, 0],
      ];
      for (const version of near) {
        if (versions.size < size && version.every((number) => number >= 0)) versions.add(version.join('.'));
      }
    }
  }
  return [...versions];
}

/** What a manifest holds besides what is verified, of the length that is usual. */
export function restOfManifest(name, dependencies) {
  const ranges = (count, from) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, n) => [dependencies[(from + n) % dependencies.length], `^${n}.2.0`]),
    );
  const share = shares(name);
  const from = Math.floor(share(4) * dependencies.length);
  return {
    description: `What ${name} does for those who depend on it, in one sentence that a registry shows.`,
    license: 'MIT',
    main: './dist/index.cjs',
    module: './dist/index.js',
    types: './dist/index.d.ts',
    exports: { '.': { import: './dist/index.js', require: './dist/index.cjs' }, './package.json': './package.json' },
    scripts: {
      build: 'tsc -p tsconfig.build.json',
      lint: 'eslint .',
      test: 'mocha --recursive',
      prepare: 'npm run build',
    },
    engines: { node: '>=14' },
    keywords: ['made', 'bench', 'registry'],
    maintainers: [1, 2, 3].map((n) => ({ name: `maintainer-${n}`, email: `maintainer-${n}@acme.example` })),
    dependencies: ranges(Math.floor(share(5) * 8), from),
    devDependencies: ranges(6 + Math.floor(share(6) * 12), from + 9),
    bugs: { url: `https://github.com/acme/${name.replace('/', '-')}/issues` },
    homepage: `https://github.com/acme/${name.replace('/', '-')}#readme`,
    gitHead: createHash('sha1').update(name).digest('hex'),
    _nodeVersion: '20.20.2',
    _npmVersion: '10.9.2',
    _hasShrinkwrap: false,
    _npmOperationalInternal: { tmp: `tmp/${name.replace('/', '-')}_1700000000000_0.1234567890`, host: 's3://made' },
  };
}

/** Something of the length of a signature, for releases whose signature nobody looks at. */
export const unread = () => randomBytes(71).toString('base64');

/** Numbers from 0 to 1 that follow from a name. */
function shares(name) {
  const bytes = createHash('sha256').update(name).digest();
  return (index) => (bytes.readUInt32BE(index * 4) + 0.5) / 2 ** 32;
}

/** A normally distributed number of two evenly distributed ones (Box and Muller). */
function normal(a, b) {
  return Math.sqrt(-2 * Math.log(a)) * Math.cos(2 * Math.PI * b);
}
