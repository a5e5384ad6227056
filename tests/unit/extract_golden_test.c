/* Golden cases of extraction: tests/golden/extract/NAME.txt.
 *
 *   %check outcomes talks        families compared in what follows: talks, people, outcomes,
 *                                statements, contents (statements with what was said)
 *   > One sentence or more.      a case; a second "> " line is a second line of the article
 *   @ 2025-02-20                 its date of publication, if it matters
 *   agreed RU+US: lift the ban   the facts, all of them and in this order
 *
 * Without argument all files are run; with a file's name that one; "--fill FILE" prints the file
 * with the facts found, for reading and correcting. */
#include "readout/extract.h"

#include <dirent.h>

enum { TALKS = 1, PEOPLE = 2, OUTCOMES = 4, STATEMENTS = 8, CONTENTS = 16 };
#define WHAT_SHOWN 48 /* bytes of what an outcome is about */

static ro_extractor *extractor;

/* ---- facts as lines -------------------------------------------------------------------------- */

static void put_actors(const ro_facts *f, const ro_actors *a, ro_str text, ro_buf *out) {
    for (size_t i = 0; i < a->person_count; i++) {
        ro_buf_printf(out, "%s%.*s", i ? "+" : "", RO_STR_ARG(f->people[a->people[i]].name));
    }
    for (size_t i = 0; i < a->side_count; i++) {
        ro_buf_printf(out, "%s%s", i || a->person_count ? "+" : "", a->sides[i].code);
    }
    if (a->person_count + a->side_count == 0) {
        ro_buf_printf(out, "%s%.*s%s", text.len ? "'" : "?", RO_STR_ARG(text), text.len ? "'" : "");
    }
}

static ro_str shortened(ro_str what) {
    size_t len = what.len;
    if (len > WHAT_SHOWN) {
        len = WHAT_SHOWN;
        while (len > 0 && what.ptr[len] != ' ') {
            len--;
        }
    }
    return ro_str_make(what.ptr, len);
}

static void put_talk(const ro_facts *f, const ro_talk *t, ro_buf *out) {
    ro_buf_printf(out, "%s %s", t->main ? "talk" : "also", ro_talk_status_name(t->status));
    if (ro_talk_form_name(t->form)) {
        ro_buf_printf(out, " %s", ro_talk_form_name(t->form));
    }
    for (size_t i = 0; i < t->side_count; i++) {
        ro_buf_printf(out, "%s%s", i ? "+" : " ", t->sides[i].code);
    }
    for (size_t i = 0; i < t->party_count; i++) {
        ro_buf_printf(out, "%s%.*s", i ? "; " : " [", RO_STR_ARG(t->parties[i]));
    }
    ro_buf_printf(out, t->party_count ? "]" : "");
    if (t->country.code[0]) {
        ro_buf_printf(out, " in %.*s,%s", RO_STR_ARG(t->city), t->country.code);
    }
    if (t->date.len) {
        ro_buf_printf(out, " on %.*s", RO_STR_ARG(t->date));
    }
    if (t->duration_minutes) {
        ro_buf_printf(out, " %d minutes", t->duration_minutes);
    }
    ro_buf_add_byte(out, '\n');
    for (size_t i = 0; i < f->participation_count; i++) {
        const ro_participation *p = &f->participations[i];
        if (p->talk == (int)(t - f->talks)) {
            ro_buf_printf(out, "%s %s %.*s\n", ro_part_role_name(p->role),
                          p->side.code[0] ? p->side.code : "-",
                          RO_STR_ARG(f->people[p->person].name));
        }
    }
}

static void put_person(const ro_person *p, ro_buf *out) {
    ro_buf_printf(out, "person %s %.*s", p->side.code[0] ? p->side.code : "-", RO_STR_ARG(p->name));
    for (size_t i = 0; i < p->role_count; i++) {
        ro_buf_printf(out, "%s%s%.*s", i ? "; " : ", ", p->roles[i].former ? "former " : "",
                      RO_STR_ARG(p->roles[i].office));
        if (p->roles[i].of.len) {
            ro_buf_printf(out, " of %.*s", RO_STR_ARG(p->roles[i].of));
        }
    }
    ro_buf_add_byte(out, '\n');
}

