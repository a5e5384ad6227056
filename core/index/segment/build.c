/* Segments from documents: an inverted index in memory, then one pass over its terms in order.
 *
 * Each posting is appended, as bytes, to the chain of its term: slices that grow, in a pool of
 * large chunks. A posting is vint gap * 4 + 2 if the title holds the term + 1 if it stands once,
 * vint frequency unless once, vint frequency in the title if any, then a vint for each gap between
 * positions, as the segment stores them. */
#include "emit.h"

#include "../evaluate/evaluate.h"

#include <stdlib.h>

#define CHUNK_BITS 20
#define CHUNK_BYTES (1u << CHUNK_BITS)
#define CHUNKS_MAX 4095u
#define CHUNKS_FULL 3072u /* one more article must fit */
#define LINK_BYTES 4u
#define SLICE_FIRST 16u
#define SLICE_LAST 4096u
#define TERMS_MAX (1u << 26)
#define SLOTS_FIRST (1u << 12)
#define POSTED_MAX 5 /* bytes of a number in a posting */

/* A term as it is posted: a stem, or a form, which has the same text without its '='. */
typedef struct term {
    uint64_t cf, form_cf;
    uint32_t df, form_df;
    uint32_t hash;
    uint32_t last;    /* document */
    uint32_t head;    /* address of the chain's first slice */
    uint32_t at, end; /* where the next byte goes, and the link of the slice is */
    uint16_t len;
    bool is_form;
    uint8_t slices; /* the next one is SLICE_FIRST << slices */
    char text[];
} term;

struct ro_segment_builder {
    uint32_t block;
    ro_arena terms;
    term **slots; /* open addressing */
    uint32_t slot_count, term_count;
    ro_buf chunks; /* uint8_t * */
    uint32_t free; /* address of the first free byte of the pool */
    ro_buf docs;   /* ro_doc */
    ro_buf body;   /* uint32_t */
    ro_buf title;  /* uint16_t */
    /* of the document at hand, by its terms */
    ro_buf places; /* place */
    ro_buf gaps;   /* uint32_t, those of a term together */
    ro_buf bytes;  /* of a posting, or of a chain */
};

/* A term in the document at hand, and where its positions go. */
typedef struct place {
    term *term;
    uint32_t hash;
    uint32_t next, end;
    uint32_t last;  /* position, as gaps have it */
    uint32_t title; /* positions in the title */
} place;

ro_status ro_segment_builder_new(uint32_t block, ro_segment_builder **out, ro_error *err) {
    *out = NULL;
    ro_segment_builder *builder = calloc(1, sizeof *builder);
    if (!builder) {
        return ro_fail_memory(err);
    }
    builder->block = block && block < RO_SEGMENT_BLOCK ? block : RO_SEGMENT_BLOCK;
    *out = builder;
    return RO_OK;
}

static void empty(ro_segment_builder *builder) {
    uint8_t **chunks = (uint8_t **)(void *)builder->chunks.ptr;
    for (size_t i = 0; i < builder->chunks.len / sizeof *chunks; i++) {
        free(chunks[i]);
    }
    ro_buf_clear(&builder->chunks);
    ro_buf_clear(&builder->docs);
    ro_buf_clear(&builder->body);
    ro_buf_clear(&builder->title);
    ro_arena_release(&builder->terms);
    if (builder->slots) {
        memset((void *)builder->slots, 0, builder->slot_count * sizeof(term *));
    }
    builder->term_count = builder->free = 0;
}

void ro_segment_builder_free(ro_segment_builder *builder) {
    if (builder) {
        empty(builder);
        ro_buf *const bufs[] = {&builder->chunks, &builder->docs,   &builder->body, &builder->title,
                                &builder->gaps,   &builder->places, &builder->bytes};
        for (size_t i = 0; i < sizeof bufs / sizeof(void *); i++) {
            ro_buf_release(bufs[i]);
        }
        free((void *)builder->slots);
        free(builder);
    }
}

uint32_t ro_segment_builder_count(const ro_segment_builder *builder) {
    return (uint32_t)(builder->docs.len / sizeof(ro_doc));
}

