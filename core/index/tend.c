#include "tend.h"
#include "lock.h"
#include "seal.h"
#include "writer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#define TIER 8 /* how much larger leaves of the next tier are */
#define TIERS 16
#define TIER_FIRST 1024   /* documents; smaller leaves are all alike */
#define MERGED_LEAST 8192 /* documents that the writer merges at any time */
#define HOT_DOCS_MAX 1024 /* before the hot leaf is sealed */
#define OTHER_MS 1000     /* for which another who tends is waited for */

/* ---- tiers ---------------------------------------------------------------------------------- */

/* Leaves of a tier have up to TIER times as many documents as those of the tier before. */
static unsigned tier_of(int64_t documents) {
    unsigned tier = 0;
    for (int64_t most = TIER_FIRST; documents > most && tier + 1 < TIERS; most *= TIER) {
        tier++;
    }
    return tier;
}

static bool is_of_tier(void *tier, const ro_leaf *leaf) {
    return tier_of(leaf->segment->count) == *(const unsigned *)tier;
}

/* The lowest tier that has so many leaves, of `most` documents together, or TIERS; merging it may
 * fill the next. */
static ro_status full_tier(sqlite3 *db, ro_kind kind, unsigned leaves, int64_t most, unsigned *tier,
                           ro_error *err) {
    unsigned counts[TIERS] = {0};
    int64_t documents[TIERS] = {0};
    sqlite3_stmt *rows = NULL;
    ro_status status =
        ro_sql_prepare(db, "SELECT documents FROM segment WHERE kind = ?1", &rows, err);
    if (!status) {
        (void)sqlite3_bind_int(rows, 1, (int)kind);
    }
    for (bool row = true; !status && row;) {
        status = ro_sql_step(rows, &row, "read the segments", err);
        if (!status && row) {
            int64_t count = sqlite3_column_int64(rows, 0);
            counts[tier_of(count)]++;
            documents[tier_of(count)] += count;
        }
    }
    sqlite3_finalize(rows);
    for (*tier = 0; *tier < TIERS && (counts[*tier] < leaves || documents[*tier] > most);) {
        ++*tier;
    }
    return status;
}

/* ---- with a commit -------------------------------------------------------------------------- */

static ro_status merge_tier(const ro_index *index, sqlite3 *db, ro_kind kind, unsigned tier,
                            ro_error *err) {
    ro_leaves leaves = {0};
    ro_status status = ro_leaves_load(&leaves, index, db, err);
    if (!status) {
        status = ro_seal_merge(index, db, &leaves, kind, is_of_tier, &tier, err);
    }
    ro_leaves_release(&leaves);
    return status;
}

ro_status ro_tend(const ro_index *index, sqlite3 *db, ro_kind kind, unsigned leaves, int64_t most,
                  ro_error *err) {
    int64_t hot;
    unsigned tier = 0;
    ro_status status = ro_sql_integer_named(db, "SELECT count(*) FROM hot_$_docsize",
                                            ro_kind_name(kind), 0, &hot, err);
    most = most > MERGED_LEAST ? most : MERGED_LEAST;
    if (!status && hot > HOT_DOCS_MAX) {
        status = ro_seal_hot(index, db, kind, err);
    }
    while (!status && !(status = full_tier(db, kind, leaves, most, &tier, err)) && tier < TIERS) {
        status = merge_tier(index, db, kind, tier, err);
    }
    return status;
}

/* ---- beside writers ------------------------------------------------------------------------- */

/* One merge. The catalogue is read once, and again by the writer that puts the result in place:
 * segments never change, and a document that dies meanwhile is dead in the new one as well. */
typedef struct tending {
    ro_index *index;
    ro_stop_fn stopped;
    void *context;
    char *file; /* that is written to */
    ro_leaves leaves;
    const ro_leaf **chosen;
    const ro_segment **segments;
    size_t count;
    ro_live live;
    bool nothing_left; /* no document of them is live */
} tending;

static bool is_live(void *context, ro_doc doc) {
    return ro_live_has(&((const tending *)context)->live, doc);
}

static bool is_stopped(void *context) {
    const tending *t = context;
    return t->stopped && t->stopped(t->context);
}

static void forget(tending *t) {
    ro_leaves_release(&t->leaves);
    ro_live_release(&t->live);
    free((void *)t->chosen);
    free((void *)t->segments);
    t->chosen = NULL;
    t->segments = NULL;
    t->count = 0;
}

