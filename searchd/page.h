/* The search page and the search box: files compiled into the program. */
#ifndef READOUT_PAGE_H
#define READOUT_PAGE_H

#include "readout/buffer.h"

struct ro_server;
struct ro_searchd_job;

/* A file of ui/, as searchd/embed.cmake writes it. */
typedef struct ro_page_file {
    const char *name; /* "box.js" */
    const char *tag;  /* tells its bytes from those of other versions */
    ro_str plain, gzip;
} ro_page_file;

extern const ro_page_file RO_PAGE_FILES[];
extern const size_t RO_PAGE_FILE_COUNT;

/* GET /, for which any query string is the page's own state. */
void ro_page_index(const struct ro_server *server, struct ro_searchd_job *job);
/* GET /box.js, /readout.js, /readout.d.ts: for the pages of other sites, too. */
void ro_page_public(const struct ro_server *server, struct ro_searchd_job *job);
/* GET /ui/NAME: what the page loads. */
void ro_page_part(const struct ro_server *server, struct ro_searchd_job *job);

#endif
