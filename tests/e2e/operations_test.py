"""What those who run the daemon see of it: metrics and logs."""
import json
import re
import shutil
import subprocess
import unittest

import exposition
import readout


class Metrics(readout.OwnKey):
    def setUp(self):
        super().setUp()
        self.daemon = self.serve("--keys", self.keys)

    def metrics(self):
        return exposition.read(self.daemon.get("/metrics")[2].decode())

    def put(self, identity, article):
        return self.send(self.daemon, "PUT", identity, article)[0]

    def test_latencies_are_told_by_route_and_kind(self):
        self.daemon.get("/v1/search?q=talks")
        self.daemon.get("/v1/search?q=talks&kind=talks")
        self.daemon.get("/v1/talks?q=riyadh")
        self.daemon.get("/v1/answers?q=riyadh")
        self.daemon.query({"q": "talks", "kind": "outcomes"})
        self.daemon.get("/v1/timeline?q=talks&kind=statements")
        self.daemon.get("/v1/search?limit=x")
        self.daemon.get("/nowhere")
        samples = self.metrics()
        count = "readout_http_request_duration_seconds_count"
        for route, kind in (("/v1/search", "articles"), ("/v1/search", "talks"), ("/v1/talks", "talks"),
                            ("/v1/answers", "all"), ("/v1/query", "outcomes"), ("/v1/search", "none"),
                            ("/v1/timeline", "statements"), ("none", "none")):
            self.assertEqual(exposition.value(samples, count, route=route, kind=kind), 1, (route, kind))
        self.assertEqual(exposition.value(samples, "readout_http_requests_total"),
                         exposition.value(samples, count))
        self.assertEqual(exposition.value(samples, "readout_queue_wait_seconds_count"), 7)

    def test_writes_and_what_they_made_are_told(self):
        before = self.metrics()
        for i in range(3):
            self.assertEqual(self.put("new-%d" % i, {"title": "New", "body": "Words."}), 201)
        self.assertEqual(self.put("bad", []), 422)
        name = "readout_writes_committed_total"
        after = self.metrics()
        self.assertEqual(exposition.value(after, name), 4)
        self.assertGreaterEqual(exposition.value(after, "readout_commit_duration_seconds_count"), 3)
        self.assertEqual(exposition.value(after, "readout_writes_given_up_total"), 0)
        articles = len(readout.ARTICLES) + 3

        def seen():
            return exposition.value(self.metrics(), "readout_index_articles") == articles
        self.daemon.wait_until(seen, "the new count")
        after = self.metrics()
        self.assertGreater(exposition.value(after, "readout_index_revision"),
                           exposition.value(before, "readout_index_revision"))
        documents = "readout_index_documents"
        self.assertEqual(exposition.value(after, documents, kind="articles", leaf="hot"), articles)
        self.assertEqual(exposition.value(after, documents, leaf="sealed"), 0)
        self.assertGreater(exposition.value(after, "readout_index_leaf_bytes", leaf="hot"), 0)
        done = readout.run("readout-indexer", "optimize", "--index", self.index)
        self.assertEqual(done.returncode, 0, done.stderr)

        def sealed():
            return exposition.value(self.metrics(), documents, kind="articles", leaf="sealed") == articles
        self.daemon.wait_until(sealed, "the sealed leaf")
        samples = self.metrics()
        self.assertEqual(exposition.value(samples, documents, kind="articles", leaf="hot"), 0)
        self.assertEqual(exposition.value(samples, "readout_index_segments", kind="articles"), 1)
        size = exposition.value(samples, "readout_index_leaf_bytes", leaf="sealed")
        self.assertTrue(0 < size < exposition.value(samples, "readout_index_disk_bytes"))

    def test_the_process_is_told_of_under_the_usual_names(self):
        samples = self.metrics()
        self.assertGreater(exposition.value(samples, "process_resident_memory_bytes"), 1 << 20)
        self.assertGreater(exposition.value(samples, "process_cpu_seconds_total"), 0)

    def test_descriptors_are_counted(self):
        def count():
            return exposition.value(self.metrics(), "process_open_fds")
        self.daemon.wait_until(lambda: self.daemon.get("/readyz")[0] == 200, "readiness")
        self.daemon.wait_until_idle("all that it opens to be open")
        before = count()
        held = [self.daemon.connect() for _ in range(20)]
        for c in held:
            self.addCleanup(c.socket.close)
            c.send(readout.get())
            c.answer()
        self.daemon.wait_until(lambda: count() == before + 20, "20 more")

    def test_promtool_finds_nothing_to_say(self):
        if not shutil.which("promtool"):
            self.skipTest("promtool is not installed")
        self.daemon.get("/v1/search?q=talks")
        self.put("new", {"title": "New", "body": "Words."})
        text = self.daemon.get("/metrics")[2]
        done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"", b""))


