-- SPDX-License-Identifier: Apache-2.0
-- The history: from the transitions that a device lists, and from what its reports show without.

-- Transitions, in their order, each once.
SELECT
  pg_temp.transition(1, 'error', 1, '{"errorType": "ErrImagePull", "message": "no such host",
    "retryCount": 2, "imageName": "nodered/node-red:2"}') AS t1,
  pg_temp.transition(2, 'resolved', 3) AS t2,
  pg_temp.transition(3, 'error', 4, '{"errorType": "CrashLoopBackOff"}') AS t3 \gset

SELECT jsonb_build_object('transitions', jsonb_build_array(:'t1'::jsonb, :'t2'::jsonb)) AS two,
  jsonb_build_object('error', '{"type": "CrashLoopBackOff"}'::jsonb, 'transitions',
    jsonb_build_array(:'t2'::jsonb, :'t3'::jsonb)) AS three \gset

SELECT pg_temp.report(11, pg_temp.apps('{"transitions": []}'));
SELECT pg_temp.report(11, pg_temp.apps(:'two'));
SELECT pg_temp.expect('an error that came and went between two reports', pg_temp.history(11),
  '1 error, 2 resolved');
SELECT pg_temp.report(11, pg_temp.apps(:'two'));
SELECT pg_temp.report(11, pg_temp.apps(:'two'), '{"uptime": 240}');
SELECT pg_temp.expect('a repeated report', pg_temp.history(11), '1 error, 2 resolved');
SELECT pg_temp.report(11, pg_temp.apps(:'three'));
SELECT pg_temp.expect('lists overlap, and the error itself is not counted again',
  pg_temp.history(11), '1 error, 2 resolved, 3 error');
SELECT pg_temp.report(11, pg_temp.apps('{"transitions": []}'));
SELECT pg_temp.report(11, pg_temp.apps(:'three'));
SELECT pg_temp.expect('transitions that were out of the list for a while', pg_temp.history(11),
  '1 error, 2 resolved, 3 error');

SELECT pg_temp.expect('the columns of a transition', (
  SELECT concat_ws('|', app_id, app_name, service_id, service_name, image_name, seq, kind,
    at AT TIME ZONE 'UTC', error_type, message, retry_count, recorded_at = now())
  FROM holdfast.error_history WHERE device_uuid = pg_temp.device(11) AND seq = 1),
  '1001|monitoring|2|nodered|nodered/node-red:2|1|error|2025-10-24 10:01:00|ErrImagePull|'
  'no such host|2|f');
SELECT pg_temp.expect('without an image of its own a transition has the service''s', (
  SELECT image_name FROM holdfast.error_history WHERE device_uuid = pg_temp.device(11) AND seq = 3),
  'nodered/node-red:invalid');

SELECT pg_temp.expect('history of the service: when each error began and what ended it', (
  SELECT string_agg(concat_ws('|', error_type, to_char(began_at AT TIME ZONE 'UTC', 'HH24:MI'),
    coalesce(to_char(ended_at AT TIME ZONE 'UTC', 'HH24:MI'), 'lasts'), lasted), ', ' ORDER BY id)
  FROM holdfast.service_history
  WHERE device_uuid = pg_temp.device(11) AND app_id = '1001' AND service_name = 'nodered'),
  'ErrImagePull|10:01|10:03|00:02:00, CrashLoopBackOff|10:04|lasts');

-- A device that lost its state counts from 1 again; a clock that is set back changes no order.
SELECT pg_temp.report(12, pg_temp.apps(jsonb_build_object('transitions', jsonb_build_array(
  pg_temp.transition(1, 'error', 30), pg_temp.transition(2, 'resolved', 31)))));
SELECT pg_temp.report(12, pg_temp.apps(jsonb_build_object('transitions', jsonb_build_array(
  pg_temp.transition(1, 'error', 5), pg_temp.transition(2, 'resolved', 6)))));
SELECT pg_temp.expect('counted from 1 again', pg_temp.history(12),
  '1 error, 2 resolved, 1 error, 2 resolved');

-- The first report of a device that was cut off: fifty at once.
SELECT pg_temp.report(13, pg_temp.apps((SELECT jsonb_build_object('transitions', jsonb_agg(
  pg_temp.transition(n, CASE n % 2 WHEN 1 THEN 'error' ELSE 'resolved' END, n) ORDER BY n))
  FROM generate_series(1, 50) n)));
