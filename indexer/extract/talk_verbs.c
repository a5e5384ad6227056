/* "X met Y in Z", "X held talks with Y", "X called Y": verbs that take who meets whom. */
#include "talks.h"

typedef struct event {
    document *doc;
    const sentence_span *sent;
    uint32_t s, at, after;
    const lex_entry *entry;
    const chunk *subject, *object; /* either may be NULL */
    bool with;                     /* the verb ends with "with" or "to" */
    bool talks;  /* the verb or what follows it names talks: "held talks", "hosted a summit" */
    bool plural; /* the subject is several: they can meet without an object */
} event;

static bool is(const event *v, const char *value) {
    return mention_value_is(v->entry, value);
}

static bool is_plural(const event *v) {
    const chunk *c = v->subject;
    const chunk *list[COORDINATED_MAX];
    return c && (c->plural || c->side_count > 1 || c->kind == CHUNK_BOTH ||
                 (c->kind == CHUNK_PRONOUN && mention_value_is(c->head, "they")) ||
                 chunk_coordinated(v->doc, c, v->at, list) > 1);
}

/* One receives calls; only whoever receives a person meets. */
static bool cue_receives(const event *v) {
    return doc_word_is(v->doc, v->at, "received") || doc_word_is(v->doc, v->at, "receives");
}

/* "hosted a trilateral summit", "hosted the Finnish president for talks" */
static bool hosts_talks(const event *v) {
    for (uint32_t i = v->after; i < v->after + 4; i++) {
        if (doc_is(v->doc, i, LEX_TALK)) {
            return true;
        }
    }
    return v->object && doc_is(v->doc, v->object->tail, LEX_TALK);
}

/* "spoke to Diaz investigators", "meet White House goals": the name only says whose. */
static bool is_of_noun(const document *doc, const chunk *o) {
    static const char *const OTHER[] = {"always",   "sometimes",  "perhaps",  "besides",
                                        "overseas", "towards",    "twice",    "hours",
                                        "upstairs", "downstairs", "backstage"};
    const uint64_t plain = LEX_BIT(LEX_BODY) | LEX_BIT(LEX_OFFICE) | LEX_BIT(LEX_TOPIC) |
                           LEX_BIT(LEX_OFFER) | LEX_BIT(LEX_AUDIENCE) | LEX_BIT(LEX_PORTFOLIO);
    const token *t = doc_token(doc, o->end);
    bool name = o->kind == CHUNK_PERSON || (o->kind == CHUNK_SIDE && !o->head);
    return name && !o->possessive && t->kind == 'w' && (t->flags & TOK_SPACE) &&
           !(t->flags & TOK_CAP) && !(t->classes & ~plain) && doc_ends_in(doc, o->end, "s", 5) &&
           !doc_ends_in(doc, o->end, "ss", 5) && !DOC_WORD_IN(doc, o->end, OTHER);
}

/* People of no office: "talked to his broker", "met with people"; "met with applause". */
static bool is_private(const document *doc, uint32_t at) {
    static const char *const OWN[] = {"a", "an", "his", "her", "their", "some", "many", "the"};
    static const char *const WORDS[] = {
        "people",    "jurors",     "jury",          "broker",     "brokers",   "friend",
        "friends",   "parents",    "wife",          "husband",    "family",    "relatives",
        "father",    "mother",     "son",           "daughter",   "neighbor",  "neighbors",
        "colleague", "colleagues", "applause",      "resistance", "criticism", "skepticism",
        "silence",   "doctors",    "investigators", "residents",  "locals"};
    at += DOC_WORD_IN(doc, at, OWN);
    return DOC_WORD_IN(doc, at, WORDS) && !(doc_token(doc, at)->flags & TOK_CAP);
}

