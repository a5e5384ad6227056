/* The daemon's option table and what it fills. */
#ifndef READOUT_SETTINGS_H
#define READOUT_SETTINGS_H

#include "readout/arena.h"
#include "readout/index.h"
#include "readout/option.h"

typedef struct ro_searchd_settings {
    const char *index, *listen, *config, *port_file, *access_log;
    const char *tls_cert, *tls_key;
    const char *public_url, *search_page, *synonyms;
    const char *keys, *backups, *language, *lexicon;
    const char *scopes, *expires, *key_filter; /* of a key that is added */
    int64_t rate;
    int reading; /* index into "auto|open|keys" */
    int64_t write_queue;
    int64_t workers, queue;
    int64_t cache; /* bytes */
    int64_t max_connections, max_connections_per_address;
    int64_t max_header, max_headers, max_body, max_bodies; /* bytes, lines, bytes, bytes */
    int64_t queue_time, deadline, header_timeout, body_timeout, write_timeout, idle_timeout,
        drain_timeout; /* milliseconds */
    ro_str_list cors_origins;
    int sandbox;        /* index into "auto|on|off" */
    int log_level;      /* ro_log_level */
    int log_format;     /* ro_log_format */
    int64_t slow_query; /* milliseconds; 0: never */
    bool check_config, facts;
    int builtin_synonyms; /* index into "on|off" */
    int match, typo;      /* of searches that do not say: ro_match_mode, ro_typo */
    double half_life;     /* days; 0: none */
    bool collapse;
} ro_searchd_settings;

extern const ro_program RO_SEARCHD_PROGRAM;

/* Checks what the table cannot: the listening address, the form of origins. */
ro_status ro_searchd_settings_check(const ro_searchd_settings *settings,
                                    ro_error *err) RO_MUST_CHECK;

#define RO_SETTINGS_FILE RO_INDEX_SETTINGS_FILE /* in the directory of the index: set over HTTP */
#define RO_SETTINGS_MAX ((size_t)1 << 20)       /* bytes of it */

/* The settings that were made over HTTP: which options those may be. */
bool ro_searchd_settings_changeable(const ro_option *option);
/* A walk over the lines of the file; starts as {.rest = …}. */
typedef struct ro_settings_line {
    ro_str rest;             /* what follows */
    ro_str text;             /* without white space around; may be empty */
    int64_t number;          /* from 1 */
    const ro_option *option; /* that it sets; NULL: none that there is */
} ro_settings_line;
/* False: there are no more. */
bool ro_settings_line_next(ro_settings_line *line);
/* RO_INVALID with the line as position where there are others. */
ro_status ro_searchd_settings_lines(ro_str lines, ro_error *err) RO_MUST_CHECK;

/* Appends the names, with commas, of options that differ and are only looked at when the daemon
 * starts. */
void ro_searchd_settings_fixed(const ro_searchd_settings *before, const ro_searchd_settings *now,
                               ro_buf *names);

/* The file of synonyms: the one that is named, or that of the index; without bytes for want of
 * memory. */
ro_str ro_searchd_settings_synonyms(const ro_searchd_settings *settings, ro_arena *arena);
/* Whether TLS is spoken. */
bool ro_searchd_settings_tls(const ro_searchd_settings *settings);
/* Whether reading needs no key, where all addresses that are listened on are loopback or not. */
bool ro_searchd_settings_reading(const ro_searchd_settings *settings, bool loopback);

#define RO_HOST_MAX 64 /* bytes of a literal IPv4 or IPv6 address with its terminating zero */

/* Splits "127.0.0.1:7700", "[::1]:7700"; the host is a literal address, the port 0-65535. */
ro_status ro_searchd_settings_address(const char *listen, char host[RO_HOST_MAX], uint16_t *port,
                                      ro_error *err) RO_MUST_CHECK;

#endif
