/* Segments against a model of what they hold: lists of positions by term and document. */
#include "core/index/segment/impacts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define TERMS 60
#define WORDS_MAX 90 /* of a field */

/* ---- documents ------------------------------------------------------------------------------ */

/* Words by position; each is posted as stem `stem`, and as form `form` unless 0. */
typedef struct token {
    uint32_t stem, form;
} token;

typedef struct document {
    ro_doc doc;
    token tokens[RO_FIELD_COUNT][WORDS_MAX];
    uint32_t words[RO_FIELD_COUNT];
} document;

typedef struct corpus {
    document *documents;
    uint32_t count;
} corpus;

static uint64_t seed;

static uint32_t random_below(uint32_t n) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)((seed >> 20) % n);
}

/* Low numbers are common, high ones rare. */
static uint32_t random_term(void) {
    uint32_t a = random_below(TERMS);
    uint32_t b = random_below(TERMS);
    uint32_t c = random_below(TERMS);
    a = a < b ? a : b;
    return a < c ? a : c;
}

static corpus make_corpus(uint32_t count, uint64_t from) {
    corpus made = {.count = count};
    seed = from;
    made.documents = calloc(count, sizeof *made.documents);
    assert_non_null(made.documents);
    ro_doc doc = 0;
    for (uint32_t i = 0; i < count; i++) {
        document *to = &made.documents[i];
        to->doc = doc += 1 + random_below(3);
        to->words[0] = random_below(8);
        to->words[1] = random_below(random_below(8) ? 30 : WORDS_MAX);
        for (int f = 0; f < RO_FIELD_COUNT; f++) {
            for (uint32_t w = 0; w < to->words[f]; w++) {
                to->tokens[f][w].stem = random_term();
                to->tokens[f][w].form = random_below(3) ? 0 : 1 + random_term();
            }
        }
    }
    return made;
}

/* Term t < TERMS is the stem of that number, the others are forms. */
static void spell(uint32_t term, char out[32]) {
    static const char *const heads[] = {"a", "word", "word-of-some-length-", "\xc3\xa9t\xc3\xa9"};
    (void)snprintf(out, 32, "%s%s%u", term < TERMS ? "" : "=", heads[term % 4], term % TERMS / 4);
}

typedef struct stream_room {
    char text[2 * TERMS][32];
    ro_stream_term terms[2 * TERMS];
    uint32_t local[2 * TERMS];
    uint32_t uses[RO_FIELD_COUNT][2 * WORDS_MAX];
    ro_stream stream;
} stream_room;

static ro_stream_term *use(stream_room *room, int field, uint32_t term, bool colocated) {
    ro_stream *stream = &room->stream;
    if (room->local[term] == UINT32_MAX) {
        room->local[term] = (uint32_t)stream->count;
        spell(term, room->text[term]);
        ro_stream_term *made = &room->terms[stream->count++];
        *made =
            (ro_stream_term){.bytes = room->text[term], .len = (uint32_t)strlen(room->text[term])};
        unsigned skip = term >= TERMS;
        made->hash = ro_str_hash(ro_str_make(made->bytes + skip, made->len - skip));
    }
    room->uses[field][stream->use_count[field]++] = room->local[term] * 2 + colocated;
    return &room->terms[room->local[term]];
}

static const ro_stream *make_stream(const document *from, stream_room *room) {
    *room = (stream_room){.stream = {.terms = room->terms}};
    memset(room->local, 0xFF, sizeof room->local);
    for (int f = 0; f < RO_FIELD_COUNT; f++) {
        room->stream.uses[f] = room->uses[f];
        room->stream.words[f] = from->words[f];
        for (uint32_t w = 0; w < from->words[f]; w++) {
            token at = from->tokens[f][w];
            ro_stream_term *stem = use(room, f, at.stem, false);
            stem->stems++;
            stem->forms += !at.form;
            if (at.form) {
                use(room, f, TERMS + at.form - 1, true)->forms++;
            }
        }
    }
    return &room->stream;
}

