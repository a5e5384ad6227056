/* The dictionary as readers see it: forms by prefix and by edit distance. */
#include "evaluate/score.h"
#include "snapshot.h"

#include "readout/utf8.h"

#include <stdlib.h>

#define EDITS_MAX 2
#define STEPS_MAX 4 /* forms out of the running that are stepped over */
#define UTF8_LAST 0x10FFFF
#define LETTER_WORDS 64     /* that are kept of each letter */
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

/* What is looked for among the forms, which come in byte order. */
typedef struct sieve {
    /* Sets the distance; false when the form is out of the running. It may then write to `skip` a
     * beginning before which no later form is in the running. */
    bool (*judge)(void *context, ro_str form, unsigned *distance, ro_buf *skip);
    void *context;
    ro_buf skip; /* empty: the next form may be in the running */
} sieve;

static int is_late(void *deadline) {
    return ro_deadline_passed(*(const ro_deadline *)deadline);
}

static ro_status judge_row(sieve *s, sqlite3_stmt *range, best_words *best, ro_error *err) {
    candidate word = {{ro_sql_blob(range, 0), sqlite3_column_int64(range, 1)}, 0};
    ro_buf_clear(&s->skip);
    if (s->judge(s->context, word.word.form, &word.distance, &s->skip)) {
        return consider(best, word, err);
    }
    return ro_buf_check(&s->skip, err);
}

/* Some rows that are out of the running are stepped over before the tree is gone down anew, which
 * costs as much as several steps. */
static ro_status scan_rows(sqlite3_stmt *range, sieve *s, ro_deadline deadline, best_words *best,
                           ro_error *err) {
    ro_status status = RO_OK;
    unsigned rows = 0, passed = 0;
    for (bool row = true; !status && row;) {
        status = ro_sql_step(range, &row, "read the lexicon", err);
        ro_str skip = ro_buf_str(&s->skip);
        if (status || !row) {
            break;
        }
        if (!skip.len || ro_str_compare(ro_sql_blob(range, 0), skip) >= 0) {
            passed = 0;
            status = judge_row(s, range, best, err);
        } else if (++passed == STEPS_MAX) {
            passed = 0;
            (void)sqlite3_reset(range);
            (void)sqlite3_bind_blob64(range, 1, skip.ptr, skip.len, SQLITE_TRANSIENT);
        }
        if (!status && rows++ % CLOCK_EVERY == 0 && ro_deadline_passed(deadline)) {
            status = ro_fail(err, RO_DEADLINE, "reading the lexicon took too long");
        }
    }
    return status;
}

/* All forms that start with `prefix`: no byte of UTF-8 is 0xFF. */
static ro_status scan(ro_snapshot *snapshot, ro_kind kind, ro_str prefix, sieve *s,
                      ro_deadline deadline, best_words *best, ro_error *err) {
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
        status = scan_rows(range, s, deadline, best, err);
        sqlite3_progress_handler(snapshot->db, 0, NULL, NULL);
        (void)sqlite3_reset(range);
    }
    ro_buf_release(&s->skip);
    ro_buf_release(&end);
    return status;
}

static bool judge_prefix(void *context, ro_str form, unsigned *distance, ro_buf *skip) {
    (void)context;
    (void)form;
    (void)skip;
    *distance = 0;
    return true;
}

static ro_status commonest(ro_snapshot *snapshot, ro_kind kind, ro_str prefix, size_t max,
                           ro_deadline deadline, ro_arena *arena, ro_word **out, size_t *count,
                           bool *complete, ro_error *err) {
    best_words best = {.max = max, .arena = arena};
    sieve all = {.judge = judge_prefix};
    best.heap = ro_arena_alloc_array(arena, max, sizeof *best.heap);
    ro_status status =
        best.heap ? scan(snapshot, kind, prefix, &all, deadline, &best, err) : ro_fail_memory(err);
    *complete = !status && best.seen == best.count;
    return status ? status : finish(&best, out, count, err);
}

