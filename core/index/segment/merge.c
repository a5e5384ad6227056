/* One segment from several: their words in one order, their postings in another numbering. */
#include "emit.h"

#include <stdlib.h>

#define GONE UINT32_MAX
#define LOOK_EVERY 256 /* words between looks whether to stop */

/* A segment that goes in. */
typedef struct source {
    const ro_segment *segment;
    uint32_t *numbers; /* by document: its new number, or GONE */
    ro_segment_words words;
    ro_segment_word word;
    bool more;
    ro_cursor cursor;
    uint32_t doc; /* new number of the document the cursor stands at; GONE: at the end */
} source;

typedef struct merging {
    source *sources;
    size_t count;
    uint32_t block;
    uint32_t doc_count;
    ro_doc *docs;
    uint32_t *body;
    uint16_t *title;
    ro_emitter emitter;
    ro_length_codes codes;
    ro_list_writer list;
    ro_buf lists, gaps;
    ro_segment_stop_fn stopped;
    void *context;
} merging;

/* ---- documents ------------------------------------------------------------------------------ */

/* The source with the least document that is still to be numbered. */
static source *first_left(merging *m, const uint32_t *next) {
    source *first = NULL;
    ro_doc least = 0;
    for (size_t i = 0; i < m->count; i++) {
        const ro_segment *segment = m->sources[i].segment;
        if (next[i] < segment->count) {
            ro_doc doc = ro_segment_doc(segment, next[i]);
            if (!first || doc < least) {
                first = &m->sources[i];
                least = doc;
            }
        }
    }
    return first;
}

static ro_status number_documents(merging *m, ro_segment_live_fn live, void *context,
                                  ro_error *err) {
    uint32_t *next = calloc(m->count, sizeof *next);
    if (!next || !m->docs || !m->body || !m->title) {
        free(next);
        return ro_fail_memory(err);
    }
    for (source *from; (from = first_left(m, next)) != NULL;) {
        const ro_segment *segment = from->segment;
        uint32_t number = next[from - m->sources]++;
        ro_doc doc = ro_segment_doc(segment, number);
        from->numbers[number] = GONE;
        if (!live || live(context, doc)) {
            from->numbers[number] = m->doc_count;
            m->docs[m->doc_count] = doc;
            m->body[m->doc_count] = segment->body_words[number];
            m->title[m->doc_count] = segment->title_words[number];
            m->doc_count++;
        }
    }
    free(next);
    return m->doc_count ? RO_OK : ro_fail(err, RO_NOT_FOUND, "no article is left to merge");
}

static ro_status prepare(merging *m, const ro_segment *const *segments, ro_error *err) {
    uint64_t all = 0;
    m->sources = calloc(m->count ? m->count : 1, sizeof *m->sources);
    if (!m->sources) {
        return ro_fail_memory(err);
    }
    for (size_t i = 0; i < m->count; i++) {
        source *to = &m->sources[i];
        all += segments[i]->count;
        to->segment = segments[i];
        to->numbers = malloc(segments[i]->count * sizeof *to->numbers);
        if (!to->numbers) {
            return ro_fail_memory(err);
        }
        ro_segment_seek(to->segment, RO_STR(""), &to->words);
        to->more = ro_segment_next(&to->words, &to->word);
    }
    if (all > RO_SEGMENT_DOCS_MAX) {
        return ro_fail(err, RO_LIMIT, "the segments have more articles than one may have");
    }
    m->docs = malloc(all * sizeof *m->docs + 1);
    m->body = malloc(all * sizeof *m->body + 1);
    m->title = malloc(all * sizeof *m->title + 1);
    return m->docs && m->body && m->title ? RO_OK : ro_fail_memory(err);
}

static void release(merging *m) {
    for (size_t i = 0; m->sources && i < m->count; i++) {
        free(m->sources[i].numbers);
    }
    free(m->sources);
    free(m->docs);
    free(m->body);
    free(m->title);
    ro_emitter_release(&m->emitter);
    ro_length_codes_release(&m->codes);
    ro_list_writer_release(&m->list);
    ro_buf_release(&m->lists);
    ro_buf_release(&m->gaps);
}

/* ---- postings ------------------------------------------------------------------------------- */

/* Goes on to a document that stays. */
static void skip_gone(source *from) {
    while (from->cursor.doc != RO_NO_DOC && from->numbers[from->cursor.doc] == GONE) {
        (void)ro_cursor_next(&from->cursor);
    }
    from->doc = from->cursor.doc == RO_NO_DOC ? GONE : from->numbers[from->cursor.doc];
}

static void take_posting(merging *m, source *from) {
    ro_cursor *cursor = &from->cursor;
    ro_buf_clear(&m->gaps);
    ro_cursor_count(cursor);
    ro_cursor_gaps(cursor, &m->gaps);
    if (!cursor->damaged && !m->gaps.failed) {
        ro_list_add(&m->list, from->doc, cursor->tf[cursor->place], cursor->title[cursor->place],
                    (const uint32_t *)(const void *)m->gaps.ptr);
    }
    (void)ro_cursor_next(cursor);
    skip_gone(from);
}

