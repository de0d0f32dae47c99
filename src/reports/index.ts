/** The report formats there are. Adding one: its file, its name in formats.ts, one line here, its extension, its tests. */
import { compareJson } from './compare/json.ts';
import { type CompareContent, compareTerminal } from './compare/terminal.ts';
import { csvReport } from './csv.ts';
import { type DiffContent, diffJson, diffMarkdown, diffTerminal } from './diff/formats.ts';
import type { DiffFormat, Format, ImpactFormat, PlanFormat, TrendFormat, UploadFormat, WhyFormat } from './formats.ts';
import { githubReport } from './github.ts';
import { htmlReport } from './html.ts';
import type { ImpactContent } from './impact/content.ts';
import { impactCsv } from './impact/csv.ts';
import { impactMarkdown, impactTerminal } from './impact/formats.ts';
import { impactHtml } from './impact/html.ts';
import { impactJson } from './impact/json.ts';
import { impactSarif } from './impact/sarif.ts';
import { jsonReport } from './json.ts';
import { markdownReport } from './markdown.ts';
import type { PlanContent } from './plan/content.ts';
import { planHtml, planMarkdown, planTerminal } from './plan/formats.ts';
import { planJson } from './plan/json.ts';
import type { AuditReports, Reports, TextReports } from './report.ts';
import { sarifReport } from './sarif.ts';
import { terminalReport } from './terminal.ts';
import { trendCsv } from './trend/csv.ts';
import { trendMarkdown, trendTerminal } from './trend/formats.ts';
import { trendHtml } from './trend/html.ts';
import { trendJson } from './trend/json.ts';
import type { TrendContent } from './trend/parts.ts';
import { type UploadContent, uploadJson, uploadMarkdown, uploadTerminal } from './upload-formats.ts';
import { verifyJson } from './verify/json.ts';
import { verifyTerminal } from './verify/terminal.ts';
import { type WhyContent, whyJson, whyMarkdown, whyTerminal } from './why/formats.ts';

export type { AuditFormat, DiffFormat, Format, TextFormat } from './formats.ts';

export const REPORTS: AuditReports = {
  terminal: terminalReport,
  json: jsonReport,
  html: htmlReport,
  markdown: markdownReport,
  csv: csvReport,
  sarif: sarifReport,
  github: githubReport,
};

/** Of the verify command: evidence alone. */
export const VERIFY_REPORTS: TextReports = { terminal: verifyTerminal, json: verifyJson };

/** Of the compare command. */
export const COMPARE_REPORTS: TextReports<CompareContent> = { terminal: compareTerminal, json: compareJson };

/** Of the diff command. */
export const DIFF_REPORTS: Reports<DiffContent, DiffFormat> = {
  terminal: diffTerminal,
  json: diffJson,
  markdown: diffMarkdown,
};

/** Of the why command. */
export const WHY_REPORTS: Reports<WhyContent, WhyFormat> = {
  terminal: whyTerminal,
  json: whyJson,
  markdown: whyMarkdown,
};

/** Of the impact command. */
export const IMPACT_REPORTS: Reports<ImpactContent, ImpactFormat> = {
  terminal: impactTerminal,
  json: impactJson,
  html: impactHtml,
  markdown: impactMarkdown,
  csv: impactCsv,
  sarif: impactSarif,
};

/** Of the trend command. */
export const TREND_REPORTS: Reports<TrendContent, TrendFormat> = {
  terminal: trendTerminal,
  json: trendJson,
  html: trendHtml,
  markdown: trendMarkdown,
  csv: trendCsv,
};

/** Of the plan command. */
export const PLAN_REPORTS: Reports<PlanContent, PlanFormat> = {
  terminal: planTerminal,
  json: planJson,
  html: planHtml,
  markdown: planMarkdown,
};

/** Of the upload command. */
export const UPLOAD_REPORTS: Reports<UploadContent, UploadFormat> = {
  terminal: uploadTerminal,
  json: uploadJson,
  markdown: uploadMarkdown,
};

const EXTENSIONS = new Map<string, Format>([
  ['.json', 'json'],
  ['.txt', 'terminal'],
  ['.html', 'html'],
  ['.md', 'markdown'],
  ['.csv', 'csv'],
  ['.sarif', 'sarif'],
]);

/** The format of an output file by its extension, or undefined. */
export function formatOfFile(file: string): Format | undefined {
  const name = file.toLowerCase().replace(/\.sarif\.json$/, '.sarif');
  return EXTENSIONS.get(/\.[^.]+$/.exec(name)?.[0] ?? '');
}

/** The extensions of formats, for a message. */
export function extensionsOf(formats: readonly string[]): string[] {
  return [...EXTENSIONS].flatMap(([extension, format]) => (formats.includes(format) ? [extension] : []));
}
