/* The index: a directory with the catalogue (the truth), and leaves that answer queries.
 *
 * Nothing outside core/index knows what it is made of. Three handles:
 *   ro_index     an open directory. Shared by threads once open.
 *   ro_writer    the one writer: articles in and out, in transactions. One thread.
 *   ro_snapshot  a consistent read view. One thread at a time; any number of them, in any process,
 *                beside the writer; none waits for another.
 *
 * Documents are of five kinds, each a collection of its own: articles, and what was found in them
 * (see facts.h). Numbers of documents, words and their frequencies are those of one collection.
 */
#ifndef READOUT_INDEX_H
#define READOUT_INDEX_H

#include "readout/analyser.h"
#include "readout/article.h"
#include "readout/deadline.h"
#include "readout/facts.h"
#include "readout/match.h"
#include "readout/rank.h"

typedef struct ro_index ro_index;

/* What a document is. Talks, outcomes, statements: one document for each of an article's. Of its
 * participants, one for each participation, and one ("mentioned") for each person with an office or
 * a side who takes part in no talk. */
typedef enum ro_kind {
    RO_KIND_ARTICLES,
    RO_KIND_TALKS,
    RO_KIND_PARTICIPANTS,
    RO_KIND_OUTCOMES,
    RO_KIND_STATEMENTS
} ro_kind;
#define RO_KINDS 5

/* "articles", "talks", "participants", "outcomes", "statements". */
const char *ro_kind_name(ro_kind kind);

typedef enum ro_index_mode {
    RO_INDEX_READ,  /* must exist; never written */
    RO_INDEX_WRITE, /* must exist */
    RO_INDEX_CREATE /* made if missing */
} ro_index_mode;

/* RO_NOT_FOUND: no index there; RO_VERSION: made by a newer format, or by another analyser (the
 * message says what to do); RO_DAMAGED; RO_IO. */
ro_status ro_index_open(const char *directory, ro_index_mode mode, ro_index **out,
                        ro_error *err) RO_MUST_CHECK;
/* All writers and snapshots must be closed before. */
void ro_index_close(ro_index *index);

/* ---- writing ------------------------------------------------------------------------------- */

/* An article made ready for the writer: analysed, compressed, hashed. This is the costly part and
 * needs no lock: any number of threads prepare while one writes. */
typedef struct ro_prepared ro_prepared;
typedef struct ro_preparer ro_preparer; /* one a thread */

ro_status ro_preparer_new(ro_preparer **out, ro_error *err) RO_MUST_CHECK;
void ro_preparer_free(ro_preparer *preparer);
/* Copies what it needs of the article, with what is not UTF-8 repaired (but for the origin), and of
 * its facts; NULL: it has none. RO_LIMIT when a cap of article.h is exceeded, RO_INVALID for an
 * empty id, or facts whose references or spans point outside. */
ro_status ro_prepare(ro_preparer *preparer, const ro_article *article, const ro_facts *facts,
                     ro_prepared **out, ro_error *err) RO_MUST_CHECK;
void ro_prepared_free(ro_prepared *prepared);
/* Bytes it holds, for the pipeline's memory bound. */
size_t ro_prepared_size(const ro_prepared *prepared);

typedef struct ro_writer ro_writer;

typedef enum ro_change { RO_UNCHANGED, RO_ADDED, RO_CHANGED } ro_change;

/* Opens the write transaction. When another process writes, waits until `deadline`, then RO_BUSY
 * with a message that names the holder (process id and program). */
ro_status ro_writer_open(ro_index *index, ro_deadline deadline, ro_writer **out,
                         ro_error *err) RO_MUST_CHECK;
/* Adds or replaces by id, facts included; an article whose content and facts are stored already is
 * RO_UNCHANGED and costs nothing. */
ro_status ro_writer_put(ro_writer *writer, const ro_prepared *prepared, ro_change *change,
                        ro_error *err) RO_MUST_CHECK;
