/** The part of npm's own tree library that is used here and by the referee of the npm tests; it ships no types. */
declare module '@npmcli/arborist' {
  export interface ArboristEdge {
    readonly name: string;
    readonly type: 'prod' | 'dev' | 'optional' | 'peer' | 'peerOptional' | 'workspace';
    /** The range as declared, before overrides. */
    readonly rawSpec: string;
    readonly to: ArboristNode | null;
  }

  export interface ArboristNode {
    /** Path relative to the root, '' for the root. */
    readonly location: string;
    readonly isLink: boolean;
    /** The node itself, or what a link points at. */
    readonly target: ArboristNode;
    readonly packageName: string | null;
    readonly version: string;
    readonly integrity: string | null;
    readonly resolved: string | null;
    readonly package: Readonly<Record<string, unknown>>;
    readonly hasInstallScript: boolean;
    readonly inDepBundle: boolean;
    readonly edgesOut: ReadonlyMap<string, ArboristEdge>;
    readonly inventory: ReadonlyMap<string, ArboristNode>;
    readonly realpath: string;
    readonly errors: readonly unknown[];
  }

  export class Arborist {
    constructor(options: { readonly path: string });
    loadVirtual(): Promise<ArboristNode>;
    loadActual(options: {
      readonly forceActual: boolean;
      readonly ignoreMissing: boolean;
      readonly filter: (node: ArboristNode, name: string) => boolean;
    }): Promise<ArboristNode>;
  }

  export class Shrinkwrap {
    static load(options: { readonly path: string }): Promise<Shrinkwrap>;
    static metaFromNode(node: ArboristNode, path: string): Record<string, unknown>;
    readonly data: { readonly packages: Record<string, Record<string, unknown>> };
    readonly loadingError?: unknown;
  }
}