static ro_status copy_words(const ro_word *words, size_t count, ro_arena *arena, ro_word **out,
                            ro_error *err) {
    ro_word *copies = ro_arena_alloc_array(arena, count, sizeof *copies);
    bool memory = copies != NULL;
    for (size_t i = 0; memory && i < count; i++) {
        copies[i] = (ro_word){ro_arena_copy(arena, words[i].form), words[i].df};
        memory = copies[i].form.ptr != NULL;
    }
    *out = memory ? copies : NULL;
    return memory ? RO_OK : ro_fail_memory(err);
}

static ro_status of_letter(ro_snapshot *snapshot, ro_kind kind, ro_str letter, size_t max,
                           ro_deadline deadline, ro_arena *arena, ro_word **out, size_t *count,
                           bool *complete, ro_error *err) {
    ro_collection *collection;
    ro_status status = ro_snapshot_collection(snapshot, kind, false, &collection, err);
    if (status) {
        return status;
    }
    ro_letters *letters = &collection->letters;
    size_t at = (unsigned char)*letter.ptr;
    if (letters->revision != snapshot->revision) {
        ro_arena_release(&letters->arena);
        *letters = (ro_letters){.revision = snapshot->revision};
    }
    if (!letters->of[at].words) {
        status = commonest(snapshot, kind, letter, LETTER_WORDS, deadline, &letters->arena,
                           &letters->of[at].words, &letters->of[at].count,
                           &letters->of[at].complete, err);
    }
    if (!status) {
        size_t there = letters->of[at].count;
        *count = there < max ? there : max;
        *complete = letters->of[at].complete && there <= max;
        status = copy_words(letters->of[at].words, *count, arena, out, err);
    }
    return status;
}

ro_status ro_words_by_prefix(ro_snapshot *snapshot, ro_kind kind, ro_str prefix, size_t max,
                             ro_deadline deadline, ro_arena *arena, ro_word **out, size_t *count,
                             bool *complete, ro_error *err) {
    bool all;
    bool letter = prefix.len == 1 && (unsigned char)*prefix.ptr < 0x80 && max <= LETTER_WORDS;
    *out = NULL;
    *count = 0;
    ro_status status = (letter ? of_letter : commonest)(snapshot, kind, prefix, max, deadline,
                                                        arena, out, count, &all, err);
    if (status) {
        *out = NULL;
        *count = 0;
    }
    if (complete) {
        *complete = !status && all;
    }
    return status;
}

/* ---- distance ------------------------------------------------------------------------------- */

typedef struct letters {
    uint32_t at[RO_TERM_MAX];
    size_t count;
} letters;

/* A word, and the table of its distances from the form at hand: row i is that of the form's first i
 * letters from each beginning of the word, by optimal string alignment: insert, delete, replace a
 * letter, or swap two neighbours; no letter is edited twice. Forms come in order, so most rows are
 * those of the form before. */
typedef struct near_word {
    letters word, form;
    unsigned edits;
    size_t prefix_length; /* letters that are settled: behind the forms that share them are none */
    size_t rows;          /* that are made, apart from the first */
    uint8_t table[RO_TERM_MAX + 1][RO_TERM_MAX + 1];
    uint8_t least[RO_TERM_MAX + 1]; /* of each row */
} near_word;

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

/* Makes row i as if the form's letter there were this one; whether anything that begins so can be
 * near. A swap reaches over one row, but costs one: a row that is too far leaves no way back. */
static bool make_row(near_word *n, size_t i, uint32_t letter) {
    const uint32_t *word = n->word.at;
    const uint8_t *above = n->table[i - 1];
    uint8_t *row = n->table[i];
    unsigned smallest = row[0] = (uint8_t)i;
    for (size_t j = 1; j <= n->word.count; j++) {
        unsigned d = least(least(above[j] + 1u, row[j - 1] + 1u),
                           above[j - 1] + (unsigned)(letter != word[j - 1]));
        if (i > 1 && j > 1 && letter == word[j - 2] && n->form.at[i - 2] == word[j - 1]) {
            d = least(d, n->table[i - 2][j - 2] + 1u);
        }
        row[j] = (uint8_t)d;
        smallest = least(smallest, d);
    }
    n->least[i] = (uint8_t)smallest;
    return smallest <= n->edits;
}

