/* The driver of our sealed leaf; README.md says what every driver does. */
#include "core/index/segment/topk.h"

#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define K 10
#define BUDGET ((size_t)512 << 20) /* bytes of memory, as every driver gets */
#define THREADS_MAX 8
#define PARTS_MAX 256
#define DISTINCT_MAX (1u << 16) /* terms of an article */

static void need(ro_status status, const ro_error *err) {
    if (status) {
        (void)fprintf(stderr, "peer_readout: %s\n", err->message);
        exit(2);
    }
}

static double seconds_since(int64_t start) {
    return (double)(ro_now_ns() - start) / 1e9;
}

/* ---- articles to streams -------------------------------------------------------------------- */

typedef struct stream_room {
    ro_stream_term terms[DISTINCT_MAX];
    uint32_t slots[DISTINCT_MAX * 2]; /* index of the term + 1 */
    uint32_t used[DISTINCT_MAX];
    ro_buf uses;
    ro_stream stream;
} stream_room;

static uint32_t term_of(stream_room *room, ro_str word) {
    uint64_t hash = ro_str_hash(word);
    uint32_t slot = (uint32_t)hash & (DISTINCT_MAX * 2 - 1);
    for (;; slot = (slot + 1) & (DISTINCT_MAX * 2 - 1)) {
        if (!room->slots[slot]) {
            break;
        }
        const ro_stream_term *term = &room->terms[room->slots[slot] - 1];
        if (term->hash == hash && ro_str_equal(ro_str_make(term->bytes, term->len), word)) {
            return room->slots[slot] - 1;
        }
    }
    if (room->stream.count == DISTINCT_MAX) {
        exit(2);
    }
    uint32_t index = (uint32_t)room->stream.count++;
    room->terms[index] =
        (ro_stream_term){.bytes = word.ptr, .len = (uint32_t)word.len, .hash = hash};
    room->slots[slot] = index + 1;
    room->used[index] = slot;
    return index;
}

static const ro_stream *make_stream(stream_room *room, ro_str line) {
    for (size_t i = 0; i < room->stream.count; i++) {
        room->slots[room->used[i]] = 0;
    }
    ro_buf_clear(&room->uses);
    room->stream = (ro_stream){.terms = room->terms};
    uint32_t words = 0;
    for (const char *at = line.ptr, *end = at + line.len; at < end;) {
        const char *space = memchr(at, ' ', (size_t)(end - at));
        size_t len = (size_t)((space ? space : end) - at);
        if (len) {
            uint32_t term = term_of(room, ro_str_make(at, len));
            uint32_t use = term * 2;
            room->terms[term].stems++;
            room->terms[term].forms++;
            ro_buf_add(&room->uses, &use, sizeof use);
            words++;
        }
        at += len + 1;
    }
    room->stream.uses[1] = (const uint32_t *)(const void *)room->uses.ptr;
    room->stream.use_count[1] = words;
    room->stream.words[1] = words;
    return &room->stream;
}

/* ---- indexing ------------------------------------------------------------------------------- */

typedef struct worker {
    pthread_t thread;
    ro_str text;
    ro_doc first;
    const char *directory;
    int number;
    size_t budget;
    int parts;
} worker;

static void part_path(char *out, size_t room, const char *directory, int number, int part) {
    (void)snprintf(out, room, "%s/part-%d-%d.seg", directory, number, part);
}

static void write_part(worker *w, ro_segment_builder *builder, ro_error *err) {
    char path[512];
    if (ro_segment_builder_count(builder)) {
        part_path(path, sizeof path, w->directory, w->number, w->parts++);
        need(ro_segment_builder_write(builder, path, err), err);
    }
}

