-- Blast radius of every cause: the weight of the systems it takes down, of the weight of all systems.
-- Reads the tables of a snapshot (docs/snapshot.md): run, services, systems, system_members, causes, memberships, uses,
-- cause_uses. Portable: no recursion. Systems in systems are judged level by level, up to level 4; with deeper ones the
-- numbers are NULL: copy the last level once more for each.
WITH
held AS (
  SELECT DISTINCT m.cause, u.service
  FROM memberships m
  JOIN uses u ON u.component = m.component
),
shared AS (
  SELECT DISTINCT cause FROM held
),
own AS (
  SELECT DISTINCT m.cause, s.service
  FROM services s
  JOIN memberships m ON m.component = s.component
  JOIN shared h ON h.cause = m.cause
  CROSS JOIN run r
  LEFT JOIN held k ON k.cause = m.cause AND k.service = s.service
  WHERE k.service IS NULL AND r.scope <> 'build'
),
reach AS (
  SELECT cause, service FROM held
  UNION ALL
  SELECT cause, service FROM own
  UNION ALL
  SELECT cause, service FROM cause_uses
),
-- Failed members of every system: services first, then the systems in it.
hit AS (
  SELECT x.cause, m.system
  FROM reach x
  JOIN system_members m ON m.service = x.service
),
lost0 AS (
  SELECT h.cause, h.system
  FROM hit h
  JOIN systems y ON y.system = h.system AND y.level = 0
  GROUP BY h.cause, h.system, y.fails_at
  HAVING COUNT(*) >= y.fails_at
),
upto0 AS (
  SELECT cause, system FROM lost0
),
hit1 AS (
  SELECT cause, system FROM hit
  UNION ALL
  SELECT l.cause, m.system
  FROM upto0 l
  JOIN system_members m ON m.member = l.system
),
lost1 AS (
  SELECT h.cause, h.system
  FROM hit1 h
  JOIN systems y ON y.system = h.system AND y.level = 1
  GROUP BY h.cause, h.system, y.fails_at
  HAVING COUNT(*) >= y.fails_at
),
upto1 AS (
  SELECT cause, system FROM upto0
  UNION ALL
  SELECT cause, system FROM lost1
),
hit2 AS (
  SELECT cause, system FROM hit
  UNION ALL
  SELECT l.cause, m.system
  FROM upto1 l
  JOIN system_members m ON m.member = l.system
),
lost2 AS (
  SELECT h.cause, h.system
  FROM hit2 h
  JOIN systems y ON y.system = h.system AND y.level = 2
  GROUP BY h.cause, h.system, y.fails_at
  HAVING COUNT(*) >= y.fails_at
),
upto2 AS (
  SELECT cause, system FROM upto1
  UNION ALL
  SELECT cause, system FROM lost2
),
hit3 AS (
  SELECT cause, system FROM hit
  UNION ALL
  SELECT l.cause, m.system
  FROM upto2 l
  JOIN system_members m ON m.member = l.system
),
lost3 AS (
  SELECT h.cause, h.system
  FROM hit3 h
  JOIN systems y ON y.system = h.system AND y.level = 3
  GROUP BY h.cause, h.system, y.fails_at
  HAVING COUNT(*) >= y.fails_at
),
upto3 AS (
  SELECT cause, system FROM upto2
  UNION ALL
  SELECT cause, system FROM lost3
),
hit4 AS (
  SELECT cause, system FROM hit
  UNION ALL
  SELECT l.cause, m.system
  FROM upto3 l
  JOIN system_members m ON m.member = l.system
),
lost4 AS (
  SELECT h.cause, h.system
  FROM hit4 h
  JOIN systems y ON y.system = h.system AND y.level = 4
  GROUP BY h.cause, h.system, y.fails_at
  HAVING COUNT(*) >= y.fails_at
),
lost AS (
  SELECT cause, system FROM upto3
  UNION ALL
  SELECT cause, system FROM lost4
),
total AS (
  SELECT ROUND(SUM(weight), 9) AS weight, MAX(level) AS level FROM systems
),
reached AS (
  SELECT DISTINCT cause FROM reach
)
SELECT
  c.cause,
  c.layer,
  c.id,
  c.name,
  CASE WHEN MAX(t.level) > 4 THEN NULL ELSE COUNT(y.system) END AS lost,
  CASE WHEN MAX(t.level) > 4 THEN NULL ELSE ROUND(COALESCE(SUM(y.weight), 0), 9) / MAX(t.weight) END AS blast_radius
FROM reached x
JOIN causes c ON c.cause = x.cause
CROSS JOIN total t
LEFT JOIN lost l ON l.cause = x.cause
LEFT JOIN systems y ON y.system = l.system
GROUP BY c.cause, c.layer, c.id, c.name
ORDER BY c.layer, blast_radius DESC, c.name, c.id
