"""screenshots.py: takes the pictures of the README anew, on the sample articles."""
import os

import browser
from browser import readout

if __name__ == "__main__":
    browser.need()
    with readout.Directory() as directory:
        with readout.Daemon(browser.sample_index(directory)) as daemon:
            browser.run("screenshots.js", "http://127.0.0.1:%d/" % daemon.port,
                        os.path.join(readout.SOURCE, "docs"))
