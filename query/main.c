/* readout-query: asks an index, or a daemon that serves one. */
#include "cli/remote.h"
#include "cli/render.h"

#include "readout/option.h"
#include "readout/query.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { EXIT_FOUND = 0, EXIT_NOTHING = 1, EXIT_ERROR = 2 };

typedef enum color_choice { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER } color_choice;

typedef struct settings {
    const char *config;
    const char *index;
    const char *server;
    const char *synonyms;
    int builtin; /* index into "on|off" */
    const char *kind;
    const char *filter;
    ro_str_list facets;
    const char *sort;
    const char *match;
    const char *typo;
    const char *cursor;
    int64_t limit, offset, snippets;
    double half_life;
    int64_t timeout_ms;
    bool prefix, explain, json, csv;
    int color;
    int64_t width;
} settings;

#define AT(member) offsetof(settings, member)

static const ro_option options[] = {
    {"config", 'c', RO_OPTION_STRING, AT(config), "FILE", NULL, NULL, 0, 0, 0,
     "read options from this file"},
    {"index", 'i', RO_OPTION_STRING, AT(index), "DIR", "news.idx", NULL, 0, 0, 0,
     "the index to ask"},
    {"server", 'S', RO_OPTION_STRING, AT(server), "URL", NULL, NULL, 0, 0, 0,
     "ask a running readout-searchd instead of an index"},
    {"synonyms", 0, RO_OPTION_STRING, AT(synonyms), "FILE", NULL, NULL, 0, 0, 0,
     "words that stand for others: lines as `car, automobile` or `kremlin => moscow`"},
    {"builtin-synonyms", 0, RO_OPTION_CHOICE, AT(builtin), "MODE", "on", "on|off", 0, 0, 0,
     "whether names of countries stand for each other, and forms of given names"},
    {"kind", 'k', RO_OPTION_STRING, AT(kind), "KIND", "all", NULL, 0, 0, 0,
     "what to look for: articles, talks, participants, outcomes, statements, or the best few of "
     "all"},
    {"filter", 'f', RO_OPTION_STRING, AT(filter), "QUERY", NULL, NULL, 0, 0, 0,
     "only articles that match this too; it does not rank"},
    {"facet", 'F', RO_OPTION_LIST, AT(facets), "NAME", NULL, NULL, 0, 0, 0,
     "count what was found by source, language, year, month, week, day, side, role, status, by, "
     "speaker, person, place or host; may be repeated"},
    {"sort", 's', RO_OPTION_STRING, AT(sort), "ORDER", "relevance", NULL, 0, 0, 0,
     "order: relevance, date (oldest first) or -date (newest first)"},
    {"match", 'm', RO_OPTION_STRING, AT(match), "MODE", "auto", NULL, 0, 0, 0,
     "which words must match: all, any, or auto (all first, then fewer until enough match)"},
    {"typo", 0, RO_OPTION_STRING, AT(typo), "MODE", "auto", NULL, 0, 0, 0,
     "words that no article has: auto (search for the nearest that some have) or off"},
    {"limit", 'n', RO_OPTION_INT, AT(limit), "N", "10", NULL, 0, RO_LIMIT_MAX, 0,
     "articles to list"},
    {"offset", 'o', RO_OPTION_INT, AT(offset), "N", "0", NULL, 0, RO_OFFSET_MAX, 0,
     "articles to skip"},
    {"cursor", 0, RO_OPTION_STRING, AT(cursor), "TEXT", NULL, NULL, 0, 0, 0,
     "go on where an answer ended: its `next` in JSON"},
    {"snippets", 0, RO_OPTION_INT, AT(snippets), "N", "2", NULL, 0, 3, 0,
     "passages to show of each article"},
    {"half-life", 0, RO_OPTION_REAL, AT(half_life), "DAYS", "0", NULL, 0, 0, 0,
     "let the score of an article halve with every DAYS of its age; 0: age does not count"},
    {"prefix", 'p', RO_OPTION_FLAG, AT(prefix), NULL, NULL, NULL, 0, 0, 0,
     "the last word may be unfinished"},
    {"explain", 'e', RO_OPTION_FLAG, AT(explain), NULL, NULL, NULL, 0, 0, 0,
     "show how each score came about"},
    {"json", 'j', RO_OPTION_FLAG, AT(json), NULL, NULL, NULL, 0, 0, 0,
     "print the answer as JSON, as the HTTP interface gives it"},
    {"csv", 0, RO_OPTION_FLAG, AT(csv), NULL, NULL, NULL, 0, 0, 0,
     "print the articles as CSV with a header line"},
    {"color", 0, RO_OPTION_CHOICE, AT(color), "WHEN", "auto", "auto|always|never", 0, 0, 0,
     "colours; auto: on a terminal, unless NO_COLOR is set"},
    {"width", 'w', RO_OPTION_INT, AT(width), "N", "0", NULL, 0, RO_WIDTH_MAX, 0,
     "columns to write in; 0: as wide as the terminal, 80 elsewhere"},
    {"timeout", 't', RO_OPTION_DURATION, AT(timeout_ms), "TIME", "30s", NULL, 1, 86400000, 0,
     "give up after this time"},
    {NULL, 0, 0, 0, NULL, NULL, NULL, 0, 0, 0, NULL}};

