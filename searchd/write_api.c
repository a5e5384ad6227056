#include "write_api.h"

#include "http/target.h"
#include "problem.h"
#include "readout/parser.h"
#include "readout/utf8.h"

#define TREE_MAX ((size_t)64 << 20) /* bytes of one article's parse tree */
#define NAME_SHOWN 100              /* bytes of an unknown name that are repeated in the answer */

/* What became of one article. */
typedef struct article_verdict {
    bool refused;
    ro_problem problem; /* if so, with the error of the call */
    ro_change change;
    ro_str id;    /* in the job's arena */
    bool undated; /* its date could not be read; it is in all the same */
} article_verdict;

static const struct {
    int status;
    const char *name;
} changes[] = {
    [RO_UNCHANGED] = {200, "unchanged"},
    [RO_ADDED] = {201, "created"},
    [RO_CHANGED] = {200, "updated"},
};

/* ---- one article ---------------------------------------------------------------------------- */

/* Of what is wrong with an article. Other statuses are about the index. */
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

static ro_status prepare(const ro_write_work *work, const json_t *value, ro_arena *arena,
                         ro_prepared **out, article_verdict *verdict, ro_error *fault) {
    ro_article article;
    ro_input input = {.language = work->language, .line = 1, .memory = TREE_MAX};
    ro_status status = ro_article_from_json(value, &input, arena, &article, fault);
    if (status == RO_OK) {
        status = ro_maker_prepare(work->maker, &article, out, fault);
    }
    if (status == RO_OK) {
        verdict->undated = article.unread_date.len > 0;
        verdict->id = ro_arena_copy(arena, article.id);
        status = verdict->id.ptr ? RO_OK : ro_fail_memory(fault);
    }
    verdict->refused = is_fault_of_article(status, &verdict->problem);
    return status;
}

/* Reads, prepares and writes one article; `id`, unless empty, is the one it must have. What is
 * wrong with the article is told by `verdict` and `fault`, and RO_OK. */
static ro_status put(const ro_write_work *work, ro_str text, ro_str id, ro_arena *arena,
                     article_verdict *verdict, ro_error *fault) {
    json_t *value = NULL;
    ro_prepared *prepared = NULL;
    *verdict = (article_verdict){.problem = RO_PROBLEM_BODY};
    ro_status status = ro_json_read(text, TREE_MAX, &value, fault);
    if (status == RO_FORMAT || status == RO_LIMIT) {
        verdict->refused = true;
        verdict->problem = status == RO_LIMIT ? RO_PROBLEM_CONTENT_SIZE : RO_PROBLEM_BODY;
    } else if (status == RO_OK && id.len && json_is_object(value) && !set_id(value, id)) {
        verdict->refused = true;
        verdict->problem = RO_PROBLEM_CONFLICT;
        status = ro_fail(fault, RO_INVALID, "the article has another id than the path");
    }
    if (status == RO_OK) {
        status = prepare(work, value, arena, &prepared, verdict, fault);
    }
    if (status == RO_OK) {
        status = ro_writer_put(work->writer, prepared, &verdict->change, fault);
    }
    ro_prepared_free(prepared);
    json_decref(value);
    return verdict->refused ? RO_OK : status;
}

/* ---- what a request says -------------------------------------------------------------------- */

static bool is_lines(ro_str media) {
    static const char *const names[] = {"application/x-ndjson", "application/ndjson",
                                        "application/jsonl", "application/x-jsonlines"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (ro_str_equal_nocase(ro_str_from(names[i]), media)) {
            return true;
        }
    }
    return false;
}

/* False: answered with a problem. */
static bool has_media(ro_searchd_job *job, bool lines) {
    ro_str media = ro_http_request_media(&job->request);
    if (ro_str_equal_nocase(media, RO_STR("application/json")) || (lines && is_lines(media))) {
        return true;
    }
    ro_problem_write(&job->response, RO_PROBLEM_MEDIA_TYPE,
                     lines ? RO_STR("Content-Type must be application/json, or "
                                    "application/x-ndjson for one article a line")
                           : RO_STR("Content-Type must be application/json"),
                     (ro_where){"field", RO_STR("Content-Type"), -1});
    return false;
}

