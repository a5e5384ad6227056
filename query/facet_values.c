/* Looking for values of a facet by the beginnings of their words, as a box above a long list of
 * them does. */
#include "searcher.h"

#include "readout/side.h"

#define CLOCK_EVERY 256 /* values between looks at the clock */
#define SIDE_FACETS (RO_FACET_SIDE | RO_FACET_HOST | RO_FACET_BY | RO_FACET_SPEAKER)

typedef struct word {
    ro_str form;
    uint32_t start, end; /* bytes of the text */
} word;

typedef struct words {
    ro_arena *arena;
    word at[RO_QUERY_WORDS_MAX];
    size_t count;
    bool memory;
} words;

static int take_word(void *context, const ro_token *token) {
    words *w = context;
    if (token->flags & RO_TOKEN_WHOLE) {
        return 0;
    }
    ro_str form = ro_arena_copy(w->arena, token->form);
    w->memory |= !form.ptr;
    w->at[w->count++] = (word){form, token->start, token->end};
    return w->memory || w->count == RO_QUERY_WORDS_MAX;
}

static ro_status read_words(ro_searcher *s, ro_arena *arena, ro_str text, words *out,
                            ro_error *err) {
    *out = (words){.arena = arena};
    ro_status status = ro_analyse(s->analyser, text, RO_STR(""), take_word, out, err);
    return status == RO_OK && out->memory ? ro_fail_memory(err) : status;
}

typedef struct finding {
    ro_searcher *searcher;
    ro_arena *scratch; /* of one value */
    unsigned facet;
    words wanted;
    json_t *values;
    bool memory;
    ro_error *err;
} finding;

/* Every wanted word begins one of the value's; what they begin is noted in `begun`, with how many
 * of its characters. */
static bool begins_all(const words *wanted, const words *of, size_t *begun) {
    for (size_t i = 0; i < of->count; i++) {
        begun[i] = 0;
    }
    for (size_t i = 0; i < wanted->count; i++) {
        bool found = false;
        for (size_t j = 0; j < of->count; j++) {
            if (ro_str_starts_with(of->at[j].form, wanted->at[i].form)) {
                size_t chars = ro_chars_before(wanted->at[i].form, wanted->at[i].form.len);
                begun[j] = chars > begun[j] ? chars : begun[j];
                found = true;
            }
        }
        if (!found) {
            return false;
        }
    }
    return true;
}

static json_t *highlights(ro_str value, const words *of, const size_t *begun, bool *memory) {
    json_t *list = json_array();
    for (size_t i = 0; i < of->count; i++) {
        if (begun[i]) {
            size_t from = ro_chars_before(value, of->at[i].start);
            size_t end = ro_chars_before(value, of->at[i].end);
            size_t until = from + begun[i] < end ? from + begun[i] : end;
            ro_json_append(list, json_pack("[II]", (json_int_t)from, (json_int_t)until), memory);
        }
    }
    return list;
}

/* A side is looked for by its name, too: nothing of its code is marked then. */
static ro_status fits(finding *f, ro_str value, bool *out, json_t **marked) {
    size_t begun[RO_QUERY_WORDS_MAX];
    words of;
    ro_side side;
    *marked = NULL;
    ro_status status = read_words(f->searcher, f->scratch, value, &of, f->err);
    *out = status == RO_OK && begins_all(&f->wanted, &of, begun);
    if (*out) {
        *marked = highlights(value, &of, begun, &f->memory);
    } else if (status == RO_OK && f->facet & SIDE_FACETS && ro_side_of_code(value, &side)) {
        status = read_words(f->searcher, f->scratch, ro_side_name(value), &of, f->err);
        *out = status == RO_OK && begins_all(&f->wanted, &of, begun);
        *marked = *out ? json_array() : NULL;
    }
    return status;
}

static ro_status take_values(finding *f, const ro_facet *facet, size_t limit, ro_deadline deadline,
                             bool *more) {
    *more = false;
    for (size_t i = 0; i < facet->count && !*more; i++) {
        ro_str value = facet->counts[i].value;
        json_t *marked;
        bool fit;
        if (i % CLOCK_EVERY == 0 && ro_deadline_passed(deadline)) {
            return ro_fail(f->err, RO_DEADLINE, "the time for the query ran out");
        }
        if (!value.len) {
            continue;
        }
        ro_arena_reset(f->scratch);
        ro_status status = fits(f, value, &fit, &marked);
        if (status != RO_OK) {
            return status;
        }
        *more = fit && json_array_size(f->values) == limit;
        if (fit && !*more) {
            json_t *item = json_object();
            ro_json_append(f->values, item, &f->memory);
            ro_json_set(item, "value", ro_json_string(value), &f->memory);
            ro_json_set(item, "count", json_integer(facet->counts[i].count), &f->memory);
            ro_json_set(item, "highlights", json_incref(marked), &f->memory);
        }
        json_decref(marked);
    }
    return f->memory ? ro_fail_memory(f->err) : RO_OK;
}

static ro_status start(ro_run *run, finding *f, const ro_request *counting, ro_str text) {
    ro_searcher *s = f->searcher;
    ro_status status = ro_run_check(counting, f->err);
    if (status == RO_OK) {
        status = ro_run_start(run, s, counting, (ro_kind)counting->kind, f->err);
    }
    if (status == RO_OK) {
        status = ro_run_facets(run, f->err);
    }
    return status == RO_OK ? read_words(s, &s->arena, text, &f->wanted, f->err) : status;
}

ro_status ro_searcher_facet_values(ro_searcher *searcher, const ro_request *request, ro_str text,
                                   json_t **answer, ro_error *err) {
    ro_run run;
    ro_request counting = *request;
    finding f = {
        .searcher = searcher, .scratch = &searcher->scratch, .facet = request->facets, .err = err};
    bool more = false;
    *answer = NULL;
    if (request->kind == RO_KIND_ALL || !*ro_facet_name(request->facets)) {
        return ro_fail(err, RO_INVALID, "values are of one facet and of one kind");
    }
    if (text.len > RO_FACET_TEXT_MAX) {
        return ro_fail(err, RO_LIMIT, "value: %zu bytes; at most %d are taken", text.len,
                       RO_FACET_TEXT_MAX);
    }
    counting.limit = counting.offset = 0;
    counting.cursor = RO_STR_NONE;
    ro_arena_reset(&searcher->arena);
    ro_status status = start(&run, &f, &counting, text);
    if (status != RO_OK) {
        return status;
    }
    json_t *object = json_object();
    f.values = json_array();
    ro_json_set(object, "query", ro_run_query_json(&run, &f.memory), &f.memory);
    ro_json_set(object, "facet", json_string(ro_facet_name(request->facets)), &f.memory);
    ro_json_set(object, "values", f.values, &f.memory);
    status = f.memory
                 ? ro_fail_memory(err)
                 : take_values(&f, &run.found.facets[0], request->limit, request->deadline, &more);
    ro_json_set(object, "more", json_boolean(more), &f.memory);
    ro_json_set(object, "took_ms", ro_json_took(run.started_ns), &f.memory);
    if (status != RO_OK || f.memory) {
        json_decref(object);
        return status == RO_OK ? ro_fail_memory(err) : status;
    }
    *answer = object;
    return RO_OK;
}
