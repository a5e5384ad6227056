/* Keys are not for logs: what a client sent, with whatever may be one left out. */
#ifndef READOUT_REDACT_H
#define READOUT_REDACT_H

#include "readout/buffer.h"

/* Appends `text`; what has the form of a key of ours becomes "ro_***". */
void ro_redact_text(ro_buf *out, ro_str text);
/* The same of a query string; values of parameters that are named as keys are become "***", even
 * where the name is escaped. */
void ro_redact_query(ro_buf *out, ro_str query);

#endif
