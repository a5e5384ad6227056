#include "check_config.h"

#include "keys.h"
#include "readout/extract.h"
#include "readout/query.h"

ro_status ro_check_config(const ro_searchd_settings *settings, ro_error *err) {
    ro_keys keys = {0};
    ro_synonyms *synonyms = NULL;
    ro_extractor *extractor = NULL;
    ro_status status = settings->keys ? ro_keys_read(settings->keys, &keys, err) : RO_OK;
    if (status == RO_OK && settings->synonyms && *settings->synonyms) {
        status = ro_synonyms_open(settings->synonyms, &synonyms, err);
    }
    if (status == RO_OK && settings->facts) {
        status = ro_extractor_open(settings->lexicon, &extractor, err);
    }
    ro_keys_release(&keys);
    ro_synonyms_close(synonyms);
    ro_extractor_free(extractor);
    return status;
}
