"""That the packages the tests of the web need can be had here."""
import unittest

import readout
import web


class Packages(unittest.TestCase):
    def test_each_package_loads(self):
        done = web.node("packages.js")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("algoliasearch", done.stdout.split())


if __name__ == "__main__":
    web.need_packages()
    readout.main()
