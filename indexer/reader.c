/* The reader: walks the paths, reads files, cuts streams into jobs. */
#include "job.h"

#include "parsers/common.h"
#include "parsers/csv.h"
#include "readout/charset.h"
#include "source.h"
#include "walk.h"

#include <stdlib.h>
#include <unistd.h>

#define HEAD_BYTES ((size_t)64 << 10)
#define CHUNK_BYTES ((size_t)512 << 10) /* of a stream, for one job */
/* A job's cost while it is worked on, in multiples of its bytes: the bytes, their UTF-8 form, what
 * is parsed and what is prepared. */
#define CHARGE_FACTOR 4

typedef struct ro_reader {
    ro_run *run;
    ro_source *source;
    ro_file *file; /* until its last job is queued */
    const ro_format *format;
    ro_buf bytes;
    int64_t line;
    uint64_t raw;    /* bytes of the file that jobs stand for already */
    bool discarding; /* inside a line that is too long */
} ro_reader;

/* ---- jobs out ---------------------------------------------------------------------------------
 */

static int64_t mtime_of(const struct stat *stat) {
    return (int64_t)stat->st_mtim.tv_sec * 1000000000 + stat->st_mtim.tv_nsec;
}

static ro_file *new_file(const char *path, const struct stat *stat) {
    ro_file *file = calloc(1, sizeof *file);
    if (file) {
        file->path = strdup(path);
        file->size = (int64_t)stat->st_size;
        file->mtime_ns = mtime_of(stat);
    }
    if (file && !file->path) {
        free(file);
        return NULL;
    }
    return file;
}

/* Queues a job for the file at hand; with `last` the file goes with it. RO_DEADLINE, without an
 * error record, when the run is over. */
static ro_status queue_job(ro_reader *reader, ro_parse_job *job, bool last, ro_error *err) {
    if (!job) {
        return ro_fail_memory(err);
    }
    job->file = reader->file;
    job->last = last;
    job->charge = sizeof *job + CHARGE_FACTOR * job->bytes.len;
    uint64_t raw = reader->source ? ro_source_position(reader->source) : reader->raw;
    job->raw += raw - reader->raw;
    reader->raw = raw;
    bool taken =
        ro_gate_take(&reader->run->gate, job->charge) && ro_queue_push(reader->run->ordered, job);
    if (!taken) {
        job->last = false;
        ro_job_free(job);
        return RO_DEADLINE;
    }
    reader->file = last ? NULL : reader->file;
    /* never full: it holds at most what the other one holds */
    (void)ro_queue_push(reader->run->work, job);
    return RO_OK;
}

static ro_parse_job *new_job(void) {
    ro_parse_job *job = calloc(1, sizeof *job);
    if (job) {
        job->error = (ro_error)RO_ERROR_INIT;
    }
    return job;
}

/* Ends the file at hand with an error, or, with RO_OK, without one. */
static ro_status end_file(ro_reader *reader, ro_status status, const ro_error *fault,
                          ro_error *err) {
    ro_parse_job *job = new_job();
    if (job && status != RO_OK) {
        job->status = status;
        job->error = *fault;
    }
    return queue_job(reader, job, true, err);
}

/* ---- whole files ------------------------------------------------------------------------------
 */

static ro_status read_whole(ro_reader *reader, ro_error *fault) {
    size_t max = reader->run->whole_max;
    while (!ro_source_at_end(reader->source) && reader->bytes.len <= max) {
        ro_status status = ro_source_read(reader->source, CHUNK_BYTES, &reader->bytes, fault);
        if (status != RO_OK) {
            return status;
        }
    }
    if (reader->bytes.len > max) {
        return ro_fail(fault, RO_LIMIT, "larger than %zu MiB, the most that is read as a whole",
                       max >> 20);
    }
    return ro_source_hash(reader->source, reader->file->hash, fault);
}

