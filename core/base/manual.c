/* What is made of a program's table for those who read and type: manual page, completion. */
#include "readout/option.h"

#include <stdio.h>

static const char *const generated[] = {"man", "bash"};

bool ro_options_generates(const char *what, int *out) {
    for (size_t i = 0; i < sizeof generated / sizeof generated[0]; i++) {
        if (strcmp(generated[i], what) == 0) {
            *out = (int)i + 1;
            return true;
        }
    }
    return false;
}

/* ---- manual page ---------------------------------------------------------------------------- */

/* As troff reads it: no character is an instruction. */
static void add_roff(ro_buf *out, const char *text) {
    bool at_start = true;
    for (; *text; text++) {
        if (at_start && (*text == '.' || *text == '\'')) {
            ro_buf_add_str(out, RO_STR("\\&"));
        }
        at_start = *text == '\n';
        switch (*text) {
        case '\\':
            ro_buf_add_str(out, RO_STR("\\(rs"));
            break;
        case '-':
            ro_buf_add_str(out, RO_STR("\\-"));
            break;
        case '\'':
            ro_buf_add_str(out, RO_STR("\\(aq"));
            break;
        case '`':
            ro_buf_add_str(out, RO_STR("\\(ga"));
            break;
        case '^':
            ro_buf_add_str(out, RO_STR("\\(ha"));
            break;
        case '~':
            ro_buf_add_str(out, RO_STR("\\(ti"));
            break;
        default:
            ro_buf_add_byte(out, *text);
        }
    }
}

static void add_section(ro_buf *out, const char *title) {
    ro_buf_printf(out, ".SH %s\n", title);
}

/* Lines as they are, but for what they are indented by when `flush`. */
static void add_block(ro_buf *out, const char *text, bool flush) {
    ro_buf_add_str(out, RO_STR(".nf\n"));
    ro_buf lines = RO_BUF_INIT;
    for (bool at_start = true; *text; text++) {
        if (!(flush && at_start && *text == ' ')) {
            ro_buf_add_byte(&lines, *text);
            at_start = *text == '\n';
        }
    }
    ro_buf_add_byte(&lines, 0);
    add_roff(out, lines.failed ? "" : lines.ptr);
    ro_buf_release(&lines);
    ro_buf_add_str(out, RO_STR("\n.fi\n"));
}

static void add_name(ro_buf *out, const char *dashes, const char *name, const char *arg) {
    ro_buf_add_str(out, RO_STR("\\fB"));
    add_roff(out, dashes);
    add_roff(out, name);
    ro_buf_add_str(out, RO_STR("\\fR"));
    if (arg && *arg) {
        ro_buf_add_str(out, RO_STR(" \\fI"));
        add_roff(out, arg);
        ro_buf_add_str(out, RO_STR("\\fR"));
    }
}

/* With a capital and a full stop. */
static void add_sentence(ro_buf *out, const char *text) {
    char first[2] = {text[0], 0};
    if (first[0] >= 'a' && first[0] <= 'z') {
        first[0] = (char)(first[0] - 32);
    }
    add_roff(out, first);
    add_roff(out, *text ? text + 1 : "");
    bool ended = *text && text[strlen(text) - 1] == '.';
    ro_buf_add_str(out, ended ? RO_STR("\n") : RO_STR(".\n"));
}

static void add_option(ro_buf *out, const ro_option *option, const ro_command *commands) {
    char letter[2] = {option->letter, 0};
    ro_buf_add_str(out, RO_STR(".TP\n"));
    if (option->letter) {
        add_name(out, "-", letter, NULL);
        ro_buf_add_str(out, RO_STR(", "));
    }
    add_name(out, "--", option->name, option->arg);
    ro_buf_add_byte(out, '\n');
    add_sentence(out, option->help);
    if (option->choices) {
        ro_buf_add_str(out, RO_STR("One of "));
        for (const char *at = option->choices; *at; at += *at == '|') {
            char word[64];
            size_t len = strcspn(at, "|");
            (void)snprintf(word, sizeof word, "%.*s", (int)len, at);
            add_name(out, "", word, NULL);
            at += len;
            ro_buf_add_str(out, *at ? RO_STR(", ") : RO_STR(".\n"));
        }
    }
    if (option->initial && *option->initial) {
        ro_buf_add_str(out, RO_STR("Default: "));
        add_roff(out, option->initial);
        ro_buf_add_str(out, RO_STR(".\n"));
    }
    if (option->commands && commands) {
        const char *comma = "Of ";
        for (int i = 0; commands[i].name; i++) {
            if (option->commands >> i & 1) {
                ro_buf_add_str(out, ro_str_from(comma));
                add_name(out, "", commands[i].name, NULL);
                comma = ", ";
            }
        }
        ro_buf_add_str(out, RO_STR(".\n"));
    }
}

