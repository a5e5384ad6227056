/* Keys over HTTP, in the file that `readout-searchd keys` writes; on the thread of administration.
 */
#ifndef READOUT_KEYS_API_H
#define READOUT_KEYS_API_H

#include "admin.h"

void ro_admin_keys(const ro_admin_work *work, ro_searchd_job *job); /* GET, POST /v1/keys */
void ro_admin_key(const ro_admin_work *work, ro_searchd_job *job);  /* DELETE /v1/keys/NAME */

#endif