/* The bytes at hand as a job of their own. */
static ro_parse_job *job_of_bytes(ro_reader *reader) {
    ro_parse_job *job = new_job();
    if (job) {
        job->format = reader->format;
        job->bytes = reader->bytes;
        job->line = reader->line;
        reader->bytes = (ro_buf)RO_BUF_INIT;
    }
    return job;
}

static ro_status send_whole(ro_reader *reader, ro_error *err) {
    ro_error fault = RO_ERROR_INIT;
    ro_status status = read_whole(reader, &fault);
    if (status != RO_OK) {
        return end_file(reader, status, &fault, err);
    }
    return queue_job(reader, job_of_bytes(reader), true, err);
}

/* ---- streams ----------------------------------------------------------------------------------
 */

/* Drops the first `n` bytes at hand. */
static void drop_front(ro_buf *bytes, size_t n) {
    if (n == 0) {
        return;
    }
    memmove(bytes->ptr, bytes->ptr + n, bytes->len - n);
    bytes->len -= n;
}

/* Queues the first `cut` bytes and keeps the rest. */
static ro_status send_front(ro_reader *reader, size_t cut, bool last, ro_error *err) {
    ro_buf rest = RO_BUF_INIT;
    ro_buf_add(&rest, reader->bytes.ptr + cut, reader->bytes.len - cut);
    if (rest.failed) {
        return ro_fail_memory(err);
    }
    reader->bytes.len = cut;
    int64_t lines = ro_count_lines(ro_buf_str(&reader->bytes));
    ro_status status = queue_job(reader, job_of_bytes(reader), last, err);
    ro_buf_release(&reader->bytes);
    reader->bytes = rest;
    reader->line += lines;
    return status;
}

/* Keeps the header record of a CSV file for all of its jobs. */
static ro_status take_header(ro_reader *reader, ro_error *fault) {
    ro_str mark = RO_STR("\xEF\xBB\xBF");
    drop_front(&reader->bytes, ro_str_starts_with(ro_buf_str(&reader->bytes), mark) ? mark.len : 0);
    ro_str head = ro_buf_str(&reader->bytes);
    size_t end = ro_csv_record_end(head, 0, ro_csv_delimiter(head));
    size_t len = end ? end : head.len;
    reader->file->header = malloc(len + 1);
    if (!reader->file->header) {
        return ro_fail_memory(fault);
    }
    memcpy(reader->file->header, reader->bytes.ptr, len);
    reader->file->header_len = len;
    reader->line += ro_count_lines(ro_str_make(reader->bytes.ptr, len));
    drop_front(&reader->bytes, len);
    return RO_OK;
}

/* A record beyond the cap: of a format of lines only the line is left out, else the rest of the
 * file. */
static ro_status skip_long_record(ro_reader *reader, ro_error *err) {
    ro_error fault = RO_ERROR_INIT;
    ro_status status = ro_fail_at(&fault, RO_LIMIT, reader->line, "record longer than %zu MiB",
                                  RO_RECORD_MAX >> 20);
    ro_buf_clear(&reader->bytes);
    if (!reader->format->lines) {
        return end_file(reader, status, &fault, err);
    }
    ro_parse_job *job = new_job();
    if (job && (job->skips = calloc(RO_JOB_SKIPS_MAX, sizeof *job->skips)) != NULL) {
        job->skips[job->skip_count++] = fault;
    }
    reader->discarding = true;
    return queue_job(reader, job, false, err);
}

/* Drops the rest of a line that was too long. */
static void discard_line(ro_reader *reader) {
    const char *end = reader->bytes.len ? memchr(reader->bytes.ptr, '\n', reader->bytes.len) : NULL;
    reader->discarding = end == NULL;
    reader->line += end ? 1 : 0;
    drop_front(&reader->bytes, end ? (size_t)(end - reader->bytes.ptr) + 1 : reader->bytes.len);
}

