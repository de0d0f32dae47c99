// What is shown of the ranking: layer, search, scope, system, own code.

/** Systems offered one by one; more would be a list that nobody reads. */
const MOST_OFFERED = 1000;

/** @param {State} state */
function rankingControls(state) {
  const { page } = state;
  const layer = select(
    'layer',
    page.layers.map(({ layer: name, rows }, at) => [String(at), `${name} (${count(rows)})`]),
  );
  const text = make('input', {
    type: 'search',
    id: 'search',
    autocomplete: 'off',
    spellcheck: 'false',
    maxlength: 200,
  });
  const scope = select('scope', [
    ['', 'any scope'],
    ['run', 'held at run time'],
    ['build', 'for building only'],
  ]);
  const own = select('own', [
    ['', 'all code'],
    ['others', "others' code"],
    ['own', 'own code (first-party)'],
  ]);
  const system = systemSelect(page);
  byId('controls').replaceChildren(
    labelled('Layer', layer),
    labelled('Search', text),
    labelled('System', system),
    labelled('Scope', scope),
    labelled('Code', own),
    make('p', { id: 'found', role: 'status' }),
  );
  const apply = () => {
    const [how, index] = system.value.split(' ');
    state.show({
      layer: Number(layer.value),
      filter: {
        text: text.value,
        scope: scope.value === 'run' || scope.value === 'build' ? scope.value : '',
        own: own.value === 'own' || own.value === 'others' ? own.value : '',
        system: index === undefined ? -1 : Number(index),
        defeated: how === 'defeats',
      },
    });
  };
  for (const control of [layer, text, scope, own, system]) control.addEventListener('input', apply);
}

/** @param {string} id @param {readonly (readonly [string, string])[]} options */
function select(id, options) {
  return make('select', { id }, ...options.map(([value, words]) => make('option', { value }, words)));
}

/** @param {PageData} page */
function systemSelect(page) {
  const named = [...page.systems.keys()].filter((system) => page.systems[system].name !== undefined);
  const others = [...page.systems.keys()].filter((system) => page.systems[system].name === undefined);
  const group = (/** @type {string} */ label, /** @type {string} */ how, /** @type {readonly number[]} */ of) => {
    const options = of
      .slice(0, MOST_OFFERED)
      .map((system) => make('option', { value: `${how} ${system}` }, systemName(page, system)));
    const left = of.length - options.length;
    const more = left > 0 ? [make('option', { disabled: true }, `and ${count(left)} more`)] : [];
    return of.length === 0 ? [] : [make('optgroup', { label }, ...options, ...more)];
  };
  return make(
    'select',
    { id: 'system' },
    make('option', { value: '' }, 'any system'),
    ...group('takes down', 'defeats', named),
    ...group('reaches a member of', 'touches', named),
    ...group('takes down the service', 'defeats', others),
  );
}
