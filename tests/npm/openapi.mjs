// SPDX-License-Identifier: Apache-2.0
//
//   node openapi.mjs DOCUMENT
//
// Whether the document is one of OpenAPI 3.1: by the schema of that specification, with every
// reference resolved, and every JSON schema in it one of JSON Schema 2020-12.
import { readFileSync } from "node:fs";
import { Validator } from "@seriousme/openapi-schema-validator";
import Ajv2020 from "ajv/dist/2020.js";

const document = JSON.parse(readFileSync(process.argv[2]));
const problems = [];

const validator = new Validator();
const result = await validator.validate(structuredClone(document));
if (!result.valid) {
  problems.push(JSON.stringify(result.errors, null, 2));
} else if (validator.version !== "3.1") {
  problems.push(`it is of OpenAPI ${validator.version}; expected 3.1`);
}

// Strict: an unknown or misplaced keyword would be passed over by a reader of the document.
const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, allErrors: true });
const keywords = Object.keys(document).filter((keyword) => !ajv.getKeyword(keyword));
ajv.addVocabulary(keywords);
ajv.addSchema(document, "document", false, false);

function visit(value, pointer) {
  if (value === null || typeof value !== "object") {
    return;
  }
  const isSchema = /\/schema$|^\/components\/schemas\/[^/]+$/.test(pointer);
  try {
    isSchema && ajv.compile({ $ref: `document#${pointer}` });
  } catch (error) {
    problems.push(`${pointer}: ${error.message}`);
  }
  for (const [name, member] of Object.entries(value)) {
    const step = name.replaceAll("~", "~0").replaceAll("/", "~1");
    isSchema || visit(member, `${pointer}/${encodeURIComponent(step)}`);
  }
}
visit(document, "");

for (const problem of problems) {
  console.error(`${process.argv[2]}: ${problem}`);
}
process.exitCode = problems.length > 0 ? 1 : 0;