static ro_status send_stream(ro_reader *reader, ro_error *err) {
    ro_error fault = RO_ERROR_INIT;
    ro_status status = reader->format->has_header ? take_header(reader, &fault) : RO_OK;
    reader->discarding = false;
    while (status == RO_OK && !ro_source_at_end(reader->source)) {
        status = ro_source_read(reader->source, CHUNK_BYTES, &reader->bytes, &fault);
        if (reader->discarding) {
            discard_line(reader);
        }
        ro_str header = ro_str_make(reader->file->header, reader->file->header_len);
        size_t cut = reader->format->split(header, ro_buf_str(&reader->bytes));
        ro_status sent = RO_OK;
        if (cut > 0) {
            sent = send_front(reader, cut, false, err);
        } else if (reader->bytes.len > RO_RECORD_MAX) {
            sent = skip_long_record(reader, err);
        }
        if (sent != RO_OK || !reader->file) {
            return sent;
        }
    }
    if (status == RO_OK) {
        status = ro_source_hash(reader->source, reader->file->hash, &fault);
    }
    if (status != RO_OK) {
        return end_file(reader, status, &fault, err);
    }
    return send_front(reader, reader->bytes.len, true, err);
}

/* A stream in UTF-16 or -32 cannot be cut by bytes: it is converted as a whole. */
static ro_status send_wide(ro_reader *reader, ro_error *err) {
    ro_error fault = RO_ERROR_INIT;
    ro_buf text = RO_BUF_INIT;
    ro_status status = read_whole(reader, &fault);
    if (status == RO_OK) {
        status = ro_charset_to_utf8(ro_buf_str(&reader->bytes), RO_STR_NONE, &text, NULL, &fault);
    }
    if (status != RO_OK) {
        ro_buf_release(&text);
        return end_file(reader, status, &fault, err);
    }
    ro_buf_release(&reader->bytes);
    reader->bytes = text;
    return queue_job(reader, job_of_bytes(reader), true, err);
}

/* ---- one file ---------------------------------------------------------------------------------
 */

static ro_status send_source(ro_reader *reader, const ro_format *format, ro_error *err) {
    ro_error fault = RO_ERROR_INIT;
    ro_status status = ro_source_read(reader->source, HEAD_BYTES, &reader->bytes, &fault);
    ro_str head = ro_buf_str(&reader->bytes);
    if (status == RO_OK && head.len == 0) {
        status = ro_fail(&fault, RO_FORMAT, "empty file");
    }
    if (status != RO_OK) {
        return end_file(reader, status, &fault, err);
    }
    reader->line = 1;
    reader->format = format ? format : ro_format_find(head, ro_str_from(reader->file->path));
    if (!reader->format) {
        (void)ro_fail(&fault, RO_FORMAT, "binary file");
        return end_file(reader, RO_FORMAT, &fault, err);
    }
    if (!reader->format->split) {
        return send_whole(reader, err);
    }
    if (memchr(head.ptr, 0, head.len)) {
        return send_wide(reader, err);
    }
    if (reader->format->has_header) {
        /* rows of one file are in one charset; the head, cut at a line, tells which */
        ro_buf text = RO_BUF_INIT;
        const char *end = memrchr(head.ptr, '\n', head.len);
        head.len = end ? (size_t)(end - head.ptr) : head.len;
        (void)!ro_charset_to_utf8(head, RO_STR_NONE, &text, reader->file->charset, NULL);
        ro_buf_release(&text);
    }
    return send_stream(reader, err);
}

/* True if the file's bytes are those that the ledger knows. */
static bool same_bytes(const char *path, const ro_known_file *known) {
    ro_source *source = NULL;
    uint8_t hash[32];
    bool same = ro_source_open(path, &source, NULL) == RO_OK &&
                ro_source_hash(source, hash, NULL) == RO_OK &&
                memcmp(hash, known->hash, sizeof hash) == 0;
    ro_source_close(source);
    return same;
}