static void put_outcome(const ro_facts *f, const ro_outcome *o, ro_buf *out) {
    ro_buf_printf(out, "%s%s%s ", ro_outcome_status_name(o->status),
                  o->background ? " earlier" : "", o->hedged ? " maybe" : "");
    put_actors(f, &o->by, o->by_text, out);
    ro_buf_printf(out, ": %.*s", RO_STR_ARG(shortened(o->what)));
    if (o->answers >= 0) {
        ro_buf_printf(out, " (answers %s)", ro_outcome_status_name(f->outcomes[o->answers].status));
    }
    ro_buf_add_byte(out, '\n');
}

static void put_statement(const ro_facts *f, const ro_statement *s, ro_buf *out) {
    ro_buf_printf(out, "said ");
    put_actors(f, &s->speaker, RO_STR_NONE, out);
    ro_buf_printf(out, ", %s: %.*s", ro_statement_kind_name(s->kind), RO_STR_ARG(s->cue));
}

static void put_content(const ro_statement *s, ro_str body, ro_buf *out) {
    ro_buf_printf(out, " | %.*s", (int)(s->content_end - s->content_start),
                  body.ptr + s->content_start);
}

static void render(const ro_facts *f, unsigned families, ro_str body, ro_buf *out) {
    for (size_t i = 0; families & TALKS && i < f->talk_count; i++) {
        put_talk(f, &f->talks[i], out);
    }
    for (size_t i = 0; families & PEOPLE && i < f->person_count; i++) {
        put_person(&f->people[i], out);
    }
    for (size_t i = 0; families & OUTCOMES && i < f->outcome_count; i++) {
        put_outcome(f, &f->outcomes[i], out);
    }
    for (size_t i = 0; families & (STATEMENTS | CONTENTS) && i < f->statement_count; i++) {
        put_statement(f, &f->statements[i], out);
        if (families & CONTENTS) {
            put_content(&f->statements[i], body, out);
        }
        ro_buf_add_byte(out, '\n');
    }
}

/* ---- cases ----------------------------------------------------------------------------------- */

typedef struct run {
    const char *name;
    unsigned families;
    bool fill;
    ro_buf text, expected; /* of the open case */
    int64_t published;
    int32_t published_offset;
    size_t line, cases, failed;
} run;

static void close_case(run *r) {
    if (r->text.len == 0) {
        return;
    }
    ro_article article = {.body = ro_str_make(r->text.ptr, r->text.len - 1),
                          .published = r->published,
                          .published_offset = r->published_offset};
    ro_arena arena = RO_ARENA_INIT;
    ro_buf found = RO_BUF_INIT;
    ro_facts facts;
    ro_error err = RO_ERROR_INIT;
    if (ro_extract(extractor, &article, &arena, &facts, &err) == RO_OK) {
        render(&facts, r->families, article.body, &found);
    }
    r->cases++;
    if (r->fill) {
        (void)printf("%.*s\n", RO_STR_ARG(ro_buf_str(&found)));
    } else if (!ro_str_equal(ro_buf_str(&found), ro_buf_str(&r->expected))) {
        r->failed++;
        (void)fprintf(stderr, "%s:%zu: %.*s  expected:\n%.*s  found:\n%.*s\n", r->name, r->line,
                      RO_STR_ARG(ro_buf_str(&r->text)), RO_STR_ARG(ro_buf_str(&r->expected)),
                      RO_STR_ARG(ro_buf_str(&found)));
    }
    ro_buf_release(&found);
    ro_arena_release(&arena);
    ro_buf_clear(&r->text);
    ro_buf_clear(&r->expected);
    r->published = RO_TIME_NONE;
}