/* The positions of a term in a document. */
static size_t positions_of(const document *in, uint32_t term, uint64_t out[2 * WORDS_MAX],
                           uint32_t *title) {
    size_t count = 0;
    *title = 0;
    for (uint32_t f = 0; f < RO_FIELD_COUNT; f++) {
        for (uint32_t w = 0; w < in->words[f]; w++) {
            token at = in->tokens[f][w];
            if (term < TERMS ? at.stem == term : at.form == term - TERMS + 1) {
                out[count++] = (uint64_t)f << 32 | w;
                *title += !f;
            }
        }
    }
    return count;
}

/* ---- segments ------------------------------------------------------------------------------- */

static char path[64];

static void must(ro_status status, const ro_error *err) {
    assert_string_equal(err->message, "");
    assert_int_equal(status, RO_OK);
}

static const char *new_path(void) {
    static int number;
    (void)snprintf(path, sizeof path, "/tmp/readout-segment-%ld-%d.seg", (long)getpid(), number++);
    return path;
}

static ro_segment *open_segment(const char *at) {
    ro_segment *segment;
    ro_error err = RO_ERROR_INIT;
    must(ro_segment_open(at, &segment, &err), &err);
    assert_int_equal(unlink(at), 0);
    return segment;
}

/* The documents of `which`: all whose number leaves `rest` when divided by `by`. */
static ro_segment *build(const corpus *from, uint32_t block, uint32_t by, uint32_t rest) {
    ro_segment_builder *builder;
    stream_room *room = calloc(1, sizeof *room);
    assert_int_equal(ro_segment_builder_new(block, &builder, NULL), RO_OK);
    assert_non_null(room);
    for (uint32_t i = rest; i < from->count; i += by) {
        ro_error err = RO_ERROR_INIT;
        must(ro_segment_builder_add(builder, from->documents[i].doc,
                                    make_stream(&from->documents[i], room), &err),
             &err);
    }
    ro_error err = RO_ERROR_INIT;
    must(ro_segment_builder_write(builder, new_path(), &err), &err);
    assert_int_equal(ro_segment_builder_count(builder), 0);
    ro_segment_builder_free(builder);
    free(room);
    return open_segment(path);
}

static void check_documents(const ro_segment *segment, const corpus *model) {
    assert_int_equal(segment->count, model->count);
    int64_t words[RO_FIELD_COUNT] = {0};
    for (uint32_t i = 0; i < model->count; i++) {
        const document *is = &model->documents[i];
        assert_int_equal(ro_segment_doc(segment, i), is->doc);
        assert_int_equal(ro_segment_number(segment, is->doc), i);
        assert_int_equal(segment->title_words[i], is->words[0]);
        assert_int_equal(segment->body_words[i], is->words[1]);
        words[0] += is->words[0];
        words[1] += is->words[1];
    }
    assert_int_equal(segment->words[0], words[0]);
    assert_int_equal(segment->words[1], words[1]);
}

/* The cursor stands at document `number`. */
static void check_place(ro_cursor *cursor, const document *is, uint32_t number, uint32_t term) {
    uint64_t expected[2 * WORDS_MAX];
    uint32_t title;
    ro_buf positions = RO_BUF_INIT;
    size_t count = positions_of(is, term, expected, &title);
    assert_int_equal(cursor->doc, number);
    assert_int_equal(cursor->docs[cursor->place], number);
    if (random_below(2)) {
        uint32_t tf;
        uint32_t head;
        ro_cursor_count_one(cursor, &tf, &head);
        assert_int_equal(tf, count);
        assert_int_equal(head, title);
    }
    ro_cursor_count(cursor);
    assert_int_equal(cursor->tf[cursor->place], count);
    assert_int_equal(cursor->title[cursor->place], title);
    if (random_below(2)) {
        ro_cursor_positions(cursor, &positions);
        assert_int_equal(positions.len, count * sizeof *expected);
        assert_memory_equal(positions.ptr, expected, positions.len);
        ro_buf_release(&positions);
    }
    assert_false(cursor->damaged);
}

static void check_bound(const ro_cursor *cursor, const document *is, uint32_t term,
                        const ro_scorer *scorer, const ro_impact_table *table) {
    uint64_t positions[2 * WORDS_MAX];
    uint32_t title;
    ro_record record = {.title_words = (uint16_t)is->words[0], .body_words = is->words[1]};
    ro_norms norms;
    if (cursor->has_impacts) {
        uint32_t tf = (uint32_t)positions_of(is, term, positions, &title);
        ro_scorer_norms(scorer, &record, &norms);
        double x = norms.factor[0] * title + norms.factor[1] * (tf - title);
        const ro_impacts *block = ro_cursor_impacts(cursor, cursor->block);
        const ro_impacts *group = ro_cursor_group(cursor, cursor->block / RO_GROUP);
        assert_true((double)ro_impacts_bound(block, table) >= x);
        assert_true((double)ro_impacts_bound(group, table) >= x);
        assert_true((double)ro_impacts_bound(&cursor->impacts, table) >= x);
    }
}

