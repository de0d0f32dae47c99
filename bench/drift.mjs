/** Versions that move on with time, the same way in every service. */
import { createHash } from 'node:crypto';

/**
 * What a release has become at a point in time: itself, or a later patch release with bytes of its own. Half of all packages
 * move, at their own pace.
 *
 * @returns {{ version: string, integrity: string } | undefined} undefined where nothing changes
 */
export function drifted(name, version, time) {
  const plain = /^(\d+\.\d+\.)(\d+)$/.exec(version);
  if (!plain) return undefined;
  const pace = createHash('sha256').update(name).digest();
  if (pace[0] % 2 !== 0) return undefined;
  const steps = Math.floor(time / (1 + (pace[1] % 8)));
  if (steps === 0) return undefined;
  const later = `${plain[1]}${Number(plain[2]) + steps}`;
  return { version: later, integrity: `sha512-${createHash('sha512').update(`${name}@${later}`).digest('base64')}` };
}
