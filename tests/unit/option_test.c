/* core/base/option.c: one table for flags, environment, file and help. */
#include "readout/option.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

typedef struct settings {
    bool verbose;
    int64_t limit, memory, deadline;
    double decay;
    int kind;
    const char *index;
    const char *config;
    ro_str_list facets;
} settings;

#define AT(field) offsetof(settings, field)
static const ro_option options[] = {{.name = "verbose",
                                     .letter = 'v',
                                     .type = RO_OPTION_FLAG,
                                     .offset = AT(verbose),
                                     .help = "say more"},
                                    {.name = "limit",
                                     .letter = 'n',
                                     .type = RO_OPTION_INT,
                                     .offset = AT(limit),
                                     .arg = "N",
                                     .initial = "10",
                                     .min = 0,
                                     .max = 1000,
                                     .help = "how many hits"},
                                    {.name = "memory",
                                     .type = RO_OPTION_SIZE,
                                     .offset = AT(memory),
                                     .arg = "SIZE",
                                     .initial = "256M",
                                     .help = "memory for what waits",
                                     .commands = 1},
                                    {.name = "deadline",
                                     .type = RO_OPTION_DURATION,
                                     .offset = AT(deadline),
                                     .arg = "TIME",
                                     .initial = "2s",
                                     .help = "time for one query"},
                                    {.name = "decay",
                                     .type = RO_OPTION_REAL,
                                     .offset = AT(decay),
                                     .arg = "DAYS",
                                     .help = "half-life"},
                                    {.name = "kind",
                                     .type = RO_OPTION_CHOICE,
                                     .offset = AT(kind),
                                     .arg = "KIND",
                                     .initial = "articles",
                                     .choices = "articles|talks",
                                     .help = "what to look for"},
                                    {.name = "index",
                                     .type = RO_OPTION_STRING,
                                     .offset = AT(index),
                                     .arg = "DIR",
                                     .initial = "./news.idx",
                                     .help = "the index directory"},
                                    {.name = "config",
                                     .type = RO_OPTION_STRING,
                                     .offset = AT(config),
                                     .arg = "FILE",
                                     .help = "a file of options"},
                                    {.name = "facet",
                                     .type = RO_OPTION_LIST,
                                     .offset = AT(facets),
                                     .arg = "NAME",
                                     .help = "count the values of this column; may be given again, "
                                             "and this help is long enough to wrap"},
                                    {0}};
static const ro_command commands[] = {
    {"add", "PATH…", "add articles"}, {"check", "", "look for damage"}, {0}};
static const ro_program plain = {.name = "demo",
                                 .summary = "A demo.",
                                 .usage = "demo [OPTION…] QUERY…",
                                 .options = options,
                                 .settings_size = sizeof(settings)};
static const ro_program with_commands = {
    .name = "demo",
    .summary = "a demo",
    .usage = "demo COMMAND [OPTION…]\n       demo check",
    .commands = commands,
    .options = options,
    .settings_size = sizeof(settings),
    .epilogue = "exit status: 0\n.not a macro 'at all\n  \\n\n",
    .description = "Does it - `well`.",
    .section = 8,
};

static ro_status read_words(const ro_program *program, char **words, char **environment,
                            settings *s, ro_options *out, ro_error *err) {
    int argc = 0;
    while (words[argc]) {
        argc++;
    }
    return ro_options_read(program, argc, words, environment, s, out, err);
}
#define WORDS(...) ((char *[]){"demo", __VA_ARGS__, NULL})

static void defaults_hold_where_nothing_is_said(void **state) {
    (void)state;
    settings s;
    ro_options o;
    assert_int_equal(read_words(&plain, (char *[]){"demo", NULL}, NULL, &s, &o, NULL), RO_OK);
    assert_false(s.verbose);
    assert_int_equal(s.limit, 10);
    assert_int_equal(s.memory, 256 << 20);
    assert_int_equal(s.deadline, 2000);
    assert_string_equal(s.index, "./news.idx");
    assert_int_equal(o.arg_count, 0);
    ro_options_release(&o);
}

