/* The writing end of the pipeline, and the runs over it. */
#include "job.h"

#include "walk.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define QUEUE_JOBS 256
#define COMMIT_BYTES_MAX ((size_t)128 << 20) /* of text in one transaction */
/* Time in one transaction: little at first, so that a run that is killed again and again gets on,
 * then twice as much each time, for large ones are cheaper. */
#define COMMIT_MS_FIRST 1000
#define COMMIT_MS_MAX 20000
#define HOLD_MS 300  /* the index is held before it is let go for others that wait to write */
#define LISTEN_MS 50 /* between two looks at those while there is nothing to write */
#define LOCK_MS 200  /* between two looks at what asks to stop, while another writer is at work */
#define TELL_WAIT_MS 1000 /* before the wait is told */
#define WORKER_STACK ((size_t)8 << 20)
#define WHOLE_SHARE 8 /* part of the memory that a file read as a whole may have */
#define TREE_SHARE 4  /* and the parse trees of all workers */
#define TREE_MIN                                                                                   \
    ((size_t)2 << 20) /* that a worker is given at least: else there are fewer of them */
#define GATE_SHARE                                                                                 \
    8 /* and what waits between the threads; the writer's own memory is as much again */

ro_pipeline ro_pipeline_default(ro_index *index) {
    return (ro_pipeline){.index = index,
                         .memory = RO_PIPELINE_MEMORY,
                         .max_file = RO_PIPELINE_MEMORY,
                         .language = RO_STR(RO_LANGUAGE_DEFAULT),
                         .lock_wait = RO_DEADLINE_NEVER};
}

typedef struct ro_scribe {
    ro_run *run;
    ro_writer *writer;
    ro_report *report;
    ro_report committed; /* what of it is durable */
    size_t commit_bytes;
    int64_t commit_ms;
    ro_deadline commit_at;
    ro_deadline hold_until; /* no other is let write before that */
    bool paused;            /* stopped while another wrote */
} ro_scribe;

/* ---- writing ----------------------------------------------------------------------------------
 */

static ro_status commit(ro_scribe *scribe, ro_error *err) {
    ro_status status = ro_writer_commit(scribe->writer, err);
    if (status == RO_OK) {
        scribe->committed = *scribe->report;
    }
    scribe->commit_at = ro_deadline_in_ms(scribe->commit_ms);
    return status;
}

static ro_status commit_if_due(ro_scribe *scribe, ro_error *err) {
    size_t pending = ro_writer_pending(scribe->writer);
    bool due =
        pending >= scribe->commit_bytes || (pending > 0 && ro_deadline_passed(scribe->commit_at));
    if (!due) {
        return RO_OK;
    }
    scribe->commit_ms *= 2;
    scribe->commit_ms = scribe->commit_ms < COMMIT_MS_MAX ? scribe->commit_ms : COMMIT_MS_MAX;
    return commit(scribe, err);
}

/* Goes on when the others have written, but not once it is to stop. */
static ro_status resume(ro_scribe *scribe, ro_error *err) {
    const ro_pipeline *settings = scribe->run->settings;
    ro_deadline tell_at = ro_deadline_in_ms(TELL_WAIT_MS);
    for (bool told = false;;) {
        ro_error why = RO_ERROR_INIT;
        ro_status status = ro_writer_resume(scribe->writer, ro_deadline_in_ms(LOCK_MS), &why);
        scribe->paused = status == RO_BUSY;
        if (scribe->paused && ro_run_stopped(scribe->run)) {
            return RO_OK;
        }
        if (!scribe->paused) {
            return status == RO_OK ? RO_OK : ro_fail(err, status, "%s", why.message);
        }
        if (!told && settings->on_wait && ro_deadline_passed(tell_at)) {
            settings->on_wait(settings->context, &why);
            told = true;
        }
    }
}

/* What is written is committed in time, and others that wait to write have their turn. */
static ro_status keep_time(ro_scribe *scribe, ro_error *err) {
    ro_status status = commit_if_due(scribe, err);
    if (status == RO_OK && ro_deadline_passed(scribe->hold_until) &&
        ro_writer_wanted(scribe->writer)) {
        status = commit(scribe, err);
        if (status == RO_OK) {
            ro_writer_pause(scribe->writer);
            status = resume(scribe, err);
        }
        scribe->commit_at = ro_deadline_in_ms(scribe->commit_ms);
        scribe->hold_until = ro_deadline_in_ms(HOLD_MS);
    }
    return status;
}

