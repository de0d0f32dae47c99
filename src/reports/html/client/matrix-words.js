// The picture in words: the same causes in a table, made when it is opened.

/** Names in one cell. */
const MOST_NAMES = 12;

/** @param {State} state */
function wordsOfPicture(state) {
  const details = byId('matrix-words');
  const table = byId('matrix-table');
  if (!(details instanceof HTMLDetailsElement)) return;
  const fill = () => {
    const shown = Math.min(state.rows.length, MOST_COLUMNS);
    byId('matrix-table-title').textContent =
      `${state.layerData.noun}: what each of the ${count(shown)} drawn takes down`;
    if (details.open) table.replaceChildren(wordsHead(), wordsBody(state));
    else table.replaceChildren();
  };
  details.addEventListener('toggle', fill);
  state.listeners.push((change) => {
    if (change === 'view') fill();
  });
}

function wordsHead() {
  const cells = ['cause', 'services down', 'still up', 'systems lost'].map((words) =>
    make('th', { scope: 'col', class: 'left' }, words),
  );
  return make('thead', {}, make('tr', {}, ...cells));
}

/** @param {State} state */
function wordsBody(state) {
  const { page, membership } = state;
  const { names } = page.services;
  const lines = state.rows.slice(0, MOST_COLUMNS).map((row) => {
    const cause = { layer: state.layer, row };
    const fallen = fallenBy(page, membership, [state.reachOf(cause)]);
    const of = (/** @type {boolean} */ down) => names.filter((_, service) => (fallen.isDown[service] === 1) === down);
    const told = (/** @type {readonly string[]} */ list, /** @type {number} */ all) => {
      if (list.length === 0) return 'none';
      return list.length === all ? `all ${count(all)}` : `${count(list.length)}: ${listed(list, MOST_NAMES)}`;
    };
    const lost = fallen.systems.map((system) => systemName(page, system));
    return make(
      'tr',
      {},
      make('th', { scope: 'row', class: 'left' }, state.nameOf(cause)),
      make('td', {}, told(of(true), names.length)),
      make('td', {}, told(of(false), names.length)),
      make('td', {}, told(lost, page.systems.length)),
    );
  });
  return make('tbody', {}, ...lines);
}
