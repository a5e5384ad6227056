"""Talks, people, outcomes and statements over HTTP: two articles on one meeting."""
import json
import unittest
import urllib.parse

import readout

ARTICLES = [
    {"id": "oslo-1", "title": "Norway and Kenya agree on a fishing ledger", "published": "2024-05-14T09:00:00Z",
     "source": "Fjord Courier", "language": "en",
     "body": "OSLO, Norway (FC) - Kenya and Norway agreed on Tuesday to keep a common ledger of catches, Norwegian "
             "Foreign Minister Ane Solberg said after talks in Oslo.\n\nThe Kenyan delegation was led by Trade Minister "
             "Mercy Wanjiru and included ambassador Paul Otieno. Solberg headed the Norwegian delegation.\n\n"
             "Norway proposed a joint patrol, but Kenya declined the offer. The talks lasted three hours."},
    {"id": "oslo-2", "title": "Ledger of catches after Oslo talks", "published": "2024-05-15T07:30:00Z",
     "source": "Lake Observer", "language": "en",
     "body": "NAIROBI, Kenya (LO) - Talks between Kenya and Norway took place in Oslo, the capital of Norway. Kenyan Trade "
             "Minister Mercy Wanjiru and Norwegian Foreign Minister Ane Solberg took part.\n\nKenya and Norway agreed to "
             "keep a common ledger of catches."},
]


