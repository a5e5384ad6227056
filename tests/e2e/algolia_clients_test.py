"""algoliasearch and InstantSearch against the daemon, as npm has them."""
import unittest

import readout
import web

ORIGIN = "http://shop.example"
ARTICLES = readout.ARTICLES + [
    {"id": "facts-5", "title": "Lavrov and Rubio meet", "published": "2025-02-18T14:00:00Z",
     "source": "Post", "language": "en", "url": "https://post.example/5",
     "body": "RIYADH - Russian Foreign Minister Sergey Lavrov met US Secretary of State Marco Rubio in "
             "Riyadh on Tuesday for talks on Ukraine. The two sides agreed to establish a hotline."},
    {"id": "evil", "title": "Dangerous <img src=x onerror=alert(1)>", "source": "<b>Bold</b>",
     "language": "en", "body": "A dangerous <script>alert(1)</script> text."}]


class Clients(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = readout.Directory()
        cls.addClassCleanup(cls.directory.__exit__)
        cls.index = readout.build_index(cls.directory, ARTICLES)
        cls.keys = cls.directory.join("keys")
        cls.key = readout.add_key(cls.keys, "site", "--scopes", "read")

    def run_script(self, script, *options, key=""):
        with readout.Daemon(self.index, "--cors-origin", ORIGIN, *options) as daemon:
            done = web.node(script, daemon.port, *([key] if key else []))
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            log = daemon.log()
            if key:
                self.assertNotIn(key, log)
            if "--access-log" in options:  # browsers need not ask before
                self.assertIn("POST", log)
                self.assertNotIn("OPTIONS", log)

    def test_algoliasearch_without_keys(self):
        self.run_script("algolia.js")

    def test_algoliasearch_with_a_key(self):
        self.run_script("algolia.js", "--keys", self.keys, "--reading", "keys", key=self.key)

    def test_instantsearch_without_keys(self):
        self.run_script("instantsearch.js", "--access-log", "-")

    def test_instantsearch_with_a_key(self):
        self.run_script("instantsearch.js", "--keys", self.keys, "--reading", "keys", "--access-log",
                        "-", key=self.key)


if __name__ == "__main__":
    web.need_packages()
    readout.main()
