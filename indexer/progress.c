/* Progress and summary, for people. */
#include "program.h"

#include "readout/deadline.h"
#include "readout/utf8.h"
#include "walk.h"

#include <sys/ioctl.h>
#include <unistd.h>

#define SHOW_NS ((int64_t)100000000)       /* between two states of the bar */
#define LINE_NS ((int64_t)10 * 1000000000) /* between two plain lines */
#define BAR_MAX 40
#define NUMBER_TEXT 32

/* "14,396". */
static const char *number(uint64_t n, char out[NUMBER_TEXT]) {
    char digits[NUMBER_TEXT];
    int len = snprintf(digits, sizeof digits, "%llu", (unsigned long long)n);
    size_t at = 0;
    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0) {
            out[at++] = ',';
        }
        out[at++] = digits[i];
    }
    out[at] = 0;
    return out;
}

static double seconds_since(int64_t ns) {
    return (double)(ro_now_ns() - ns) / 1e9;
}

/* True for what acts on a terminal: controls, and marks that turn the direction of text. */
static bool acts_on_terminal(uint32_t c) {
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x202A && c <= 0x202E) ||
           (c >= 0x2066 && c <= 0x2069);
}

void print_escaped(const char *text) {
    static const char REPLACEMENT[] = "\xEF\xBF\xBD";
    for (size_t left = strlen(text), n = 0; left > 0; text += n, left -= n) {
        uint32_t c = ro_utf8_decode(text, left, &n);
        bool broken = c == RO_REPLACEMENT && (n != 3 || memcmp(text, REPLACEMENT, 3) != 0);
        if (!broken && !acts_on_terminal(c)) {
            (void)fwrite(text, 1, n, stderr);
            continue;
        }
        for (size_t i = 0; i < n; i++) {
            (void)fprintf(stderr, "\\x%02X", (unsigned char)text[i]);
        }
    }
}

/* ---- before -----------------------------------------------------------------------------------
 */

static ro_status count_file(void *context, const char *path, const struct stat *stat,
                            ro_error *err) {
    (void)path;
    (void)err;
    *(uint64_t *)context += (uint64_t)stat->st_size;
    return RO_OK;
}

static void count_skip(void *context, const char *path, const ro_error *why) {
    (void)context;
    (void)path;
    (void)why;
}

void progress_start(ro_progress *progress, bool quiet, const char *const *paths, size_t count,
                    const char *except) {
    *progress = (ro_progress){.quiet = quiet, .terminal = isatty(STDERR_FILENO) == 1};
    progress->started_ns = ro_now_ns();
    progress->shown_ns = progress->started_ns;
    if (quiet || !progress->terminal) {
        return;
    }
    ro_walk_sink sink = {.file = count_file, .skip = count_skip, .context = &progress->total_bytes};
    ro_buf path = RO_BUF_INIT;
    for (size_t i = 0; i < count; i++) {
        bool known = strcmp(paths[i], "-") != 0 && ro_path_absolute(paths[i], &path, NULL) == RO_OK;
        if (!known || ro_walk(path.ptr, except, &sink, NULL) != RO_OK) {
            progress->total_bytes = 0;
            break;
        }
    }
    ro_buf_release(&path);
}

/* ---- meanwhile --------------------------------------------------------------------------------
 */

static int columns(void) {
    struct winsize size;
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 80;
}

