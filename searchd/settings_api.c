#include "settings_api.h"

#include "api.h"
#include "body.h"
#include "file.h"
#include "readout/utf8.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#define NAME_SHOWN 100 /* bytes of an unknown name that are repeated in the answer */
#define DEPTH_MAX 3

/* All settings, read for one request. */
typedef struct trial {
    ro_searchd_settings settings;
    ro_options options;
} trial;

/* ---- telling -------------------------------------------------------------------------------- */

static json_t *list_json(const ro_str_list *list) {
    json_t *array = json_array();
    for (size_t i = 0; array && i < list->count; i++) {
        (void)json_array_append_new(array, json_string(list->items[i]));
    }
    return array;
}

/* Numbers, switches and lists as such, all else as one would type it; null: none. */
static json_t *value_json(const ro_option *option, const void *settings) {
    const char *at = (const char *)settings + option->offset;
    ro_buf text = RO_BUF_INIT;
    json_t *value = NULL;
    switch (option->type) {
    case RO_OPTION_FLAG:
        return json_boolean(*(const bool *)at);
    case RO_OPTION_INT:
        return json_integer(*(const int64_t *)(const void *)at);
    case RO_OPTION_REAL:
        return json_real(*(const double *)(const void *)at + 0.0); /* -0 is 0 */
    case RO_OPTION_LIST:
        return list_json((const ro_str_list *)(const void *)at);
    default:
        ro_option_print(option, settings, &text);
        value = text.len ? json_stringn(text.ptr, text.len) : json_null();
        ro_buf_release(&text);
        return value;
    }
}

static json_t *settings_json(const trial *t) {
    static const char *const sources[] = {[RO_SOURCE_NONE] = "default",
                                          [RO_SOURCE_COMMAND_LINE] = "command line",
                                          [RO_SOURCE_ENVIRONMENT] = "environment",
                                          [RO_SOURCE_OVERLAY] = "api",
                                          [RO_SOURCE_FILE] = "file",
                                          [RO_SOURCE_DEFAULT] = "default"};
    json_t *all = json_object();
    const ro_option *options = RO_SEARCHD_PROGRAM.options;
    for (size_t i = 0; all && options[i].name; i++) {
        if (options[i].commands || strcmp(options[i].name, "check-config") == 0) {
            continue;
        }
        json_t *one =
            json_pack("{so,ss,sb,ss}", "value", value_json(&options[i], &t->settings), "source",
                      sources[t->options.sources[i]], "changeable",
                      ro_searchd_settings_changeable(&options[i]), "help", options[i].help);
        if (!one || json_object_set_new(all, options[i].name, one) != 0) {
            json_decref(all);
            all = NULL;
        }
    }
    return all ? json_pack("{so}", "settings", all) : NULL;
}

static void answer_failed(ro_searchd_job *job, ro_status status, const ro_error *err) {
    ro_problem_write(&job->response, ro_problem_of_change(status, RO_PROBLEM_SETTINGS),
                     ro_str_from(err->message), RO_WHERE_NONE);
}

/* ---- one member as lines -------------------------------------------------------------------- */

static bool is_line(const json_t *string) {
    for (size_t i = 0; i < json_string_length(string); i++) {
        if ((unsigned char)json_string_value(string)[i] < ' ') {
            return false;
        }
    }
    return true;
}

/* False: not a value of this type. Whether it is a good one is seen when it is read. */
static bool write_value(const ro_option *option, const json_t *value, ro_buf *lines) {
    bool switches = option->choices && strcmp(option->choices, "on|off") == 0;
    const char *yes = switches ? "on" : "yes", *no = switches ? "off" : "no";
    ro_buf_printf(lines, "%s = ", option->name);
    if (json_is_boolean(value)) {
        ro_buf_add_str(lines, ro_str_from(json_is_true(value) ? yes : no));
    } else if (json_is_integer(value)) {
        ro_buf_printf(lines, "%lld", (long long)json_integer_value(value));
    } else if (json_is_real(value)) {
        ro_buf_printf(lines, "%.17g", json_real_value(value) + 0.0); /* -0 is 0 */
    } else if (json_is_string(value) && is_line(value)) {
        ro_buf_add(lines, json_string_value(value), json_string_length(value));
    } else {
        return false;
    }
    ro_buf_add_byte(lines, '\n');
    return true;
}

static bool is_repeated(const json_t *array, size_t at) {
    size_t i = 0;
    while (i < at && !json_equal(json_array_get(array, i), json_array_get(array, at))) {
        i++;
    }
    return i < at;
}

