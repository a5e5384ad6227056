/* The query language, and with it everything from a query to its answer over a small index. The
 * first byte chooses how the request is made; a tab ends the query and starts the filter. */
#include "query/syntax.h"

#include "readout/extract.h"
#include "readout/query.h"
#include "readout/utf8.h"

#include <stdio.h>
#include <stdlib.h>

static ro_searcher *searcher;

static void must(ro_status status, const ro_error *err) {
    if (status != RO_OK) {
        (void)fprintf(stderr, "query_fuzz: %s\n", err->message);
        abort();
    }
}

static void put(ro_writer *writer, ro_preparer *preparer, const char *id, const char *title,
                const char *body, const char *language, ro_error *err) {
    ro_article article = {.id = ro_str_from(id),
                          .title = ro_str_from(title),
                          .body = ro_str_from(body),
                          .language = ro_str_from(language),
                          .source = RO_STR("Dow Jones"),
                          .published = 1739871000};
    ro_prepared *prepared;
    ro_change change;
    ro_extractor *extractor;
    ro_arena arena = RO_ARENA_INIT;
    ro_facts facts;
    must(ro_extractor_new(RO_STR(""), &extractor, err), err);
    must(ro_extract(extractor, &article, &arena, &facts, err), err);
    must(ro_prepare(preparer, &article, &facts, &prepared, err), err);
    must(ro_writer_put(writer, prepared, &change, err), err);
    ro_prepared_free(prepared);
    ro_arena_release(&arena);
    ro_extractor_free(extractor);
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc;
    (void)argv;
    static char directory[] = "/tmp/readout-query-fuzz-XXXXXX";
    ro_error err = RO_ERROR_INIT;
    ro_index *index;
    ro_writer *writer;
    ro_preparer *preparer;
    if (!mkdtemp(directory)) {
        abort();
    }
    must(ro_index_open(directory, RO_INDEX_CREATE, &index, &err), &err);
    must(ro_preparer_new(&preparer, &err), &err);
    must(ro_writer_open(index, ro_deadline_in_ms(1000), &writer, &err), &err);
    put(writer, preparer, "1", "Talks on covid-19 aid",
        "The U.S. and O'Neil's aides met. They agreed.", "en", &err);
    put(writer, preparer, "2",
        "Gespr\xC3\xA4"
        "che in Riad",
        "Die Gespr\xC3\xA4"
        "che gehen weiter.",
        "de", &err);
    put(writer, preparer, "3", "\xE5\x8C\x97\xE4\xBA\xAC\xE4\xBC\x9A\xE8\xB0\x88",
        "a b c a b c \xE5\x8C\x97\xE4\xBA\xAC a.b x@y.org http://x.org/a?b=c\n\nthe of and to",
        "zh", &err);
    put(writer, preparer, "4", "Kenya and Norway agree on a ledger",
        "OSLO, Norway (FC) - Kenya and Norway agreed to keep a ledger of catches, Norwegian "
        "Foreign "
        "Minister Ane Solberg said after talks in Oslo. The Kenyan delegation was led by Mercy "
        "Wanjiru. Norway proposed a joint patrol, but Kenya declined the offer.",
        "en", &err);
    must(ro_writer_commit(writer, &err), &err);
    ro_writer_close(writer);
    ro_preparer_free(preparer);
    must(ro_searcher_open(index, &searcher, &err), &err);
    return 0;
}

/* A text all in capitals reads its operators as words: a normal form may become one. */
static bool has_small_letters(ro_str text) {
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] >= 'a' && text.ptr[i] <= 'z') {
            return true;
        }
    }
    return false;
}

/* The normal form of a reading reads as itself. */
static void check_syntax(ro_str text) {
    ro_arena arena = RO_ARENA_INIT;
    ro_report report = {.arena = &arena, .in = "q"};
    ro_syntax *tree;
    bool everything;
    ro_buf first = RO_BUF_INIT, second = RO_BUF_INIT;
    if (ro_syntax_parse(text, &report, &tree, &everything, NULL) != RO_OK) {
        abort();
    }
    ro_syntax_print(tree, &first);
    if (ro_syntax_parse(ro_buf_str(&first), &report, &tree, &everything, NULL) != RO_OK) {
        abort();
    }
    ro_syntax_print(tree, &second);
    if (has_small_letters(ro_buf_str(&first)) &&
        !ro_str_equal(ro_buf_str(&first), ro_buf_str(&second))) {
        (void)fprintf(stderr, "query_fuzz: [%.*s] became [%.*s]\n", RO_STR_ARG(ro_buf_str(&first)),
                      RO_STR_ARG(ro_buf_str(&second)));
        abort();
    }
    ro_buf_release(&first);
    ro_buf_release(&second);
    ro_arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) {
        return 0;
    }
    ro_str text = ro_str_make((const char *)data + 1, size - 1);
    ro_request request = ro_request_default();
    const char *tab = memchr(text.ptr, '\t', text.len);
    request.q = tab ? ro_str_make(text.ptr, (size_t)(tab - text.ptr)) : text;
    request.filter = tab ? ro_str_make(tab + 1, text.len - request.q.len - 1) : RO_STR_NONE;
    request.match = (ro_match_mode)(data[0] % 3);
    request.prefix = data[0] & 4;
    request.highlight = data[0] & 8 ? RO_HIGHLIGHT_HTML : RO_HIGHLIGHT_OFFSETS;
    request.explain = data[0] & 16;
    request.facets = data[0] & 32 ? 15 : 0;
    request.limit = data[0] & 64 ? 1 : 10;
    request.kind = data[0] & 128 ? RO_KIND_ALL : data[0] % RO_KINDS;
    if (ro_utf8_valid(request.q)) {
        check_syntax(request.q);
    }
    ro_error err = RO_ERROR_INIT;
    json_t *answer;
    ro_status status = ro_searcher_search(searcher, &request, &answer, &err);
    if (status != RO_OK && status != RO_LIMIT) {
        must(status, &err);
    }
    json_decref(answer);
    request.limit = 5;
    must(ro_searcher_suggest(searcher, &request, &answer, &err), &err);
    json_decref(answer);
    return 0;
}
