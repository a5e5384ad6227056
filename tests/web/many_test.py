"""The search page on more than ten thousand articles, which one word finds, and another but one of them."""
import browser
from browser import readout

PLACES = ("Oslo", "Doha", "Nairobi", "Ankara", "Tashkent")


def article(i):
    """One of its own words and of its own day, so that no two are one story."""
    return {"id": "a%d" % i, "title": "Grain report %d" % i, "language": "en", "source": "Desk %d" % (i % 9),
            "published": "%d-%02d-%02dT08:00:00Z" % (2010 + i % 15, 1 + i % 12, 1 + i % 28),
            "body": "%s - The harvest of lot n%dx was weighed and the grain sold." % (PLACES[i % 5].upper(), i)}


if __name__ == "__main__":
    browser.need()
    articles = [article(i) for i in range(10500)]
    articles.append({"id": "one", "title": "A lighthouse", "language": "en", "published": "2025-01-02",
                     "body": "The lighthouse was painted."})
    with readout.Directory() as directory:
        with readout.Daemon(readout.build_index(directory, articles)) as daemon:
            browser.run("many.js", "http://127.0.0.1:%d/" % daemon.port)