ro_status ro_writer_delete(ro_writer *writer, ro_str id, bool *found, ro_error *err) RO_MUST_CHECK;
/* Whether there is an article of this id, what is not committed included. */
ro_status ro_writer_find(ro_writer *writer, ro_str id, bool *found, ro_error *err) RO_MUST_CHECK;
/* Makes everything since the last commit durable and visible, and starts the next transaction. */
ro_status ro_writer_commit(ro_writer *writer, ro_error *err) RO_MUST_CHECK;
/* Text bytes put since the last commit: the caller commits by size and by time. */
size_t ro_writer_pending(const ro_writer *writer);
/* Drops what was not committed. */
void ro_writer_close(ro_writer *writer);
/* Writers take turns: whether another waits to write. Cheap. */
bool ro_writer_wanted(const ro_writer *writer);
/* Lets others write meanwhile, and drops what was not committed. */
void ro_writer_pause(ro_writer *writer);
/* Goes on with the index as the others left it; what files were seen to hold is still known.
 * RO_BUSY when another writes until the deadline: it may be called again. */
ro_status ro_writer_resume(ro_writer *writer, ro_deadline deadline, ro_error *err) RO_MUST_CHECK;
/* Builds what is derived from the stored articles anew where it is damaged or missing, after
 * reading all of it; `repaired`: how many parts were. Opening a writer does the same for what
 * cannot be opened. */
ro_status ro_writer_repair(ro_writer *writer, int64_t *repaired, ro_error *err) RO_MUST_CHECK;
/* Merges parts of like size where there are many, as a commit does with small ones. It works beside
 * writers, taking the lock only to put a merged part in the place of its own, for which it waits so
 * long (RO_BUSY). What was not put in place when `stopped` (NULL: never) says so is dropped. RO_OK
 * also where another process is at it. */
typedef bool (*ro_stop_fn)(void *context);
ro_status ro_index_tend(ro_index *index, int64_t wait_ms, ro_stop_fn stopped, void *context,
                        ro_error *err) RO_MUST_CHECK;
/* Merges the parts of the index into as few as possible. */
ro_status ro_writer_optimize(ro_writer *writer, ro_error *err) RO_MUST_CHECK;

/* The ledger: which files were read, so that a second run is cheap. An article is held by
 * every file it was put from, as `origin` named it, and is deleted when the last of them lets go.
 * What is put without an origin is held until ro_writer_delete. */
typedef struct ro_ledger_entry {
    ro_str path;
    int64_t size, mtime_ns;
    uint8_t hash[32]; /* SHA-256 of the file's bytes */
    int64_t articles; /* how many came out of it */
} ro_ledger_entry;

ro_status ro_ledger_get(ro_writer *writer, ro_str path, ro_ledger_entry *out, bool *found,
                        ro_error *err) RO_MUST_CHECK;
ro_status ro_ledger_put(ro_writer *writer, const ro_ledger_entry *entry,
                        ro_error *err) RO_MUST_CHECK;
/* Calls fn for every path that starts with `prefix`; `entry` is valid during the call; other than 0
 * stops. */
typedef int (*ro_ledger_fn)(void *context, const ro_ledger_entry *entry);
ro_status ro_ledger_each(ro_writer *writer, ro_str prefix, ro_ledger_fn fn, void *context,
                         ro_error *err) RO_MUST_CHECK;
/* Forgets the file; `articles` is how many were deleted for want of another. */
ro_status ro_ledger_delete(ro_writer *writer, ro_str path, int64_t *articles,
                           ro_error *err) RO_MUST_CHECK;
/* Lets go of the articles of `path` that were not put from it since ro_writer_open or the last call
 * of this for the path: what a file no longer holds. */
ro_status ro_ledger_prune(ro_writer *writer, ro_str path, int64_t *articles,
                          ro_error *err) RO_MUST_CHECK;

