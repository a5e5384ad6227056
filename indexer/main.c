/* readout-indexer: articles into an index. */
#include "program.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

enum { ADD, UPDATE, DELETE, WATCH, DUMP, STATS, CHECK, OPTIMIZE, BACKUP, EXTRACT };

static const ro_command COMMANDS[] = {
    [ADD] = {"add", "PATH…", "add files, directories, or with - NDJSON on standard input"},
    [UPDATE] = {"update", "[PATH…]",
                "read what changed, drop what vanished; without PATH all files added before"},
    [DELETE] = {"delete", "ID…|PATH…",
                "remove articles, or all that came from a file or directory"},
    [WATCH] = {"watch", "DIR", "update, then follow the directory until a signal ends it"},
    [DUMP] = {"dump", "[ID…]", "print the articles as NDJSON"},
    [STATS] = {"stats", "", "print how much is in the index"},
    [CHECK] = {"check", "", "look for damage: exit status 0 none, 1 some, 2 could not look"},
    [OPTIMIZE] = {"optimize", "", "merge the parts of the index, for faster queries"},
    [BACKUP] = {"backup", "DIR",
                "copy the index to a new directory, while others read and write it"},
    [EXTRACT] = {"extract", "FILE…",
                 "print talks, participants, outcomes and statements as JSON; - reads NDJSON"},
    {NULL, NULL, NULL}};

static int (*const RUN[])(const ro_command_line *) = {
    [ADD] = run_add,       [UPDATE] = run_update,  [DELETE] = run_delete, [WATCH] = run_watch,
    [DUMP] = run_dump,     [STATS] = run_stats,    [CHECK] = run_check,   [OPTIMIZE] = run_optimize,
    [BACKUP] = run_backup, [EXTRACT] = run_extract};

#define READING (1u << ADD | 1u << UPDATE | 1u << WATCH)
#define WRITING (READING | 1u << DELETE | 1u << CHECK | 1u << OPTIMIZE)

static const ro_option OPTIONS[] = {
    {.name = "index",
     .letter = 'i',
     .type = RO_OPTION_STRING,
     .offset = offsetof(ro_indexer_settings, index),
     .arg = "DIR",
     .initial = "./news.idx",
     .help = "the index directory; add makes it if it is missing"},
    {.name = "config",
     .letter = 'c',
     .type = RO_OPTION_STRING,
     .offset = offsetof(ro_indexer_settings, config),
     .arg = "FILE",
     .help = "read options from a file, one `name = value` a line"},
    {.name = "memory",
     .letter = 'm',
     .type = RO_OPTION_SIZE,
     .offset = offsetof(ro_indexer_settings, memory),
     .arg = "SIZE",
     .initial = "256M",
     .min = (int64_t)RO_PIPELINE_MEMORY_MIN,
     .max = (int64_t)1 << 40,
     .commands = READING,
     .help = "bound on what is in flight: files read, parse trees, articles not yet written"},
    {.name = "max-file",
     .type = RO_OPTION_SIZE,
     .offset = offsetof(ro_indexer_settings, max_file),
     .arg = "SIZE",
     .initial = "256M",
     .min = 1,
     .max = (int64_t)1 << 40,
     .commands = READING,
     .help = "largest file, unpacked, that is read as a whole, and at most an eighth of --memory; "
             "NDJSON, CSV and mbox are streams of any size"},
    {.name = "threads",
     .letter = 't',
     .type = RO_OPTION_INT,
     .offset = offsetof(ro_indexer_settings, threads),
     .arg = "N",
     .initial = "0",
     .min = 0,
     .max = RO_PIPELINE_THREADS_MAX,
     .commands = READING,
     .help = "threads that parse and analyse, at most one for each 8M of --memory; 0: as many as "
             "there are processors"},
    {.name = "language",
     .letter = 'l',
     .type = RO_OPTION_STRING,
     .offset = offsetof(ro_indexer_settings, language),
     .arg = "CODE",
     .initial = RO_LANGUAGE_DEFAULT,
     .commands = READING,
     .help = "ISO 639-1 code of articles that do not state their language"},
    {.name = "wait",
     .letter = 'w',
     .type = RO_OPTION_DURATION,
     .offset = offsetof(ro_indexer_settings, wait),
     .arg = "TIME",
     .initial = "30s",
     .min = 0,
     .max = (int64_t)7 * 24 * 3600 * 1000,
     .commands = WRITING & ~(1u << WATCH),
     .help = "how long to wait while another process writes to the index"},
    {.name = "repair",
     .type = RO_OPTION_FLAG,
     .offset = offsetof(ro_indexer_settings, repair),
     .commands = 1u << CHECK,
     .help = "first build anew what is derived from the stored articles and is damaged"},
    {.name = "force",
     .letter = 'f',
     .type = RO_OPTION_FLAG,
     .offset = offsetof(ro_indexer_settings, force),
     .commands = 1u << ADD | 1u << UPDATE,
     .help = "read files again that have not changed since"},
    {.name = "json",
     .letter = 'j',
     .type = RO_OPTION_FLAG,
     .offset = offsetof(ro_indexer_settings, json),
     .commands = 1u << STATS | 1u << ADD | 1u << UPDATE | 1u << DELETE,
     .help = "print the statistics, or the summary of what was done, as JSON"},
    {.name = "published",
     .type = RO_OPTION_STRING,
     .offset = offsetof(ro_indexer_settings, published),
     .arg = "DATE",
     .initial = "",
     .commands = 1u << EXTRACT,
     .help = "date of articles that state none; days of the week are resolved against it"},
    {.name = "facts",
     .type = RO_OPTION_FLAG,
     .offset = offsetof(ro_indexer_settings, facts),
     .initial = "yes",
     .commands = READING,
     .help = "find talks, participants, outcomes and statements in articles in English"},
    {.name = "lexicon",
     .type = RO_OPTION_STRING,
     .offset = offsetof(ro_indexer_settings, lexicon),
     .arg = "FILE",
     .initial = "",
     .commands = READING | 1u << EXTRACT,
     .help = "lines to add to the lexicon, in the form of indexer/extract/lexicon"},
    {.name = "explain",
     .letter = 'e',
     .type = RO_OPTION_FLAG,
     .offset = offsetof(ro_indexer_settings, explain),
     .commands = 1u << EXTRACT,
     .help = "show each fact under its sentence with the rule that made it"},
    {.name = "merged",
     .type = RO_OPTION_FLAG,
     .offset = offsetof(ro_indexer_settings, merged),
     .commands = 1u << EXTRACT,
     .help = "print what is one across the articles, and why, as one JSON object"},
    {.name = "verbose",
     .letter = 'v',
     .type = RO_OPTION_FLAG,
     .commands = 1u << ADD | 1u << UPDATE,
     .offset = offsetof(ro_indexer_settings, verbose),
     .help = "tell of every file and record left out, and of every date that cannot be read"},
    {.name = "quiet",
     .letter = 'q',
     .type = RO_OPTION_FLAG,
     .offset = offsetof(ro_indexer_settings, quiet),
     .help = "print no progress and no summary, only errors"},
    {.name = NULL}};

