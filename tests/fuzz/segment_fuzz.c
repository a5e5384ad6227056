/* Damaged segments: whatever the bytes, reading ends and stays in the file. The checksums are set
 * right first, or nothing would get past the opening. */
#include "core/index/segment/format.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define SIZE_MAX_TRIED (1u << 16)

static void set_right(uint8_t *bytes, size_t size) {
    ro_segment_header header;
    memcpy(&header, bytes, sizeof header);
    memcpy(header.magic, RO_SEGMENT_MAGIC, sizeof header.magic);
    header.format = RO_SEGMENT_FORMAT;
    header.size = size;
    for (int i = 0; i < RO_PARTS; i++) {
        ro_segment_part *part = &header.parts[i];
        if (part->at <= size && part->len <= size - part->at) {
            part->crc = ro_segment_crc(0, bytes + part->at, part->len);
        }
    }
    header.crc = ro_segment_crc(0, &header, offsetof(ro_segment_header, crc));
    memcpy(bytes, &header, sizeof header);
}

static void read_list(const ro_segment *segment, ro_segment_list list, ro_buf *positions) {
    ro_cursor cursor;
    ro_cursor_open(&cursor, segment, list);
    while (cursor.doc != RO_NO_DOC) {
        if (cursor.doc >= segment->count || cursor.place >= cursor.count) {
            abort();
        }
        ro_buf_clear(positions);
        ro_cursor_positions(&cursor, positions);
        (void)ro_cursor_next(&cursor);
    }
    ro_cursor_open(&cursor, segment, list);
    for (uint32_t at = 0; cursor.doc != RO_NO_DOC; at += 3) {
        ro_cursor_shallow(&cursor, at);
        uint32_t doc = ro_cursor_advance(&cursor, at + 1);
        if (doc != RO_NO_DOC && (doc < at + 1 || doc >= segment->count)) {
            abort();
        }
    }
}

static void read_all(const ro_segment *segment) {
    ro_segment_words words;
    ro_segment_word word;
    ro_segment_word found;
    ro_buf positions = RO_BUF_INIT;
    for (ro_segment_seek(segment, RO_STR("b"), &words); ro_segment_next(&words, &word);) {
    }
    for (ro_segment_seek(segment, RO_STR(""), &words); ro_segment_next(&words, &word);) {
        (void)ro_segment_find(segment, word.text, &found);
        read_list(segment, word.stems, &positions);
        read_list(segment, word.forms, &positions);
    }
    ro_buf_release(&positions);
}

static void merge(const ro_segment *segment) {
    const ro_segment *const segments[] = {segment};
    char path[64];
    (void)snprintf(path, sizeof path, "/dev/shm/segment-fuzz-%ld.seg", (long)getpid());
    if (ro_segment_merge(segments, 1, 3, NULL, NULL, NULL, path, NULL) == RO_OK) {
        (void)unlink(path);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < sizeof(ro_segment_header) || size > SIZE_MAX_TRIED) {
        return 0;
    }
    uint8_t *bytes = malloc(size);
    int file = memfd_create("segment", 0);
    char path[64];
    ro_segment *segment = NULL;
    if (!bytes || file < 0) {
        abort();
    }
    memcpy(bytes, data, size);
    set_right(bytes, size);
    if (write(file, bytes, size) != (ssize_t)size) {
        abort();
    }
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    if (ro_segment_open(path, &segment, NULL) == RO_OK) {
        read_all(segment);
        merge(segment);
        (void)ro_segment_check(segment, NULL);
    }
    ro_segment_close(segment);
    (void)close(file);
    free(bytes);
    return 0;
}
