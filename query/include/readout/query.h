/* Asking an index: requests in, JSON answers out. What the daemon serves and the command line shows
 * comes from here, so that both say the same.
 */
#ifndef READOUT_QUERY_H
#define READOUT_QUERY_H

#include "readout/index.h"

#define RO_QUERY_TEXT_MAX (64 << 10) /* bytes of a query; more is RO_LIMIT */
#define RO_QUERY_WORDS_MAX                                                                         \
    64                        /* words of a query that are used; the rest is reported as left out  \
                               */
#define RO_FACET_TEXT_MAX 256 /* bytes that values of a facet are looked for by */
#define RO_LIMIT_MAX 1000     /* hits in one answer */
#define RO_OFFSET_MAX 10000   /* deeper pages need a cursor */
#define RO_FACET_LIMIT_MAX 10000
#define RO_RELAX_ENOUGH 10 /* match=auto: words are required while so many articles have them */
#define RO_KEYWORDS_MAX 3  /* match=auto: more words than these are a question */

/* A searcher: a snapshot with an analyser and scratch memory. One thread at a time. */
typedef struct ro_searcher ro_searcher;

ro_status ro_searcher_open(ro_index *index, ro_searcher **out, ro_error *err) RO_MUST_CHECK;
void ro_searcher_close(ro_searcher *searcher);
/* Moves to the newest commit; microseconds when there is none. */
ro_status ro_searcher_refresh(ro_searcher *searcher, ro_error *err) RO_MUST_CHECK;
uint64_t ro_searcher_revision(const ro_searcher *searcher);
/* For statistics and checks; borrowed. */
ro_snapshot *ro_searcher_snapshot(ro_searcher *searcher);

/* Synonyms, from a file of lines: `car, automobile` stand for each other, `kremlin => moscow,
 * russia` is one-way, `#` begins a comment. What stands for a word may be several words, in a row;
 * what it stands for is looked up as one word, without case and marks, the one of its plural and
 * singular where it is not there itself. Shared by threads once open.
 * RO_NOT_FOUND, RO_IO, RO_LIMIT, RO_FORMAT with the line as position. */
#define RO_SYNONYMS_FILE RO_INDEX_SYNONYMS_FILE /* in the directory of an index */
#define RO_SYNONYMS_TEXT_MAX ((size_t)4 << 20)  /* bytes of a file */
#define RO_SYNONYMS_LINE_MAX 32                 /* words of one line, on each side */
typedef struct ro_synonyms ro_synonyms;
ro_status ro_synonyms_open(const char *path, ro_synonyms **out, ro_error *err) RO_MUST_CHECK;
/* The same of a text. */
ro_status ro_synonyms_read(ro_str text, ro_synonyms **out, ro_error *err) RO_MUST_CHECK;

/* One line that is no comment; all borrowed from the text. */
typedef struct ro_synonym_line {
    int64_t number;
    ro_str words[RO_SYNONYMS_LINE_MAX], into[RO_SYNONYMS_LINE_MAX];
    size_t word_count, into_count; /* no `into`: the words stand for each other */
} ro_synonym_line;
typedef ro_status (*ro_synonym_line_fn)(void *context, const ro_synonym_line *line, ro_error *err);
/* Calls `fn` with each. RO_FORMAT with the line as position; what `fn` fails with. */
ro_status ro_synonyms_each(ro_str text, ro_synonym_line_fn fn, void *context,
                           ro_error *err) RO_MUST_CHECK;
void ro_synonyms_close(ro_synonyms *synonyms);
/* Lines that can do something: a word of theirs stands for another. */
size_t ro_synonyms_sets(const ro_synonyms *synonyms);
/* From now on words of `q` have these; told under "expanded". Borrowed until the searcher closes.
 */
void ro_searcher_use_synonyms(ro_searcher *searcher, const ro_synonyms *synonyms);

/* Leaves out the synonyms that are built in, or not: names of countries for each other, `US` and
 * `United States`, and forms of a given name before a family name, in searches of articles. */
void ro_searcher_use_builtin(ro_searcher *searcher, bool use);

/* Totals beyond it say that there are at least so many: hits are then found without counting all.
 * RO_COUNT_TO unless said; at least RO_RELAX_ENOUGH. */
#define RO_COUNT_TO 1000
void ro_searcher_count_to(ro_searcher *searcher, int64_t count);

