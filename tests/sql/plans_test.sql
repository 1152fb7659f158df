-- SPDX-License-Identifier: Apache-2.0
-- A hundred thousand devices: what was there is filled in, and the views ask indexes.

SELECT pg_temp.expect('failing devices have their error', (
  SELECT count(*) FROM holdfast.current_errors), 2000);
SELECT pg_temp.expect('and its history, once', (
  SELECT count(*) FROM holdfast.error_history WHERE kind = 'error'), 2000);
SELECT pg_temp.expect('errors of a fleet', (
  SELECT string_agg(concat_ws(' ', service_name, error_type, devices), ', ')
  FROM holdfast.fleet_errors WHERE fleet = 'fleet-0'), 's1 ImagePullBackOff 2000');

-- A quarter of a year of history: 200,000 transitions.
INSERT INTO holdfast.error_history (device_uuid, app_id, service_name, image_name, seq, kind, at,
    error_type, recorded_at)
  SELECT pg_temp.device(n % 20000), '1001', 's' || n % 5, 'example/service:' || n % 7, n,
    CASE n % 2 WHEN 0 THEN 'error' ELSE 'resolved' END, at, 'CrashLoopBackOff', at
  FROM generate_series(2, 200000) n,
    LATERAL (SELECT now() - interval '90 days' * (1 - n / 200000.0) AS at) t;
ANALYZE;

-- Ends the test unless the plan of the query uses this index, and reads neither reports nor history
-- from end to end.
CREATE FUNCTION pg_temp.expect_index(query text, index text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  plan json;
BEGIN
  EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
  IF NOT plan::jsonb @? format('$.**."Index Name" ? (@ == "%s")', index)::jsonpath
      OR plan::jsonb @? '$.** ? (@."Node Type" == "Seq Scan" && (@."Relation Name" ==
        "device_current_state" || @."Relation Name" == "error_history"))' THEN
    RAISE EXCEPTION E'% should use %:\n%', query, index, plan;
  END IF;
END
$$;

SELECT pg_temp.expect_index('SELECT * FROM holdfast.current_errors',
  'device_current_state_service_errors_idx');
SELECT pg_temp.expect_index('SELECT * FROM holdfast.current_errors
  WHERE service_errors @> ''[{"errorType": "RunContainerError"}]''',
  'device_current_state_service_errors_idx');
SELECT pg_temp.expect_index('SELECT * FROM holdfast.fleet_errors WHERE fleet = ''fleet-0''',
  'device_current_state_service_errors_idx');
SELECT pg_temp.expect_index('SELECT * FROM holdfast.service_history
  WHERE device_uuid = ''00000000-0000-4000-8000-000000000050'' AND app_id = ''1001''
    AND service_name = ''s1'' ORDER BY id', 'error_history_once');
SELECT pg_temp.expect_index('SELECT * FROM holdfast.top_causes', 'error_history_recorded_at_idx');
