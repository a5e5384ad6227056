#include "readout/option.h"

#include "readout/arena.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define CONFIG_FILE_MAX (1 << 20) /* bytes */
#define NAME_MAX_BYTES 64

/* One reading of all sources: a value gives way to that of a stronger one only. */
typedef struct reader {
    const ro_program *program;
    char *settings;
    ro_options *out;
    ro_arena *arena;
    ro_option_source *set_by; /* for each option of the table */
    ro_error *err;
} reader;

static size_t option_count(const ro_program *program) {
    size_t count = 0;
    while (program->options[count].name) {
        count++;
    }
    return count;
}

const ro_option *ro_option_find(const ro_program *program, ro_str name) {
    for (const ro_option *option = program->options; option->name; option++) {
        if (ro_str_equal(ro_str_from(option->name), name)) {
            return option;
        }
    }
    return NULL;
}

/* ---- values --------------------------------------------------------------------------------- */

typedef struct unit {
    const char *suffix;
    int64_t factor;
} unit;

static const unit size_units[] = {{"", 1},        {"k", 1 << 10}, {"K", 1 << 10}, {"m", 1 << 20},
                                  {"M", 1 << 20}, {"g", 1 << 30}, {"G", 1 << 30}, {NULL, 0}};
static const unit duration_units[] = {{"", 1000},     {"ms", 1},      {"s", 1000},
                                      {"min", 60000}, {"h", 3600000}, {NULL, 0}};
static const unit no_units[] = {{"", 1}, {NULL, 0}};

static bool parse_number(const char *text, const unit *units, int64_t *out) {
    char *end = NULL;
    errno = 0;
    long long number = strtoll(text, &end, 10);
    if (end == text || errno || *text == ' ') {
        return false;
    }
    for (const unit *u = units; u->suffix; u++) {
        int64_t scaled;
        if (strcmp(end, u->suffix) == 0 && !__builtin_mul_overflow(number, u->factor, &scaled)) {
            *out = scaled;
            return true;
        }
    }
    return false;
}

static bool parse_flag(const char *text, bool *out) {
    static const char *const words[2][4] = {{"false", "no", "off", "0"},
                                            {"true", "yes", "on", "1"}};
    for (int value = 0; value < 2; value++) {
        for (int i = 0; i < 4; i++) {
            if (strcmp(text, words[value][i]) == 0) {
                *out = value;
                return true;
            }
        }
    }
    return false;
}

static bool parse_choice(const char *text, const char *choices, int *out) {
    size_t len = strlen(text);
    int index = 0;
    for (const char *at = choices; *at; index++) {
        size_t width = strcspn(at, "|");
        if (width == len && memcmp(at, text, len) == 0) {
            *out = index;
            return true;
        }
        at += width + (at[width] == '|');
    }
    return false;
}

static const char *expected(const ro_option *option) {
    static const char *const names[] = {
        [RO_OPTION_FLAG] = "yes or no",
        [RO_OPTION_INT] = "a whole number",
        [RO_OPTION_REAL] = "a number",
        [RO_OPTION_SIZE] = "a size such as 512k, 64M or 2G",
        [RO_OPTION_DURATION] = "a duration such as 250ms, 10s, 5min or 1h",
        [RO_OPTION_STRING] = "text",
        [RO_OPTION_LIST] = "text",
    };
    return option->type == RO_OPTION_CHOICE ? option->choices : names[option->type];
}

static ro_status bad_value(reader *r, const ro_option *option, const char *where,
                           const char *text) {
    return ro_fail(r->err, RO_INVALID, "option '%s' (%s) takes %s, not '%.80s'", option->name,
                   where, expected(option), text);
}

/* In the largest unit that gives a whole number. */
static void write_number(int64_t number, const unit *units, char *out, size_t size) {
    const unit *best = NULL;
    for (const unit *u = units; u->suffix; u++) {
        if (number % u->factor == 0 && (!best || u->factor > best->factor)) {
            best = u;
        }
    }
    bool zero = number == 0 || !best;
    (void)snprintf(out, size, "%lld%s", (long long)(zero ? number : number / best->factor),
                   zero                   ? ""
                   : *best->suffix        ? best->suffix
                   : units[0].factor == 1 ? ""
                                          : "s");
}

