/**
 * HTML report: one file that needs no network and no server, allowed to do nothing but run its own script. What it holds is
 * the same as the terminal's, with everything ranked, a picture, and causes that can be failed.
 */
import { Details } from '../analysis/detail.ts';
import { pageData } from './html/data.ts';
import { answers, head, remarks } from './html/page.ts';
import { contentPolicy } from './html/policy.ts';
import { clientScript } from './html/script.ts';
import { STYLE } from './html/style.ts';
import type { ReportInput } from './report.ts';
import { forHtml } from './safe.ts';
import { headline, nothingText } from './summary.ts';

export function* htmlReport(input: ReportInput): Iterable<string> {
  const { audit } = input;
  const details = new Details(audit);
  const script = clientScript();
  yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n';
  yield `<meta http-equiv="Content-Security-Policy" content="${forHtml(contentPolicy(script, STYLE))}">\n`;
  yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n';
  yield '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n';
  yield `<title>${forHtml(`spof-deps: ${headline(audit)}`)}</title>\n<style>${STYLE}</style>\n</head>\n<body>\n`;
  yield* head(input);
  yield '<main id="main">\n';
  if (nothingText(audit) === undefined) yield* answers(input, details);
  yield* remarks(audit);
  yield '</main>\n<script type="application/json" id="data">';
  yield* pageData(audit, details);
  yield `</script>\n<script>${script}</script>\n</body>\n</html>\n`;
}
