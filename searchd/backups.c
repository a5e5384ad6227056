#include "backups.h"

#include "copies.h"
#include "thread.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SUBMIT_MS 10000
#define SUBMIT_PAUSE_NS 5000000L
#define REMEMBERED_MAX 256 /* last results; the oldest is forgotten first */

typedef struct task {
    bool wanted, restores;
    char name[RO_BACKUP_NAME_MAX + 1];
    char *index, *synonyms; /* owned; synonyms NULL: those of the index */
} task;

struct ro_backups {
    char *directory; /* NULL: none */
    ro_pool *pool;
    ro_log *log;
    pthread_t thread;
    bool started;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t changed;
    bool stopped;
    task task;
    ro_backup done[REMEMBERED_MAX];
    size_t count;
};

/* ---- what is remembered --------------------------------------------------------------------- */

/* Locked. */
static ro_backup *recall(ro_backups *b, const char *name) {
    for (size_t i = 0; i < b->count; i++) {
        if (strcmp(b->done[i].name, name) == 0) {
            return &b->done[i];
        }
    }
    return NULL;
}

static void remember(ro_backups *b, const ro_backup *backup) {
    (void)pthread_mutex_lock(&b->lock);
    ro_backup *known = recall(b, backup->name);
    if (known) {
        *known = *backup;
    } else {
        if (b->count == REMEMBERED_MAX) {
            memmove(b->done, b->done + 1, --b->count * sizeof *b->done);
        }
        b->done[b->count++] = *backup;
    }
    (void)pthread_mutex_unlock(&b->lock);
}

/* ---- files ---------------------------------------------------------------------------------- */

static char *join(const char *directory, const char *name) {
    char *path = NULL;
    return asprintf(&path, "%s/%s", directory, name) < 0 ? NULL : path;
}

static int64_t bytes_of(const char *directory) {
    static const char *const parts[] = {"", "segments"};
    int64_t bytes = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        char *path = join(directory, parts[i]);
        DIR *opened = path ? opendir(path) : NULL;
        struct stat info;
        for (struct dirent *entry; opened && (entry = readdir(opened));) {
            if (fstatat(dirfd(opened), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
                S_ISREG(info.st_mode)) {
                bytes += info.st_size;
            }
        }
        if (opened) {
            (void)closedir(opened);
        }
        free(path);
    }
    return bytes;
}

/* Whether there is an index of this name, and what can be said of it without opening it. */
static bool look(const ro_backups *b, const char *name, ro_backup *out) {
    char *path = join(b->directory, name), *catalogue = path ? join(path, "catalog.db") : NULL;
    struct stat info;
    bool there = catalogue && stat(catalogue, &info) == 0 && stat(path, &info) == 0;
    if (there) {
        out->made = (int64_t)info.st_mtim.tv_sec;
        out->bytes = bytes_of(path);
    }
    free(catalogue);
    free(path);
    return there;
}

/* ---- what is done ---------------------------------------------------------------------------- */

/* Has the workers and the writer follow; a full queue is waited for. */
static ro_status follow(ro_backups *b, const task *t, ro_error *err) {
    const struct timespec pause = {.tv_nsec = SUBMIT_PAUSE_NS};
    ro_deadline end = ro_deadline_in_ms(SUBMIT_MS);
    uint64_t before = ro_pool_reloads(b->pool);
    ro_searchd_job *job = ro_pool_reload_job(t->index, t->synonyms);
    if (!job) {
        return ro_fail_memory(err);
    }
    while (!ro_pool_submit(b->pool, job)) {
        if (ro_deadline_passed(end)) {
            ro_searchd_job_free(job);
            return ro_fail(err, RO_BUSY, "the index is in place, and served after a reload");
        }
        (void)nanosleep(&pause, NULL);
    }
    while (ro_pool_reloads(b->pool) == before) {
        if (ro_deadline_passed(end)) {
            return ro_fail(err, RO_BUSY, "the index is in place, and is not served yet");
        }
        (void)nanosleep(&pause, NULL);
    }
    return RO_OK;
}