static bool write_lines(const ro_option *option, const json_t *value, ro_buf *lines) {
    bool good = json_is_null(value) || option->type != RO_OPTION_LIST || json_is_array(value);
    if (json_is_null(value)) { /* what holds without it */
        return true;
    }
    if (option->type != RO_OPTION_LIST) {
        return write_value(option, value, lines);
    }
    for (size_t i = 0; good && i < json_array_size(value); i++) {
        const json_t *item = json_array_get(value, i);
        good = json_is_string(item) && (is_repeated(value, i) || write_value(option, item, lines));
    }
    return good && json_array_size(value) > 0;
}

/* The lines of the file without those of options that are members of the object. */
static void keep_others(ro_str lines, const json_t *object, ro_buf *out) {
    for (ro_settings_line line = {.rest = lines}; ro_settings_line_next(&line);) {
        if (line.text.len && !(line.option && json_object_get(object, line.option->name))) {
            ro_buf_add_str(out, line.text);
            ro_buf_add_byte(out, '\n');
        }
    }
}

/* ---- changing ------------------------------------------------------------------------------- */

typedef struct change {
    const ro_admin_work *work;
    ro_searchd_job *job;
    json_t *object;
    ro_str old; /* lines of the file */
    ro_problem problem;
    ro_str member; /* that is at fault */
} change;

static ro_status try_lines(const change *c, ro_str lines, trial *t, ro_error *err) {
    ro_status status = c->work->try(c->work->context, &lines, &t->settings, &t->options, err);
    if (status != RO_OK) {
        ro_options_release(&t->options);
    }
    return status;
}

/* Which of them can be changed, as the daemon was started. */
static ro_status check_members(change *c, const trial *now, ro_error *err) {
    const char *name;
    json_t *value;
    json_object_foreach(c->object, name, value) {
        const ro_option *option = ro_option_find(&RO_SEARCHD_PROGRAM, ro_str_from(name));
        c->member = ro_utf8_prefix(ro_str_from(name), NAME_SHOWN);
        c->problem = RO_PROBLEM_VALUE;
        if (!option || option->commands) {
            return ro_fail(err, RO_INVALID, "there is no setting '%.*s'", RO_STR_ARG(c->member));
        }
        c->problem = RO_PROBLEM_CONFLICT;
        ro_option_source source = now->options.sources[option - RO_SEARCHD_PROGRAM.options];
        if (!ro_searchd_settings_changeable(option)) {
            return ro_fail(err, RO_INVALID, "'%s' is settled where the daemon is started", name);
        }
        if (source == RO_SOURCE_COMMAND_LINE || source == RO_SOURCE_ENVIRONMENT) {
            return ro_fail(err, RO_INVALID, "'%s' is set %s, which goes before this", name,
                           source == RO_SOURCE_COMMAND_LINE ? "on the command line"
                                                            : "in the environment");
        }
    }
    c->problem = RO_PROBLEM_VALUE;
    return RO_OK;
}

/* The member that is wrong by itself; none where they only do not go together. */
static void find_fault(change *c, ro_error *err) {
    const char *name;
    json_t *value;
    json_object_foreach(c->object, name, value) {
        ro_buf lines = RO_BUF_INIT;
        ro_error fault = RO_ERROR_INIT;
        trial t;
        keep_others(c->old, c->object, &lines);
        const ro_option *option = ro_option_find(&RO_SEARCHD_PROGRAM, ro_str_from(name));
        bool written = write_lines(option, value, &lines);
        bool good =
            written && !lines.failed && try_lines(c, ro_buf_str(&lines), &t, &fault) == RO_OK;
        if (good) {
            ro_options_release(&t.options);
        }
        ro_buf_release(&lines);
        if (!good) {
            c->member = ro_str_from(name);
            *err = fault;
            return;
        }
    }
}

/* With less of these nobody could reach the daemon to take the change back. The command line and
 * the configuration file may set them as low as they go. */
static const struct {
    const char *name, *text;
    int64_t least;
} floors[] = {
    {"max-body", "4k", 4096},
    {"max-bodies", "4k", 4096},
    {"max-header", "4k", 4096},
    {"max-headers", "16", 16},
    {"header-timeout", "100ms", 100},
    {"body-timeout", "100ms", 100},
    {"write-timeout", "100ms", 100},
    {"idle-timeout", "100ms", 100},
    {"deadline", "100ms", 100},
    {"max-connections", "4", 4},
    {"max-connections-per-address", "2", 2},
};

static ro_status check_floors(change *c, const trial *t, ro_error *err) {
    for (size_t i = 0; i < sizeof floors / sizeof *floors; i++) {
        const ro_option *option = ro_option_find(&RO_SEARCHD_PROGRAM, ro_str_from(floors[i].name));
        const json_t *value = json_object_get(c->object, floors[i].name);
        int64_t now = INT64_MAX;
        if (option && value && !json_is_null(value)) {
            memcpy(&now, (const char *)&t->settings + option->offset, sizeof now);
        }
        if (now < floors[i].least) {
            c->member = ro_str_from(floors[i].name);
            return ro_fail(err, RO_INVALID, "%s: expected %s at least", floors[i].name,
                           floors[i].text);
        }
    }
    return RO_OK;
}

