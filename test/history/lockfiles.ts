/** Small lockfiles of every format that lock chalk, through debug, at a version. */
import { npmLock } from '../cli/harness.ts';

export const FORMATS = ['npm', 'pnpm', 'yarn', 'bun'] as const;
export type MadeFormat = (typeof FORMATS)[number];

export const FILE_NAMES: Readonly<Record<MadeFormat, string>> = {
  npm: 'package-lock.json',
  pnpm: 'pnpm-lock.yaml',
  yarn: 'yarn.lock',
  bun: 'bun.lock',
};

const INTEGRITY = `sha512-${Buffer.alloc(64, 7).toString('base64')}`;

export function manifest(name: string): string {
  return JSON.stringify({ name, version: '1.0.0', dependencies: { debug: '^4.4.0' } });
}

/** @param chalk version; undefined for none */
export function lock(format: MadeFormat, chalk: string | undefined, name = 'made'): string {
  if (format === 'npm') {
    return chalk === undefined
      ? npmLock({ debug: '4.4.1' })
      : JSON.stringify({
          name,
          lockfileVersion: 3,
          packages: {
            '': { name, dependencies: { debug: '^4.4.0' } },
            'node_modules/debug': { version: '4.4.1', dependencies: { chalk: '^5.0.0' } },
            'node_modules/chalk': { version: chalk, integrity: INTEGRITY },
          },
        });
  }
  if (format === 'pnpm') {
    const of = chalk === undefined ? '' : `\n    dependencies:\n      chalk: ${chalk}`;
    const snapshot = chalk === undefined ? '  debug@4.4.1: {}' : `  debug@4.4.1:${of}\n\n  chalk@${chalk}: {}`;
    const entry = chalk === undefined ? '' : `\n\n  chalk@${chalk}:\n    resolution: {integrity: ${INTEGRITY}}`;
    return `lockfileVersion: '9.0'

importers:

  .:
    dependencies:
      debug:
        specifier: ^4.4.0
        version: 4.4.1

packages:

  debug@4.4.1:
    resolution: {integrity: ${INTEGRITY}}${entry}

snapshots:

${snapshot}
`;
  }
  if (format === 'yarn') {
    const of = chalk === undefined ? '' : '\n  dependencies:\n    chalk "^5.0.0"';
    const entry = chalk === undefined ? '' : `chalk@^5.0.0:\n  version "${chalk}"\n  integrity ${INTEGRITY}\n\n`;
    return `# yarn lockfile v1


${entry}debug@^4.4.0:
  version "4.4.1"
  integrity ${INTEGRITY}${of}
`;
  }
  return JSON.stringify({
    lockfileVersion: 1,
    workspaces: { '': { name, dependencies: { debug: '^4.4.0' } } },
    packages: {
      debug: ['debug@4.4.1', '', chalk === undefined ? {} : { dependencies: { chalk: '^5.0.0' } }, INTEGRITY],
      ...(chalk === undefined ? {} : { chalk: [`chalk@${chalk}`, '', {}, INTEGRITY] }),
    },
  });
}

/** Manifest and lockfile of a service in a directory; '' for the root. */
export function service(
  directory: string,
  chalk: string | undefined,
  format: MadeFormat = 'npm',
): Record<string, string> {
  const start = directory === '' ? '' : `${directory}/`;
  return {
    [`${start}package.json`]: manifest(directory.split('/').at(-1) || 'root'),
    [`${start}${FILE_NAMES[format]}`]: lock(format, chalk),
  };
}
