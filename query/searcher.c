#include "searcher.h"

#include <stdlib.h>

ro_status ro_searcher_open(ro_index *index, ro_searcher **out, ro_error *err) {
    ro_searcher *searcher = calloc(1, sizeof *searcher);
    *out = NULL;
    if (!searcher) {
        return ro_fail_memory(err);
    }
    searcher->count_to = RO_COUNT_TO;
    searcher->arena.cap = searcher->scratch.cap = searcher->last.arena.cap = RO_SEARCH_MEMORY_MAX;
    ro_status status = ro_snapshot_open(index, &searcher->snapshot, err);
    if (status == RO_OK) {
        status = ro_analyser_new(&searcher->analyser, err);
    }
    if (status != RO_OK) {
        ro_searcher_close(searcher);
        return status;
    }
    *out = searcher;
    return RO_OK;
}

void ro_searcher_close(ro_searcher *searcher) {
    if (!searcher) {
        return;
    }
    if (searcher->snapshot) {
        ro_snapshot_close(searcher->snapshot);
    }
    if (searcher->analyser) {
        ro_analyser_free(searcher->analyser);
    }
    ro_arena_release(&searcher->arena);
    ro_arena_release(&searcher->scratch);
    ro_arena_release(&searcher->lasting);
    ro_arena_release(&searcher->last.arena);
    free(searcher);
}

ro_status ro_searcher_refresh(ro_searcher *searcher, ro_error *err) {
    return ro_snapshot_refresh(searcher->snapshot, err);
}

uint64_t ro_searcher_revision(const ro_searcher *searcher) {
    return ro_snapshot_revision(searcher->snapshot);
}

void ro_searcher_count_to(ro_searcher *searcher, int64_t count) {
    searcher->count_to = count < RO_RELAX_ENOUGH ? RO_RELAX_ENOUGH : count;
}

void ro_searcher_use_builtin(ro_searcher *searcher, bool use) {
    searcher->plain = !use;
}

ro_snapshot *ro_searcher_snapshot(ro_searcher *searcher) {
    return searcher->snapshot;
}

ro_status ro_searcher_languages(ro_searcher *searcher, ro_error *err) {
    uint64_t revision = ro_snapshot_revision(searcher->snapshot);
    if (searcher->language_count && searcher->languages_revision == revision) {
        return RO_OK;
    }
    ro_str *found;
    size_t count;
    ro_arena_reset(&searcher->lasting);
    searcher->language_count = 0;
    ro_status status =
        ro_snapshot_languages(searcher->snapshot, &searcher->lasting, &found, &count, err);
    if (status != RO_OK) {
        return status;
    }
    for (size_t i = 0; i < count && searcher->language_count < RO_QUERY_LANGUAGES_MAX; i++) {
        searcher->languages[searcher->language_count++] = found[i];
    }
    if (searcher->language_count == 0) {
        searcher->languages[searcher->language_count++] = RO_STR(RO_LANGUAGE_DEFAULT);
    }
    searcher->languages_revision = revision;
    return RO_OK;
}

/* The article and its facts, whose spans count bytes of its body. */
static ro_status article_json(ro_searcher *searcher, ro_doc doc, const ro_article *article,
                              json_t **answer, ro_error *err) {
    ro_buf text = RO_BUF_INIT;
    ro_facts facts;
    ro_status status = ro_snapshot_facts(searcher->snapshot, doc, &searcher->arena, &facts, err);
    if (status == RO_OK) {
        ro_facts_write_json(&facts, article->body, &text);
        status = ro_buf_check(&text, err);
    }
    if (status == RO_OK) {
        json_t *object = ro_article_to_json(article);
        bool memory = false;
        ro_json_set(object, "facts", json_loadb(text.ptr, text.len, 0, NULL), &memory);
        status = memory ? ro_fail_memory(err) : RO_OK;
        *answer = memory ? NULL : object;
        if (memory) {
            json_decref(object);
        }
    }
    ro_buf_release(&text);
    return status;
}

ro_status ro_searcher_article(ro_searcher *searcher, ro_str id, json_t **answer, ro_error *err) {
    ro_doc doc;
    ro_article article;
    *answer = NULL;
    ro_arena_reset(&searcher->arena);
    ro_status status = ro_snapshot_find(searcher->snapshot, id, &doc, err);
    if (status == RO_OK) {
        status =
            ro_snapshot_article(searcher->snapshot, doc, true, &searcher->arena, &article, err);
    }
    if (status != RO_OK) {
        return status;
    }
    return article_json(searcher, doc, &article, answer, err);
}
