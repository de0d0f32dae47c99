/**
 * Reads the lines Yarn 2 to 4 writes, and nothing else: any line that looks different (a comment inside an entry, an
 * escape, an unknown field, names out of order) makes it give up, and the file is read as YAML.
 */
import { GraphBuilder } from '../../graph/builder.ts';
import { NODE_FLAGS, NONE } from '../../graph/model.ts';
import { BEFORE, BerryLines, UNORDERED } from './berry-lines.ts';
import { normalRange } from './descriptor.ts';
import { NO_PEERS, type YarnPeer } from './entry.ts';
import { YarnPackages } from './packages.ts';

/** The packages of a lockfile with an empty graph for them, or undefined where the text is not exactly what Yarn writes. */
export function scanBerry(text: string): YarnPackages | undefined {
  if (text.includes('\\') || text.includes('\t')) return undefined;
  const lines = text.includes('\r') ? text.replaceAll('\r\n', '\n') : text;
  if (lines.includes('\r')) return undefined;
  const packages = new YarnPackages(new GraphBuilder('yarn-berry', ''));
  return new BerryScanner(lines, packages).document() ? packages : undefined;
}

/** The checksum is of Yarn's own archive. The cache key before the slash names how that was made. */
export function checksumOf(checksum: string, cacheKey: string | undefined): string | undefined {
  if (checksum === '') return undefined;
  const slash = checksum.indexOf('/');
  return slash === -1
    ? `yarn${cacheKey ?? ''}-${checksum}`
    : `yarn${checksum.slice(0, slash)}-${checksum.slice(slash + 1)}`;
}

// Constants of the module itself: the compiler folds those, and not imported ones, which cost a fifth of the time here.
const HASH_START = 0x811c9dc5 | 0;
const HASH_STEP = 0x01000193;
const NEWLINE = 0x0a;
const SPACE = 0x20;
const QUOTE = 0x22;
const HASH = 0x23;
const COMMA = 0x2c;
const COLON = 0x3a;
const AT = 0x40;

const METADATA = word('__metadata:\n');
const LONG_KEY = word('? ');
const VERSION = word('version: ');
const CACHE_KEY = word('cacheKey: ');
const RESOLUTION = word('resolution: "');
const CHECKSUM = word('checksum: ');
const CONDITIONS = word('conditions: ');
/** How nearly all entries end. */
const USUAL_END = 'languageName: node\n  linkType: hard\n';
const LANGUAGE = word('languageName: ');
const LINK_TYPE = word('linkType: ');
const BIN = word('bin:\n');
const DEPENDENCIES = word('dependencies:\n');
const DEPENDENCIES_META = word('dependenciesMeta:\n');
const PEERS = word('peerDependencies:\n');
const PEERS_META = word('peerDependenciesMeta:\n');
const NPM = word('npm:');
const PATCH = word('patch:');

/** Bits of the fields of an entry that were read. */
const SEEN = {
  version: 1,
  resolution: 2,
  checksum: 4,
  languageName: 8,
  linkType: 16,
  conditions: 32,
  dependencies: 64,
  peers: 128,
  dependenciesMeta: 256,
  peersMeta: 512,
  bin: 1024,
} as const;