static ro_status make_lines(change *c, ro_buf *lines, ro_error *err) {
    const char *name;
    json_t *value;
    keep_others(c->old, c->object, lines);
    json_object_foreach(c->object, name, value) {
        const ro_option *option = ro_option_find(&RO_SEARCHD_PROGRAM, ro_str_from(name));
        if (!write_lines(option, value, lines)) {
            c->member = ro_str_from(name);
            return ro_fail(err, RO_INVALID, "%s: expected %s", name,
                           option->type == RO_OPTION_LIST
                               ? "an array of strings, or null for none of its own"
                               : "a string, number or boolean, or null for none of its own");
        }
    }
    return ro_buf_check(lines, err);
}

/* Tries what would be, and only then writes it. */
static ro_status put_lines(change *c, const char *path, trial *t, ro_error *err) {
    ro_buf lines = RO_BUF_INIT;
    ro_status status = make_lines(c, &lines, err);
    if (status == RO_OK) {
        status = try_lines(c, ro_buf_str(&lines), t, err);
        if (status == RO_INVALID) {
            find_fault(c, err);
        }
    }
    if (status == RO_OK) {
        status = check_floors(c, t, err);
        if (status != RO_OK) {
            ro_options_release(&t->options);
        }
    }
    if (status == RO_OK) {
        c->problem = RO_PROBLEM_SETTINGS;
        status = ro_file_replace(path, "settings", ro_buf_str(&lines), 0644, err);
        if (status != RO_OK) {
            ro_options_release(&t->options);
        }
    }
    ro_buf_release(&lines);
    return status;
}

/* `t` is as it is now, and then as it will be; released when it fails. */
static ro_status make_change(change *c, trial *t, ro_error *err) {
    char *path = NULL;
    int lock = -1;
    bool found;
    ro_buf old = RO_BUF_INIT;
    ro_status status = check_members(c, t, err);
    if (status == RO_OK && asprintf(&path, "%s/" RO_SETTINGS_FILE, t->settings.index) < 0) {
        path = NULL;
        status = ro_fail_memory(err);
    }
    ro_options_release(&t->options);
    if (status == RO_OK) {
        status = ro_file_lock(path, c->job->deadline, &lock, err);
    }
    if (status == RO_OK) {
        status = ro_file_read(path, "settings", RO_SETTINGS_MAX, &old, &found, err);
    }
    if (status == RO_OK) {
        c->member = RO_STR_NONE;
        c->old = ro_buf_str(&old);
        status = put_lines(c, path, t, err);
    }
    ro_file_unlock(lock);
    ro_buf_release(&old);
    free(path);
    return status;
}

static void patch_settings(const ro_admin_work *work, ro_searchd_job *job) {
    ro_error err = RO_ERROR_INIT;
    change c = {.work = work, .job = job, .problem = RO_PROBLEM_BODY};
    trial t = {0};
    if (!ro_api_takes_json(job)) {
        return;
    }
    ro_status status = ro_body_json(ro_buf_str(&job->request.body), DEPTH_MAX, RO_BODY_VALUES_MAX,
                                    &c.object, &err);
    if (status == RO_OK && !json_is_object(c.object)) {
        c.problem = RO_PROBLEM_VALUE;
        status = ro_fail(&err, RO_INVALID, "expected an object of settings");
    }
    if (status == RO_OK) {
        status = work->try(work->context, NULL, &t.settings, &t.options, &err);
        if (status != RO_OK) {
            ro_options_release(&t.options);
            c.problem = RO_PROBLEM_SETTINGS;
        } else {
            status = make_change(&c, &t, &err);
        }
    }
    if (status == RO_OK) {
        job->changed |= RO_CHANGED_SETTINGS;
        ro_log_write(work->log, RO_LOG_INFO, "settings were changed by '%s'", job->key);
        ro_api_json(job, settings_json(&t));
        ro_options_release(&t.options);
    } else {
        ro_problem_write(
            &job->response, ro_problem_of_change(status, c.problem), ro_str_from(err.message),
            (ro_where){"body", c.member, c.problem == RO_PROBLEM_BODY ? err.position : -1});
    }
    json_decref(c.object);
}

void ro_admin_settings_all(const ro_admin_work *work, ro_searchd_job *job) {
    ro_error err = RO_ERROR_INIT;
    trial t = {0};
    if (!ro_api_no_params(job)) {
        return;
    }
    if (job->request.method == RO_HTTP_PATCH) {
        patch_settings(work, job);
        return;
    }
    ro_status status = work->try(work->context, NULL, &t.settings, &t.options, &err);
    if (status != RO_OK) {
        answer_failed(job, status, &err);
    } else {
        ro_api_json(job, settings_json(&t));
    }
    ro_options_release(&t.options);
}
