#include "keys.h"

#include "file.h"
#include "readout/date.h"
#include "readout/query.h"

#include <jansson.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>

#define SECRET_BYTES 32

/* ---- scopes --------------------------------------------------------------------------------- */

static const char *const scope_names[RO_SCOPES] = {"read", "write", "admin"};

const char *ro_scope_name(unsigned scope) {
    for (unsigned i = 0; i < RO_SCOPES; i++) {
        if (scope == 1U << i) {
            return scope_names[i];
        }
    }
    return NULL;
}

static unsigned scope_named(ro_str name) {
    for (unsigned i = 0; i < RO_SCOPES; i++) {
        if (ro_str_equal(ro_str_from(scope_names[i]), name)) {
            return 1U << i;
        }
    }
    return 0;
}

ro_status ro_scopes_parse(ro_str text, unsigned *out, ro_error *err) {
    *out = 0;
    unsigned scopes = 0;
    for (size_t at = 0; at <= text.len;) {
        const char *comma = at < text.len ? memchr(text.ptr + at, ',', text.len - at) : NULL;
        size_t len = (comma ? (size_t)(comma - text.ptr) : text.len) - at;
        unsigned scope = scope_named(ro_str_trim(ro_str_make(text.ptr + at, len)));
        if (!scope) {
            return ro_fail(err, RO_INVALID, "scopes are read, write and admin, not '%.*s'",
                           RO_STR_ARG(text));
        }
        scopes |= scope;
        at += len + 1;
    }
    *out = scopes;
    return RO_OK;
}

/* ---- lists of keys -------------------------------------------------------------------------- */

static void release_key(ro_key *key) {
    free(key->filter);
    *key = (ro_key){0};
}

void ro_keys_release(ro_keys *keys) {
    for (size_t i = 0; i < keys->count; i++) {
        release_key(&keys->items[i]);
    }
    free(keys->items);
    *keys = (ro_keys){0};
}

static bool is_name(const char *name) {
    size_t len = strlen(name);
    return len > 0 && len == strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                          "0123456789._-");
}

ro_key *ro_keys_named(const ro_keys *keys, ro_str name) {
    for (size_t i = 0; i < keys->count; i++) {
        if (ro_str_equal(ro_str_from(keys->items[i].name), name)) {
            return &keys->items[i];
        }
    }
    return NULL;
}

ro_status ro_keys_add(ro_keys *keys, ro_key key, ro_error *err) {
    ro_status status = RO_OK;
    ro_key *bigger = NULL;
    if (!is_name(key.name)) {
        status = ro_fail(err, RO_INVALID,
                         "a key's name has up to %d letters, digits, dots, dashes or underscores",
                         RO_KEY_NAME_MAX);
    } else if (ro_keys_named(keys, ro_str_from(key.name))) {
        status = ro_fail(err, RO_INVALID, "there is a key '%s' already", key.name);
    } else if (keys->count == RO_KEYS_MAX) {
        status = ro_fail(err, RO_LIMIT, "there are %d keys, which is the most", RO_KEYS_MAX);
    } else if (!(bigger = realloc(keys->items, (keys->count + 1) * sizeof *bigger))) {
        status = ro_fail_memory(err);
    }
    if (!bigger) {
        release_key(&key);
        return status;
    }
    keys->items = bigger;
    keys->items[keys->count++] = key;
    return RO_OK;
}

bool ro_keys_remove(ro_keys *keys, ro_str name) {
    ro_key *key = ro_keys_named(keys, name);
    if (key) {
        release_key(key);
        keys->count--;
        size_t behind = keys->count - (size_t)(key - keys->items);
        memmove(key, key + 1, behind * sizeof *key);
    }
    return key != NULL;
}

/* ---- the file ------------------------------------------------------------------------------- */