static void tell_skip(ro_scribe *scribe, const ro_file *file, const ro_error *why) {
    const ro_pipeline *settings = scribe->run->settings;
    scribe->report->skipped++;
    if (settings->on_skip) {
        settings->on_skip(settings->context, file->path[0] ? file->path : "-", why);
    }
}

static void tell_skips(ro_scribe *scribe, const ro_parse_job *job) {
    for (size_t i = 0; i < job->skip_count; i++) {
        tell_skip(scribe, job->file, &job->skips[i]);
    }
    if (job->skips_more > 0) {
        ro_error more = RO_ERROR_INIT;
        (void)ro_fail(&more, RO_FORMAT, "and %llu more records here",
                      (unsigned long long)job->skips_more);
        tell_skip(scribe, job->file, &more);
        scribe->report->skipped += job->skips_more - 1;
    }
}

static void tell_notes(ro_scribe *scribe, const ro_parse_job *job) {
    const ro_pipeline *settings = scribe->run->settings;
    const char *path = job->file->path[0] ? job->file->path : "-";
    scribe->report->unread_dates += job->note_count + job->notes_more;
    for (size_t i = 0; settings->on_note && i < job->note_count; i++) {
        settings->on_note(settings->context, path, &job->notes[i]);
    }
}

static ro_status put_articles(ro_scribe *scribe, ro_parse_job *job, ro_error *err) {
    ro_report *report = scribe->report;
    uint64_t *const counts[] = {[RO_UNCHANGED] = &report->unchanged,
                                [RO_ADDED] = &report->added,
                                [RO_CHANGED] = &report->changed};
    for (size_t i = 0; i < job->count && !ro_run_stopped(scribe->run); i++) {
        ro_change change = RO_UNCHANGED;
        ro_status status = ro_writer_put(scribe->writer, job->prepared[i], &change, err);
        if (status == RO_OK) {
            ++*counts[change];
            job->file->articles++;
            status = keep_time(scribe, err);
        }
        if (status != RO_OK) {
            return status;
        }
    }
    report->text_bytes += job->text_bytes;
    return RO_OK;
}

/* Another writer may have read or deleted the file since this run began. */
static ro_status is_still_known(ro_scribe *scribe, const ro_file *file, bool *out, ro_error *err) {
    ro_ledger_entry entry;
    ro_status status = ro_ledger_get(scribe->writer, ro_str_from(file->path), &entry, out, err);
    *out = *out && memcmp(entry.hash, file->hash, sizeof entry.hash) == 0;
    return status;
}

/* The file is through: what it no longer holds goes, and the ledger gets its entry. */
static ro_status end_file(ro_scribe *scribe, const ro_parse_job *job, ro_error *err) {
    const ro_file *file = job->file;
    scribe->report->files += file->failed || job->known ? 0 : 1;
    scribe->report->files_unchanged += job->known ? 1 : 0;
    if (!file->in_ledger || file->failed || ro_run_stopped(scribe->run)) {
        return RO_OK;
    }
    int64_t pruned = 0;
    bool there = true;
    ro_status status = RO_OK;
    if (job->known) {
        status = is_still_known(scribe, file, &there, err);
    } else {
        status = ro_ledger_prune(scribe->writer, ro_str_from(file->path), &pruned, err);
        scribe->report->removed += (uint64_t)pruned;
    }
    ro_ledger_entry entry = {.path = ro_str_from(file->path),
                             .size = file->size,
                             .mtime_ns = file->mtime_ns,
                             .articles = (int64_t)(job->known ? job->articles : file->articles)};
    memcpy(entry.hash, file->hash, sizeof entry.hash);
    return status == RO_OK && there ? ro_ledger_put(scribe->writer, &entry, err) : status;
}

