/** A row of numbers as one line of block characters. */

const BLOCKS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/**
 * @param values from `least` to `most`; undefined where nothing is known, which stays blank
 * @param least what the lowest block stands for
 * @param most what the highest block stands for
 * @param width at most so many characters: the latest values are shown
 */
export function sparkline(
  values: readonly (number | undefined)[],
  least: number,
  most: number,
  width = Number.POSITIVE_INFINITY,
): string {
  const span = most - least;
  return values
    .slice(Math.max(0, values.length - width))
    .map((value) => {
      if (value === undefined) return ' ';
      const share = span > 0 ? (value - least) / span : 0;
      return BLOCKS[Math.min(BLOCKS.length - 1, Math.max(0, Math.floor(share * BLOCKS.length)))]!;
    })
    .join('');
}
