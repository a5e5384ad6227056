"""The description of the API: is it sound, and does the daemon keep to it whatever it is asked."""
import json
import os
import random
import unittest
import urllib.parse

import openapi
import readout

SEED = int(os.environ.get("READOUT_SEED", "20250218"))
REQUESTS = int(os.environ.get("READOUT_REQUESTS", "1500"))

TEXTS = ["talks", "riyadh OR geneva", '"second round"', "lavro*", "witkov~", "-", "((", "a NEAR/5 b", "title:", "date:2025..",
         "after:9999", "caf\u00e9", "\U0001f600", "\u202e", "x" * 3000, " ", "", "%", "\\", "\0", "NOT NOT talks", "+must -not",
         "side:US by:RU", "a AND", "\u00df\u0130", "1e309", "null"]
ODD = ["", "-1", "0", "1", "3", "10", "1000", "1001", "99999999999999999999", "1.5", "NaN", "true", "TRUE", "on", "json", "html",
       "all", "talks,source", "\u0000", "../../etc/passwd", "AAAA", "*", "[]", "{}", "relevance", "-date"]
RAW = ["%", "%zz", "%ff", "%c0%af", "a%00b", "+", "a=b", "%2F", "..%2f.."]


def nodes(node):
    yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from nodes(child)


class Description(unittest.TestCase):
    def test_every_reference_leads_somewhere(self):
        for node in nodes(openapi.SPEC):
            if isinstance(node, dict) and "$ref" in node:
                openapi.resolve(node)

    def test_every_schema_is_of_known_words(self):
        for schema in openapi.SPEC["components"]["schemas"].values():
            for value in (None, {}, [], "", 0):
                openapi.reason(schema, value, "")

    def test_every_operation_tells_what_may_go_wrong(self):
        for path, item in openapi.SPEC["paths"].items():
            for method, operation in item.items():
                self.assertIn("default", operation["responses"], (path, method))
                named = [openapi.resolve(p)["name"] for p in operation.get("parameters", [])
                         if openapi.resolve(p)["in"] == "path"]
                self.assertEqual(["{%s}" % name for name in named],
                                 [part for part in path.split("/") if part.startswith("{")], path)

    def test_what_is_not_described_is_found(self):
        good = {"type": "urn:readout:problem:overloaded", "title": "t", "status": 503, "detail": "d"}
        media = {"content-type": "application/problem+json"}

        def check(target, status, fields, value):
            openapi.check("GET", target, status, fields, json.dumps(value).encode())
        check("/v1/search?q=x", 503, media, good)
        check("/nowhere", 404, media, dict(good, status=404))
        for target, status, fields, value in (
                ("/v1/search", 503, media, dict(good, more=1)), ("/v1/search", 503, media, dict(good, status="503")),
                ("/v1/search", 500, media, good), ("/v1/search", 503, {"content-type": "text/html"}, good),
                ("/v1/search", 200, {"content-type": "application/json"}, {"hits": []}),
                ("/v1/search", 202, {"content-type": "application/json"}, {}), ("/nowhere", 200, media, {}),
                ("/healthz", 200, {"content-type": "application/json"}, {"status": "fine"}),
                ("/v1/suggest", 200, {"content-type": "application/json"},
                 {"query": "", "took_ms": 1, "suggestions": [{"text": "a", "kind": "word", "count": True}]})):
            with self.assertRaises(openapi.Mismatch, msg=(target, status, value)):
                check(target, status, fields, value)