/* Free-form settings stored in the index: "language" and what later comes. */
ro_status ro_writer_set(ro_writer *writer, const char *name, ro_str value,
                        ro_error *err) RO_MUST_CHECK;

/* ---- reading: the view ---------------------------------------------------------------------- */

typedef struct ro_snapshot ro_snapshot;

ro_status ro_snapshot_open(ro_index *index, ro_snapshot **out, ro_error *err) RO_MUST_CHECK;
void ro_snapshot_close(ro_snapshot *snapshot);
/* Moves the view to the newest commit; cheap (microseconds) when there is none. When it fails, and
 * when any call failed for want of memory or disk, the view may be gone: every call says so until a
 * refresh succeeds. */
ro_status ro_snapshot_refresh(ro_snapshot *snapshot, ro_error *err) RO_MUST_CHECK;
/* Grows with every commit that changed an article, the files that hold it, or a setting: for ETags
 * and caches. What only the ledger tells of a file does not count. */
uint64_t ro_snapshot_revision(const ro_snapshot *snapshot);

/* Whether the index has changed, for any thread and at once: no lock, no call of the system. */
typedef struct ro_watch ro_watch;
ro_status ro_watch_open(const ro_index *index, ro_watch **out, ro_error *err) RO_MUST_CHECK;
/* Closed before the index; NULL is allowed. */
void ro_watch_close(ro_watch *watch);
/* Another number after each commit, of any process, by the time that the commit is known to have
 * succeeded: a view that was refreshed after a look is the newest while looks give the same. False:
 * this cannot be told of the index. */
bool ro_watch_look(const ro_watch *watch, uint64_t *seen);

/* Articles in the view. */
int64_t ro_snapshot_articles(const ro_snapshot *snapshot);
/* Documents of a kind in the view: the N of every idf. */
ro_status ro_snapshot_documents(ro_snapshot *snapshot, ro_kind kind, int64_t *out,
                                ro_error *err) RO_MUST_CHECK;

typedef struct ro_index_stats {
    int64_t articles;
    int64_t documents[RO_KINDS]; /* by kind; the first are the articles */
    int64_t words;               /* of titles and bodies */
    int64_t terms;               /* different terms */
    int64_t text_bytes;          /* of titles and bodies, uncompressed */
    int64_t disk_bytes;          /* of the directory */
    int64_t files;               /* in the ledger */
    int64_t first, last;         /* published, RO_TIME_NONE when no article has a date */
    char fingerprint[128];
    int format;
} ro_index_stats;
ro_status ro_snapshot_stats(ro_snapshot *snapshot, ro_index_stats *out,
                            ro_error *err) RO_MUST_CHECK;

/* How much of a kind lies in which leaves. Of what is deleted or replaced a sealed leaf keeps the
 * postings until it is merged. */
typedef struct ro_leaf_sizes {
    int64_t hot_documents, hot_bytes;
    int64_t segments, sealed_documents, sealed_bytes;
} ro_leaf_sizes;
typedef struct ro_index_sizes {
    int64_t disk_bytes; /* of the directory */
    ro_leaf_sizes leaves[RO_KINDS];
} ro_index_sizes;
/* Cheap beside ro_snapshot_stats: no table is read but the hot leaves'. */
ro_status ro_snapshot_sizes(ro_snapshot *snapshot, ro_index_sizes *out,
                            ro_error *err) RO_MUST_CHECK;

/* Files of its directory that go with an index and are no part of it: words that stand for others,
 * and settings of the daemon. */
#define RO_INDEX_SYNONYMS_FILE "synonyms.txt"
#define RO_INDEX_SETTINGS_FILE "settings.conf"

/* Copies the index as this view sees it, with the files that go with it, to a directory that is not
 * there yet: an index of its own, synced to the disk, whole or not at all. Until it is whole it is
 * called DIRECTORY.part, and locked by flock; what one that was cut short left there is removed.
 * Writers go on meanwhile. RO_INVALID: it is there; RO_FULL, RO_IO. */
