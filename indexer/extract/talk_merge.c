/* Putting mentions of one talk together, and finishing the talks of an article. */
#include "clause.h"
#include "talks.h"

#define MERGE_LOOK_BACK 16
#define EVIDENCE_MAX 12
#define TOPICS_MAX 8
#define PARTIES_MAX 8

static bool is_ahead(ro_talk_status status) {
    return status == RO_TALK_PLANNED || status == RO_TALK_PROPOSED || status == RO_TALK_AGREED;
}

static size_t common_sides(const talk_draft *t, const mention *m) {
    size_t n = 0;
    for (uint8_t i = 0; i < m->side_count; i++) {
        n += doc_has_side(t->sides, t->side_count, m->sides[i]);
    }
    return n;
}

/* How many of those who meet take part in the talk already; `*known` how many do in all. */
static size_t shared_persons(const document *doc, int32_t talk, const mention *m, size_t *known) {
    size_t shared = 0;
    *known = 0;
    for (size_t i = doc->facts->participation_count, n = 0; i-- > 0 && n < 64; n++) {
        const ro_participation *p = &doc->facts->participations[i];
        *known += p->talk == talk;
        for (int k = 0; k < 2 && p->talk == talk; k++) {
            shared += m->ends[k] && m->ends[k]->person == p->person;
        }
    }
    return shared;
}

/* True if the mention tells of other talks: of another state, form or place. */
static bool contradicts(const talk_draft *t, const mention *m) {
    bool ahead = is_ahead(t->facts.status) != is_ahead(m->status);
    bool cancelled = (t->facts.status == RO_TALK_CANCELLED) != (m->status == RO_TALK_CANCELLED);
    bool form = m->form && t->facts.form && m->form != t->facts.form;
    bool place = m->country && t->country && m->country != t->country;
    return ahead || cancelled || form || place || (m->separate && !m->definite);
}

static bool is_between_persons(const mention *m) {
    return m->ends[0] && m->ends[0]->person >= 0 && m->ends[1] && m->ends[1]->person >= 0;
}

static bool fits(const document *doc, int32_t number, const mention *m) {
    const talk_draft *t = &doc->talks[number];
    if (contradicts(t, m)) {
        return false;
    }
    if (m->definite && m->side_count == 0) {
        return true;
    }
    size_t known = 0;
    size_t shared = shared_persons(doc, number, m, &known);
    if (m->side_count == 0) {
        return shared > 0;
    }
    bool persons = is_between_persons(m);
    if (persons && known > 1) {
        return shared > 1; /* A meets B, then C: two talks */
    }
    size_t common = common_sides(t, m);
    bool subset = common == m->side_count || common == t->side_count;
    if (persons && known > 0) {
        return subset && common > 0 && shared > 0;
    }
    return subset && (common > 0 || t->side_count == 0);
}

static ro_talk_status stronger(ro_talk_status a, ro_talk_status b) {
    static const int RANK[] = {
        [RO_TALK_HELD] = 6,    [RO_TALK_ONGOING] = 5,  [RO_TALK_PAUSED] = 4,   [RO_TALK_AGREED] = 3,
        [RO_TALK_PLANNED] = 2, [RO_TALK_PROPOSED] = 1, [RO_TALK_CANCELLED] = 0};
    return RANK[a] >= RANK[b] ? a : b;
}

static void add_text(document *doc, ro_str **list, size_t *count, size_t max, ro_str text) {
    for (size_t i = 0; i < *count; i++) {
        if (ro_str_equal((*list)[i], text)) {
            return;
        }
    }
    ro_str *slot = *count < max ? doc_push(doc, (void **)list, count, sizeof text) : NULL;
    if (slot) {
        *slot = text;
    }
}

/* "lasted four hours", "the 50-minute meeting": a length of the talks, not of something else. */
static int duration_in(const document *doc, const mention *m, uint32_t at,
                       const sentence_span *sent) {
    static const char *const BEFORE[] = {"lasted", "lasting", "of", "after", "for"};
    const token *t = doc_token(doc, at);
    if (t->kind != '0' && !(t->classes & LEX_BIT(LEX_NUMBER))) {
        return 0;
    }
    bool lasted = at > sent->first && DOC_WORD_IN(doc, at - 1, BEFORE);
    bool hyphen = doc_token(doc, at + 1)->kind == '-' && m->at > at && m->at < at + 14;
    return lasted || hyphen ? duration_at(doc, at, sent->end) : 0;
}

/* "said on Tuesday at the end of the talks": one spoke at them, so the day is theirs too. */
static bool is_spoken_there(const document *doc, const when *w, uint32_t talks) {
    static const char *const THERE[] = {"at", "after", "during", "in", "following", "on", "to"};
    for (uint32_t i = w->end; i < talks; i++) {
        if (is_verb(doc, i) || doc_is(doc, i, LEX_PRONOUN)) {
            return false;
        }
    }
    return doc_is(doc, talks, LEX_TALK) && DOC_WORD_IN(doc, w->end, THERE);
}

