#include "oracle.h"

#include "../roll.h"

/* Words that share stems, a compound, a number. */
static const char *const words[] = {"talk",     "talks",  "talked",  "peace",
                                    "peaceful", "deal",   "dealing", "co-operation",
                                    "2025",     "energy", "talk's"};
const char *const oracle_sources[] = {"Reuters", "AFP", "", "Tass"};
#define WORDS (sizeof words / sizeof *words)

document oracle_docs[ORACLE_DOCS];

static int take_token(void *context, const ro_token *t) {
    document *d = context;
    token *made = &d->tokens[d->count];
    *made = (token){.field = d->field, .position = t->position};
    memcpy(made->form, t->form.ptr, t->form.len);
    memcpy(made->stem, t->stem.ptr, t->stem.len);
    d->length[d->field] = t->position + 1;
    /* the same term twice in one place counts once */
    for (size_t i = 0; i < d->count; i++) {
        const token *known = &d->tokens[i];
        if (known->field == made->field && known->position == made->position &&
            strcmp(known->form, made->form) == 0 && strcmp(known->stem, made->stem) == 0) {
            return 0;
        }
    }
    return ++d->count == ORACLE_TOKENS_MAX;
}

static void random_text(char *out, size_t size, unsigned most) {
    size_t len = 0;
    out[0] = 0;
    for (unsigned i = roll(most + 1); i; i--) {
        len += (size_t)snprintf(out + len, size - len, "%s ", words[roll(WORDS)]);
    }
}

void oracle_put(ro_writer *writer, ro_preparer *preparer, ro_analyser *analyser, size_t number) {
    document *d = &oracle_docs[number];
    char id[16];
    char title[128];
    char body[512];
    (void)snprintf(id, sizeof id, "%zu", number);
    random_text(title, sizeof title, 4);
    random_text(body, sizeof body, 16);
    *d = (document){.live = true, .source = (int)roll(4)};
    d->published = roll(5) ? (int64_t)roll(400) * 86400 : RO_TIME_NONE;
    d->field = 0;
    OK(ro_analyse(analyser, ro_str_from(title), RO_STR("en"), take_token, d, NULL));
    d->field = 1;
    OK(ro_analyse(analyser, ro_str_from(body), RO_STR("en"), take_token, d, NULL));
    ro_article article = {.id = ro_str_from(id),
                          .title = ro_str_from(title),
                          .body = ro_str_from(body),
                          .language = RO_STR("en"),
                          .source = ro_str_from(oracle_sources[d->source]),
                          .published = d->published};
    ro_prepared *prepared;
    ro_change change;
    OK(ro_prepare(preparer, &article, NULL, &prepared, NULL));
    OK(ro_writer_put(writer, prepared, &change, NULL));
    ro_prepared_free(prepared);
}
