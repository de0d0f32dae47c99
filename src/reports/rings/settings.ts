/** Release-age settings as the text of their files: what stands there is to be joined with what the file has already. */
import type { GateSetting } from '../../analysis/rings/settings.ts';

export function settingText({ by, amount, scope, update }: GateSetting): string {
  switch (by) {
    case 'npm':
      return `min-release-age=${amount}\n`;
    case 'pnpm':
      return `minimumReleaseAge: ${amount}\n`;
    case 'yarn':
      return scope === undefined
        ? `npmMinimalAgeGate: ${amount}\n`
        : `npmScopes:\n  ${JSON.stringify(scope)}:\n    npmMinimalAgeGate: ${amount}\n`;
    case 'bun':
      return `[install]\nminimumReleaseAge = ${amount}\n`;
    case 'renovate': {
      const age = `${amount} ${amount === 1 ? 'day' : 'days'}`;
      return `${JSON.stringify({ minimumReleaseAge: age, internalChecksFilter: 'strict' }, undefined, 2)}\n`;
    }
    case 'dependabot': {
      const { ecosystem, directory } = update!;
      return [
        'version: 2',
        'updates:',
        `  - package-ecosystem: ${ecosystem}`,
        `    directory: ${JSON.stringify(directory)}`,
        '    schedule:',
        '      interval: weekly',
        '    cooldown:',
        `      default-days: ${amount}`,
        '',
      ].join('\n');
    }
  }
}
