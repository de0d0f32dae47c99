/** The part of @npmcli/config that is used; the package has no types of its own. */
declare module '@npmcli/config' {
  interface Layer {
    /** Own properties are the layer's values, with environment references expanded. */
    readonly data: Readonly<Record<string, unknown>>;
    /** Where it was read from: a file for builtin, global and user. */
    readonly source: string | null;
    readonly loadError?: unknown;
  }

  export default class Config {
    constructor(options: {
      readonly definitions: unknown;
      readonly shorthands: unknown;
      readonly flatten: unknown;
      readonly nerfDarts: unknown;
      readonly npmPath: string;
      readonly env: Record<string, string>;
      readonly argv: readonly string[];
      readonly execPath: string;
      readonly cwd: string;
      readonly warn: boolean;
    });
    /** By name (default, builtin, global, user, project, env, cli), the weakest first. */
    readonly data: ReadonlyMap<string, Layer>;
    load(): Promise<void>;
    /** @throws an error of code ERR_INVALID_AUTH where credentials belong to no registry */
    validate(): boolean;
    get(key: string): unknown;
  }
}

declare module '@npmcli/config/lib/definitions/index.js' {
  const library: {
    readonly definitions: unknown;
    readonly shorthands: unknown;
    readonly nerfDarts: unknown;
    /** Adds the flat options of one layer's values to `flat`. */
    flatten(values: Readonly<Record<string, unknown>>, flat: Record<string, unknown>): unknown;
  };
  export default library;
}
