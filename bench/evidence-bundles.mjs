/** Provenance: our judge against the bare Sigstore verifier on the same bundles, and judging on threads against in process. */
import { availableParallelism } from 'node:os';
import { bundleFromJSON } from '@sigstore/bundle';
import { PublicKey, TrustedRoot } from '@sigstore/protobuf-specs';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { built } from './built.mjs';
import { race } from './race.mjs';
import { signing } from './registry-signing.mjs';

const BUNDLES = 64;
/** What the judge may add to the verifier: statement, subject, and who built it. */
const JUDGE = 1.15;
/** What of the cores may be lost on the way to the threads and back. */
const LOST = 1.25;

export async function measureBundles({ quick }) {
  const [{ AttestationJudge }, { Judges }] = await Promise.all(
    ['evidence/attestations.js', 'evidence/judging.js'].map(built),
  );
  const { createSigstore, sha512Of } = await signing();
  const sigstore = createSigstore();
  const trust = { trustedRoot: sigstore.trustedRoot, keys: sigstore.keys() };
  const all = Array.from({ length: quick ? BUNDLES / 2 : BUNDLES }, (_, n) => {
    const [name, version] = [`package-${n}`, '1.0.0'];
    const integrity = sha512Of(`${name}@${version}`);
    const attestation = sigstore.provenance({ name, version, integrity, predicate: 'v1' });
    const subject = { name, version, digests: [integrity] };
    return { subject, attestation, answer: sigstore.response(attestation) };
  });

  const verifier = bareVerifier(trust);
  const judge = new AttestationJudge(trust);
  const threads = availableParallelism();
  const judges = new Judges(threads);
  const verified = ({ provenance }) => {
    if (provenance.reason !== 'verified') throw new Error(`provenance: ${provenance.reason}`);
  };
  try {
    const ms = await race(
      {
        bare: () => {
          for (const { attestation } of all) verifier.verify(toSignedEntity(bundleFromJSON(attestation.bundle)));
        },
        here: () => {
          for (const { subject, answer } of all) verified(judge.judge(subject, answer));
        },
        threads: () =>
          Promise.all(all.map(async ({ subject, answer }) => verified(await judges.judge(trust, subject, answer)))),
      },
      quick ? 3 : 7,
    );
    return [
      {
        name: 'evidence: provenance, judged in process',
        value: ms.here / all.length,
        unit: 'ms per bundle',
        ratio: ms.here / ms.bare,
        against: `the bare verifier, ${(ms.bare / all.length).toFixed(2)} ms`,
        target: JUDGE,
      },
      {
        name: `evidence: provenance, judged on ${threads} threads`,
        value: ms.threads / all.length,
        unit: 'ms per bundle',
        ratio: ms.threads / ms.here,
        against: 'in process',
        target: LOST / threads,
      },
    ];
  } finally {
    await judges.close();
  }
}

function bareVerifier({ trustedRoot, keys }) {
  const listed = JSON.parse(keys).keys.filter(({ keyUsage }) => keyUsage === 'npm:attestations');
  const byId = Object.fromEntries(listed.map(({ keyId, publicKey }) => [keyId, PublicKey.fromJSON(publicKey)]));
  return new Verifier(toTrustMaterial(TrustedRoot.fromJSON(JSON.parse(trustedRoot)), byId), {
    tlogThreshold: 1,
    ctlogThreshold: 1,
    timestampThreshold: 1,
  });
}