/* The backup stays as it is, and so does what was replaced. */
static ro_status put_back(ro_backups *b, const task *t, const char *path, ro_backup *backup,
                          ro_error *err) {
    char *before = NULL;
    ro_status status = ro_copy_restore(path, t->index, t->name, &before, &backup->articles, err);
    if (status == RO_OK) {
        const char *slash = strrchr(before, '/');
        (void)snprintf(backup->detail, sizeof backup->detail, "what was served before is in '%s'",
                       slash ? slash + 1 : before);
        status = follow(b, t, err);
    }
    free(before);
    return status;
}

/* One that is not sound is none. */
static ro_status make(const task *t, const char *path, ro_backup *backup, ro_error *err) {
    ro_status status = ro_copy_make(t->index, path, err);
    if (status == RO_OK) {
        status = ro_copy_check(path, &backup->articles, err);
        if (status != RO_OK) {
            (void)ro_backup_remove(path, NULL);
        }
    }
    return status;
}

static void run(ro_backups *b, const task *t) {
    ro_error err = RO_ERROR_INIT;
    int64_t begun = ro_now_ns();
    ro_backup backup = {.state = t->restores ? RO_BACKUP_RESTORING : RO_BACKUP_MAKING,
                        .articles = -1,
                        .took_ms = -1};
    memcpy(backup.name, t->name, sizeof backup.name);
    char *path = join(b->directory, t->name);
    ro_status status = path ? RO_OK : ro_fail_memory(&err);
    if (status == RO_OK && t->restores) {
        status = put_back(b, t, path, &backup, &err);
    } else if (status == RO_OK) {
        status = make(t, path, &backup, &err);
    }
    backup.took_ms = (ro_now_ns() - begun) / 1000000;
    backup.state = status != RO_OK ? RO_BACKUP_FAILED
                   : t->restores   ? RO_BACKUP_RESTORED
                                   : RO_BACKUP_MADE;
    if (status != RO_OK) {
        (void)snprintf(backup.detail, sizeof backup.detail, "%.*s", RO_BACKUP_DETAIL_MAX - 1,
                       err.message);
    }
    (void)look(b, t->name, &backup);
    ro_log_write(b->log, status == RO_OK ? RO_LOG_INFO : RO_LOG_ERROR,
                 "backup '%s' was %s%s in %lld ms%s%s", t->name, status == RO_OK ? "" : "not ",
                 t->restores ? "restored" : "made", (long long)backup.took_ms,
                 *backup.detail ? ": " : "", backup.detail);
    remember(b, &backup);
    free(path);
}

static void *backups_main(void *argument) {
    ro_backups *b = argument;
    (void)pthread_setname_np(pthread_self(), "backups");
    (void)pthread_mutex_lock(&b->lock);
    while (!b->stopped) {
        if (!b->task.wanted) {
            (void)pthread_cond_wait(&b->changed, &b->lock);
            continue;
        }
        task now = b->task;
        (void)pthread_mutex_unlock(&b->lock);
        run(b, &now);
        (void)pthread_mutex_lock(&b->lock);
        b->task = (task){.wanted = false};
        free(now.index);
        free(now.synonyms);
    }
    (void)pthread_mutex_unlock(&b->lock);
    return NULL;
}

/* ---- life ----------------------------------------------------------------------------------- */

ro_status ro_backups_check(const char *directory, ro_error *err) {
    struct stat info;
    if (!directory || !*directory) {
        return RO_OK;
    }
    int fault = stat(directory, &info) == 0 ? 0 : errno;
    if (!fault && !S_ISDIR(info.st_mode)) {
        fault = ENOTDIR;
    }
    return fault ? ro_fail(err, fault == ENOENT ? RO_NOT_FOUND : RO_IO,
                           "option 'backups': cannot use directory '%s': %s", directory,
                           strerror(fault))
                 : RO_OK;
}

ro_status ro_backups_start(const ro_backups_settings *settings, ro_backups **out, ro_error *err) {
    ro_backups *b = *out = calloc(1, sizeof *b);
    if (!b) {
        return ro_fail_memory(err);
    }
    bool kept = settings->directory && *settings->directory;
    b->pool = settings->pool;
    b->log = settings->log;
    b->directory = kept ? strdup(settings->directory) : NULL;
    (void)pthread_mutex_init(&b->lock, NULL);
    (void)pthread_cond_init(&b->changed, NULL);
    ro_status status = kept && !b->directory ? ro_fail_memory(err) : RO_OK;
    if (status == RO_OK) {
        status = ro_backups_check(b->directory, err);
    }
    if (status == RO_OK && kept) {
        ro_copy_sweep_all(b->directory, settings->index);
        status = ro_thread_start(&b->thread, backups_main, b, err);
        b->started = status == RO_OK;
    }
    if (status != RO_OK) {
        ro_backups_stop(b);
        *out = NULL;
    }
    return status;
}

