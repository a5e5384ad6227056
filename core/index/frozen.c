/* Indexes on media that cannot be written. SQLite keeps what readers of a WAL database share in a
 * file beside it; where that file can neither be found nor made, the database opens only as one
 * that nobody can change. */
#include "catalog.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Bytes of the file beside catalog.db; -1: there is none. */
static int64_t size_beside(const ro_index *index, const char *suffix) {
    struct stat st;
    char *path = NULL;
    if (asprintf(&path, "%s%s", index->file, suffix) < 0) {
        return -1;
    }
    int64_t size = stat(path, &st) == 0 ? (int64_t)st.st_size : -1;
    free(path);
    return size;
}

static bool is_unwritable(const ro_index *index) {
    return faccessat(AT_FDCWD, index->directory, W_OK, AT_EACCESS) != 0 &&
           (errno == EACCES || errno == EROFS || errno == EPERM);
}

static void add_uri(const ro_index *index, ro_buf *out) {
    ro_buf_printf(out, *index->file == '/' ? "file://" : "file:");
    for (const char *at = index->file; *at; at++) {
        if (strchr("%?#", *at)) {
            ro_buf_printf(out, "%%%02X", (unsigned)(unsigned char)*at);
        } else {
            ro_buf_add_byte(out, *at);
        }
    }
    ro_buf_printf(out, "?immutable=1");
}

ro_status ro_catalog_name(const ro_index *index, bool write, ro_buf *out, bool *uri,
                          ro_error *err) {
    int64_t log = size_beside(index, "-wal");
    bool usual = write || (log >= 0 && size_beside(index, "-shm") >= 0) || !is_unwritable(index);
    *uri = !usual;
    if (usual) {
        ro_buf_add_str(out, ro_str_from(index->file));
    } else if (log <= 0) {
        add_uri(index, out);
    } else {
        return ro_fail(err, RO_IO,
                       "cannot open index '%s': its last changes are in catalog.db-wal still, and "
                       "the directory cannot be written; run 'readout-indexer --index %s check' "
                       "where it can, or copy the index to where it can",
                       index->directory, index->directory);
    }
    ro_buf_add_byte(out, 0);
    return ro_buf_check(out, err);
}
