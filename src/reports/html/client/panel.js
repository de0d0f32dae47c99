// What falls if the chosen causes fail.

/** Services and systems listed. */
const MOST_LISTED = 100;

/** @param {State} state */
function fallenPanel(state) {
  const panel = byId('fallen');
  const draw = () => {
    panel.classList.toggle('empty', state.failed.length === 0);
    byId('fallen-told').textContent = toldText(state);
    byId('fallen-causes').replaceChildren(...chips(state));
    byId('fallen-details').replaceChildren(...fallenDetails(state));
  };
  state.listeners.push((change) => {
    if (change === 'failed') draw();
  });
  byId('fallen-causes').addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest('button') : null;
    if (!button) return;
    const at = Number(button.dataset.at);
    state.fail(state.failed.filter((_, place) => at !== -1 && place !== at));
    const next = byId('fallen-causes').querySelector('button');
    (next ?? panel).focus();
  });
  const each = byId('fallen-each');
  // Where the panel has a column of its own it hides nothing.
  if (each instanceof HTMLDetailsElement) each.open = matchMedia('(min-width: 1500px)').matches;
  draw();
}

/** @param {State} state */
function toldText({ page, failed, fallen }) {
  if (failed.length === 0)
    return 'Choose a cause in the picture or in the ranking to fail it; choose several to fail them together.';
  const { services, systems, share, guards } = fallen;
  const blind = guards.length === 0 ? '' : ` ${count(guards.length, 'guard')} blind.`;
  const isSure = page.complete && failed.every(({ layer }) => page.layers[layer].known === page.layers[layer].of);
  return `${isSure ? '' : 'At least '}${count(services.length)} of ${count(page.services.names.length, 'service')} down, ${count(systems.length)} of ${count(page.systems.length, 'system')} lost, blast radius ${percent(share)}.${blind}`;
}

/** @param {State} state */
function chips(state) {
  const chip = (/** @type {string} */ name, /** @type {number} */ at, /** @type {string} */ label) =>
    make('button', { type: 'button', 'data-at': at, 'aria-label': label }, make('span', {}, name), ' ×');
  const causes = state.failed.map((cause, at) => {
    const name = `${state.page.layers[cause.layer].layer} ${state.nameOf(cause)}`;
    return chip(name, at, `Let ${name} work again`);
  });
  return causes.length < 2 ? causes : [...causes, chip('all', -1, 'Let all work again')];
}

/** @param {State} state */
function fallenDetails(state) {
  const { page, failed, fallen } = state;
  if (failed.length === 0) return [];
  return [
    ...section('inline', 'Systems lost', fallen.systems, (system) => {
      const { name, need, services, systems = [] } = page.systems[system];
      const of = services.length + systems.length;
      return [make('b', {}, systemName(page, system)), name === undefined ? '' : ` needs ${need} of ${of}`];
    }),
    ...section('guards', 'Guards that go down with what they protect', fallen.guards, ({ guard, systems }) => {
      const { name, service } = page.guards[guard];
      const told = listed(
        systems.map((system) => systemName(page, system)),
        MOST_NAMES,
      );
      return [make('b', {}, name), ` (${page.services.names[service]}) protects ${told}`];
    }),
    ...section('ways', 'Services down, and the shortest way to what failed', fallen.services, (service) => [
      make('b', {}, page.services.names[service]),
      make('span', { class: 'path' }, ` ${wayText(state, service)}`),
    ]),
  ];
}

/**
 * @template T
 * @param {string} kind
 * @param {string} title
 * @param {readonly T[]} items
 * @param {(item: T) => Child[]} words
 */
function section(kind, title, items, words) {
  if (items.length === 0) return [];
  const shown = items.slice(0, MOST_LISTED).map((item) => make('li', {}, ...words(item)));
  const left = items.length - shown.length;
  return [
    make('h4', {}, `${title}: ${count(items.length)}`),
    make('ul', { class: kind }, ...shown, ...(left > 0 ? [make('li', {}, `and ${count(left)} more`)] : [])),
  ];
}

/** @param {State} state @param {number} service */
function wayText(state, service) {
  const holding = state.failed.filter((cause) => state.reachOf(cause).includes(service));
  for (const cause of holding) {
    const steps = pathSteps(state.page.paths, cause, service);
    if (steps?.length === 1) return 'is it itself';
    // The name of the service stands before its path already.
    if (steps) return (steps[0] === state.page.services.names[service] ? ['', ...steps.slice(1)] : steps).join(' › ');
  }
  return holding.map((cause) => `holds ${state.nameOf(cause)}`).join(', ');
}
