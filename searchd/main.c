/* readout-searchd: reads its options, runs the server, says why when it cannot. */
#include "check_config.h"
#include "file.h"
#include "keys_command.h"
#include "readout/option.h"
#include "server.h"

#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_CANNOT_START = 2 };

/* What the settings were read from, and what was read last. */
typedef struct run_state {
    int argc;
    char **argv;
    ro_searchd_settings settings;
    ro_options options;
} run_state;

/* What was set over HTTP, of the index that is named. */
static ro_status read_overlay(const ro_searchd_settings *settings, ro_buf *out, ro_error *err) {
    char *path = NULL;
    bool found;
    if (asprintf(&path, "%s/" RO_SETTINGS_FILE, settings->index) < 0) {
        return ro_fail_memory(err);
    }
    ro_status status = ro_file_read(path, "settings", RO_SETTINGS_MAX, out, &found, err);
    free(path);
    return status;
}

/* `overlay` NULL: that of the file. */
static ro_status add_overlay(const ro_str *overlay, ro_options *options, ro_error *err) {
    ro_buf text = RO_BUF_INIT;
    ro_status status = overlay ? RO_OK : read_overlay(options->settings, &text, err);
    ro_str lines = overlay ? *overlay : ro_buf_str(&text);
    if (status == RO_OK) {
        status = ro_searchd_settings_lines(lines, err);
    }
    if (status == RO_OK) {
        status = ro_options_overlay(&RO_SEARCHD_PROGRAM, options, RO_SETTINGS_FILE, lines, err);
    }
    ro_buf_release(&text);
    return status;
}

static ro_status read_settings(const run_state *run, const ro_str *overlay,
                               ro_searchd_settings *settings, ro_options *options, ro_error *err) {
    *options = (ro_options){0};
    ro_status status =
        ro_options_read(&RO_SEARCHD_PROGRAM, run->argc, run->argv, environ, settings, options, err);
    bool told = options->help || options->version || options->generate;
    if (status != RO_OK || told || options->command >= 0) {
        return status;
    }
    status = options->arg_count
                 ? ro_fail(err, RO_INVALID, "unexpected argument '%s'", options->args[0])
                 : add_overlay(overlay, options, err);
    return status == RO_OK ? ro_searchd_settings_check(settings, err) : status;
}

static ro_status try_settings(const void *context, const ro_str *overlay,
                              ro_searchd_settings *settings, ro_options *options, ro_error *err) {
    return read_settings(context, overlay, settings, options, err);
}

static const ro_searchd_settings *reread(void *context, ro_buf *fixed, ro_error *err) {
    run_state *run = context;
    ro_searchd_settings settings = {0};
    ro_options options;
    if (read_settings(run, NULL, &settings, &options, err) != RO_OK) {
        ro_options_release(&options);
        return NULL;
    }
    ro_searchd_settings_fixed(&run->settings, &settings, fixed);
    ro_options_release(&run->options);
    run->options = options;
    run->options.settings = &run->settings;
    run->settings = settings;
    return &run->settings;
}

/* Every connection takes a descriptor; the soft limit is often far below the hard one. */
static void raise_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
}

/* Set once, since glibc raises both with each larger block that is freed, and a reload frees some
 * of 8 MB: then such blocks come from the heaps of the threads, too, which are given back from
 * their end only, and what is free in them grows to more than what is used. */
#define MAPPED_BYTES (1 << 20) /* blocks from here on go back as soon as they are freed */
#define SPARE_BYTES (4 << 20)  /* kept at the end of a heap for the next request */

static void bound_free_memory(void) {
    (void)mallopt(M_MMAP_THRESHOLD, MAPPED_BYTES);
    (void)mallopt(M_TRIM_THRESHOLD, SPARE_BYTES);
}

static ro_status open_supervisor(ro_supervisor *supervisor, ro_error *err) {
    const ro_supervisor_words words = {.notify_socket = getenv("NOTIFY_SOCKET"),
                                       .listen_pid = getenv("LISTEN_PID"),
                                       .listen_fds = getenv("LISTEN_FDS"),
                                       .watchdog_pid = getenv("WATCHDOG_PID"),
                                       .watchdog_usec = getenv("WATCHDOG_USEC")};
    return ro_supervisor_open(supervisor, &words, err);
}

static int serve(run_state *run) {
    ro_error err = RO_ERROR_INIT;
    ro_server *server = NULL;
    ro_supervisor supervisor = {.fd = -1};
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN); /* a full disk is told by what is written */
    raise_descriptor_limit();
    bound_free_memory();
    if (open_supervisor(&supervisor, &err) != RO_OK ||
        ro_server_new(&run->settings, &supervisor, reread, try_settings, run, &server, &err) !=
            RO_OK) {
        fprintf(stderr, "readout-searchd: %s\n", err.message);
        ro_supervisor_close(&supervisor);
        return EXIT_CANNOT_START;
    }
    ro_status status = ro_server_run(server, &err);
    if (ro_server_gave_up(server)) {
        _exit(EXIT_OK); /* everything is written; the queries that run are of no use any more */
    }
    ro_server_free(server);
    ro_supervisor_close(&supervisor);
    if (status != RO_OK) {
        fprintf(stderr, "readout-searchd: %s\n", err.message);
        return EXIT_FAILED;
    }
    return EXIT_OK;
}

static int change_keys(const run_state *run) {
    ro_error err = RO_ERROR_INIT;
    ro_buf out = RO_BUF_INIT;
    ro_status status =
        ro_keys_command(&run->settings, run->options.args, run->options.arg_count, &out, &err);
    if (status != RO_OK) {
        fprintf(stderr, "readout-searchd: %s\n", err.message);
    } else if (out.len) {
        (void)fwrite(out.ptr, 1, out.len, stdout);
    }
    ro_buf_release(&out);
    return status == RO_OK ? EXIT_OK : EXIT_FAILED;
}

static int check_config(const run_state *run) {
    ro_error err = RO_ERROR_INIT;
    if (ro_check_config(&run->settings, &err) != RO_OK) {
        fprintf(stderr, "readout-searchd: %s\n", err.message);
        return EXIT_CANNOT_START;
    }
    printf("the configuration is good\n");
    return EXIT_OK;
}

static int start(run_state *run) {
    ro_error err = RO_ERROR_INIT;
    if (read_settings(run, NULL, &run->settings, &run->options, &err) != RO_OK) {
        fprintf(stderr, "readout-searchd: %s\n", err.message);
        return EXIT_CANNOT_START;
    }
    ro_buf text = RO_BUF_INIT;
    if (ro_options_tell(&RO_SEARCHD_PROGRAM, &run->options, READOUT_VERSION, &text)) {
        (void)fwrite(text.ptr, 1, text.len, stdout);
        ro_buf_release(&text);
        return EXIT_OK;
    }
    if (run->options.command >= 0) {
        return change_keys(run);
    }
    return run->settings.check_config ? check_config(run) : serve(run);
}

int main(int argc, char **argv) {
    run_state run = {.argc = argc, .argv = argv};
    int code = start(&run);
    ro_options_release(&run.options);
    return code;
}
