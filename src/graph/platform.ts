/** What a project says it runs on: facts of the files beside a lockfile, not of its graph. */

export const PLATFORM_TOOLS = ['node', 'npm', 'pnpm', 'yarn', 'bun', 'deno'] as const;
export type PlatformTool = (typeof PLATFORM_TOOLS)[number];

export interface PlatformClaim {
  /** Index into the lockfile's projects. */
  readonly project: number;
  readonly tool: PlatformTool;
  /** Major version; undefined where the file names none, or a range over several. */
  readonly major: number | undefined;
  /** File it is from, POSIX, relative to the lockfile's directory. */
  readonly file: string;
}