ro_doc ro_segment_builder_last(const ro_segment_builder *builder) {
    uint32_t count = ro_segment_builder_count(builder);
    return count ? ((const ro_doc *)(const void *)builder->docs.ptr)[count - 1] : 0;
}

/* The arena's last block may be half empty. */
size_t ro_segment_builder_size(const ro_segment_builder *builder) {
    return builder->chunks.len / sizeof(void *) * CHUNK_BYTES + builder->terms.used +
           builder->slot_count * sizeof(term *) + builder->docs.capacity + builder->body.capacity +
           builder->title.capacity;
}

/* ---- terms ---------------------------------------------------------------------------------- */

/* Room for `more` terms with half of the slots free. */
static bool reserve_slots(ro_segment_builder *builder, size_t more) {
    size_t count = builder->slot_count ? builder->slot_count : SLOTS_FIRST;
    while (count < (builder->term_count + more) * 2) {
        count *= 2;
    }
    if (count == builder->slot_count) {
        return true;
    }
    term **slots = (term **)calloc(count, sizeof(void *));
    if (!slots) {
        return false;
    }
    for (uint32_t i = 0; i < builder->slot_count; i++) {
        if (builder->slots[i]) {
            size_t at = builder->slots[i]->hash & (count - 1);
            while (slots[at]) {
                at = (at + 1) & (count - 1);
            }
            slots[at] = builder->slots[i];
        }
    }
    free((void *)builder->slots);
    builder->slots = slots;
    builder->slot_count = (uint32_t)count;
    return true;
}

static uint32_t hash_of(const ro_stream_term *of) {
    return (uint32_t)((of->hash + !of->stems) * UINT64_C(0x9E3779B97F4A7C15) >> 32);
}

/* Finds or adds; NULL when memory ran out. */
static term *find_term(ro_segment_builder *builder, const ro_stream_term *from, uint32_t hash) {
    bool is_form = !from->stems;
    ro_str text = ro_stream_key(from);
    uint32_t at = hash & (builder->slot_count - 1);
    for (; builder->slots[at]; at = (at + 1) & (builder->slot_count - 1)) {
        term *known = builder->slots[at];
        if (known->hash == hash && known->is_form == is_form && known->len == text.len &&
            memcmp(known->text, text.ptr, text.len) == 0) {
            return known;
        }
    }
    term *made = ro_arena_alloc(&builder->terms, sizeof *made + text.len);
    if (made) {
        made->hash = hash;
        made->last = UINT32_MAX;
        made->len = (uint16_t)text.len;
        made->is_form = is_form;
        memcpy(made->text, text.ptr, text.len);
        builder->slots[at] = made;
        builder->term_count++;
    }
    return made;
}

/* ---- chains --------------------------------------------------------------------------------- */

static uint8_t *address(const ro_segment_builder *builder, uint32_t at) {
    uint8_t *const *chunks = (uint8_t *const *)(const void *)builder->chunks.ptr;
    return chunks[at >> CHUNK_BITS] + (at & (CHUNK_BYTES - 1));
}

/* A slice lies in one chunk. Address 0 is never one. */
static bool new_slice(ro_segment_builder *builder, uint32_t size, uint32_t *at) {
    uint32_t room = -builder->free & (CHUNK_BYTES - 1);
    if (room < size) {
        uint32_t count = (uint32_t)(builder->chunks.len / sizeof(void *));
        uint8_t *chunk = count < CHUNKS_MAX ? malloc(CHUNK_BYTES) : NULL;
        if (!chunk) {
            return false;
        }
        ro_buf_add(&builder->chunks, (const void *)&chunk, sizeof chunk);
        if (builder->chunks.failed) {
            free(chunk);
            return false;
        }
        builder->free = (count << CHUNK_BITS) + (count ? 0 : SLICE_LAST);
    }
    *at = builder->free;
    builder->free += size;
    return true;
}

