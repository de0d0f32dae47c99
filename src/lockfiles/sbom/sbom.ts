/** SBOM files carry the same names in both formats (bom.json is CycloneDX's own name and is used for SPDX too); the content tells. */
import type { LockGraph } from '../../graph/model.ts';
import type { LockfileInput } from '../reader.ts';

const SPDX = /"spdxVersion"\s*:|"SPDXID"\s*:|https?:\/\/spdx\.org\/rdf\//;

/** Reads a CycloneDX or SPDX document in JSON. */
export async function readSbom(input: LockfileInput): Promise<LockGraph> {
  if (!/"(?:bomFormat|specFormat)"\s*:/.test(input.text) && SPDX.test(input.text)) {
    return (await import('./spdx.ts')).readSpdx(input);
  }
  return (await import('./cyclonedx.ts')).readCycloneDx(input);
}
