"""The Algolia search protocol, as bytes: what clients send and what they get. The clients themselves are
in algolia_clients_test.py."""
import json
import re
import urllib.parse

import readout

ARTICLES = readout.ARTICLES + [
    {"id": "facts-5", "title": "Lavrov and Rubio meet", "published": "2025-02-18T14:00:00Z",
     "source": 'The "Daily" \u00abPost\u00bb \\', "language": "en", "url": "https://post.example/5",
     "body": "RIYADH - Russian Foreign Minister Sergey Lavrov met US Secretary of State Marco Rubio in "
             "Riyadh on Tuesday for talks on Ukraine. The two sides agreed to establish a hotline."},
    {"id": "old-6", "title": "An undated note", "source": "-dash", "language": "fr",
     "body": "Une note sans date."}]
GULF, LAKE = ["riyadh-1", "riyadh-2"], ["cafe-4", "geneva/3"]
KEY = "x-algolia-api-key"


class Protocol(readout.OneDaemon):
    ARTICLES = ARTICLES

    def post(self, path, body, daemon=None, **fields):
        text = body if isinstance(body, (str, bytes)) else json.dumps(body)
        status, _, body = (daemon or self.daemon).request(
            "POST", "/1/indexes/" + path, text, {"Content-Type": "text/plain", **fields})
        return status, json.loads(body)

    def search(self, index="articles", **params):
        status, answer = self.post(index + "/query", params)
        self.assertEqual(status, 200, answer)
        return answer

    def ids(self, **params):
        return sorted(h["objectID"] for h in self.search(**params)["hits"])

    # ---- filters

    def test_filters_find_what_they_say(self):
        everything = sorted(a["id"] for a in ARTICLES)
        for text, ids in (
                ('source:"Gulf Courier"', GULF),
                ("source:'Gulf Courier'", GULF),
                ('source:"gulf courier"', GULF),
                ('NOT source:"Gulf Courier"', [i for i in everything if i not in GULF]),
                ('NOT NOT source:"Gulf Courier"', GULF),
                ('source:"The \\"Daily\\" \u00abPost\u00bb \\\\"', ["facts-5"]),
                ("source:-dash", ["old-6"]),
                # what a condition is worth is passed over
                ('source:"Gulf Courier"<score=2> AND year:2025<score=1>', GULF),
                ('(source:"Gulf Courier"<score=2> OR year:2024<score=3>)', GULF + ["geneva/3"]),
                ("language:fr", ["old-6"]),
                ('source:"Gulf Courier" AND month:2025-03', ["riyadh-2"]),
                ('source:"Gulf Courier" OR year:2024', GULF + ["geneva/3"]),
                # OR binds closer
                ('source:"Gulf Courier" OR source:"Lake Observer" AND year:2025', GULF),
                ('(source:"Lake Observer" AND year:2024) OR year:2023', LAKE),
                ('NOT (source:"Gulf Courier" OR year:2023)', ["facts-5", "geneva/3", "old-6"]),
                ("year >= 2024", ["facts-5", "geneva/3"] + GULF),
                ("year > 2024", ["facts-5"] + GULF),
                ("year < 2024", ["cafe-4"]),
                ("year<=2024", LAKE),
                ("year = 2024", ["geneva/3"]),
                ("NOT year != 2024", ["geneva/3"]),
                ("year:2023 TO 2024", LAKE),
                ("year: 2024 TO 2023", []),
                ("year > 9999", []),
                ("year < -1e300", []),
                ("week:2025-02-17", ["facts-5", "riyadh-1"]),
                ("day:2025-02-18", ["facts-5", "riyadh-1"]),
                ("published_timestamp >= 1739871000", ["facts-5"] + GULF),
                ("published_timestamp > 1739871000", ["facts-5", "riyadh-2"]),
                ("published_timestamp < 1739887200.5 AND published_timestamp > 1739871000.5", ["facts-5"]),
                ("published_timestamp:1739871000 TO 1739887200", ["facts-5", "riyadh-1"]),
                ("date.lvl0:2024", ["geneva/3"]),
                ("date.lvl1:'2025 > 2025-03'", ["riyadh-2"]),
                ("date.lvl2:'2025 > 2025-02 > 2025-02-18' AND NOT source:'Gulf Courier'", ["facts-5"]),
                ('person:"Sergey Lavrov" AND side:RU', ["facts-5"]),
                ("side:russia", ["facts-5"]),
                ("side:Atlantis", []),
                ("status:nonsense", []),
                ("", everything), ("   ", everything)):
            self.assertEqual(self.ids(filters=text), sorted(ids), text)

    def test_filters_that_cannot_be_read_are_refused(self):
        deep = 6 * "(" + "year:2024" + 6 * ")"
        for text in ("x:1", "source", "source:", 'source:"a', "(source:a", "source:a)", "source:a b",
                     "AND", "source:a AND", "source:a OR OR source:b", "year:abc", "year >", "source > 3",
                     "month:never", "date.lvl1:'2025 > '", "year >= 2024 TO 3", "=3", ":", "NOT", "()", deep,
                     'source:"a"<score=x>', " OR ".join(61 * ["year:2024"]), "source:" + 513 * "a"):
            status, problem = self.post("articles/query", {"filters": text})
            self.assertEqual((status, problem["message"]), (400, problem["detail"]), text)
        self.assertEqual(self.ids(filters=" OR ".join(60 * ["year:2024"])), ["geneva/3"])
        self.assertEqual(self.ids(filters=5 * "(" + "year:2024" + 5 * ")"), ["geneva/3"])

    def test_facet_filters_and_numeric_filters_join(self):
        for filters, ids in (
                (["source:Gulf Courier"], GULF),
                ([["source:Gulf Courier", "source:Lake Observer"]], GULF + LAKE),
                ([["source:Gulf Courier", "source:Lake Observer"], "year:2025"], GULF),
                (["source:-Gulf Courier", "year:2025"], ["facts-5"]),
                (["-source:Gulf Courier", "year:2025"], ["facts-5"]),
                ([["source:-Gulf Courier", "year:2023"], "language:en"], ["cafe-4", "facts-5", "geneva/3"]),
                (["source:\\-dash"], ["old-6"]),
                ("source:Gulf Courier", GULF),
                ("source:Gulf Courier,month:2025-03", ["riyadh-2"]),
                ('[["source:Gulf Courier"]]', GULF),
                ([[], "source:Gulf Courier", []], GULF),
                (["source:Gulf Courier<score=3>"], GULF),
                ([[]], sorted(a["id"] for a in ARTICLES)),
                ([], sorted(a["id"] for a in ARTICLES))):
            self.assertEqual(self.ids(facetFilters=filters), sorted(ids), filters)
        self.assertEqual(self.ids(numericFilters=["year>=2024", ["year=2024", "year=2023"]]),
                         ["geneva/3"])
        self.assertEqual(self.ids(filters="year >= 2024", facetFilters=["language:en"],
                                  numericFilters=["year<2025"]), ["geneva/3"])
        for wrong in (["source"], [3], [[["source:a"]]], {"source": "a"}, [[[]]], ["source:"],
                      ["x:1"]):
            status, problem = self.post("articles/query", {"facetFilters": wrong})
            self.assertEqual((status, problem["where"]["name"]), (400, "facetFilters"), wrong)
        for wrong in (["year"], ["x=1"], ["year=a"], "source>1"):
            status, problem = self.post("articles/query", {"numericFilters": wrong, "filters": "year:2025"})
            self.assertEqual((status, problem["where"]["name"]), (400, "numericFilters"), wrong)
        for wrong in (["year"], ["year>x"], ["source>1"], ["year~3"]):
            self.assertEqual(self.post("articles/query", {"numericFilters": wrong})[0], 400, wrong)

    # ---- facets

    def test_facets_are_counted_under_all_filters(self):
        answer = self.search(facets=["source", "year", "nobody"], facetFilters=["source:Gulf Courier"])
        self.assertEqual(answer["facets"], {"source": {"Gulf Courier": 2}, "year": {"2025": 2}})
        self.assertEqual(answer["facets_stats"]["year"],
                         {"min": 2025, "max": 2025, "avg": 2025, "sum": 4050})
        self.assertNotIn("", self.search(facets="month")["facets"]["month"])

    def test_times_are_counted_by_days(self):
        answer = self.search(facets=["published_timestamp"], filters="year:2025")
        self.assertEqual(answer["facets"], {"published_timestamp": {"1739836800": 2, "1742774400": 1}})
        stats = answer["facets_stats"]["published_timestamp"]
        self.assertEqual((stats["min"], stats["max"]), (1739836800, 1742860799))

    def test_dates_are_counted_as_a_hierarchy(self):
        answer = self.search(facets=["date.lvl0", "date.lvl1", "date.lvl2"], filters="year:2025")
        self.assertEqual(answer["facets"], {
            "date.lvl0": {"2025": 3}, "date.lvl1": {"2025 > 2025-02": 2, "2025 > 2025-03": 1},
            "date.lvl2": {"2025 > 2025-02 > 2025-02-18": 2, "2025 > 2025-03 > 2025-03-24": 1}})

    def test_all_facets_come_with_their_order(self):
        def order(**p):
            return self.search(**p)["renderingContent"]["facetOrdering"]["facets"]["order"]
        self.assertEqual(order(facets=["*"], query="grain"), ["source", "language", "year", "month"])
        self.assertIn("person", order(facets="*"))
        self.assertNotIn("renderingContent", self.search(facets=["source"]))

    def test_no_more_values_than_wanted(self):
        self.assertEqual(len(self.search(facets=["source"], maxValuesPerFacet=2)["facets"]["source"]), 2)
        self.assertGreater(len(self.search(facets=["*"])["facets"]), 8)

    def test_values_of_a_facet_are_found(self):
        status, answer = self.post("articles/facets/source/query", {"facetQuery": "gul"})
        self.assertEqual((status, answer["facetHits"]),
                         (200, [{"value": "Gulf Courier", "highlighted": "<em>Gul</em>f Courier",
                                 "count": 2}]))
        status, answer = self.post("articles/facets/source/query",
                                   {"params": "facetQuery=&maxFacetHits=1&query=talks"})
        self.assertEqual([h["value"] for h in answer["facetHits"]], ["Gulf Courier"])
        status, answer = self.post("*/queries", {"requests": [
            {"indexName": "articles", "type": "facet", "facet": "source", "facetQuery": "obs",
             "highlightPreTag": "[", "highlightPostTag": "]"}]})
        self.assertEqual(answer["results"][0]["facetHits"][0]["highlighted"], "Lake [Obs]erver")
        for facet in ("nobody", "source%2Cyear"):
            self.assertEqual(self.post("articles/facets/%s/query" % facet, {})[0], 400, facet)

    # ---- hits

    def test_a_hit_tells_what_matched(self):
        hit = self.search(query="consultation mechanism", attributesToSnippet=["body:5"])["hits"][0]
        self.assertEqual(hit["objectID"], "riyadh-1")
        self.assertEqual(hit["published_timestamp"], 1739871000)
        body = hit["_snippetResult"]["body"]
        self.assertEqual(body["matchLevel"], "full")
        self.assertEqual(body["matchedWords"], ["consultation", "mechanism"])
        self.assertIn("<em>consultation</em>", body["value"])
        plain = re.sub("<[^>]*>", "", body["value"])
        self.assertEqual(len(plain.strip("\u2026").split()), 5)
        self.assertTrue(plain.startswith("\u2026"))
        self.assertEqual(hit["_highlightResult"]["title"],
                         {"value": "Delegations meet in Riyadh", "matchLevel": "none",
                          "matchedWords": []})
        title = self.search(query="delegations riyadh moratorium")["hits"]
        levels = {h["objectID"]: h["_highlightResult"]["title"] for h in title}
        self.assertEqual(levels["riyadh-1"]["matchLevel"], "partial")
        self.assertEqual(levels["riyadh-1"]["matchedWords"], ["delegations", "riyadh"])

    def test_tags_go_where_the_words_are(self):
        hit = self.search(query="café", highlightPreTag="__a__", highlightPostTag="__b__",
                          attributesToSnippet=["title:1", "body:3"], snippetEllipsisText="..")["hits"][0]
        self.assertEqual(hit["_highlightResult"]["title"]["value"], "__a__Caf\u00e9__b__ diplomacy")
        self.assertEqual(hit["_snippetResult"]["title"]["value"], "__a__Caf\u00e9__b__..")
        self.assertIn("__a__caf\u00e9__b__", hit["_snippetResult"]["body"]["value"])
        self.assertEqual(self.post("articles/query", {"highlightPreTag": 101 * "a"})[0], 400)
        self.assertEqual(self.post("articles/query", {"highlightPreTag": 100 * "a"})[0], 200)

    def test_a_whole_body_is_highlighted_where_it_is_named(self):
        ask = lambda **p: self.search(query="riyadh talks", filters="day:2025-02-18 AND language:en",
                                      facetFilters=["source:Gulf Courier"], **p)["hits"][0]
        for attributes in ("body", ["body", "title"], ["*", "body"]):
            hit = ask(attributesToHighlight=attributes)
            body = hit["_highlightResult"]["body"]
            self.assertEqual(body["value"].replace("<em>", "").replace("</em>", ""), ARTICLES[0]["body"])
            self.assertEqual(re.findall("<em>([^<]*)</em>", body["value"]),
                             ["RIYADH", "Riyadh", "talks", "talks"])
            self.assertEqual((body["matchLevel"], body["fullyHighlighted"]), ("full", False))
            self.assertNotIn("body", hit)
        self.assertIn("body", ask(attributesToHighlight=["body"], attributesToRetrieve=["body"]))
        self.assertNotIn("body", ask(attributesToHighlight=["*"])["_highlightResult"])
        hit = self.search(query="nobody-has-this", attributesToHighlight=["body"])["hits"]
        self.assertEqual(hit, [])
        hit = self.search("outcomes", query="hotline", attributesToHighlight=["title"])["hits"][0]
        self.assertEqual(list(hit["_highlightResult"]), ["title"])

    def test_words_are_looked_for_where_they_are_wanted(self):
        def within(names, query="riyadh", **p):
            return self.ids(query=query, restrictSearchableAttributes=names, **p)
        self.assertEqual(within(["title"]), ["riyadh-1"])
        self.assertEqual(within("body"), ["facts-5"] + GULF)
        self.assertEqual(within(["title", "body"]), within(None))
        self.assertEqual(within(["title"], "riyad"), ["riyadh-1"])  # unfinished
        self.assertEqual(within(["title"], "delegatoins"), ["riyadh-1"])  # misspelt
        self.assertEqual(within(["body"], "title:riyadh"), ["riyadh-1"])  # said otherwise
        self.assertEqual(within(["title"], "riyadh) OR ceasefire"), ["riyadh-1"])
        hit = self.search(query="riyadh", restrictSearchableAttributes=["title"],
                          attributesToHighlight=["title", "body"])["hits"][0]["_highlightResult"]
        self.assertIn("<em>", hit["title"]["value"])
        self.assertNotIn("<em>", hit["body"]["value"])
        names = lambda *a: self.search("outcomes", query="lavrov",
                                       restrictSearchableAttributes=list(a))["nbHits"]
        self.assertEqual((names("by"), names("sentence")), (0, 0))
        self.assertEqual(self.search("outcomes", query="hotline",
                                     restrictSearchableAttributes=["what"])["nbHits"], 1)
        for index, wrong in (("articles", ["url"]), ("articles", [3]), ("talks", ["body"]),
                             ("articles", ["sentence"]), ("articles", {})):
            status, problem = self.post(index + "/query", {"restrictSearchableAttributes": wrong})
            self.assertEqual((status, problem["where"]["name"]),
                             (400, "restrictSearchableAttributes"), wrong)

    def test_attributes_come_as_asked_for(self):
        ask = lambda **p: set(self.search(query="grain", **p)["hits"][0])
        always = {"objectID", "_highlightResult"}
        everything = ask()
        self.assertLessEqual({"title", "url", "source", "published", "kind"}, everything)
        self.assertNotIn("body", everything)
        self.assertNotIn("_snippetResult", everything)
        self.assertEqual(ask(attributesToRetrieve=["title"]), always | {"title"})
        self.assertEqual(ask(attributesToRetrieve="title,url"), always | {"title", "url"})
        self.assertEqual(ask(attributesToRetrieve=[]), always)
        self.assertEqual(ask(attributesToRetrieve=["*"]), everything)
        self.assertEqual(ask(attributesToRetrieve=["*", "-url"]), everything - {"url"})
        self.assertEqual(ask(attributesToRetrieve=["*", "body"]), everything | {"body"})
        hit = self.search(query="grain", attributesToHighlight=["title"],
                          attributesToRetrieve=["body"])["hits"][0]
        self.assertEqual(list(hit["_highlightResult"]), ["title"])
        self.assertEqual(hit["body"], ARTICLES[2]["body"])

    def test_typos_are_counted(self):
        def typos(query):
            hit = self.search(query=query, getRankingInfo=True)["hits"][0]["_rankingInfo"]
            return hit["nbTypos"], hit["nbExactWords"], hit["words"]
        self.assertEqual(typos("moratorium energy"), (0, 2, 2))
        self.assertEqual(typos("moratorum energy"), (1, 1, 2))
        self.assertEqual(typos("moratroium"), (1, 0, 1))
        self.assertEqual(typos("Moratrium enrgy"), (2, 0, 2))
        for off in ("false", False):
            self.assertEqual(self.search(query="moratorum", typoTolerance=off)["nbHits"], 0)

    def test_the_last_word_may_be_unfinished(self):
        self.assertEqual(self.ids(query="morator"), ["riyadh-2"])
        self.assertEqual(self.ids(query="mora", queryType="prefixNone", typoTolerance=False), [])

    def test_facts_have_their_sentence(self):
        hit = self.search("outcomes", query="hotline", attributesToSnippet=["sentence:4"])["hits"][0]
        self.assertEqual((hit["kind"], hit["status"], hit["article"]), ("outcome", "agreed", "facts-5"))
        self.assertIn("<em>hotline</em>", hit["_highlightResult"]["sentence"]["value"])
        self.assertIn("hotline", hit["sentence"])
        self.assertIn("sentence", hit["_snippetResult"])

    # ---- pages

    def test_pages_follow_each_other(self):
        seen = []
        for page in range(3):
            answer = self.search(hitsPerPage=2, page=page)
            self.assertEqual((answer["page"], answer["nbPages"], answer["hitsPerPage"], answer["nbHits"]),
                             (page, 3, 2, 6))
            seen += [h["objectID"] for h in answer["hits"]]
        self.assertEqual(sorted(seen), sorted(a["id"] for a in ARTICLES))
        self.assertEqual(self.search(hitsPerPage=2, page=3)["hits"], [])
        self.assertEqual(self.search(hitsPerPage=2, page=2147483647)["hits"], [])
        answer = self.search(offset=1, length=3)
        self.assertEqual([h["objectID"] for h in answer["hits"]], seen[1:4])
        self.assertEqual((answer["offset"], answer["length"]), (1, 3))
        self.assertEqual(self.search(hitsPerPage=0)["nbPages"], 0)
        for wrong in ({"hitsPerPage": 1001}, {"hitsPerPage": -1}, {"page": "x"}, {"page": 1.5},
                      {"page": []}, {"offset": -3}, {"page": ""}):
            self.assertEqual(self.post("articles/query", wrong)[0], 400, wrong)

    def browse(self, index="articles", **params):
        """The records of all pages."""
        records, cursor = [], {}
        for _ in range(20):
            status, answer = self.post(index + "/browse", {**params, **cursor})
            self.assertEqual(status, 200, answer)
            self.assertLessEqual(len(answer["hits"]), params.get("hitsPerPage", 1000))
            records += answer["hits"]
            if "cursor" not in answer:
                return records
            cursor = {"cursor": answer["cursor"]}
        self.fail("no end")

    def test_everything_is_browsed(self):
        for size in (1, 2, 6, 1000):
            records = self.browse(hitsPerPage=size)
            self.assertEqual(sorted(r["objectID"] for r in records), sorted(a["id"] for a in ARTICLES))
        bodies = {r["objectID"]: r["body"] for r in records}
        self.assertEqual(bodies, {a["id"]: a["body"] for a in ARTICLES})
        self.assertEqual([n for n in records[0] if n.startswith("_")], [])
        self.assertEqual([set(r) for r in self.browse(attributesToRetrieve=["title"], query="grain")],
                         [{"objectID", "title"}])
        times = [r["published_timestamp"] for r in self.browse("articles_date_asc", hitsPerPage=2)]
        self.assertEqual([t for t in times if t], sorted(t for t in times if t))
        self.assertEqual(sorted(r["objectID"] for r in self.browse(filters='source:"Gulf Courier"')), GULF)
        record = self.browse("outcomes", hitsPerPage=1, query="hotline")[0]
        self.assertIn("hotline", record["sentence"])
        self.assertNotIn("_highlightResult", record)
        for wrong in ({"cursor": "x"}, {"cursor": 57 * "A"}, {"hitsPerPage": 1001}):
            self.assertEqual(self.post("articles/browse", wrong)[0], 400, wrong)
        cursor = self.post("articles/browse", {"hitsPerPage": 1})[1]["cursor"]
        status, problem = self.post("articles/browse", {"cursor": cursor, "query": "other"})
        self.assertEqual((status, problem["where"]["name"]), (400, "cursor"))

    def test_objects_are_got_by_their_ids(self):
        status, answer = self.post("*/objects", {"requests": [
            {"indexName": "articles", "objectID": "geneva/3"},
            {"indexName": "articles", "objectID": "nobody"},
            {"indexName": "articles", "objectID": "cafe-4", "attributesToRetrieve": ["title", "kind"]}]})
        first, none, last = answer["results"]
        self.assertEqual((status, first["objectID"], first["body"], first["published_timestamp"]),
                         (200, "geneva/3", ARTICLES[2]["body"], 1730534400))
        self.assertIsNone(none)
        self.assertEqual(last, {"objectID": "cafe-4", "title": "Caf\u00e9 diplomacy", "kind": "article"})
        get = lambda path: self.daemon.get("/1/indexes/" + path)
        status, _, body = get("articles/geneva%2F3?attributesToRetrieve=title,url")
        self.assertEqual((status, sorted(json.loads(body))), (200, ["objectID", "title", "url"]))
        for path, status in (("articles/nobody", 404), ("talks/a%23t1", 404), ("nobody/x", 404),
                             ("articles/%ff", 400), ("articles/a?attributesToRetrieve=%ff", 400)):
            code, _, body = get(path)
            self.assertEqual((code, "message" in json.loads(body)), (status, True), path)
        for wrong in ({}, {"requests": [3]}, {"requests": [{"indexName": "articles"}]},
                      {"requests": [{"indexName": "articles", "objectID": 3}]},
                      {"requests": 1001 * [{"indexName": "articles", "objectID": "x"}]}):
            self.assertEqual(self.post("*/objects", wrong)[0], 400)

    def test_totals_are_what_pages_give(self):
        body = " ".join("word%d" % i for i in range(60))
        articles = [{"id": "copy-%d" % i, "title": "Copied", "body": body, "source": "S%d" % i,
                     "published": "2025-01-01"} for i in range(4)]
        articles += [{"id": "other-%d" % i, "title": "Other", "body": "word1 number%d" % i,
                      "published": "2025-01-02"} for i in range(2)]
        with readout.Daemon(readout.build_index(self.directory, articles, "copies.idx")) as daemon:
            def ask(**params):
                answer = self.post("articles/query", {"query": "word1", **params}, daemon)[1]
                return len(answer["hits"]), answer["nbHits"], answer["exhaustive"]["nbHits"]
            self.assertEqual(ask(), (3, 3, True))
            self.assertEqual(ask(distinct=False), (6, 6, True))
            self.assertEqual(ask(hitsPerPage=2), (2, 6, False))  # how many are copies is not known yet
            self.assertEqual(ask(hitsPerPage=2, page=1), (1, 3, True))
            self.assertEqual(ask(hitsPerPage=3), (3, 3, True))
            self.assertEqual(ask(hitsPerPage=3, page=1), (0, 6, False))
            self.assertEqual(ask(hitsPerPage=0), (0, 6, False))
            self.assertEqual(ask(query="number1"), (1, 1, True))
        self.assertEqual(self.search(hitsPerPage=2)["exhaustive"]["nbHits"], True)
        self.assertEqual(self.search(hitsPerPage=0)["nbHits"], 6)

    def test_an_index_by_date_is_sorted_so(self):
        for name, order in (("articles_date_desc", -1), ("articles_date_asc", 1)):
            times = [h["published_timestamp"] for h in self.search(name, query="talks")["hits"]]
            self.assertEqual(times, sorted(times)[::order])

    # ---- requests

    def test_parameters_come_in_each_of_their_forms(self):
        text = urllib.parse.urlencode({"query": "talks", "facets": '["source"]', "hitsPerPage": "1",
                                       "facetFilters": '[["source:Gulf Courier"]]'})
        for body in ({"params": text}, {"params": {"query": "talks", "facets": ["source"],
                                                   "hitsPerPage": 1,
                                                   "facetFilters": [["source:Gulf Courier"]]}}):
            status, answer = self.post("articles/query", body)
            self.assertEqual((status, len(answer["hits"]), answer["facets"]["source"]),
                             (200, 1, {"Gulf Courier": 2}))
        for body in ("", "{}"):
            self.assertEqual(self.post("articles/query", body)[1]["nbHits"], 6)
        self.assertEqual(self.search(clickAnalytics=True, userToken="u", analyticsTags=["a"])["nbHits"], 6)

    def test_who_is_in_two_talks_of_an_article_is_two_objects(self):
        body = ("OSLO, Norway (FC) - Norwegian Foreign Minister Ane Solberg met Kenyan Trade Minister "
                "Mercy Wanjiru in Oslo on Monday. On Tuesday, Solberg held talks with Swedish Foreign "
                "Minister Karin Lind in Stockholm.")
        with readout.Directory() as directory:
            index = readout.build_index(directory, [{"id": "two", "title": "Two", "body": body}])
            with readout.Daemon(index) as daemon:
                answer = self.post("participants/query", {"distinct": False}, daemon)[1]
        self.assertEqual(sorted((h["name"], h["objectID"]) for h in answer["hits"]),
                         [("Ane Solberg", "two#p1#t1"), ("Ane Solberg", "two#p1#t2"),
                          ("Karin Lind", "two#p3#t2"), ("Mercy Wanjiru", "two#p2#t1")])

    def test_several_searches_are_answered_in_their_order(self):
        names = ["articles", "talks", "participants", "outcomes", "statements"]
        status, answer = self.post("*/queries", {"requests": [
            {"indexName": name, "hitsPerPage": 1} for name in names]})
        self.assertEqual(status, 200)
        self.assertEqual([r["index"] for r in answer["results"]], names)
        self.assertEqual([h["kind"] + "s" for r in answer["results"] for h in r["hits"]],
                         [r["index"] for r in answer["results"] for _ in r["hits"]])
        self.assertEqual(self.post("%2A/queries", {"requests": []}), (200, {"results": []}))

    def test_what_cannot_be_read_is_told_with_a_message(self):
        for path, body, status in (
                ("nobody/query", {}, 404), ("articles_/query", {}, 404), ("article/query", {}, 404),
                ("%ff/query", {}, 400), ("articles/query", "[]", 400), ("articles/query", "{", 400),
                ("articles/query", '{"a":1,"a":2}', 400), ("articles/query", 11 * "[", 400),
                ("articles/query", {"facets": [1]}, 400), ("articles/query", {"facets": 3}, 400),
                ("articles/query", {"params": "query=%zz"}, 400),
                ("*/queries", {}, 400), ("*/queries", {"requests": 3}, 400),
                ("*/queries", {"requests": [{}]}, 400), ("*/queries", {"requests": [3]}, 400),
                ("*/queries", {"requests": [{"indexName": "nobody"}]}, 404),
                ("*/queries", {"requests": [{"indexName": "articles", "type": "facet"}]}, 400),
                ("*/queries", {"requests": 51 * [{"indexName": "articles"}]}, 400)):
            code, problem = self.post(path, body)
            self.assertEqual((code, problem.get("message")), (status, problem["detail"]), (path, body))
        status, _, body = self.daemon.get("/1/indexes/articles/query")
        self.assertEqual((status, "message" in json.loads(body)), (405, True))
        for path in ("/1/indexes//query", "/1/indexes/a/b/query", "/1/indexes/a/facets//query"):
            self.assertEqual(self.daemon.request("POST", path, "{}")[0], 404, path)

    # ---- keys

    def test_keys_come_in_a_field_or_the_query_string_and_only_for_reading(self):
        file = self.directory.join("keys")
        key = readout.add_key(file, "site", "--scopes", "read")
        admin = readout.add_key(file, "boss", "--scopes", "admin")
        mine = readout.add_key(file, "gulf", "--key-filter", 'source:"Gulf Courier"')
        with readout.Daemon(self.index, "--keys", file, "--reading", "keys",
                            "--access-log", "-") as daemon:
            def status(path, **fields):
                return self.post(path, {}, daemon, **fields)[0]
            self.assertEqual(status("articles/query"), 401)
            self.assertEqual(status("articles/query", **{KEY: "wrong"}), 401)
            self.assertEqual(status("articles/query?" + KEY + "=wrong"), 401)
            self.assertEqual(status("articles/query", **{KEY: key}), 200)
            self.assertEqual(status("articles/query?x-algolia-agent=a&%s=%s" % (KEY, key)), 200)
            self.assertEqual(status("articles/query", Authorization="Bearer " + key), 200)
            _, answer = self.post("*/queries?%s=%s" % (KEY, mine),
                                  {"requests": [{"indexName": "articles", "facets": ["source"]}]}, daemon)
            self.assertEqual(answer["results"][0]["facets"]["source"], {"Gulf Courier": 2})
            _, answer = self.post("articles/facets/source/query?%s=%s" % (KEY, mine), {}, daemon)
            self.assertEqual([h["value"] for h in answer["facetHits"]], ["Gulf Courier"])
            _, answer = self.post("articles/browse?%s=%s" % (KEY, mine), {}, daemon)
            self.assertEqual(sorted(h["objectID"] for h in answer["hits"]), GULF)
            self.assertEqual(status("*/objects?%s=%s" % (KEY, mine)), 403)
            self.assertEqual(daemon.get("/1/indexes/articles/geneva%%2F3?%s=%s" % (KEY, mine))[0], 403)
            self.assertEqual(daemon.get("/1/indexes/articles/geneva%%2F3?%s=%s" % (KEY, key))[0], 200)
            self.assertEqual(status("talks/query?%s=%s" % (KEY, mine)), 403)
            self.assertEqual(status("talks/facets/side/query?%s=%s" % (KEY, mine)), 403)
            # elsewhere such a key is none
            for path in ("/v1/search", "/v1/articles/riyadh-1"):
                self.assertIn(daemon.get(path + "?%s=%s" % (KEY, key))[0], (400, 401), path)
                self.assertEqual(daemon.get(path, fields={KEY: key})[0], 401, path)
            code = daemon.request("PUT", "/v1/articles/n?%s=%s" % (KEY, admin), '{"body":"x"}',
                                  {"Content-Type": "application/json"})[0]
            self.assertEqual(code, 401)
            log = daemon.log()
            self.assertIn("/1/indexes/articles/query", log)
            for secret in (key, admin, mine):
                self.assertNotIn(secret, log)

    def test_where_there_are_no_keys_any_will_do(self):
        self.assertEqual(self.post("articles/query?%s=search-only" % KEY, {})[0], 200)
        self.assertEqual(self.post("articles/query", {}, **{KEY: "search-only"})[0], 200)


if __name__ == "__main__":
    readout.main()
