/* Synonyms over HTTP: all of them, as JSON or as the text of their file, or the sets that begin
 * with a word; on the thread of administration. */
#ifndef READOUT_SYNONYMS_API_H
#define READOUT_SYNONYMS_API_H

#include "admin.h"

void ro_admin_synonyms(const ro_admin_work *work, ro_searchd_job *job); /* GET, PUT /v1/synonyms */
/* GET, PUT, DELETE /v1/synonyms/WORD */
void ro_admin_synonyms_of(const ro_admin_work *work, ro_searchd_job *job);

#endif
