#include "recall.h"

#include "api.h"
#include "http/target.h"
#include "route.h"

#include <stdio.h>
#include <stdlib.h>

#define KEY_MAX 8192 /* bytes; what asks for more is seldom asked twice */
#define GAPS_MAX 64  /* times that one answer tells */
#define TIME_TEXT 32
#define BODY_MAX ((size_t)4 << 20) /* bytes; to unpack more would hold up the event thread */

/* ---- what was asked ------------------------------------------------------------------------- */

/* Lengths part the pieces: no two lists of pieces look alike. */
static void add_piece(ro_buf *key, ro_str piece) {
    uint32_t len = (uint32_t)piece.len;
    ro_buf_add(key, &len, sizeof len);
    ro_buf_add_str(key, piece);
}

static int by_name(const void *a, const void *b) {
    return ro_str_compare(((const ro_http_param *)a)->name, ((const ro_http_param *)b)->name);
}

/* In whatever order and escapes they were sent. False: they are not to be read. */
static bool add_params(ro_searchd_job *job, ro_buf *key) {
    ro_http_params params;
    ro_str doubled;
    if (ro_target_params(job->request.query, &job->arena, &params, &doubled, NULL) != RO_OK) {
        return false;
    }
    if (params.count) {
        qsort(params.items, params.count, sizeof *params.items, by_name);
    }
    for (size_t i = 0; i < params.count; i++) {
        add_piece(key, params.items[i].name);
        add_piece(key, params.items[i].value);
    }
    return true;
}

/* All that handlers look at; of the query string those of Algolia's clients only know their key. */
static bool add_all(ro_searchd_job *job, ro_buf *key) {
    const ro_http_request *request = &job->request;
    add_piece(key, request->path);
    add_piece(key, job->filter);
    add_piece(key, ro_buf_str(&request->body));
    add_piece(key, ro_http_request_field(request, RO_STR("Content-Type")));
    add_piece(key, request->host); /* links in feeds begin so, with the scheme */
    add_piece(key, job->tls ? RO_STR("tls") : RO_STR(""));
    for (size_t i = 0; i < request->field_count; i++) {
        if (ro_str_equal_nocase(request->fields[i].name, RO_STR("Accept"))) {
            ro_buf_add_byte(key, 1); /* one more follows: an empty piece would be no end */
            add_piece(key, request->fields[i].value);
        }
    }
    ro_buf_add_byte(key, 0);
    return job->route->algolia || add_params(job, key);
}

void ro_recall_ask(ro_searchd_job *job) {
    const ro_http_request *request = &job->request;
    size_t sent = request->query.len + request->body.len + job->filter.len;
    ro_buf key = RO_BUF_INIT;
    if (sent <= KEY_MAX && add_all(job, &key) && !key.failed && key.len <= KEY_MAX) {
        job->question = ro_arena_copy(&job->arena, ro_buf_str(&key));
    }
    ro_buf_release(&key);
}

/* ---- times ---------------------------------------------------------------------------------- */

/* The member that tells how long the answer took; inside of a string the quotes are escaped. */
typedef struct time_member {
    ro_str name;
    int decimals; /* of the milliseconds */
} time_member;

static const time_member *time_member_of(const ro_searchd_job *job) {
    static const time_member ours = {{"\"took_ms\":", 10}, 3};
    static const time_member algolia = {{"\"processingTimeMS\":", 19}, 0};
    return job->route->algolia ? &algolia : &ours;
}

/* Where the next time begins; NULL: there is none. */
static const char *find_time(const time_member *member, const char *from, const char *end) {
    const char *at = memmem(from, (size_t)(end - from), member->name.ptr, member->name.len);
    return at ? at + member->name.len : NULL;
}

/* The body without its times. False: it tells too many. */
static bool cut_times(const ro_searchd_job *job, ro_buf *out, uint32_t gaps[GAPS_MAX],
                      size_t *count) {
    const time_member *member = time_member_of(job);
    const ro_buf *body = &job->response.body;
    const char *from = body->ptr;
    const char *end = body->ptr + body->len;
    bool json = strstr(job->response.content_type, "json") != NULL;
    const char *at;
    *count = 0;
    while (json && (at = find_time(member, from, end)) != NULL) {
        if (*count == GAPS_MAX) {
            return false;
        }
        ro_buf_add(out, from, (size_t)(at - from));
        gaps[(*count)++] = (uint32_t)out->len;
        from = at + strspn(at, "0123456789.eE+-");
    }
    ro_buf_add(out, from, (size_t)(end - from));
    return !out->failed;
}

