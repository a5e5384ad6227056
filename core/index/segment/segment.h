/* A sealed leaf: an immutable file of postings, mapped into memory. Derived from the catalogue, and
 * disposable: a damaged one is built anew.
 *
 * Documents have numbers of their own, 0 to count - 1, in ascending order of ro_doc. Which of them
 * are live, and their columns, the catalogue tells; the segment knows their lengths.
 *
 * The file (little-endian; see format.h for the bytes):
 *   header      counts, where the parts are, their checksums and its own
 *   documents   ro_doc less the first, by number; lengths by field
 *   blocks      where each block of the dictionary starts, in the file and in the postings
 *   dictionary  words in byte order, in front-coded blocks: frequencies, where the lists are
 *   postings    lists: for each block of 128 documents an entry to skip by, then the blocks
 *               themselves (gaps, frequencies), then positions
 * Documents, blocks and header are verified when it is opened, the rest by ro_segment_check. Every
 * reader is safe on a damaged file: what makes no sense reads as the end, and says so.
 *
 * Files are written, synced, and never changed. One that is cut short while it is mapped reads as
 * zeros from there on, and ro_segment_failed says so: see guard.h.
 *
 * Threads: a segment may be read by any number of them; cursors belong to one. */
#ifndef READOUT_SEGMENT_SEGMENT_H
#define READOUT_SEGMENT_SEGMENT_H

#include "../evaluate/score.h"
#include "../lexicon.h"
#include "pack.h"

#define RO_SEGMENT_BLOCK RO_PACK_RUN /* documents of a block; builders may take fewer */
#define RO_SEGMENT_DOCS_MAX (1u << 30)
#define RO_NO_DOC UINT32_MAX

typedef struct ro_segment {
    /* of the documents */
    uint32_t count;
    ro_doc first;               /* ro_doc of number 0 */
    const uint32_t *docs;       /* ro_doc of each, less `first`; ascending */
    bool dense;                 /* which is then its number: none is left out */
    const uint32_t *body_words; /* as in their records */
    const uint16_t *title_words;
    bool far; /* lengths of so many documents lie in no near cache: few are looked up */
    int64_t words[RO_FIELD_COUNT]; /* sums of lengths */
    /* of the terms */
    uint64_t word_count;
    uint32_t block; /* documents of a block */
    /* the file */
    const uint8_t *map;
    size_t size;
    int guard;               /* see guard.h */
    _Atomic uint32_t *asked; /* see ahead.h; by window: when; NULL: not expected to be searched */
    const uint8_t *blocks;   /* parts, see format.h */
    size_t block_count;
    const uint8_t *dictionary;
    size_t dictionary_len;
    const uint8_t *postings;
    size_t postings_len;
} ro_segment;

/* RO_NOT_FOUND, RO_DAMAGED, RO_VERSION (another format: build it anew), RO_IO. */
ro_status ro_segment_open(const char *path, ro_segment **out, ro_error *err) RO_MUST_CHECK;
void ro_segment_close(ro_segment *segment);
/* Whether a part of the file was gone when it was read: what was read since is void. */
bool ro_segment_failed(const ro_segment *segment);
/* Reads all of it against its checksums; RO_DAMAGED. */
ro_status ro_segment_check(const ro_segment *segment, ro_error *err) RO_MUST_CHECK;

static inline ro_doc ro_segment_doc(const ro_segment *segment, uint32_t number) {
    return segment->first + (ro_doc)(segment->dense ? number : segment->docs[number]);
}
/* The number of the first document at `doc` or after it; count when there is none. */
uint32_t ro_segment_number(const ro_segment *segment, ro_doc doc);

/* ---- dictionary ----------------------------------------------------------------------------- */

/* The postings of one term; df 0: none. */
typedef struct ro_segment_list {
    const uint8_t *at, *end;
    uint32_t df;
} ro_segment_list;

