// The rows of the picture: services grouped by the systems they stand in.

/** `system` is -1 for a group that is no system. @typedef {{ readonly title: string, readonly system: number, readonly services: number[] }} Group */

/** Services that are drawn; a picture of more has no rows left to see. */
const MOST_DRAWN = 600;

/**
 * Every service once: the declared systems first, each with the services below it that no system before it has; then
 * guards, then the others. What is over the limit is left out at the end.
 *
 * @param {PageData} page
 * @returns {Group[]}
 */
function groupsOf(page) {
  const { services, systems, guards } = page;
  const placed = new Uint8Array(services.names.length);
  let left = MOST_DRAWN;
  const take = (/** @type {Iterable<number>} */ of) => {
    /** @type {number[]} */
    const taken = [];
    for (const service of of) {
      if (placed[service] || left === 0) continue;
      placed[service] = 1;
      left--;
      taken.push(service);
    }
    return taken;
  };
  /** @type {Group[]} */
  const groups = [];
  const declared = systems.some(({ name }) => name !== undefined);
  systems.forEach(({ name, need, services: own, systems: inner = [] }, system) => {
    if (name === undefined) return;
    const title = `${name}, ${need} of ${own.length + inner.length}`;
    groups.push({ title, system, services: take(servicesBelow(systems, system)) });
  });
  groups.push({ title: 'Guards', system: -1, services: take(guards.map(({ service }) => service)) });
  const title = declared ? 'Systems of their own' : 'Services, each a system of its own';
  groups.push({ title, system: -1, services: take(services.names.keys()) });
  return groups.filter(({ services: drawn }) => drawn.length > 0);
}

/**
 * @param {readonly SystemData[]} systems
 * @param {number} system
 */
function servicesBelow(systems, system) {
  const seen = new Set([system]);
  const below = new Set();
  for (const index of seen) {
    for (const service of systems[index].services) below.add(service);
    for (const inner of systems[index].systems ?? []) seen.add(inner);
  }
  return [...below].sort((a, b) => a - b);
}

/** @typedef {{ readonly service: number, readonly group: number, readonly y: number }} DrawnRow */

/**
 * Where everything stands, in pixels from the top of the first group.
 *
 * @param {readonly Group[]} groups
 */
function placesOf(groups) {
  const drawn = groups.reduce((sum, { services }) => sum + services.length, 0);
  const isLabelled = drawn <= 60;
  // More services do not make a picture taller than a screen.
  const rowHeight = isLabelled ? 18 : Math.max(1, Math.min(8, Math.floor(640 / drawn)));
  const headHeight = 22;
  /** @type {DrawnRow[]} */
  const rows = [];
  let y = 0;
  const heads = groups.map(({ services }, group) => {
    const head = y;
    y += headHeight;
    for (const service of services) {
      rows.push({ service, group, y });
      y += rowHeight;
    }
    y += 4;
    return head;
  });
  return { isLabelled, rowHeight, headHeight, heads, rows, height: y };
}
