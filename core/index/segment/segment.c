#include "ahead.h"
#include "format.h"
#include "guard.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define LENGTHS_NEAR (1u << 17) /* so many take less time to read than to tell which are needed */

static ro_status damaged(const char *path, const char *what, ro_error *err) {
    return ro_fail(err, RO_DAMAGED, "segment '%s' is damaged: %s", path, what);
}

/* ---- opening -------------------------------------------------------------------------------- */

static ro_status map_file(const char *path, ro_segment *segment, ro_error *err) {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (file < 0) {
        return ro_fail(err, errno == ENOENT ? RO_NOT_FOUND : RO_IO, "cannot open segment '%s': %s",
                       path, strerror(errno));
    }
    ro_status status = RO_OK;
    if (fstat(file, &st) != 0) {
        status = ro_fail(err, RO_IO, "cannot open segment '%s': %s", path, strerror(errno));
    } else if (!S_ISREG(st.st_mode) || st.st_size < (off_t)sizeof(ro_segment_header)) {
        status = damaged(path, "it is too short", err);
    } else {
        segment->size = (size_t)st.st_size;
        void *map = mmap(NULL, segment->size, PROT_READ, MAP_SHARED, file, 0);
        if (map == MAP_FAILED) {
            status = ro_fail(err, errno == ENOMEM ? RO_MEMORY : RO_IO,
                             "cannot map segment '%s': %s", path, strerror(errno));
        } else {
            segment->map = map;
            segment->guard = ro_guard_add(map, segment->size);
        }
    }
    (void)close(file);
    return status;
}

/* Says how the file from `from` on is going to be read; no more than a hint. */
static void advise(const ro_segment *segment, uint64_t from, int advice) {
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    from -= from % page;
    (void)madvise((void *)(segment->map + from), segment->size - from, advice);
}

/* Where parts of numbers lie they are read in place: they must be as long as the counts say. */
static bool parts_fit(const ro_segment_header *header) {
    const uint64_t lengths[RO_PARTS] = {
        [RO_PART_BLOCKS] = header->block_count * (uint64_t)(2 * sizeof(uint64_t) + 4),
        [RO_PART_DOCS] = header->count * (uint64_t)sizeof(uint32_t),
        [RO_PART_BODY] = header->count * (uint64_t)sizeof(uint32_t),
        [RO_PART_TITLE] = header->count * (uint64_t)sizeof(uint16_t)};
    uint64_t end = sizeof *header;
    for (int i = 0; i < RO_PARTS; i++) {
        const ro_segment_part *part = &header->parts[i];
        if (part->at % 8 || part->at < end || part->at > header->size ||
            part->len > header->size - part->at ||
            (i >= RO_PARTS_AT_ONCE && part->len != lengths[i])) {
            return false;
        }
        end = part->at + part->len;
    }
    return header->size - end >= RO_PACK_SLACK;
}

static bool header_fits(const ro_segment_header *header) {
    return header->count && header->count <= RO_SEGMENT_DOCS_MAX && header->block &&
           header->block <= RO_SEGMENT_BLOCK && header->first > 0 &&
           header->first <= INT64_MAX - UINT32_MAX && header->words[0] >= 0 &&
           header->words[1] >= 0 &&
           header->block_count ==
               header->word_count / RO_WORDS_BLOCK + (header->word_count % RO_WORDS_BLOCK != 0);
}

static bool part_is_whole(const ro_segment *segment, const ro_segment_part *part) {
    return segment->map && ro_segment_crc(0, segment->map + part->at, part->len) == part->crc;
}

static bool docs_ascend(const ro_segment *segment) {
    for (uint32_t i = 1; i < segment->count; i++) {
        if (segment->docs[i] <= segment->docs[i - 1]) {
            return false;
        }
    }
    return segment->docs[0] == 0;
}

