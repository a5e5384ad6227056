#include "check_config.h"

#include "backups.h"
#include "keys.h"
#include "readout/extract.h"
#include "readout/query.h"
#include "tls.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whether it could be opened: a file that is not there is not made, as the daemon may be another
 * user, and one that nobody reads from yet may be read from then. */
static ro_status check_access_log(const char *path, ro_error *err) {
    struct stat info;
    char directory[PATH_MAX];
    if (!path || strcmp(path, "-") == 0) {
        return RO_OK;
    }
    int fault = access(path, W_OK) == 0 ? 0 : errno;
    if (!fault && stat(path, &info) == 0 && S_ISDIR(info.st_mode)) {
        fault = EISDIR;
    }
    if (fault == ENOENT && strlen(path) < sizeof directory) {
        const char *slash = strrchr(path, '/');
        int len = slash && slash > path ? (int)(slash - path) : 1;
        (void)snprintf(directory, sizeof directory, "%.*s", len, slash ? path : ".");
        fault = access(directory, W_OK | X_OK) == 0 ? 0 : errno;
    }
    return fault ? ro_fail(err, RO_IO, "cannot open access log '%s': %s", path, strerror(fault))
                 : RO_OK;
}

ro_status ro_check_config(const ro_searchd_settings *settings, ro_error *err) {
    ro_keys keys = {0};
    ro_synonyms *synonyms = NULL;
    ro_extractor *extractor = NULL;
    ro_tls *tls = NULL;
    ro_status status = settings->keys ? ro_keys_read(settings->keys, &keys, err) : RO_OK;
    if (status == RO_OK) {
        status = ro_backups_check(settings->backups, err);
    }
    if (status == RO_OK) {
        status = check_access_log(settings->access_log, err);
    }
    if (status == RO_OK && settings->synonyms && *settings->synonyms) {
        status = ro_synonyms_open(settings->synonyms, &synonyms, err);
    }
    if (status == RO_OK && settings->facts) {
        status = ro_extractor_open(settings->lexicon, &extractor, err);
    }
    if (status == RO_OK && ro_searchd_settings_tls(settings)) {
        status = ro_tls_load(settings->tls_cert, settings->tls_key, &tls, err);
    }
    ro_tls_free(tls);
    ro_keys_release(&keys);
    ro_synonyms_close(synonyms);
    ro_extractor_free(extractor);
    return status;
}
