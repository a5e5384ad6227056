/* Whether the index was committed to, without asking SQLite: the head of the WAL-index, which all
 * its readers and writers map, has a checksum over what a commit changes (SQLite's "WAL-mode file
 * format", 2.1; the head is there twice, and the first copy is written last). A connection of our
 * own keeps the map. */
#include "catalog.h"

#include <stdatomic.h>
#include <stdlib.h>

#define REGION_BYTES 32768 /* as SQLite maps it */
#define CHECKSUM_AT 40

struct ro_watch {
    sqlite3 *db;
    const _Atomic uint64_t *checksum; /* NULL: none is mapped */
    bool frozen;                      /* nobody can write the index: see frozen.c */
};

/* There is none where the directory cannot be written to and nobody else maps it: SQLite then has
 * a copy of its own. */
static const void *map_checksum(sqlite3 *db) {
    sqlite3_file *file = NULL;
    void volatile *region = NULL;
    int rc = sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file);
    if (rc == SQLITE_OK && file && file->pMethods && file->pMethods->iVersion >= 2) {
        rc = file->pMethods->xShmMap(file, 0, REGION_BYTES, 0, &region);
    }
    return rc == SQLITE_OK && region ? (const char *)region + CHECKSUM_AT : NULL;
}

ro_status ro_watch_open(const ro_index *index, ro_watch **out, ro_error *err) {
    ro_replay *replay;
    ro_watch *watch = *out = calloc(1, sizeof *watch);
    if (!watch) {
        return ro_fail_memory(err);
    }
    ro_status status = ro_catalog_connect(index, false, &watch->db, &replay, err);
    if (status) {
        ro_watch_close(watch);
        *out = NULL;
        return status;
    }
    watch->frozen = sqlite3_uri_boolean(sqlite3_db_filename(watch->db, "main"), "immutable", 0);
    watch->checksum = watch->frozen ? NULL : map_checksum(watch->db);
    return RO_OK;
}

bool ro_watch_look(const ro_watch *watch, uint64_t *seen) {
    *seen = watch->checksum ? atomic_load_explicit(watch->checksum, memory_order_acquire) : 0;
    return watch->checksum || watch->frozen;
}

void ro_watch_close(ro_watch *watch) {
    if (watch) {
        (void)sqlite3_close(watch->db);
        free(watch);
    }
}
