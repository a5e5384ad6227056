"""The widgets of InstantSearch.js, as npm has them, in a page of another origin."""
import browser
from browser import readout

from algolia_clients_test import ARTICLES

if __name__ == "__main__":
    browser.need()
    with readout.Directory() as directory:
        index = readout.build_index(directory, ARTICLES)
        with readout.Daemon(index, "--cors-origin", "*") as daemon:
            browser.run("widgets.js", "http://127.0.0.1:%d/" % daemon.port)
