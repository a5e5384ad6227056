/* The dictionary as readers see it: forms by prefix and by edit distance. */
#include "evaluate/score.h"
#include "snapshot.h"

#include "readout/utf8.h"

#include <stdlib.h>

#define EDITS_MAX 2
#define CLOCK_EVERY 256     /* forms between looks at the clock */
#define PROGRESS_STEPS 1000 /* of SQLite's machine between looks at the clock */

/* A form in the running; the worst of those kept is on top of the heap. */
typedef struct candidate {
    ro_word word;
    unsigned distance;
} candidate;

typedef struct best_words {
    candidate *heap; /* in the arena */
    size_t count, max, seen;
    ro_arena *arena;
} best_words;

static bool is_better(const candidate *a, const candidate *b) {
    if (a->distance != b->distance) {
        return a->distance < b->distance;
    }
    return a->word.df != b->word.df ? a->word.df > b->word.df
                                    : ro_str_compare(a->word.form, b->word.form) < 0;
}

static int by_worth(const void *a, const void *b) {
    return is_better(a, b) ? -1 : is_better(b, a);
}

static void sink(best_words *best, size_t at) {
    for (;;) {
        size_t worst = at;
        for (size_t child = at * 2 + 1; child <= at * 2 + 2 && child < best->count; child++) {
            if (is_better(&best->heap[worst], &best->heap[child])) {
                worst = child;
            }
        }
        if (worst == at) {
            return;
        }
        candidate moved = best->heap[at];
        best->heap[at] = best->heap[worst];
        best->heap[worst] = moved;
        at = worst;
    }
}

/* Forms are copied when they are taken: those pushed out again stay in the arena, which is little,
 * since a form that comes later is seldom better. */
static ro_status consider(best_words *best, candidate word, ro_error *err) {
    best->seen++;
    if (!best->max || (best->count == best->max && !is_better(&word, &best->heap[0]))) {
        return RO_OK;
    }
    word.word.form = ro_arena_copy(best->arena, word.word.form);
    if (!word.word.form.ptr) {
        return ro_fail_memory(err);
    }
    if (best->count == best->max) {
        best->heap[0] = word;
        sink(best, 0);
        return RO_OK;
    }
    size_t at = best->count++;
    for (; at && is_better(&best->heap[(at - 1) / 2], &word); at = (at - 1) / 2) {
        best->heap[at] = best->heap[(at - 1) / 2];
    }
    best->heap[at] = word;
    return RO_OK;
}

static ro_status finish(best_words *best, ro_word **out, size_t *count, ro_error *err) {
    if (best->count) {
        qsort(best->heap, best->count, sizeof *best->heap, by_worth);
    }
    *out = ro_arena_alloc_array(best->arena, best->count, sizeof **out);
    if (!*out) {
        return ro_fail_memory(err);
    }
    for (size_t i = 0; i < best->count; i++) {
        (*out)[i] = best->heap[i].word;
    }
    *count = best->count;
    return RO_OK;
}

/* ---- scanning the lexicon ------------------------------------------------------------------- */

/* Sets the distance; false when the form is out of the running. */
typedef bool (*judge_fn)(void *context, ro_str form, unsigned *distance);

static int is_late(void *deadline) {
    return ro_deadline_passed(*(const ro_deadline *)deadline);
}

static ro_status scan_rows(sqlite3_stmt *range, judge_fn judge, void *context, ro_deadline deadline,
                           best_words *best, ro_error *err) {
    ro_status status = RO_OK;
    unsigned rows = 0;
    for (bool row = true; !status && row;) {
        status = ro_sql_step(range, &row, "read the lexicon", err);
        if (!status && row) {
            candidate word = {{ro_sql_blob(range, 0), sqlite3_column_int64(range, 1)}, 0};
            if (judge(context, word.word.form, &word.distance)) {
                status = consider(best, word, err);
            }
        }
        if (!status && rows++ % CLOCK_EVERY == 0 && ro_deadline_passed(deadline)) {
            status = ro_fail(err, RO_DEADLINE, "reading the lexicon took too long");
        }
    }
    return status;
}

/* All forms that start with `prefix`: no byte of UTF-8 is 0xFF. */
static ro_status scan(ro_snapshot *snapshot, ro_kind kind, ro_str prefix, judge_fn judge,
                      void *context, ro_deadline deadline, best_words *best, ro_error *err) {
    ro_collection *collection;
    ro_buf end = RO_BUF_INIT;
    ro_buf_add_str(&end, prefix);
    ro_buf_add_byte(&end, '\xFF');
    ro_status status = ro_snapshot_collection(snapshot, kind, false, &collection, err);
    if (!status) {
        status = ro_buf_check(&end, err);
    }
    if (!status) {
        sqlite3_stmt *range = collection->lexicon.statements[RO_LEXICON_RANGE];
        ro_sql_bind_blob(range, 1, prefix.ptr, prefix.len);
        ro_sql_bind_blob(range, 2, end.ptr, end.len);
        sqlite3_progress_handler(snapshot->db, PROGRESS_STEPS, is_late, &deadline);
        status = scan_rows(range, judge, context, deadline, best, err);
        sqlite3_progress_handler(snapshot->db, 0, NULL, NULL);
        (void)sqlite3_reset(range);
    }
    ro_buf_release(&end);
    return status;
}

static bool judge_prefix(void *context, ro_str form, unsigned *distance) {
    (void)context;
    (void)form;
    *distance = 0;
    return true;
}

