"""Tests in node, with the packages of tests/web/package.json.

The packages are installed once for each state of that file, into web/ of the build directory. Without
node, npm or a registry that has them the test is skipped, and says why.
"""
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time

import readout

SOURCE = os.path.join(readout.SOURCE, "tests", "web")
HOME = os.environ.get("READOUT_WEB") or os.path.join(os.path.dirname(readout.BIN), "web")
NODE_OLDEST = 18
INSTALL_PATIENCE = 240
GIVEN_UP_FOR = 900  # seconds, in which nobody else tries what failed


def skip(why):
    print("skipped: " + why)
    sys.exit(readout.SKIP)


def node_version():
    if not shutil.which("node") or not shutil.which("npm"):
        return 0
    text = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout
    return int(text.lstrip("v").split(".")[0] or 0)


def install(wanted):
    """Puts the packages into HOME; what is there of another state goes. Why it could not be done, or None."""
    shutil.rmtree(os.path.join(HOME, "node_modules"), ignore_errors=True)
    shutil.copy(os.path.join(SOURCE, "package.json"), HOME)
    try:
        done = subprocess.run(["npm", "install", "--no-package-lock", "--ignore-scripts", "--no-audit",
                               "--no-fund", "--loglevel=error"], cwd=HOME, text=True,
                              capture_output=True, timeout=INSTALL_PATIENCE)
        failed = done.stderr.strip()[-300:] if done.returncode else None
    except subprocess.TimeoutExpired:
        failed = "it took more than %d seconds" % INSTALL_PATIENCE
    if failed is None:
        with open(os.path.join(HOME, "state"), "w", encoding="ascii") as f:
            f.write(wanted)
    return failed


def need_packages():
    """Makes sure that the packages are there; skips the test where that cannot be."""
    if node_version() < NODE_OLDEST:
        skip("node %d or newer with npm is not installed" % NODE_OLDEST)
    os.makedirs(HOME, exist_ok=True)
    with open(os.path.join(SOURCE, "package.json"), "rb") as f:
        wanted = hashlib.sha256(f.read()).hexdigest()
    with open(os.path.join(HOME, "lock"), "a+", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        state = os.path.join(HOME, "state")
        there = open(state, encoding="ascii").read() if os.path.exists(state) else ""
        if there == wanted:
            return
        lock.seek(0)
        failed = lock.read() if time.time() - os.fstat(lock.fileno()).st_mtime < GIVEN_UP_FOR else ""
        failed = failed or install(wanted)
        lock.truncate(0)
        if failed:
            lock.write(failed)
            skip("npm could not install the packages: " + failed)


def node(script, *args, timeout=None, **more):
    """Runs tests/web/SCRIPT, which may require() the packages, to its end."""
    environment = dict(os.environ, NODE_PATH=os.path.join(HOME, "node_modules"))
    return subprocess.run(["node", os.path.join(SOURCE, script), *map(str, args)], text=True,
                          capture_output=True, env=environment,
                          timeout=timeout or 10 * readout.PATIENCE, **more)
