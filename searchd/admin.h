/* Administration: one thread for requests that change what the daemon goes by, which is kept in
 * files. Neither the event thread waits for a disk nor do searches wait for an administrator, and
 * one change is made after the other.
 */
#ifndef READOUT_ADMIN_H
#define READOUT_ADMIN_H

#include "backups.h"
#include "job.h"
#include "readout/log.h"
#include "settings.h"
#include "worker.h"

typedef struct ro_admin ro_admin;

/* Reads all settings as they are now, with `overlay` in the place of what was set over HTTP, NULL:
 * with that. From any thread; what it gives is the caller's to release. */
typedef ro_status (*ro_trial_fn)(const void *context, const ro_str *overlay,
                                 ro_searchd_settings *settings, ro_options *options, ro_error *err);

/* What a handler has to work with; all of it is borrowed. */
typedef struct ro_admin_work {
    ro_pool *pool; /* jobs that are done come back through it */
    ro_log *log;
    ro_trial_fn try;
    const void *context; /* for it */
    ro_backups *backups;
} ro_admin_work;

ro_status ro_admin_start(const ro_admin_work *work, ro_admin **out, ro_error *err) RO_MUST_CHECK;
/* Finishes what is queued; NULL is allowed. */
void ro_admin_stop(ro_admin *admin);
/* False: too many wait, and the job stays with the caller. */
bool ro_admin_submit(ro_admin *admin, ro_searchd_job *job);

#endif