void ro_option_print(const ro_option *option, const void *settings, ro_buf *out) {
    const char *at = (const char *)settings + option->offset;
    char text[32] = "";
    int64_t number;
    switch (option->type) {
    case RO_OPTION_FLAG:
        ro_buf_add_str(out, *(const bool *)at ? RO_STR("yes") : RO_STR("no"));
        break;
    case RO_OPTION_INT:
    case RO_OPTION_SIZE:
    case RO_OPTION_DURATION:
        memcpy(&number, at, sizeof number);
        write_number(number,
                     option->type == RO_OPTION_INT    ? no_units
                     : option->type == RO_OPTION_SIZE ? size_units
                                                      : duration_units,
                     text, sizeof text);
        ro_buf_add_str(out, ro_str_from(text));
        break;
    case RO_OPTION_REAL:
        ro_buf_printf(out, "%.17g", *(const double *)(const void *)at);
        break;
    case RO_OPTION_STRING: {
        const char *string;
        memcpy(&string, at, sizeof string);
        ro_buf_add_str(out, ro_str_from(string ? string : ""));
        break;
    }
    case RO_OPTION_CHOICE: {
        const char *choice = option->choices;
        for (int i = *(const int *)(const void *)at; i > 0; i--) {
            choice += strcspn(choice, "|") + 1;
        }
        ro_buf_add(out, choice, strcspn(choice, "|"));
        break;
    }
    case RO_OPTION_LIST:
        break;
    }
}

static ro_status out_of_range(reader *r, const ro_option *option, const char *where,
                              const char *text, const unit *units) {
    char min[32];
    char max[32];
    write_number(option->min, units, min, sizeof min);
    write_number(option->max, units, max, sizeof max);
    return ro_fail(r->err, RO_INVALID, "option '%s' (%s) is out of range: %s to %s, not '%.80s'",
                   option->name, where, min, max, text);
}

static ro_status set_number(reader *r, const ro_option *option, const char *where, const char *text,
                            const unit *units) {
    int64_t number = 0;
    if (!parse_number(text, units, &number)) {
        return bad_value(r, option, where, text);
    }
    if ((option->min || option->max) && (number < option->min || number > option->max)) {
        return out_of_range(r, option, where, text, units);
    }
    memcpy(r->settings + option->offset, &number, sizeof number);
    return RO_OK;
}

static ro_status add_to_list(reader *r, const ro_option *option, const char *copy) {
    ro_str_list *list = (ro_str_list *)(void *)(r->settings + option->offset);
    const char **items = ro_arena_alloc_array(r->arena, list->count + 1, sizeof *items);
    if (!items) {
        return ro_fail_memory(r->err);
    }
    if (list->count) {
        memcpy(items, list->items, list->count * sizeof *items);
    }
    items[list->count] = copy;
    *list = (ro_str_list){items, list->count + 1};
    return RO_OK;
}

static ro_status set_text(reader *r, const ro_option *option, const char *text) {
    const char *copy = ro_arena_copy(r->arena, ro_str_from(text)).ptr;
    if (!copy) {
        return ro_fail_memory(r->err);
    }
    if (option->type == RO_OPTION_LIST) {
        return add_to_list(r, option, copy);
    }
    *(const char **)(void *)(r->settings + option->offset) = copy;
    return RO_OK;
}

