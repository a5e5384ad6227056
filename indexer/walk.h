/* Walking: the files under the paths a user gave. */
#ifndef READOUT_WALK_H
#define READOUT_WALK_H

#include "readout/buffer.h"

#include <sys/stat.h>

#define RO_WALK_DEPTH_MAX 64 /* directories inside one another */

/* The absolute path without ".", ".." and double slashes; symbolic links stay. */
ro_status ro_path_absolute(const char *path, ro_buf *out, ro_error *err) RO_MUST_CHECK;

typedef struct ro_walk_sink {
    /* A regular file; other than RO_OK ends the walk with this status. */
    ro_status (*file)(void *context, const char *path, const struct stat *stat, ro_error *err);
    /* A directory, before what is in it; may be NULL. */
    ro_status (*directory)(void *context, const char *path, ro_error *err);
    /* A file or directory that cannot be walked. */
    void (*skip)(void *context, const char *path, const ro_error *why);
    void *context;
} ro_walk_sink;

/* Calls for each regular file at or under `path` (absolute), in byte order of the names. Follows
 * symbolic links but enters no directory twice, so that a loop ends. Leaves out what starts with a
 * dot below `path`, and the directory `except` (an index; may be NULL). */
ro_status ro_walk(const char *path, const char *except, const ro_walk_sink *sink,
                  ro_error *err) RO_MUST_CHECK;

#endif
