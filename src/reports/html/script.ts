/** The script of the page: the files of client/ as one, without a name of it left in the page. */
import { readFileSync } from 'node:fs';

/** What is used stands before what uses it. */
const FILES = [
  'data',
  'sets',
  'words',
  'failure',
  'view',
  'layout',
  'dom',
  'state',
  'ranking',
  'controls',
  'matrix-drawing',
  'matrix',
  'matrix-words',
  'panel',
  'page',
];

/** As compiled beside this file, or as it is in the source tree. */
export function clientScript(): string {
  return `(() => {\n'use strict';\n${FILES.map(clientFile).join('')}})();\n`;
}

/** One of the files, whose functions are then global. */
export function clientFile(name: string): string {
  // The browser reads a line end as \n, and the hash is of what it reads.
  return readFileSync(new URL(`./client/${name}.js`, import.meta.url), 'utf8').replaceAll('\r\n', '\n');
}
