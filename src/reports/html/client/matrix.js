// The picture: services against the first causes of what is shown. A shared cause is a full column.

/** @param {State} state */
function matrixPicture(state) {
  const groups = groupsOf(state.page);
  const places = placesOf(groups);
  const labels = byId('matrix-labels');
  const grid = byId('matrix-grid');
  labels.replaceChildren(...rowLabels(state.page, groups, places));
  labels.style.height = `${HEADER + places.height}px`;
  const draw = () => {
    grid.replaceChildren(drawing(state, places));
    byId('matrix-drawn').textContent = limitsText(state, places.rows.length);
  };
  state.listeners.push((change) => {
    if (change === 'view') draw();
    if (change === 'failed') markPicture(state, groups);
  });
  grid.addEventListener('click', (event) => {
    const column = columnAt(event.target);
    if (!column) return;
    moveTo(grid, column);
    state.toggle({ layer: state.layer, row: Number(column.dataset.row) });
  });
  grid.addEventListener('keydown', (event) => onKey(state, grid, event));
  grid.addEventListener('pointermove', (event) => tellUnder(state, places, event));
  grid.addEventListener('pointerleave', () => byId('matrix-under').replaceChildren());
  wordsOfPicture(state);
  draw();
}

/** What the picture does not show. @param {State} state @param {number} drawn */
function limitsText({ page, layerData: { known, of } }, drawn) {
  const all = page.services.names.length;
  const left = drawn < all ? `${count(drawn)} of ${count(all, 'service')} are drawn. ` : '';
  const isSure = page.complete && known === of;
  return isSure ? left : `${left}Not everything is known of this layer: an empty cell may be one nobody knows of.`;
}

/** @param {PageData} page @param {readonly Group[]} groups @param {ReturnType<typeof placesOf>} places */
function rowLabels(page, groups, { heads, rows, rowHeight, headHeight, isLabelled }) {
  const label = (
    /** @type {string} */ text,
    /** @type {string} */ kind,
    /** @type {number} */ at,
    y = 0,
    height = 0,
  ) => {
    const element = make('div', { class: kind, title: text, 'data-at': at }, text);
    element.style.top = `${HEADER + y}px`;
    element.style.height = `${height}px`;
    return element;
  };
  const titles = groups.map(({ title }, at) => label(title, 'group', at, heads[at], headHeight));
  if (!isLabelled) return titles;
  const unread = new Set(page.services.unread);
  const nameOf = (/** @type {number} */ service) =>
    `${page.services.names[service]}${unread.has(service) ? ' (not read)' : ''}`;
  const names = rows.map(({ service, y }) => label(nameOf(service), 'service', service, y, rowHeight));
  return [...titles, ...names];
}

/** @param {State} state @param {readonly Group[]} groups */
function markPicture(state, groups) {
  const grid = byId('matrix-grid');
  for (const column of grid.querySelectorAll('.column')) {
    if (!(column instanceof SVGElement)) continue;
    const failed = state.hasFailed({ layer: state.layer, row: Number(column.dataset.row) });
    column.setAttribute('aria-pressed', String(failed));
    column.classList.toggle('failed', failed);
  }
  const { isDown, isLost } = state.fallen;
  for (const label of byId('matrix-labels').children) {
    if (!(label instanceof HTMLElement)) continue;
    const at = Number(label.dataset.at);
    const isGroup = label.classList.contains('group');
    const { system } = isGroup ? groups[at] : { system: -1 };
    label.classList.toggle('down', isGroup ? system !== -1 && isLost[system] === 1 : isDown[at] === 1);
  }
}

/** @param {EventTarget | null} target */
function columnAt(target) {
  const column = target instanceof Element ? target.closest('.column') : null;
  return column instanceof SVGElement ? column : undefined;
}

/** One stop for the tab key: the column last used. @param {HTMLElement} grid @param {SVGElement} column */
function moveTo(grid, column) {
  for (const other of grid.querySelectorAll('.column[tabindex="0"]')) other.setAttribute('tabindex', '-1');
  column.setAttribute('tabindex', '0');
  column.focus();
}

/** @param {State} state @param {HTMLElement} grid @param {KeyboardEvent} event */
function onKey(state, grid, event) {
  const column = columnAt(event.target);
  if (!column) return;
  const columns = [...grid.querySelectorAll('.column')];
  const at = columns.indexOf(column);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: columns.length - 1 }[event.key];
  const next = to === undefined ? undefined : columns[to];
  if (next instanceof SVGElement) moveTo(grid, next);
  else if (event.key === 'Enter' || event.key === ' ') {
    state.toggle({ layer: state.layer, row: Number(column.dataset.row) });
  } else return;
  event.preventDefault();
}

/** Names what the pointer is on: rows of a large fleet have no labels. @param {State} state @param {ReturnType<typeof placesOf>} places @param {PointerEvent} event */
function tellUnder(state, { rows, rowHeight }, event) {
  const column = columnAt(event.target);
  if (!column) return;
  const cause = { layer: state.layer, row: Number(column.dataset.row) };
  const top = column.ownerSVGElement?.getBoundingClientRect().top ?? 0;
  const y = event.clientY - top - HEADER;
  const under = rows.find((row) => y >= row.y && y < row.y + rowHeight);
  const name = state.nameOf(cause);
  const words = under
    ? `${state.page.services.names[under.service]} ${state.reachOf(cause).includes(under.service) ? 'holds' : 'does not hold'} ${name}`
    : `${name} ${state.effectOf(cause)}`;
  byId('matrix-under').textContent = words;
}