ro_status ro_snapshot_backup(ro_snapshot *snapshot, const char *directory,
                             ro_error *err) RO_MUST_CHECK;
/* Removes a directory with all that is in it; RO_OK also where it is not there. */
ro_status ro_backup_remove(const char *directory, ro_error *err);
/* The same of a copy that nobody makes any more, as nobody holds its lock. */
void ro_backup_sweep(const char *directory);

/* Puts the index in the directory `fresh`, of the same file system, in the place of this one, which
 * goes there: in one step, while nobody writes. Views of this one stay as they are, and writers who
 * wait write the new one; the caller opens it anew. `last` (NULL: nothing) is called just before,
 * when nobody writes any more; where it fails all stays as it is. RO_BUSY by the deadline, RO_IO.
 */
typedef ro_status (*ro_exchange_fn)(void *context, ro_error *err);
ro_status ro_index_exchange(ro_index *index, const char *fresh, ro_deadline deadline,
                            ro_exchange_fn last, void *context, ro_error *err) RO_MUST_CHECK;

/* Calls `fn` with each problem found; RO_OK when the check itself could run. */
typedef void (*ro_problem_fn)(void *context, const char *problem);
ro_status ro_snapshot_check(ro_snapshot *snapshot, ro_problem_fn fn, void *context,
                            ro_error *err) RO_MUST_CHECK;

/* ---- reading: dictionary -------------------------------------------------------------------- */

typedef struct ro_word {
    ro_str form; /* folded surface form */
    int64_t df;  /* documents of the kind it stands in */
} ro_word;

/* The `max` commonest forms that start with `prefix` (folded), commonest first. `complete`, unless
 * NULL, tells whether these are all. Strings live in the arena. */
ro_status ro_words_by_prefix(ro_snapshot *snapshot, ro_kind kind, ro_str prefix, size_t max,
                             ro_deadline deadline, ro_arena *arena, ro_word **out, size_t *count,
                             bool *complete, ro_error *err) RO_MUST_CHECK;
/* The forms within `edits` (1 or 2) optimal-string-alignment edits of `form` that share its first
 * `prefix_length` letters (0 or 1); nearest first, then commonest. */
ro_status ro_words_by_distance(ro_snapshot *snapshot, ro_kind kind, ro_str form, unsigned edits,
                               size_t prefix_length, size_t max, ro_deadline deadline,
                               ro_arena *arena, ro_word **out, size_t *count,
                               ro_error *err) RO_MUST_CHECK;
/* Documents of the kind that hold the stem, or with `exact` the form. */
ro_status ro_document_frequency(ro_snapshot *snapshot, ro_kind kind, ro_str term, bool exact,
                                int64_t *df, ro_error *err) RO_MUST_CHECK;
/* What a stem weighs in documents of the kind, w(t) of rank.h; 0 where none holds it. */
ro_status ro_term_weight(ro_snapshot *snapshot, ro_kind kind, ro_str term, const ro_rank *rank,
                         double *weight, ro_error *err) RO_MUST_CHECK;
/* Whether articles have, or had, any of these values in the column; folded as RO_MATCH_VALUE has
 * them. */
ro_status ro_snapshot_has_values(ro_snapshot *snapshot, ro_column column, const ro_str *values,
                                 size_t count, bool *out, ro_error *err) RO_MUST_CHECK;
/* The values of PERSON, BY and SPEAKER (match.h) that stand for people of this name, in every
 * spelling, with nicknames; `name` may be a surname alone. */
ro_status ro_people_by_name(ro_snapshot *snapshot, ro_str name, ro_arena *arena, ro_str **out,
                            size_t *count, ro_error *err) RO_MUST_CHECK;