class Facts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = readout.Directory()
        cls.addClassCleanup(cls.directory.__exit__)
        cls.daemon = readout.Daemon(readout.build_index(cls.directory, ARTICLES))
        cls.addClassCleanup(cls.daemon.__exit__, None)

    def first(self, target):
        return self.daemon.json(target)["hits"][0]

    def test_a_kind_has_a_path_of_its_own(self):
        for kind in ("talks", "participants", "outcomes", "statements"):
            hits = self.daemon.json("/v1/%s?q=kenya" % kind)["hits"]
            self.assertTrue(hits, kind)
            self.assertEqual({h["kind"] for h in hits}, {kind[:-1]})
            self.assertEqual(self.daemon.json("/v1/search?kind=%s&q=kenya" % kind)["hits"], hits)
        status, _, body = self.daemon.get("/v1/talks?kind=outcomes")
        self.assertEqual((status, json.loads(body)["type"]), (400, "urn:readout:problem:unknown-parameter"))

    def test_participants_of_talks_say_which_person_they_are_where_asked(self):
        talks = self.daemon.json("/v1/talks?q=oslo&collapse=false&people=true")["hits"]
        self.assertEqual({t["article"] for t in talks}, {"oslo-1", "oslo-2"})
        for name in ("Mercy Wanjiru", "Ane Solberg"):
            ids = [p["person"] for t in talks for p in t["participants"] if p["name"] == name]
            self.assertEqual(len(ids), 2, name)
            person = self.first("/v1/participants?q=%s" % urllib.parse.quote(name))
            self.assertEqual(set(ids), {person["group"]["id"]})
        plain = self.first("/v1/talks?q=oslo")
        self.assertNotIn("person", plain["participants"][0])
        self.assertEqual(self.daemon.query({"kind": "talks", "people": True})[0], 200)
        self.assertEqual(self.daemon.get("/v1/talks?people=maybe")[0], 400)

    def test_a_question_is_answered_by_the_kind_that_fits(self):
        asked = {"who led the Kenyan delegation": ("participant", "name", "Mercy Wanjiru"),
                 "did Kenya accept the joint patrol": ("outcome", "status", "declined"),
                 "what was agreed about the ledger": ("outcome", "status", "agreed"),
                 "how long did the talks last": ("talk", "duration_minutes", 180)}
        for question, (kind, field, value) in asked.items():
            answer = self.daemon.json("/v1/answers?q=" + urllib.parse.quote(question))
            hit = answer["hits"][0]
            self.assertEqual((hit["kind"], hit[field]), (kind, value), question)
            self.assertEqual(len(answer["kinds"]), 5)
            self.assertEqual(sum(k["hits"] for k in answer["kinds"]), len(answer["hits"]))
        self.assertEqual(self.daemon.get("/v1/answers?offset=3")[0], 400)

    def test_fields_and_facets_take_names_and_codes(self):
        for query in ("side:kenyan", "side:KE", "by:Kenya"):
            hits = self.daemon.json("/v1/outcomes?q=" + query)["hits"]
            self.assertIn("declined", {h["status"] for h in hits}, query)
        self.assertEqual(self.first("/v1/participants?q=participant:wanjiru")["name"], "Mercy Wanjiru")
        repaired = self.daemon.json("/v1/outcomes?q=status:refused")
        self.assertEqual({h["status"] for h in repaired["hits"]}, {"declined"})
        self.assertTrue(repaired["query"]["repairs"])
        facets = self.daemon.json("/v1/outcomes?facets=status,side")["facets"]
        self.assertIn("agreed", {c["value"] for c in facets["status"]})

    def test_a_name_without_latin_letters_is_of_no_group(self):
        article = {"id": "moscow", "title": "Talks in Moscow", "language": "en",
                   "body": "MOSCOW (AFP) - Russian Foreign Minister Сергей Лавров held talks with U.S. Secretary of "
                           "State Marco Rubio in Moscow."}
        with readout.Directory() as directory:
            with readout.Daemon(readout.build_index(directory, [article])) as daemon:
                hits = daemon.json("/v1/participants")["hits"]
        groups = {h["name"]: h["group"] for h in hits}
        self.assertEqual(set(groups), {"Сергей Лавров", "Marco Rubio"})
        self.assertIsNone(groups["Сергей Лавров"])
        self.assertEqual(groups["Marco Rubio"]["articles"], 1)

    def test_members_of_a_group_are_one_hit_unless_asked(self):
        together = self.daemon.json("/v1/participants?q=participant:wanjiru")
        apart = self.daemon.json("/v1/participants?q=participant:wanjiru&collapse=false")
        self.assertEqual((together["total"]["value"], apart["total"]["value"]), (1, 2))
        self.assertEqual(together["hits"][0]["group"]["articles"], 2)

    def test_a_facet_counts_what_its_value_gives(self):
        fields = {"side": "side", "role": "role", "person": "participant", "place": "place", "status": "status",
                  "source": "source"}
        for kind in ("talks", "participants", "outcomes"):
            path = "/v1/%s?limit=0&facets=%s" % (kind, ",".join([*fields, "month", "year"]))
            answer = self.daemon.json(path)
            counted = [(fields[f] + ":" + json.dumps(v["value"]), v["count"]) for f, values in answer["facets"].items()
                       for v in values if f in fields and v["value"]]
            self.assertTrue(counted, kind)
            for term, count in counted:
                found = self.daemon.json(path + "&filter=" + urllib.parse.quote(term))["total"]["value"]
                self.assertEqual(found, count, (kind, term))
            for interval in ("month", "year"):
                self.assertEqual([v["count"] for v in answer["facets"][interval]], [answer["total"]["value"]], (kind, interval))
        one = self.daemon.json("/v1/participants?limit=0&facets=role,person&facet_limit=1")["facets"]
        self.assertEqual([len(values) for values in one.values()], [1, 1])
        apart = self.daemon.json("/v1/talks?limit=0&facets=side&collapse=false")
        self.assertEqual([v["count"] for v in apart["facets"]["side"]], [2, 2])

    def test_facets_count_people_once_by_any_spelling(self):
        facets = self.daemon.json("/v1/search?facets=person,speaker,by&limit=0")["facets"]
        for name, counts in facets.items():
            self.assertFalse([c for c in counts if ";" in c["value"]], name)
        people = {c["value"]: c["count"] for c in facets["person"]}
        for name, count in people.items():  # the facet's name is a filter, as participant is
            answer = self.daemon.json("/v1/search?limit=0&facets=person&filter=" + urllib.parse.quote('person:"%s"' % name))
            self.assertEqual((answer["total"]["value"], answer["query"]["repairs"]), (count, []), name)
            self.assertEqual(answer["query"]["disjunctive"], ["person"])
        self.assertEqual([n for v, n in people.items() if "Wanjiru" in v], [2], people)

    def suggested(self, q, **more):
        answer = self.daemon.json("/v1/suggest?" + urllib.parse.urlencode({"q": q, "limit": 10, **more}))
        return [(s["kind"], s["text"], s["count"]) for s in answer["suggestions"] if s["kind"] in ("person", "place")]

    def test_people_and_places_are_suggested_by_the_words_of_their_names(self):
        mercy, ane, paul = ("person", "Mercy Wanjiru", 2), ("person", "Ane Solberg", 2), ("person", "Paul Otieno", 1)
        for q, expected in (("wanj", [mercy]), ("MERC", [mercy]), ("wanjiru m", [mercy]),
                            ("mercy ", [mercy]), ("mércy", [mercy]), ("solb", [ane]), ("otieno p", [paul]),
                            ("mercy so", []), ("m", []), ("me", []), ("mer", [mercy]), ("ercy", []), ("zz", []), ("mercy)", []), ('"mercy', []),
                            ("-mercy", []), ("mercy:", []), ("foreign min", []), ("mercy " * 20, []),
                            ("m w", []), ("so a", []), ("a-s", []), ("\u00e9 w", [])):
            self.assertEqual(self.suggested(q), expected, q)
        for q, word in (("osl", "oslo"), ("mercy wa", "mercy wanjiru")):  # is listed already
            self.assertIn(word, [s["text"] for s in self.daemon.json("/v1/suggest?q=" + urllib.parse.quote(q))["suggestions"]])
            self.assertEqual(self.suggested(q), [], q)
        self.assertEqual(self.suggested("wanj", limit=1), [])

    def test_the_names_that_are_suggested_keep_to_the_filter(self):
        self.assertEqual(self.suggested("merc", filter="source:Fjord Courier"), [("person", "Mercy Wanjiru", 1)])
        self.assertEqual(self.suggested("paul", filter='source:"Lake Observer"'), [])

    def test_names_under_a_filter_are_those_that_its_articles_name(self):
        def article(number, source, body):
            return {"id": "a%d" % number, "title": "Notes", "published": "2024-05-14T09:00:00Z", "source": source,
                    "language": "en", "body": body}
        articles = [article(1, "Secret Wire", "OSLO (SW) - Kenyan Trade Minister Mercy Wanjiru and Kenyan ambassador Paul Otieno "
                                              "held talks with Norway in Camp David."),
                    article(2, "Public", "Kenyan ambassador Paul Smith met the press. Later Kenyan Foreign Minister James "
                                         "Otieno spoke at the camp. Mr David listened. No mercy was shown to Peter Wanjiru.")]
        articles += [article(i, "Gulf Post", "RIYADH (GP) - Russian Foreign Minister Sergei Lavrov held talks with Norway in Riyadh.")
                     for i in (2001, 2002)]
        articles += [article(2003, "Public", "Russian Foreign Minister Sergey Lavrov met the press.")]
        articles += [article(i, "Daily", "Norwegian Foreign Minister Ane Solberg held talks with Kenya in Oslo.")
                     for i in range(3, 1304)]
        with readout.Directory() as directory:
            index, keys = readout.build_index(directory, articles), directory.join("keys")
            key = {"Authorization": "Bearer " + readout.add_key(keys, "public", "--key-filter", "source:Public")}
            with readout.Daemon(index, "--keys", keys) as daemon:
                def names(q, fields=None, **more):
                    target = "/v1/suggest?" + urllib.parse.urlencode({"q": q, "limit": 10, **more})
                    return [(s["kind"], s["text"], s["count"]) for s in json.loads(daemon.get(target, fields=fields)[2])["suggestions"]
                            if s["kind"] in ("person", "place")]
                self.assertEqual(names("otie p"), [("person", "Paul Otieno", 1)])
                self.assertEqual(names("dav"), [("place", "Camp David", 1)])
                for told in ({"fields": key}, {"filter": "source:Public"}, {"fields": key, "filter": "source:Public"}):
                    self.assertEqual(names("pau", **told), [("person", "Paul Smith", 1)], told)
                    for q in ("merc", "otieno p", "cam", "dav", "solb", "osl"):
                        self.assertEqual(names(q, **told), [], (q, told))
                self.assertEqual(names("pau", key, filter='source:"Secret Wire"'), [])
                self.assertEqual(names("dav", filter='source:"Secret Wire"'), [("place", "Camp David", 1)])
                # a person by the name that is there
                self.assertEqual(names("lavr"), [("person", "Sergei Lavrov", 2)])
                self.assertEqual(names("lavr", key), [("person", "Sergey Lavrov", 1)])
                # who is in very many articles, too
                for more in ({}, {"filter": "language:en"}, {"filter": "source:Daily"}):
                    self.assertEqual(names("solb", **more), [("person", "Ane Solberg", 1301)], more)
                    self.assertEqual(names("solberg a", **more), [("person", "Ane Solberg", 1301)], more)

    def test_a_person_and_a_talk_have_records(self):
        for kind, target in (("talk", "/v1/talks"), ("participant", "/v1/participants")):
            hit = self.first(target + "?q=wanjiru")
            record = self.daemon.json(target + "/" + urllib.parse.quote(hit["id"], safe=""))
            self.assertEqual((record["kind"], record["id"]), (kind, hit["id"]))
            self.assertEqual({m["article"] for m in record["members"]}, {"oslo-1", "oslo-2"}, kind)
            self.assertTrue(all(m["sentence"] for m in record["members"]))
        self.assertEqual(self.daemon.get("/v1/talks/oslo-1%23p1")[0], 404)
        status, _, problem = self.daemon.get("/v1/talks/nowhere%23t1")[:3]
        self.assertEqual(status, 404)
        self.assertIn(b"no-such-record", problem)

    def test_an_article_has_its_facts_with_spans(self):
        article = self.daemon.json("/v1/articles/oslo-1")
        body = article["body"].encode()
        said = {o["status"]: body[o["evidence"]["start"]:o["evidence"]["end"]] for o in article["facts"]["outcomes"]}
        self.assertIn(b"declined", said["declined"])


if __name__ == "__main__":
    readout.main()
