/** The parts of the page that its script fills: the picture, what falls, the ranking. Hidden where there is no script. */
import { forHtml } from '../safe.ts';
import { PATHS_NOTE } from './paths.ts';

/** What the cells of the picture mean. */
const LEGEND = [
  ['cell lost', 'M1 1h12v12h-12z', 'the service goes down, and a system with it'],
  ['cell held', 'M3 3.5h8v7h-8z', 'the service goes down, its system survives'],
  ['cell lost hollow', 'M1.75 1.75h10.5v10.5h-10.5z', 'hollow or faint: held for building only'],
] as const;

const legend = LEGEND.map(
  ([kind, path, words]) =>
    `<li><svg width="14" height="14" aria-hidden="true"><path class="${kind}" d="${path}"/></svg> ${forHtml(words)}</li>`,
).join('\n');

export const LIVE_PARTS = `<div class="controls" id="controls" data-live hidden></div>
<div class="split" data-live hidden>
<div class="shown">
<figure id="matrix" aria-labelledby="matrix-title">
<figcaption id="matrix-title">Services against what they share: a full column is one cause that takes down everything it crosses. Choose one to fail it.</figcaption>
<div class="matrix-scroll" tabindex="0" role="region" aria-label="The picture, which scrolls sideways">
<div id="matrix-labels" aria-hidden="true"></div>
<div id="matrix-grid"></div>
</div>
<p class="under"><span id="matrix-under" aria-hidden="true"></span> <span id="matrix-drawn"></span></p>
<ul class="legend">
${legend}
</ul>
<details id="matrix-words"><summary>The picture in words</summary>
<p class="title" id="matrix-table-title"></p>
<div class="scroll" tabindex="0" role="region" aria-labelledby="matrix-table-title"><table id="matrix-table" aria-labelledby="matrix-table-title"></table></div>
</details>
</figure>
<p class="title" id="ranking-title"></p>
<div class="scroll" tabindex="0" role="region" aria-labelledby="ranking-title"><table id="ranking" aria-labelledby="ranking-title"></table></div>
<nav id="pager" aria-label="Pages of the ranking"></nav>
</div>
<aside id="fallen" class="empty" tabindex="-1" aria-labelledby="fallen-title">
<h3 id="fallen-title">What falls</h3>
<p id="fallen-told" role="status"></p>
<div id="fallen-causes"></div>
<details id="fallen-each"><summary>One by one</summary>
<div id="fallen-details"></div>
<p class="note">${forHtml(PATHS_NOTE)}</p>
</details>
</aside>
</div>
`;