/* A person by a name, and how many articles name the person so. */
typedef struct ro_person_named {
    ro_str name;
    int64_t articles;
    int64_t person; /* the same for other names of the person */
    ro_str
        *values; /* of PERSON, BY and SPEAKER that give the name so; borrowed from the snapshot */
    size_t value_count;
} ro_person_named;
/* People in whose names a word begins with each word of the text, which ends where it is typed to:
 * at most `most`, those that most articles name first; none for a text without a word of three
 * letters. Where very many fit it is of those who are named in most ways, with sides and offices.
 * `out` has room for `most`; names are in the arena. RO_DEADLINE. */
ro_status ro_people_by_beginnings(ro_snapshot *snapshot, ro_str text, size_t most,
                                  ro_deadline deadline, ro_arena *arena, ro_person_named *out,
                                  size_t *count, ro_error *err) RO_MUST_CHECK;
/* Whether there is, or was, any place whose name fits so. RO_DEADLINE. */
ro_status ro_place_begins(ro_snapshot *snapshot, ro_str text, ro_deadline deadline, bool *out,
                          ro_error *err) RO_MUST_CHECK;

/* ---- reading: documents --------------------------------------------------------------------- */

typedef int64_t ro_doc; /* a document's number inside one collection of one index; ascends with time
                           of writing, never reused */

typedef enum ro_sort { RO_SORT_SCORE, RO_SORT_NEWEST, RO_SORT_OLDEST } ro_sort;

typedef struct ro_hit {
    ro_doc doc;
    double score;
    int64_t published;
    int64_t group;    /* the merged person, talk or outcome it is of; equal for members, also where
                         hits are not collapsed; of statements, when collapsed, the first that says
                         the same (ro_snapshot_retold); 0: it has none */
    int64_t articles; /* that support the group; of near-duplicates, when collapsed, how many */
} ro_hit;

enum {
    RO_FACET_SOURCE = 1 << 0,
    RO_FACET_LANGUAGE = 1 << 1,
    RO_FACET_YEAR = 1 << 2,
    RO_FACET_MONTH = 1 << 3,
    /* of several values a document counts for each, and for none where it has none */
    RO_FACET_SIDE = 1 << 4,
    RO_FACET_ROLE = 1 << 5,
    RO_FACET_STATUS = 1 << 6,
    RO_FACET_BY = 1 << 7,
    RO_FACET_SPEAKER = 1 << 8,
    RO_FACET_PERSON = 1 << 9,
    RO_FACET_PLACE = 1 << 10,
    RO_FACET_HOST = 1 << 11,
    RO_FACET_DAY = 1 << 12, /* "2025-02-18" */
    RO_FACET_WEEK = 1 << 13 /* its Monday */
};
#define RO_FACETS 14

typedef struct ro_facet_count {
    ro_str value; /* "Reuters", "en", "2025", "2025-02"; empty: unknown */
    int64_t count;
} ro_facet_count;

typedef struct ro_facet {
    unsigned facet;         /* one of RO_FACET_… */
    ro_facet_count *counts; /* largest first, then by value */
    size_t count;
} ro_facet;

typedef struct ro_search {
    ro_kind kind; /* 0: articles */
    const ro_match *match;
    ro_rank rank;
    ro_sort sort;
    size_t k;            /* how many hits; 0: only totals and facets */
    const ro_hit *after; /* only hits that sort after this one (cursor); NULL: from the start */
    bool collapse;       /* hits of one group count once, the best one stands for it; of articles
                            that are near-duplicates, and of statements that these tell again, only
                            the best is a hit, but all are counted */
    unsigned facets;     /* bit set of RO_FACET_… */
    int64_t count_to;    /* a total may stop at this, as a lower bound, where that is much faster
                            and no facets are asked for; 0: it is exact */
    ro_deadline deadline;
} ro_search;

typedef struct ro_found {
    ro_hit *hits; /* best first: score descending or date; ties by doc ascending */
    size_t hit_count;
    int64_t total;    /* hits, or with `collapse` groups; near-duplicates all count */
    bool total_exact; /* else `total` is a lower bound */
    ro_facet facets[RO_FACETS];
    size_t facet_count;
} ro_found;

