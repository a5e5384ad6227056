"""Requests that schemathesis makes of the description of the API, and what it thinks of the answers.

Skipped where it is not installed. READOUT_SEED and READOUT_REQUESTS (of an operation) repeat a run.
"""
import os
import shutil
import subprocess
import unittest

import readout

SEED = os.environ.get("READOUT_SEED", "20250218")
REQUESTS = os.environ.get("READOUT_REQUESTS", "20")
# No schema can say which cursors there are, or that an offset is not for those who have one.
EXCLUDED = "positive_data_acceptance"


@unittest.skipUnless(shutil.which("schemathesis"), "schemathesis is not installed")
class Schemathesis(unittest.TestCase):
    def test_it_finds_nothing(self):
        directory = readout.Directory()
        self.addCleanup(directory.__exit__)
        keys = directory.join("keys")
        key = readout.add_key(keys, "schemathesis", "--scopes", "read,write,admin")
        os.mkdir(directory.join("backups"))
        directory.write("synonyms", "")
        daemon = readout.Daemon(readout.build_index(directory), "--keys", keys, "--synonyms", directory.join("synonyms"),
                                "--backups", directory.join("backups"))
        self.addCleanup(daemon.__exit__, None)
        done = subprocess.run(
            ["schemathesis", "run", "http://127.0.0.1:%d/openapi.json" % daemon.port, "--header", "Authorization: Bearer " + key,
             "--exclude-checks", EXCLUDED, "--max-examples", REQUESTS, "--seed", SEED, "--generation-database", "none", "--no-color",
             # how long the making of requests takes on this machine says nothing about the daemon
             "--suppress-health-check", "all", "--request-timeout", str(readout.PATIENCE)],
            capture_output=True, text=True, cwd=directory.path)
        self.assertEqual(done.returncode, 0, done.stdout[-8000:] + done.stderr)


if __name__ == "__main__":
    readout.main()