static const ro_program PROGRAM = {
    .name = "readout-indexer",
    .summary = "adds news articles to a Readout index",
    .description =
        "Reads articles in whatever form they come, finds the talks, participants, outcomes and\n"
        "statements in those in English, and writes all of it into an index that readout-query\n"
        "searches and readout-searchd serves, at the same time if need be. It can be killed at "
        "any\n"
        "moment: what it committed stays, and the next run goes on from there.",
    .see_also = "readout-query(1), readout-searchd(8)",
    .usage = "readout-indexer COMMAND [OPTION…] [ARGUMENT…]",
    .commands = COMMANDS,
    .options = OPTIONS,
    .settings_size = sizeof(ro_indexer_settings),
    .epilogue = "Formats, found from the content: plain text, HTML, Markdown with YAML front\n"
                "matter, JSON and NDJSON, RSS and Atom, mail and mbox, CSV with a header; gzip\n"
                "and zstd of any. Files that cannot be read are reported, and the rest goes on.\n"
                "\n"
                "Exit status: 0 all fine, 1 some input was skipped, 2 error; 130 or 143 when a\n"
                "signal stopped it: what was read until then is in the index, and the next run\n"
                "goes on from there.\n"
                "\n"
                "Examples:\n"
                "  readout-indexer add articles/ more.ndjson.zst\n"
                "  zcat wire.jsonl.gz | readout-indexer add --index /srv/news.idx -\n"
                "  readout-indexer watch ~/clippings\n"};

static atomic_int stop_signal;

static void note_signal(int number) {
    stop_signal = number;
}

static void catch_signals(void) {
    struct sigaction action = {.sa_handler = note_signal};
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
    /* over the file size limit: the write fails, and that is reported */
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    (void)sigaction(SIGXFSZ, &ignore, NULL);
}

static int run(int argc, char **argv, ro_options *options, ro_indexer_settings *settings) {
    ro_error err = RO_ERROR_INIT;
    if (ro_options_read(&PROGRAM, argc, argv, environ, settings, options, &err) != RO_OK) {
        (void)print_fault(&err);
        (void)fputs("see readout-indexer --help\n", stderr);
        return EXIT_ERROR;
    }
    ro_buf text = RO_BUF_INIT;
    if (ro_options_tell(&PROGRAM, options, READOUT_VERSION, &text)) {
        (void)fwrite(text.ptr, 1, text.len, stdout);
        ro_buf_release(&text);
        return EXIT_FINE;
    }
    if (options->command < 0) {
        (void)fputs("readout-indexer: no command given; see readout-indexer --help\n", stderr);
        return EXIT_ERROR;
    }
    catch_signals();
    ro_command_line line = {settings, options->args, options->arg_count, &stop_signal, false};
    return RUN[options->command](&line);
}

int main(int argc, char **argv) {
    ro_indexer_settings settings;
    ro_options options = {0};
    int status = run(argc, argv, &options, &settings);
    ro_options_release(&options);
    return status;
}
