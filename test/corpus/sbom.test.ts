import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readCycloneDx } from '../../src/lockfiles/sbom/cyclonedx.ts';
import { readSpdx } from '../../src/lockfiles/sbom/spdx.ts';
import { CORPUS, corpusEntries, hasCorpus, inputOf } from '../readers.ts';
import { cyclonedxReferee, sbomLines, spdxReferee } from '../referees/sbom.ts';

/** Files in which reader and referee differ, each with the reason: none. */
const DIFFERENT = new Map<string, string>();

if (!hasCorpus) console.log('corpus absent: set SPOF_CORPUS to its directory');

describe.skipIf(!hasCorpus)('SBOMs of the corpus', () => {
  for (const { dir, path, kind } of corpusEntries('cyclonedx', 'spdx')) {
    test(`${dir}/${path}`, async () => {
      const file = join(CORPUS, dir, path);
      const read = kind === 'spdx' ? readSpdx : readCycloneDx;
      const referee = kind === 'spdx' ? spdxReferee : cyclonedxReferee;
      const ours = sbomLines(await read(inputOf(file)));
      const theirs = referee(readFileSync(file, 'utf8'));
      if (DIFFERENT.has(`${dir}/${path}`)) expect(ours).not.toEqual(theirs);
      else expect(ours).toEqual(theirs);
    });
  }
});
