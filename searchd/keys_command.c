#include "keys_command.h"

#include "keys.h"
#include "readout/date.h"

#include <stdlib.h>

#define LOCK_MS 10000 /* for which another may change the file */

typedef struct run {
    const ro_searchd_settings *settings;
    const char *name; /* NULL: none was given */
    ro_buf *out;
} run;

static ro_status make_key(const run *r, ro_key *key, char secret[RO_KEY_TEXT], ro_error *err) {
    const ro_searchd_settings *settings = r->settings;
    size_t len = strlen(r->name);
    *key = (ro_key){.expires = INT64_MAX, .rate = settings->rate};
    if (len > RO_KEY_NAME_MAX) {
        return ro_fail(err, RO_LIMIT, "a key's name has at most %d letters", RO_KEY_NAME_MAX);
    }
    memcpy(key->name, r->name, len);
    ro_status status = ro_scopes_parse(ro_str_from(settings->scopes), &key->scopes, err);
    if (status == RO_OK && settings->expires) {
        status = ro_time_parse(ro_str_from(settings->expires), &key->expires, err);
    }
    if (status == RO_OK && settings->key_filter) {
        status = ro_key_filter(key, ro_str_from(settings->key_filter), err);
    }
    if (status == RO_OK) {
        status = ro_key_make(secret, err);
        ro_key_digest(ro_str_from(secret), key->hash);
    }
    return status;
}

static ro_status add(ro_keys *keys, void *context, ro_error *err) {
    run *r = context;
    char secret[RO_KEY_TEXT];
    ro_key key;
    ro_status status = make_key(r, &key, secret, err);
    if (status != RO_OK) {
        free(key.filter);
        return status;
    }
    status = ro_keys_add(keys, key, err);
    if (status == RO_OK) {
        ro_buf_printf(r->out, "%s\n", secret);
    }
    return status;
}

static ro_status list(ro_keys *keys, void *context, ro_error *err) {
    run *r = context;
    for (size_t i = 0; i < keys->count; i++) {
        const ro_key *key = &keys->items[i];
        char expires[RO_TIME_TEXT];
        const char *comma = "";
        ro_buf_printf(r->out, "%s\t", key->name);
        for (unsigned scope = 1; ro_scope_name(scope); scope <<= 1) {
            if (key->scopes & scope) {
                ro_buf_printf(r->out, "%s%s", comma, ro_scope_name(scope));
                comma = ",";
            }
        }
        ro_buf_printf(r->out, "\t%s\t%lld\t%s\n",
                      key->expires == INT64_MAX ? "never" : ro_time_format(key->expires, expires),
                      (long long)key->rate, key->filter ? key->filter : "");
    }
    return ro_buf_check(r->out, err);
}

static ro_status drop(ro_keys *keys, void *context, ro_error *err) {
    run *r = context;
    return ro_keys_remove(keys, ro_str_from(r->name))
               ? RO_OK
               : ro_fail(err, RO_NOT_FOUND, "there is no key '%s' in '%s'", r->name,
                         r->settings->keys);
}

static const struct {
    const char *name;
    size_t args;
    ro_keys_fn run;
    bool changes;
} actions[] = {{"add", 1, add, true}, {"list", 0, list, false}, {"remove", 1, drop, true}};

static ro_status look(const char *path, ro_keys_fn fn, run *r, ro_error *err) {
    ro_keys keys;
    ro_status status = ro_keys_read(path, &keys, err);
    if (status == RO_OK) {
        status = fn(&keys, r, err);
    }
    ro_keys_release(&keys);
    return status;
}

ro_status ro_keys_command(const ro_searchd_settings *settings, const char *const *args,
                          size_t count, ro_buf *out, ro_error *err) {
    run r = {.settings = settings, .name = count > 1 ? args[1] : NULL, .out = out};
    size_t action = 0;
    size_t actions_count = sizeof actions / sizeof actions[0];
    while (action < actions_count && (count == 0 || strcmp(actions[action].name, args[0]) != 0)) {
        action++;
    }
    if (action == actions_count || count != 1 + actions[action].args) {
        return ro_fail(err, RO_INVALID,
                       "expected 'keys add NAME', 'keys list' or 'keys remove NAME'");
    }
    if (!settings->keys) {
        return ro_fail(err, RO_INVALID, "option 'keys' must name the file of keys");
    }
    if (!actions[action].changes) {
        return look(settings->keys, actions[action].run, &r, err);
    }
    ro_status status =
        ro_keys_change(settings->keys, ro_deadline_in_ms(LOCK_MS), actions[action].run, &r, err);
    if (status != RO_OK) { /* a key that is in no file is none */
        ro_buf_release(out);
    }
    return status;
}
