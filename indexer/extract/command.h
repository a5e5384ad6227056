/* `readout-indexer extract`: files in, one JSON object an article out. */
#ifndef READOUT_EXTRACT_COMMAND_H
#define READOUT_EXTRACT_COMMAND_H

#include "readout/extract.h"

#include <stdatomic.h>

typedef struct ro_extract_options {
    const char *const *files; /* "-" is NDJSON on standard input */
    size_t file_count;
    const char *published; /* date of articles that state none; NULL or "" for none */
    const char *lexicon;   /* file with lines of a user's own; NULL or "" for none */
    bool explain;          /* lines for reading instead of JSON */
    bool merged;           /* what is one across the articles, as one JSON object at the end */
    const atomic_int *stop;
} ro_extract_options;

/* Writes to `out` a descriptor such as 1; ends with the first file that cannot be read. Spans count
 * bytes of the whole file for plain text, else of the article's body. */
ro_status ro_extract_run(const ro_extract_options *options, int out, ro_error *err) RO_MUST_CHECK;

#endif