static bool is_input_fault(ro_status status) {
    return status == RO_FORMAT || status == RO_LIMIT || status == RO_INVALID || status == RO_IO ||
           status == RO_NOT_FOUND;
}

static ro_status write_job(ro_scribe *scribe, ro_parse_job *job, ro_error *err) {
    if (job->status != RO_OK && !is_input_fault(job->status)) {
        return ro_fail_at(err, job->status, job->error.position, "%s: %s", job->file->path,
                          job->error.message);
    }
    if (job->status != RO_OK && !job->file->failed) {
        job->file->failed = true;
        tell_skip(scribe, job->file, &job->error);
    }
    tell_skips(scribe, job);
    tell_notes(scribe, job);
    scribe->report->bytes += job->raw;
    scribe->report->unchanged += job->known ? job->articles : 0;
    ro_status status = put_articles(scribe, job, err);
    if (status == RO_OK && job->last) {
        status = end_file(scribe, job, err);
    }
    return status;
}

/* ---- the run ----------------------------------------------------------------------------------
 */

/* The next job, done; NULL once there is none. */
static ro_parse_job *next_job(ro_scribe *scribe, ro_status *status, ro_error *err) {
    ro_run *run = scribe->run;
    void *job = NULL;
    bool open = true;
    while (open && !(job && ro_gate_wait(&run->gate, job, ro_deadline_in_ms(LISTEN_MS)))) {
        if (!job) {
            open = ro_queue_pop_until(run->ordered, ro_deadline_in_ms(LISTEN_MS), &job);
        }
        if (*status == RO_OK && !ro_run_stopped(run)) {
            *status = keep_time(scribe, err);
        }
    }
    return job;
}

static ro_status write_all(ro_scribe *scribe, ro_error *err) {
    ro_run *run = scribe->run;
    const ro_pipeline *settings = run->settings;
    ro_status status = RO_OK;
    for (ro_parse_job *job; (job = next_job(scribe, &status, err)) != NULL;) {
        if (status == RO_OK && !ro_run_stopped(run)) {
            status = write_job(scribe, job, err);
        }
        if (status != RO_OK || ro_run_stopped(run)) {
            ro_gate_close(&run->gate);
        }
        ro_gate_give(&run->gate, job->charge);
        ro_job_free(job);
        if (settings->on_progress) {
            settings->on_progress(settings->context, scribe->report);
        }
    }
    return status;
}

/* The writer takes about a third of the time of all, so that it leaves no processor to itself. */
static unsigned worker_count(const ro_pipeline *settings) {
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t n = settings->threads ? settings->threads : processors > 1 ? (size_t)processors : 1;
    size_t max = settings->memory / TREE_SHARE / TREE_MIN;
    max = max > 1 ? max : 1;
    max = max < RO_PIPELINE_THREADS_MAX ? max : RO_PIPELINE_THREADS_MAX;
    return (unsigned)(n < max ? n : max);
}

/* Starts the threads, writes what comes, joins them. */
static ro_status run_threads(ro_scribe *scribe, ro_error *err) {
    ro_run *run = scribe->run;
    pthread_t threads[RO_PIPELINE_THREADS_MAX + 1];
    unsigned started = 0;
    unsigned wanted = worker_count(run->settings);
    pthread_attr_t attributes;
    int failed = pthread_attr_init(&attributes);
    failed = failed ? failed : pthread_attr_setstacksize(&attributes, WORKER_STACK);
    for (unsigned i = 0; i <= wanted && !failed; i++) {
        failed =
            pthread_create(&threads[i], &attributes, i == 0 ? ro_reader_main : ro_worker_main, run);
        started += failed ? 0 : 1;
    }
    ro_status status = RO_OK;
    if (failed) {
        status = ro_fail(err, RO_IO, "cannot start a thread: %s", strerror(failed));
        ro_gate_close(&run->gate);
        ro_queue_close(run->ordered);
        ro_queue_close(run->work);
    } else {
        status = write_all(scribe, err);
    }
    for (unsigned i = 0; i < started; i++) {
        (void)pthread_join(threads[i], NULL);
    }
    for (ro_parse_job *job; (job = ro_queue_pop(run->ordered)) != NULL;) {
        ro_job_free(job);
    }
    (void)pthread_attr_destroy(&attributes);
    ro_file_free(run->orphan);
    if (status == RO_OK && run->reader_status != RO_OK) {
        status = ro_fail(err, run->reader_status, "%s", run->reader_error.message);
    }
    return status;
}