static const ro_program program = {
    .name = "readout-query",
    .summary = "finds news articles by words, phrases, fields and dates, best first",
    .description =
        "Asks an index, or a daemon that serves one, and prints the best articles, talks,\n"
        "participants, outcomes and statements with the passages that matched. Every text is a\n"
        "valid query; what could not be read as meant is repaired, and the answer says so.",
    .see_also = "readout-indexer(1), readout-searchd(8)",
    .usage = "readout-query [OPTION…] QUERY…",
    .options = options,
    .settings_size = sizeof(settings),
    .epilogue =
        "query language:\n"
        "  moratorium energy           words, in any form\n"
        "  \"energy moratorium\"         a phrase; \"a b\"~3 with up to 3 words between\n"
        "  lavrov NEAR/5 ambassadors   at most 5 words apart; ONEAR/5 in this order\n"
        "  a AND b, a OR b, NOT b, ( ) +must -not\n"
        "  =talks lavro* witkov~       this form only; beginning; misspelled\n"
        "  title:riyadh body:riyadh source:\"Dow Jones\" lang:en\n"
        "  source:\"The \\\"Daily\\\"\"        a quotation mark inside a value; \\\\ is a "
        "backslash\n"
        "  date:2025-02-18 date:2025-02..2025-03 after:2025-01 before:2026\n"
        "\n"
        "A query that begins with `-` comes after `--`. Exit status: 0 articles were found, 1 "
        "none\nwere, 2 an error.\n"};

static int fail(const ro_error *err) {
    ro_buf line = RO_BUF_INIT;
    ro_buf_add_str(&line, RO_STR("readout-query: "));
    ro_render_clean(&line, ro_str_from(err->message));
    ro_buf_add_byte(&line, '\n');
    if (line.len) {
        (void)fwrite(line.ptr, 1, line.len, stderr);
    }
    ro_buf_release(&line);
    return EXIT_ERROR;
}

/* ---- parameters ---- */

static ro_status set(json_t *parameters, const char *name, const char *value, ro_error *err) {
    if (!value || !*value) {
        return RO_OK;
    }
    json_t *text = json_string(value);
    if (!text && value) {
        return ro_fail(err, RO_INVALID, "%s: not UTF-8", name);
    }
    return json_object_set_new(parameters, name, text) == 0 ? RO_OK : ro_fail_memory(err);
}

static ro_status set_number(json_t *parameters, const char *name, int64_t value, ro_error *err) {
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)value);
    return set(parameters, name, text, err);
}

/* The words of the command line with blanks between: one query. */
static ro_status join(const char *const *items, size_t count, char between, ro_buf *out,
                      ro_error *err) {
    for (size_t i = 0; i < count; i++) {
        if (i) {
            ro_buf_add_byte(out, between);
        }
        ro_buf_add_str(out, ro_str_from(items[i]));
    }
    ro_buf_add_byte(out, '\0');
    return ro_buf_check(out, err);
}

typedef struct flag_value {
    const char *name, *value;
} flag_value;

