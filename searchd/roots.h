/* Which files the daemon needs once it runs, by its settings. */
#ifndef READOUT_ROOTS_H
#define READOUT_ROOTS_H

#include "sandbox.h"
#include "settings.h"

#define RO_ROOTS_MAX 32

typedef struct ro_roots {
    ro_sandbox_root at[RO_ROOTS_MAX];
    char *paths[RO_ROOTS_MAX]; /* owned: those of `at` */
    size_t count;
} ro_roots;

/* Directories that hold what the settings name, since files are replaced there: by an index of the
 * same name, by a rotated log. RO_MEMORY. */
ro_status ro_roots_of(const ro_searchd_settings *settings, ro_roots *out,
                      ro_error *err) RO_MUST_CHECK;
void ro_roots_release(ro_roots *roots);

#endif
