#include "document.h"

void *doc_push(document *doc, void **list, size_t *count, size_t size) {
    /* room doubles whenever the count is a power of two */
    if ((*count & (*count - 1)) == 0) {
        size_t room = *count ? *count * 2 : 1;
        char *more = ro_arena_alloc_array(doc->arena, room, size);
        if (!more) {
            doc->failed = true;
            return NULL;
        }
        if (*count) {
            memcpy(more, *list, *count * size);
        }
        *list = more;
    }
    return (char *)*list + (*count)++ * size;
}

const lex_match *doc_match(const document *doc, uint32_t at, lex_class class) {
    const token *t = doc_token(doc, at);
    const lex_match *best = NULL;
    if (!(t->classes & LEX_BIT(class))) {
        return NULL;
    }
    for (uint32_t i = 0; i < t->match_count; i++) {
        const lex_match *m = &doc->t.matches[t->match - 1 + i];
        if (lexicon_entry(doc->lex, m->entry)->class == class &&
            (!best || m->words > best->words)) {
            best = m;
        }
    }
    return best;
}

uint32_t doc_span(const document *doc, uint32_t at, lex_class class) {
    const lex_match *m = doc_match(doc, at, class);
    return m ? m->words : 0;
}

ro_str doc_text(const document *doc, uint32_t first, uint32_t end) {
    if (end <= first) {
        return RO_STR_NONE;
    }
    uint32_t from = doc_token(doc, first)->start;
    return ro_str_make(doc->t.text.ptr + from, doc_token(doc, end - 1)->end - from);
}

bool doc_word_in(const document *doc, uint32_t at, const char *const *words, size_t count) {
    const token *t = doc_token(doc, at);
    char first = t->end > t->start ? doc->t.text.ptr[t->start] : 0;
    for (size_t i = 0; i < count; i++) {
        /* the first letter settles most */
        if (((first ^ words[i][0]) & ~0x20) == 0 && doc_word_is(doc, at, words[i])) {
            return true;
        }
    }
    return false;
}

const chunk *doc_chunk_from(const document *doc, uint32_t at) {
    const chunk *c = doc_chunk_at(doc, at);
    return c && c->first == at ? c : NULL;
}

bool doc_is_owner(const document *doc, uint32_t at) {
    static const char *const WORDS[] = {"his", "her", "its", "their"};
    return DOC_WORD_IN(doc, at, WORDS) && doc_chunk_from(doc, at + 1);
}

const chunk *doc_chunk_before(const document *doc, uint32_t at) {
    const chunk *c = at > 0 ? doc_chunk_at(doc, at - 1) : NULL;
    return c && (c->end == at || c->tail == at) ? c : NULL;
}

ro_evidence doc_evidence(document *doc, uint32_t first, uint32_t end, const char *family,
                         ro_str rule) {
    ro_evidence e = {doc_token(doc, first)->start,
                     doc_token(doc, end > first ? end - 1 : first)->end, RO_STR_NONE};
    e.rule = ro_arena_printf(doc->arena, "%s%s%.*s", family, rule.len ? ":" : "", RO_STR_ARG(rule));
    doc->failed = doc->failed || !e.rule.ptr;
    return e;
}

bool doc_has_side(const uint16_t *sides, size_t count, uint16_t side) {
    for (size_t i = 0; i < count; i++) {
        if (sides[i] == side) {
            return true;
        }
    }
    return false;
}

void doc_add_side(uint16_t *sides, uint8_t *count, uint16_t side) {
    if (side && *count < RO_SIDES_MAX && !doc_has_side(sides, *count, side)) {
        sides[(*count)++] = side;
    }
}