static unsigned families_of(ro_str line) {
    static const struct {
        const char *name;
        unsigned bit;
    } NAMES[] = {{"talks", TALKS},
                 {"people", PEOPLE},
                 {"outcomes", OUTCOMES},
                 {"statements", STATEMENTS},
                 {"contents", CONTENTS}};
    unsigned families = 0;
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        families |=
            memmem(line.ptr, line.len, NAMES[i].name, strlen(NAMES[i].name)) ? NAMES[i].bit : 0;
    }
    return families;
}

static void read_line(run *r, ro_str line, size_t number) {
    if (line.len == 0 || line.ptr[0] == '#' || line.ptr[0] == '%') {
        close_case(r);
        r->families = line.len && line.ptr[0] == '%' ? families_of(line) : r->families;
        if (r->fill && line.len) {
            (void)printf("%.*s\n%s", RO_STR_ARG(line), line.ptr[0] == '%' ? "\n" : "");
        }
    } else if (line.ptr[0] == '>') {
        r->line = r->text.len ? r->line : number;
        ro_buf_add(&r->text, line.ptr + 2, line.len - 2);
        ro_buf_add_byte(&r->text, '\n');
        if (r->fill) {
            (void)printf("%.*s\n", RO_STR_ARG(line));
        }
    } else if (line.ptr[0] == '@') {
        if (ro_time_parse_zone(ro_str_trim(ro_str_make(line.ptr + 1, line.len - 1)), &r->published,
                               &r->published_offset, NULL) != RO_OK) {
            r->published = RO_TIME_NONE;
        }
        if (r->fill) {
            (void)printf("%.*s\n", RO_STR_ARG(line));
        }
    } else {
        ro_buf_add_str(&r->expected, line);
        ro_buf_add_byte(&r->expected, '\n');
    }
}

static size_t run_file(const char *path, bool fill, size_t *cases) {
    run r = {.name = path,
             .fill = fill,
             .text = RO_BUF_INIT,
             .expected = RO_BUF_INIT,
             .published = RO_TIME_NONE};
    FILE *file = fopen(path, "r");
    if (!file) {
        (void)fprintf(stderr, "cannot open '%s'\n", path);
        return 1;
    }
    char *line = NULL;
    size_t room = 0;
    size_t number = 0;
    for (ssize_t n; (n = getline(&line, &room, file)) >= 0;) {
        read_line(&r, ro_str_trim(ro_str_make(line, (size_t)n)), ++number);
    }
    close_case(&r);
    free(line);
    (void)fclose(file);
    ro_buf_release(&r.text);
    ro_buf_release(&r.expected);
    *cases += r.cases;
    return r.failed + (r.cases == 0);
}

static size_t run_folder(size_t *cases) {
    const char *source = getenv("READOUT_SOURCE");
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/tests/golden/extract", source ? source : ".");
    DIR *folder = opendir(path);
    size_t failed = folder ? 0 : 1;
    for (const struct dirent *entry; folder && (entry = readdir(folder));) {
        size_t len = strlen(entry->d_name);
        if (len > 4 && strcmp(entry->d_name + len - 4, ".txt") == 0) {
            char file[8192];
            (void)snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
            failed += run_file(file, false, cases);
        }
    }
    if (folder) {
        (void)closedir(folder);
    }
    return failed;
}

int main(int argc, char **argv) {
    ro_error err = RO_ERROR_INIT;
    if (ro_extractor_new(RO_STR_NONE, &extractor, &err) != RO_OK) {
        (void)fprintf(stderr, "%s\n", err.message);
        return 2;
    }
    bool fill = argc > 2 && strcmp(argv[1], "--fill") == 0;
    size_t cases = 0;
    size_t failed = argc > 1 ? run_file(argv[argc - 1], fill, &cases) : run_folder(&cases);
    (void)fprintf(stderr, "%zu cases, %zu failed\n", cases, failed);
    ro_extractor_free(extractor);
    return failed > 0;
}
