#include "settings.h"

#include "http/grammar.h"
#include "readout/query.h"

#include <arpa/inet.h>

#define OPTION(member) offsetof(ro_searchd_settings, member)
#define HOUR_MS ((int64_t)3600 * 1000)
#define KEYS 1u /* options of the first command */
#define MIB ((int64_t)1 << 20)

static const ro_option options[] = {
    {"index", 'i', RO_OPTION_STRING, OPTION(index), "DIR", "./news.idx", NULL, 0, 0, 0,
     "the index to serve"},
    {"listen", 'l', RO_OPTION_STRING, OPTION(listen), "ADDR:PORT", "127.0.0.1:7700", NULL, 0, 0, 0,
     "address and port to listen on; port 0 picks a free one"},
    {"config", 'c', RO_OPTION_STRING, OPTION(config), "FILE", NULL, NULL, 0, 0, 0,
     "read options from this file; SIGHUP reads it again"},
    {"check-config", 0, RO_OPTION_FLAG, OPTION(check_config), NULL, NULL, NULL, 0, 0, 0,
     "check options and configuration file, then exit"},
    {"port-file", 0, RO_OPTION_STRING, OPTION(port_file), "FILE", NULL, NULL, 0, 0, 0,
     "write the port into this file once connections are accepted"},
    {"workers", 'w', RO_OPTION_INT, OPTION(workers), "N", "0", NULL, 0, 256, 0,
     "threads that run queries; 0: one for each processor, at least 2"},
    {"queue", 0, RO_OPTION_INT, OPTION(queue), "N", "128", NULL, 1, 65536, 0,
     "requests that may wait for a worker; more are answered 503"},
    {"queue-time", 0, RO_OPTION_DURATION, OPTION(queue_time), "TIME", "1s", NULL, 1, HOUR_MS, 0,
     "time a request may wait for a worker while more wait behind it; then it is answered 503"},
    {"cache", 0, RO_OPTION_SIZE, OPTION(cache), "BYTES", "32M", NULL, 0, 65536 * MIB, 0,
     "memory for answers that are given again while the index stays as it is; 0: none are kept"},
    {"write-queue", 0, RO_OPTION_INT, OPTION(write_queue), "N", "64", NULL, 1, 65536, 0,
     "requests that may wait to be written; more are answered 503"},
    {"deadline", 0, RO_OPTION_DURATION, OPTION(deadline), "TIME", "5s", NULL, 1, HOUR_MS, 0,
     "time allowed for one request, waiting included"},
    {"max-connections", 0, RO_OPTION_INT, OPTION(max_connections), "N", "1000", NULL, 1, 1000000, 0,
     "connections at a time; the longest idle one makes room for a new one"},
    {"max-connections-per-address", 0, RO_OPTION_INT, OPTION(max_connections_per_address), "N",
     "250", NULL, 1, 1000000, 0,
     "connections at a time from one IPv4 address or IPv6 network of 64 bits"},
    {"max-header", 0, RO_OPTION_SIZE, OPTION(max_header), "BYTES", "32k", NULL, 1024, MIB, 0,
     "bytes of request line and fields together"},
    {"max-headers", 0, RO_OPTION_INT, OPTION(max_headers), "N", "100", NULL, 1, 10000, 0,
     "fields in one request"},
    {"max-body", 0, RO_OPTION_SIZE, OPTION(max_body), "BYTES", "1M", NULL, 0, 1024 * MIB, 0,
     "bytes of a request body"},
    {"max-bodies", 0, RO_OPTION_SIZE, OPTION(max_bodies), "BYTES", "64M", NULL, 1, 65536 * MIB, 0,
     "bytes of all request bodies held at a time; more are answered 503"},
    {"header-timeout", 0, RO_OPTION_DURATION, OPTION(header_timeout), "TIME", "10s", NULL, 1,
     HOUR_MS, 0, "time in which request line and fields must have arrived"},
    {"body-timeout", 0, RO_OPTION_DURATION, OPTION(body_timeout), "TIME", "30s", NULL, 1, HOUR_MS,
     0, "time in which a request body must have arrived"},
    {"write-timeout", 0, RO_OPTION_DURATION, OPTION(write_timeout), "TIME", "60s", NULL, 1, HOUR_MS,
     0, "time in which a client must have taken its answer"},
    {"idle-timeout", 0, RO_OPTION_DURATION, OPTION(idle_timeout), "TIME", "60s", NULL, 1, HOUR_MS,
     0, "time a connection may stay open between requests"},
    {"drain-timeout", 0, RO_OPTION_DURATION, OPTION(drain_timeout), "TIME", "10s", NULL, 0, HOUR_MS,
     0, "time that requests may take to finish after SIGTERM"},
    {"tls-cert", 0, RO_OPTION_STRING, OPTION(tls_cert), "FILE", NULL, NULL, 0, 0, 0,
     "speak TLS with this certificate (PEM, the chain behind it); SIGHUP reads it again"},
    {"tls-key", 0, RO_OPTION_STRING, OPTION(tls_key), "FILE", NULL, NULL, 0, 0, 0,
     "key of the certificate; may be the same file"},
    {"cors-origin", 0, RO_OPTION_LIST, OPTION(cors_origins), "ORIGIN", NULL, NULL, 0, 0, 0,
     "origin whose pages may read the answers, or '*'; may be given several times"},
    {"synonyms", 0, RO_OPTION_STRING, OPTION(synonyms), "FILE", NULL, NULL, 0, 0, 0,
     "words that stand for others: lines as `car, automobile` or `kremlin => moscow`"},
    {"builtin-synonyms", 0, RO_OPTION_CHOICE, OPTION(builtin_synonyms), "MODE", "on", "on|off", 0,
     0, 0, "whether names of countries stand for each other, and forms of given names"},
    {"match", 0, RO_OPTION_CHOICE, OPTION(match), "MODE", "auto", "auto|all|any", 0, 0, 0,
     "which words must match in searches that do not say"},
    {"typo", 0, RO_OPTION_CHOICE, OPTION(typo), "MODE", "auto", "auto|off", 0, 0, 0,
     "whether searches that do not say correct words that no article has"},
    {"half-life", 0, RO_OPTION_REAL, OPTION(half_life), "DAYS", "0", NULL, 0, 0, 0,
     "searches that do not say rank an article of this age half as high; 0: none"},
    {"collapse", 0, RO_OPTION_FLAG, OPTION(collapse), NULL, "yes", NULL, 0, 0, 0,
     "searches that do not say show articles that tell one story once"},
    {"public-url", 0, RO_OPTION_STRING, OPTION(public_url), "URL", NULL, NULL, 0, 0, 0,
     "where clients reach this service, for links in feeds and /opensearch.xml; else as they ask"},
    {"search-page", 0, RO_OPTION_STRING, OPTION(search_page), "URL", NULL, NULL, 0, 0, 0,
     "page that shows results, with {searchTerms} in its place, for feeds and /opensearch.xml; "
     "else "
     "our own"},
    {"reading", 0, RO_OPTION_CHOICE, OPTION(reading), "WHO", "auto", "auto|open|keys", 0, 0, 0,
     "who may search: all (open), who has a key (keys), or all on loopback addresses (auto)"},
    {"keys", 'k', RO_OPTION_STRING, OPTION(keys), "FILE", NULL, NULL, 0, 0, 0,
     "file of keys; without one nobody may write"},
    {"scopes", 0, RO_OPTION_STRING, OPTION(scopes), "LIST", "read", NULL, 0, 0, KEYS,
     "what the key allows, of read, write and admin, with commas"},
    {"expires", 0, RO_OPTION_STRING, OPTION(expires), "DATE", NULL, NULL, 0, 0, KEYS,
     "when the key ends"},
    {"key-filter", 0, RO_OPTION_STRING, OPTION(key_filter), "QUERY", NULL, NULL, 0, 0, KEYS,
     "searches with the key find only what this matches; it can do nothing else"},
    {"rate", 0, RO_OPTION_INT, OPTION(rate), "N", "0", NULL, 0, 1000000, KEYS,
     "requests a second that the key allows; 0: any number"},
    {"backups", 0, RO_OPTION_STRING, OPTION(backups), "DIR", NULL, NULL, 0, 0, 0,
     "directory of the backups that are made and put back over HTTP; none without it"},
    {"language", 0, RO_OPTION_STRING, OPTION(language), "CODE", "en", NULL, 0, 0, 0,
     "language of written articles that do not state theirs"},
    {"facts", 0, RO_OPTION_FLAG, OPTION(facts), NULL, "yes", NULL, 0, 0, 0,
     "find talks, participants, outcomes and statements in written articles in English"},
    {"lexicon", 0, RO_OPTION_STRING, OPTION(lexicon), "FILE", NULL, NULL, 0, 0, 0,
     "lines to add to the lexicon, in the form of indexer/extract/lexicon"},
    {"sandbox", 0, RO_OPTION_CHOICE, OPTION(sandbox), "WHEN", "auto", "auto|on|off", 0, 0, 0,
     "give up all files but the directories of those named here, and system calls that are not "
     "needed: as far as the kernel can (auto), or else not start (on)"},
    {"access-log", 0, RO_OPTION_STRING, OPTION(access_log), "FILE", NULL, NULL, 0, 0, 0,
     "append one line for each request; '-' is standard output"},
    {"log-level", 0, RO_OPTION_CHOICE, OPTION(log_level), "LEVEL", "info", "debug|info|warn|error",
     0, 0, 0, "least severe messages that are logged"},
    {"log-format", 0, RO_OPTION_CHOICE, OPTION(log_format), "FORMAT", "logfmt", "logfmt|json", 0, 0,
     0, "form of the lines of both logs"},
    {"slow-query", 0, RO_OPTION_DURATION, OPTION(slow_query), "TIME", "1s", NULL, 0, HOUR_MS, 0,
     "log searches that take as long with what they asked for; 0: none"},
    {.name = NULL},
};

