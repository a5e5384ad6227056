#include "preparer.h"
#include "readout/utf8.h"

#include <stdlib.h>

#define COMPRESSION_LEVEL 1

ro_status ro_preparer_new(ro_preparer **out, ro_error *err) {
    *out = NULL;
    ro_preparer *preparer = calloc(1, sizeof *preparer);
    if (!preparer) {
        return ro_fail_memory(err);
    }
    ro_status status = ro_analyser_new(&preparer->analyser, err);
    preparer->compressor = ZSTD_createCCtx();
    preparer->hash = EVP_MD_CTX_new();
    if (!status && (!preparer->compressor || !preparer->hash)) {
        status = ro_fail_memory(err);
    }
    if (status) {
        ro_preparer_free(preparer);
        return status;
    }
    *out = preparer;
    return RO_OK;
}

void ro_preparer_free(ro_preparer *preparer) {
    if (preparer) {
        ro_analyser_free(preparer->analyser);
        (void)ZSTD_freeCCtx(preparer->compressor);
        EVP_MD_CTX_free(preparer->hash);
        ro_vocabulary_release(&preparer->vocabulary);
        ro_buf_release(&preparer->terms);
        ro_buf_release(&preparer->last_uses);
        for (int f = 0; f < RO_FIELD_COUNT; f++) {
            ro_buf_release(&preparer->uses[f]);
        }
        ro_buf_release(&preparer->variants);
        ro_buf_release(&preparer->known);
        ro_buf_release(&preparer->scratch);
        ro_arena_release(&preparer->repaired);
        ro_arena_release(&preparer->texts);
        free(preparer);
    }
}

/* ---- terms ---------------------------------------------------------------------------------- */

/* ro_buf_add for one number, without the call where there is room. */
static void push(ro_buf *buf, uint32_t number) {
    if (buf->capacity - buf->len >= sizeof number) {
        memcpy(buf->ptr + buf->len, &number, sizeof number);
        buf->len += sizeof number;
    } else {
        ro_buf_add(buf, &number, sizeof number);
    }
}

/* The index of the term among those of the document, where it is entered if it is new. */
static uint32_t local_of(ro_preparer *preparer, ro_vocabulary_term *term) {
    if (term->document != preparer->document) {
        term->document = preparer->document;
        term->local = (uint32_t)(preparer->terms.len / sizeof(ro_stream_term));
        ro_stream_term made = {
            .bytes = term->bytes, .len = term->len, .number = term->number, .hash = term->hash};
        uint64_t nowhere = UINT64_MAX;
        ro_buf_add(&preparer->terms, &made, sizeof made);
        ro_buf_add(&preparer->last_uses, &nowhere, sizeof nowhere);
    }
    return term->local;
}

/* Takes the word into the document. */
static void enter_word(ro_preparer *preparer, ro_vocabulary_word *word) {
    word->document = preparer->document;
    word->stem_local = local_of(preparer, word->stem_term);
    word->form_local = word->stem_local;
    if (word->form_term) {
        word->form_local = local_of(preparer, word->form_term);
        uint32_t pair[2] = {word->stem_local, word->form_local};
        ro_buf_add(&preparer->variants, pair, sizeof pair);
    }
}

/* Posts the term where it stands, unless it stands there already (a whole that equals its part).
 * Tells whether it did, as 1 or 0. */
static uint32_t use_term(ro_preparer *preparer, uint32_t local, uint64_t at) {
    uint64_t *last_use = (uint64_t *)(void *)preparer->last_uses.ptr + local;
    if (*last_use == at) {
        return 0;
    }
    *last_use = at;
    push(&preparer->uses[preparer->field], local * 2 + (preparer->at == at));
    preparer->at = at;
    return 1;
}

static bool use_word(ro_preparer *preparer, ro_vocabulary_word *word, uint64_t at) {
    if (word->document != preparer->document) {
        enter_word(preparer, word);
        if (preparer->terms.failed || preparer->last_uses.failed) {
            return false;
        }
    }
    ro_stream_term *terms = (ro_stream_term *)(void *)preparer->terms.ptr;
    uint32_t new = use_term(preparer, word->stem_local, at);
    terms[word->stem_local].stems += new;
    if (word->form_term) {
        new = use_term(preparer, word->form_local, at);
    }
    terms[word->form_local].forms += new;
    return true;
}

