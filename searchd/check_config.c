#include "check_config.h"

#include "keys.h"
#include "readout/extract.h"
#include "readout/query.h"
#include "tls.h"

ro_status ro_check_config(const ro_searchd_settings *settings, ro_error *err) {
    ro_keys keys = {0};
    ro_synonyms *synonyms = NULL;
    ro_extractor *extractor = NULL;
    ro_tls *tls = NULL;
    ro_status status = settings->keys ? ro_keys_read(settings->keys, &keys, err) : RO_OK;
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
