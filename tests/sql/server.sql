-- SPDX-License-Identifier: Apache-2.0
--
-- The server's side as far as the migration meets it: its tables, its role, which owns nothing, and
-- the statement by which it stores a report.

CREATE TABLE devices (
  id serial PRIMARY KEY,
  uuid uuid NOT NULL UNIQUE,
  fleet_id varchar(100)
);

CREATE TABLE device_current_state (
  id serial PRIMARY KEY,
  device_uuid uuid NOT NULL UNIQUE REFERENCES devices (uuid) ON DELETE CASCADE,
  apps jsonb DEFAULT '{}',
  config jsonb DEFAULT '{}',
  system_info jsonb DEFAULT '{}',
  version integer,
  reported_at timestamp DEFAULT CURRENT_TIMESTAMP
);

CREATE INDEX idx_device_current_state_device_uuid ON device_current_state (device_uuid);

GRANT SELECT, INSERT, UPDATE, DELETE ON devices, device_current_state TO server;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO server;
