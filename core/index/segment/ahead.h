/* Reading ahead of searches. They want few bytes of a segment, far from each other: where the file
 * is not in memory, the system reads around each byte that is touched as much as the disk is set to
 * read ahead, which may be megabytes. Here it is told not to, and each list is asked for as one,
 * before it is read. What was asked for within the second is not asked for again, so that a search
 * of what is in memory makes no system calls.
 *
 * Threads: any number. */
#ifndef READOUT_SEGMENT_AHEAD_H
#define READOUT_SEGMENT_AHEAD_H

#include "segment.h"

#define RO_AHEAD_WINDOW ((size_t)1 << 16) /* bytes that are asked for together */
#define RO_AHEAD_MAX ((size_t)1 << 20)    /* of a list: behind are positions, of which few matter */

/* Expects searches from now on. Until then a file is taken to be read from end to end; it stays so
 * when memory runs out. Once, before other threads see the segment. */
void ro_ahead_begin(ro_segment *segment);
void ro_ahead_end(ro_segment *segment);
/* Asks for a list; `second` is a time. Returns how many bytes were asked for. */
size_t ro_ahead_ask(const ro_segment *segment, ro_segment_list list, uint32_t second);
/* The same, now. */
void ro_ahead_want(const ro_segment *segment, ro_segment_list list);

#endif
