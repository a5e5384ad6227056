/* Reading a sealed leaf the plain way: every document that holds a term is shown to a visitor, as
 * ro_hot_run does for the hot leaf. */
#ifndef READOUT_SEGMENT_RUN_H
#define READOUT_SEGMENT_RUN_H

#include "../hot/reader.h"
#include "segment.h"

/* Documents come in ascending order. With `only` other than 0 just that document is looked at.
 * RO_DEADLINE when it passes, RO_DAMAGED. */
ro_status ro_segment_run(const ro_segment *segment, const ro_plan *plan, ro_doc only,
                         ro_deadline deadline, ro_hot_visit visit, void *context, ro_arena *arena,
                         ro_error *err) RO_MUST_CHECK;

#endif