class Kept(unittest.TestCase):
    """Requests made from the description at random: READOUT_SEED and READOUT_REQUESTS repeat a run."""

    def setUp(self):
        self.directory = readout.Directory()
        self.addCleanup(self.directory.__exit__)
        self.random = random.Random(SEED)
        keys = self.directory.join("keys")
        self.key = readout.add_key(keys, "x", "--scopes", "read,write,admin")
        self.daemon = readout.Daemon(readout.build_index(self.directory), "--keys", keys)
        self.addCleanup(self.daemon.__exit__, None)

    def test_it_serves_what_is_described(self):
        self.assertEqual(self.daemon.json("/openapi.json"), openapi.SPEC)

    def value(self, schema):
        if self.random.random() < 0.3:
            return self.random.choice(ODD)
        if "enum" in schema:
            return self.random.choice(schema["enum"])
        if schema.get("type") == "integer":
            return str(self.random.randint(schema["minimum"], schema.get("maximum", 50)))
        if schema.get("type") == "boolean":
            return self.random.choice(["true", "false"])
        return self.random.choice(schema.get("examples", []) * 9 + TEXTS)

    def escaped(self, text):
        return self.random.choice(RAW) if self.random.random() < 0.05 else urllib.parse.quote(text, safe="")

    def target(self, path, operation):
        query = []
        for parameter in map(openapi.resolve, operation.get("parameters", [])):
            name = parameter["name"]
            if parameter["in"] == "path":
                text = self.random.choice([a["id"] for a in readout.ARTICLES] + ["articles", "source", "*"] + TEXTS)
                path = path.replace("{%s}" % name, self.escaped(text) or "%20")
            elif self.random.random() < 0.35:
                query.append("%s=%s" % (name, self.escaped(self.value(parameter["schema"]))))
        if self.random.random() < 0.05:
            query.append(self.random.choice(["bogus=1", "q=1&q=2", "&", "=", "q"]))
        return path + ("?" + "&".join(query) if query else "")

    def member(self, rule):
        """A value for a member of a body, mostly one that the description allows."""
        kind = rule.get("type")
        kind = kind[0] if isinstance(kind, list) else kind
        if self.random.random() < 0.15:
            return self.random.choice([None, 0, -1, "", [], {}, True, 1e300, [[]], "x" * 300])
        if "enum" in rule:
            return self.random.choice(rule["enum"])
        if kind == "array":
            return [self.member(openapi.resolve(rule["items"])) for _ in range(self.random.randint(0, 3))]
        if kind == "integer":
            return self.random.randint(rule.get("minimum", 0), rule.get("maximum", 50))
        if kind == "number":
            return self.random.random() * 100
        if kind == "boolean":
            return self.random.random() < 0.5
        return self.random.choice(["a", "b-1", "talks", "2030-01-01"] + TEXTS)

    def body(self, operation):
        content = operation.get("requestBody", {}).get("content", {})
        if not content:
            return None, {}
        names = {"q": TEXTS, "limit": [1, 0, -1, 10 ** 30, "1"], "kind": ["talks", "x", 5], "facets": [["source"], [[]], "year"],
                 "query": TEXTS, "hitsPerPage": [1, -1, 1e9], "title": TEXTS, "body": TEXTS, "published": TEXTS + [5, None],
                 "queries": [[], [{}], [{"q": "x"}] * 3, [[]]], "requests": [[], [{"indexName": "articles", "params": "query=a"}]],
                 "facetQuery": TEXTS, "filters": TEXTS, "numericFilters": [["a>1"], "b<", 5],
                 "collapse": [True, False, "x"], "half-life": [1, -1, None], "log-level": ["info", 5], "cors-origin": [["*"], []]}
        some = {name: self.random.choice(values) for name, values in names.items() if self.random.random() < 0.25}
        described = openapi.resolve(content.get("application/json", {}).get("schema", {})).get("properties", {})
        some = {name: value for name, value in some.items() if not described or self.random.random() < 0.05}
        for name, rule in described.items():
            if self.random.random() < 0.7:
                some[name] = self.member(openapi.resolve(rule))
        text = self.random.choice([json.dumps(some)] * 6 + [json.dumps(some)[:-1], "[" * 2000, "nope", "", json.dumps([some]), "\ufeff{}"])
        return text.encode(), {"Content-Type": self.random.choice([*content] * 9 + ["text/plain"])}

    def test_no_request_makes_it_fail(self):
        operations = [(path, method, operation) for path, item in openapi.SPEC["paths"].items()
                      for method, operation in item.items()]
        statuses = {}
        for _ in range(REQUESTS):
            path, method, operation = self.random.choice(operations)
            body, fields = self.body(operation)
            if self.random.random() < 0.8:
                fields["Authorization"] = "Bearer " + self.key
            if self.random.random() < 0.1:
                fields["Accept"] = self.random.choice(["application/json", "text/csv;q=0.5", "image/*", ";;"])
            target = self.target(path, operation)
            status, _, answer = self.daemon.request(method.upper(), target, body, fields)
            self.assertLess(status, 500, (method, target, body, answer))
            statuses[status] = statuses.get(status, 0) + 1
        self.assertGreater(statuses[200], REQUESTS / 5)  # not all of them are refused at the door
        self.assertGreater(statuses[400], REQUESTS / 20)


if __name__ == "__main__":
    readout.main()
