// The ranking: a table of one page of causes, sorted by its headers.

/** @param {State} state */
function rankingTable(state) {
  const table = byId('ranking');
  const pager = byId('pager');
  const draw = () => {
    byId('ranking-title').textContent = state.layerData.title;
    table.replaceChildren(head(state), body(state));
    byId('found').textContent = foundText(state);
    drawPager(state, pager);
  };
  state.listeners.push((change) => {
    if (change !== 'failed') draw();
    else markRows(state, table);
  });
  table.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest('button') : null;
    if (!button) return;
    if (button.dataset.row !== undefined) state.toggle({ layer: state.layer, row: Number(button.dataset.row) });
    if (button.dataset.column !== undefined) sortBy(state, table, Number(button.dataset.column));
  });
  pager.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest('button') : null;
    if (button) state.turnTo(Number(button.dataset.first));
  });
  draw();
}

/** @param {State} state */
function head({ layerData, order }) {
  const columns = [{ header: '#', align: 'right', says: 'rank' }, ...layerData.columns];
  const cells = columns.map(({ header, align, says }, at) => {
    const isSorted = order.column === at - 1;
    const direction = order.descending ? 'descending' : 'ascending';
    const button = make('button', { type: 'button', 'data-column': at - 1, title: says }, header);
    return make('th', { scope: 'col', class: align, 'aria-sort': isSorted ? direction : false }, button);
  });
  return make('thead', {}, make('tr', {}, ...cells));
}

/** @param {State} state */
function body(state) {
  const { layerData, layer, rows, first } = state;
  const shown = rows.slice(first, first + PAGE_ROWS);
  const lines = shown.map((row) => {
    const [name, ...others] = layerData.columns;
    const failed = state.hasFailed({ layer, row });
    const button = make(
      'button',
      { type: 'button', class: 'cause', 'data-row': row, 'aria-pressed': String(failed) },
      cellOf(name.text, row),
    );
    return make(
      'tr',
      { class: failed ? 'failed' : false },
      make('td', { class: 'right rank' }, count(row + 1)),
      make('th', { scope: 'row', class: 'left' }, button),
      ...others.map(({ align, text }) => make('td', { class: align }, cellOf(text, row))),
    );
  });
  return make('tbody', {}, ...lines);
}

/** @param {State} state @param {HTMLElement} table */
function markRows(state, table) {
  for (const button of table.querySelectorAll('button.cause')) {
    if (!(button instanceof HTMLElement)) continue;
    const failed = state.hasFailed({ layer: state.layer, row: Number(button.dataset.row) });
    button.setAttribute('aria-pressed', String(failed));
    button.closest('tr')?.classList.toggle('failed', failed);
  }
}

/** The first click sorts numbers from the largest down, texts and ranks up. @param {State} state @param {HTMLElement} table @param {number} column */
function sortBy(state, table, column) {
  const { order, layerData } = state;
  const isNumber = column !== -1 && layerData.columns[column].value !== undefined;
  const descending = order.column === column ? !order.descending : isNumber;
  state.show({ order: { column, descending } });
  const button = table.querySelector(`button[data-column="${column}"]`);
  if (button instanceof HTMLElement) button.focus();
}

/** @param {State} state */
function foundText({ rows, layerData }) {
  return rows.length === layerData.rows
    ? count(rows.length, 'cause')
    : `${count(rows.length)} of ${count(layerData.rows, 'cause')}`;
}

/** @param {State} state @param {HTMLElement} pager */
function drawPager({ rows, first }, pager) {
  const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.turn : undefined;
  const last = Math.max(0, Math.floor((rows.length - 1) / PAGE_ROWS) * PAGE_ROWS);
  const button = (/** @type {string} */ turn, /** @type {number} */ to, /** @type {boolean} */ off) =>
    make('button', { type: 'button', 'data-turn': turn, 'data-first': to, 'aria-disabled': off && 'true' }, turn);
  const from = rows.length === 0 ? 0 : first + 1;
  const to = Math.min(first + PAGE_ROWS, rows.length);
  pager.replaceChildren(
    button('First', 0, first === 0),
    button('Previous', first - PAGE_ROWS, first === 0),
    make('span', { role: 'status' }, `${count(from)} to ${count(to)} of ${count(rows.length)}`),
    button('Next', first + PAGE_ROWS, first >= last),
    button('Last', last, first >= last),
  );
  pager.hidden = rows.length <= PAGE_ROWS;
  const again = focused && pager.querySelector(`[data-turn="${focused}"]`);
  if (again instanceof HTMLElement) again.focus();
}