static void add_options(ro_buf *out, const ro_program *program) {
    add_section(out, "OPTIONS");
    for (const ro_option *option = program->options; option->name; option++) {
        add_option(out, option, program->commands);
    }
    static const ro_option standard[] = {
        {.name = "help", .help = "show the options and their defaults"},
        {.name = "version", .help = "show the version"},
        {.name = "generate",
         .arg = "WHAT",
         .choices = "man|bash",
         .help = "print this page, or the completion of bash"},
    };
    for (size_t i = 0; i < sizeof standard / sizeof standard[0]; i++) {
        add_option(out, &standard[i], NULL);
    }
}

static const ro_option *find(const ro_program *program, const char *name) {
    for (const ro_option *option = program->options; option->name; option++) {
        if (strcmp(option->name, name) == 0) {
            return option;
        }
    }
    return NULL;
}

static void add_sources(ro_buf *out, const ro_program *program) {
    bool file = find(program, "config") != NULL;
    add_section(out, "CONFIGURATION");
    add_roff(out,
             "An option that is not given on the command line is taken from the environment: "
             "READOUT_ and its name in capitals, with _ for -, as READOUT_INDEX for --index.\n");
    if (file) {
        add_roff(out, "What is not there either is taken from the file that --config names: lines "
                      "of the form\n");
        ro_buf_add_str(out, RO_STR(".PP\n.RS\n\\fIname\\fR = \\fIvalue\\fR\n.RE\n.PP\n"));
        add_roff(out, "with the names of the long options; lines that begin with # are "
                      "comments.\n");
    }
    add_roff(out, "Sizes take k, M or G (powers of 1024); times take ms, s, min or h.\n");
}

static void add_commands(ro_buf *out, const ro_command *commands) {
    add_section(out, "COMMANDS");
    for (const ro_command *command = commands; command->name; command++) {
        ro_buf_add_str(out, RO_STR(".TP\n"));
        add_name(out, "", command->name, command->args);
        ro_buf_add_byte(out, '\n');
        add_sentence(out, command->help);
    }
}

static void write_manual(const ro_program *program, const char *version, ro_buf *out) {
    ro_buf_printf(out, ".TH %s %d \"\" \"Readout %s\" \"Readout\"\n", program->name,
                  program->section ? program->section : 1, version);
    add_section(out, "NAME");
    add_roff(out, program->name);
    ro_buf_add_str(out, RO_STR(" \\- "));
    add_roff(out, program->summary);
    ro_buf_add_byte(out, '\n');
    add_section(out, "SYNOPSIS");
    add_block(out, program->usage, true);
    if (program->description) {
        add_section(out, "DESCRIPTION");
        add_roff(out, program->description);
        ro_buf_add_byte(out, '\n');
    }
    if (program->commands) {
        add_commands(out, program->commands);
    }
    add_options(out, program);
    add_sources(out, program);
    if (program->epilogue) {
        add_section(out, "NOTES");
        add_block(out, program->epilogue, false);
    }
    if (program->see_also) {
        add_section(out, "SEE ALSO");
        add_roff(out, program->see_also);
        ro_buf_add_byte(out, '\n');
    }
}

/* ---- completion ----------------------------------------------------------------------------- */

/* How bash finds the values of an option; NULL: it cannot. */
static const char *completer(const char *arg) {
    static const struct {
        const char *arg, *by;
    } known[] = {{"DIR", "-d"}, {"FILE", "-f"}, {"PATH", "-f"}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (arg && strncmp(arg, known[i].arg, strlen(known[i].arg)) == 0) {
            return known[i].by;
        }
    }
    return NULL;
}

/* "--index | -i" as a pattern of case. */
static void add_pattern(const ro_option *option, ro_buf *out) {
    ro_buf_printf(out, "--%s", option->name);
    if (option->letter) {
        ro_buf_printf(out, " | -%c", option->letter);
    }
}

static void add_values(const ro_option *option, ro_buf *out) {
    ro_buf_add_str(out, RO_STR("    "));
    add_pattern(option, out);
    if (!option->choices) {
        ro_buf_printf(out, ")\n        by=(%s)\n        ;;\n", completer(option->arg));
        return;
    }
    ro_buf_add_str(out, RO_STR(")\n        by=(-W '"));
    for (const char *at = option->choices; *at; at++) {
        ro_buf_add_byte(out, *at == '|' ? ' ' : *at);
    }
    ro_buf_add_str(out, RO_STR("')\n        ;;\n"));
}