/* The only parameter is wait=visible, and answers wait for that anyhow: what is committed is seen
 * by every search that begins later. False: answered with a problem. */
static bool has_params(ro_searchd_job *job) {
    ro_http_params params;
    ro_str doubled;
    ro_error err = RO_ERROR_INIT;
    ro_status status = ro_target_params(job->request.query, &job->arena, &params, &doubled, &err);
    ro_where where = {"query", ro_utf8_prefix(doubled, NAME_SHOWN), err.position};
    ro_problem problem = RO_PROBLEM_PARAMETER;
    for (size_t i = 0; i < params.count && status == RO_OK; i++) {
        const ro_http_param *param = &params.items[i];
        where = (ro_where){"query", ro_utf8_prefix(param->name, NAME_SHOWN), -1};
        if (!ro_str_equal(param->name, RO_STR("wait"))) {
            problem = RO_PROBLEM_UNKNOWN_PARAMETER;
            status = ro_fail(&err, RO_NOT_FOUND, "the only parameter is wait");
        } else if (!ro_str_equal(param->value, RO_STR("visible"))) {
            status = ro_fail(&err, RO_INVALID, "wait: expected visible");
        }
    }
    if (status != RO_OK) {
        ro_problem_write(&job->response, ro_problem_of_status(status, problem),
                         ro_str_from(err.message), where);
    }
    return status == RO_OK;
}

/* ---- answers -------------------------------------------------------------------------------- */

static void add_location(ro_searchd_job *job, ro_str id) {
    static const char hex[] = "0123456789ABCDEF";
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
    ro_buf path = RO_BUF_INIT;
    ro_buf_add_str(&path, RO_STR("/v1/articles/"));
    for (size_t i = 0; i < id.len; i++) {
        unsigned char c = (unsigned char)id.ptr[i];
        if (memchr(plain, c, sizeof plain - 1)) {
            ro_buf_add_byte(&path, (char)c);
        } else {
            char escaped[3] = {'%', hex[c >> 4], hex[c & 15]};
            ro_buf_add(&path, escaped, sizeof escaped);
        }
    }
    ro_http_response_field(&job->response, "Location", ro_buf_str(&path));
    job->response.fields.failed |= path.failed;
    ro_buf_release(&path);
}

static void add_result(ro_buf *out, const article_verdict *verdict) {
    ro_buf_printf(out, ",\"result\":\"%s\"%s}\n", changes[verdict->change].name,
                  verdict->undated ? ",\"note\":\"the date cannot be read\"" : "");
}

static void answer_one(ro_searchd_job *job, const article_verdict *verdict, const ro_error *fault) {
    if (verdict->refused) {
        ro_where where = {"body", RO_STR_NONE, -1};
        ro_problem_write(&job->response, verdict->problem, ro_str_from(fault->message), where);
        return;
    }
    job->response.status = changes[verdict->change].status;
    job->response.content_type = "application/json";
    ro_buf *body = &job->response.body;
    ro_buf_add_str(body, RO_STR("{\"id\":"));
    ro_buf_add_json(body, verdict->id);
    add_result(body, verdict);
    if (verdict->change == RO_ADDED) {
        add_location(job, verdict->id);
    }
}

static void add_verdict(ro_buf *out, int64_t line, const article_verdict *verdict,
                        const ro_error *fault) {
    int status = verdict->refused ? ro_problem_http_status(verdict->problem)
                                  : changes[verdict->change].status;
    ro_buf_printf(out, "{\"line\":%lld,\"status\":%d", (long long)line, status);
    if (verdict->id.len) {
        ro_buf_add_str(out, RO_STR(",\"id\":"));
        ro_buf_add_json(out, verdict->id);
    }
    if (verdict->refused) {
        ro_buf_printf(out, ",\"type\":\"" RO_PROBLEM_TYPE "%s\",\"detail\":",
                      ro_problem_slug(verdict->problem));
        ro_buf repaired = RO_BUF_INIT;
        ro_utf8_repair(&repaired, ro_str_from(fault->message));
        ro_buf_add_json(out, ro_buf_str(&repaired));
        ro_buf_release(&repaired);
        ro_buf_add_str(out, RO_STR("}\n"));
    } else {
        add_result(out, verdict);
    }
}

