/* The writer's lock: one file, locked by flock, that names who holds it. */
#ifndef READOUT_INDEX_LOCK_H
#define READOUT_INDEX_LOCK_H

#include "catalog.h"

/* Waits until the deadline, then RO_BUSY. */
ro_status ro_lock_take(const ro_index *index, ro_deadline deadline, int *lock,
                       ro_error *err) RO_MUST_CHECK;
void ro_lock_drop(int lock);

#endif