static void read_event(event *v) {
    const document *doc = v->doc;
    uint32_t last = v->after - 1;
    v->subject = clause_subject(doc, v->at);
    v->object = mention_object(doc, v->after, v->sent->end);
    v->with = doc_word_is(doc, last, "with") || doc_word_is(doc, last, "to");
    v->talks = doc_is(doc, last, LEX_TALK) || doc_word_is(doc, last, "effort");
    if (cue_receives(v) && v->object && doc_token(v->doc, v->object->end)->kind == 'w' &&
        doc_token(v->doc, v->object->end)->classes == 0) {
        v->object = NULL; /* "received Google common stock" */
    }
    if (is(v, "host") && (!v->object || v->object->kind != CHUNK_PERSON)) {
        v->talks = !cue_receives(v) && hosts_talks(v);
    }
    if (v->object && !v->talks && is_of_noun(doc, v->object)) {
        v->object = NULL;
    }
    if (v->object && v->object->possessive && !v->talks) {
        v->object = NULL; /* "welcomed X's decision" */
    }
    v->plural = is_plural(v);
}

/* Organisations hold talks with organisations; they do not meet their targets. */
static bool subject_fits(const event *v) {
    if (!v->subject || mention_only_says(v->doc, v->subject, v->at, v->at)) {
        return false;
    }
    bool business = v->with && v->entry->words > 1 && v->object &&
                    (v->object->kind == CHUNK_ORG || v->object->kind == CHUNK_BODY);
    return v->subject->kind != CHUNK_ORG || business;
}

static bool is_person(const chunk *c) {
    return c && (c->kind == CHUNK_PERSON || c->person >= 0 ||
                 (c->kind == CHUNK_OFFICE && c->side_count));
}

/* "X called Y on Monday", not "X called Y a liar". */
static bool call_fits(const event *v) {
    const chunk *o = v->object;
    static const char *const BE[] = {"be", "is", "are", "was", "were", "been", "being", "so"};
    if (v->at > v->sent->first && DOC_WORD_IN(v->doc, v->at - 1, BE)) {
        return false;
    }
    bool caller = v->subject->kind == CHUNK_PERSON || v->subject->person >= 0;
    return is_person(o) && caller && o->first == v->after && !doc_is(v->doc, o->tail, LEX_DET) &&
           doc_token(v->doc, o->tail)->kind != '<';
}

/* "The two delegations talked for four hours", not "officials talked about oil". */
static bool talks_with_each_other(const event *v) {
    const document *doc = v->doc;
    uint32_t i = v->after;
    while (doc_is(doc, i, LEX_ADV) || doc_is(doc, i, LEX_WEEKDAY)) {
        i++;
    }
    bool two = v->subject->kind == CHUNK_BOTH || v->subject->side_count > 1;
    const chunk *list[COORDINATED_MAX];
    two = two || chunk_coordinated(doc, v->subject, v->at, list) > 1;
    bool lasted = doc_word_is(doc, i, "for") && duration_at(doc, i + 1, v->sent->end) > 0;
    bool placed = doc_word_is(doc, i, "in") || doc_word_is(doc, i, "at") ||
                  doc_word_is(doc, i, "by") || doc_word_is(doc, i, "on");
    return two && (lasted || placed);
}

/* "was met with applause", "ready to be consulted" */
static bool is_passive(const event *v) {
    static const char *const BE[] = {"was", "were", "been", "be", "being"};
    static const char *const DONE[] = {"met", "consulted"};
    return v->at > v->sent->first && v->entry->words <= 2 && DOC_WORD_IN(v->doc, v->at, DONE) &&
           DOC_WORD_IN(v->doc, v->at - 1, BE);
}

/* "met Diaz halfway", "met her match" */
static bool is_idiom(const event *v) {
    uint32_t at = v->object ? v->object->tail : v->after;
    return doc_word_is(v->doc, at, "halfway") ||
           (doc_word_is(v->doc, at, "half") && doc_word_is(v->doc, at + 1, "way"));
}

/* True if those who are met at the verb cannot be: "called on X to", "spoke to reporters", "host".
 */
static bool object_bars(const event *v) {
    const chunk *o = v->object;
    bool alone = o && o->kind == CHUNK_PRONOUN && (is(v, "speak") || o->kind == v->subject->kind);
    if (alone || is_private(v->doc, v->after) || is_passive(v) || is_idiom(v)) {
        return true; /* "he spoke to her": nobody who is named */
    }
    bool on = doc_word_is(v->doc, v->after - 1, "on"); /* "called on X to", "called on Congress" */
    if (on && !(o && is_person(o) && !doc_word_is(v->doc, o->tail, "to"))) {
        return true;
    }
    if (is(v, "call")) {
        return !call_fits(v);
    }
    if (is(v, "host")) {
        return !is_person(o) && !v->talks;
    }
    return is(v, "speak") && (!o || o->kind == CHUNK_BODY || o->kind == CHUNK_ORG);
}

