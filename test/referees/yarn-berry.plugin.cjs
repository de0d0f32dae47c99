/**
 * A Yarn plugin with one command, `referee`: resolves the projects named in REFEREE_DIRECTORIES from their lockfiles
 * alone and writes what Yarn then holds in memory, virtual packages included, to REFEREE_OUT.
 *
 * Yarn does the resolving; before it starts, the plugin takes away what the graph of spof-deps does not have:
 * - Yarn's own table of package extensions (it differs by Yarn version and is not in the lockfile);
 * - the peers of workspaces (a workspace is one node whoever needs it);
 * and gives old lockfiles what Yarn 4 would look up in a registry first: `npm:` in front of ranges, and the descriptors
 * of its builtin patches as Yarn 2 and 3 wrote them.
 */
module.exports = {
  name: 'plugin-referee',
  factory: (require) => {
    const { BaseCommand } = require('@yarnpkg/cli');
    const { Configuration, Project, ThrowReport, structUtils } = require('@yarnpkg/core');
    const { npath, ppath, xfs } = require('@yarnpkg/fslib');
    const { parseSyml } = require('@yarnpkg/parsers');

    class RefereeCommand extends BaseCommand {
      static paths = [['referee']];

      async execute() {
        const answers = [];
        for (const directory of JSON.parse(process.env.REFEREE_DIRECTORIES)) {
          answers.push(await answer(npath.toPortablePath(directory), this.context.plugins));
        }
        await xfs.writeJsonPromise(npath.toPortablePath(process.env.REFEREE_OUT), answers);
        return 0;
      }
    }

    async function answer(cwd, plugins) {
      try {
        return { packages: await resolved(cwd, plugins) };
      } catch (error) {
        return { refused: String(error.message) };
      }
    }

    async function resolved(cwd, plugins) {
      const configuration = await Configuration.find(cwd, plugins, { strict: false });
      const { hooks } = configuration.plugins.get('@yarnpkg/plugin-compat');
      hooks.registerPackageExtensions = undefined;
      if (process.env.REFEREE_BUILTIN_PATCHES === '0') hooks.reduceDependency = undefined;
      const { project } = await Project.find(configuration, cwd);
      project.lockfileNeedsRefresh = false;
      await addPatchDescriptors(project);
      const declared = new Map();
      for (const pkg of project.originalPackages.values()) {
        declared.set(structUtils.stringifyLocator(pkg), declaredOf(pkg));
        pkg.dependencies = configuration.normalizeDependencyMap(pkg.dependencies);
        if (!project.tryWorkspaceByLocator(pkg)) continue;
        pkg.peerDependencies = new Map();
        pkg.peerDependenciesMeta = new Map();
      }
      await project.resolveEverything({ lockfileOnly: true, report: new ThrowReport() });
      const ids = new Map([...project.storedPackages.keys()].map((hash, id) => [hash, id]));
      return [...project.storedPackages.values()].map((pkg) => packageOf(project, pkg, ids, declared));
    }

    async function addPatchDescriptors(project) {
      const text = await xfs.readFilePromise(ppath.join(project.cwd, 'yarn.lock'), 'utf8');
      for (const [key, entry] of Object.entries(parseSyml(text))) {
        for (const text of key.split(/ *, */)) {
          const match = /^(.+?)@patch:(.+?)@(?:npm(?::|%3A))?([^#]*)#(?:~|optional!)?(builtin<.*)$/.exec(text);
          if (match === null || match[1] !== match[2]) continue;
          const range = `patch:${match[1]}@npm%3A${match[3]}#optional!${match[4]}`;
          const descriptor = structUtils.makeDescriptor(structUtils.parseIdent(match[1]), range);
          project.storedDescriptors.set(descriptor.descriptorHash, descriptor);
          project.storedResolutions.set(
            descriptor.descriptorHash,
            structUtils.parseLocator(entry.resolution, true).locatorHash,
          );
        }
      }
    }

    function declaredOf(pkg) {
      const ranges = (map) => new Map([...map.values()].map((item) => [structUtils.stringifyIdent(item), item.range]));
      return {
        dependencies: ranges(pkg.dependencies),
        peers: ranges(pkg.peerDependencies),
        optionalPeers: new Set(pkg.peerDependenciesMeta.keys()),
      };
    }

    function packageOf(project, pkg, ids, declared) {
      const physical = structUtils.ensureDevirtualizedLocator(pkg);
      const locator = structUtils.stringifyLocator(physical);
      const workspace = project.tryWorkspaceByLocator(physical);
      const own = declared.get(locator);
      const edges = [];
      for (const descriptor of pkg.dependencies.values()) {
        const name = structUtils.stringifyIdent(descriptor);
        const isPeer = pkg.peerDependencies.has(descriptor.identHash);
        edges.push({
          name,
          kind: isPeer ? peerKind(pkg, name) : kindOf(pkg, workspace, descriptor, name),
          range: isPeer
            ? peerRange(own, pkg.peerDependencies.get(descriptor.identHash), name)
            : (own.dependencies.get(name) ?? addedRange(descriptor)),
          to: ids.get(project.storedResolutions.get(descriptor.descriptorHash)),
        });
      }
      for (const descriptor of pkg.peerDependencies.values()) {
        const name = structUtils.stringifyIdent(descriptor);
        const isDeclared = own.peers.has(name) || own.optionalPeers.has(name) || !name.startsWith('@types/');
        if (pkg.dependencies.has(descriptor.identHash) || !isDeclared) continue;
        edges.push({ name, kind: peerKind(pkg, name), range: peerRange(own, descriptor, name), to: null });
      }
      return {
        locator,
        name: structUtils.stringifyIdent(pkg),
        version: workspace ? null : pkg.version,
        checksum: project.storedChecksums.get(physical.locatorHash) ?? null,
        isLimited: pkg.conditions != null,
        isReached: project.accessibleLocators.has(pkg.locatorHash),
        source: sourceOf(project, physical.reference),
        edges,
      };
    }

    /** Dependencies that packageExtensions add are not in the lockfile's own words. */
    function addedRange(descriptor) {
      return structUtils.ensureDevirtualizedDescriptor(descriptor).range.replace(/^npm:/, '');
    }

    /** Peers that Yarn adds have a range nobody declared; those of packageExtensions have the one declared there. */
    function peerRange(own, descriptor, name) {
      const isAdded = name.startsWith('@types/') || own.optionalPeers.has(name);
      return own.peers.get(name) ?? (isAdded ? null : descriptor.range);
    }

    function peerKind(pkg, name) {
      return pkg.peerDependenciesMeta.get(name)?.optional ? 'peerOptional' : 'peer';
    }

    function kindOf(pkg, workspace, descriptor, name) {
      const manifest = workspace?.manifest;
      if (manifest?.devDependencies.has(descriptor.identHash) && !manifest.dependencies.has(descriptor.identHash)) {
        return 'dev';
      }
      return pkg.dependenciesMeta.get(name)?.get(null)?.optional ? 'optional' : 'prod';
    }

    /** Protocol, and the place as Yarn's own parsers tell it. */
    function sourceOf(project, reference) {
      const { protocol, source, selector, params } = structUtils.parseRange(reference);
      if (protocol === 'patch:')
        return { ...sourceOf(project, structUtils.parseLocator(source).reference), isPatched: true };
      if (protocol === 'npm:') return { protocol, place: params?.__archiveUrl ?? null };
      if (protocol === 'workspace:') return { protocol, place: selector === '.' ? '' : selector };
      if (typeof params?.locator !== 'string') return { protocol, place: reference };
      const parent = structUtils.parseLocator(params.locator);
      const directory = project.tryWorkspaceByLocator(parent)?.relativeCwd ?? sourceOf(project, parent.reference).place;
      return { protocol, place: ppath.join(directory, source ?? selector) };
    }

    /** Descriptors of plugins nobody here has (backstage:^) are in the lockfile with what the plugin bound to them. */
    async function reduceDependency(dependency, project) {
      if (!/^(?!npm|patch|workspace)[a-z]+:/.test(dependency.range) || dependency.range.includes('::'))
        return dependency;
      const bound = [...project.storedDescriptors.values()].filter(
        (known) => known.identHash === dependency.identHash && known.range.startsWith(`${dependency.range}::`),
      );
      if (bound.length !== 1 || bound[0].range.includes('::locator=')) return dependency;
      const locator = project.originalPackages.get(project.storedResolutions.get(bound[0].descriptorHash));
      return structUtils.makeDescriptor(dependency, locator.reference);
    }

    return { commands: [RefereeCommand], hooks: { reduceDependency } };
  },
};