/* ---- handlers ------------------------------------------------------------------------------- */

typedef ro_status (*line_fn)(void *context, ro_str line, int64_t number, ro_error *err);

/* Calls `fn` for every line that is not empty. */
static ro_status each_line(const ro_searchd_job *job, line_fn fn, void *context, ro_error *err) {
    ro_str rest = ro_buf_str(&job->request.body);
    ro_status status = RO_OK;
    for (int64_t number = job->lines.first ? job->lines.first : 1; rest.len && !status; number++) {
        ro_str line = ro_str_trim(ro_str_cut(&rest, '\n'));
        status = line.len ? fn(context, line, number, err) : RO_OK;
    }
    return status;
}

typedef struct lines_context {
    const ro_write_work *work;
    ro_searchd_job *job;
    ro_problem problem; /* of all lines */
    const ro_error *why;
} lines_context;

static void refuse_long(ro_searchd_job *job, int64_t number) {
    ro_error fault = RO_ERROR_INIT;
    article_verdict verdict = {.refused = true, .problem = RO_PROBLEM_CONTENT_SIZE};
    (void)ro_fail(&fault, RO_LIMIT, "the line has more than %zu bytes", job->lines.max);
    add_verdict(&job->response.body, number, &verdict, &fault);
}

static ro_status put_line(void *context, ro_str line, int64_t number, ro_error *err) {
    const lines_context *lines = context;
    ro_searchd_job *job = lines->job;
    article_verdict verdict;
    ro_error fault = RO_ERROR_INIT;
    if (job->lines.first && line.len > job->lines.max) {
        refuse_long(job, number);
        return RO_OK;
    }
    ro_arena_reset(&job->arena);
    ro_status status = put(lines->work, line, RO_STR_NONE, &job->arena, &verdict, &fault);
    if (status != RO_OK) {
        return ro_fail(err, status, "%s", fault.message);
    }
    add_verdict(&job->response.body, number, &verdict, &fault);
    return RO_OK;
}

static ro_status put_lines(const ro_write_work *work, ro_searchd_job *job, ro_error *err) {
    lines_context context = {.work = work, .job = job};
    job->response.status = 200;
    job->response.content_type = RO_LINES_TYPE;
    ro_status status = each_line(job, put_line, &context, err);
    if (status == RO_OK && job->lines.long_line) {
        refuse_long(job, job->lines.long_line);
    }
    return status;
}

static ro_status fail_line(void *context, ro_str line, int64_t number, ro_error *err) {
    const lines_context *lines = context;
    article_verdict verdict = {.refused = true, .problem = lines->problem};
    (void)line;
    (void)err;
    add_verdict(&lines->job->response.body, number, &verdict, lines->why);
    return RO_OK;
}

void ro_write_failed(ro_searchd_job *job, ro_problem problem, const ro_error *why) {
    if (!job->lines.continued) {
        ro_problem_write(&job->response, problem, ro_str_from(why->message), RO_WHERE_NONE);
        return;
    }
    lines_context context = {.job = job, .problem = problem, .why = why};
    ro_http_response_clear(&job->response);
    job->response.status = 200;
    job->response.content_type = RO_LINES_TYPE;
    (void)each_line(job, fail_line, &context, NULL);
    if (job->lines.long_line) {
        refuse_long(job, job->lines.long_line);
    }
}

static ro_status put_one(const ro_write_work *work, ro_searchd_job *job, ro_str id, ro_error *err) {
    article_verdict verdict;
    ro_error fault = RO_ERROR_INIT;
    ro_status status = put(work, ro_buf_str(&job->request.body), id, &job->arena, &verdict, &fault);
    if (status != RO_OK) {
        return ro_fail(err, status, "%s", fault.message);
    }
    answer_one(job, &verdict, &fault);
    return RO_OK;
}

