/* --check-config: reads what the daemon would read when it starts, but for the index. */
#ifndef READOUT_CHECK_CONFIG_H
#define READOUT_CHECK_CONFIG_H

#include "settings.h"

/* The first failure of what the settings name: keys, synonyms, lexicon, certificate. */
ro_status ro_check_config(const ro_searchd_settings *settings, ro_error *err) RO_MUST_CHECK;

#endif