ro_status ro_words_by_prefix(ro_snapshot *snapshot, ro_kind kind, ro_str prefix, size_t max,
                             ro_deadline deadline, ro_arena *arena, ro_word **out, size_t *count,
                             bool *complete, ro_error *err) {
    best_words best = {.max = max, .arena = arena};
    *out = NULL;
    *count = 0;
    best.heap = ro_arena_alloc_array(arena, max, sizeof *best.heap);
    ro_status status = best.heap
                           ? scan(snapshot, kind, prefix, judge_prefix, NULL, deadline, &best, err)
                           : ro_fail_memory(err);
    if (complete) {
        *complete = !status && best.seen == best.count;
    }
    return status ? status : finish(&best, out, count, err);
}

/* ---- distance ------------------------------------------------------------------------------- */

typedef struct letters {
    uint32_t at[RO_TERM_MAX];
    size_t count;
} letters;

static bool read_letters(ro_str s, letters *out) {
    out->count = 0;
    while (s.len) {
        size_t taken;
        if (out->count == RO_TERM_MAX) {
            return false;
        }
        out->at[out->count++] = ro_utf8_decode(s.ptr, s.len, &taken);
        s.ptr += taken;
        s.len -= taken;
    }
    return true;
}

static unsigned least(unsigned a, unsigned b) {
    return a < b ? a : b;
}

/* Optimal string alignment: insert, delete, replace a letter, or swap two neighbours; no letter is
 * edited twice. Stops with `edits` + 1 once a row of the table holds nothing smaller. */
static unsigned distance_of(const letters *a, const letters *b, unsigned edits) {
    unsigned table[3][RO_TERM_MAX + 1];
    for (unsigned j = 0; j <= b->count; j++) {
        table[0][j] = j;
    }
    for (unsigned i = 1; i <= a->count; i++) {
        unsigned *row = table[i % 3];
        const unsigned *above = table[(i + 2) % 3];
        const unsigned *swap = table[(i + 1) % 3];
        unsigned smallest = row[0] = i;
        for (unsigned j = 1; j <= b->count; j++) {
            bool same = a->at[i - 1] == b->at[j - 1];
            row[j] = least(least(above[j] + 1, row[j - 1] + 1), above[j - 1] + !same);
            if (i > 1 && j > 1 && a->at[i - 1] == b->at[j - 2] && a->at[i - 2] == b->at[j - 1]) {
                row[j] = least(row[j], swap[j - 2] + 1);
            }
            smallest = least(smallest, row[j]);
        }
        /* a swap reaches over one row, but costs one: a row that is too far leaves no way back */
        if (smallest > edits) {
            return edits + 1;
        }
    }
    return table[a->count % 3][b->count];
}

typedef struct near_word {
    letters letters;
    unsigned edits;
} near_word;

static bool judge_distance(void *context, ro_str form, unsigned *distance) {
    const near_word *word = context;
    letters other;
    if (!read_letters(form, &other) || other.count > word->letters.count + word->edits ||
        other.count + word->edits < word->letters.count) {
        return false;
    }
    *distance = distance_of(&word->letters, &other, word->edits);
    return *distance <= word->edits;
}

ro_status ro_words_by_distance(ro_snapshot *snapshot, ro_kind kind, ro_str form, unsigned edits,
                               size_t max, ro_deadline deadline, ro_arena *arena, ro_word **out,
                               size_t *count, ro_error *err) {
    best_words best = {.max = max, .arena = arena};
    near_word word = {.edits = least(edits, EDITS_MAX)};
    *out = NULL;
    *count = 0;
    if (!form.len || !read_letters(form, &word.letters)) {
        return RO_OK; /* no form is that long, or so short */
    }
    size_t first;
    (void)ro_utf8_decode(form.ptr, form.len, &first);
    best.heap = ro_arena_alloc_array(arena, max, sizeof *best.heap);
    ro_status status = best.heap ? scan(snapshot, kind, ro_str_make(form.ptr, first),
                                        judge_distance, &word, deadline, &best, err)
                                 : ro_fail_memory(err);
    return status ? status : finish(&best, out, count, err);
}

ro_status ro_document_frequency(ro_snapshot *snapshot, ro_kind kind, ro_str term, bool exact,
                                int64_t *df, ro_error *err) {
    ro_frequency stem = {0};
    ro_frequency form = {0};
    ro_collection *collection;
    ro_status status = ro_snapshot_collection(snapshot, kind, false, &collection, err);
    if (!status) {
        status = ro_lexicon_find(&collection->lexicon, term, &stem, &form, err);
    }
    *df = exact ? form.df : stem.df;
    return status;
}

ro_status ro_term_weight(ro_snapshot *snapshot, ro_kind kind, ro_str term, const ro_rank *rank,
                         double *weight, ro_error *err) {
    ro_frequency stem = {0};
    ro_frequency form = {0};
    ro_collection *collection;
    ro_scorer scorer;
    *weight = 0;
    ro_status status = ro_snapshot_collection(snapshot, kind, true, &collection, err);
    if (!status) {
        status = ro_lexicon_find(&collection->lexicon, term, &stem, &form, err);
    }
    if (!status && stem.df) {
        ro_scorer_init(&scorer, rank, &collection->columns.totals);
        *weight = ro_scorer_weight(&scorer, stem.df, stem.cf);
    }
    return status;
}
