/* segment_bench FILE.ndjson DIR [MEGABYTES]: how fast articles made ready become segments.
 *
 * Builders of at most MEGABYTES (default 64) of memory take the articles of the file; the segments
 * are then merged into one. Only the builders' own work is timed, not the reading of the JSON nor
 * the analysis. Prints megabytes of text by second of processor time, and bytes by article. */
#include "core/index/segment/segment.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SEGMENTS_MAX 1000
#define BATCH 1000

typedef struct bench {
    const char *directory;
    size_t budget;
    ro_preparer *preparer;
    ro_segment_builder *builder;
    ro_segment *segments[SEGMENTS_MAX];
    size_t segment_count;
    ro_prepared *batch[BATCH];
    size_t batch_count;
    ro_doc doc;
    int64_t text_bytes, add_ns, write_ns;
    ro_error err;
} bench;

static int64_t spent_ns(void) {
    struct timespec spent;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
    return (int64_t)spent.tv_sec * 1000000000 + spent.tv_nsec;
}

static void must(bench *b, ro_status status) {
    if (status) {
        (void)fprintf(stderr, "segment_bench: %s\n", b->err.message);
        exit(2);
    }
}

static void write_segment(bench *b) {
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/bench-%zu.seg", b->directory, b->segment_count);
    (void)unlink(path);
    int64_t start = spent_ns();
    must(b, ro_segment_builder_write(b->builder, path, &b->err));
    b->write_ns += spent_ns() - start;
    must(b, ro_segment_open(path, &b->segments[b->segment_count++], &b->err));
}

static void take_batch(bench *b) {
    int64_t start = spent_ns();
    for (size_t i = 0; i < b->batch_count; i++) {
        must(b, ro_segment_builder_add(b->builder, ++b->doc, &b->batch[i]->terms, &b->err));
    }
    b->add_ns += spent_ns() - start;
    for (size_t i = 0; i < b->batch_count; i++) {
        b->text_bytes += (int64_t)(b->batch[i]->article.title.len + b->batch[i]->body_len);
        ro_prepared_free(b->batch[i]);
    }
    b->batch_count = 0;
    if (ro_segment_builder_size(b->builder) > b->budget) {
        write_segment(b);
    }
}

static void read_file(bench *b, const char *path) {
    char *line = NULL;
    size_t room = 0;
    FILE *file = fopen(path, "re");
    if (!file) {
        perror(path);
        exit(2);
    }
    for (ssize_t len; (len = getline(&line, &room, file)) > 0;) {
        json_t *json = json_loadb(line, (size_t)len, 0, NULL);
        ro_article article = {.published = RO_TIME_NONE, .language = RO_STR("en")};
        article.id = ro_str_from(json_string_value(json_object_get(json, "id")));
        article.title = ro_str_from(json_string_value(json_object_get(json, "title")));
        article.body = ro_str_from(json_string_value(json_object_get(json, "body")));
        must(b, ro_prepare(b->preparer, &article, NULL, &b->batch[b->batch_count++], &b->err));
        json_decref(json);
        if (b->batch_count == BATCH) {
            take_batch(b);
        }
    }
    take_batch(b);
    if (ro_segment_builder_count(b->builder)) {
        write_segment(b);
    }
    free(line);
    (void)fclose(file);
}

static double rate(int64_t bytes, int64_t ns) {
    return (double)bytes * 1000 / (double)(ns ? ns : 1);
}

static void report(bench *b, const char *path, int64_t merge_ns) {
    struct stat st;
    ro_segment *merged;
    must(b, ro_segment_open(path, &merged, &b->err));
    (void)stat(path, &st);
    (void)printf("text      %.1f MB in %lld articles\n", (double)b->text_bytes / 1e6,
                 (long long)b->doc);
    (void)printf("build     %.1f MB/s (%.1f added, %.1f written), %zu segments\n",
                 rate(b->text_bytes, b->add_ns + b->write_ns), rate(b->text_bytes, b->add_ns),
                 rate(b->text_bytes, b->write_ns), b->segment_count);
    (void)printf("merge     %.1f MB/s\n", rate(b->text_bytes, merge_ns));
    (void)printf("size      %.1f MB, %.0f bytes an article: dictionary %.1f MB, postings %.1f MB\n",
                 (double)st.st_size / 1e6, (double)st.st_size / (double)b->doc,
                 (double)merged->dictionary_len / 1e6, (double)merged->postings_len / 1e6);
    int64_t start = spent_ns();
    must(b, ro_segment_check(merged, &b->err));
    (void)printf("check     %.1f ms\n", (double)(spent_ns() - start) / 1e6);
    ro_segment_close(merged);
}

int main(int argc, char **argv) {
    static bench b;
    char path[4096];
    if (argc < 3) {
        (void)fputs("usage: segment_bench FILE.ndjson DIR [MEGABYTES]\n", stderr);
        return 2;
    }
    b.directory = argv[2];
    b.budget = (argc > 3 ? strtoul(argv[3], NULL, 10) : 64) << 20;
    must(&b, ro_preparer_new(&b.preparer, &b.err));
    must(&b, ro_segment_builder_new(0, &b.builder, &b.err));
    read_file(&b, argv[1]);
    (void)snprintf(path, sizeof path, "%s/bench-merged.seg", b.directory);
    (void)unlink(path);
    int64_t start = spent_ns();
    must(&b, ro_segment_merge((const ro_segment *const *)b.segments, b.segment_count, 0, NULL, NULL,
                              NULL, path, &b.err));
    report(&b, path, spent_ns() - start);
    for (size_t i = 0; i < b.segment_count; i++) {
        ro_segment_close(b.segments[i]);
    }
    ro_segment_builder_free(b.builder);
    ro_preparer_free(b.preparer);
    return 0;
}
