/** The tables of docs/back-test.md, as Markdown. */

const CUTS = [10, 50, 100];

export function tablesOf(found) {
  const { of } = found;
  return [
    `${found.repositories} repositories, ${found.lockfiles} lockfiles, ${found.services} services, ${of} packages; ${found.packages.length} packages of ${new Set(found.packages.map(({ id }) => id)).size} of ${found.incidents} incidents are among them.`,
    '',
    table(
      ['incident', 'package', 'services', 'rank: ours', 'by services naming it', 'by packages depending on it'],
      found.packages.map((each) => [
        each.id,
        each.name,
        each.held,
        placed(each.rank, of),
        placed(each.byServices, of),
        placed(each.byPackages, of),
      ]),
    ),
    '',
    recall('Each service counts once.', found.packages, of),
    '',
    recall(
      'Each repository counts once.',
      found.packages.map(({ id, repositories }) => ({ id, ...repositories })),
      of,
    ),
    '',
    table(
      [
        'account of',
        'packages',
        'blast radius',
        'its largest package',
        'packages alone as large',
        'groups of chance, mean',
        'of them smaller',
      ],
      found.accounts.map((each) => [
        each.id,
        each.size,
        percent(each.blastRadius),
        percent(each.largest),
        `${each.above} of ${of}`,
        percent(each.chance),
        percent(each.share),
      ]),
    ),
    '',
    table(
      [
        'incident',
        'services left',
        'best package',
        'ours',
        'by services naming it',
        'by packages depending on it',
        'of',
      ],
      found.earlier.map(({ id, left, packages, of: among, dated }) => {
        if (dated === 0) return [id, '-', 'no version is recorded', '-', '-', '-', '-'];
        const best = packages.reduce((a, b) => (a && a.rank <= b.rank ? a : b), undefined);
        if (!best) return [id, left, 'held by none of them', '-', '-', '-', among ?? '-'];
        return [
          id,
          left,
          best.name,
          ...[best.rank, best.byServices, best.byPackages].map((rank) => placed(rank, among)),
          among,
        ];
      }),
    ),
    '',
    table(
      ['incident', 'services holding a name', 'of known range', 'range takes a bad version', 'of holding'],
      found.together.map(({ id, holding, known, taking }) => [
        id,
        holding,
        known,
        taking ?? '-',
        taking === undefined ? '-' : percent(taking / holding),
      ]),
    ),
  ].join('\n');
}

function recall(title, packages, of) {
  const cuts = [...CUTS.map((n) => [`top ${n}`, n]), [`top 1% (${Math.floor(of / 100)})`, Math.floor(of / 100)]];
  const incidents = new Set(packages.map(({ id }) => id));
  const orders = [
    ['ours', ({ rank }) => rank],
    ['services naming it', ({ byServices }) => byServices],
    ['packages depending on it', ({ byPackages }) => byPackages],
  ];
  const rows = orders.map(([name, rankOf]) => [
    name,
    ...cuts.map(([, n]) => {
      const inside = packages.filter((each) => rankOf(each) <= n);
      return `${inside.length} of ${packages.length}; ${new Set(inside.map(({ id }) => id)).size} of ${incidents.size}`;
    }),
    Math.round(median(packages.map(rankOf))),
    Math.round(meanOfBest(packages, rankOf)),
  ]);
  return `${title} Packages found; incidents of which one is found:\n\n${table(['by', ...cuts.map(([name]) => name), 'median rank', 'best of each incident, mean'], rows)}`;
}

/** What counts where one event is seen by its best placed package, however many it has. */
export function meanOfBest(packages, rankOf) {
  const best = new Map();
  for (const each of packages) best.set(each.id, Math.min(best.get(each.id) ?? Number.POSITIVE_INFINITY, rankOf(each)));
  return [...best.values()].reduce((sum, rank) => sum + rank, 0) / best.size;
}

function placed(rank, of) {
  return `${Math.round(rank)} (${(100 * rank) / of < 10 ? ((100 * rank) / of).toFixed(1) : Math.round((100 * rank) / of)}%)`;
}

function percent(share) {
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)}%`;
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

function table(header, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}
