#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LOCK_PAUSE_NS 5000000L

ro_status ro_file_read(const char *path, const char *what, size_t max, ro_buf *out, bool *found,
                       ro_error *err) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    *found = fd >= 0;
    if (fd < 0 && errno == ENOENT) {
        return RO_OK;
    }
    ssize_t got = fd < 0 ? -1 : 1;
    while (got > 0 && out->len <= max && !out->failed) {
        char bytes[4096];
        got = read(fd, bytes, sizeof bytes);
        ro_buf_add(out, bytes, got > 0 ? (size_t)got : 0);
    }
    ro_status status = RO_OK;
    if (got < 0) {
        status = ro_fail(err, RO_IO, "cannot read %s '%s': %s", what, path, strerror(errno));
    } else if (out->len > max) {
        status =
            ro_fail(err, RO_LIMIT, "cannot read %s '%s': more than %zu bytes", what, path, max);
    } else {
        status = ro_buf_check(out, err);
    }
    if (fd >= 0) {
        (void)close(fd);
    }
    return status;
}

/* ---- replacing ------------------------------------------------------------------------------ */

static bool write_all(int fd, ro_str bytes) {
    while (bytes.len) {
        ssize_t written = write(fd, bytes.ptr, bytes.len);
        if (written < 0 && errno != EINTR) {
            return false;
        }
        size_t len = written > 0 ? (size_t)written : 0;
        bytes = ro_str_make(bytes.ptr + len, bytes.len - len);
    }
    return fsync(fd) == 0;
}

static bool make(const char *path, const char *old, ro_str bytes, unsigned mode) {
    struct stat before;
    bool known = stat(old, &before) == 0;
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, (mode_t)mode);
    bool made =
        fd >= 0 && (!known || fchmod(fd, before.st_mode & 0777) == 0) && write_all(fd, bytes);
    int cause = errno;
    if (fd >= 0) {
        (void)close(fd);
    }
    errno = cause;
    return made;
}

/* A name is in its directory for good only when that is synced, too. Cuts `path`. */
static bool sync_directory(char *path) {
    char *slash = strrchr(path, '/');
    const char *directory = slash ? path : ".";
    if (slash) {
        slash[slash == path] = 0;
    }
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool synced = fd >= 0 && fsync(fd) == 0;
    int cause = errno;
    if (fd >= 0) {
        (void)close(fd);
    }
    errno = cause;
    return synced;
}

ro_status ro_file_replace(const char *path, const char *what, ro_str bytes, unsigned mode,
                          ro_error *err) {
    char *real = realpath(path, NULL);
    real = real ? real : strdup(path);
    char *fresh = NULL;
    if (!real || asprintf(&fresh, "%s.new", real) < 0) {
        free(real);
        return ro_fail_memory(err);
    }
    ro_status status = RO_OK;
    bool made = make(fresh, real, bytes, mode);
    if (!made || rename(fresh, real) != 0 || !sync_directory(real)) {
        int cause = errno;
        bool full = cause == ENOSPC || cause == EDQUOT || cause == EFBIG;
        status = ro_fail(err, full ? RO_FULL : RO_IO, "cannot write %s '%s': %s", what, path,
                         strerror(cause));
        (void)unlink(fresh);
    }
    free(fresh);
    free(real);
    return status;
}

/* ---- locking -------------------------------------------------------------------------------- */

static bool is_at(const char *name, int fd) {
    struct stat ours, there;
    return fstat(fd, &ours) == 0 && stat(name, &there) == 0 && ours.st_dev == there.st_dev &&
           ours.st_ino == there.st_ino;
}

static ro_status wait_for(const char *name, int fd, ro_deadline deadline, ro_error *err) {
    const struct timespec pause = {.tv_nsec = LOCK_PAUSE_NS};
    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        bool busy = errno == EWOULDBLOCK || errno == EINTR;
        if (!busy || ro_deadline_passed(deadline)) {
            return ro_fail(err, busy ? RO_BUSY : RO_IO, "cannot lock '%s': %s", name,
                           busy ? "another changes it" : strerror(errno));
        }
        (void)nanosleep(&pause, NULL);
    }
    return RO_OK;
}

ro_status ro_file_lock(const char *path, ro_deadline deadline, int *lock, ro_error *err) {
    char *real = realpath(path, NULL);
    char *name = NULL;
    *lock = -1;
    int len = asprintf(&name, "%s.lock", real ? real : path);
    free(real);
    if (len < 0) {
        return ro_fail_memory(err);
    }
    ro_status status = RO_OK;
    int fd = -1;
    /* what was waited for may have been moved away with its directory */
    while (status == RO_OK && (fd < 0 || !is_at(name, fd))) {
        if (fd >= 0) {
            (void)close(fd);
        }
        fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        status = fd < 0 ? ro_fail(err, RO_IO, "cannot lock '%s': %s", name, strerror(errno))
                        : wait_for(name, fd, deadline, err);
    }
    if (status == RO_OK) {
        *lock = fd;
    } else if (fd >= 0) {
        (void)close(fd);
    }
    free(name);
    return status;
}

void ro_file_unlock(int lock) {
    if (lock >= 0) {
        (void)close(lock);
    }
}