static void the_command_line_is_read_in_all_its_forms(void **state) {
    (void)state;
    settings s;
    ro_options o;
    char *words[] = {"demo",    "-vn5",    "one", "--memory=64k", "--deadline", "250ms", "--kind",
                     "talks",   "--facet", "a",   "--facet=b",    "--decay",    "0.5",   "--",
                     "--limit", "-",       NULL};
    assert_int_equal(read_words(&plain, words, NULL, &s, &o, NULL), RO_OK);
    assert_true(s.verbose);
    assert_int_equal(s.limit, 5);
    assert_int_equal(s.memory, 65536);
    assert_int_equal(s.deadline, 250);
    assert_int_equal(s.kind, 1);
    assert_true(s.decay > 0.49 && s.decay < 0.51);
    assert_int_equal(s.facets.count, 2);
    assert_string_equal(s.facets.items[1], "b");
    assert_int_equal(o.arg_count, 3);
    assert_string_equal(o.args[1], "--limit");
    ro_options_release(&o);
}

static void stronger_sources_win(void **state) {
    (void)state;
    char path[] = "/tmp/readout-option-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    static const char text[] =
        "# comment\n\nlimit = 1\nmemory = 1k\nindex = from file \n verbose=yes\nfacet = f\n";
    assert_int_equal(write(fd, text, sizeof text - 1), sizeof text - 1);
    close(fd);
    settings s;
    ro_options o;
    char *environment[] = {"READOUT_LIMIT=2", "READOUT_MEMORY=2k", "HOME=/", "READOUT_OTHER=x",
                           NULL};
    char *words[] = {"demo", "--limit", "3", "--no-verbose", "--config", path, NULL};
    assert_int_equal(read_words(&plain, words, environment, &s, &o, NULL), RO_OK);
    assert_int_equal(s.limit, 3);
    assert_int_equal(s.memory, 2048);
    assert_string_equal(s.index, "from file");
    assert_false(s.verbose);
    assert_int_equal(s.facets.count, 1);
    ro_options_release(&o);
    unlink(path);
}

static void an_overlay_goes_before_file_and_default_only(void **state) {
    (void)state;
    settings s;
    ro_options o;
    ro_error err = RO_ERROR_INIT;
    char *environment[] = {"READOUT_MEMORY=2k", NULL};
    char *words[] = {"demo", "--limit", "3", "--facet", "a", NULL};
    assert_int_equal(read_words(&plain, words, environment, &s, &o, NULL), RO_OK);
    ro_str lines =
        RO_STR("# comment\nlimit = 1\nmemory = 1k\nindex = there\nfacet = b\nverbose = yes");
    assert_int_equal(ro_options_overlay(&plain, &o, "overlay", lines, &err), RO_OK);
    assert_int_equal(s.limit, 3);
    assert_int_equal(s.memory, 2048);
    assert_string_equal(s.index, "there");
    assert_true(s.verbose);
    assert_int_equal(s.facets.count, 1);
    assert_string_equal(s.facets.items[0], "a");
    assert_int_equal(o.sources[ro_option_find(&plain, RO_STR("index")) - options],
                     RO_SOURCE_OVERLAY);
    assert_int_equal(ro_options_overlay(&plain, &o, "overlay", RO_STR("\nverbose = x"), &err),
                     RO_INVALID);
    assert_non_null(strstr(err.message, "overlay, line 2"));
    ro_options_release(&o);
}

static void values_are_printed_as_one_would_type_them(void **state) {
    (void)state;
    settings s;
    ro_options o;
    char *words[] = {"demo", "--memory", "65536", "--verbose", NULL};
    assert_int_equal(read_words(&plain, words, NULL, &s, &o, NULL), RO_OK);
    static const char *const expected[][2] = {{"memory", "64k"},
                                              {"verbose", "yes"},
                                              {"index", "./news.idx"},
                                              {"config", ""},
                                              {"facet", ""}};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        ro_buf text = RO_BUF_INIT;
        ro_option_print(ro_option_find(&plain, ro_str_from(expected[i][0])), &s, &text);
        assert_true(ro_str_equal(ro_buf_str(&text), ro_str_from(expected[i][1])));
        ro_buf_release(&text);
    }
    ro_options_release(&o);
}