static int remember(void *context, const ro_ledger_entry *entry) {
    return ro_known_add(context, entry, NULL) != RO_OK;
}

/* Reads the paths into the open transaction and commits. */
static ro_status run_paths(const ro_pipeline *settings, ro_writer *writer, const char *const *paths,
                           size_t count, ro_report *report, ro_error *err) {
    ro_run run = {.settings = settings,
                  .paths = paths,
                  .path_count = count,
                  .tree_max = settings->memory / TREE_SHARE / worker_count(settings),
                  .whole_max = settings->memory / WHOLE_SHARE,
                  .reader_error = RO_ERROR_INIT};
    ro_scribe scribe = {.run = &run,
                        .writer = writer,
                        .report = report,
                        .commit_bytes = settings->memory / 2,
                        .commit_ms = COMMIT_MS_FIRST,
                        .commit_at = ro_deadline_in_ms(COMMIT_MS_FIRST),
                        .hold_until = ro_deadline_in_ms(HOLD_MS)};
    run.whole_max = settings->max_file < run.whole_max ? settings->max_file : run.whole_max;
    scribe.commit_bytes =
        scribe.commit_bytes < COMMIT_BYTES_MAX ? scribe.commit_bytes : COMMIT_BYTES_MAX;
    ro_gate_init(&run.gate, settings->memory / GATE_SHARE);
    ro_status status = ro_queue_new(QUEUE_JOBS, &run.work, err);
    if (status == RO_OK) {
        status = ro_queue_new(QUEUE_JOBS, &run.ordered, err);
    }
    if (status == RO_OK) {
        status = ro_ledger_each(writer, RO_STR(""), remember, &run.known, err);
    }
    if (status == RO_OK) {
        status = run_threads(&scribe, err);
    }
    if (status == RO_OK && !scribe.paused) {
        status = commit(&scribe, err);
    }
    if (status != RO_OK) {
        *report = scribe.committed;
    }
    ro_queue_free(run.work);
    ro_queue_free(run.ordered);
    ro_known_release(&run.known);
    ro_gate_release(&run.gate);
    report->stopped = ro_run_stopped(&run);
    return status;
}

/* Waits for another writer, asking anew so that a signal ends it; without a writer then, and
 * RO_OK. */
static ro_status open_writer(const ro_pipeline *pipeline, ro_writer **out, ro_report *report,
                             ro_error *err) {
    ro_deadline tell_at = ro_deadline_in_ms(TELL_WAIT_MS);
    bool told = false;
    *report = (ro_report){0};
    for (;;) {
        ro_deadline look = ro_deadline_in_ms(LOCK_MS);
        ro_error why = RO_ERROR_INIT; /* may be another each time */
        bool last = pipeline->lock_wait.at_ns < look.at_ns;
        ro_status status =
            ro_writer_open(pipeline->index, last ? pipeline->lock_wait : look, out, &why);
        report->stopped = *out == NULL && ro_pipeline_stopped(pipeline);
        if (report->stopped) {
            return RO_OK;
        }
        if (status != RO_BUSY || last) {
            return status == RO_OK ? RO_OK
                                   : ro_fail_at(err, status, why.position, "%s", why.message);
        }
        if (!told && pipeline->on_wait && ro_deadline_passed(tell_at)) {
            pipeline->on_wait(pipeline->context, &why);
            told = true;
        }
    }
}

static bool is_stopped(void *context) {
    const ro_pipeline *pipeline = context;
    return pipeline->stop && *pipeline->stop;
}

/* What was committed is safe whether parts are merged now or by who writes next. */
static void finish(const ro_pipeline *pipeline, ro_writer *writer) {
    ro_writer_close(writer);
    if (writer) {
        ro_error ignored = RO_ERROR_INIT;
        ro_status tended =
            ro_index_tend(pipeline->index, LOCK_MS, is_stopped, (void *)pipeline, &ignored);
        (void)tended;
    }
}

