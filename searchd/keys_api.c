#include "keys_api.h"

#include "api.h"
#include "body.h"
#include "readout/date.h"
#include "readout/utf8.h"

#include <jansson.h>
#include <stdlib.h>

#define NAME_SHOWN 100 /* bytes of an unknown name that are repeated in the answer */

/* What a request asks of the file, and what is to be said where that cannot be. */
typedef struct change {
    const ro_searchd_job *job;
    ro_key key;  /* that is to be added */
    ro_str name; /* of the one that is to go */
    ro_problem problem;
    ro_where where;
} change;

/* ---- one key as JSON ------------------------------------------------------------------------ */

static json_t *scopes_json(const ro_key *key) {
    json_t *list = json_array();
    for (unsigned scope = 1; list && ro_scope_name(scope); scope <<= 1) {
        if (key->scopes & scope && json_array_append_new(list, json_string(ro_scope_name(scope)))) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

/* The same members as in the file, but the hash. */
static json_t *key_json(const ro_key *key) {
    char text[RO_TIME_TEXT];
    const char *expires = key->expires == INT64_MAX ? NULL : ro_time_format(key->expires, text);
    return json_pack("{ss,so,ss?,ss?,sI}", "name", key->name, "scopes", scopes_json(key), "expires",
                     expires, "filter", key->filter, "rate", (json_int_t)key->rate);
}

static ro_status read_name(const json_t *value, ro_key *key, ro_error *err) {
    size_t len = json_string_length(value);
    if (len > RO_KEY_NAME_MAX || strlen(json_string_value(value)) != len) {
        return ro_fail(err, RO_INVALID, "name: expected at most %d letters", RO_KEY_NAME_MAX);
    }
    memcpy(key->name, json_string_value(value), len);
    return RO_OK;
}

static ro_status read_scopes(const json_t *value, ro_key *key, ro_error *err) {
    for (size_t i = 0; i < json_array_size(value); i++) {
        const json_t *item = json_array_get(value, i);
        unsigned scope = 0;
        if (!json_is_string(item) ||
            ro_scopes_parse(ro_str_make(json_string_value(item), json_string_length(item)), &scope,
                            NULL) != RO_OK ||
            !ro_scope_name(scope)) {
            return ro_fail(err, RO_INVALID, "scopes: expected read, write or admin");
        }
        key->scopes |= scope;
    }
    return key->scopes ? RO_OK : ro_fail(err, RO_INVALID, "scopes: expected at least one");
}

static ro_status read_expires(const json_t *value, ro_key *key, ro_error *err) {
    ro_str text = ro_str_make(json_string_value(value), json_string_length(value));
    return ro_time_parse(text, &key->expires, NULL) == RO_OK
               ? RO_OK
               : ro_fail(err, RO_INVALID, "expires: expected a date, as 2027-01-01");
}

static ro_status read_filter(const json_t *value, ro_key *key, ro_error *err) {
    ro_str text = ro_str_make(json_string_value(value), json_string_length(value));
    if (memchr(text.ptr, 0, text.len)) {
        return ro_fail(err, RO_INVALID, "filter: a zero byte is no text");
    }
    return ro_key_filter(key, text, err);
}

static ro_status read_rate(const json_t *value, ro_key *key, ro_error *err) {
    key->rate = json_integer_value(value);
    bool good = key->rate >= 0 && key->rate <= RO_KEY_RATE_MAX;
    return good ? RO_OK
                : ro_fail(err, RO_INVALID, "rate: expected 0 to %d requests a second",
                          RO_KEY_RATE_MAX);
}

static const struct {
    const char *name, *expected;
    json_type type;
    bool needed;
    ro_status (*read)(const json_t *value, ro_key *key, ro_error *err);
} members[] = {
    {"name", "a string", JSON_STRING, true, read_name},
    {"scopes", "an array of read, write and admin", JSON_ARRAY, true, read_scopes},
    {"expires", "a date or null", JSON_STRING, false, read_expires},
    {"filter", "a string or null", JSON_STRING, false, read_filter},
    {"rate", "a whole number", JSON_INTEGER, false, read_rate},
};
#define MEMBERS (sizeof members / sizeof members[0])

static bool is_member(const char *name) {
    for (size_t i = 0; i < MEMBERS; i++) {
        if (strcmp(members[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

/* `*at` is the member that is wrong, in the object. */
static ro_status read_key(json_t *object, ro_key *key, ro_str *at, ro_error *err) {
    const char *name;
    json_t *value;
    *key = (ro_key){.expires = INT64_MAX};
    if (!json_is_object(object)) {
        return ro_fail(err, RO_INVALID, "expected an object");
    }
    json_object_foreach(object, name, value) {
        *at = ro_str_from(name);
        if (!is_member(name)) {
            return ro_fail(err, RO_INVALID,
                           "a key has name, scopes, expires, filter and rate, no '%.*s'",
                           RO_STR_ARG(ro_utf8_prefix(*at, NAME_SHOWN)));
        }
    }
    for (size_t i = 0; i < MEMBERS; i++) {
        value = json_object_get(object, members[i].name);
        *at = ro_str_from(members[i].name);
        if ((!value || json_is_null(value)) && !members[i].needed) {
            continue;
        }
        ro_status status =
            value && json_typeof(value) == members[i].type
                ? members[i].read(value, key, err)
                : ro_fail(err, RO_INVALID, "%s: expected %s", members[i].name, members[i].expected);
        if (status != RO_OK) {
            return status;
        }
    }
    return RO_OK;
}

/* ---- changes -------------------------------------------------------------------------------- */

/* Of two administrators who remove each other at the same time one is late, and one is left. */
static ro_status check_asking(const ro_keys *keys, change *c, ro_error *err) {
    const ro_key *own = ro_keys_named(keys, ro_str_from(c->job->key));
    if (own && own->scopes & RO_SCOPE_ADMIN) {
        return RO_OK;
    }
    c->problem = RO_PROBLEM_SCOPE;
    return ro_fail(err, RO_INVALID, "the key does not allow this any more");
}

static ro_status add(ro_keys *keys, void *context, ro_error *err) {
    change *c = context;
    ro_status status = check_asking(keys, c, err);
    if (status != RO_OK) {
        return status;
    }
    bool taken = ro_keys_named(keys, ro_str_from(c->key.name)) || keys->count == RO_KEYS_MAX;
    c->problem = taken ? RO_PROBLEM_CONFLICT : RO_PROBLEM_VALUE;
    c->where = (ro_where){"body", RO_STR("name"), -1};
    ro_key key = c->key;
    c->key.filter = NULL; /* the list has it, or it is gone */
    return ro_keys_add(keys, key, err);
}

/* Without it nobody would administer one day. */
static bool is_last(const ro_keys *keys, ro_str name) {
    const ro_key *key = ro_keys_named(keys, name);
    size_t left = 0;
    for (size_t i = 0; i < keys->count; i++) {
        left += ro_key_administers(&keys->items[i]);
    }
    return key && ro_key_administers(key) && left == 1;
}

static ro_status drop(ro_keys *keys, void *context, ro_error *err) {
    change *c = context;
    ro_status status = check_asking(keys, c, err);
    if (status != RO_OK) {
        return status;
    }
    c->where = (ro_where){"path", RO_STR_NONE, -1};
    if (ro_str_equal(c->name, ro_str_from(c->job->key))) {
        c->problem = RO_PROBLEM_CONFLICT;
        return ro_fail(err, RO_INVALID,
                       "the key is the one this is asked with: remove it with another one, so that "
                       "one that administers is left");
    }
    if (is_last(keys, c->name)) {
        c->problem = RO_PROBLEM_CONFLICT;
        return ro_fail(err, RO_INVALID,
                       "the key is the last one that administers and does not expire");
    }
    c->problem = RO_PROBLEM_KEY;
    return ro_keys_remove(keys, c->name) ? RO_OK
                                         : ro_fail(err, RO_INVALID, "there is no key '%.*s'",
                                                   RO_STR_ARG(ro_utf8_prefix(c->name, NAME_SHOWN)));
}

/* False: answered with a problem. */
static bool make_change(ro_searchd_job *job, ro_keys_fn fn, change *c) {
    ro_error err = RO_ERROR_INIT;
    ro_status status = ro_keys_change(job->keys, job->deadline, fn, c, &err);
    if (status != RO_OK) {
        bool asked = status == RO_INVALID || (status == RO_LIMIT && c->problem);
        ro_problem problem = asked ? c->problem : ro_problem_of_change(status, RO_PROBLEM_SETTINGS);
        ro_problem_write(&job->response, problem, ro_str_from(err.message),
                         asked ? c->where : RO_WHERE_NONE);
        return false;
    }
    job->changed |= RO_CHANGED_KEYS;
    return true;
}

/* ---- handlers ------------------------------------------------------------------------------- */

static void list_keys(ro_searchd_job *job) {
    ro_error err = RO_ERROR_INIT;
    ro_keys keys;
    ro_status status = ro_keys_read(job->keys, &keys, &err);
    if (status != RO_OK) {
        ro_problem_write(&job->response, ro_problem_of_change(status, RO_PROBLEM_SETTINGS),
                         ro_str_from(err.message), RO_WHERE_NONE);
        return;
    }
    json_t *list = json_array();
    for (size_t i = 0; list && i < keys.count; i++) {
        if (json_array_append_new(list, key_json(&keys.items[i])) != 0) {
            json_decref(list);
            list = NULL;
        }
    }
    ro_keys_release(&keys);
    ro_api_json(job, list ? json_pack("{so}", "keys", list) : NULL);
}

/* The key is told here and nowhere else: the file has its hash. */
static void answer_made(ro_searchd_job *job, json_t *told, const char *secret) {
    char location[sizeof "/v1/keys/" + RO_KEY_NAME_MAX];
    (void)snprintf(location, sizeof location, "/v1/keys/%s",
                   json_string_value(json_object_get(told, "name")));
    if (json_object_set_new(told, "key", json_string(secret)) != 0) {
        json_decref(told);
        told = NULL;
    }
    ro_api_json(job, told);
    job->response.status = 201;
    ro_http_response_field(&job->response, "Location", ro_str_from(location));
}

static void make_key(const ro_admin_work *work, ro_searchd_job *job, ro_key key) {
    char secret[RO_KEY_TEXT];
    ro_error err = RO_ERROR_INIT;
    change c = {.job = job, .key = key, .where = RO_WHERE_NONE};
    json_t *told = key_json(&key);
    if (!told || ro_key_make(secret, &err) != RO_OK) {
        ro_problem_write(&job->response, RO_PROBLEM_OVERLOADED,
                         ro_str_from(told ? err.message : "out of memory"), RO_WHERE_NONE);
    } else {
        ro_key_digest(ro_str_from(secret), c.key.hash);
        if (make_change(job, add, &c)) {
            ro_log_write(work->log, RO_LOG_INFO, "key '%s' was added by '%s'", key.name, job->key);
            answer_made(job, told, secret);
            told = NULL;
        }
    }
    json_decref(told);
    free(c.key.filter);
}

static void post_key(const ro_admin_work *work, ro_searchd_job *job) {
    ro_error err = RO_ERROR_INIT;
    ro_key key = {.name = ""};
    ro_str member = RO_STR_NONE;
    json_t *object;
    if (!ro_api_takes_json(job)) {
        return;
    }
    ro_status status = ro_body_json(ro_buf_str(&job->request.body), RO_BODY_DEPTH_MAX,
                                    RO_BODY_VALUES_MAX, &object, &err);
    ro_problem problem = status == RO_OK ? RO_PROBLEM_VALUE : RO_PROBLEM_BODY;
    status = status == RO_OK ? read_key(object, &key, &member, &err) : status;
    if (status != RO_OK) {
        ro_problem_write(&job->response, ro_problem_of_status(status, problem),
                         ro_str_from(err.message),
                         (ro_where){"body", ro_utf8_prefix(member, NAME_SHOWN), err.position});
        free(key.filter);
    } else {
        make_key(work, job, key);
    }
    json_decref(object);
}

void ro_admin_keys(const ro_admin_work *work, ro_searchd_job *job) {
    if (!ro_api_no_params(job)) {
        return;
    }
    if (job->request.method == RO_HTTP_POST) {
        post_key(work, job);
    } else {
        list_keys(job);
    }
}

void ro_admin_key(const ro_admin_work *work, ro_searchd_job *job) {
    change c = {.job = job, .where = RO_WHERE_NONE};
    if (ro_api_no_params(job) && ro_api_decode(job, job->argument, &c.name) &&
        make_change(job, drop, &c)) {
        ro_log_write(work->log, RO_LOG_INFO, "key '%.*s' was removed by '%s'", RO_STR_ARG(c.name),
                     job->key);
        job->response.status = 204;
    }
}
