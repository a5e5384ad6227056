"""Each view of the search page: accessible at every size and in both schemes; and what it does in trouble."""
import browser
from browser import readout

if __name__ == "__main__":
    browser.need()
    with readout.Directory() as directory:
        index = browser.sample_index(directory)
        with readout.Daemon(index) as daemon:
            browser.run("views.js", "http://127.0.0.1:%d/" % daemon.port)
        keys = directory.join("keys")
        key = readout.run("readout-searchd", "keys", "add", "reader", "--scopes", "read", "--keys", keys)
        empty = directory.join("empty.idx")
        readout.run("readout-indexer", "add", "--index", empty, "-", input="")
        locked = ("--keys", keys, "--reading", "keys")
        with readout.Daemon(empty, *locked) as first, readout.Daemon(index, *locked) as second:
            browser.run("locked.js", "http://127.0.0.1:%d/" % first.port,
                        "http://127.0.0.1:%d/" % second.port, key.stdout.split()[-1])
