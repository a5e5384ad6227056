#include "program.h"

#include "extract/command.h"

#include "readout/date.h"
#include "readout/deadline.h"

#include <errno.h>
#include <sys/stat.h>

int print_fault(const ro_error *err) {
    (void)fputs("readout-indexer: ", stderr);
    print_escaped(err->message);
    (void)fputc('\n', stderr);
    return EXIT_ERROR;
}

/* ---- reading files in -------------------------------------------------------------------------
 */

typedef ro_status (*pipeline_fn)(const ro_pipeline *, const char *const *, size_t, ro_report *,
                                 ro_error *);

static ro_pipeline pipeline_of(const ro_command_line *line, ro_index *index,
                               const ro_extractor *extractor, ro_progress *progress) {
    const ro_indexer_settings *settings = line->settings;
    ro_pipeline pipeline = ro_pipeline_default(index);
    pipeline.memory = (size_t)settings->memory;
    pipeline.max_file = (size_t)settings->max_file;
    pipeline.extractor = extractor;
    pipeline.threads = (unsigned)settings->threads;
    pipeline.language = ro_str_from(settings->language);
    pipeline.lock_wait = line->patient ? RO_DEADLINE_NEVER : ro_deadline_in_ms(settings->wait);
    pipeline.force = settings->force;
    pipeline.except = settings->index;
    pipeline.stop = line->stop;
    pipeline.on_progress = progress_show;
    pipeline.on_skip = progress_skip;
    pipeline.on_note = progress_note;
    pipeline.on_wait = progress_wait;
    pipeline.context = progress;
    return pipeline;
}

static int exit_status(const ro_command_line *line, ro_status status, const ro_report *report,
                       ro_error *err) {
    if (status != RO_OK) {
        if (status == RO_FULL) {
            (void)fputs("what was committed before is safe; run again when there is room\n",
                        stderr);
        }
        return print_fault(err);
    }
    if (*line->stop) {
        return 128 + (int)*line->stop;
    }
    return report->skipped > 0 ? EXIT_SKIPPED : EXIT_FINE;
}

static int run_pipeline(const ro_command_line *line, ro_index_mode mode, pipeline_fn fn) {
    ro_error err = RO_ERROR_INIT;
    ro_index *index = NULL;
    ro_report report = {0};
    ro_extractor *extractor = NULL;
    ro_status status = RO_OK;
    if (line->settings->facts) {
        status = ro_extractor_open(line->settings->lexicon, &extractor, &err);
    }
    if (status == RO_OK) {
        status = ro_index_open(line->settings->index, mode, &index, &err);
    }
    if (status != RO_OK) {
        ro_extractor_free(extractor);
        return print_fault(&err);
    }
    ro_progress progress;
    progress_start(&progress, line->settings->quiet, line->args, line->arg_count,
                   line->settings->index);
    progress.verbose = line->settings->verbose;
    progress.json = line->settings->json;
    ro_pipeline pipeline = pipeline_of(line, index, extractor, &progress);
    status = fn(&pipeline, line->args, line->arg_count, &report, &err);
    ro_index_close(index);
    ro_extractor_free(extractor);
    /* after a fault, only what it left behind is worth a summary */
    bool done = status == RO_OK || report.added + report.changed + report.removed > 0;
    progress_end(&progress, done ? &report : NULL);
    return exit_status(line, status, &report, &err);
}

static int need_args(const ro_command_line *line, const char *what) {
    if (line->arg_count > 0) {
        return EXIT_FINE;
    }
    (void)fprintf(stderr, "readout-indexer: %s; see readout-indexer --help\n", what);
    return EXIT_ERROR;
}

/* An index is not made for paths of which none is there. */
static int need_input(const ro_command_line *line) {
    struct stat found;
    if (stat(line->settings->index, &found) == 0) {
        return EXIT_FINE;
    }
    for (size_t i = 0; i < line->arg_count; i++) {
        if (strcmp(line->args[i], "-") == 0 || lstat(line->args[i], &found) == 0) {
            return EXIT_FINE;
        }
    }
    ro_error err = RO_ERROR_INIT;
    (void)ro_fail(&err, RO_NOT_FOUND, "cannot read '%s': %s", line->args[0], strerror(errno));
    return print_fault(&err);
}

int run_add(const ro_command_line *line) {
    int status = need_args(line, "no path given");
    status = status ? status : need_input(line);
    return status ? status : run_pipeline(line, RO_INDEX_CREATE, ro_pipeline_add);
}

int run_update(const ro_command_line *line) {
    ro_index_mode mode = line->arg_count ? RO_INDEX_CREATE : RO_INDEX_WRITE;
    return run_pipeline(line, mode, ro_pipeline_update);
}

