#include "cache.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/queue.h>

#define SHARE_MAX 16    /* of the room one answer takes at most a part in so many */
#define BYTES_EACH 4096 /* that an answer takes about, to size the table */
#define BUCKETS_MIN 64
/* So that the lock is never held for long: */
#define CHAIN_MAX 64   /* answers of one bucket */
#define PASSED_MAX 256 /* by the hand at a time */

typedef struct entry entry;
struct entry {
    ro_cached answer; /* what callers hold: the first member */
    entry *next;      /* in its bucket */
    TAILQ_ENTRY(entry) link;
    uint64_t hash;
    size_t size; /* all of it */
    ro_str key;
    atomic_uint holders; /* the cache is one */
    bool asked_for;      /* since the hand came by */
    _Alignas(uint32_t) char bytes[];
};
TAILQ_HEAD(entry_list, entry);

struct ro_cache {
    size_t room, bucket_count;
    pthread_mutex_t lock; /* of what follows */
    ro_cache_state state;
    struct entry_list entries; /* newest first */
    entry *hand;               /* looks at this one next; NULL: at the oldest */
    ro_cache_counts counts;
    entry *buckets[];
};

ro_status ro_cache_new(size_t bytes, ro_cache **out, ro_error *err) {
    size_t buckets = BUCKETS_MIN;
    while (buckets < bytes / BYTES_EACH) {
        buckets *= 2;
    }
    ro_cache *cache = calloc(1, sizeof *cache + buckets * sizeof(entry *));
    *out = cache;
    if (!cache) {
        return ro_fail_memory(err);
    }
    cache->room = bytes;
    cache->bucket_count = buckets;
    TAILQ_INIT(&cache->entries);
    (void)pthread_mutex_init(&cache->lock, NULL);
    return RO_OK;
}

static void drop(entry *e) {
    if (atomic_fetch_sub_explicit(&e->holders, 1, memory_order_acq_rel) == 1) {
        free(e);
    }
}

static void drop_all(struct entry_list *list) {
    entry *next;
    for (entry *e = TAILQ_FIRST(list); e; e = next) {
        next = TAILQ_NEXT(e, link);
        drop(e);
    }
}

void ro_cache_free(ro_cache *cache) {
    if (cache) {
        drop_all(&cache->entries);
        (void)pthread_mutex_destroy(&cache->lock);
        free(cache);
    }
}

/* ---- with the lock held --------------------------------------------------------------------- */

static entry **bucket_of(ro_cache *cache, uint64_t hash) {
    return &cache->buckets[(hash ^ hash >> 32) & (cache->bucket_count - 1)];
}

static entry *lookup(ro_cache *cache, uint64_t hash, ro_str key) {
    entry *e = *bucket_of(cache, hash);
    while (e && !(e->hash == hash && ro_str_equal(e->key, key))) {
        e = e->next;
    }
    return e;
}

/* Takes it out of the table and the list; the reference is the caller's. */
static void take_out(ro_cache *cache, entry *e) {
    entry **at = bucket_of(cache, e->hash);
    while (*at != e) {
        at = &(*at)->next;
    }
    *at = e->next;
    if (cache->hand == e) {
        cache->hand = TAILQ_PREV(e, entry_list, link);
    }
    TAILQ_REMOVE(&cache->entries, e, link);
    cache->counts.answers--;
    cache->counts.bytes -= e->size;
}

/* False: another worker was faster, or somebody chooses keys that fall in one bucket. */
static bool has_place(ro_cache *cache, const entry *made) {
    size_t count = 0;
    for (const entry *e = *bucket_of(cache, made->hash); e; e = e->next) {
        count++;
    }
    return count < CHAIN_MAX && !lookup(cache, made->hash, made->key);
}

static void make_room(ro_cache *cache, size_t wanted, struct entry_list *gone) {
    size_t passed = 0;
    while (cache->counts.bytes + wanted > cache->room) {
        entry *e = cache->hand ? cache->hand : TAILQ_LAST(&cache->entries, entry_list);
        if (!e) {
            return;
        }
        if (e->asked_for && passed++ < PASSED_MAX) {
            e->asked_for = false;
            cache->hand = TAILQ_PREV(e, entry_list, link);
            continue;
        }
        cache->hand = e;
        take_out(cache, e);
        TAILQ_INSERT_TAIL(gone, e, link);
    }
}

