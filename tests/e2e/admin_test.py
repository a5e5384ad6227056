"""Administration over HTTP: keys, synonyms, settings, backups."""
import contextlib
import fcntl
import http.client
import json
import os
import re
import threading
import time

import readout


class Served(readout.OwnIndex):
    """A daemon with the keys `root` and `boss`, who administer, and `site`, which reads."""
    options = ()
    environment = {}

    def setUp(self):
        super().setUp()
        os.mkdir(self.directory.join("etc"))
        self.keys = self.directory.join("etc", "keys")
        self.root, self.boss = self.make_key("root", "admin"), self.make_key("boss", "admin")
        self.site = self.make_key("site", "read")
        self.daemon = self.start()

    def start(self, *options):
        return self.serve("--keys", self.keys, "--access-log", self.directory.join("access"), *self.options,
                          *options, env=self.environment)

    def make_key(self, name, scopes):
        return readout.add_key(self.keys, name, "--scopes", scopes)

    def ask(self, method, target, members=None, key=None, media="application/json"):
        """Status and decoded answer; `members` are sent as JSON, bytes as they are."""
        fields = {"Authorization": "Bearer " + (key or self.root)}
        body = members if isinstance(members, (bytes, type(None))) else json.dumps(members).encode()
        if body is not None:
            fields["Content-Type"] = media
        status, self.fields, text = self.daemon.request(method, target, body, fields)
        return status, json.loads(text) if text else None

    def refused(self, status, where, *request, **more):
        """It is refused with this status, and the place that is at fault."""
        got, problem = self.ask(*request, **more)
        self.assertEqual((got, problem.get("where", {}).get("name", "")), (status, where), problem)
        return problem["detail"]


