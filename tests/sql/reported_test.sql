-- SPDX-License-Identifier: Apache-2.0
-- A report as the agent makes it: reported.json, which a test of the agent holds against its own.

\set reported `cat reported.json`
SELECT :'reported'::jsonb -> 'apps' AS apps, :'reported'::jsonb -> 'service_errors' AS errors,
  (SELECT string_agg(concat_ws(' ', t ->> 'seq', t ->> 'type'), ', ' ORDER BY n)
    FROM jsonb_array_elements(:'reported'::jsonb -> 'transitions') WITH ORDINALITY e (t, n))
    AS transitions \gset

SELECT pg_temp.report(31, :'apps');
SELECT pg_temp.expect('an error at least', jsonb_array_length(:'errors') > 0, true);
SELECT pg_temp.expect('the errors that the agent lists', pg_temp.errors(31), :'errors');
SELECT pg_temp.expect('the transitions that the agent lists', pg_temp.history(31), :'transitions');