FIELD = re.compile(r'([a-z_]+)=("(?:[^"\\\x00-\x1f\x7f]|\\(?:["\\n]|x[0-9a-f]{2}))*"|[^\s"]+)')


def read_logfmt(line):
    """The fields of a line; a line that does not end where its last value does is a fault."""
    fields, at = {}, 0
    while at < len(line):
        found = FIELD.match(line, at)
        if not found or found.group(1) in fields or (found.end() < len(line) and line[found.end()] != " "):
            raise AssertionError("no line of ours: %r at %d" % (line, at))
        fields[found.group(1)] = found.group(2).strip('"')
        at = found.end() + 1
    return fields


class Logs(readout.OwnIndex):
    def setUp(self):
        super().setUp()
        self.path = self.directory.join("access.log")

    def daemon(self, *options):
        return self.serve("--access-log", self.path, *options)

    def lines(self, path=None):
        with open(path or self.path, "rb") as f:
            data = f.read()
        self.assertTrue(data.endswith(b"\n"))
        return data.decode("utf-8")[:-1].split("\n")

    def test_a_request_has_an_id_in_answer_and_log(self):
        daemon = self.daemon()
        with daemon.connect() as c:
            ids = []
            for sent in (None, "abc-123", None, "with space", "x" * 129):
                fields = ["X-Request-Id: " + sent] if sent else []
                c.send(readout.get("/v1/search?q=talks", *fields))
                ids.append(c.answer()[1]["x-request-id"])
            c.send(b"GET / HTTP/1.1\r\nbroken\r\n\r\n")
            ids.append(c.answer()[1]["x-request-id"])
        self.assertEqual(ids[1], "abc-123")
        self.assertEqual(len(set(ids)), len(ids))
        self.assertEqual([read_logfmt(line)["id"] for line in self.lines()], ids)

    def test_no_line_can_be_broken_or_forged(self):
        hostile = ["a\" status=200 id=\"b", "a\\", "\\\"", "{\"time\":1}", "\u009b31m", "caf\u00e9", "a\tb",
                   "a\u2028time=now", "=", " = = "]
        for form in ("logfmt", "json"):
            self.path = self.directory.join("access." + form)
            daemon = self.daemon("--log-format", form)
            for text in hostile:
                with daemon.connect() as c:
                    target = "/x?" + text.replace(" ", "+").replace("\t", "+")
                    c.send(("GET %s HTTP/1.1\r\nHost: a\r\nUser-Agent: %s\r\n"
                            "X-Request-Id: %s\r\n\r\n" % (target, text, text)).encode())
                    c.answer()
            with daemon.connect() as c:  # bytes that are no UTF-8
                c.send(b"GET /x?\xff\xfe HTTP/1.1\r\nHost: a\r\nUser-Agent: \xc3(\x85\r\n\r\n")
                c.answer()
            lines = self.lines()
            self.assertEqual(len(lines), len(hostile) + 1)
            self.assertFalse(re.search("[\u0000-\u001f\u007f-\u009f\u2028\u2029]", "".join(lines)))
            for line, text in zip(lines, hostile):
                fields = json.loads(line) if form == "json" else read_logfmt(line)
                self.assertEqual(str(fields["client"]), "127.0.0.1")
                self.assertIn(int(fields["status"]), (400, 404))
                if form == "json" and fields["agent"]:
                    self.assertEqual(fields["agent"], text.strip())
            if form == "json":
                self.assertEqual(json.loads(lines[-1])["query"], "\ufffd\ufffd")
                for line in daemon.log().splitlines():
                    self.assertIn("msg", json.loads(line))

    def test_no_key_is_in_a_log(self):
        keys = self.directory.join("keys")
        key = readout.add_key(keys, "site")
        daemon = self.daemon("--keys", keys, "--slow-query", "1ms", "--log-level", "debug")
        bearer = {"Authorization": "Bearer " + key}
        self.assertEqual(daemon.get("/v1/search?q=talks", fields=bearer)[0], 200)
        daemon.get("/v1/search?q=" + key, fields=dict(bearer, **{"User-Agent": key}))
        daemon.get("/v1/search?x-algolia-api-key=%s&q=1" % key[3:])
        daemon.get("/" + key)
        daemon.query({"q": key})
        text = "\n".join(self.lines()) + daemon.log()
        self.assertNotIn(key[3:], text)
        self.assertIn("key=site", text)
        self.assertIn("x-algolia-api-key=***&q=1", text)

    def test_slow_queries_are_told_with_what_they_asked_for(self):
        with readout.Directory() as directory:
            self.index = readout.build_index(directory, [
                {"id": "s%d" % i, "title": "Story %d" % i, "body": "talks word%d peace. " % i * 300}
                for i in range(400)])
            daemon = self.daemon("--slow-query", "1ms")
            slow = {"q": "talks peace OR word1 OR word2", "limit": 400, "snippets": 3}
            self.assertEqual(daemon.query(slow)[0], 200)
            daemon.get("/healthz")
            lines = [read_logfmt(line) for line in daemon.log().splitlines() if "slow query" in line]
            self.assertEqual([line["path"] for line in lines], ["/v1/query"])
            self.assertGreaterEqual(float(lines[0]["query_ms"]), 1)
            self.assertIn("talks peace OR word1", lines[0]["body"])
            self.assertEqual(lines[0]["id"], read_logfmt(self.lines()[0])["id"])
            self.assertEqual(daemon.metric("readout_slow_queries_total"), 1)

    def test_nothing_is_slow_where_no_threshold_is_set(self):
        daemon = self.daemon("--slow-query", "0")
        daemon.get("/v1/search?q=talks")
        self.assertNotIn("slow query", daemon.log())


