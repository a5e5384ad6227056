/* A copy of the index as a view sees it: the catalogue by SQLite's backup, which copies what the
 * view's transaction reads, and its sealed leaves from where they are mapped, so that nothing is
 * missed or torn however much is written meanwhile. */
#include "snapshot.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGES_A_STEP 4096
#define TREE_DESCRIPTORS 8
#define CARRIED 2

/* Files that go with the index. */
static const char *const carried[CARRIED] = {RO_INDEX_SYNONYMS_FILE, RO_INDEX_SETTINGS_FILE};

typedef struct copying {
    char *directory; /* the copy, until all of it is there */
    char *segments, *file;
    int lock; /* of the directory while it is made; -1: none */
} copying;

static ro_status fail_at(const char *what, const char *path, ro_error *err) {
    ro_status status = errno == ENOSPC || errno == EDQUOT ? RO_FULL : RO_IO;
    return ro_fail(err, status, "cannot %s '%s': %s", what, path, strerror(errno));
}

static ro_status write_all(int fd, const uint8_t *bytes, size_t len, const char *path,
                           ro_error *err) {
    while (len) {
        ssize_t written = write(fd, bytes, len);
        if (written < 0 && errno != EINTR) {
            return fail_at("write", path, err);
        }
        bytes += written > 0 ? written : 0;
        len -= written > 0 ? (size_t)written : 0;
    }
    return fsync(fd) == 0 ? RO_OK : fail_at("write", path, err);
}

/* What cannot be read is left out: a writer builds it anew. */
static ro_status copy_leaf(const copying *c, const ro_leaf *leaf, ro_error *err) {
    char *path = NULL;
    if (!leaf->segment) {
        return RO_OK;
    }
    if (asprintf(&path, "%s/%lld.seg", c->segments, (long long)leaf->id) < 0) {
        return ro_fail_memory(err);
    }
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    ro_status status = fd < 0 ? fail_at("make", path, err)
                              : write_all(fd, leaf->segment->map, leaf->segment->size, path, err);
    if (fd >= 0 && close(fd) != 0 && !status) {
        status = fail_at("write", path, err);
    }
    if (!status && ro_segment_failed(leaf->segment)) { /* it was cut short, and read as nothing */
        (void)unlink(path);
    }
    free(path);
    return status;
}

static ro_status read_all(const char *path, ro_buf *out, bool *found, ro_error *err) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    *found = fd >= 0;
    if (fd < 0) {
        return errno == ENOENT ? RO_OK : fail_at("read", path, err);
    }
    char bytes[4096];
    ssize_t got = 1;
    while (got > 0 && !out->failed) {
        got = read(fd, bytes, sizeof bytes);
        ro_buf_add(out, bytes, got > 0 ? (size_t)got : 0);
    }
    ro_status status = got < 0 ? fail_at("read", path, err) : ro_buf_check(out, err);
    (void)close(fd);
    return status;
}

/* What is not there is passed over. */
static ro_status copy_carried(const copying *c, const char *from, const char *name, ro_error *err) {
    char *old = NULL, *new = NULL;
    bool found = false;
    ro_buf text = RO_BUF_INIT;
    bool memory = asprintf(&old, "%s/%s", from, name) >= 0;
    memory = memory && asprintf(&new, "%s/%s", c->directory, name) >= 0;
    ro_status status = memory ? read_all(old, &text, &found, err) : ro_fail_memory(err);
    if (!status && found) {
        int fd = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
        status = fd < 0 ? fail_at("make", new, err)
                        : write_all(fd, (const uint8_t *)text.ptr, text.len, new, err);
        if (fd >= 0) {
            (void)close(fd);
        }
    }
    ro_buf_release(&text);
    free(old);
    free(new);
    return status;
}

