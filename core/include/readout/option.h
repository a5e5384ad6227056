/* The option table: one table a program, from which --help, the configuration file, the environment
 * and the command line are read, the man page and the completion are made, and documentation is
 * checked.
 *
 * A value comes from, strongest first: command line (`--limit 20`, `--limit=20`, `-n 20`),
 * environment (READOUT_LIMIT for `limit`), configuration file (`limit = 20`, one a line, `#`
 * comments), default.
 */
#ifndef READOUT_OPTION_H
#define READOUT_OPTION_H

#include "readout/buffer.h"

typedef enum ro_option_type {
    RO_OPTION_FLAG,     /* bool; on the command line without value, also --no-NAME */
    RO_OPTION_INT,      /* int64_t, decimal */
    RO_OPTION_REAL,     /* double */
    RO_OPTION_SIZE,     /* int64_t bytes; suffix k, M, G (powers of 1024) */
    RO_OPTION_DURATION, /* int64_t milliseconds; suffix ms, s, min, h; a bare number is seconds */
    RO_OPTION_STRING,   /* const char *, owned by the ro_options */
    RO_OPTION_CHOICE,   /* int, index into `choices` */
    RO_OPTION_LIST      /* ro_str_list: may be given several times */
} ro_option_type;

typedef struct ro_str_list {
    const char **items; /* owned by the ro_options */
    size_t count;
} ro_str_list;

typedef struct ro_option {
    const char *name; /* long name without dashes: "limit" */
    char letter;      /* short form, 0 if none */
    ro_option_type type;
    size_t offset;       /* of the value in the settings struct */
    const char *arg;     /* name of the value in --help: "N"; NULL for flags */
    const char *initial; /* default as one would type it; NULL: zero, false, NULL */
    const char *choices; /* CHOICE: "articles|talks"; else NULL */
    int64_t min, max;    /* INT, SIZE, DURATION; both 0: no bounds */
    unsigned commands;   /* bit set of the subcommands it belongs to; 0: all */
    const char *help;    /* one sentence: lower case, no full stop */
} ro_option;

typedef struct ro_command {
    const char *name; /* "add"; bit i of ro_option.commands is command i of the table */
    const char *args; /* "PATH…" */
    const char *help;
} ro_command;

typedef struct ro_program {
    const char *name;           /* "readout-indexer" */
    const char *summary;        /* one line */
    const char *usage;          /* "readout-query [OPTION…] QUERY…" */
    const ro_command *commands; /* ends with a NULL name; NULL: no subcommands */
    const ro_option *options;   /* ends with a NULL name */
    size_t settings_size;       /* bytes of the settings struct */
    const char *epilogue;       /* examples, exit status; printed last by --help */
    const char *description;    /* for the manual page: prose; NULL: none */
    const char *see_also;       /* of the manual page; NULL: nothing */
    int section;                /* of the manual; 0: 1 */
} ro_program;

/* Where a value comes from, strongest first. */
typedef enum ro_option_source {
    RO_SOURCE_NONE,
    RO_SOURCE_COMMAND_LINE,
    RO_SOURCE_ENVIRONMENT,
    RO_SOURCE_OVERLAY, /* ro_options_overlay */
    RO_SOURCE_FILE,
    RO_SOURCE_DEFAULT
} ro_option_source;

typedef struct ro_options {
    void *settings;    /* the caller's struct, filled */
    int command;       /* index into program->commands; -1 if there are none */
    const char **args; /* positional arguments, borrowed from argv */
    size_t arg_count;
    bool help, version;
    int generate;              /* see ro_options_tell; 0: nothing */
    void *memory;              /* owned strings and lists */
    ro_option_source *sources; /* of each option of the table */
} ro_options;

/* Reads all sources into `settings` (zeroed first) and `out`. `environment` is the program's
 * environ, or NULL. The file named by a STRING option called "config", if the program has one and
 * it is set, is read as the configuration file. `--` ends options. --help, --version
 * and --generate are known to every program and set what ro_options_tell looks at only. Errors are
 * RO_INVALID and name the option, its source and what was expected. */
ro_status ro_options_read(const ro_program *program, int argc, char **argv, char **environment,
                          void *settings, ro_options *out, ro_error *err) RO_MUST_CHECK;
void ro_options_release(ro_options *options);

/* Reads lines in the form of the configuration file over what was read before: they go before that
 * file and the defaults. `name` names them in messages; RO_INVALID with the line as position. */
ro_status ro_options_overlay(const ro_program *program, ro_options *options, const char *name,
                             ro_str lines, ro_error *err) RO_MUST_CHECK;
/* The option of this name; NULL: there is none. */
const ro_option *ro_option_find(const ro_program *program, ro_str name);
/* Appends a value as one would type it; of a list nothing. */
void ro_option_print(const ro_option *option, const void *settings, ro_buf *out);

/* The text of --help, at most 80 columns wide, for one subcommand or, with command -1, all. */
void ro_options_help(const ro_program *program, int command, ro_buf *out);

/* What --help, --version or --generate WHAT asked for: help, version, manual page (man, in the
 * macros of man(7)) or completion (bash). False: none of them. */
bool ro_options_tell(const ro_program *program, const ro_options *options, const char *version,
                     ro_buf *out);
/* For ro_options_read: the number of what --generate can make; false: it cannot make this. */
bool ro_options_generates(const char *what, int *out);

#endif
