/* A page of the web: where its article is, and what it says about itself. */
#ifndef READOUT_PARSERS_PAGE_H
#define READOUT_PARSERS_PAGE_H

#include "tree.h"

#define RO_RUNNING_MIN 40 /* bytes of text that make a block running text */

/* Marks the furniture of the page as dropped (navigation, comments, related links, share bars,
 * cookie notices, forms) and gives the index of the smallest element that holds nearly all running
 * text. */
uint32_t ro_page_find_article(ro_tree *tree);

/* Title, authors, date, publisher, language and URL from JSON-LD, meta elements, <time>, <h1> and
 * <title>. Strings live in `arena`. Call before ro_page_find_article, which does not mind. */
ro_status ro_page_read_meta(const ro_tree *tree, size_t memory, ro_arena *arena,
                            ro_article *article, ro_error *err) RO_MUST_CHECK;

/* The text of an element in one line, in `arena`. */
ro_status ro_page_text(const ro_tree *tree, uint32_t node, ro_arena *arena, ro_str *out,
                       ro_error *err) RO_MUST_CHECK;

/* True if one of the words of `value`, parted at what is no letter, is in `words` (" a b c "). */
bool ro_has_word(ro_str value, const char *words);

#endif