static void *work(void *context) {
    worker *w = context;
    ro_error err = RO_ERROR_INIT;
    ro_segment_builder *builder;
    stream_room *room = calloc(1, sizeof *room);
    ro_doc doc = w->first;
    if (!room) {
        exit(2);
    }
    need(ro_segment_builder_new(0, &builder, &err), &err);
    for (const char *at = w->text.ptr, *end = at + w->text.len; at < end; doc++) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        size_t len = (size_t)((line_end ? line_end : end) - at);
        need(ro_segment_builder_add(builder, doc, make_stream(room, ro_str_make(at, len)), &err),
             &err);
        at += len + 1;
        if (ro_segment_builder_size(builder) > w->budget) {
            write_part(w, builder, &err);
        }
    }
    write_part(w, builder, &err);
    ro_segment_builder_free(builder);
    ro_buf_release(&room->uses);
    free(room);
    return NULL;
}

static ro_str map_file(const char *path) {
    int file = open(path, O_RDONLY);
    struct stat st;
    if (file < 0 || fstat(file, &st) != 0) {
        perror(path);
        exit(2);
    }
    const char *text = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, file, 0);
    (void)close(file);
    if (text == MAP_FAILED) {
        exit(2);
    }
    return ro_str_make(text, (size_t)st.st_size);
}

static size_t count_lines(ro_str text) {
    size_t count = 0;
    for (const char *at = text.ptr, *end = at + text.len; at < end; count++) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        at = (line_end ? line_end : end) + 1;
    }
    return count;
}

static void merge_parts(const worker *workers, int count, const char *directory, ro_error *err) {
    ro_segment *parts[PARTS_MAX];
    size_t part_count = 0;
    char path[512];
    char merged[512];
    (void)snprintf(merged, sizeof merged, "%s/index.seg", directory);
    for (int i = 0; i < count; i++) {
        for (int p = 0; p < workers[i].parts && part_count < PARTS_MAX; p++) {
            part_path(path, sizeof path, directory, i, p);
            need(ro_segment_open(path, &parts[part_count++], err), err);
        }
    }
    if (part_count == 1) {
        (void)rename(path, merged);
    } else {
        need(ro_segment_merge((const ro_segment *const *)parts, part_count, 0, NULL, NULL, NULL,
                              merged, err),
             err);
    }
    for (size_t i = 0; i < part_count; i++) {
        ro_segment_close(parts[i]);
    }
    for (int i = 0; i < count; i++) {
        for (int p = 0; p < workers[i].parts; p++) {
            part_path(path, sizeof path, directory, i, p);
            (void)unlink(path);
        }
    }
}

static void make_index(const char *terms, const char *directory, int threads) {
    static worker workers[THREADS_MAX];
    ro_error err = RO_ERROR_INIT;
    threads = threads < 1 ? 1 : threads > THREADS_MAX ? THREADS_MAX : threads;
    (void)mkdir(directory, 0777);
    int64_t start = ro_now_ns();
    ro_str text = map_file(terms);
    ro_doc doc = 1;
    size_t from = 0;
    for (int i = 0; i < threads; i++) {
        size_t until = i + 1 == threads ? text.len : text.len / (size_t)threads * (size_t)(i + 1);
        while (until > from && until < text.len && text.ptr[until - 1] != '\n') {
            until++;
        }
        workers[i] = (worker){.text = ro_str_make(text.ptr + from, until - from),
                              .first = doc,
                              .directory = directory,
                              .number = i,
                              .budget = BUDGET / (size_t)threads};
        doc += i + 1 < threads ? (ro_doc)count_lines(workers[i].text) : 0;
        from = until;
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0) {
            exit(2);
        }
    }
    for (int i = 0; i < threads; i++) {
        (void)pthread_join(workers[i].thread, NULL);
    }
    double took = seconds_since(start);
    (void)printf("indexed %zu %.3f\n", count_lines(text), took);
    merge_parts(workers, threads, directory, &err);
}

/* ---- searching ------------------------------------------------------------------------------ */

typedef struct searcher {
    ro_segment *segment;
    ro_columns columns;
    ro_scorer scorer;
    ro_bounds bounds;
    ro_arena arena;
} searcher;

