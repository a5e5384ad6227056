/* Small files of settings: read whole, replaced whole or not at all, locked while they change. */
#ifndef READOUT_SEARCHD_FILE_H
#define READOUT_SEARCHD_FILE_H

#include "readout/buffer.h"
#include "readout/deadline.h"

/* Appends what is in the file; `what` names it in messages: "keys". One that is missing is empty,
 * and not `*found`. RO_LIMIT beyond `max` bytes, RO_IO. */
ro_status ro_file_read(const char *path, const char *what, size_t max, ro_buf *out, bool *found,
                       ro_error *err) RO_MUST_CHECK;
/* Replaces the file, or what a link leads to; once it is done it is on the disk. It keeps its mode,
 * a new one gets `mode`. What failed on the way has changed nothing. RO_FULL, RO_IO. */
ro_status ro_file_replace(const char *path, const char *what, ro_str bytes, unsigned mode,
                          ro_error *err) RO_MUST_CHECK;

/* Takes the lock beside the file, which all take who change it; RO_BUSY when the deadline passes.
 * Closing `*lock` lets it go. */
ro_status ro_file_lock(const char *path, ro_deadline deadline, int *lock,
                       ro_error *err) RO_MUST_CHECK;
void ro_file_unlock(int lock);

#endif
