/* What the steps of extraction share: one article on its way from text to facts. */
#ifndef READOUT_EXTRACT_DOCUMENT_H
#define READOUT_EXTRACT_DOCUMENT_H

#include "readout/extract.h"
#include "tokens.h"

/* Who is named at a place of the text. */
typedef enum chunk_kind {
    CHUNK_PERSON,  /* "Saudi Foreign Minister Prince Faisal bin Farhan", "Lavrov" */
    CHUNK_OFFICE,  /* "the President", "a Russian envoy": a title without a name */
    CHUNK_SIDE,    /* "Moscow", "Russian and U.S. delegations", "the American side" */
    CHUNK_BOTH,    /* "both sides", "the two leaders" */
    CHUNK_PRONOUN, /* he, they, it */
    CHUNK_ORG,     /* a capitalised name that is no person as far as is known */
    CHUNK_BODY     /* "the company", "rebels": an actor without a side */
} chunk_kind;

typedef struct chunk {
    chunk_kind kind;
    uint32_t first, end;         /* tokens, title and name */
    uint32_t name, name_end;     /* tokens of a person's or an organisation's name */
    uint32_t office, office_end; /* tokens of the office, without the side's adjective */
    const lex_entry *head;       /* head of the title; for other kinds what was matched */
    uint16_t sides[RO_SIDES_MAX];
    uint8_t side_count;
    const char *basis;   /* what the side of a person was read from */
    uint32_t of, of_end; /* tokens of the organisation of the office */
    uint32_t tail;       /* token after its appositive; equal to `end` without one */
    bool titled, former, definite, possessive, plural, honoured;
    int person; /* index into people, -1 */
} chunk;

/* A person while people are being found. */
typedef struct person_draft {
    ro_person facts;
    uint32_t chunk;      /* its fullest mention */
    uint32_t name_words; /* of that mention */
    uint16_t side;
    const lex_entry *head; /* of the latest title */
    uint32_t next_family;  /* 1 + an older person of the same hash, 0 none */
} person_draft;

typedef struct clause {
    uint32_t first, end; /* tokens */
    uint16_t sentence_clause;
    char kind; /* 'm' main, 't' that, 'r' relative, 's' subordinate, 'c' condition, '&' more verbs
                  of the same subject */
    int32_t subject;   /* chunk, -1 none */
    int32_t inherited; /* clause whose subject it goes on with, -1 */
} clause;

/* A talk while mentions are being merged. */
typedef struct talk_draft {
    ro_talk facts;
    uint16_t sides[RO_SIDES_MAX];
    uint8_t side_count;
    uint16_t host, country;
    uint32_t parties, participants; /* counts */
    uint32_t sentence;              /* of the latest mention */
    bool open_sides;                /* mentioned only as "the talks" so far */
} talk_draft;

/* A date said in the text. */
typedef struct when {
    uint32_t first, end; /* tokens */
    ro_str value;
    ro_date_basis basis;
} when;

typedef struct document {
    const lexicon *lex;
    ro_arena *arena;
    const ro_article *article;
    ro_facts *facts;
    tokens t;
    chunk *chunks;
    uint32_t chunk_count;
    uint32_t *chunk_at; /* token -> 1 + chunk that covers it, 0 none */
    clause *clauses;
    uint32_t clause_count;
    uint32_t *clause_at; /* token -> clause */
    person_draft *people;
    uint32_t person_count;
    uint32_t *family; /* hash of a name word -> 1 + person_draft */
    uint32_t family_room;
    talk_draft *talks;
    uint32_t talk_count;
    int32_t *sentence_talk; /* sentence -> talk spoken of there, -1 none */
    int32_t main_talk;
    int64_t published_days; /* days since 1970 where it was published, INT64_MIN unknown */
    uint16_t dateline_side;
    ro_str dateline_city;
    when *whens; /* dates in order, as many as facts->dates */
    size_t when_count;
    bool failed; /* memory ran out */
} document;

/* Growing lists in the arena: room for one more item, NULL when memory ran out. */
void *doc_push(document *doc, void **list, size_t *count, size_t size);

static inline const token *doc_token(const document *doc, uint32_t at) {
    return &doc->t.list[at];
}

static inline bool doc_is(const document *doc, uint32_t at, lex_class class) {
    return (doc->t.list[at].classes & LEX_BIT(class)) != 0;
}

/* True if phrases of some of the classes (LEX_BIT) start at the token. */
static inline bool doc_is_any(const document *doc, uint32_t at, uint64_t classes) {
    return (doc->t.list[at].classes & classes) != 0;
}

