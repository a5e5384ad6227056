/* What the system says of this process, under the names that Prometheus' own clients use. */
#ifndef READOUT_PROCESS_H
#define READOUT_PROCESS_H

#include "readout/buffer.h"

/* What cannot be found out is left out. */
void ro_process_write(ro_buf *out);

#endif
