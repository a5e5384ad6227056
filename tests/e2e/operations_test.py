"""What those who run the daemon see of it: metrics."""
import json
import shutil
import subprocess
import unittest

import exposition
import readout


class Metrics(unittest.TestCase):
    def setUp(self):
        self.directory = readout.Directory()
        self.addCleanup(self.directory.__exit__)
        self.index = readout.build_index(self.directory)
        self.keys = self.directory.join("keys")
        self.key = readout.run("readout-searchd", "keys", "add", "cms", "--scopes", "read,write",
                               "--keys", self.keys).stdout.strip()
        self.daemon = readout.Daemon(self.index, "--keys", self.keys)
        self.addCleanup(self.daemon.__exit__, None)

    def metrics(self):
        return exposition.read(self.daemon.get("/metrics")[2].decode())

    def put(self, identity, article):
        return self.daemon.request("PUT", "/v1/articles/" + identity, json.dumps(article),
                                   {"Authorization": "Bearer " + self.key,
                                    "Content-Type": "application/json"})[0]

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
        held = [self.daemon.connect() for _ in range(20)]
        for c in held:
            c.send(readout.get())
            c.answer()
        more = exposition.value(self.metrics(), "process_open_fds")
        self.assertEqual(more - exposition.value(samples, "process_open_fds"), 20)
        for c in held:
            c.socket.close()

    def test_promtool_finds_nothing_to_say(self):
        if not shutil.which("promtool"):
            self.skipTest("promtool is not installed")
        self.daemon.get("/v1/search?q=talks")
        self.put("new", {"title": "New", "body": "Words."})
        text = self.daemon.get("/metrics")[2]
        done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"", b""))


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
