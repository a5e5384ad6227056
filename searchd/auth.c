#include "auth.h"

#include "algolia.h"
#include "http/grammar.h"
#include "problem.h"
#include "route.h"

#include <errno.h>
#include <time.h>

#define LOOK_NS ((int64_t)1000000000)

/* ---- keys ----------------------------------------------------------------------------------- */

/* What a key has used up of its rate stays used. Lists of one file are mostly in one order. */
static void keep_rates(ro_keys *fresh, const ro_keys *old) {
    size_t at = 0;
    for (size_t i = 0; i < fresh->count; i++) {
        for (size_t tried = 0; tried < old->count; tried++, at++) {
            const ro_key *was = &old->items[at % old->count];
            if (memcmp(was->hash, fresh->items[i].hash, sizeof was->hash) == 0) {
                fresh->items[i].tokens = was->tokens;
                fresh->items[i].filled_ns = was->filled_ns;
                at++;
                break;
            }
        }
    }
}

ro_status ro_auth_load(ro_auth *auth, const char *path, ro_error *err) {
    ro_keys keys = {0};
    struct stat file = {0};
    auth->looked_ns = ro_now_ns();
    if (path && stat(path, &file) != 0) {
        file = (struct stat){0};
    }
    ro_status status = path ? ro_keys_read(path, &keys, err) : RO_OK;
    auth->file = file; /* also where it cannot be read: that is told once for each change */
    if (status == RO_OK) {
        keep_rates(&keys, &auth->keys);
        ro_keys_release(&auth->keys);
        auth->keys = keys;
    }
    return status;
}

ro_status ro_auth_refresh(ro_auth *auth, const char *path, ro_error *err) {
    int64_t now = ro_now_ns();
    struct stat file;
    if (!path || now - auth->looked_ns < LOOK_NS) {
        return RO_OK;
    }
    auth->looked_ns = now;
    if (stat(path, &file) != 0) {
        file = (struct stat){0};
    }
    bool same = file.st_ino == auth->file.st_ino && file.st_size == auth->file.st_size &&
                file.st_mtim.tv_sec == auth->file.st_mtim.tv_sec &&
                file.st_mtim.tv_nsec == auth->file.st_mtim.tv_nsec;
    return same ? RO_OK : ro_auth_load(auth, path, err);
}

void ro_auth_release(ro_auth *auth) {
    ro_keys_release(&auth->keys);
}

/* ---- decisions ------------------------------------------------------------------------------ */

static void challenge(ro_searchd_job *job, ro_problem problem, const char *parameters,
                      const char *detail) {
    ro_problem_write(&job->response, problem, ro_str_from(detail),
                     (ro_where){"field", RO_STR("Authorization"), -1});
    ro_buf value = RO_BUF_INIT;
    ro_buf_printf(&value, "Bearer realm=\"readout\"%s", parameters);
    ro_http_response_field(&job->response, "WWW-Authenticate", ro_buf_str(&value));
    ro_buf_release(&value);
}

/* The credentials of "Bearer CREDENTIALS". */
static bool read_bearer(ro_str field, ro_str *out) {
    static const ro_str scheme = {"Bearer ", 7};
    if (field.len <= scheme.len ||
        !ro_str_equal_nocase(ro_str_make(field.ptr, scheme.len), scheme)) {
        return false;
    }
    *out = ro_http_trim(ro_str_make(field.ptr + scheme.len, field.len - scheme.len));
    return out->len > 0;
}

static void refuse_scope(ro_searchd_job *job, unsigned scope) {
    char parameters[64];
    const char *name = ro_scope_name(scope);
    (void)snprintf(parameters, sizeof parameters, ", error=\"insufficient_scope\", scope=\"%s\"",
                   name ? name : "");
    challenge(job, RO_PROBLEM_SCOPE, parameters, "the key does not have the scope that is needed");
}

static bool may(const ro_key *key, unsigned scope) {
    return key->scopes & (scope | RO_SCOPE_ADMIN);
}

static bool allow_key(ro_key *key, ro_searchd_job *job, unsigned scope, bool needed, bool filters) {
    if (key) {
        memcpy(job->key, key->name, sizeof job->key);
    }
    if (!key || key->expires <= (int64_t)time(NULL)) {
        challenge(job, RO_PROBLEM_CREDENTIALS, ", error=\"invalid_token\"",
                  key ? "the key has expired" : "there is no such key");
        return false;
    }
    if (needed && !may(key, scope)) {
        refuse_scope(job, scope);
        return false;
    }
    if (key->filter && !filters) {
        challenge(job, RO_PROBLEM_SCOPE, ", error=\"insufficient_scope\"",
                  "the key is for searches only: its filter cannot be kept to here");
        return false;
    }
    if (!ro_key_spend(key, ro_now_ns())) {
        ro_problem_write(&job->response, RO_PROBLEM_RATE,
                         RO_STR("the requests that the key allows in a second are used up"),
                         RO_WHERE_NONE);
        return false;
    }
    job->filter = key->filter ? ro_arena_copy(&job->arena, ro_str_from(key->filter)) : RO_STR_NONE;
    if (key->filter && !job->filter.ptr) {
        ro_problem_write(&job->response, RO_PROBLEM_OVERLOADED, RO_STR("out of memory"),
                         RO_WHERE_NONE);
        return false;
    }
    return true;
}

bool ro_auth_allow(ro_auth *auth, ro_searchd_job *job, unsigned scope, bool needed, bool filters) {
    ro_str field = ro_http_request_field(&job->request, RO_STR("Authorization"));
    ro_str secret;
    if (field.ptr && read_bearer(field, &secret)) {
        return allow_key(ro_keys_find(&auth->keys, secret), job, scope, needed, filters);
    }
    if (!field.ptr && job->route->algolia) {
        secret = ro_algolia_key(job);
        /* these clients always send one: where there are none, what they send says nothing */
        if (secret.ptr && (needed || auth->keys.count)) {
            return allow_key(ro_keys_find(&auth->keys, secret), job, scope, needed, filters);
        }
    }
    if (needed) {
        challenge(job, RO_PROBLEM_CREDENTIALS, "",
                  field.ptr ? "expected 'Authorization: Bearer KEY'"
                            : "this needs a key: 'Authorization: Bearer KEY'");
    }
    return !needed;
}