static ro_status copy_catalogue(const copying *c, ro_snapshot *snapshot, ro_error *err) {
    sqlite3 *to = NULL;
    int rc = sqlite3_open_v2(c->file, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
    sqlite3_backup *backup =
        rc == SQLITE_OK ? sqlite3_backup_init(to, "main", snapshot->db, "main") : NULL;
    ro_status status = RO_OK;
    if (backup) {
        do {
            rc = sqlite3_backup_step(backup, PAGES_A_STEP);
        } while (rc == SQLITE_OK);
        (void)sqlite3_backup_finish(backup);
    }
    if (!backup || rc != SQLITE_DONE) {
        status = ro_fail(err, ro_sql_status(to, rc), "cannot write '%s': %s", c->file,
                         to ? sqlite3_errmsg(to) : sqlite3_errstr(rc));
    }
    rc = sqlite3_close(to);
    return status || rc == SQLITE_OK ? status : ro_fail(err, RO_IO, "cannot write '%s'", c->file);
}

static ro_status sync_directory(const char *path, ro_error *err) {
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ro_status status = fd >= 0 && fsync(fd) == 0 ? RO_OK : fail_at("write", path, err);
    if (fd >= 0) {
        (void)close(fd);
    }
    return status;
}

static ro_status copy_all(const copying *c, ro_snapshot *snapshot, ro_error *err) {
    if (mkdir(c->segments, 0777) != 0) {
        return fail_at("make", c->segments, err);
    }
    ro_status status = copy_catalogue(c, snapshot, err);
    for (size_t i = 0; i < snapshot->leaves.count && !status; i++) {
        status = copy_leaf(c, &snapshot->leaves.at[i], err);
    }
    for (size_t i = 0; i < CARRIED && !status; i++) {
        status = copy_carried(c, snapshot->index->directory, carried[i], err);
    }
    status = status ? status : sync_directory(c->segments, err);
    return status ? status : sync_directory(c->directory, err);
}

/* What there is of a copy that failed. */
static void remove_all(const copying *c, const ro_snapshot *snapshot) {
    for (size_t i = 0; i < snapshot->leaves.count; i++) {
        char *path = NULL;
        if (asprintf(&path, "%s/%lld.seg", c->segments, (long long)snapshot->leaves.at[i].id) >=
            0) {
            (void)unlink(path);
            free(path);
        }
    }
    for (size_t i = 0; i < CARRIED; i++) {
        char *path = NULL;
        if (asprintf(&path, "%s/%s", c->directory, carried[i]) >= 0) {
            (void)unlink(path);
            free(path);
        }
    }
    char *log = NULL;
    if (asprintf(&log, "%s-journal", c->file) >= 0) {
        (void)unlink(log);
        free(log);
    }
    (void)unlink(c->file);
    (void)rmdir(c->segments);
    (void)rmdir(c->directory);
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *at) {
    (void)info;
    (void)kind;
    (void)at;
    return remove(path) == 0 || errno == ENOENT ? 0 : -1;
}

ro_status ro_backup_remove(const char *directory, ro_error *err) {
    bool gone = nftw(directory, remove_one, TREE_DESCRIPTORS, FTW_DEPTH | FTW_PHYS) == 0;
    return gone || errno == ENOENT ? RO_OK : fail_at("remove", directory, err);
}

void ro_backup_sweep(const char *directory) {
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0) {
        (void)ro_backup_remove(directory, NULL);
    }
    if (fd >= 0) {
        (void)close(fd);
    }
}

/* Nothing is in it but what a copy has: somebody else may call a directory so, too. */
static bool is_copy(const char *directory) {
    DIR *opened = opendir(directory);
    bool own = opened != NULL;
    for (struct dirent *entry; own && (entry = readdir(opened));) {
        ro_str name = ro_str_from(entry->d_name);
        own = ro_str_equal(name, RO_STR(".")) || ro_str_equal(name, RO_STR("..")) ||
              ro_str_equal(name, RO_STR("segments")) ||
              ro_str_starts_with(name, RO_STR("catalog.db"));
        for (size_t i = 0; !own && i < CARRIED; i++) {
            own = ro_str_equal(name, ro_str_from(carried[i]));
        }
    }
    if (opened) {
        (void)closedir(opened);
    }
    return own;
}

ro_status ro_snapshot_backup(ro_snapshot *snapshot, const char *directory, ro_error *err) {
    copying c = {.lock = -1};
    struct stat there;
    ro_status status = ro_snapshot_usable(snapshot, err);
    if (status) {
        return status;
    }
    if (lstat(directory, &there) == 0) {
        return ro_fail(err, RO_INVALID, "cannot make '%s': it is there already", directory);
    }
    bool memory = asprintf(&c.directory, "%s.part", directory) >= 0 &&
                  asprintf(&c.segments, "%s.part/segments", directory) >= 0 &&
                  asprintf(&c.file, "%s.part/catalog.db", directory) >= 0;
    status = memory ? RO_OK : ro_fail_memory(err);
    if (!status && is_copy(c.directory)) {
        ro_backup_sweep(c.directory);
    }
    if (!status && mkdir(c.directory, 0777) != 0) { /* it is being made, or another's */
        status = fail_at("make", c.directory, err);
    } else if (!status) {
        c.lock = open(c.directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (c.lock >= 0) {
            (void)flock(c.lock, LOCK_EX | LOCK_NB);
        }
        status = copy_all(&c, snapshot, err);
        if (!status && rename(c.directory, directory) != 0) {
            status = fail_at("make", directory, err);
        }
        if (status) {
            remove_all(&c, snapshot);
        }
        if (c.lock >= 0) {
            (void)close(c.lock);
        }
    }
    free(c.directory);
    free(c.segments);
    free(c.file);
    return status;
}