/* Evaluates the query over all leaves. All memory is from the arena. RO_DEADLINE within 100 ms of
 * the deadline. */
ro_status ro_snapshot_search(ro_snapshot *snapshot, const ro_search *search, ro_arena *arena,
                             ro_found *out, ro_error *err) RO_MUST_CHECK;

/* How the score of one document came about: a JSON tree {"value","what","parts":[…]}; a new
 * reference in `out`. */
ro_status ro_snapshot_explain(ro_snapshot *snapshot, const ro_search *search, ro_doc doc,
                              json_t **out, ro_error *err) RO_MUST_CHECK;

/* How a word keeps company with others. */
typedef struct ro_company {
    int64_t together; /* documents of the sample that hold it */
    int64_t behind;   /* that hold it right behind the word before */
} ro_company;

/* For each of the terms (stems, or with `exact` forms) in how many of the first `most` documents
 * that match; `before` is the word (TERM, ANY_OF) that may stand before it. Enough to tell which go
 * well with others, and cheap. All terms together keep to RO_MATCH_TERMS_MAX: each takes its own
 * and those of `before`. */
ro_status ro_words_company(ro_snapshot *snapshot, ro_kind kind, ro_match *match, ro_match *before,
                           const ro_str *terms, size_t count, bool exact, size_t most,
                           ro_deadline deadline, ro_arena *arena, ro_company *out,
                           ro_error *err) RO_MUST_CHECK;
/* A document of ordinary length that holds the form, to see how it is written; 0: none found. */
ro_status ro_word_example(ro_snapshot *snapshot, ro_kind kind, ro_str form, ro_deadline deadline,
                          ro_arena *arena, ro_doc *doc, ro_error *err) RO_MUST_CHECK;

/* ---- reading: stored values ----------------------------------------------------------------- */

/* The stored article; strings live in the arena. `with_body` false saves the decompression. */
ro_status ro_snapshot_article(ro_snapshot *snapshot, ro_doc doc, bool with_body, ro_arena *arena,
                              ro_article *out, ro_error *err) RO_MUST_CHECK;
/* RO_NOT_FOUND when there is none of this id. */
ro_status ro_snapshot_find(ro_snapshot *snapshot, ro_str id, ro_doc *doc,
                           ro_error *err) RO_MUST_CHECK;
/* The facts of an article as they were put, but for title, credits and dateline, which the article
 * has; empty when it has none. In the arena. */
ro_status ro_snapshot_facts(ro_snapshot *snapshot, ro_doc article, ro_arena *arena, ro_facts *out,
                            ro_error *err) RO_MUST_CHECK;

/* Where a document of a kind other than articles comes from. */
typedef struct ro_fact {
    ro_doc article;
    int index;         /* in the talks, people, outcomes or statements of its ro_facts */
    int participation; /* PARTICIPANTS: in the participations; -1: only mentioned */
} ro_fact;

/* RO_NOT_FOUND when no document of the kind has the number. */
ro_status ro_snapshot_fact(ro_snapshot *snapshot, ro_kind kind, ro_doc doc, ro_fact *out,
                           ro_error *err) RO_MUST_CHECK;
/* By public id: ARTICLEID#t1, #p1, #o1, #s1, counted from 1. Of a person's participations, the
 * first. RO_NOT_FOUND, also for what has no such form. */
ro_status ro_snapshot_find_fact(ro_snapshot *snapshot, ro_str id, ro_kind *kind, ro_doc *doc,
                                ro_error *err) RO_MUST_CHECK;
/* The public id of a fact; {NULL, 0} when memory ran out. */
ro_str ro_fact_id(ro_str article_id, ro_kind kind, int index, ro_arena *arena);
/* ---- reading: what is one across articles ---------------------------------------------------- */

/* A person, talk or outcome as it was found in one article; of people, as a number of articles name
 * it (see same.h). */