ro_status ro_pipeline_add(const ro_pipeline *pipeline, const char *const *paths, size_t count,
                          ro_report *report, ro_error *err) {
    ro_writer *writer = NULL;
    ro_status status = open_writer(pipeline, &writer, report, err);
    if (writer) {
        status = run_paths(pipeline, writer, paths, count, report, err);
    }
    finish(pipeline, writer);
    return status;
}

/* ---- update -----------------------------------------------------------------------------------
 */

/* Paths gathered from the ledger; strings live in the arena. */
typedef struct ro_gathered {
    ro_arena arena;
    const char **paths;
    size_t count, capacity;
    ro_str under; /* the path, or what lies under it as a directory */
    bool vanished, changed;
    bool failed;
    ro_report *report;
} ro_gathered;

static bool gather(ro_gathered *gathered, ro_str path) {
    const char **paths =
        ro_grow(gathered->paths, gathered->count, &gathered->capacity, sizeof *paths);
    if (!paths) {
        return false;
    }
    gathered->paths = paths;
    gathered->paths[gathered->count] = ro_arena_copy(&gathered->arena, path).ptr;
    return gathered->paths[gathered->count++] != NULL;
}

static void release_gathered(ro_gathered *gathered) {
    free(gathered->paths);
    ro_arena_release(&gathered->arena);
}

static bool lies_under(ro_str path, ro_str directory) {
    return ro_str_starts_with(path, directory) &&
           (path.len == directory.len || directory.len <= 1 || path.ptr[directory.len] == '/');
}

static int gather_entry(void *context, const ro_ledger_entry *entry) {
    ro_gathered *gathered = context;
    if (!lies_under(entry->path, gathered->under)) {
        return 0;
    }
    ro_arena scratch = RO_ARENA_INIT;
    ro_str path = ro_arena_copy(&scratch, entry->path);
    struct stat now;
    bool found = path.ptr && stat(path.ptr, &now) == 0;
    bool gone = found ? !S_ISREG(now.st_mode) : path.ptr && (errno == ENOENT || errno == ENOTDIR);
    bool same = found && !gone && now.st_size == entry->size &&
                (int64_t)now.st_mtim.tv_sec * 1000000000 + now.st_mtim.tv_nsec == entry->mtime_ns;
    ro_arena_release(&scratch);
    bool wanted = (gathered->vanished && gone) || (gathered->changed && !gone && !same);
    if (gathered->changed && same) {
        gathered->report->files_unchanged++;
        gathered->report->unchanged += (uint64_t)entry->articles;
    }
    gathered->failed = gathered->failed || (wanted && !gather(gathered, entry->path));
    return gathered->failed;
}

static ro_status gather_ledger(ro_writer *writer, ro_gathered *gathered, ro_error *err) {
    ro_status status = ro_ledger_each(writer, gathered->under, gather_entry, gathered, err);
    return status == RO_OK && gathered->failed ? ro_fail_memory(err) : status;
}

/* Forgets the files of the ledger under `path` that are there no more. */
static ro_status drop_vanished(ro_writer *writer, ro_str under, ro_report *report, ro_error *err) {
    ro_gathered gone = {.arena = RO_ARENA_INIT, .under = under, .vanished = true, .report = report};
    ro_status status = gather_ledger(writer, &gone, err);
    for (size_t i = 0; i < gone.count && status == RO_OK; i++) {
        int64_t articles = 0;
        status = ro_ledger_delete(writer, ro_str_from(gone.paths[i]), &articles, err);
        report->removed += (uint64_t)articles;
    }
    release_gathered(&gone);
    return status;
}

static ro_status update_all(const ro_pipeline *pipeline, ro_writer *writer, ro_report *report,
                            ro_error *err) {
    ro_gathered changed = {.arena = RO_ARENA_INIT, .changed = true, .report = report};
    ro_status status = gather_ledger(writer, &changed, err);
    if (status == RO_OK) {
        status = drop_vanished(writer, RO_STR(""), report, err);
    }
    if (status == RO_OK) {
        status = run_paths(pipeline, writer, changed.paths, changed.count, report, err);
    }
    release_gathered(&changed);
    return status;
}

