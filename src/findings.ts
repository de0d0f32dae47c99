/** A finding is a code, arguments and a place; the reports make the text (reports/messages.ts). */

export type FindingArgs =
  | {
      /** One name and version, several sets of bytes in the fleet. */
      readonly code: 'DIGEST_DIFFERS';
      readonly package: string;
      readonly version: string;
      readonly variants: readonly { readonly artifact: string; readonly lockfiles: readonly string[] }[];
    }
  | { readonly code: 'IGNORE_EXPIRED'; readonly cause: string; readonly expires: string }
  | { readonly code: 'IGNORE_WITHOUT_REASON'; readonly cause: string }
  | { readonly code: 'IGNORE_STALE'; readonly cause: string; readonly near: string };

export type Finding = FindingArgs & {
  readonly level: 'error' | 'warning' | 'note';
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
};