static ro_status choose(tending *t, sqlite3 *db, ro_kind kind, unsigned tier, ro_error *err) {
    ro_status status = ro_leaves_load(&t->leaves, t->index, db, err);
    status = status ? status : ro_leaves_usable(&t->leaves, kind, err);
    status = status ? status : ro_live_load(&t->live, db, kind, err);
    if (status) {
        return status;
    }
    t->chosen = (const ro_leaf **)calloc(t->leaves.count + 1, sizeof(void *));
    t->segments = (const ro_segment **)calloc(t->leaves.count + 1, sizeof(void *));
    if (!t->chosen || !t->segments) {
        return ro_fail_memory(err);
    }
    for (size_t i = 0; i < t->leaves.count; i++) {
        const ro_leaf *leaf = &t->leaves.at[i];
        if (leaf->kind == kind && is_of_tier(&tier, leaf)) {
            t->chosen[t->count] = leaf;
            t->segments[t->count++] = leaf->segment;
        }
    }
    return RO_OK;
}

/* Chooses none when there is nothing to merge. */
static ro_status find_work(tending *t, ro_error *err) {
    sqlite3 *db = NULL;
    ro_replay *replay = NULL;
    ro_status status = ro_catalog_connect(t->index, false, &db, &replay, err);
    status = status ? status : ro_sql_run(db, "BEGIN", "read the segments", err);
    for (int kind = 0; !status && !t->count && kind < RO_KINDS; kind++) {
        unsigned tier;
        status = full_tier(db, (ro_kind)kind, RO_LEAVES_MERGED, INT64_MAX, &tier, err);
        if (!status && tier < TIERS) {
            status = choose(t, db, (ro_kind)kind, tier, err);
        }
    }
    (void)sqlite3_close(db); /* ends the transaction, which read only */
    return status;
}

static ro_status merge_beside(tending *t, ro_error *err) {
    ro_error problem = RO_ERROR_INIT;
    (void)unlink(t->file);
    ro_status status =
        ro_segment_merge(t->segments, t->count, 0, is_live, is_stopped, t, t->file, &problem);
    t->nothing_left = status == RO_NOT_FOUND;
    return !status || t->nothing_left ? RO_OK : ro_fail(err, status, "%s", problem.message);
}

static ro_status replace(const ro_writer *writer, void *context, ro_error *err) {
    const tending *t = context;
    return ro_seal_replace(writer->index, writer->db, t->chosen, t->count,
                           t->nothing_left ? NULL : t->file, err);
}

static ro_status put_in_place(tending *t, ro_deadline deadline, ro_error *err) {
    ro_writer *writer;
    ro_status status = ro_writer_open(t->index, deadline, &writer, err);
    if (!status) {
        status = ro_writer_rearrange(writer, replace, t, err);
        ro_writer_close(writer);
    }
    return status;
}

static ro_status tend_all(tending *t, int64_t wait_ms, ro_error *err) {
    ro_status status = RO_OK;
    for (bool more = true; more && !status && !is_stopped(t);) {
        status = find_work(t, err);
        more = t->count > 0;
        if (more) {
            status = status ? status : merge_beside(t, err);
            status = status ? status : put_in_place(t, ro_deadline_in_ms(wait_ms), err);
        }
        forget(t);
    }
    (void)unlink(t->file);
    return is_stopped(t) ? RO_OK : status;
}

ro_status ro_leaves_take(const ro_index *index, ro_deadline deadline, int *out, ro_error *err) {
    const struct timespec pause = {.tv_nsec = 10000000};
    char *path = ro_leaf_directory(index);
    ro_status status = path ? RO_OK : ro_fail_memory(err);
    int fd = path ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    while (fd >= 0 && !status && flock(fd, LOCK_EX | LOCK_NB) != 0) {
        bool busy = errno == EWOULDBLOCK || errno == EINTR;
        if (!busy || ro_deadline_passed(deadline)) {
            status = ro_fail(err, busy ? RO_BUSY : RO_IO, "the leaves of '%s' are being merged",
                             index->directory);
        } else {
            (void)nanosleep(&pause, NULL);
        }
    }
    if (fd >= 0 && !status && !ro_lock_is_at(path, fd)) {
        status = ro_fail(err, RO_BUSY, "another index came in the place of '%s'", index->directory);
    }
    if (fd >= 0 && status) {
        (void)close(fd);
        fd = -1;
    }
    *out = fd;
    free(path);
    return status;
}

ro_status ro_index_tend(ro_index *index, int64_t wait_ms, ro_stop_fn stopped, void *context,
                        ro_error *err) {
    tending t = {.index = index, .stopped = stopped, .context = context};
    int directory;
    ro_error busy = RO_ERROR_INIT;
    if (ro_leaves_take(index, ro_deadline_in_ms(OTHER_MS), &directory, &busy) != RO_OK ||
        directory < 0) {
        return RO_OK; /* there are none, or another does it */
    }
    ro_status status = asprintf(&t.file, "%s/segments/" RO_TENDED_FILE, index->directory) < 0
                           ? ro_fail_memory(err)
                           : tend_all(&t, wait_ms, err);
    free(t.file);
    (void)close(directory);
    return status;
}
