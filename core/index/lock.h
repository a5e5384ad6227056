/* The writer's lock: one file, locked by flock, that names who holds it. Who waits for it says so
 * by a lock on the first byte of the file, so that who holds it can see when to let go. */
#ifndef READOUT_INDEX_LOCK_H
#define READOUT_INDEX_LOCK_H

#include "catalog.h"

/* Waits until the deadline, then RO_BUSY. `*lock` is -1 when the file is to be opened, else what
 * was let go. After a failure it is as it was. */
ro_status ro_lock_take(const ro_index *index, ro_deadline deadline, int *lock,
                       ro_error *err) RO_MUST_CHECK;
/* Whether another waits for it. */
bool ro_lock_wanted(int lock);
/* Gives one who waits for it the time to take it. */
void ro_lock_let_go(int lock);
/* Forgets what is not held. */
void ro_lock_close(int lock);
/* Whether what was opened by this path still stands there: another index may have come to it while
 * a lock was waited for. */
bool ro_lock_is_at(const char *path, int lock);

#endif
