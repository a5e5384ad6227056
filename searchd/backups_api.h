/* Backups over HTTP: made, listed, put back; on the thread of administration, which only begins
 * what takes long. */
#ifndef READOUT_BACKUPS_API_H
#define READOUT_BACKUPS_API_H

#include "admin.h"

void ro_admin_backups(const ro_admin_work *work, ro_searchd_job *job); /* GET, POST /v1/backups */
void ro_admin_backup(const ro_admin_work *work, ro_searchd_job *job);  /* GET …/NAME */
void ro_admin_restore(const ro_admin_work *work, ro_searchd_job *job); /* POST …/NAME/restore */

#endif