static ro_scorer random_scorer(void) {
    ro_rank rank = RO_RANK_DEFAULT;
    ro_totals totals = {.documents = 100};
    ro_scorer scorer;
    rank.b[0] = random_below(100) / 100.0;
    rank.b[1] = random_below(100) / 100.0;
    rank.weight[0] = random_below(4);
    totals.words[0] = 1 + random_below(1000);
    totals.words[1] = 1 + random_below(10000);
    ro_scorer_init(&scorer, &rank, &totals);
    return scorer;
}

static bool holds(const document *is, uint32_t term) {
    uint64_t positions[2 * WORDS_MAX];
    uint32_t title;
    return positions_of(is, term, positions, &title) > 0;
}

static uint32_t next_with(const corpus *model, uint32_t from, uint32_t term) {
    while (from < model->count && !holds(&model->documents[from], term)) {
        from++;
    }
    return from < model->count ? from : RO_NO_DOC;
}

static void check_list(const ro_segment *segment, const corpus *model, uint32_t term) {
    char text[32];
    ro_cursor cursor;
    ro_scorer scorer = random_scorer();
    ro_impact_table table;
    ro_impact_table_make(&scorer, &table);
    spell(term, text);
    ro_segment_list list = ro_segment_term(segment, ro_str_from(text));
    ro_cursor_open(&cursor, segment, list);
    uint32_t df = 0;
    for (uint32_t i = next_with(model, 0, term); i != RO_NO_DOC; df++) {
        check_place(&cursor, &model->documents[i], i, term);
        check_bound(&cursor, &model->documents[i], term, &scorer, &table);
        (void)ro_cursor_next(&cursor);
        i = next_with(model, i + 1, term);
    }
    assert_int_equal(cursor.doc, RO_NO_DOC);
    assert_int_equal(list.df, df);
    for (int strides = 0; strides < 8; strides++) {
        uint32_t stride = 1 + random_below(strides < 4 ? 10 : 200);
        ro_cursor_open(&cursor, segment, list);
        for (uint32_t at = random_below(stride); cursor.doc != RO_NO_DOC; at += stride) {
            if (random_below(2)) {
                ro_cursor_shallow(&cursor, at);
                assert_true(cursor.last >= at);
            }
            uint32_t is = next_with(model, at, term);
            uint32_t doc = ro_cursor_advance(&cursor, at);
            assert_int_equal(doc, is);
            if (is != RO_NO_DOC) {
                check_place(&cursor, &model->documents[is], is, term);
                at = is;
            }
        }
    }
}

/* A word much like one that is there is found where going to it finds it. */
static void check_neighbour(const ro_segment *segment, const char *text) {
    char other[40];
    ro_segment_words words;
    ro_segment_word word;
    (void)snprintf(other, sizeof other, "%s", text);
    size_t len = strlen(other);
    other[random_below((uint32_t)len + 1)] += (char)((int)random_below(3) - 1);
    ro_str like = ro_str_make(other, len + random_below(2));
    ro_segment_seek(segment, like, &words);
    bool there = ro_segment_next(&words, &word) && ro_str_equal(word.text, like);
    assert_int_equal(ro_segment_find(segment, like, &word), there);
}

