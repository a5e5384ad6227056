"""Backup of an index that is served and written, and restoring it without losing a request."""
import os
import threading

import readout


class Backup(readout.OwnKey):
    def setUp(self):
        super().setUp()
        self.copy = self.directory.join("copy.idx")

    def count(self, daemon):
        return daemon.json("/v1/search?limit=0")["total"]["value"]

    def test_an_index_is_backed_up_and_restored_while_it_is_served(self):
        with open(os.path.join(self.index, "synonyms.txt"), "w", encoding="utf-8") as file:
            file.write("talks, parley\n")
        with readout.Daemon(self.index, "--keys", self.keys) as daemon:
            def put(name):
                article = {"title": name, "body": "Talks about " + name, "language": "en"}
                return self.send(daemon, "PUT", name, article)[0]
            self.assertEqual(put("before"), 201)
            statuses, stop = [], threading.Event()

            def ask():
                while not stop.is_set():
                    statuses.append(daemon.get("/v1/search?q=talks")[0])
            asking = threading.Thread(target=ask)
            asking.start()
            try:
                done = readout.run("readout-indexer", "backup", self.copy, "--index", self.index)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertEqual(put("after"), 201)
                self.assertEqual(self.count(daemon), 6)
                os.rename(self.index, self.index + ".old")
                os.rename(self.copy, self.index)
                daemon.signal(readout.signal.SIGHUP)
                daemon.wait_until(lambda: self.count(daemon) == 5, "the copy is served")
                told = "opened again, with synonyms and without settings of its own"
                daemon.wait_until(lambda: told in daemon.log(), "the writer follows")
                self.assertTrue(os.path.exists(os.path.join(self.index, "synonyms.txt")))
                self.assertEqual(daemon.get("/v1/articles/after")[0], 404)
                self.assertEqual(daemon.get("/v1/articles/before")[0], 200)
                self.assertEqual(put("again"), 201)
                daemon.wait_until(lambda: self.count(daemon) == 6, "what was written is found")
            finally:
                stop.set()
                asking.join()
            self.assertGreater(len(statuses), 3)
            self.assertEqual(set(statuses), {200})
        done = readout.run("readout-indexer", "check", "--index", self.index)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_wrong_use_is_told(self):
        def backup(*args):
            return readout.run("readout-indexer", "backup", "--index", self.index, *args)
        self.assertEqual(backup().returncode, 2)
        self.assertEqual(backup("a", "b").returncode, 2)
        done = backup(self.directory.path)
        self.assertEqual(done.returncode, 2)
        self.assertIn("there already", done.stderr)
        done = readout.run("readout-indexer", "backup", "--index", self.directory.join("no"), self.copy)
        self.assertEqual(done.returncode, 2)
        self.assertFalse(os.path.exists(self.copy))


if __name__ == "__main__":
    readout.main()
