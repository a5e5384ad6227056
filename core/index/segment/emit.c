#include "emit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#define PENDING_MAX ((size_t)1 << 20)

uint32_t ro_segment_crc(uint32_t crc, const void *bytes, size_t len) {
    return len ? (uint32_t)crc32_z(crc, bytes, len) : crc;
}

static ro_status fail_write(const ro_emitter *emitter, ro_error *err) {
    bool full = errno == ENOSPC || errno == EFBIG || errno == EDQUOT;
    return ro_fail(err, full ? RO_FULL : RO_IO, "cannot write '%s': %s", emitter->path,
                   full ? "no space left, or a file size limit is reached" : strerror(errno));
}

static ro_status write_at(const ro_emitter *emitter, const void *bytes, size_t len, uint64_t at,
                          ro_error *err) {
    const char *from = bytes;
    while (len) {
        ssize_t done = pwrite(emitter->file, from, len, (off_t)at);
        if (done < 0 && errno != EINTR) {
            return fail_write(emitter, err);
        }
        size_t some = done > 0 ? (size_t)done : 0;
        from += some;
        at += some;
        len -= some;
    }
    return RO_OK;
}

/* Appends to the part, which is the last of the file so far. */
static ro_status append(ro_emitter *emitter, int part, const void *bytes, size_t len,
                        ro_error *err) {
    ro_segment_part *to = &emitter->header.parts[part];
    ro_status status = write_at(emitter, bytes, len, emitter->written, err);
    to->crc = ro_segment_crc(to->crc, bytes, len);
    to->len += len;
    emitter->written += len;
    return status;
}

static ro_status begin_part(ro_emitter *emitter, int part, ro_error *err) {
    static const char zeros[8] = {0};
    size_t gap = (size_t)(-emitter->written & 7);
    ro_status status = write_at(emitter, zeros, gap, emitter->written, err);
    emitter->written += gap;
    emitter->header.parts[part].at = emitter->written;
    return status;
}

ro_status ro_emitter_open(ro_emitter *emitter, const char *path, ro_error *err) {
    *emitter = (ro_emitter){.file = -1, .written = sizeof emitter->header};
    emitter->path = strdup(path);
    if (!emitter->path) {
        return ro_fail_memory(err);
    }
    emitter->file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (emitter->file < 0) {
        ro_status status = fail_write(emitter, err);
        free(emitter->path);
        emitter->path = NULL; /* what is there is not ours to remove */
        return status;
    }
    return begin_part(emitter, RO_PART_POSTINGS, err);
}

void ro_emitter_release(ro_emitter *emitter) {
    if (emitter->file >= 0) {
        (void)close(emitter->file);
        (void)unlink(emitter->path);
    }
    free(emitter->path);
    ro_buf_release(&emitter->pending);
    ro_buf_release(&emitter->dictionary);
    ro_buf_release(&emitter->keys);
    ro_buf_release(&emitter->offsets);
    ro_buf_release(&emitter->starts);
    *emitter = (ro_emitter){.file = -1};
}

/* ---- words ---------------------------------------------------------------------------------- */

static void begin_block(ro_emitter *emitter, ro_str text) {
    unsigned char first[8] = {0};
    uint64_t key;
    uint32_t start = (uint32_t)emitter->dictionary.len;
    memcpy(first, text.ptr, text.len < sizeof first ? text.len : sizeof first);
    memcpy(&key, first, sizeof key);
    key = __builtin_bswap64(key);
    ro_buf_add(&emitter->keys, &key, sizeof key);
    ro_buf_add(&emitter->offsets, &emitter->postings, sizeof emitter->postings);
    ro_buf_add(&emitter->starts, &start, sizeof start);
    emitter->last_len = 0;
}

static size_t shared_bytes(const ro_emitter *emitter, ro_str text) {
    size_t most = text.len < emitter->last_len ? text.len : emitter->last_len;
    size_t shared = 0;
    while (shared < most && emitter->last[shared] == text.ptr[shared]) {
        shared++;
    }
    return shared;
}

static uint8_t *put_frequency(uint8_t *to, ro_frequency frequency) {
    int64_t more = frequency.cf - frequency.df;
    to = ro_vint_put(to, (uint64_t)frequency.df);
    return ro_vint_put(to, (uint64_t)(more > 0 ? more : 0));
}

static uint8_t *put_numbers(uint8_t *to, const ro_emitted *word) {
    bool merged = word->stem_docs != word->stem.df;
    unsigned flags = (word->stem.df || word->stem_docs ? RO_WORD_STEM : 0u) |
                     (merged ? RO_WORD_MERGED : 0u) | (word->form_docs ? RO_WORD_FORM : 0u) |
                     (word->form.df ? RO_WORD_COUNTS : 0u);
    *to++ = (uint8_t)flags;
    if (flags & RO_WORD_STEM) {
        to = put_frequency(to, word->stem);
        to = ro_vint_put(to, word->stem_len);
    }
    if (flags & RO_WORD_MERGED) {
        to = ro_vint_put(to, word->stem_docs);
    }
    if (flags & RO_WORD_FORM) {
        to = ro_vint_put(to, word->form_docs);
        to = ro_vint_put(to, word->form_len);
    }
    if (flags & RO_WORD_COUNTS) {
        to = put_frequency(to, word->form);
    }
    return to;
}

static ro_status flush(ro_emitter *emitter, ro_error *err) {
    ro_status status =
        append(emitter, RO_PART_POSTINGS, emitter->pending.ptr, emitter->pending.len, err);
    ro_buf_clear(&emitter->pending);
    return status;
}

