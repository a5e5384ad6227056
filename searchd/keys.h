/* Keys: who may read, write and administer. A file holds one JSON object a line:
 *
 *   {"name":"cms","sha256":"…64 hex digits…","scopes":["read","write"],
 *    "expires":"2027-01-01T00:00:00Z","filter":"source:Reuters","rate":50}
 *
 * A key itself is kept nowhere: it is 256 random bits, told once when it is made, and known again
 * by its SHA-256. A list of keys is one thread's.
 */
#ifndef READOUT_KEYS_H
#define READOUT_KEYS_H

#include "readout/buffer.h"
#include "readout/deadline.h"

#define RO_KEYS_MAX 1000
#define RO_KEYS_FILE_MAX ((size_t)1 << 20) /* bytes */
#define RO_KEY_NAME_MAX 64                 /* bytes: letters, digits and ._- */
#define RO_KEY_FILTER_MAX 4096             /* bytes */
#define RO_KEY_TEXT 64                     /* room for a key */
#define RO_KEY_PREFIX "ro_"                /* that a key begins with */
#define RO_KEY_DIGITS 43                   /* that follow, of 6 bits each */
#define RO_KEY_HASH 32
#define RO_KEY_RATE_MAX 1000000

/* A bit each. */
enum { RO_SCOPE_READ = 1, RO_SCOPE_WRITE = 2, RO_SCOPE_ADMIN = 4 };
#define RO_SCOPES 3

/* "read", "write", "admin"; NULL beyond. */
const char *ro_scope_name(unsigned scope);
/* "read,write" to bits; RO_INVALID. */
ro_status ro_scopes_parse(ro_str text, unsigned *out, ro_error *err) RO_MUST_CHECK;

typedef struct ro_key {
    char name[RO_KEY_NAME_MAX + 1];
    uint8_t hash[RO_KEY_HASH];
    unsigned scopes;
    int64_t expires; /* seconds since the epoch; INT64_MAX: never */
    char *filter;    /* owned: what each search is restricted to; NULL: nothing */
    int64_t rate;    /* requests a second; 0: no limit */
    double tokens;   /* of the bucket that holds a second's worth */
    int64_t filled_ns;
} ro_key;

typedef struct ro_keys {
    ro_key *items; /* owned */
    size_t count;
} ro_keys;

void ro_keys_release(ro_keys *keys);
/* Reads a file; one that is missing has no keys. RO_FORMAT names the line, RO_LIMIT, RO_IO. */
ro_status ro_keys_read(const char *path, ro_keys *out, ro_error *err) RO_MUST_CHECK;
/* Replaces the file, whole or not at all. */
ro_status ro_keys_write(const char *path, const ro_keys *keys, ro_error *err) RO_MUST_CHECK;
/* Reads the file, has the list changed and writes it, alone: two at a time would lose what one of
 * them did. Where `change` fails the file stays as it is. RO_BUSY by the deadline. */
typedef ro_status (*ro_keys_fn)(ro_keys *keys, void *context, ro_error *err);
ro_status ro_keys_change(const char *path, ro_deadline deadline, ro_keys_fn change, void *context,
                         ro_error *err) RO_MUST_CHECK;
/* NULL: there is none of the name. */
ro_key *ro_keys_named(const ro_keys *keys, ro_str name);
/* Takes over `key` with its filter. RO_INVALID for a name that is taken or is none; RO_LIMIT. */
ro_status ro_keys_add(ro_keys *keys, ro_key key, ro_error *err) RO_MUST_CHECK;
/* False: there is none of the name. */
bool ro_keys_remove(ro_keys *keys, ro_str name);

/* It administers, without end, and whatever else happens. */
bool ro_key_administers(const ro_key *key);
/* Gives the key, whose scopes are known, a copy of a filter. RO_INVALID for one that a search would
 * have to repair, or where the key is for more than searching; RO_LIMIT. */
ro_status ro_key_filter(ro_key *key, ro_str filter, ro_error *err) RO_MUST_CHECK;
/* Makes a key at random. */
ro_status ro_key_make(char out[RO_KEY_TEXT], ro_error *err) RO_MUST_CHECK;
void ro_key_digest(ro_str secret, uint8_t out[RO_KEY_HASH]);
/* The key that `secret` is, expired or not; NULL. Takes the same time whichever key it is, and
 * however much of it is right. */
ro_key *ro_keys_find(const ro_keys *keys, ro_str secret);
/* Takes one request from what the key may do in a second; false: it has done it already. */
bool ro_key_spend(ro_key *key, int64_t now_ns);

#endif