static bool object_fits(const event *v) {
    const chunk *o = v->object;
    if (!mention_can_meet(o) && !(v->plural || v->talks || v->with)) {
        return false;
    }
    if (object_bars(v)) {
        return false;
    }
    if (is(v, "each")) {
        return v->plural && talks_with_each_other(v);
    }
    bool far = is(v, "with") && v->entry->words == 1 && o && o->first > v->after + 3;
    return !far || v->plural;
}

/* Who meets whom; a pronoun stands for its person. False if nobody is known. */
static bool set_ends(const event *v, mention *m) {
    m->ends[0] = mention_can_meet(v->subject) ? v->subject : NULL;
    m->ends[1] = mention_can_meet(v->object) ? v->object : NULL;
    if (v->subject->kind == CHUNK_PRONOUN) {
        ro_actors who;
        if (actors_of(v->doc, v->subject, v->s, &who) && who.person_count) {
            m->ends[0] = &v->doc->chunks[v->doc->people[who.people[0]].chunk];
        } else if (!v->plural) {
            return false;
        }
    }
    mention_end(v->doc, m, m->ends[0], v->at);
    mention_end(v->doc, m, m->ends[1], v->sent->end);
    m->end = m->ends[1] ? m->ends[1]->tail : m->end;
    return true;
}

/* Leaders who "spoke with" each other did so by phone, unless a meeting is spoken of. */
static ro_talk_form form_of(const event *v, const mention *m) {
    ro_talk_form form = mention_form(v->entry);
    if (!is(v, "speak") || (m->side_count == 0 && !m->ends[1])) {
        return form;
    }
    for (uint32_t i = v->after; i < v->sent->end; i++) {
        if (doc_word_is(v->doc, i, "meeting") || doc_word_is(v->doc, i, "person")) {
            return RO_FORM_NONE;
        }
    }
    return RO_FORM_PHONE;
}

/* Who hosts without a country of his own is of the country he hosts in. */
static void set_host(const event *v, const mention *m) {
    const chunk *host = m->ends[0];
    const chunk *guest = m->ends[1];
    bool foreign = !(guest && doc_has_side(guest->sides, guest->side_count, m->country));
    bool convened = doc_word_is(v->doc, v->at, "convened");
    if (m->hosted && !convened && m->country && host && host->person >= 0 && foreign) {
        person_set_side(v->doc, host->person, m->country, "host country");
    }
}

/* "would meet unions if elected" */
static bool is_supposed(const event *v) {
    bool would = v->at > v->sent->first && doc_word_is(v->doc, v->at - 1, "would");
    for (uint32_t i = v->after; would && i < v->sent->end; i++) {
        if (doc_word_is(v->doc, i, "if")) {
            return true;
        }
    }
    return false;
}

/* "wait till he meets X", "asked why he talked to X": told as no fact; "the annual meeting with".
 */
static bool is_untold(const event *v) {
    static const char *const WORDS[] = {"till", "until", "whether", "why", "who", "whom"};
    static const char *const HABIT[] = {"annual", "often",   "regularly", "frequently",
                                        "always", "usually", "routinely", "sometimes"};
    const document *doc = v->doc;
    uint32_t first = v->subject->first;
    bool ahead = first > v->sent->first && first < v->at;
    if (v->at > v->sent->first && DOC_WORD_IN(doc, v->at - 1, HABIT)) {
        return true;
    }
    return ahead && DOC_WORD_IN(doc, first - 1, WORDS);
}

