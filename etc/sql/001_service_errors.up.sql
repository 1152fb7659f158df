-- SPDX-License-Identifier: Apache-2.0
--
-- Gives device_current_state a column service_errors that follows its column apps, and keeps a
-- history of errors. README.md beside this file tells what is in them and how to install this on a
-- table that is in use. Everything else lives in a schema of its own, holdfast.
--
-- One transaction: it happens as a whole or not at all. Running it again changes nothing.
-- 001_service_errors.down.sql takes it back. PostgreSQL 15 or newer.

BEGIN;

-- Waiting longer for the table would make every report wait behind this.
SET LOCAL lock_timeout = '5s';
SET LOCAL client_min_messages = warning;

CREATE SCHEMA IF NOT EXISTS holdfast;

-- A constant default is not written into the rows, however many there are.
ALTER TABLE device_current_state
  ADD COLUMN IF NOT EXISTS service_errors jsonb NOT NULL DEFAULT '[]';

-- jsonb_ops, not jsonb_path_ops: only the former finds the rows that have any error at all.
CREATE INDEX IF NOT EXISTS device_current_state_service_errors_idx
  ON device_current_state USING gin (service_errors);

-- service_id and seq are null where the device did not tell them. `id` is the order in which things
-- happened on a device: its clock may have been set, `at` is what it said.
CREATE TABLE IF NOT EXISTS holdfast.error_history (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  device_uuid uuid NOT NULL,
  app_id text NOT NULL,
  app_name text,
  service_id text,
  service_name text NOT NULL,
  image_name text,
  seq bigint,
  kind text NOT NULL CHECK (kind IN ('error', 'resolved')),
  at timestamptz NOT NULL,
  error_type text,
  message text,
  retry_count bigint,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  -- A device that lost its state counts from 1 again; `at` tells its new transitions from the old.
  CONSTRAINT error_history_once UNIQUE (device_uuid, app_id, service_name, seq, at)
);

CREATE INDEX IF NOT EXISTS error_history_recorded_at_idx ON holdfast.error_history (recorded_at);

-- Reading reports ---------------------------------------------------------------------------------
--
-- A report is what a device sent, so nothing is believed of it: what has another type than expected
-- is as good as absent, texts are cut, and numbers of items are bounded. CASE, unlike AND, decides
-- what is evaluated first. PostgreSQL inlines the small functions, which makes them ten times as
-- fast, only as long as none claims to be IMMUTABLE: to_jsonb() is not.