class Strictness(unittest.TestCase):
    """The reader refuses what it is there to find."""

    def test_faults_are_found(self):
        good = ("# HELP a_seconds A.\n# TYPE a_seconds histogram\n"
                'a_seconds_bucket{le="1"} 1\na_seconds_bucket{le="+Inf"} 2\na_seconds_sum 1\na_seconds_count 2\n'
                '# HELP b_total B.\n# TYPE b_total counter\nb_total{x="\\""} 3\n')
        self.assertEqual(exposition.value(exposition.read(good), "b_total"), 3)
        for old, new in (('{le="1"} 1', '{le="1"} 3'), ("count 2", "count 3"), ("+Inf", "9"),
                         ("# TYPE b_total counter\n", ""), ("b_total", "b"), ('="\\""', '="""'),
                         (" counter", " gauge"), ("a_seconds_sum 1\n", ""), ("b_total{", "c_total{"),
                         ('x="\\""', 'x="1",x="2"'), ("total{x", "total {x"), ("} 3\n", "} 3"),
                         ("} 3\n", "} 3\nb_total{x=\"\\\"\"} 4\n"), ("# HELP b", "\n# HELP b")):
            with self.assertRaises((exposition.Fault, KeyError), msg=(old, new)):
                exposition.read(good.replace(old, new))


if __name__ == "__main__":
    readout.main()
