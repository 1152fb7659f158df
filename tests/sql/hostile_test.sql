-- SPDX-License-Identifier: Apache-2.0
-- Whatever a device sends, its report is stored, and of its services the sound ones count.

CREATE TEMP TABLE malformed (apps jsonb);
INSERT INTO malformed VALUES
  (NULL), ('null'), ('1'), ('"text"'), ('true'), ('[]'), ('{}'), ('[[[[]]]]'),
  ('[null, 1, "x", []]'),
  ('{"1": null, "2": 3, "3": "x", "4": []}'),
  ('{"1": {"services": null}, "2": {"services": {}}, "3": {"services": "x"},
    "4": {"services": 7}}'),
  ('{"1": {"services": [null, 1, "x", [], {}]}}');
-- Each member of service, error and transition in each wrong type and at each extreme.
INSERT INTO malformed
  SELECT jsonb_set('{"1": {"appId": 1, "services": [{"serviceId": 1, "serviceName": "s",
      "imageName": "i",
      "error": {"type": "T", "reason": "R", "message": "m", "retryCount": 1,
        "nextRetry": "2025-10-24T10:15:30.000Z", "timestamp": "2025-10-24T10:15:30.000Z"},
      "transitions": [{"seq": 1, "type": "error", "at": "2025-10-24T10:15:30.000Z",
        "errorType": "T",
        "message": "m", "retryCount": 1, "imageName": "i"}]}]},
      "9": {"services": [{"serviceName": "sound", "error": {"type": "T"}}]}}', path::text[], value)
  FROM unnest(ARRAY['{1}', '{1,appId}', '{1,appName}', '{1,services}', '{1,services,0}',
      '{1,services,0,appId}', '{1,services,0,appName}', '{1,services,0,serviceId}',
      '{1,services,0,serviceName}', '{1,services,0,imageName}', '{1,services,0,error}',
      '{1,services,0,error,type}', '{1,services,0,error,reason}', '{1,services,0,error,message}',
      '{1,services,0,error,retryCount}', '{1,services,0,error,nextRetry}',
      '{1,services,0,error,timestamp}', '{1,services,0,transitions}',
      '{1,services,0,transitions,0}',
      '{1,services,0,transitions,0,seq}', '{1,services,0,transitions,0,type}',
      '{1,services,0,transitions,0,at}', '{1,services,0,transitions,0,errorType}',
      '{1,services,0,transitions,0,message}', '{1,services,0,transitions,0,retryCount}',
      '{1,services,0,transitions,0,imageName}']) path,
    unnest(ARRAY['null'::jsonb, 'true', '{}', '[]', '[[1]]', '{"a": {"b": 1}}', '""', '"error"',
      '"2025-02-30T10:15:30.000Z"', '"0000-01-01T00:00:00Z"', '"9999-12-31T23:59:59.999999Z"',
      '"2025-10-24T24:61:00Z"', '"infinity"', '"now"', '-1', '1.5', '1e15', '9223372036854775807',
      '1e400',
      '-1e100000', '1e-10000', to_jsonb(repeat(E'\\''";\n\u0001', 1000)),
      -- Not to be compressed into what an index takes.
      (SELECT to_jsonb(string_agg(md5(n::text) || 'ü', ''))
       FROM generate_series(1, 600) n)]) value;

-- Once each as the first report of a device and as a later one, all in one transaction, which a
-- report that fails would end.
BEGIN;
SELECT count(*) AS malformed FROM malformed \gset
DO $$
DECLARE
  number integer := 100000;
  malformed record;
BEGIN
  FOR malformed IN SELECT apps FROM malformed LOOP
    number := number + 1;
    PERFORM pg_temp.report(number, malformed.apps);
    PERFORM pg_temp.report(number + 100000, pg_temp.apps('{}'));
    PERFORM pg_temp.report(number + 100000, malformed.apps);
  END LOOP;
END
$$;
COMMIT;
SELECT pg_temp.expect('every report is stored', (
  SELECT count(*) FROM device_current_state s JOIN malformed m ON s.apps IS NOT DISTINCT FROM m.apps
  WHERE device_uuid > pg_temp.device(100000) AND m.apps IS NULL), 2);
SELECT pg_temp.expect('every report is stored as it came', (
  SELECT count(DISTINCT s.device_uuid) FROM device_current_state s JOIN malformed m USING (apps)
  WHERE device_uuid > pg_temp.device(100000)), (:malformed - 1) * 2);
