"""How the files of the search page are served."""
import gzip
import re

import readout

PARTS = {"/": "text/html; charset=utf-8", "/ui/page.css": "text/css; charset=utf-8",
         "/ui/page.js": "text/javascript; charset=utf-8", "/ui/icon.svg": "image/svg+xml",
         "/readout.js": "text/javascript; charset=utf-8", "/box.js": "text/javascript; charset=utf-8",
         "/readout.d.ts": "text/plain; charset=utf-8"}


class Page(readout.OneDaemon):
    def test_every_file_has_its_type_and_is_never_sniffed(self):
        for path, media in PARTS.items():
            status, fields, body = self.daemon.get(path)
            self.assertEqual((status, fields["content-type"]), (200, media), path)
            self.assertEqual(fields["x-content-type-options"], "nosniff")
            self.assertEqual(fields["x-frame-options"], "DENY")
            self.assertEqual(fields["referrer-policy"], "no-referrer")
            self.assertEqual(len(body), int(fields["content-length"]))
            self.assertEqual(self.daemon.request("HEAD", path)[2], b"")

    def test_the_policy_allows_nothing_from_elsewhere_and_nothing_inline(self):
        policy = self.daemon.get("/")[1]["content-security-policy"]
        self.assertIn("default-src 'none'", policy)
        self.assertIn("require-trusted-types-for 'script'", policy)
        self.assertNotIn("unsafe", policy)
        self.assertNotIn("http", policy)
        self.assertEqual(self.daemon.get("/v1/search")[1]["content-security-policy"],
                         "default-src 'none'; frame-ancestors 'none'")

    def test_what_the_page_names_is_there(self):
        html = self.daemon.get("/")[2].decode()
        names = [n for n in re.findall(r'(?:href|src)="([^"#?]*)"', html) if not n.startswith(("./", "v1/"))]
        self.assertGreater(len(names), 5)
        for name in names:
            status, _, body = self.daemon.get("/" + name)
            self.assertEqual(status, 200, name)
            for module in re.findall(r"from '([^']*)'", body.decode()):
                path = re.sub(r"^\.\./", "/", re.sub(r"^\./", "/ui/", module))
                self.assertEqual(self.daemon.get(path)[0], 200, "%s names %s" % (name, module))

    def test_compressed_for_those_who_say_so(self):
        for path in PARTS:
            _, plain_fields, plain = self.daemon.get(path)
            for accepted, packed in (("gzip, br", True), ("br;q=1, *", True), ("gzip;q=0", False),
                                     ("br", False), ("identity", False)):
                _, fields, body = self.daemon.get(path, fields={"Accept-Encoding": accepted})
                self.assertEqual(fields.get("content-encoding"), "gzip" if packed else None, accepted)
                self.assertEqual(gzip.decompress(body) if packed else body, plain)
                self.assertIn("Accept-Encoding", fields["vary"])
                self.assertEqual(fields["etag"] == plain_fields["etag"], not packed)

    def test_a_client_that_has_a_file_is_told_so(self):
        etag = self.daemon.get("/ui/page.js")[1]["etag"]
        for known, status in ((etag, 304), ("W/" + etag, 304), ('"x", ' + etag, 304), ("*", 304),
                              ('"x"', 200)):
            answer = self.daemon.get("/ui/page.js", fields={"If-None-Match": known})
            self.assertEqual((answer[0], bool(answer[2])), (status, status == 200), known)
        packed = {"If-None-Match": etag, "Accept-Encoding": "gzip"}
        self.assertEqual(self.daemon.get("/ui/page.js", fields=packed)[0], 200)

    def test_other_names_are_not_there(self):
        for path in ("/ui/", "/ui/none.js", "/ui/../route.c", "/ui/%2e%2e", "/index.html", "/page.js"):
            self.assertEqual(self.daemon.get(path)[0], 404, path)
        self.assertEqual(self.daemon.request("POST", "/")[0], 405)

    def test_the_page_needs_no_key_and_takes_any_state(self):
        with readout.Daemon(self.index, "--reading", "keys") as daemon:
            self.assertEqual(daemon.get("/?q=talks&kind=talks&side=RU&x=%00")[0], 200)
            self.assertEqual(daemon.get("/v1/search?q=a")[0], 401)

    def test_pages_of_all_sites_may_load_the_client_but_not_the_page(self):
        for options in ([], ["--cors-origin", "https://a.example"]):
            with readout.Daemon(self.index, *options) as daemon:
                fields = {"Origin": "https://b.example"}
                for path in ("/readout.js", "/box.js"):
                    answer = daemon.get(path, fields=fields)[1]
                    self.assertEqual(answer["access-control-allow-origin"], "*")
                    self.assertEqual(answer["cross-origin-resource-policy"], "cross-origin")
                self.assertNotIn("access-control-allow-origin", daemon.get("/", fields=fields)[1])


if __name__ == "__main__":
    readout.main()