/* `where` names the source in messages. */
static ro_status set_value(reader *r, const ro_option *option, ro_option_source from,
                           const char *where, const char *text) {
    ro_option_source *by = &r->set_by[option - r->program->options];
    char *at = r->settings + option->offset;
    if (*by != RO_SOURCE_NONE && *by < from) {
        return RO_OK;
    }
    if (*by != from && option->type == RO_OPTION_LIST) {
        *(ro_str_list *)(void *)at = (ro_str_list){NULL, 0};
    }
    *by = from;
    switch (option->type) {
    case RO_OPTION_FLAG:
        return parse_flag(text, (bool *)at) ? RO_OK : bad_value(r, option, where, text);
    case RO_OPTION_CHOICE:
        return parse_choice(text, option->choices, (int *)(void *)at)
                   ? RO_OK
                   : bad_value(r, option, where, text);
    case RO_OPTION_INT:
        return set_number(r, option, where, text, no_units);
    case RO_OPTION_SIZE:
        return set_number(r, option, where, text, size_units);
    case RO_OPTION_DURATION:
        return set_number(r, option, where, text, duration_units);
    case RO_OPTION_REAL: {
        char *end = NULL;
        double number = strtod(text, &end);
        if (end == text || *end || !isfinite(number)) {
            return bad_value(r, option, where, text);
        }
        memcpy(at, &number, sizeof number);
        return RO_OK;
    }
    case RO_OPTION_STRING:
    case RO_OPTION_LIST:
        return set_text(r, option, text);
    }
    return ro_fail(r->err, RO_INTERNAL, "option '%s' has no type", option->name);
}

/* ---- command line --------------------------------------------------------------------------- */

static const char on_command_line[] = "command line";

/* Handles argv[*i], which starts with "--"; moves *i on when the value is the next argument. */
static ro_status read_long(reader *r, int argc, char **argv, int *i) {
    const char *text = argv[*i] + 2;
    size_t len = strcspn(text, "=");
    const char *value = text[len] == '=' ? text + len + 1 : NULL;
    ro_str name = ro_str_make(text, len);
    if (!value && ro_str_equal(name, RO_STR("help"))) {
        r->out->help = true;
        return RO_OK;
    }
    if (!value && ro_str_equal(name, RO_STR("version"))) {
        r->out->version = true;
        return RO_OK;
    }
    if (ro_str_equal(name, RO_STR("generate"))) {
        const char *what = value ? value : *i + 1 < argc ? argv[++*i] : "";
        return ro_options_generates(what, &r->out->generate)
                   ? RO_OK
                   : ro_fail(r->err, RO_INVALID,
                             "option '--generate' takes man or bash, not '%.80s'", what);
    }
    const ro_option *option = ro_option_find(r->program, name);
    if (!option && !value && ro_str_starts_with(name, RO_STR("no-"))) {
        option = ro_option_find(r->program, ro_str_make(text + 3, len - 3));
        if (option && option->type == RO_OPTION_FLAG) {
            return set_value(r, option, RO_SOURCE_COMMAND_LINE, on_command_line, "no");
        }
        option = NULL;
    }
    if (!option) {
        return ro_fail(r->err, RO_INVALID, "unknown option '--%.*s'", (int)(len > 80 ? 80 : len),
                       text);
    }
    if (!value && option->type == RO_OPTION_FLAG) {
        value = "yes";
    }
    if (!value && *i + 1 < argc) {
        value = argv[++*i];
    }
    if (!value) {
        return ro_fail(r->err, RO_INVALID, "option '--%s' needs a value: %s", option->name,
                       expected(option));
    }
    return set_value(r, option, RO_SOURCE_COMMAND_LINE, on_command_line, value);
}

/* Handles argv[*i], "-x", "-xVALUE", "-x VALUE" or several flags at once "-xyz". */
static ro_status read_short(reader *r, int argc, char **argv, int *i) {
    for (const char *at = argv[*i] + 1; *at; at++) {
        const ro_option *option = r->program->options;
        while (option->name && option->letter != *at) {
            option++;
        }
        if (!option->name) {
            return ro_fail(r->err, RO_INVALID, "unknown option '-%c'", *at);
        }
        if (option->type == RO_OPTION_FLAG) {
            ro_status status = set_value(r, option, RO_SOURCE_COMMAND_LINE, on_command_line, "yes");
            if (status) {
                return status;
            }
            continue;
        }
        const char *value = at[1] ? at + 1 : *i + 1 < argc ? argv[++*i] : NULL;
        if (!value) {
            return ro_fail(r->err, RO_INVALID, "option '-%c' needs a value: %s", option->letter,
                           expected(option));
        }
        return set_value(r, option, RO_SOURCE_COMMAND_LINE, on_command_line, value);
    }
    return RO_OK;
}