static void show_bar(const ro_progress *progress, const ro_report *report) {
    char articles[NUMBER_TEXT];
    char text[160];
    double elapsed = seconds_since(progress->started_ns);
    double rate = elapsed > 0 ? (double)report->bytes / elapsed : 0;
    number(report->added + report->changed + report->unchanged, articles);
    int used = snprintf(text, sizeof text, " %s articles  %.1f MB/s", articles, rate / 1e6);
    double done = 0;
    if (progress->total_bytes > 0 && rate > 0) {
        done = (double)report->bytes / (double)progress->total_bytes;
        done = done > 1 ? 1 : done;
        long left = (long)((1 - done) * (double)progress->total_bytes / rate + 0.5);
        used = snprintf(text, sizeof text, " %3.0f%%  %s articles  %.1f MB/s  %ld:%02ld left",
                        done * 100, articles, rate / 1e6, left / 60, left % 60);
    }
    int width = columns() - used - 3;
    width = width > BAR_MAX ? BAR_MAX : width;
    (void)fputs("\r\033[K", stderr);
    if (progress->total_bytes > 0 && width >= 5) {
        int full = (int)(done * width);
        (void)fprintf(stderr, "[%.*s%.*s]", full, "########################################",
                      width - full, "                                        ");
    }
    (void)fputs(text, stderr);
    (void)fflush(stderr);
}

void progress_show(void *context, const ro_report *report) {
    ro_progress *progress = context;
    int64_t now = ro_now_ns();
    int64_t every = progress->terminal ? SHOW_NS : LINE_NS;
    if (progress->quiet || now - progress->shown_ns < every) {
        return;
    }
    progress->shown_ns = now;
    if (progress->terminal) {
        show_bar(progress, report);
        return;
    }
    char articles[NUMBER_TEXT];
    double elapsed = seconds_since(progress->started_ns);
    (void)fprintf(stderr, "%s articles, %.1f MB, %.1f MB/s\n",
                  number(report->added + report->changed + report->unchanged, articles),
                  (double)report->bytes / 1e6, (double)report->bytes / 1e6 / elapsed);
}

/* The part of a message that is the same for all files: up to a colon or bracket, numbers as N. */
static void reason_of(const ro_error *why, char out[sizeof((ro_skip_group *)0)->reason]) {
    size_t len = 0;
    for (const char *p = why->message; *p && len + 2 < sizeof((ro_skip_group *)0)->reason; p++) {
        if (*p == ':' || *p == '(') {
            break;
        }
        if (*p >= '0' && *p <= '9') {
            if (len == 0 || out[len - 1] != 'N') {
                out[len++] = 'N';
            }
        } else {
            out[len++] = *p;
        }
    }
    while (len > 0 && out[len - 1] == ' ') {
        len--;
    }
    out[len] = 0;
}

static ro_skip_group *group_of(ro_progress *progress, const ro_error *why) {
    char reason[sizeof((ro_skip_group *)0)->reason];
    reason_of(why, reason);
    for (size_t i = 0; i < progress->group_count; i++) {
        if (strcmp(progress->groups[i].reason, reason) == 0) {
            return &progress->groups[i];
        }
    }
    /* the last group takes what finds no room */
    bool room = progress->group_count + 1 < SKIP_GROUPS_MAX;
    ro_skip_group *group = &progress->groups[room ? progress->group_count : SKIP_GROUPS_MAX - 1];
    progress->group_count += room || progress->group_count + 1 == SKIP_GROUPS_MAX ? 1 : 0;
    (void)snprintf(group->reason, sizeof group->reason, "%s", room ? reason : "other reasons");
    return group;
}

static void tell(ro_progress *progress, ro_skip_group *group, const char *path,
                 const ro_error *why) {
    ro_buf text = RO_BUF_INIT;
    bool example = group->count++ < SKIP_EXAMPLES;
    if (!example && !progress->verbose) {
        return;
    }
    ro_buf_printf(&text, "%s", path);
    if (why->position >= 0) {
        ro_buf_printf(&text, ":%lld", (long long)why->position);
    }
    ro_buf_printf(&text, ": %s", why->message);
    ro_buf_add_byte(&text, 0);
    if (progress->verbose && text.ptr) {
        (void)fputs(progress->terminal ? "\r\033[K" : "", stderr);
        print_escaped(text.ptr);
        (void)fputc('\n', stderr);
    }
    if (example && !progress->verbose) {
        group->examples[group->count - 1] = text.ptr;
    } else {
        ro_buf_release(&text);
    }
}