void ro_backups_stop(ro_backups *b) {
    if (!b) {
        return;
    }
    (void)pthread_mutex_lock(&b->lock);
    b->stopped = true;
    (void)pthread_cond_signal(&b->changed);
    (void)pthread_mutex_unlock(&b->lock);
    if (b->started) {
        (void)pthread_join(b->thread, NULL);
    }
    (void)pthread_cond_destroy(&b->changed);
    (void)pthread_mutex_destroy(&b->lock);
    free(b->task.index);
    free(b->task.synonyms);
    free(b->directory);
    free(b);
}

bool ro_backups_busy(ro_backups *b) {
    (void)pthread_mutex_lock(&b->lock);
    bool busy = b->task.wanted;
    (void)pthread_mutex_unlock(&b->lock);
    return busy;
}

bool ro_backups_kept(const ro_backups *b) {
    return b->directory != NULL;
}

/* ---- asking --------------------------------------------------------------------------------- */

bool ro_backup_is_name(ro_str name) {
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '.' || c == '_' || c == '-';
        if (!plain) {
            return false;
        }
    }
    /* what is not whole yet is called so */
    ro_str part = RO_STR(".part");
    bool partial =
        name.len >= part.len && memcmp(name.ptr + name.len - part.len, part.ptr, part.len) == 0;
    return name.len > 0 && name.len <= RO_BACKUP_NAME_MAX && *name.ptr != '.' && !partial;
}

/* Locked. What is remembered of a name that is there, or only that it is. */
static bool describe(ro_backups *b, const char *name, ro_backup *out) {
    ro_backup *known = recall(b, name);
    *out = known ? *known : (ro_backup){.state = RO_BACKUP_THERE, .articles = -1, .took_ms = -1};
    (void)snprintf(out->name, sizeof out->name, "%s", name);
    bool there = look(b, name, out);
    if (b->task.wanted && strcmp(b->task.name, name) == 0) {
        out->state = b->task.restores ? RO_BACKUP_RESTORING : RO_BACKUP_MAKING;
        out->took_ms = -1;
        *out->detail = 0;
        there = true;
    }
    return there || (known && known->state == RO_BACKUP_FAILED);
}

ro_status ro_backups_find(ro_backups *b, ro_str name, ro_backup *out, ro_error *err) {
    char text[RO_BACKUP_NAME_MAX + 1] = "";
    bool found = false;
    if (ro_backup_is_name(name)) {
        memcpy(text, name.ptr, name.len);
        (void)pthread_mutex_lock(&b->lock);
        found = describe(b, text, out);
        (void)pthread_mutex_unlock(&b->lock);
    }
    return found ? RO_OK : ro_fail(err, RO_NOT_FOUND, "there is no backup of this name");
}

static int by_name(const void *a, const void *b) {
    return strcmp(((const ro_backup *)a)->name, ((const ro_backup *)b)->name);
}

static ro_status add(ro_backups *b, const char *name, ro_backup **list, size_t *count,
                     ro_error *err) {
    ro_backup one;
    if (!ro_backup_is_name(ro_str_from(name)) ||
        ro_backups_find(b, ro_str_from(name), &one, NULL) != RO_OK) {
        return RO_OK;
    }
    for (size_t i = 0; i < *count; i++) {
        if (strcmp((*list)[i].name, name) == 0) {
            return RO_OK;
        }
    }
    ro_backup *grown = realloc(*list, (*count + 1) * sizeof *grown);
    if (!grown) {
        return ro_fail_memory(err);
    }
    *list = grown;
    grown[(*count)++] = one;
    return RO_OK;
}