static void put_times(const ro_cached *found, const char *body, ro_searchd_job *job) {
    const time_member *member = time_member_of(job);
    ro_buf *out = &job->response.body;
    char took[TIME_TEXT];
    size_t at = 0;
    (void)snprintf(took, sizeof took, "%.*f", member->decimals,
                   (double)(ro_now_ns() - job->begun_ns) / 1e6);
    (void)ro_buf_reserve(out, found->body_len + found->gap_count * TIME_TEXT);
    for (size_t i = 0; i < found->gap_count; i++) {
        ro_buf_add(out, body + at, found->gaps[i] - at);
        ro_buf_add_str(out, ro_str_from(took));
        at = found->gaps[i];
    }
    ro_buf_add(out, body + at, found->body_len - at);
}

/* ---- answers -------------------------------------------------------------------------------- */

/* The value of the ETag among the fields; empty: it has none. */
static ro_str etag_in(ro_str fields) {
    static const ro_str name = {"ETag: ", 6};
    const char *at = fields.len ? memmem(fields.ptr, fields.len, name.ptr, name.len) : NULL;
    if (!at) {
        return RO_STR("");
    }
    const char *value = at + name.len;
    const char *end = memchr(value, '\r', (size_t)(fields.ptr + fields.len - value));
    return ro_str_make(value, end ? (size_t)(end - value) : 0);
}

/* False: memory ran out. */
static bool give(const ro_cached *found, ro_packer *packer, ro_searchd_job *job) {
    ro_str etag = etag_in(found->fields);
    bool known = etag.len && ro_api_client_has(&job->request, etag);
    ro_buf body = RO_BUF_INIT;
    bool good = known || ro_packer_unpack(packer, found->body, found->body_len, &body);
    if (good) {
        job->kind = found->kind;
        job->response.status = known ? 304 : 200;
        ro_buf_add_str(&job->response.fields, found->fields);
    }
    if (good && !known) {
        job->response.content_type = found->content_type;
        put_times(found, body.ptr, job);
    }
    ro_buf_release(&body);
    return good;
}

bool ro_recall(ro_cache *cache, ro_packer *packer, ro_cache_state state, ro_searchd_job *job) {
    int64_t begun_ns = ro_now_ns();
    const ro_cached *found =
        cache && job->question.len ? ro_cache_find(cache, state, job->question) : NULL;
    if (!found) {
        return false;
    }
    job->begun_ns = begun_ns;
    bool given = give(found, packer, job);
    ro_cache_release(found);
    job->begun_ns = given ? begun_ns : 0;
    job->done_ns = given ? ro_now_ns() : 0;
    return given;
}

void ro_recall_keep(ro_cache *cache, ro_packer *packer, ro_cache_state state,
                    const ro_searchd_job *job) {
    if (!cache || !job->question.len) {
        return;
    }
    const ro_http_response *response = &job->response;
    uint32_t gaps[GAPS_MAX];
    ro_buf body = RO_BUF_INIT;
    ro_buf packed = RO_BUF_INIT;
    ro_cached answer = {.content_type = response->content_type,
                        .kind = job->kind,
                        .fields = ro_buf_str(&response->fields),
                        .gaps = gaps};
    bool good = response->status == 200 && !job->damaged && response->body.len &&
                response->body.len <= BODY_MAX && !response->body.failed &&
                !response->fields.failed && response->content_type;
    good = good && cut_times(job, &body, gaps, &answer.gap_count) &&
           ro_packer_pack(packer, ro_buf_str(&body), &packed);
    answer.body = ro_buf_str(&packed);
    answer.body_len = body.len;
    ro_cache_put(cache, state, job->question, good ? &answer : NULL);
    ro_buf_release(&body);
    ro_buf_release(&packed);
}
