/* Maps whose file may be cut short under them: a read past its new end raises SIGBUS. The handler
 * here puts a page of zeros there, so that the read goes on, and notes it: readers of segments are
 * safe on any bytes, and what was read is then not believed. Other faults go to whoever handled
 * them before.
 *
 * The table of maps and the handler are the process's own, as the signal is. */
#ifndef READOUT_SEGMENT_GUARD_H
#define READOUT_SEGMENT_GUARD_H

#include <stdbool.h>
#include <stddef.h>

/* The number of the map in the table, -1 when that is full: the map is then not guarded. */
int ro_guard_add(const void *map, size_t size);
void ro_guard_remove(int number);
/* Whether a read of the map failed. */
bool ro_guard_failed(int number);

#endif
