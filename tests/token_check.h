/* What holds for the tokens of any text; shared by the unit tests and the fuzz target. */
#ifndef READOUT_TESTS_TOKEN_CHECK_H
#define READOUT_TESTS_TOKEN_CHECK_H

#include "readout/analyser.h"
#include "readout/utf8.h"

typedef struct token_check {
    ro_str text;
    uint32_t next;        /* position of the next word */
    uint32_t whole_until; /* position after the last part of the whole seen last */
    uint32_t whole_end;   /* its end in the text */
    uint32_t at;          /* end of the last word */
    uint64_t digest;      /* of everything seen */
    size_t count;
    const char *fault; /* NULL: none */
} token_check;

static inline bool token_on_boundary(ro_str text, uint32_t at) {
    return at == text.len || ((unsigned char)text.ptr[at] & 0xC0) != 0x80 || !ro_utf8_valid(text);
}

static inline const char *token_fault(token_check *check, const ro_token *token) {
    if (token->start >= token->end || token->end > check->text.len) {
        return "outside the text";
    }
    if (!token_on_boundary(check->text, token->start) ||
        !token_on_boundary(check->text, token->end)) {
        return "cuts a character";
    }
    if (token->form.len == 0 || token->form.len > RO_TERM_MAX || token->stem.len == 0 ||
        token->stem.len > RO_TERM_MAX) {
        return "term of a wrong length";
    }
    if (!ro_utf8_valid(token->form) || !ro_utf8_valid(token->stem)) {
        return "term that is not UTF-8";
    }
    if (token->position != check->next) {
        return "position left out or given twice";
    }
    bool whole = token->flags & RO_TOKEN_WHOLE;
    if (whole != (token->span > 1) || (whole && check->next < check->whole_until)) {
        return "whole without parts or inside another";
    }
    if (token->start < check->at) {
        return "overlaps the word before";
    }
    if (whole) {
        check->whole_until = check->next + token->span;
        check->whole_end = token->end;
    } else {
        check->next++;
        check->at = token->end;
        if (check->next < check->whole_until
                ? token->end > check->whole_end
                : check->next == check->whole_until && token->end != check->whole_end) {
            return "part that does not fit its whole";
        }
    }
    return NULL;
}

static inline int token_checked(void *context, const ro_token *token) {
    token_check *check = context;
    const uint64_t facts[] = {ro_str_hash(token->form),
                              ro_str_hash(token->stem),
                              token->position,
                              token->span,
                              token->start,
                              token->end,
                              token->flags};
    check->digest =
        check->digest * 31 + ro_str_hash(ro_str_make((const char *)facts, sizeof facts));
    check->count++;
    check->fault = token_fault(check, token);
    return check->fault != NULL;
}

#endif