function word(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

class BerryScanner extends BerryLines {
  readonly #packages: YarnPackages;
  #cacheKey: string | undefined;
  /** Whether a descriptor is in two keys. */
  #isRepeated = false;
  /** The entry that is read. */
  #name = NONE;
  #reference = '';
  #version = NONE;
  #checksum: string | undefined;
  #isLimited = false;
  #firstNeed = 0;
  #isOrdered = true;
  #peers = NO_PEERS;
  #peersMeta: Map<number, boolean> | undefined;
  #optional: Map<number, boolean> | undefined;

  constructor(text: string, packages: YarnPackages) {
    super(text, packages.builder);
    this.#packages = packages;
  }

  /** Whether all of the text was read. */
  document(): boolean {
    let hasMetadata = false;
    while (this.at < this.text.length) {
      const first = this.units[this.at];
      if (first === NEWLINE) {
        this.at++;
      } else if (first === HASH) {
        this.skipLine();
      } else if (this.is(METADATA)) {
        // Checksums are of the cache it names, so it has to come before them, as Yarn writes it.
        if (hasMetadata || this.#packages.entries.length > 0 || !this.#metadata()) return false;
        hasMetadata = true;
      } else if (!this.#entry()) {
        return false;
      }
    }
    return hasMetadata && !(this.#isRepeated && this.#hasRepeatedKey());
  }

  /** A key may hold a descriptor of another; the same key twice is no YAML. */
  #hasRepeatedKey(): boolean {
    const { entries } = this.#packages;
    return new Set(entries.map(({ key }) => key)).size < entries.length;
  }

  #metadata(): boolean {
    let hasVersion = false;
    while (this.isIndented(2)) {
      const isVersion = this.is(VERSION);
      if (!isVersion && !this.is(CACHE_KEY)) return false;
      if ((isVersion ? hasVersion : this.#cacheKey !== undefined) || !this.value()) return false;
      if (isVersion) this.#packages.builder.formatVersion = this.slice();
      else this.#cacheKey = this.slice();
      hasVersion ||= isVersion;
    }
    return hasVersion || this.#cacheKey !== undefined;
  }

  #entry(): boolean {
    const key = this.#key();
    if (key === undefined) return false;
    this.#name = NONE;
    this.#version = NONE;
    this.#checksum = undefined;
    this.#isLimited = false;
    this.#firstNeed = this.#packages.needTo.length;
    this.#isOrdered = true;
    this.#peers = NO_PEERS;
    this.#peersMeta = undefined;
    this.#optional = undefined;
    let seen = 0;
    while (this.isIndented(2)) {
      const bit = this.#field();
      if (bit === 0 || (seen & bit) !== 0) return false;
      seen |= bit;
    }
    if (this.#name === NONE) return false;
    this.#add(key);
    return true;
  }

  #add(key: string): void {
    const { needTo, entries } = this.#packages;
    this.#applyOptional();
    entries.push({
      key,
      name: this.#name,
      reference: this.#reference,
      isWorkspace: this.#reference.startsWith('workspace:'),
      version: this.#version,
      checksum: this.#checksum,
      flags: this.#isLimited ? NODE_FLAGS.platform : 0,
      firstNeed: this.#firstNeed,
      endNeed: needTo.length,
      isOrdered: this.#isOrdered,
      peers: this.#peersMeta === undefined ? this.#peers : withMeta(this.#peers, this.#peersMeta),
      addsOwnTypes: false,
    });
  }

  #applyOptional(): void {
    if (this.#optional === undefined) return;
    const { needKind } = this.#packages;
    for (let need = this.#firstNeed; need < needKind.length; need++) {
      if (this.#optional.get(this.#packages.needName(need)) === true) needKind[need] = 'optional';
    }
  }

  /** The key of an entry: `key:`, or `? key` with a colon on the next line where it is long. */
  #key(): string | undefined {
    const isLong = this.is(LONG_KEY);
    const isQuoted = this.isNext(QUOTE);
    // Lock version 4 leaves the quotes out where there is no `npm:`.
    if (!isQuoted && (isLong || !this.isPlain(this.at))) return undefined;
    const end = isQuoted ? QUOTE : COLON;
    const from = this.at;
    do {
      if (!this.#keyDescriptor(end)) return undefined;
    } while (this.units[this.at - 1] === COMMA);
    const key = this.text.slice(from, this.at - 1);
    if (isLong && !this.isNext(NEWLINE)) return undefined;
    return (!isQuoted || this.isNext(COLON)) && this.isNext(NEWLINE) ? key : undefined;
  }

  /** Reads `name@range` up to a comma or the end of the key, and what follows that. */
  #keyDescriptor(end: number): boolean {
    while (this.units[this.at] === SPACE) this.at++;
    if (!this.packageName()) return false;
    const name = this.id();
    const isPatch = this.is(PATCH);
    if (!isPatch) this.is(NPM);
    const units = this.units;
    let at = this.at;
    let hash = HASH_START;
    let isOdd = isPatch;
    for (let unit = units[at]!; unit !== end && unit !== COMMA; unit = units[++at]!) {
      if (unit === NEWLINE || (unit === SPACE && end === COLON)) return false;
      if (unit === COLON) isOdd = true;
      hash = Math.imul(hash ^ unit, HASH_STEP);
    }
    if (at === this.at || units[at - 1] === SPACE) return false;
    const range = isPatch
      ? this.#packages.builder.text(normalRange(this.text.slice(this.at - PATCH.length, at)))
      : this.slices.id(this.at, at, hash);
    this.at = at + 1;
    this.#addKey(name, range, isOdd);
    return true;
  }

  #addKey(name: number, range: number, isOdd: boolean): void {
    const { descriptors, entries, oddKeys } = this.#packages;
    const at = descriptors.id(name, range);
    if (descriptors.entries[at] !== NONE) this.#isRepeated = true;
    descriptors.entries[at] = entries.length;
    if (isOdd) oddKeys.push(at);
  }

  /** Reads one field and what belongs to it. Returns a bit of its own for each (two where two were read at once), 0 for one that is not as expected. */
  #field(): number {
    switch (this.units[this.at]) {
      case 0x76: // v
        return this.is(VERSION) && this.#versionValue() ? SEEN.version : 0;
      case 0x72: // r
        return this.is(RESOLUTION) && this.#locator() ? SEEN.resolution : 0;
      case 0x63: // c
        if (this.is(CHECKSUM)) return this.#checksumValue() ? SEEN.checksum : 0;
        this.#isLimited = true;
        return this.is(CONDITIONS) && this.value() ? SEEN.conditions : 0;
      case 0x6c: // l
        if (this.text.startsWith(USUAL_END, this.at)) {
          this.at += USUAL_END.length;
          return SEEN.languageName | SEEN.linkType;
        }
        if (this.is(LANGUAGE)) return this.value() ? SEEN.languageName : 0;
        return this.is(LINK_TYPE) && this.value() ? SEEN.linkType : 0;
      case 0x64: // d
        if (this.is(DEPENDENCIES)) return this.#dependencies() ? SEEN.dependencies : 0;
        this.#optional = this.is(DEPENDENCIES_META) ? this.meta() : undefined;
        return this.#optional === undefined ? 0 : SEEN.dependenciesMeta;
      case 0x70: // p
        if (this.is(PEERS)) return this.#peerDependencies() ? SEEN.peers : 0;
        this.#peersMeta = this.is(PEERS_META) ? this.meta() : undefined;
        return this.#peersMeta === undefined ? 0 : SEEN.peersMeta;
      default:
        return this.is(BIN) && this.pairs(4) ? SEEN.bin : 0;
    }
  }

  #versionValue(): boolean {
    if (!this.value()) return false;
    this.#version = this.id();
    return true;
  }

  #checksumValue(): boolean {
    if (!this.longValue()) return false;
    this.#checksum = checksumOf(this.slice(), this.#cacheKey);
    return true;
  }

  /** The name and reference of a resolution, behind its opening quote. */
  #locator(): boolean {
    if (!this.packageName()) return false;
    this.#name = this.id();
    if (!this.quoted(this.at)) return false;
    this.#reference = this.slice();
    return this.#reference !== '';
  }

  #dependencies(): boolean {
    const { descriptors } = this.#packages;
    let from = 0;
    let to = 0;
    while (this.isIndented(4)) {
      if (!this.name() || !this.isNext(SPACE)) return false;
      const order = to === 0 ? BEFORE : this.orderAfter(from, to);
      if (order === UNORDERED) return false;
      if (order !== BEFORE) this.#isOrdered = false;
      from = this.from;
      to = this.to;
      const name = this.id();
      const range = this.#range();
      if (range === NONE) return false;
      this.#packages.need(descriptors.id(name, range), 'prod');
    }
    return to > 0;
  }

  /** Id of the rest of the line as a manifest has it: newer lockfiles write the default `npm:` out. Aliases keep it. */
  #range(): number {
    const isQuoted = this.isNext(QUOTE);
    const from = this.at;
    if (this.is(NPM)) {
      const isRead = isQuoted ? this.quoted(this.at) : this.plain(this.at);
      if (!isRead) return NONE;
      if (!this.#isAlias()) return this.id();
      return this.#packages.builder.text(this.text.slice(from, this.to));
    }
    const isRead = isQuoted ? this.quoted(from) : this.isPlain(from) && this.plain(from);
    return isRead ? this.id() : NONE;
  }

  #isAlias(): boolean {
    for (let at = this.from; at < this.to; at++) if (this.units[at] === AT) return true;
    return false;
  }

  #peerDependencies(): boolean {
    const peers: YarnPeer[] = [];
    let from = 0;
    let to = 0;
    while (this.isIndented(4)) {
      if (!this.name() || !this.isNext(SPACE) || (to > 0 && this.orderAfter(from, to) === UNORDERED)) return false;
      from = this.from;
      to = this.to;
      const name = this.id();
      if (!this.value()) return false;
      peers.push({ name, range: this.id(), optional: false });
    }
    this.#peers = peers;
    return to > 0;
  }
}

/** Peers with what peerDependenciesMeta says of them; those it names alone follow. */
function withMeta(declared: readonly YarnPeer[], meta: ReadonlyMap<number, boolean>): readonly YarnPeer[] {
  const peers = declared.map((peer) => (meta.get(peer.name) === true ? { ...peer, optional: true } : peer));
  const names = new Set(declared.map(({ name }) => name));
  for (const [name, optional] of meta) if (!names.has(name)) peers.push({ name, range: NONE, optional });
  return peers;
}