/* A word with all it is: a stem, a form, or both. `form` counts the documents that hold the word as
 * a form, as the lexicon does; only those where it differs from its stem are in `forms`.
 * Frequencies are those of the documents as they were added: a merge that leaves dead ones out does
 * not take them out of the sums, since the catalogue's lexicon counts them out. */
typedef struct ro_segment_word {
    ro_str text; /* valid until the next word */
    ro_frequency stem, form;
    ro_segment_list stems; /* posted as the word */
    ro_segment_list forms; /* posted as '=' and the word */
} ro_segment_word;

/* Words in byte order. */
typedef struct ro_segment_words {
    const ro_segment *segment;
    size_t block;              /* of the dictionary, that is being read */
    const uint8_t *next, *end; /* in it */
    uint64_t offset;           /* in the postings, of the next list */
    size_t length;
    bool damaged;
    char text[256];
} ro_segment_words;

/* Goes before the first word that is not less than `from`. */
void ro_segment_seek(const ro_segment *segment, ro_str from, ro_segment_words *words);
/* False at the end, and where the dictionary is damaged. */
bool ro_segment_next(ro_segment_words *words, ro_segment_word *out);
/* Finds a word; out->text is then `word`. */
bool ro_segment_find(const ro_segment *segment, ro_str word, ro_segment_word *out);
/* Finds a term as it is posted: a stem, or '=' and a form. An empty list when there is none. */
ro_segment_list ro_segment_term(const ro_segment *segment, ro_str key);

/* ---- postings ------------------------------------------------------------------------------- */

/* Bounds of what the documents of a block bring, whatever the constants of the ranking and the
 * average lengths: pairs (frequency, length) such that no document brings more in the body than the
 * best of them, the highest frequency first. Where some hold the term in the title, the first
 * RO_IMPACTS_WITH pairs cover those, the rest the others. Numbers are codes, see ro_impact_value;
 * frequencies are rounded up, lengths down. Pairs of frequency 0 are unused, and come after those
 * that are used. */
typedef struct ro_impact {
    uint8_t tf, words;
} ro_impact;

#define RO_IMPACTS 5
#define RO_IMPACTS_WITH 2

typedef struct ro_impacts {
    ro_impact title; /* the most occurrences in the title, and the fewest words of such a title;
                        tf 0: no document holds it there */
    ro_impact pairs[RO_IMPACTS];
} ro_impacts;

/* The number a code stands for: grows with the code, exact up to 63, then to one in 32. */
uint32_t ro_impact_value(uint8_t code);

/* What the pairs come to under one ranking: for each code. */
typedef struct ro_impact_table {
    float tf[256];                     /* ro_impact_value */
    float factor[RO_FIELD_COUNT][256]; /* weight / (1 - b + slope * length) */
} ro_impact_table;

void ro_impact_table_make(const ro_scorer *scorer, ro_impact_table *out);

static inline float ro_impact_best(const ro_impact *pairs, size_t count,
                                   const ro_impact_table *table) {
    float best = 0;
    for (size_t i = 0; i < count; i++) { /* of unused ones, too: to stop earlier takes longer */
        float brings = table->tf[pairs[i].tf] * table->factor[1][pairs[i].words];
        best = brings > best ? brings : best;
    }
    return best;
}

/* The largest x(t,d) of rank.h that a document of the block can have; rounding does not put it
 * below. */
static inline float ro_impacts_bound(const ro_impacts *impacts, const ro_impact_table *table) {
    const float slack = 1.000001f;
    const ro_impact *pairs = impacts->pairs;
    if (!impacts->title.tf) {
        return ro_impact_best(pairs, RO_IMPACTS, table) * slack;
    }
    float without = ro_impact_best(pairs + RO_IMPACTS_WITH, RO_IMPACTS - RO_IMPACTS_WITH, table);
    float with = table->tf[impacts->title.tf] * table->factor[0][impacts->title.words] +
                 ro_impact_best(pairs, RO_IMPACTS_WITH, table);
    return (with > without ? with : without) * slack;
}

