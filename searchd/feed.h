/* Answers as feeds: RSS 2.0 and Atom (RFC 4287). */
#ifndef READOUT_FEED_H
#define READOUT_FEED_H

#include "readout/query.h"

typedef struct ro_feed {
    ro_str base; /* where the service is reached: "https://news.example.org" */
    ro_str self; /* what was asked for: "/v1/search?q=talks&format=rss" */
} ro_feed;

/* Appends the hits of an answer. What an article has for a link is used where it is http or https,
 * else the article here. Nothing of an article is markup: RSS descriptions, which readers take for
 * HTML, are escaped for that too. */
void ro_feed_write_rss(const json_t *answer, const ro_feed *feed, ro_buf *out);
/* The same; an entry without a date has that of the epoch, for Atom wants one. */
void ro_feed_write_atom(const json_t *answer, const ro_feed *feed, ro_buf *out);

/* Appends text for XML, as content or in an attribute; characters that XML cannot hold as spaces.
 */
void ro_xml_add(ro_buf *out, ro_str text);

#endif
