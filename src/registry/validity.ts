/** How long an answer of a registry holds, by its headers. Pure. */
import CachePolicy from 'http-cache-semantics';
import type { Validity } from '../network/answer-kinds.ts';

/** npm's own registry says five minutes; evidence that is older than this is asked for again whatever a server says. */
const LONGEST = 60 * 60 * 1000;
const LONGEST_TAG = 256;

/**
 * Reads Cache-Control, Expires, Age, Vary and ETag (RFC 9111) for a cache of one user.
 *
 * @param headers of the response, names in lower case
 * @returns undefined where the answer must not be kept, or says nothing of it
 */
export function validityOf(headers: Readonly<Record<string, string>>): Validity | undefined {
  const policy = new CachePolicy(
    { url: '/', method: 'GET', headers: {} },
    { status: 200, headers: { ...headers } },
    {
      shared: false,
      // Without a word of the server nothing is assumed.
      cacheHeuristic: 0,
    },
  );
  if (!policy.storable()) return undefined;
  const { etag } = headers;
  const tag = etag !== undefined && etag.length <= LONGEST_TAG ? etag : undefined;
  // Whole seconds, as headers have them: what passed since the policy was made is none of the answer's.
  const milliseconds = Math.min(Math.max(0, Math.ceil(policy.timeToLive() / 1000) * 1000), LONGEST);
  return tag === undefined && milliseconds === 0 ? undefined : { etag: tag, milliseconds };
}
