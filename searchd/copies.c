#include "copies.h"

#include "file.h"
#include "readout/query.h"
#include "settings.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LOCK_MS 30000 /* for which others may write the index before another takes its place */
#define RESTORING ".restoring-"
#define FILES 2

static const struct {
    const char *name, *what;
    size_t max;
} files[FILES] = {{RO_SYNONYMS_FILE, "synonyms", RO_SYNONYMS_TEXT_MAX},
                  {RO_SETTINGS_FILE, "settings", RO_SETTINGS_MAX}};

static char *join(const char *directory, const char *name) {
    char *path = NULL;
    return asprintf(&path, "%s/%s", directory, name) < 0 ? NULL : path;
}

/* ---- making and checking -------------------------------------------------------------------- */

typedef struct view {
    ro_index *index;
    ro_snapshot *snapshot;
} view;

static ro_status open_view(const char *path, view *out, ro_error *err) {
    *out = (view){NULL, NULL};
    ro_status status = ro_index_open(path, RO_INDEX_READ, &out->index, err);
    return status == RO_OK ? ro_snapshot_open(out->index, &out->snapshot, err) : status;
}

static void close_view(view *v) {
    if (v->snapshot) {
        ro_snapshot_close(v->snapshot);
    }
    if (v->index) {
        ro_index_close(v->index);
    }
}

ro_status ro_copy_make(const char *from, const char *to, ro_error *err) {
    view v;
    ro_status status = open_view(from, &v, err);
    if (status == RO_OK) {
        status = ro_snapshot_backup(v.snapshot, to, err);
    }
    close_view(&v);
    return status;
}

static void on_problem(void *context, const char *problem) {
    ro_error *first = context;
    if (first->status == RO_OK) {
        (void)ro_fail(first, RO_DAMAGED, "the copy is not sound: %s", problem);
    }
}

ro_status ro_copy_check(const char *path, int64_t *articles, ro_error *err) {
    view v;
    ro_error first = RO_ERROR_INIT;
    ro_status status = open_view(path, &v, err);
    if (status == RO_OK) {
        *articles = ro_snapshot_articles(v.snapshot);
        status = ro_snapshot_check(v.snapshot, on_problem, &first, err);
    }
    if (status == RO_OK && first.status != RO_OK) {
        status = ro_fail(err, first.status, "%s", first.message);
    }
    close_view(&v);
    return status;
}

/* ---- removing ------------------------------------------------------------------------------- */

static bool ends_with(const char *name, const char *end) {
    size_t len = strlen(name), tail = strlen(end);
    return len > tail && strcmp(name + len - tail, end) == 0;
}

/* Those whose names begin and end so. */
static void sweep(const char *directory, const char *prefix, const char *end) {
    DIR *opened = opendir(directory);
    for (struct dirent *entry; opened && (entry = readdir(opened));) {
        bool left = strncmp(entry->d_name, prefix, strlen(prefix)) == 0 &&
                    (!*end || ends_with(entry->d_name, end));
        char *path = left ? join(directory, entry->d_name) : NULL;
        if (path) {
            ro_backup_sweep(path);
            free(path);
        }
    }
    if (opened) {
        (void)closedir(opened);
    }
}

void ro_copy_sweep_all(const char *backups, const char *index) {
    char *real = realpath(index, NULL), *prefix = NULL;
    char *slash = real ? strrchr(real, '/') : NULL;
    if (slash && asprintf(&prefix, "%s" RESTORING, slash + 1) >= 0) {
        *slash = 0;
        sweep(*real ? real : "/", prefix, "");
        free(prefix);
    }
    free(real);
    sweep(backups, "", RO_COPY_PART);
}

ro_status ro_copy_rename(const char *path, char **gone, ro_error *err) {
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    if (asprintf(gone, "%s.%lld%09ld" RO_COPY_PART, path, (long long)now.tv_sec, now.tv_nsec) < 0) {
        *gone = NULL;
        return ro_fail_memory(err);
    }
    if (rename(path, *gone) != 0) {
        return ro_fail(err, RO_IO, "cannot remove '%s': %s", path, strerror(errno));
    }
    return RO_OK;
}

/* ---- restoring ------------------------------------------------------------------------------ */

typedef struct restoring {
    char *real;   /* the index that is served */
    char *copy;   /* what is to take its place */
    char *before; /* where the index is then */
    ino_t inode;  /* of the copy */
    int locks[FILES];
    ro_deadline deadline;
} restoring;

