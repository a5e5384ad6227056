/* Sources: a file or standard input as a stream of bytes, decompressed on the way. */
#ifndef READOUT_SOURCE_H
#define READOUT_SOURCE_H

#include "readout/buffer.h"

#include <stdatomic.h>
#include <sys/stat.h>

/* What compressed input may grow to: beyond the first megabytes at most this many times its size.
 */
#define RO_EXPANSION_MAX 250
#define RO_EXPANSION_FREE ((uint64_t)16 << 20)
/* 128 MiB, beside the memory setting: what the zstd tool reads by default. */
#define RO_ZSTD_WINDOW_LOG_MAX 27

typedef struct ro_source ro_source;

/* Opens a file; RO_NOT_FOUND, RO_INVALID for what is no regular file, RO_IO. */
ro_status ro_source_open(const char *path, ro_source **out, ro_error *err) RO_MUST_CHECK;
/* Reads from a descriptor, which stays open. */
ro_status ro_source_from_fd(int fd, ro_source **out, ro_error *err) RO_MUST_CHECK;
/* Reads from then on end with RO_DEADLINE once `*stop` is other than 0, also while nothing comes.
 */
void ro_source_stop_on(ro_source *source, const atomic_int *stop);
void ro_source_close(ro_source *source);

/* Appends up to `want` bytes to `buf`; fewer only at the end of the source. RO_FORMAT for a damaged
 * or truncated compressed file, RO_LIMIT for one that grows too much. */
ro_status ro_source_read(ro_source *source, size_t want, ro_buf *buf, ro_error *err) RO_MUST_CHECK;
bool ro_source_at_end(const ro_source *source);
/* Bytes read from the file so far, before decompression. */
uint64_t ro_source_position(const ro_source *source);
/* Size and time of the file when it was opened. */
const struct stat *ro_source_stat(const ro_source *source);
/* Reads what is left of the file, and gives the SHA-256 of all of its bytes. */
ro_status ro_source_hash(ro_source *source, uint8_t hash[32], ro_error *err) RO_MUST_CHECK;

#endif
