"""The search page in a browser."""
import browser
from browser import readout

if __name__ == "__main__":
    browser.need()
    with readout.Directory() as directory:
        with readout.Daemon(browser.sample_index(directory)) as daemon:
            browser.run("page.js", "http://127.0.0.1:%d/" % daemon.port)
