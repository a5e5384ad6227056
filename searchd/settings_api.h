/* Settings over HTTP: all are seen, those that hold while the daemon runs are changed; on the
 * thread of administration.
 *
 * What is set is kept in settings.conf in the directory of the index, in the form of the
 * configuration file. It goes before that file, which it was changed later than; the command line
 * and the environment go before it: who started the daemon with them meant them to stay.
 */
#ifndef READOUT_SETTINGS_API_H
#define READOUT_SETTINGS_API_H

#include "admin.h"

void ro_admin_settings_all(const ro_admin_work *work,
                           ro_searchd_job *job); /* GET, PATCH /v1/settings */

#endif
