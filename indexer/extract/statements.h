/* Statements: who said what (statements.c), and where what was said stands (attribution.c). */
#ifndef READOUT_EXTRACT_STATEMENTS_H
#define READOUT_EXTRACT_STATEMENTS_H

#include "document.h"

/* A verb of speech or stance with its subject. */
typedef struct saying {
    const sentence_span *sent;
    uint32_t at, after; /* the verb */
    const chunk *speaker;
    bool turned; /* "said X" */
} saying;

/* The tokens of what was said, empty if it is in no words of the text; false if the verb comes with
 * no more than when and where one spoke. The speaker becomes NULL where another one is closer. */
bool attribution_content(const document *doc, saying *v, uint32_t *from, uint32_t *end);

#endif