static ro_vocabulary_word *find_word(ro_preparer *preparer, const ro_token *token) {
    if (token->note && *token->note) {
        return *token->note;
    }
    ro_vocabulary_word *word = ro_vocabulary_get(&preparer->vocabulary, token->form, token->stem);
    if (token->note) {
        *token->note = word;
    }
    return word;
}

static int take_word(ro_preparer *preparer, ro_vocabulary_word *word, uint32_t position) {
    uint64_t at = (uint64_t)preparer->field << 32 | position;
    preparer->failed = !word || !use_word(preparer, word, at);
    preparer->words[preparer->field] = position + 1;
    preparer->too_many = preparer->terms.len > RO_ARTICLE_TERMS_MAX * sizeof(ro_stream_term);
    return preparer->failed || preparer->too_many;
}

static int take_token(void *context, const ro_token *token) {
    ro_preparer *preparer = context;
    ro_vocabulary_word *word = find_word(preparer, token);
    if (preparer->noting && preparer->field == 1) {
        ro_known_token known = {word, token->position, token->start};
        ro_buf_add(&preparer->known, &known, sizeof known);
    }
    return take_word(preparer, word, preparer->base + token->position);
}

/* ---- tokens that are known ------------------------------------------------------------------ */

/* The article's words are as they are without what is around the slice. */
static bool is_known_slice(const ro_preparer *preparer, const ro_fact_slice *slice) {
    ro_str body = preparer->known_body;
    size_t end = (size_t)slice->from + slice->len;
    return body.len && preparer->known_pool == preparer->vocabulary.pool && end <= body.len &&
           (!slice->from || ro_analyser_parts(body.ptr[slice->from - 1])) &&
           (end == body.len || ro_analyser_parts(body.ptr[end]));
}

