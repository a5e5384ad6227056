#include "write_api.h"

#include "http/target.h"
#include "problem.h"
#include "readout/utf8.h"

#define NAME_SHOWN 100 /* bytes of an unknown name that are repeated in the answer */

static const struct {
    int status;
    const char *name;
} changes[] = {
    [RO_UNCHANGED] = {200, "unchanged"},
    [RO_ADDED] = {201, "created"},
    [RO_CHANGED] = {200, "updated"},
};

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

static void add_result(ro_buf *out, const ro_made_article *article, ro_change change) {
    ro_buf_printf(out, ",\"result\":\"%s\"%s}\n", changes[change].name,
                  article->undated ? ",\"note\":\"the date cannot be read\"" : "");
}

static void answer_one(ro_searchd_job *job, const ro_made_article *article, ro_change change) {
    if (article->refused) {
        ro_where where = {"body", RO_STR_NONE, -1};
        ro_problem_write(&job->response, article->problem, article->fault, where);
        return;
    }
    job->response.status = changes[change].status;
    job->response.content_type = "application/json";
    ro_buf *body = &job->response.body;
    ro_buf_add_str(body, RO_STR("{\"id\":"));
    ro_buf_add_json(body, article->id);
    add_result(body, article, change);
    if (change == RO_ADDED) {
        add_location(job, article->id);
    }
}

static void add_verdict(ro_buf *out, const ro_made_article *article, ro_change change) {
    int status =
        article->refused ? ro_problem_http_status(article->problem) : changes[change].status;
    ro_buf_printf(out, "{\"line\":%lld,\"status\":%d", (long long)article->line, status);
    if (article->id.len) {
        ro_buf_add_str(out, RO_STR(",\"id\":"));
        ro_buf_add_json(out, article->id);
    }
    if (article->refused) {
        ro_buf_printf(out, ",\"type\":\"" RO_PROBLEM_TYPE "%s\",\"detail\":",
                      ro_problem_slug(article->problem));
        ro_buf repaired = RO_BUF_INIT;
        ro_utf8_repair(&repaired, article->fault);
        ro_buf_add_json(out, ro_buf_str(&repaired));
        ro_buf_release(&repaired);
        ro_buf_add_str(out, RO_STR("}\n"));
    } else {
        add_result(out, article, change);
    }
}

/* ---- lines ---------------------------------------------------------------------------------- */

typedef void (*line_fn)(void *context, ro_searchd_job *job, ro_str line, int64_t number);

/* Calls `fn` for every line that is not empty. */
static void each_line(ro_searchd_job *job, line_fn fn, void *context) {
    ro_str rest = ro_buf_str(&job->request.body);
    for (int64_t number = job->lines.first ? job->lines.first : 1; rest.len; number++) {
        ro_str line = ro_str_trim(ro_str_cut(&rest, '\n'));
        if (line.len) {
            fn(context, job, line, number);
        }
    }
}

static void make_line(void *context, ro_searchd_job *job, ro_str line, int64_t number) {
    ro_making *making = context;
    if (job->lines.first && line.len > job->lines.max) {
        ro_made_add_long(&job->made, job->lines.max, number);
    } else {
        ro_made_add(&job->made, making, line, RO_STR_NONE, number);
    }
    making->hand_over(making, job);
}

static void make_lines(ro_making *making, ro_searchd_job *job) {
    job->response.status = 200;
    job->response.content_type = RO_LINES_TYPE;
    each_line(job, make_line, making);
    if (job->lines.long_line) {
        ro_made_add_long(&job->made, job->lines.max, job->lines.long_line);
    }
}

/* Of all lines the same. */
typedef struct failure {
    ro_problem problem;
    const ro_error *why;
} failure;

static void fail_line(void *context, ro_searchd_job *job, ro_str line, int64_t number) {
    const failure *all = context;
    ro_made_article article = {.line = number,
                               .refused = true,
                               .problem = all->problem,
                               .fault = ro_str_from(all->why->message)};
    (void)line;
    add_verdict(&job->response.body, &article, RO_UNCHANGED);
}

void ro_write_failed(ro_searchd_job *job, ro_problem problem, const ro_error *why) {
    if (!job->lines.continued) {
        ro_problem_write(&job->response, problem, ro_str_from(why->message), RO_WHERE_NONE);
        return;
    }
    failure all = {problem, why};
    ro_http_response_clear(&job->response);
    job->response.status = 200;
    job->response.content_type = RO_LINES_TYPE;
    each_line(job, fail_line, &all);
    if (job->lines.long_line) {
        ro_error fault = RO_ERROR_INIT;
        failure of_long = {RO_PROBLEM_CONTENT_SIZE, &fault};
        (void)ro_fail(&fault, RO_LIMIT, "the line has more than %zu bytes", job->lines.max);
        fail_line(&of_long, job, RO_STR_NONE, job->lines.long_line);
    }
}

/* ---- handlers ------------------------------------------------------------------------------- */

/* What is wrong with the article is told by it, and RO_OK. */
static ro_status put(const ro_write_work *work, const ro_made_article *article, ro_change *change,
                     ro_error *err) {
    *change = RO_UNCHANGED;
    if (article->status != RO_OK && !article->refused) {
        return ro_fail(err, article->status, "%.*s", RO_STR_ARG(article->fault));
    }
    return article->refused ? RO_OK : ro_writer_put(work->writer, article->prepared, change, err);
}

static ro_status put_all(const ro_write_work *work, ro_searchd_job *job, ro_error *err) {
    const ro_made *made = work->made;
    ro_status status = made->failed ? ro_fail_memory(err) : RO_OK;
    for (size_t i = 0; i < made->count && status == RO_OK; i++) {
        const ro_made_article *article = &made->articles[i];
        ro_change change;
        status = put(work, article, &change, err);
        if (status == RO_OK && article->line) {
            add_verdict(&job->response.body, article, change);
        } else if (status == RO_OK) {
            answer_one(job, article, change);
        }
    }
    return status;
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

static bool is_answered(const ro_searchd_job *job) {
    return job->response.status >= 400;
}

ro_status ro_write_article(const ro_write_work *work, ro_searchd_job *job, ro_error *err) {
    ro_str id;
    if (is_answered(job) || !has_params(job) || !read_id(job, &id)) {
        return RO_OK;
    }
    bool go_on;
    ro_status status = check_conditions(work, job, id, &go_on, err);
    if (status != RO_OK || !go_on) {
        return status;
    }
    return job->request.method == RO_HTTP_DELETE ? drop_one(work, job, id, err)
                                                 : put_all(work, job, err);
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
    return is_answered(job) ? RO_OK : put_all(work, job, err);
}

void ro_write_make(ro_making *making, ro_searchd_job *job) {
    ro_str id = RO_STR_NONE;
    bool one = job->request.method == RO_HTTP_PUT;
    if (job->request.method == RO_HTTP_DELETE) {
        return;
    }
    if (job->lines.first) { /* checked with its head */
        make_lines(making, job);
    } else if (has_params(job) && (!one || read_id(job, &id)) && has_media(job, !one)) {
        if (!one && is_lines(ro_http_request_media(&job->request))) {
            make_lines(making, job);
        } else {
            ro_made_add(&job->made, making, ro_buf_str(&job->request.body), id, 0);
        }
    }
}
