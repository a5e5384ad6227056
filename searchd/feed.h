/* Answers as feeds: RSS 2.0 and Atom (RFC 4287). */
#ifndef READOUT_FEED_H
#define READOUT_FEED_H

#include "readout/query.h"

typedef struct ro_feed {
    ro_str base;        /* where the service is reached: "https://news.example.org" */
    ro_str self;        /* what was asked for: "/v1/search?q=talks&format=rss" */
    ro_str search_page; /* another than the one at "/": with {searchTerms}; empty: none */
    const ro_request *request;
    int64_t now; /* seconds */
} ro_feed;

/* Appends the hits of an answer; the feed's link is the search page with the same search. What an
 * article has for a link is used where it is http or https, else the search page at "/" with the
 * article, at the sentence where the hit is a fact. Nothing of an article is markup: RSS
 * descriptions, which readers take for HTML, are escaped for that too. */
void ro_feed_write_rss(const json_t *answer, const ro_feed *feed, ro_buf *out);
/* The same. Atom wants a date: the feed has that of its newest entry, else of now; an entry without
 * one that of the feed. */
void ro_feed_write_atom(const json_t *answer, const ro_feed *feed, ro_buf *out);

/* Appends text for XML, as content or in an attribute; characters that XML cannot hold as spaces.
 */
void ro_xml_add(ro_buf *out, ro_str text);

#endif
