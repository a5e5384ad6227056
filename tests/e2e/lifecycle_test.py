"""Starting, stopping, reloading, and what happens under load."""
import contextlib
import errno
import json
import os
import random
import shutil
import signal
import socket
import sqlite3
import time
import unittest

import readout
from readout import get, post


def heavy_articles(count=1500, words=150):
    """Articles of few different words, so that a query of these words matches all of them."""
    rng = random.Random(7)
    vocabulary = ["word%d" % i for i in range(200)]
    return [{"id": "h%d" % i, "title": " ".join(rng.choices(vocabulary, k=5)),
             "body": " ".join(rng.choices(vocabulary, k=words)) + "."} for i in range(count)]


def heavy(number):
    """A search that matches everything and fetches some thousand hits with snippets: as slow as one gets. Each
    number is a question of its own, which no answer to another one serves."""
    return post(json.dumps({"q": " OR ".join("word%d" % i for i in range(60)), "limit": 1000 - number,
                            "snippets": 3, "facets": ["source", "year", "month"]}))


def ask_at_once(daemon, count, then=lambda: None):
    """The answers to heavy searches on that many connections; `then` is called once all were sent."""
    with contextlib.ExitStack() as held:
        connections = [held.enter_context(daemon.connect(timeout=120)) for _ in range(count)]
        for number, c in enumerate(connections):
            c.send(heavy(number))
        then()
        return [c.answer() for c in connections]


class Starting(unittest.TestCase):
    def fails(self, *options, env=None):
        done = readout.run("readout-searchd", *options, env=dict(os.environ, **(env or {})))
        self.assertEqual(done.returncode, 2, done)
        self.assertEqual(done.stdout, "")
        return done.stderr

    def test_a_missing_index_is_named(self):
        message = self.fails("--index", "/nowhere/news.idx", "--listen", "127.0.0.1:0")
        self.assertIn("/nowhere/news.idx", message)

    def test_wrong_options_are_named(self):
        for option, value in (("--listen", "here"), ("--listen", "127.0.0.1:99999"),
                              ("--workers", "many"), ("--queue", "0"), ("--max-body", "-1"),
                              ("--deadline", "soon"), ("--cors-origin", "example.org"),
                              ("--log-level", "loud"), ("--config", "/nowhere/file")):
            message = self.fails("--check-config", option, value)
            self.assertIn(option.lstrip("-") if option != "--config" else value, message)
        self.assertIn("stray", self.fails("--check-config", "stray"))
        self.assertIn("bogus", self.fails("--bogus"))

    def test_a_configuration_is_checked_without_an_index(self):
        with readout.Directory() as directory:
            good = directory.write("good.conf", "listen = [::1]:7700\nmax-body = 2M\n# x\n")
            bad = directory.write("bad.conf", "listen = nowhere\n")
            done = readout.run("readout-searchd", "--check-config", "--config", good)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertIn("nowhere", self.fails("--check-config", "--config", bad))

    def test_files_that_a_configuration_names_are_checked(self):
        with readout.Directory() as directory:
            keys = directory.write("keys", '{"name":"x"}\n')
            self.assertIn(keys, self.fails("--check-config", "--keys", keys))
            for option in ("--synonyms", "--lexicon"):
                missing = directory.join("missing")
                self.assertIn(missing, self.fails("--check-config", option, missing))
            loop = directory.join("loop")
            os.symlink(loop, loop)
            for option, path, fault in (("--backups", directory.join("missing"), errno.ENOENT),
                                        ("--backups", keys, errno.ENOTDIR), ("--backups", loop, errno.ELOOP),
                                        ("--access-log", directory.join("missing", "log"), errno.ENOENT),
                                        ("--access-log", directory.path, errno.EISDIR)):
                message = self.fails("--check-config", option, path)
                self.assertIn("'%s': %s\n" % (path, os.strerror(fault)), message)
            log = directory.join("log")
            for value in (log, directory.write("old", ""), "-"):
                done = readout.run("readout-searchd", "--check-config", "--backups", directory.path,
                                   "--access-log", value)
                self.assertEqual((done.returncode, done.stderr), (0, ""), value)
            self.assertFalse(os.path.exists(log))

    def test_flags_go_before_environment_before_file(self):
        with readout.Directory() as directory:
            file = directory.write("a.conf", "listen = file\nmax-body = file\nqueue = file\n")
            message = self.fails("--check-config", "--config", file, "--listen", "flag",
                                 env={"READOUT_LISTEN": "environment", "READOUT_QUEUE": "1",
                                      "READOUT_MAX_BODY": "2M"})
            self.assertIn("'flag'", message)
            message = self.fails("--check-config", "--config", file, "--queue", "1")
            self.assertIn("a.conf, line 2", message)

    def test_help_names_every_option(self):
        done = readout.run("readout-searchd", "--help")
        self.assertEqual(done.returncode, 0)
        for option in ("--index", "--listen", "--drain-timeout", "--cors-origin", "--config"):
            self.assertIn(option, done.stdout)
        self.assertLessEqual(max(map(len, done.stdout.splitlines())), 80)
        self.assertRegex(readout.run("readout-searchd", "--version").stdout,
                         r"^readout-searchd \d+\.\d+\.\d+\n$")

    def test_a_port_that_is_taken_is_named(self):
        with readout.Directory() as directory:
            index = readout.build_index(directory)
            with readout.Daemon(index) as daemon:
                address = "127.0.0.1:%d" % daemon.port
                self.assertIn(address, self.fails("--index", index, "--listen", address))