typedef struct ro_group_member {
    ro_str id;        /* public id of the talk or outcome; of people the value of PERSON */
    ro_doc doc;       /* in the collection of the kind; 0 for people */
    int64_t articles; /* 1, or how many name the person so */
    size_t to;        /* the member it was joined to; itself for the first */
    unsigned why;     /* RO_SAME_… of that */
    unsigned conflicts;
} ro_group_member;

typedef struct ro_group {
    int64_t group;
    ro_str id;                /* of the first member: the same whatever the order of writing was */
    ro_group_member *members; /* of talks and outcomes by date, of people the commonest first */
    size_t member_count;
    int64_t articles;   /* that support it */
    unsigned why;       /* of all members */
    unsigned conflicts; /* what members disagree in: told, never averaged */
} ro_group;

/* The group as ro_hit has it, of talks, outcomes, or participants (people). RO_NOT_FOUND when there
 * is none of the number, or the kind has no groups. */
ro_status ro_snapshot_group(ro_snapshot *snapshot, ro_kind kind, int64_t group, ro_arena *arena,
                            ro_group *out, ro_error *err) RO_MUST_CHECK;
/* Whether any articles are near-duplicates: else there are as many hits as articles that match. */
ro_status ro_snapshot_has_copies(ro_snapshot *snapshot, bool *out, ro_error *err) RO_MUST_CHECK;
/* The articles of a group of near-duplicates, as a hit has it: the oldest documents first, `max` at
 * most. */
ro_status ro_snapshot_copies(ro_snapshot *snapshot, int64_t group, size_t max, ro_arena *arena,
                             ro_doc **out, size_t *count, ro_error *err) RO_MUST_CHECK;
/* The statements that near-duplicates of its article tell again: the same speaker, word for word,
 * itself among them; the oldest documents first, of very many the first few. None for one that
 * stands alone. */
#define RO_RETOLD_MAX 64
typedef struct ro_retold {
    ro_doc docs[RO_RETOLD_MAX], articles[RO_RETOLD_MAX];
    size_t count;
} ro_retold;
ro_status ro_snapshot_retold(ro_snapshot *snapshot, ro_doc doc, ro_retold *out,
                             ro_error *err) RO_MUST_CHECK;
/* What a hit tells of its group: the id as above, and a few articles that support it, of talks and
 * outcomes by date, of people those put last, of statements as above. RO_NOT_FOUND as above. The
 * cost is that of the few.
 */
#define RO_GROUP_FEW 5
typedef struct ro_group_few {
    ro_str id;
    ro_doc articles[RO_GROUP_FEW]; /* each once */
    size_t count;
} ro_group_few;
ro_status ro_snapshot_group_few(ro_snapshot *snapshot, ro_kind kind, int64_t group, ro_arena *arena,
                                ro_group_few *out, ro_error *err) RO_MUST_CHECK;
/* The group of a talk or outcome by its number. */
ro_status ro_snapshot_group_of(ro_snapshot *snapshot, ro_kind kind, ro_doc doc, int64_t *group,
                               ro_error *err) RO_MUST_CHECK;
/* The group of people that a value of PERSON belongs to. */
ro_status ro_snapshot_person_of(ro_snapshot *snapshot, ro_str value, int64_t *group,
                                ro_error *err) RO_MUST_CHECK;

/* Every article in order of doc, from the first after `after` (0: all). */
typedef int (*ro_article_fn)(void *context, ro_doc doc, const ro_article *article);
ro_status ro_snapshot_each(ro_snapshot *snapshot, ro_doc after, ro_article_fn fn, void *context,
                           ro_error *err) RO_MUST_CHECK;
/* The languages of the stored articles, commonest first. */
ro_status ro_snapshot_languages(ro_snapshot *snapshot, ro_arena *arena, ro_str **out, size_t *count,
                                ro_error *err) RO_MUST_CHECK;

#endif