/* Slices double; a full one ends with the address of the next. */
static bool append(ro_segment_builder *builder, term *to, const uint8_t *bytes, uint32_t len) {
    while (len) {
        uint32_t room = to->end - to->at;
        if (!room) {
            uint32_t next;
            uint32_t size = SLICE_FIRST << to->slices;
            if (!new_slice(builder, size, &next)) {
                return false;
            }
            if (to->at) {
                memcpy(address(builder, to->end), &next, LINK_BYTES);
            } else {
                to->head = next;
            }
            to->slices = (uint8_t)(to->slices + (size < SLICE_LAST));
            to->at = next;
            to->end = next + size - LINK_BYTES;
            room = size - LINK_BYTES;
        }
        uint32_t some = len < room ? len : room;
        memcpy(address(builder, to->at), bytes, some);
        to->at += some;
        bytes += some;
        len -= some;
    }
    return true;
}

/* The whole chain in builder->bytes. */
static bool read_chain(ro_segment_builder *builder, const term *from) {
    uint32_t at = from->head;
    uint32_t size = SLICE_FIRST;
    ro_buf_clear(&builder->bytes);
    while (at + size - LINK_BYTES != from->end) {
        ro_buf_add(&builder->bytes, address(builder, at), size - LINK_BYTES);
        memcpy(&at, address(builder, at + size - LINK_BYTES), LINK_BYTES);
        size = size < SLICE_LAST ? size * 2 : size;
    }
    ro_buf_add(&builder->bytes, address(builder, at), from->at - at);
    return !builder->bytes.failed;
}

/* ---- documents ------------------------------------------------------------------------------ */

static bool reserve(ro_buf *buf, size_t bytes) {
    ro_buf_clear(buf);
    return ro_buf_reserve(buf, bytes ? bytes : 1) != NULL;
}

static uint32_t times_posted(const ro_stream_term *of) {
    return of->stems ? of->stems : of->forms;
}

/* A document's terms are few: its positions are put together by term before the chains, which lie
 * all over memory, are touched. */
static bool gather_terms(ro_segment_builder *builder, const ro_stream *terms) {
    uint64_t room = terms->use_count[0] + terms->use_count[1];
    if (!reserve(&builder->places, terms->count * sizeof(place)) ||
        !reserve(&builder->gaps, room * sizeof(uint32_t)) ||
        !reserve_slots(builder, terms->count)) {
        return false;
    }
    place *places = (place *)(void *)builder->places.ptr;
    uint64_t next = 0;
    for (size_t i = 0; i < terms->count; i++) {
        places[i] = (place){.next = (uint32_t)next, .last = UINT32_MAX};
        next += times_posted(&terms->terms[i]);
        next = next < room ? next : room;
        places[i].end = (uint32_t)next;
        places[i].hash = hash_of(&terms->terms[i]);
        __builtin_prefetch(
            (const void *)&builder->slots[places[i].hash & (builder->slot_count - 1)]);
    }
    for (size_t i = 0; i < terms->count; i++) {
        __builtin_prefetch(builder->slots[places[i].hash & (builder->slot_count - 1)]);
    }
    for (size_t i = 0; i < terms->count; i++) {
        term *found = find_term(builder, &terms->terms[i], places[i].hash);
        if (!found) {
            return false;
        }
        places[i].term = found;
        if (found->at) {
            __builtin_prefetch(address(builder, found->at), 1);
        }
    }
    return true;
}

static bool gather_positions(ro_segment_builder *builder, const ro_stream *terms) {
    place *places = (place *)(void *)builder->places.ptr;
    uint32_t *gaps = (uint32_t *)(void *)builder->gaps.ptr;
    for (int f = 0; f < RO_FIELD_COUNT; f++) {
        const uint32_t *uses = terms->uses[f];
        uint32_t position = UINT32_MAX;
        for (size_t i = 0; i < terms->use_count[f]; i++) {
            place *to = &places[uses[i] >> 1];
            position += !(uses[i] & 1);
            if (to->next == to->end) {
                return false; /* it is posted more often than it says */
            }
            gaps[to->next++] = position - to->last - 1;
            to->last = position;
            to->title += !f;
        }
        for (size_t i = 0; !f && i < terms->use_count[f]; i++) {
            places[uses[i] >> 1].last = UINT32_MAX;
        }
    }
    return true;
}