static ro_status read_command(reader *r, const char *word) {
    const ro_command *commands = r->program->commands;
    for (int i = 0; commands[i].name; i++) {
        if (strcmp(commands[i].name, word) == 0) {
            r->out->command = i;
            return RO_OK;
        }
    }
    return ro_fail(r->err, RO_INVALID, "unknown command '%.80s'; see '%s --help'", word,
                   r->program->name);
}

static ro_status read_argv(reader *r, int argc, char **argv) {
    bool only_arguments = false;
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i];
        ro_status status = RO_OK;
        if (only_arguments || word[0] != '-' || word[1] == 0) {
            if (r->program->commands && r->out->command < 0) {
                status = read_command(r, word);
            } else {
                r->out->args[r->out->arg_count++] = word;
            }
        } else if (strcmp(word, "--") == 0) {
            only_arguments = true;
        } else if (word[1] == '-') {
            status = read_long(r, argc, argv, &i);
        } else {
            status = read_short(r, argc, argv, &i);
        }
        if (status) {
            return status;
        }
    }
    return RO_OK;
}

/* An option given by hand must belong to the command it is given to. */
static ro_status check_commands(reader *r) {
    if (r->out->command < 0) {
        return RO_OK;
    }
    for (size_t i = 0; r->program->options[i].name; i++) {
        unsigned commands = r->program->options[i].commands;
        if (r->set_by[i] == RO_SOURCE_COMMAND_LINE && commands &&
            !(commands >> r->out->command & 1)) {
            return ro_fail(r->err, RO_INVALID, "option '--%s' does not belong to '%s'",
                           r->program->options[i].name, r->program->commands[r->out->command].name);
        }
    }
    return RO_OK;
}

/* ---- environment, file, defaults ------------------------------------------------------------ */

static ro_status read_environment(reader *r, char **environment) {
    static const char prefix[] = "READOUT_";
    for (char **entry = environment; entry && *entry; entry++) {
        const char *equals = strchr(*entry, '=');
        if (!equals || strncmp(*entry, prefix, sizeof prefix - 1) != 0) {
            continue;
        }
        char name[NAME_MAX_BYTES];
        size_t len = 0;
        for (const char *at = *entry + sizeof prefix - 1; at < equals && len < sizeof name; at++) {
            name[len++] = (char)(*at == '_' ? '-' : *at >= 'A' && *at <= 'Z' ? *at + 32 : *at);
        }
        const ro_option *option = ro_option_find(r->program, ro_str_make(name, len));
        ro_status status =
            option ? set_value(r, option, RO_SOURCE_ENVIRONMENT, "environment", equals + 1) : RO_OK;
        if (status) {
            return status;
        }
    }
    return RO_OK;
}

static ro_status read_line(reader *r, ro_option_source from, const char *path, int64_t number,
                           ro_str text) {
    char where[160];
    (void)snprintf(where, sizeof where, "%.120s, line %lld", path, (long long)number);
    ro_str line = ro_str_trim(text);
    if (line.len == 0 || line.ptr[0] == '#') {
        return RO_OK;
    }
    const char *equals = memchr(line.ptr, '=', line.len);
    if (!equals) {
        return ro_fail_at(r->err, RO_INVALID, number, "%s: expected 'name = value'", where);
    }
    ro_str name = ro_str_trim(ro_str_make(line.ptr, (size_t)(equals - line.ptr)));
    ro_str value = ro_str_trim(ro_str_make(equals + 1, (size_t)(line.ptr + line.len - equals - 1)));
    const ro_option *option = ro_option_find(r->program, name);
    if (!option || strcmp(option->name, "config") == 0) {
        return ro_fail_at(r->err, RO_INVALID, number, "%s: unknown option '%.*s'", where,
                          (int)(name.len > 80 ? 80 : name.len), name.ptr);
    }
    ro_str copy = ro_arena_copy(r->arena, value);
    return copy.ptr ? set_value(r, option, from, where, copy.ptr) : ro_fail_memory(r->err);
}

