#include "readout/fact_text.h"

#include "readout/same.h"
#include "readout/side.h"

#include <stdlib.h>

#define SENTENCE_MAX 2000 /* bytes taken of a sentence on either side of the evidence */
#define SPAN_MAX 8000     /* and of the evidence itself */
#define SPELLINGS_MAX 12  /* of a name */
#define SEARCH_SHARE 8    /* times the body, that is gone through for first mentions */

/* What is in hand while the documents are made. */
typedef struct maker {
    const ro_article *article;
    const ro_facts *facts;
    ro_arena *arena;
    ro_str *forms;    /* of the people */
    ro_buf sentences; /* uint32_t[2]: bytes of the body, ascending */
    ro_buf documents; /* ro_fact_document */
    ro_buf title, body, values;
    ro_buf slices;      /* ro_fact_slice, of the body */
    size_t search_left; /* bytes of the body */
    bool failed;
} maker;

/* ---- text ----------------------------------------------------------------------------------- */

static void add_text(ro_buf *to, ro_str text) {
    if (text.len) {
        ro_buf_add(to, "\n", to->len > 0);
        ro_buf_add_str(to, text);
    }
}

static ro_str first_of(ro_str phrases) {
    return ro_str_cut(&phrases, '|');
}

static ro_str code_of(const ro_side *side) {
    return ro_str_from(side->code);
}

/* "Russia Russian". */
static void add_side(ro_buf *to, const ro_side *side) {
    ro_str code = code_of(side);
    if (code.len) {
        add_text(to, ro_side_name(code));
        add_text(to, first_of(ro_side_phrases(code, RO_SIDE_NATION)));
    }
}

static void add_sides(ro_buf *to, const ro_side *sides, size_t count) {
    for (size_t i = 0; i < count; i++) {
        add_side(to, &sides[i]);
    }
}

static void add_texts(ro_buf *to, const ro_str *texts, size_t count) {
    for (size_t i = 0; i < count; i++) {
        add_text(to, texts[i]);
    }
}

/* Spellings, offices, side. */
static void add_person(ro_buf *to, const ro_person *person) {
    size_t spellings = 0;
    add_text(to, person->name);
    for (size_t i = 0; i < person->variant_count && spellings < SPELLINGS_MAX; i++) {
        if (!ro_str_equal(person->variants[i], person->name)) {
            add_text(to, person->variants[i]);
            spellings++;
        }
    }
    for (size_t i = 0; i < person->role_count; i++) {
        add_text(to, person->roles[i].office);
        ro_side side;
        if (!ro_side_of_code(person->roles[i].of, &side)) {
            add_text(to, person->roles[i].of);
        }
    }
    add_side(to, &person->side);
}

static void add_place(ro_buf *to, const ro_talk *talk) {
    add_text(to, talk->city);
    if (talk->country.code[0]) {
        add_text(to, ro_side_name(code_of(&talk->country)));
    }
}

static void add_actors(const maker *m, ro_buf *to, const ro_actors *actors) {
    for (size_t i = 0; i < actors->person_count; i++) {
        add_person(to, &m->facts->people[actors->people[i]]);
    }
    add_sides(to, actors->sides, actors->side_count);
}

/* ---- sentences ------------------------------------------------------------------------------ */

static int take_sentence(void *context, uint32_t start, uint32_t end) {
    uint32_t sentence[2] = {start, end};
    ro_buf_add(context, sentence, sizeof sentence);
    return 0;
}

/* The start of the character that byte `at` is in. */
static uint32_t character_at(ro_str text, uint32_t at) {
    while (at > 0 && at < text.len && ((unsigned char)text.ptr[at] & 0xC0) == 0x80) {
        at--;
    }
    return at;
}