static uint8_t *put_posting(uint8_t *at, uint64_t gap, const uint32_t *gaps, uint32_t tf,
                            uint32_t title) {
    at = ro_vint_put(at, gap << 2 | (title ? 2 : 0) | (tf == 1 ? 1 : 0));
    if (tf != 1) {
        at = ro_vint_put(at, tf);
    }
    if (title) {
        at = ro_vint_put(at, title);
    }
    for (uint32_t i = 0; i < tf; i++) {
        at = ro_vint_put(at, gaps[i]);
    }
    return at;
}

static bool post(ro_segment_builder *builder, term *to, uint32_t doc, const uint32_t *gaps,
                 uint32_t tf, uint32_t title) {
    tf = tf < RO_OCCURRENCES_MAX ? tf : RO_OCCURRENCES_MAX;
    title = title < tf ? title : tf;
    size_t most = (tf + 3) * (size_t)POSTED_MAX;
    uint64_t gap = doc - to->last - 1;
    to->last = doc;
    to->df++;
    if (to->end - to->at >= most) { /* most postings are short, and fit */
        uint8_t *start = address(builder, to->at);
        to->at += (uint32_t)(put_posting(start, gap, gaps, tf, title) - start);
        return true;
    }
    ro_buf_clear(&builder->bytes);
    uint8_t *start = (uint8_t *)ro_buf_reserve(&builder->bytes, most);
    return start &&
           append(builder, to, start, (uint32_t)(put_posting(start, gap, gaps, tf, title) - start));
}

static bool post_all(ro_segment_builder *builder, const ro_stream *terms, uint32_t doc) {
    const place *places = (const place *)(const void *)builder->places.ptr;
    const uint32_t *gaps = (const uint32_t *)(const void *)builder->gaps.ptr;
    uint32_t start = 0;
    bool done = true;
    for (size_t i = 0; done && i < terms->count; i++) {
        const ro_stream_term *from = &terms->terms[i];
        term *to = places[i].term;
        uint32_t tf = places[i].next - start;
        to->cf += times_posted(from);
        to->form_df += from->forms > 0;
        to->form_cf += from->forms;
        done = !tf || post(builder, to, doc, gaps + start, tf, places[i].title);
        start = places[i].end;
    }
    return done;
}

ro_status ro_segment_builder_declare(ro_segment_builder *builder, ro_doc doc, uint32_t title_words,
                                     uint32_t body_words, ro_error *err) {
    uint32_t count = ro_segment_builder_count(builder);
    const ro_doc *docs = (const ro_doc *)(const void *)builder->docs.ptr;
    if (doc <= 0 || (count && doc <= docs[count - 1])) {
        return ro_fail(err, RO_INTERNAL, "articles come to a segment out of order");
    }
    if (count == RO_SEGMENT_DOCS_MAX || (count && doc - docs[0] > UINT32_MAX) ||
        builder->term_count > TERMS_MAX || builder->chunks.len / sizeof(void *) > CHUNKS_FULL) {
        return ro_fail(err, RO_LIMIT, "a segment is full");
    }
    uint16_t title = (uint16_t)(title_words < UINT16_MAX ? title_words : UINT16_MAX);
    ro_buf_add(&builder->docs, &doc, sizeof doc);
    ro_buf_add(&builder->body, &body_words, sizeof body_words);
    ro_buf_add(&builder->title, &title, sizeof title);
    bool failed = builder->docs.failed || builder->body.failed || builder->title.failed;
    return failed ? ro_fail_memory(err) : RO_OK;
}

ro_status ro_segment_builder_add(ro_segment_builder *builder, ro_doc doc, const ro_stream *terms,
                                 ro_error *err) {
    uint32_t number = ro_segment_builder_count(builder);
    ro_status status =
        ro_segment_builder_declare(builder, doc, terms->words[0], terms->words[1], err);
    if (status) {
        return status;
    }
    if (!gather_terms(builder, terms)) {
        return ro_fail_memory(err);
    }
    if (!gather_positions(builder, terms)) {
        return ro_fail(err, RO_INTERNAL, "an article's terms contradict their counts");
    }
    return post_all(builder, terms, number) ? RO_OK : ro_fail_memory(err);
}

