import { describe, expect, it } from 'vitest';
import { type Chart, lineChart, MOST_LINES } from '../../src/reports/html/line-chart.ts';
import { sparkline } from '../../src/reports/sparkline.ts';

const AXES: Pick<Chart, 'x' | 'y'> = {
  x: { title: 'days', least: 0, most: 10, marks: [{ at: 0, label: '0' }] },
  y: { title: 'lost', least: 0, most: 1, marks: [{ at: 1, label: '100%' }] },
};

function paths(chart: Omit<Chart, 'x' | 'y' | 'title'>): string[] {
  const svg = lineChart({ title: 'a chart', ...AXES, ...chart }, 'c');
  return [...svg.matchAll(/<path class="trace trace-\d+"[^>]* d="([^"]*)"/g)].map(([, d]) => d!);
}

describe('a line chart', () => {
  it('goes from the left at the bottom to the right at the top', () => {
    const points = [
      { x: 0, y: 0 },
      { x: 10, y: 1 },
    ];
    expect(paths({ lines: [{ label: 'a', kind: 'straight', points }] })).toEqual(['M62 294h0.01L690 34']);
    expect(paths({ lines: [{ label: 'a', kind: 'step', points }] })).toEqual(['M62 294h0.01H690V34']);
  });

  it('has a gap where nothing is known, and begins anew behind it', () => {
    const points = [0, undefined, 1, 1].map((y, at) => ({ x: at * 2, y }));
    expect(paths({ lines: [{ label: 'a', kind: 'straight', points }] })).toEqual([
      'M62 294h0.01M313.2 34h0.01L438.8 34',
    ]);
  });

  it('keeps what is outside of the axes at their ends', () => {
    const points = [
      { x: -5, y: 7 },
      { x: 99, y: -1 },
    ];
    expect(paths({ lines: [{ label: 'a', kind: 'straight', points }] })).toEqual(['M62 34h0.01L690 294']);
  });

  it('puts labels of lines that end together one below the other', () => {
    const lines = ['a', 'b', 'c'].map((label) => ({ label, kind: 'step' as const, points: [{ x: 10, y: 1 }] }));
    const svg = lineChart({ title: 'a chart', ...AXES, lines }, 'c');
    const heights = [...svg.matchAll(/trace-label-\d" x="698" y="([\d.]+)"/g)].map(([, y]) => Number(y));
    expect(heights).toEqual([38, 53, 68]);
  });

  it('keeps what a moment is called off the labels of the lines', () => {
    const moments = [
      { at: 5, label: 'then' },
      { at: 10, label: 'last' },
    ];
    const svg = lineChart({ title: 'a chart', ...AXES, lines: [], moments }, 'c');
    expect(svg).toContain('<text class="tick" x="380" y="26">then</text>');
    expect(svg).toContain('<text class="tick end" x="686" y="38">last</text>');
  });

  it('draws as many lines as can be told apart', () => {
    const lines = Array.from({ length: 20 }, (_, at) => ({
      label: `line ${at}`,
      kind: 'step' as const,
      points: [{ x: 0, y: 1 }],
    }));
    expect(paths({ lines })).toHaveLength(MOST_LINES);
  });

  it('holds no markup of a name', () => {
    const evil = '</text><script>alert(1)</script>"';
    const svg = lineChart(
      {
        title: evil,
        x: { ...AXES.x, title: evil, marks: [{ at: 0, label: evil }] },
        y: AXES.y,
        lines: [{ label: evil, kind: 'step', points: [{ x: 0, y: 1 }] }],
        moments: [{ at: 3, label: evil }],
      },
      'c',
    );
    expect(svg).not.toContain('<script');
  });
});

describe('a sparkline', () => {
  it('has the lowest block for the least and the highest for the most, and nothing for the unknown', () => {
    expect(sparkline([0, 0.5, undefined, 1], 0, 1)).toBe('▁▅ █');
  });

  it('shows the latest of too many, and bounds what is out of range', () => {
    expect(sparkline([9, 9, 0, -4, 12], 0, 1, 3)).toBe('▁▁█');
    expect(sparkline([3, 3], 3, 3)).toBe('▁▁');
    expect(sparkline([], 0, 1)).toBe('');
  });
});