ro_status ro_emitter_add(ro_emitter *emitter, const ro_emitted *word, ro_str lists, ro_error *err) {
    if (emitter->header.word_count++ % RO_WORDS_BLOCK == 0) {
        begin_block(emitter, word->text);
    }
    size_t shared = shared_bytes(emitter, word->text);
    uint8_t *at = (uint8_t *)ro_buf_reserve(&emitter->dictionary, RO_WORD_MAX + 12 * RO_VINT_MAX);
    if (!at) {
        return ro_fail_memory(err);
    }
    uint8_t *to = ro_vint_put(at, shared);
    to = ro_vint_put(to, word->text.len - shared);
    memcpy(to, word->text.ptr + shared, word->text.len - shared);
    to = put_numbers(to + (word->text.len - shared), word);
    emitter->dictionary.len += (size_t)(to - at);
    if (emitter->dictionary.len > UINT32_MAX) {
        return ro_fail(err, RO_LIMIT, "there are too many words for one segment");
    }
    memcpy(emitter->last, word->text.ptr, word->text.len);
    emitter->last_len = word->text.len;
    emitter->postings += lists.len;
    ro_buf_add_str(&emitter->pending, lists);
    if (emitter->pending.failed) {
        return ro_fail_memory(err);
    }
    return emitter->pending.len < PENDING_MAX ? RO_OK : flush(emitter, err);
}

/* ---- the end -------------------------------------------------------------------------------- */

static ro_status write_buf(ro_emitter *emitter, int part, const ro_buf *buf, ro_error *err) {
    return buf->failed ? ro_fail_memory(err) : append(emitter, part, buf->ptr, buf->len, err);
}

static ro_status write_docs(ro_emitter *emitter, const ro_emitted_docs *docs, ro_error *err) {
    uint32_t some[1024];
    ro_segment_header *header = &emitter->header;
    ro_status status = begin_part(emitter, RO_PART_DOCS, err);
    for (uint32_t from = 0, count = 0; !status && from < docs->count; from += count) {
        for (count = 0; count < 1024 && from + count < docs->count; count++) {
            int64_t gap = docs->docs[from + count] - header->first;
            if (gap > UINT32_MAX) {
                return ro_fail(err, RO_LIMIT,
                               "the numbers of articles lie too far apart for one "
                               "segment");
            }
            some[count] = (uint32_t)gap;
            header->words[0] += docs->title[from + count];
            header->words[1] += docs->body[from + count];
        }
        status = append(emitter, RO_PART_DOCS, some, count * sizeof *some, err);
    }
    return status;
}

static ro_status write_array(ro_emitter *emitter, int part, const void *items, size_t bytes,
                             ro_error *err) {
    ro_status status = begin_part(emitter, part, err);
    return status ? status : append(emitter, part, items, bytes, err);
}

/* Readers of runs look past their end: something must be there. */
static ro_status write_slack(ro_emitter *emitter, ro_error *err) {
    static const char zeros[RO_PACK_SLACK] = {0};
    ro_status status = write_at(emitter, zeros, sizeof zeros, emitter->written, err);
    emitter->written += sizeof zeros;
    return status;
}

static ro_status write_header(ro_emitter *emitter, ro_error *err) {
    ro_segment_header *header = &emitter->header;
    memcpy(header->magic, RO_SEGMENT_MAGIC, sizeof header->magic);
    header->format = RO_SEGMENT_FORMAT;
    header->block_count = (uint32_t)(emitter->starts.len / sizeof(uint32_t));
    header->size = emitter->written;
    header->crc = ro_segment_crc(0, header, offsetof(ro_segment_header, crc));
    ro_status status = write_at(emitter, header, sizeof *header, 0, err);
    if (!status && fsync(emitter->file) != 0) {
        status = fail_write(emitter, err);
    }
    return status;
}

ro_status ro_emitter_finish(ro_emitter *emitter, const ro_emitted_docs *docs, uint32_t block,
                            ro_error *err) {
    ro_status status;
    emitter->header.count = docs->count;
    emitter->header.block = block;
    emitter->header.first = docs->count ? docs->docs[0] : 0;
    if ((status = flush(emitter, err)) || (status = begin_part(emitter, RO_PART_DICTIONARY, err)) ||
        (status = write_buf(emitter, RO_PART_DICTIONARY, &emitter->dictionary, err)) ||
        (status = begin_part(emitter, RO_PART_BLOCKS, err)) ||
        (status = write_buf(emitter, RO_PART_BLOCKS, &emitter->keys, err)) ||
        (status = write_buf(emitter, RO_PART_BLOCKS, &emitter->offsets, err)) ||
        (status = write_buf(emitter, RO_PART_BLOCKS, &emitter->starts, err)) ||
        (status = write_docs(emitter, docs, err)) ||
        (status = write_array(emitter, RO_PART_BODY, docs->body, docs->count * sizeof *docs->body,
                              err)) ||
        (status = write_array(emitter, RO_PART_TITLE, docs->title,
                              docs->count * sizeof *docs->title, err)) ||
        (status = write_slack(emitter, err)) || (status = write_header(emitter, err))) {
        return status;
    }
    int closed = close(emitter->file);
    emitter->file = -1;
    if (closed != 0) {
        status = fail_write(emitter, err);
        (void)unlink(emitter->path);
    }
    return status;
}