/* "Thursday's meeting", "a June 2008 meeting", "on Friday met": the day belongs to what follows. */
static bool is_day_of_next(const document *doc, const when *w, uint32_t talks) {
    return doc_word_is(doc, w->end, "'s") || doc_word_is(doc, w->end, "’s") ||
           talks <= w->end + 1 || (w->first > 0 && doc_is(doc, w->first - 1, LEX_DET));
}

/* "said on Tuesday he would meet", "told reporters in Suva on Tuesday": when one spoke. */
static bool is_day_of_saying(const document *doc, uint32_t date, uint32_t first) {
    for (uint32_t i = date; i > first && i + 8 > date; i--) {
        if (doc_is_any(doc, i - 1, LEX_BIT(LEX_MEET) | LEX_BIT(LEX_TALK))) {
            return false;
        }
        if (doc_is(doc, i - 1, LEX_SAY) && !doc_chunk_at(doc, i - 1)) {
            return true;
        }
    }
    return false;
}

/* A verb of speech or another event between the talks and the day takes the day. */
static bool is_day_of_talks(const document *doc, const mention *m, const when *w) {
    static const char *const OTHER[] = {"since", "after", "before", "until"};
    const clause *cl = &doc->clauses[doc->clause_at[m->at]];
    uint32_t low = w->first < m->at ? w->first : m->at;
    uint32_t high = w->first < m->at ? m->at : w->first;
    uint32_t far = strcmp(m->family, "talk.noun") == 0 ? 18 : 24;
    /* in "after the war began on Feb. 24, 2022, the talks" the day is the war's */
    if (w->value.len == 0 || high - low > far || (cl->kind == 's' && w->first < m->at)) {
        return false;
    }
    if (w->first < m->at && !is_day_of_next(doc, w, m->at) && !is_spoken_there(doc, w, m->at) &&
        is_day_of_saying(doc, w->first, cl->first)) {
        return false;
    }
    for (uint32_t i = low; i < high; i++) {
        if (doc_is(doc, i, LEX_SAY) || DOC_WORD_IN(doc, i, OTHER)) {
            return false;
        }
    }
    return true;
}

/* What the sentence says besides: duration, date, topics. */
static void add_details(document *doc, talk_draft *t, const mention *m) {
    const sentence_span *sent = &doc->t.sentences[m->sentence];
    for (uint32_t i = sent->first; i < sent->end; i++) {
        if (t->facts.duration_minutes == 0) {
            t->facts.duration_minutes = duration_in(doc, m, i, sent);
        }
        const lex_match *topic = doc_match(doc, i, LEX_TOPIC);
        if (topic) {
            add_text(doc, &t->facts.topics, &t->facts.topic_count, TOPICS_MAX,
                     doc_entry(doc, topic)->value);
        }
    }
    const clause *cl = &doc->clauses[doc->clause_at[m->at]];
    when w = dates_near(doc, cl->first, cl->end, m->at);
    if (t->facts.date.len == 0 && is_day_of_talks(doc, m, &w)) {
        t->facts.date = w.value;
        t->facts.date_basis = w.basis;
    }
}

static void merge_in(document *doc, int32_t number, const mention *m) {
    talk_draft *t = &doc->talks[number];
    for (uint8_t i = 0; i < m->side_count; i++) {
        doc_add_side(t->sides, &t->side_count, m->sides[i]);
    }
    t->facts.status = stronger(t->facts.status, m->status);
    t->facts.form = t->facts.form ? t->facts.form : m->form;
    if (m->country && (!t->country || (t->country == m->country && t->facts.city.len == 0))) {
        t->country = m->country;
        t->facts.city = m->city;
    }
    for (size_t i = 0; i < m->party_count; i++) {
        add_text(doc, &t->facts.parties, &t->facts.party_count, PARTIES_MAX, m->parties[i]);
    }
    t->sentence = m->sentence;
    add_details(doc, t, m);
    if (t->facts.evidence_count < EVIDENCE_MAX) {
        ro_evidence *e =
            doc_push(doc, (void **)&t->facts.evidence, &t->facts.evidence_count, sizeof *e);
        if (e) {
            *e = doc_evidence(doc, m->first, m->end, m->family, m->cue);
        }
    }
}

int32_t talk_add(document *doc, const mention *m) {
    int32_t found = -1;
    int32_t low =
        (int32_t)doc->talk_count > MERGE_LOOK_BACK ? (int32_t)doc->talk_count - MERGE_LOOK_BACK : 0;
    if (doc->main_talk >= 0 && fits(doc, doc->main_talk, m)) {
        found = doc->main_talk;
    }
    for (int32_t i = (int32_t)doc->talk_count; found < 0 && i-- > low;) {
        found = fits(doc, i, m) ? i : -1;
    }
    if (found < 0) {
        if (m->definite && m->side_count == 0 && !m->country) {
            return -1; /* spoken of as known, but it is not: another kind of talks */
        }
        size_t count = doc->talk_count;
        talk_draft *t = count < RO_EXTRACT_TALKS_MAX
                            ? doc_push(doc, (void **)&doc->talks, &count, sizeof *t)
                            : NULL;
        if (!t) {
            return -1;
        }
        *t = (talk_draft){.facts = {.status = m->status}};
        found = (int32_t)doc->talk_count;
        doc->talk_count = (uint32_t)count;
        bool held = !is_ahead(m->status) && m->status != RO_TALK_CANCELLED;
        if (held && doc->main_talk < 0) {
            doc->main_talk = found; /* until talks_finish knows better */
        }
    }
    merge_in(doc, found, m);
    if (doc->sentence_talk[m->sentence] < 0 || !is_ahead(m->status)) {
        doc->sentence_talk[m->sentence] = found;
    }
    return found;
}

