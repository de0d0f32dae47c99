/** The options of npm's that concern the wire, out of the library's flat form: types and bounds checked. Pure. */

export interface WireOptions {
  /** For https addresses and, as npm does, for http ones too where no `proxy` is set. May hold credentials. */
  readonly httpsProxy: string | undefined;
  readonly proxy: string | undefined;
  /** Comma-separated host names or domains. */
  readonly noProxy: string | undefined;
  /** PEM texts. */
  readonly ca: string | readonly string[] | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly localAddress: string | undefined;
  readonly strictSSL: boolean;
  /** Milliseconds without an answer, or without a further byte of one. */
  readonly timeout: number;
  /** Connections per origin; undefined where the user set none. */
  readonly maxSockets: number | undefined;
  readonly retry: RetryOptions;
}

export interface RetryOptions {
  /** Attempts after the first. */
  readonly retries: number;
  /** Milliseconds before the first retry; each further wait is `factor` times the one before, at most `maxTimeout`. */
  readonly minTimeout: number;
  readonly maxTimeout: number;
  readonly factor: number;
}

/** npm's own five minutes would hold up a whole audit for one connection that died. */
const TIMEOUT = 30_000;
/** Node's timers hold no more. */
const LONGEST = 2 ** 31 - 1;
const MOST_RETRIES = 10;
const MOST_SOCKETS = 256;

/**
 * @param flat options as @npmcli/config flattens them
 * @param explicit whether the user set the config key, as opposed to npm's default
 */
export function wireOptions(
  flat: Readonly<Record<string, unknown>>,
  explicit: (configKey: string) => boolean,
): WireOptions {
  const retry: Readonly<Record<string, unknown>> = { ...asRecord(flat.retry) };
  return {
    httpsProxy: text(flat.httpsProxy),
    proxy: text(flat.proxy),
    noProxy: text(flat.noProxy),
    ca: texts(flat.ca),
    cert: text(flat.cert),
    key: text(flat.key),
    localAddress: text(flat.localAddress),
    strictSSL: flat.strictSSL !== false,
    timeout: explicit('fetch-timeout') ? within(flat.timeout, 1, LONGEST, TIMEOUT) : TIMEOUT,
    maxSockets: explicit('maxsockets') ? within(flat.maxSockets, 1, MOST_SOCKETS, MOST_SOCKETS) : undefined,
    retry: {
      retries: Math.floor(within(retry.retries, 0, MOST_RETRIES, 2)),
      minTimeout: within(retry.minTimeout, 0, LONGEST, 10_000),
      maxTimeout: within(retry.maxTimeout, 0, LONGEST, 60_000),
      factor: within(retry.factor, 1, 1000, 10),
    },
  };
}

function asRecord(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function texts(value: unknown): string | readonly string[] | undefined {
  if (!Array.isArray(value)) return text(value);
  const all = value.filter((one) => typeof one === 'string');
  return all.length > 0 ? all : undefined;
}

function within(value: unknown, least: number, most: number, otherwise: number): number {
  if (typeof value !== 'number' || Number.isNaN(value)) return otherwise;
  return Math.min(Math.max(value, least), most);
}
