/* Synonyms over HTTP: all of them, as JSON or as the text of their file; on the thread of
 * administration. */
#ifndef READOUT_SYNONYMS_API_H
#define READOUT_SYNONYMS_API_H

#include "admin.h"

void ro_admin_synonyms(const ro_admin_work *work, ro_searchd_job *job); /* GET, PUT /v1/synonyms */

#endif
