/** Numbers as people read them, the same in every locale. */

/** 1,234 or, with a noun, "1,234 services" / "1 service". */
export function count(value: number, noun?: string, plural = `${noun}s`): string {
  const digits = String(value).replace(/\B(?=(\d{3})+$)/g, ',');
  return noun === undefined ? digits : `${digits} ${value === 1 ? noun : plural}`;
}

/** A share as whole percent; never "0%" for something nor "100%" for less than all. */
export function percent(share: number): string {
  if (share > 0 && share < 0.01) return '<1%';
  if (share < 1 && share > 0.99) return '>99%';
  return `${Math.round(share * 100)}%`;
}
