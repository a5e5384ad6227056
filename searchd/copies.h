/* Copies of an index, as directories: made, checked, put in the place of one that is served, and
 * removed. What is called NAME.part is not whole, or not wanted any more, and goes when it is found
 * and nobody has it locked; so does what a restore left beside an index, INDEX.restoring-….
 */
#ifndef READOUT_SEARCHD_COPIES_H
#define READOUT_SEARCHD_COPIES_H

#include "readout/status.h"

#define RO_COPY_PART ".part"

/* Copies the index at `from`, as it is now. */
ro_status ro_copy_make(const char *from, const char *to, ro_error *err) RO_MUST_CHECK;
/* Reads all of it; RO_DAMAGED tells what is wrong first. */
ro_status ro_copy_check(const char *path, int64_t *articles, ro_error *err) RO_MUST_CHECK;

/* Has a copy of the index at `path` take the place of the one at `index`, which keeps its settings
 * and synonyms. `*before` is where that is then, and the caller's to free; `name` is part of it. */
ro_status ro_copy_restore(const char *path, const char *index, const char *name, char **before,
                          int64_t *articles, ro_error *err) RO_MUST_CHECK;

/* Gives it a name that is swept; `*gone` is the caller's to free. */
ro_status ro_copy_rename(const char *path, char **gone, ro_error *err) RO_MUST_CHECK;
/* Removes all that is not whole in the directory of backups, and beside the index. */
void ro_copy_sweep_all(const char *backups, const char *index);

#endif
