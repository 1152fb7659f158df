-- SPDX-License-Identifier: Apache-2.0
--
-- 100,000 devices of ten fleets as they are found by the migration: five services each, one in
-- fifty devices with a service that cannot pull its image, and that lists the transition.

INSERT INTO devices (uuid, fleet_id)
  SELECT pg_temp.device(d), 'fleet-' || d % 10 FROM generate_series(1, 100000) d;

INSERT INTO device_current_state (device_uuid, apps, version)
  SELECT pg_temp.device(d), jsonb_build_object('1001', jsonb_build_object('appId', 1001,
    'appName', 'monitoring', 'services', jsonb_build_array(
      CASE d % 50 WHEN 0 THEN failing ELSE service END || '{"serviceId": 1, "serviceName": "s1"}',
      service || '{"serviceId": 2, "serviceName": "s2"}',
      service || '{"serviceId": 3, "serviceName": "s3"}',
      service || '{"serviceId": 4, "serviceName": "s4"}',
      service || '{"serviceId": 5, "serviceName": "s5"}'))), 1
  FROM (SELECT
      '{"imageName": "example/service:1.0", "state": "running", "status": "running",
        "serviceStatus": "running", "ready": true, "restartCount": 0, "containerId": "4f1f5a1c90d2",
        "transitions": [],
        "config": {"image": "example/service:1.0", "ports": ["1883:1883"]}}'::jsonb
        AS service,
      '{"imageName": "example/service:9.9", "state": "running", "serviceStatus": "error",
        "error": {"type": "ImagePullBackOff", "message": "manifest unknown", "retryCount": 3,
          "nextRetry": "2025-10-24T10:16:10.000Z", "timestamp": "2025-10-24T10:15:30.000Z"},
        "transitions": [{"seq": 1, "type": "error", "at": "2025-10-24T10:15:00.000Z",
          "errorType": "ErrImagePull", "message": "manifest unknown"}]}'::jsonb AS failing) s,
    generate_series(1, 100000) d;
