/* Status codes and the error record: how every call that can fail says so.
 *
 * A fallible function returns ro_status and takes `ro_error *err` last. The error belongs to the
 * caller and lives on its stack; NULL is allowed and means "the status is enough". The first error
 * wins: a function that fails while one is already recorded leaves the record alone, so that
 * clean-up code cannot hide the cause. On failure out-parameters are set to nothing (NULL, 0).
 */
#ifndef READOUT_STATUS_H
#define READOUT_STATUS_H

#include <stdint.h>

typedef enum ro_status {
    RO_OK = 0,
    RO_INVALID,   /* the caller's argument or the user's option is wrong */
    RO_NOT_FOUND, /* the named file, article or index does not exist */
    RO_FORMAT,    /* input from outside is malformed */
    RO_LIMIT,     /* a named cap was exceeded */
    RO_DEADLINE,  /* the time allowed ran out; partial results were discarded */
    RO_BUSY,      /* someone else holds the write lock; trying later may succeed */
    RO_IO,        /* the operating system refused a read or a write */
    RO_FULL,      /* no space left, or a file size limit was reached */
    RO_MEMORY,    /* an allocation failed */
    RO_DAMAGED,   /* the index contradicts itself or its checksums */
    RO_VERSION,   /* the index was made by another format or analyser version */
    RO_INTERNAL   /* a bug in Readout */
} ro_status;

#define RO_ERROR_MAX 512 /* bytes of an error message with its terminating zero */

typedef struct ro_error {
    ro_status status;
    int64_t position;           /* byte offset or line the error is about, -1 if none */
    char message[RO_ERROR_MAX]; /* "cannot open index 'x': not found": lower case, no full stop */
} ro_error;

#define RO_ERROR_INIT                                                                              \
    {                                                                                              \
        RO_OK, -1, {                                                                               \
            0                                                                                      \
        }                                                                                          \
    }
#define RO_MUST_CHECK __attribute__((warn_unused_result))
#define RO_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

/* Records an error unless one is recorded already, and returns `status`, so that a function can end
 * with `return ro_fail(err, RO_IO, "cannot read '%s': %s", path, strerror(errno));`. */
ro_status ro_fail(ro_error *err, ro_status status, const char *format, ...) RO_PRINTF(3, 4);

/* The same with the position of the fault in the input (a byte offset, or a line number). */
ro_status ro_fail_at(ro_error *err, ro_status status, int64_t position, const char *format, ...)
    RO_PRINTF(4, 5);

/* Out of memory; the message is fixed and nothing is allocated. */
static inline ro_status ro_fail_memory(ro_error *err) {
    (void)ro_fail(err, RO_MEMORY, "out of memory");
    return RO_MEMORY;
}

/* "not found", "deadline exceeded" …; never NULL. */
const char *ro_status_name(ro_status status);

#endif