typedef enum ro_match_mode {
    RO_MATCH_MODE_AUTO,
    RO_MATCH_MODE_ALL,
    RO_MATCH_MODE_ANY
} ro_match_mode;
typedef enum ro_typo { RO_TYPO_AUTO, RO_TYPO_OFF } ro_typo;
typedef enum ro_synonyms_mode { RO_SYNONYMS_AUTO, RO_SYNONYMS_OFF } ro_synonyms_mode;
typedef enum ro_highlight {
    RO_HIGHLIGHT_NONE,
    RO_HIGHLIGHT_OFFSETS,
    RO_HIGHLIGHT_HTML,
    RO_HIGHLIGHT_WORDS /* offsets, each with the word of "words" it is of; never set by name */
} ro_highlight;

/* As a request's kind: the best few of every kind. */
#define RO_KIND_ALL RO_KINDS
#define RO_ANSWERS_FEW 3 /* of a kind that does not fit the question best */

/* What a request asks for; interfaces are the same for HTTP parameters, JSON bodies and flags. */
typedef struct ro_request {
    ro_str q;      /* query language; empty: everything */
    ro_str filter; /* query language; restricts, does not score */
    int kind;      /* RO_KIND_…, or RO_KIND_ALL */
    ro_match_mode match;
    ro_typo typo;
    ro_synonyms_mode synonyms;
    ro_sort sort;
    unsigned facets;    /* RO_FACET_… */
    size_t facet_limit; /* values of each that are told, the commonest; 0: all */
    size_t limit, offset;
    ro_str cursor; /* `next` of the answer before; empty: from the start */
    ro_highlight highlight;
    size_t snippets; /* passages a hit, 0-3 */
    bool prefix;     /* the last word may be unfinished */
    bool explain;
    bool body;             /* hits of articles have their whole text */
    bool people;           /* participants of talks have the merged person they are of */
    bool collapse;         /* of talks, participants, outcomes: hits of one count once; of articles
                              that tell the same story the best one is shown */
    double half_life_days; /* recency decay; 0: none */
    /* Never set from outside: */
    ro_deadline deadline;
    bool narrow; /* facets are counted under all of the filter, their own selection included */
    /* With `body` hits have "body_highlights", too, as "title_highlights" are. */
    bool body_marks;
    unsigned fields; /* RO_FIELD_…: where words of q that name no other are looked for; 0: all.
                        Then they are no question. */
    /* A filter that everything keeps to, whatever else the request says; it is not told of. What it
     * says must be plain: with one that needs repair the search is RO_FORMAT. Empty: none. */
    ro_str restriction;
} ro_request;

/* Whether a text can be a restriction, as far as can be said without an index: RO_INVALID tells
 * what needs repair, or that it is empty. */
ro_status ro_restriction_check(ro_str text, ro_error *err) RO_MUST_CHECK;

/* limit 10, snippets 3, highlight offsets, match auto, sort relevance, no deadline. */
ro_request ro_request_default(void);

/* Sets one parameter by its public name, as HTTP, JSON and flags give it:
 *
 *   q, filter        text
 *   kind             articles | talks | participants | outcomes | statements | all
 *   match            auto | all | any
 *   typo, synonyms   auto | off
 *   sort             relevance | date (oldest first) | -date
 *   facets           with commas: source, language, year, month, week, day, side, role, status, by,
 * speaker, person, place, host limit, offset, facet_limit, cursor, snippets (0-3) highlight none |
 * offsets | html prefix, explain, collapse, body, people      true | false half_life        days
 *
 * Values are borrowed. RO_NOT_FOUND: no such parameter; RO_INVALID: the message says what is
 * allowed. */
ro_status ro_request_set(ro_request *request, ro_str name, ro_str value,
                         ro_error *err) RO_MUST_CHECK;

