/* A thread that merges the parts of the index beside the writer, so that no write waits for it, and
 * builds damaged ones anew. */
#ifndef READOUT_SEARCHD_TEND_H
#define READOUT_SEARCHD_TEND_H

#include "readout/log.h"
#include "readout/status.h"

typedef struct ro_tender ro_tender;

/* The log is borrowed. */
ro_status ro_tender_start(ro_log *log, ro_tender **out, ro_error *err) RO_MUST_CHECK;
/* An index was written: looks whether something is to be merged; or it was seen to be `damaged`,
 * which is looked into once in a while only. Does not wait. */
void ro_tender_poke(ro_tender *tender, const char *index, bool damaged);
/* Leaves off what it is at; NULL is allowed. */
void ro_tender_stop(ro_tender *tender);

#endif