int run_delete(const ro_command_line *line) {
    int status = need_args(line, "no id or path given");
    return status ? status : run_pipeline(line, RO_INDEX_WRITE, ro_pipeline_delete);
}

int run_optimize(const ro_command_line *line) {
    ro_error err = RO_ERROR_INIT;
    ro_index *index = NULL;
    ro_writer *writer = NULL;
    ro_status status = ro_index_open(line->settings->index, RO_INDEX_WRITE, &index, &err);
    if (status == RO_OK) {
        ro_deadline deadline = ro_deadline_in_ms(line->settings->wait);
        status = ro_writer_open(index, deadline, &writer, &err);
    }
    if (status == RO_OK) {
        status = ro_writer_optimize(writer, &err);
    }
    if (status == RO_OK) {
        status = ro_writer_commit(writer, &err);
    }
    ro_writer_close(writer);
    ro_index_close(index);
    return status == RO_OK ? EXIT_FINE : print_fault(&err);
}

/* ---- looking at the index ---------------------------------------------------------------------
 */

typedef struct ro_view {
    ro_index *index;
    ro_snapshot *snapshot;
} ro_view;

static ro_status open_view(const ro_command_line *line, ro_view *out, ro_error *err) {
    *out = (ro_view){NULL, NULL};
    ro_status status = ro_index_open(line->settings->index, RO_INDEX_READ, &out->index, err);
    return status == RO_OK ? ro_snapshot_open(out->index, &out->snapshot, err) : status;
}

static void close_view(ro_view *view) {
    if (view->snapshot) {
        ro_snapshot_close(view->snapshot);
    }
    if (view->index) {
        ro_index_close(view->index);
    }
}

int run_backup(const ro_command_line *line) {
    ro_error err = RO_ERROR_INIT;
    ro_view view;
    int missing = need_args(line, "no directory given");
    if (missing || line->arg_count > 1) {
        return missing ? missing : need_args(&(ro_command_line){0}, "backup takes one directory");
    }
    ro_status status = open_view(line, &view, &err);
    if (status == RO_OK) {
        status = ro_snapshot_backup(view.snapshot, line->args[0], &err);
    }
    close_view(&view);
    return status == RO_OK ? EXIT_FINE : print_fault(&err);
}

typedef struct ro_dump {
    const ro_command_line *line;
    ro_status status;
} ro_dump;

static int dump_article(void *context, ro_doc doc, const ro_article *article) {
    (void)doc;
    ro_dump *dump = context;
    json_t *json = ro_article_to_json(article);
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    if (!text) {
        dump->status = RO_MEMORY;
    } else if (puts(text) == EOF) {
        dump->status = RO_IO;
    }
    free(text);
    json_decref(json);
    return dump->status != RO_OK || *dump->line->stop;
}

int run_dump(const ro_command_line *line) {
    ro_error err = RO_ERROR_INIT;
    ro_view view;
    ro_dump dump = {line, RO_OK};
    ro_arena arena = RO_ARENA_INIT;
    ro_status status = open_view(line, &view, &err);
    if (status == RO_OK && line->arg_count == 0) {
        status = ro_snapshot_each(view.snapshot, 0, dump_article, &dump, &err);
    }
    for (size_t i = 0; i < line->arg_count && status == RO_OK; i++) {
        ro_doc doc = 0;
        ro_article article;
        ro_arena_reset(&arena);
        status = ro_snapshot_find(view.snapshot, ro_str_from(line->args[i]), &doc, &err);
        if (status == RO_OK) {
            status = ro_snapshot_article(view.snapshot, doc, true, &arena, &article, &err);
        }
        if (status == RO_OK && dump_article(&dump, doc, &article)) {
            break;
        }
    }
    if (status == RO_OK && (dump.status != RO_OK || fflush(stdout) != 0)) {
        status = ro_fail(&err, RO_IO, "cannot write the articles: %s", strerror(errno));
    }
    ro_arena_release(&arena);
    close_view(&view);
    if (status != RO_OK) {
        return print_fault(&err);
    }
    return *line->stop ? 128 + (int)*line->stop : EXIT_FINE;
}

static void print_stats(const ro_index_stats *stats) {
    char first[RO_TIME_TEXT];
    char last[RO_TIME_TEXT];
    for (int kind = 0; kind < RO_KINDS; kind++) {
        (void)printf("%-12s %lld\n", ro_kind_name((ro_kind)kind),
                     (long long)stats->documents[kind]);
    }
    (void)printf("files        %lld\n", (long long)stats->files);
    (void)printf("words        %lld\n", (long long)stats->words);
    (void)printf("terms        %lld\n", (long long)stats->terms);
    (void)printf("text         %.1f MB\n", (double)stats->text_bytes / 1e6);
    (void)printf("disk         %.1f MB\n", (double)stats->disk_bytes / 1e6);
    if (stats->first == RO_TIME_NONE) {
        (void)puts("published    none");
    } else {
        (void)printf("published    %s to %s\n", ro_time_format_day(stats->first, first),
                     ro_time_format_day(stats->last, last));
    }
    (void)printf("format       %d (%s)\n", stats->format, stats->fingerprint);
}