/* What was asked for, as HTTP takes it. */
static ro_status make_parameters(const settings *s, const ro_options *o, json_t *parameters,
                                 ro_error *err) {
    ro_buf q = RO_BUF_INIT, facets = RO_BUF_INIT;
    char half_life[32];
    snprintf(half_life, sizeof half_life, "%.17g", s->half_life);
    ro_status status = join(o->args, o->arg_count, ' ', &q, err);
    if (status == RO_OK) {
        status = join(s->facets.items, s->facets.count, ',', &facets, err);
    }
    const flag_value texts[] = {{"q", q.ptr},
                                {"kind", s->kind},
                                {"filter", s->filter},
                                {"facets", facets.ptr},
                                {"sort", s->sort},
                                {"match", s->match},
                                {"typo", s->typo},
                                {"cursor", s->cursor},
                                {"prefix", s->prefix ? "true" : NULL},
                                {"explain", s->explain ? "true" : NULL},
                                {"half_life", s->half_life != 0 ? half_life : NULL}};
    for (size_t i = 0; status == RO_OK && i < sizeof texts / sizeof *texts; i++) {
        status = set(parameters, texts[i].name, texts[i].value, err);
    }
    const struct {
        const char *name;
        int64_t value;
    } numbers[] = {{"limit", s->limit}, {"offset", s->offset}, {"snippets", s->snippets}};
    for (size_t i = 0; status == RO_OK && i < sizeof numbers / sizeof *numbers; i++) {
        status = set_number(parameters, numbers[i].name, numbers[i].value, err);
    }
    ro_buf_release(&q);
    ro_buf_release(&facets);
    return status;
}

/* ---- asking ---- */

static ro_status make_request(json_t *parameters, const settings *s, ro_request *request,
                              ro_error *err) {
    const char *name;
    json_t *value;
    *request = ro_request_default();
    json_object_foreach(parameters, name, value) {
        ro_str text = ro_str_make(json_string_value(value), json_string_length(value));
        ro_status status = ro_request_set(request, ro_str_from(name), text, err);
        if (status != RO_OK) {
            return status;
        }
    }
    request->deadline = ro_deadline_in_ms(s->timeout_ms);
    return RO_OK;
}

/* Those that are named, else those that go with the index, if any do. */
static ro_status open_synonyms(const settings *s, ro_synonyms **out, ro_error *err) {
    bool named = s->synonyms && *s->synonyms;
    char *path = NULL;
    *out = NULL;
    if (!named && asprintf(&path, "%s/" RO_SYNONYMS_FILE, s->index) < 0) {
        return ro_fail_memory(err);
    }
    bool there = named || access(path, F_OK) == 0;
    ro_status status = there ? ro_synonyms_open(named ? s->synonyms : path, out, err) : RO_OK;
    free(path);
    return status;
}

static ro_status ask_index(const settings *s, json_t *parameters, json_t **answer, ro_error *err) {
    ro_request request;
    ro_index *index = NULL;
    ro_searcher *searcher = NULL;
    ro_synonyms *synonyms = NULL;
    ro_status status = make_request(parameters, s, &request, err);
    if (status == RO_OK) {
        status = open_synonyms(s, &synonyms, err);
    }
    if (status == RO_OK) {
        status = ro_index_open(s->index, RO_INDEX_READ, &index, err);
    }
    if (status == RO_OK) {
        status = ro_searcher_open(index, &searcher, err);
    }
    if (status == RO_OK) {
        ro_searcher_use_synonyms(searcher, synonyms);
        ro_searcher_use_builtin(searcher, s->builtin == 0);
        status = ro_searcher_search(searcher, &request, answer, err);
    }
    ro_searcher_close(searcher);
    ro_synonyms_close(synonyms);
    if (index) {
        ro_index_close(index);
    }
    return status;
}

/* ---- printing ---- */

static bool want_color(const settings *s) {
    const char *no_color = getenv("NO_COLOR");
    if (s->color != COLOR_AUTO) {
        return s->color == COLOR_ALWAYS;
    }
    return isatty(STDOUT_FILENO) && !(no_color && *no_color);
}