static ro_status send_known(ro_reader *reader, const ro_known_file *known, bool touched,
                            ro_error *err) {
    ro_parse_job *job = new_job();
    if (job) {
        job->known = true;
        job->articles = known->articles;
        job->raw = (uint64_t)reader->file->size;
    }
    reader->file->in_ledger = touched;
    memcpy(reader->file->hash, known->hash, sizeof known->hash);
    return queue_job(reader, job, true, err);
}

static ro_status read_file(void *context, const char *path, const struct stat *stat,
                           ro_error *err) {
    ro_reader *reader = context;
    const ro_run *run = reader->run;
    if (ro_run_stopped(run)) {
        return RO_DEADLINE;
    }
    reader->raw = 0;
    reader->file = new_file(path, stat);
    if (!reader->file) {
        return ro_fail_memory(err);
    }
    const ro_known_file *known = ro_known_find(&run->known, ro_str_from(path));
    if (known && !run->settings->force && known->size == (int64_t)stat->st_size) {
        bool touched = known->mtime_ns != mtime_of(stat);
        if (!touched || same_bytes(path, known)) {
            return send_known(reader, known, touched, err);
        }
    }
    ro_error fault = RO_ERROR_INIT;
    ro_status status = ro_source_open(path, &reader->source, &fault);
    if (status == RO_OK) {
        const struct stat *opened = ro_source_stat(reader->source);
        reader->file->size = (int64_t)opened->st_size;
        reader->file->mtime_ns = mtime_of(opened);
        reader->file->in_ledger = true;
        status = send_source(reader, NULL, err);
    } else {
        status = end_file(reader, status, &fault, err);
    }
    ro_source_close(reader->source);
    reader->source = NULL;
    ro_buf_clear(&reader->bytes);
    return status;
}

static ro_status read_stdin(ro_reader *reader, ro_error *err) {
    struct stat none = {0};
    reader->raw = 0;
    reader->file = new_file("", &none);
    if (!reader->file) {
        return ro_fail_memory(err);
    }
    ro_status status = ro_source_from_fd(STDIN_FILENO, &reader->source, err);
    if (status == RO_OK) {
        ro_source_stop_on(reader->source, reader->run->settings->stop);
        status = send_source(reader, ro_format_named(RO_STR("ndjson")), err);
    }
    ro_source_close(reader->source);
    reader->source = NULL;
    ro_buf_clear(&reader->bytes);
    return status;
}

static void skip_path(void *context, const char *path, const ro_error *why) {
    ro_reader *reader = context;
    struct stat none = {0};
    reader->raw = 0;
    reader->file = new_file(path, &none);
    if (reader->file && end_file(reader, why->status, why, NULL) != RO_OK) {
        ro_file_free(reader->file);
        reader->file = NULL;
    }
}

static ro_status read_all(ro_reader *reader, ro_error *err) {
    const ro_run *run = reader->run;
    ro_walk_sink sink = {.file = read_file, .skip = skip_path, .context = reader};
    ro_buf path = RO_BUF_INIT;
    ro_status status = RO_OK;
    for (size_t i = 0; i < run->path_count && status == RO_OK; i++) {
        if (strcmp(run->paths[i], "-") == 0) {
            status = read_stdin(reader, err);
            continue;
        }
        status = ro_path_absolute(run->paths[i], &path, err);
        if (status == RO_OK) {
            status = ro_walk(path.ptr, run->settings->except, &sink, err);
        }
    }
    ro_buf_release(&path);
    return status;
}

void *ro_reader_main(void *argument) {
    ro_run *run = argument;
    ro_reader reader = {.run = run};
    (void)pthread_setname_np(pthread_self(), "reader");
    ro_status status = read_all(&reader, &run->reader_error);
    /* RO_DEADLINE says that the run is over for a reason of its own */
    run->reader_status = status == RO_DEADLINE ? RO_OK : status;
    run->orphan = reader.file;
    ro_buf_release(&reader.bytes);
    ro_queue_close(run->work);
    ro_queue_close(run->ordered);
    return NULL;
}
