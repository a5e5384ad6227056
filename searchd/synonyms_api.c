#include "synonyms_api.h"

#include "api.h"
#include "body.h"
#include "file.h"
#include "http/accept.h"
#include "readout/utf8.h"

#include <jansson.h>
#include <stdio.h>

#define VALUES_MAX 200000 /* of a body: words, and what is around them */
#define DEPTH_MAX 6
#define PLACE_TEXT 64 /* room for "synonyms[3].words[0]" */
#define WORD_SHOWN 64 /* bytes */

/* ---- the file as JSON ----------------------------------------------------------------------- */

static json_t *words_json(const ro_str *words, size_t count) {
    json_t *list = json_array();
    for (size_t i = 0; list && i < count; i++) {
        ro_buf repaired = RO_BUF_INIT;
        ro_utf8_repair(&repaired, words[i]);
        if (repaired.failed ||
            json_array_append_new(list, json_stringn(repaired.ptr, repaired.len)) != 0) {
            json_decref(list);
            list = NULL;
        }
        ro_buf_release(&repaired);
    }
    return list;
}

static ro_status add_line(void *context, const ro_synonym_line *line, ro_error *err) {
    json_t *set = json_pack("{so}", "words", words_json(line->words, line->word_count));
    bool made =
        set && (!line->into_count ||
                json_object_set_new(set, "into", words_json(line->into, line->into_count)) == 0);
    if (!made) {
        json_decref(set);
        return ro_fail_memory(err);
    }
    return json_array_append_new(context, set) == 0 ? RO_OK : ro_fail_memory(err);
}

static void answer_list(ro_searchd_job *job, ro_str text) {
    ro_error err = RO_ERROR_INIT;
    json_t *list = json_array();
    ro_status status = list ? ro_synonyms_each(text, add_line, list, &err) : ro_fail_memory(&err);
    if (status != RO_OK) {
        json_decref(list);
        ro_problem_write(&job->response, ro_problem_of_change(status, RO_PROBLEM_SETTINGS),
                         ro_str_from(err.message), RO_WHERE_NONE);
        return;
    }
    ro_api_json(job, json_pack("{so}", "synonyms", list));
}

static void get_synonyms(ro_searchd_job *job) {
    ro_error err = RO_ERROR_INIT;
    ro_buf text = RO_BUF_INIT;
    bool found;
    unsigned plain = ro_http_accept_weight(&job->request, RO_STR("text/plain"));
    unsigned json = ro_http_accept_weight(&job->request, RO_STR("application/json"));
    ro_status status =
        ro_file_read(job->synonyms, "synonyms", RO_SYNONYMS_TEXT_MAX, &text, &found, &err);
    if (status != RO_OK) {
        ro_problem_write(&job->response, ro_problem_of_change(status, RO_PROBLEM_SETTINGS),
                         ro_str_from(err.message), RO_WHERE_NONE);
    } else if (!plain && !json) {
        ro_problem_write(&job->response, RO_PROBLEM_NOT_ACCEPTABLE,
                         RO_STR("the answer comes as application/json or text/plain"),
                         (ro_where){"field", RO_STR("Accept"), -1});
    } else if (plain > json) {
        job->response.status = 200;
        job->response.content_type = "text/plain; charset=utf-8";
        ro_utf8_repair(&job->response.body, ro_buf_str(&text));
    } else {
        answer_list(job, ro_buf_str(&text));
    }
    ro_http_response_field(&job->response, "Vary", RO_STR("Accept"));
    ro_buf_release(&text);
}

/* ---- JSON as the file ----------------------------------------------------------------------- */

typedef struct reading {
    ro_buf *text;
    char set[PLACE_TEXT / 2]; /* the one at hand: "synonyms[3].", or nothing where there is one */
    char place[PLACE_TEXT];   /* of what is wrong */
} reading;

/* What a line cannot hold. */
static bool is_word(ro_str word) {
    word = ro_str_trim(word);
    bool good = word.len && *word.ptr != '#' && !memmem(word.ptr, word.len, "=>", 2);
    for (size_t i = 0; good && i < word.len; i++) {
        good = word.ptr[i] != ',' && (unsigned char)word.ptr[i] >= ' ';
    }
    return good;
}

