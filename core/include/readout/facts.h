/* Facts: what an article says of talks, who took part in them, what came out, and who said what.
 *
 * Made by the extractor, stored by the index. All strings are UTF-8 and borrowed, usually from the
 * arena of one document; empty when unknown. Spans count bytes of the article's body, end
 * exclusive, always on character boundaries. A reference is an index into the list of the same
 * ro_facts, -1 for none. Every fact carries its evidence: where it stands, and the id of the rule
 * that made it.
 */
#ifndef READOUT_FACTS_H
#define READOUT_FACTS_H

#include "readout/article.h"

/* A side of talks: ISO 3166-1 alpha-2, "XK", or EU, NATO, UN; "" for none. */
typedef struct ro_side {
    char code[5];
} ro_side;

#define RO_SIDES_MAX 6 /* sides of one talk, actors of one outcome; more are left out */

typedef struct ro_evidence {
    uint32_t start, end;
    ro_str rule; /* "participation.led-by": family, then what matched */
} ro_evidence;

typedef struct ro_role {
    ro_str office; /* "foreign minister": lower case, as the article words it */
    ro_str of;     /* a side's code or an organisation as written */
    bool former;   /* former, then, ex-, outgoing */
} ro_role;

typedef struct ro_person {
    ro_str name;      /* the fullest form in the article, without titles */
    ro_str *variants; /* surface forms, titles included, each once */
    size_t variant_count;
    ro_role *roles;
    size_t role_count;
    ro_side side;
    ro_str basis; /* what the side was inferred from: title, complement, delegation, neighbour */
} ro_person;

typedef enum ro_talk_status {
    RO_TALK_HELD,
    RO_TALK_ONGOING,
    RO_TALK_PAUSED,
    RO_TALK_PLANNED,
    RO_TALK_PROPOSED,
    RO_TALK_AGREED,
    RO_TALK_CANCELLED
} ro_talk_status;

typedef enum ro_talk_form {
    RO_FORM_NONE,
    RO_FORM_IN_PERSON,
    RO_FORM_PHONE,
    RO_FORM_VIDEO
} ro_talk_form;

typedef enum ro_date_basis {
    RO_BASIS_NONE,
    RO_BASIS_STATED,   /* written in full */
    RO_BASIS_RESOLVED, /* "Tuesday" against the date of publication */
    RO_BASIS_BOUND
} ro_date_basis;

typedef struct ro_talk {
    ro_talk_status status;
    ro_talk_form form;
    bool main; /* what the article is about */
    ro_side sides[RO_SIDES_MAX];
    size_t side_count;
    ro_str *parties; /* organisations of business talks, as written */
    size_t party_count;
    ro_side host;
    ro_str city;
    ro_side country;
    ro_str date; /* YYYY-MM-DD or YYYY-MM */
    ro_date_basis date_basis;
    int duration_minutes; /* 0: not stated */
    ro_str *topics;
    size_t topic_count;
    ro_evidence *evidence; /* one at least */
    size_t evidence_count;
} ro_talk;

typedef enum ro_part_role {
    RO_ROLE_HEAD,
    RO_ROLE_CHAIR,
    RO_ROLE_HOST,
    RO_ROLE_MEDIATOR,
    RO_ROLE_MEMBER,
    RO_ROLE_OBSERVER
} ro_part_role;

typedef struct ro_participation {
    int talk, person;
    ro_part_role role;
    ro_side side;
    ro_evidence evidence;
} ro_participation;

typedef enum ro_outcome_status {
    RO_OUTCOME_AGREED,
    RO_OUTCOME_PROPOSED,
    RO_OUTCOME_DECLINED,
    RO_OUTCOME_REJECTED,
    RO_OUTCOME_DENIED,
    RO_OUTCOME_PLANNED,
    RO_OUTCOME_REAFFIRMED,
    RO_OUTCOME_OPEN
} ro_outcome_status;

/* Who acts or speaks: people of the article and sides. */
typedef struct ro_actors {
    int people[RO_SIDES_MAX];
    size_t person_count;
    ro_side sides[RO_SIDES_MAX];
    size_t side_count;
} ro_actors;

typedef struct ro_outcome {
    int talk;
    ro_outcome_status status;
    ro_actors by, to;
    ro_str by_text;   /* the subject as written where it is no person or side: a company, rebels */
    ro_str what;      /* words of the article */
    ro_str condition; /* "once both sides designate …"; empty if unconditional */
    int answers;      /* the proposal this replies to */
    bool hedged;      /* reportedly, may, tentatively */
    bool background;  /* an earlier event, an anniversary, a hypothesis */
    ro_actors attributed_to;
    ro_evidence evidence;
} ro_outcome;

typedef enum ro_statement_kind {
    RO_SAID_DIRECT,
    RO_SAID_INDIRECT,
    RO_SAID_MIXED, /* indirect speech with quoted words */
    RO_SAID_STANCE
} ro_statement_kind;

typedef struct ro_statement {
    ro_actors speaker; /* nobody when it is not known or is no side */
    ro_str cue;
    ro_statement_kind kind;
    uint32_t content_start, content_end;
    ro_evidence evidence;
} ro_statement;

typedef struct ro_date_mention {
    uint32_t start, end;
    ro_str value; /* ISO 8601 as in TIMEX3; empty when it cannot be resolved */
    ro_date_basis basis;
} ro_date_mention;

typedef struct ro_facts {
    ro_str key, title, credit, photo_credit;
    ro_dateline dateline;
    ro_side dateline_country;
    int64_t published; /* as given, or of a full date in the layout; RO_TIME_NONE */
    ro_person *people;
    size_t person_count;
    ro_talk *talks;
    size_t talk_count;
    ro_participation *participations;
    size_t participation_count;
    ro_outcome *outcomes;
    size_t outcome_count;
    ro_statement *statements;
    size_t statement_count;
    ro_date_mention *dates;
    size_t date_count;
} ro_facts;

/* "held", "phone" …: the words of the JSON. */
const char *ro_talk_status_name(ro_talk_status status);
const char *ro_talk_form_name(ro_talk_form form); /* NULL for none */
const char *ro_part_role_name(ro_part_role role);
const char *ro_outcome_status_name(ro_outcome_status status);
const char *ro_statement_kind_name(ro_statement_kind kind);
const char *ro_date_basis_name(ro_date_basis basis);

/* Appends the facts as one JSON object without a line end, the form of `readout-indexer extract`.
 * `body` is the text the spans count. */
void ro_facts_write_json(const ro_facts *facts, ro_str body, ro_buf *out);

#endif
