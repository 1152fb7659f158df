-- SPDX-License-Identifier: Apache-2.0
--
-- What the tests are written with; it is gone with the session.

SET check_function_bodies = off; -- some name what only a migrated database has

-- Ends the test with what was found when that is not what was wanted.
CREATE FUNCTION pg_temp.expect(what text, value anycompatible, wanted anycompatible) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF value IS DISTINCT FROM wanted THEN
    RAISE EXCEPTION USING MESSAGE = format(E'%s\n  expected %s\n  found    %s', what,
      coalesce(wanted::text, 'null'), coalesce(value::text, 'null'));
  END IF;
END
$$;

-- The device of this number.
CREATE FUNCTION pg_temp.device(number integer) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
  SELECT ('00000000-0000-4000-8000-' || lpad(number::text, 12, '0'))::uuid
$$;

-- Stores a report of a device, with the statement and the rights of the server.
CREATE FUNCTION pg_temp.report(number integer, reported jsonb, information jsonb DEFAULT '{}')
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  SET LOCAL ROLE server;
  INSERT INTO devices (uuid) VALUES (pg_temp.device(number)) ON CONFLICT DO NOTHING;
  INSERT INTO device_current_state (device_uuid, apps, config, system_info, version, reported_at)
  VALUES (pg_temp.device(number), reported, '{}', information, 1, CURRENT_TIMESTAMP)
  ON CONFLICT (device_uuid) DO UPDATE SET
    apps = reported, config = '{}', system_info = information, version = 1,
    reported_at = CURRENT_TIMESTAMP;
  RESET ROLE;
END
$$;

-- The apps of a report: one app with one service, whose members are these.
CREATE FUNCTION pg_temp.apps(members jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT jsonb_build_object('1001', jsonb_build_object('appId', 1001, 'appName', 'monitoring',
    'services', jsonb_build_array('{"serviceId": 2, "serviceName": "nodered",
      "imageName": "nodered/node-red:invalid"}'::jsonb || members)))
$$;

-- One transition as a device reports it.
CREATE FUNCTION pg_temp.transition(seq integer, type text, minute integer, more jsonb DEFAULT '{}')
RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT jsonb_build_object('seq', seq, 'type', type,
    'at', format('2025-10-24T10:%s:00.000Z', lpad(minute::text, 2, '0'))) || more
$$;

CREATE FUNCTION pg_temp.errors(number integer) RETURNS jsonb LANGUAGE sql AS $$
  SELECT service_errors FROM device_current_state WHERE device_uuid = pg_temp.device(number)
$$;

-- The history of a device in its order, as "seq kind, seq kind".
CREATE FUNCTION pg_temp.history(number integer) RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(concat_ws(' ', seq, kind), ', ' ORDER BY id)
  FROM holdfast.error_history WHERE device_uuid = pg_temp.device(number)
$$;