void progress_skip(void *context, const char *path, const ro_error *why) {
    tell(context, group_of(context, why), path, why);
}

void progress_note(void *context, const char *path, const ro_error *why) {
    tell(context, &((ro_progress *)context)->dates, path, why);
}

void progress_wait(void *context, const ro_error *why) {
    const ro_progress *progress = context;
    if (!progress->quiet) {
        (void)fputs("waiting: ", stderr);
        print_escaped(why->message);
        (void)fputc('\n', stderr);
    }
}

/* ---- after ------------------------------------------------------------------------------------
 */

static void print_examples(const ro_skip_group *group, uint64_t count) {
    char rest[NUMBER_TEXT];
    size_t shown = 0;
    for (; shown < SKIP_EXAMPLES && group->examples[shown]; shown++) {
        (void)fputs("  ", stderr);
        print_escaped(group->examples[shown]);
        (void)fputc('\n', stderr);
    }
    if (shown && count > shown) {
        (void)fprintf(stderr, "  and %s more\n", number(count - shown, rest));
    }
}

static void print_skipped(const ro_progress *progress) {
    char count[NUMBER_TEXT];
    for (size_t i = 0; i < progress->group_count; i++) {
        const ro_skip_group *group = &progress->groups[i];
        (void)fprintf(stderr, "skipped %s: ", number(group->count, count));
        print_escaped(group->reason);
        (void)fputc('\n', stderr);
        print_examples(group, group->count);
    }
}

static void print_dates(const ro_progress *progress, uint64_t unread) {
    char count[NUMBER_TEXT];
    if (unread) {
        (void)fprintf(stderr, "note: %s %s; added without\n", number(unread, count),
                      unread == 1 ? "date cannot be read" : "dates cannot be read");
        print_examples(&progress->dates, unread);
    }
}

static void free_examples(ro_skip_group *group) {
    for (size_t i = 0; i < SKIP_EXAMPLES; i++) {
        free(group->examples[i]);
    }
}

static void print_summary(const ro_report *report, double elapsed) {
    char n[5][NUMBER_TEXT];
    (void)fprintf(stderr, "added %s, changed %s, unchanged %s, removed %s, skipped %s",
                  number(report->added, n[0]), number(report->changed, n[1]),
                  number(report->unchanged, n[2]), number(report->removed, n[3]),
                  number(report->skipped, n[4]));
    (void)fprintf(stderr, " (%s files, %.1f MB in %.1f s)\n",
                  number(report->files + report->files_unchanged, n[0]),
                  (double)report->bytes / 1e6, elapsed);
}

static void print_summary_json(const ro_report *report, double elapsed) {
    const struct {
        const char *name;
        uint64_t count;
    } counts[] = {{"added", report->added},         {"changed", report->changed},
                  {"unchanged", report->unchanged}, {"removed", report->removed},
                  {"skipped", report->skipped},     {"unread_dates", report->unread_dates},
                  {"files", report->files},         {"files_unchanged", report->files_unchanged},
                  {"bytes", report->bytes},         {"text_bytes", report->text_bytes}};
    (void)putchar('{');
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        (void)printf("\"%s\":%llu,", counts[i].name, (unsigned long long)counts[i].count);
    }
    (void)printf("\"stopped\":%s,\"seconds\":%.3f}\n", report->stopped ? "true" : "false", elapsed);
}

void progress_end(ro_progress *progress, const ro_report *report) {
    double elapsed = seconds_since(progress->started_ns);
    if (progress->terminal && !progress->quiet) {
        (void)fputs("\r\033[K", stderr);
    }
    if (!progress->quiet && report) {
        print_skipped(progress);
        print_dates(progress, report->unread_dates);
    }
    if (report && progress->json) {
        print_summary_json(report, elapsed);
    } else if (report && !progress->quiet) {
        print_summary(report, elapsed);
    }
    for (size_t i = 0; i < SKIP_GROUPS_MAX; i++) {
        free_examples(&progress->groups[i]);
    }
    free_examples(&progress->dates);
}
