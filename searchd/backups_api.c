#include "backups_api.h"

#include "api.h"
#include "backups.h"
#include "body.h"
#include "readout/date.h"
#include "readout/utf8.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const char *const states[] = {
    [RO_BACKUP_THERE] = "there",       [RO_BACKUP_MAKING] = "making",
    [RO_BACKUP_MADE] = "made",         [RO_BACKUP_RESTORING] = "restoring",
    [RO_BACKUP_RESTORED] = "restored", [RO_BACKUP_FAILED] = "failed",
};

static json_t *number_or_null(int64_t value) {
    return value < 0 ? json_null() : json_integer(value);
}

/* Messages may be cut, and name any file. */
static json_t *text_json(ro_str text) {
    ro_buf repaired = RO_BUF_INIT;
    ro_utf8_repair(&repaired, text);
    json_t *string = repaired.failed ? NULL : json_stringn(repaired.ptr, repaired.len);
    ro_buf_release(&repaired);
    return string;
}

static json_t *backup_json(const ro_backup *backup) {
    char time[RO_TIME_TEXT];
    json_t *detail = *backup->detail ? text_json(ro_str_from(backup->detail)) : json_null();
    return json_pack("{ss,ss,so,ss?,sI,so,so}", "name", backup->name, "state",
                     states[backup->state], "detail", detail, "made",
                     backup->made ? ro_time_format(backup->made, time) : NULL, "bytes",
                     (json_int_t)backup->bytes, "articles", number_or_null(backup->articles),
                     "took_ms", number_or_null(backup->took_ms));
}

static void answer_failed(ro_searchd_job *job, ro_status status, const ro_error *err,
                          ro_where where) {
    ro_problem problem = status == RO_NOT_FOUND ? RO_PROBLEM_BACKUP
                         : status == RO_IO      ? RO_PROBLEM_INDEX
                                                : RO_PROBLEM_CONFLICT;
    bool mine = status == RO_NOT_FOUND || status == RO_INVALID || status == RO_BUSY;
    ro_problem_write(&job->response, mine ? problem : ro_problem_of_change(status, problem),
                     ro_str_from(err->message), where);
}

/* False: the daemon keeps none, and the client is told. */
static bool are_kept(const ro_admin_work *work, ro_searchd_job *job) {
    bool kept = ro_backups_kept(work->backups);
    if (!kept) {
        ro_problem_write(&job->response, RO_PROBLEM_CONFLICT,
                         RO_STR("the option 'backups' names no directory for them"), RO_WHERE_NONE);
    }
    return kept;
}

/* What was begun is asked for at its own path. */
static void answer_begun(const ro_admin_work *work, ro_searchd_job *job, ro_str name) {
    ro_error err = RO_ERROR_INIT;
    ro_backup backup;
    char location[sizeof "/v1/backups/" + RO_BACKUP_NAME_MAX];
    ro_status status = ro_backups_find(work->backups, name, &backup, &err);
    if (status != RO_OK) {
        answer_failed(job, status, &err, RO_WHERE_NONE);
        return;
    }
    ro_api_json(job, backup_json(&backup));
    job->response.status = 202;
    (void)snprintf(location, sizeof location, "/v1/backups/%.*s", RO_STR_ARG(name));
    ro_http_response_field(&job->response, "Location", ro_str_from(location));
}

/* ---- making --------------------------------------------------------------------------------- */

/* The name that the body tells, or the time. False: answered with a problem. */
static bool read_name(ro_searchd_job *job, ro_str *name) {
    ro_error err = RO_ERROR_INIT;
    ro_str member = RO_STR_NONE;
    json_t *object;
    ro_status status = ro_body_json(ro_buf_str(&job->request.body), RO_BODY_DEPTH_MAX,
                                    RO_BODY_VALUES_MAX, &object, &err);
    ro_problem problem = status == RO_OK ? RO_PROBLEM_VALUE : RO_PROBLEM_BODY;
    const json_t *value = json_object_get(object, "name");
    if (status == RO_OK &&
        (!json_is_object(object) || json_object_size(object) != (value ? 1 : 0))) {
        status = ro_fail(&err, RO_INVALID, "expected an object with a name, or without");
    } else if (status == RO_OK && value) {
        member = RO_STR("name");
        *name = ro_arena_copy(&job->arena,
                              ro_str_make(json_string_value(value), json_string_length(value)));
        if (!json_is_string(value) || !ro_backup_is_name(*name)) {
            status = ro_fail(&err, RO_INVALID,
                             "name: expected up to %d letters, digits, dots, dashes or "
                             "underscores, and no dot first",
                             RO_BACKUP_NAME_MAX);
        }
    } else if (status == RO_OK) {
        char now[RO_TIME_TEXT];
        (void)ro_time_format((int64_t)time(NULL), now);
        for (char *at = now; *at; at++) {
            *at = *at == ':' ? '-' : *at;
        }
        *name = ro_arena_copy(&job->arena, ro_str_from(now));
        status = name->ptr ? RO_OK : ro_fail_memory(&err);
    }
    json_decref(object);
    if (status != RO_OK) {
        ro_problem_write(
            &job->response, ro_problem_of_status(status, problem), ro_str_from(err.message),
            (ro_where){"body", member, problem == RO_PROBLEM_BODY ? err.position : -1});
    }
    return status == RO_OK;
}

