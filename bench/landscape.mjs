/** What a synthetic fleet is asked about: systems and guards over its services, and who is behind its packages. */

const SYSTEMS = 200;
const GUARDS = 20;
const ACCOUNTS = 3000;
const OWNERS = 1500;

/** Systems of 2 to 6 services, every tenth with the system before as a member, and guards of some of them. */
export function landscapeOf(services) {
  const random = numbersFrom(7);
  const systems = [];
  for (let at = 0; at < SYSTEMS; at++) {
    const members = new Set();
    const size = 2 + random(5);
    while (members.size < Math.min(size, services.length)) members.add(random(services.length));
    const direct = [...members].sort((a, b) => a - b);
    const below = at % 10 === 9 ? [at - 1] : [];
    const leaves = [...new Set([...direct, ...below.flatMap((system) => systems[system].members)])].sort(
      (a, b) => a - b,
    );
    systems.push({
      name: `system-${at}`,
      members: leaves,
      ...(below.length > 0 ? { parts: { services: direct, systems: below } } : {}),
      need: 1 + random(direct.length - 1),
      weight: 1 + random(9),
      origin: 'declared',
    });
  }
  const guards = Array.from({ length: Math.min(GUARDS, services.length) }, (_, at) => ({
    name: `guard-${at}`,
    service: random(services.length),
    protects: [at, at + GUARDS],
  }));
  return { services, systems, guards };
}

/** Evidence of a registry that knows everything: accounts, sources, builders and keys, by package name. */
export function evidenceOf(fleet, nothing) {
  const components = nothing.components.map((none, c) => {
    const { name, version } = fleet.component(c);
    const random = numbersFrom(hash(name));
    const registry = 'https://registry.example/';
    const owner = `https://github.com/owner-${random(OWNERS)}`;
    const repository = `${owner}/${name.replaceAll('/', '-')}`;
    const accounts = Array.from({ length: 1 + random(4) }, () => `account-${random(ACCOUNTS)}`);
    const isAttested = random(4) === 0;
    const build = {
      ...{ predicateType: 'https://slsa.dev/provenance/v1', repository, owner, repositoryId: undefined },
      ...{ ownerId: undefined, commit: undefined, ref: undefined, workflow: '.github/workflows/release.yml' },
      ...{ builder: 'https://github.com/actions/runner', issuer: 'https://issuer.example', identity: repository },
      loggedAt: undefined,
    };
    const verified = { reason: 'verified', key: `key-${random(2)}` };
    return {
      ...none,
      verdicts: { signature: verified, publish: none.verdicts.publish, provenance: none.verdicts.provenance },
      build: isAttested ? build : undefined,
      history: {
        declared: repository,
        predecessor: undefined,
        lost: undefined,
        repositoryBefore: undefined,
        buildBefore: undefined,
      },
      publishers: { registry, accounts: [...new Set(accounts)].sort() },
      listing: { newest: new Map(), tags: new Map([['latest', version]]), dependencies: undefined },
    };
  });
  return { ...nothing, mode: 'online', components };
}

function hash(text) {
  let h = 2166136261;
  for (let at = 0; at < text.length; at++) h = Math.imul(h ^ text.charCodeAt(at), 16777619);
  return h >>> 0;
}

// A linear congruential generator (Numerical Recipes): repeatable, and good enough to spread.
function numbersFrom(seed) {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
