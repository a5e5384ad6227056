"""page_bench.py INDEX: how long the search page takes from the last key to the first result; what it weighs."""
import sys

import browser
from browser import readout

if __name__ == "__main__":
    browser.need()
    with readout.Daemon(sys.argv[1]) as daemon:
        browser.run("page_bench.js", "http://127.0.0.1:%d/" % daemon.port)