static ro_status drop_one(const ro_write_work *work, ro_searchd_job *job, ro_str id,
                          ro_error *err) {
    bool found = false;
    ro_status status = ro_writer_delete(work->writer, id, &found, err);
    if (status == RO_OK && found) {
        job->response.status = 204;
    } else if (status == RO_OK) {
        ro_problem_printf(&job->response, RO_PROBLEM_ARTICLE, (ro_where){"path", RO_STR_NONE, -1},
                          "there is no article '%.*s'", RO_STR_ARG(ro_utf8_prefix(id, NAME_SHOWN)));
    }
    return status;
}

/* False: answered with a problem. */
static bool read_id(ro_searchd_job *job, ro_str *id) {
    ro_error err = RO_ERROR_INIT;
    ro_where where = {"path", RO_STR_NONE, -1};
    ro_status status = ro_target_decode(job->argument, false, &job->arena, id, &err);
    if (status == RO_OK && id->len > RO_ARTICLE_ID_MAX) {
        status = ro_fail(&err, RO_LIMIT, "an id has at most %d bytes", RO_ARTICLE_ID_MAX);
    }
    if (status != RO_OK) {
        ro_problem_write(&job->response, ro_problem_of_status(status, RO_PROBLEM_MALFORMED),
                         ro_str_from(err.message), where);
    }
    return status == RO_OK;
}

static bool is_any(ro_str field) {
    return ro_str_equal(field, RO_STR("*"));
}

/* If-Match and If-None-Match (RFC 9110, 13.1). Validators of articles are weak, since they change
 * with the index: none matches by strong comparison, so "*" is what is of use. `*go_on` false:
 * answered with a problem. */
static ro_status check_conditions(const ro_write_work *work, ro_searchd_job *job, ro_str id,
                                  bool *go_on, ro_error *err) {
    ro_str match = ro_http_request_field(&job->request, RO_STR("If-Match"));
    ro_str none = ro_http_request_field(&job->request, RO_STR("If-None-Match"));
    bool found = false;
    *go_on = true;
    if (!match.len && !is_any(none)) {
        return RO_OK;
    }
    ro_status status = ro_writer_find(work->writer, id, &found, err);
    const char *wrong = match.len && !is_any(match) ? "an article matches '*' only"
                        : match.len && !found       ? "there is no such article"
                        : is_any(none) && found     ? "there is such an article"
                                                    : NULL;
    if (status == RO_OK && wrong) {
        ro_str name = is_any(none) && found ? RO_STR("If-None-Match") : RO_STR("If-Match");
        ro_problem_write(&job->response, RO_PROBLEM_PRECONDITION, ro_str_from(wrong),
                         (ro_where){"field", name, -1});
        *go_on = false;
    }
    return status;
}

ro_status ro_write_article(const ro_write_work *work, ro_searchd_job *job, ro_error *err) {
    ro_str id;
    if (!has_params(job) || !read_id(job, &id)) {
        return RO_OK;
    }
    bool drops = job->request.method == RO_HTTP_DELETE;
    bool go_on = drops || has_media(job, false);
    ro_status status = go_on ? check_conditions(work, job, id, &go_on, err) : RO_OK;
    if (status != RO_OK || !go_on) {
        return status;
    }
    return drops ? drop_one(work, job, id, err) : put_one(work, job, id, err);
}

bool ro_write_streams(const ro_http_request *request) {
    return request->method == RO_HTTP_POST && ro_str_equal(request->path, RO_STR("/v1/articles")) &&
           is_lines(ro_http_request_media(request));
}

bool ro_write_check_lines(ro_searchd_job *job) {
    return has_params(job) && has_media(job, true);
}

ro_status ro_write_articles(const ro_write_work *work, ro_searchd_job *job, ro_error *err) {
    if (job->request.method == RO_HTTP_DELETE) {
        return ro_write_delete_found(work, job, err);
    }
    if (job->lines.first) {
        return put_lines(work, job, err);
    }
    if (!has_params(job) || !has_media(job, true)) {
        return RO_OK;
    }
    return is_lines(ro_http_request_media(&job->request)) ? put_lines(work, job, err)
                                                          : put_one(work, job, RO_STR_NONE, err);
}