static const ro_command commands[] = {
    {"keys", "add NAME|list|remove NAME",
     "change the file of keys; add prints the key, which is told only then"},
    {.name = NULL},
};

const ro_program RO_SEARCHD_PROGRAM = {
    .name = "readout-searchd",
    .summary = "serve an index over HTTP",
    .description =
        "Answers searches of an index that readout-indexer made over HTTP, and writes to it for\n"
        "those who have a key. A commit of the indexer is visible to the next request. The API is\n"
        "described at /openapi.json, and a search page is at /.",
    .see_also = "readout-indexer(1), readout-query(1), systemd.socket(5)",
    .section = 8,
    .usage = "readout-searchd [OPTION…]\n"
             "       readout-searchd keys add NAME --keys FILE [--scopes LIST]",
    .commands = commands,
    .options = options,
    .settings_size = sizeof(ro_searchd_settings),
    .epilogue = "Signals:\n"
                "  TERM, INT  stop accepting, finish what runs, exit; a second one exits at once\n"
                "  HUP        read the configuration file and open the index again\n"
                "\n"
                "Exit status: 0 stopped by a signal, 1 failed while running, 2 could not start.\n",
};

ro_status ro_searchd_settings_address(const char *listen, char host[RO_HOST_MAX], uint16_t *port,
                                      ro_error *err) {
    const char *colon = strrchr(listen, ':');
    size_t len = colon ? (size_t)(colon - listen) : 0;
    bool bracketed = len > 2 && listen[0] == '[' && listen[len - 1] == ']';
    const char *start = bracketed ? listen + 1 : listen;
    len = bracketed ? len - 2 : len;
    unsigned value = 0;
    size_t digits = 0;
    while (colon && colon[1 + digits] >= '0' && colon[1 + digits] <= '9' && digits < 6) {
        value = value * 10 + (unsigned)(colon[1 + digits++] - '0');
    }
    bool whole = colon && digits > 0 && colon[1 + digits] == 0 && value <= UINT16_MAX;
    struct in6_addr address;
    if (whole && len > 0 && len < RO_HOST_MAX) {
        memcpy(host, start, len);
        host[len] = 0;
        if (inet_pton(bracketed ? AF_INET6 : AF_INET, host, &address) == 1) {
            *port = (uint16_t)value;
            return RO_OK;
        }
    }
    *port = 0;
    host[0] = 0;
    return ro_fail(err, RO_INVALID,
                   "option 'listen' is '%s': expected ADDR:PORT, as 127.0.0.1:7700 or [::1]:7700",
                   listen);
}

