/* indexer: sources, formats, walking. */
#include "indexer/source.h"
#include "indexer/walk.h"
#include "readout/parser.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <cmocka.h>

/* ---- a directory for each test ----------------------------------------------------------------
 */

static char directory[] = "/tmp/readout-source-XXXXXX";

static int make_directory(void **state) {
    (void)state;
    memcpy(directory + sizeof directory - 7, "XXXXXX", 6);
    return mkdtemp(directory) ? 0 : -1;
}

static int remove_directory(void **state) {
    (void)state;
    char command[100];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", directory);
    return system(command); /* NOLINT(cert-env33-c) */
}

static const char *path_of(const char *name) {
    static char path[300];
    (void)snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

static const char *write_file(const char *name, const void *bytes, size_t len) {
    FILE *file = fopen(path_of(name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
    return path_of(name);
}

/* Reads all; the status of the first fault. */
static ro_status read_all(const char *path, ro_buf *out, ro_error *err) {
    ro_source *source = NULL;
    ro_status status = ro_source_open(path, &source, err);
    while (status == RO_OK && !ro_source_at_end(source)) {
        status = ro_source_read(source, 1000, out, err);
    }
    ro_source_close(source);
    return status;
}

static size_t pack_gzip(const char *text, size_t len, char *out, size_t room) {
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (Bytef *)(uintptr_t)text;
    z.avail_in = (uInt)len;
    z.next_out = (Bytef *)out;
    z.avail_out = (uInt)room;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    size_t packed = z.total_out;
    assert_int_equal(deflateEnd(&z), Z_OK);
    return packed;
}

/* ---- sources ----------------------------------------------------------------------------------
 */

static void files_are_unpacked_on_the_way(void **state) {
    (void)state;
    static char text[200000];
    static char packed[2 * sizeof text];
    for (size_t i = 0; i < sizeof text; i++) {
        text[i] = (char)('a' + i * i % 23);
    }
    size_t half = sizeof text / 2;
    size_t gzip = pack_gzip(text, half, packed, sizeof packed);
    gzip += pack_gzip(text + half, sizeof text - half, packed + gzip, sizeof packed - gzip);
    const char *paths[3];
    char names[3][300];
    paths[0] = write_file("plain", text, sizeof text);
    (void)snprintf(names[0], sizeof names[0], "%s", paths[0]);
    (void)snprintf(names[1], sizeof names[1], "%s", write_file("gz", packed, gzip));
    size_t zstd = ZSTD_compress(packed, sizeof packed, text, half, 3);
    zstd += ZSTD_compress(packed + zstd, sizeof packed - zstd, text + half, sizeof text - half, 3);
    (void)snprintf(names[2], sizeof names[2], "%s", write_file("zst", packed, zstd));
    for (size_t i = 0; i < 3; i++) {
        ro_buf out = RO_BUF_INIT;
        ro_error err = RO_ERROR_INIT;
        assert_int_equal(read_all(names[i], &out, &err), RO_OK);
        assert_int_equal(out.len, sizeof text);
        assert_memory_equal(out.ptr, text, sizeof text);
        ro_buf_release(&out);
    }
}

/* Some tapes pad with zeros; wherever a read of the file ends, before or in the padding. */
static void padding_after_gzip_members_is_passed_over(void **state) {
    (void)state;
    enum { RAW = 128 << 10 };
    static char text[RAW], packed[3 * RAW];
    uint32_t seed = 1;
    for (size_t i = 0; i < sizeof text; i++) {
        text[i] = (char)((seed = seed * 1664525 + 1013904223) >> 24);
    }
    size_t len = sizeof text - 1000;
    while (pack_gzip(text, len, packed, sizeof packed) < RAW - 8) {
        len++;
    }
    for (size_t members = 1; members <= 2; members++) {
        for (size_t extra = 0; extra < 16; extra++) {
            memset(packed, 0, sizeof packed);
            size_t at = pack_gzip(text, len + extra, packed, sizeof packed);
            at += members == 2 ? pack_gzip(text, 100, packed + at, sizeof packed - at) : 0;
            ro_buf out = RO_BUF_INIT;
            ro_error err = RO_ERROR_INIT;
            assert_int_equal(read_all(write_file("gz", packed, at + 512), &out, &err), RO_OK);
            assert_int_equal(out.len, len + extra + (members == 2 ? 100 : 0));
            ro_buf_release(&out);
        }
    }
}

static void damaged_archives_say_so(void **state) {
    (void)state;
    char text[5000];
    char packed[6000];
    for (size_t i = 0; i < sizeof text; i++) {
        text[i] = (char)('a' + i * i % 23);
    }
    size_t gzip = pack_gzip(text, sizeof text, packed, sizeof packed);
    ro_buf out = RO_BUF_INIT;
    ro_error err = RO_ERROR_INIT;
    assert_int_equal(read_all(write_file("a", packed, gzip - 9), &out, &err), RO_FORMAT);
    assert_non_null(strstr(err.message, "too early"));
    packed[gzip - 6] ^= 1;
    err = (ro_error)RO_ERROR_INIT;
    assert_int_equal(read_all(write_file("a", packed, gzip), &out, &err), RO_FORMAT);
    assert_non_null(strstr(err.message, "damaged gzip"));
    size_t zstd = ZSTD_compress(packed, sizeof packed, text, sizeof text, 3);
    err = (ro_error)RO_ERROR_INIT;
    assert_int_equal(read_all(write_file("a", packed, zstd - 1), &out, &err), RO_FORMAT);
    assert_non_null(strstr(err.message, "too early"));
    memset(packed + 4, 0xFF, 8);
    err = (ro_error)RO_ERROR_INIT;
    assert_int_equal(read_all(write_file("a", packed, zstd), &out, &err), RO_FORMAT);
    assert_non_null(strstr(err.message, "damaged zstd"));
    ro_buf_release(&out);
}

/* A gzip file whose content is `size` bytes of one letter, behind 20 KB that do not shrink. */
static ro_status read_bomb(size_t size, size_t *packed_size) {
    size_t noise = 20000;
    char *text = malloc(size);
    char *packed = malloc(size / 100 + 2 * noise);
    assert_non_null(text);
    assert_non_null(packed);
    memset(text, 'a', size);
    uint32_t random = 1;
    for (size_t i = 0; i < noise; i++) {
        random = random * 1664525u + 1013904223u;
        text[i] = (char)(random >> 24);
    }
    *packed_size = pack_gzip(text, size, packed, size / 100 + 2 * noise);
    ro_buf out = RO_BUF_INIT;
    ro_status status = read_all(write_file("bomb", packed, *packed_size), &out, NULL);
    ro_buf_release(&out);
    free(text);
    free(packed);
    return status;
}

static void a_bomb_is_stopped(void **state) {
    (void)state;
    size_t packed = 0;
    assert_int_equal(read_bomb(RO_EXPANSION_FREE, &packed), RO_OK);
    /* grows as much as is allowed, and less */
    assert_int_equal(read_bomb((size_t)(RO_EXPANSION_FREE + (1 << 20)), &packed),
                     (RO_EXPANSION_FREE + (1 << 20)) / packed >= RO_EXPANSION_MAX ? RO_LIMIT
                                                                                  : RO_OK);
    assert_int_equal(read_bomb((size_t)RO_EXPANSION_FREE * 4, &packed), RO_LIMIT);
}

static void what_is_no_file_is_refused(void **state) {
    (void)state;
    ro_source *source = NULL;
    ro_error err = RO_ERROR_INIT;
    assert_int_equal(ro_source_open(path_of("missing"), &source, &err), RO_NOT_FOUND);
    assert_int_equal(ro_source_open(directory, &source, NULL), RO_INVALID);
    assert_int_equal(mkfifo(path_of("pipe"), 0600), 0);
    assert_int_equal(ro_source_open(path_of("pipe"), &source, NULL), RO_INVALID);
    assert_null(source);
}

static void the_hash_is_of_all_bytes_of_the_file(void **state) {
    (void)state;
    ro_source *source = NULL;
    uint8_t hash[32];
    assert_int_equal(ro_source_open(write_file("abc", "abc", 3), &source, NULL), RO_OK);
    assert_int_equal(ro_source_hash(source, hash, NULL), RO_OK);
    ro_source_close(source);
    static const uint8_t START[] = {0xBA, 0x78, 0x16, 0xBF};
    assert_memory_equal(hash, START, sizeof START);
}

/* ---- formats ----------------------------------------------------------------------------------
 */

static void formats_are_found_by_content_then_by_name(void **state) {
    (void)state;
    static const struct {
        const char *head, *path, *format;
    } CASES[] = {
        {"Talks end\nThey did.", "a", "text"},
        {"Talks end\nThey did.", "a.html", "html"},
        {"<!DOCTYPE html><p>x", "a.txt", "html"},
        {"<?xml version='1.0'?><!-- c --><rss>", "a.html", "feed"},
        {"<?xml version='1.0'?><html>", "a.xml", "html"},
        {"\xEF\xBB\xBF  <feed xmlns='x'>", "a", "feed"},
        {"<?xml version='1.0'?><nitf>", "a.xml", "feed"},
        {"< 5 per cent of all", "a.txt", "text"},
        {"{\"id\":1}\n{\"id\":2}\n", "a.json", "ndjson"},
        {"{\"id\":1}\n{\"id\":2}\n", "a.txt", "ndjson"},
        {"{\"id\":1}\n", "a.json", "json"},
        {"{\n \"id\": 1\n}", "a", "json"},
        {"{\"id\":1,\"body\":\"cut off he", "a.jsonl.zst", "ndjson"},
        {"[{\"id\":1}]", "a.txt", "json"},
        {"[Reuters] Talks end", "a.txt", "text"},
        {"{curly} words", "a.txt", "text"},
        {"---\ntitle: x\n---\ny", "a.txt", "markdown"},
        {"---\nno end", "a.txt", "text"},
        {"# Title\n", "a", "markdown"},
        {"Title\n", "a.md.gz", "markdown"},
        {"From a Tue\nSubject: x\nFrom: y\n\n", "a", "mbox"},
        {"From here on\nall went well", "a", "text"},
        {"Subject: x\nFrom: y\n folded\n\nz", "a.txt", "mail"},
        {"Note: x\nWell: y\n\nz", "a.txt", "text"},
        {"id,title,body\n1,2,3", "a.txt", "csv"},
        {"id;Headline\n1;2", "a", "csv"},
        {"x\ty\n", "a.tsv", "csv"},
        {"Title, and more", "a", "text"},
        {"\x01\x02\x03\x04\x05\x06\x07", "a.txt", NULL},
        {"\x7F"
         "ELF\x02\x01\x01\0\0\0",
         "a.txt", NULL},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const ro_format *format =
            ro_format_find(ro_str_from(CASES[i].head), ro_str_from(CASES[i].path));
        const char *name = format ? format->name : NULL;
        if ((name == NULL) != (CASES[i].format == NULL) ||
            (name && strcmp(name, CASES[i].format) != 0)) {
            fail_msg("'%s' (%s): %s", CASES[i].head, CASES[i].path, name ? name : "binary");
        }
    }
}

static void a_wait_for_input_ends_when_asked_to(void **state) {
    (void)state;
    static atomic_int stop;
    int ends[2];
    ro_source *source = NULL;
    ro_buf buf = RO_BUF_INIT;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "ab", 2), 2);
    assert_int_equal(ro_source_from_fd(ends[0], &source, NULL), RO_OK);
    ro_source_stop_on(source, &stop);
    assert_int_equal(ro_source_read(source, 2, &buf, NULL), RO_OK);
    assert_int_equal(buf.len, 2);
    stop = SIGTERM;
    assert_int_equal(ro_source_read(source, 2, &buf, NULL), RO_DEADLINE);
    ro_source_close(source);
    ro_buf_release(&buf);
    (void)close(ends[0]);
    (void)close(ends[1]);
}

static void streams_are_cut_between_records(void **state) {
    (void)state;
    static const struct {
        const char *format, *bytes;
        size_t cut;
    } CASES[] = {
        {"ndjson", "a\nb\nc", 4},
        {"ndjson", "abc", 0},
        {"csv", "a,\"b\nc\"\nd", 8},
        {"csv", "a,\"b\nc", 0},
        {"csv", "a,\"b\"\"\n\"\nd", 9},
        {"csv", "a 5\" disk,b\nc", 12},
        {"csv", "a,\"b\" and \"c\nd", 13},
        {"csv", "a;\"b\nc", 5},
        {"mbox", "From a\n\nx\n\nFrom b\n\ny", 11},
        {"mbox", "From a\nFrom b\n", 0},
        {"mbox", "From a\r\n\r\nFrom b", 10},
        {"ndjson", "", 0},
        {"mbox", "", 0},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const ro_format *format = ro_format_named(ro_str_from(CASES[i].format));
        assert_non_null(format);
        size_t cut = format->split(RO_STR("id,title\n"), ro_str_from(CASES[i].bytes));
        assert_int_equal(cut, CASES[i].cut);
    }
    assert_null(ro_format_named(RO_STR("nothing")));
}

/* ---- walking ----------------------------------------------------------------------------------
 */

typedef struct walked {
    ro_buf files;
    size_t skipped;
} walked;

static ro_status take_file(void *context, const char *path, const struct stat *stat,
                           ro_error *err) {
    (void)stat;
    (void)err;
    walked *all = context;
    ro_buf_printf(&all->files, "%s ", path + strlen(directory));
    return RO_OK;
}

static void take_skip(void *context, const char *path, const ro_error *why) {
    (void)path;
    (void)why;
    ((walked *)context)->skipped++;
}

static void check_walk(const char *except, const char *files, size_t skipped) {
    walked all = {RO_BUF_INIT, 0};
    ro_walk_sink sink = {.file = take_file, .skip = take_skip, .context = &all};
    assert_int_equal(ro_walk(directory, except, &sink, NULL), RO_OK);
    ro_buf_add_byte(&all.files, 0);
    assert_string_equal(all.files.ptr, files);
    assert_int_equal(all.skipped, skipped);
    ro_buf_release(&all.files);
}

static void a_walk_is_in_order_and_ends(void **state) {
    (void)state;
    assert_int_equal(mkdir(path_of("b"), 0700), 0);
    assert_int_equal(mkdir(path_of("index"), 0700), 0);
    (void)write_file("c", "", 0);
    (void)write_file("a", "", 0);
    (void)write_file(".hidden", "", 0);
    (void)write_file("b/x", "", 0);
    (void)write_file("index/y", "", 0);
    assert_int_equal(symlink("..", path_of("b/loop")), 0);
    assert_int_equal(symlink("b", path_of("d")), 0);
    assert_int_equal(symlink("nowhere", path_of("e")), 0);
    assert_int_equal(symlink("a", path_of("f")), 0);
    char index[300];
    (void)snprintf(index, sizeof index, "%s", path_of("index"));
    check_walk(index, "/a /b/x /c /f ", 1);
    check_walk(NULL, "/a /b/x /c /f /index/y ", 1);
}

static void a_walk_stops_at_its_depth(void **state) {
    (void)state;
    char path[4096];
    size_t len = (size_t)snprintf(path, sizeof path, "%s", directory);
    for (int i = 1; i <= RO_WALK_DEPTH_MAX; i++) {
        len += (size_t)snprintf(path + len, sizeof path - len, "/d");
        assert_int_equal(mkdir(path, 0700), 0);
        if (i == RO_WALK_DEPTH_MAX - 1) {
            (void)snprintf(path + len, sizeof path - len, "/in");
            assert_true(close(creat(path, 0600)) == 0);
        }
    }
    (void)snprintf(path + len, sizeof path - len, "/out");
    assert_true(close(creat(path, 0600)) == 0);
    walked all = {RO_BUF_INIT, 0};
    ro_walk_sink sink = {.file = take_file, .skip = take_skip, .context = &all};
    assert_int_equal(ro_walk(directory, NULL, &sink, NULL), RO_OK);
    ro_buf_add_byte(&all.files, 0);
    assert_non_null(strstr(all.files.ptr, "/in "));
    assert_null(strstr(all.files.ptr, "/out "));
    assert_int_equal(all.skipped, 1);
    ro_buf_release(&all.files);
}

static void paths_become_absolute(void **state) {
    (void)state;
    static const char *const CASES[][2] = {
        {"/a//b/./c/../d/", "/a/b/d"}, {"/../..", "/"}, {"/", "/"}, {"/a/b/../../..", "/"}};
    ro_buf out = RO_BUF_INIT;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        assert_int_equal(ro_path_absolute(CASES[i][0], &out, NULL), RO_OK);
        assert_string_equal(out.ptr, CASES[i][1]);
    }
    assert_int_equal(ro_path_absolute("x", &out, NULL), RO_OK);
    assert_int_equal(out.ptr[0], '/');
    ro_buf_release(&out);
}

int main(void) {
#define IN_DIRECTORY(test) cmocka_unit_test_setup_teardown(test, make_directory, remove_directory)
    const struct CMUnitTest tests[] = {
        IN_DIRECTORY(files_are_unpacked_on_the_way),
        IN_DIRECTORY(padding_after_gzip_members_is_passed_over),
        IN_DIRECTORY(damaged_archives_say_so),
        IN_DIRECTORY(a_bomb_is_stopped),
        IN_DIRECTORY(what_is_no_file_is_refused),
        IN_DIRECTORY(the_hash_is_of_all_bytes_of_the_file),
        cmocka_unit_test(formats_are_found_by_content_then_by_name),
        cmocka_unit_test(a_wait_for_input_ends_when_asked_to),
        cmocka_unit_test(streams_are_cut_between_records),
        IN_DIRECTORY(a_walk_is_in_order_and_ends),
        IN_DIRECTORY(a_walk_stops_at_its_depth),
        cmocka_unit_test(paths_become_absolute),
    };
    return cmocka_run_group_tests_name("source", tests, NULL, NULL);
}