/* Options with values that bash knows, then the rest of those that take one. */
static void add_all_values(const ro_program *program, ro_buf *out) {
    const char *before = "    ";
    for (const ro_option *option = program->options; option->name; option++) {
        if (option->choices || completer(option->arg)) {
            add_values(option, out);
        }
    }
    for (const ro_option *option = program->options; option->name; option++) {
        if (option->type != RO_OPTION_FLAG && !option->choices && !completer(option->arg)) {
            ro_buf_add_str(out, ro_str_from(before));
            add_pattern(option, out);
            before = " | \\\n        ";
        }
    }
    if (before[0] == ' ' && before[1] == '|') {
        ro_buf_add_str(out, RO_STR(")\n        by=(-W '')\n        ;;\n"));
    }
}

static void add_words(const ro_program *program, int command, ro_buf *out) {
    for (const ro_option *option = program->options; option->name; option++) {
        if (command < 0 || !option->commands || (option->commands >> command & 1)) {
            ro_buf_printf(out, "--%s ", option->name);
        }
    }
    ro_buf_add_str(out, RO_STR("--help --version"));
}

/* Which options a word offers depends on the command before it. */
static void add_choice_of_words(const ro_program *program, ro_buf *out) {
    const ro_command *commands = program->commands;
    if (!commands) {
        ro_buf_add_str(out, RO_STR("    local words='"));
        add_words(program, -1, out);
        ro_buf_add_str(out, RO_STR("' by=()\n"));
        return;
    }
    ro_buf_add_str(out, RO_STR("    local word words='' commands='"));
    for (int i = 0; commands[i].name; i++) {
        ro_buf_printf(out, "%s%s", i ? " " : "", commands[i].name);
    }
    ro_buf_add_str(out, RO_STR("' by=()\n"
                               "    for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
                               "        case $word in\n"));
    for (int i = 0; commands[i].name; i++) {
        ro_buf_printf(out, "        %s)\n            commands='' words='", commands[i].name);
        add_words(program, i, out);
        ro_buf_add_str(out, RO_STR("'\n            break\n            ;;\n"));
    }
    ro_buf_add_str(out, RO_STR("        esac\n    done\n    [ -n \"$words\" ] || words='"));
    add_words(program, -1, out);
    ro_buf_add_str(out, RO_STR("'\n"));
}

static void write_completion(const ro_program *program, ro_buf *out) {
    char function[64];
    (void)snprintf(function, sizeof function, "_%s", program->name);
    for (char *at = function; *at; at++) {
        *at = *at == '-' ? '_' : *at;
    }
    ro_buf_printf(out, "# bash completion for %s, made from its table of options\n%s() {\n",
                  program->name, function);
    ro_buf_add_str(out, RO_STR("    local current=${COMP_WORDS[COMP_CWORD]}"
                               " before=${COMP_WORDS[COMP_CWORD-1]}\n"
                               "    if [ \"$current\" = = ]; then\n"
                               "        current=''\n"
                               "    elif [ \"$before\" = = ]; then\n"
                               "        before=${COMP_WORDS[COMP_CWORD-2]}\n"
                               "    fi\n"));
    add_choice_of_words(program, out);
    ro_buf_add_str(out, RO_STR("    case $before in\n"));
    add_all_values(program, out);
    ro_buf_printf(out,
                  "    *)\n"
                  "        if [[ $current == -* ]]; then\n"
                  "            by=(-W \"$words\")\n"
                  "%s"
                  "        else\n"
                  "            by=(-f)\n"
                  "        fi\n"
                  "        ;;\n"
                  "    esac\n"
                  "    mapfile -t COMPREPLY < <(compgen \"${by[@]}\" -- \"$current\")\n"
                  "}\n"
                  "complete -o filenames -o bashdefault -F %s %s\n",
                  program->commands ? "        elif [ -n \"$commands\" ]; then\n"
                                      "            by=(-W \"$commands\")\n"
                                    : "",
                  function, program->name);
}

/* ---- both ----------------------------------------------------------------------------------- */

bool ro_options_tell(const ro_program *program, const ro_options *options, const char *version,
                     ro_buf *out) {
    enum { NOTHING, MAN, BASH };
    if (options->help) {
        ro_options_help(program, options->command, out);
    } else if (options->version) {
        ro_buf_printf(out, "%s %s\n", program->name, version);
    } else if (options->generate == MAN) {
        write_manual(program, version, out);
    } else if (options->generate == BASH) {
        write_completion(program, out);
    }
    return options->help || options->version || options->generate != NOTHING;
}
