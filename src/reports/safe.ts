/** Makes text from outside safe for each medium. Every report passes names, paths and messages through here. */

// Controls (escape sequences), formats (bidirectional overrides, zero-width characters), separators, lone surrogates.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

const MAX_LENGTH = 300;

/**
 * For terminals: nothing that moves the cursor, changes colours or reorders text, and nothing that a runner of workflows
 * takes for a command (`::command::` where a line may come to begin, `##[command]` anywhere); over-long text is cut.
 */
export function forTerminal(text: string): string {
  return cut(
    visible(text).replace(COMMANDS, (marks) => `${marks[0]}\\u{${hex(marks[1]!)}}`),
    MAX_LENGTH,
  );
}

const COMMANDS = /::|##(?=\[)/g;

/** A sentence holds several names, each already cut. */
const MAX_SENTENCE = 20 * MAX_LENGTH;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For HTML, as text or inside a quoted attribute; the same characters are made visible as for terminals. */
export function forHtml(text: string): string {
  return cut(visible(text), MAX_SENTENCE).replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

/** JSON for inside a <script> element: nothing in it can end the element or begin a comment. */
export function forScript(value: unknown): string {
  return JSON.stringify(value).replace(/[<>\u2028\u2029]/g, (character) => `\\u${hex(character).padStart(4, '0')}`);
}

/** Begins a block of its own where it stands first: a list, a heading's underline, indented code. */
const MARKDOWN_START = /^(?: +|[-+=]|\d+(?=[.)](?: |$)))/;
const MARKDOWN_SPECIAL = /[&<>|`\\$]|[*_~[\]!#]|[@:](?=\S)|www(?=\.)/gi;

/**
 * For Markdown as GitHub has it, as words of a paragraph, a heading or a cell: no markup, no HTML, no link, no mention, no
 * reference to an issue, and no block of its own. A comment, gone once rendered, parts what no escape keeps from linking.
 */
export function forMarkdown(text: string): string {
  return cut(visible(text), MAX_SENTENCE)
    .replace(MARKDOWN_SPECIAL, (special, at: number, all: string) => {
      if (/[&<>|`\\$]/.test(special)) return `&#${special.charCodeAt(0)};`;
      if (/[@:w]/i.test(special)) return `${special}<!-- -->`;
      return `\\${special}${special === '#' && /\d/.test(all.charAt(at + 1)) ? '<!-- -->' : ''}`;
    })
    .replace(MARKDOWN_START, (start) => {
      if (start.startsWith(' ')) return '&#32;'.repeat(start.length);
      return /\d/.test(start) ? `${start}\\` : `\\${start}`;
    });
}

/** For Markdown, a name or a place as code. What code cannot hold in every table and log stands as plain words. */
export function forMarkdownCode(text: string): string {
  const shown = cut(visible(text), MAX_LENGTH);
  if (shown === '' || /[|\\]|##\[/.test(shown)) return forMarkdown(shown);
  const fence = '`'.repeat(Math.max(0, ...(shown.match(/`+/g) ?? []).map(({ length }) => length)) + 1);
  const room = /^[ `]|[ `]$/.test(shown) && shown.trim() !== '' ? ' ' : '';
  return `${fence}${room}${shown}${room}${fence}`;
}

/** What a spreadsheet keeps of a cell is less than this. */
const MAX_CELL = 32_000;

/**
 * For CSV (RFC 4180), as a quoted field. A spreadsheet that takes it for a formula, also where it parts fields at semicolons,
 * finds an apostrophe first (OWASP, "CSV Injection").
 */
export function forCsv(text: string): string {
  const neutral = cut(visible(text), MAX_CELL).replace(/(^|[;,])(?=[\s"']*[=+\-@＝＋－＠])/g, "$1'");
  return `"${neutral.replaceAll('"', '""')}"`;
}

/** For GitHub's workflow commands, as the message: it can neither end its line nor begin another command. */
export function forWorkflowData(text: string): string {
  return cut(visible(text), MAX_SENTENCE).replaceAll('%', '%25');
}

/** The same for the value of a property, such as a path. */
export function forWorkflowProperty(text: string): string {
  return forWorkflowData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/**
 * For the text of a SARIF message: nothing in it is an embedded link or a placeholder (SARIF 2.1.0, 3.11.5 and 3.11.6), also
 * for readers that know no escapes.
 */
export function forSarifMessage(text: string): string {
  return cut(visible(text), MAX_SARIF_LENGTH)
    .replace(/[\\[\]]/g, '\\$&')
    .replace(/[{}]/g, '$&$&')
    .replaceAll('](', '] (');
}

const MAX_SARIF_LENGTH = 5 * MAX_LENGTH;

/** Text with characters that show nothing made visible. */
function visible(text: string): string {
  return text.replace(UNPRINTABLE, (character) => `\\u{${hex(character)}}`);
}

function hex(character: string): string {
  return character.codePointAt(0)!.toString(16);
}

function cut(text: string, length: number): string {
  // Half of a surrogate pair is no character.
  return text.length > length ? `${text.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, '')}…` : text;
}
