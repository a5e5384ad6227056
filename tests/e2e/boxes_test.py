"""What search boxes and readers of feeds need: facets beside selections, timelines, feeds, exports."""
import csv
import io
import json
import os
import time
import urllib.parse
import xml.etree.ElementTree as xml

import readout

ATOM = "{http://www.w3.org/2005/Atom}"
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"
HOSTILE = {"id": "h&<1>", "title": "Tags <b>bold</b> & \u0001 \"quotes\" ]]>", "language": "en",
           "url": "javascript:alert(1)", "source": "A & B",
           "body": "A body with <script>alert('talks')</script> & more."}

TOLD = [{"id": "told", "title": "Delegations meet", "published": "2025-02-18T17:30:00Z",
         "language": "en", "body": "RIYADH, Saudi Arabia - The United States and Russia held "
         "talks in Riyadh on Tuesday.\n\nThe United States and Russia agreed to set up a "
         "consultation mechanism.\n\n\u201cWe heard each other,\u201d Russian Foreign Minister Sergey "
         "Lavrov said."}]
PEOPLE = [{"id": "p%d" % i, "title": "News of people", "published": "2025-02-1%dT09:30:00Z" % i,
           "language": "en", "body": body} for i, body in enumerate((
               "U.S. President George W. Bush said trade would grow. \u201cIt will,\u201d Bush said.",
               "Russian President Bush said gas would flow, and French President Bush said so too.",
               "Mining firm president Kim C. Bush said copper was cheap. U.S. President George W. "
               "Bush said it was dear.",
               "Russian President Bush said that nothing was new.",
               "French President Bush said that all was well. Kim C. Bush, president of a mining "
               "firm, said the same."))]


