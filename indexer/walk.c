#include "walk.h"

#include <errno.h>
#include <fts.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- directories seen -------------------------------------------------------------------------
 */

typedef struct ro_place {
    dev_t device;
    ino_t inode;
} ro_place;

typedef struct ro_seen {
    ro_place *places; /* open addressing; inode 0: free */
    size_t capacity, count;
} ro_seen;

static size_t slot_of(const ro_seen *seen, ro_place place) {
    uint64_t hash = ((uint64_t)place.inode * 0x9E3779B97F4A7C15u) ^ (uint64_t)place.device;
    size_t i = (size_t)(hash % seen->capacity);
    while (seen->places[i].inode != 0 &&
           (seen->places[i].inode != place.inode || seen->places[i].device != place.device)) {
        i = (i + 1) % seen->capacity;
    }
    return i;
}

static bool grow_seen(ro_seen *seen) {
    ro_seen bigger = {NULL, seen->capacity ? seen->capacity * 2 : 64, seen->count};
    bigger.places = calloc(bigger.capacity, sizeof *bigger.places);
    if (!bigger.places) {
        return false;
    }
    for (size_t i = 0; i < seen->capacity; i++) {
        if (seen->places[i].inode != 0) {
            bigger.places[slot_of(&bigger, seen->places[i])] = seen->places[i];
        }
    }
    free(seen->places);
    *seen = bigger;
    return true;
}

/* `*added` tells whether the directory is new. False when memory ran out. */
static bool add_seen(ro_seen *seen, const struct stat *stat, bool *added) {
    if (seen->count * 2 >= seen->capacity && !grow_seen(seen)) {
        return false;
    }
    ro_place place = {stat->st_dev, stat->st_ino};
    size_t i = slot_of(seen, place);
    *added = seen->places[i].inode == 0;
    seen->places[i] = place;
    seen->count += *added ? 1 : 0;
    return true;
}

/* ---- paths ------------------------------------------------------------------------------------
 */

static void add_part(ro_buf *out, ro_str part) {
    if (part.len == 0 || ro_str_equal(part, RO_STR("."))) {
        return;
    }
    if (ro_str_equal(part, RO_STR(".."))) {
        const char *slash = out->len ? memrchr(out->ptr, '/', out->len) : NULL;
        out->len = slash ? (size_t)(slash - out->ptr) : 0;
        return;
    }
    ro_buf_add_byte(out, '/');
    ro_buf_add_str(out, part);
}

static void add_parts(ro_buf *out, ro_str path) {
    for (size_t i = 0, start = 0; i <= path.len; i++) {
        if (i == path.len || path.ptr[i] == '/') {
            add_part(out, ro_str_make(path.ptr + start, i - start));
            start = i + 1;
        }
    }
}

ro_status ro_path_absolute(const char *path, ro_buf *out, ro_error *err) {
    ro_buf_clear(out);
    if (path[0] != '/') {
        char *here = getcwd(NULL, 0);
        if (!here) {
            return ro_fail(err, RO_IO, "cannot tell the current directory: %s", strerror(errno));
        }
        add_parts(out, ro_str_from(here));
        free(here);
    }
    add_parts(out, ro_str_from(path));
    if (out->len == 0) {
        ro_buf_add_byte(out, '/');
    }
    ro_buf_add_byte(out, 0);
    out->len -= out->len > 0;
    return ro_buf_check(out, err);
}

/* ---- walking ----------------------------------------------------------------------------------
 */

typedef struct ro_walker {
    FTS *fts;
    ro_seen seen;
    const ro_walk_sink *sink;
} ro_walker;

static int by_name(const FTSENT **a, const FTSENT **b) {
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static void skip(const ro_walker *walker, const FTSENT *entry, ro_status status, const char *why) {
    ro_error fault = RO_ERROR_INIT;
    (void)ro_fail(&fault, status, "%s", why);
    walker->sink->skip(walker->sink->context, entry->fts_path, &fault);
}

static ro_status enter_directory(ro_walker *walker, FTSENT *entry, ro_error *err) {
    bool hidden = entry->fts_level > 0 && entry->fts_name[0] == '.';
    bool added = false;
    if (!hidden && !add_seen(&walker->seen, entry->fts_statp, &added)) {
        return ro_fail_memory(err);
    }
    bool deep = entry->fts_level >= RO_WALK_DEPTH_MAX;
    if (added && deep) {
        skip(walker, entry, RO_LIMIT, "directories nested too deep");
    }
    if (!added || deep) {
        (void)fts_set(walker->fts, entry, FTS_SKIP);
        return RO_OK;
    }
    const ro_walk_sink *sink = walker->sink;
    return sink->directory ? sink->directory(sink->context, entry->fts_path, err) : RO_OK;
}

static ro_status visit(ro_walker *walker, FTSENT *entry, ro_error *err) {
    bool hidden = entry->fts_level > 0 && entry->fts_name[0] == '.';
    switch (entry->fts_info) {
    case FTS_D:
        return enter_directory(walker, entry, err);
    case FTS_F:
        return hidden ? RO_OK
                      : walker->sink->file(walker->sink->context, entry->fts_path, entry->fts_statp,
                                           err);
    case FTS_DNR:
    case FTS_ERR:
    case FTS_NS: {
        ro_status status = entry->fts_errno == ENOENT ? RO_NOT_FOUND : RO_IO;
        char why[128];
        (void)snprintf(why, sizeof why, "cannot read: %s", strerror(entry->fts_errno));
        skip(walker, entry, status, why);
        return RO_OK;
    }
    case FTS_SLNONE:
        skip(walker, entry, RO_NOT_FOUND, "symbolic link to nothing");
        return RO_OK;
    case FTS_DEFAULT:
        skip(walker, entry, RO_INVALID, "not a regular file");
        return RO_OK;
    default: /* a directory the second time, or a loop */
        return RO_OK;
    }
}

ro_status ro_walk(const char *path, const char *except, const ro_walk_sink *sink, ro_error *err) {
    char *copy = strdup(path);
    char *paths[] = {copy, NULL};
    ro_walker walker = {NULL, {NULL, 0, 0}, sink};
    walker.fts = copy ? fts_open(paths, FTS_LOGICAL | FTS_NOCHDIR, by_name) : NULL;
    ro_status status = RO_OK;
    if (!walker.fts) {
        status = ro_fail_memory(err);
        goto out;
    }
    struct stat index;
    bool added = false;
    if (except && stat(except, &index) == 0 && !add_seen(&walker.seen, &index, &added)) {
        status = ro_fail_memory(err);
        goto out;
    }
    errno = 0;
    for (FTSENT *entry; status == RO_OK && (entry = fts_read(walker.fts)) != NULL; errno = 0) {
        status = visit(&walker, entry, err);
    }
    if (status == RO_OK && errno != 0) {
        status = ro_fail(err, RO_IO, "cannot walk '%s': %s", path, strerror(errno));
    }
out:
    if (walker.fts) {
        (void)fts_close(walker.fts);
    }
    free(walker.seen.places);
    free(copy);
    return status;
}
