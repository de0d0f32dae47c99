// Opens the page: reads its data, draws, and prints everything expanded.

function openPage() {
  /** @type {PageData} */
  const page = JSON.parse(byId('data').textContent ?? '');
  themeButton();
  printedWhole();
  if (page.layers.length === 0) return;
  const state = new State(page);
  for (const part of document.querySelectorAll('[data-live]')) part.removeAttribute('hidden');
  rankingControls(state);
  rankingTable(state);
  matrixPicture(state);
  fallenPanel(state);
  byId('plain').remove();
}

/** Light, dark, or what the system says. */
function themeButton() {
  const button = byId('theme');
  const themes = ['auto', 'light', 'dark'];
  let at = 0;
  const show = () => {
    document.documentElement.dataset.theme = themes[at];
    button.textContent = `Theme: ${themes[at]}`;
  };
  button.hidden = false;
  button.addEventListener('click', () => {
    at = (at + 1) % themes.length;
    show();
  });
  show();
}

/** Paper has nothing to click on. */
function printedWhole() {
  const print = matchMedia('print');
  /** @type {HTMLDetailsElement[]} */
  let opened = [];
  print.addEventListener('change', () => {
    for (const details of opened) details.open = false;
    opened = print.matches ? [...document.querySelectorAll('details')].filter(({ open }) => !open) : [];
    for (const details of opened) details.open = true;
  });
}

openPage();
