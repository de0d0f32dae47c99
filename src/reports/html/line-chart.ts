/**
 * Lines over time or another number, as SVG that needs no script: told apart by dash and by a label at their end, not by
 * colour alone; the numbers stand in a table beside it, which is the caller's.
 */
import { forHtml } from '../safe.ts';

export interface ChartLine {
  readonly label: string;
  /** By x, ascending. A gap in what is known is an undefined y. */
  readonly points: readonly { readonly x: number; readonly y: number | undefined }[];
  /** `step`: a value holds until the next point; `straight`: between two points it goes from one to the other. */
  readonly kind: 'step' | 'straight';
}

export interface Axis {
  readonly title: string;
  readonly least: number;
  readonly most: number;
  /** Where there is a mark, and what it says. */
  readonly marks: readonly { readonly at: number; readonly label: string }[];
}

export interface Chart {
  /** What it shows, for who cannot see it. */
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly lines: readonly ChartLine[];
  /** Moments worth a line of their own. */
  readonly moments?: readonly { readonly at: number; readonly label: string }[];
}

/** Of one line: more are no chart that can be read. */
const DASHES = ['none', '7 4', '2 3', '9 3 2 3', '1 5', '12 4'] as const;
export const MOST_LINES = DASHES.length;

const SIZE = { width: 880, height: 340, left: 62, right: 190, top: 34, bottom: 46 } as const;
const LINE_HEIGHT = 15;
const LONGEST_LABEL = 28;

/** @param id unique in the page */
export function lineChart({ title, x, y, lines, moments = [] }: Chart, id: string): string {
  const { width, height, left, right, top, bottom } = SIZE;
  const atX = scale(x, left, width - right);
  const atY = scale(y, height - bottom, top);
  const shown = lines.slice(0, MOST_LINES);
  const grid = y.marks.map(
    ({ at, label }) =>
      `<line class="lines" x1="${left}" x2="${width - right}" y1="${atY(at)}" y2="${atY(at)}"/>` +
      `<text class="tick end" x="${left - 6}" y="${atY(at) + 4}">${forHtml(label)}</text>`,
  );
  const ticks = x.marks.map(
    ({ at, label }) => `<text class="tick middle" x="${atX(at)}" y="${height - bottom + 18}">${forHtml(label)}</text>`,
  );
  // Beside the end of the axis stand the labels of the lines.
  const isLast = (at: number): boolean => atX(at) > width - right - 4;
  const told = moments.map(
    ({ at, label }, row) =>
      `<line class="moment" x1="${atX(at)}" x2="${atX(at)}" y1="${top - 4}" y2="${height - bottom}"/>` +
      `<text class="tick${isLast(at) ? ' end' : ''}" x="${atX(at) + (isLast(at) ? -4 : 4)}" y="${top - 8 + (row % 2) * 12}">${forHtml(short(label))}</text>`,
  );
  const ends = labelRows(
    shown.map(({ points }) => atY(points.findLast(({ y: value }) => value !== undefined)?.y ?? y.least)),
    top,
    height - bottom,
  );
  const drawn = shown.map(
    (line, at) =>
      `<path class="trace trace-${at}" stroke-dasharray="${DASHES[at]}" d="${pathOf(line, atX, atY)}"/>` +
      `<text class="trace-label trace-label-${at}" x="${width - right + 8}" y="${ends[at]! + 4}">${forHtml(short(line.label))}</text>`,
  );
  return [
    `<figure class="chart"><figcaption id="${forHtml(id)}">${forHtml(title)}</figcaption>\n`,
    `<div class="scroll" tabindex="0" role="region" aria-labelledby="${forHtml(id)}">\n`,
    `<svg role="img" aria-labelledby="${forHtml(id)}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">\n`,
    `${[...grid, ...ticks, ...told, ...drawn].join('\n')}\n`,
    `<text class="tick" x="${left}" y="14">${forHtml(y.title)}</text>\n`,
    `<text class="tick middle" x="${(left + width - right) / 2}" y="${height - 6}">${forHtml(x.title)}</text>\n`,
    '</svg>\n</div>\n</figure>\n',
  ].join('');
}

function scale({ least, most }: Axis, from: number, to: number): (value: number) => number {
  const span = most - least || 1;
  return (value) => round(from + ((Math.min(Math.max(value, least), most) - least) / span) * (to - from));
}

function pathOf({ points, kind }: ChartLine, atX: (x: number) => number, atY: (y: number) => number): string {
  const pieces: string[] = [];
  let isDown = false;
  for (const { x, y } of points) {
    if (y === undefined) {
      if (isDown && kind === 'step') pieces.push(`H${atX(x)}`);
      isDown = false;
      continue;
    }
    if (!isDown) pieces.push(`M${atX(x)} ${atY(y)}`);
    else if (kind === 'step') pieces.push(`H${atX(x)}V${atY(y)}`);
    else pieces.push(`L${atX(x)} ${atY(y)}`);
    // A point alone between two gaps is drawn as a dot.
    if (!isDown) pieces.push('h0.01');
    isDown = true;
  }
  return pieces.join('');
}

/** Labels one below the other where their lines end at the same height, none of them below the chart. */
function labelRows(wanted: readonly number[], top: number, bottom: number): number[] {
  const rows = new Array<number>(wanted.length).fill(top);
  const order = [...wanted.keys()].sort((a, b) => wanted[a]! - wanted[b]! || a - b);
  let last = top - LINE_HEIGHT;
  for (const at of order) {
    last = Math.max(wanted[at]!, last + LINE_HEIGHT);
    rows[at] = last;
  }
  let lowest = bottom;
  for (const at of order.reverse()) {
    rows[at] = Math.min(rows[at]!, lowest);
    lowest = rows[at]! - LINE_HEIGHT;
  }
  return rows;
}

function short(label: string): string {
  return label.length > LONGEST_LABEL ? `${label.slice(0, LONGEST_LABEL - 1)}…` : label;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
