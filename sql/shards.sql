-- Shards as one fleet, without merging them: views under the names that reach.sql and blast_radius.sql read.
-- Reads the tables of every shard together, under the names all_run, all_services and so on, each with one column more,
-- `shard`, a whole number from 1. Numbers are those of one shard, and made different here; causes are the same where layer
-- and id are, so that what two shards share is counted as shared. Systems are those of the shards: one for each service,
-- as shards have no config; declare others by rows in systems and system_members.
-- Not exact in layers artifact and release: what is the same bytes, and which patch of a line is the next, is found out of all
-- that a fleet holds. Their numbers can be too small or too large here; merge has them exactly.
CREATE VIEW cause_keys AS
SELECT layer, id, MIN(CAST(shard AS BIGINT) * 1000000000 + cause) AS cause
FROM all_causes
GROUP BY layer, id;

CREATE VIEW cause_numbers AS
SELECT c.shard, c.cause AS own, k.cause
FROM all_causes c
JOIN cause_keys k ON k.layer = c.layer AND k.id = c.id;

CREATE VIEW run AS
SELECT MIN(scope) AS scope FROM all_run;

CREATE VIEW causes AS
SELECT k.cause, k.layer, k.id, MIN(c.name) AS name
FROM all_causes c
JOIN cause_keys k ON k.layer = c.layer AND k.id = c.id
GROUP BY k.cause, k.layer, k.id;

CREATE VIEW services AS
SELECT
  CAST(shard AS BIGINT) * 1000000000 + service AS service,
  name,
  CAST(shard AS BIGINT) * 1000000000 + component AS component,
  weight
FROM all_services;

CREATE VIEW memberships AS
SELECT n.cause, CAST(m.shard AS BIGINT) * 1000000000 + m.component AS component
FROM all_memberships m
JOIN cause_numbers n ON n.shard = m.shard AND n.own = m.cause;

CREATE VIEW uses AS
SELECT
  CAST(shard AS BIGINT) * 1000000000 + service AS service,
  CAST(shard AS BIGINT) * 1000000000 + component AS component,
  runtime,
  build,
  direct
FROM all_uses;

CREATE VIEW cause_uses AS
SELECT n.cause, CAST(u.shard AS BIGINT) * 1000000000 + u.service AS service, u.runtime, u.build, u.direct
FROM all_cause_uses u
JOIN cause_numbers n ON n.shard = u.shard AND n.own = u.cause;

CREATE VIEW systems AS
SELECT CAST(shard AS BIGINT) * 1000000000 + system AS system, name, need, fails_at, weight, level
FROM all_systems;

CREATE VIEW system_members AS
SELECT
  CAST(shard AS BIGINT) * 1000000000 + system AS system,
  CASE WHEN service < 0 THEN -1 ELSE CAST(shard AS BIGINT) * 1000000000 + service END AS service,
  CASE WHEN member < 0 THEN -1 ELSE CAST(shard AS BIGINT) * 1000000000 + member END AS member
FROM all_system_members;
