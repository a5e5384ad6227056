/* Who may do what: the keys of the file, and the decision on each request. Event thread only.
 *
 * Writing always needs a key that may write. Reading needs none where it is open.
 */
#ifndef READOUT_AUTH_H
#define READOUT_AUTH_H

#include "job.h"
#include "keys.h"

#include <sys/stat.h>

typedef struct ro_auth {
    ro_keys keys;
    struct stat file; /* as it was read; zero: it was not there */
    int64_t looked_ns;
} ro_auth;

/* `path` NULL: there are no keys. When it fails the keys stay as they were. */
ro_status ro_auth_load(ro_auth *auth, const char *path, ro_error *err) RO_MUST_CHECK;
/* Loads the file if it has changed; looks once a second. */
ro_status ro_auth_refresh(ro_auth *auth, const char *path, ro_error *err) RO_MUST_CHECK;
void ro_auth_release(ro_auth *auth);

/* Lets the job pass, with the filter of its key, if the key has one; or answers it with a problem
 * and gives false. `scope` is what is wanted, `needed` false where no key is: one that is given
 * must be good all the same. `filters`: what is asked for keeps to a filter. */
bool ro_auth_allow(ro_auth *auth, ro_searchd_job *job, unsigned scope, bool needed, bool filters);

#endif