static ro_status read_words(reading *r, const json_t *list, const char *name, ro_error *err) {
    size_t count = json_array_size(list);
    (void)snprintf(r->place, sizeof r->place, "%s%s", r->set, name);
    if (!json_is_array(list) || !count || count > RO_SYNONYMS_LINE_MAX) {
        return ro_fail(err, RO_INVALID, "%s: expected an array of 1 to %d words", r->place,
                       RO_SYNONYMS_LINE_MAX);
    }
    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(list, i);
        ro_str word = json_is_string(item)
                          ? ro_str_make(json_string_value(item), json_string_length(item))
                          : RO_STR_NONE;
        if (!is_word(word)) {
            (void)snprintf(r->place, sizeof r->place, "%s%s[%zu]", r->set, name, i);
            return ro_fail(err, RO_INVALID,
                           "%s: expected a word or some in a row, without ',' '=>' and control "
                           "characters, and no '#' at the start",
                           r->place);
        }
        ro_buf_add(r->text, ", ", i ? 2 : 0);
        ro_buf_add_str(r->text, ro_str_trim(word));
    }
    return RO_OK;
}

static ro_status read_set(reading *r, const json_t *set, ro_error *err) {
    const json_t *words = json_object_get(set, "words");
    const json_t *into = json_object_get(set, "into");
    bool both = !into || json_is_null(into);
    size_t known = (words ? 1U : 0U) + (into ? 1U : 0U);
    (void)snprintf(r->place, sizeof r->place, "%.*s", (int)strcspn(r->set, "."), r->set);
    if (!words || json_object_size(set) != known) {
        return ro_fail(err, RO_INVALID, "%s%sexpected an object of words and, one-way, into",
                       r->place, *r->place ? ": " : "");
    }
    ro_status status = read_words(r, words, "words", err);
    if (status == RO_OK && both && json_array_size(words) < 2) {
        status = ro_fail(err, RO_INVALID, "%s: expected two words at least", r->place);
    } else if (status == RO_OK && !both) {
        ro_buf_add_str(r->text, RO_STR(" => "));
        status = read_words(r, into, "into", err);
    }
    ro_buf_add_byte(r->text, '\n');
    return status;
}

static ro_status read_sets(reading *r, const json_t *object, ro_error *err) {
    const json_t *list = json_object_get(object, "synonyms");
    (void)snprintf(r->place, sizeof r->place, "synonyms");
    if (!json_is_array(list) || json_object_size(object) != 1) {
        return ro_fail(err, RO_INVALID, "expected {\"synonyms\": […]}");
    }
    ro_status status = RO_OK;
    for (size_t i = 0; status == RO_OK && i < json_array_size(list); i++) {
        (void)snprintf(r->set, sizeof r->set, "synonyms[%zu].", i);
        status = read_set(r, json_array_get(list, i), err);
    }
    return status;
}

/* The one set of a path, which begins with its word. */
static ro_status read_one(reading *r, const json_t *object, ro_str word, ro_error *err) {
    const json_t *first = json_array_get(json_object_get(object, "words"), 0);
    ro_status status = read_set(r, object, err);
    if (status != RO_OK) {
        return status;
    }
    ro_str said = ro_str_make(json_string_value(first), json_string_length(first));
    (void)snprintf(r->place, sizeof r->place, "words[0]");
    return ro_str_equal_nocase(ro_str_trim(said), word)
               ? RO_OK
               : ro_fail(err, RO_INVALID, "%s: expected the word of the path", r->place);
}

/* Of the set that begins with `word`, or of all where there is none; false: answered with a
 * problem. */
static bool read_json(ro_searchd_job *job, ro_str word, ro_buf *text) {
    ro_error err = RO_ERROR_INIT;
    reading r = {.text = text};
    json_t *object;
    if (!ro_api_takes_json(job)) {
        return false;
    }
    ro_status status =
        ro_body_json(ro_buf_str(&job->request.body), DEPTH_MAX, VALUES_MAX, &object, &err);
    ro_problem problem = status == RO_OK ? RO_PROBLEM_VALUE : RO_PROBLEM_BODY;
    if (status == RO_OK) {
        status = word.ptr ? read_one(&r, object, word, &err) : read_sets(&r, object, &err);
        json_decref(object);
    }
    status = status == RO_OK ? ro_buf_check(text, &err) : status;
    if (status != RO_OK) {
        ro_problem_write(&job->response, ro_problem_of_status(status, problem),
                         ro_str_from(err.message),
                         (ro_where){"body", ro_str_from(r.place), err.position});
    }
    return status == RO_OK;
}

