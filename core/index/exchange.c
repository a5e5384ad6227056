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

static int open_parent(char *path) {
    char *slash = strrchr(path, '/');
    char kept = slash ? slash[slash == path] : 0;
    if (slash) {
        slash[slash == path] = 0;
    }
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (slash) {
        slash[slash == path] = kept;
    }
    return fd;
}

static ro_status change_places(const char *directory, const char *fresh, ro_error *err) {
    char *old = realpath(directory, NULL), *new = realpath(fresh, NULL);
    int parent = old ? open_parent(old) : -1;
    ro_status status = RO_OK;
    if (parent < 0 || !new || renameat2(AT_FDCWD, old, AT_FDCWD, new, RENAME_EXCHANGE) != 0) {
        status = ro_fail(err, RO_IO, "cannot put '%s' in the place of '%s': %s", fresh, directory,
                         strerror(errno));
    }
    if (parent >= 0) {
        /* what has changed places is served so, be it that a power cut takes it back */
        (void)fsync(parent);
        (void)close(parent);
    }
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
