/** Verdicts over registry signatures against bare crypto.verify in the same thread pool with everything prepared. */
import { createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { built } from './built.mjs';
import { race } from './race.mjs';

const FIXTURES = new URL('../fixtures/signing/', import.meta.url);
const IN_FLIGHT = 64;
const SIGNATURES = 512;
/** At least 0.80 of the rate of the floor. */
const TARGET = 1.25;

export async function measureSignatures({ quick }) {
  const [{ signatureVerdict }, { parseKeys }] = await Promise.all(
    ['evidence/signature.js', 'registry/keys.js'].map(built),
  );
  const keysText = readFileSync(new URL('keys.json', FIXTURES), 'utf8');
  const keys = parseKeys(keysText);
  const tuples = recorded();
  const bare = prepared(tuples, JSON.parse(keysText).keys);

  const ms = await race(
    {
      floor: () =>
        inFlight(bare, async (one) => {
          if (!(await verified(one))) throw new Error(`${one.id} is not right`);
        }),
      verdicts: () =>
        inFlight(tuples, async ({ subject, release }) => {
          const { reason } = await signatureVerdict(subject, release, keys);
          if (!reason.startsWith('verified')) throw new Error(`${subject.name}: ${reason}`);
        }),
    },
    quick ? 5 : 41,
  );
  const rate = (each) => (SIGNATURES / each) * 1000;
  return [
    {
      name: `signatures: verdicts, ${IN_FLIGHT} in flight`,
      value: rate(ms.verdicts),
      unit: 'per second',
      ratio: ms.verdicts / ms.floor,
      against: `bare crypto.verify, ${rate(ms.floor).toFixed(0)} per second`,
      target: TARGET,
    },
  ];
}

/** Genuine releases, each as a value of its own, over and over until there are enough. */
function recorded() {
  const genuine = readFileSync(new URL('manifests.jsonl', FIXTURES), 'utf8')
    .trimEnd()
    .split('\n')
    .filter((line) => JSON.parse(line).verified);
  return Array.from({ length: SIGNATURES }, (_, index) => {
    const { name, version, integrity, signatures, published } = JSON.parse(genuine[index % genuine.length]);
    const subject = { name, version, digests: [integrity] };
    return { subject, release: { name, version, integrity, signatures, attested: false, published } };
  });
}

function prepared(tuples, entries) {
  const keys = new Map(
    entries.map(({ keyId, publicKey: { rawBytes } }) => [
      keyId,
      createPublicKey({ key: Buffer.from(rawBytes, 'base64'), format: 'der', type: 'spki' }),
    ]),
  );
  return tuples.map(({ subject: { name, version, digests }, release: { signatures } }) => ({
    id: `${name}@${version}`,
    message: Buffer.from(`${name}@${version}:${digests[0]}`),
    key: keys.get(signatures[0].keyid),
    sig: Buffer.from(signatures[0].sig, 'base64'),
  }));
}

function verified({ message, key, sig }) {
  return new Promise((resolve, reject) => {
    verify('sha256', message, key, sig, (error, right) => (error ? reject(error) : resolve(right)));
  });
}

async function inFlight(items, run) {
  let next = 0;
  const lane = async () => {
    while (next < items.length) await run(items[next++]);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
}