static void check_dictionary(const ro_segment *segment, const corpus *model) {
    ro_segment_words words;
    ro_segment_word word;
    uint64_t count = 0;
    char last[32] = "";
    for (ro_segment_seek(segment, RO_STR(""), &words); ro_segment_next(&words, &word); count++) {
        ro_segment_word found;
        char text[32];
        (void)snprintf(text, sizeof text, "%.*s", RO_STR_ARG(word.text));
        assert_true(strcmp(last, text) < 0);
        assert_true(ro_segment_find(segment, word.text, &found));
        assert_ptr_equal(found.stems.at, word.stems.at);
        assert_int_equal(found.form.cf, word.form.cf);
        check_neighbour(segment, text);
        (void)snprintf(last, sizeof last, "%s", text);
        ro_segment_words from;
        ro_segment_seek(segment, ro_str_make(text, strlen(text) - 1), &from);
        assert_true(ro_segment_next(&from, &found));
        assert_true(ro_str_compare(found.text, word.text) <= 0);
    }
    assert_int_equal(count, segment->word_count);
    assert_false(words.damaged);
    for (uint32_t term = 0; term < 2 * TERMS; term++) {
        check_list(segment, model, term);
    }
    assert_false(ro_segment_find(segment, RO_STR("word1x"), &word));
    assert_false(ro_segment_find(segment, RO_STR(""), &word));
    assert_false(ro_segment_find(segment, RO_STR("\xff"), &word));
}

/* Frequencies of stems and of forms as the lexicon counts them. */
static void check_frequencies(const ro_segment *segment, const corpus *model) {
    for (uint32_t term = 0; term < TERMS; term++) {
        int64_t is[4] = {0};
        char text[32];
        ro_segment_word word;
        spell(term, text);
        for (uint32_t i = 0; i < model->count; i++) {
            int64_t here[3] = {0};
            const document *in = &model->documents[i];
            for (int f = 0; f < RO_FIELD_COUNT; f++) {
                for (uint32_t w = 0; w < in->words[f]; w++) {
                    here[0] += in->tokens[f][w].stem == term;
                    here[1] += in->tokens[f][w].stem == term && !in->tokens[f][w].form;
                    here[2] += in->tokens[f][w].form == term + 1;
                }
            }
            is[0] += here[0] > 0;
            is[1] += here[0];
            is[2] += (here[1] > 0) + (here[2] > 0);
            is[3] += here[1] + here[2];
        }
        (void)ro_segment_find(segment, ro_str_from(text), &word);
        assert_int_equal(word.stem.df, is[0]);
        assert_int_equal(word.stem.cf, is[1]);
        assert_int_equal(word.form.df, is[2]);
        assert_int_equal(word.form.cf, is[3]);
    }
}

static void check_all(const ro_segment *segment, const corpus *model) {
    ro_error err = RO_ERROR_INIT;
    must(ro_segment_check(segment, &err), &err);
    check_documents(segment, model);
    check_dictionary(segment, model);
}

static void what_is_built_is_read_again(void **state) {
    static const struct {
        uint32_t documents, block;
    } cases[] = {{1, 0}, {2, 1}, {7, 3}, {40, 8}, {300, 2}, {300, 9}, {700, 0}, {1500, 64}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        corpus model = make_corpus(cases[i].documents, 88172645463325252u + i);
        ro_segment *segment = build(&model, cases[i].block, 1, 0);
        check_all(segment, &model);
        check_frequencies(segment, &model);
        ro_segment_close(segment);
        free(model.documents);
    }
}

/* The postings of one segment, posted term by term, make another like it. */
static void postings_make_a_segment(void **state) {
    (void)state;
    ro_segment_builder *builder;
    corpus model = make_corpus(250, 4711);
    ro_error err = RO_ERROR_INIT;
    must(ro_segment_builder_new(16, &builder, &err), &err);
    for (uint32_t i = 0; i < model.count; i++) {
        const document *is = &model.documents[i];
        must(ro_segment_builder_declare(builder, is->doc, is->words[0], is->words[1], &err), &err);
    }
    for (uint32_t term = 0; term < 2 * TERMS; term++) {
        char text[32];
        spell(term, text);
        for (uint32_t i = 0; i < model.count; i++) {
            uint64_t positions[2 * WORDS_MAX];
            uint32_t title;
            size_t count = positions_of(&model.documents[i], term, positions, &title);
            must(ro_segment_builder_post(builder, ro_str_from(text), i, positions, count, &err),
                 &err);
        }
    }
    must(ro_segment_builder_write(builder, new_path(), &err), &err);
    ro_segment_builder_free(builder);
    ro_segment *segment = open_segment(path);
    check_all(segment, &model);
    ro_segment_close(segment);
    free(model.documents);
}

/* ---- merging -------------------------------------------------------------------------------- */