ro_status ro_segment_builder_post(ro_segment_builder *builder, ro_str key, uint32_t number,
                                  const uint64_t *positions, size_t count, ro_error *err) {
    bool is_form = key.len && key.ptr[0] == '=';
    count = count < RO_OCCURRENCES_MAX ? count : RO_OCCURRENCES_MAX;
    uint32_t times = (uint32_t)count;
    ro_stream_term from = {.bytes = key.ptr,
                           .len = (uint32_t)key.len,
                           .stems = is_form ? 0 : times,
                           .forms = is_form ? times : 0};
    from.hash = ro_str_hash(ro_stream_key(&from));
    if (!count || !reserve_slots(builder, 1) ||
        !reserve(&builder->gaps, count * sizeof(uint32_t))) {
        return count ? ro_fail_memory(err) : RO_OK;
    }
    term *to = find_term(builder, &from, hash_of(&from));
    uint32_t *gaps = (uint32_t *)(void *)builder->gaps.ptr;
    uint32_t title = 0;
    for (size_t i = 0; i < count; i++) {
        bool first = !i || positions[i] >> 32 != positions[i - 1] >> 32;
        gaps[i] = (uint32_t)(first ? positions[i] : positions[i] - positions[i - 1] - 1);
        title += !(positions[i] >> 32);
    }
    if (!to) {
        return ro_fail_memory(err);
    }
    to->cf += times;
    to->form_df += is_form;
    to->form_cf += from.forms;
    return post(builder, to, number, gaps, times, title) ? RO_OK : ro_fail_memory(err);
}

/* ---- writing -------------------------------------------------------------------------------- */

typedef struct sorted_term {
    uint64_t key; /* the first bytes, in an order that is theirs */
    const term *term;
} sorted_term;

static int by_text(const void *a, const void *b) {
    const sorted_term *x = a;
    const sorted_term *y = b;
    if (x->key != y->key) {
        return x->key < y->key ? -1 : 1;
    }
    int order = ro_str_compare(ro_str_make(x->term->text, x->term->len),
                               ro_str_make(y->term->text, y->term->len));
    return order ? order : x->term->is_form - y->term->is_form;
}

static sorted_term *sort_terms(const ro_segment_builder *builder, size_t *out) {
    sorted_term *sorted = malloc((builder->term_count + 1) * sizeof *sorted);
    size_t count = 0;
    for (uint32_t i = 0; sorted && i < builder->slot_count; i++) {
        const term *of = builder->slots[i];
        unsigned char first[8] = {0};
        if (of) {
            memcpy(first, of->text, of->len < sizeof first ? of->len : sizeof first);
            memcpy(&sorted[count].key, first, sizeof first);
            sorted[count].key = __builtin_bswap64(sorted[count].key);
            sorted[count++].term = of;
        }
    }
    if (count) {
        qsort(sorted, count, sizeof *sorted, by_text);
    }
    *out = count;
    return sorted;
}

/* A vint of our own making. */
static uint32_t take(const uint8_t **at) {
    const uint8_t *from = *at;
    uint32_t value = *from & 0x7F;
    for (unsigned shift = 7; *from++ & 0x80; shift += 7) {
        value |= (uint32_t)(*from & 0x7F) << shift;
    }
    *at = from;
    return value;
}

static uint64_t take_long(const uint8_t **at) {
    uint64_t value;
    *at = ro_vint_get(*at, *at + RO_VINT_MAX, &value);
    return value;
}

typedef struct writing {
    ro_segment_builder *builder;
    ro_emitter emitter;
    ro_length_codes codes;
    ro_list_writer list;
    ro_buf lists; /* of the word at hand */
} writing;

