/* Snippets: the best passages of a body, cut at sentences, with their marks. */
#ifndef READOUT_QUERY_SNIPPET_H
#define READOUT_QUERY_SNIPPET_H

#include "marks.h"

#define RO_SNIPPETS_MAX 3
#define RO_PASSAGE_CHARS 260 /* characters of a passage, up to a quarter more to end a sentence */

typedef struct ro_passage {
    uint32_t start, end;        /* bytes of the body */
    bool cut_before, cut_after; /* begins or ends inside a sentence */
} ro_passage;

/* The best passages for these marks, best first; without marks the beginning of the body. */
ro_status ro_passages_choose(const ro_marker *marker, ro_analyser *analyser, ro_str body,
                             const ro_marks *marks, size_t max, ro_passage *out, size_t *count,
                             ro_error *err) RO_MUST_CHECK;

/* {"text", "highlights": [[from, to]…] | "html", "offset"}: runs of white space and control
 * characters are one space, ellipses show where a sentence was cut. */
ro_status ro_passage_json(ro_str body, const ro_marks *marks, const ro_passage *passage,
                          ro_highlight highlight, json_t **out, ro_error *err) RO_MUST_CHECK;

/* `text` (a title) as [[from, to]…] or as HTML, whole and as it is. */
ro_status ro_highlights_json(ro_str text, const ro_marks *marks, ro_highlight highlight,
                             json_t **out, ro_error *err) RO_MUST_CHECK;

#endif