/* Runs it and gives the answer object, a new reference:
 *
 *   {"query": {…}, "total": {"value": N, "relation": "eq" | "gte"}, "took_ms": 1.234,
 *    "hits": [{…}], "facets": {"source": [{"value", "count"}], …}, "next": cursor | null}
 *
 * "query" says what was understood:
 *   text        as it was given
 *   understood  its normal form: what was searched for, in the query language
 *   filter      the normal form of the filter, where there is one
 *   match       "all" words were required, "some" (the relaxed ones were not), or "any" of them
 *   sort        "relevance", "-date", "date"; a query without words to rank by is "-date"
 *   repairs     [{"in": "q" | "filter", "at": character, "what": "…"}]
 *   expanded    [{"word": "lavro*", "into": ["lavrov", …], "complete": true}]: commonest first;
 *               under a restriction not into what, nor is a score explained then
 *   relaxed     words that are not required, since too few articles have them all
 *   missing     words that nothing of the kind has; of all kinds, that none of them has. Under a
 * restriction it stays empty
 *   corrected   [{"word": "moratorum", "into": ["moratorium"]}]: words that no article has,
 * searched for as the nearest that some have, commonest first. Left out where there are none
 *   did_you_mean  the text with these words in their commonest spelling, and, where fewer than
 *               RO_RELAX_ENOUGH match, words that occur as a far commoner word one edit away. Left
 *               out where nothing is better
 *   disjunctive facets whose counts leave out what the filter selects of themselves: with the
 * filter `source:Reuters lang:en` sources are counted over all English articles. Left out where
 * there are none
 *   words       with RO_HIGHLIGHT_WORDS: words and phrases that are marked, as typed
 *   question    where facts are asked for, null where nothing was understood:
 *               {"pattern", "kind", "prefers": [{"what", "value", "acts"}]}
 *
 * match=auto requires all words; while fewer than RO_RELAX_ENOUGH articles match (with a sort by
 * date: none), the least telling word, which is the one in most articles, is required no longer but
 * still ranks. More than RO_KEYWORDS_MAX words are a question: ranked by relevance, none of them is
 * required from the start. Phrases stay required, unless a word of theirs is in no article at all.
 * limit, offset and cursor have no say in this, so totals and facets are the same beside every
 * page. Only plain words and phrases of the top level take part. match=all makes keywords of a
 * question.
 *
 * typo=auto corrects plain words that no article has, whatever kind is searched: one edit from 4
 * letters, two from 8, where one at the first letter counts for two and comes last. Not under a
 * restriction, whose words alone are to be told. A word that occurs is searched for as it is.
 *
 * Questions are read where facts are asked for: what is left of them in "understood" is searched
 * for, any of the words.
 *
 * With kind=all the answer has up to `limit` hits of the kind that fits, RO_ANSWERS_FEW at most of
 * each other, and "kinds": [{"kind", "total", "hits"}] in the order of the hits; facets are of the
 * first kind. RO_INVALID with an offset or a cursor.
 *
 * A cursor by relevance holds for one state of the index, for a commit changes all scores: after
 * one it is refused, and the list starts again. By date it goes on.
 *
 * A hit is {"id", "kind": "article", "score", "title", "url", "source", "language",
 * "published": "2025-02-18T09:30:00Z" | null, "snippets": [{"text", "offset"}], "explain"?}.
 * Unknown strings are empty. With highlight=offsets "title_highlights" and, in each snippet,
 * "highlights" are [[from, to]…] in characters (code points) of "title" and "text"; with
 * highlight=html "title_html" and "html" hold the text escaped, matched words in <mark>. A snippet
 * is a passage of the body with white space runs as one space, an ellipsis where a sentence was
 * cut; "offset" is its first byte in the body. Snippets come best first. With body=true a hit has
 * "body", the whole text. With RO_HIGHLIGHT_WORDS highlights are [from, to, word].
 *
 * Of articles that tell the same story (alike.h) only the best is a hit; it then has "copies":
 * {"count": others, "articles": [{"id", "title", "url", "source", "language", "published"}, …]}, of
 * which a few. Totals and facets count each of them. collapse=false shows all. Talks, people and
 * outcomes that are one count once in totals, and once for each value of a facet that one of their
 * hits has.
 *
 * With people=true participants of talks have "person": the id of that person's group, the same for
 * all that are one; null where the name has no letters that are compared.
 *
 * A hit of facts has "kind" talk, participant, outcome or statement, the fields of the fact (as
 * query/fact.c sets them), "article" (its id), title, url, source, language and date of the
 * article, one snippet, the sentence that tells most of what was asked, "evidence": {"start",
 * "end", "rule"} in bytes of the body, and "group": {"id", "articles", "supporting": [{"id",
 * "title"}, …]} | null.
 *
 * RO_INVALID: a cursor of another query, or by relevance of another state of the index; offset with
 * cursor; RO_LIMIT; RO_DEADLINE. */
ro_status ro_searcher_search(ro_searcher *searcher, const ro_request *request, json_t **answer,
                             ro_error *err) RO_MUST_CHECK;

/* Values of a facet whose words begin with those of `text`, in any order, the commonest first; all
 * of them for an empty text. Sides are found by their names, too. {"query", "facet", "values":
 * [{"value", "count", "highlights": [[from, to]…]}], "more": there are others, "took_ms"}. Of the
 * request facets (one), limit, q, filter, kind (not all), typo, match, prefix and collapse count.
 * RO_INVALID, RO_LIMIT, RO_DEADLINE. */
