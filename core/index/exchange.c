/* One index in the place of another while both may be read: their directories change places in one
 * step, with nobody writing or merging the one that goes. Who waited for its locks meanwhile finds
 * that they are of another directory by now (lock.c, tend.c). A connection that is still open to
 * the catalogue that went does not touch what stands at its path: SQLite sees that its file has
 * moved. */
#include "lock.h"
#include "tend.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static ro_status sync_parent(char *path, ro_error *err) {
    char *slash = strrchr(path, '/');
    if (slash) {
        slash[slash == path] = 0;
    }
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool synced = fd >= 0 && fsync(fd) == 0;
    int cause = errno;
    if (fd >= 0) {
        (void)close(fd);
    }
    return synced ? RO_OK : ro_fail(err, RO_IO, "cannot write '%s': %s", path, strerror(cause));
}

static ro_status change_places(const char *directory, const char *fresh, ro_error *err) {
    char *old = realpath(directory, NULL), *new = realpath(fresh, NULL);
    ro_status status = RO_OK;
    if (!old || !new || renameat2(AT_FDCWD, old, AT_FDCWD, new, RENAME_EXCHANGE) != 0) {
        status = ro_fail(err, RO_IO, "cannot put '%s' in the place of '%s': %s", fresh, directory,
                         strerror(errno));
    }
    status = status ? status : sync_parent(old, err);
    free(old);
    free(new);
    return status;
}

ro_status ro_index_exchange(ro_index *index, const char *fresh, ro_deadline deadline,
                            ro_exchange_fn last, void *context, ro_error *err) {
    int lock = -1, leaves = -1;
    ro_status status = ro_leaves_take(index, deadline, &leaves, err);
    if (!status) {
        status = ro_lock_take(index, deadline, &lock, err);
    }
    if (!status && last) {
        status = last(context, err);
    }
    if (!status) {
        status = change_places(index->directory, fresh, err);
    }
    if (lock >= 0) {
        ro_lock_let_go(lock);
    }
    ro_lock_close(lock);
    if (leaves >= 0) {
        (void)close(leaves);
    }
    return status;
}