static ro_status read_header(const char *path, ro_segment *segment, ro_error *err) {
    ro_segment_header header;
    if (!segment->map) {
        return damaged(path, "it is empty", err);
    }
    advise(segment, 0, MADV_RANDOM); /* the header alone, not megabytes around it */
    memcpy(&header, segment->map, sizeof header);
    if (memcmp(header.magic, RO_SEGMENT_MAGIC, sizeof header.magic) != 0) {
        return damaged(path, "it is not a segment", err);
    }
    if (ro_segment_crc(0, &header, offsetof(ro_segment_header, crc)) != header.crc) {
        return damaged(path, "its header does not match its checksum", err);
    }
    if (header.format < RO_SEGMENT_FORMAT_OLDEST || header.format > RO_SEGMENT_FORMAT) {
        return ro_fail(err, RO_VERSION, "segment '%s' has format %u, this program reads %d", path,
                       header.format, RO_SEGMENT_FORMAT);
    }
    if (header.size != segment->size) {
        return damaged(path, "its size is not what it was", err);
    }
    if (!header_fits(&header) || !parts_fit(&header)) {
        return damaged(path, "its header makes no sense", err);
    }
    advise(segment, header.parts[RO_PARTS_AT_ONCE].at, MADV_WILLNEED);
    for (int i = RO_PARTS_AT_ONCE; i < RO_PARTS; i++) {
        if (!part_is_whole(segment, &header.parts[i])) {
            return damaged(path, "a part does not match its checksum", err);
        }
    }
    advise(segment, 0, MADV_NORMAL);
    const ro_segment_part *parts = header.parts;
    segment->count = header.count;
    segment->first = header.first;
    segment->docs = (const uint32_t *)(const void *)(segment->map + parts[RO_PART_DOCS].at);
    segment->body_words = (const uint32_t *)(const void *)(segment->map + parts[RO_PART_BODY].at);
    segment->title_words = (const uint16_t *)(const void *)(segment->map + parts[RO_PART_TITLE].at);
    segment->dense = segment->docs[header.count - 1] == header.count - 1;
    segment->far = header.count > LENGTHS_NEAR;
    segment->words[0] = header.words[0];
    segment->words[1] = header.words[1];
    segment->word_count = header.word_count;
    segment->block = header.block;
    segment->blocks = segment->map + parts[RO_PART_BLOCKS].at;
    segment->block_count = header.block_count;
    segment->dictionary = segment->map + parts[RO_PART_DICTIONARY].at;
    segment->dictionary_len = parts[RO_PART_DICTIONARY].len;
    segment->postings = segment->map + parts[RO_PART_POSTINGS].at;
    segment->postings_len = parts[RO_PART_POSTINGS].len;
    return docs_ascend(segment) ? RO_OK : damaged(path, "its documents are out of order", err);
}

ro_status ro_segment_open(const char *path, ro_segment **out, ro_error *err) {
    *out = NULL;
    ro_segment *segment = calloc(1, sizeof *segment);
    if (!segment) {
        return ro_fail_memory(err);
    }
    ro_status status = map_file(path, segment, err);
    if (!status) {
        status = read_header(path, segment, err);
    }
    if (status) {
        ro_segment_close(segment);
        return status;
    }
    *out = segment;
    return RO_OK;
}

void ro_segment_close(ro_segment *segment) {
    if (segment) {
        if (segment->map) {
            ro_guard_remove(segment->guard);
            (void)munmap((void *)segment->map, segment->size);
        }
        ro_ahead_end(segment);
        free(segment);
    }
}

bool ro_segment_failed(const ro_segment *segment) {
    return ro_guard_failed(segment->guard);
}

/* ---- checking ------------------------------------------------------------------------------- */

/* Every word and every posting, as the searches see them. */
static bool reads_well(const ro_segment *segment) {
    ro_segment_words words;
    ro_segment_word word;
    ro_cursor cursor;
    uint64_t count = 0;
    bool well = true;
    for (ro_segment_seek(segment, RO_STR(""), &words); ro_segment_next(&words, &word); count++) {
        const ro_segment_list lists[] = {word.stems, word.forms};
        for (int i = 0; i < 2 && well; i++) {
            uint32_t docs = 0;
            ro_cursor_open(&cursor, segment, lists[i]);
            for (; cursor.doc != RO_NO_DOC; docs++) {
                (void)ro_cursor_next(&cursor);
            }
            well = !cursor.damaged && docs == lists[i].df;
        }
    }
    return well && !words.damaged && count == segment->word_count;
}

ro_status ro_segment_check(const ro_segment *segment, ro_error *err) {
    ro_segment_header header;
    advise(segment, 0, MADV_NORMAL); /* whatever was expected */
    memcpy(&header, segment->map, sizeof header);
    for (int i = 0; i < RO_PARTS; i++) {
        if (header.parts[i].at > segment->size ||
            header.parts[i].len > segment->size - header.parts[i].at ||
            !part_is_whole(segment, &header.parts[i])) {
            return ro_fail(err, RO_DAMAGED, "a segment does not match its checksums");
        }
    }
    return reads_well(segment) && !ro_segment_failed(segment)
               ? RO_OK
               : ro_fail(err, RO_DAMAGED, "a segment contradicts itself");
}

uint32_t ro_segment_number(const ro_segment *segment, ro_doc doc) {
    uint32_t low = 0;
    uint32_t high = segment->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (ro_segment_doc(segment, middle) < doc) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}
