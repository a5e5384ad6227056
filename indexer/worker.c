/* Workers: the costly part, on as many threads as there are. */
#include "job.h"

#include "readout/utf8.h"

#include <stdlib.h>

typedef struct ro_worker {
    const ro_extractor *extractor; /* NULL: no facts */
    ro_preparer *preparer;
    ro_parse_job *job;
    ro_arena arena; /* of the facts of one article */
} ro_worker;

/* The rules are for English; and spans count the bytes of a text that is not repaired later. */
static bool has_facts(const ro_worker *worker, const ro_article *article) {
    return worker->extractor && ro_str_equal(article->language, RO_STR("en")) &&
           ro_utf8_valid(article->body);
}

static ro_status prepare(ro_worker *worker, const ro_article *article, ro_prepared **out,
                         ro_error *err) {
    ro_facts facts;
    if (!has_facts(worker, article)) {
        return ro_prepare(worker->preparer, article, NULL, out, err);
    }
    ro_arena_reset(&worker->arena);
    ro_status status = ro_extract(worker->extractor, article, &worker->arena, &facts, err);
    return status ? status : ro_prepare(worker->preparer, article, &facts, out, err);
}

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
    if (job->count == job->capacity) {
        size_t capacity = job->capacity ? job->capacity * 2 : 16;
        ro_prepared **bigger = realloc(job->prepared, capacity * sizeof(ro_prepared *));
        if (!bigger) {
            return ro_fail_memory(err);
        }
        job->prepared = bigger;
        job->capacity = capacity;
    }
    ro_status status = prepare(worker, article, &job->prepared[job->count], err);
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
    ro_worker worker = {.extractor = run->settings->extractor};
    ro_error error = RO_ERROR_INIT;
    (void)pthread_setname_np(pthread_self(), "worker");
    ro_status status = ro_preparer_new(&worker.preparer, &error);
    for (ro_parse_job *job; (job = ro_queue_pop(run->work)) != NULL;) {
        if (status != RO_OK) {
            job->status = status;
            job->error = error;
        } else if (job->format && !ro_run_stopped(run)) {
            work_on(run, &worker, job);
        }
        finish(run, job);
    }
    ro_preparer_free(worker.preparer);
    ro_arena_release(&worker.arena);
    return NULL;
}