static void open_searcher(searcher *s, const char *directory, ro_error *err) {
    char path[512];
    ro_rank rank = {.k1 = 1.2, .b = {0.75, 0.75}, .weight = {1, 1}};
    (void)snprintf(path, sizeof path, "%s/index.seg", directory);
    need(ro_segment_open(path, &s->segment, err), err);
    uint32_t count = s->segment->count;
    s->columns.chunk_count = (size_t)ro_segment_doc(s->segment, count - 1) / RO_CHUNK_DOCS + 1;
    s->columns.chunks = (ro_chunk **)calloc(s->columns.chunk_count, sizeof(void *));
    for (size_t i = 0; s->columns.chunks && i < s->columns.chunk_count; i++) {
        s->columns.chunks[i] = calloc(1, sizeof(ro_chunk));
        if (!s->columns.chunks[i]) {
            exit(2);
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        size_t doc = (size_t)ro_segment_doc(s->segment, i);
        ro_record *record = &s->columns.chunks[doc / RO_CHUNK_DOCS]->records[doc % RO_CHUNK_DOCS];
        *record = (ro_record){.body_words = s->segment->body_words[i], .live = 1};
    }
    s->columns.totals = (ro_totals){.documents = count, .words = {0, s->segment->words[1]}};
    ro_scorer_init(&s->scorer, &rank, &s->columns.totals);
}

/* The idf that tantivy and Lucene have, so that their scores can be compared with ours. */
static void plan_word(searcher *s, ro_plan *plan, ro_str word, ro_occur occur, ro_plan_node *node,
                      ro_error *err) {
    ro_segment_word found;
    (void)ro_segment_find(s->segment, word, &found);
    double n = (double)found.stem.df;
    double all = (double)s->columns.totals.documents;
    ro_match *match = ro_match_new(&s->arena, RO_MATCH_TERM);
    if (!match) {
        need(ro_fail_memory(err), err);
        return;
    }
    match->term = word;
    *node = (ro_plan_node){.kind = RO_MATCH_TERM,
                           .occur = occur,
                           .match = match,
                           .fields = RO_FIELD_ANY,
                           .boost = 1,
                           .weight = log1p((all - n + 0.5) / (n + 0.5)),
                           .frequency = found.stem};
    for (node->term = 0; node->term < plan->term_count; node->term++) {
        if (ro_str_equal(plan->terms[node->term].key, word)) {
            return;
        }
    }
    plan->terms[plan->term_count++] = (ro_plan_term){word, RO_FIELD_ANY, found.stem.df};
}

static void make_plan(searcher *s, ro_str type, ro_str line, ro_plan *plan, ro_error *err) {
    ro_plan_node nodes[16];
    size_t count = 0;
    *plan = (ro_plan){.arena = &s->arena};
    plan->terms = ro_arena_alloc_array(&s->arena, 16, sizeof *plan->terms);
    ro_occur occur = ro_str_equal(type, RO_STR("or")) ? RO_SHOULD : RO_MUST;
    for (size_t at = 0; at < line.len && count < 16;) {
        size_t len = 0;
        while (at + len < line.len && line.ptr[at + len] != ' ') {
            len++;
        }
        plan_word(s, plan, ro_str_make(line.ptr + at, len), occur, &nodes[count++], err);
        at += len + 1;
    }
    plan->node_count = count + 1;
    plan->root = ro_arena_alloc(&s->arena, sizeof *plan->root);
    if (ro_str_equal(type, RO_STR("term"))) {
        *plan->root = nodes[0];
        return;
    }
    bool phrase = ro_str_equal(type, RO_STR("phrase"));
    ro_match *match = ro_match_new(&s->arena, phrase ? RO_MATCH_PHRASE : RO_MATCH_BOOL);
    *plan->root = (ro_plan_node){.kind = match->kind, .match = match, .boost = 1};
    plan->root->children = ro_arena_alloc_array(&s->arena, count, sizeof *nodes);
    plan->root->child_count = count;
    memcpy(plan->root->children, nodes, count * sizeof *nodes);
    for (size_t i = 0; i < count; i++) {
        ((ro_match *)(uintptr_t)nodes[i].match)->gap = (uint32_t)i;
        plan->root->weight += nodes[i].weight;
    }
}

/* All that a query takes: terms looked up, plan, search, hits in order. */
static double run_query(searcher *s, ro_str type, ro_str line, ro_hit **hits, size_t *count,
                        ro_error *err) {
    ro_plan plan;
    ro_evaluator *evaluator;
    ro_top top = {.sort = RO_SORT_SCORE, .k = K};
    int64_t start = ro_now_ns();
    ro_arena_reset(&s->arena);
    make_plan(s, type, line, &plan, err);
    need(ro_evaluator_make(&plan, &s->scorer, RO_DEADLINE_NEVER, &evaluator, err), err);
    ro_leaf_search leaf = {.segment = s->segment,
                           .columns = &s->columns,
                           .bounds = &s->bounds,
                           .plan = &plan,
                           .scorer = &s->scorer,
                           .evaluator = evaluator,
                           .top = &top,
                           .deadline = RO_DEADLINE_NEVER};
    need(ro_leaf_search_run(&leaf, &s->arena, err), err);
    *count = top.count;
    need(ro_top_finish(&top, &s->arena, hits, err), err);
    ro_evaluator_release(evaluator);
    ro_plan_release(&plan);
    ro_top_release(&top);
    return seconds_since(start);
}

static void search(const char *directory, const char *queries, const char *results, int passes) {
    searcher s = {.arena = RO_ARENA_INIT};
    ro_error err = RO_ERROR_INIT;
    ro_str text = map_file(queries);
    size_t lines = count_lines(text);
    double *best = calloc(lines, sizeof *best);
    FILE *out = fopen(results, "w");
    if (!best || !out) {
        exit(2);
    }
    open_searcher(&s, directory, &err);
    for (int pass = 0; pass <= passes; pass++) {
        size_t number = 0;
        for (const char *at = text.ptr, *end = at + text.len; at < end; number++) {
            const char *line_end = memchr(at, '\n', (size_t)(end - at));
            const char *tab = memchr(at, '\t', (size_t)(line_end - at));
            ro_hit *hits;
            size_t count;
            ro_str type = ro_str_make(at, (size_t)(tab - at));
            double took = run_query(&s, type, ro_str_make(tab + 1, (size_t)(line_end - tab - 1)),
                                    &hits, &count, &err);
            best[number] = pass <= 1 || took < best[number] ? took : best[number];
            if (pass == passes) {
                (void)fprintf(out, "%.*s\t%.0f\t", RO_STR_ARG(type), best[number] * 1e9);
                for (size_t i = 0; i < count; i++) {
                    (void)fprintf(out, "%s%.6f", i ? " " : "", hits[i].score);
                }
                (void)fputc('\n', out);
            }
            at = line_end + 1;
        }
    }
    (void)fclose(out);
    free(best);
    ro_arena_release(&s.arena);
    ro_segment_close(s.segment);
}

int main(int argc, char **argv) {
    ro_str what = ro_str_from(argc > 1 ? argv[1] : "");
    if (ro_str_equal(what, RO_STR("version"))) {
        (void)printf("Readout %s\n", READOUT_VERSION);
    } else if (ro_str_equal(what, RO_STR("index")) && argc > 4) {
        make_index(argv[2], argv[3], (int)strtol(argv[4], NULL, 10));
    } else if (ro_str_equal(what, RO_STR("search")) && argc > 5) {
        search(argv[2], argv[3], argv[4], (int)strtol(argv[5], NULL, 10));
    } else {
        (void)fprintf(stderr,
                      "usage: version | index TERMS DIR THREADS | search DIR QUERIES OUT PASSES\n");
        return 2;
    }
    return 0;
}
