"""`schemathesis` against our OpenAPI description: one check for each operation it describes."""

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import requests

from _checks import API_KEY, BASE, Checks, require

checks = Checks()
SCHEMA = BASE + "/api/openapi.json"
REPORT = "schemathesis.xml"
WANTED = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "missing_required_header",
    "unsupported_method",
    "allow_header_conformance",
    "ignored_auth",
)


def describe():
    answer = requests.get(SCHEMA, timeout=30)
    answer.raise_for_status()
    schema = answer.json()
    require(schema.get("openapi", "").startswith("3.1"), f"openapi is {schema.get('openapi')}")
    require(schema.get("paths"), "no paths")
    return schema


def headers(schema):
    """The key, in the header that the description names."""
    schemes = schema.get("components", {}).get("securitySchemes", {}).values()
    for scheme in schemes:
        if scheme.get("type") == "apiKey" and scheme.get("in") == "header":
            return ["--header", f"{scheme['name']}: {API_KEY}"]
        if scheme.get("type") == "http" and scheme.get("scheme", "").lower() == "bearer":
            return ["--header", f"Authorization: Bearer {API_KEY}"]
    return []


def fuzz(schema):
    program = os.path.join(os.path.dirname(sys.executable), "st")
    command = [program, "run", SCHEMA, "--url", BASE, "--max-examples", "20", "--seed", "7", "--no-color"]
    command += ["--workers", "1", "--request-timeout", "30", "--continue-on-failure", "--suppress-health-check", "all"]
    command += ["--phases", "examples,coverage,fuzzing", "--checks", ",".join(WANTED)]
    command += ["--report", "junit", "--report-junit-path", REPORT, *headers(schema)]
    done = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=800)
    print(done.stdout)
    require(done.returncode in (0, 1), f"schemathesis ended with {done.returncode}")
    cases = {}
    for case in ElementTree.parse(REPORT).getroot().iter("testcase"):
        told = [
            f"{one.get('message', '')} {one.text or ''}" for one in case if one.tag in ("failure", "error")
        ]
        skipped = case.find("skipped") is not None
        cases.setdefault(case.get("name"), []).append(("skipped" if skipped and not told else "", told))
    require(cases, "schemathesis tried nothing")
    require(done.returncode == 0 or any(told for parts in cases.values() for _, told in parts),
            f"schemathesis ended with {done.returncode} and names no failure")
    return cases


def operation(parts):
    told = [text for _, texts in parts for text in texts]
    require(not told, re.sub(r"\s+", " ", " | ".join(told)))
    require(any(not skipped for skipped, _ in parts), "it was not tried")


schema = checks.check("the description is there", describe)
cases = checks.check("schemathesis runs", fuzz, schema) if schema else None
for name, parts in (cases or {}).items():
    checks.check(name, operation, parts)
checks.finish()