static ro_status read_file(reader *r, const char *path) {
    FILE *file = fopen(path, "re");
    if (!file) {
        return ro_fail(r->err, errno == ENOENT ? RO_NOT_FOUND : RO_IO,
                       "cannot open configuration '%s': %s", path, strerror(errno));
    }
    ro_status status = RO_OK;
    char *line = NULL;
    size_t capacity = 0;
    size_t total = 0;
    ssize_t len;
    for (int64_t number = 1; !status && (len = getline(&line, &capacity, file)) >= 0; number++) {
        total += (size_t)len;
        if (total > CONFIG_FILE_MAX || strlen(line) != (size_t)len) {
            status = ro_fail(r->err, RO_INVALID,
                             "configuration '%s' is not a text file of at most %d bytes", path,
                             CONFIG_FILE_MAX);
            break;
        }
        status = read_line(r, RO_SOURCE_FILE, path, number, ro_str_from(line));
    }
    if (!status && ferror(file)) {
        status = ro_fail(r->err, RO_IO, "cannot read configuration '%s'", path);
    }
    free(line);
    (void)fclose(file);
    return status;
}

ro_status ro_options_overlay(const ro_program *program, ro_options *options, const char *name,
                             ro_str lines, ro_error *err) {
    reader r = {program, options->settings, options, options->memory, options->sources, err};
    for (int64_t number = 1; lines.len; number++) {
        ro_str line = ro_str_cut(&lines, '\n');
        ro_status status = read_line(&r, RO_SOURCE_OVERLAY, name, number, line);
        if (status) {
            return status;
        }
    }
    return RO_OK;
}

static ro_status read_config(reader *r) {
    const ro_option *config = ro_option_find(r->program, RO_STR("config"));
    const char *path = NULL;
    if (config && config->type == RO_OPTION_STRING) {
        memcpy(&path, r->settings + config->offset, sizeof path);
    }
    return path && *path ? read_file(r, path) : RO_OK;
}

static ro_status read_defaults(reader *r) {
    for (const ro_option *option = r->program->options; option->name; option++) {
        ro_status status = option->initial
                               ? set_value(r, option, RO_SOURCE_DEFAULT, "default", option->initial)
                               : RO_OK;
        if (status) {
            return status;
        }
    }
    return RO_OK;
}

ro_status ro_options_read(const ro_program *program, int argc, char **argv, char **environment,
                          void *settings, ro_options *out, ro_error *err) {
    memset(settings, 0, program->settings_size);
    *out = (ro_options){.settings = settings, .command = -1};
    ro_arena *arena = calloc(1, sizeof *arena);
    if (!arena) {
        return ro_fail_memory(err);
    }
    out->memory = arena;
    reader r = {program, settings, out, arena, NULL, err};
    r.set_by = ro_arena_alloc_array(arena, option_count(program) + 1, sizeof *r.set_by);
    out->args = ro_arena_alloc_array(arena, (size_t)argc + 1, sizeof *out->args);
    out->sources = r.set_by;
    if (!r.set_by || !out->args) {
        ro_options_release(out);
        return ro_fail_memory(err);
    }
    ro_status status = read_argv(&r, argc, argv);
    if (!status && !out->help && !out->version && !out->generate) {
        status = check_commands(&r);
        if (!status) {
            status = read_environment(&r, environment);
        }
        if (!status) {
            status = read_config(&r);
        }
    }
    if (!status) {
        status = read_defaults(&r);
    }
    if (status) {
        ro_options_release(out);
    }
    return status;
}

void ro_options_release(ro_options *options) {
    if (options->memory) {
        ro_arena_release(options->memory);
        free(options->memory);
    }
    *options = (ro_options){.command = -1};
}

/* ---- help ----------------------------------------------------------------------------------- */

#define HELP_WIDTH 80
#define HELP_COLUMN 28

