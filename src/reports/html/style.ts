/** The style of the page: system fonts, no images, light and dark from one set of colours. */

export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#fbfaf7, #14161a);
  --sheet: light-dark(#ffffff, #1b1e24);
  --ink: light-dark(#1d2025, #e6e7ea);
  --soft: light-dark(#565b66, #a3a9b5);
  --line: light-dark(#dfddd6, #323741);
  --strip: light-dark(#f1efe9, #22262e);
  --accent: light-dark(#1f5a8a, #8fc1ee);
  --lost: light-dark(#b3361c, #f0805f);
  --held: light-dark(#3d7dac, #6fa8d8);
  --warn: light-dark(#8a5a00, #e2b252);
  --good: light-dark(#2c6e49, #7fc79c);
  --marked: light-dark(#fbe9e3, #3a241e);
}
:root[data-theme="light"] { color-scheme: light; }
:root[data-theme="dark"] { color-scheme: dark; }
* { box-sizing: border-box; }
html { scroll-padding-top: 3.5rem; }
body {
  margin: 0; padding: 0 clamp(0.75rem, 2.5vw, 2.5rem) 3rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; overflow-wrap: anywhere;
}
header, main { max-width: 1840px; margin-inline: auto; }
a { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
.skip { position: absolute; left: -99rem; background: var(--sheet); padding: 0.5rem; z-index: 3; }
.skip:focus { left: 0.5rem; top: 0.5rem; }

.bar { display: flex; flex-wrap: wrap; align-items: center; gap: 0.25rem 1.25rem; padding: 0.6rem 0; border-bottom: 1px solid var(--line); }
.brand { margin: 0; font-weight: 650; letter-spacing: 0.01em; }
.bar nav { display: flex; flex-wrap: wrap; gap: 0 1rem; flex: 1; }
.bar nav a { text-decoration: none; padding-block: 0.15rem; }
.bar nav a:hover { text-decoration: underline; }
h1 { font-size: clamp(1.45rem, 1rem + 1.8vw, 2.1rem); line-height: 1.2; margin: 1.6rem 0 0.4rem; text-wrap: balance; font-weight: 650; }
h2 { font-size: 1.3rem; line-height: 1.25; margin: 2.6rem 0 0.8rem; font-weight: 650; }
h3 { font-size: 1.02rem; margin: 1.6rem 0 0.6rem; font-weight: 650; }
h4 { font-size: 0.9rem; margin: 0.9rem 0 0.3rem; font-weight: 650; }
p { margin: 0.6rem 0; max-width: 76ch; }
.headline { color: var(--soft); margin-top: 0; }
.alert { border-left: 4px solid var(--lost); background: var(--marked); padding: 0.5rem 0.8rem; }
.note { color: var(--soft); font-size: 0.85rem; }
ul { padding-left: 1.15rem; margin: 0.6rem 0; }
li { margin: 0.3rem 0; max-width: 100ch; }
section > ul > li::marker { color: var(--soft); }
.levels { list-style: none; padding: 0; }
.levels li { border-left: 3px solid var(--line); padding-left: 0.7rem; }
.levels .error { border-color: var(--lost); }
.levels .warning { border-color: var(--warn); }

button, input, select {
  font: inherit; color: inherit; background: var(--sheet); border: 1px solid light-dark(#8d8f96, #6d7480);
  border-radius: 5px; padding: 0.25rem 0.6rem; min-height: 2rem; max-width: 100%;
}
button { cursor: pointer; }
button:hover { border-color: var(--ink); }
#theme { font-size: 0.85rem; }

.scroll { overflow-x: auto; margin: 0.6rem 0; }
table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums; width: 100%; }
.title { color: var(--soft); font-size: 0.9rem; margin: 0.9rem 0 0.2rem; }
.title + .scroll { margin-top: 0; }
th, td { padding: 0.22rem 0.75rem 0.22rem 0; vertical-align: top; text-align: left; font-weight: 400; overflow-wrap: normal; }
th:last-child, td:last-child { padding-right: 0.25rem; }
th.right, td.right { text-align: right; white-space: nowrap; }
td.right + td.left, td.right + th.left, th.right + th.left { padding-left: 0.6rem; }
tbody th { overflow-wrap: anywhere; min-width: 8.5rem; }
tbody tr { border-top: 1px solid var(--line); }
thead th { color: var(--soft); font-size: 0.82rem; vertical-align: bottom; }
.says-no { color: var(--lost); font-weight: 600; }
.says-yes { color: var(--good); }
.says-unknown { color: var(--warn); }
.systems { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 34rem), 1fr)); gap: 0.5rem 2.5rem; }
.systems .title { color: var(--ink); font-weight: 600; }
#vulnerable > .scroll table, #evidence > .scroll table { max-width: 64rem; }

.controls { display: flex; flex-wrap: wrap; gap: 0.6rem 1rem; align-items: end; margin: 0.8rem 0; }
.controls label { display: grid; gap: 0.15rem; font-size: 0.82rem; color: var(--soft); min-width: 0; }
.controls input, .controls select { font-size: 0.95rem; color: var(--ink); width: 11.5rem; }
.controls p { margin: 0 0 0.35rem; color: var(--soft); }
[hidden] { display: none !important; }

.split { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1rem 2rem; }
figure { margin: 0 0 1.6rem; }
figcaption { color: var(--soft); margin-bottom: 0.4rem; max-width: 84ch; }
.matrix-scroll {
  display: flex; overflow-x: auto; background: var(--sheet); border: 1px solid var(--line); border-radius: 6px;
  padding: 0.4rem 0.4rem 0.4rem 0; width: fit-content; max-width: 100%;
}
#matrix-labels { position: sticky; left: 0; flex: none; width: clamp(7.5rem, 16vw, 13rem); background: var(--sheet); border-right: 1px solid var(--line); z-index: 1; }
#matrix-labels div { position: absolute; left: 0.7rem; right: 0.4rem; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; font-size: 0.8rem; line-height: 18px; }
#matrix-labels .service { padding-left: 0.7rem; }
#matrix-labels .group { font-weight: 650; line-height: 24px; right: auto; overflow: visible; }
#matrix-labels .down { color: var(--lost); }
#matrix-labels .service.down { text-decoration: line-through; }
#matrix-labels .group.down::after { content: ": lost"; }
#matrix-grid svg { display: block; }
#matrix-grid text { font-size: 11.5px; fill: var(--ink); }
.lines { stroke: var(--line); stroke-width: 1; }
.strip { fill: var(--strip); opacity: 0.55; }
.cell.lost { fill: var(--lost); }
.cell.held { fill: var(--held); }
.cell.hollow { fill: var(--sheet); stroke-width: 1.5; }
.cell.faint { opacity: 0.45; }
.cell.lost.hollow { stroke: var(--lost); }
.cell.held.hollow { stroke: var(--held); }
.column { cursor: pointer; outline: none; }
.column:focus-visible .strip { stroke: var(--accent); stroke-width: 2.5; }
.column:focus-visible text { text-decoration: underline; font-weight: 700; }
.column:hover .strip, .column:focus-visible .strip { fill: light-dark(#dcd9d0, #39404c); opacity: 1; }
.column:hover text { text-decoration: underline; }
.column.failed .strip { fill: var(--marked); opacity: 1; stroke: var(--lost); stroke-width: 1.5; }
.column.failed text { fill: var(--lost); font-weight: 700; }
#matrix:has(.column.failed) .column:not(.failed) .cell { opacity: 0.42; }
.under { min-height: 1.4em; font-size: 0.85rem; color: var(--soft); margin: 0.3rem 0; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 0 1.4rem; padding: 0; margin: 0.2rem 0 0.6rem; font-size: 0.85rem; color: var(--soft); }
.legend svg { vertical-align: -2px; }
summary { cursor: pointer; }

#ranking thead button { border: 0; background: none; padding: 0; min-height: 1.5rem; border-radius: 2px; color: inherit; }
#ranking thead button:hover { text-decoration: underline; }
#ranking [aria-sort="ascending"] button::after { content: " \\25B2"; font-size: 0.7em; }
#ranking [aria-sort="descending"] button::after { content: " \\25BC"; font-size: 0.7em; }
#ranking .rank { color: var(--soft); }
.cause { border: 0; background: none; padding: 0 0.2rem; margin-left: -0.2rem; min-height: 1.5rem; text-align: left; overflow-wrap: anywhere; color: var(--accent); }
.cause:hover { text-decoration: underline; }
tr:hover { background: var(--strip); }
thead tr:hover { background: none; }
tr.failed { background: var(--marked); }
.cause[aria-pressed="true"] { color: var(--lost); font-weight: 650; }
.cause[aria-pressed="true"]::before { content: "\\2715\\A0"; }
#pager { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem; margin: 0.8rem 0; }
[aria-disabled="true"] { color: var(--soft); cursor: default; }

#fallen {
  position: sticky; bottom: 0; background: var(--sheet); border: 1px solid var(--line); border-top: 3px solid var(--lost);
  border-radius: 6px 6px 0 0; padding: 0.5rem 0.9rem 0.6rem; max-height: 42vh; overflow-y: auto; z-index: 2;
  box-shadow: 0 -6px 18px light-dark(#0000001a, #00000066);
}
#fallen.empty { border-top-color: var(--line); box-shadow: none; }
@media (max-width: 1499px) { #fallen.empty { position: static; } }
#fallen h3 { margin: 0; }
#fallen p { margin: 0.3rem 0; }
#fallen-told { font-weight: 600; }
.empty #fallen-told { font-weight: 400; color: var(--soft); }
.empty details, .empty #fallen-causes { display: none; }
#fallen-causes { display: flex; flex-wrap: wrap; gap: 0.35rem; }
#fallen-causes button { font-size: 0.85rem; padding: 0.05rem 0.55rem; min-height: 1.7rem; border-color: var(--lost); overflow-wrap: anywhere; text-align: left; }
#fallen-details ul { font-size: 0.88rem; padding-left: 0; list-style: none; margin: 0.2rem 0; }
#fallen-details li { margin: 0.15rem 0; }
#fallen-details .inline { display: flex; flex-wrap: wrap; gap: 0 1rem; }
#fallen summary { margin-top: 0.4rem; color: var(--soft); }
.path { color: var(--soft); }
@media (max-width: 700px) {
  .bar nav { order: 1; flex-basis: 100%; }
  .brand { flex: 1; }
  .controls label { flex: 1 1 9rem; }
  .controls input, .controls select { width: 100%; }
}
@media (min-width: 1500px) {
  .split { grid-template-columns: minmax(0, 1fr) 25rem; align-items: start; }
  #fallen { top: 1rem; bottom: auto; max-height: calc(100vh - 2rem); border-radius: 6px; box-shadow: none; }
}

.chart svg { display: block; background: var(--sheet); border: 1px solid var(--line); border-radius: 6px; }
.chart text { font-size: 12px; fill: var(--ink); }
.chart .tick { fill: var(--soft); }
.chart .end { text-anchor: end; }
.chart .middle { text-anchor: middle; }
.trace { fill: none; stroke: var(--ink); stroke-width: 2.2; stroke-linecap: round; }
.trace-0 { stroke: var(--lost); }
.trace-1 { stroke: var(--held); }
.trace-2 { stroke: var(--good); }
.trace-3 { stroke: var(--warn); }
.chart .trace-label-0 { fill: var(--lost); }
.chart .trace-label-1 { fill: var(--accent); }
.chart .trace-label-2 { fill: var(--good); }
.chart .trace-label-3 { fill: var(--warn); }
.moment { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 3 3; }

.terms div { display: grid; grid-template-columns: 9rem 1fr; gap: 0 1rem; padding: 0.15rem 0; }
.terms dt { font-weight: 600; }
.terms dd { margin: 0; }
footer { margin-top: 3rem; border-top: 1px solid var(--line); padding-top: 0.8rem; color: var(--soft); font-size: 0.9rem; }

@media print {
  :root, :root[data-theme] { color-scheme: light; --paper: #fff; }
  body { font-size: 10pt; padding: 0; }
  .bar nav, #theme, .skip, .controls, #pager button, #matrix-under, .empty { display: none; }
  .scroll, .matrix-scroll, #fallen { overflow: visible; max-height: none; position: static; box-shadow: none; }
  .split { display: block; }
  .matrix-scroll { zoom: 0.55; }
  h2, h3, h4, .title { break-after: avoid; }
  tr, li, figure { break-inside: avoid; }
  thead { display: table-header-group; }
  * { print-color-adjust: exact; }
}
`;
