"""The search box on a page of another origin, and its client."""
import browser
from browser import readout

if __name__ == "__main__":
    browser.need()
    with readout.Directory() as directory:
        with readout.Daemon(browser.sample_index(directory), "--cors-origin", "*") as daemon:
            browser.run("box.js", "http://127.0.0.1:%d/" % daemon.port)
