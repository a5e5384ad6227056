"""The indexer and the daemon write one index at the same time: they take turns."""
import json
import os
import random
import signal
import subprocess
import time

import readout

COUNT = 3000  # articles of a long run


def article(number):
    """One with facts and words that others share."""
    city = ("Riyadh", "Geneva", "Odesa", "Istanbul")[number % 4]
    words = " ".join("word%d" % ((number * 7 + i) % 997) for i in range(100))
    return {"id": "a%d" % number, "title": "Talks in %s, %d" % (city, number),
            "source": "Wire %d" % (number % 9), "language": "en",
            "published": "2025-%02d-%02dT10:00:00Z" % (number % 12 + 1, number % 28 + 1),
            "body": "%s - Foreign Minister Sergey Lavrov met U.S. Secretary of State Marco Rubio in %s "
                    "on Tuesday. They agreed to set up commission %d. %s."
                    % (city.upper(), city, number, words)}


def lines(articles):
    return "".join(json.dumps(a) + "\n" for a in articles)


class Turns(readout.OwnKey):
    def daemon(self, *options):
        return readout.Daemon(self.index, "--keys", self.keys, "--deadline",
                              "%ds" % readout.PATIENCE, *options)

    def write(self, daemon, method, name, body=None):
        """The status of a write."""
        return self.send(daemon, method, name, body and dict(body, id=name))[0]

    def start(self, *args, **more):
        process = subprocess.Popen([readout.program("readout-indexer"), "add", "--quiet", "--index",
                                    self.index, *args], **more)

        def end():
            if process.stdin:
                process.stdin.close()
            if process.poll() is None:
                process.kill()
            process.wait()
        self.addCleanup(end)
        return process

    def check(self, index=None):
        done = readout.run("readout-indexer", "check", "--index", index or self.index)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)

    def ids(self):
        dump = readout.run("readout-indexer", "dump", "--index", self.index).stdout
        return {json.loads(line)["id"] for line in dump.splitlines()}

    def answers(self, index):
        """What searches of many kinds find, but for document numbers."""
        found = []
        for args in (("--kind", "articles", "word7 word14"), ("--kind", "articles", "commission"),
                     ("--kind", "talks", "riyadh"), ("--kind", "participants", "lavrov"),
                     ("--kind", "outcomes", "commission 77"), ("--kind", "articles", "lighthouse")):
            answer = readout.run("readout-query", "--index", index, "--json", "--limit", "1000",
                                 "--facet", "source", "--facet", "month", *args)
            self.assertIn(answer.returncode, (0, 1), answer.stderr)
            answer = json.loads(answer.stdout)
            found.append((answer["total"], answer["facets"], sorted(h["score"] for h in answer["hits"])))
        return found

    def test_writes_are_answered_beside_a_long_run_and_the_index_is_the_same(self):
        path = self.directory.write("long.ndjson", lines(article(n) for n in range(COUNT)))
        other = self.directory.write("other.ndjson", lines(
            [dict(article(n), id="p%d" % n, body="A lighthouse. " + article(n)["body"])
             for n in range(0, 200, 10)]))
        with self.daemon() as daemon:
            indexer = self.start(path)
            beside = []
            for n in range(200):
                body = dict(article(n), body="A lighthouse. " + article(n)["body"])
                self.assertEqual(self.write(daemon, "PUT", "p%d" % n, body), 201)
                if n % 10:
                    self.assertEqual(self.write(daemon, "DELETE", "p%d" % n), 204)
                else:
                    self.assertEqual(daemon.get("/v1/articles/p%d" % n)[0], 200)
                if indexer.poll() is not None and n % 10 == 0:
                    break
                beside.append(n)
            last = n
            self.assertEqual(indexer.wait(6 * readout.PATIENCE), 0)
            self.assertGreaterEqual(len(beside), 3)
            for n in range(last // 10 * 10 + 10, 200, 10):
                body = dict(article(n), body="A lighthouse. " + article(n)["body"])
                self.assertEqual(self.write(daemon, "PUT", "p%d" % n, body), 201)
        self.check()
        alone = readout.build_index(self.directory, name="alone.idx")
        done = readout.run("readout-indexer", "add", "--index", alone, path, other)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.answers(self.index), self.answers(alone))

    def test_an_indexer_that_waits_for_input_stands_in_nobodys_way(self):
        indexer = self.start("-", stdin=subprocess.PIPE)
        with self.daemon() as daemon:
            for round in range(3):
                indexer.stdin.write(lines([article(round)]).encode())
                indexer.stdin.flush()
                self.assertEqual(self.write(daemon, "PUT", "p%d" % round, article(round)), 201)
                daemon.wait_until(lambda: daemon.get("/v1/articles/p%d" % round)[0] == 200, "it")
            indexer.stdin.close()
            self.assertEqual(indexer.wait(readout.PATIENCE), 0)
            self.assertEqual(daemon.get("/v1/articles/a2")[0], 200)
        self.check()

    def test_two_indexers_and_the_daemon_come_all_to_their_end(self):
        paths = [self.directory.write("%d.ndjson" % part, lines(
            article(n) for n in range(part * 1000, part * 1000 + 2000))) for part in range(2)]
        with self.daemon() as daemon:
            indexers = [self.start("--no-facts", "--wait", "1h", path) for path in paths]
            while any(indexer.poll() is None for indexer in indexers):
                self.assertIn(self.write(daemon, "PUT", "p", article(random.randrange(99))), (200, 201))
            self.assertEqual([indexer.returncode for indexer in indexers], [0, 0])
        self.check()
        self.assertTrue({"a%d" % n for n in range(3000)} <= self.ids())
        done = readout.run("readout-indexer", "update", "--index", self.index)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue({"a%d" % n for n in range(3000)} <= self.ids())

    def test_nothing_acknowledged_is_lost_when_the_indexer_is_killed_in_its_turn(self):
        path = self.directory.write("long.ndjson", lines(article(n) for n in range(3000)))
        chance = random.Random(3)
        written = set()
        with self.daemon() as daemon:
            for round in range(4):
                indexer = self.start("--no-facts", "--force", path)
                end = time.monotonic() + chance.uniform(0.1, 0.9)
                least = len(written) + 2
                while time.monotonic() < end or len(written) < least:
                    name = "p%d" % len(written)
                    self.assertEqual(self.write(daemon, "PUT", name, article(len(written))), 201)
                    written.add(name)
                indexer.kill()
                indexer.wait()
                self.check()
                self.assertTrue(written <= self.ids())

    def test_nothing_acknowledged_is_lost_when_the_daemon_is_killed_in_its_turn(self):
        path = self.directory.write("long.ndjson", lines(article(n) for n in range(3000)))
        indexer = self.start("--no-facts", path)
        daemon = self.daemon()
        written = readout.kill_while_writing(
            daemon, lambda n: self.write(daemon, "PUT", "p%d" % n, article(n)), threads=4, least=8)
        self.assertEqual(indexer.wait(6 * readout.PATIENCE), 0)
        self.check()
        self.assertTrue({"p%d" % n for n in written} | {"a%d" % n for n in range(3000)} <= self.ids())

    def test_a_run_that_waits_for_its_turn_ends_with_a_signal(self):
        indexer = self.start("-", stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
        indexer.stdin.write(lines([article(1)]).encode())
        indexer.stdin.flush()
        end = time.monotonic() + readout.PATIENCE
        with open(os.path.join(self.index, "writer.lock"), encoding="ascii") as lock:
            while not lock.read().startswith("%d " % indexer.pid):
                self.assertIsNone(indexer.poll())
                self.assertLess(time.monotonic(), end, "it does not begin to write")
                lock.seek(0)
                time.sleep(0.01)
        with readout.writing(self.index):
            indexer.send_signal(signal.SIGTERM)
            self.assertEqual(indexer.wait(readout.PATIENCE), 143)
        self.check()


if __name__ == "__main__":
    readout.main()