static bool differs(const ro_option *option, const ro_searchd_settings *before,
                    const ro_searchd_settings *now) {
    const char *a = (const char *)before + option->offset;
    const char *b = (const char *)now + option->offset;
    if (option->type == RO_OPTION_STRING) {
        const char *x;
        const char *y;
        memcpy(&x, a, sizeof x);
        memcpy(&y, b, sizeof y);
        return strcmp(x ? x : "", y ? y : "") != 0;
    }
    size_t size = option->type == RO_OPTION_FLAG     ? sizeof(bool)
                  : option->type == RO_OPTION_CHOICE ? sizeof(int)
                                                     : sizeof(int64_t);
    return memcmp(a, b, size) != 0;
}

void ro_searchd_settings_fixed(const ro_searchd_settings *before, const ro_searchd_settings *now,
                               ro_buf *names) {
    static const char *const fixed[] = {
        "listen",     "port-file",   "workers",  "queue", "queue-time", "cache",   "write-queue",
        "public-url", "search-page", "language", "facts", "lexicon",    "sandbox", "backups"};
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
        const ro_option *option = ro_option_find(&RO_SEARCHD_PROGRAM, ro_str_from(fixed[i]));
        if (option && differs(option, before, now)) {
            ro_buf_printf(names, "%s%s", names->len ? ", " : "", option->name);
        }
    }
}

