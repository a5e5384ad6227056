/* watch DIR: the index follows a directory, by inotify. */
#include "program.h"

#include "readout/deadline.h"
#include "walk.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <unistd.h>

#define QUIET_MS 300    /* without an event before the index is brought up to date */
#define LONGEST_MS 3000 /* but no longer than this after the first event */
#define CHANGES_MAX 64  /* paths told one by one; with more the whole directory is walked */
#define EVENTS                                                                                     \
    (IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CREATE | IN_DELETE_SELF |       \
     IN_MOVE_SELF | IN_ONLYDIR)

typedef struct ro_watcher {
    const ro_command_line *line;
    int fd;
    char **directories; /* by watch descriptor; owned */
    size_t capacity;
    char *changes[CHANGES_MAX]; /* owned */
    size_t change_count;
    bool all; /* too many changes: the root */
    char *root;
    uint64_t skipped;
} ro_watcher;

static ro_status watch_directory(void *context, const char *path, ro_error *err) {
    ro_watcher *watcher = context;
    int wd = inotify_add_watch(watcher->fd, path, EVENTS);
    if (wd < 0 && (errno == ENOENT || errno == ENOTDIR || errno == EACCES)) {
        return RO_OK; /* it is gone, or the update tells that it cannot be read */
    }
    if (wd < 0) {
        return ro_fail(err, RO_IO, "cannot watch '%s': %s", path,
                       errno == ENOSPC ? "too many watches; raise fs.inotify.max_user_watches"
                                       : strerror(errno));
    }
    if ((size_t)wd >= watcher->capacity) {
        size_t capacity = (size_t)wd * 2 + 16;
        char **bigger = realloc(watcher->directories, capacity * sizeof *bigger);
        if (!bigger) {
            return ro_fail_memory(err);
        }
        memset(bigger + watcher->capacity, 0, (capacity - watcher->capacity) * sizeof *bigger);
        watcher->directories = bigger;
        watcher->capacity = capacity;
    }
    free(watcher->directories[wd]);
    watcher->directories[wd] = strdup(path);
    return watcher->directories[wd] ? RO_OK : ro_fail_memory(err);
}

static ro_status pass_file(void *context, const char *path, const struct stat *stat,
                           ro_error *err) {
    (void)context;
    (void)path;
    (void)stat;
    (void)err;
    return RO_OK;
}

static void pass_skip(void *context, const char *path, const ro_error *why) {
    (void)context;
    (void)path;
    (void)why;
}

static ro_status watch_tree(ro_watcher *watcher, const char *path, ro_error *err) {
    ro_walk_sink sink = {
        .file = pass_file, .directory = watch_directory, .skip = pass_skip, .context = watcher};
    return ro_walk(path, watcher->line->settings->index, &sink, err);
}

/* ---- changes ----------------------------------------------------------------------------------
 */

/* Stops watching `path` and what lies under it: it has another place now, or none in the tree. */
static void unwatch_tree(ro_watcher *watcher, const char *path) {
    size_t len = strlen(path);
    for (size_t i = 0; i < watcher->capacity; i++) {
        const char *watched = watcher->directories[i];
        if (watched && strncmp(watched, path, len) == 0 &&
            (watched[len] == 0 || watched[len] == '/')) {
            (void)inotify_rm_watch(watcher->fd, (int)i);
            free(watcher->directories[i]);
            watcher->directories[i] = NULL;
        }
    }
}

/* Takes `path`, which was allocated. */
static void add_change(ro_watcher *watcher, char *path) {
    for (size_t i = 0; i < watcher->change_count; i++) {
        if (strcmp(watcher->changes[i], path) == 0) {
            free(path);
            return;
        }
    }
    if (watcher->change_count == CHANGES_MAX) {
        watcher->all = true;
        free(path);
        return;
    }
    watcher->changes[watcher->change_count++] = path;
}

/* What an event says of a watched directory itself. */
static ro_status take_own_event(ro_watcher *watcher, const struct inotify_event *event,
                                ro_error *err) {
    char **path = &watcher->directories[event->wd];
    if ((event->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED)) == 0) {
        return RO_OK;
    }
    if (strcmp(*path, watcher->root) == 0) {
        return ro_fail(err, RO_NOT_FOUND, "the watched directory '%s' is gone", watcher->root);
    }
    if (event->mask & IN_IGNORED) {
        free(*path);
        *path = NULL;
    }
    return RO_OK;
}

