#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#define HOLDER_MAX 128

static void read_holder(int lock, char out[HOLDER_MAX]) {
    ssize_t len = pread(lock, out, HOLDER_MAX - 1, 0);
    out[len > 0 ? len : 0] = 0;
    out[strcspn(out, "\n")] = 0;
}

/* Only the message of those who wait depends on it, so a failure is none of ours. */
static void write_holder(int lock) {
    char text[HOLDER_MAX];
    int len =
        snprintf(text, sizeof text, "%ld (%.64s)\n", (long)getpid(), program_invocation_short_name);
    if (ftruncate(lock, 0) == 0 && pwrite(lock, text, (size_t)len, 0) != len) {
        (void)ftruncate(lock, 0);
    }
}

ro_status ro_lock_take(const ro_index *index, ro_deadline deadline, int *out, ro_error *err) {
    const struct timespec pause = {.tv_nsec = 10000000};
    *out = -1;
    int lock = open(index->lock, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (lock < 0) {
        return ro_fail(err, errno == ENOSPC ? RO_FULL : RO_IO, "cannot write index '%s': %s",
                       index->directory, strerror(errno));
    }
    while (flock(lock, LOCK_EX | LOCK_NB) != 0) {
        char holder[HOLDER_MAX];
        int cause = errno;
        if (cause != EWOULDBLOCK && cause != EINTR) {
            (void)close(lock);
            return ro_fail(err, RO_IO, "cannot lock index '%s': %s", index->directory,
                           strerror(cause));
        }
        if (ro_deadline_passed(deadline)) {
            read_holder(lock, holder);
            (void)close(lock);
            return ro_fail(err, RO_BUSY, "cannot write index '%s': process %s is writing it",
                           index->directory, *holder ? holder : "of unknown name");
        }
        (void)nanosleep(&pause, NULL);
    }
    write_holder(lock);
    *out = lock;
    return RO_OK;
}

void ro_lock_drop(int lock) {
    if (lock >= 0) {
        (void)ftruncate(lock, 0);
        (void)close(lock);
    }
}