/* ---- finishing ------------------------------------------------------------------------------- */

/* Talks of another year than the last two before the article: what it tells of has gone on since.
 */
static bool is_long_past(const document *doc, const talk_draft *t) {
    if (t->facts.date.len < 4 || doc->published_days == INT64_MIN) {
        return false;
    }
    int year = 0;
    for (size_t i = 0; i < 4; i++) {
        year = year * 10 + (t->facts.date.ptr[i] - '0');
    }
    return year + 2 <= 1970 + (int)(doc->published_days / 365);
}

static int weight(const document *doc, const talk_draft *t, size_t number) {
    bool ahead =
        is_ahead(t->facts.status) || t->facts.status == RO_TALK_CANCELLED || is_long_past(doc, t);
    return (ahead ? 0 : 1000) + 20 * (int)t->participants + 10 * (int)t->facts.evidence_count +
           10 * t->side_count + (t->country ? 10 : 0) - (int)number;
}

/* Who meets at home, or where the reporter files, hosts; a place alone makes no host. */
static bool is_at_home(const document *doc, const talk_draft *t, int32_t number) {
    if (doc_has_side(t->sides, t->side_count, t->country) || t->country == doc->dateline_side) {
        return true;
    }
    for (size_t i = 0; i < doc->facts->participation_count; i++) {
        const ro_participation *p = &doc->facts->participations[i];
        if (p->talk == number && doc->people[p->person].side == t->country) {
            return true;
        }
    }
    return false;
}

static void finish_talk(document *doc, talk_draft *t, int32_t number) {
    /* those who take part bring their sides */
    for (size_t i = 0; i < doc->facts->participation_count; i++) {
        const ro_participation *p = &doc->facts->participations[i];
        bool side =
            p->role == RO_ROLE_HEAD || p->role == RO_ROLE_MEMBER || p->role == RO_ROLE_CHAIR;
        if (p->talk == number && side && t->side_count < 2) {
            doc_add_side(t->sides, &t->side_count, doc->people[p->person].side);
        }
    }
    if (t->country && t->facts.city.len == 0 && t->country == doc->dateline_side) {
        t->facts.city = doc->dateline_city; /* the dateline is the second witness */
    }
    t->host = t->host || !is_at_home(doc, t, number) ? t->host : t->country;
    if (t->facts.form == RO_FORM_NONE && t->country) {
        t->facts.form = RO_FORM_IN_PERSON;
    }
    for (uint8_t i = 0; i < t->side_count; i++) {
        t->facts.sides[i] = lexicon_side(doc->lex, t->sides[i]);
    }
    t->facts.side_count = t->side_count;
    t->facts.host = lexicon_side(doc->lex, t->host);
    t->facts.country = lexicon_side(doc->lex, t->country);
}

/* "Press Gaggle by Press Secretary X": talks are only told of, the one held is with reporters. */
static bool is_press_meeting(const document *doc) {
    static const char *const LABELS[] = {"press briefing", "press gaggle", "press call",
                                         "background press call", "background call"};
    ro_str title = doc->facts->title;
    for (size_t i = 0; i < sizeof LABELS / sizeof *LABELS; i++) {
        ro_str label = ro_str_from(LABELS[i]);
        if (title.len >= label.len &&
            ro_str_equal_nocase(ro_str_make(title.ptr, label.len), label)) {
            return true;
        }
    }
    return false;
}

void talks_choose_main(document *doc) {
    int best = INT32_MIN;
    if (is_press_meeting(doc)) {
        doc->main_talk = -1;
        return;
    }
    for (size_t i = 0; i < doc->facts->participation_count; i++) {
        doc->talks[doc->facts->participations[i].talk].participants++;
    }
    for (uint32_t i = 0; i < doc->talk_count; i++) {
        int w = weight(doc, &doc->talks[i], i);
        if (w > best) {
            best = w;
            doc->main_talk = (int32_t)i;
        }
    }
}

void talks_finish(document *doc) {
    for (uint32_t i = 0; i < doc->talk_count; i++) {
        finish_talk(doc, &doc->talks[i], (int32_t)i);
    }
    ro_facts *facts = doc->facts;
    facts->talks = ro_arena_alloc_array(doc->arena, doc->talk_count, sizeof *facts->talks);
    if (!facts->talks && doc->talk_count) {
        doc->failed = true;
        return;
    }
    facts->talk_count = doc->talk_count;
    for (uint32_t i = 0; i < doc->talk_count; i++) {
        doc->talks[i].facts.main = (int32_t)i == doc->main_talk;
        facts->talks[i] = doc->talks[i].facts;
    }
}
