/** The lockfiles that are measured: the shared corpus, or the demo fleet where there is none. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { built } from './built.mjs';

const REPOSITORY = fileURLToPath(new URL('..', import.meta.url));
const CORPUS = process.env.SPOF_CORPUS ?? resolve(REPOSITORY, '..', 'shared', 'corpus');

export const hasCorpus = existsSync(resolve(CORPUS, 'index.jsonl'));
export const ROOT = hasCorpus ? CORPUS : resolve(REPOSITORY, 'fixtures', 'acme');

/** Anything smaller is another tool's test file and measures what a call costs, not what reading costs. */
const LEAST_BYTES = 10_000;

const KINDS = {
  npm: (format, text) => format === 'npm' && /"lockfileVersion":\s*[23]\b/.test(text),
  pnpm: (format) => format === 'pnpm',
  berry: (format, text) => format === 'yarn' && /^__metadata:/m.test(text),
  classic: (format, text) => format === 'yarn' && /^# yarn lockfile v1/m.test(text),
};

/**
 * Lockfiles of a kind, of some size, with text, manifest and reader input in memory, so that a reader is measured without the disk.
 *
 * @param {keyof typeof KINDS} kind
 */
export async function lockfilesOf(kind) {
  const [{ openSources }, { bytesOf, directoryOf, siblingsOf }, { lockfileText }] = await Promise.all([
    built('sources/index.js'),
    built('sources/tree.js'),
    built('lockfiles/text.js'),
  ]);
  const files = [];
  for (const found of (await openSources([ROOT])).lockfiles) {
    const text = textOf(() => lockfileText(found.path, bytesOf(found)));
    if (text === undefined || text.length < LEAST_BYTES || !KINDS[kind](found.format, text)) continue;
    const siblings = remembered(siblingsOf(found));
    files.push({
      found,
      path: found.path,
      format: found.format,
      directory: directoryOf(found),
      text,
      manifest: siblings.read('package.json') ?? '{"name":"none","version":"0.0.0"}',
      input: { path: found.path, text, siblings },
    });
  }
  return files;
}

// Conflicted and binary files of the corpus are there to be refused; they are not measured.
function textOf(read) {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function remembered(siblings) {
  const files = new Map();
  const directories = siblings.packageDirectories();
  return {
    packageDirectories: () => directories,
    read(path) {
      if (!files.has(path)) files.set(path, siblings.read(path));
      return files.get(path);
    },
  };
}
