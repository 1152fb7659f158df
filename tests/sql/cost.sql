-- SPDX-License-Identifier: Apache-2.0
--
-- Prints, for three kinds of reports, the microseconds of processor time that storing one takes:
-- measured inside the server over thousands of devices, without network, parsing or a disk, so
-- that a trigger weighs most.

-- Nanoseconds that this server process has run: others on the machine do not count.
CREATE FUNCTION pg_temp.processor_time() RETURNS bigint LANGUAGE sql VOLATILE AS $$
  SELECT split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::bigint
$$;

CREATE FUNCTION pg_temp.cost(kind text, query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  report record;
  reports bigint := 0;
  began bigint;
BEGIN
  EXECUTE 'CREATE TEMP TABLE reports AS ' || query;
  began := pg_temp.processor_time();
  FOR report IN SELECT r.device_uuid, r.apps FROM reports r LOOP
    INSERT INTO device_current_state (device_uuid, apps, config, system_info, version, reported_at)
    VALUES (report.device_uuid, report.apps, '{}', '{}', 1, CURRENT_TIMESTAMP)
    ON CONFLICT (device_uuid) DO UPDATE SET
      apps = report.apps, config = '{}', system_info = '{}', version = 1,
      reported_at = CURRENT_TIMESTAMP;
    reports := reports + 1;
  END LOOP;
  DROP TABLE reports;
  RETURN format('%s %s', kind, (pg_temp.processor_time() - began) / 1000 / reports);
END
$$;

SELECT pg_temp.cost('unchanged', 'SELECT device_uuid, apps FROM device_current_state
  WHERE device_uuid BETWEEN pg_temp.device(10001) AND pg_temp.device(15000)');
SELECT pg_temp.cost('changed', 'SELECT device_uuid,
    jsonb_set(apps, ''{1001,services,4,restartCount}'', to_jsonb(random())) AS apps
  FROM device_current_state
  WHERE device_uuid BETWEEN pg_temp.device(20001) AND pg_temp.device(25000)');
SELECT pg_temp.cost('failing', 'SELECT device_uuid,
    jsonb_set(apps, ''{1001,services,0,error,retryCount}'',
      to_jsonb((random() * 1000)::integer)) AS apps
  FROM device_current_state JOIN generate_series(1, 2000) d
    ON device_uuid = pg_temp.device(d * 50)');