/* Characters, not bytes: the tables may hold an ellipsis. */
static size_t text_width(ro_str s) {
    size_t width = 0;
    for (size_t i = 0; i < s.len; i++) {
        width += ((unsigned char)s.ptr[i] & 0xC0) != 0x80;
    }
    return width;
}

/* Appends words of `text`, wrapped and indented by HELP_COLUMN, from column `at`. */
static void add_wrapped(ro_buf *out, const char *text, size_t at) {
    for (const char *word = text; *word;) {
        size_t len = strcspn(word, " ");
        size_t width = text_width(ro_str_make(word, len));
        bool first = at <= HELP_COLUMN;
        if (!first && at + 1 + width > HELP_WIDTH) {
            ro_buf_printf(out, "\n%*s", HELP_COLUMN, "");
            at = HELP_COLUMN;
            first = true;
        }
        if (!first) {
            ro_buf_add_byte(out, ' ');
            at++;
        }
        ro_buf_add(out, word, len);
        at += width;
        word += len + strspn(word + len, " ");
    }
    ro_buf_add_byte(out, '\n');
}

static void add_row(ro_buf *out, ro_str left, const char *help) {
    size_t width = text_width(left);
    ro_buf_add_str(out, left);
    if (width + 2 > HELP_COLUMN) {
        ro_buf_add_byte(out, '\n');
        width = 0;
    }
    ro_buf_printf(out, "%*s", (int)(HELP_COLUMN - width), "");
    add_wrapped(out, help, HELP_COLUMN);
}

static void add_option(ro_buf *out, const ro_option *option) {
    ro_buf left = RO_BUF_INIT;
    ro_buf help = RO_BUF_INIT;
    if (option->letter) {
        ro_buf_printf(&left, "  -%c, --%s", option->letter, option->name);
    } else {
        ro_buf_printf(&left, "      --%s", option->name);
    }
    if (option->arg) {
        ro_buf_printf(&left, " %s", option->arg);
    }
    ro_buf_printf(&help, "%s", option->help);
    if (option->choices) {
        ro_buf_printf(&help, ": %s", option->choices);
    }
    if (option->initial && option->initial[0] && option->type != RO_OPTION_FLAG) {
        ro_buf_printf(&help, " (default %s)", option->initial);
    }
    ro_buf_add_byte(&help, 0);
    if (!help.failed) {
        add_row(out, ro_buf_str(&left), help.ptr);
    }
    ro_buf_release(&left);
    ro_buf_release(&help);
}

static void add_commands(ro_buf *out, const ro_command *commands) {
    ro_buf_add_str(out, RO_STR("\ncommands:\n"));
    for (const ro_command *command = commands; command->name; command++) {
        ro_buf left = RO_BUF_INIT;
        ro_buf_printf(&left, "  %s%s%s", command->name, *command->args ? " " : "", command->args);
        add_row(out, ro_buf_str(&left), command->help);
        ro_buf_release(&left);
    }
}

void ro_options_help(const ro_program *program, int command, ro_buf *out) {
    if (command >= 0) {
        const ro_command *c = &program->commands[command];
        ro_buf_printf(out, "usage: %s %s [OPTION…] %s\n\n%s\n", program->name, c->name, c->args,
                      c->help);
    } else {
        ro_buf_printf(out, "usage: %s\n\n%s\n", program->usage, program->summary);
        if (program->commands) {
            add_commands(out, program->commands);
        }
    }
    ro_buf_add_str(out, RO_STR("\noptions:\n"));
    for (const ro_option *option = program->options; option->name; option++) {
        if (command < 0 || !option->commands || (option->commands >> command & 1)) {
            add_option(out, option);
        }
    }
    add_row(out, RO_STR("      --help"), "show this text");
    add_row(out, RO_STR("      --version"), "show the version");
    add_row(out, RO_STR("      --generate WHAT"), "print the manual page or completion: man|bash");
    if (program->epilogue) {
        ro_buf_printf(out, "\n%s", program->epilogue);
    }
}
