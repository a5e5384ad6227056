/* Workers: the costly part, on as many threads as there are. */
#include "job.h"

#include "readout/maker.h"
#include "readout/utf8.h"

#include <stdlib.h>

typedef struct ro_worker {
    ro_maker *maker;
    ro_parse_job *job;
} ro_worker;

/* One by one as far as there is room; the rest is counted. */
static void keep(ro_error **list, size_t *count, uint64_t *more, const ro_error *why) {
    if (!*list) {
        *list = calloc(RO_JOB_SKIPS_MAX, sizeof **list);
    }
    if (*list && *count < RO_JOB_SKIPS_MAX) {
        (*list)[(*count)++] = *why;
    } else {
        ++*more;
    }
}

static void note_date(ro_parse_job *job, const ro_article *article) {
    ro_error why = RO_ERROR_INIT;
    ro_str date = ro_utf8_prefix(article->unread_date, 64);
    ro_str id = ro_utf8_prefix(article->id, 64);
    (void)ro_fail(&why, RO_FORMAT, "cannot read the date '%.*s' of '%.*s'", RO_STR_ARG(date),
                  RO_STR_ARG(id));
    keep(&job->notes, &job->note_count, &job->notes_more, &why);
}

static ro_status put(void *context, const ro_article *article, ro_error *err) {
    ro_worker *worker = context;
    ro_parse_job *job = worker->job;
    ro_prepared **bigger =
        ro_grow(job->prepared, job->count, &job->capacity, sizeof(ro_prepared *));
    if (!bigger) {
        return ro_fail_memory(err);
    }
    job->prepared = bigger;
    ro_status status = ro_maker_prepare(worker->maker, article, &job->prepared[job->count], err);
    if (status == RO_OK) {
        job->count++;
        job->text_bytes += article->title.len + article->body.len;
        if (article->unread_date.len) {
            note_date(job, article);
        }
    }
    return status;
}

static void skip(void *context, const ro_error *why) {
    ro_parse_job *job = ((ro_worker *)context)->job;
    keep(&job->skips, &job->skip_count, &job->skips_more, why);
}

static void work_on(ro_run *run, ro_worker *worker, ro_parse_job *job) {
    const ro_file *file = job->file;
    ro_input input = {.bytes = ro_buf_str(&job->bytes),
                      .path = ro_str_from(file->path),
                      .charset = ro_str_from(file->charset),
                      .language = run->settings->language,
                      .header = ro_str_make(file->header, file->header_len),
                      .line = job->line,
                      .memory = run->tree_max};
    ro_sink sink = {put, skip, worker};
    worker->job = job;
    job->status = job->format->parse(&input, &sink, &job->error);
    ro_buf_release(&job->bytes);
}

static void finish(ro_run *run, ro_parse_job *job) {
    size_t held = sizeof *job;
    for (size_t i = 0; i < job->count; i++) {
        held += ro_prepared_size(job->prepared[i]);
    }
    size_t back = job->charge > held ? job->charge - held : 0;
    job->charge -= back;
    (void)pthread_mutex_lock(&run->gate.lock);
    run->gate.used -= back < run->gate.used ? back : run->gate.used;
    job->done = true;
    (void)pthread_cond_broadcast(&run->gate.changed);
    (void)pthread_mutex_unlock(&run->gate.lock);
}

void *ro_worker_main(void *argument) {
    ro_run *run = argument;
    ro_worker worker = {0};
    ro_error error = RO_ERROR_INIT;
    (void)pthread_setname_np(pthread_self(), "worker");
    ro_status status = ro_maker_new(run->settings->extractor, &worker.maker, &error);
    for (ro_parse_job *job; (job = ro_queue_pop(run->work)) != NULL;) {
        if (status != RO_OK) {
            job->status = status;
            job->error = error;
        } else if (job->format && !ro_run_stopped(run)) {
            work_on(run, &worker, job);
        }
        finish(run, job);
    }
    ro_maker_free(worker.maker);
    return NULL;
}
