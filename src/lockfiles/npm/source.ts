/** What the `resolved` of an npm lockfile entry says about where its bytes come from. */
import type { SourceKind } from '../../graph/model.ts';

const GIT = /^(?:git(?:\+[a-z]+)?:|ssh:|git@|(?:github|gitlab|bitbucket|gist):)/;

/**
 * The source of an entry in a node_modules. Without `resolved` it is the registry: npm leaves out the URL where
 * omit-lockfile-registry-resolved is set, and has none for what is bundled.
 *
 * @param name the real name
 */
export function sourceOf(name: string, resolved: string | undefined): SourceKind {
  if (resolved === undefined) return 'registry';
  if (resolved.startsWith('http')) return isRegistryTarball(name, resolved) ? 'registry' : 'url';
  if (resolved.startsWith('file:')) return 'file';
  return GIT.test(resolved) ? 'git' : 'url';
}

/**
 * Registries serve a tarball below the package's own name: `<name>/-/` in the registry API, `<name>/download/` on
 * cnpm mirrors, `download/<name>/` on GitHub Packages. The slash of a scope may be written %2f.
 */
function isRegistryTarball(name: string, url: string): boolean {
  const dash = url.indexOf('/-/');
  if (dash !== -1 && url.startsWith(name, dash - name.length)) return url[dash - name.length - 1] === '/';
  const plain = url.includes('%') ? url.replace(/%2f/gi, '/').replace(/%40/g, '@') : url;
  return (
    plain.includes(`/${name}/-/`) ||
    plain.includes(`/${name}/download/`) ||
    (name.startsWith('@') && plain.includes(`/download/${name}/`))
  );
}
