"""What the search page shows while it waits, where something failed, and where the focus goes."""
import browser
from browser import readout

if __name__ == "__main__":
    browser.need()
    with readout.Directory() as directory:
        index = browser.sample_index(directory)
        with readout.Daemon(index) as daemon:
            browser.run("states.js", "http://127.0.0.1:%d/" % daemon.port)