static bool is_live(void *context, ro_doc doc) {
    const uint32_t *dead_of = context;
    return !*dead_of || (uint64_t)doc * 2654435761u % 97 % *dead_of != 0;
}

/* The model without the dead. */
static corpus survivors(const corpus *model, uint32_t dead_of) {
    corpus left = {.documents = calloc(model->count, sizeof *left.documents)};
    assert_non_null(left.documents);
    for (uint32_t i = 0; i < model->count; i++) {
        if (is_live(&dead_of, model->documents[i].doc)) {
            left.documents[left.count++] = model->documents[i];
        }
    }
    return left;
}

static void what_is_merged_is_read_again(void **state) {
    static const struct {
        uint32_t documents, parts, dead_of, block;
    } cases[] = {{1, 1, 0, 0},   {40, 3, 0, 3},  {300, 2, 3, 5},  {300, 7, 2, 0},
                 {600, 1, 4, 9}, {600, 2, 0, 0}, {900, 10, 5, 64}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t parts = cases[i].parts;
        uint32_t dead_of = cases[i].dead_of;
        ro_segment *segments[10];
        ro_error err = RO_ERROR_INIT;
        corpus model = make_corpus(cases[i].documents, 1234567891011u + i);
        for (uint32_t p = 0; p < parts; p++) {
            segments[p] = build(&model, p % 2 ? 0 : cases[i].block, parts, p);
        }
        must(ro_segment_merge((const ro_segment *const *)segments, parts, cases[i].block, is_live,
                              NULL, &dead_of, new_path(), &err),
             &err);
        ro_segment *merged = open_segment(path);
        corpus left = survivors(&model, dead_of);
        check_all(merged, &left);
        check_frequencies(merged, &model); /* those of the dead stay */
        ro_segment_close(merged);
        for (uint32_t p = 0; p < parts; p++) {
            ro_segment_close(segments[p]);
        }
        free(left.documents);
        free(model.documents);
    }
}

static bool none_is_live(void *context, ro_doc doc) {
    (void)context;
    return doc == 0;
}

static void segments_of_the_dead_merge_to_nothing(void **state) {
    (void)state;
    corpus model = make_corpus(20, 77);
    ro_segment *segment = build(&model, 0, 1, 0);
    const ro_segment *const segments[] = {segment};
    assert_int_equal(ro_segment_merge(segments, 1, 0, none_is_live, NULL, NULL, new_path(), NULL),
                     RO_NOT_FOUND);
    assert_int_equal(access(path, F_OK), -1);
    ro_segment_close(segment);
    free(model.documents);
}

static void a_segment_never_replaces_a_file(void **state) {
    (void)state;
    corpus model = make_corpus(20, 78);
    ro_segment *segment = build(&model, 0, 1, 0);
    const ro_segment *const segments[] = {segment};
    ro_error err = RO_ERROR_INIT;
    must(ro_segment_merge(segments, 1, 0, NULL, NULL, NULL, new_path(), &err), &err);
    assert_int_equal(ro_segment_merge(segments, 1, 0, NULL, NULL, NULL, path, NULL), RO_IO);
    ro_segment_close(open_segment(path)); /* whole, and removed */
    ro_segment_close(segment);
    free(model.documents);
}

/* ---- damage --------------------------------------------------------------------------------- */

