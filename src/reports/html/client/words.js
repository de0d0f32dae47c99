// Numbers and lists as people read them; the same as ../../numbers.ts.

/**
 * @param {number} value
 * @param {string} [noun]
 */
function count(value, noun) {
  const digits = String(value).replace(/\B(?=(\d{3})+$)/g, ',');
  return noun === undefined ? digits : `${digits} ${noun}${value === 1 ? '' : 's'}`;
}

/** A share as whole percent; never "0%" for something nor "100%" for less than all. @param {number} share */
function percent(share) {
  if (share > 0 && share < 0.01) return '<1%';
  if (share < 1 && share > 0.99) return '>99%';
  return `${Math.round(share * 100)}%`;
}

/**
 * @param {readonly string[]} names
 * @param {number} most
 */
function listed(names, most) {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${count(names.length - most)} more` : shown;
}
