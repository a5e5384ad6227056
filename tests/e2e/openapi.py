"""Answers against the description of the API, searchd/openapi.json.

The schemas there use a part of JSON Schema; a word that is not known here is a fault of the
description. check() raises Mismatch with the place in the answer.
"""
import json
import os
import re

SOURCE = os.environ.get("READOUT_SOURCE") or os.path.abspath(
    os.path.join(os.path.dirname(__file__), "..", ".."))

with open(os.path.join(SOURCE, "searchd", "openapi.json"), encoding="utf-8") as description:
    SPEC = json.load(description)


class Mismatch(AssertionError):
    pass


TYPES = {"string": str, "object": dict, "array": list, "boolean": bool, "null": type(None),
         "integer": int, "number": (int, float)}
NOTES = {"description", "format", "examples"}  # say nothing about what is valid


def resolve(node):
    while "$ref" in node:
        found = SPEC
        for part in node["$ref"][2:].split("/"):
            found = found[part]
        node = found
    return node


def is_type(value, name):
    return isinstance(value, TYPES[name]) and not (isinstance(value, bool) and name != "boolean")


def reason(schema, value, at):
    """Why it does not match; None: it does."""
    try:
        validate(schema, value, at)
    except Mismatch as fault:
        return str(fault)
    return None


def check_one(schema, value, at):
    reasons = [reason(each, value, at) for each in schema.get("oneOf", [])]
    if reasons and reasons.count(None) != 1:
        raise Mismatch("%s matches %d of %d: %s" % (at or "the answer", reasons.count(None), len(reasons),
                                                   "; ".join(filter(None, reasons))))


def check_members(schema, value, at):
    known = schema.get("properties", {})
    for name in schema.get("required", []):
        if name not in value:
            raise Mismatch("%s has no %r" % (at, name))
    for name, member in value.items():
        rule = known.get(name, schema.get("additionalProperties", True))
        if rule is False:
            raise Mismatch("%s has %r, which is not described" % (at, name))
        if rule is not True:
            validate(rule, member, "%s.%s" % (at, name))


def check_items(schema, value, at):
    for i, item in enumerate(value):
        validate(schema.get("items", {}), item, "%s[%d]" % (at, i))


RULES = {
    "type": lambda rule, v: any(is_type(v, t) for t in (rule if isinstance(rule, list) else [rule])),
    "enum": lambda rule, v: v in rule,
    "const": lambda rule, v: v == rule,
    "minimum": lambda rule, v: not is_type(v, "number") or v >= rule,
    "maximum": lambda rule, v: not is_type(v, "number") or v <= rule,
    "minProperties": lambda rule, v: not isinstance(v, dict) or len(v) >= rule,
    "minItems": lambda rule, v: not isinstance(v, list) or len(v) >= rule,
    "maxItems": lambda rule, v: not isinstance(v, list) or len(v) <= rule,
    "pattern": lambda rule, v: not isinstance(v, str) or re.search(rule, v) is not None,
}
PARTS = {"oneOf", "properties", "required", "additionalProperties", "items"}


def validate(schema, value, at):
    schema = resolve(schema)
    unknown = set(schema) - set(RULES) - PARTS - NOTES
    if unknown:
        raise ValueError("openapi.json has words that are not known here: %s" % sorted(unknown))
    for word, fits in RULES.items():
        if word in schema and not fits(schema[word], value):
            raise Mismatch("%s is %s, not as %s %s" % (at or "the answer", json.dumps(value)[:200], word,
                                                       json.dumps(schema[word])[:200]))
    check_one(schema, value, at)
    if isinstance(value, dict):
        check_members(schema, value, at)
    if isinstance(value, list):
        check_items(schema, value, at)


def find(path):
    """The path of the description that a request's path is of; the one with the fewest {}."""
    found = [(template.count("{"), template) for template in SPEC["paths"]
             if re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template)), path)]
    return min(found)[1] if found else None


def answer_of(method, path, status):
    """What an answer must be."""
    item = SPEC["paths"].get(find(path), {})
    operation = item.get({"HEAD": "get"}.get(method, method.lower()))
    if not operation and status >= 400:
        others = [other["responses"]["default"] for other in item.values()]
        return resolve(others[0] if others else SPEC["components"]["responses"]["Problem"])
    if not operation:
        return None
    responses = operation["responses"]
    described = responses.get(str(status), responses["default"])
    if str(status) not in responses and status < 400:
        raise Mismatch("%s %s is answered %d, which is not described" % (method, path, status))
    return resolve(described)


def check(method, target, status, fields, body):
    """Fields by lower-case names, body as bytes."""
    path = target.split("?")[0]
    if method == "OPTIONS" and status == 204:
        return
    described = answer_of(method, path, status)
    if described is None:
        raise Mismatch("%s %s is answered %d, which is not described" % (method, path, status))
    where = "%s %s: %d" % (method, target[:200], status)
    content = described.get("content", {})
    media = (fields.get("content-type") or "").split(";")[0]
    if not content:
        if body:
            raise Mismatch(where + " has a body")
        return
    if media not in content:
        raise Mismatch("%s is %r, not one of %s" % (where, media, sorted(content)))
    schema = content[media].get("schema")
    if not schema or method == "HEAD" or fields.get("content-encoding"):
        return
    texts = body.decode("utf-8").splitlines() if media.endswith("ndjson") else [body.decode("utf-8")]
    for text in texts:
        try:
            validate(schema, json.loads(text), "")
        except Mismatch as fault:
            raise Mismatch("%s: %s" % (where, fault)) from None
    if media == "application/problem+json" and json.loads(body)["status"] != status:
        raise Mismatch(where + " says another status in its body")
