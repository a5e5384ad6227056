#include "keys_command.h"

#include "keys.h"
#include "readout/date.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

typedef struct run {
    const ro_searchd_settings *settings;
    const char *name; /* NULL: none was given */
    ro_keys keys;
    ro_buf *out;
} run;

static ro_status add(run *r, ro_error *err) {
    const ro_searchd_settings *settings = r->settings;
    char secret[RO_KEY_TEXT];
    ro_key key = {.expires = INT64_MAX, .rate = settings->rate};
    size_t len = strlen(r->name);
    if (len > RO_KEY_NAME_MAX) {
        return ro_fail(err, RO_LIMIT, "a key's name has at most %d letters", RO_KEY_NAME_MAX);
    }
    memcpy(key.name, r->name, len);
    ro_status status = ro_scopes_parse(ro_str_from(settings->scopes), &key.scopes, err);
    if (status == RO_OK && settings->expires) {
        status = ro_time_parse(ro_str_from(settings->expires), &key.expires, err);
    }
    if (status == RO_OK && settings->key_filter && *settings->key_filter) {
        bool fits = strlen(settings->key_filter) <= RO_KEY_FILTER_MAX;
        key.filter = fits ? strdup(settings->key_filter) : NULL;
        status =
            !fits ? ro_fail(err, RO_LIMIT, "the filter is longer than %d bytes", RO_KEY_FILTER_MAX)
            : !key.filter ? ro_fail_memory(err)
                          : RO_OK;
    }
    if (status == RO_OK) {
        status = ro_key_make(secret, err);
    }
    if (status != RO_OK) {
        free(key.filter);
        return status;
    }
    ro_key_digest(ro_str_from(secret), key.hash);
    status = ro_keys_add(&r->keys, key, err);
    if (status == RO_OK) {
        status = ro_keys_write(settings->keys, &r->keys, err);
    }
    if (status == RO_OK) {
        ro_buf_printf(r->out, "%s\n", secret);
    }
    return status;
}

static ro_status list(run *r, ro_error *err) {
    (void)err;
    for (size_t i = 0; i < r->keys.count; i++) {
        const ro_key *key = &r->keys.items[i];
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

static ro_status drop(run *r, ro_error *err) {
    return ro_keys_remove(&r->keys, ro_str_from(r->name))
               ? ro_keys_write(r->settings->keys, &r->keys, err)
               : ro_fail(err, RO_NOT_FOUND, "there is no key '%s' in '%s'", r->name,
                         r->settings->keys);
}

static const struct {
    const char *name;
    size_t args;
    ro_status (*run)(run *, ro_error *);
} actions[] = {{"add", 1, add}, {"list", 0, list}, {"remove", 1, drop}};

/* Two at a time would lose what one of them did. */
static ro_status lock_keys(const char *path, int *fd, ro_error *err) {
    ro_buf name = RO_BUF_INIT;
    ro_buf_printf(&name, "%s.lock", path);
    ro_buf_add_byte(&name, 0);
    ro_status status = ro_buf_check(&name, err);
    *fd = status == RO_OK ? open(name.ptr, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
    if (status == RO_OK && (*fd < 0 || flock(*fd, LOCK_EX) != 0)) {
        status = ro_fail(err, RO_IO, "cannot lock '%s': %s", name.ptr, strerror(errno));
    }
    ro_buf_release(&name);
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
    int lock = -1;
    ro_status status = lock_keys(settings->keys, &lock, err);
    if (status == RO_OK) {
        status = ro_keys_read(settings->keys, &r.keys, err);
    }
    if (status == RO_OK) {
        status = actions[action].run(&r, err);
    }
    ro_keys_release(&r.keys);
    if (lock >= 0) {
        (void)close(lock);
    }
    return status;
}
