/** GitLab's interface on the loopback, answering from made projects: https://docs.gitlab.com/api/rest/. */
import { etag, type FakeClock, type Loopback, pageOf, type Reply, type Request, startLoopback } from '../api/http.ts';
import { type Files, type MadeCommit, Objects } from '../api/objects.ts';

export interface Made {
  readonly id: number;
  /** Set it to move the project. */
  path_with_namespace: string;
  default_branch: string | null;
  last_activity_at: string;
  archived: boolean;
  forked_from_project?: object;
  repository_access_level: string;
  topics: string[];
  languages: Record<string, number>;
  readonly refs: Map<string, MadeCommit>;
}

export type Fault = (request: Request) => Reply | undefined;

const BASE = '/api/v4/';

export class Gitlab {
  readonly objects = new Objects();
  readonly projects: Made[] = [];
  readonly former = new Map<string, number>();
  readonly users = new Set<string>();
  /** What is accepted as PRIVATE-TOKEN, and as JOB-TOKEN. */
  readonly tokens = new Set<string>();
  readonly jobTokens = new Set<string>();
  faults: Fault[] = [];
  remaining = 600;
  reset = 0;
  perPage = 100;
  /** Where a group's list has its next page: numbered, as GitLab has it, or by keyset. */
  isKeyset = false;
  readonly #clock: FakeClock;
  #loopback: Loopback | undefined;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  async start(): Promise<void> {
    this.#loopback = await startLoopback((request, origin) => this.#dated(request, origin));
  }

  get loopback(): Loopback {
    if (!this.#loopback) throw new Error('not started');
    return this.#loopback;
  }

  /** What CI_API_V4_URL is. */
  get url(): string {
    return `${this.loopback.origin}/api/v4`;
  }

  add(path_with_namespace: string, files: Files | undefined, more: Partial<Made> = {}): Made {
    const made: Made = {
      id: 500 + this.projects.length,
      path_with_namespace,
      default_branch: files ? 'main' : null,
      last_activity_at: '2026-05-01T00:00:00.000Z',
      archived: false,
      repository_access_level: 'enabled',
      topics: [],
      languages: { JavaScript: 80, CSS: 20 },
      refs: new Map(),
      ...more,
    };
    if (files) made.refs.set('main', this.objects.commit(files, path_with_namespace));
    this.projects.push(made);
    return made;
  }

  push(made: Made, files: Files, ref = 'main'): void {
    made.refs.set(
      ref,
      this.objects.commit(files, `${made.path_with_namespace} ${made.refs.size} ${this.#clock.time++}`),
    );
  }

  move(made: Made, to: string): void {
    this.former.set(made.path_with_namespace, made.id);
    made.path_with_namespace = to;
  }

  remove(made: Made): void {
    this.projects.splice(this.projects.indexOf(made), 1);
  }

  #dated(request: Request, origin: string): Reply {
    const fault = this.faults.map((each) => each(request)).find((reply) => reply !== undefined);
    if (this.#clock.time >= this.reset * 1000) {
      this.remaining = Math.max(this.remaining, 600);
      this.reset = Math.floor(this.#clock.time / 1000) + 60;
    }
    const reply = fault ?? (this.remaining === 0 ? this.#limited() : this.#tagged(request, origin));
    this.remaining = Math.max(0, this.remaining - 1);
    const headers = {
      date: new Date(this.#clock.time).toUTCString(),
      'ratelimit-limit': '600',
      'ratelimit-remaining': String(this.remaining),
      'ratelimit-reset': String(this.reset),
    };
    return { ...reply, headers: { ...headers, ...reply.headers } };
  }

  #limited(): Reply {
    const wait = Math.max(1, this.reset - Math.floor(this.#clock.time / 1000));
    return { status: 429, headers: { 'retry-after': String(wait) }, body: 'Retry later\n' };
  }

  #tagged(request: Request, origin: string): Reply {
    const { 'private-token': token, 'job-token': job } = request.headers;
    const isKnown = (given: string | string[] | undefined, known: ReadonlySet<string>) =>
      given === undefined || (typeof given === 'string' && known.has(given));
    if (!isKnown(token, this.tokens) || !isKnown(job, this.jobTokens)) return message(401, '401 Unauthorized');
    const reply = this.#route(request, origin);
    if (reply.status !== 200 || reply.body instanceof Uint8Array) return reply;
    const tag = etag(reply.body);
    if (request.headers['if-none-match'] === tag) return { status: 304, headers: { etag: tag } };
    return { ...reply, headers: { ...reply.headers, etag: tag } };
  }

  #route(request: Request, origin: string): Reply {
    if (!request.path.startsWith(BASE)) return message(404, '404 Not Found');
    const [kind, id = '', ...rest] = request.path.slice(BASE.length).split('/').map(decodeURIComponent);
    if (kind === 'groups' && rest[0] === 'projects') return this.#group(request, origin, id);
    if (kind === 'users' && rest[0] === 'projects') {
      if (!this.users.has(id)) return message(404, '404 User Not Found');
      const own = this.projects.filter(
        ({ path_with_namespace: path }) => path.split('/').length === 2 && path.startsWith(`${id}/`),
      );
      return this.#page(own, request, origin);
    }
    if (kind !== 'projects') return message(404, '404 Not Found');
    const made = this.projects.find((each) => String(each.id) === id || each.path_with_namespace === id);
    const former = this.former.get(id);
    if (!made && former !== undefined) {
      // As GitLab writes it, whatever it is reached by.
      const location = `${origin}${BASE}projects/${former}`;
      return { ...message(301, `This resource has been moved permanently to ${location}`), headers: { location } };
    }
    return made ? this.#project(made, rest, request, origin) : message(404, '404 Project Not Found');
  }

  #group(request: Request, origin: string, id: string): Reply {
    const isDeep = request.query.get('include_subgroups') === 'true';
    const all = this.projects.filter(({ path_with_namespace: path }) => path.startsWith(`${id}/`));
    if (all.length === 0 || this.users.has(id)) return message(404, '404 Group Not Found');
    return this.#page(
      isDeep ? all : all.filter(({ path_with_namespace: path }) => !path.slice(id.length + 1).includes('/')),
      request,
      origin,
    );
  }

  #page(all: readonly Made[], request: Request, origin: string): Reply {
    const shown = all.map((made) => body(made, origin));
    if (!this.isKeyset) {
      const { items, headers } = pageOf(shown, request, origin, this.perPage);
      return { status: 200, headers, body: items };
    }
    const after = Number(request.query.get('id_after') ?? 0);
    const rest = all.filter(({ id }) => id > after);
    const items = rest.slice(0, this.perPage);
    const last = items.at(-1);
    return {
      status: 200,
      headers: rest.length > items.length && last ? next(request, origin, 'id_after', String(last.id)) : {},
      body: items.map((made) => body(made, origin)),
    };
  }

  #project(made: Made, rest: readonly string[], request: Request, origin: string): Reply {
    const [kind, what, id = '', raw] = rest;
    if (kind === undefined) return { status: 200, body: body(made, origin) };
    if (kind === 'languages') return { status: 200, body: made.languages };
    if (kind !== 'repository') return message(404, '404 Not Found');
    if (made.repository_access_level === 'disabled') return message(403, '403 Forbidden');
    if (what === 'commits') {
      const commit = made.refs.get(id);
      return commit
        ? { status: 200, body: { id: commit.id, short_id: commit.id.slice(0, 8), title: 'made' } }
        : message(404, '404 Commit Not Found');
    }
    if (what === 'blobs' && raw === 'raw') {
      const content = this.objects.blobs.get(id);
      return content ? { status: 200, body: content } : message(404, '404 Blob Not Found');
    }
    return what === 'tree' ? this.#tree(request, origin) : message(404, '404 Not Found');
  }

  #tree(request: Request, origin: string): Reply {
    const commit = this.objects.commits.get(request.query.get('ref') ?? '');
    if (!commit) return message(404, '404 Tree Not Found');
    const all = this.objects
      .all(commit.tree)
      .map(({ path, mode, type, sha }) => ({ id: sha, name: path.split('/').at(-1), type, path, mode }));
    const at = all.findIndex(({ id, path }) => `${id} ${path}` === request.query.get('page_token')) + 1;
    const items = all.slice(at, at + this.perPage);
    const last = items.at(-1);
    const more = at + items.length < all.length && last;
    return {
      status: 200,
      headers: more ? next(request, origin, 'page_token', `${last.id} ${last.path}`) : {},
      body: items,
    };
  }
}

function next({ path, query }: Request, origin: string, name: string, value: string): Record<string, string> {
  const more = new URLSearchParams(query);
  more.set(name, value);
  return { link: `<${origin}${path}?${more}>; rel="next"` };
}

/** The fields of a project that matter, as GitLab writes them, among some that do not. */
function body({ refs, languages: _, ...made }: Made, origin: string): object {
  const [name] = made.path_with_namespace.split('/').slice(-1);
  const url = `${origin}/${made.path_with_namespace}`;
  return {
    ...made,
    name,
    path: name,
    web_url: url,
    http_url_to_repo: `${url}.git`,
    empty_repo: refs.size === 0,
    visibility: 'private',
  };
}

export function message(status: number, text: string): Reply {
  return { status, body: { message: text } };
}