static ro_status take_event(ro_watcher *watcher, const struct inotify_event *event, ro_error *err) {
    if (event->mask & IN_Q_OVERFLOW) {
        watcher->all = true;
        return watch_tree(watcher, watcher->root, err);
    }
    bool known =
        event->wd >= 0 && (size_t)event->wd < watcher->capacity && watcher->directories[event->wd];
    if (!known) {
        return RO_OK;
    }
    if (event->len == 0) {
        return take_own_event(watcher, event, err);
    }
    /* a new file is read when it is closed, a new directory at once, for what is in it already */
    bool directory = (event->mask & IN_ISDIR) != 0;
    if (event->name[0] == '.' || ((event->mask & IN_CREATE) && !directory)) {
        return RO_OK;
    }
    char *path = NULL;
    if (asprintf(&path, "%s/%s", watcher->directories[event->wd], event->name) < 0) {
        return ro_fail_memory(err);
    }
    ro_status status = RO_OK;
    if (directory && (event->mask & IN_MOVED_FROM)) {
        unwatch_tree(watcher, path);
    } else if (directory && (event->mask & (IN_CREATE | IN_MOVED_TO))) {
        status = watch_tree(watcher, path, err);
    }
    add_change(watcher, path);
    return status;
}

static ro_status read_events(ro_watcher *watcher, ro_error *err) {
    _Alignas(struct inotify_event) char events[16384];
    ssize_t got = read(watcher->fd, events, sizeof events);
    if (got < 0 && errno != EAGAIN && errno != EINTR) {
        return ro_fail(err, RO_IO, "cannot read changes: %s", strerror(errno));
    }
    for (ssize_t at = 0; at < got;) {
        const struct inotify_event *event = (const void *)(events + at);
        ro_status status = take_event(watcher, event, err);
        if (status != RO_OK) {
            return status;
        }
        at += (ssize_t)(sizeof *event + event->len);
    }
    return RO_OK;
}

static void forget_changes(ro_watcher *watcher) {
    while (watcher->change_count > 0) {
        free(watcher->changes[--watcher->change_count]);
    }
    watcher->all = false;
}

/* ---- updates ----------------------------------------------------------------------------------
 */

static int update(ro_watcher *watcher, const char *const *paths, size_t count) {
    ro_command_line line = *watcher->line;
    line.patient = true;
    line.args = paths;
    line.arg_count = count;
    int status = run_update(&line);
    watcher->skipped += status == EXIT_SKIPPED ? 1 : 0;
    return status == EXIT_SKIPPED ? EXIT_FINE : status;
}

static int update_changes(ro_watcher *watcher) {
    const char *const root[] = {watcher->root};
    int status = watcher->all ? update(watcher, root, 1)
                              : update(watcher, (const char *const *)watcher->changes,
                                       watcher->change_count);
    forget_changes(watcher);
    return status;
}

/* Waits for events until they pause; updates; until a signal comes. */
static int follow(ro_watcher *watcher, ro_error *err) {
    ro_deadline latest = RO_DEADLINE_NEVER;
    while (!*watcher->line->stop) {
        bool waiting = watcher->change_count > 0 || watcher->all;
        struct pollfd poll_fd = {.fd = watcher->fd, .events = POLLIN};
        int ready = poll(&poll_fd, 1, waiting ? QUIET_MS : 1000);
        if (ready > 0 && read_events(watcher, err) != RO_OK) {
            return print_fault(err);
        }
        if (!waiting) {
            latest = ro_deadline_in_ms(LONGEST_MS);
        } else if (ready == 0 || ro_deadline_passed(latest)) {
            int status = update_changes(watcher);
            if (status != EXIT_FINE) {
                return status;
            }
        }
    }
    return EXIT_FINE;
}

int run_watch(const ro_command_line *line) {
    if (line->arg_count != 1) {
        (void)fputs("readout-indexer: watch takes one directory\n", stderr);
        return EXIT_ERROR;
    }
    ro_error err = RO_ERROR_INIT;
    ro_watcher watcher = {.line = line, .fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK)};
    ro_buf root = RO_BUF_INIT;
    ro_status status = watcher.fd < 0 ? ro_fail(&err, RO_IO, "cannot watch: %s", strerror(errno))
                                      : ro_path_absolute(line->args[0], &root, &err);
    if (status == RO_OK && root.ptr && access(root.ptr, R_OK | X_OK) != 0) {
        status = ro_fail(&err, RO_NOT_FOUND, "cannot watch '%s': %s", root.ptr, strerror(errno));
    }
    if (status == RO_OK) {
        watcher.root = root.ptr;
        status = watch_tree(&watcher, watcher.root, &err);
    }
    int code = status == RO_OK ? EXIT_FINE : print_fault(&err);
    if (code == EXIT_FINE) {
        const char *const paths[] = {watcher.root};
        code = update(&watcher, paths, 1);
    }
    if (code == EXIT_FINE) {
        code = follow(&watcher, &err);
    }
    forget_changes(&watcher);
    for (size_t i = 0; i < watcher.capacity; i++) {
        free(watcher.directories[i]);
    }
    free(watcher.directories);
    ro_buf_release(&root);
    if (watcher.fd >= 0) {
        (void)close(watcher.fd);
    }
    /* a signal is how watching ends: nothing went wrong */
    bool ended = *line->stop && (code == EXIT_FINE || code == 128 + (int)*line->stop);
    return ended ? (watcher.skipped ? EXIT_SKIPPED : EXIT_FINE) : code;
}
