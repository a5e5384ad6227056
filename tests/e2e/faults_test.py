"""When a resource runs out: connections, descriptors, room on the disk; and what is in the log of it."""
import collections
import contextlib
import http.client
import json
import os
import re
import resource
import subprocess
import threading
import time

import readout
from operations_test import read_logfmt
from readout import get, post

ARTICLE = {"title": "Harbour talks", "source": "Quay Post", "body": "Delegations met in Odesa."}
MANY = 1000


class Faults(readout.OwnKey):
    def daemon(self, *options, **more):
        return self.serve("--keys", self.keys, *options, **more)

    def put(self, daemon, name, article=ARTICLE):
        status, fields, body = self.send(daemon, "PUT", name, article)
        return status, fields, json.loads(body)

    # ---- connections

    def connect_many(self, daemon, count):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if hard != resource.RLIM_INFINITY and hard < count + 200:
            self.skipTest("no more than %d descriptors are allowed" % hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, count + 200), hard))
        held = []

        def close():
            for c in held:
                c.socket.close()
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        self.addCleanup(close)
        for _ in range(count):
            held.append(daemon.connect(timeout=3 * readout.PATIENCE))
        return held

    def test_a_thousand_connections_are_all_served_at_once(self):
        daemon = self.daemon("--max-connections", MANY + 100, "--max-connections-per-address",
                             MANY + 100, "--queue", 2 * MANY, "--idle-timeout", "1h")
        held = self.connect_many(daemon, MANY)
        for number, c in enumerate(held):
            c.send(get("/v1/search?q=talks&facets=source") if number % 2 else post('{"q":"riyadh"}'))
        for c in held:
            status, _, body = c.answer()
            self.assertEqual((status, len(json.loads(body)["hits"]) > 0), (200, True))
        self.assertGreaterEqual(daemon.metric("readout_connections"), MANY)

    def test_a_thousand_connections_beyond_the_limit_are_refused_and_the_others_served(self):
        daemon = self.daemon("--max-connections", MANY // 4, "--max-connections-per-address", 2 * MANY)
        held = self.connect_many(daemon, MANY)
        served, refused = 0, 0
        for c in held:
            with contextlib.suppress(OSError):
                c.send(get("/v1/search?q=talks"))
        for c in held:
            answer = c.answer()  # idle ones are closed without a word to make room
            served += answer is not None and answer[0] == 200
            refused += answer is not None and answer[0] == 503
            self.assertTrue(answer is None or answer[0] in (200, 503), answer)
        self.assertGreater(served, 0)
        for c in held:
            c.socket.close()

        def served():  # as long as the others are there it may be cut off, too
            with contextlib.suppress(OSError, http.client.HTTPException):
                return daemon.get("/v1/search?q=talks")[0] == 200 and daemon.metric("readout_connections") == 1
        daemon.wait_until(served, "service, and the end of the others")

    # ---- descriptors

    def test_without_descriptors_searches_go_on_and_a_write_is_told_to_come_again(self):
        few = 96
        daemon = self.daemon(
            "--header-timeout", "1h",
            preexec=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (few, few)))
        daemon.wait_until(lambda: daemon.get("/readyz")[0] == 200, "readiness")
        before = daemon.metric("process_open_fds")
        body = json.dumps(ARTICLE)
        requests = [("PUT /v1/articles/late HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\n"
                     "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                     % (self.key, len(body), body)).encode(), get("/v1/search?q=riyadh")] * 3
        begun = [daemon.connect() for _ in requests]
        for c, request in zip(begun, requests):
            c.send(get() + request[:10])  # idle ones make room
            self.assertEqual(c.answer()[0], 200)
        held = [daemon.connect() for _ in range(2 * few)]
        for c in held:
            c.send(b"GET /heal")
        daemon.wait_until(lambda: "cannot accept connections" in daemon.log(), "the last descriptor")
        for c, request in zip(begun, requests):
            c.send(request[10:])
            status, fields, told = c.answer()
            if request.startswith(b"PUT"):
                self.assertEqual(status, 503, told)
                self.assertIn("retry-after", fields)
            else:
                self.assertEqual((status, len(json.loads(told)["hits"])), (200, 2))
        for c in held + begun:
            c.socket.close()
        daemon.wait_until(lambda: self.put(daemon, "late")[0] == 201, "a write")
        # SQLite keeps a few for the next time
        daemon.wait_until(lambda: daemon.metric("process_open_fds") <= before + 4, "what was held")

    # ---- room

    @contextlib.contextmanager
    def small_disk(self, megabytes):
        path = self.directory.join("disk")
        os.mkdir(path)
        mounted = os.geteuid() == 0 and subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=%dm" % megabytes, "readout-test", path],
            capture_output=True).returncode == 0
        if not mounted:
            self.skipTest("no small disk can be mounted here")
        try:
            yield path
        finally:
            subprocess.run(["umount", path], check=True)

    def fill(self, path):
        with open(path, "wb", buffering=0) as ballast:
            with contextlib.suppress(OSError):
                while True:
                    ballast.write(b"\0" * 4096)

    def test_a_full_disk_refuses_writes_and_nothing_else_until_there_is_room(self):
        with self.small_disk(48) as disk:
            index = os.path.join(disk, "news.idx")
            readout.add_articles(index, readout.ARTICLES)
            with readout.Daemon(index, "--keys", self.keys) as daemon:
                self.assertEqual(self.put(daemon, "first")[0], 201)
                self.fill(os.path.join(disk, "ballast"))
                statuses = []
                for number in range(40):  # the log of the catalogue has a little room of its own
                    big = dict(ARTICLE, body=" ".join("word%d" % (number * 5000 + n) for n in range(5000)))
                    status, _, told = self.put(daemon, "big-%d" % number, big)
                    statuses.append(status)
                    if status != 201:
                        self.assertEqual((status, told["type"]),
                                         (507, "urn:readout:problem:storage-full"), told)
                    self.assertEqual(daemon.get("/v1/articles/first")[0], 200)
                    self.assertEqual(daemon.json("/v1/search?q=harbour")["total"]["value"], 1)
                    if statuses.count(507) == 3:
                        break
                self.assertEqual(statuses.count(507), 3, statuses)
                self.assertEqual(daemon.get("/readyz")[0], 200)
                os.unlink(os.path.join(disk, "ballast"))
                for number, status in enumerate(statuses):
                    self.assertEqual(daemon.get("/v1/articles/big-%d" % number)[0],
                                     200 if status == 201 else 404)
                self.assertEqual(self.put(daemon, "after")[0], 201)
                self.assertEqual(daemon.get("/v1/articles/after")[0], 200)
            done = readout.run("readout-indexer", "check", "--index", index)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    # ---- damage

    def test_a_catalogue_cut_short_while_it_is_read_is_told_and_ends_nothing(self):
        articles = [{"id": "s%d" % i, "title": "Story %d" % i, "body": " ".join(
            "talks %x" % (i * 7919 + n * 104729) for n in range(150))} for i in range(2000)]
        index = readout.build_index(self.directory, articles, name="cut.idx")
        catalog = os.path.join(index, "catalog.db")
        daemon = self.daemon("--workers", 2, "--deadline", "1h", index=index)
        with open(catalog, "rb") as f:
            good = f.read()
        ended = threading.Event()
        statuses = collections.Counter()

        def read():
            while not ended.is_set():
                query = json.dumps({"q": "talks", "limit": 1000, "snippets": 3})
                statuses[daemon.request("POST", "/v1/query", query, {"Content-Type": "application/json"},
                                        timeout=60)[0]] += 1
        threads = [threading.Thread(target=read) for _ in range(3)]
        for thread in threads:
            thread.start()
        try:
            for turn in range(6):
                daemon.wait_until(lambda: statuses[200] > turn, "an answer")
                time.sleep(0.013 * turn)
                os.truncate(catalog, len(good) * (turn % 4) // 4)
                time.sleep(0.05)
                self.assertEqual(daemon.get("/healthz")[0], 200)
                with open(catalog, "r+b") as f:
                    f.write(good)
                daemon.wait_until(lambda: daemon.get("/v1/search?q=talks")[0] == 200, "service")
        finally:
            ended.set()
            for thread in threads:
                thread.join()
        self.assertIsNone(daemon.process.poll())
        self.assertLessEqual(set(statuses), {200, 503})
        done = readout.run("readout-indexer", "check", "--index", index)
        self.assertEqual(done.returncode, 0, done.stdout)

    # ---- the log

    def test_no_line_of_the_log_is_broken_by_what_was_asked(self):
        hostile = ['a\nlevel=error msg="forged"', 'b\r\n{"msg":"forged"}', "c\x1b[31m\x07\x7f", 'd" msg="x',
                   "e\u2028\u2029\u009b", "f\\", "g\t=", "h \u202e"]
        bodies = [json.dumps({"q": text}, ensure_ascii=ascii).encode()
                  for text in hostile for ascii in (True, False)]
        bodies += [b'{"q":"' + bytes([byte]) + b'"}' for byte in (0, 7, 10, 13, 27, 127, 0x80, 0xff)]
        articles = [{"id": "s%d" % i, "title": "Story", "body": "talks word%d peace. " % i * 300}
                    for i in range(300)]
        index = readout.build_index(self.directory, articles, name="slow.idx")
        words = " OR talks OR peace OR word1"
        for form in ("logfmt", "json"):
            daemon = self.daemon("--log-format", form, "--log-level", "debug", "--slow-query", "1ms",
                                 index=index)
            for body in bodies:
                body = body.replace(b'"}', words.encode() + b'","limit":300,"snippets":3}')
                daemon.request("POST", "/v1/query", body, {"Content-Type": "application/json"})
            for name in ("a%0Ab", "a%1B%5B31m", "a%22%20level%3Derror", "a%E2%80%A8b"):
                self.put(daemon, name)
            lines = daemon.log().split("\n")
            self.assertEqual(lines.pop(), "")
            slow = 0
            for line in lines:
                fields = json.loads(line) if form == "json" else read_logfmt(line)
                self.assertNotEqual(fields["msg"], "forged")
                self.assertIsNone(re.search("[\x00-\x1f\x7f-\x9f\u2028\u2029]", line))
                slow += fields["msg"] == "slow query"
            self.assertGreater(slow, len(hostile) / 2)


if __name__ == "__main__":
    readout.main()
