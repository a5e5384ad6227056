#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define HOLDER_MAX 128
#define LOOK_MS 10  /* between two attempts */
#define TAKEN_MS 50 /* within which one who waits has taken what was let go */

static void sleep_ms(long ms) {
    const struct timespec pause = {.tv_nsec = ms * 1000000};
    (void)nanosleep(&pause, NULL);
}

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

static void say_waiting(int lock, bool waiting) {
    struct flock byte = {.l_type = (short)(waiting ? F_RDLCK : F_UNLCK), .l_len = 1};
    (void)fcntl(lock, F_OFD_SETLK, &byte);
}

bool ro_lock_wanted(int lock) {
    struct flock byte = {.l_type = F_WRLCK, .l_len = 1};
    return fcntl(lock, F_OFD_GETLK, &byte) == 0 && byte.l_type != F_UNLCK;
}

static ro_status wait_for(const ro_index *index, ro_deadline deadline, int lock, ro_error *err) {
    ro_status status = RO_OK;
    while (status == RO_OK && flock(lock, LOCK_EX | LOCK_NB) != 0) {
        char holder[HOLDER_MAX];
        if (errno != EWOULDBLOCK && errno != EINTR) {
            status = ro_fail(err, RO_IO, "cannot lock index '%s': %s", index->directory,
                             strerror(errno));
        } else if (ro_deadline_passed(deadline)) {
            read_holder(lock, holder);
            status = ro_fail(err, RO_BUSY, "cannot write index '%s': process %s is writing it",
                             index->directory, *holder ? holder : "of unknown name");
        } else {
            say_waiting(lock, true);
            sleep_ms(LOOK_MS);
        }
    }
    say_waiting(lock, false);
    return status;
}

bool ro_lock_is_at(const char *path, int lock) {
    struct stat ours, there;
    return fstat(lock, &ours) == 0 && stat(path, &there) == 0 && ours.st_dev == there.st_dev &&
           ours.st_ino == there.st_ino;
}

static ro_status take_anew(const ro_index *index, ro_deadline deadline, int *lock, ro_error *err) {
    int fd = open(index->lock, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0) {
        return ro_fail(err, errno == ENOSPC ? RO_FULL : RO_IO, "cannot write index '%s': %s",
                       index->directory, strerror(errno));
    }
    ro_status status = wait_for(index, deadline, fd, err);
    if (status == RO_OK) {
        *lock = fd;
    } else {
        (void)close(fd);
    }
    return status;
}

ro_status ro_lock_take(const ro_index *index, ro_deadline deadline, int *lock, ro_error *err) {
    bool anew = *lock < 0;
    ro_status status =
        anew ? take_anew(index, deadline, lock, err) : wait_for(index, deadline, *lock, err);
    while (status == RO_OK && anew && !ro_lock_is_at(index->lock, *lock)) {
        ro_lock_close(*lock);
        *lock = -1;
        status = take_anew(index, deadline, lock, err);
    }
    if (status == RO_OK) {
        write_holder(*lock);
    }
    return status;
}

void ro_lock_let_go(int lock) {
    ro_deadline end = ro_deadline_in_ms(TAKEN_MS);
    (void)ftruncate(lock, 0);
    (void)flock(lock, LOCK_UN);
    while (ro_lock_wanted(lock) && !ro_deadline_passed(end)) {
        sleep_ms(1);
    }
}

void ro_lock_close(int lock) {
    if (lock >= 0) {
        (void)close(lock);
    }
}