/* ---- replacing ------------------------------------------------------------------------------ */

static ro_status count_line(void *context, const ro_synonym_line *line, ro_error *err) {
    (void)line;
    (void)err;
    ++*(json_int_t *)context;
    return RO_OK;
}

/* False: answered with a problem. */
static bool is_good(ro_searchd_job *job, ro_str text, ro_synonyms **out) {
    ro_error err = RO_ERROR_INIT;
    ro_status status = RO_OK;
    *out = NULL;
    if (!ro_utf8_valid(text) || (text.len && memchr(text.ptr, 0, text.len))) {
        status = ro_fail(&err, RO_FORMAT, "the text is not UTF-8");
    } else if (text.len > RO_SYNONYMS_TEXT_MAX) {
        status = ro_fail(&err, RO_LIMIT, "more than %zu bytes", RO_SYNONYMS_TEXT_MAX);
    }
    status = status == RO_OK ? ro_synonyms_read(text, out, &err) : status;
    if (status != RO_OK) {
        ro_problem_write(&job->response, ro_problem_of_status(status, RO_PROBLEM_VALUE),
                         ro_str_from(err.message), (ro_where){"body", RO_STR_NONE, -1});
    }
    return status == RO_OK;
}

/* First on the disk, then in force. The file is locked. */
static void put_in_force(const ro_admin_work *work, ro_searchd_job *job, ro_str text) {
    ro_error err = RO_ERROR_INIT;
    ro_synonyms *synonyms;
    if (!is_good(job, text, &synonyms)) {
        return;
    }
    json_int_t all = 0;
    json_int_t count = (json_int_t)ro_synonyms_sets(synonyms);
    ro_status status = ro_file_replace(job->synonyms, "synonyms", text, 0644, &err);
    if (status == RO_OK) {
        status = ro_pool_use_synonyms(work->pool, synonyms, ro_str_hash(text), &err);
    } else {
        ro_synonyms_close(synonyms);
    }
    status = status == RO_OK ? ro_synonyms_each(text, count_line, &all, &err) : status;
    if (status != RO_OK) {
        ro_problem_write(&job->response, ro_problem_of_change(status, RO_PROBLEM_SETTINGS),
                         ro_str_from(err.message), RO_WHERE_NONE);
        return;
    }
    ro_log_write(work->log, RO_LOG_INFO, "%lld sets of synonyms were put by '%s'", (long long)all,
                 job->key);
    if (job->request.method == RO_HTTP_PUT) {
        ro_api_json(job, json_pack("{sIsI}", "count", count, "useless", all - count));
    } else {
        job->response.status = 204;
    }
}

/* False: answered with a problem. */
static bool lock_file(ro_searchd_job *job, int *lock) {
    ro_error err = RO_ERROR_INIT;
    ro_status status = ro_file_lock(job->synonyms, job->deadline, lock, &err);
    if (status != RO_OK) {
        ro_problem_write(&job->response, ro_problem_of_change(status, RO_PROBLEM_SETTINGS),
                         ro_str_from(err.message), RO_WHERE_NONE);
    }
    return status == RO_OK;
}

static void put_synonyms(const ro_admin_work *work, ro_searchd_job *job) {
    ro_buf made = RO_BUF_INIT;
    int lock;
    bool plain = ro_str_equal_nocase(ro_http_request_media(&job->request), RO_STR("text/plain"));
    if (plain || read_json(job, RO_STR_NONE, &made)) {
        if (lock_file(job, &lock)) {
            put_in_force(work, job, plain ? ro_buf_str(&job->request.body) : ro_buf_str(&made));
            ro_file_unlock(lock);
        }
    }
    ro_buf_release(&made);
}

void ro_admin_synonyms(const ro_admin_work *work, ro_searchd_job *job) {
    if (!ro_api_no_params(job)) {
        return;
    }
    if (job->request.method == RO_HTTP_PUT) {
        put_synonyms(work, job);
    } else {
        get_synonyms(job);
    }
}

