/** GitHub's interface on the loopback, answering from made repositories; held to GitHub's own description of it. */
import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import { etag, type FakeClock, type Loopback, pageOf, type Reply, type Request, startLoopback } from '../api/http.ts';
import { type Files, type MadeCommit, Objects } from '../api/objects.ts';
import { CodeScanning } from './code-scanning.ts';

export interface Made {
  readonly id: number;
  /** Owner and name; set it to rename. */
  full_name: string;
  default_branch: string;
  pushed_at: string;
  archived: boolean;
  fork: boolean;
  disabled: boolean;
  topics: string[];
  language: string | null;
  /** What branches and tags are at; none in an empty repository. */
  readonly refs: Map<string, MadeCommit>;
}

/** How a test makes the server misbehave, or nothing. */
export type Fault = (request: Request) => Reply | undefined;

const BASE = '/api/v3/';
const described = JSON.parse(readFileSync(new URL('openapi/described.json', import.meta.url), 'utf8'));
const ajv = new Ajv({ strict: false, validateFormats: false });
ajv.addSchema({ $id: 'github', schemas: described.schemas });
const operations = new Map<
  string,
  {
    statuses: readonly number[];
    query: Readonly<Record<string, object>>;
    conforms: ValidateFunction;
    request: ValidateFunction | undefined;
  }
>(
  Object.keys(described.operations).map((path) => {
    const { statuses, query, response, request } = described.operations[path];
    return [
      path,
      {
        statuses,
        query,
        conforms: ajv.compile({ ...absolute(response) }),
        request: request && ajv.compile({ ...absolute(request) }),
      },
    ];
  }),
);
const conformsToError = ajv.compile({ $ref: 'github#/schemas/basic-error' });

/** References of an operation are to the shared schemas. */
function absolute(schema: unknown): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/schemas/', '"github#/schemas/'));
}

export class Github {
  readonly objects = new Objects();
  readonly repositories: Made[] = [];
  /** Names that lead to a repository's id since it was renamed. */
  readonly former = new Map<string, number>();
  readonly organisations = new Set<string>();
  readonly users = new Set<string>();
  /** By token: the user, or the App's installation where it is undefined. */
  readonly tokens = new Map<string, string | undefined>();
  /** Where it differs from what GitHub's own description says. */
  readonly violations: string[] = [];
  faults: Fault[] = [];
  /** Requests left in this hour; those that had not changed cost nothing. */
  remaining = 5000;
  reset = 0;
  perPage = 100;
  /** Entries of a recursive tree. */
  mostEntries = 100_000;
  readonly scanning: CodeScanning;
  readonly #clock: FakeClock;
  #loopback: Loopback | undefined;

  constructor(clock: FakeClock) {
    this.#clock = clock;
    this.scanning = new CodeScanning(clock);
  }

  async start(): Promise<void> {
    this.#loopback = await startLoopback((request, origin) => this.#dated(request, origin));
  }

