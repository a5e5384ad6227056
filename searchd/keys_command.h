/* readout-searchd keys: what an administrator does with the file of keys. */
#ifndef READOUT_KEYS_COMMAND_H
#define READOUT_KEYS_COMMAND_H

#include "settings.h"

/* Runs "add NAME", "list" or "remove NAME" and appends what is to be printed. A daemon that runs
 * sees the change within a second. */
ro_status ro_keys_command(const ro_searchd_settings *settings, const char *const *args,
                          size_t count, ro_buf *out, ro_error *err) RO_MUST_CHECK;

#endif
