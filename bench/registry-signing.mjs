/** The made Sigstore of the tests, for plain Node: its TypeScript is compiled into a directory of its own. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const REPOSITORY = fileURLToPath(new URL('..', import.meta.url));
const MODULES = ['test/sigstore/instance', 'test/sigstore/packages'];

/** @returns the exports of instance.ts and packages.ts (test/sigstore) */
export async function signing() {
  const directory = mkdtempSync(join(tmpdir(), 'spof-deps-signing-'));
  try {
    writeFileSync(join(directory, 'package.json'), '{"type":"module"}');
    const project = join(directory, 'tsconfig.json');
    writeFileSync(
      project,
      JSON.stringify({
        extends: join(REPOSITORY, 'tsconfig.json'),
        compilerOptions: {
          noEmit: false,
          noCheck: true,
          rootDir: REPOSITORY,
          outDir: directory,
          typeRoots: [join(REPOSITORY, 'node_modules/@types')],
        },
        include: [],
        files: MODULES.map((module) => join(REPOSITORY, `${module}.ts`)),
      }),
    );
    execFileSync(process.execPath, [join(REPOSITORY, 'node_modules/typescript/bin/tsc'), '-p', project]);
    const loaded = MODULES.map((module) => import(pathToFileURL(join(directory, `${module}.js`)).href));
    const [instance, packages] = await Promise.all(loaded);
    return { ...instance, ...packages };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
