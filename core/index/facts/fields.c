#include "fields.h"

#include <stddef.h>

static const char *talk_status(int v) {
    return ro_talk_status_name((ro_talk_status)v);
}
static const char *talk_form(int v) {
    return v == RO_FORM_NONE ? "" : ro_talk_form_name((ro_talk_form)v);
}
static const char *part_role(int v) {
    return ro_part_role_name((ro_part_role)v);
}
static const char *outcome_status(int v) {
    return ro_outcome_status_name((ro_outcome_status)v);
}
static const char *statement_kind(int v) {
    return ro_statement_kind_name((ro_statement_kind)v);
}
static const char *date_basis(int v) {
    return ro_date_basis_name((ro_date_basis)v);
}

#define AT(type, member) .at = offsetof(type, member)
#define LIST_AT(type, member, number) AT(type, member), .count_at = offsetof(type, number)

static const ro_fact_field person_fields[] = {
    {TEXT, "name", AT(ro_person, name)},
    {TEXTS, "variants", LIST_AT(ro_person, variants, variant_count)},
    {ROLES, "roles", LIST_AT(ro_person, roles, role_count)},
    {SIDE, "side", AT(ro_person, side)},
    {TEXT, "basis", AT(ro_person, basis)}};

static const ro_fact_field talk_fields[] = {
    {WORD, "status", AT(ro_talk, status), .word = talk_status},
    {WORD, "form", AT(ro_talk, form), .word = talk_form},
    {FLAG, "main", AT(ro_talk, main)},
    {SIDES, "sides", LIST_AT(ro_talk, sides, side_count)},
    {TEXTS, "parties", LIST_AT(ro_talk, parties, party_count)},
    {SIDE, "host", AT(ro_talk, host)},
    {TEXT, "city", AT(ro_talk, city)},
    {SIDE, "country", AT(ro_talk, country)},
    {TEXT, "date", AT(ro_talk, date)},
    {WORD, "date_basis", AT(ro_talk, date_basis), .word = date_basis},
    {NUMBER, "minutes", AT(ro_talk, duration_minutes)},
    {TEXTS, "topics", LIST_AT(ro_talk, topics, topic_count)},
    {EVIDENCES, "evidence", LIST_AT(ro_talk, evidence, evidence_count)}};

static const ro_fact_field participation_fields[] = {
    {REFERENCE, "talk", AT(ro_participation, talk), .list = RO_FACT_TALKS},
    {REFERENCE, "person", AT(ro_participation, person), .list = RO_FACT_PEOPLE},
    {WORD, "role", AT(ro_participation, role), .word = part_role},
    {SIDE, "side", AT(ro_participation, side)},
    {EVIDENCE, "evidence", AT(ro_participation, evidence)}};

static const ro_fact_field outcome_fields[] = {
    {REFERENCE, "talk", AT(ro_outcome, talk), .list = RO_FACT_TALKS},
    {WORD, "status", AT(ro_outcome, status), .word = outcome_status},
    {ACTORS, "by", AT(ro_outcome, by)},
    {ACTORS, "to", AT(ro_outcome, to)},
    {TEXT, "by_text", AT(ro_outcome, by_text)},
    {TEXT, "what", AT(ro_outcome, what)},
    {TEXT, "condition", AT(ro_outcome, condition)},
    {REFERENCE, "answers", AT(ro_outcome, answers), .list = RO_FACT_OUTCOMES},
    {FLAG, "hedged", AT(ro_outcome, hedged)},
    {FLAG, "background", AT(ro_outcome, background)},
    {ACTORS, "attributed_to", AT(ro_outcome, attributed_to)},
    {EVIDENCE, "evidence", AT(ro_outcome, evidence)}};

static const ro_fact_field statement_fields[] = {
    {ACTORS, "speaker", AT(ro_statement, speaker)},
    {TEXT, "cue", AT(ro_statement, cue)},
    {WORD, "kind", AT(ro_statement, kind), .word = statement_kind},
    {SPAN, "content", AT(ro_statement, content_start)},
    {EVIDENCE, "evidence", AT(ro_statement, evidence)}};

static const ro_fact_field date_fields[] = {
    {SPAN, "date", AT(ro_date_mention, start)},
    {TEXT, "value", AT(ro_date_mention, value)},
    {WORD, "basis", AT(ro_date_mention, basis), .word = date_basis}};

#define FIELDS(list) list, sizeof(list) / sizeof *(list)
#define DOCUMENT_KEY                                                                               \
    "(doc INTEGER PRIMARY KEY, article INTEGER NOT NULL, number INTEGER" /* in the article */
#define EVIDENCE_SQL ", evidence_start INTEGER, evidence_end INTEGER, rule TEXT"