/* False: the state is an older one. What a newer one makes void is moved to `gone`. */
static bool enter(ro_cache *cache, ro_cache_state state, struct entry_list *gone) {
    bool same = state.source == cache->state.source;
    if (same && state.revision <= cache->state.revision) {
        return state.revision == cache->state.revision;
    }
    cache->state = state;
    cache->hand = NULL;
    cache->counts.answers = cache->counts.bytes = 0;
    memset((void *)cache->buckets, 0, cache->bucket_count * sizeof(entry *));
    TAILQ_CONCAT(gone, &cache->entries, link);
    return true;
}

/* ---- for callers ---------------------------------------------------------------------------- */

const ro_cached *ro_cache_find(ro_cache *cache, ro_cache_state state, ro_str key) {
    uint64_t hash = ro_str_hash(key);
    (void)pthread_mutex_lock(&cache->lock);
    bool current = state.source == cache->state.source && state.revision == cache->state.revision;
    entry *found = current ? lookup(cache, hash, key) : NULL;
    if (found) {
        found->asked_for = true;
        (void)atomic_fetch_add_explicit(&found->holders, 1, memory_order_relaxed);
        cache->counts.hits++;
    }
    (void)pthread_mutex_unlock(&cache->lock);
    return found ? &found->answer : NULL;
}

void ro_cache_release(const ro_cached *found) {
    drop((entry *)(void *)found);
}

static ro_str copy(char **at, const void *from, size_t len) {
    ro_str made = ro_str_make(*at, len);
    if (len) {
        memcpy(*at, from, len);
    }
    *at += len;
    return made;
}

static size_t size_of(ro_str key, const ro_cached *answer) {
    return sizeof(entry) + answer->gap_count * sizeof *answer->gaps + answer->fields.len +
           answer->body.len + key.len;
}

static entry *make_entry(ro_str key, const ro_cached *answer, size_t size) {
    entry *e = malloc(size);
    if (!e) {
        return NULL;
    }
    *e = (entry){.answer = *answer, .size = size, .hash = ro_str_hash(key)};
    atomic_init(&e->holders, 1);
    char *at = e->bytes;
    size_t gaps = answer->gap_count * sizeof *answer->gaps;
    e->answer.gaps = (const uint32_t *)(const void *)copy(&at, answer->gaps, gaps).ptr;
    e->answer.fields = copy(&at, answer->fields.ptr, answer->fields.len);
    e->answer.body = copy(&at, answer->body.ptr, answer->body.len);
    e->key = copy(&at, key.ptr, key.len);
    return e;
}

void ro_cache_put(ro_cache *cache, ro_cache_state state, ro_str key, const ro_cached *answer) {
    struct entry_list gone = TAILQ_HEAD_INITIALIZER(gone);
    size_t size = answer ? size_of(key, answer) : 0;
    bool small =
        answer && size <= cache->room / SHARE_MAX && answer->body_len <= cache->room / SHARE_MAX;
    entry *made = small ? make_entry(key, answer, size) : NULL;
    (void)pthread_mutex_lock(&cache->lock);
    cache->counts.misses++;
    bool wanted = made && enter(cache, state, &gone) && has_place(cache, made);
    if (wanted) {
        make_room(cache, size, &gone);
        entry **bucket = bucket_of(cache, made->hash);
        made->next = *bucket;
        *bucket = made;
        TAILQ_INSERT_HEAD(&cache->entries, made, link);
        cache->counts.answers++;
        cache->counts.bytes += size;
    }
    (void)pthread_mutex_unlock(&cache->lock);
    if (made && !wanted) {
        drop(made);
    }
    drop_all(&gone);
}

ro_cache_counts ro_cache_counts_now(ro_cache *cache) {
    if (!cache) {
        return (ro_cache_counts){0};
    }
    (void)pthread_mutex_lock(&cache->lock);
    ro_cache_counts counts = cache->counts;
    (void)pthread_mutex_unlock(&cache->lock);
    return counts;
}