  get loopback(): Loopback {
    if (!this.#loopback) throw new Error('not started');
    return this.#loopback;
  }

  /** What GITHUB_API_URL is. */
  get url(): string {
    return `${this.loopback.origin}${BASE.slice(0, -1)}`;
  }

  add(full_name: string, files: Files | undefined, more: Partial<Made> = {}): Made {
    const made: Made = {
      id: 1000 + this.repositories.length,
      full_name,
      default_branch: 'main',
      pushed_at: '2026-05-01T00:00:00Z',
      archived: false,
      fork: false,
      disabled: false,
      topics: [],
      language: 'JavaScript',
      refs: new Map(),
      ...more,
    };
    if (files) made.refs.set(made.default_branch, this.objects.commit(files, full_name));
    this.repositories.push(made);
    return made;
  }

  push(made: Made, files: Files, ref = made.default_branch): void {
    made.refs.set(ref, this.objects.commit(files, `${made.full_name} ${this.#clock.time}`));
    made.pushed_at = new Date(this.#clock.time).toISOString().replace(/\.\d+/, '');
  }

  rename(made: Made, to: string): void {
    this.former.set(made.full_name, made.id);
    made.full_name = to;
  }

  remove(made: Made): void {
    this.repositories.splice(this.repositories.indexOf(made), 1);
  }

  #dated(request: Request, origin: string): Reply {
    const fault = this.faults.map((each) => each(request)).find((reply) => reply !== undefined);
    const reply = fault ?? this.#limited(request, origin);
    const headers = {
      date: new Date(this.#clock.time).toUTCString(),
      'x-ratelimit-limit': '5000',
      'x-ratelimit-remaining': String(this.remaining),
      'x-ratelimit-reset': String(this.reset),
    };
    return { ...reply, headers: { ...headers, ...reply.headers } };
  }

  #limited(request: Request, origin: string): Reply {
    if (this.#clock.time >= this.reset * 1000) {
      this.remaining = Math.max(this.remaining, 5000);
      this.reset = Math.floor(this.#clock.time / 1000) + 3600;
    }
    if (this.remaining === 0) return error(403, 'API rate limit exceeded for user ID 1.');
    const reply = this.#authorised(request, origin);
    if (reply.status !== 304) this.remaining--;
    return reply;
  }

  #authorised(request: Request, origin: string): Reply {
    const { authorization } = request.headers;
    const token = authorization?.replace(/^Bearer /, '');
    if (token !== undefined && !this.tokens.has(token)) return error(401, 'Bad credentials');
    if (request.headers['x-github-api-version'] !== '2022-11-28') return error(400, 'no such version');
    const reply = this.#route(request, origin, token);
    if (reply.status !== 200 || request.method !== 'GET' || reply.body instanceof Uint8Array) return reply;
    const tag = etag(reply.body);
    if (request.headers['if-none-match'] === tag) return { status: 304, headers: { etag: tag } };
    return { ...reply, headers: { ...reply.headers, etag: tag } };
  }

  #route(request: Request, origin: string, token: string | undefined): Reply {
    if (!request.path.startsWith(BASE)) return error(404, 'Not Found');
    const parts = request.path.slice(BASE.length).split('/').map(decodeURIComponent);
    const [kind, a = '', b = '', c, d, e = ''] = parts;
    if (kind === 'orgs' && b === 'repos') {
      return this.#checked(
        '/orgs/{org}/repos',
        request,
        this.#list(request, origin, this.organisations.has(a) ? a : undefined),
      );
    }
    if (kind === 'users' && b === 'repos') {
      const isKnown = this.users.has(a) || this.organisations.has(a);
      return this.#checked('/users/{username}/repos', request, this.#list(request, origin, isKnown ? a : undefined));
    }
    if (kind === 'user') return this.#self(request, origin, token, a);
    if (kind === 'installation') {
      if (token === undefined || this.tokens.get(token) !== undefined) return error(403, 'not an installation');
      const { body, ...rest } = this.#list(request, origin, '*', '/user/repos');
      const all = { total_count: this.repositories.length, repository_selection: 'selected', repositories: body };
      return this.#checked('/installation/repositories', request, { ...rest, body: all });
    }
    if (kind === 'repositories') {
      const made = this.repositories.find(({ id }) => String(id) === a);
      const path = [BASE.slice(1, -1), 'repos', made?.full_name, ...parts.slice(2)].join('/');
      return made ? this.#route({ ...request, path: `/${path}` }, origin, token) : error(404, 'Not Found');
    }
    if (kind !== 'repos') return error(404, 'Not Found');
    const made = this.repositories.find(({ full_name }) => full_name.toLowerCase() === `${a}/${b}`.toLowerCase());
    const former = this.former.get(`${a}/${b}`);
    if (!made && former !== undefined) {
      const rest = request.path.slice(BASE.length).split('/').slice(3);
      const query = request.query.size > 0 ? `?${request.query}` : '';
      const location = `${origin}${BASE}${['repositories', former, ...rest].join('/')}${query}`;
      return { ...error(301, 'Moved Permanently'), headers: { location } };
    }
    if (!made) return error(404, 'Not Found');
    if (c === undefined)
      return this.#checked('/repos/{owner}/{repo}', request, {
        status: 200,
        body: body('/repos/{owner}/{repo}', made),
      });
    if (c === 'git' && d === 'trees') {
      return this.#checked(
        '/repos/{owner}/{repo}/git/trees/{tree_sha}',
        request,
        this.#tree(made, e, request.query.has('recursive')),
      );
    }
    if (c === 'git' && d === 'blobs') return this.#blob(request, e);
    if (c === 'code-scanning' && d === 'sarifs') return this.#sarifs(made, request, origin, token, e);
    return error(404, 'Not Found');
  }

  #self(request: Request, origin: string, token: string | undefined, what: string): Reply {
    const login = token === undefined ? undefined : this.tokens.get(token);
    if (token === undefined) return error(401, 'Requires authentication');
    if (login === undefined) return error(403, 'Resource not accessible by integration');
    if (what === 'repos')
      return this.#checked('/user/repos', request, this.#list(request, origin, login, '/user/repos'));
    const { example } = described.operations['/user'];
    return this.#checked('/user', request, { status: 200, body: { ...example, login } });
  }

  #list(request: Request, origin: string, owner: string | undefined, form = '/orgs/{org}/repos'): Reply {
    if (owner === undefined) return error(404, 'Not Found');
    const all = this.repositories.filter(({ full_name }) => owner === '*' || full_name.startsWith(`${owner}/`));
    const { items, headers } = pageOf(all, request, origin, this.perPage);
    return { status: 200, headers, body: items.map((made) => body(form, made)) };
  }

  #tree(made: Made, wanted: string, isRecursive: boolean): Reply {
    if (made.refs.size === 0) return error(409, 'Git Repository is empty.');
    const commit = made.refs.get(wanted) ?? this.objects.commits.get(wanted);
    const tree = commit?.tree ?? (this.objects.trees.has(wanted) ? wanted : undefined);
    if (tree === undefined) return error(404, 'Not Found');
    const all = isRecursive ? this.objects.all(tree) : (this.objects.trees.get(tree) ?? []);
    const truncated = isRecursive && all.length > this.mostEntries;
    const listed = truncated ? all.slice(0, this.mostEntries) : all;
    const url = `https://git.example/api/v3/repos/${made.full_name}/git/trees/${tree}`;
    return { status: 200, body: { sha: commit?.id ?? tree, url, tree: listed, truncated } };
  }

  #blob(request: Request, id: string): Reply {
    const content = this.objects.blobs.get(id);
    if (!content) return error(404, 'Not Found');
    if (request.headers.accept !== 'application/vnd.github.raw+json')
      this.violations.push('blobs are wanted as they are');
    return {
      status: 200,
      body: content,
      headers: { 'content-type': 'application/vnd.github.raw+json; charset=utf-8' },
    };
  }

  #sarifs(made: Made, request: Request, origin: string, token: string | undefined, id: string): Reply {
    const path = '/repos/{owner}/{repo}/code-scanning/sarifs';
    if (request.method !== 'POST') return this.#checked(`${path}/{sarif_id}`, request, this.scanning.status(made, id));
    const operation = operations.get(`POST ${path}`);
    if (!operation?.request?.(JSON.parse(request.body.toString()))) {
      this.violations.push(`${path} is sent what it is not for: ${ajv.errorsText(operation?.request?.errors)}`);
    }
    const url = `${origin}${request.path}`;
    return this.#checked(`POST ${path}`, request, this.scanning.take(made, request, token, url));
  }

  #checked(path: string, { query }: Request, reply: Reply): Reply {
    const operation = operations.get(path);
    if (!operation) throw new Error(path);
    for (const [name, value] of query) {
      const schema = Object.hasOwn(operation.query, name) ? operation.query[name] : undefined;
      const given = schema && 'type' in schema && schema.type === 'integer' ? Number(value) : value;
      if (!schema || !ajv.validate(schema, given)) this.violations.push(`${path} is asked with ${name}=${value}`);
    }
    if (reply.status < 300 && !operation.conforms(reply.body)) {
      this.violations.push(`${path}: ${ajv.errorsText(operation.conforms.errors)}`);
    }
    return reply;
  }
}

/** As GitHub answers, with what is made in the place of its example. */
function body(operation: string, { refs: _, ...made }: Made): object {
  const { example } = described.operations[operation];
  // What the example is a fork of is not as its own schema has it.
  const { parent, source, template_repository, ...one } = Array.isArray(example) ? example[0] : example;
  const [login = '', name = ''] = made.full_name.split('/');
  return { ...one, ...made, name, owner: { ...one.owner, login } };
}

export function error(status: number, message: string): Reply {
  const body = { message, documentation_url: 'https://git.example/rest', status: String(status) };
  if (!conformsToError(body)) throw new Error('no error as GitHub describes it');
  return { status, body };
}
