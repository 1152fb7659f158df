#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds etc/target.schema.json against the parser, both ways.

Every good document of the corpus is accepted by both; every bad one is refused by the parser at the
places it names. Then each good document is changed in one place, everywhere, in every way of
`variants`, and the two must give the same verdict; only what a schema cannot express (`BEYOND`) may be
refused by the parser alone, and nothing by the schema alone.

usage: target_schema_test.py VERDICTS SCHEMA CORPUS
"""
import copy
import json
import pathlib
import re
import subprocess
import sys

import jsonschema

# Messages of what only shows when parts are compared, and of forms that a pattern cannot hold.
BEYOND = re.compile(
    "|".join(
        [
            r"the host port .* is published by",
            r"the service name .* is taken by",
            r"another app has the id",
            r"but the app stands under",
            r"its name on the engine would be",
            r"the name .* is used twice",
            r"unknown (network|volume|service) ",
            r"the service depends on itself",
            r"these services wait for each other",
            r"networks cannot be joined with networkMode",
            r"something else is mounted at",
            r"the container's root cannot be mounted over",
            r"the (host|variable) .* is given twice",
            r"the two ranges differ in length",
            r"ends before it begins",
            r"is too large; expected (bytes|CPUs)",
            r"exceeds limits\.",
            r"the soft limit exceeds the hard one",
            r"an opening ['\"] without a closing one",
            r"is no IP address",
            r"is no signal",
            r"did you mean local\?",
        ]
    )
)

WRONG = [None, True, -1, 0, 1.5, 7, 70000, 10**25, "", "x", "/", "a b", "a\n", "\u0000", [], {}, [1], {"x": 1}]


class Parser:
    def __init__(self, program):
        self.program = program

    def verdicts(self, documents):
        text = "".join(json.dumps(document) + "\n" for document in documents)
        answer = subprocess.run(
            [self.program], input=text, capture_output=True, text=True, check=True
        ).stdout
        return [json.loads(line) for line in answer.splitlines()]


def make_validator(schema):
    """`$` ends a text, as in ECMA 262; Python's also matches before a last line feed."""

    def pattern(_validator, expression, instance, _schema):
        if isinstance(instance, str) and not re.search(expression.replace("$", r"\Z"), instance):
            yield jsonschema.ValidationError(f"{instance!r} does not match {expression!r}")

    base = jsonschema.Draft202012Validator
    base.check_schema(schema)
    return jsonschema.validators.extend(base, {"pattern": pattern})(schema)


def places(value, path=()):
    """Every place in a document, the whole document first."""
    yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from places(child, path + (key,))


def at(document, path):
    for step in path:
        document = document[step]
    return document


def boundaries(schema):
    """Each number that the schema limits something by, and its neighbours."""
    if isinstance(schema, dict):
        for key, value in schema.items():
            if key in ("minimum", "maximum", "const") and isinstance(value, int):
                yield from (value - 1, value, value + 1)
            else:
                yield from boundaries(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from boundaries(value)


def variants(value, numbers):
    """What to put in the place of a value."""
    yield from WRONG
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        yield from numbers
    elif isinstance(value, str):
        yield from (value + "x", value + ":", value + "/..", value + " ", "A" + value, ":" + value)
        yield from (value + ":ro", value.upper(), "a" * 64, "a" * 65, "a" * 128, "a" * 129)


def mutants(document, names, numbers):
    """Documents that differ from this one in one place, each with a line that says where and how."""
    for path in places(document):
        where = "/" + "/".join(map(str, path))
        found = at(document, path)
        if isinstance(found, dict):
            for name in sorted(names - found.keys()):
                yield f"{where} with {name}", changed(document, path, lambda here: here.update({name: 1}))
        if not path:
            continue
        *parent, last = path
        for wrong in variants(found, numbers):
            yield f"{where} = {wrong!r}", changed(document, parent, lambda here: here.__setitem__(last, wrong))
        yield f"without {where}", changed(document, parent, lambda here: here.pop(last))
        if isinstance(last, str):
            yield f"{where} renamed", changed(
                document, parent, lambda here: here.update({last + "x": here.pop(last)})
            )


def changed(document, path, change):
    mutant = copy.deepcopy(document)
    change(at(mutant, path))
    return mutant


def property_names(schema):
    if isinstance(schema, dict):
        for key, value in schema.items():
            if key == "properties":
                yield from value
            yield from property_names(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from property_names(value)


def used_names(value):
    if isinstance(value, dict):
        yield from value
        for child in value.values():
            yield from used_names(child)
    elif isinstance(value, list):
        for child in value:
            yield from used_names(child)


class Report:
    def __init__(self):
        self.failures = 0

    def check(self, good, text):
        if not good:
            self.failures += 1
            if self.failures <= 20:
                print("FAILED:", text)


def check_corpus(report, validator, parser, good, bad, expected):
    for (name, document), verdict in zip(good.items(), parser.verdicts(good.values())):
        report.check(not verdict, f"the parser refuses good/{name}: {verdict}")
        errors = [error.message for error in validator.iter_errors(document)]
        report.check(not errors, f"the schema refuses good/{name}: {errors}")
    report.check(bad.keys() == expected.keys(), "bad/expected.json does not name the bad documents")
    for (name, document), verdict in zip(bad.items(), parser.verdicts(bad.values())):
        pointers = sorted({problem["pointer"] for problem in verdict})
        report.check(pointers == expected.get(name), f"bad/{name}: problems at {pointers}")
        check_agreement(report, validator, f"bad/{name}", document, verdict)


def check_agreement(report, validator, what, document, verdict):
    if validator.is_valid(document):
        beyond = all(BEYOND.search(problem["message"]) for problem in verdict)
        report.check(beyond, f"only the parser refuses {what}: {verdict}")
    else:
        report.check(verdict, f"only the schema refuses {what}")


def main(program, schema_file, corpus):
    schema = json.loads(pathlib.Path(schema_file).read_text())
    validator = make_validator(schema)
    parser = Parser(program)
    read = lambda folder: {
        file.name: json.loads(file.read_text())
        for file in sorted(pathlib.Path(corpus, folder).glob("*.json"))
    }
    good, bad = read("good"), read("bad")
    report = Report()
    check_corpus(report, validator, parser, good, bad, bad.pop("expected.json"))

    names = set(property_names(schema))
    unused = names - set(used_names(list(good.values())))
    report.check(not unused, f"no good document uses {sorted(unused)}")

    numbers = sorted(set(boundaries(schema)))
    count = 0
    for name, document in good.items():
        cases = list(mutants(document, names, numbers))
        verdicts = parser.verdicts(mutant for _, mutant in cases)
        for (what, mutant), verdict in zip(cases, verdicts):
            check_agreement(report, validator, f"good/{name}: {what}", mutant, verdict)
        count += len(cases)
    print(f"{len(good)} good and {len(bad)} bad documents, {count} changed ones: {report.failures} failures")
    return 1 if report.failures or not count else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