/* Takes from the source that is first until it is not: mostly, their documents do not mix. */
static bool take_run(merging *m, source *const *with, size_t count) {
    source *first = NULL;
    uint32_t until = GONE; /* the first document of another */
    for (size_t i = 0; i < count; i++) {
        uint32_t doc = with[i]->doc;
        if (doc == GONE) {
            continue;
        }
        if (!first || doc < first->doc) {
            until = first ? first->doc : until;
            first = with[i];
        } else if (doc < until) {
            until = doc;
        }
    }
    while (first && first->doc < until) {
        take_posting(m, first);
    }
    return first != NULL;
}

/* Either the lists of the stems or those of the forms. */
static ro_status merge_lists(merging *m, source *const *with, size_t count, bool forms,
                             ro_error *err) {
    for (size_t i = 0; i < count; i++) {
        const ro_segment_word *word = &with[i]->word;
        ro_cursor_open(&with[i]->cursor, with[i]->segment, forms ? word->forms : word->stems);
        skip_gone(with[i]);
    }
    ro_list_begin(&m->list, m->block, &m->codes);
    while (take_run(m, with, count)) {
    }
    for (size_t i = 0; i < count; i++) {
        if (with[i]->cursor.damaged) {
            return ro_fail(err, RO_DAMAGED, "a segment that is to be merged is damaged");
        }
    }
    return m->gaps.failed ? ro_fail_memory(err) : ro_list_end(&m->list, &m->lists, err);
}

/* ---- words ---------------------------------------------------------------------------------- */

/* The sources that stand at the least word, which all of them have. */
static size_t least_word(merging *m, source **with) {
    size_t count = 0;
    for (size_t i = 0; i < m->count; i++) {
        source *from = &m->sources[i];
        int order = !from->more ? 1
                    : !count    ? -1
                                : ro_str_compare(from->word.text, with[0]->word.text);
        if (order < 0) {
            count = 0;
        }
        if (order <= 0) {
            with[count++] = from;
        }
    }
    return count;
}

static ro_status merge_word(merging *m, source *const *with, size_t count, ro_error *err) {
    ro_emitted word = {.text = with[0]->word.text};
    for (size_t i = 0; i < count; i++) {
        const ro_segment_word *from = &with[i]->word;
        word.stem.df += from->stem.df;
        word.stem.cf += from->stem.cf;
        word.form.df += from->form.df;
        word.form.cf += from->form.cf;
    }
    ro_buf_clear(&m->lists);
    ro_status status = merge_lists(m, with, count, false, err);
    word.stem_docs = m->list.df;
    word.stem_len = m->lists.len;
    if (!status) {
        status = merge_lists(m, with, count, true, err);
        word.form_docs = m->list.df;
        word.form_len = m->lists.len - word.stem_len;
    }
    return status ? status : ro_emitter_add(&m->emitter, &word, ro_buf_str(&m->lists), err);
}

static ro_status merge_words(merging *m, ro_error *err) {
    source **with = (source **)calloc(m->count, sizeof(void *));
    ro_status status = with ? RO_OK : ro_fail_memory(err);
    size_t words = 0;
    for (size_t count; !status && (count = least_word(m, with)) > 0;) {
        if (m->stopped && words++ % LOOK_EVERY == 0 && m->stopped(m->context)) {
            status = ro_fail(err, RO_DEADLINE, "merging was stopped");
            break;
        }
        status = merge_word(m, with, count, err);
        for (size_t i = 0; i < count; i++) {
            with[i]->more = ro_segment_next(&with[i]->words, &with[i]->word);
            if (with[i]->words.damaged && !status) {
                status = ro_fail(err, RO_DAMAGED, "a segment that is to be merged is damaged");
            }
        }
    }
    free((void *)with);
    return status;
}

ro_status ro_segment_merge(const ro_segment *const *segments, size_t count, uint32_t block,
                           ro_segment_live_fn live, ro_segment_stop_fn stopped, void *context,
                           const char *path, ro_error *err) {
    merging m = {.count = count, .emitter = {.file = -1}, .stopped = stopped, .context = context};
    m.block = block && block < RO_SEGMENT_BLOCK ? block : RO_SEGMENT_BLOCK;
    ro_status status = prepare(&m, segments, err);
    if (!status) {
        status = number_documents(&m, live, context, err);
    }
    if (!status) {
        // NOLINTNEXTLINE(clang-analyzer-unix.Malloc): release frees all
        status = ro_length_codes_make(&m.codes, m.body, m.title, m.doc_count, err);
    }
    if (!status) {
        status = ro_emitter_open(&m.emitter, path, err);
    }
    if (!status) {
        status = merge_words(&m, err);
    }
    if (!status) {
        ro_emitted_docs docs = {m.doc_count, m.docs, m.body, m.title};
        status = ro_emitter_finish(&m.emitter, &docs, m.block, err);
    }
    release(&m);
    return status;
}