ro_status ro_searcher_facet_values(ro_searcher *searcher, const ro_request *request, ro_str text,
                                   json_t **answer, ro_error *err) RO_MUST_CHECK;

/* "day", "week", "month", "year": the facet for ro_searcher_timeline; RO_INVALID for others. */
ro_status ro_interval_read(ro_str text, unsigned *facet, ro_error *err) RO_MUST_CHECK;

/* How many of what matches is of which time, oldest first; times without any are left out:
 *
 *   {"query", "total", "interval", "buckets": [{"value": "2025-02", "from": "2025-02-01",
 *    "to": "2025-02-28", "count"}], "undated": N, "took_ms"}
 *
 * Days are UTC; a week has the value of its Monday. Of the request q, filter, kind (not all), typo,
 * match, prefix and collapse count. */
ro_status ro_searcher_timeline(ro_searcher *searcher, const ro_request *request, unsigned interval,
                               json_t **answer, ro_error *err) RO_MUST_CHECK;

/* Completions of the last word, people, places and titles, for a search box: {"query", "took_ms",
 * "suggestions": [{"text", "kind": "word", "count": articles} | {"text", "kind": "person" |
 * "place", "count"} | {"text", "kind": "title", "id", "url", "highlights"}]}. The text of a word is
 * what was typed with its last word completed, as an article writes it and in the case that was
 * typed. Completions that stand behind the words before come first, then those that stand in
 * articles with them, then the commonest. "count" is of the articles that have all of the text,
 * those that the filter leaves; it is left out where counting takes long. Completions that the
 * filter leaves nothing of are left out. A person or place has a name in which a word begins with
 * each word that was typed, one of three letters at least; those come first that most articles name
 * so, or most talks were at, which is their "count"; under a filter or restriction it is of the
 * articles left whose facts name the person so, or have talks at the place. Titles are not looked
 * for by words alone that very many articles hold. Of the request q, filter, restriction, limit (at
 * most 100), synonyms and deadline count. */
ro_status ro_searcher_suggest(ro_searcher *searcher, const ro_request *request, json_t **answer,
                              ro_error *err) RO_MUST_CHECK;

/* The merged record of a talk (ARTICLEID#t1) or a person (ARTICLEID#p1): {"id", "kind", "articles",
 * "why", "conflicts", "members": [the fields of a hit, with "sentence", article, and why it is one
 * with the others]}; of a person also "forms", the ways articles name them. RO_NOT_FOUND,
 * RO_DEADLINE. */
ro_status ro_searcher_record(ro_searcher *searcher, ro_kind kind, ro_str id, ro_deadline deadline,
                             json_t **answer, ro_error *err) RO_MUST_CHECK;

/* The whole article as JSON, with its "facts" in the form of `readout-indexer extract`;
 * RO_NOT_FOUND.
 */
ro_status ro_searcher_article(ro_searcher *searcher, ro_str id, json_t **answer,
                              ro_error *err) RO_MUST_CHECK;

/* Articles like this one, itself left out: they share the words that tell most of it, by their
 * weight in rank.h and how often they stand in it: {"query": {"article": id, "words": [best
 * first]}, "total", "took_ms", "hits"}. Of the request limit, snippets and highlight count.
 * RO_NOT_FOUND. */
ro_status ro_searcher_similar(ro_searcher *searcher, ro_str id, const ro_request *request,
                              json_t **answer, ro_error *err) RO_MUST_CHECK;

/* Any answer as JSON text on one line, or indented, with a line end; appended to `out`. */
ro_status ro_answer_to_json(const json_t *answer, bool indent, ro_buf *out,
                            ro_error *err) RO_MUST_CHECK;

/* Appends the hits of an answer as RFC 4180 CSV with a header line: id, title, url, source,
 * published, language, score, snippet (the best), and body where the hits have theirs; of facts
 * also kind, status, role, name, side, sides, by, speaker, what, and of talks participants, host,
 * city, country, date, duration_minutes. A cell that begins with = + - @, tab or CR gets an
 * apostrophe before it, so that no spreadsheet takes it for a formula. */
ro_status ro_answer_to_csv(const json_t *answer, ro_buf *out, ro_error *err) RO_MUST_CHECK;

/* Appends what a hit that is a fact is called: "Russia – United States: talks held", "Kenya, Japan
 * · agreed". False: it is none, and nothing is appended. */
bool ro_hit_heading(const json_t *hit, ro_buf *line);
/* Appends the place of a talk, where it is known: " · Riyadh, Saudi Arabia". */
void ro_hit_add_place(const json_t *hit, ro_buf *line);

#endif