static json_t *time_or_null(int64_t seconds) {
    char text[RO_TIME_TEXT];
    return seconds == RO_TIME_NONE ? json_null() : json_string(ro_time_format(seconds, text));
}

static ro_status print_stats_json(const ro_index_stats *stats, ro_error *err) {
    json_t *json =
        json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:i, s:s}", "articles",
                  (json_int_t)stats->articles, "files", (json_int_t)stats->files, "words",
                  (json_int_t)stats->words, "terms", (json_int_t)stats->terms, "text_bytes",
                  (json_int_t)stats->text_bytes, "disk_bytes", (json_int_t)stats->disk_bytes,
                  "first", time_or_null(stats->first), "last", time_or_null(stats->last), "format",
                  stats->format, "analyser", stats->fingerprint);
    int failed = !json;
    for (int kind = 1; kind < RO_KINDS; kind++) {
        failed |= json_object_set_new(json, ro_kind_name((ro_kind)kind),
                                      json_integer((json_int_t)stats->documents[kind]));
    }
    if (failed) {
        json_decref(json);
        return ro_fail_memory(err);
    }
    failed = json_dumpf(json, stdout, JSON_COMPACT);
    json_decref(json);
    return failed || putchar('\n') == EOF ? ro_fail(err, RO_IO, "cannot write the statistics")
                                          : RO_OK;
}

int run_stats(const ro_command_line *line) {
    ro_error err = RO_ERROR_INIT;
    ro_view view;
    ro_index_stats stats;
    ro_status status = open_view(line, &view, &err);
    if (status == RO_OK) {
        status = ro_snapshot_stats(view.snapshot, &stats, &err);
    }
    if (status == RO_OK && line->settings->json) {
        status = print_stats_json(&stats, &err);
    } else if (status == RO_OK) {
        print_stats(&stats);
    }
    close_view(&view);
    return status == RO_OK ? EXIT_FINE : print_fault(&err);
}

static void print_problem(void *context, const char *problem) {
    ++*(uint64_t *)context;
    (void)printf("%s\n", problem);
}

static ro_status repair(const ro_command_line *line, ro_error *err) {
    ro_index *index = NULL;
    ro_writer *writer = NULL;
    int64_t repaired = 0;
    ro_status status = ro_index_open(line->settings->index, RO_INDEX_WRITE, &index, err);
    if (status == RO_OK) {
        status = ro_writer_open(index, ro_deadline_in_ms(line->settings->wait), &writer, err);
    }
    if (status == RO_OK) {
        status = ro_writer_repair(writer, &repaired, err);
    }
    if (status == RO_OK && !line->settings->quiet) {
        (void)printf("%lld part%s built anew\n", (long long)repaired, repaired == 1 ? "" : "s");
    }
    ro_writer_close(writer);
    ro_index_close(index);
    return status;
}

int run_check(const ro_command_line *line) {
    ro_error err = RO_ERROR_INIT;
    ro_view view = {0};
    uint64_t problems = 0;
    ro_status status = line->settings->repair ? repair(line, &err) : RO_OK;
    status = status ? status : open_view(line, &view, &err);
    if (status == RO_OK) {
        status = ro_snapshot_check(view.snapshot, print_problem, &problems, &err);
    }
    close_view(&view);
    if (status == RO_DAMAGED) {
        (void)printf("%s\n", err.message);
        return EXIT_PROBLEMS;
    }
    if (status != RO_OK) {
        return print_fault(&err);
    }
    if (problems == 0 && !line->settings->quiet) {
        (void)puts("no problems found");
    }
    return problems ? EXIT_PROBLEMS : EXIT_FINE;
}

int run_extract(const ro_command_line *line) {
    int missing = need_args(line, "no file given");
    if (missing) {
        return missing;
    }
    ro_error err = RO_ERROR_INIT;
    ro_extract_options options = {.files = line->args,
                                  .file_count = line->arg_count,
                                  .published = line->settings->published,
                                  .lexicon = line->settings->lexicon,
                                  .explain = line->settings->explain,
                                  .merged = line->settings->merged,
                                  .stop = line->stop};
    ro_status status = ro_extract_run(&options, 1, &err);
    if (status != RO_OK) {
        return print_fault(&err);
    }
    return *line->stop ? 128 + (int)*line->stop : EXIT_FINE;
}