static void make_backup(const ro_admin_work *work, ro_searchd_job *job) {
    ro_error err = RO_ERROR_INIT;
    ro_str name = RO_STR_NONE;
    if (!ro_api_takes_json(job) || !read_name(job, &name)) {
        return;
    }
    ro_status status = ro_backups_make(work->backups, name, job->index, &err);
    if (status != RO_OK) {
        answer_failed(job, status, &err, (ro_where){"body", RO_STR("name"), -1});
    } else {
        answer_begun(work, job, name);
    }
}

/* ---- handlers ------------------------------------------------------------------------------- */

static void list_backups(const ro_admin_work *work, ro_searchd_job *job) {
    ro_error err = RO_ERROR_INIT;
    ro_backup *backups;
    size_t count;
    ro_status status = ro_backups_list(work->backups, &backups, &count, &err);
    if (status != RO_OK) {
        answer_failed(job, status, &err, RO_WHERE_NONE);
        return;
    }
    json_t *list = json_array();
    for (size_t i = 0; list && i < count; i++) {
        if (json_array_append_new(list, backup_json(&backups[i])) != 0) {
            json_decref(list);
            list = NULL;
        }
    }
    free(backups);
    ro_api_json(job, list ? json_pack("{so}", "backups", list) : NULL);
}

void ro_admin_backups(const ro_admin_work *work, ro_searchd_job *job) {
    if (!ro_api_no_params(job) || !are_kept(work, job)) {
        return;
    }
    if (job->request.method == RO_HTTP_POST) {
        make_backup(work, job);
    } else {
        list_backups(work, job);
    }
}

/* False: answered with a problem. */
static bool read_path(const ro_admin_work *work, ro_searchd_job *job, ro_str *name) {
    return ro_api_no_params(job) && are_kept(work, job) && ro_api_decode(job, job->argument, name);
}

static void remove_backup(const ro_admin_work *work, ro_searchd_job *job, ro_str name) {
    ro_error err = RO_ERROR_INIT;
    ro_status status = ro_backups_remove(work->backups, name, &err);
    if (status != RO_OK) {
        answer_failed(job, status, &err, (ro_where){"path", RO_STR_NONE, -1});
        return;
    }
    ro_log_write(work->log, RO_LOG_INFO, "backup '%.*s' was removed by '%s'", RO_STR_ARG(name),
                 job->key);
    job->response.status = 204;
}

void ro_admin_backup(const ro_admin_work *work, ro_searchd_job *job) {
    ro_error err = RO_ERROR_INIT;
    ro_backup backup;
    ro_str name;
    if (!read_path(work, job, &name)) {
        return;
    }
    if (job->request.method == RO_HTTP_DELETE) {
        remove_backup(work, job, name);
        return;
    }
    ro_status status = ro_backups_find(work->backups, name, &backup, &err);
    if (status != RO_OK) {
        answer_failed(job, status, &err, (ro_where){"path", RO_STR_NONE, -1});
    } else {
        ro_api_json(job, backup_json(&backup));
    }
}

void ro_admin_restore(const ro_admin_work *work, ro_searchd_job *job) {
    ro_error err = RO_ERROR_INIT;
    ro_str name;
    if (!read_path(work, job, &name)) {
        return;
    }
    bool named = ro_backup_is_name(name);
    ro_status status = named ? ro_backups_restore(work->backups, name, job->index, job->named, &err)
                             : ro_fail(&err, RO_NOT_FOUND, "there is no backup of this name");
    if (status != RO_OK) {
        answer_failed(job, status, &err, (ro_where){"path", RO_STR_NONE, -1});
        return;
    }
    ro_log_write(work->log, RO_LOG_INFO, "backup '%.*s' is being restored for '%s'",
                 RO_STR_ARG(name), job->key);
    answer_begun(work, job, name);
}
