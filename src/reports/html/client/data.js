// The data of the page, as ../data.ts makes it.

/**
 * Equal values once: the value of a row is values[at[row]].
 *
 * @template T
 * @typedef {{ readonly values: readonly T[], readonly at: readonly number[] }} Column
 */

/**
 * A column of the ranking: texts for people, and what it is sorted by where that is no text.
 *
 * @typedef {object} RankingColumn
 * @property {string} header
 * @property {'left' | 'right'} align
 * @property {string} says
 * @property {Column<string>} text
 * @property {Column<number>} [value]
 */

/**
 * The causes embedded of one layer, a row each, first rank first; the first column is the name. `down` and `buildOnly`
 * are sets of services: those that a cause takes down, and those of them that hold it for building only. `own` are the
 * rows of one's own code. `known` of `of` components, or services, have a cause in the layer.
 *
 * @typedef {object} LayerData
 * @property {string} layer
 * @property {string} noun
 * @property {string} title
 * @property {number} rows
 * @property {number} known
 * @property {number} of
 * @property {readonly RankingColumn[]} columns
 * @property {Column<number>} down
 * @property {Column<number>} buildOnly
 * @property {readonly number[]} own
 */

/**
 * A system: down when `fatal` of its members, services or systems, are. Without a name it is the one of its only service.
 *
 * @typedef {object} SystemData
 * @property {string} [name]
 * @property {number} weight
 * @property {number} need
 * @property {number} fatal
 * @property {readonly number[]} services
 * @property {readonly number[]} [systems]
 */

/** @typedef {{ readonly name: string, readonly service: number, readonly protects: readonly number[] }} GuardData */

/**
 * Shortest paths: by layer, cause and place in `services` the last step, or -1; the step before each, or -1.
 *
 * @typedef {object} PathData
 * @property {readonly number[]} services
 * @property {readonly (readonly (readonly number[])[])[]} layers
 * @property {readonly number[]} before
 * @property {readonly number[]} label
 * @property {readonly number[]} kind
 * @property {readonly string[]} labels
 * @property {readonly string[]} kinds
 */

/**
 * @typedef {object} PageData
 * @property {boolean} complete whether nothing of the input is missing
 * @property {{ readonly names: readonly string[], readonly weights: readonly number[], readonly unread: readonly number[] }} services
 * @property {readonly SystemData[]} systems
 * @property {readonly GuardData[]} guards
 * @property {readonly LayerData[]} layers
 * @property {string} sets
 * @property {PathData} paths
 */

/** @typedef {{ readonly layer: number, readonly row: number }} CauseRef */

/**
 * @template T
 * @param {Column<T>} column
 * @param {number} row
 */
function cellOf(column, row) {
  return column.values[column.at[row]];
}

/**
 * @param {PageData} page
 * @param {number} system
 */
function systemName(page, system) {
  const { name, services } = page.systems[system];
  return name ?? page.services.names[services[0]];
}

/**
 * The steps of the path of a cause to a service, the service or its workspace's root first; undefined where none is
 * embedded.
 *
 * @param {PathData} paths
 * @param {CauseRef} cause
 * @param {number} service
 */
function pathSteps(paths, { layer, row }, service) {
  const place = paths.services.indexOf(service);
  let step = place === -1 ? -1 : (paths.layers[layer]?.[row]?.[place] ?? -1);
  if (step === -1) return undefined;
  /** @type {string[]} */
  const steps = [];
  for (; step !== -1; step = paths.before[step]) {
    const kind = paths.kind[step];
    const asked = kind === -1 || paths.kinds[kind] === 'prod' ? '' : ` (${paths.kinds[kind]})`;
    steps.unshift(paths.labels[paths.label[step]] + asked);
  }
  return steps;
}
