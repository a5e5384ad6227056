"""Writing over HTTP: articles in and out, verdicts, keys, the index shared with the indexer."""
import concurrent.futures
import json
import os
import re
import resource
import threading
import unittest
import urllib.parse

import readout

ARTICLE = {"title": "Harbour talks", "published": "2025-05-01T10:00:00Z", "source": "Quay Post",
           "body": "Delegations met in Odesa on Thursday for talks about the harbour. "
                   "They agreed to set up a pilotage commission."}


class Chunks:
    """The lines of a chunked answer, as they come."""

    def __init__(self, connection):
        self.connection = connection
        self.head = None
        self.text = b""
        self.whole = b""

    def _until(self, end):
        while end not in self.connection.buffer:
            if not self.connection._more():
                raise AssertionError("the answer was cut short")
        part, self.connection.buffer = self.connection.buffer.split(end, 1)
        return part

    def line(self):
        """The next line; "" behind the last one."""
        if self.head is None:
            self.head = self._until(b"\r\n\r\n")
        while b"\n" not in self.text:
            size = int(self._until(b"\r\n"), 16)
            while len(self.connection.buffer) < size + 2:
                if not self.connection._more():
                    raise AssertionError("the answer was cut short")
            self.text += self.connection.buffer[:size]
            self.whole += self.connection.buffer[:size]
            self.connection.buffer = self.connection.buffer[size + 2:]
            if size == 0:
                self.connection.check(*readout.read_head(self.head), self.whole)
                return self.text.decode()
        line, self.text = self.text.split(b"\n", 1)
        return line.decode()


