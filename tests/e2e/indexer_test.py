"""readout-indexer as a user meets it: killed, stopped, out of room, watching a directory."""
import contextlib
import json
import os
import random
import re
import resource
import signal
import sqlite3
import subprocess
import time
import unittest

import readout

ROUNDS = 20  # of kill -9


def line(number):
    body = " ".join("word%d" % ((number * 7 + i) % 997) for i in range(120))
    return json.dumps({"id": "a%d" % number, "title": "Title %d" % number, "body": body}) + "\n"


class Indexer(unittest.TestCase):
    def setUp(self):
        self.directory = readout.tempfile.mkdtemp(prefix="readout-indexer-")
        self.addCleanup(readout.shutil.rmtree, self.directory, True)
        self.index = self.path("news.idx")

    def path(self, *parts):
        return os.path.join(self.directory, *parts)

    def write(self, name, text):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)
        return path

    def indexer(self, command, *args, **more):
        return readout.run("readout-indexer", command, "--index", self.index, *args, **more)

    def start(self, command, *args, **more):
        process = subprocess.Popen(
            [readout.program("readout-indexer"), command, "--index", self.index, *args],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, **more)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.kill)
        return process

    def ids(self):
        dump = self.indexer("dump")
        self.assertEqual(dump.returncode, 0, dump.stderr)
        return [json.loads(article)["id"] for article in dump.stdout.splitlines()]

    def check(self):
        check = self.indexer("check")
        self.assertEqual(check.returncode, 0, check.stdout + check.stderr)

    def wait_for_watch(self, process):
        """Until it has been told by the kernel what happens in a directory."""
        def watches():
            infos = "/proc/%d/fdinfo" % process.pid
            for name in os.listdir(infos):
                with contextlib.suppress(FileNotFoundError), open(os.path.join(infos, name), encoding="ascii") as f:
                    if "inotify wd:" in f.read():
                        return True
            return False
        self.wait_for("a watch", watches)

    def send_once_caught(self, process, number):
        """Sends the signal as soon as the process has its own way with it."""
        def is_caught():
            with open("/proc/%d/status" % process.pid, encoding="utf-8") as f:
                return int(re.search(r"^SigCgt:\s+(\w+)$", f.read(), re.M).group(1), 16) >> (number - 1) & 1
        self.wait_for("a handler of the signal", is_caught)
        process.send_signal(number)

    def wait_for(self, what, condition):
        end = time.monotonic() + readout.PATIENCE
        while not condition():
            self.assertLess(time.monotonic(), end, what)
            time.sleep(0.05)

    def test_nothing_acknowledged_is_lost_by_kill_9(self):
        done = self.write("done.ndjson", "".join(line(i) for i in range(200)))
        self.assertEqual(self.indexer("add", done).returncode, 0)
        kept = set(self.ids())
        big = self.write("big.ndjson", "".join(line(i) for i in range(200, 12000)))
        chance = random.Random(2)
        for _ in range(ROUNDS):
            process = self.start("add", big, "--force")
            time.sleep(chance.uniform(0.01, 0.5))
            process.send_signal(signal.SIGKILL)
            process.wait()
            self.check()
            now = set(self.ids())
            self.assertTrue(kept <= now)
            kept = now
        self.assertEqual(self.indexer("add", big).returncode, 0)
        self.assertEqual(sorted(self.ids()), sorted("a%d" % i for i in range(12000)))

    def found(self):
        answer = readout.run("readout-query", "--index", self.index, "--kind", "articles",
                             "--facet", "language", "--json", "title")
        self.assertIn(answer.returncode, (0, 1), answer.stderr)
        return json.loads(answer.stdout)["total"]["value"]

    def segments(self):
        """The files there are, and those that the catalogue names."""
        with contextlib.closing(sqlite3.connect(os.path.join(self.index, "catalog.db"))) as db:
            named = ["%d.seg" % row[0] for row in db.execute("SELECT id FROM segment")]
        return sorted(os.listdir(os.path.join(self.index, "segments"))), sorted(named)

    def test_kill_9_while_parts_are_made_and_merged(self):
        per_file = 2500  # words enough for a part of their own
        files = [self.write("f%d.ndjson" % n, "".join(
            line(i) for i in range(n * per_file, (n + 1) * per_file))) for n in range(4)]
        self.assertEqual(self.indexer("add", "--no-facts", files[0]).returncode, 0)
        kept = set(self.ids())
        chance = random.Random(5)
        for turn in range(ROUNDS):
            process = (self.start("optimize") if turn % 3 == 2 else
                       self.start("add", "--no-facts", "--force", files[turn % len(files)]))
            time.sleep(chance.uniform(0.0, 0.6))
            process.send_signal(signal.SIGKILL)
            process.wait()
            self.check()
            now = set(self.ids())
            self.assertTrue(kept <= now)
            self.assertEqual(self.found(), len(now))
            kept = now
        self.assertEqual(self.indexer("add", "--no-facts", *files).returncode, 0)
        self.assertEqual(self.indexer("optimize").returncode, 0)
        self.assertEqual(self.found(), len(files) * per_file)
        there, named = self.segments()
        self.assertEqual(there, named)

    def test_a_signal_stops_and_keeps_what_is_whole(self):
        big = self.write("big.ndjson", "".join(line(i) for i in range(20000)))
        process = self.start("add", big)
        time.sleep(0.3)
        self.send_once_caught(process, signal.SIGTERM)
        self.assertIn(process.wait(readout.PATIENCE), (0, 143))
        self.check()
        self.assertEqual(self.indexer("add", big).returncode, 0)
        self.assertEqual(len(self.ids()), 20000)

    def test_a_full_disk_is_said_and_survived(self):
        done = self.write("done.ndjson", "".join(line(i) for i in range(200)))
        self.assertEqual(self.indexer("add", done).returncode, 0)
        big = self.write("big.ndjson", "".join(line(i) for i in range(200, 20000)))

        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))

        full = self.indexer("add", big, preexec_fn=limit)
        self.assertEqual(full.returncode, 2)
        self.assertRegex(full.stderr, "no space left")
        self.check()
        kept = self.ids()
        self.assertTrue({"a%d" % i for i in range(200)} <= set(kept))
        added = re.search(r"added ([0-9,]+),", full.stderr)  # no summary: nothing was
        self.assertEqual(int(added.group(1).replace(",", "")) if added else 0, len(kept) - 200)
        self.assertEqual(self.indexer("add", big).returncode, 0)
        self.assertEqual(len(self.ids()), 20000)

    def test_watch_follows_a_directory(self):
        self.write("w/a.txt", "First\nIt is here.")
        process = self.start("watch", self.path("w"))
        count = lambda n: lambda: os.path.exists(self.index) and self.stats() == n
        self.wait_for("the first file", count(1))
        self.write("w/new/deep/b.txt", "Second\nIt is here too.")
        self.wait_for("a new directory", count(2))
        self.write("w/a.ndjson", line(1) + line(2))
        self.wait_for("a new file", count(4))
        self.write("w/a.ndjson", line(1))
        self.wait_for("a changed file", count(3))
        os.rename(self.path("w/new"), self.path("gone"))
        self.wait_for("a directory moved away", count(2))
        os.unlink(self.path("w/a.txt"))
        self.wait_for("a file deleted", count(1))
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(readout.PATIENCE), 0)

    def test_many_may_make_the_index_at_once(self):
        paths = [self.write("%d.txt" % i, "Title %d\nIt is here." % i) for i in range(6)]
        for _ in range(5):
            readout.shutil.rmtree(self.index, True)
            processes = [self.start("add", "--quiet", path) for path in paths]
            for process in processes:
                self.assertEqual((process.wait(readout.PATIENCE), process.stderr.read()), (0, ""))
            self.assertEqual(self.stats(), 6)

    def test_watch_waits_for_another_writer(self):
        self.write("w/a.txt", "First\nIt is here.")
        self.assertEqual(self.indexer("add", "-", input=line(1)).returncode, 0)
        with readout.writing(self.index):
            process = self.start("watch", self.path("w"))
            self.assertIn("waiting: ", process.stderr.readline())
        self.wait_for("the first file", lambda: self.stats() == 2)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(readout.PATIENCE), 0)

    def test_a_wait_for_another_writer_is_told_and_ends_with_a_signal(self):
        self.assertEqual(self.indexer("add", "-", input=line(1)).returncode, 0)
        with readout.writing(self.index):
            process = self.start("add", self.write("a.txt", "First\nIt is here."))
            self.assertRegex(process.stderr.readline(),
                             r"^waiting: .* process [0-9]+ .*is writing it$")
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(readout.PATIENCE), 143)

    def test_watch_sees_directories_that_came_in_a_burst(self):
        self.write("w/a.txt", "First\nIt is here.")
        process = self.start("watch", self.path("w"))
        self.wait_for("the first file", lambda: self.stats() == 1)
        for i in range(200):
            self.write("w/f%d.txt" % i, "Title %d\nIt is here." % i)
        for i in range(20):
            os.makedirs(self.path("w/d%d" % i))
        self.wait_for("the burst", lambda: self.stats() == 201)
        for i in range(20):
            self.write("w/d%d/late.txt" % i, "Late %d\nIt came later." % i)
        self.wait_for("files in directories of the burst", lambda: self.stats() == 221)
        # a directory that was deleted and made again among other changes
        os.unlink(self.path("w/d3/late.txt"))
        os.rmdir(self.path("w/d3"))
        self.write("w/z.txt", "Another\nIt is there.")
        os.makedirs(self.path("w/d3"))
        self.wait_for("a directory made again", lambda: self.stats() == 221)
        time.sleep(0.5)
        self.write("w/d3/late.txt", "Again\nIt came again.")
        self.wait_for("a file in it", lambda: self.stats() == 222)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(readout.PATIENCE), 0)

    def test_watch_ends_with_an_error_when_its_directory_goes(self):
        for how in (lambda: os.rename(self.path("w"), self.path("gone")),
                    lambda: readout.shutil.rmtree(self.path("w"))):
            self.write("w/a.txt", "First\nIt is here.")
            process = self.start("watch", self.path("w"))
            self.wait_for("the first file", lambda: self.stats() == 1)
            self.wait_for_watch(process)
            how()
            self.assertEqual(process.wait(readout.PATIENCE), 2)
            self.assertIn("is gone", process.stderr.read())

    def stats(self):
        stats = self.indexer("stats", "--json")
        return json.loads(stats.stdout)["articles"] if stats.returncode == 0 else -1

    def test_a_signal_ends_a_wait_for_standard_input(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            process = self.start("add", "-", stdin=subprocess.PIPE)
            self.addCleanup(process.stdin.close)
            self.wait_for("the index", lambda: os.path.exists(self.index))
            time.sleep(0.3)
            self.send_once_caught(process, number)
            self.assertEqual(process.wait(readout.PATIENCE), 128 + number)

    def test_names_of_files_are_printed_escaped(self):
        os.mkdir(self.path("w"))
        for name in (b"esc\x1b[31m\n.json", b"bad\xff.json", "caf\u00e9.json".encode()):
            with open(os.path.join(self.path("w").encode(), name), "wb") as out:
                out.write(b"{")
        added = self.indexer("add", self.path("w"))
        self.assertEqual(added.returncode, 1)
        self.assertIn("esc\\x1B[31m\\x0A.json", added.stderr)
        self.assertIn("bad\\xFF.json", added.stderr)
        self.assertIn("caf\u00e9.json", added.stderr)

    def test_a_fault_is_said_and_nothing_else(self):
        missing = self.indexer("add", self.path("missing"))
        self.assertEqual(missing.returncode, 2)
        self.assertFalse(os.path.exists(self.index))
        self.assertIn("No such file", missing.stderr)
        self.write("empty.ndjson", '{"id": "1", "body": "x"}\n')
        self.assertEqual(self.indexer("add", self.path("empty.ndjson")).returncode, 0)
        self.assertIn("published    none", self.indexer("stats").stdout)

        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (1, 1))

        fault = self.indexer("add", self.write("a.txt", "First\nIt is."), preexec_fn=limit)
        self.assertEqual(fault.returncode, 2)
        self.assertNotIn("added", fault.stderr)

    def test_damage_of_the_catalogue_is_told_in_sentences(self):
        self.assertEqual(self.indexer("add", "-", input="".join(map(line, range(300)))).returncode, 0)
        path = os.path.join(self.index, "catalog.db")
        with open(path, "rb") as catalog:
            good = catalog.read()
        told = []
        for at in range(8192, len(good), len(good) // 12 // 8192 * 8192):  # one page at a time
            with open(path, "r+b") as catalog:
                catalog.write(good)
                catalog.seek(at)
                catalog.write(random.Random(at).randbytes(8192))
            check = self.indexer("check")
            self.assertEqual((check.returncode, check.stderr), (1, ""), at)
            self.assertLess(check.stdout.count("\n"), 8)
            self.assertNotRegex(check.stdout, r"\*\*\*|malformed|disk image")
            told.append(check.stdout)
        self.assertRegex("".join(told), r"(?m)^catalogue: the file catalog\.db is damaged in [a-z0-9 ]+ places?; "
                                        r"restore a backup, or index the articles anew \(SQLite says of the "
                                        r"first: .+\)$")

    def test_a_summary_can_be_had_as_json(self):
        added = self.indexer("add", "--json", "-", input=line(1) + "broken\n" + line(2))
        self.assertEqual(added.returncode, 1)
        summary = json.loads(added.stdout)
        self.assertEqual((summary["added"], summary["skipped"], summary["stopped"]), (2, 1, False))
        self.assertIn("-:2: not JSON: invalid token near 'broken' (column 6)", added.stderr)
        self.assertNotIn("added", added.stderr)
        deleted = self.indexer("delete", "--json", "--quiet", "a1")
        self.assertEqual((json.loads(deleted.stdout)["removed"], deleted.stderr), (1, ""))

    def test_standard_input_and_the_exit_status(self):
        added = self.indexer("add", "-", input=line(1) + "broken\n" + line(2))
        self.assertEqual(added.returncode, 1)
        self.assertIn("-:2: not JSON", added.stderr)
        self.assertEqual(self.ids(), ["a1", "a2"])
        self.assertEqual(self.indexer("add", self.path("missing")).returncode, 1)
        self.assertEqual(self.indexer("add").returncode, 2)
        self.assertEqual(self.indexer("delete", "a1").returncode, 0)
        self.assertEqual(self.indexer("delete", "a1").returncode, 1)
        self.assertEqual(self.indexer("dump", "a2").returncode, 0)
        self.assertEqual(self.indexer("dump", "a1").returncode, 2)
        self.assertEqual(self.indexer("optimize").returncode, 0)
        self.check()
        nowhere = readout.run("readout-indexer", "check", "--index", self.path("nowhere"))
        self.assertEqual(nowhere.returncode, 2)


if __name__ == "__main__":
    readout.main("readout-indexer")