static void wrong_use_is_refused_with_the_reason(void **state) {
    (void)state;
    static const struct {
        char *words[4];
        const char *message;
    } cases[] = {
        {{"--nope"}, "unknown option '--nope'"},
        {{"-x"}, "unknown option '-x'"},
        {{"--limit"}, "option '--limit' needs a value: a whole number"},
        {{"--limit", "ten"}, "option 'limit' (command line) takes a whole number, not 'ten'"},
        {{"--limit", "1001"},
         "option 'limit' (command line) is out of range: 0 to 1000, not '1001'"},
        {{"--limit", "-1"}, "option 'limit' (command line) is out of range: 0 to 1000, not '-1'"},
        {{"--memory", "9223372036854775807k"},
         "option 'memory' (command line) takes a size such as 512k, 64M or 2G, not "
         "'9223372036854775807k'"},
        {{"--kind", "talk"}, "option 'kind' (command line) takes articles|talks, not 'talk'"},
        {{"--verbose=maybe"}, "option 'verbose' (command line) takes yes or no, not 'maybe'"},
        {{"--decay", "nan"}, "option 'decay' (command line) takes a number, not 'nan'"},
        {{"--no-limit"}, "unknown option '--no-limit'"},
        {{"--config", "/nonexistent/x"},
         "cannot open configuration '/nonexistent/x': No such file or directory"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        settings s;
        ro_options o;
        ro_error err = RO_ERROR_INIT;
        char *words[] = {"demo", cases[i].words[0], cases[i].words[1], NULL};
        assert_int_not_equal(read_words(&plain, words, NULL, &s, &o, &err), RO_OK);
        assert_string_equal(err.message, cases[i].message);
    }
}

static void commands_own_their_options(void **state) {
    (void)state;
    settings s;
    ro_options o;
    ro_error err = RO_ERROR_INIT;
    assert_int_equal(
        read_words(&with_commands, WORDS("--memory", "1k", "add", "x"), NULL, &s, &o, &err), RO_OK);
    assert_int_equal(o.command, 0);
    assert_int_equal(o.arg_count, 1);
    ro_options_release(&o);
    assert_int_equal(
        read_words(&with_commands, WORDS("check", "--memory", "1k"), NULL, &s, &o, &err),
        RO_INVALID);
    assert_string_equal(err.message, "option '--memory' does not belong to 'check'");
    err = (ro_error)RO_ERROR_INIT;
    assert_int_equal(read_words(&with_commands, WORDS("ad"), NULL, &s, &o, &err), RO_INVALID);
    assert_string_equal(err.message, "unknown command 'ad'; see 'demo --help'");
}

static void help_fits_eighty_columns(void **state) {
    (void)state;
    ro_buf out = RO_BUF_INIT;
    ro_options_help(&with_commands, -1, &out);
    ro_buf_add_byte(&out, 0);
    assert_non_null(strstr(out.ptr, "  -n, --limit N"));
    assert_non_null(strstr(out.ptr, "(default 256M)"));
    assert_non_null(strstr(out.ptr, "articles|talks"));
    for (const char *line = out.ptr; *line; line += strcspn(line, "\n") + 1) {
        assert_true(strcspn(line, "\n") <= 82); /* an ellipsis has three bytes */
    }
    ro_buf_clear(&out);
    ro_options_help(&with_commands, 1, &out);
    ro_buf_add_byte(&out, 0);
    assert_null(strstr(out.ptr, "--memory"));
    ro_buf_release(&out);
}

static const char *generate(const char *what, ro_buf *out) {
    settings s;
    ro_options o;
    char *words[] = {"demo", "--generate", (char *)what, NULL};
    assert_int_equal(ro_options_read(&with_commands, 3, words, NULL, &s, &o, NULL), RO_OK);
    ro_buf_clear(out);
    assert_true(ro_options_tell(&with_commands, &o, "1.2.3", out));
    ro_options_release(&o);
    ro_buf_add_byte(out, 0);
    return out->ptr;
}

static void the_manual_page_has_the_whole_table(void **state) {
    (void)state;
    ro_buf out = RO_BUF_INIT;
    const char *page = generate("man", &out);
    assert_memory_equal(page, ".TH demo 8 \"\" \"Readout 1.2.3\" \"Readout\"\n", 38);
    static const char *const parts[] = {"\ndemo \\- a demo\n",
                                        "\ndemo check\n",
                                        "\\fB\\-n\\fR, \\fB\\-\\-limit\\fR \\fIN\\fR\n",
                                        "Default: 256M.\n",
                                        "\\fBarticles\\fR, \\fBtalks\\fR.\n",
                                        "\\&.not a macro \\(aqat all",
                                        "  \\(rsn",
                                        "Does it \\- \\(gawell\\(ga.\n",
                                        "Of \\fBadd\\fR.\n",
                                        "READOUT_INDEX"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        assert_non_null(strstr(page, parts[i]));
    }
    for (const ro_option *option = options; option->name; option++) {
        char name[64];
        (void)snprintf(name, sizeof name, "\\fB\\-\\-%s\\fR", option->name);
        assert_non_null(strstr(page, name));
    }
    ro_buf_release(&out);
}

static void the_completion_knows_commands_and_values(void **state) {
    (void)state;
    ro_buf out = RO_BUF_INIT;
    const char *script = generate("bash", &out);
    assert_non_null(strstr(script, "commands='add check'"));
    assert_non_null(strstr(script, "by=(-W 'articles talks')"));
    assert_non_null(strstr(script, "    --index)\n        by=(-d)\n"));
    assert_non_null(strstr(script, "    --config)\n        by=(-f)\n"));
    assert_non_null(strstr(script, "complete -o filenames -o bashdefault -F _demo demo\n"));
    const char *check = strstr(script, "        check)\n");
    assert_non_null(check);
    const char *end = strstr(check, ";;");
    assert_true(strstr(check, "--limit") < end);
    const char *memory = strstr(check, "--memory");
    assert_true(!memory || memory > end);
    ro_buf_release(&out);
}

static void only_known_things_are_generated(void **state) {
    (void)state;
    settings s;
    ro_options o;
    ro_error err = RO_ERROR_INIT;
    assert_int_equal(read_words(&plain, WORDS("--generate=zsh"), NULL, &s, &o, &err), RO_INVALID);
    assert_string_equal(err.message, "option '--generate' takes man or bash, not 'zsh'");
    ro_buf out = RO_BUF_INIT;
    assert_int_equal(read_words(&plain, WORDS("x"), NULL, &s, &o, NULL), RO_OK);
    assert_false(ro_options_tell(&plain, &o, "1", &out));
    assert_int_equal(out.len, 0);
    ro_options_release(&o);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_hold_where_nothing_is_said),
        cmocka_unit_test(the_command_line_is_read_in_all_its_forms),
        cmocka_unit_test(stronger_sources_win),
        cmocka_unit_test(an_overlay_goes_before_file_and_default_only),
        cmocka_unit_test(values_are_printed_as_one_would_type_them),
        cmocka_unit_test(wrong_use_is_refused_with_the_reason),
        cmocka_unit_test(commands_own_their_options),
        cmocka_unit_test(help_fits_eighty_columns),
        cmocka_unit_test(the_manual_page_has_the_whole_table),
        cmocka_unit_test(the_completion_knows_commands_and_values),
        cmocka_unit_test(only_known_things_are_generated),
    };
    return cmocka_run_group_tests_name("option", tests, NULL, NULL);
}
