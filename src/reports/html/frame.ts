/** What every page is: one file without network, allowed to do nothing but run its own script. */
import { VERSION } from '../../version.ts';
import { forHtml } from '../safe.ts';
import { paragraph } from './markup.ts';
import { contentPolicy } from './policy.ts';
import { STYLE } from './style.ts';

/** @param script the exact text of the one script element; undefined: the page has none, and none may run */
export function* pageHead(title: string, script?: string): Iterable<string> {
  yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n';
  yield `<meta http-equiv="Content-Security-Policy" content="${forHtml(contentPolicy(script, STYLE))}">\n`;
  yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n';
  yield '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n';
  yield `<title>${forHtml(`spof-deps: ${title}`)}</title>\n<style>${STYLE}</style>\n</head>\n<body>\n`;
}

export const PAGE_END = '</body>\n</html>\n';

/** A section of a page without a script: a heading and what stands below it. */
export interface PageSection {
  /** Of its heading, unique in the page. */
  readonly id: string;
  readonly title: string;
  /** Markup, made with the functions of markup.ts. */
  readonly content: Iterable<string>;
}

/**
 * A page that is read and does nothing.
 *
 * @param question its heading
 * @param headline what was looked at, in a sentence
 * @param alerts what must be known before anything else
 */
export function* stillPage(
  question: string,
  headline: string,
  alerts: readonly string[],
  sections: readonly PageSection[],
): Iterable<string> {
  yield* pageHead(headline);
  yield '<a class="skip" href="#main">Skip to the report</a>\n<header>\n<div class="bar">\n<p class="brand">spof-deps</p>\n';
  const links = sections.map(({ id, title }) => `<a href="#${forHtml(id)}">${forHtml(title)}</a>`);
  yield `<nav aria-label="Sections">${links.join('\n')}</nav>\n</div>\n<h1>${forHtml(question)}</h1>\n`;
  yield paragraph(headline, 'headline');
  for (const alert of alerts) yield paragraph(alert, 'alert');
  yield '</header>\n<main id="main">\n';
  for (const { id, title, content } of sections) {
    yield `<section id="${forHtml(id)}" aria-labelledby="${forHtml(id)}-title">\n`;
    yield `<h2 id="${forHtml(id)}-title">${forHtml(title)}</h2>\n`;
    yield* content;
    yield '</section>\n';
  }
  yield `</main>\n<footer>${paragraph(`spof-deps ${VERSION}`)}</footer>\n${PAGE_END}`;
}