-- The value if it is a text, cut to `longest` characters, or an integer of at most 15 digits.
CREATE OR REPLACE FUNCTION holdfast.plain(value jsonb, longest integer) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE jsonb_typeof(value)
    WHEN 'string' THEN to_jsonb(left(value #>> '{}', longest))
    WHEN 'number' THEN
      CASE WHEN abs(value::numeric) < 1e15 AND value::numeric % 1 = 0 THEN value END
  END
$$;

-- The value if it is a text, cut to `longest` characters.
CREATE OR REPLACE FUNCTION holdfast.words(value jsonb, longest integer) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE jsonb_typeof(value) WHEN 'string' THEN left(value #>> '{}', longest) END
$$;

-- The value if it is a whole number from 0 to 10^15.
CREATE OR REPLACE FUNCTION holdfast.amount(value jsonb) RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE jsonb_typeof(value)
    WHEN 'number' THEN
      CASE WHEN value::numeric BETWEEN 0 AND 1e15 AND value::numeric % 1 = 0 THEN value::bigint END
  END
$$;

-- The instant that an RFC 3339 text in UTC names, null for anything else. Without an exception
-- block, which a parallel plan could not run: the day is held against the length of its month.
CREATE OR REPLACE FUNCTION holdfast.instant(value text) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE
    WHEN value ~ ('^(?!0000)\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])'
      'T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?Z$')
    THEN CASE
      WHEN substr(value, 9, 2)::integer <= extract(day FROM
        make_date(substr(value, 1, 4)::integer, substr(value, 6, 2)::integer, 1)
          + interval '1 month' - interval '1 day')
      THEN value::timestamptz
    END
  END
$$;

-- The services of a report that have a name. `apps` is an object by id, or an array.
CREATE OR REPLACE FUNCTION holdfast.services(apps jsonb)
RETURNS TABLE (app_id jsonb, app_name jsonb, service_id jsonb, service_name jsonb, service jsonb)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT
    coalesce(holdfast.plain(s.value -> 'appId', 200), holdfast.plain(a.value -> 'appId', 200),
      to_jsonb(left(a.key, 200)), holdfast.plain(s.value -> 'appName', 200),
      holdfast.plain(a.value -> 'appName', 200), '""'),
    coalesce(holdfast.plain(s.value -> 'appName', 200), holdfast.plain(a.value -> 'appName', 200),
      to_jsonb(left(a.key, 200))),
    holdfast.plain(s.value -> 'serviceId', 200),
    holdfast.plain(s.value -> 'serviceName', 200),
    s.value
  FROM (
    SELECT key, value
    FROM jsonb_each(CASE jsonb_typeof(apps) WHEN 'object' THEN apps ELSE '{}' END)
    UNION ALL
    SELECT NULL, value
    FROM jsonb_array_elements(CASE jsonb_typeof(apps) WHEN 'array' THEN apps ELSE '[]' END)
  ) a
  CROSS JOIN LATERAL jsonb_array_elements(
    CASE jsonb_typeof(a.value -> 'services') WHEN 'array' THEN a.value -> 'services' ELSE '[]'
    END) s
  WHERE holdfast.plain(s.value -> 'serviceName', 200) IS NOT NULL
$$;

-- What service_errors has to be for these apps: an element for each failing service, 500 at most.
CREATE OR REPLACE FUNCTION holdfast.errors_of(apps jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  -- Nearly every report is of a device where all is well. Apps, app, services, service: the
  -- services are at the third level in either form.
  IF NOT apps @? '$.**{3}.error' THEN
    RETURN '[]';
  END IF;
  RETURN coalesce((
    SELECT jsonb_agg(jsonb_build_object(
      'appId', s.app_id,
      'appName', s.app_name,
      'serviceId', s.service_id,
      'serviceName', s.service_name,
      'imageName', holdfast.words(s.service -> 'imageName', 500),
      'errorType', coalesce(holdfast.words(s.error -> 'type', 100),
        holdfast.words(s.error -> 'reason', 100), 'Unknown'),
      'message', holdfast.words(s.error -> 'message', 2000),
      'retryCount', holdfast.amount(s.error -> 'retryCount'),
      'nextRetry', holdfast.words(s.error -> 'nextRetry', 40),
      'timestamp', holdfast.words(s.error -> 'timestamp', 40)))
    FROM (
      SELECT *, service -> 'error' AS error
      FROM holdfast.services(apps)
      WHERE jsonb_typeof(service -> 'error') = 'object'
      LIMIT 500
    ) s), '[]');
END
$$;

-- The transitions in the services of a report, in order: the last 200 of each service.
CREATE OR REPLACE FUNCTION holdfast.transitions_of(apps jsonb)
RETURNS TABLE (app_id text, app_name text, service_id text, service_name text, image_name text,
  place bigint, item jsonb)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT s.app_id #>> '{}', s.app_name #>> '{}', s.service_id #>> '{}', s.service_name #>> '{}',
    holdfast.words(s.service -> 'imageName', 500), t.place, t.item
  FROM holdfast.services(apps) s
  CROSS JOIN LATERAL (
    SELECT CASE jsonb_typeof(s.service -> 'transitions')
      WHEN 'array' THEN s.service -> 'transitions' ELSE '[]' END AS items) l
  CROSS JOIN LATERAL jsonb_array_elements(l.items) WITH ORDINALITY AS t (item, place)
  WHERE t.place > jsonb_array_length(l.items) - 200
$$;

-- Writing the history -----------------------------------------------------------------------------

-- Writes down what is new in a report: the transitions that the one before did not list, and for
-- services that list none what follows from comparing the errors before and now.
CREATE OR REPLACE FUNCTION holdfast.remember(
  device uuid, apps_before jsonb, errors_before jsonb, apps_now jsonb, errors_now jsonb)
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  -- Those listed before are left out although the constraint would find them: it knows nothing any
  -- more of those that were pruned. Most reports list just what the one before did.
  IF coalesce(jsonb_path_query_array(apps_now, '$.**{3}.transitions[*]'), '[]')
      <> coalesce(jsonb_path_query_array(apps_before, '$.**{3}.transitions[*]'), '[]') THEN
    WITH fresh AS MATERIALIZED (
      SELECT n.* FROM holdfast.transitions_of(apps_now) n
      WHERE NOT EXISTS (
        SELECT FROM holdfast.transitions_of(apps_before) b
        WHERE b.app_id = n.app_id AND b.service_name = n.service_name AND b.item = n.item)
      LIMIT 2000
    )
    INSERT INTO holdfast.error_history (device_uuid, app_id, app_name, service_id, service_name,
      image_name, seq, kind, at, error_type, message, retry_count)
    SELECT device, app_id, app_name, service_id, service_name,
      coalesce(holdfast.words(item -> 'imageName', 500), image_name),
      holdfast.amount(item -> 'seq'), item ->> 'type', holdfast.instant(item ->> 'at'),
      holdfast.words(item -> 'errorType', 100), holdfast.words(item -> 'message', 2000),
      holdfast.amount(item -> 'retryCount')
    FROM fresh
    WHERE item ->> 'type' IN ('error', 'resolved')
      AND holdfast.amount(item -> 'seq') IS NOT NULL
      AND holdfast.instant(item ->> 'at') IS NOT NULL
    ORDER BY app_id, service_name, place
    ON CONFLICT DO NOTHING;
  END IF;

  -- The same services fail as before: one more retry is no transition.
  IF jsonb_path_query_array(errors_now, '$[*].appId')
        = jsonb_path_query_array(errors_before, '$[*].appId')
      AND jsonb_path_query_array(errors_now, '$[*].serviceName')
        = jsonb_path_query_array(errors_before, '$[*].serviceName') THEN
    RETURN;
  END IF;
  WITH before AS (
    SELECT e ->> 'appId' AS app_id, e ->> 'serviceName' AS service_name, e
    FROM jsonb_array_elements(errors_before) e
  ), now AS (
    SELECT e ->> 'appId' AS app_id, e ->> 'serviceName' AS service_name, e
    FROM jsonb_array_elements(errors_now) e
  ), changed AS (
    SELECT 'resolved' AS kind, * FROM before b
    WHERE NOT EXISTS (
      SELECT FROM now n WHERE (n.app_id, n.service_name) = (b.app_id, b.service_name))
    UNION ALL
    SELECT 'error', * FROM now n
    WHERE NOT EXISTS (
      SELECT FROM before b WHERE (b.app_id, b.service_name) = (n.app_id, n.service_name))
  )
  INSERT INTO holdfast.error_history (device_uuid, app_id, app_name, service_id, service_name,
    image_name, kind, at, error_type, message, retry_count)
  SELECT device, app_id, e ->> 'appName', e ->> 'serviceId', service_name, e ->> 'imageName', kind,
    coalesce(CASE kind WHEN 'error' THEN holdfast.instant(e ->> 'timestamp') END, now()),
    e ->> 'errorType', e ->> 'message', holdfast.amount(e -> 'retryCount')
  FROM changed c
  WHERE NOT EXISTS (
    SELECT FROM holdfast.services(apps_now) s
    WHERE s.app_id #>> '{}' = c.app_id AND s.service_name #>> '{}' = c.service_name
      AND jsonb_typeof(s.service -> 'transitions') = 'array');
END
$$;

-- Triggers ----------------------------------------------------------------------------------------
--
-- The server writes INSERT ... ON CONFLICT DO UPDATE. A trigger before INSERT would run for every
-- report, without knowing the one before; so the first report is served after INSERT, all others
-- before UPDATE, where nothing begins while apps stays the same.
--
-- They run as their owner, so that the server's role needs no rights on the schema. A report is
-- stored whatever goes wrong here: the exception becomes a warning.
--
-- Their settings: PostgreSQL cannot know how short the lists in a report are. It would compile,
-- start workers or plan anew for each report, which takes a thousand times as long as the query.

CREATE OR REPLACE FUNCTION holdfast.on_first_report() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET jit = off SET max_parallel_workers_per_gather = 0
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  errors jsonb := '[]';
BEGIN
  errors := holdfast.errors_of(NEW.apps);
  IF errors <> '[]' THEN
    EXECUTE format('UPDATE %I.%I SET service_errors = $1 WHERE device_uuid = $2',
      TG_TABLE_SCHEMA, TG_TABLE_NAME) USING errors, NEW.device_uuid;
  END IF;
  PERFORM holdfast.remember(NEW.device_uuid, NULL, '[]', NEW.apps, errors);
  RETURN NULL;
EXCEPTION WHEN OTHERS THEN
  RAISE WARNING 'holdfast: the errors of device % were not stored: %', NEW.device_uuid, SQLERRM;
  RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION holdfast.on_next_report() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET jit = off SET max_parallel_workers_per_gather = 0
SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  NEW.service_errors := holdfast.errors_of(NEW.apps);
  PERFORM holdfast.remember(NEW.device_uuid, OLD.apps, OLD.service_errors, NEW.apps,
    NEW.service_errors);
  RETURN NEW;
EXCEPTION WHEN OTHERS THEN
  -- What was assigned before it went wrong stays assigned.
  RAISE WARNING 'holdfast: the errors of device % were not stored: %', NEW.device_uuid, SQLERRM;
  RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER holdfast_first_report
  AFTER INSERT ON device_current_state
  FOR EACH ROW EXECUTE FUNCTION holdfast.on_first_report();

CREATE OR REPLACE TRIGGER holdfast_next_report
  BEFORE UPDATE ON device_current_state
  FOR EACH ROW WHEN (NEW.apps IS DISTINCT FROM OLD.apps)
  EXECUTE FUNCTION holdfast.on_next_report();

-- Care --------------------------------------------------------------------------------------------

-- Fills service_errors and the history for rows that were there before the triggers. Commits after
-- each batch, so it locks few rows for a short time; can be interrupted and called again.
CREATE OR REPLACE PROCEDURE holdfast.backfill(batch integer DEFAULT 1000)
LANGUAGE plpgsql AS $$
DECLARE
  devices uuid[];
  last uuid := '00000000-0000-0000-0000-000000000000';
  device record;
  errors jsonb;
BEGIN
  LOOP
    PERFORM set_config('jit', 'off', true),
      set_config('max_parallel_workers_per_gather', '0', true),
      set_config('plan_cache_mode', 'force_generic_plan', true);
    devices := ARRAY(
      SELECT device_uuid FROM device_current_state
      WHERE device_uuid > last
      ORDER BY device_uuid LIMIT batch);
    EXIT WHEN cardinality(devices) = 0;
    last := devices[cardinality(devices)];
    FOR device IN
      SELECT device_uuid, apps, service_errors FROM device_current_state
      WHERE device_uuid = ANY (devices)
        AND (apps @? '$.**{3}.error' OR apps @? '$.**{3}.transitions[*]')
      ORDER BY device_uuid
      FOR UPDATE
    LOOP
      errors := holdfast.errors_of(device.apps);
      IF errors <> device.service_errors THEN
        UPDATE device_current_state SET service_errors = errors
        WHERE device_uuid = device.device_uuid;
      END IF;
      PERFORM holdfast.remember(device.device_uuid, NULL, device.service_errors, device.apps,
        errors);
    END LOOP;
    COMMIT;
  END LOOP;
END
$$;

-- Deletes at most `batch` rows of the history: those older than `keep`, then those of a device
-- beyond its newest `per_device`. Returns how many; 0 means that there are none left.
CREATE OR REPLACE FUNCTION holdfast.prune_history(keep interval DEFAULT '90 days',
  per_device integer DEFAULT 10000, batch integer DEFAULT 10000)
RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
  deleted bigint;
BEGIN
  DELETE FROM holdfast.error_history WHERE id IN (
    SELECT id FROM holdfast.error_history
    WHERE recorded_at < now() - keep ORDER BY recorded_at LIMIT batch);
  GET DIAGNOSTICS deleted = ROW_COUNT;
  IF deleted = 0 THEN
    DELETE FROM holdfast.error_history WHERE id IN (
      SELECT id FROM (
        SELECT id, row_number() OVER (PARTITION BY device_uuid ORDER BY id DESC) AS place
        FROM holdfast.error_history) h
      WHERE place > per_device LIMIT batch);
    GET DIAGNOSTICS deleted = ROW_COUNT;
  END IF;
  RETURN deleted;
END
$$;

-- Views -------------------------------------------------------------------------------------------

-- Which fleet a device belongs to: what the server's table of devices says, null for all where
-- there is no such table.
DO $$
BEGIN
  IF (SELECT count(*) = 2 FROM pg_attribute
      WHERE attrelid = to_regclass('devices') AND attname IN ('uuid', 'fleet_id')
        AND NOT attisdropped) THEN
    CREATE OR REPLACE VIEW holdfast.device_fleet AS
      SELECT uuid AS device_uuid, fleet_id::text AS fleet FROM devices;
  ELSE
    CREATE OR REPLACE VIEW holdfast.device_fleet AS
      SELECT NULL::uuid AS device_uuid, NULL::text AS fleet WHERE false;
  END IF;
END
$$;

-- Current errors, one row for each failing service of a device. The condition is what the index
-- answers; service_errors is there to be asked with @> as well.
CREATE OR REPLACE VIEW holdfast.current_errors AS
  SELECT f.fleet, s.device_uuid, e ->> 'appId' AS app_id, e ->> 'appName' AS app_name,
    e ->> 'serviceId' AS service_id, e ->> 'serviceName' AS service_name,
    e ->> 'imageName' AS image_name, e ->> 'errorType' AS error_type, e ->> 'message' AS message,
    holdfast.amount(e -> 'retryCount') AS retry_count,
    holdfast.instant(e ->> 'nextRetry') AS next_retry,
    holdfast.instant(e ->> 'timestamp') AS at, s.reported_at, s.service_errors
  FROM device_current_state s
  CROSS JOIN LATERAL jsonb_array_elements(
    CASE jsonb_typeof(s.service_errors) WHEN 'array' THEN s.service_errors ELSE '[]' END) e
  LEFT JOIN holdfast.device_fleet f ON f.device_uuid = s.device_uuid
  WHERE s.service_errors @? '$[*].errorType';

-- The same, counted: on how many devices of each fleet a service fails in the same way.
CREATE OR REPLACE VIEW holdfast.fleet_errors AS
  SELECT fleet, app_id, app_name, service_name, image_name, error_type,
    count(DISTINCT device_uuid) AS devices, min(at) AS oldest, max(at) AS newest
  FROM holdfast.current_errors
  GROUP BY fleet, app_id, app_name, service_name, image_name, error_type;

-- The history of each service: every error, and when the next transition ended it (null: not yet).
CREATE OR REPLACE VIEW holdfast.service_history AS
  SELECT device_uuid, app_id, app_name, service_name, image_name, error_type, message, retry_count,
    at AS began_at, ended_at, ended_at - at AS lasted, id
  FROM (
    SELECT *, lead(at) OVER (PARTITION BY device_uuid, app_id, service_name ORDER BY id) AS ended_at
    FROM holdfast.error_history) h
  WHERE kind = 'error';

-- What caused the errors of the last seven days, and of the last day among them.
CREATE OR REPLACE VIEW holdfast.top_causes AS
  SELECT error_type, image_name, count(*) AS errors,
    count(*) FILTER (WHERE recorded_at > now() - interval '1 day') AS errors_last_day,
    count(DISTINCT device_uuid) AS devices, max(recorded_at) AS latest,
    (array_agg(message ORDER BY id DESC))[1] AS latest_message
  FROM holdfast.error_history
  WHERE kind = 'error' AND recorded_at > now() - interval '7 days'
  GROUP BY error_type, image_name
  ORDER BY errors DESC;

COMMIT;
