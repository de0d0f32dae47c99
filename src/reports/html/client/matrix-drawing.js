// The picture as SVG: a column for every cause, a cell where a service goes down with it.

/** Causes drawn. */
const MOST_COLUMNS = 60;
const COLUMN = 18;
const HEADER = 132;
/** What the last slanted name needs to the right. */
const OVERHANG = 84;

/** @param {State} state @param {ReturnType<typeof placesOf>} places */
function drawing(state, places) {
  const shown = state.rows.slice(0, MOST_COLUMNS);
  const width = shown.length * COLUMN + OVERHANG;
  const height = HEADER + places.height;
  const columns = shown.map((row, at) => columnOf(state, places, row, at));
  const title = `${count(shown.length)} causes of layer ${state.layerData.layer}; arrow keys move, Enter fails one`;
  return makeSvg(
    'svg',
    {
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      role: 'toolbar',
      'aria-label': title,
      'aria-orientation': 'horizontal',
    },
    makeSvg('path', { class: 'lines', d: lineAt(places, shown.length) }),
    ...columns,
  );
}

/** Lines above the groups. @param {ReturnType<typeof placesOf>} places @param {number} columns */
function lineAt({ heads, headHeight }, columns) {
  return heads.map((y) => `M0 ${HEADER + y + headHeight - 2.5}h${columns * COLUMN}`).join('');
}

/** @param {State} state @param {ReturnType<typeof placesOf>} places @param {number} row @param {number} at */
function columnOf(state, places, row, at) {
  const cause = { layer: state.layer, row };
  const name = state.nameOf(cause);
  const shown = name.length > 22 ? `${name.slice(0, 21)}…` : name;
  // Who speaks to the page says what is to be seen.
  const spoken = shown === name ? name : `${shown} (${name})`;
  const failed = state.hasFailed(cause);
  const x = at * COLUMN;
  const middle = x + COLUMN / 2 + 4;
  const words = makeSvg('text', { transform: `translate(${middle} ${HEADER - 8}) rotate(-58)` }, shown);
  const cells = Object.entries(cellPaths(state, places, cause, x)).map(([kind, d]) =>
    makeSvg('path', { class: kind, d }),
  );
  return makeSvg(
    'g',
    {
      class: failed ? 'column failed' : 'column',
      role: 'button',
      tabindex: at === 0 ? 0 : -1,
      'aria-pressed': String(failed),
      'aria-label': `${spoken}: ${state.effectOf(cause)}`,
      'data-row': row,
    },
    makeSvg('rect', { class: 'strip', x: x + 0.5, y: HEADER - 4, width: COLUMN - 1, height: places.height + 4 }),
    words,
    ...cells,
  );
}

/**
 * A cell is full where a system of the service goes down with it, and small where its systems survive; hollow where the
 * service holds the cause for building only, faint where rows are too low for that.
 *
 * @param {State} state
 * @param {ReturnType<typeof placesOf>} places
 * @param {CauseRef} cause
 * @param {number} x
 */
function cellPaths(state, { rows, rowHeight }, cause, x) {
  const { page, membership, sets } = state;
  const { isDown, isLost } = fallenBy(page, membership, [state.reachOf(cause)]);
  const buildOnly = new Set(sets.list(cellOf(page.layers[cause.layer].buildOnly, cause.row)));
  // What is a few pixels high has no inside.
  const building = rowHeight < 8 ? 'faint' : 'hollow';
  /** @type {Record<string, string>} */
  const paths = {};
  const gap = rowHeight > 8 ? 1.5 : rowHeight > 4 ? 0.5 : 0;
  for (const { service, y } of rows) {
    if (!isDown[service]) continue;
    const lost = membership.ofService[service].some((system) => isLost[system]);
    const hollow = buildOnly.has(service);
    const side = lost ? gap : Math.min(3, rowHeight / 6) + gap;
    const edge = hollow && building === 'hollow' ? 0.75 : 0;
    const left = x + 1.5 + (lost ? 0 : 3) + edge;
    const wide = COLUMN - 3 - (lost ? 0 : 6) - 2 * edge;
    const tall = Math.max(1, rowHeight - 2 * side - 2 * edge);
    const kind = `cell ${lost ? 'lost' : 'held'}${hollow ? ` ${building}` : ''}`;
    paths[kind] = `${paths[kind] ?? ''}M${left} ${HEADER + y + side + edge}h${wide}v${tall}h${-wide}z`;
  }
  return paths;
}