/* True if the kind of a token is one of the marks. */
static inline bool doc_is_mark(char kind, const char *marks) {
    return kind && strchr(marks, kind);
}

/* The longest match of a class that starts at the token, NULL if none. */
const lex_match *doc_match(const document *doc, uint32_t at, lex_class class);
static inline const lex_entry *doc_entry(const document *doc, const lex_match *m) {
    return m ? lexicon_entry(doc->lex, m->entry) : NULL;
}
/* How many tokens the longest match of a class takes, 0 if there is none. */
uint32_t doc_span(const document *doc, uint32_t at, lex_class class);
ro_str doc_text(const document *doc, uint32_t first, uint32_t end); /* tokens [first, end) */
/* True if the token is this word, ASCII letters in any case. The first letter settles most. */
static inline bool doc_word_is(const document *doc, uint32_t at, const char *word) {
    const token *t = &doc->t.list[at];
    if (t->end == t->start || ((doc->t.text.ptr[t->start] ^ word[0]) & ~0x20) != 0) {
        return false;
    }
    ro_str text = ro_str_make(doc->t.text.ptr + t->start, t->end - t->start);
    return ro_str_equal_nocase(text, ro_str_from(word));
}
/* True if the token has at least `letters` bytes and ends so: "ed", "ing". */
static inline bool doc_ends_in(const document *doc, uint32_t at, const char *ending,
                               size_t letters) {
    const token *t = &doc->t.list[at];
    size_t len = strlen(ending);
    return t->end - t->start >= letters && memcmp(doc->t.text.ptr + t->end - len, ending, len) == 0;
}
bool doc_word_in(const document *doc, uint32_t at, const char *const *words, size_t count);
#define DOC_WORD_IN(doc, at, list) doc_word_in(doc, at, list, sizeof(list) / sizeof *(list))

static inline const chunk *doc_chunk_at(const document *doc, uint32_t at) {
    return doc->chunk_at[at] ? &doc->chunks[doc->chunk_at[at] - 1] : NULL;
}
/* The chunk that starts at the token, the determiner or honorific included. */
const chunk *doc_chunk_from(const document *doc, uint32_t at);
/* "her" of "her Peruvian counterpart": the word says whose the chunk behind it is. */
bool doc_is_owner(const document *doc, uint32_t at);
/* The chunk that ends just before the token. */
const chunk *doc_chunk_before(const document *doc, uint32_t at);

ro_evidence doc_evidence(document *doc, uint32_t first, uint32_t end, const char *family,
                         ro_str rule);
bool doc_has_side(const uint16_t *sides, size_t count, uint16_t side);
void doc_add_side(uint16_t *sides, uint8_t *count, uint16_t side);

/* The steps, in order. Each may set doc->failed. */
void chunk_document(document *doc);
void people_find(document *doc);
void clause_document(document *doc);
void dates_find(document *doc);
void talks_find(document *doc);
void talks_choose_main(document *doc);
void participations_find(document *doc);
void talks_finish(document *doc);
void statements_find(document *doc);
void outcomes_find(document *doc);
void people_finish(document *doc);

/* people.c: gives a person a side when it has none. */
void person_set_side(document *doc, int who, uint16_t side, const char *basis);
/* The chunk's persons and sides as actors; false if it names nobody known. */
bool actors_of(const document *doc, const chunk *c, uint32_t sentence, ro_actors *out);
void actors_add(const document *doc, const chunk *c, uint32_t sentence, ro_actors *out);

/* clause.c: the subject of a verb at the token, NULL if there is none. */
const chunk *clause_subject(const document *doc, uint32_t verb);
/* The first item of the list that ends with the chunk: "X, Y and Z". */
const chunk *clause_list_head(const document *doc, const chunk *c, uint32_t first);
/* Chunks coordinated with `c` to its right ("X, Y and Z"), `c` first. Returns how many. */
#define COORDINATED_MAX 24
size_t chunk_coordinated(const document *doc, const chunk *c, uint32_t end,
                         const chunk *out[COORDINATED_MAX]);

/* dates.c */
/* The date said in [first, end) nearest to `near`, basis none if there is none. */
when dates_near(const document *doc, uint32_t first, uint32_t end, uint32_t near);
/* Minutes of a duration that starts at the token, 0 if none does. */
int duration_at(const document *doc, uint32_t at, uint32_t end);

#endif
