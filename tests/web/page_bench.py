"""page_bench.py INDEX: how long the search page takes from the last key to the first result; what it weighs.

Beside neighbours the clock says little: the processor time that the daemon took for all of it is told, too.
"""
import os
import sys

import browser
from browser import readout


def processor_ms(process):
    with open("/proc/%d/stat" % process.pid) as f:
        user, system = f.read().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) * 1000 // os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    browser.need()
    with readout.Daemon(sys.argv[1]) as daemon:
        before = processor_ms(daemon.process)
        browser.run("page_bench.js", "http://127.0.0.1:%d/" % daemon.port)
        print("processor time of the daemon: %d ms" % (processor_ms(daemon.process) - before))