bool ro_searchd_settings_changeable(const ro_option *option) {
    static const char *const names[] = {"match",
                                        "typo",
                                        "half-life",
                                        "collapse",
                                        "builtin-synonyms",
                                        "deadline",
                                        "slow-query",
                                        "log-level",
                                        "log-format",
                                        "cors-origin",
                                        "max-body",
                                        "max-bodies",
                                        "max-header",
                                        "max-headers",
                                        "max-connections",
                                        "idle-timeout",
                                        "write-timeout",
                                        "header-timeout",
                                        "body-timeout",
                                        "drain-timeout",
                                        "max-connections-per-address"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i], option->name) == 0) {
            return true;
        }
    }
    return false;
}

bool ro_settings_line_next(ro_settings_line *line) {
    if (!line->rest.len) {
        return false;
    }
    line->text = ro_str_trim(ro_str_cut(&line->rest, '\n'));
    line->number++;
    ro_str value = line->text;
    ro_str name = ro_str_cut(&value, '=');
    line->option =
        name.len < line->text.len ? ro_option_find(&RO_SEARCHD_PROGRAM, ro_str_trim(name)) : NULL;
    return true;
}

ro_status ro_searchd_settings_lines(ro_str lines, ro_error *err) {
    for (ro_settings_line line = {.rest = lines}; ro_settings_line_next(&line);) {
        if (line.text.len && *line.text.ptr != '#' &&
            (!line.option || !ro_searchd_settings_changeable(line.option))) {
            return ro_fail_at(err, RO_INVALID, line.number,
                              RO_SETTINGS_FILE ", line %lld: not an option that is set here",
                              (long long)line.number);
        }
    }
    return RO_OK;
}

static bool is_origin(ro_str origin) {
    static const ro_str schemes[] = {{"http://", 7}, {"https://", 8}};
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        size_t len = schemes[i].len;
        if (ro_str_starts_with(origin, schemes[i])) {
            return origin.len > len &&
                   ro_http_is_host(ro_str_make(origin.ptr + len, origin.len - len));
        }
    }
    return ro_str_equal(origin, RO_STR("*"));
}

ro_str ro_searchd_settings_synonyms(const ro_searchd_settings *settings, ro_arena *arena) {
    const char *named = settings->synonyms;
    return named && *named ? ro_arena_copy(arena, ro_str_from(named))
                           : ro_arena_printf(arena, "%s/" RO_SYNONYMS_FILE, settings->index);
}

bool ro_searchd_settings_tls(const ro_searchd_settings *settings) {
    return settings->tls_cert && *settings->tls_cert;
}

bool ro_searchd_settings_reading(const ro_searchd_settings *settings, bool loopback) {
    enum { AUTO, OPEN };
    return settings->reading == OPEN || (settings->reading == AUTO && loopback);
}

static bool is_web(const char *url) {
    ro_str s = ro_str_from(url);
    return ro_str_starts_with(s, RO_STR("http://")) || ro_str_starts_with(s, RO_STR("https://"));
}

static ro_status check_urls(const ro_searchd_settings *settings, ro_error *err) {
    const char *url = settings->public_url, *page = settings->search_page;
    if (url && *url && !is_web(url)) {
        return ro_fail(err, RO_INVALID,
                       "option 'public-url' is '%s': expected an http or https URL", url);
    }
    if (page && *page && !(is_web(page) && strstr(page, "{searchTerms}"))) {
        return ro_fail(err, RO_INVALID,
                       "option 'search-page' is '%s': expected an http or https URL with "
                       "{searchTerms} in it",
                       page);
    }
    return RO_OK;
}

ro_status ro_searchd_settings_check(const ro_searchd_settings *settings, ro_error *err) {
    char host[RO_HOST_MAX];
    uint16_t port = 0;
    ro_status status = ro_searchd_settings_address(settings->listen, host, &port, err);
    for (size_t i = 0; status == RO_OK && i < settings->cors_origins.count; i++) {
        const char *origin = settings->cors_origins.items[i];
        if (!is_origin(ro_str_from(origin))) {
            status = ro_fail(err, RO_INVALID,
                             "option 'cors-origin' is '%s': expected '*' or an origin, as "
                             "https://news.example.org",
                             origin);
        }
    }
    if (status == RO_OK) {
        status = check_urls(settings, err);
    }
    bool has_key = settings->tls_key && *settings->tls_key;
    if (status == RO_OK && ro_searchd_settings_tls(settings) != has_key) {
        status = ro_fail(err, RO_INVALID, "options 'tls-cert' and 'tls-key' go together");
    }
    if (status == RO_OK && settings->half_life < 0) {
        status = ro_fail(err, RO_INVALID, "option 'half-life' is less than 0");
    }
    if (status == RO_OK && settings->max_bodies < settings->max_body) {
        status = ro_fail(err, RO_INVALID,
                         "option 'max-bodies' is less than 'max-body': the largest body would "
                         "never be taken");
    }
    return status;
}
