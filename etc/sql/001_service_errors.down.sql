-- SPDX-License-Identifier: Apache-2.0
--
-- Takes back 001_service_errors.up.sql, the history included. One transaction: if something of
-- yours builds on what it made, the error says so and nothing was changed.

BEGIN;

SET LOCAL lock_timeout = '5s';
SET LOCAL client_min_messages = warning;

DROP TRIGGER IF EXISTS holdfast_first_report ON device_current_state;
DROP TRIGGER IF EXISTS holdfast_next_report ON device_current_state;

DROP VIEW IF EXISTS holdfast.top_causes;
DROP VIEW IF EXISTS holdfast.service_history;
DROP VIEW IF EXISTS holdfast.fleet_errors;
DROP VIEW IF EXISTS holdfast.current_errors;
DROP VIEW IF EXISTS holdfast.device_fleet;

DROP FUNCTION IF EXISTS holdfast.on_first_report();
DROP FUNCTION IF EXISTS holdfast.on_next_report();
DROP FUNCTION IF EXISTS holdfast.remember(uuid, jsonb, jsonb, jsonb, jsonb);
DROP FUNCTION IF EXISTS holdfast.prune_history(interval, integer, integer);
DROP PROCEDURE IF EXISTS holdfast.backfill(integer);
DROP FUNCTION IF EXISTS holdfast.transitions_of(jsonb);
DROP FUNCTION IF EXISTS holdfast.errors_of(jsonb);
DROP FUNCTION IF EXISTS holdfast.services(jsonb);
DROP FUNCTION IF EXISTS holdfast.instant(text);
DROP FUNCTION IF EXISTS holdfast.amount(jsonb);
DROP FUNCTION IF EXISTS holdfast.words(jsonb, integer);
DROP FUNCTION IF EXISTS holdfast.plain(jsonb, integer);

DROP TABLE IF EXISTS holdfast.error_history;

-- Its index goes with it.
ALTER TABLE device_current_state DROP COLUMN IF EXISTS service_errors;

DROP SCHEMA IF EXISTS holdfast;

COMMIT;