class Boxes(readout.OneDaemon):
    def ask(self, path, **parameters):
        return self.daemon.json(path + "?" + urllib.parse.urlencode(parameters))

    def counts(self, answer, facet):
        return {f["value"]: f["count"] for f in answer["facets"][facet]}

    # ---- facets

    def test_a_selection_does_not_narrow_its_own_counts(self):
        answer = self.ask("/v1/search", filter='source:"Gulf Courier"', facets="source,year")
        self.assertEqual(answer["total"]["value"], 2)
        self.assertEqual(self.counts(answer, "source"), {"Gulf Courier": 2, "Lake Observer": 2})
        self.assertEqual(self.counts(answer, "year"), {"2025": 2})
        self.assertEqual(answer["query"]["disjunctive"], ["source"])

    def test_selections_narrow_the_counts_of_each_other(self):
        answer = self.ask("/v1/search", filter='source:("Gulf Courier" "Lake Observer") date:2024',
                          facets="source,year,month")
        self.assertEqual(answer["total"]["value"], 1)
        self.assertEqual(self.counts(answer, "source"), {"Lake Observer": 1})
        self.assertEqual(self.counts(answer, "year"), {"2025": 2, "2024": 1, "2023": 1})
        self.assertEqual(self.counts(answer, "month")["2025-02"], 1)
        self.assertEqual(answer["query"]["disjunctive"], ["source", "year", "month"])

    def test_words_exclusions_and_the_query_itself_narrow_all_counts(self):
        answer = self.ask("/v1/search", filter='talks -source:"Lake Observer"', facets="source")
        self.assertEqual(self.counts(answer, "source"), {"Gulf Courier": 2})
        self.assertNotIn("disjunctive", answer["query"])
        answer = self.ask("/v1/search", q='source:"Gulf Courier"', facets="source")
        self.assertEqual(self.counts(answer, "source"), {"Gulf Courier": 2})
        answer = self.ask("/v1/search", q="talks", filter='lang:en source:"Gulf Courier"',
                          facets="source")
        self.assertEqual(self.counts(answer, "source"), {"Gulf Courier": 2, "Lake Observer": 1})

    def test_a_person_is_counted_as_often_as_the_name_is_found(self):
        index = readout.build_index(self.directory, PEOPLE, "people.idx")
        with readout.Daemon(index) as daemon:
            for kind in ("search", "participants", "statements"):
                facet = "speaker" if kind == "statements" else "person"
                field = "speaker" if kind == "statements" else "participant"
                path = "/v1/%s?limit=0&facet_limit=0&collapse=%s"
                for collapse in "true", "false":
                    here = path % (kind, collapse)
                    counts = daemon.json(here + "&facets=" + facet)["facets"][facet]
                    names = [c["value"] for c in counts]
                    self.assertEqual(len(set(names)), len(names), names)
                    self.assertIn("Bush", names)
                    for c in counts:
                        chosen = urllib.parse.quote('%s:"%s"' % (field, c["value"]))
                        self.assertEqual(c["count"], daemon.json(here + "&filter=" + chosen)
                                         ["total"]["value"], (kind, collapse, c["value"]))

    # ---- values of a facet

    def values(self, facet, **parameters):
        answer = self.ask("/v1/facets/" + facet, **parameters)
        return [(v["value"], v["count"]) for v in answer["values"]]

    def test_values_of_a_facet_are_found_by_the_beginnings_of_their_words(self):
        both = [("Gulf Courier", 2), ("Lake Observer", 2)]
        self.assertEqual(self.values("source"), both)
        self.assertEqual(self.values("source", value="obs"), both[1:])
        self.assertEqual(self.values("source", value="OBS lak"), both[1:])
        self.assertEqual(self.values("source", value="ulf"), [])
        self.assertEqual(self.values("source", value="lake courier"), [])
        self.assertEqual(self.values("month", value="2025-0"), [("2025-02", 1), ("2025-03", 1)])
        answer = self.ask("/v1/facets/source", value="cour")
        self.assertEqual(answer["facet"], "source")
        self.assertEqual(answer["values"][0]["highlights"], [[5, 9]])

    def test_values_keep_to_the_search_but_for_selections_of_their_own(self):
        self.assertEqual(self.values("source", q="grain"), [("Lake Observer", 1)])
        self.assertEqual(self.values("source", q="talks", filter='source:"Gulf Courier" lang:en'),
                         [("Gulf Courier", 2), ("Lake Observer", 1)])
        self.assertEqual(self.values("source", filter="date:2024"), [("Lake Observer", 1)])

    def test_the_commonest_values_come_first_and_the_rest_is_told_of(self):
        answer = self.ask("/v1/facets/source", q="talks", limit=1)
        self.assertEqual([v["value"] for v in answer["values"]], ["Gulf Courier"])
        self.assertIs(answer["more"], True)
        self.assertIs(self.ask("/v1/facets/source", limit=2)["more"], False)

    def test_sides_are_found_by_name(self):
        with readout.Directory() as directory:
            index = readout.build_index(directory, [
                {"id": "1", "title": "Talks", "body": "Russian Foreign Minister Sergey Lavrov met "
                 "US Secretary of State Marco Rubio in Riyadh for talks.", "language": "en"}])
            with readout.Daemon(index) as daemon:
                found = daemon.json("/v1/facets/side?value=russ")["values"]
                self.assertEqual([v["value"] for v in found], ["RU"])
                self.assertEqual(daemon.json("/v1/facets/person?value=lavr")["values"][0]["count"], 1)

    def test_wrong_questions_for_values_are_told_so(self):
        for target, status, slug in (("author", 404, "no-such-facet"),
                                     ("source,year", 404, "no-such-facet"),
                                     ("source?cursor=x", 400, "unknown-parameter"),
                                     ("source?kind=all", 400, "invalid-parameter"),
                                     ("source?value=" + 257 * "a", 400, "invalid-parameter"),
                                     ("source?value=%ff", 400, "invalid-parameter")):
            code, _, body = self.daemon.get("/v1/facets/" + target)
            self.assertEqual((code, json.loads(body)["type"].split(":")[-1]), (status, slug), target)
        self.assertEqual(self.daemon.get("/v1/facets/source?value=" + 256 * "a")[0], 200)

    # ---- several searches

    def several(self, body):
        status, _, body = self.daemon.request("POST", "/v1/queries", json.dumps(body),
                                              {"Content-Type": "application/json"})
        return status, json.loads(body)

    def test_several_searches_are_answered_in_their_order(self):
        status, answer = self.several({"queries": [
            {"q": "grain"}, {"limit": 0, "facets": ["source"]}, {"kind": "talks", "q": "riyadh"}]})
        self.assertEqual(status, 200)
        first, second, third = answer["answers"]
        self.assertEqual([h["id"] for h in first["hits"]], ["geneva/3"])
        self.assertEqual(first["hits"], self.ask("/v1/search", q="grain")["hits"])
        self.assertEqual(self.counts(second, "source"), {"Gulf Courier": 2, "Lake Observer": 2})
        self.assertEqual({h["kind"] for h in third["hits"]} - {"talk"}, set())

    def test_the_search_at_fault_is_named(self):
        for queries, name in (([{}, {"limit": "x"}], "queries[1].limit"),
                              ([{"near": 1}], "queries[0].near"),
                              ([{}, {}, {"cursor": "x"}], "queries[2].cursor"),
                              ([{}, 3], "queries[1]")):
            status, problem = self.several({"queries": queries})
            self.assertEqual((status, problem["where"]["name"]), (400, name))

    def test_no_more_searches_than_allowed_are_taken(self):
        self.assertEqual(self.several({"queries": 32 * [{"limit": 0}]})[0], 200)
        for body in ({"queries": 33 * [{}]}, {"queries": []}, {}, [], {"queries": {}},
                     {"queries": [{}], "more": 1}):
            status, problem = self.several(body)
            self.assertEqual((status, problem["type"]),
                             (400, "urn:readout:problem:invalid-body"), body)

    # ---- near-duplicates

    def test_one_story_of_several_sources_is_shown_once(self):
        body = "Negotiators from both sides met for a third day of talks on the corridor. " + " ".join(
            "Sentence %d tells of point %d of the agenda." % (i, i * 7) for i in range(20))
        papers = [("Lake Observer", body), ("Gulf Courier", body + " An ending of its own."),
                  ("Post", "POST - " + body)]
        articles = [{"id": "s%d" % i, "title": "Third day of talks, %s" % source, "source": source,
                     "language": "en", "url": "https://x.example/%d" % i, "body": text,
                     "published": "2025-05-0%dT10:00:00Z" % (i + 1)}
                    for i, (source, text) in enumerate(papers)]
        with readout.Directory() as directory:
            index = readout.build_index(directory, readout.ARTICLES + articles)
            with readout.Daemon(index) as daemon:
                answer = daemon.json("/v1/search?q=corridor&facets=source")
                self.assertEqual(len(answer["hits"]), 2)
                hit = next(h for h in answer["hits"] if h["id"].startswith("s"))
                self.assertEqual(hit["copies"]["count"], 2)
                self.assertEqual({c["id"] for c in hit["copies"]["articles"]} | {hit["id"]},
                                 {"s0", "s1", "s2"})
                self.assertNotIn("copies",
                                 next(h for h in answer["hits"] if h["id"] == "geneva/3"))
                # all of them are counted
                self.assertEqual(answer["total"]["value"], 4)
                self.assertEqual(self.counts(answer, "source"),
                                 {"Lake Observer": 2, "Gulf Courier": 1, "Post": 1})
                answer = daemon.json("/v1/search?q=corridor&collapse=false")
                self.assertEqual(len(answer["hits"]), 4)
                self.assertFalse(any("copies" in h for h in answer["hits"]))
                # the best of those that match stands for the story
                answer = daemon.json("/v1/search?q=corridor&filter=source:Post")
                self.assertEqual([h["id"] for h in answer["hits"]], ["s2"])
                self.assertEqual(answer["hits"][0]["copies"]["count"], 2)
                for collapse, count in (("true", 5), ("false", 7)):
                    seen, cursor = [], ""
                    while cursor is not None:
                        page = daemon.json("/v1/search?sort=-date&limit=1&collapse=%s&cursor=%s"
                                           % (collapse, cursor))
                        seen += [h["id"] for h in page["hits"]]
                        cursor = page["next"]
                    self.assertEqual((len(seen), len(set(seen))), (count, count))
                status, _, body = daemon.request(
                    "POST", "/1/indexes/articles/query", '{"query":"corridor","distinct":false}')
                self.assertEqual(len(json.loads(body)["hits"]), 4)

    def test_a_statement_of_several_sources_is_shown_once(self):
        said = '"We will open the northern corridor in June," Norwegian Foreign Minister Ane Solberg said. '
        other = '"We will close the northern corridor in June," Norwegian Foreign Minister Ane Solberg said. '
        again = " ".join("Sentence %d tells of point %d of the agenda." % (i, i * 7) for i in range(20))
        articles = [{"id": "s%d" % i, "title": "Corridor", "source": "Paper %d" % i, "language": "en", "body": body,
                     "published": "2025-05-0%dT10:00:00Z" % (i + 1)}
                    for i, body in enumerate((said + other + again, "OSLO - " + said + again,
                                              said + again + " An ending of its own.", said + "Nothing else."))]
        with readout.Directory() as directory:
            index = readout.build_index(directory, articles)
            with readout.Daemon(index) as daemon:
                answer = daemon.json("/v1/statements?q=corridor&facets=source")
                self.assertEqual(answer["total"]["value"], 5)
                self.assertEqual(sum(self.counts(answer, "source").values()), 5)
                told = {hit["article"]: hit["group"] for hit in answer["hits"]}
                # the copies told once, what one of them alone has, and the article that is no copy
                self.assertEqual(len(answer["hits"]), 3)
                self.assertEqual([h["content"].split()[2] for h in answer["hits"]].count("open"), 2)
                group = next(h["group"] for h in answer["hits"] if h["group"])
                self.assertEqual((group["id"], group["articles"]), ("s0#s1", 3))
                self.assertEqual([a["id"] for a in group["supporting"]], ["s0", "s1", "s2"])
                self.assertIsNone(told["s3"])
                every = daemon.json("/v1/statements?q=corridor&collapse=false")
                self.assertEqual((len(every["hits"]), [h["group"] for h in every["hits"]]), (5, 5 * [None]))
                for collapse, count in (("true", 3), ("false", 5)):
                    for sort in ("relevance", "-date"):
                        seen, cursor = [], ""
                        while cursor is not None:
                            page = daemon.json("/v1/statements?q=corridor&limit=1&sort=%s&collapse=%s&cursor=%s"
                                               % (sort, collapse, cursor))
                            seen += [h["id"] for h in page["hits"]]
                            cursor = page["next"]
                        self.assertEqual((len(seen), len(set(seen))), (count, count), sort)
                status, _, body = daemon.request("POST", "/1/indexes/statements/query", '{"query":"corridor"}')
                found = json.loads(body)
                self.assertEqual((len(found["hits"]), found["exhaustive"]["nbHits"]), (3, True))

    # ---- timeline

    def test_a_timeline_counts_by_each_interval(self):
        for interval, values in (
                ("year", ["2023", "2024", "2025"]),
                ("month", ["2023-06", "2024-11", "2025-02", "2025-03"]),
                ("week", ["2023-06-05", "2024-10-28", "2025-02-17", "2025-03-24"]),
                ("day", ["2023-06-11", "2024-11-02", "2025-02-18", "2025-03-24"])):
            answer = self.ask("/v1/timeline", interval=interval)
            self.assertEqual([b["value"] for b in answer["buckets"]], values)
            self.assertEqual(sum(b["count"] for b in answer["buckets"]), 4)
            self.assertEqual((answer["total"]["value"], answer["undated"]), (4, 0))
            for bucket in answer["buckets"]:  # its days select just what it counts
                found = self.ask("/v1/search", filter="date:%(from)s..%(to)s" % bucket)
                self.assertEqual(found["total"]["value"], bucket["count"], bucket)

    def test_a_timeline_is_of_what_matches(self):
        answer = self.ask("/v1/timeline", q="talks", filter="date:2025", interval="year")
        self.assertEqual(answer["buckets"],
                         [{"value": "2025", "from": "2025-01-01", "to": "2025-12-31", "count": 2}])
        self.assertEqual(self.ask("/v1/timeline", q="zeppelin")["buckets"], [])
        self.assertEqual(self.ask("/v1/timeline", kind="talks", interval="day")["query"]["sort"],
                         "-date")

    def test_a_timeline_has_its_own_parameters(self):
        for target, name in (("?limit=3", "limit"), ("?interval=hour", "interval"),
                             ("?kind=all", "kind"), ("?interval=", "interval")):
            status, _, body = self.daemon.get("/v1/timeline" + target)
            self.assertEqual((status, json.loads(body)["where"]["name"]), (400, name))
        self.assertEqual(self.daemon.get("/v1/search?interval=day")[0], 400)

    # ---- misspelled words

    def understood(self, q, **parameters):
        answer = self.ask("/v1/search", q=q, **parameters)
        query = answer["query"]
        return (answer["total"]["value"],
                {c["word"]: c["into"] for c in query.get("corrected", [])},
                query.get("did_you_mean"))

    def test_a_word_that_no_article_has_is_searched_for_as_its_neighbour(self):
        self.assertEqual(self.understood("moratorum"),
                         (1, {"moratorum": ["moratorium"]}, "moratorium"))
        self.assertEqual(self.understood("Lake caffé diplomcy")[1:],
                         ({"caffé": ["cafe"], "diplomcy": ["diplomacy"]}, "Lake cafe diplomacy"))
        answer = self.ask("/v1/search", q="moratorum", match="all")
        snippet = answer["hits"][0]["snippets"][0]
        self.assertEqual([snippet["text"][a:b] for a, b in snippet["highlights"]], ["moratorium"])
        self.assertEqual(answer["query"]["missing"], [])

    def test_edits_go_by_the_length_of_the_word(self):
        for q, total in (("gran", 1), ("grn", 0), ("crridr", 0), ("corrdior", 1),
                         ("infrastrctre", 1), ("infrstrctre", 0), ("tals", 3), ("lks", 0)):
            self.assertEqual(self.understood(q)[0], total, q)

    def test_the_first_letter_may_be_the_wrong_one_where_no_other_word_is_near(self):
        for q in ("oratorium", "noratorium", "omratorium", "amoratorium"):
            self.assertEqual(self.understood(q), (1, {q: ["moratorium"]}, "moratorium"))
        for q in ("noratorum", "frain"):  # it is two edits of two, which short words have not
            self.assertEqual(self.understood(q), (0, {}, None))

    def test_what_occurs_is_never_replaced(self):
        for q in ("meet", "talk", "talking", "delegation", '"grain coridor"', "=moratorum", "2026"):
            self.assertEqual(self.understood(q)[1:], ({}, None), q)
        # a word of articles that no talk has
        self.assertEqual(self.understood("diplomacy", kind="talks"), (0, {}, None))

    def test_correction_can_be_switched_off(self):
        self.assertEqual(self.understood("moratorum", typo="off"), (0, {}, None))
        status, _, body = self.daemon.get("/v1/search?typo=perhaps")
        self.assertEqual((status, json.loads(body)["detail"]),
                         (400, "typo: 'perhaps' is not auto or off"))
        self.assertEqual(self.daemon.query({"q": "moratorum", "typo": "off"})[2]["total"]["value"], 0)

    def test_a_rare_word_is_asked_about_where_little_is_found(self):
        articles = [{"id": "a%d" % i, "title": "Talks", "language": "en", "body": "The talks go on."}
                    for i in range(45)]
        articles += [{"id": "b1", "title": "Tanks", "language": "en", "body": "Old tanks."},
                     {"id": "b2", "title": "Goes", "language": "en", "body": "The talkss, the tale."}]
        index = readout.build_index(self.directory, articles, "rare.idx")
        with readout.Daemon(index) as daemon:
            answer = daemon.json("/v1/search?q=old+Tanks")
            self.assertEqual([h["id"] for h in answer["hits"]], ["b1"])
            self.assertEqual(answer["query"]["did_you_mean"], "old talks")
            self.assertNotIn("corrected", answer["query"])
            for q in ("talkss", "talks", "old"):  # another ending, common, nothing near
                self.assertNotIn("did_you_mean", daemon.json("/v1/search?q=" + q)["query"], q)

    # ---- feeds

    def feed(self, target, media, daemon=None, **fields):
        status, got, body = (daemon or self.daemon).get(target, fields=fields)
        self.assertEqual((status, got["content-type"]), (200, media + "; charset=utf-8"), body)
        return xml.fromstring(body)

    def now(self):
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())

    def test_any_search_is_an_rss_feed(self):
        rss = self.feed("/v1/search?q=talks&sort=-date&limit=2&format=rss", "application/rss+xml")
        channel = rss.find("channel")
        self.assertEqual((rss.get("version"), channel.findtext("title")), ("2.0", "Readout: talks"))
        self.assertEqual(channel.findtext("link"), "http://127.0.0.1:%d/?q=talks&kind=articles"
                         "&sort=-date" % self.daemon.port)
        self.assertTrue(channel.find(ATOM + "link").get("href").endswith(
            "/v1/search?q=talks&sort=-date&limit=2&format=rss"))
        items = channel.findall("item")
        self.assertEqual([i.findtext("link") for i in items],
                         ["https://courier.example/riyadh-2", "https://courier.example/riyadh-1"])
        self.assertEqual(items[0].findtext("guid"), "urn:readout:riyadh-2")
        self.assertEqual(items[0].findtext("pubDate"), "Mon, 24 Mar 2025 17:00:00 GMT")
        self.assertIn("second round of talks", items[0].findtext("description"))

    def test_any_search_is_an_atom_feed(self):
        target = "/v1/search?sort=-date"
        atom = self.feed(target, "application/atom+xml", Accept="application/atom+xml")
        self.assertEqual(atom.findtext(ATOM + "updated"), "2025-03-24T17:00:00Z")
        entries = atom.findall(ATOM + "entry")
        self.assertEqual([e.findtext(ATOM + "id") for e in entries],
                         ["urn:readout:riyadh-2", "urn:readout:riyadh-1", "urn:readout:geneva%2F3",
                          "urn:readout:cafe-4"])
        self.assertEqual(entries[0].findtext(ATOM + "author/" + ATOM + "name"), "Gulf Courier")
        tags = {self.daemon.get(target, fields={"Accept": a})[1]["etag"]
                for a in ("application/atom+xml", "application/rss+xml", "application/json")}
        self.assertEqual(len(tags), 3)
        self.assertEqual(self.daemon.get("/v1/talks?format=atom")[0], 200)

    def test_nothing_of_an_article_is_markup_in_a_feed(self):
        index = readout.build_index(self.directory, [HOSTILE], "hostile.idx")
        with readout.Daemon(index, "--public-url", "https://news.example.org/") as daemon:
            link = "https://news.example.org/?article=h%26%3C1%3E"
            title = "Tags <b>bold</b> &   \"quotes\" ]]>"
            rss = self.feed("/v1/search?q=body+%3C%26&format=rss", "application/rss+xml", daemon)
            self.assertEqual(rss.findtext("channel/title"), "Readout: body <&")
            item = rss.find("channel/item")
            self.assertEqual((item.findtext("title"), item.findtext("link")), (title, link))
            self.assertIn("&lt;script&gt;", item.findtext("description"))
            self.assertIsNone(item.find("pubDate"))
            before = self.now()
            atom = self.feed("/v1/search?q=body&format=atom", "application/atom+xml", daemon)
            entry = atom.find(ATOM + "entry")
            self.assertEqual(entry.find(ATOM + "link").get("href"), link)
            self.assertIn("<script>", entry.findtext(ATOM + "summary"))
            for undated in (entry, atom):  # that of the answer, where nothing has a date
                self.assertTrue(before <= undated.findtext(ATOM + "updated") <= self.now())
            self.assertIsNone(entry.find(ATOM + "published"))

    def test_an_entry_without_a_date_has_that_of_its_feed(self):
        index = readout.build_index(self.directory, [dict(HOSTILE, id="a"), dict(
            HOSTILE, id="b", published="2025-02-18T09:30:00Z")], "undated.idx")
        with readout.Daemon(index) as daemon:
            atom = self.feed("/v1/search?collapse=false&format=atom", "application/atom+xml", daemon)
            self.assertEqual([e.text for e in atom.iter(ATOM + "updated")],
                             ["2025-02-18T09:30:00Z"] * 3)

    def test_items_of_facts_say_what_they_are_and_lead_to_their_sentence(self):
        index = readout.build_index(self.directory, TOLD, "told.idx")
        with readout.Daemon(index, "--public-url", "https://news.example.org/r/") as daemon:
            for kind, titles in (
                    ("outcomes", ["United States, Russia \u00b7 agreed: set up a consultation "
                                  "mechanism"]),
                    ("talks", ["United States \u2013 Russia: talks held \u00b7 Riyadh, Saudi Arabia "
                               "\u00b7 2025-02-18"]),
                    ("statements", ["Sergey Lavrov \u00b7 said: \u201cWe heard each other,\u201d"]),
                    ("participants", ["Sergey Lavrov \u00b7 foreign minister \u00b7 Russia \u00b7 "
                                      "mentioned"])):
                atom = self.feed("/v1/%s?format=atom" % kind, "application/atom+xml", daemon)
                rss = self.feed("/v1/%s?format=rss" % kind, "application/rss+xml", daemon)
                entries, items = atom.findall(ATOM + "entry"), rss.findall("channel/item")
                self.assertEqual([e.findtext(ATOM + "title") for e in entries], titles)
                self.assertEqual([i.findtext("title") for i in items], titles)
                self.assertEqual([i.findtext("link") for i in items],
                                 ["https://news.example.org/r/?article=told&at=%s1" % kind[0]])
                self.assertEqual([e.find(ATOM + "link").get("href") for e in entries],
                                 [i.findtext("link") for i in items])
                self.assertIn("Delegations meet", items[0].findtext("description"))
                self.assertEqual(rss.findtext("channel/title"), "Readout, %s" % kind)

    def test_titles_of_facts_are_one_line(self):
        index = self.directory.join("mail.idx")
        mail = os.path.join(readout.SOURCE, "tests", "samples", "mail")
        self.assertEqual(readout.run("readout-indexer", "add", "--index", index, mail).returncode, 0)
        with readout.Daemon(index) as daemon:
            self.assertIn("\n", daemon.json("/v1/statements?q=reserves")["hits"][0]["content"])
            rss = self.feed("/v1/statements?q=reserves&format=rss", "application/rss+xml", daemon)
            self.assertEqual(rss.findtext("channel/item/title"), "Sherif Wagdy \u00b7 recalled: "
                             "Egypt reserves its position on earlier treaties")

    def test_a_feed_leads_to_the_page_with_its_search(self):
        target = ("/v1/outcomes?q=a%26b&filter=side%3A%22US%22&match=any&typo=off&sort=date&limit=3"
                  "&format=")
        page = "http://127.0.0.1:%d/?q=a%%26b&kind=outcomes&filter=side:%%22US%%22&sort=date" \
               "&match=any&typo=off" % self.daemon.port
        rss = self.feed(target + "rss", "application/rss+xml")
        self.assertEqual(rss.findtext("channel/link"), page)
        self.assertEqual(rss.findtext("channel/title"), 'Readout, outcomes: a&b (side:"US")')
        atom = self.feed(target + "atom", "application/atom+xml")
        links = {a.get("rel"): a.get("href") for a in atom.findall(ATOM + "link")}
        self.assertEqual(links["alternate"], page)
        self.assertTrue(links["self"].endswith(target + "atom"))
        rss = self.feed("/v1/answers?format=rss", "application/rss+xml")
        self.assertEqual(rss.findtext("channel/link"), "http://127.0.0.1:%d/" % self.daemon.port)
        with readout.Daemon(self.index, "--search-page",
                            "https://news.example.org/?s={searchTerms}&x=1") as daemon:
            rss = self.feed(target + "rss", "application/rss+xml", daemon)
            self.assertEqual(rss.findtext("channel/link"), "https://news.example.org/?s=a%26b&x=1")

    # ---- browsers

    def test_a_browser_finds_how_to_search_here(self):
        with readout.Daemon(self.index, "--search-page",
                            "https://news.example.org/?s={searchTerms}&x=1") as daemon:
            status, fields, body = daemon.get("/opensearch.xml", fields={"Host": "a.example:80"})
            self.assertEqual((status, fields["content-type"]),
                             (200, "application/opensearchdescription+xml"))
            urls = {u.get("type"): u.get("template") for u in
                    xml.fromstring(body).findall(OPENSEARCH + "Url")}
            self.assertEqual(urls["text/html"], "https://news.example.org/?s={searchTerms}&x=1")
            for media, template in urls.items():
                if media != "text/html":
                    base, rest = template[:len("http://a.example:80")], template[len("http://a.example:80"):]
                    self.assertEqual(base, "http://a.example:80")
                    answer = daemon.get(rest.replace("{searchTerms}", "talks"))
                    self.assertEqual((answer[0], answer[1]["content-type"].split(";")[0]),
                                     (200, media))
        own = b'template="http://127.0.0.1:%d/?q={searchTerms}"' % self.daemon.port
        self.assertIn(own, self.daemon.get("/opensearch.xml")[2])
        self.assertEqual(self.daemon.get("/opensearch.xml?q=a")[0], 400)

    def test_suggestions_come_as_browsers_take_them(self):
        status, _, body = self.daemon.get("/v1/suggest?q=deleg&format=opensearch")
        typed, texts, notes = json.loads(body)
        self.assertEqual((status, typed), (200, "deleg"))
        self.assertEqual(dict(zip(texts, notes))["delegations"], "2 articles")
        self.assertEqual(json.loads(self.daemon.get("/v1/suggest?q=zz&format=opensearch")[2]),
                         ["zz", [], []])
        self.assertEqual(self.daemon.get("/v1/suggest?q=a&format=csv")[0], 400)
        self.assertEqual(self.daemon.get("/v1/search?format=opensearch")[0], 400)

    def test_addresses_in_the_configuration_are_checked(self):
        for option, value in (("--public-url", "news.example.org"), ("--search-page", "https://a/"),
                              ("--search-page", "javascript:{searchTerms}")):
            done = readout.run("readout-searchd", "--check-config", option, value)
            self.assertEqual(done.returncode, 2, value)
            self.assertIn("option '%s' is" % option[2:], done.stderr)

    # ---- similar articles

    def test_similar_articles_share_telling_words(self):
        answer = self.ask("/v1/articles/riyadh-1/similar")
        self.assertEqual(answer["query"]["article"], "riyadh-1")
        self.assertIn("riyadh", answer["query"]["words"])
        for word in ("consultation", "mechanism"):  # of this article alone: they find nothing
            self.assertNotIn(word, answer["query"]["words"])
        ids = [hit["id"] for hit in answer["hits"]]
        self.assertEqual(ids[0], "riyadh-2")
        self.assertNotIn("riyadh-1", ids)
        self.assertEqual(answer["total"]["value"], len(ids))
        self.assertTrue(answer["hits"][0]["snippets"][0]["highlights"])
        one = self.ask("/v1/articles/riyadh-1/similar", limit=1, snippets=0)
        self.assertEqual([hit["id"] for hit in one["hits"]], ["riyadh-2"])
        self.assertEqual(self.ask("/v1/articles/riyadh-1/similar", limit=0)["hits"], [])

    def test_similar_articles_have_their_own_path_and_parameters(self):
        self.assertEqual(self.ask("/v1/articles/geneva%2F3/similar")["query"]["article"], "geneva/3")
        for target, status in (("none/similar", 404), ("similar", 404), ("/similar", 404),
                               ("a/b/similar", 404), ("riyadh-1/similar/", 404),
                               ("riyadh-1/similar?q=a", 400), ("%ff/similar", 400)):
            self.assertEqual(self.daemon.get("/v1/articles/" + target)[0], status, target)

    # ---- synonyms

    def assertExpanded(self, answer, ids, words, q):
        """These are found (or so many), with these words beside those of the query."""
        found = [h["id"] for h in answer["hits"]]
        self.assertEqual(len(found) if isinstance(ids, int) else found, ids, q)
        if words is not None:
            self.assertEqual([w for e in answer["query"]["expanded"] for w in e["into"]], words, q)

    def test_words_find_their_synonyms(self):
        path = self.directory.join("synonyms.txt")
        with open(path, "w", encoding="utf-8") as file:
            file.write("# comment\n\nceasefire, armistice\nMaize => grain corridor\n")
        with readout.Daemon(self.index, "--synonyms", path) as daemon:
            for q, ids, expanded in (
                    ("armistice", ["riyadh-1"], ["ceasefire"]),
                    ("ceasefire", ["riyadh-1"], ["armistice"]),
                    ("M\u00e4ize", ["geneva/3"], ["grain corridor"]),
                    ("+maize", ["geneva/3"], ["grain corridor"]),
                    ("riyadh (maize OR armistice)", ["riyadh-1"], ["grain corridor", "ceasefire"]),
                    ("grain", ["geneva/3"], []), ("=armistice", [], []), ("-maize", 3, None)):
                self.assertExpanded(daemon.json("/v1/search?match=all&q=" + urllib.parse.quote(q)),
                                    ids, expanded, q)
        done = readout.run("readout-query", "--index", self.index, "--kind", "articles",
                           "--synonyms", path, "--json", "armistice")
        self.assertEqual(json.loads(done.stdout)["total"]["value"], 1, done.stderr)

    def test_words_in_a_row_find_their_synonyms_too(self):
        path = self.directory.join("rows.txt")
        with open(path, "w", encoding="utf-8") as file:
            file.write("white house, ceasefire\nhouse, cottage\nlong corn road => grain corridor\nenvoys, delegates\n")
        with readout.Daemon(self.index, "--synonyms", path) as daemon:
            for q, ids, expanded in (
                    ("white house", ["riyadh-1"], ["ceasefire"]), ("Riyadh White House", ["riyadh-1"], ["ceasefire"]),
                    ("ceasefire", ["riyadh-1"], ["white house"]), ("ceasefires", ["riyadh-1"], ["white house"]),
                    ("white houses", ["riyadh-1"], ["ceasefire"]), ("envoy", ["riyadh-1", "riyadh-2"], ["delegates"]), ("long corn road", ["geneva/3"], ["grain corridor"]),
                    ("white, house", [], ["cottage"]), ("white -house", [], None), ('"white house"', [], []),
                    ("long corn", [], []), ("(white house)", ["riyadh-1"], ["ceasefire"])):
                self.assertExpanded(daemon.json("/v1/search?match=all&typo=off&q=" + urllib.parse.quote(q)),
                                    ids, expanded, q)

    def test_names_of_countries_and_people_stand_for_each_other(self):
        bodies = {"states": "The United States signed.", "us": "The U.S. signed.", "usa": "The USA signed.",
                  "uk": "The UK signed.", "britain": "Great Britain signed.", "england": "England lost the match.",
                  "pronoun": "He told us so.", "bill": "Bill Burns met them.", "william": "William Burns met them.",
                  "law": "The bill of William was passed.", "apart": "The united front of many states."}
        articles = [{"id": name, "title": name + "-title", "body": body, "language": "en"} for name, body in bodies.items()]
        index = readout.build_index(self.directory, articles, "names.idx")
        countries = {"states", "us", "usa"}
        with readout.Daemon(index) as daemon:
            def ask(q, more=""):
                answer = daemon.json("/v1/search?match=all&typo=off&q=" + urllib.parse.quote(q) + more)
                return {h["id"] for h in answer["hits"]}, answer["query"]
            for q, ids in (("United States", countries | {"pronoun"}), ("united states", countries | {"pronoun"}),
                           ("USA", countries | {"pronoun"}), ("signed U.S.", countries), ("signed US", countries),
                           ("signed +US", countries), ("signed -US", {"uk", "britain"}), ("us", {"us", "pronoun"}),
                           ("Britain", {"uk", "britain"}), ("UK", {"uk", "britain"}), ("england", {"england"}),
                           ("Bill Burns", {"bill", "william"}), ("William Burns", {"bill", "william"}),
                           ("uk", {"uk", "britain"}), ("signed Us", {"us"}), ("title:US", {"us", "usa"}),
                           ("title:usa signed", {"us", "usa"}),
                           ("bill", {"bill", "law"}), ('"United States"', {"states"}), ("=USA", {"usa"}),
                           ("Republic of China", set()), ("Will Ukraine Sign", set()),
                           ("Kate Britain", set()),
                           ("united, states", {"states", "apart"}), ("states united", {"states", "apart"})):
                self.assertEqual(ask(q)[0], ids, q)
            for q, into in (("Republic of China", []), ("Bill Of Rights", []), ("Will Ukraine Sign", []), ("the Republic of China and Bill Burns", ["William Burns"]),
                            ("China", ["PRC"]), ("People's Republic of China", ["China", "PRC"]), ("Kate Burns", ["Katherine Burns", "Kathleen Burns"])):
                self.assertEqual([w for e in ask(q)[1]["expanded"] for w in e["into"]], into, q)
            found, query = ask("signed united states")
            self.assertEqual(query["expanded"], [{"word": "united states", "into": ["U.S.", "USA"], "complete": True}])
            self.assertEqual(query["understood"], "signed united states")
            self.assertEqual(ask("signed united states", "&synonyms=off")[0], {"states"})
        with readout.Daemon(index, "--builtin-synonyms", "off") as daemon:
            self.assertEqual(daemon.json("/v1/search?q=USA")["query"]["expanded"], [])
        done = readout.run("readout-query", "--index", index, "--kind", "articles", "--json", "--builtin-synonyms", "off", "USA")
        self.assertEqual(json.loads(done.stdout)["query"]["expanded"], [])

    def test_a_wrong_file_of_synonyms_is_told(self):
        path = self.directory.join("wrong.txt")
        for text in ("alone\n", "a, b\n=> c\n", "a,,b\n", "a =>\n", "a => b => c\n", ",".join("a" * 33)):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            done = readout.run("readout-query", "--index", self.index, "--synonyms", path, "talks")
            self.assertEqual(done.returncode, 2, text)
            self.assertRegex(done.stderr, r"line \d+: expected")
        done = readout.run("readout-query", "--index", self.index, "--synonyms", path + "x", "talks")
        self.assertEqual((done.returncode, "cannot open" in done.stderr), (2, True))

    # ---- export

    def test_cursors_export_everything_once(self):
        for parameters in ({"sort": "-date"}, {"sort": "date"}, {"q": "talks lake"}):
            ids, cursor = [], None
            while True:
                page = self.ask("/v1/search", limit=1, **parameters,
                                **({"cursor": cursor} if cursor else {}))
                ids += [hit["id"] for hit in page["hits"]]
                cursor = page["next"]
                if cursor is None:
                    break
            whole = [h["id"] for h in self.ask("/v1/search", limit=1000, **parameters)["hits"]]
            self.assertEqual(ids, whole)
            self.assertEqual(len(set(ids)), 4)

    def test_hits_come_with_their_whole_text_where_that_is_wanted(self):
        bodies = {a["id"]: a["body"] for a in readout.ARTICLES}
        for hit in self.ask("/v1/search", body="true", snippets=0)["hits"]:
            self.assertEqual(hit["body"], bodies[hit["id"]])
        self.assertFalse(any("body" in h for h in self.ask("/v1/search")["hits"]))
        self.assertFalse(any("body" in h for h in self.ask("/v1/talks", body="true")["hits"]))
        text = self.daemon.get("/v1/search?format=csv&body=true")[2].decode()
        rows = list(csv.DictReader(io.StringIO(text)))
        self.assertEqual({r["id"]: r["body"] for r in rows}, bodies)


if __name__ == "__main__":
    readout.main()
