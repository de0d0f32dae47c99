/**
 * HTML report: one file that needs no network and no server, allowed to do nothing but run its own script. What it holds is
 * the same as the terminal's, with everything ranked, a picture, and causes that can be failed.
 */
import { Details } from '../analysis/detail.ts';
import { pageData } from './html/data.ts';
import { PAGE_END, pageHead } from './html/frame.ts';
import { answers, head, remarks } from './html/page.ts';
import { clientScript } from './html/script.ts';
import type { ReportInput } from './report.ts';
import { headline, nothingText } from './summary.ts';

export function* htmlReport(input: ReportInput): Iterable<string> {
  const { audit } = input;
  const details = new Details(audit);
  const script = clientScript();
  yield* pageHead(headline(audit), script);
  yield* head(input);
  yield '<main id="main">\n';
  if (nothingText(audit) === undefined) yield* answers(input, details);
  yield* remarks(audit);
  yield '</main>\n<script type="application/json" id="data">';
  yield* pageData(audit, details);
  yield `</script>\n<script>${script}</script>\n${PAGE_END}`;
}
