import type { LockGraph } from '../graph/model.ts';
import type { LockfileInput } from './reader.ts';

export async function readYarnJson(input: LockfileInput): Promise<LockGraph> {
  throw new Error('being written: ' + input.path);
}