/* Paths that are gone are no fault here: their articles go. */
static ro_status update_paths(const ro_pipeline *pipeline, ro_writer *writer,
                              const char *const *paths, size_t count, ro_report *report,
                              ro_error *err) {
    const char **there = calloc(count, sizeof *there);
    ro_buf path = RO_BUF_INIT;
    ro_status status = there ? RO_OK : ro_fail_memory(err);
    size_t n = 0;
    for (size_t i = 0; i < count && status == RO_OK; i++) {
        struct stat now;
        status = ro_path_absolute(paths[i], &path, err);
        if (status == RO_OK) {
            status = drop_vanished(writer, ro_buf_str(&path), report, err);
        }
        if (stat(paths[i], &now) == 0 || errno != ENOENT) {
            there[n++] = paths[i];
        }
    }
    if (status == RO_OK) {
        status = run_paths(pipeline, writer, there, n, report, err);
    }
    ro_buf_release(&path);
    free(there);
    return status;
}

ro_status ro_pipeline_update(const ro_pipeline *pipeline, const char *const *paths, size_t count,
                             ro_report *report, ro_error *err) {
    ro_writer *writer = NULL;
    ro_status status = open_writer(pipeline, &writer, report, err);
    if (writer) {
        status = count == 0 ? update_all(pipeline, writer, report, err)
                            : update_paths(pipeline, writer, paths, count, report, err);
    }
    finish(pipeline, writer);
    return status;
}

/* ---- delete -----------------------------------------------------------------------------------
 */

static int gather_under(void *context, const ro_ledger_entry *entry) {
    ro_gathered *gathered = context;
    bool wanted = lies_under(entry->path, gathered->under);
    gathered->failed = wanted && !gather(gathered, entry->path);
    return gathered->failed;
}

static ro_status delete_path(const ro_pipeline *pipeline, ro_writer *writer, const char *name,
                             ro_report *report, bool *found, ro_error *err) {
    ro_buf path = RO_BUF_INIT;
    ro_gathered files = {.arena = RO_ARENA_INIT};
    ro_status status = ro_path_absolute(name, &path, err);
    if (status == RO_OK) {
        files.under = ro_buf_str(&path);
        status = ro_ledger_each(writer, files.under, gather_under, &files, err);
    }
    if (status == RO_OK && files.failed) {
        status = ro_fail_memory(err);
    }
    *found = files.count > 0;
    for (size_t i = 0; i < files.count && status == RO_OK && !ro_pipeline_stopped(pipeline); i++) {
        int64_t articles = 0;
        status = ro_ledger_delete(writer, ro_str_from(files.paths[i]), &articles, err);
        report->removed += (uint64_t)articles;
    }
    release_gathered(&files);
    ro_buf_release(&path);
    return status;
}

static ro_status delete_one(const ro_pipeline *pipeline, ro_writer *writer, const char *name,
                            ro_report *report, ro_error *err) {
    bool found = false;
    ro_status status = ro_writer_delete(writer, ro_str_from(name), &found, err);
    report->removed += found ? 1 : 0;
    if (status == RO_OK && !found) {
        status = delete_path(pipeline, writer, name, report, &found, err);
    }
    if (status == RO_OK && !found) {
        ro_error why = RO_ERROR_INIT;
        (void)ro_fail(&why, RO_NOT_FOUND, "no article and no indexed file of this name");
        report->skipped++;
        if (pipeline->on_skip) {
            pipeline->on_skip(pipeline->context, name, &why);
        }
    }
    return status;
}

ro_status ro_pipeline_delete(const ro_pipeline *pipeline, const char *const *names, size_t count,
                             ro_report *report, ro_error *err) {
    ro_writer *writer = NULL;
    ro_status status = open_writer(pipeline, &writer, report, err);
    for (size_t i = 0; writer && i < count && status == RO_OK && !ro_pipeline_stopped(pipeline);
         i++) {
        status = delete_one(pipeline, writer, names[i], report, err);
    }
    if (writer && status == RO_OK) {
        status = ro_writer_commit(writer, err);
    }
    ro_writer_close(writer);
    return status;
}
