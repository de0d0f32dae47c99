-- Trends over many snapshots: for every run the blast radius of each cause that was among the first five of its layer in
-- some run, the effective members of each declared system, and the share of components whose evidence is verified.
-- Reads run, causes, systems, resilience and evidence_counts of all snapshots (docs/snapshot.md), each with one column
-- more, `snapshot`, that says which one a row is of. What a run does not have has no row. Run with DuckDB in the tests.
WITH
leaders AS (
  SELECT DISTINCT layer, id
  FROM causes c
  WHERE c.rank <= 5
)
SELECT
  r.read_at,
  c.snapshot,
  'cause' AS about,
  c.layer,
  c.id AS name,
  'blast_radius' AS measure,
  c.blast_radius AS value
FROM causes c
JOIN leaders l ON l.layer = c.layer AND l.id = c.id
JOIN run r ON r.snapshot = c.snapshot
WHERE c.blast_radius IS NOT NULL
UNION ALL
SELECT r.read_at, x.snapshot, 'system', x.layer, y.name, 'effective_members', x.effective_members
FROM resilience x
JOIN systems y ON y.snapshot = x.snapshot AND y.system = x.system
JOIN run r ON r.snapshot = x.snapshot
WHERE x.effective_members IS NOT NULL
UNION ALL
SELECT
  r.read_at,
  e.snapshot,
  'evidence',
  '',
  e.kind,
  'verified',
  SUM(CASE WHEN e.state = 'verified' THEN e.components ELSE 0 END) * 1.0 / SUM(e.components)
FROM evidence_counts e
JOIN run r ON r.snapshot = e.snapshot
GROUP BY r.read_at, e.snapshot, e.kind
HAVING SUM(e.components) > 0
ORDER BY 1, 2, 3, 4, 5
