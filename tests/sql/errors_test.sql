-- SPDX-License-Identifier: Apache-2.0
-- service_errors follows apps.

SELECT '{"serviceStatus": "error", "error": {"type": "ImagePullBackOff",
    "reason": "ImagePullBackOff", "message": "manifest unknown", "class": "not_found",
    "timestamp": "2025-10-24T10:15:30.000Z", "retryCount": 3, "maxRetries": 10,
    "nextRetry": "2025-10-24T10:16:10.000Z", "exhausted": false,
    "since": "2025-10-24T10:15:00.000Z", "firstError": "manifest unknown"}}' AS failing,
  '[{"appId": 1001, "appName": "monitoring", "serviceId": 2, "serviceName": "nodered",
    "imageName": "nodered/node-red:invalid", "errorType": "ImagePullBackOff",
    "message": "manifest unknown", "retryCount": 3, "nextRetry": "2025-10-24T10:16:10.000Z",
    "timestamp": "2025-10-24T10:15:30.000Z"}]' AS element \gset

SELECT pg_temp.report(1, pg_temp.apps('{"serviceStatus": "running"}'));
SELECT pg_temp.expect('no error in the first report', pg_temp.errors(1), '[]');

SELECT pg_temp.report(1, pg_temp.apps(:'failing'));
SELECT pg_temp.expect('an error in a later report', pg_temp.errors(1), :'element');

SELECT pg_temp.report(1, pg_temp.apps(:'failing'), '{"uptime": 240}');
SELECT pg_temp.expect('a report with the same apps', pg_temp.errors(1), :'element');

SELECT pg_temp.report(1, pg_temp.apps('{"serviceStatus": "running"}'));
SELECT pg_temp.expect('the error is gone', pg_temp.errors(1), '[]');

SELECT pg_temp.report(2, pg_temp.apps(:'failing'));
SELECT pg_temp.expect('an error in the very first report', pg_temp.errors(2), :'element');

SELECT pg_temp.report(3, jsonb_build_array(pg_temp.apps(:'failing') -> '1001'));
SELECT pg_temp.expect('apps as an array', pg_temp.errors(3), :'element');

SELECT pg_temp.report(4, '{
  "1002": {"services": [{"serviceName": "db", "error": {"reason": "StartError"}},
    {"serviceName": "web"}]},
  "lab": {"appName": "bench", "services": [{"serviceId": "x", "serviceName": "web",
    "error": {}}]}}');
SELECT pg_temp.expect('what is not told is null, the key stands for id and name', pg_temp.errors(4),
  '[{"appId": "lab", "appName": "bench", "serviceId": "x", "serviceName": "web",
     "imageName": null, "errorType": "Unknown", "message": null, "retryCount": null,
     "nextRetry": null, "timestamp": null},
    {"appId": "1002", "appName": "1002", "serviceId": null, "serviceName": "db",
     "imageName": null, "errorType": "StartError", "message": null, "retryCount": null,
     "nextRetry": null, "timestamp": null}]');

-- A server that reads the row as it always did gets the column with it.
SET ROLE server;
SELECT * FROM device_current_state WHERE device_uuid = '00000000-0000-4000-8000-000000000002' \gset
RESET ROLE;
SELECT pg_temp.expect('the server''s own query', :'service_errors', :'element'::jsonb);

-- The views of what is wrong now.
UPDATE devices SET fleet_id = 'north' WHERE uuid IN (pg_temp.device(2), pg_temp.device(3));
SELECT pg_temp.expect('current errors', (
  SELECT string_agg(concat_ws('|', fleet, app_id, app_name, service_id, service_name, image_name,
    error_type, message, retry_count, next_retry AT TIME ZONE 'UTC', at AT TIME ZONE 'UTC'), E'\n')
  FROM holdfast.current_errors WHERE device_uuid = pg_temp.device(2)),
  'north|1001|monitoring|2|nodered|nodered/node-red:invalid|ImagePullBackOff|manifest unknown|3|'
  '2025-10-24 10:16:10|2025-10-24 10:15:30');
SELECT pg_temp.expect('a device without a fleet has its errors too',
  (SELECT count(*) FROM holdfast.current_errors WHERE fleet IS NULL), 2);
SELECT pg_temp.expect('errors of a fleet', (
  SELECT string_agg(concat_ws('|', service_name, error_type, devices), E'\n')
  FROM holdfast.fleet_errors WHERE fleet = 'north'), 'nodered|ImagePullBackOff|2');