/* Where a block is, and what it brings at most. */
typedef struct ro_block_entry {
    uint32_t last;      /* its last document */
    uint32_t at;        /* from the start of the list's blocks */
    uint32_t positions; /* where the run starts that its first position is in */
    uint32_t before;    /* positions of earlier blocks */
    ro_impacts impacts;
} ro_block_entry;

_Static_assert(sizeof(ro_impacts) == 12 && _Alignof(ro_impacts) == 1,
               "impacts are read as they are stored");

#define RO_GROUP 16 /* blocks that are bounded together as well */

/* A place in a list. Fields above the line are for everyone to read. */
typedef struct ro_cursor {
    uint32_t doc;       /* where it stands; RO_NO_DOC: at the end */
    uint32_t df;        /* documents of the list */
    uint32_t block;     /* number of the block it stands in */
    uint32_t blocks;    /* of the list */
    uint32_t last;      /* last document of the block; RO_NO_DOC at the end */
    uint32_t place;     /* of `doc` in the block */
    uint32_t count;     /* documents of the block */
    bool damaged;       /* the list was cut off at something that makes no sense */
    bool has_impacts;   /* the list has blocks with entries: more than one */
    ro_impacts impacts; /* of the whole list */
    /* ---- */
    bool loaded, counted; /* docs, and tf and title, are those of the block */
    const ro_segment *segment;
    const uint8_t *entries, *groups, *data, *positions, *end;
    uint32_t singles;        /* documents of the block that were counted alone */
    const uint8_t *counts;   /* of the block */
    uint64_t position_count; /* of the list; of a short one once they are asked for */
    uint64_t summed;         /* occurrences in the block before `summed_to` */
    uint32_t summed_to;
    uint32_t run; /* number of the run of positions at hand; RO_NO_DOC: none */
    const uint8_t *run_end;
    uint32_t docs[RO_PACK_RUN];
    uint32_t tf[RO_PACK_RUN];    /* in all fields */
    uint32_t title[RO_PACK_RUN]; /* in the title */
    uint32_t gaps[RO_PACK_RUN];  /* of the run */
} ro_cursor;

/* Stands at the first document. */
void ro_cursor_open(ro_cursor *cursor, const ro_segment *segment, ro_segment_list list);
/* The same, but a list of several blocks is not read yet: `doc` is a lower bound only, as after
 * ro_cursor_shallow. */
void ro_cursor_begin(ro_cursor *cursor, const ro_segment *segment, ro_segment_list list);
/* The next document. */
uint32_t ro_cursor_next(ro_cursor *cursor);
/* The first document at `target` or after it; never goes back. */
uint32_t ro_cursor_advance(ro_cursor *cursor, uint32_t target);
/* Goes to the block that `target` would be in, without reading it: sets `block`, `last`, and makes
 * `doc` a lower bound only, until ro_cursor_advance. */
void ro_cursor_shallow(ro_cursor *cursor, uint32_t target);
/* The first document of a block of the list, which may be behind; not after the end was reached. */
uint32_t ro_cursor_enter(ro_cursor *cursor, uint32_t block);
/* Any entry of a list that has_impacts. */
static inline ro_block_entry ro_cursor_entry(const ro_cursor *cursor, uint32_t block) {
    ro_block_entry entry;
    memcpy(&entry, cursor->entries + block * sizeof entry, sizeof entry);
    return entry;
}
static inline const ro_impacts *ro_cursor_impacts(const ro_cursor *cursor, uint32_t block) {
    const uint8_t *entry = cursor->entries + block * sizeof(ro_block_entry);
    return (const ro_impacts *)(const void *)(entry + offsetof(ro_block_entry, impacts));
}
static inline uint32_t ro_cursor_groups(const ro_cursor *cursor) {
    return (cursor->blocks + RO_GROUP - 1) / RO_GROUP;
}
/* What the blocks from group * RO_GROUP on, RO_GROUP of them, bring at most; the same. */
static inline const ro_impacts *ro_cursor_group(const ro_cursor *cursor, uint32_t group) {
    return cursor->blocks > RO_GROUP ? (const ro_impacts *)(const void *)cursor->groups + group
                                     : &cursor->impacts;
}
/* Ask for a block, and for the entries of a group, of a list that has_impacts, so that they are in
 * the processor's cache when they are read. */