/* The least letter behind the one at i that leaves a way: any, while an edit is left, else one of
 * the word's. 0: there is none. */
static uint32_t next_letter(near_word *n, size_t i) {
    uint32_t letter = n->form.at[i - 1];
    if (n->least[i - 1] < n->edits) {
        return letter + 1 == 0xD800 ? 0xE000 : letter + 1;
    }
    uint32_t best = 0;
    for (size_t j = 0; j < n->word.count; j++) {
        uint32_t other = n->word.at[j];
        if (other > letter && (!best || other < best) && make_row(n, i, other)) {
            best = other;
        }
    }
    return best;
}

/* No form that begins with the first `dead` letters is near: where the next ones begin that may be.
 */
static void skip_dead(near_word *n, size_t dead, ro_buf *skip) {
    for (size_t i = dead; i > n->prefix_length; i--) {
        uint32_t letter = next_letter(n, i);
        if (letter && letter <= UTF8_LAST) {
            n->rows = least((unsigned)n->rows, (unsigned)i - 1);
            for (size_t at = 0; at + 1 < i; at++) {
                ro_utf8_append(skip, n->form.at[at]);
            }
            ro_utf8_append(skip, letter);
            return;
        }
    }
    n->rows = 0;
    for (size_t at = 0; at < n->prefix_length; at++) {
        ro_utf8_append(skip, n->form.at[at]);
    }
    ro_buf_add_byte(skip, '\xFF');
}

static bool judge_distance(void *context, ro_str form, unsigned *distance, ro_buf *skip) {
    near_word *n = context;
    letters before = n->form;
    if (!read_letters(form, &n->form)) {
        n->rows = 0;
        return false;
    }
    size_t same = 0;
    while (same < n->rows && same < n->form.count && n->form.at[same] == before.at[same]) {
        same++;
    }
    for (n->rows = same; n->rows < n->form.count; n->rows++) {
        if (!make_row(n, n->rows + 1, n->form.at[n->rows])) {
            skip_dead(n, n->rows + 1, skip);
            return false;
        }
    }
    *distance = n->table[n->form.count][n->word.count];
    return *distance <= n->edits;
}

/* Once a row is too far every form that begins so is, and the rows tell which may come next: with
 * them a few hundred forms are looked at, of some ten thousand with the first letter. */
ro_status ro_words_by_distance(ro_snapshot *snapshot, ro_kind kind, ro_str form, unsigned edits,
                               size_t prefix_length, size_t max, ro_deadline deadline,
                               ro_arena *arena, ro_word **out, size_t *count, ro_error *err) {
    best_words best = {.max = max, .arena = arena};
    near_word near = {.edits = least(edits, EDITS_MAX), .prefix_length = prefix_length};
    sieve nearest = {.judge = judge_distance, .context = &near};
    *out = NULL;
    *count = 0;
    if (!form.len || !read_letters(form, &near.word)) {
        return RO_OK; /* no form is that long, or so short */
    }
    for (size_t j = 0; j <= near.word.count; j++) {
        near.table[0][j] = (uint8_t)j;
    }
    size_t prefix = 0;
    for (size_t i = 0, taken; i < prefix_length && prefix < form.len; i++, prefix += taken) {
        (void)ro_utf8_decode(form.ptr + prefix, form.len - prefix, &taken);
    }
    best.heap = ro_arena_alloc_array(arena, max, sizeof *best.heap);
    ro_status status = best.heap ? scan(snapshot, kind, ro_str_make(form.ptr, prefix), &nearest,
                                        deadline, &best, err)
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