class Writing(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = readout.Directory()
        cls.addClassCleanup(cls.directory.__exit__)
        cls.index = readout.build_index(cls.directory)
        cls.keys = cls.directory.join("keys")
        cls.writer = readout.add_key(cls.keys, "cms", "--scopes", "write")
        cls.reader = readout.add_key(cls.keys, "site", "--scopes", "read")
        cls.daemon = readout.Daemon(cls.index, "--keys", cls.keys, "--access-log",
                                    cls.directory.join("access"))
        cls.addClassCleanup(cls.daemon.__exit__, None)

    def tearDown(self):
        """What a test wrote that failed before it deleted it fails no other."""
        own = {article["id"] for article in readout.ARTICLES}

        def left():
            hits = self.daemon.json("/v1/search?limit=1000&snippets=0&collapse=false")["hits"]
            return {hit["id"] for hit in hits} - own
        while names := left():
            for name in names:
                self.send("DELETE", "/v1/articles/" + urllib.parse.quote(name, safe=""))

    def send(self, method, path, body=None, key=None, fields=None, daemon=None):
        """Status, fields, and the answer's lines of JSON."""
        body = body if body is None or isinstance(body, (bytes, str)) else json.dumps(body)
        sent = {"Content-Type": "application/json",
                "Authorization": "Bearer " + (key or self.writer), **(fields or {})}
        sent = {name: value for name, value in sent.items() if value is not None}
        status, got, answer = (daemon or self.daemon).request(method, path, body, sent)
        return status, got, [json.loads(line) for line in answer.splitlines()]

    def lines(self, daemon, lines):
        """Posts the lines while verdicts are read; the verdicts."""
        fields = {"Content-Type": "application/x-ndjson", "Authorization": "Bearer " + self.writer}
        with daemon.connect() as c:
            c.send("POST /v1/articles HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n" +
                   "".join("%s: %s\r\n" % f for f in fields.items()) + "\r\n")

            def send():
                batch = b""
                for line in lines:
                    batch += line.encode()
                    if len(batch) > 1 << 16:
                        c.send(b"%x\r\n%s\r\n" % (len(batch), batch))
                        batch = b""
                c.send(b"%x\r\n%s\r\n0\r\n\r\n" % (len(batch), batch))

            sender = threading.Thread(target=send)
            sender.start()
            reader = Chunks(c)
            verdicts = [json.loads(line) for line in iter(reader.line, "")]
            sender.join()
        return verdicts

    def refused(self, answer, status, slug):
        self.assertEqual(answer[0], status, answer)
        self.assertEqual(answer[1]["content-type"], "application/problem+json")
        self.assertEqual(answer[2][0]["type"], "urn:readout:problem:" + slug)
        return answer

    def found(self, words):
        target = "/v1/search?q=" + urllib.parse.quote_plus(words)
        return sorted(hit["id"] for hit in self.daemon.json(target)["hits"])

    # ---- one article

    def test_what_was_put_is_found_at_once_and_gone_once_deleted(self):
        path = "/v1/articles/port%2F1"
        status, fields, answer = self.send("PUT", path, ARTICLE)
        self.assertEqual((status, answer), (201, [{"id": "port/1", "result": "created"}]))
        self.assertEqual(fields["location"], path)
        self.assertEqual(self.found("pilotage commission"), ["port/1"])
        self.assertEqual(self.send("PUT", path, ARTICLE)[::2],
                         (200, [{"id": "port/1", "result": "unchanged"}]))
        changed = dict(ARTICLE, body="The lighthouse keeper retired.")
        self.assertEqual(self.send("PUT", path + "?wait=visible", changed)[::2],
                         (200, [{"id": "port/1", "result": "updated"}]))
        self.assertEqual(self.found("pilotage commission"), [])
        self.assertEqual(self.found("lighthouse"), ["port/1"])
        status, _, answer = self.send("DELETE", path)
        self.assertEqual((status, answer), (204, []))
        self.assertEqual(self.found("lighthouse"), [])
        self.refused(self.send("DELETE", path), 404, "no-such-article")

    def test_facts_are_found_as_the_indexer_finds_them(self):
        self.assertEqual(self.send("PUT", "/v1/articles/facts-1", ARTICLE)[0], 201)
        by_http = self.daemon.json("/v1/articles/facts-1")
        other = readout.build_index(self.directory, [dict(ARTICLE, id="facts-1")], "other.idx")
        with readout.Daemon(other) as daemon:
            self.assertEqual(daemon.json("/v1/articles/facts-1"), by_http)
        self.assertEqual(self.send("DELETE", "/v1/articles/facts-1")[0], 204)

    def test_a_posted_article_gets_an_id_of_its_own(self):
        status, fields, (answer,) = self.send("POST", "/v1/articles", ARTICLE)
        self.assertEqual((status, answer["result"]), (201, "created"))
        self.assertTrue(answer["id"].startswith("sha256:"))
        path = fields["location"]
        self.assertEqual(self.daemon.json(path)["id"], answer["id"])
        self.assertEqual(self.send("POST", "/v1/articles", ARTICLE)[2][0]["result"], "unchanged")
        self.assertEqual(self.send("DELETE", path)[0], 204)

    def test_what_is_no_article_is_refused_and_named(self):
        path = "/v1/articles/bad"
        for body, status, slug in (
                ("", 400, "invalid-body"), ("{", 400, "invalid-body"), ("nul", 400, "invalid-body"),
                (b"{\"title\":\"\xff\"}", 400, "invalid-body"),
                ("[" * 5000, 413, "content-too-large"),
                ("[]", 422, "invalid-article"), ("7", 422, "invalid-article"),
                ({}, 422, "invalid-article"), ({"title": 5}, 422, "invalid-article"),
                (dict(ARTICLE, id="other"), 409, "conflict"),
                (dict(ARTICLE, id=5), 409, "conflict")):
            self.refused(self.send("PUT", path, body), status, slug)
        self.refused(self.send("PUT", "/v1/articles/" + "x" * 513, ARTICLE), 400,
                     "malformed-request")
        self.refused(self.send("PUT", "/v1/articles/%ff", ARTICLE), 400, "malformed-request")
        self.refused(self.send("PUT", path + "?wait=forever", ARTICLE), 400, "invalid-parameter")
        self.refused(self.send("PUT", path + "?weight=1", ARTICLE), 400, "unknown-parameter")
        self.refused(self.send("PUT", path, ARTICLE, fields={"Content-Type": "text/plain"}), 415,
                     "unsupported-media-type")
        for coding in ("gzip", "zstd", "br"):
            answer = self.refused(
                self.send("PUT", path, b"\x1f\x8b", fields={"Content-Encoding": coding}), 415,
                "unsupported-media-type")
            self.assertEqual(answer[1]["accept-encoding"], "identity")
        self.assertEqual(self.daemon.get(path)[0], 404)

    def test_an_id_that_would_be_kept_as_another_is_refused(self):
        for name, kept in (("%20", "sha256:"), ("%00", "sha256:"), ("%20ours", "ours"), ("ours%0a", "ours"),
                           ("ours%20%20too", "ours too"), ("ours%00too", "ours"), ("%C2%A0", "sha256:")):
            answer = self.refused(self.send("PUT", "/v1/articles/" + name, ARTICLE), 422, "invalid-article")
            self.assertIn("kept under another id: '%s" % kept, answer[2][0]["detail"])
        for name in ("ours", "ours%20too"):
            self.assertEqual(self.daemon.get("/v1/articles/" + name)[0], 404)
            status, _, (answer,) = self.send("PUT", "/v1/articles/" + name, ARTICLE)
            self.assertEqual((status, answer["id"]), (201, name.replace("%20", " ")))
            self.assertEqual(self.send("DELETE", "/v1/articles/" + name)[0], 204)

    def test_an_article_with_an_unreadable_date_is_in_and_said_to_be_undated(self):
        status, _, (answer,) = self.send("PUT", "/v1/articles/undated",
                                         dict(ARTICLE, published="some day"))
        self.assertEqual((status, answer["note"]), (201, "the date cannot be read"))
        self.assertEqual(self.send("DELETE", "/v1/articles/undated")[0], 204)

    def test_conditions_keep_writers_from_treading_on_each_other(self):
        path = "/v1/articles/once"
        absent, present = {"If-None-Match": "*"}, {"If-Match": "*"}
        self.refused(self.send("PUT", path, ARTICLE, fields=present), 412, "precondition-failed")
        self.refused(self.send("DELETE", path, fields=present), 412, "precondition-failed")
        self.assertEqual(self.send("PUT", path, ARTICLE, fields=absent)[0], 201)
        answer = self.refused(self.send("PUT", path, dict(ARTICLE, body="Other."), fields=absent),
                              412, "precondition-failed")
        self.assertEqual(answer[2][0]["where"], {"in": "field", "name": "If-None-Match"})
        self.assertEqual(self.send("PUT", path, ARTICLE, fields={"If-None-Match": '"x"'})[0], 200)
        self.refused(self.send("PUT", path, ARTICLE, fields={"If-Match": '"x"'}), 412,
                     "precondition-failed")
        self.assertEqual(self.send("PUT", path, ARTICLE, fields=present)[0], 200)
        self.assertEqual(self.send("DELETE", path, fields=present)[0], 204)

    # ---- queries

    def test_what_a_query_finds_is_deleted_a_thousand_at_a_time(self):
        many = (json.dumps(dict(ARTICLE, id="bulk-%d" % n, source="Bulk Wire", body="Crane %d." % n))
                + "\n" for n in range(1500))
        self.lines(self.daemon, many)
        target = "/v1/articles?" + urllib.parse.urlencode({"q": "crane", "filter": 'source:"Bulk Wire"'})
        self.assertEqual(self.send("DELETE", target + "&wait=visible")[::2],
                         (200, [{"deleted": 1000, "more": True}]))
        self.assertEqual(self.daemon.json("/v1/search?q=crane")["total"]["value"], 500)
        self.assertEqual(self.send("DELETE", target)[2], [{"deleted": 500, "more": False}])
        self.assertEqual(self.send("DELETE", target)[2], [{"deleted": 0, "more": False}])
        self.assertEqual(len(self.daemon.json("/v1/search")["hits"]), len(readout.ARTICLES))

    def test_nothing_is_deleted_by_a_query_that_is_not_plain(self):
        for query in ("", "?q=", "?q=+&filter=", "?limit=5&q=x", "?q=(talks", "?q=%22talks"):
            answer = self.send("DELETE", "/v1/articles" + query)
            self.assertEqual(answer[0], 400, (query, answer))
        for query in ("?q=talks+nowhereword", "?q=nowhereword"):
            self.assertEqual(self.send("DELETE", "/v1/articles" + query)[2],
                             [{"deleted": 0, "more": False}])
        self.assertEqual(len(self.daemon.json("/v1/search")["hits"]), len(readout.ARTICLES))

    def test_words_that_were_not_asked_for_are_not_deleted(self):
        kept = {"corrected": "Lavrov spoke in Odesa.", "country": "PRC officials spoke.",
                "given": "William Ukrainsky spoke.", "states": "The USA and the United States spoke."}
        self.lines(self.daemon, (json.dumps(dict(ARTICLE, id=name, title=name, body=body)) + "\n"
                                 for name, body in kept.items()))
        self.assertEqual(self.found("lavrof"), ["corrected"])  # a search is helped
        self.assertEqual(self.found("China"), ["country"])
        for query in ({"q": "lavrof"}, {"q": "China"}, {"q": "+US zqzq"}, {"q": "China kqkq"},
                      {"q": "United States -USA"}, {"q": "Bill Ukrainsky"}, {"q": "(lavrof OR China)"},
                      {"q": "lavrof", "filter": 'source:"Quay Post"'}, {"filter": "lavrof"}):
            answer = self.send("DELETE", "/v1/articles?" + urllib.parse.urlencode(query))
            self.assertEqual(answer[2], [{"deleted": 0, "more": False}], query)
        self.assertEqual(self.found("spoke"), sorted(kept))
        for query, count in (("Lavro*", 1), ("prc", 1), ("Wiliam~", 1), ("USA", 1)):
            answer = self.send("DELETE", "/v1/articles?" + urllib.parse.urlencode({"q": query}))
            self.assertEqual(answer[2], [{"deleted": count, "more": False}], query)
        self.assertEqual(self.found("spoke"), [])

    # ---- lines

    def test_each_line_gets_a_verdict_of_its_own(self):
        lines = [json.dumps(dict(ARTICLE, id="line-1")), "", "nonsense",
                 json.dumps(dict(ARTICLE, id="line-1")), json.dumps({"id": "x"}),
                 json.dumps(dict(ARTICLE, id="line-6", body="Buoys were moved."))]
        status, fields, verdicts = self.send("POST", "/v1/articles", "\r\n".join(lines),
                                             fields={"Content-Type": "application/x-ndjson"})
        self.assertEqual((status, fields["content-type"]), (200, "application/x-ndjson"))
        self.assertEqual([(v["line"], v["status"], v.get("id"), v.get("result")) for v in verdicts],
                         [(1, 201, "line-1", "created"), (3, 400, None, None),
                          (4, 200, "line-1", "unchanged"), (5, 422, None, None),
                          (6, 201, "line-6", "created")])
        self.assertEqual([v["type"] for v in verdicts if v["status"] >= 400],
                         ["urn:readout:problem:invalid-body", "urn:readout:problem:invalid-article"])
        self.assertEqual(self.found("buoys"), ["line-6"])
        for name in ("line-1", "line-6"):
            self.assertEqual(self.send("DELETE", "/v1/articles/" + name)[0], 204)

    def test_lines_are_streamed_and_answered_as_they_come(self):
        with self.daemon.connect() as c:
            c.send("POST /v1/articles HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\n"
                   "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n"
                   "Expect: 100-continue\r\n\r\n" % self.writer)
            self.assertEqual(c.answer()[0], 100)
            reader = Chunks(c)
            for number in range(3):
                line = json.dumps(dict(ARTICLE, id="stream-%d" % number)) + "\n"
                half = len(line) // 2
                for part in (line[:half], line[half:]):
                    c.send("%x\r\n%s\r\n" % (len(part), part))
                verdict = json.loads(reader.line())
                self.assertEqual((verdict["line"], verdict["id"]),
                                 (number + 1, "stream-%d" % number))
                self.assertEqual(self.daemon.get("/v1/articles/stream-%d" % number)[0], 200)
            c.send("3\r\n{}\n\r\n0\r\n\r\n" + "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            self.assertEqual(json.loads(reader.line())["status"], 422)
            self.assertEqual(reader.line(), "")
            self.assertEqual(c.answer()[0], 200)
        for number in range(3):
            self.assertEqual(self.send("DELETE", "/v1/articles/stream-%d" % number)[0], 204)

    def test_a_body_far_larger_than_any_cap_is_taken_in_constant_memory(self):
        self.addCleanup(self.send, "DELETE", "/v1/articles/big")
        line = json.dumps(dict(ARTICLE, id="big", body="The tide turned. " * 50)) + "\n"
        with readout.Daemon(self.index, "--keys", self.keys, "--max-body", "64k", "--max-bodies",
                            "4M", env={"ASAN_OPTIONS": "quarantine_size_mb=1"}) as daemon:
            def resident():
                with open("/proc/%d/status" % daemon.process.pid, encoding="ascii") as f:
                    return int(re.search(r"VmRSS:\s+(\d+)", f.read()).group(1))
            count = (24 << 20) // len(line)
            self.lines(daemon, [line] * (count // 4))  # every buffer has its size after that
            before = resident()
            verdicts = self.lines(daemon, (line for _ in range(count)))
            self.assertEqual([v["line"] for v in verdicts], list(range(1, count + 1)))
            self.assertEqual({v["result"] for v in verdicts}, {"unchanged"})
            self.assertLess(resident() - before, 8 << 10)
            self.assertEqual(daemon.metric("readout_request_body_bytes"), 0)

    def test_verdicts_take_no_more_memory_than_the_client_lets_wait(self):
        count = 1 << 19
        with readout.Daemon(self.index, "--keys", self.keys,
                            env={"ASAN_OPTIONS": "quarantine_size_mb=1"}) as daemon:
            def most_resident():
                with open("/proc/%d/status" % daemon.process.pid, encoding="ascii") as f:
                    return int(re.search(r"VmHWM:\s+(\d+)", f.read()).group(1))
            self.assertEqual(self.lines(daemon, ["x\n"] * 100)[-1]["line"], 100)
            before = most_resident()
            told, rest = 0, b""
            with daemon.connect() as c:
                c.send("POST /v1/articles HTTP/1.0\r\nAuthorization: Bearer %s\r\n"
                       "Content-Type: application/x-ndjson\r\nContent-Length: %d\r\n\r\n"
                       % (self.writer, 2 * count))
                sender = threading.Thread(target=c.send, args=(b"x\n" * count,))
                sender.start()
                while some := c.socket.recv(1 << 20):
                    *lines, rest = (rest + some).split(b"\n")
                    told += sum(b"\"status\":400" in line for line in lines)
                sender.join()
            self.assertEqual(told, count)
            self.assertLess(most_resident() - before, 48 << 10)

    def long_stream(self, connection):
        """Sends what are several pieces for the writer, and no end of the body; how many lines."""
        line = json.dumps(dict(ARTICLE, id="again", language="de", body="Die Flut kam. " * 300)) + "\n"
        connection.send("POST /v1/articles HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\n"
                        "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
                        % self.writer)
        count = (12 << 20) // len(line)
        for _ in range(count):
            connection.send("%x\r\n%s\r\n" % (len(line), line))
        return count

    def test_a_fault_behind_pieces_that_are_being_written_is_told_behind_them(self):
        with self.daemon.connect() as c:
            def send():
                sent.append(self.long_stream(c))
                c.send("no size\r\n")

            sent = []
            sender = threading.Thread(target=send)
            sender.start()
            reader = Chunks(c)
            verdicts = [json.loads(line) for line in iter(reader.line, "")]
            sender.join()
            self.assertEqual([v["line"] for v in verdicts], list(range(1, len(verdicts) + 1)))
            self.assertEqual({v["status"] for v in verdicts[1:-1]}, {200})
            self.assertEqual(verdicts[-1]["status"], 400)
            self.assertGreater(len(verdicts), sent[0] // 2)
            self.assertTrue(c.ended())
        self.assertEqual(self.daemon.metric("readout_request_body_bytes"), 0)
        self.assertEqual(self.send("DELETE", "/v1/articles/again")[0], 204)

    def test_a_client_that_goes_leaves_nothing_of_its_pieces_behind(self):
        with self.daemon.connect() as c:
            self.long_stream(c)
        self.daemon.wait_until(lambda: self.daemon.metric("readout_request_body_bytes") == 0,
                               "the bodies to be let go")
        # how much of it was written is a matter of when it went
        self.assertIn(self.send("PUT", "/v1/articles/again", dict(ARTICLE, id="again"))[0], (200, 201))
        self.assertEqual(self.send("DELETE", "/v1/articles/again")[0], 204)

    def test_a_line_that_is_too_long_costs_only_itself(self):
        good = json.dumps(dict(ARTICLE, id="short")) + "\n"
        with readout.Daemon(self.index, "--keys", self.keys, "--max-body", "2k") as daemon:
            for length in (3000, 200000):
                long_line = json.dumps(dict(ARTICLE, body="x" * length)) + "\n"
                verdicts = self.lines(daemon, [good, long_line, good, good, long_line, long_line])
                self.assertEqual([(v["line"], v["status"]) for v in verdicts],
                                 [(1, verdicts[0]["status"]), (2, 413), (3, 200), (4, 200),
                                  (5, 413), (6, 413)])
        self.assertEqual(self.send("DELETE", "/v1/articles/short")[0], 204)

    def test_a_streamed_body_without_a_key_is_refused_before_it_comes(self):
        with self.daemon.connect() as c:
            c.send("POST /v1/articles HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-ndjson\r\n"
                   "Content-Length: 1000000000\r\nExpect: 100-continue\r\n\r\n")
            self.assertEqual(c.answer()[0], 401)
            self.assertTrue(c.ended())

    def test_a_streamed_body_that_stops_is_given_up_with_a_last_line(self):
        with readout.Daemon(self.index, "--keys", self.keys, "--body-timeout", "300ms") as daemon:
            with daemon.connect() as c:
                c.send("POST /v1/articles HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\n"
                       "Content-Type: application/x-ndjson\r\nContent-Length: 1000\r\n\r\n{}\n{"
                       % self.writer)
                reader = Chunks(c)
                self.assertEqual(json.loads(reader.line())["status"], 422)
                last = json.loads(reader.line())
                self.assertEqual((last["line"], last["status"]), (2, 408))
                self.assertEqual(reader.line(), "")
                self.assertTrue(c.ended())
            with daemon.connect() as c:
                c.send("POST /v1/articles HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\n"
                       "Content-Type: application/x-ndjson\r\nContent-Length: 1000\r\n\r\n{"
                       % self.writer)
                self.assertEqual(c.answer()[0], 408)

    def test_an_old_client_gets_its_verdicts_up_to_the_end_of_the_connection(self):
        with self.daemon.connect() as c:
            c.send("POST /v1/articles HTTP/1.0\r\nAuthorization: Bearer %s\r\n"
                   "Content-Type: application/x-ndjson\r\nContent-Length: 5\r\n\r\n{}\n{}"
                   % self.writer)
            while c._more():
                pass
            head, body = c.buffer.split(b"\r\n\r\n", 1)
            self.assertNotIn(b"chunked", head.lower())
            self.assertEqual([json.loads(line)["line"] for line in body.splitlines()], [1, 2])

    # ---- keys

    def test_writing_needs_a_key_that_may_write(self):
        path = "/v1/articles/locked"
        for method in ("PUT", "DELETE"):
            for value, status, slug, told in (
                    (None, 401, "no-valid-key", 'Bearer realm="readout"'),
                    ("Basic dTpw", 401, "no-valid-key", 'Bearer realm="readout"'),
                    ("Bearer", 401, "no-valid-key", 'Bearer realm="readout"'),
                    ("Bearer wrong", 401, "no-valid-key", "invalid_token"),
                    ("Bearer " + self.writer[:-1], 401, "no-valid-key", "invalid_token"),
                    ("Bearer " + self.reader, 403, "not-allowed", 'scope="write"')):
                answer = self.refused(
                    self.send(method, path, ARTICLE, fields={"Authorization": value}), status, slug)
                self.assertIn(told, answer[1]["www-authenticate"])
        self.assertEqual(self.daemon.get(path)[0], 404)
        with readout.Daemon(self.index) as daemon:
            self.refused(self.send("PUT", path, ARTICLE, daemon=daemon), 401, "no-valid-key")

    def test_a_wrong_key_is_refused_even_where_none_is_needed(self):
        status, _, _ = self.daemon.get("/v1/search", fields={"Authorization": "Bearer wrong"})
        self.assertEqual(status, 401)
        status, _, _ = self.daemon.get("/v1/search",
                                       fields={"Authorization": "bearer " + self.reader})
        self.assertEqual(status, 200)

    def test_reading_needs_a_key_where_it_is_said_to(self):
        with readout.Daemon(self.index, "--keys", self.keys, "--reading", "keys") as daemon:
            for target in ("/v1/search", "/v1/articles/riyadh-1", "/v1/suggest?q=r", "/metrics"):
                self.assertEqual(daemon.get(target)[0], 401, target)
                for key, status in ((self.reader, 200), (self.writer, 403)):
                    got = daemon.get(target, fields={"Authorization": "Bearer " + key})
                    self.assertEqual(got[0], status, target)
            for target in ("/healthz", "/readyz"):
                self.assertEqual(daemon.get(target)[0], 200)

    def test_keys_come_and_go_while_serving(self):
        keys = self.directory.join("moving")
        with readout.Daemon(self.index, "--keys", keys) as daemon:
            def status(key):
                return self.send("DELETE", "/v1/articles/none", key=key, daemon=daemon)[0]
            self.assertEqual(status("x"), 401)
            key = readout.add_key(keys, "one", "--scopes", "read,write")
            daemon.wait_until(lambda: status(key) == 404, "the new key")
            old = readout.add_key(keys, "old", "--scopes", "write", "--expires", "2001-01-01")
            late = "the key has expired"
            daemon.wait_until(lambda: late in self.send("DELETE", "/v1/articles/none", key=old,
                                                        daemon=daemon)[2][0]["detail"], late)
            done = readout.run("readout-searchd", "keys", "remove", "one", "--keys", keys)
            self.assertEqual(done.returncode, 0, done.stderr)
            daemon.wait_until(lambda: status(key) == 401, "the end of the key")

    def test_a_key_with_a_filter_finds_only_what_that_lets_it(self):
        keys = self.directory.join("filtered")
        key = {"Authorization": "Bearer " + readout.add_key(
            keys, "courier", "--key-filter", 'source:"Gulf Courier"')}
        bad = {"Authorization": "Bearer " + readout.add_key(keys, "bad")}
        with open(keys, "r+", encoding="utf-8") as file:
            text = file.read().replace('{"name":"bad",', '{"name":"bad","filter":"source:(",')
            file.seek(0)
            file.write(text)
        with readout.Daemon(self.index, "--keys", keys, "--reading", "keys") as daemon:
            def ids(**params):
                target = "/v1/search?" + urllib.parse.urlencode(params)
                status, _, body = daemon.get(target, fields=key)
                self.assertEqual(status, 200, body)
                return sorted(hit["id"] for hit in json.loads(body)["hits"])
            mine = ["riyadh-1", "riyadh-2"]
            self.assertEqual(ids(), mine)
            self.assertEqual(ids(q="grain corridor"), [])
            # a correction would tell a word of the other articles
            self.assertNotIn(b"corridor", daemon.get("/v1/search?q=coridor", fields=key)[2])
            # that another word is missing would tell that this one is not
            for word in ("corridor", "corridorless"):
                answer = json.loads(daemon.get("/v1/search?q=talks+" + word, fields=key)[2])
                self.assertEqual(answer["query"]["missing"], [], word)
            # and so would what a word was expanded to, or how a score came about
            for target in ("/v1/search?q=cor*+OR+talks&explain=true", "/v1/search?q=talks+OR+cor&prefix=true&explain=true",
                           "/v1/search?q=coridor~+OR+talks&explain=true"):
                answer = daemon.get(target, fields=key)[2]
                self.assertEqual(len(json.loads(answer)["hits"]), 2, answer)
                self.assertNotIn(b"corridor", answer, target)
                self.assertNotIn(b'"explain"', answer, target)
            for words in ("riyadh OR grain", "-grain", 'source:"Lake Observer" OR talks', "x) OR (grain",
                          "talks OR NOT talks", "nothing*"):
                self.assertLessEqual(set(ids(q=words)), set(mine), words)
                self.assertLessEqual(set(ids(filter=words)), set(mine), words)
            status, _, body = daemon.get('/v1/search?facets=source&filter=source:"Lake+Observer"',
                                         fields=key)
            self.assertEqual(status, 200)
            self.assertEqual([f["value"] for f in json.loads(body)["facets"]["source"] if f["count"]],
                             ["Gulf Courier"])
            status, _, body = daemon.request("POST", "/v1/query", "{}",
                                             {"Content-Type": "application/json", **key})
            self.assertEqual(sorted(h["id"] for h in json.loads(body)["hits"]), mine)
            status, _, body = daemon.get("/v1/facets/source", fields=key)
            self.assertEqual([v["value"] for v in json.loads(body)["values"]], ["Gulf Courier"])
            several = [daemon.request("POST", "/v1/queries", json.dumps({"queries": [{"kind": kind}]}),
                                      {"Content-Type": "application/json", **key})
                       for kind in ("articles", "talks")]
            self.assertEqual([a[0] for a in several], [200, 403])
            self.assertEqual(sorted(h["id"] for h in json.loads(several[0][2])["answers"][0]["hits"]),
                             mine)
            self.assertNotIn(b"copies", several[0][2])
            def suggested(**params):
                target = "/v1/suggest?" + urllib.parse.urlencode(params)
                status, _, body = daemon.get(target, fields=key)
                self.assertEqual(status, 200, body)
                return [s["text"] for s in json.loads(body)["suggestions"]]
            self.assertIn("talks", suggested(q="tal"))
            self.assertIn("Second round of talks ends", suggested(q="tal"))
            for params in ({"q": "gra"}, {"q": "grain c"}, {"q": "g"}, {"q": ""},
                           {"q": "gra", "filter": 'source:"Lake Observer"'}):
                for text in suggested(**params):
                    self.assertNotIn("gra", text.lower(), params)
            self.assertEqual(suggested(q="tal", filter='source:"Lake Observer"'), [])
            for target in ("/v1/facets/source?kind=talks", "/v1/articles/geneva%2F3",
                           "/v1/talks", "/v1/answers", "/v1/search?kind=talks", "/metrics"):
                self.assertEqual(daemon.get(target, fields=key)[0], 403, target)
            for target in ("/v1/search", "/v1/suggest?q=tal"):
                self.assertEqual(daemon.get(target, fields=bad)[0], 403, target)

    def test_a_key_with_a_rate_is_slowed_down(self):
        keys = self.directory.join("slow")
        key = readout.add_key(keys, "slow", "--rate", "2")
        with readout.Daemon(self.index, "--keys", keys) as daemon:
            answers = [daemon.get("/v1/search", fields={"Authorization": "Bearer " + key}) for _ in range(2)]
            self.assertEqual([a[0] for a in answers], [200, 200])
            while answers[-1][0] == 200 and len(answers) < 200:
                answers.append(daemon.get("/v1/search", fields={"Authorization": "Bearer " + key}))
            self.assertEqual((answers[-1][0], answers[-1][1].get("retry-after")), (429, "1"))

    def test_keys_are_in_no_log_and_not_in_the_file(self):
        self.send("DELETE", "/v1/articles/none")
        texts = [self.daemon.log()]
        for name in (self.directory.join("access"), self.keys):
            with open(name, encoding="utf-8") as f:
                texts.append(f.read())
        for text in texts:
            self.assertNotIn(self.writer, text)
            self.assertNotIn(self.writer[3:], text)
        self.assertEqual(os.stat(self.keys).st_mode & 0o777, 0o600)

    def test_the_command_says_what_is_wrong(self):
        for args, told in ((("add", "cms"), "already"), (("add", "a b"), "name"),
                           (("add", "x", "--scopes", "all"), "scopes"), (("drop",), "expected"),
                           (("remove", "nobody"), "no key"), (("add",), "expected"),
                           (("add", "x", "--expires", "soon"), "soon")):
            done = readout.run("readout-searchd", "keys", *args, "--keys", self.keys)
            self.assertEqual((done.returncode, done.stdout), (1, ""), args)
            self.assertIn(told, done.stderr)
        done = readout.run("readout-searchd", "keys", "list", "--keys", self.keys)
        self.assertEqual(done.stdout, "cms\twrite\tnever\t0\t\nsite\tread\tnever\t0\t\n")

    # ---- together with others

    def test_the_writer_gives_way_as_those_who_search_do(self):
        def nice(task):
            with open("/proc/%d/task/%s/stat" % (self.daemon.process.pid, task), encoding="ascii") as f:
                name, fields = f.read().split("(", 1)[1].rsplit(")", 1)
            return name, int(fields.split()[16])
        if os.nice(0) == 19:
            self.skipTest("there is nothing below the priority of this process")

        def is_in_order():
            threads = [nice(t) for t in os.listdir("/proc/%d/task" % self.daemon.process.pid)]
            writer = [n for name, n in threads if name == "writer"]
            others = {n for name, n in threads if name == "readout-searchd"}
            return len(others) == 2 and writer == [max(others)]  # the event thread comes before all of them
        self.daemon.wait_until(is_in_order, "threads that give way")

    def test_many_writers_at_a_time_are_all_heard(self):
        def put(number):
            return self.send("PUT", "/v1/articles/many-%d" % number,
                             dict(ARTICLE, body="Vessel %d has docked." % number))[0]
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            self.assertEqual(set(pool.map(put, range(64))), {201})
        self.assertEqual(self.daemon.json("/v1/search?q=docked")["total"]["value"], 64)
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            gone = pool.map(lambda n: self.send("DELETE", "/v1/articles/many-%d" % n)[0], range(64))
            self.assertEqual(set(gone), {204})

    def test_the_indexer_writes_the_same_index_in_between(self):
        self.assertEqual(self.send("PUT", "/v1/articles/shared-1", ARTICLE)[0], 201)
        readout.add_articles(self.index, [dict(ARTICLE, id="shared-2", body="Tugs were sold.")])
        self.assertEqual(self.send("DELETE", "/v1/articles/shared-1")[0], 204)
        self.assertEqual(self.found("tugs"), ["shared-2"])
        self.assertEqual(self.send("DELETE", "/v1/articles/shared-2")[0], 204)

    def test_while_another_writes_a_write_waits_and_then_is_told_to_come_again(self):
        with readout.Daemon(self.index, "--keys", self.keys, "--deadline", "3s") as daemon:
            def write():
                return self.send("DELETE", "/v1/articles/none", daemon=daemon)
            with readout.writing(self.index):
                answer = self.refused(write(), 503, "overloaded")
                self.assertIn("(another) is writing it", answer[2][0]["detail"])
                self.assertIn("retry-after", answer[1])
                self.assertEqual(daemon.get("/v1/search")[0], 200)
            daemon.wait_until(lambda: write()[0] == 404, "a turn")

    def test_a_full_disk_is_told_and_searches_go_on_until_there_is_room_again(self):
        index = readout.build_index(self.directory, name="full.idx")
        unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        with readout.Daemon(index, "--keys", self.keys) as daemon:
            self.assertEqual(self.send("PUT", "/v1/articles/a", ARTICLE, daemon=daemon)[0], 201)
            size = os.path.getsize(os.path.join(index, "catalog.db"))
            resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE,
                             (size // 2, resource.RLIM_INFINITY))
            words = " ".join("word%d" % n for n in range(50000))
            big = dict(ARTICLE, body=words)
            self.refused(self.send("PUT", "/v1/articles/b", big, daemon=daemon), 507, "storage-full")
            answer = self.send("POST", "/v1/articles", json.dumps(dict(big, id="b")),
                               fields={"Content-Type": "application/x-ndjson"}, daemon=daemon)
            self.refused(answer, 507, "storage-full")
            self.assertEqual(daemon.json("/v1/search?q=harbour")["hits"][0]["id"], "a")
            self.assertEqual(daemon.get("/v1/articles/b")[0], 404)
            resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE, unlimited)
            self.assertEqual(self.send("PUT", "/v1/articles/b", big, daemon=daemon)[0], 201)
            self.assertEqual(daemon.json("/v1/search?q=word77")["hits"][0]["id"], "b")
        done = readout.run("readout-indexer", "check", "--index", index)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_what_was_answered_survives_being_killed(self):
        index = readout.build_index(self.directory, name="killed.idx")
        daemon = readout.Daemon(index, "--keys", self.keys)

        def put(number):
            return self.send("PUT", "/v1/articles/kill-%d" % number,
                             dict(ARTICLE, body="Number %d." % number), daemon=daemon)[0]
        written = readout.kill_while_writing(daemon, put, threads=8, least=20)
        self.assertTrue(written)
        with readout.Daemon(index) as again:
            for number in written:
                self.assertEqual(again.get("/v1/articles/kill-%d" % number)[0], 200, number)


if __name__ == "__main__":
    readout.main()