SELECT pg_temp.expect('fifty at once, in order', pg_temp.history(13), (
  SELECT string_agg(n || CASE n % 2 WHEN 1 THEN ' error' ELSE ' resolved' END, ', ' ORDER BY n)
  FROM generate_series(1, 50) n));

-- A device that lists no transitions: its errors are compared.
SELECT pg_temp.report(14, pg_temp.apps('{"error": {"type": "A",
  "timestamp": "2025-10-24T10:15:30.000Z"}}'));
SELECT pg_temp.expect('an error in the very first report', pg_temp.history(14), 'error');
SELECT pg_temp.report(14, pg_temp.apps('{"error": {"type": "A", "retryCount": 2}}'));
SELECT pg_temp.expect('the same error, tried again', pg_temp.history(14), 'error');
SELECT pg_temp.report(14, pg_temp.apps('{}'));
SELECT pg_temp.report(14, pg_temp.apps('{"error": {"type": "B"}}'));
SELECT pg_temp.expect('resolved and failing again', pg_temp.history(14), 'error, resolved, error');
SELECT pg_temp.report(14, '{}');
SELECT pg_temp.expect('gone from the target', pg_temp.history(14),
  'error, resolved, error, resolved');
SELECT pg_temp.expect('the time of an error is the device''s', (
  SELECT min(at) FROM holdfast.error_history WHERE device_uuid = pg_temp.device(14)),
  '2025-10-24 10:15:30+00'::timestamptz);

-- With transitions, a service that left the target while it failed is closed all the same.
SELECT pg_temp.report(11, '{}');
SELECT pg_temp.expect('gone from the target, with transitions', pg_temp.history(11),
  '1 error, 2 resolved, 3 error, resolved');

-- Causes.
SELECT pg_temp.expect('top causes', (
  SELECT concat_ws('|', error_type, image_name, errors, errors_last_day, devices, latest_message)
  FROM holdfast.top_causes WHERE error_type = 'ErrImagePull'),
  'ErrImagePull|nodered/node-red:2|1|1|1|no such host');
UPDATE holdfast.error_history SET recorded_at = now() - interval '3 days'
WHERE error_type = 'ErrImagePull';
SELECT pg_temp.expect('a cause of three days ago', (
  SELECT concat_ws('|', errors, errors_last_day) FROM holdfast.top_causes
  WHERE error_type = 'ErrImagePull'), '1|0');
UPDATE holdfast.error_history SET recorded_at = now() - interval '8 days'
WHERE error_type = 'ErrImagePull';
SELECT pg_temp.expect('a cause of eight days ago', (
  SELECT count(*) FROM holdfast.top_causes WHERE error_type = 'ErrImagePull'), 0);

-- Keeping the history bounded.
TRUNCATE holdfast.error_history;
SELECT pg_temp.report(15, pg_temp.apps('{"transitions": []}'));
SELECT pg_temp.report(15, pg_temp.apps(:'two'));
UPDATE holdfast.error_history SET recorded_at = now() - interval '91 days' WHERE seq = 1;
SELECT pg_temp.expect('one is too old', holdfast.prune_history(), 1);
SELECT pg_temp.expect('the newer one stays', pg_temp.history(15), '2 resolved');
SELECT pg_temp.expect('none is left to prune', holdfast.prune_history(), 0);
SELECT pg_temp.report(15, pg_temp.apps(jsonb_build_object('transitions',
  jsonb_build_array(:'t1'::jsonb, :'t2'::jsonb, :'t3'::jsonb))));
SELECT pg_temp.expect('what was pruned does not come back', pg_temp.history(15),
  '2 resolved, 3 error');

INSERT INTO holdfast.error_history (device_uuid, app_id, service_name, seq, kind, at)
  SELECT pg_temp.device(d), '1', 's', n, 'error', now()
  FROM generate_series(16, 17) d, generate_series(1, 7 - (d - 16) * 5) n;
SELECT pg_temp.expect('more than five of one device', holdfast.prune_history('90 days', 5), 2);
SELECT pg_temp.expect('the newest five stay', pg_temp.history(16),
  '3 error, 4 error, 5 error, 6 error, 7 error');
SELECT pg_temp.expect('another device keeps its own', pg_temp.history(17), '1 error, 2 error');
SELECT pg_temp.expect('no more than a batch', holdfast.prune_history('-1 day', 10000, 3), 3);
