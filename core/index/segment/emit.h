/* Writing a segment file, word by word. */
#ifndef READOUT_SEGMENT_EMIT_H
#define READOUT_SEGMENT_EMIT_H

#include "list.h"

typedef struct ro_emitter {
    char *path; /* owned */
    int file;
    ro_buf pending;                           /* of the postings: not yet written */
    uint64_t written;                         /* of the file */
    uint64_t postings;                        /* bytes of them, pending ones too */
    ro_buf dictionary, keys, offsets, starts; /* the latter three are the part `blocks` */
    char last[RO_WORD_MAX];                   /* word */
    size_t last_len;
    ro_segment_header header;
} ro_emitter;

/* A word and its lists, which follow one another. */
typedef struct ro_emitted {
    ro_str text;
    ro_frequency stem, form;
    uint32_t stem_docs, form_docs; /* of the lists */
    size_t stem_len, form_len;     /* their bytes */
} ro_emitted;

/* Makes the file, which must not be there. */
ro_status ro_emitter_open(ro_emitter *emitter, const char *path, ro_error *err) RO_MUST_CHECK;
/* Words come in byte order. `lists` holds the bytes of both, the stem's first. */
ro_status ro_emitter_add(ro_emitter *emitter, const ro_emitted *word, ro_str lists,
                         ro_error *err) RO_MUST_CHECK;

typedef struct ro_emitted_docs {
    uint32_t count;
    const ro_doc *docs; /* ascending */
    const uint32_t *body;
    const uint16_t *title;
} ro_emitted_docs;

/* Writes the rest and syncs. */
ro_status ro_emitter_finish(ro_emitter *emitter, const ro_emitted_docs *docs, uint32_t block,
                            ro_error *err) RO_MUST_CHECK;
/* Removes the file unless it was finished. */
void ro_emitter_release(ro_emitter *emitter);

#endif
