#include "made.h"

#include "readout/parser.h"
#include "readout/utf8.h"

#include <stdlib.h>

#define TREE_MAX ((size_t)64 << 20) /* bytes of one article's parse tree */
#define ID_SHOWN 64                 /* bytes of one that is not the path's */

/* Of what is wrong with an article. Other statuses are about us. */
static bool is_fault_of_article(ro_status status, ro_problem *problem) {
    *problem = status == RO_LIMIT ? RO_PROBLEM_CONTENT_SIZE : RO_PROBLEM_ARTICLE_CONTENT;
    return status == RO_LIMIT || status == RO_FORMAT || status == RO_INVALID;
}

/* Puts the id that the path gives; false: the article says another. */
static bool set_id(json_t *value, ro_str id) {
    const json_t *own = json_object_get(value, "id");
    bool same =
        !own || (json_is_string(own) &&
                 ro_str_equal(ro_str_make(json_string_value(own), json_string_length(own)), id));
    return same && json_object_set_new(value, "id", json_stringn(id.ptr, id.len)) == 0;
}

/* `id`, if any, is that of the path: kept as another, it would be somebody else's. */
static ro_status prepare(ro_made *made, ro_making *making, const json_t *value, ro_str id,
                         ro_made_article *out, ro_error *fault) {
    ro_article article;
    ro_input input = {.language = making->language, .line = 1, .memory = TREE_MAX};
    ro_arena_reset(&making->scratch);
    ro_status status = ro_article_from_json(value, &input, &making->scratch, &article, fault);
    if (status == RO_OK && id.len && !ro_str_equal(article.id, id)) {
        status = ro_fail(fault, RO_INVALID, "it would be kept under another id: '%.*s'",
                         RO_STR_ARG(ro_utf8_prefix(article.id, ID_SHOWN)));
    }
    if (status == RO_OK) {
        status = ro_maker_prepare(making->maker, &article, &out->prepared, fault);
    }
    if (status == RO_OK) {
        out->undated = article.unread_date.len > 0;
        out->id = ro_arena_copy(&made->memory, article.id);
        status = out->id.ptr ? RO_OK : ro_fail_memory(fault);
    }
    out->refused = is_fault_of_article(status, &out->problem);
    return status;
}

static ro_status read(ro_made *made, ro_making *making, ro_str text, ro_str id,
                      ro_made_article *out, ro_error *fault) {
    json_t *value = NULL;
    ro_status status = ro_json_read(text, TREE_MAX, &value, fault);
    if (status == RO_FORMAT || status == RO_LIMIT) {
        out->refused = true;
        out->problem = status == RO_LIMIT ? RO_PROBLEM_CONTENT_SIZE : RO_PROBLEM_BODY;
    } else if (status == RO_OK && id.len && json_is_object(value) && !set_id(value, id)) {
        out->refused = true;
        out->problem = RO_PROBLEM_CONFLICT;
        status = ro_fail(fault, RO_INVALID, "the article has another id than the path");
    }
    if (status == RO_OK) {
        status = prepare(made, making, value, id, out, fault);
    }
    json_decref(value);
    return status;
}

static void add(ro_made *made, ro_made_article *article, const ro_error *fault) {
    ro_made_article *grown = ro_grow(made->articles, made->count, &made->room, sizeof *grown);
    made->articles = grown ? grown : made->articles;
    article->fault = ro_arena_copy(&made->memory, ro_str_from(fault->message));
    if (!grown || !article->fault.ptr) {
        ro_prepared_free(article->prepared);
        made->failed = true;
        return;
    }
    grown[made->count++] = *article;
    made->bytes += sizeof *article + article->id.len + article->fault.len +
                   (article->prepared ? ro_prepared_size(article->prepared) : 0);
}

void ro_made_add(ro_made *made, ro_making *making, ro_str text, ro_str id, int64_t line) {
    ro_error fault = RO_ERROR_INIT;
    ro_made_article article = {.line = line};
    article.status = read(made, making, text, id, &article, &fault);
    add(made, &article, &fault);
}

void ro_made_add_long(ro_made *made, size_t max, int64_t line) {
    ro_error fault = RO_ERROR_INIT;
    ro_made_article article = {.line = line, .refused = true, .problem = RO_PROBLEM_CONTENT_SIZE};
    article.status = ro_fail(&fault, RO_LIMIT, "the line has more than %zu bytes", max);
    add(made, &article, &fault);
}

void ro_made_release(ro_made *made) {
    for (size_t i = 0; i < made->count; i++) {
        ro_prepared_free(made->articles[i].prepared);
    }
    free(made->articles);
    ro_arena_release(&made->memory);
    *made = (ro_made){0};
}
