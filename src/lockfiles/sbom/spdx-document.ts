/** What an SPDX document of any version says, in one shape. */
import type { EdgeKind } from '../../graph/model.ts';
import type { PackageFacts } from './component.ts';

export interface SpdxPackage {
  readonly id: string;
  readonly facts: PackageFacts;
}

export interface SpdxRelation {
  readonly from: string;
  readonly to: string;
  readonly kind: EdgeKind | 'contains';
}

export interface SpdxDocument {
  /** Without a prefix: 2.3, 3.0.1. */
  readonly version: string;
  readonly knownVersion: boolean;
  readonly id: string;
  readonly name: string;
  readonly packages: readonly SpdxPackage[];
  /** Ids of the packages the document is about. */
  readonly describes: readonly string[];
  readonly relations: readonly SpdxRelation[];
  /** Ids of files, snippets and the document itself. */
  readonly others: ReadonlySet<string>;
  /** Packages that are no objects or have no id, and a list of packages that is none. */
  readonly unreadable: number;
}

/** SPDX writes these where a value is none or not known. */
export function stated(value: string | undefined): string | undefined {
  return value === undefined || value === '' || value === 'NONE' || value === 'NOASSERTION' ? undefined : value;
}
