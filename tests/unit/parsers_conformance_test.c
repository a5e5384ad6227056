/* The parsers over outside data: JSONTestSuite's verdicts, html5lib's and feedparser's inputs,
 * bombs. Ends with 77 where the data is not there. */
#include "collect.h"

#include "indexer/parsers/common.h"

#include <fts.h>
#include <sys/stat.h>
#include <time.h>

#define SLOWEST 20 /* seconds of processor time for one hostile file, under sanitizers as well */

static char root[4096];

typedef void (*file_fn)(const char *name, ro_str bytes, void *context);

static bool read_file(const char *path, ro_buf *out) {
    FILE *file = fopen(path, "rb");
    ro_buf_clear(out);
    for (size_t got = 1; file && got > 0;) {
        char *to = ro_buf_reserve(out, 65536);
        got = to ? fread(to, 1, 65536, file) : 0;
        out->len += got;
    }
    return file && fclose(file) == 0;
}

/* Calls for every file under `folder`; how many there were. */
static size_t each_file(const char *folder, file_fn fn, void *context) {
    char path[4200];
    (void)snprintf(path, sizeof path, "%s/%s", root, folder);
    char *const paths[] = {path, NULL};
    FTS *fts = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    ro_buf bytes = RO_BUF_INIT;
    size_t count = 0;
    assert_non_null(fts);
    for (FTSENT *entry; (entry = fts_read(fts)) != NULL;) {
        if (entry->fts_info == FTS_F && read_file(entry->fts_path, &bytes)) {
            fn(entry->fts_name, ro_buf_str(&bytes), context);
            count++;
        }
    }
    (void)fts_close(fts);
    ro_buf_release(&bytes);
    return count;
}

/* Jansson takes no NUL in the key of an object, even escaped. */
static bool is_known_deviation(const char *name) {
    return strcmp(name, "y_object_escaped_null_in_key.json") == 0;
}

static void check_verdict(const char *name, ro_str bytes, void *context) {
    (void)context;
    json_t *json = NULL;
    ro_status status = ro_json_read(bytes, (size_t)64 << 20, &json, NULL);
    if ((name[0] == 'y' && status != RO_OK && !is_known_deviation(name)) ||
        (name[0] == 'n' && status == RO_OK)) {
        fail_msg("%s: %s", name, ro_status_name(status));
    }
    json_decref(json);
    collected all = collect(ro_parse_json, bytes);
    collected_release(&all);
    all = collect(ro_parse_ndjson, bytes);
    assert_int_equal(all.status, RO_OK);
    collected_release(&all);
}

static void json_test_suite_agrees(void **state) {
    (void)state;
    assert_true(each_file("JSONTestSuite/test_parsing", check_verdict, NULL) >= 300);
}

/* Every format has to end with a verdict on every input, in time. */
static void survive(const char *name, ro_str bytes, void *context) {
    static const char *const FORMATS[] = {"text", "html", "markdown", "json", "ndjson",
                                          "feed", "mail", "mbox",     "csv"};
    (void)context;
    (void)ro_format_find(bytes, ro_str_from(name));
    for (size_t i = 0; i < sizeof FORMATS / sizeof *FORMATS; i++) {
        clock_t start = clock();
        collected all = collect(ro_format_named(ro_str_from(FORMATS[i]))->parse, bytes);
        if (all.status != RO_OK && all.status != RO_FORMAT && all.status != RO_LIMIT) {
            fail_msg("%s as %s: %s", name, FORMATS[i], all.error.message);
        }
        if (clock() - start > (clock_t)SLOWEST * CLOCKS_PER_SEC) {
            fail_msg("%s as %s: too slow", name, FORMATS[i]);
        }
        collected_release(&all);
    }
}

static void hostile_files_end_with_a_verdict(void **state) {
    (void)state;
    assert_true(each_file("hostile", survive, NULL) >= 15);
}

/* "#data" sections of html5lib's files, each a page. */
static void parse_pages(const char *name, ro_str bytes, void *context) {
    (void)name;
    for (const char *at = bytes.ptr, *end = bytes.ptr + bytes.len; at < end;) {
        const char *data = memmem(at, (size_t)(end - at), "#data\n", 6);
        const char *errors = data ? memmem(data, (size_t)(end - data), "\n#errors", 8) : NULL;
        if (!errors) {
            break;
        }
        if (errors >= data + 6) {
            collected all =
                collect(ro_parse_html, ro_str_make(data + 6, (size_t)(errors - data - 6)));
            assert_true(all.status == RO_OK || all.status == RO_FORMAT);
            collected_release(&all);
            ++*(size_t *)context;
        }
        at = errors + 8;
    }
}

static void html5lib_pages_are_read(void **state) {
    (void)state;
    size_t pages = 0;
    (void)each_file("html5lib-tests/tree-construction", parse_pages, &pages);
    assert_true(pages >= 1500);
}

typedef struct feed_count {
    size_t files, with_entries;
} feed_count;

static void parse_feed(const char *name, ro_str bytes, void *context) {
    feed_count *count = context;
    (void)name;
    collected all = collect(ro_parse_feed, bytes);
    assert_true(all.status == RO_OK || all.status == RO_FORMAT || all.status == RO_LIMIT);
    count->files++;
    count->with_entries += json_array_size(all.articles) > 0 ? 1 : 0;
    collected_release(&all);
}

static void feedparser_feeds_are_read(void **state) {
    (void)state;
    feed_count count = {0, 0};
    (void)each_file("feedparser/tests/wellformed", parse_feed, &count);
    print_message("%zu of %zu well-formed feeds gave articles\n", count.with_entries, count.files);
    assert_true(count.files >= 1000);
    assert_true(count.with_entries * 100 >= count.files * 40);
    (void)each_file("feedparser/tests/illformed", parse_feed, &count);
    (void)each_file("feedparser/tests/encoding", parse_feed, &count);
    (void)each_file("feedparser/tests/entities", parse_feed, &count);
}

int main(void) {
    const char *folder = getenv("READOUT_CONFORMANCE");
    struct stat stat_of;
    (void)snprintf(root, sizeof root, "%s", folder ? folder : "");
    if (!folder || stat(root, &stat_of) != 0) {
        (void)puts("skipped: no outside data (READOUT_CONFORMANCE)");
        return 77;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_test_suite_agrees),
        cmocka_unit_test(hostile_files_end_with_a_verdict),
        cmocka_unit_test(html5lib_pages_are_read),
        cmocka_unit_test(feedparser_feeds_are_read),
    };
    return cmocka_run_group_tests_name("parsers_conformance", tests, NULL, NULL);
}
