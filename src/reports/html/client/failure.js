// What falls when causes fail: services, systems (k of n, at every level), guards.

/**
 * Which systems each service and each system is a member of.
 *
 * @typedef {{ readonly ofService: readonly number[][], readonly ofSystem: readonly number[][] }} Membership
 */

/**
 * @typedef {object} Fallen
 * @property {readonly number[]} services those that are down, ascending
 * @property {Uint8Array} isDown by service
 * @property {readonly number[]} systems those that are lost, ascending
 * @property {Uint8Array} isLost by system
 * @property {number} share weight of the systems lost / weight of all systems, 0 to 1
 * @property {readonly { readonly guard: number, readonly systems: readonly number[] }[]} guards those that are down together with services of systems they protect, and these systems
 */

/**
 * @param {readonly SystemData[]} systems
 * @param {number} services
 * @returns {Membership}
 */
function membershipOf(systems, services) {
  /** @type {number[][]} */
  const ofService = Array.from({ length: services }, () => []);
  /** @type {number[][]} */
  const ofSystem = systems.map(() => []);
  systems.forEach((system, index) => {
    for (const service of system.services) ofService[service].push(index);
    for (const inner of system.systems ?? []) ofSystem[inner].push(index);
  });
  return { ofService, ofSystem };
}

/**
 * Systems left with too few members, ascending. A lost system is a lost member of the systems it is in.
 *
 * @param {readonly SystemData[]} systems
 * @param {Membership} membership
 * @param {readonly number[]} down services, none twice
 */
function lostSystems(systems, { ofService, ofSystem }, down) {
  /** @type {Map<number, number>} */
  const failed = new Map();
  /** @type {number[]} */
  const lost = [];
  /** @param {readonly number[]} above */
  const hit = (above) => {
    for (const system of above) {
      const hits = (failed.get(system) ?? 0) + 1;
      failed.set(system, hits);
      if (hits === systems[system].fatal) lost.push(system);
    }
  };
  for (const service of down) hit(ofService[service]);
  for (const system of lost) hit(ofSystem[system]);
  return lost.sort((a, b) => a - b);
}

/**
 * Systems with a service below them that is down, however deep.
 *
 * @param {readonly SystemData[]} systems
 * @param {Membership} membership
 * @param {readonly number[]} down
 */
function touchedSystems(systems, { ofService, ofSystem }, down) {
  const touched = new Uint8Array(systems.length);
  /** @type {number[]} */
  const queue = [];
  /** @param {readonly number[]} above */
  const touch = (above) => {
    for (const system of above) {
      if (touched[system]) continue;
      touched[system] = 1;
      queue.push(system);
    }
  };
  for (const service of down) touch(ofService[service]);
  for (const system of queue) touch(ofSystem[system]);
  return touched;
}

/**
 * @param {PageData} page
 * @param {Membership} membership
 * @param {readonly (readonly number[])[]} reaches the services that each failed cause takes down
 * @returns {Fallen}
 */
function fallenBy(page, membership, reaches) {
  const { systems } = page;
  const isDown = new Uint8Array(page.services.names.length);
  for (const reach of reaches) for (const service of reach) isDown[service] = 1;
  /** @type {number[]} */
  const services = [];
  isDown.forEach((down, service) => {
    if (down) services.push(service);
  });
  const lost = lostSystems(systems, membership, services);
  const isLost = new Uint8Array(systems.length);
  for (const system of lost) isLost[system] = 1;
  const touched = touchedSystems(systems, membership, services);
  const weight = (/** @type {readonly number[]} */ of) =>
    rounded(of.reduce((sum, system) => sum + systems[system].weight, 0));
  const all = weight([...systems.keys()]);
  const guards = page.guards.flatMap(({ service, protects }, guard) => {
    const blind = isDown[service] ? protects.filter((system) => touched[system]) : [];
    return blind.length === 0 ? [] : [{ guard, systems: blind }];
  });
  return { services, isDown, systems: lost, isLost, share: all === 0 ? 0 : weight(lost) / all, guards };
}

/** To nine decimals, so that floating-point noise decides nothing. @param {number} value */
function rounded(value) {
  return value < Number.MAX_SAFE_INTEGER / 1e9 ? Math.round(value * 1e9) / 1e9 : value;
}
