#include "share.h"

#include "catalog.h"
#include "segment/ahead.h"

#include <pthread.h>
#include <stdlib.h>

#define CHUNKS_AT_ONCE 64

/* A load of columns that nobody has read yet: all who want them read some chunks at a time. */
typedef struct loading {
    int64_t revision;  /* 0: there is none */
    int64_t next, end; /* chunks that nobody reads yet */
    size_t readers;    /* views that are reading some */
    bool failed;
    ro_columns columns; /* what was read */
} loading;

typedef struct shared_columns {
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t loaded;
    loading loading;
    ro_columns columns;
} shared_columns;

typedef struct shared_segment {
    int64_t id;
    ro_segment *segment;
    size_t holders;
} shared_segment;

struct ro_share {
    shared_columns kinds[RO_KINDS];
    atomic_uint turns;
    pthread_mutex_t lock; /* of what follows */
    shared_segment *segments;
    size_t count;
};

ro_share *ro_share_new(void) {
    ro_share *share = calloc(1, sizeof *share);
    if (share) {
        (void)pthread_mutex_init(&share->lock, NULL);
        for (int kind = 0; kind < RO_KINDS; kind++) {
            (void)pthread_mutex_init(&share->kinds[kind].lock, NULL);
            (void)pthread_cond_init(&share->kinds[kind].loaded, NULL);
            ro_columns_init(&share->kinds[kind].columns, (ro_kind)kind);
            ro_columns_init(&share->kinds[kind].loading.columns, (ro_kind)kind);
        }
    }
    return share;
}

void ro_share_free(ro_share *share) {
    if (share) {
        for (int kind = 0; kind < RO_KINDS; kind++) {
            ro_columns_release(&share->kinds[kind].columns);
            (void)pthread_cond_destroy(&share->kinds[kind].loaded);
            (void)pthread_mutex_destroy(&share->kinds[kind].lock);
        }
        (void)pthread_mutex_destroy(&share->lock);
        free(share->segments);
        free(share);
    }
}

bool ro_share_turn(ro_share *share) {
    return atomic_fetch_add(&share->turns, 1) % 2;
}

/* ---- columns -------------------------------------------------------------------------------- */

/* Whether `a` has all that `b` has. */
static bool covers(const ro_columns *a, const ro_columns *b) {
    return a->revision >= b->revision && (a->lists_loaded || !b->lists_loaded);
}

/* With the lock held, but while it reads. */
static ro_status load_some(shared_columns *shared, sqlite3 *db, ro_error *err) {
    loading *l = &shared->loading;
    int64_t from = l->next;
    ro_columns some;
    ro_columns_init(&some, shared->columns.kind);
    l->next += CHUNKS_AT_ONCE;
    l->readers++;
    (void)pthread_mutex_unlock(&shared->lock);
    ro_status status = ro_columns_load_some(&some, db, from, from + CHUNKS_AT_ONCE, err);
    (void)pthread_mutex_lock(&shared->lock);
    l->readers--;
    status = status ? status : ro_columns_move(&l->columns, &some, err);
    l->failed |= status != RO_OK;
    ro_columns_release(&some);
    return status;
}

static void end_loading(shared_columns *shared) {
    loading *l = &shared->loading;
    if (!l->failed) {
        ro_columns_complete(&l->columns, l->revision);
        ro_columns_release(&shared->columns);
        shared->columns = l->columns;
        ro_columns_init(&l->columns, shared->columns.kind);
    }
    ro_columns_release(&l->columns);
    *l = (loading){.columns = l->columns};
    (void)pthread_cond_broadcast(&shared->loaded);
}

/* Makes shared->columns those of the revision, if no other view fails. A view of another revision
 * waits until those are there that are being read. */
static ro_status load_together(shared_columns *shared, sqlite3 *db, int64_t revision,
                               ro_error *err) {
    loading *l = &shared->loading;
    ro_status status = RO_OK;
    if (!l->revision) {
        status = ro_columns_count(shared->columns.kind, db, &l->end, err);
        l->revision = status ? 0 : revision;
    }
    ro_catalog_pass(db, true);
    while (!status && l->revision == revision && !l->failed && l->next < l->end) {
        status = load_some(shared, db, err);
    }
    ro_catalog_pass(db, false);
    if (l->revision == revision && !l->readers && (l->failed || l->next >= l->end)) {
        end_loading(shared);
    }
    while (!status && l->revision) {
        (void)pthread_cond_wait(&shared->loaded, &shared->lock);
    }
    return status;
}

ro_status ro_share_columns(ro_share *share, ro_columns *columns, sqlite3 *db, int64_t revision,
                           bool lists, ro_error *err) {
    shared_columns *shared = &share->kinds[columns->kind];
    ro_columns *newest = &shared->columns;
    if (columns->revision == revision && (columns->lists_loaded || !lists)) {
        return RO_OK;
    }
    (void)pthread_mutex_lock(&shared->lock);
    ro_status status = RO_OK;
    if (!newest->revision && !columns->revision) {
        status = load_together(shared, db, revision, err);
    }
    if (!status && newest->revision <= revision && covers(newest, columns)) {
        status = ro_columns_share(columns, newest, err);
    }
    status = status ? status : ro_columns_load(columns, db, revision, lists, err);
    if (!status && covers(columns, newest)) {
        status = ro_columns_share(newest, columns, err);
    }
    (void)pthread_mutex_unlock(&shared->lock);
    return status;
}

/* ---- leaves --------------------------------------------------------------------------------- */

static shared_segment *find_segment(ro_share *share, int64_t id) {
    for (size_t i = 0; i < share->count; i++) {
        if (share->segments[i].id == id && !ro_segment_failed(share->segments[i].segment)) {
            return &share->segments[i];
        }
    }
    return NULL;
}

static ro_status open_segment(ro_share *share, const char *path, int64_t id, ro_segment **out) {
    shared_segment *known = find_segment(share, id);
    if (known) {
        known->holders++;
        *out = known->segment;
        return RO_OK;
    }
    shared_segment *grown = realloc(share->segments, (share->count + 1) * sizeof *grown);
    if (!grown) {
        return RO_MEMORY;
    }
    share->segments = grown;
    ro_status status = ro_segment_open(path, out, NULL);
    if (!status) {
        ro_ahead_begin(*out);
        grown[share->count++] = (shared_segment){id, *out, 1};
    }
    return status;
}

ro_status ro_share_open(ro_share *share, const char *path, int64_t id, ro_segment **out) {
    *out = NULL;
    if (!share) {
        return ro_segment_open(path, out, NULL);
    }
    (void)pthread_mutex_lock(&share->lock);
    ro_status status = open_segment(share, path, id, out);
    (void)pthread_mutex_unlock(&share->lock);
    return status;
}

/* Whether nobody holds it any more. */
static bool give_back(ro_share *share, const ro_segment *segment) {
    for (size_t i = 0; i < share->count; i++) {
        shared_segment *shared = &share->segments[i];
        if (shared->segment == segment) {
            bool last = --shared->holders == 0;
            *shared = last ? share->segments[--share->count] : *shared;
            return last;
        }
    }
    return false;
}

void ro_share_close(ro_share *share, ro_segment *segment) {
    bool last = true;
    if (share && segment) {
        (void)pthread_mutex_lock(&share->lock);
        last = give_back(share, segment);
        (void)pthread_mutex_unlock(&share->lock);
    }
    if (last) {
        ro_segment_close(segment);
    }
}