/* Widens the span to whole sentences, as far as SENTENCE_MAX goes. */
static ro_str sentences_of(const maker *m, uint32_t start, uint32_t end) {
    const uint32_t(*at)[2] = (const uint32_t(*)[2])(void *)m->sentences.ptr;
    size_t count = m->sentences.len / sizeof *at;
    ro_str text = m->article->body;
    size_t low = 0;
    size_t high = count;
    end = end - start > SPAN_MAX ? character_at(text, start + SPAN_MAX) : end;
    uint32_t from = start;
    uint32_t until = end;
    while (low < high) { /* the first that ends after the start */
        size_t middle = low + (high - low) / 2;
        if (at[middle][1] <= start) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (; low < count && at[low][0] < end; low++) {
        from = at[low][0] < from ? at[low][0] : from;
        until = at[low][1] > until ? at[low][1] : until;
    }
    if (start - from > SENTENCE_MAX) {
        from = character_at(text, start - SENTENCE_MAX);
    }
    if (until - end > SENTENCE_MAX) {
        until = character_at(text, end + SENTENCE_MAX);
    }
    return ro_str_make(text.ptr + from, until - from);
}

/* Sentences of the article, and where they stand in it. */
static void add_sentences(maker *m, ro_str text) {
    add_text(&m->body, text);
    if (text.len && !m->body.failed) {
        ro_fact_slice slice = {.at = (uint32_t)(m->body.len - text.len),
                               .from = (uint32_t)(text.ptr - m->article->body.ptr),
                               .len = (uint32_t)text.len};
        ro_buf_add(&m->slices, &slice, sizeof slice);
    }
}

static void add_evidence(maker *m, const ro_evidence *evidence, size_t count) {
    ro_str last = RO_STR_NONE;
    for (size_t i = 0; i < count; i++) {
        ro_str text = sentences_of(m, evidence[i].start, evidence[i].end);
        if (text.ptr != last.ptr || text.len != last.len) {
            add_sentences(m, text);
        }
        last = text;
    }
}

/* Where the person is first named, by the first of the spellings. All such searches together go
 * through the body a few times at most: in an article of very many people some find nothing. */
static void add_mention(maker *m, const ro_person *person) {
    ro_str text = m->article->body;
    ro_str name = person->variant_count ? person->variants[0] : person->name;
    size_t most = text.len < m->search_left ? text.len : m->search_left;
    const char *found = name.len && most ? memmem(text.ptr, most, name.ptr, name.len) : NULL;
    m->search_left -= found ? (size_t)(found - text.ptr) : most;
    if (found) {
        uint32_t start = (uint32_t)(found - text.ptr);
        add_sentences(m, sentences_of(m, start, start + (uint32_t)name.len));
    }
}

/* ---- values --------------------------------------------------------------------------------- */

static void add_value(maker *m, ro_column column, ro_str key, ro_str shown) {
    ro_fact_value value = {column, key, shown};
    if (key.len) {
        ro_buf_add(&m->values, &value, sizeof value);
    }
}

static void add_word(maker *m, ro_column column, const char *word) {
    add_value(m, column, ro_str_from(word), ro_str_from(word));
}

static void add_side_value(maker *m, ro_column column, const ro_side *side) {
    add_value(m, column, code_of(side), code_of(side));
}

static void add_side_values(maker *m, ro_column column, const ro_side *sides, size_t count) {
    for (size_t i = 0; i < count; i++) {
        add_side_value(m, column, &sides[i]);
    }
}

static void add_person_value(maker *m, ro_column column, int person) {
    add_value(m, column, m->forms[person], m->forms[person]);
}

static void add_actor_values(maker *m, ro_column column, const ro_actors *actors) {
    for (size_t i = 0; i < actors->person_count; i++) {
        add_person_value(m, column, actors->people[i]);
        add_side_value(m, RO_COLUMN_SIDE, &m->facts->people[actors->people[i]].side);
    }
    add_side_values(m, column, actors->sides, actors->side_count);
    add_side_values(m, RO_COLUMN_SIDE, actors->sides, actors->side_count);
}

static void add_place_values(maker *m, const ro_talk *talk) {
    add_value(m, RO_COLUMN_PLACE, talk->city, talk->city);
    if (talk->country.code[0]) {
        ro_str name = ro_side_name(code_of(&talk->country));
        add_value(m, RO_COLUMN_PLACE, name, name);
    }
    add_side_value(m, RO_COLUMN_HOST, &talk->host);
}

/* ---- documents ------------------------------------------------------------------------------ */

static void begin(maker *m) {
    ro_buf_clear(&m->title);
    ro_buf_clear(&m->body);
    ro_buf_clear(&m->values);
    ro_buf_clear(&m->slices);
}

static void end(maker *m, ro_kind kind, int index, int participation, int64_t published) {
    ro_fact_document document = {.kind = kind,
                                 .fact = {.index = index, .participation = participation},
                                 .title = ro_arena_copy(m->arena, ro_buf_str(&m->title)),
                                 .body = ro_arena_copy(m->arena, ro_buf_str(&m->body)),
                                 .slices = (const ro_fact_slice *)(const void *)ro_arena_copy(
                                               m->arena, ro_buf_str(&m->slices))
                                               .ptr,
                                 .slice_count = m->slices.len / sizeof(ro_fact_slice),
                                 .published = published,
                                 .values = (const ro_fact_value *)(const void *)ro_arena_copy(
                                               m->arena, ro_buf_str(&m->values))
                                               .ptr,
                                 .value_count = m->values.len / sizeof(ro_fact_value)};
    ro_buf_add(&m->documents, &document, sizeof document);
    m->failed |= m->title.failed || m->body.failed || m->values.failed || m->slices.failed ||
                 !document.title.ptr || !document.body.ptr || !document.values || !document.slices;
}

/* A date resolved or written in full is when the talk was, more than when it was reported. */
static int64_t date_of(const maker *m, const ro_talk *talk) {
    int64_t from = 0;
    int64_t until = 0;
    bool known = talk->date_basis == RO_BASIS_STATED || talk->date_basis == RO_BASIS_RESOLVED;
    return known && ro_date_range(talk->date, &from, &until, NULL) == RO_OK ? from
                                                                            : m->article->published;
}

/* Participations of one talk, in order: those of all talks are sorted once, so that each is looked
 * at once. */
typedef struct part {
    int talk, at;
} part;

static int by_talk(const void *a, const void *b) {
    const part *x = a;
    const part *y = b;
    return x->talk != y->talk ? (x->talk > y->talk) - (x->talk < y->talk)
                              : (x->at > y->at) - (x->at < y->at);
}

/* However an article words it, so that a question for hours finds it. */
static void add_duration(maker *m, int minutes) {
    if (minutes > 0) {
        ro_str text =
            ro_arena_printf(m->arena, "lasted %d hours %d minutes", minutes / 60, minutes % 60);
        m->failed |= !text.ptr;
        add_text(&m->body, text);
    }
}

static void make_talk(maker *m, size_t index, const part *parts, size_t count) {
    const ro_talk *talk = &m->facts->talks[index];
    begin(m);
    add_sides(&m->title, talk->sides, talk->side_count);
    add_side(&m->title, &talk->host);
    add_place(&m->title, talk);
    add_side_values(m, RO_COLUMN_SIDE, talk->sides, talk->side_count);
    for (size_t i = 0; i < count; i++) {
        const ro_participation *p = &m->facts->participations[parts[i].at];
        add_text(&m->title, m->facts->people[p->person].name);
        add_person_value(m, RO_COLUMN_PERSON, p->person);
    }
    add_texts(&m->title, talk->parties, talk->party_count);
    add_texts(&m->body, talk->topics, talk->topic_count);
    add_evidence(m, talk->evidence, talk->evidence_count);
    add_duration(m, talk->duration_minutes);
    add_word(m, RO_COLUMN_STATUS, ro_talk_status_name(talk->status));
    if (talk->main) {
        add_word(m, RO_COLUMN_ROLE, RO_ROLE_MAIN);
    }
    add_place_values(m, talk);
    end(m, RO_KIND_TALKS, (int)index, -1, date_of(m, talk));
}

static void make_talks(maker *m) {
    const ro_facts *facts = m->facts;
    part *parts = ro_arena_alloc_array(m->arena, facts->participation_count, sizeof *parts);
    if (!parts) {
        m->failed = true;
        return;
    }
    for (size_t i = 0; i < facts->participation_count; i++) {
        parts[i] = (part){facts->participations[i].talk, (int)i};
    }
    if (facts->participation_count) {
        qsort(parts, facts->participation_count, sizeof *parts, by_talk);
    }
    size_t at = 0;
    for (size_t i = 0; i < facts->talk_count; i++) {
        size_t first = at;
        while (at < facts->participation_count && parts[at].talk <= (int)i) {
            first += parts[at].talk < (int)i;
            at++;
        }
        make_talk(m, i, parts + first, at - first);
    }
}

static void make_participation(maker *m, size_t index) {
    const ro_participation *p = &m->facts->participations[index];
    const ro_person *person = &m->facts->people[p->person];
    const ro_talk *talk = p->talk >= 0 ? &m->facts->talks[p->talk] : NULL;
    begin(m);
    add_person(&m->title, person);
    add_evidence(m, &p->evidence, 1);
    if (talk) {
        add_place(&m->body, talk);
        add_sides(&m->body, talk->sides, talk->side_count);
        add_place_values(m, talk);
    }
    add_person_value(m, RO_COLUMN_PERSON, p->person);
    add_word(m, RO_COLUMN_ROLE, ro_part_role_name(p->role));
    add_side_value(m, RO_COLUMN_SIDE, p->side.code[0] ? &p->side : &person->side);
    end(m, RO_KIND_PARTICIPANTS, p->person, (int)index, m->article->published);
}

static void make_mention(maker *m, size_t index) {
    const ro_person *person = &m->facts->people[index];
    begin(m);
    add_person(&m->title, person);
    add_mention(m, person);
    add_person_value(m, RO_COLUMN_PERSON, (int)index);
    add_word(m, RO_COLUMN_ROLE, RO_ROLE_MENTIONED);
    add_side_value(m, RO_COLUMN_SIDE, &person->side);
    end(m, RO_KIND_PARTICIPANTS, (int)index, -1, m->article->published);
}

static void make_participants(maker *m) {
    const ro_facts *facts = m->facts;
    bool *takes_part = ro_arena_alloc_array(m->arena, facts->person_count, sizeof *takes_part);
    if (!takes_part) {
        m->failed = true;
        return;
    }
    for (size_t i = 0; i < facts->participation_count; i++) {
        takes_part[facts->participations[i].person] = true;
        make_participation(m, i);
    }
    for (size_t i = 0; i < facts->person_count; i++) {
        const ro_person *person = &facts->people[i];
        if (!takes_part[i] && (person->role_count || person->side.code[0])) {
            make_mention(m, i);
        }
    }
}

static void make_outcomes(maker *m) {
    for (size_t i = 0; i < m->facts->outcome_count; i++) {
        const ro_outcome *outcome = &m->facts->outcomes[i];
        const char *status = ro_outcome_status_name(outcome->status);
        begin(m);
        add_actors(m, &m->title, &outcome->by);
        add_text(&m->title, outcome->by_text);
        add_text(&m->title, ro_str_from(status));
        add_text(&m->body, outcome->what);
        add_evidence(m, &outcome->evidence, 1);
        add_text(&m->body, outcome->condition);
        add_actor_values(m, RO_COLUMN_BY, &outcome->by);
        add_word(m, RO_COLUMN_STATUS, status);
        if (outcome->talk >= 0) {
            add_place_values(m, &m->facts->talks[outcome->talk]);
        }
        end(m, RO_KIND_OUTCOMES, (int)i, -1, m->article->published);
    }
}

static void make_statements(maker *m) {
    for (size_t i = 0; i < m->facts->statement_count; i++) {
        const ro_statement *statement = &m->facts->statements[i];
        begin(m);
        add_actors(m, &m->title, &statement->speaker);
        add_sentences(m, sentences_of(m, statement->content_start, statement->content_end));
        add_actor_values(m, RO_COLUMN_SPEAKER, &statement->speaker);
        end(m, RO_KIND_STATEMENTS, (int)i, -1, m->article->published);
    }
}

/* What stands for each person in the columns. */
static ro_status make_forms(maker *m, ro_error *err) {
    ro_status status = RO_OK;
    m->forms = ro_arena_alloc_array(m->arena, m->facts->person_count, sizeof *m->forms);
    if (!m->forms) {
        return ro_fail_memory(err);
    }
    for (size_t i = 0; !status && i < m->facts->person_count; i++) {
        ro_person_form form;
        status = ro_person_form_of(&m->facts->people[i], m->arena, &form, err);
        if (!status) {
            m->forms[i] = ro_person_key(&form, m->arena);
            status = m->forms[i].ptr ? RO_OK : ro_fail_memory(err);
        }
    }
    return status;
}

ro_status ro_fact_documents(const ro_article *article, const ro_facts *facts, ro_arena *arena,
                            const ro_fact_document **out, size_t *count, ro_error *err) {
    maker m = {.article = article,
               .facts = facts,
               .arena = arena,
               .search_left = article->body.len * SEARCH_SHARE};
    *out = NULL;
    *count = 0;
    if (!facts->person_count && !facts->talk_count && !facts->outcome_count &&
        !facts->statement_count) {
        return RO_OK;
    }
    ro_status status = make_forms(&m, err);
    if (!status) {
        status = ro_sentences(NULL, article->body, take_sentence, &m.sentences, err);
    }
    if (!status) {
        make_talks(&m);
        make_participants(&m);
        make_outcomes(&m);
        make_statements(&m);
        ro_str all = ro_arena_copy(arena, ro_buf_str(&m.documents));
        *out = (const ro_fact_document *)(const void *)all.ptr;
        *count = m.documents.len / sizeof **out;
        if (m.failed || m.sentences.failed || m.documents.failed || !all.ptr) {
            *count = 0;
            status = ro_fail_memory(err);
        }
    }
    ro_buf_release(&m.sentences);
    ro_buf_release(&m.documents);
    ro_buf_release(&m.title);
    ro_buf_release(&m.body);
    ro_buf_release(&m.values);
    ro_buf_release(&m.slices);
    return status;
}

uint64_t ro_fact_text_digest(void) {
    size_t count;
    const ro_side_line *lines = ro_side_lines(&count);
    uint64_t digest = RO_FACT_TEXT_VERSION;
    for (size_t i = 0; i < count; i++) {
        digest = digest * 0x100000001B3u + ro_str_hash(ro_str_from(lines[i].code));
        digest = digest * 0x100000001B3u + (uint64_t)lines[i].class;
        digest = digest * 0x100000001B3u + ro_str_hash(ro_str_from(lines[i].phrases));
    }
    return digest;
}
