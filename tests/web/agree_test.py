"""What the search page says and what its links give, on the sample articles."""
import browser
from browser import readout

if __name__ == "__main__":
    browser.need()
    with readout.Directory() as directory:
        with readout.Daemon(browser.sample_index(directory)) as daemon:
            browser.run("agree.js", "http://127.0.0.1:%d/" % daemon.port)
