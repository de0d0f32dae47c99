/**
 * Orders version texts: numeric parts by value, a pre-release before its release, the rest by text. Good enough to show
 * versions of any ecosystem in a sensible order; it decides nothing.
 */
export function compareVersions(a: string, b: string): number {
  const [x, y] = [parts(a), parts(b)];
  for (let i = 0; i < Math.max(x.length, y.length); i++) {
    const difference = comparePart(x[i], y[i]);
    if (difference !== 0) return difference;
  }
  return a < b ? -1 : a > b ? 1 : 0;
}

function parts(version: string): string[] {
  return version.split(/[.+-]/);
}

function comparePart(a: string | undefined, b: string | undefined): number {
  const [x, y] = [rankOf(a), rankOf(b)];
  if (x !== y) return x - y;
  if (a === undefined || b === undefined) return 0;
  if (x === 2)
    return a.length !== b.length && !(/^0\d/.test(a) || /^0\d/.test(b))
      ? a.length - b.length
      : a < b
        ? -1
        : a > b
          ? 1
          : 0;
  return a < b ? -1 : a > b ? 1 : 0;
}

// 1.0.0-rc < 1.0.0 < 1.0.0.1: a word comes before nothing, nothing before a number.
function rankOf(part: string | undefined): number {
  if (part === undefined) return 1;
  return /^\d+$/.test(part) ? 2 : 0;
}