static void take_slice(ro_preparer *preparer, const ro_fact_slice *slice) {
    const ro_known_token *known = (const ro_known_token *)(const void *)preparer->known.ptr;
    size_t count = preparer->known.len / sizeof *known;
    size_t low = 0;
    for (size_t high = count; low < high;) { /* the first that does not start before */
        size_t middle = low + (high - low) / 2;
        if (known[middle].start < slice->from) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    uint32_t shift = low < count ? preparer->words[preparer->field] - known[low].position : 0;
    while (low < count && known[low].start < slice->from + slice->len &&
           !take_word(preparer, known[low].word, known[low].position + shift)) {
        low++;
    }
}

/* ---- streams -------------------------------------------------------------------------------- */

static ro_status begin_stream(ro_preparer *preparer, ro_error *err) {
    bool anew;
    if (!ro_vocabulary_start(&preparer->vocabulary, &anew)) {
        return ro_fail_memory(err);
    }
    if (anew) {
        ro_analyser_forget(preparer->analyser);
    }
    preparer->document++;
    preparer->failed = false;
    preparer->too_many = false;
    preparer->at = UINT64_MAX;
    ro_buf_clear(&preparer->terms);
    ro_buf_clear(&preparer->last_uses);
    ro_buf_clear(&preparer->variants);
    return RO_OK;
}

static bool is_stopped(const ro_preparer *preparer) {
    return preparer->failed || preparer->too_many;
}

static ro_status take_text(ro_preparer *preparer, ro_str text, ro_str language, ro_error *err) {
    preparer->base = preparer->words[preparer->field];
    return is_stopped(preparer) || !text.len
               ? RO_OK
               : ro_analyse(preparer->analyser, text, language, take_token, preparer, err);
}

/* A field of which some slices may be known. */
static ro_status take_field(ro_preparer *preparer, unsigned field, ro_str text,
                            const ro_fact_slice *slices, size_t slice_count, ro_str language,
                            ro_error *err) {
    size_t done = 0;
    ro_status status = RO_OK;
    preparer->field = field;
    preparer->words[field] = 0;
    ro_buf_clear(&preparer->uses[field]);
    for (size_t i = 0; !status && i < slice_count; i++) {
        if (is_known_slice(preparer, &slices[i])) {
            ro_str before = ro_str_make(text.ptr + done, slices[i].at - done);
            status = take_text(preparer, before, language, err);
            if (!status && !is_stopped(preparer)) {
                take_slice(preparer, &slices[i]);
            }
            done = (size_t)slices[i].at + slices[i].len;
        }
    }
    if (!status) {
        status = take_text(preparer, ro_str_make(text.ptr + done, text.len - done), language, err);
    }
    if (!status &&
        (preparer->failed || preparer->uses[field].failed || preparer->variants.failed)) {
        status = ro_fail_memory(err);
    }
    if (!status && preparer->too_many) {
        status = ro_fail(err, RO_LIMIT, "article has more than %d different terms",
                         RO_ARTICLE_TERMS_MAX);
    }
    return status;
}

static void end_stream(const ro_preparer *preparer, ro_stream *out) {
    for (unsigned f = 0; f < RO_FIELD_COUNT; f++) {
        out->uses[f] = (const uint32_t *)(void *)preparer->uses[f].ptr;
        out->use_count[f] = preparer->uses[f].len / sizeof(uint32_t);
        out->words[f] = preparer->words[f];
    }
    out->pool = preparer->vocabulary.pool;
    out->terms = (const ro_stream_term *)(void *)preparer->terms.ptr;
    out->count = preparer->terms.len / sizeof(ro_stream_term);
    out->variants = (const uint32_t(*)[2])(void *)preparer->variants.ptr;
    out->variant_count = preparer->variants.len / sizeof(uint32_t[2]);
}

ro_status ro_preparer_stream_of(ro_preparer *preparer, const ro_fact_document *text,
                                ro_str language, ro_stream *out, ro_error *err) {
    *out = (ro_stream){0};
    ro_status status = begin_stream(preparer, err);
    if (!status) {
        status = take_field(preparer, 0, text->title, NULL, 0, language, err);
    }
    if (!status) {
        status =
            take_field(preparer, 1, text->body, text->slices, text->slice_count, language, err);
    }
    if (!status) {
        end_stream(preparer, out);
    }
    return status;
}

ro_status ro_preparer_stream(ro_preparer *preparer, const ro_article *article, ro_stream *out,
                             ro_error *err) {
    const ro_fact_document text = {.title = article->title, .body = article->body};
    return ro_preparer_stream_of(preparer, &text, article->language, out, err);
}

/* The stream of an article, its tokens noted for the documents of its facts. */
static ro_status note_stream(ro_preparer *preparer, const ro_article *article, ro_stream *out,
                             ro_error *err) {
    ro_buf_clear(&preparer->known);
    preparer->noting = true;
    ro_status status = ro_preparer_stream(preparer, article, out, err);
    preparer->noting = false;
    if (!status && !preparer->known.failed) {
        preparer->known_body = article->body;
        preparer->known_pool = out->pool;
    }
    return status;
}

/* ---- the article ---------------------------------------------------------------------------- */

/* Strings of an article that are copied, hashed and capped alike. */
typedef struct string_field {
    const char *name;
    size_t offset;
    size_t cap;
    bool hashed; /* belongs to the content */
} string_field;

static const string_field strings[] = {
    {"id", offsetof(ro_article, id), RO_ARTICLE_ID_MAX, false},
    {"origin", offsetof(ro_article, origin), RO_ARTICLE_FIELD_MAX, false},
    {"title", offsetof(ro_article, title), RO_ARTICLE_FIELD_MAX, true},
    {"body", offsetof(ro_article, body), RO_ARTICLE_BODY_MAX, true},
    {"URL", offsetof(ro_article, url), RO_ARTICLE_FIELD_MAX, true},
    {"source", offsetof(ro_article, source), RO_ARTICLE_FIELD_MAX, true},
    {"byline", offsetof(ro_article, byline), RO_ARTICLE_FIELD_MAX, true},
    {"language", offsetof(ro_article, language), RO_ARTICLE_FIELD_MAX, true},
    {"credit", offsetof(ro_article, credit), RO_ARTICLE_FIELD_MAX, true},
    {"photo credit", offsetof(ro_article, photo_credit), RO_ARTICLE_FIELD_MAX, true},
    {"place", offsetof(ro_article, dateline.place), RO_ARTICLE_FIELD_MAX, true},
    {"country", offsetof(ro_article, dateline.country), RO_ARTICLE_FIELD_MAX, true},
    {"agency", offsetof(ro_article, dateline.agency), RO_ARTICLE_FIELD_MAX, true}};

#define STRINGS (sizeof strings / sizeof *strings)

static ro_str get_string(const ro_article *article, const string_field *field) {
    return *(const ro_str *)(const void *)((const char *)article + field->offset);
}

static ro_status check_caps(const ro_article *article, ro_error *err) {
    if (!article->id.len) {
        return ro_fail(err, RO_INVALID, "cannot index an article: it has no id");
    }
    for (size_t i = 0; i < STRINGS; i++) {
        size_t len = get_string(article, &strings[i]).len;
        if (len > strings[i].cap) {
            return ro_fail(err, RO_LIMIT, "cannot index article '%.*s': %s has %zu bytes of %zu",
                           (int)(article->id.len < 64 ? article->id.len : 64), article->id.ptr,
                           strings[i].name, len, strings[i].cap);
        }
    }
    return RO_OK;
}

static ro_status hash_content(ro_preparer *preparer, const ro_article *article,
                              ro_prepared *prepared, ro_error *err) {
    EVP_MD_CTX *hash = preparer->hash;
    int done = EVP_DigestInit_ex(hash, EVP_sha256(), NULL) &&
               EVP_DigestUpdate(hash, &article->published, sizeof article->published);
    for (size_t i = 0; i < STRINGS; i++) {
        if (strings[i].hashed) {
            ro_str s = get_string(article, &strings[i]);
            uint64_t len = s.len;
            done = done && EVP_DigestUpdate(hash, &len, sizeof len) &&
                   EVP_DigestUpdate(hash, s.ptr, s.len);
        }
    }
    done = done && ro_prepared_hash_facts(prepared, hash) &&
           EVP_DigestFinal_ex(hash, prepared->hash, NULL);
    return done ? RO_OK : ro_fail_memory(err);
}

static ro_status copy_strings(ro_prepared *prepared, const ro_article *article, ro_error *err) {
    prepared->article.published = article->published;
    for (size_t i = 0; i < STRINGS; i++) {
        ro_str *to = (ro_str *)(void *)((char *)&prepared->article + strings[i].offset);
        if (to != &prepared->article.body) {
            *to = ro_arena_copy(&prepared->memory, get_string(article, &strings[i]));
            if (!to->ptr) {
                return ro_fail_memory(err);
            }
        }
    }
    return RO_OK;
}

static ro_status compress_body(ro_preparer *preparer, ro_prepared *prepared, ro_str body,
                               ro_error *err) {
    ro_buf_clear(&preparer->scratch);
    size_t bound = ZSTD_compressBound(body.len);
    char *to = ro_buf_reserve(&preparer->scratch, bound);
    if (!to) {
        return ro_fail_memory(err);
    }
    size_t len = ZSTD_compressCCtx(preparer->compressor, to, bound, body.ptr ? body.ptr : "",
                                   body.len, COMPRESSION_LEVEL);
    if (ZSTD_isError(len)) {
        return ro_fail_memory(err);
    }
    prepared->body = ro_arena_copy(&prepared->memory, ro_str_make(to, len));
    prepared->body_len = body.len;
    return prepared->body.ptr ? RO_OK : ro_fail_memory(err);
}

ro_status ro_preparer_fold(ro_preparer *preparer, ro_arena *memory, ro_str s, ro_str *out,
                           ro_error *err) {
    ro_buf_clear(&preparer->scratch);
    ro_status status = ro_fold(preparer->analyser, s, &preparer->scratch, err);
    if (!status) {
        *out = ro_arena_copy(memory, ro_buf_str(&preparer->scratch));
        status = out->ptr ? RO_OK : ro_fail_memory(err);
    }
    return status;
}

static const void *copy_array(ro_arena *memory, const void *items, size_t bytes) {
    return ro_arena_copy(memory, ro_str_make(items, bytes)).ptr;
}

ro_status ro_stream_copy(const ro_stream *from, ro_arena *memory, ro_stream *to, ro_error *err) {
    *to = *from;
    to->pool = ro_term_pool_hold(from->pool);
    to->terms = copy_array(memory, from->terms, from->count * sizeof *from->terms);
    bool done = to->terms != NULL;
    for (int f = 0; f < RO_FIELD_COUNT; f++) {
        to->uses[f] = copy_array(memory, from->uses[f], from->use_count[f] * sizeof(uint32_t));
        done = done && to->uses[f];
    }
    to->variants = (const uint32_t(*)[2])copy_array(memory, from->variants,
                                                    from->variant_count * sizeof(uint32_t[2]));
    return done && to->variants ? RO_OK : ro_fail_memory(err);
}

/* Copies the article with what is not UTF-8 in it repaired: it could not be shown
 * later. The origin stays: the ledger knows the file by its very bytes. */
static ro_status repair(ro_preparer *preparer, const ro_article *article, ro_article *out,
                        ro_error *err) {
    *out = *article;
    ro_arena_reset(&preparer->repaired);
    for (size_t i = 0; i < STRINGS; i++) {
        ro_str s = get_string(article, &strings[i]);
        bool text = strings[i].offset != offsetof(ro_article, origin);
        if (text && s.len <= strings[i].cap && !ro_utf8_valid(s)) {
            ro_buf_clear(&preparer->scratch);
            ro_utf8_repair(&preparer->scratch, s);
            s = ro_arena_copy(&preparer->repaired, ro_buf_str(&preparer->scratch));
            if (preparer->scratch.failed || !s.ptr) {
                return ro_fail_memory(err);
            }
            memcpy((char *)out + strings[i].offset, &s, sizeof s);
        }
    }
    return RO_OK;
}

/* Of the body, one word a position: the first that is posted there. */
static void sketch_story(const ro_stream *terms, ro_prepared *prepared) {
    ro_alike_maker maker = {0};
    for (size_t i = 0; i < terms->use_count[1]; i++) {
        uint32_t use = terms->uses[1][i];
        if (!(use & 1)) {
            ro_alike_word(&maker, terms->terms[use / 2].hash);
        }
    }
    prepared->told = ro_alike_finish(&maker, &prepared->alike);
}

static ro_status take_terms(ro_preparer *preparer, const ro_article *article, bool noted,
                            ro_prepared *prepared, ro_error *err) {
    ro_stream terms;
    ro_status status = noted ? note_stream(preparer, article, &terms, err)
                             : ro_preparer_stream(preparer, article, &terms, err);
    if (!status) {
        sketch_story(&terms, prepared);
        status = ro_stream_copy(&terms, &prepared->memory, &prepared->terms, err);
    }
    return status;
}

ro_status ro_prepare(ro_preparer *preparer, const ro_article *given, const ro_facts *facts,
                     ro_prepared **out, ro_error *err) {
    ro_article copy;
    const ro_article *article = &copy;
    *out = NULL;
    ro_status status = repair(preparer, given, &copy, err);
    if (!status) {
        status = check_caps(article, err); /* repairs may lengthen */
    }
    if (status) {
        return status;
    }
    ro_prepared *prepared = calloc(1, sizeof *prepared);
    if (!prepared) {
        return ro_fail_memory(err);
    }
    if ((status = copy_strings(prepared, article, err)) ||
        (status = take_terms(preparer, article, facts != NULL, prepared, err)) ||
        (status = ro_prepared_take_facts(preparer, prepared, article, facts, err)) ||
        (status = hash_content(preparer, article, prepared, err)) ||
        (status = compress_body(preparer, prepared, article->body, err)) ||
        (status = ro_preparer_fold(preparer, &prepared->memory, article->source,
                                   &prepared->folded_source, err)) ||
        (status = ro_preparer_fold(preparer, &prepared->memory, article->language,
                                   &prepared->folded_language, err))) {
        ro_prepared_free(prepared);
        prepared = NULL;
    }
    preparer->known_body = RO_STR_NONE;
    *out = prepared;
    return status;
}

void ro_prepared_free(ro_prepared *prepared) {
    if (prepared) {
        ro_term_pool_drop(prepared->terms.pool);
        for (size_t i = 0; i < prepared->document_count; i++) {
            ro_term_pool_drop(prepared->documents[i].terms.pool);
        }
        ro_arena_release(&prepared->memory);
        free(prepared);
    }
}

/* The arena's last block may be half empty: twice what was asked for bounds it. */
size_t ro_prepared_size(const ro_prepared *prepared) {
    return sizeof *prepared + 2 * prepared->memory.used;
}