const ro_fact_shape RO_FACT_SHAPES[RO_FACT_LISTS] = {
    [RO_FACT_PEOPLE] = {"person", FIELDS(person_fields), sizeof(ro_person),
                        LIST_AT(ro_facts, people, person_count), false,
                        "CREATE TABLE person(article INTEGER, number INTEGER, name TEXT,"
                        " variants TEXT, roles TEXT, side TEXT, basis TEXT,"
                        " PRIMARY KEY(article, number)) WITHOUT ROWID"},
    [RO_FACT_TALKS] = {"talk", FIELDS(talk_fields), sizeof(ro_talk),
                       LIST_AT(ro_facts, talks, talk_count), true,
                       "CREATE TABLE talk" DOCUMENT_KEY
                       ", status TEXT, form TEXT, main INTEGER, sides TEXT, parties TEXT,"
                       " host TEXT, city TEXT, country TEXT, date TEXT, date_basis TEXT,"
                       " minutes INTEGER, topics TEXT, evidence TEXT)"},
    [RO_FACT_PARTICIPATIONS] = {"participation", FIELDS(participation_fields),
                                sizeof(ro_participation),
                                LIST_AT(ro_facts, participations, participation_count), true,
                                "CREATE TABLE participation" DOCUMENT_KEY
                                ", talk INTEGER, person INTEGER, role TEXT, side TEXT" EVIDENCE_SQL
                                ")"},
    [RO_FACT_OUTCOMES] = {"outcome", FIELDS(outcome_fields), sizeof(ro_outcome),
                          LIST_AT(ro_facts, outcomes, outcome_count), true,
                          "CREATE TABLE outcome" DOCUMENT_KEY
                          ", talk INTEGER, status TEXT, \"by\" TEXT, \"to\" TEXT, by_text TEXT,"
                          " what TEXT, condition TEXT, answers INTEGER, hedged INTEGER,"
                          " background INTEGER, attributed_to TEXT" EVIDENCE_SQL ")"},
    [RO_FACT_STATEMENTS] = {"statement", FIELDS(statement_fields), sizeof(ro_statement),
                            LIST_AT(ro_facts, statements, statement_count), true,
                            "CREATE TABLE statement" DOCUMENT_KEY
                            ", speaker TEXT, cue TEXT, kind TEXT, content_start INTEGER,"
                            " content_end INTEGER" EVIDENCE_SQL ")"},
    [RO_FACT_DATES] = {"date_mention", FIELDS(date_fields), sizeof(ro_date_mention),
                       LIST_AT(ro_facts, dates, date_count), false,
                       "CREATE TABLE date_mention(article INTEGER, number INTEGER,"
                       " date_start INTEGER, date_end INTEGER, value TEXT, basis TEXT,"
                       " PRIMARY KEY(article, number)) WITHOUT ROWID"}};

/* Which documents an article has. They are numbered in a row when the article is put. */
static const char ranges_statement[] =
    "CREATE TABLE extraction(article INTEGER PRIMARY KEY, published INTEGER, country TEXT,"
    " talk INTEGER, talks INTEGER, participant INTEGER, participants INTEGER,"
    " outcome INTEGER, outcomes INTEGER, statement INTEGER, statements INTEGER)";

ro_fact_list ro_fact_list_of(ro_kind kind) {
    static const ro_fact_list lists[RO_KINDS] = {
        [RO_KIND_ARTICLES] = RO_FACT_LISTS,
        [RO_KIND_TALKS] = RO_FACT_TALKS,
        [RO_KIND_PARTICIPANTS] = RO_FACT_PARTICIPATIONS,
        [RO_KIND_OUTCOMES] = RO_FACT_OUTCOMES,
        [RO_KIND_STATEMENTS] = RO_FACT_STATEMENTS,
    };
    return lists[kind];
}

const char *ro_fact_table(ro_kind kind) {
    return kind == RO_KIND_ARTICLES ? NULL : RO_FACT_SHAPES[ro_fact_list_of(kind)].name;
}

ro_status ro_fact_rows_make(sqlite3 *db, ro_error *err) {
    ro_status status = ro_sql_run(db, ranges_statement, "make the index", err);
    for (int i = 0; !status && i < RO_FACT_LISTS; i++) {
        status = ro_sql_run(db, RO_FACT_SHAPES[i].schema, "make the index", err);
    }
    return status;
}

size_t ro_fact_width(ro_fact_list list) {
    const ro_fact_shape *shape = &RO_FACT_SHAPES[list];
    size_t width = 0;
    for (size_t i = 0; i < shape->field_count; i++) {
        width += ro_fact_field_cells(&shape->fields[i]);
    }
    return width;
}
