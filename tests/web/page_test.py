"""The search page in a browser."""
import browser
from browser import readout

# One story from two newspapers.
BODY = ("The keepers of the old lighthouse at Cape Verity have agreed to open its tower to visitors from the first "
        "day of spring, the harbour office said. Tickets will be sold at the gate and every climb will be led by a "
        "guide, since the upper stairs are steep and the railing is being repaired. The lamp itself, which was "
        "lit by oil until 1931, will be shown on two evenings in the year. The office expects some nine thousand "
        "visitors, twice as many as came to the museum below the tower in its best season.")
COPIES = [{"id": "light-%d" % i, "title": title, "source": source, "language": "en",
           "published": "2025-04-0%dT08:00:00Z" % i, "body": BODY}
          for i, title, source in ((1, "Lighthouse to open its tower", "Cape Courier"),
                                   (2, "Lighthouse opens tower to visitors", "Harbour Post"))]

if __name__ == "__main__":
    browser.need()
    with readout.Directory() as directory:
        index = browser.sample_index(directory)
        readout.add_articles(index, COPIES)
        with readout.Daemon(index) as daemon:
            browser.run("page.js", "http://127.0.0.1:%d/" % daemon.port)