static size_t want_width(const settings *s) {
    struct winsize size;
    size_t width = (size_t)s->width;
    if (width == 0 && isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) {
        width = size.ws_col;
    }
    width = width ? width : 80;
    width = width < RO_WIDTH_MIN ? RO_WIDTH_MIN : width;
    return width > RO_WIDTH_MAX ? RO_WIDTH_MAX : width;
}

static ro_status print_json(const json_t *answer, ro_buf *out, ro_error *err) {
    ro_buf json = RO_BUF_INIT;
    ro_status status = ro_answer_to_json(answer, isatty(STDOUT_FILENO), &json, err);
    ro_render_json(out, ro_buf_str(&json));
    ro_buf_release(&json);
    return status == RO_OK ? ro_buf_check(out, err) : status;
}

static ro_status print_csv(const json_t *answer, ro_buf *out, ro_error *err) {
    ro_buf csv = RO_BUF_INIT;
    ro_status status = ro_answer_to_csv(answer, &csv, err);
    if (isatty(STDOUT_FILENO)) {
        ro_render_lines(out, ro_buf_str(&csv));
    } else {
        ro_buf_add_str(out, ro_buf_str(&csv));
    }
    ro_buf_release(&csv);
    return status == RO_OK ? ro_buf_check(out, err) : status;
}

static ro_status print_answer(const settings *s, const json_t *answer, ro_buf *out, ro_error *err) {
    if (s->json) {
        return print_json(answer, out, err);
    }
    if (s->csv) {
        return print_csv(answer, out, err);
    }
    ro_render render = {want_width(s), want_color(s), (size_t)s->offset + 1};
    return ro_render_answer(answer, &render, out, err);
}

static ro_status write_out(const ro_buf *out, ro_error *err) {
    if (out->len && fwrite(out->ptr, 1, out->len, stdout) != out->len) {
        return ro_fail(err, RO_IO, "cannot write the answer");
    }
    return fflush(stdout) == 0 ? RO_OK : ro_fail(err, RO_IO, "cannot write the answer");
}

/* ---- main ---- */

static ro_status answer_query(const settings *s, const ro_options *o, bool *found, ro_error *err) {
    json_t *parameters = json_object(), *answer = NULL;
    ro_buf out = RO_BUF_INIT;
    ro_status status = parameters ? make_parameters(s, o, parameters, err) : ro_fail_memory(err);
    if (status == RO_OK) {
        status = s->server ? ro_remote_search(s->server, parameters, s->timeout_ms, &answer, err)
                           : ask_index(s, parameters, &answer, err);
    }
    if (status == RO_OK) {
        status = print_answer(s, answer, &out, err);
    }
    if (status == RO_OK) {
        const json_t *total = json_object_get(answer, "total");
        *found = json_integer_value(json_object_get(total, "value")) > 0;
        status = write_out(&out, err);
    }
    json_decref(parameters);
    json_decref(answer);
    ro_buf_release(&out);
    return status;
}

static int run(const settings *s, const ro_options *o, ro_error *err) {
    bool found = false;
    ro_buf text = RO_BUF_INIT;
    if (ro_options_tell(&program, o, READOUT_VERSION, &text)) {
        ro_status status = write_out(&text, err);
        ro_buf_release(&text);
        return status == RO_OK ? EXIT_FOUND : fail(err);
    }
    if (s->json && s->csv) {
        (void)ro_fail(err, RO_INVALID, "--json and --csv exclude each other");
        return fail(err);
    }
    if (o->arg_count == 0) {
        (void)ro_fail(err, RO_INVALID,
                      "no query; readout-query --help says how to ask ('*' lists "
                      "everything)");
        return fail(err);
    }
    if (answer_query(s, o, &found, err) != RO_OK) {
        return fail(err);
    }
    return found ? EXIT_FOUND : EXIT_NOTHING;
}

int main(int argc, char **argv) {
    settings s;
    ro_options o;
    ro_error err = RO_ERROR_INIT;
    (void)signal(SIGPIPE, SIG_DFL);
    if (ro_options_read(&program, argc, argv, environ, &s, &o, &err) != RO_OK) {
        return fail(&err);
    }
    ro_remote_start();
    int code = run(&s, &o, &err);
    ro_remote_end();
    ro_options_release(&o);
    return code;
}
