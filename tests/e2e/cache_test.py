"""The cache of answers: the same for the same question, never for another, never older than the index."""
import concurrent.futures
import contextlib
import json
import os
import re
import signal
import socket
import urllib.parse

import exposition
import readout

ARTICLE = {"id": "new", "title": "Talks in Oslo", "source": "Fjord Post", "language": "en",
           "published": "2025-04-01T00:00:00Z", "body": "Talks about grain began in Oslo."}


def timeless(body):
    """An answer without the times it tells."""
    return re.sub(rb'"(took_ms|processingTimeMS)":[0-9.eE+-]+', b"", body)


class Cache(readout.OwnIndex):
    def counts(self, daemon):
        return (int(daemon.metric("readout_cache_hits_total")),
                int(daemon.metric("readout_cache_misses_total")))

    def lines(self, log):
        with open(log, encoding="utf-8") as file:
            return file.read().splitlines()

    def test_every_search_is_answered_again_as_it_was(self):
        daemon = self.serve()
        post = {"Content-Type": "application/json"}
        search = {"q": "talks", "facets": ["source"], "snippets": 2}
        questions = [
            ("GET", "/v1/search?q=talks&facets=source,year&snippets=3&highlight=html", None, {}),
            ("GET", "/v1/search?q=talks&explain=true", None, {}),
            ("GET", "/v1/search?q=talks&limit=1", None, {}),
            ("GET", "/v1/search?q=talks", None, {"Accept": "text/csv"}),
            ("GET", "/v1/search?q=talks&format=atom", None, {}),
            ("GET", "/v1/answers?q=who+met+in+riyadh", None, {}),
            ("GET", "/v1/talks?q=riyadh", None, {}),
            ("GET", "/v1/suggest?q=ta", None, {}),
            ("GET", "/v1/timeline?q=talks", None, {}),
            ("GET", "/v1/facets/source?value=gulf", None, {}),
            ("GET", "/v1/articles/riyadh-1/similar", None, {}),
            ("POST", "/v1/query", json.dumps(search), post),
            ("POST", "/v1/queries", json.dumps({"queries": [search, {"q": "grain"}]}), post),
            ("POST", "/1/indexes/articles/query", json.dumps({"query": "talks"}), post),
            ("POST", "/1/indexes/*/queries",
             json.dumps({"requests": [{"indexName": "articles", "query": "talks"}]}), post),
            ("POST", "/1/indexes/articles/facets/source/query", json.dumps({"facetQuery": "g"}), post),
        ]
        for at, (method, target, body, fields) in enumerate(questions):
            first = daemon.request(method, target, body, fields)
            self.assertEqual(first[0], 200, target)
            self.assertEqual(self.counts(daemon), (at, at + 1), target)
            again = daemon.request(method, target, body, fields)
            self.assertEqual(self.counts(daemon), (at + 1, at + 1), target)
            self.assertEqual(again[0], 200)
            self.assertEqual(timeless(again[2]), timeless(first[2]))
            for name in ("content-type", "etag", "cache-control", "vary"):
                self.assertEqual(again[1].get(name), first[1].get(name), name)
            self.assertNotEqual(again[1]["x-request-id"], first[1]["x-request-id"])

    def test_times_are_those_of_the_answer_at_hand(self):
        daemon = self.serve()
        first = daemon.json("/v1/search?q=talks+delegations&snippets=3")
        again = [daemon.json("/v1/search?q=talks+delegations&snippets=3")["took_ms"] for _ in range(20)]
        self.assertEqual(self.counts(daemon), (20, 1))
        self.assertLess(min(again), first["took_ms"])  # not each of them: something else may run in between

    def test_no_field_is_taken_for_a_parameter(self):
        daemon = self.serve()
        accepts = "".join("Accept: %s\r\n" % value
                          for value in ("*/*", "", "filter", "source:none", "q"))
        with daemon.connect() as c:
            c.send("GET /v1/search HTTP/1.1\r\nHost: a\r\n" + accepts + "\r\n")
            self.assertEqual(c.answer()[0], 200)
            c.send("GET /v1/search?filter=source:none&q= HTTP/1.1\r\nHost: a\r\n"
                   "Accept: */*\r\n\r\n")
            self.assertEqual(json.loads(c.answer()[2])["hits"], [])

    def test_the_same_question_in_other_words_is_the_same(self):
        daemon = self.serve()
        for target in ("/v1/search?q=grain+talks&limit=5", "/v1/search?limit=5&q=grain%20talks",
                       "/v1/search?&limit=%35&q=grain+talks&"):
            daemon.json(target)
        self.assertEqual(self.counts(daemon), (2, 1))
        for target in ("/v1/search?q=grain+talks&limit=6", "/v1/search?q=graintalks&limit=5",
                       "/v1/search?q=grain&filter=talks&limit=5"):
            daemon.json(target)
        self.assertEqual(self.counts(daemon), (2, 4))

    def test_a_write_makes_every_answer_new(self):
        keys = self.directory.join("keys")
        key = readout.add_key(keys, "cms", "--scopes", "read,write")
        daemon = self.serve("--keys", keys)
        targets = ["/v1/search?q=oslo+talks&facets=source", "/v1/suggest?q=os", "/v1/timeline?q=grain"]
        for target in targets * 2:
            daemon.json(target)
        self.assertEqual(self.counts(daemon), (3, 3))
        status, _, _ = daemon.request("PUT", "/v1/articles/new?wait=visible", json.dumps(ARTICLE),
                                      {"Content-Type": "application/json",
                                       "Authorization": "Bearer " + key})
        self.assertEqual(status, 201)
        answer = daemon.json(targets[0])
        self.assertEqual(answer["hits"][0]["id"], "new")
        self.assertIn({"value": "Fjord Post", "count": 1}, answer["facets"]["source"])
        self.assertEqual(daemon.json(targets[1])["suggestions"][0]["text"], "oslo")
        daemon.json(targets[2])
        self.assertEqual(self.counts(daemon), (3, 6))
        readout.add_articles(self.index, [dict(ARTICLE, id="newer", title="Oslo, Oslo")])
        daemon.wait_until(lambda: daemon.json(targets[0])["total"]["value"] == 5, "the newer article")

    def test_what_another_process_writes_is_in_the_next_answer(self):
        daemon = self.serve()
        for i in range(5):
            for _ in range(3):
                self.assertEqual(daemon.json("/v1/search?q=oslo")["total"]["value"], i)
            readout.add_articles(self.index, [dict(ARTICLE, id="oslo-%d" % i, title="Oslo %d" % i)])
        self.assertEqual(self.counts(daemon), (10, 5))

    def test_a_write_is_in_every_answer_that_is_asked_for_later(self):
        keys = self.directory.join("keys")
        key = readout.add_key(keys, "cms", "--scopes", "read,write")
        daemon = self.serve("--keys", keys, "--workers", 3)
        target = "/v1/search?q=oslo&collapse=false"
        stop = []

        def ask():
            seen = 0
            while not stop:
                found = daemon.json(target)["total"]["value"]
                self.assertGreaterEqual(found, seen)
                seen = found
            return seen
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            asking = [pool.submit(ask) for _ in range(2)]
            try:
                for i in range(20):
                    status, _, _ = daemon.request(
                        "PUT", "/v1/articles/oslo-%d" % i, json.dumps(dict(ARTICLE, id="oslo-%d" % i)),
                        {"Content-Type": "application/json", "Authorization": "Bearer " + key})
                    self.assertEqual(status, 201)
                    for _ in range(3):
                        self.assertEqual(daemon.json(target)["total"]["value"], i + 1)
            finally:
                stop.append(True)
            for each in asking:
                self.assertEqual(each.result(), 20)
        self.assertGreater(self.counts(daemon)[0], 20)

    def test_other_synonyms_make_every_answer_new(self):
        keys = self.directory.join("keys")
        key = readout.add_key(keys, "admin", "--scopes", "read,admin")
        synonyms = self.directory.write("synonyms", "armistice, ceasefire\n")
        daemon = self.serve("--keys", keys, "--synonyms", synonyms)
        target = "/v1/search?q=armistice&typo=off"
        self.assertEqual([daemon.json(target)["total"]["value"] for _ in range(2)], [1, 1])
        self.directory.write("synonyms", "truce, ceasefire\n")
        daemon.signal(signal.SIGHUP)
        daemon.wait_until(lambda: daemon.json(target)["total"]["value"] == 0, "other synonyms")
        status, _, _ = daemon.request("PUT", "/v1/synonyms", '{"synonyms":[{"words":["armistice","grain"]}]}',
                                      {"Content-Type": "application/json",
                                       "Authorization": "Bearer " + key})
        self.assertEqual(status, 200)
        self.assertEqual(daemon.json(target)["hits"][0]["id"], "geneva/3")

    def test_another_index_in_its_place_is_another_source(self):
        daemon = self.serve()
        before = daemon.json("/v1/search?q=talks")
        readout.build_index(self.directory, [ARTICLE], "other.idx")
        os.rename(self.index, self.directory.join("old.idx"))
        os.rename(self.directory.join("other.idx"), self.index)
        daemon.signal(signal.SIGHUP)
        daemon.wait_until(lambda: daemon.json("/v1/search?q=talks")["total"]["value"] == 1,
                          "the other index")
        self.assertNotEqual(before["total"]["value"], 1)

    def heavy(self, *options):
        """A daemon, and what takes it long to answer."""
        words = " ".join("word%d" % i for i in range(60))
        index = readout.build_index(self.directory, [
            {"id": "h%d" % i, "title": "Story %d" % i, "body": (words + ". ") * 20} for i in range(400)], "heavy.idx")
        daemon = self.serve("--queue-time", "1h", "--deadline", "1h", *options, index=index)
        return daemon, {"q": words, "match": "any", "limit": 1000, "snippets": 3}

    def test_a_kept_answer_waits_for_no_worker(self):
        daemon, question = self.heavy("--workers", 1)
        kept = daemon.get("/v1/search?q=story")
        with contextlib.ExitStack() as held:
            for i in range(64):
                each = daemon.connect()
                held.callback(each.reset)  # and nobody works for it
                each.send(readout.post(json.dumps(dict(question, limit=900 + i))))
            daemon.wait_until(lambda: daemon.metric("readout_queue_length") >= 50, "a queue")
            for _ in range(3):
                again = daemon.get("/v1/search?q=story")
                self.assertEqual((again[0], timeless(again[2])), (200, timeless(kept[2])))
            self.assertGreater(daemon.metric("readout_queue_length"), 0)  # in turn it would be empty

    def ask_together(self, daemon, question, count=12):
        """The answers to a question that many ask at the same time."""
        with contextlib.ExitStack() as held:
            asking = [held.enter_context(daemon.connect()) for _ in range(count)]
            for each in asking:
                each.send(readout.post(json.dumps(question)))
            return [each.answer() for each in asking]

    def test_who_asks_the_same_at_the_same_time_gets_one_answer(self):
        daemon, question = self.heavy("--workers", 4)
        for limit in (100, 101):
            answers = self.ask_together(daemon, dict(question, limit=limit))
            self.assertEqual({status for status, _, _ in answers}, {200})
            self.assertEqual(len({timeless(body) for _, _, body in answers}), 1)
        self.assertEqual(self.counts(daemon), (22, 2))

    def test_who_waited_for_an_answer_that_is_not_kept_gets_an_own_one(self):
        daemon, question = self.heavy("--workers", 4, "--cache", "1k")
        answers = self.ask_together(daemon, dict(question, limit=50))
        self.assertEqual({status for status, _, _ in answers}, {200})
        self.assertEqual(len({json.dumps(json.loads(body)["hits"]) for _, _, body in answers}), 1)
        self.assertEqual(self.counts(daemon), (0, 12))

    def test_who_waits_for_one_who_has_gone_is_answered(self):
        daemon, _ = self.heavy("--workers", 2)
        near = {"q": " NEAR/20 ".join("word%d" % i for i in range(0, 40, 2)), "limit": 1}  # long work, a short answer
        question = readout.post(json.dumps({"queries": [near] * 20}), target="/v1/queries")
        self.assertEqual(daemon.query({"q": "story", "limit": 1})[0], 200)
        self.assertEqual(self.counts(daemon), (0, 1))
        idle = daemon.processor_seconds()
        first = daemon.connect()
        first.send(question)
        daemon.wait_until(lambda: daemon.processor_seconds() > idle + 0.02, "a worker to have it")
        with contextlib.ExitStack() as held:
            waiting = [held.enter_context(daemon.connect()) for _ in range(3)]
            for each in waiting:
                each.send(readout.get() + question)  # of one piece: what is answered was read with the rest
                self.assertEqual(each.answer()[0], 200)
            daemon.wait_until(lambda: daemon.metric("readout_queue_length") == 0, "the other worker to have them")
            self.assertEqual(self.counts(daemon), (0, 1))  # they wait
            first.reset()
            self.assertEqual({each.answer()[0] for each in waiting}, {200})
        samples = exposition.read(daemon.get("/metrics")[2].decode())
        self.assertEqual(exposition.value(samples, "readout_http_requests_total",
                                          route="/v1/queries", status="499"), 1)
        self.assertGreater(self.counts(daemon)[1], 2)  # the answer they waited for was not made

    def test_a_kept_answer_is_told_as_any_other(self):
        keys = self.directory.join("keys")
        site = readout.add_key(keys, "site", "--rate", "5")
        log = self.directory.join("access")
        daemon = self.serve("--keys", keys, "--reading", "keys", "--access-log", log,
                            "--cors-origin", "https://news.example.org")
        fields = {"Authorization": "Bearer " + site, "Origin": "https://news.example.org"}
        target = "/v1/search?q=talks&kind=talks"
        first = daemon.get(target, fields=fields)
        again = daemon.get(target, fields=dict(fields, **{"X-Request-Id": "mine"}))
        head = daemon.request("HEAD", target, None, fields)
        known = daemon.get(target, fields=dict(fields, **{"If-None-Match": first[1]["etag"]}))
        self.assertEqual([a[0] for a in (first, again, head, known)], [200, 200, 200, 304])
        self.assertEqual((again[1]["x-request-id"], head[2], known[2]), ("mine", b"", b""))
        for answer in (again, head, known):
            self.assertRegex(answer[1]["server-timing"], r"^queue;dur=\d+\.\d{3}, query;dur=\d+\.\d{3}$")
            self.assertEqual(set(answer[1]) | {"content-length", "content-type"},
                             set(first[1]) | {"content-length", "content-type"})
        self.assertLessEqual(abs(int(head[1]["content-length"]) - len(first[2])), 4)
        self.assertEqual(daemon.get(target)[0], 401)
        wrong = daemon.get(target, fields={"Authorization": "Bearer " + site[:-1] + "-"})
        self.assertEqual(wrong[0], 401)
        self.assertTrue(any(daemon.get(target, fields=fields)[0] == 429 for _ in range(200)))
        lines = self.lines(log)
        self.assertEqual([line.count("key=site") for line in lines[:4]], [1] * 4)
        self.assertIn('id="mine" ', lines[1])
        self.assertRegex(lines[1], r"status=200 bytes=%d total_ms=\d+\.\d+ query_ms=\d" % len(again[2]))

    def test_kept_answers_count_for_their_route_and_kind(self):
        daemon = self.serve()
        for _ in range(3):
            daemon.get("/v1/search?q=talks&kind=talks")
        self.assertEqual(self.counts(daemon), (2, 1))
        samples = exposition.read(daemon.get("/metrics")[2].decode())
        self.assertEqual(exposition.value(samples, "readout_http_request_duration_seconds_count",
                                          route="/v1/search", kind="talks"), 3)
        self.assertEqual(exposition.value(samples, "readout_queue_wait_seconds_count"), 3)

    def test_many_questions_in_a_row_are_answered_in_order(self):
        daemon = self.serve()
        targets = ["/v1/search?q=talks&limit=%d" % (1 + i) for i in range(4)]
        bodies = [timeless(daemon.get(target)[2]) for target in targets]
        with daemon.connect() as connection:
            # more than are answered in one turn, and the client's side has ended when the next one comes
            connection.send(b"".join(readout.get(targets[i % 4]) for i in range(300)))
            connection.socket.shutdown(socket.SHUT_WR)
            for i in range(300):
                status, _, body = connection.answer()
                self.assertEqual((status, timeless(body)), (200, bodies[i % 4]))
        self.assertEqual(self.counts(daemon), (296, 8))  # of another host

    def test_a_key_with_a_filter_sees_no_answer_of_another(self):
        keys = self.directory.join("keys")
        who = {"all": readout.add_key(keys, "all"),
               "gulf": readout.add_key(keys, "gulf", "--key-filter", 'source:"Gulf Courier"'),
               "lake": readout.add_key(keys, "lake", "--key-filter", 'source:"Lake Observer"')}
        daemon = self.serve("--keys", keys, "--reading", "keys")
        expected = {"all": 4, "gulf": 2, "lake": 2}
        sources = {"gulf": {"Gulf Courier"}, "lake": {"Lake Observer"},
                   "all": {"Gulf Courier", "Lake Observer"}}
        for name in ("all", "gulf", "lake", "lake", "gulf", "all"):
            status, _, body = daemon.get("/v1/search?facets=source",
                                         fields={"Authorization": "Bearer " + who[name]})
            answer = json.loads(body)
            self.assertEqual((status, answer["total"]["value"]), (200, expected[name]))
            self.assertEqual({h["source"] for h in answer["hits"]}, sources[name])
        self.assertEqual(daemon.get("/v1/search?facets=source")[0], 401)
        # two keys with one filter have the same answers
        status, _, metrics = daemon.get("/metrics", fields={"Authorization": "Bearer " + who["all"]})
        self.assertIn(b"readout_cache_hits_total 3\n", metrics)

    def test_the_keys_of_algolias_clients_are_no_part_of_the_question(self):
        daemon = self.serve()
        for key in ("a", "b"):
            status, _, _ = daemon.request(
                "POST", "/1/indexes/articles/query?x-algolia-api-key=" + key, '{"query":"talks"}',
                {"Content-Type": "application/json"})
            self.assertEqual(status, 200)
        self.assertEqual(self.counts(daemon), (1, 1))

    def test_who_has_the_answer_is_told_so(self):
        daemon = self.serve()
        target = "/v1/search?q=" + urllib.parse.quote("grain corridor")
        _, fields, _ = daemon.get(target)
        status, again, body = daemon.get(target, fields={"If-None-Match": fields["etag"]})
        self.assertEqual((status, again["etag"], body), (304, fields["etag"], b""))
        self.assertEqual(daemon.get(target, fields={"If-None-Match": '"other"'})[0], 200)
        self.assertEqual(daemon.request("HEAD", target)[0], 200)

    def test_what_is_kept_takes_less_room_than_what_is_sent(self):
        daemon = self.serve("--cache", "256k")
        bodies = [daemon.get("/v1/search?q=talks&body=true&explain=true&half_life=%d" % (at + 1))[2]
                  for at in range(20)]
        self.assertEqual(daemon.metric("readout_cache_answers"), 20)
        self.assertGreater(sum(map(len, bodies)), 1.5 * daemon.metric("readout_cache_bytes"))

    def test_what_went_wrong_is_not_kept(self):
        daemon = self.serve()
        for _ in range(2):
            self.assertEqual(daemon.get("/v1/search?q=talks&limit=x")[0], 400)
            self.assertEqual(daemon.get("/v1/search?q=talks&cursor=x")[0], 400)
            self.assertEqual(daemon.get("/v1/articles/none/similar")[0], 404)
        self.assertEqual(self.counts(daemon)[0], 0)

    def test_it_keeps_to_its_room_and_can_be_switched_off(self):
        daemon = self.serve("--cache", "64k")
        for i in range(200):
            daemon.json("/v1/search?q=talks+%d" % i)
        self.assertLessEqual(daemon.metric("readout_cache_bytes"), 65536)
        self.assertGreater(daemon.metric("readout_cache_answers"), 5)
        without = self.serve("--cache", "0")
        for _ in range(2):
            without.json("/v1/search?q=talks")
        self.assertEqual(self.counts(without), (0, 0))


if __name__ == "__main__":
    readout.main()
