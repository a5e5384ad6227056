"""Tests in Debian's Chromium: a daemon on the sample articles, and a script of this folder run by node.

The script prints a line for each case and exits with 1 when one failed. It is ended with the test, and the
browser with it.
"""
import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))

import readout  # noqa: E402
import web  # noqa: E402

CHROMIUM = os.environ.get("READOUT_CHROMIUM") or shutil.which("chromium")


def sample_index(directory):
    """An index of the sample articles; one of them is damaged on purpose, so 1 is fine."""
    index = directory.join("samples.idx")
    samples = os.path.join(readout.SOURCE, "tests", "samples")
    done = readout.run("readout-indexer", "add", "--index", index, "--quiet", ".", cwd=samples)
    if done.returncode not in (0, 1):
        raise RuntimeError("readout-indexer failed: " + done.stderr)
    return index


def run(script, *addresses, timeout=1200):
    """Runs the script on the addresses of daemons; ends this process if a case fails."""
    os.environ["READOUT_CHROMIUM"] = CHROMIUM
    done = web.node(script, *addresses, timeout=timeout)
    print(done.stdout + done.stderr)
    if done.returncode:
        sys.exit("%s failed" % script)


def need():
    """Skips the test where there is no browser, or no package."""
    if not CHROMIUM:
        web.skip("chromium is not installed")
    web.need_packages()
