"""Raw request cases kept outside the repository (READOUT_SHARED/eval/http): framing must pass whole.

Every case passes at present; one that must not would be listed in EXCEPTIONS with its reason.
"""
import os
import re
import subprocess
import sys
import unittest

import readout

RUNNER = os.path.join(readout.SHARED, "eval", "http", "run_cases.py")
EXCEPTIONS = {}


class HttpCases(unittest.TestCase):
    def test_every_case_is_judged_as_the_rfc_says(self):
        with readout.Directory() as directory:
            index = readout.build_index(directory)
            with readout.Daemon(index) as daemon:
                done = subprocess.run([sys.executable, RUNNER, str(daemon.port)], text=True,
                                      capture_output=True, timeout=6 * readout.PATIENCE)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        failed = set(re.findall(r"^FAIL (\S+)", done.stdout, re.M))
        self.assertEqual(failed, set(EXCEPTIONS), done.stdout)
        self.assertRegex(done.stdout, r"http passed \d+ of \d+")


if __name__ == "__main__":
    if not os.path.exists(RUNNER):
        print("skipped: %s is not there" % RUNNER)
        sys.exit(readout.SKIP)
    readout.main()