class Keys(Served):
    def names(self):
        status, answer = self.ask("GET", "/v1/keys")
        self.assertEqual(status, 200)
        return [key["name"] for key in answer["keys"]]

    def search(self, key):
        return self.ask("GET", "/v1/search?q=talks", key=key)[0]

    def test_a_key_is_made_used_and_removed_at_once(self):
        status, made = self.ask("POST", "/v1/keys", {"name": "cms", "scopes": ["read", "write"], "rate": 50,
                                                    "expires": "2090-01-01"})
        self.assertEqual((status, self.fields["location"], self.fields["cache-control"]),
                         (201, "/v1/keys/cms", "no-store"))
        secret = made.pop("key")
        self.assertEqual(made, {"name": "cms", "scopes": ["read", "write"], "rate": 50, "filter": None,
                                "expires": "2090-01-01T00:00:00Z"})
        self.assertEqual(self.search(secret), 200)
        status, answer = self.ask("GET", "/v1/keys")
        self.assertEqual((status, answer["keys"][-1]), (200, made))
        self.assertEqual(self.names(), ["root", "boss", "site", "cms"])
        self.assertEqual(self.ask("DELETE", "/v1/keys/cms"), (204, None))
        self.assertEqual(self.search(secret), 401)
        self.refused(404, "", "DELETE", "/v1/keys/cms")

    def test_the_filter_of_a_key_is_kept_to(self):
        status, made = self.ask("POST", "/v1/keys", {"name": "gulf", "scopes": ["read"], "filter": 'source:"Gulf Courier"'})
        self.assertEqual(status, 201)
        status, answer = self.ask("GET", "/v1/search?q=talks", key=made["key"])
        self.assertEqual((status, answer["total"]["value"]), (200, 2))

    def test_only_administrators_see_or_change_keys(self):
        for method, target, members in (("GET", "/v1/keys", None), ("DELETE", "/v1/keys/site", None),
                                        ("POST", "/v1/keys", {"name": "x", "scopes": ["admin"]})):
            self.assertEqual(self.ask(method, target, members, key=self.site)[0], 403)
            self.assertEqual(self.ask(method, target, members, key="ro_" + "A" * 43)[0], 401)
            self.assertEqual(self.daemon.request(method, target, None if members is None else b"{}",
                                                 {"Content-Type": "application/json"})[0], 401)
        self.assertEqual(self.names(), ["root", "boss", "site"])

    def test_nobody_removes_the_key_he_asks_with(self):
        self.assertIn("another", self.refused(409, "", "DELETE", "/v1/keys/root"))
        self.assertEqual(self.ask("DELETE", "/v1/keys/root", key=self.boss)[0], 204)
        self.assertEqual(self.ask("GET", "/v1/keys")[0], 401)
        self.assertEqual(self.ask("DELETE", "/v1/keys/boss", key=self.boss)[0], 409)

    def test_the_last_key_that_administers_without_end_stays(self):
        status, made = self.ask("POST", "/v1/keys", {"name": "brief", "scopes": ["admin"], "expires": "2090-01-01"})
        self.assertEqual(status, 201)
        self.assertEqual(self.ask("DELETE", "/v1/keys/boss", key=made["key"])[0], 204)
        self.assertIn("last", self.refused(409, "", "DELETE", "/v1/keys/root", key=made["key"]))
        self.assertEqual(self.ask("DELETE", "/v1/keys/site", key=made["key"])[0], 204)
        self.assertEqual(self.ask("DELETE", "/v1/keys/brief")[0], 204)
        self.assertEqual(self.names(), ["root"])

    def test_a_filter_is_read_when_the_key_is_made(self):
        for text in ("source:(", "nosuch:x", 'title:"unclosed', "   ", "*", "", "source:"):
            self.refused(422, "filter", "POST", "/v1/keys", {"name": "x", "scopes": ["read"], "filter": text})
            done = readout.run("readout-searchd", "keys", "add", "x", "--keys", self.keys, "--key-filter", text)
            self.assertEqual((done.returncode, "filter" in done.stderr, done.stdout), (1, True, ""), (text, done.stderr))
        for scopes in (["read", "write"], ["admin"], ["write"]):
            self.refused(422, "filter", "POST", "/v1/keys", {"name": "x", "scopes": scopes, "filter": "source:Reuters"})
        done = readout.run("readout-searchd", "keys", "add", "x", "--keys", self.keys, "--key-filter", "source:Reuters", "--scopes", "admin")
        self.assertEqual((done.returncode, done.stdout), (1, ""), done.stderr)
        for i, text in enumerate(("source:Reuters", 'source:"Gulf Courier" OR source:Reuters', "after:2025-01-01 talks", "-source:Reuters")):
            self.assertEqual(self.ask("POST", "/v1/keys", {"name": "ok%d" % i, "scopes": ["read"], "filter": text})[0], 201, text)

    def test_two_who_remove_each_other_leave_one(self):
        statuses = []
        threads = [threading.Thread(target=lambda k=key, n=name: statuses.append(
            self.daemon.request("DELETE", "/v1/keys/" + n, None, {"Authorization": "Bearer " + k})[0]))
                   for key, name in ((self.root, "boss"), (self.boss, "root"))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(statuses.count(204), 1, statuses)
        left = self.root if self.search(self.root) == 200 else self.boss
        self.assertEqual(len(self.ask("GET", "/v1/keys", key=left)[1]["keys"]), 2)

    def test_what_is_wrong_with_a_key_is_told_with_its_place(self):
        def post(members):
            return "POST", "/v1/keys", members
        good = {"name": "x", "scopes": ["read"]}
        for name, value in (("name", "a b"), ("name", ""), ("name", 5), ("name", "x" * 65), ("name", "a\0b"),
                            ("scopes", []), ("scopes", "read"), ("scopes", ["all"]), ("scopes", [1]), ("scopes", ["read,write"]),
                            ("expires", "soon"), ("expires", 5), ("filter", 5), ("filter", "x" * 5000),
                            ("filter", "a\0b"), ("rate", -1), ("rate", "5"), ("rate", 1.5), ("rate", 10 ** 9), ("sha256", "0" * 64)):
            self.refused(422, name, *post(dict(good, **{name: value})))
        self.refused(422, "scopes", *post({"name": "x"}))
        self.refused(422, "name", *post({"scopes": ["read"]}))
        self.refused(422, "", *post([good]))
        self.refused(409, "name", *post({"name": "root", "scopes": ["read"]}))
        self.refused(400, "", *post(b'{"name":'))
        self.refused(400, "", *post(b'{"name":"a","name":"b","scopes":["read"]}'))
        self.refused(415, "Content-Type", *post(good), media="text/plain")
        self.refused(400, "q", "GET", "/v1/keys?q=1")
        self.assertEqual(self.names(), ["root", "boss", "site"])

    def test_the_command_line_and_the_api_write_one_file(self):
        made = []

        def by_command(i):
            made.append(self.make_key("command-%d" % i, "read"))

        def by_api(i):
            fields = {"Authorization": "Bearer " + self.root, "Content-Type": "application/json"}
            body = json.dumps({"name": "api-%d" % i, "scopes": ["read"]})
            made.append(json.loads(self.daemon.request("POST", "/v1/keys", body, fields)[2])["key"])
        threads = [threading.Thread(target=fn, args=(i,)) for i in range(4) for fn in (by_command, by_api)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(self.names()), 3 + 8)
        done = readout.run("readout-searchd", "keys", "list", "--keys", self.keys)
        self.assertEqual([line.split("\t")[0] for line in done.stdout.splitlines()], self.names())
        self.daemon.wait_until(lambda: all(self.search(key) == 200 for key in made), "all keys are known")
        self.assertEqual(os.stat(self.keys).st_mode & 0o777, 0o600)
        self.assertNotIn(self.keys + ".new", os.listdir(self.directory.join("etc")))

    def test_keys_are_in_no_log_and_not_in_the_file(self):
        secret = self.ask("POST", "/v1/keys", {"name": "quiet", "scopes": ["read"]})[1]["key"]
        self.assertEqual(self.search(secret), 200)
        self.daemon.stop()
        with open(self.directory.join("access"), encoding="utf-8") as access, open(self.keys, encoding="utf-8") as file:
            for text in (access.read(), file.read(), self.daemon.log()):
                self.assertNotIn(secret[3:], text)
                self.assertIn("quiet", text)

    def test_a_file_that_cannot_be_changed_is_told_and_stays(self):
        with open(self.keys, encoding="utf-8") as file:
            before = file.read()
        os.rename(self.keys, self.keys + ".away")
        os.mkdir(self.keys)  # nothing can be put in its place
        status, problem = self.ask("POST", "/v1/keys", {"name": "x", "scopes": ["read"]})
        self.assertEqual((status, problem["type"].rsplit(":")[-1]), (503, "settings-unavailable"))
        os.rmdir(self.keys)
        os.rename(self.keys + ".away", self.keys)
        with open(self.keys, encoding="utf-8") as file:
            self.assertEqual(file.read(), before)


class Synonyms(Served):
    def found(self, q):
        status, answer = self.ask("GET", "/v1/search?match=all&q=" + q, key=self.site)
        self.assertEqual(status, 200)
        return [hit["id"] for hit in answer["hits"]], [w for e in answer["query"]["expanded"] for w in e["into"]]

    def file(self):
        return os.path.join(self.index, "synonyms.txt")

    def put(self, members):
        return self.ask("PUT", "/v1/synonyms", members)

    def test_they_hold_from_the_next_request_on(self):
        self.assertEqual(self.ask("GET", "/v1/synonyms"), (200, {"synonyms": []}))
        self.assertEqual(self.found("armistice"), ([], []))
        sets = {"synonyms": [{"words": ["ceasefire", "armistice"]}, {"words": ["maize"], "into": ["grain corridor"]}]}
        self.assertEqual(self.put(sets), (200, {"count": 2, "useless": 0}))
        self.assertEqual(self.found("armistice"), (["riyadh-1"], ["ceasefire"]))
        self.assertEqual(self.found("maize"), (["geneva/3"], ["grain corridor"]))
        self.assertEqual(self.ask("GET", "/v1/synonyms"), (200, sets))
        self.assertEqual(self.put({"synonyms": []}), (200, {"count": 0, "useless": 0}))
        idle = [{"words": ["Maize", "maize"]}, {"words": ["one two three four five six seven"], "into": ["count"]}]
        self.assertEqual(self.put({"synonyms": idle + [{"words": ["maize", "maïze", "corn"]}]}), (200, {"count": 1, "useless": 2}))
        self.assertEqual(self.put({"synonyms": []})[0], 200)
        self.assertEqual(self.found("armistice"), ([], []))

    def test_sets_are_changed_by_their_first_word(self):
        text = b"# of talks\nceasefire, armistice\n\nMaize => grain\nmaize, corn\n# the end\ntruce, calm"
        self.assertEqual(self.ask("PUT", "/v1/synonyms", text, media="text/plain")[0], 200)
        def read():
            with open(self.file(), "rb") as file:
                return file.read()
        self.assertEqual(self.ask("GET", "/v1/synonyms/maize"),
                         (200, {"synonyms": [{"words": ["Maize"], "into": ["grain"]}, {"words": ["maize", "corn"]}]}))
        for word in ("corn", "armistice", "nobody", "%23%20of"):
            self.assertEqual(self.ask("GET", "/v1/synonyms/" + word)[0], 404, word)
            self.assertEqual(self.ask("DELETE", "/v1/synonyms/" + word)[0], 404, word)
        # in the place of the first of those that begin so
        self.assertEqual(self.ask("PUT", "/v1/synonyms/maize", {"words": ["maize"], "into": ["grain corridor"]}),
                         (200, {"count": 3, "useless": 0}))
        self.assertEqual(read(), b"# of talks\nceasefire, armistice\n\nmaize => grain corridor\n# the end\ntruce, calm")
        self.assertEqual(self.found("maize"), (["geneva/3"], ["grain corridor"]))
        # behind all, where there was none
        self.assertEqual(self.ask("PUT", "/v1/synonyms/white%20house", {"words": ["white house", "ceasefire"]}),
                         (200, {"count": 4, "useless": 0}))
        self.assertTrue(read().endswith(b"truce, calm\nwhite house, ceasefire\n"))
        self.assertEqual(self.found("white+house"), (["riyadh-1"], ["ceasefire"]))
        self.assertEqual(self.ask("DELETE", "/v1/synonyms/Ceasefire"), (204, None))
        self.assertEqual(self.found("armistice"), ([], []))
        self.assertEqual(read(), b"# of talks\n\nmaize => grain corridor\n# the end\ntruce, calm\nwhite house, ceasefire\n")
        before = read()
        self.refused(422, "words[0]", "PUT", "/v1/synonyms/truce", {"words": ["calm", "truce"]})
        self.refused(422, "words", "PUT", "/v1/synonyms/truce", {"words": ["truce"]})
        self.refused(422, "into[0]", "PUT", "/v1/synonyms/truce", {"words": ["truce"], "into": [""]})
        self.refused(422, "", "PUT", "/v1/synonyms/truce", [])
        self.refused(422, "", "PUT", "/v1/synonyms/%20", {"synonyms": [{"words": ["a", "b"]}]})
        self.refused(400, "", "PUT", "/v1/synonyms/truce", b"{")
        self.refused(415, "Content-Type", "PUT", "/v1/synonyms/truce", b"truce, calm", media="text/plain")
        self.assertEqual(self.ask("PUT", "/v1/synonyms/truce", {"words": ["truce", "a"]}, key=self.site)[0], 403)
        self.assertEqual(read(), before)

    def test_they_outlive_the_daemon_and_hold_for_the_command_line(self):
        self.put({"synonyms": [{"words": ["ceasefire", "armistice"]}]})
        self.daemon.stop()
        self.daemon = self.start()
        self.assertEqual(self.found("armistice"), (["riyadh-1"], ["ceasefire"]))
        done = readout.run("readout-query", "--index", self.index, "--kind", "articles", "--json", "armistice")
        self.assertEqual(json.loads(done.stdout)["total"]["value"], 1, done.stderr)

    def test_an_answer_that_depends_on_them_has_another_tag(self):
        def tag():
            return self.daemon.get("/v1/search?q=armistice")[1]["etag"]
        before = tag()
        self.assertEqual(tag(), before)
        self.put({"synonyms": [{"words": ["ceasefire", "armistice"]}]})
        self.assertNotEqual(tag(), before)
        status, _, _ = self.daemon.get("/v1/search?q=armistice", fields={"If-None-Match": before})
        self.assertEqual(status, 200)

    def test_they_are_text_for_those_who_ask_for_it(self):
        text = b"# a comment\nceasefire, armistice\n"
        self.assertEqual(self.ask("PUT", "/v1/synonyms", text, media="text/plain")[0], 200)
        fields = {"Authorization": "Bearer " + self.root, "Accept": "text/plain"}
        status, fields, body = self.daemon.get("/v1/synonyms", fields=fields)
        self.assertEqual((status, body), (200, text))
        with open(self.file(), "rb") as file:
            self.assertEqual(file.read(), text)

    def test_the_file_that_is_named_is_read_and_written(self):
        self.daemon.stop()
        named = self.directory.write("etc/words", "ceasefire, armistice\n")
        self.daemon = self.start("--synonyms", named)
        self.assertEqual(self.ask("GET", "/v1/synonyms")[1]["synonyms"], [{"words": ["ceasefire", "armistice"]}])
        self.put({"synonyms": [{"words": ["maize", "grain"]}]})
        with open(named, encoding="utf-8") as file:
            self.assertEqual(file.read(), "maize, grain\n")
        self.assertFalse(os.path.exists(self.file()))
        self.directory.write("etc/words", "truce, ceasefire\n")
        self.daemon.signal(readout.signal.SIGHUP)
        self.daemon.wait_until(lambda: self.found("truce")[0] == ["riyadh-1"], "the file is read again")

    def test_what_is_wrong_is_told_with_its_place_and_changes_nothing(self):
        self.put({"synonyms": [{"words": ["ceasefire", "armistice"]}]})
        good = {"words": ["a", "b"]}
        for place, sets in (("synonyms[1]", [good, {"word": ["a"]}]), ("synonyms[1].words", [good, {"words": ["a"]}]),
                            ("synonyms[0].words", [{"words": []}]), ("synonyms[0].words", [{"words": "a, b"}]),
                            ("synonyms[0].words", [{"words": ["a"] * 33}]), ("synonyms[0].words[1]", [{"words": ["a", "b,c"]}]),
                            ("synonyms[0].words[0]", [{"words": ["#a", "b"]}]), ("synonyms[0].words[1]", [{"words": ["a", 5]}]),
                            ("synonyms[0].words[1]", [{"words": ["a", "  "]}]), ("synonyms[0].words[1]", [{"words": ["a", "b\nc"]}]),
                            ("synonyms[0].into", [{"words": ["a"], "into": []}]), ("synonyms[0].into[0]", [{"words": ["a"], "into": ["b=>c"]}]),
                            ("synonyms[0]", [dict(good, more=1)]), ("synonyms[0]", [5]), ("synonyms", {})):
            self.refused(422, place, "PUT", "/v1/synonyms", {"synonyms": sets})
        self.refused(422, "synonyms", "PUT", "/v1/synonyms", {"words": []})
        self.refused(422, "synonyms", "PUT", "/v1/synonyms", [])
        self.assertIn("line 2", self.refused(422, "", "PUT", "/v1/synonyms", b"a, b\nalone\n", media="text/plain"))
        self.refused(422, "", "PUT", "/v1/synonyms", b"a, \xff\n", media="text/plain")
        self.refused(400, "", "PUT", "/v1/synonyms", b"{")
        self.refused(415, "Content-Type", "PUT", "/v1/synonyms", b"a", media="text/csv")
        self.assertEqual(self.ask("PUT", "/v1/synonyms", {"synonyms": []}, key=self.site)[0], 403)
        self.assertEqual(self.found("armistice"), (["riyadh-1"], ["ceasefire"]))


class Settings(Served):
    options = ("--slow-query", "3s")
    environment = dict.fromkeys(readout.UNHURRIED)  # none of them, they go before what is put

    def setting(self, name):
        status, answer = self.ask("GET", "/v1/settings")
        self.assertEqual(status, 200)
        return answer["settings"][name]["value"], answer["settings"][name]["source"]

    def patch(self, **members):
        return self.ask("PATCH", "/v1/settings", {name.replace("_", "-"): value for name, value in members.items()})

    def test_what_can_change_is_in_force_at_once_and_outlives_the_daemon(self):
        self.assertEqual(self.setting("deadline"), ("5s", "default"))
        status, answer = self.patch(deadline="7s", max_connections=77, cors_origin=["https://a.example", "https://b.example"],
                                    match="any", half_life=30, collapse=False)
        self.assertEqual((status, answer["settings"]["deadline"]["value"]), (200, "7s"))

        def check():
            self.assertEqual(self.setting("deadline"), ("7s", "api"))
            self.assertEqual(self.setting("max-connections"), (77, "api"))
            self.assertEqual(self.setting("half-life"), (30.0, "api"))
            self.assertEqual(self.setting("collapse"), (False, "api"))
            fields = self.daemon.get("/v1/search?q=talks", fields={"Origin": "https://b.example"})[1]
            self.assertEqual(fields["access-control-allow-origin"], "https://b.example")
            self.assertEqual(self.daemon.json("/v1/search?q=talks")["query"]["match"], "any")
            self.assertEqual(self.daemon.json("/v1/search?q=talks&match=all")["query"]["match"], "all")
            self.assertEqual(self.daemon.query({"q": "talks"})[2]["query"]["match"], "any")
            body = json.dumps({"queries": [{"q": "talks"}]})
            _, _, text = self.daemon.request("POST", "/v1/queries", body, {"Content-Type": "application/json"})
            self.assertEqual(json.loads(text)["answers"][0]["query"]["match"], "any")
        check()
        self.daemon.stop()
        self.daemon = self.start()
        check()
        self.assertEqual(self.patch(deadline=None, match=None)[0], 200)
        self.assertEqual(self.setting("deadline"), ("5s", "default"))
        self.assertEqual(self.daemon.json("/v1/search?q=talks")["query"]["match"], "all")
        self.assertEqual(self.setting("max-connections"), (77, "api"))

    def test_the_command_line_goes_before_and_the_file_behind(self):
        self.daemon.stop()
        config = self.directory.write("etc/searchd.conf", "deadline = 9s\nidle-timeout = 44s\n")
        self.daemon = self.start("--config", config)
        self.assertEqual((self.setting("deadline"), self.setting("slow-query")), (("9s", "file"), ("3s", "command line")))
        self.assertIn("command line", self.refused(409, "slow-query", "PATCH", "/v1/settings", {"slow-query": "1s"}))
        self.assertEqual(self.patch(deadline="8s")[0], 200)
        self.directory.write("etc/searchd.conf", "deadline = 10s\nidle-timeout = 45s\n")
        self.daemon.signal(readout.signal.SIGHUP)
        self.daemon.wait_until(lambda: self.setting("idle-timeout")[0] == "45s", "the file")
        self.assertEqual(self.setting("deadline"), ("8s", "api"))

    def test_an_answer_that_depends_on_them_has_another_tag(self):
        before = self.daemon.get("/v1/search?q=talks")[1]["etag"]
        self.assertEqual(self.patch(builtin_synonyms="off")[0], 200)
        after = self.daemon.get("/v1/search?q=talks")[1]["etag"]
        self.assertNotEqual(before, after)
        self.assertEqual(self.patch(builtin_synonyms=None)[0], 200)
        self.assertEqual(self.daemon.get("/v1/search?q=talks")[1]["etag"], before)

    def test_what_is_wrong_is_told_with_its_place_and_changes_nothing(self):
        self.assertEqual(self.patch(deadline="6s")[0], 200)
        for name, value in (("deadline", "soon"), ("deadline", -1), ("deadline", [1]), ("deadline", "1s\nworkers = 1"), ("bogus", 1),
                            ("match", "most"), ("max-connections", 0), ("max-connections", 1.5), ("collapse", "perhaps"),
                            ("cors-origin", "https://a.example"), ("cors-origin", []), ("cors-origin", [5]), ("cors-origin", ["a"]),
                            ("half-life", -1), ("half-life", {}), ("scopes", "read"), ("log-level", 5)):
            self.refused(422, name, "PATCH", "/v1/settings", {"slow-query2": 1} if name is None else {name: value})
        self.refused(422, "match", "PATCH", "/v1/settings", {"deadline": "9s", "match": "most", "typo": "off"})
        for name in ("workers", "index", "keys", "listen", "reading", "tls-key", "access-log", "sandbox"):
            self.refused(409, name, "PATCH", "/v1/settings", {name: "x"})
        self.assertIn("max-bodies", self.refused(422, "max-body", "PATCH", "/v1/settings", {"max-body": "100M"}))
        self.assertIn("max-bodies", self.refused(422, "", "PATCH", "/v1/settings", {"max-body": "30M", "max-bodies": "20M"}))
        self.refused(422, "", "PATCH", "/v1/settings", [])
        self.refused(400, "", "PATCH", "/v1/settings", b"{")
        self.assertEqual(self.ask("GET", "/v1/settings", key=self.site)[0], 403)
        self.assertEqual(self.ask("PATCH", "/v1/settings", {"deadline": "1s"}, key=self.site)[0], 403)
        self.assertEqual(self.setting("deadline"), ("6s", "api"))
        with open(os.path.join(self.index, "settings.conf"), encoding="utf-8") as file:
            self.assertEqual(file.read(), "deadline = 6s\n")

    def test_a_file_of_settings_that_is_wrong_is_told_at_the_start(self):
        self.daemon.stop()
        for text, reason in (("workers = 1\n", "line 1"), ("deadline = soon\n", "deadline"), ("x", "line 1")):
            with open(os.path.join(self.index, "settings.conf"), "w", encoding="utf-8") as file:
                file.write(text)
            done = readout.run("readout-searchd", "--index", self.index, "--listen", "127.0.0.1:0")
            self.assertEqual((done.returncode, reason in done.stderr), (2, True), done.stderr)

    def test_nobody_locks_himself_out(self):
        for name, value in (("max-body", 0), ("max-body", "4095"), ("max-headers", 1), ("max-headers", 15), ("max-header", "1k"),
                            ("header-timeout", "1ms"), ("body-timeout", "99ms"), ("write-timeout", "1ms"), ("idle-timeout", "1ms"),
                            ("deadline", "1ms"), ("max-connections", 1), ("max-connections-per-address", 1)):
            self.assertIn("at least", self.refused(422, name, "PATCH", "/v1/settings", {name: value}))
        self.refused(422, "max-body", "PATCH", "/v1/settings", {"max-body": 0, "max-bodies": 1})
        status, answer = self.patch(max_body="4k", max_bodies="4k", max_headers=16, max_header="4k", header_timeout="100ms",
                                    body_timeout="100ms", deadline="100ms", max_connections=4, max_connections_per_address=2)
        self.assertEqual(status, 200, answer)
        self.daemon.stop()
        self.daemon = self.start()

        def is_back():
            with contextlib.suppress(OSError, http.client.HTTPException):  # what comes late is cut off
                return self.patch(max_body=None, max_bodies=None, deadline=None)[0] == 200
        self.daemon.wait_until(is_back, "the way back")

    def test_values_are_kept_as_they_are_meant(self):
        self.assertEqual(self.patch(builtin_synonyms=False, half_life=-0.0, cors_origin=["https://a.example", "https://b.example",
                                                                                        "https://a.example"])[0], 200)
        self.assertEqual(self.setting("builtin-synonyms"), ("off", "api"))
        self.assertEqual(self.setting("cors-origin"), (["https://a.example", "https://b.example"], "api"))
        self.assertEqual(str(self.setting("half-life")[0]), "0.0")
        self.assertEqual(self.patch(builtin_synonyms=True)[0], 200)
        self.assertEqual(self.setting("builtin-synonyms"), ("on", "api"))

    def test_patch_is_among_the_methods(self):
        status, fields, _ = self.daemon.request("OPTIONS", "/v1/settings")
        self.assertEqual((status, fields["allow"]), (204, "GET, HEAD, PATCH, OPTIONS"))


class Backups(Served):
    def setUp(self):
        self.directory = readout.Directory()
        self.addCleanup(self.directory.__exit__)
        os.mkdir(self.directory.join("backups"))
        os.mkdir(self.directory.join("etc"))
        os.mkdir(self.directory.join("own"))
        self.index = readout.build_index(self.directory, name="own/news.idx")
        self.keys = self.directory.join("etc", "keys")
        self.root, self.site = self.make_key("root", "admin"), self.make_key("site", "read")
        self.daemon = self.start("--backups", self.directory.join("backups"))

    def state(self, name):
        status, backup = self.ask("GET", "/v1/backups/" + name)
        self.assertEqual(status, 200)
        self.assertNotEqual(backup["state"], "failed", backup)
        return backup["state"]

    def make(self, name):
        status, backup = self.ask("POST", "/v1/backups", {"name": name})
        self.assertEqual((status, self.fields["location"]), (202, "/v1/backups/" + name), backup)
        self.daemon.wait_until(lambda: self.state(name) == "made", "the backup")
        return self.ask("GET", "/v1/backups/" + name)[1]

    def restore(self, name):
        status, backup = self.ask("POST", "/v1/backups/%s/restore" % name)
        self.assertEqual(status, 202, backup)
        self.daemon.wait_until(lambda: self.state(name) == "restored", "the restored index")
        return self.ask("GET", "/v1/backups/" + name)[1]

    def fails(self, name):
        self.daemon.wait_until(lambda: self.ask("GET", "/v1/backups/" + name)[1]["state"] == "failed", "the verdict")

    def restore_damaged(self):
        """Tries to put a backup back that was damaged after it was made: `bad`."""
        self.make("bad")
        path = self.directory.join("backups", "bad", "catalog.db")
        with open(path, "r+b") as file:
            file.seek(os.path.getsize(path) // 2)
            file.write(b"\xff" * 8192)
        self.assertEqual(self.ask("POST", "/v1/backups/bad/restore")[0], 202)
        self.fails("bad")

    def put(self, name):
        return self.ask("PUT", "/v1/articles/" + name, {"title": name, "body": "Talks about " + name, "language": "en"})[0]

    def articles(self):
        return self.daemon.json("/v1/search?limit=0")["total"]["value"]

    def test_a_backup_is_made_and_put_back_without_losing_a_request(self):
        self.assertEqual(self.put("before"), 201)
        made = self.make("monday")
        self.assertEqual((made["articles"], made["detail"]), (5, None))
        self.assertGreater(made["bytes"], 10000)
        self.assertEqual(self.put("after"), 201)
        self.assertEqual(self.ask("PUT", "/v1/synonyms", {"synonyms": [{"words": ["ceasefire", "armistice"]}]})[0], 200)
        self.assertEqual(self.ask("PATCH", "/v1/settings", {"idle-timeout": "77s"})[0], 200)
        statuses, stop = [], threading.Event()

        def ask(n):
            while not stop.is_set():
                statuses.append(self.daemon.get("/v1/search?q=talks&limit=%d" % n)[0])

        def write():
            fields = {"Authorization": "Bearer " + self.root, "Content-Type": "application/json"}
            while not stop.is_set():
                statuses.append(self.daemon.request("PUT", "/v1/articles/w", b'{"title":"w","body":"w"}', fields)[0])
        threads = [threading.Thread(target=ask, args=(n,)) for n in (1, 2)] + [threading.Thread(target=write)]
        for thread in threads:
            thread.start()
        try:
            restored = self.restore("monday")
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        self.assertLessEqual(set(statuses), {200, 201})
        self.assertGreater(len(statuses), 5)
        self.assertEqual(self.daemon.get("/v1/articles/after")[0], 404)
        self.assertEqual(self.daemon.get("/v1/articles/before")[0], 200)
        self.assertEqual(self.put("again"), 201)
        self.daemon.wait_until(lambda: self.daemon.get("/v1/articles/again")[0] == 200, "what is written now")
        self.assertEqual(self.daemon.json("/v1/search?q=armistice&match=all")["total"]["value"], 1)
        self.assertEqual(self.ask("GET", "/v1/settings")[1]["settings"]["idle-timeout"]["value"], "77s")
        self.assertRegex(restored["detail"], r"'news\.idx\.before-monday-\d+'")
        self.daemon.stop()
        for name in os.listdir(self.directory.join("own")):
            done = readout.run("readout-indexer", "check", "--index", self.directory.join("own", name))
            self.assertEqual(done.returncode, 0, (name, done.stdout, done.stderr))
        old = self.directory.join("own", restored["detail"].split("'")[1])
        self.assertIn('"after"', readout.run("readout-indexer", "dump", "--index", old, "after").stdout)

    def test_what_was_written_after_restoring_stays(self):
        self.make("one")
        for n in range(3):
            self.assertEqual(self.put("n%d" % n), 201)
            self.restore("one")
            self.assertEqual(self.articles(), 4)
            self.assertEqual(self.put("kept"), 201)
        self.daemon.stop()
        self.daemon = self.start("--backups", self.directory.join("backups"))
        self.assertEqual(self.daemon.get("/v1/articles/kept")[0], 200)
        self.assertEqual(self.articles(), 5)
        self.assertEqual(self.ask("GET", "/v1/backups")[1]["backups"][0]["state"], "there")

    def test_another_index_of_the_directory_is_switched_to(self):
        articles = [{"id": "new-%d" % n, "title": "New %d" % n, "body": "Talks of another index."} for n in range(3)]
        readout.add_articles(self.directory.join("backups", "rebuilt"), articles)
        status, answer = self.ask("GET", "/v1/backups")
        self.assertEqual((status, [b["name"] for b in answer["backups"]]), (200, ["rebuilt"]))
        self.restore("rebuilt")
        self.assertEqual(self.articles(), 3)
        self.assertEqual(self.daemon.get("/v1/articles/new-1")[0], 200)

    def test_a_backup_that_is_damaged_is_not_put_back(self):
        self.restore_damaged()
        self.assertTrue(self.ask("GET", "/v1/backups/bad")[1]["detail"])
        self.assertEqual(self.articles(), 4)
        self.assertEqual(self.put("goes-on"), 201)

    def test_names_are_no_paths_and_all_else_is_told(self):
        self.make("x")
        for name in ("", ".", "..", "../x", "/tmp/x", "a/b", "a b", ".hidden", "x.part", "x" * 65, 5, None, ["x"], "a\0b"):
            self.refused(422, "name", "POST", "/v1/backups", {"name": name})
        self.refused(422, "", "POST", "/v1/backups", {"name": "y", "path": "/tmp"})
        self.refused(422, "", "POST", "/v1/backups", [])
        self.refused(400, "", "POST", "/v1/backups", b"{")
        self.refused(409, "name", "POST", "/v1/backups", {"name": "x"})
        for name in ("..", "none", "%2e%2e", "..%2fown", "etc"):
            self.assertIn(self.ask("GET", "/v1/backups/" + name)[0], (400, 404))
            self.assertIn(self.ask("POST", "/v1/backups/%s/restore" % name)[0], (400, 404))
        for method, target in (("GET", "/v1/backups"), ("GET", "/v1/backups/x"), ("POST", "/v1/backups/x/restore")):
            self.assertEqual(self.ask(method, target, key=self.site)[0], 403)
        status, backup = self.ask("POST", "/v1/backups", {})
        self.assertEqual(status, 202)
        self.assertRegex(backup["name"], r"^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ$")
        self.daemon.wait_until(lambda: self.state(backup["name"]) == "made", "the backup")
        self.assertEqual(sorted(os.listdir(self.directory.path)), ["access", "backups", "etc", "own"])

    def beside(self):
        return sorted(name for name in os.listdir(self.directory.join("own")) if name != "news.idx")

    def test_what_is_put_while_a_restore_waits_stays(self):
        self.make("one")
        with readout.writing(self.index):
            self.assertEqual(self.ask("POST", "/v1/backups/one/restore")[0], 202)
            self.daemon.wait_until(lambda: any(re.fullmatch(r"news\.idx\.restoring-one-\d+", name) for name in self.beside()),
                                   "the copy")
            time.sleep(0.3)
            self.assertEqual(self.ask("PUT", "/v1/synonyms", {"synonyms": [{"words": ["ceasefire", "armistice"]}]})[0], 200)
            self.assertEqual(self.ask("PATCH", "/v1/settings", {"idle-timeout": "77s"})[0], 200)
        self.daemon.wait_until(lambda: self.state("one") == "restored", "the restored index")
        self.assertEqual(self.daemon.json("/v1/search?q=armistice&match=all")["total"]["value"], 1)
        self.assertEqual(len(self.ask("GET", "/v1/synonyms")[1]["synonyms"]), 1)
        self.assertEqual(self.ask("GET", "/v1/settings")[1]["settings"]["idle-timeout"]["value"], "77s")
        self.assertRegex(self.beside()[0], r"^news\.idx\.before-one-\d+$")
        self.assertEqual(len(self.beside()), 1)

    def test_what_was_put_after_a_backup_is_not_brought_back_by_it(self):
        self.assertEqual(self.ask("PUT", "/v1/synonyms", {"synonyms": [{"words": ["ceasefire", "armistice"]}]})[0], 200)
        self.assertEqual(self.ask("PATCH", "/v1/settings", {"idle-timeout": "77s"})[0], 200)
        self.make("one")
        self.assertEqual(sorted(name for name in os.listdir(self.directory.join("backups", "one")) if name[0] == "s"),
                         ["segments", "settings.conf", "synonyms.txt"])
        for name in ("synonyms.txt", "settings.conf"):
            os.remove(os.path.join(self.index, name))
        self.daemon.signal(readout.signal.SIGHUP)
        self.daemon.wait_until(lambda: self.ask("GET", "/v1/settings")[1]["settings"]["idle-timeout"]["value"] == "1min", "the settings")
        self.restore("one")
        self.assertEqual(self.ask("GET", "/v1/synonyms")[1]["synonyms"], [])
        self.assertEqual(self.ask("GET", "/v1/settings")[1]["settings"]["idle-timeout"]["value"], "1min")
        self.assertEqual(self.daemon.json("/v1/search?q=armistice&match=all")["total"]["value"], 0)

    def test_what_a_killed_daemon_left_is_removed(self):
        self.daemon.stop()
        for name in ("backups/monday.part/segments", "own/news.idx.restoring-x-1/segments", "own/news.idx.restoring-y-2.part/segments",
                     "own/other.idx.restoring-x-1", "own/news.idx.before-z-3"):
            os.makedirs(self.directory.join(name))
            self.directory.write(name + "/catalog.db", "half")
        self.daemon = self.start("--backups", self.directory.join("backups"))
        self.assertEqual(os.listdir(self.directory.join("backups")), [])
        self.assertEqual(self.beside(), ["news.idx.before-z-3", "other.idx.restoring-x-1"])
        os.makedirs(self.directory.join("backups/monday.part/segments"))
        self.make("monday")
        with open(self.directory.join("backups/tuesday.part"), "w", encoding="ascii"):
            pass
        self.ask("POST", "/v1/backups", {"name": "tuesday"})
        self.fails("tuesday")

    def test_one_that_another_makes_is_left_alone(self):
        part = self.directory.join("backups/monday.part")
        os.mkdir(part)
        held = os.open(part, os.O_RDONLY | os.O_DIRECTORY)
        self.addCleanup(os.close, held)
        fcntl.flock(held, fcntl.LOCK_EX)
        self.ask("POST", "/v1/backups", {"name": "monday"})
        self.fails("monday")
        self.assertTrue(os.path.exists(part))

    def test_a_restore_that_fails_leaves_nothing(self):
        self.restore_damaged()
        self.assertEqual(self.beside(), [])

    def test_a_backup_is_removed(self):
        self.make("one")
        self.make("two")
        self.assertEqual(self.ask("DELETE", "/v1/backups/one"), (204, None))
        self.refused(404, "", "DELETE", "/v1/backups/one")
        self.assertEqual([b["name"] for b in self.ask("GET", "/v1/backups")[1]["backups"]], ["two"])
        self.assertEqual(os.listdir(self.directory.join("backups")), ["two"])
        with readout.writing(self.index):
            self.assertEqual(self.ask("POST", "/v1/backups/two/restore")[0], 202)
            self.refused(409, "", "DELETE", "/v1/backups/two")
        self.daemon.wait_until(lambda: self.state("two") == "restored", "the restored index")
        for name in ("..", "%2e%2e", "..%2fown", "x.part"):
            self.assertIn(self.ask("DELETE", "/v1/backups/" + name)[0], (400, 404))
        self.assertEqual(self.ask("DELETE", "/v1/backups/two", key=self.site)[0], 403)
        self.make("one")
        self.assertEqual(self.daemon.request("OPTIONS", "/v1/backups/one")[1]["allow"], "GET, HEAD, DELETE, OPTIONS")

    def test_without_a_directory_there_are_none(self):
        self.daemon.stop()
        self.daemon = self.start()
        for method, target in (("GET", "/v1/backups"), ("POST", "/v1/backups"), ("GET", "/v1/backups/x")):
            self.assertIn("backups", self.refused(409, "", method, target, {} if method == "POST" else None))
        done = readout.run("readout-searchd", "--index", self.index, "--listen", "127.0.0.1:0", "--backups",
                           self.directory.join("none"))
        self.assertEqual((done.returncode, "backups" in done.stderr), (2, True))


if __name__ == "__main__":
    readout.main()
