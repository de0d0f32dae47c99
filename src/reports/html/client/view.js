// Which causes of a layer are shown, and in which order.

/**
 * `system` is an index or -1; `defeated`: only causes that take it down, rather than a service below it. `scope`: '' for
 * any, 'run' for causes held at run time, 'build' for those held for building only. `own`: '' for any, 'own' or 'others'.
 *
 * @typedef {object} Filter
 * @property {string} text
 * @property {'' | 'run' | 'build'} scope
 * @property {'' | 'own' | 'others'} own
 * @property {number} system
 * @property {boolean} defeated
 */

/** `column` is an index, or -1 for the rank. @typedef {{ readonly column: number, readonly descending: boolean }} Order */

/** @type {Filter} */
const NO_FILTER = { text: '', scope: '', own: '', system: -1, defeated: false };

/**
 * Rows that pass, first rank first.
 *
 * @param {PageData} page
 * @param {ServiceSets} sets
 * @param {Membership} membership
 * @param {LayerData} layer
 * @param {Filter} filter
 */
function rowsThatPass(page, sets, membership, layer, filter) {
  const own = new Set(layer.own);
  const text = filter.text.trim().toLowerCase();
  const names = layer.columns[0].text;
  const named = names.values.map((name) => text === '' || name.toLowerCase().includes(text));
  const concerned = filter.system === -1 ? undefined : concernedSets(page, sets, membership, filter);
  /** @type {number[]} */
  const rows = [];
  for (let row = 0; row < layer.rows; row++) {
    if (!named[names.at[row]]) continue;
    if (filter.own !== '' && own.has(row) !== (filter.own === 'own')) continue;
    const down = cellOf(layer.down, row);
    if (filter.scope !== '') {
      const isBuildOnly = sets.size(cellOf(layer.buildOnly, row)) === sets.size(down);
      if (isBuildOnly !== (filter.scope === 'build')) continue;
    }
    if (concerned && !concerned(down)) continue;
    rows.push(row);
  }
  return rows;
}

/**
 * Whether a set of services takes a system down, or touches it; asked once for each set.
 *
 * @param {PageData} page
 * @param {ServiceSets} sets
 * @param {Membership} membership
 * @param {Filter} filter
 */
function concernedSets({ systems }, sets, membership, { system, defeated }) {
  /** @type {Map<number, boolean>} */
  const known = new Map();
  return (/** @type {number} */ set) => {
    let is = known.get(set);
    if (is === undefined) {
      const down = sets.list(set);
      is = defeated
        ? lostSystems(systems, membership, down).includes(system)
        : touchedSystems(systems, membership, down)[system] === 1;
      known.set(set, is);
    }
    return is;
  };
}

/**
 * Sorts rows; equal ones stay in the order of their ranks.
 *
 * @param {LayerData} layer
 * @param {number[]} rows
 * @param {Order} order
 */
function sortRows({ columns }, rows, { column, descending }) {
  const sign = descending ? -1 : 1;
  if (column === -1) return rows.sort((a, b) => sign * (a - b));
  const { text, value } = columns[column];
  if (value) return rows.sort((a, b) => sign * (cellOf(value, a) - cellOf(value, b)) || a - b);
  // Code units, as everywhere: the order does not depend on the reader's locale.
  const places = new Map([...text.values].sort().map((word, at) => [word, at]));
  const place = (/** @type {number} */ row) => places.get(cellOf(text, row)) ?? 0;
  return rows.sort((a, b) => sign * (place(a) - place(b)) || a - b);
}