SELECT pg_temp.expect('the sound service beside it counts', (
  SELECT count(*) FROM holdfast.current_errors
  WHERE device_uuid > pg_temp.device(100000) AND service_name = 'sound'), (
  SELECT 2 * count(*) FROM malformed WHERE apps ? '9'));
SELECT pg_temp.expect('an error has a type, whatever was sent for it', (
  SELECT count(*) FROM holdfast.current_errors
  WHERE device_uuid > pg_temp.device(100000) AND error_type IS NULL), 0);
SELECT pg_temp.expect('the history has no instant that was none', (
  SELECT count(*) FROM holdfast.error_history
  WHERE device_uuid > pg_temp.device(100000) AND NOT isfinite(at)), 0);
SELECT pg_temp.expect('texts are cut', (
  SELECT max(length(message)) <= 2000 AND max(length(service_name)) <= 200
    AND max(length(image_name)) <= 500 AND max(length(error_type)) <= 100
  FROM holdfast.error_history WHERE device_uuid > pg_temp.device(100000)), true);

-- A sound service beside malformed ones.
SELECT pg_temp.report(21, '{"1": {"services": [null, 5, {"serviceName": {}, "error": {}},
  {"serviceName": "bad", "error": "text", "transitions": {"seq": 1}},
  {"serviceName": "good", "error": {"type": "T"}, "transitions": [7, {"seq": "1"},
    {"seq": 1, "type": "error", "at": "yesterday"},
    {"seq": 2, "type": "strange", "at": "2025-10-24T10:15:30.000Z"},
    {"seq": 3, "type": "error", "at": "2025-10-24T10:15:30.000Z"}]}]}, "2": 7}');
SELECT pg_temp.expect('the sound service counts', (
  SELECT string_agg(service_name || ' ' || error_type, ', ') FROM holdfast.current_errors
  WHERE device_uuid = pg_temp.device(21)), 'good T');
SELECT pg_temp.expect('the sound transition counts', pg_temp.history(21), '3 error');

-- Numbers of things.
SELECT pg_temp.report(22, jsonb_build_object('1', jsonb_build_object('services', (
  SELECT jsonb_agg(jsonb_build_object('serviceName', 's' || n, 'error', '{"type": "T"}'::jsonb))
  FROM generate_series(1, 3000) n))));
SELECT pg_temp.expect('errors are bounded', jsonb_array_length(pg_temp.errors(22)), 500);
SELECT pg_temp.report(23, pg_temp.apps((SELECT jsonb_build_object('transitions', jsonb_agg(
  pg_temp.transition(n, 'error', 1) ORDER BY n)) FROM generate_series(1, 3000) n)));
SELECT pg_temp.expect('of a long list the newest count', (
  SELECT concat_ws(' ', count(*), min(seq)) FROM holdfast.error_history
  WHERE device_uuid = pg_temp.device(23)), '200 2801');
SELECT pg_temp.report(24, jsonb_build_object('1', jsonb_build_object('services', (
  SELECT jsonb_agg(jsonb_build_object('serviceName', 's' || n, 'transitions', (
    SELECT jsonb_agg(pg_temp.transition(t, 'error', 1)) FROM generate_series(1, 100) t)))
  FROM generate_series(1, 50) n))));
SELECT pg_temp.expect('transitions of a report are bounded', (
  SELECT count(*) FROM holdfast.error_history WHERE device_uuid = pg_temp.device(24)), 2000);

-- A fault of ours: the report is stored without us.
SET client_min_messages = error; -- the warnings are what is wanted
SELECT pg_temp.report(25, pg_temp.apps('{}'));
ALTER TABLE holdfast.error_history RENAME TO elsewhere;
SELECT pg_temp.report(25, pg_temp.apps('{"error": {"type": "T"}}'));
SELECT pg_temp.expect('no history: service_errors goes on',
  jsonb_array_length(pg_temp.errors(25)), 1);
SELECT pg_temp.report(26, pg_temp.apps('{"error": {"type": "T"}}'));
ALTER TABLE holdfast.elsewhere RENAME TO error_history;
ALTER FUNCTION holdfast.errors_of RENAME TO elsewhere;
SELECT pg_temp.report(25, pg_temp.apps('{"state": "stopped"}'));
ALTER FUNCTION holdfast.elsewhere RENAME TO errors_of;
SELECT pg_temp.expect('nothing at all: the reports are stored', (
  SELECT string_agg(apps #>> '{1001,services,0,state}', ' ') FROM device_current_state
  WHERE device_uuid IN (pg_temp.device(25), pg_temp.device(26))), 'stopped');
