/* Leaves of facts that are damaged are built anew, as those of articles are: by the next writer
 * where opening shows it, else by a repair. Talks, participants, outcomes and statements are found
 * as before. */
#include "core/index/snapshot.h"
#include "core/index/writer.h"
#include "index_fixture.h"
#include "random_texts.h"
#include "readout/extract.h"

#include <fcntl.h>
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

#define ARTICLES 60
#define HITS 5

/* What is found of one kind. */
typedef struct picture {
    int64_t documents, total;
    ro_hit hits[HITS];
    size_t hit_count;
} picture;

static void put_random(fixture *f, ro_writer *writer, const ro_extractor *extractor,
                       unsigned number) {
    ro_article article = random_article(&f->arena, "a", number);
    (void)put_extracted(f, writer, extractor, &article);
}

/* Two leaves of each kind, and some dead among them. */
static void fill(fixture *f) {
    ro_extractor *extractor;
    ro_writer *writer = open_writer(f);
    OK(ro_extractor_new(RO_STR_NONE, &extractor, NULL));
    for (int kind = 0; kind < RO_KINDS; kind++) {
        writer->collections[kind].hot_words_max = 0;
    }
    for (unsigned i = 0; i < ARTICLES; i++) {
        put_random(f, writer, extractor, i);
        if (i + 1 == ARTICLES / 2) {
            OK(ro_writer_commit(writer, NULL));
        }
    }
    OK(ro_writer_commit(writer, NULL));
    for (unsigned i = 0; i < ARTICLES; i += 10) {
        bool found;
        OK(ro_writer_delete(writer, ro_arena_printf(&f->arena, "a%u", i), &found, NULL));
    }
    OK(ro_writer_commit(writer, NULL));
    ro_writer_close(writer);
    ro_extractor_free(extractor);
}

static const char *const word_of[RO_KINDS] = {[RO_KIND_ARTICLES] = "peac",
                                              [RO_KIND_TALKS] = "russia",
                                              [RO_KIND_PARTICIPANTS] = "minist",
                                              [RO_KIND_OUTCOMES] = "moratorium",
                                              [RO_KIND_STATEMENTS] = "said"};

static ro_status look(fixture *f, ro_kind kind, picture *out) {
    ro_snapshot *snapshot = open_snapshot(f);
    ro_search search = search_of(term_of(f, word_of[kind]), HITS);
    ro_found found;
    search.kind = kind;
    OK(ro_snapshot_documents(snapshot, kind, &out->documents, NULL));
    ro_status status = ro_snapshot_search(snapshot, &search, &f->arena, &found, NULL);
    out->total = found.total;
    out->hit_count = found.hit_count;
    for (size_t i = 0; i < found.hit_count; i++) {
        out->hits[i] = found.hits[i];
    }
    ro_snapshot_close(snapshot);
    return status;
}

static void is_as_before(fixture *f, const picture before[RO_KINDS]) {
    ro_snapshot *snapshot = open_snapshot(f);
    assert_sound(snapshot);
    ro_snapshot_close(snapshot);
    for (int kind = 0; kind < RO_KINDS; kind++) {
        picture now = {0};
        OK(look(f, (ro_kind)kind, &now));
        assert_int_equal(now.documents, before[kind].documents);
        assert_int_equal(now.total, before[kind].total);
        assert_int_equal(now.hit_count, before[kind].hit_count);
        for (size_t i = 0; i < now.hit_count; i++) {
            assert_int_equal(now.hits[i].doc, before[kind].hits[i].doc);
            assert_true(fabs(now.hits[i].score - before[kind].hits[i].score) < 1e-9);
        }
    }
}

/* The file of the first leaf of a kind, and its size. */
static off_t file_of(fixture *f, ro_kind kind, char path[128]) {
    struct stat st;
    ro_snapshot *snapshot = open_snapshot(f);
    size_t i = 0;
    while (i < snapshot->leaves.count && snapshot->leaves.at[i].kind != kind) {
        i++;
    }
    assert_true(i < snapshot->leaves.count);
    (void)snprintf(path, 128, "%s/segments/%lld.seg", f->directory,
                   (long long)snapshot->leaves.at[i].id);
    ro_snapshot_close(snapshot);
    assert_int_equal(stat(path, &st), 0);
    return st.st_size;
}

static void picture_all(fixture *f, picture out[RO_KINDS]) {
    for (int kind = 0; kind < RO_KINDS; kind++) {
        OK(look(f, (ro_kind)kind, &out[kind]));
        assert_true(out[kind].total > 0);
    }
}

static void a_leaf_that_cannot_be_opened_is_built_anew(void **state) {
    fixture *f = *state;
    picture before[RO_KINDS] = {0};
    fill(f);
    picture_all(f, before);
    for (int kind = 0; kind < RO_KINDS; kind++) {
        for (int way = 0; way < 2; way++) {
            char path[128];
            picture now;
            off_t size = file_of(f, (ro_kind)kind, path);
            assert_int_equal(way ? unlink(path) : truncate(path, size / 2), 0);
            assert_int_equal(look(f, (ro_kind)kind, &now), RO_DAMAGED);
            ro_writer_close(open_writer(f));
            is_as_before(f, before);
        }
    }
}

static void a_leaf_with_a_turned_bit_is_repaired(void **state) {
    fixture *f = *state;
    picture before[RO_KINDS] = {0};
    fill(f);
    picture_all(f, before);
    for (int kind = 0; kind < RO_KINDS; kind++) {
        char path[128];
        char byte;
        int64_t repaired;
        off_t at = file_of(f, (ro_kind)kind, path) / 3; /* among the postings */
        int file = open(path, O_RDWR | O_CLOEXEC);
        assert_true(file >= 0);
        assert_int_equal(pread(file, &byte, 1, at), 1);
        byte ^= 0x10;
        assert_int_equal(pwrite(file, &byte, 1, at), 1);
        assert_int_equal(close(file), 0);
        ro_writer *writer = open_writer(f);
        OK(ro_writer_repair(writer, &repaired, NULL));
        assert_int_equal(repaired, 1);
        ro_writer_close(writer);
        is_as_before(f, before);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {TEST(a_leaf_that_cannot_be_opened_is_built_anew),
                                       TEST(a_leaf_with_a_turned_bit_is_repaired)};
    return cmocka_run_group_tests_name("mended", tests, NULL, NULL);
}