/* Settings and synonyms are of today: what the index has not, its successor has not either. */
static ro_status carry(const restoring *r, size_t i, ro_error *err) {
    ro_buf text = RO_BUF_INIT;
    bool found = false;
    char *old = join(r->real, files[i].name), *new = join(r->copy, files[i].name);
    ro_status status = old && new
                           ? ro_file_read(old, files[i].what, files[i].max, &text, &found, err)
                           : ro_fail_memory(err);
    if (status == RO_OK && found) {
        status = ro_file_replace(new, files[i].what, ro_buf_str(&text), 0644, err);
    } else if (status == RO_OK && unlink(new) != 0 && errno != ENOENT) {
        status = ro_fail(err, RO_IO, "cannot remove '%s': %s", new, strerror(errno));
    }
    ro_buf_release(&text);
    free(old);
    free(new);
    return status;
}

/* Who changes them waits from here on, and changes those of the new index. */
static ro_status finish(void *context, ro_error *err) {
    restoring *r = context;
    ro_status status = RO_OK;
    for (size_t i = 0; status == RO_OK && i < FILES; i++) {
        char *path = join(r->real, files[i].name);
        status = path ? ro_file_lock(path, r->deadline, &r->locks[i], err) : ro_fail_memory(err);
        status = status == RO_OK ? carry(r, i, err) : status;
        free(path);
    }
    if (status == RO_OK && rename(r->copy, r->before) != 0) {
        status = ro_fail(err, RO_IO, "cannot make '%s': %s", r->before, strerror(errno));
    }
    return status;
}

static ro_status name_them(restoring *r, const char *index, const char *name, ro_error *err) {
    struct timespec now;
    char suffix[128];
    (void)clock_gettime(CLOCK_REALTIME, &now);
    (void)snprintf(suffix, sizeof suffix, "%.64s-%lld%03ld", name, (long long)now.tv_sec,
                   now.tv_nsec / 1000000);
    r->real = realpath(index, NULL);
    if (!r->real) {
        return ro_fail(err, RO_IO, "cannot find index '%s'", index);
    }
    if (asprintf(&r->copy, "%s" RESTORING "%s", r->real, suffix) < 0) {
        r->copy = NULL;
        return ro_fail_memory(err);
    }
    if (asprintf(&r->before, "%s.before-%s", r->real, suffix) < 0) {
        r->before = NULL;
        return ro_fail_memory(err);
    }
    return RO_OK;
}

static ro_status exchange(restoring *r, ro_error *err) {
    ro_index *index = NULL;
    r->deadline = ro_deadline_in_ms(LOCK_MS);
    ro_status status = ro_index_open(r->real, RO_INDEX_WRITE, &index, err);
    if (status == RO_OK) {
        status = ro_index_exchange(index, r->before, r->deadline, finish, r, err);
        ro_index_close(index);
    }
    for (size_t i = 0; i < FILES; i++) {
        ro_file_unlock(r->locks[i]);
    }
    return status;
}

/* The copy, by whichever of its names; never what was served. */
static void remove_copy(const restoring *r) {
    struct stat info;
    const char *const names[] = {r->copy, r->before};
    for (size_t i = 0; i < 2; i++) {
        if (names[i] && stat(names[i], &info) == 0 && info.st_ino == r->inode) {
            (void)ro_backup_remove(names[i], NULL);
        }
    }
}

ro_status ro_copy_restore(const char *path, const char *index, const char *name, char **before,
                          int64_t *articles, ro_error *err) {
    restoring r = {.locks = {-1, -1}};
    struct stat info;
    *before = NULL;
    ro_status status = name_them(&r, index, name, err);
    if (status == RO_OK) {
        status = ro_copy_make(path, r.copy, err);
    }
    if (status == RO_OK && stat(r.copy, &info) != 0) {
        status = ro_fail(err, RO_IO, "cannot find '%s': %s", r.copy, strerror(errno));
    }
    if (status == RO_OK) {
        r.inode = info.st_ino;
        status = ro_copy_check(r.copy, articles, err);
        status = status == RO_OK ? exchange(&r, err) : status;
        if (status != RO_OK) {
            remove_copy(&r);
        }
    }
    if (status == RO_OK) {
        *before = r.before;
        r.before = NULL;
    }
    free(r.real);
    free(r.copy);
    free(r.before);
    return status;
}