class Running(unittest.TestCase):
    def setUp(self):
        self.directory = readout.Directory()
        self.addCleanup(self.directory.__exit__)

    def daemon(self, index, *options, **more):
        daemon = readout.Daemon(index, "--queue-time", "1h", *options, **more)
        self.addCleanup(daemon.__exit__, None)
        return daemon

    def test_it_becomes_ready(self):
        daemon = self.daemon(readout.build_index(self.directory))
        daemon.wait_until(lambda: daemon.get("/readyz")[0] == 200, "readiness")
        daemon.wait_until(lambda: daemon.metric("readout_index_articles") == len(readout.ARTICLES),
                          "the count of articles")

    def test_a_commit_is_visible_to_the_next_request(self):
        index = readout.build_index(self.directory)
        daemon = self.daemon(index, "--workers", 3)
        for i in range(5):
            found = daemon.json("/v1/search?q=freshly")["total"]["value"]
            self.assertEqual(found, i)
            readout.add_articles(index, [{"id": "fresh-%d" % i, "title": "Fresh",
                                          "body": "Freshly printed %d." % i}])
        revision = daemon.metric("readout_index_revision")
        readout.add_articles(index, [{"id": "unasked", "title": "Unasked", "body": "Nobody asks."}])
        daemon.wait_until(lambda: daemon.metric("readout_index_revision") > revision,
                          "an idle worker to move on")

    def test_sigterm_lets_a_request_finish_that_has_begun(self):
        daemon = self.daemon(readout.build_index(self.directory))
        with daemon.connect() as begun, daemon.connect() as idle:
            request = post('{"q":"talks"}')
            begun.send(request[:-5])
            idle.send(get())
            self.assertEqual(idle.answer()[0], 200)
            daemon.signal(signal.SIGTERM)
            self.assertTrue(idle.ended())
            with self.assertRaises(OSError):
                daemon.connect()
            begun.send(request[-5:])
            status, fields, body = begun.answer()
            self.assertEqual((status, fields["connection"]), (200, "close"))
            self.assertEqual(json.loads(body)["query"]["text"], "talks")
        self.assertEqual(daemon.wait(), 0)

    def test_sigterm_lets_queued_queries_finish(self):
        index = readout.build_index(self.directory, heavy_articles())
        daemon = self.daemon(index, "--workers", 1, "--deadline", "1h", "--drain-timeout", "1h")

        def stop():
            daemon.wait_until(lambda: daemon.metric("readout_queue_length") >= 2, "a queue")
            daemon.signal(signal.SIGTERM)
        answers = ask_at_once(daemon, 6, then=stop)
        self.assertEqual([a[0] for a in answers], [200] * 6)
        self.assertEqual(answers[-1][1].get("connection"), "close")
        self.assertEqual(daemon.wait(), 0)

    def begin(self, connection):
        """Begins a request, and sees to it that the daemon has read so far."""
        connection.send(get() + get()[:-2])  # of one piece: it has begun when the first one is answered
        self.assertEqual(connection.answer()[0], 200)

    def test_a_drain_has_an_end(self):
        daemon = self.daemon(readout.build_index(self.directory), "--drain-timeout", "300ms")
        with daemon.connect() as c:
            self.begin(c)
            daemon.signal(signal.SIGTERM)
            self.assertEqual(daemon.wait(), 0)
        self.assertIn("cut off", daemon.log())

    def test_a_second_signal_stops_at_once(self):
        daemon = self.daemon(readout.build_index(self.directory), "--drain-timeout", "1h")
        with daemon.connect() as c:
            self.begin(c)
            daemon.signal(signal.SIGINT)
            daemon.wait_until(lambda: "stopping" in daemon.log(), "the drain")
            time.sleep(0.2)
            self.assertIsNone(daemon.process.poll())
            daemon.signal(signal.SIGTERM)
            self.assertEqual(daemon.wait(), 0)

    def test_a_second_signal_does_not_wait_for_queries(self):
        index = readout.build_index(self.directory, heavy_articles())
        daemon = self.daemon(index, "--workers", 1, "--deadline", "1h", "--drain-timeout", "1h")
        held = [daemon.connect() for _ in range(60)]
        for number, c in enumerate(held):
            c.send(heavy(number))
        daemon.wait_until(lambda: daemon.metric("readout_queue_length") >= 50, "a queue")
        daemon.signal(signal.SIGTERM)
        daemon.wait_until(lambda: "stopping" in daemon.log(), "the drain")
        daemon.signal(signal.SIGTERM)
        self.assertEqual(daemon.wait(), 0)
        answered = [c.answer() is not None for c in held]
        self.assertFalse(all(answered))  # a drain that was waited for answers every one
        for c in held:
            c.socket.close()

    def test_a_drain_ends_with_the_answer_that_is_being_written(self):
        index = readout.build_index(self.directory, [
            {"id": "big", "title": "Big", "body": "A long story. " * 1000000}])
        daemon = self.daemon(index, "--drain-timeout", "1h", "--idle-timeout", "1h", "--write-timeout", "1h")
        with daemon.connect() as c:
            c.send(get("/v1/articles/big"))
            self.assertTrue(c._more())
            daemon.signal(signal.SIGTERM)
            daemon.wait_until(lambda: "stopping" in daemon.log(), "the drain")
            status, fields, body = c.answer()
            self.assertEqual((status, json.loads(body)["id"]), (200, "big"))
            self.assertTrue(c.ended())
        self.assertEqual(daemon.wait(), 0)

    def test_a_full_queue_refuses(self):
        index = readout.build_index(self.directory, heavy_articles())
        daemon = self.daemon(index, "--workers", 1, "--queue", 2, "--deadline", "1h")
        answers = ask_at_once(daemon, 12)
        statuses = sorted(a[0] for a in answers)
        self.assertEqual(set(statuses), {200, 503})
        self.assertGreaterEqual(statuses.count(200), 2)
        for status, fields, body in answers:
            if status == 503:
                self.assertEqual(fields["retry-after"], "1")
                self.assertEqual(json.loads(body)["type"], "urn:readout:problem:overloaded")

    def test_under_too_much_load_what_waited_long_is_refused(self):
        index = readout.build_index(self.directory, heavy_articles())
        daemon = self.daemon(index, "--workers", 1, "--deadline", "1h", "--queue-time", "1ms")
        answers = ask_at_once(daemon, 12)
        refused = [json.loads(body) for status, _, body in answers if status == 503]
        self.assertEqual({a[0] for a in answers}, {200, 503})
        self.assertIn("waited too long", refused[0]["detail"])
        self.assertEqual(answers[-1][0], 200)  # none waits behind it

    def test_every_request_has_a_deadline(self):
        index = readout.build_index(self.directory, heavy_articles())
        daemon = self.daemon(index, "--workers", 1, "--deadline", "5ms")
        held = [daemon.connect() for _ in range(8)]
        for number, c in enumerate(held):
            c.send(heavy(number))
        answers = [c.answer() for c in held]
        for status, _, body in answers:
            self.assertIn(status, (503, 504), body)
        for c in held:
            c.send(get())
            self.assertEqual(c.answer()[0], 200)
            c.socket.close()

    def test_a_client_that_went_away_is_not_worked_for(self):
        index = readout.build_index(self.directory, heavy_articles())
        daemon = self.daemon(index, "--workers", 1, "--deadline", "1h")
        held = [daemon.connect() for _ in range(8)]
        for number, c in enumerate(held):
            c.send(heavy(number))
        daemon.wait_until(lambda: daemon.metric("readout_queue_length") >= 4, "a queue")
        for c in held:
            c.reset()
        daemon.wait_until(lambda: daemon.metric("readout_connections") == 1, "their end")
        text = daemon.get("/metrics")[2].decode()
        self.assertIn('readout_http_requests_total{route="/v1/query",status="499"}', text)
        self.assertEqual(daemon.query({"q": "word1"})[0], 200)

    def test_health_is_told_while_all_workers_are_busy(self):
        index = readout.build_index(self.directory, heavy_articles())
        daemon = self.daemon(index, "--workers", 2, "--deadline", "1h")
        with contextlib.ExitStack() as held:
            for number in range(60):
                waiting = daemon.connect()
                held.callback(waiting.reset)  # and nobody works for it
                waiting.send(heavy(number))
            daemon.wait_until(lambda: daemon.metric("readout_queue_length") >= 50, "a queue")
            for _ in range(60):
                self.assertEqual(daemon.get("/healthz")[0], 200)
            # in turn it would be empty, and also if each had waited for a worker
            self.assertGreater(daemon.metric("readout_queue_length"), 0)

    def test_sighup_reads_the_settings_again(self):
        config = self.directory.write("searchd.conf", "max-body = 1k\n")
        daemon = self.daemon(readout.build_index(self.directory), "--config", config)

        def refuses(size):
            return daemon.request("POST", "/v1/query", b"{}" + b" " * (size - 2),
                                  {"Content-Type": "application/json"})[0] == 413
        self.assertTrue(refuses(2000))
        self.directory.write("searchd.conf", "max-body = 4k\n")
        daemon.signal(signal.SIGHUP)
        daemon.wait_until(lambda: not refuses(2000), "the new limit")
        self.assertTrue(refuses(5000))
        self.directory.write("searchd.conf", "max-body = lots\n")
        daemon.signal(signal.SIGHUP)
        daemon.wait_until(lambda: "settings stay as they were" in daemon.log(), "the complaint")
        self.assertFalse(refuses(2000))
        self.assertTrue(refuses(5000))
        self.assertNotIn("next start", daemon.log())
        self.directory.write("searchd.conf", "max-body = 2k\nworkers = 7\nlanguage = de\n")
        daemon.signal(signal.SIGHUP)
        daemon.wait_until(lambda: "only for the next start: workers, language" in daemon.log(), "it")
        self.assertTrue(refuses(3000))

    def test_sighup_moves_to_another_index_at_the_same_path(self):
        index = readout.build_index(self.directory)
        other = readout.build_index(self.directory, [{"id": "new", "title": "Other", "body": "Other."}],
                                    name="other.idx")
        daemon = self.daemon(index, "--workers", 2)
        etag = daemon.get("/v1/search")[1]["etag"]
        self.assertEqual(daemon.json("/v1/search")["total"]["value"], len(readout.ARTICLES))
        shutil.move(index, index + ".old")
        shutil.move(other, index)
        daemon.signal(signal.SIGHUP)
        daemon.wait_until(lambda: daemon.json("/v1/search")["total"]["value"] == 1, "the other index")
        self.assertNotEqual(daemon.get("/v1/search")[1]["etag"], etag)
        # both were committed once: that says nothing about which is served
        daemon.wait_until(lambda: daemon.metric("readout_index_articles") == 1, "the new count")
        self.assertEqual(daemon.metric("readout_index_revision"), 1)

    def test_every_sighup_opens_the_index_again(self):
        index = readout.build_index(self.directory, heavy_articles())
        daemon = self.daemon(index, "--workers", 1, "--deadline", "1h")
        held = [daemon.connect(timeout=60) for _ in range(3)]
        for number, c in enumerate(held):
            c.send(heavy(number))
        for count in (1, 2):  # the second one while the first waits behind queries
            daemon.signal(signal.SIGHUP)
            daemon.wait_until(lambda: daemon.log().count("settings read again") == count, "it")
        daemon.wait_until(lambda: daemon.log().count("opened again") == 2, "the second reload")
        for c in held:
            c.socket.close()

    def test_sighup_is_not_lost_to_a_full_queue(self):
        index = readout.build_index(self.directory, heavy_articles())
        daemon = self.daemon(index, "--workers", 1, "--queue", 1, "--deadline", "1h")
        held = [daemon.connect(timeout=60) for _ in range(4)]
        for number, c in enumerate(held):
            c.send(heavy(number))
        daemon.signal(signal.SIGHUP)
        daemon.wait_until(lambda: "opened again" in daemon.log(), "the reload")
        for c in held:
            c.socket.close()

    def test_sighup_without_an_index_keeps_the_old_one(self):
        index = readout.build_index(self.directory)
        daemon = self.daemon(index, "--workers", 8)
        shutil.move(index, index + ".old")  # at once: no worker needs its path any more
        daemon.wait_until(lambda: daemon.get("/readyz")[0] == 200, "readiness")
        daemon.signal(signal.SIGHUP)
        daemon.wait_until(lambda: "the index stays as it was" in daemon.log(), "the complaint")
        for _ in range(20):
            self.assertEqual(daemon.json("/v1/search")["total"]["value"], len(readout.ARTICLES))
        self.assertEqual(daemon.json("/readyz"), {"status": "ready", "reload": "failed"})
        shutil.move(index + ".old", index)
        daemon.signal(signal.SIGHUP)
        daemon.wait_until(lambda: daemon.json("/readyz") == {"status": "ready"}, "a good reload")

    def test_a_damaged_part_is_built_anew(self):
        index = readout.build_index(self.directory, heavy_articles())  # in a segment of their own
        question = "/v1/search?q=word7&facets=language&snippets=0"

        def part():
            directory = os.path.join(index, "segments")
            return os.path.join(directory, sorted(os.listdir(directory))[0])

        def is_mended(daemon):
            status, _, body = daemon.get(question)
            return status == 200 and json.loads(body)["total"]["value"] == total

        daemon = self.daemon(index, "--cache", 0)
        total = daemon.json(question)["total"]["value"]
        self.assertGreater(total, 0)
        os.truncate(part(), 4096)  # while it is mapped
        self.assertNotEqual(daemon.get(question)[0], 200)
        daemon.wait_until(lambda: is_mended(daemon), "a part cut short to be built anew")
        os.unlink(part())
        daemon = self.daemon(index)  # the first has it still
        daemon.wait_until(lambda: is_mended(daemon), "a missing part to be built anew")
        check = readout.run("readout-indexer", "check", "--index", index)
        self.assertEqual(check.returncode, 0, check.stdout + check.stderr)

    def test_an_index_that_comes_back_is_served_again(self):
        index = readout.build_index(self.directory)
        shutil.copytree(index, index + ".good")
        daemon = self.daemon(index, "--workers", 3)
        daemon.wait_until(lambda: daemon.get("/readyz")[0] == 200, "readiness")
        shutil.move(index, index + ".bad")
        with contextlib.closing(sqlite3.connect(index + ".bad/catalog.db")) as db:
            db.execute("ALTER TABLE meta RENAME TO lost")
            db.commit()
        daemon.wait_until(lambda: daemon.get("/readyz")[0] == 503, "the workers to notice")
        status, _, body = daemon.get("/v1/search")
        self.assertEqual((status, json.loads(body)["type"]),
                         (503, "urn:readout:problem:index-unavailable"))
        self.assertIn("cannot read the index", daemon.log())
        shutil.move(index + ".good", index)
        daemon.wait_until(lambda: daemon.get("/readyz")[0] == 200, "all workers to have it again")
        for _ in range(10):
            self.assertEqual(daemon.json("/v1/search")["total"]["value"], len(readout.ARTICLES))

    def test_the_access_log_has_one_line_a_request(self):
        path = self.directory.join("access.log")
        daemon = self.daemon(readout.build_index(self.directory), "--access-log", path)
        daemon.get("/v1/search?q=%22a%0Ab%22", fields={"User-Agent": 'x"y'})
        daemon.get("/nowhere")
        os.rename(path, path + ".1")
        daemon.signal(signal.SIGHUP)
        daemon.wait_until(lambda: os.path.exists(path), "the new log")
        daemon.get("/healthz")
        with open(path + ".1") as f:
            lines = f.read().splitlines()
        self.assertEqual(len(lines), 2)
        self.assertRegex(lines[0], r'^time=\S+Z id="\S+" client=127\.0\.0\.1 method="GET" path="/v1/search" '
                                   r'query="q=%22a%0Ab%22" status=200 bytes=\d+ total_ms=[\d.]+ '
                                   r'query_ms=[\d.]+ agent="x\\"y"$')
        self.assertIn("status=404", lines[1])
        with open(path) as f:
            self.assertIn('path="/healthz"', f.read())

    def test_an_access_log_that_nobody_reads_stops_nothing(self):
        index = readout.build_index(self.directory)
        for reader, writer in (os.pipe(), (s.detach() for s in socket.socketpair())):
            daemon = self.daemon(index, "--access-log", "-", stdout=writer)
            self.assertTrue(os.get_blocking(writer))  # what others may hold stays as it was
            os.close(writer)
            with daemon.connect() as c:
                for _ in range(2000):
                    c.send(get("/nowhere?" + "x" * 1500))
                    self.assertEqual(c.answer()[0], 404)
            self.assertGreater(daemon.metric("readout_access_log_dropped_total"), 0)
            self.assertEqual(daemon.log().count("lines of the access log are dropped"), 1)
            os.close(reader)
            self.assertEqual(daemon.get("/healthz")[0], 200)

    def test_a_pipe_for_all_output_that_nobody_reads_stops_nothing(self):
        reader, writer = os.pipe()
        self.addCleanup(os.close, reader)
        daemon = self.daemon(readout.build_index(self.directory), "--access-log", "-",
                             stdout=writer, stderr=writer)
        os.close(writer)
        with daemon.connect() as c:
            for _ in range(200):
                c.send(get("/nowhere?" + "x" * 1500))
                self.assertEqual(c.answer()[0], 404)
        for _ in range(3):
            daemon.signal(signal.SIGHUP)
        self.assertGreater(daemon.metric("readout_access_log_dropped_total"), 0)

    def test_a_fifo_as_access_log_does_not_hold_up_a_reload(self):
        path = self.directory.join("access.log")
        daemon = self.daemon(readout.build_index(self.directory), "--access-log", path)
        os.unlink(path)
        os.mkfifo(path)
        daemon.signal(signal.SIGHUP)
        daemon.wait_until(lambda: "nobody reads from it" in daemon.log(), "the complaint")
        self.assertEqual(daemon.get("/healthz")[0], 200)


if __name__ == "__main__":
    readout.main()
