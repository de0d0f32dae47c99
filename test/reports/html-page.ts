/** The parts of an HTML report, and its script's functions without a browser. */
import { createContext, runInContext } from 'node:vm';
import type { Audit } from '../../src/analysis/audit.ts';
import { clientFile } from '../../src/reports/html/script.ts';
import { htmlReport } from '../../src/reports/html.ts';
import { inputOf } from './made-audit.ts';

export interface Column<T> {
  readonly values: readonly T[];
  readonly at: readonly number[];
}

export interface Fallen {
  readonly services: readonly number[];
  readonly systems: readonly number[];
  readonly share: number;
  readonly guards: readonly { readonly guard: number; readonly systems: readonly number[] }[];
}

export interface LayerData {
  readonly layer: string;
  readonly rows: number;
  readonly columns: readonly {
    readonly header: string;
    readonly text: Column<string>;
    readonly value?: Column<number>;
  }[];
  readonly down: Column<number>;
  readonly buildOnly: Column<number>;
  readonly own: readonly number[];
}

export interface PageData {
  readonly services: { readonly names: readonly string[] };
  readonly systems: readonly { readonly name?: string; readonly services: readonly number[] }[];
  readonly layers: readonly LayerData[];
  readonly sets: string;
  readonly paths: {
    readonly services: readonly number[];
    readonly layers: readonly (readonly (readonly number[])[])[];
  };
}

interface Sets {
  readonly starts: readonly number[];
  size(id: number): number;
  list(id: number): number[];
}

type Filter = Readonly<Record<string, unknown>>;

/** What the script of the page has, as its files define it. */
export interface Client {
  readonly ServiceSets: new (bytes: Uint8Array, services: number) => Sets;
  readonly NO_FILTER: Filter;
  bytesOf(base64: string): Uint8Array;
  count(value: number, noun?: string): string;
  percent(share: number): string;
  membershipOf(systems: PageData['systems'], services: number): object;
  lostSystems(systems: PageData['systems'], membership: object, down: readonly number[]): number[];
  fallenBy(page: PageData, membership: object, reaches: readonly (readonly number[])[]): Fallen;
  rowsThatPass(page: PageData, sets: Sets, membership: object, layer: LayerData, filter: Filter): number[];
  sortRows(
    layer: LayerData,
    rows: number[],
    order: { readonly column: number; readonly descending: boolean },
  ): number[];
  groupsOf(page: PageData): { readonly title: string; readonly system: number; readonly services: readonly number[] }[];
  pathSteps(
    paths: PageData['paths'],
    cause: { readonly layer: number; readonly row: number },
    service: number,
  ): string[];
}

/** The functions that touch no document. */
export function client(): Client {
  const context = createContext({ atob });
  for (const file of ['data', 'sets', 'words', 'failure', 'view', 'layout']) runInContext(clientFile(file), context);
  const names =
    'ServiceSets, NO_FILTER, bytesOf, count, percent, membershipOf, lostSystems, fallenBy, rowsThatPass, sortRows, groupsOf, pathSteps';
  return runInContext(`({ ${names} })`, context);
}

export function htmlOf(audit: Audit): string {
  return [...htmlReport(inputOf(audit))].join('');
}

/** The one element of a kind: what stands between its tags. */
export function elementText(html: string, open: string, close: string): string {
  const [before, ...rest] = html.split(open);
  if (before === undefined || rest.length !== 1) throw new Error(`${rest.length} of ${open}`);
  return rest[0]!.slice(0, rest[0]!.indexOf(close));
}

export function dataOf(html: string): PageData {
  return JSON.parse(elementText(html, '<script type="application/json" id="data">', '</script>'));
}
