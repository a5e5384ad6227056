"""The search API on a small index: answers, errors, caching, cross-origin rules."""
import csv
import io
import json
import urllib.parse

import exposition
import readout


class Api(readout.OneDaemon):
    OPTIONS = ("--cors-origin", "https://news.example.org")

    def problem(self, answer, status, slug, where=None):
        self.assertEqual(answer[0], status, answer)
        self.assertEqual(answer[1]["content-type"], "application/problem+json")
        problem = json.loads(answer[2])
        self.assertEqual(problem["status"], status)
        self.assertEqual(problem["type"], "urn:readout:problem:" + slug)
        self.assertTrue(problem["title"])
        self.assertTrue(problem["detail"])
        if where is not None:
            self.assertEqual(problem["where"], where)
        return problem

    def ids(self, target):
        return [hit["id"] for hit in self.daemon.json(target)["hits"]]

    # ---- answers

    def test_the_command_line_asks_a_server_as_it_asks_an_index(self):
        options = ("--json", "--kind", "articles", "--limit", 2, "--offset", 1, "--snippets", 1, "--half-life",
                   90.5, "--prefix", "--explain", "--facet", "source", "talks")
        def ask(*where):
            done = readout.run("readout-query", *where, *options)
            self.assertEqual(done.returncode, 0, done.stderr)
            answer = json.loads(done.stdout)
            return [h["id"] for h in answer["hits"]], answer["total"], answer["facets"]
        self.assertEqual(ask("--server", "http://127.0.0.1:%d" % self.daemon.port),
                         ask("--index", self.index))

    def test_a_search_finds_ranked_articles_with_true_highlights(self):
        answer = self.daemon.json("/v1/search?q=consultation+mechanism")
        self.assertEqual(answer["total"], {"value": 1, "relation": "eq"})
        hit = answer["hits"][0]
        self.assertEqual(hit["id"], "riyadh-1")
        snippet = hit["snippets"][0]
        # offsets count bytes or characters alike in this ASCII text
        words = [snippet["text"][a:b] for a, b in snippet["highlights"]]
        self.assertEqual(words, ["consultation", "mechanism"])

    def test_everything_matches_an_empty_query(self):
        everything = sorted(a["id"] for a in readout.ARTICLES)
        self.assertEqual(sorted(self.ids("/v1/search")), everything)
        self.assertEqual(sorted(self.ids("/v1/search?q=")), everything)
        status, _, answer = self.daemon.query({})
        self.assertEqual((status, sorted(h["id"] for h in answer["hits"])), (200, everything))

    def test_post_and_get_say_the_same(self):
        members = {"q": "talks riyadh", "limit": 2, "sort": "-date", "facets": ["source", "year"],
                   "snippets": 1}
        status, _, posted = self.daemon.query(members)
        self.assertEqual(status, 200)
        got = self.daemon.json("/v1/search?q=talks+riyadh&limit=2&sort=-date&facets=source,year"
                               "&snippets=1")
        for answer in (posted, got):
            del answer["took_ms"]
        self.assertEqual(posted, got)
        self.assertEqual({f["value"]: f["count"] for f in got["facets"]["source"]}["Gulf Courier"], 2)

    def test_pages_follow_each_other(self):
        first = self.daemon.json("/v1/search?limit=3&sort=-date")
        rest = self.daemon.json("/v1/search?limit=3&sort=-date&cursor=" +
                                urllib.parse.quote(first["next"]))
        ids = [h["id"] for h in first["hits"] + rest["hits"]]
        self.assertEqual(ids, ["riyadh-2", "riyadh-1", "geneva/3", "cafe-4"])
        self.assertEqual(self.ids("/v1/search?limit=3&offset=3&sort=-date"), ["cafe-4"])

    def test_non_ascii_queries_arrive_escaped_or_not(self):
        for q in ("caf%C3%A9", "cafe"):
            self.assertEqual(self.ids("/v1/search?q=" + q), ["cafe-4"])
        with self.daemon.connect() as c:
            c.send("GET /v1/search?q=\"caf\u00e9+by\" HTTP/1.1\r\nHost: a\r\n\r\n".encode())
            self.assertEqual([h["id"] for h in json.loads(c.answer()[2])["hits"]], ["cafe-4"])
        self.assertEqual(self.daemon.query({"q": "caf\u00e9"})[2]["total"]["value"], 1)

    def test_an_article_is_found_by_its_escaped_id(self):
        article = self.daemon.json("/v1/articles/riyadh-1")
        self.assertEqual((article["id"], article["title"]),
                         ("riyadh-1", "Delegations meet in Riyadh"))
        self.assertIn("consultation mechanism", article["body"])
        self.assertEqual(self.daemon.json("/v1/articles/geneva%2F3")["id"], "geneva/3")
        problem = self.problem(self.daemon.get("/v1/articles/geneva/3"), 404, "no-such-resource")
        self.assertIn("percent-encoded, '/' as %2F", problem["detail"])
        self.problem(self.daemon.get("/v1/articles/none"), 404, "no-such-article")
        self.problem(self.daemon.get("/v1/articles/"), 404, "no-such-resource")
        self.problem(self.daemon.get("/v1/articles/%00"), 404, "no-such-article")

    def test_a_search_box_gets_completions(self):
        answer = self.daemon.json("/v1/suggest?q=deleg")
        words = [s["text"] for s in answer["suggestions"] if s["kind"] == "word"]
        self.assertIn("delegations", words)
        title = next(s for s in answer["suggestions"] if s["kind"] == "title")
        self.assertEqual(title["url"], self.daemon.json("/v1/articles/" + title["id"])["url"])
        self.problem(self.daemon.get("/v1/suggest?q=a&sort=date"), 400, "unknown-parameter",
                     {"in": "query", "name": "sort"})

    def test_completions_keep_to_a_filter(self):
        everything = self.daemon.json("/v1/search?limit=100")["hits"]
        for source in {hit["source"] for hit in everything}:
            wanted = urllib.parse.quote('source:"%s"' % source)
            ids = {hit["id"] for hit in everything if hit["source"] == source}
            for q in ("t", "ri", "the%20de"):
                for one in self.daemon.json("/v1/suggest?q=%s&filter=%s" % (q, wanted))["suggestions"]:
                    if one["kind"] == "title":
                        self.assertIn(one["id"], ids)
                    else:
                        found = self.daemon.json("/v1/search?match=all&typo=off&limit=0&q=%s&filter=%s" % (
                            urllib.parse.quote(one["text"]), wanted))
                        self.assertEqual(one["count"], found["total"]["value"], one)
                        self.assertGreater(one["count"], 0)
        self.assertEqual(self.daemon.json("/v1/suggest?q=ri&filter=source:nobody")["suggestions"], [])

    def accepting(self, accept, target="/v1/search?q=talks"):
        return self.daemon.get(target, fields={"Accept": accept})

    def test_the_client_chooses_the_form_of_the_answer(self):
        for accept, media in (("*/*", "application/json"),
                              ("text/html,application/xml;q=0.9,*/*;q=0.8", "application/json"),
                              ("text/csv", "text/csv"), ("text/*", "text/csv"),
                              ("application/json;q=0.5, text/csv", "text/csv"),
                              ("application/json, text/csv", "application/json")):
            status, fields, _ = self.accepting(accept)
            self.assertEqual((status, fields["content-type"].split(";")[0]), (200, media), accept)
            self.assertIn("Accept", fields["vary"])
        as_csv = self.accepting("text/csv")[1]["etag"]
        self.assertNotEqual(as_csv, self.accepting("*/*")[1]["etag"])
        target = "/v1/search?q=talks&format=csv"
        self.assertTrue(self.accepting("*/*", target)[1]["content-type"].startswith("text/csv"))

    def test_only_what_no_form_satisfies_is_not_acceptable(self):
        where = {"in": "field", "name": "Accept"}
        for target in ("/v1/search?q=talks", "/v1/suggest?q=ta", "/v1/articles/riyadh-1"):
            self.problem(self.accepting("text/html", target), 406, "not-acceptable", where)
        self.problem(self.accepting("text/csv", "/v1/suggest?q=ta"), 406, "not-acceptable")
        self.problem(self.accepting("application/json", "/v1/search?format=csv"), 406,
                     "not-acceptable")
        # errors and what machines look after come in their own form, asked for or not
        self.problem(self.accepting("text/csv", "/v1/search?limit=x"), 400, "invalid-parameter")
        self.assertEqual(self.accepting("image/png", "/metrics")[0], 200)
        self.assertEqual(self.accepting("image/png", "/healthz")[0], 200)

    def test_csv_is_a_table_of_the_hits(self):
        status, fields, body = self.daemon.get("/v1/search?q=talks&format=csv")
        self.assertEqual(status, 200)
        self.assertEqual(fields["content-type"], "text/csv; charset=utf-8; header=present")
        rows = list(csv.DictReader(io.StringIO(body.decode())))
        self.assertEqual(len(rows), 3)
        self.assertIn("riyadh-1", [row["id"] for row in rows])
        self.assertNotIn("next-cursor", fields)
        self.problem(self.daemon.get("/v1/search?format=xml"), 400, "invalid-parameter",
                     {"in": "query", "name": "format"})

    def test_csv_is_followed_to_its_end(self):
        ids, cursor, header = [], "", None
        for sort in ("relevance", "-date"):
            ids.clear()
            while cursor is not None:
                _, fields, body = self.daemon.get("/v1/search?q=talks&format=csv&limit=1&sort=%s&cursor=%s" % (sort, cursor))
                rows = list(csv.DictReader(io.StringIO(body.decode())))
                header = header or rows[0].keys()
                self.assertEqual((len(rows), rows[0].keys()), (1, header))
                ids.append(rows[0]["id"])
                cursor = fields.get("next-cursor")
            cursor = ""
            whole = self.daemon.json("/v1/search?q=talks&limit=100&sort=" + sort)
            self.assertEqual(ids, [hit["id"] for hit in whole["hits"]])

    # ---- errors

    def test_unknown_parameters_are_errors(self):
        self.problem(self.daemon.get("/v1/search?q=a&limt=3"), 400, "unknown-parameter",
                     {"in": "query", "name": "limt"})
        status, fields, _ = self.daemon.query({"limt": 3})
        self.assertEqual(status, 400)
        for target in ("/v1/articles/riyadh-1?x=1", "/healthz?x=1", "/metrics?x"):
            self.problem(self.daemon.get(target), 400, "unknown-parameter")
        answer = self.daemon.request("POST", "/v1/query?q=a", "{}",
                                     {"Content-Type": "application/json"})
        self.problem(answer, 400, "unknown-parameter", {"in": "query", "name": "q"})

    def test_wrong_values_are_errors(self):
        for query, name in (("limit=x", "limit"), ("limit=1001", "limit"), ("limit=-1", "limit"),
                            ("sort=size", "sort"), ("offset=10001", "offset"),
                            ("facets=weather", "facets"), ("match=some", "match")):
            self.problem(self.daemon.get("/v1/search?" + query), 400, "invalid-parameter",
                         {"in": "query", "name": name})

    def test_a_cursor_that_is_none_is_placed(self):
        self.problem(self.daemon.get("/v1/search?cursor=x"), 400, "invalid-parameter",
                     {"in": "query", "name": "cursor"})
        status, _, answer = self.daemon.query({"cursor": "x"})
        self.assertEqual((status, answer["where"]), (400, {"in": "body", "name": "cursor"}))

    def test_members_of_a_body_have_their_types(self):
        for name, value in (("q", 5), ("limit", "5"), ("explain", "true"), ("match", ["any"])):
            status, _, answer = self.daemon.query({name: value})
            self.assertEqual((status, answer["type"], answer["where"]),
                             (400, "urn:readout:problem:invalid-body", {"in": "body", "name": name}))

    def test_a_parameter_given_twice_is_an_error(self):
        self.problem(self.daemon.get("/v1/search?q=a&q=b"), 400, "invalid-parameter",
                     {"in": "query", "name": "q"})
        answer = self.daemon.request("POST", "/v1/query", '{"q":"a","q":"b"}',
                                     {"Content-Type": "application/json"})
        self.problem(answer, 400, "invalid-body")

    def test_hostile_escapes_are_errors(self):
        for bad in ("%", "%2", "%zz", "%C3", "%C3%28", "%C0%AF", "%ED%A0%80", "%FF", "%u0041"):
            answer = self.daemon.get("/v1/search?q=talks" + bad)
            problem = self.problem(answer, 400, "invalid-parameter")
            self.assertEqual(problem["where"]["in"], "query")
            self.problem(self.daemon.get("/v1/articles/a" + bad), 400, "malformed-request")
        self.assertEqual(self.daemon.get("/v1/search?q=a%00b")[0], 200)

    def test_bodies_that_are_not_the_expected_json_are_errors(self):
        for body in (b"", b"{", b"[]", b"nul", b"\xff", b'{"q":null}', b'{"q":{}}', b"[" * 100000,
                     b'{"a":' * 1000, b'{"q":"\xff"}', b'{"facets":[' + b'"",' * 1000 + b'""]}'):
            answer = self.daemon.request("POST", "/v1/query", body,
                                         {"Content-Type": "application/json"})
            self.problem(answer, 400, "invalid-body")
        answer = self.daemon.request("POST", "/v1/query", b'{"q": x}',
                                     {"Content-Type": "application/json"})
        self.assertGreater(json.loads(answer[2])["where"]["position"], 0)

    def test_the_body_must_say_that_it_is_json(self):
        for good in ("application/json", "Application/JSON ; charset=utf-8"):
            self.assertEqual(self.daemon.request("POST", "/v1/query", "{}",
                                                 {"Content-Type": good})[0], 200)
        for bad in ("text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""):
            answer = self.daemon.request("POST", "/v1/query", "{}", {"Content-Type": bad})
            self.problem(answer, 415, "unsupported-media-type",
                         {"in": "field", "name": "Content-Type"})

    def test_methods_are_those_of_the_resource(self):
        answer = self.daemon.request("DELETE", "/v1/search")
        self.problem(answer, 405, "method-not-allowed")
        self.assertEqual(answer[1]["allow"], "GET, HEAD, OPTIONS")
        answer = self.daemon.get("/v1/query")
        self.problem(answer, 405, "method-not-allowed")
        self.assertEqual(answer[1]["allow"], "POST, OPTIONS")
        self.problem(self.daemon.request("QUERY", "/v1/search"), 405, "method-not-allowed")
        self.problem(self.daemon.request("BREW", "/v1/search"), 501, "not-implemented")
        self.problem(self.daemon.request("DELETE", "/nowhere"), 404, "no-such-resource")
        status, fields, body = self.daemon.request("OPTIONS", "/v1/search")
        self.assertEqual((status, fields["allow"], body), (204, "GET, HEAD, OPTIONS", b""))
        status, fields, _ = self.daemon.request("OPTIONS", "*")
        self.assertEqual((status, fields["allow"]), (204, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"))

    def test_near_paths_are_not_paths(self):
        for path in ("/v1", "/v1/search/", "//v1/search", "/V1/search", "/v1/../healthz",
                     "/v1/%73earch", "/healthz%00", "/v1/articles/a/b"):
            self.problem(self.daemon.get(path), 404, "no-such-resource")

    # ---- hostile queries

    def test_huge_queries_are_answered(self):
        limit = 64 << 10
        for q in ("a" * limit, "talks " * (limit // 6), "(" * limit, '"' * limit, "a* " * (limit // 3),
                  "NOT " * (limit // 4), "\u00e9" * (limit // 2), "title:" * (limit // 6),
                  " OR ".join("w%d" % i for i in range(1000))):
            status, _, answer = self.daemon.query({"q": q})
            self.assertEqual(status, 200, (q[:20], answer))
        answer = self.daemon.query({"q": "a" * (limit + 1)})
        self.assertEqual(answer[0], 400)
        self.assertEqual(answer[2]["where"], {"in": "body", "name": "q"})

    def test_a_coded_body_is_not_taken_for_a_plain_one(self):
        for path in ("/v1/query", "/v1/queries", "/1/indexes/articles/query"):
            for body in (b'{"q":"talks"}', b"\x1f\x8b"):
                for coding, refused in (("gzip", True), ("identity", False)):
                    status, fields, answer = self.daemon.request(
                        "POST", path, body,
                        {"Content-Type": "application/json", "Content-Encoding": coding})
                    self.assertEqual(status == 415, refused, (path, answer))
                    self.assertEqual(fields.get("accept-encoding"), "identity" if refused else None)

    # ---- caching

    def test_an_etag_saves_the_answer_until_the_next_commit(self):
        for target in ("/v1/search?q=talks", "/v1/articles/riyadh-1", "/v1/suggest?q=deleg"):
            status, fields, _ = self.daemon.get(target)
            etag = fields["etag"]
            self.assertEqual(fields["cache-control"], "no-cache")
            for given in (etag, etag[2:], '"x", ' + etag, "*"):
                status, fields, body = self.daemon.get(target, fields={"If-None-Match": given})
                self.assertEqual((status, fields["etag"], body), (304, etag, b""))
                self.assertIn("vary", fields)
            self.assertEqual(self.daemon.get(target, fields={"If-None-Match": '"x"'})[0], 200)
            self.assertEqual(self.daemon.get(target, fields={"If-None-Match": etag[:-2] + '"'})[0],
                             200)
        for target in ("/v1/search?q=talks&cursor=xx", "/v1/search?q=talks&offset=1&cursor=xx",
                       "/v1/answers?q=talks&offset=1", "/v1/timeline?q=talks&kind=all",
                       "/v1/facets/source?kind=all", "/v1/facets/source?value=" + 300 * "x",
                       "/v1/suggest?q=x&limit=500"):
            for given in (etag, "*"):
                status, fields, _ = self.daemon.get(target, fields={"If-None-Match": given})
                self.assertEqual(status, 400, target)
                self.assertNotIn("etag", fields)
        for target in ("/v1/search?q=talks&offset=1", "/v1/timeline?q=talks",
                       "/v1/facets/source?value=g"):
            self.assertEqual(self.daemon.get(target, fields={"If-None-Match": etag})[0], 304)
        readout.add_articles(self.index, [{"id": "later", "title": "Later", "body": "Unrelated."}])
        self.addCleanup(readout.run, "readout-indexer", "delete", "--index", self.index, "later")
        status, fields, _ = self.daemon.get("/v1/search?q=talks", fields={"If-None-Match": etag})
        self.assertEqual(status, 200)
        self.assertNotEqual(fields["etag"], etag)

    def test_errors_are_not_tagged(self):
        for target in ("/v1/search?limit=x", "/v1/articles/none"):
            self.assertNotIn("etag", self.daemon.get(target)[1])

    # ---- cross-origin

    def test_listed_origins_may_read(self):
        origin = {"Origin": "https://news.example.org"}
        for target in ("/v1/search?q=talks", "/nowhere", "/healthz"):
            fields = self.daemon.get(target, fields=origin)[1]
            self.assertEqual(fields["access-control-allow-origin"], origin["Origin"])
            self.assertIn("Origin", fields["vary"])
        status, fields, _ = self.daemon.request(
            "OPTIONS", "/v1/query", fields=dict(origin, **{"Access-Control-Request-Method": "POST"}))
        self.assertEqual(status, 204)
        self.assertIn("POST", fields["access-control-allow-methods"])
        self.assertIn("Content-Type", fields["access-control-allow-headers"])

    def test_other_origins_may_not(self):
        for origin in ("https://evil.example", "https://news.example.org.evil.example", "null",
                       "http://news.example.org"):
            fields = self.daemon.get("/v1/search", fields={"Origin": origin})[1]
            self.assertNotIn("access-control-allow-origin", fields)
            self.assertIn("Origin", fields["vary"])

    # ---- operations

    def test_metrics_are_prometheus_text(self):
        self.daemon.get("/v1/search?q=talks")
        self.daemon.get("/nowhere")
        status, fields, body = self.daemon.get("/metrics")
        self.assertEqual(status, 200)
        self.assertTrue(fields["content-type"].startswith("text/plain; version=0.0.4"))
        text = body.decode()
        self.assertIn('readout_http_requests_total{route="/v1/search",status="200"}', text)
        self.assertIn('readout_http_requests_total{route="none",status="404"}', text)
        exposition.read(text)

    def test_an_answer_says_how_long_its_query_took(self):
        self.assertRegex(self.daemon.get("/v1/search?q=talks")[1]["server-timing"],
                         r"^queue;dur=\d+\.\d{3}, query;dur=\d+\.\d{3}$")


if __name__ == "__main__":
    readout.main("readout-indexer", "readout-searchd", "readout-query")
