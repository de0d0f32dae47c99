/** What a page may do: run this script, use this style, and nothing else (Content Security Policy Level 3). */
import { createHash } from 'node:crypto';

/**
 * Nothing is fetched, sent or embedded, and no text becomes markup or code.
 *
 * @param script the exact text of the one script element, undefined where there is none
 * @param style the exact text of the one style element
 */
export function contentPolicy(script: string | undefined, style: string): string {
  return [
    "default-src 'none'",
    `script-src ${script === undefined ? "'none'" : `'${hashOf(script)}'`}`,
    `style-src '${hashOf(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}`;
}
