/* An article: what parsers make and the index stores.
 *
 * All strings are UTF-8 and borrowed, usually from the arena of the parser; empty when unknown.
 */
#ifndef READOUT_ARTICLE_H
#define READOUT_ARTICLE_H

#include "readout/arena.h"
#include "readout/date.h"

#include <jansson.h>

/* Caps on what an article may hold; a parser that meets more cuts a field and refuses a body or id.
 */
#define RO_ARTICLE_ID_MAX 512          /* bytes */
#define RO_ARTICLE_FIELD_MAX 4096      /* bytes of title, URL, source, byline, credits, dateline */
#define RO_ARTICLE_BODY_MAX (64 << 20) /* bytes */
#define RO_ARTICLE_TERMS_MAX (1 << 18) /* different terms; bounds memory */

typedef struct ro_dateline {
    ro_str place;   /* as written: "RIYADH", "Tashkent" */
    ro_str country; /* as written: "Uzbekistan" */
    ro_str agency;  /* as written: "Reuters" */
} ro_dateline;

typedef struct ro_article {
    ro_str id; /* unique in an index: given by the source, else derived (see ro_article_key) */
    ro_str title;
    ro_str
        body; /* paragraphs separated by line ends; spans of facts and highlights count its bytes */
    ro_str url;      /* empty or an absolute URL */
    ro_str source;   /* publisher: "Reuters" */
    ro_str byline;   /* authors without a leading "By" */
    ro_str language; /* ISO 639-1, lower case */
    ro_str credit;   /* trailing agency credit: "Agencies" */
    ro_str photo_credit;
    ro_dateline dateline;
    int64_t published;        /* seconds since the epoch, RO_TIME_NONE if unknown */
    int32_t published_offset; /* seconds the source's clock is ahead of UTC; not stored */
    ro_str unread_date;       /* what is stated as `published` and cannot be read; not stored */
    ro_str origin;            /* the file it came from; empty when it was posted */
} ro_article;

/* An id for an article without one: "sha256:" and 32 hex digits over URL, or else over title,
 * published and body. The same article always gets the same id. */
ro_status ro_article_key(const ro_article *article, ro_arena *arena, ro_str *out,
                         ro_error *err) RO_MUST_CHECK;

/* {"id","title","body","url","source","byline","language","credit","photo_credit",
 *  "dateline":{"place","country","agency"}|null,"published":"2025-02-18T09:30:00Z"|null}; a new
 * reference, NULL when memory ran out. */
json_t *ro_article_to_json(const ro_article *article);

#endif