/* How long before the article was published the year at the token was, 0 if it is no such year. */
static int years_since(const document *doc, uint32_t at) {
    const token *t = doc_token(doc, at);
    int year = 0;
    if (t->end - t->start != 4 || doc->published_days == INT64_MIN) {
        return 0;
    }
    for (uint32_t i = t->start; i < t->end; i++) {
        char c = doc->t.text.ptr[i];
        if (c < '0' || c > '9') {
            return 0; /* "0.25" */
        }
        year = year * 10 + (c - '0');
    }
    int now = 1970 + (int)(doc->published_days / 365);
    return year >= 1700 && year < now ? now - year : 0;
}

/* "in 1904, X met Y": how two of whom nothing else is told came to know each other; "first met". */
static bool is_acquaintance(const event *v, const mention *m) {
    static const char *const WHERE[] = {"where", "when"};
    static const char *const WHEN[] = {"when", "while"};
    const document *doc = v->doc;
    const chunk *a = m->ends[0];
    const chunk *b = m->ends[1];
    bool met = v->entry->words <= 2 && doc_word_is(doc, v->at, "met");
    bool persons = met && a && b && a->person >= 0 && b->person >= 0;
    if (!persons || doc->people[a->person].side || doc->people[b->person].side) {
        return false;
    }
    bool both = DOC_WORD_IN(doc, b->tail, WHEN) && doc_word_is(doc, b->tail + 1, "they");
    if (both || (v->at > v->sent->first && doc_word_is(doc, v->at - 1, "first"))) {
        return true; /* "met Y when they were students" */
    }
    uint32_t low = v->at > v->sent->first + 20 ? v->at - 20 : v->sent->first;
    uint32_t high = v->after + 20 < v->sent->end ? v->after + 20 : v->sent->end;
    bool stay = v->subject->first > low && DOC_WORD_IN(doc, v->subject->first - 1, WHERE);
    int limit = stay ? 2 : v->subject->kind == CHUNK_PRONOUN ? 4 : 10;
    int years = 0;
    for (uint32_t i = low; i < high; i++) {
        int ago = doc_token(doc, i)->kind == '0' ? years_since(doc, i) : 0;
        years = ago > years ? ago : years;
        if (doc_is(doc, i, LEX_TALK)) {
            return false;
        }
    }
    return v->entry->words == 1 && years >= limit;
}

/* "analyst X, who met Y several times": he only tells of Y. */
static bool is_observer(const event *v) {
    return v->subject->head && v->at > 0 && doc_word_is(v->doc, v->at - 1, "who") &&
           mention_value_is(v->subject->head, "analyst");
}

uint32_t talk_read_verb(document *doc, uint32_t s, uint32_t at) {
    const lex_match *match = doc_match(doc, at, LEX_MEET);
    event v = {.doc = doc,
               .sent = &doc->t.sentences[s],
               .s = s,
               .at = at,
               .after = at + match->words,
               .entry = doc_entry(doc, match)};
    read_event(&v);
    bool noun = at > v.sent->first && doc_is(doc, at - 1, LEX_DET);
    int status = talk_verb_status(doc, at, v.sent->first);
    if (noun || mention_is_audience(doc, v.after, v.sent->end) || !subject_fits(&v) ||
        !object_fits(&v) || status == TALK_STATUS_NONE || is_untold(&v) || is_observer(&v) ||
        doc->clauses[doc->clause_at[at]].kind == 'c') {
        return 0;
    }
    if (status == RO_TALK_PLANNED && is_supposed(&v)) {
        return 0;
    }
    bool ahead = v.subject->first < at && v.subject->first >= v.sent->first;
    mention m = {.sentence = s,
                 .first = ahead ? v.subject->first : at,
                 .end = v.after,
                 .at = at,
                 .status = (ro_talk_status)status,
                 .hosted = is(&v, "host"),
                 .family = "talk.verb",
                 .cue = v.entry->phrase};
    if (!set_ends(&v, &m) || is_acquaintance(&v, &m)) {
        return 0;
    }
    m.definite = !v.with && !m.ends[1] && !v.talks;
    m.separate = mention_is_separate(doc, at, v.sent->first);
    m.form = form_of(&v, &m);
    mention_place(doc, &m, v.after, v.sent->end);
    set_host(&v, &m);
    mention_participants(doc, talk_add(doc, &m), &m, v.sent->end);
    return match->words;
}
