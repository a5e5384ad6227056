"""The search page when things come late, out of order, or not at all; and its way back."""
import browser
from browser import readout

if __name__ == "__main__":
    browser.need()
    with readout.Directory() as directory:
        index = browser.sample_index(directory)
        with readout.Daemon(index) as daemon:
            browser.run("ways.js", "http://127.0.0.1:%d/" % daemon.port)