ro_status ro_backups_list(ro_backups *b, ro_backup **out, size_t *count, ro_error *err) {
    char names[REMEMBERED_MAX + 1][RO_BACKUP_NAME_MAX + 1];
    size_t remembered = 0;
    *out = NULL;
    *count = 0;
    (void)pthread_mutex_lock(&b->lock);
    for (; remembered < b->count; remembered++) {
        memcpy(names[remembered], b->done[remembered].name, sizeof names[0]);
    }
    if (b->task.wanted) {
        memcpy(names[remembered++], b->task.name, sizeof names[0]);
    }
    (void)pthread_mutex_unlock(&b->lock);
    DIR *directory = opendir(b->directory);
    if (!directory) {
        return ro_fail(err, RO_IO, "cannot read '%s': %s", b->directory, strerror(errno));
    }
    ro_status status = RO_OK;
    for (struct dirent *entry; status == RO_OK && (entry = readdir(directory));) {
        status = add(b, entry->d_name, out, count, err);
    }
    for (size_t i = 0; status == RO_OK && i < remembered; i++) {
        status = add(b, names[i], out, count, err);
    }
    (void)closedir(directory);
    if (status != RO_OK) {
        free(*out);
        *out = NULL;
        *count = 0;
    } else if (*count) {
        qsort(*out, *count, sizeof **out, by_name);
    }
    return status;
}

/* ---- removing ------------------------------------------------------------------------------- */

/* Locked. */
static void forget(ro_backups *b, const char *name) {
    ro_backup *known = recall(b, name);
    if (known) {
        size_t behind = --b->count - (size_t)(known - b->done);
        memmove(known, known + 1, behind * sizeof *known);
    }
}

ro_status ro_backups_remove(ro_backups *b, ro_str name, ro_error *err) {
    ro_backup backup;
    char *path = NULL, *gone = NULL;
    ro_status status = ro_backups_find(b, name, &backup, err);
    if (status != RO_OK) {
        return status;
    }
    path = join(b->directory, backup.name);
    if (!path) {
        return ro_fail_memory(err);
    }
    (void)pthread_mutex_lock(&b->lock);
    if (b->task.wanted && strcmp(b->task.name, backup.name) == 0) {
        status = ro_fail(err, RO_BUSY, "backup '%s' is being %s", backup.name,
                         b->task.restores ? "restored" : "made");
    } else if (look(b, backup.name, &backup)) {
        status = ro_copy_rename(path, &gone, err); /* at once; removing takes its time */
    }
    if (status == RO_OK) {
        forget(b, backup.name);
    }
    (void)pthread_mutex_unlock(&b->lock);
    status = status == RO_OK && gone ? ro_backup_remove(gone, err) : status;
    free(gone);
    free(path);
    return status;
}

/* ---- beginning ------------------------------------------------------------------------------ */

static ro_status begin(ro_backups *b, task wanted, ro_str name, ro_error *err) {
    ro_backup there = {.made = 0};
    memcpy(wanted.name, name.ptr, name.len);
    wanted.wanted = true;
    (void)pthread_mutex_lock(&b->lock);
    bool found = look(b, wanted.name, &there);
    ro_status status = RO_OK;
    if (b->task.wanted) {
        status = ro_fail(err, RO_BUSY, "backup '%s' is being %s", b->task.name,
                         b->task.restores ? "restored" : "made");
    } else if (wanted.restores && !found) {
        status = ro_fail(err, RO_NOT_FOUND, "there is no backup '%s'", wanted.name);
    } else if (!wanted.restores && found) {
        status = ro_fail(err, RO_INVALID, "there is a backup '%s' already", wanted.name);
    } else {
        b->task = wanted;
        (void)pthread_cond_signal(&b->changed);
    }
    (void)pthread_mutex_unlock(&b->lock);
    if (status != RO_OK) {
        free(wanted.index);
        free(wanted.synonyms);
    }
    return status;
}

ro_status ro_backups_make(ro_backups *b, ro_str name, const char *index, ro_error *err) {
    task wanted = {.index = strdup(index)};
    return wanted.index ? begin(b, wanted, name, err) : ro_fail_memory(err);
}

ro_status ro_backups_restore(ro_backups *b, ro_str name, const char *index, const char *synonyms,
                             ro_error *err) {
    task wanted = {.restores = true,
                   .index = strdup(index),
                   .synonyms = synonyms && *synonyms ? strdup(synonyms) : NULL};
    if (!wanted.index || (synonyms && *synonyms && !wanted.synonyms)) {
        free(wanted.index);
        free(wanted.synonyms);
        return ro_fail_memory(err);
    }
    return begin(b, wanted, name, err);
}
