-- Reach of every cause: the services that hold at least one component of it, as the audit counts them.
-- Reads the tables of a snapshot (docs/snapshot.md): run, services, causes, memberships, uses, cause_uses.
-- Portable: common table expressions, joins and GROUP BY alone. Run with DuckDB in the tests.
WITH
-- Components bring most causes into a service; one cause may come by several.
held AS (
  SELECT
    m.cause,
    u.service,
    MAX(CASE WHEN u.runtime THEN 1 ELSE 0 END) AS runtime,
    MAX(CASE WHEN u.build THEN 1 ELSE 0 END) AS build,
    MAX(CASE WHEN u.direct THEN 1 ELSE 0 END) AS direct
  FROM memberships m
  JOIN uses u ON u.component = m.component
  GROUP BY m.cause, u.service
),
shared AS (
  SELECT DISTINCT cause FROM held
),
-- A service whose own code is in another service fails with that code.
own AS (
  SELECT DISTINCT m.cause, s.service
  FROM services s
  JOIN memberships m ON m.component = s.component
  JOIN shared h ON h.cause = m.cause
  CROSS JOIN run r
  LEFT JOIN held k ON k.cause = m.cause AND k.service = s.service
  WHERE k.service IS NULL AND r.scope <> 'build'
),
-- What hangs on services (runtime) or on dependencies (release) has its uses listed.
reach AS (
  SELECT cause, service, runtime, build, direct FROM held
  UNION ALL
  SELECT cause, service, 1, 0, 0 FROM own
  UNION ALL
  SELECT
    cause,
    service,
    CASE WHEN runtime THEN 1 ELSE 0 END,
    CASE WHEN build THEN 1 ELSE 0 END,
    CASE WHEN direct THEN 1 ELSE 0 END
  FROM cause_uses
)
SELECT
  c.cause,
  c.layer,
  c.id,
  c.name,
  COUNT(*) AS reach,
  ROUND(SUM(s.weight), 9) AS weighted_reach,
  SUM(x.runtime) AS runtime_reach,
  SUM(x.build) AS build_reach,
  SUM(x.direct) AS direct
FROM reach x
JOIN causes c ON c.cause = x.cause
JOIN services s ON s.service = x.service
GROUP BY c.cause, c.layer, c.id, c.name
ORDER BY c.layer, reach DESC, c.name, c.id
