/* What the files of the program readout-indexer share. */
#ifndef READOUT_INDEXER_PROGRAM_H
#define READOUT_INDEXER_PROGRAM_H

#include "readout/option.h"
#include "readout/pipeline.h"

/* Exit status; a signal that stopped the run gives 128 and its number. */
enum { EXIT_FINE = 0, EXIT_SKIPPED = 1, EXIT_PROBLEMS = 1, EXIT_ERROR = 2 };

typedef struct ro_indexer_settings {
    const char *index;
    const char *config;
    int64_t memory;
    int64_t max_file;
    int64_t threads;
    const char *language;
    int64_t wait;
    bool repair;
    bool force;
    bool quiet;
    bool verbose;
    bool json;
    const char *published;
    const char *lexicon;
    bool facts;
    bool explain;
    bool merged;
} ro_indexer_settings;

typedef struct ro_command_line {
    const ro_indexer_settings *settings;
    const char *const *args;
    size_t arg_count;
    const atomic_int *stop; /* the number of the signal that came, or 0 */
    bool patient;           /* waits for other writers however long they take */
} ro_command_line;

/* Each runs one command and gives the exit status; faults were printed. */
int run_add(const ro_command_line *line);
int run_update(const ro_command_line *line);
int run_delete(const ro_command_line *line);
int run_watch(const ro_command_line *line);
int run_dump(const ro_command_line *line);
int run_stats(const ro_command_line *line);
int run_check(const ro_command_line *line);
int run_optimize(const ro_command_line *line);
int run_backup(const ro_command_line *line);
int run_extract(const ro_command_line *line);

/* ---- progress.c -------------------------------------------------------------------------------
 */

#define SKIP_GROUPS_MAX 24
#define SKIP_EXAMPLES 3

/* Files skipped for the same reason. */
typedef struct ro_skip_group {
    char reason[96];
    char *examples[SKIP_EXAMPLES]; /* owned: path, line, message */
    uint64_t count;
} ro_skip_group;

typedef struct ro_progress {
    bool quiet, verbose, terminal, json;
    int64_t started_ns, shown_ns;
    uint64_t total_bytes; /* 0 if not known */
    ro_skip_group groups[SKIP_GROUPS_MAX];
    size_t group_count;
    ro_skip_group dates; /* that could not be read */
} ro_progress;

/* On a terminal the files are counted first, for the time left. */
void progress_start(ro_progress *progress, bool quiet, const char *const *paths, size_t count,
                    const char *except);
void progress_show(void *progress, const ro_report *report);
void progress_skip(void *progress, const char *path, const ro_error *why);
void progress_note(void *progress, const char *path, const ro_error *why);
void progress_wait(void *progress, const ro_error *why);
/* Clears the bar, prints the summary and the skipped files to standard error, or neither without a
 * report; as JSON the summary goes to standard output. Frees what it holds. */
void progress_end(ro_progress *progress, const ro_report *report);

/* To standard error, with \xNN for bytes that are no UTF-8 and for what acts on a terminal. */
void print_escaped(const char *text);
/* "readout-indexer: MESSAGE". */
int print_fault(const ro_error *err);

#endif