static void write_file(const char *to, const uint8_t *bytes, size_t len) {
    FILE *file = fopen(to, "we");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

static void a_file_cut_short_does_not_open(void **state) {
    (void)state;
    corpus model = make_corpus(60, 79);
    ro_segment *segment = build(&model, 4, 1, 0);
    for (size_t len = 0; len < segment->size; len += 1 + len / 16) {
        ro_segment *opened;
        write_file(new_path(), segment->map, len);
        assert_int_equal(ro_segment_open(path, &opened, NULL), RO_DAMAGED);
        assert_null(opened);
        assert_int_equal(unlink(path), 0);
    }
    ro_segment_close(segment);
    assert_int_equal(ro_segment_open("/tmp/readout-no-such.seg", &segment, NULL), RO_NOT_FOUND);
    free(model.documents);
}

/* Any bit that is turned is found by the check, or at opening. */
static void every_turned_bit_is_found(void **state) {
    (void)state;
    corpus model = make_corpus(30, 80);
    ro_segment *segment = build(&model, 4, 1, 0);
    uint8_t *copy = malloc(segment->size);
    assert_non_null(copy);
    memcpy(copy, segment->map, segment->size);
    size_t slack = segment->size - RO_PACK_SLACK;
    for (size_t i = 0; i < slack; i += 1 + random_below(7)) {
        ro_segment *opened;
        copy[i] ^= (uint8_t)(1u << random_below(8));
        write_file(new_path(), copy, segment->size);
        ro_status status = ro_segment_open(path, &opened, NULL);
        bool gap = status == RO_OK && ro_segment_check(opened, NULL) == RO_OK;
        assert_true(!gap || copy[i] == 1 << __builtin_ctz(copy[i])); /* padding: was zero */
        ro_segment_close(opened);
        assert_int_equal(unlink(path), 0);
        copy[i] = segment->map[i];
    }
    free(copy);
    ro_segment_close(segment);
    free(model.documents);
}

static void codes_of_impacts_bound_their_numbers(void **state) {
    (void)state;
    for (unsigned code = 1; code < 256; code++) {
        assert_true(ro_impact_value((uint8_t)code) > ro_impact_value((uint8_t)(code - 1)));
    }
    for (unsigned code = 0; code < 32; code++) {
        assert_int_equal(ro_impact_value((uint8_t)code), code);
    }
}

#define BLOCKED 1024 /* documents, in blocks of RO_PACK_RUN */

typedef struct bodies {
    uint32_t docs[BLOCKED], tf[BLOCKED], title[BLOCKED], words[BLOCKED];
    uint16_t title_words[BLOCKED];
    ro_totals totals;
} bodies;

static void make_bodies(bodies *b) {
    *b = (bodies){.totals = {.documents = BLOCKED}};
    for (uint32_t i = 0; i < BLOCKED; i++) {
        b->docs[i] = i;
        b->words[i] = 20 + random_below(1 + random_below(3000));
        b->tf[i] = 1 + random_below(1 + b->words[i] / 10);
        b->totals.words[1] += b->words[i];
    }
}

static void check_bounds(const bodies *b, uint32_t from, uint32_t count, const ro_scorer *scorer,
                         const ro_impacts *impacts) {
    double best = 0;
    ro_impact_table table;
    ro_impact_table_make(scorer, &table);
    for (uint32_t i = from; i < from + count; i++) {
        double x = b->tf[i] / (1 - scorer->rank.b[1] + scorer->slope[1] * b->words[i]);
        best = x > best ? x : best;
    }
    double bound = (double)ro_impacts_bound(impacts, &table);
    assert_true(bound >= best && bound <= best * 1.08);
}

static void bounds_are_hardly_more_than_the_best_document_brings(void **state) {
    (void)state;
    seed = 5;
    for (int run = 0; run < 100; run++) {
        bodies b;
        ro_length_codes codes;
        ro_scorer scorer;
        ro_impacts all = {0};
        ro_rank rank = {.k1 = 1.2, .b = {0, random_below(5) / 4.0}, .weight = {1, 1}};
        make_bodies(&b);
        ro_scorer_init(&scorer, &rank, &b.totals);
        assert_int_equal(ro_length_codes_make(&codes, b.words, b.title_words, BLOCKED, NULL),
                         RO_OK);
        for (uint32_t from = 0; from < BLOCKED; from += RO_PACK_RUN) {
            ro_impacts block;
            ro_impacts_make(&codes, b.docs + from, b.tf + from, b.title + from, RO_PACK_RUN,
                            &block);
            check_bounds(&b, from, RO_PACK_RUN, &scorer, &block);
            ro_impacts_merge(&codes, &block, &all);
        }
        check_bounds(&b, 0, BLOCKED, &scorer, &all);
        ro_length_codes_release(&codes);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_built_is_read_again),
        cmocka_unit_test(postings_make_a_segment),
        cmocka_unit_test(what_is_merged_is_read_again),
        cmocka_unit_test(segments_of_the_dead_merge_to_nothing),
        cmocka_unit_test(a_segment_never_replaces_a_file),
        cmocka_unit_test(a_file_cut_short_does_not_open),
        cmocka_unit_test(every_turned_bit_is_found),
        cmocka_unit_test(codes_of_impacts_bound_their_numbers),
        cmocka_unit_test(bounds_are_hardly_more_than_the_best_document_brings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
