"""What the daemon can no longer do once it serves."""
import json
import os
import shutil
import signal
import unittest

import readout


def status_of(daemon, name):
    with open("/proc/%d/status" % daemon.process.pid, encoding="ascii") as f:
        return next(line.split()[1] for line in f if line.startswith(name + ":"))


class Sandbox(unittest.TestCase):
    def setUp(self):
        self.directory = readout.Directory()
        self.addCleanup(self.directory.__exit__)
        os.mkdir(self.directory.join("own"))
        self.index = readout.build_index(self.directory, name="own/news.idx")
        self.config = self.directory.write("own/searchd.conf", "queue = 100\n")

    def daemon(self, *options, **more):
        daemon = readout.Daemon(self.index, "--config", self.config, *options, **more)
        self.addCleanup(daemon.__exit__, None)
        if "files by Landlock, system calls by seccomp" not in daemon.log() and "off" not in options:
            self.skipTest("no sandbox here, or it is off under sanitizers")
        return daemon

    def reload(self, daemon, text):
        self.directory.write("own/searchd.conf", text)
        count = daemon.log().count("settings read again")
        daemon.signal(signal.SIGHUP)
        daemon.wait_until(lambda: daemon.log().count("settings read again") > count, "the reload")

    def test_the_kernel_says_that_it_is_in_force(self):
        daemon = self.daemon()
        self.assertEqual((status_of(daemon, "NoNewPrivs"), status_of(daemon, "Seccomp")), ("1", "2"))
        daemon = self.daemon("--sandbox", "off")
        self.assertEqual((status_of(daemon, "NoNewPrivs"), status_of(daemon, "Seccomp")), ("0", "0"))

    def test_files_outside_the_roots_cannot_be_opened(self):
        os.mkdir(self.directory.join("other"))
        secret = self.directory.join("other", "keys")
        key = readout.add_key(secret, "x")
        good = {"Authorization": "Bearer " + key}
        daemon = self.daemon()
        self.reload(daemon, "keys = %s\naccess-log = %s\n" %
                    (secret, self.directory.join("other", "access.log")))
        self.assertIn("keys stay as they were", daemon.log())
        self.assertIn("cannot open access log", daemon.log())
        self.assertEqual(daemon.log().count("Permission denied"), 2)
        self.assertFalse(os.path.exists(self.directory.join("other", "access.log")))
        self.assertEqual(daemon.get("/v1/search?q=talks", fields=good)[0], 401)
        shutil.move(secret, self.directory.join("own", "keys"))
        self.reload(daemon, "keys = %s\n" % self.directory.join("own", "keys"))
        self.assertEqual(daemon.get("/v1/search?q=talks", fields=good)[0], 200)

    def test_all_that_it_is_for_goes_on(self):
        keys = self.directory.join("own", "keys")
        key = readout.add_key(keys, "x", "--scopes", "read,write")
        os.mkdir(self.directory.join("logs"))
        log = self.directory.join("logs", "access.log")
        self.daemon().stop()  # skips where there is none: `on` would have it under sanitizers, too
        daemon = self.daemon("--keys", keys, "--access-log", log, "--sandbox", "on")
        fields = {"Authorization": "Bearer " + key, "Content-Type": "application/x-ndjson"}
        body = "".join(json.dumps({"id": "n%d" % i, "title": "New %d" % i, "body": "Words. " * 200}) + "\n"
                       for i in range(2500))  # enough for a sealed leaf
        status, _, answer = daemon.request("POST", "/v1/articles", body, fields)
        self.assertEqual(status, 200, answer)
        daemon.wait_until(lambda: daemon.metric("readout_index_articles") > 2500, "all of them")
        daemon.wait_until(lambda: os.listdir(os.path.join(self.index, "segments")), "a sealed leaf")
        os.rename(log, log + ".1")
        self.reload(daemon, "queue = 100\n")
        daemon.get("/v1/search?q=talks&format=atom")
        daemon.wait_until(lambda: os.path.getsize(log) > 0, "a line in the new log")
        daemon.wait_until(lambda: "opened again" in daemon.log(), "the index")
        self.assertGreater(daemon.metric("process_open_fds"), 5)
        self.assertNotIn("denied", daemon.log())
        self.assertNotIn("not permitted", daemon.log())


if __name__ == "__main__":
    readout.main()