/* ---- those of a word ------------------------------------------------------------------------ */

typedef struct changing {
    ro_str word, text, instead; /* of the path; of the file; a line, or nothing */
    ro_buf out;
    json_t *found; /* the sets as JSON */
    size_t taken;  /* bytes of the text that are in `out`, or left out of it */
} changing;

/* Leaves out the lines of the word; in the place of the first stands the new one. */
static ro_status change_line(void *context, const ro_synonym_line *line, ro_error *err) {
    changing *c = context;
    if (!ro_str_equal_nocase(line->words[0], c->word)) {
        return RO_OK;
    }
    size_t from = (size_t)(line->words[0].ptr - c->text.ptr);
    size_t until = from;
    while (from > 0 && c->text.ptr[from - 1] != '\n') {
        from--;
    }
    while (until < c->text.len && c->text.ptr[until] != '\n') {
        until++;
    }
    ro_buf_add(&c->out, c->text.ptr + c->taken, from - c->taken);
    if (!json_array_size(c->found)) {
        ro_buf_add_str(&c->out, c->instead);
    }
    c->taken = until + (until < c->text.len);
    return add_line(c->found, line, err);
}

static void finish(changing *c) {
    ro_buf_add(&c->out, c->text.ptr + c->taken, c->text.len - c->taken);
    if (!json_array_size(c->found) && c->instead.len) {
        ro_buf_add(&c->out, "\n", c->out.len && c->out.ptr[c->out.len - 1] != '\n');
        ro_buf_add_str(&c->out, c->instead);
    }
}

/* Reads the file and what is to become of it; false: answered with a problem. */
static bool read_change(ro_searchd_job *job, changing *c, ro_buf *text) {
    ro_error err = RO_ERROR_INIT;
    bool found;
    ro_status status =
        ro_file_read(job->synonyms, "synonyms", RO_SYNONYMS_TEXT_MAX, text, &found, &err);
    c->text = status == RO_OK && text->len ? ro_buf_str(text) : RO_STR("");
    c->found = json_array();
    status = status == RO_OK && !c->found ? ro_fail_memory(&err) : status;
    status = status == RO_OK ? ro_synonyms_each(c->text, change_line, c, &err) : status;
    if (status == RO_OK) {
        finish(c);
        status = ro_buf_check(&c->out, &err);
    }
    if (status != RO_OK) {
        ro_problem_write(&job->response, ro_problem_of_change(status, RO_PROBLEM_SETTINGS),
                         ro_str_from(err.message), RO_WHERE_NONE);
        return false;
    }
    if (!json_array_size(c->found) && job->request.method != RO_HTTP_PUT) {
        char detail[WORD_SHOWN + 64];
        (void)snprintf(detail, sizeof detail, "no set of synonyms begins with '%.*s'",
                       RO_STR_ARG(ro_utf8_prefix(c->word, WORD_SHOWN)));
        ro_problem_write(&job->response, RO_PROBLEM_RESOURCE, ro_str_from(detail),
                         (ro_where){"path", RO_STR_NONE, -1});
        return false;
    }
    return true;
}

void ro_admin_synonyms_of(const ro_admin_work *work, ro_searchd_job *job) {
    ro_buf text = RO_BUF_INIT, made = RO_BUF_INIT;
    changing c = {.out = RO_BUF_INIT};
    int lock;
    bool good = ro_api_no_params(job) && ro_api_decode(job, job->argument, &c.word);
    if (good && job->request.method == RO_HTTP_PUT) {
        good = read_json(job, ro_str_trim(c.word), &made);
        c.instead = ro_buf_str(&made);
    }
    c.word = ro_str_trim(c.word);
    if (good && lock_file(job, &lock)) {
        good = read_change(job, &c, &text);
        if (good && job->request.method == RO_HTTP_GET) {
            ro_api_json(job, json_pack("{sO}", "synonyms", c.found));
        } else if (good) {
            put_in_force(work, job, ro_buf_str(&c.out));
        }
        ro_file_unlock(lock);
    }
    json_decref(c.found);
    ro_buf_release(&c.out);
    ro_buf_release(&text);
    ro_buf_release(&made);
}