void ro_cursor_fetch_block(const ro_cursor *cursor, uint32_t block);
void ro_cursor_fetch_group(const ro_cursor *cursor, uint32_t group);
/* Stands at another place of the block at hand, which is read. */
static inline void ro_cursor_stand(ro_cursor *cursor, uint32_t place) {
    cursor->place = place;
    cursor->doc = cursor->docs[place];
}
/* Makes tf[] and title[] those of the block at hand, where doc stands. */
void ro_cursor_count(ro_cursor *cursor);
/* How often the document at hand has the term: in all fields, and in the title. Reads no more of
 * the block than it must. */
void ro_cursor_count_one(ro_cursor *cursor, uint32_t *tf, uint32_t *title);
/* Appends what the positions in the document at hand are stored as, see format.h. */
void ro_cursor_gaps(ro_cursor *cursor, ro_buf *out);
/* Appends the positions in the document at hand (uint64_t, field << 32 | ordinal), ascending. */
void ro_cursor_positions(ro_cursor *cursor, ro_buf *out);

/* ---- writing -------------------------------------------------------------------------------- */

typedef struct ro_segment_builder ro_segment_builder;

/* `block`: documents of a block, 0 for the usual number. One thread. */
ro_status ro_segment_builder_new(uint32_t block, ro_segment_builder **out,
                                 ro_error *err) RO_MUST_CHECK;
void ro_segment_builder_free(ro_segment_builder *builder);
/* Documents come in ascending order. Copies what it needs. RO_LIMIT when it is full: write it. */
ro_status ro_segment_builder_add(ro_segment_builder *builder, ro_doc doc, const ro_stream *terms,
                                 ro_error *err) RO_MUST_CHECK;
/* The same in two steps, from postings that are there already: first the documents, ascending, then
 * those of each term (a stem, or '=' and a form), documents ascending. Positions (uint64_t, field
 * << 32 | ordinal) ascend. Forms that equal their stem are not counted. */
ro_status ro_segment_builder_declare(ro_segment_builder *builder, ro_doc doc, uint32_t title_words,
                                     uint32_t body_words, ro_error *err) RO_MUST_CHECK;
ro_status ro_segment_builder_post(ro_segment_builder *builder, ro_str key, uint32_t number,
                                  const uint64_t *positions, size_t count,
                                  ro_error *err) RO_MUST_CHECK;
/* The document added last; 0: none. */
ro_doc ro_segment_builder_last(const ro_segment_builder *builder);
uint32_t ro_segment_builder_count(const ro_segment_builder *builder);
/* Bytes of memory it holds. */
size_t ro_segment_builder_size(const ro_segment_builder *builder);
/* Writes a new file and syncs it; the builder is then empty. After a failure there is no file, and
 * the builder is only to be freed. */
ro_status ro_segment_builder_write(ro_segment_builder *builder, const char *path,
                                   ro_error *err) RO_MUST_CHECK;

/* Whether a document is still there. */
typedef bool (*ro_segment_live_fn)(void *context, ro_doc doc);
/* Whether to leave off. */
typedef bool (*ro_segment_stop_fn)(void *context);
/* Merges segments into a new file without the documents that `live` denies (NULL: all stay), and
 * syncs it. No document may be in two of them. RO_NOT_FOUND when no document is left, RO_DEADLINE
 * when `stopped` (NULL: never) says so now and then: no file is made. */
ro_status ro_segment_merge(const ro_segment *const *segments, size_t count, uint32_t block,
                           ro_segment_live_fn live, ro_segment_stop_fn stopped, void *context,
                           const char *path, ro_error *err) RO_MUST_CHECK;

#endif
