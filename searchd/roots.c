#include "roots.h"

#include <stdlib.h>

/* Takes over `path`; NULL is no memory, or nothing that is there. */
static void add(ro_roots *roots, char *path, bool writes) {
    if (path && roots->count < RO_ROOTS_MAX) {
        roots->paths[roots->count] = path;
        roots->at[roots->count++] = (ro_sandbox_root){path, writes};
    } else {
        free(path);
    }
}

/* "/a/b" of "/a/b/c", and "." of "c"; cuts `path`. */
static char *to_directory(char *path) {
    size_t len = path ? strlen(path) : 0;
    while (len > 1 && path[len - 1] == '/') {
        path[--len] = 0;
    }
    char *slash = path ? strrchr(path, '/') : NULL;
    if (path && !slash) {
        free(path);
        return strdup(".");
    }
    if (slash) {
        slash[slash == path] = 0;
    }
    return path;
}

ro_status ro_roots_of(const ro_searchd_settings *settings, ro_roots *out, ro_error *err) {
    bool logs = settings->access_log && strcmp(settings->access_log, "-") != 0;
    const ro_sandbox_root named[] = {
        {settings->index, true},
        {logs ? settings->access_log : NULL, true},
        {settings->port_file, true},
        {settings->keys, true}, /* replaced by those who change keys, from within too */
        {settings->config, false},
        {settings->tls_cert, false},
        {settings->tls_key, false},
        {settings->synonyms, true}, /* replaced from within */
        {settings->lexicon, false},
    };
    *out = (ro_roots){0};
    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++) {
        if (named[i].path && *named[i].path) {
            char *directory = to_directory(strdup(named[i].path));
            if (!directory) {
                ro_roots_release(out);
                return ro_fail_memory(err);
            }
            add(out, directory, named[i].writes);
            /* what a link leads to is elsewhere */
            char *real = realpath(named[i].path, NULL);
            add(out, real ? to_directory(real) : NULL, named[i].writes);
        }
    }
    if (settings->backups && *settings->backups) {
        add(out, strdup(settings->backups), true);
        add(out, realpath(settings->backups, NULL), true);
    }
    /* for /metrics, for a terminal that is opened anew when logs are rotated, and for libraries:
     * they count processors, and seed hashes */
    static const ro_sandbox_root always[] = {
        {"/proc/self", false},     {"/proc/self/fd/1", true},
        {"/proc/self/fd/2", true}, {"/sys/devices/system/cpu/online", false},
        {"/dev/urandom", false},   {"/etc/localtime", false}};
    for (size_t i = 0; i < sizeof always / sizeof always[0]; i++) {
        add(out, strdup(always[i].path), always[i].writes);
    }
    return RO_OK;
}

void ro_roots_release(ro_roots *roots) {
    for (size_t i = 0; i < roots->count; i++) {
        free(roots->paths[i]);
    }
    *roots = (ro_roots){0};
}
