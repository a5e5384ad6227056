"""Connections: how requests follow each other, what slow and hostile clients get, what is limited."""
import calendar
import json
import resource
import socket
import time
import unittest

import readout
from readout import get, post


class Served(unittest.TestCase):
    """Tests that share an index; each starts its own daemon with the options it needs."""

    @classmethod
    def setUpClass(cls):
        cls.directory = readout.Directory()
        cls.addClassCleanup(cls.directory.__exit__)
        cls.index = readout.build_index(cls.directory)

    def daemon(self, *options, **more):
        daemon = readout.Daemon(self.index, *options, **more)
        self.addCleanup(daemon.__exit__, None)
        return daemon

    def assertProblem(self, answer, status, slug=None):
        self.assertIsNotNone(answer, "closed without an answer")
        self.assertEqual(answer[0], status, answer)
        self.assertEqual(answer[1]["content-type"], "application/problem+json")
        problem = json.loads(answer[2])
        self.assertEqual(problem["status"], status)
        if slug:
            self.assertEqual(problem["type"], "urn:readout:problem:" + slug)


class Persistence(Served):
    def test_a_connection_serves_many_requests(self):
        daemon = self.daemon()
        with daemon.connect() as c:
            for i in range(50):
                c.send(get() if i % 2 else post("{}"))
                self.assertEqual(c.answer()[0], 200)
        self.assertEqual(daemon.metric("readout_connections_accepted_total"), 2)

    def test_pipelined_requests_are_answered_in_order(self):
        daemon = self.daemon("--workers", 4)
        queries = ["talks", "corridor", "nothing-there", "caf\u00e9"] * 10
        with daemon.connect() as c:
            data = b""
            for q in queries:  # on workers, at once and refused, mixed
                data += post(json.dumps({"q": q})) + get() + get("/nowhere")
            c.send(data)
            for q in queries:
                status, _, body = c.answer()
                self.assertEqual((status, json.loads(body)["query"]["text"]), (200, q))
                self.assertEqual(json.loads(c.answer()[2]), {"status": "ok"})
                self.assertEqual(c.answer()[0], 404)

    def test_requests_in_single_bytes_and_odd_pieces_are_understood(self):
        daemon = self.daemon()
        data = post('{"q":"talks"}') + get()
        with daemon.connect() as c:
            for i in range(len(data)):
                c.send(data[i:i + 1])
            self.assertEqual(c.answer()[0], 200)
            self.assertEqual(c.answer()[0], 200)
        with daemon.connect() as c:
            chunked = (b"POST /v1/query HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                       b"Transfer-Encoding: chunked\r\n\r\n4;x=y\r\n{\"q\"\r\n9\r\n:\"talks\"}\r\n"
                       b"0\r\nX: y\r\n\r\n")
            for i in range(0, len(chunked), 3):
                c.send(chunked[i:i + 3])
            self.assertEqual(json.loads(c.answer()[2])["query"]["text"], "talks")

    def test_connection_close_is_honoured(self):
        daemon = self.daemon()
        with daemon.connect() as c:
            c.send(get("/healthz", "Connection: close") + get())
            self.assertEqual(c.answer()[1]["connection"], "close")
            self.assertTrue(c.ended())

    def test_http_1_0_closes_unless_asked_to_stay(self):
        daemon = self.daemon()
        with daemon.connect() as c:
            c.send("GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            self.assertEqual(c.answer()[1]["connection"], "keep-alive")
            c.send("GET /healthz HTTP/1.0\r\n\r\n")
            self.assertEqual(c.answer()[1]["connection"], "close")
            self.assertTrue(c.ended())

    def test_a_client_may_end_its_side_before_it_reads(self):
        daemon = self.daemon()
        with daemon.connect() as c:
            c.send(get() * 3)
            c.socket.shutdown(socket.SHUT_WR)
            for _ in range(3):
                self.assertEqual(c.answer()[0], 200)
            self.assertTrue(c.ended())
        for _ in range(10):  # these are answered by a worker, after the end was seen
            with daemon.connect() as c:
                c.send(post('{"q":"talks"}') * 3)
                c.socket.shutdown(socket.SHUT_WR)
                for _ in range(3):
                    self.assertEqual(c.answer()[0], 200)
                self.assertTrue(c.ended())

    def test_head_is_get_without_the_body(self):
        daemon = self.daemon()
        for target in ("/healthz", "/v1/articles/riyadh-1"):
            _, fields, body = daemon.get(target)
            with daemon.connect() as c:
                c.send(get(target).replace(b"GET", b"HEAD", 1) + get())
                status, head, _ = c.answer(head=True)
                self.assertEqual(status, 200)
                self.assertEqual(head["content-length"], str(len(body)))
                self.assertEqual(head["content-type"], fields["content-type"])
                self.assertEqual(json.loads(c.answer()[2]), {"status": "ok"})

    def test_every_answer_carries_the_security_fields_and_a_date(self):
        daemon = self.daemon()
        for target in ("/healthz", "/v1/search", "/nowhere", "/metrics"):
            before = time.time()
            _, fields, _ = daemon.get(target)
            self.assertEqual(fields["x-content-type-options"], "nosniff")
            self.assertIn("default-src 'none'", fields["content-security-policy"])
            self.assertEqual(fields["server"], "readout")
            date = time.strptime(fields["date"], "%a, %d %b %Y %H:%M:%S GMT")
            self.assertLess(before - 30, calendar.timegm(date))
            self.assertLess(calendar.timegm(date), time.time() + 1)


class Continue(Served):
    def test_a_body_is_asked_for_when_the_client_waits(self):
        daemon = self.daemon()
        with daemon.connect() as c:
            request = post("{}", "Expect: 100-continue")
            c.send(request[:-2])
            self.assertEqual(c.answer()[0], 100)
            c.send(request[-2:])
            self.assertEqual(c.answer()[0], 200)

    def test_a_body_that_is_there_is_not_asked_for(self):
        daemon = self.daemon()
        with daemon.connect() as c:
            c.send(post("{}", "Expect: 100-continue"))
            self.assertEqual(c.answer()[0], 200)

    def test_a_body_that_is_too_large_is_not_asked_for(self):
        daemon = self.daemon("--max-body", "1k")
        with daemon.connect() as c:
            c.send("POST /v1/query HTTP/1.1\r\nHost: a\r\nContent-Length: 1025\r\n"
                   "Expect: 100-continue\r\n\r\n")
            self.assertEqual(c.answer()[0], 413)


class Slow(Served):
    """A deadline counts from the first byte; dripping does not move it."""

    def drip(self, daemon, start, byte):
        begun = time.monotonic()
        with daemon.connect() as c:
            c.send(start)
            c.socket.settimeout(0.1)
            while time.monotonic() - begun < readout.PATIENCE:
                try:
                    c.send(byte)
                    if c._more():
                        break
                except (socket.timeout, TimeoutError):
                    pass
                except OSError:
                    break
            c.socket.settimeout(readout.PATIENCE)
            return c.answer(), time.monotonic() - begun

    def test_a_dripping_header_meets_its_deadline(self):
        daemon = self.daemon("--header-timeout", "600ms")
        answer, seconds = self.drip(daemon, b"GET /healthz HTTP/1.1\r\nX: ", b"a")
        self.assertProblem(answer, 408, "request-timeout")
        self.assertGreater(seconds, 0.5)
        self.assertLess(seconds, readout.PATIENCE / 2)

    def test_a_dripping_body_meets_its_deadline(self):
        daemon = self.daemon("--body-timeout", "600ms")
        answer, seconds = self.drip(daemon, b"POST /v1/query HTTP/1.1\r\nHost: a\r\n"
                                            b"Content-Length: 100000\r\n\r\n", b" ")
        self.assertProblem(answer, 408, "request-timeout")
        self.assertLess(seconds, readout.PATIENCE / 2)

    def test_a_dripping_chunked_body_meets_its_deadline(self):
        daemon = self.daemon("--body-timeout", "600ms")
        answer, _ = self.drip(daemon, b"POST /v1/query HTTP/1.1\r\nHost: a\r\n"
                                      b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n")
        self.assertProblem(answer, 408, "request-timeout")

    def test_the_deadline_of_a_header_begins_anew_with_each_request(self):
        daemon = self.daemon("--header-timeout", "4s")
        with daemon.connect() as c:
            for _ in range(5):  # each far from the deadline, all together beyond it
                request = get()
                c.send(request[:5])
                time.sleep(0.9)
                c.send(request[5:])
                self.assertEqual(c.answer()[0], 200)

    def test_an_idle_connection_is_closed_without_a_word(self):
        daemon = self.daemon("--idle-timeout", "2s")  # of which the request has to come
        with daemon.connect() as c:
            c.send(get())
            self.assertEqual(c.answer()[0], 200)
            self.assertTrue(c.ended())

    def test_a_client_that_does_not_read_is_cut_off(self):
        daemon = self.daemon("--write-timeout", "500ms")
        with daemon.connect() as c:
            c.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            c.socket.settimeout(1)
            try:
                while True:
                    c.send(get("/metrics") * 100)
            except OSError:
                pass
            daemon.wait_until(lambda: daemon.metric("readout_connections") == 1,
                              "the end of the connection")
            # what it asked for without reading was not heaped up
            self.assertLess(daemon.metric("readout_http_sent_bytes_total"), 64 << 20)

    def test_requests_that_wait_to_be_read_cost_no_processor(self):
        daemon = self.daemon()
        requests = get("/metrics") * 500000  # whose answers are more than what is kept of them
        with daemon.connect() as c:
            c.socket.settimeout(1)
            with self.assertRaises(socket.timeout):
                c.send(requests)
            daemon.wait_until_idle("its rest while nobody reads the answers")
            c.socket.settimeout(readout.PATIENCE)
            for _ in range(200):  # and they are read once there is room
                self.assertEqual(c.answer()[0], 200)

    def test_many_idle_connections_cost_the_others_nothing(self):
        daemon = self.daemon("--max-connections-per-address", 1000, "--header-timeout", "1h",
                             "--idle-timeout", "1h")
        held = [daemon.connect() for _ in range(300)]
        self.addCleanup(lambda: [c.socket.close() for c in held])
        for c in held[:100]:
            c.send(b"GET /healthz HT")
        for _ in range(20):
            self.assertEqual(daemon.get("/healthz")[0], 200)
        for c in held[:100]:
            c.send(b"TP/1.1\r\nHost: a\r\n\r\n")
            self.assertEqual(c.answer()[0], 200)
        self.assertGreaterEqual(daemon.metric("readout_connections_idle"), 300)


class Sizes(Served):
    def test_a_header_that_is_too_large_is_refused(self):
        daemon = self.daemon("--max-header", "8k")
        for line, status in (("X: " + "a" * 9000, 431), ("X: a\r\n" * 3000, 431)):
            with daemon.connect() as c:
                c.send("GET /healthz HTTP/1.1\r\nHost: a\r\n%s\r\n\r\n" % line)
                self.assertProblem(c.answer(), status, "fields-too-large")
                self.assertTrue(c.ended())
        with daemon.connect() as c:
            c.send("GET /healthz?%s HTTP/1.1\r\nHost: a\r\n\r\n" % ("a" * 9000))
            self.assertProblem(c.answer(), 414, "target-too-long")

    def test_an_endless_header_is_refused_before_it_is_heaped_up(self):
        daemon = self.daemon()
        with daemon.connect() as c:
            try:
                for _ in range(100):
                    c.send(b"a" * 10000)
            except OSError:
                pass
            self.assertProblem(c.answer(), 414)

    def test_fields_are_counted(self):
        daemon = self.daemon("--max-headers", 10)
        for count, status in ((9, 200), (10, 431)):  # and Host
            with daemon.connect() as c:
                c.send(get("/healthz", *["X-%d: y" % i for i in range(count)]))
                self.assertEqual(c.answer()[0], status)

    def test_a_body_may_have_its_limit_and_no_byte_more(self):
        daemon = self.daemon("--max-body", "1k")
        for size, status in ((1023, 200), (1024, 200), (1025, 413)):
            with daemon.connect() as c:
                c.send(post("{}" + " " * (size - 2)))
                self.assertEqual(c.answer()[0], status)

    def test_all_bodies_together_have_a_limit(self):
        daemon = self.daemon("--max-body", "64k", "--max-bodies", "100k")
        body = b'{"q":"talks"}'.ljust(60000)
        whole = post(body)
        with daemon.connect() as first, daemon.connect() as second:
            first.send(whole[:-10])
            daemon.wait_until(lambda: daemon.metric("readout_request_body_bytes") >= 59990,
                              "the body of the first")
            second.send(whole)  # its length alone tells that there is no room
            answer = second.answer()
            self.assertProblem(answer, 503, "overloaded")
            self.assertEqual(answer[1]["retry-after"], "1")
            with daemon.connect() as chunks:  # these do not tell before they are there
                chunks.send("POST /v1/query HTTP/1.1\r\nHost: a\r\n"
                            "Transfer-Encoding: chunked\r\n\r\nea60\r\n")
                chunks.send(body)
                self.assertProblem(chunks.answer(), 503)
            with daemon.connect() as small:
                small.send(post('{"q":"talks"}'))
                self.assertEqual(small.answer()[0], 200)
            first.send(whole[-10:])
            self.assertEqual(first.answer()[0], 200)
        for _ in range(3):  # answered, refused and cut off: all are free again
            with daemon.connect() as c:
                c.send(whole)
                self.assertEqual(c.answer()[0], 200)
            with daemon.connect() as c:
                c.send(whole[:-10])
                daemon.wait_until(lambda: daemon.metric("readout_request_body_bytes") >= 59990,
                                  "the body")
                c.reset()
            daemon.wait_until(lambda: daemon.metric("readout_request_body_bytes") == 0, "room")

    def test_a_client_that_sends_all_of_a_large_body_sees_the_refusal(self):
        daemon = self.daemon()
        with daemon.connect() as c:
            c.send(post(b" " * (6 << 20)))
            self.assertProblem(c.answer(), 413, "content-too-large")
            self.assertTrue(c.ended())
        with daemon.connect() as c:
            c.send("POST /v1/query HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in range(64):
                c.send(b"10000\r\n" + b" " * 65536 + b"\r\n")
            self.assertProblem(c.answer(), 413)

    def test_what_is_read_to_be_thrown_away_has_an_end(self):
        daemon = self.daemon()
        sent = 0
        with daemon.connect() as c:
            c.send("POST /v1/query HTTP/1.1\r\nHost: a\r\nContent-Length: 999999999\r\n\r\n")
            with self.assertRaises(OSError):
                while sent < 200 << 20:
                    c.send(b" " * 65536)
                    sent += 65536
        daemon.wait_until(lambda: daemon.metric("readout_connections") == 1, "the end")


class Limits(Served):
    def test_connections_of_one_address_are_limited(self):
        daemon = self.daemon("--max-connections-per-address", 3)
        held = [daemon.connect() for _ in range(3)]
        for c in held:
            c.send(get())
            self.assertEqual(c.answer()[0], 200)
        with daemon.connect() as c:
            c.send(get())
            answer = c.answer()
            self.assertProblem(answer, 503, "overloaded")
            self.assertEqual(answer[1]["retry-after"], "1")
            self.assertTrue(c.ended())
        held.pop().socket.close()

        def served():
            with daemon.connect() as c:
                c.send(get())
                answer = c.answer()
                return answer is not None and answer[0] == 200
        daemon.wait_until(served, "room for another connection")
        for c in held:
            c.socket.close()

    def test_a_flood_over_the_limit_is_answered_or_cut_off(self):
        daemon = self.daemon("--max-connections-per-address", 2)
        held = [daemon.connect() for _ in range(200)]
        for c in held[:2]:
            c.send(get())
            self.assertEqual(c.answer()[0], 200)
        for c in held[2:]:
            answer = c.answer()
            self.assertTrue(answer is None or answer[0] == 503)
        for c in held:
            c.socket.close()

    def test_the_longest_idle_connection_makes_room(self):
        daemon = self.daemon("--max-connections", 3)
        held = []
        for _ in range(3):
            held.append(daemon.connect())
            held[-1].send(get())
            self.assertEqual(held[-1].answer()[0], 200)
        with daemon.connect() as c:
            c.send(get())
            self.assertEqual(c.answer()[0], 200)
            self.assertTrue(held[0].ended())
            held[1].send(get())
            self.assertEqual(held[1].answer()[0], 200)
        for c in held:
            c.socket.close()

    def test_busy_connections_do_not_make_room(self):
        daemon = self.daemon("--max-connections", 3)
        held = [daemon.connect() for _ in range(3)]
        for c in held:
            c.send(get() + b"GET /hea")
            self.assertEqual(c.answer()[0], 200)
        with daemon.connect() as c:
            self.assertProblem(c.answer(), 503, "overloaded")
        for c in held:
            c.send(b"lthz HTTP/1.1\r\nHost: a\r\n\r\n")
            self.assertEqual(c.answer()[0], 200)
            c.socket.close()

    def test_without_descriptors_it_waits_instead_of_spinning(self):
        few = 64
        daemon = self.daemon(
            "--header-timeout", "1h",
            preexec=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (few, few)))
        held = []
        for _ in range(2 * few):
            c = daemon.connect()
            c.send(b"GET /heal")  # busy, so that none of them makes room
            held.append(c)
        daemon.wait_until(lambda: "cannot accept connections" in daemon.log(), "the last descriptor")
        daemon.wait_until_idle("its rest while there are no descriptors")
        for c in held:
            c.socket.close()
        self.assertEqual(daemon.get("/healthz")[0], 200)
        self.assertGreater(daemon.metric("readout_accept_failures_total"), 0)


class Abrupt(Served):
    def test_resets_at_every_point_leave_the_server_well(self):
        daemon = self.daemon("--workers", 1)
        requests = [b"", b"G", get()[:-2], get(), post('{"q":"talks"}'), post("{}")[:-1],
                    get() * 20, post("{}") * 20, b"\0" * 100]
        for request in requests * 5:
            c = daemon.connect()
            c.send(request)
            c.reset()
        daemon.wait_until(lambda: daemon.metric("readout_connections") == 1, "their end")
        self.assertEqual(daemon.get("/v1/search?q=talks")[0], 200)


if __name__ == "__main__":
    readout.main()
