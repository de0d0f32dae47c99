/** The verify command against a registry that signs. */
import { expect, it } from 'vitest';
import { serviceOf, signedRegistry } from './signed.ts';

it('tries', async () => {
  const registry = await signedRegistry({
    alpha: [{ version: '1.0.0', attested: true }],
    beta: [{ version: '2.0.0' }],
    gamma: [{ version: '0.1.0', signed: false }],
  });
  const service = serviceOf({ alpha: '1.0.0', beta: '2.0.0', gamma: '0.1.0' });
  const first = await registry.run(['verify', service, ...registry.pinned]);
  console.log(
    first.stdout,
    first.stderr,
    first.code,
    registry.server.requests.map((r) => r.path),
  );
  const second = await registry.run(['verify', service, '--json', ...registry.pinned]);
  console.log(
    second.stdout.slice(0, 3000),
    second.stderr,
    second.code,
    registry.server.requests.map((r) => r.path),
  );
});
