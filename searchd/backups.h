/* Backups: copies of the index in one directory, made and put back by a thread of its own while all
 * goes on. One thing is done at a time; what became of the last ones is remembered.
 */
#ifndef READOUT_BACKUPS_H
#define READOUT_BACKUPS_H

#include "readout/log.h"
#include "worker.h"

#define RO_BACKUP_NAME_MAX 64 /* bytes: letters, digits and ._-, no dot first */
#define RO_BACKUP_DETAIL_MAX 256

typedef struct ro_backups ro_backups;

typedef struct ro_backups_settings {
    const char *directory; /* of the copies; NULL: there are none */
    const char *index;     /* borrowed for the start: what a restore left beside it is removed */
    ro_pool *pool;         /* borrowed: it follows to an index that is put back */
    ro_log *log;           /* borrowed */
} ro_backups_settings;

typedef enum ro_backup_state {
    RO_BACKUP_THERE,     /* made before the daemon began, or by others */
    RO_BACKUP_MAKING,    /* being copied and checked */
    RO_BACKUP_MADE,      /* and sound */
    RO_BACKUP_RESTORING, /* being copied, checked and put in place */
    RO_BACKUP_RESTORED,
    RO_BACKUP_FAILED /* what was done last with it; `detail` */
} ro_backup_state;

typedef struct ro_backup {
    char name[RO_BACKUP_NAME_MAX + 1];
    ro_backup_state state;
    char detail[RO_BACKUP_DETAIL_MAX];
    int64_t made;     /* seconds since the epoch, when it came to the directory; 0: it has not */
    int64_t bytes;    /* of its files */
    int64_t articles; /* -1: not looked at */
    int64_t took_ms;  /* what was done last; -1: nothing since the daemon began */
} ro_backup;

/* Whether `directory` is one, or none is wanted. */
ro_status ro_backups_check(const char *directory, ro_error *err) RO_MUST_CHECK;
ro_status ro_backups_start(const ro_backups_settings *settings, ro_backups **out,
                           ro_error *err) RO_MUST_CHECK;
/* Waits for what is under way; NULL is allowed. */
void ro_backups_stop(ro_backups *backups);
bool ro_backups_busy(ro_backups *backups);       /* something is under way */
bool ro_backups_kept(const ro_backups *backups); /* there is a directory for them */
bool ro_backup_is_name(ro_str name);

/* Begins to copy the index at `index` to a backup of this name, or to put that in its place, with
 * the synonyms of the file `synonyms` (NULL: those of the index). RO_INVALID: there is one of the
 * name; RO_NOT_FOUND: there is none; RO_BUSY: another is under way. */
ro_status ro_backups_make(ro_backups *backups, ro_str name, const char *index,
                          ro_error *err) RO_MUST_CHECK;
ro_status ro_backups_restore(ro_backups *backups, ro_str name, const char *index,
                             const char *synonyms, ro_error *err) RO_MUST_CHECK;

/* Removes it for good. RO_NOT_FOUND; RO_BUSY: it is being made or restored; RO_IO. */
ro_status ro_backups_remove(ro_backups *backups, ro_str name, ro_error *err) RO_MUST_CHECK;

/* One of them; RO_NOT_FOUND. */
ro_status ro_backups_find(ro_backups *backups, ro_str name, ro_backup *out,
                          ro_error *err) RO_MUST_CHECK;
/* All of them by name; `*out` is the caller's to free. */
ro_status ro_backups_list(ro_backups *backups, ro_backup **out, size_t *count,
                          ro_error *err) RO_MUST_CHECK;

#endif