static ro_status write_list(writing *w, const term *of, ro_error *err) {
    ro_segment_builder *builder = w->builder;
    if (!read_chain(builder, of) || !builder->bytes.ptr) {
        return ro_fail_memory(err);
    }
    const uint8_t *at = (const uint8_t *)builder->bytes.ptr;
    uint32_t doc = UINT32_MAX;
    ro_list_begin(&w->list, builder->block, &w->codes);
    for (uint32_t i = 0; i < of->df; i++) {
        uint64_t code = take_long(&at);
        uint32_t tf = code & 1 ? 1 : take(&at);
        uint32_t title = code & 2 ? take(&at) : 0;
        if (!reserve(&builder->gaps, tf * sizeof(uint32_t))) {
            return ro_fail_memory(err);
        }
        uint32_t *gaps = (uint32_t *)(void *)builder->gaps.ptr;
        for (uint32_t p = 0; p < tf; p++) {
            gaps[p] = take(&at);
        }
        doc += 1 + (uint32_t)(code >> 2);
        ro_list_add(&w->list, doc, tf, title, gaps);
    }
    return ro_list_end(&w->list, &w->lists, err);
}

/* A stem and the form of the same text are one word. */
static ro_status write_word(writing *w, const term *stem, const term *form, ro_error *err) {
    const term *any = stem ? stem : form;
    ro_emitted word = {.text = ro_str_make(any->text, any->len)};
    ro_status status = RO_OK;
    ro_buf_clear(&w->lists);
    if (stem) {
        word.stem = (ro_frequency){stem->df, (int64_t)stem->cf};
        word.form = (ro_frequency){stem->form_df, (int64_t)stem->form_cf};
        word.stem_docs = stem->df;
        status = write_list(w, stem, err);
        word.stem_len = w->lists.len;
    }
    if (form && !status) {
        word.form.df += form->form_df;
        word.form.cf += (int64_t)form->form_cf;
        word.form_docs = form->df;
        status = write_list(w, form, err);
        word.form_len = w->lists.len - word.stem_len;
    }
    return status ? status : ro_emitter_add(&w->emitter, &word, ro_buf_str(&w->lists), err);
}

static bool same_text(const term *a, const term *b) {
    return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

static ro_status write_words(writing *w, ro_error *err) {
    size_t count;
    sorted_term *sorted = sort_terms(w->builder, &count);
    ro_status status = sorted ? RO_OK : ro_fail_memory(err);
    for (size_t i = 0; !status && i < count; i++) {
        const term *first = sorted[i].term;
        const term *second = i + 1 < count ? sorted[i + 1].term : NULL;
        if (first->is_form) { // NOLINT(clang-analyzer-core.*): sort_terms gives no NULL
            status = write_word(w, NULL, first, err);
        } else if (second && second->is_form && same_text(first, second)) {
            status = write_word(w, first, second, err);
            i++;
        } else {
            status = write_word(w, first, NULL, err);
        }
    }
    free(sorted);
    return status;
}

ro_status ro_segment_builder_write(ro_segment_builder *builder, const char *path, ro_error *err) {
    writing w = {.builder = builder};
    ro_emitted_docs docs = {.count = ro_segment_builder_count(builder),
                            .docs = (const ro_doc *)(const void *)builder->docs.ptr,
                            .body = (const uint32_t *)(const void *)builder->body.ptr,
                            .title = (const uint16_t *)(const void *)builder->title.ptr};
    if (!docs.count) {
        return ro_fail(err, RO_INTERNAL, "a segment without articles is not written");
    }
    ro_status status = ro_emitter_open(&w.emitter, path, err);
    if (!status) {
        status = ro_length_codes_make(&w.codes, docs.body, docs.title, docs.count, err);
    }
    if (!status) {
        status = write_words(&w, err);
    }
    if (!status) {
        status = ro_emitter_finish(&w.emitter, &docs, builder->block, err);
    }
    ro_emitter_release(&w.emitter);
    ro_length_codes_release(&w.codes);
    ro_list_writer_release(&w.list);
    ro_buf_release(&w.lists);
    if (!status) {
        empty(builder);
    }
    return status;
}