static bool read_hash(const char *hex, uint8_t out[RO_KEY_HASH]) {
    if (!hex || strlen(hex) != (size_t)RO_KEY_HASH * 2) {
        return false;
    }
    for (size_t i = 0; i < RO_KEY_HASH; i++) {
        char pair[3] = {hex[2 * i], hex[2 * i + 1], 0};
        if (strspn(pair, "0123456789abcdefABCDEF") != 2) {
            return false;
        }
        out[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return true;
}

static bool read_scopes(const json_t *array, unsigned *out) {
    *out = 0;
    for (size_t i = 0; i < json_array_size(array); i++) {
        const char *name = json_string_value(json_array_get(array, i));
        unsigned scope = name ? scope_named(ro_str_from(name)) : 0;
        if (!scope) {
            return false;
        }
        *out |= scope;
    }
    return *out != 0;
}

static bool read_expiry(const char *text, int64_t *out) {
    *out = INT64_MAX;
    return !text || ro_time_parse(ro_str_from(text), out, NULL) == RO_OK;
}

/* What the file does not say is not let through: a member with a slip in it is a fault. */
static ro_status read_key(json_t *object, ro_key *key, ro_error *err) {
    const char *name = NULL;
    const char *hash = NULL;
    const char *expires = NULL;
    const char *filter = NULL;
    json_t *scopes = NULL;
    json_int_t rate = 0;
    json_error_t fault;
    *key = (ro_key){0};
    if (json_unpack_ex(object, &fault, JSON_STRICT, "{ss,ss,so,s?s,s?s,s?I}", "name", &name,
                       "sha256", &hash, "scopes", &scopes, "expires", &expires, "filter", &filter,
                       "rate", &rate) != 0) {
        return ro_fail(err, RO_FORMAT, "%s", fault.text);
    }
    const char *wrong = strlen(name) > RO_KEY_NAME_MAX                 ? "name"
                        : !read_hash(hash, key->hash)                  ? "sha256"
                        : !read_scopes(scopes, &key->scopes)           ? "scopes"
                        : !read_expiry(expires, &key->expires)         ? "expires"
                        : filter && strlen(filter) > RO_KEY_FILTER_MAX ? "filter"
                        : rate < 0 || rate > RO_KEY_RATE_MAX           ? "rate"
                                                                       : NULL;
    if (wrong) {
        return ro_fail(err, RO_FORMAT, "'%s' is not as it should be", wrong);
    }
    memcpy(key->name, name, strlen(name));
    key->rate = rate;
    key->filter = filter && *filter ? strdup(filter) : NULL;
    return filter && *filter && !key->filter ? ro_fail_memory(err) : RO_OK;
}

static ro_status read_line(ro_str line, ro_keys *keys, ro_error *err) {
    json_error_t fault;
    json_t *object = json_loadb(line.ptr, line.len, JSON_REJECT_DUPLICATES, &fault);
    if (!object) {
        return ro_fail(err, RO_FORMAT, "not JSON: %s", fault.text);
    }
    ro_key key;
    ro_status status = read_key(object, &key, err);
    json_decref(object);
    return status == RO_OK ? ro_keys_add(keys, key, err) : status;
}

ro_status ro_keys_read(const char *path, ro_keys *out, ro_error *err) {
    *out = (ro_keys){0};
    ro_buf text = RO_BUF_INIT;
    bool found;
    ro_status status = ro_file_read(path, "keys", RO_KEYS_FILE_MAX, &text, &found, err);
    ro_str rest = ro_buf_str(&text);
    for (size_t number = 1; rest.len && status == RO_OK; number++) {
        ro_str line = ro_str_trim(ro_str_cut(&rest, '\n'));
        ro_error fault = RO_ERROR_INIT;
        if (line.len) {
            status = read_line(line, out, &fault);
        }
        if (status != RO_OK) {
            status = ro_fail(err, status, "cannot read keys '%s', line %zu: %s", path, number,
                             fault.message);
        }
    }
    ro_buf_release(&text);
    if (status != RO_OK) {
        ro_keys_release(out);
    }
    return status;
}

static void write_key(const ro_key *key, ro_buf *out) {
    ro_buf_printf(out, "{\"name\":\"%s\",\"sha256\":\"", key->name);
    for (size_t i = 0; i < RO_KEY_HASH; i++) {
        ro_buf_printf(out, "%02x", key->hash[i]);
    }
    ro_buf_add_str(out, RO_STR("\",\"scopes\":["));
    const char *comma = "";
    for (unsigned i = 0; i < RO_SCOPES; i++) {
        if (key->scopes & 1U << i) {
            ro_buf_printf(out, "%s\"%s\"", comma, scope_names[i]);
            comma = ",";
        }
    }
    ro_buf_add_byte(out, ']');
    if (key->expires != INT64_MAX) {
        char text[RO_TIME_TEXT];
        ro_buf_printf(out, ",\"expires\":\"%s\"", ro_time_format(key->expires, text));
    }
    if (key->filter) {
        ro_buf_add_str(out, RO_STR(",\"filter\":"));
        ro_buf_add_json(out, ro_str_from(key->filter));
    }
    if (key->rate) {
        ro_buf_printf(out, ",\"rate\":%lld", (long long)key->rate);
    }
    ro_buf_add_str(out, RO_STR("}\n"));
}

ro_status ro_keys_write(const char *path, const ro_keys *keys, ro_error *err) {
    ro_buf text = RO_BUF_INIT;
    for (size_t i = 0; i < keys->count; i++) {
        write_key(&keys->items[i], &text);
    }
    ro_status status = ro_buf_check(&text, err);
    if (status == RO_OK) {
        status = ro_file_replace(path, "keys", ro_buf_str(&text), 0600, err);
    }
    ro_buf_release(&text);
    return status;
}

ro_status ro_keys_change(const char *path, ro_deadline deadline, ro_keys_fn change, void *context,
                         ro_error *err) {
    ro_keys keys = {0};
    int lock;
    ro_status status = ro_file_lock(path, deadline, &lock, err);
    if (status == RO_OK) {
        status = ro_keys_read(path, &keys, err);
    }
    if (status == RO_OK) {
        status = change(&keys, context, err);
    }
    if (status == RO_OK) {
        status = ro_keys_write(path, &keys, err);
    }
    ro_keys_release(&keys);
    ro_file_unlock(lock);
    return status;
}

/* ---- keys ----------------------------------------------------------------------------------- */

bool ro_key_administers(const ro_key *key) {
    return key->scopes & RO_SCOPE_ADMIN && key->expires == INT64_MAX && !key->filter;
}

ro_status ro_key_filter(ro_key *key, ro_str filter, ro_error *err) {
    ro_error fault = RO_ERROR_INIT;
    if (filter.len > RO_KEY_FILTER_MAX) {
        return ro_fail(err, RO_LIMIT, "the filter is longer than %d bytes", RO_KEY_FILTER_MAX);
    }
    if (key->scopes != RO_SCOPE_READ) {
        return ro_fail(err, RO_INVALID, "filter: a key that has one is for searches only");
    }
    ro_status status = ro_restriction_check(filter, &fault);
    if (status != RO_OK) {
        return ro_fail(err, status, "filter: it needs repair: %s", fault.message);
    }
    free(key->filter);
    key->filter = strndup(filter.ptr, filter.len);
    return key->filter ? RO_OK : ro_fail_memory(err);
}

ro_status ro_key_make(char out[RO_KEY_TEXT], ro_error *err) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    uint8_t bytes[SECRET_BYTES];
    out[0] = 0;
    if (RAND_bytes(bytes, sizeof bytes) != 1) {
        return ro_fail(err, RO_IO, "cannot make a key: there is no randomness to be had");
    }
    size_t len = sizeof RO_KEY_PREFIX - 1;
    memcpy(out, RO_KEY_PREFIX, len);
    uint32_t bits = 0;
    unsigned have = 0;
    for (size_t i = 0; i < sizeof bytes || have > 0;) {
        if (have < 6 && i < sizeof bytes) {
            bits = bits << 8 | bytes[i++];
            have += 8;
        }
        unsigned take = have < 6 ? have : 6;
        out[len++] = digits[(bits >> (have - take) << (6 - take)) & 63];
        have -= take;
    }
    out[len] = 0;
    OPENSSL_cleanse(bytes, sizeof bytes);
    return RO_OK;
}

void ro_key_digest(ro_str secret, uint8_t out[RO_KEY_HASH]) {
    (void)SHA256((const unsigned char *)(secret.ptr ? secret.ptr : ""), secret.len, out);
}

ro_key *ro_keys_find(const ro_keys *keys, ro_str secret) {
    uint8_t hash[RO_KEY_HASH];
    ro_key *found = NULL;
    ro_key_digest(secret, hash);
    for (size_t i = 0; i < keys->count; i++) {
        if (CRYPTO_memcmp(keys->items[i].hash, hash, sizeof hash) == 0) {
            found = &keys->items[i];
        }
    }
    return found;
}

bool ro_key_spend(ro_key *key, int64_t now_ns) {
    if (!key->rate) {
        return true;
    }
    double most = (double)key->rate;
    double tokens =
        key->filled_ns ? key->tokens + (double)(now_ns - key->filled_ns) / 1e9 * most : most;
    key->tokens = tokens > most ? most : tokens;
    key->filled_ns = now_ns;
    bool allowed = key->tokens >= 1;
    key->tokens -= allowed ? 1 : 0;
    return allowed;
}
