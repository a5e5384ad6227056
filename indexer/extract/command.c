#include "command.h"

#include "merged.h"
#include "source.h"

#include "readout/charset.h"
#include "readout/parser.h"

#include <errno.h>
#include <jansson.h>
#include <unistd.h>

#define FILE_MAX ((size_t)256 << 20)
#define LEXICON_MAX ((size_t)16 << 20)
#define FLUSH_AT ((size_t)64 << 10)

typedef struct run {
    const ro_extract_options *options;
    ro_extractor *extractor;
    merged_view *merged; /* NULL when articles are printed one by one */
    int64_t published;
    int32_t published_offset;
    ro_arena arena;
    ro_buf out;
    int fd;
} run;

static ro_status flush(run *r, ro_error *err) {
    ro_status status = ro_buf_check(&r->out, err);
    for (size_t at = 0; at < r->out.len && status == RO_OK;) {
        ssize_t n = write(r->fd, r->out.ptr + at, r->out.len - at);
        if (n < 0 && errno != EINTR) {
            status = ro_fail(err, RO_IO, "cannot write the facts: %s", strerror(errno));
        }
        at += n > 0 ? (size_t)n : 0;
    }
    ro_buf_clear(&r->out);
    return status;
}

/* The facts of one article, appended; a sink of parsers. */
static ro_status put_article(void *context, const ro_article *article, ro_error *err) {
    run *r = context;
    ro_article a = *article;
    ro_facts facts;
    if (a.published == RO_TIME_NONE) {
        a.published = r->published;
        a.published_offset = r->published_offset;
    }
    ro_arena_reset(&r->arena);
    ro_status status = ro_extract(r->extractor, &a, &r->arena, &facts, err);
    if (status != RO_OK) {
        return status;
    }
    if (r->merged) {
        return merged_add(r->merged, &facts, err);
    }
    if (r->options->explain) {
        ro_facts_explain(&facts, a.body, &r->out);
    } else {
        ro_facts_write_json(&facts, a.body, &r->out);
    }
    ro_buf_add_byte(&r->out, '\n');
    return r->out.len > FLUSH_AT ? flush(r, err) : RO_OK;
}

static void skip_article(void *context, const ro_error *why) {
    (void)context;
    (void)why; /* the parser's own error is reported when nothing could be read */
}

static ro_str member(const json_t *object, const char *name) {
    const json_t *value = json_object_get(object, name);
    return json_is_string(value) ? ro_str_make(json_string_value(value), json_string_length(value))
                                 : RO_STR_NONE;
}

/* One line {"id","title","body","published"}: the body stays as it is, for the spans count it. */
static ro_status extract_line(run *r, ro_str line, int64_t number, ro_error *err) {
    json_error_t why;
    json_t *object = json_loadb(line.ptr, line.len, JSON_ALLOW_NUL, &why);
    ro_article article = {.id = member(object, "id"),
                          .title = member(object, "title"),
                          .body = member(object, "body"),
                          .published = RO_TIME_NONE};
    ro_str published = member(object, "published");
    ro_status status = RO_OK;
    if (!json_is_object(object) || !article.body.ptr) {
        status = ro_fail_at(err, RO_FORMAT, number, "line %lld is no article: %s",
                            (long long)number, object ? "no member \"body\"" : why.text);
    } else if (published.len > 0) {
        status = ro_time_parse_zone(published, &article.published, &article.published_offset, err);
    }
    if (status == RO_OK) {
        status = put_article(r, &article, err);
    }
    json_decref(object);
    return status;
}

static ro_status extract_lines(run *r, ro_source *source, ro_error *err) {
    ro_buf buf = RO_BUF_INIT;
    ro_status status = RO_OK;
    int64_t number = 0;
    while (status == RO_OK && !*r->options->stop) {
        const char *end = buf.len ? memchr(buf.ptr, '\n', buf.len) : NULL;
        if (!end && !ro_source_at_end(source)) {
            status = buf.len > RO_RECORD_MAX
                         ? ro_fail(err, RO_LIMIT, "line %lld is longer than %zu bytes",
                                   (long long)number + 1, RO_RECORD_MAX)
                         : ro_source_read(source, FLUSH_AT, &buf, err);
            continue;
        }
        size_t len = end ? (size_t)(end - buf.ptr) : buf.len;
        if (!end && len == 0) {
            break;
        }
        number++;
        ro_str line = ro_str_trim(ro_str_make(buf.ptr, len));
        status = line.len ? extract_line(r, line, number, err) : RO_OK;
        size_t step = end ? len + 1 : len;
        memmove(buf.ptr, buf.ptr + step, buf.len - step);
        buf.len -= step;
    }
    ro_buf_release(&buf);
    return status;
}

/* Plain text is one article, with its title and dateline in it. */
static ro_status extract_text(run *r, ro_str bytes, const char *path, ro_error *err) {
    ro_buf text = RO_BUF_INIT;
    char charset[RO_CHARSET_NAME_MAX];
    ro_status status = ro_charset_to_utf8(bytes, RO_STR_NONE, &text, charset, err);
    const char *slash = strrchr(path, '/');
    ro_article article = {.id = ro_str_from(slash ? slash + 1 : path),
                          .body = ro_buf_str(&text),
                          .published = RO_TIME_NONE};
    if (status == RO_OK) {
        status = put_article(r, &article, err);
    }
    ro_buf_release(&text);
    return status;
}

static ro_status read_all(const char *path, size_t max, ro_buf *out, ro_error *err) {
    ro_source *source = NULL;
    ro_status status = ro_source_open(path, &source, err);
    while (status == RO_OK && !ro_source_at_end(source)) {
        status = out->len > max ? ro_fail(err, RO_LIMIT, "larger than %zu bytes", max)
                                : ro_source_read(source, (size_t)1 << 20, out, err);
    }
    ro_source_close(source);
    return status;
}

static ro_status extract_path(run *r, const char *path, ro_error *err) {
    ro_buf bytes = RO_BUF_INIT;
    ro_status status = read_all(path, FILE_MAX, &bytes, err);
    const ro_format *format = NULL;
    if (status == RO_OK) {
        format = ro_format_find(ro_buf_str(&bytes), ro_str_from(path));
        status = format ? RO_OK : ro_fail(err, RO_FORMAT, "binary");
    }
    if (format && strcmp(format->name, "text") == 0) {
        status = extract_text(r, ro_buf_str(&bytes), path, err);
    } else if (format) {
        ro_input input = {.bytes = ro_buf_str(&bytes),
                          .path = ro_str_from(path),
                          .line = 1,
                          .language = RO_STR("en"),
                          .memory = FILE_MAX};
        ro_sink sink = {put_article, skip_article, r};
        status = format->parse(&input, &sink, err);
    }
    ro_buf_release(&bytes);
    return status;
}

static ro_status extract_file(run *r, const char *path, ro_error *err) {
    ro_error why = RO_ERROR_INIT;
    ro_status status = extract_path(r, path, &why);
    return status ? ro_fail_at(err, status, why.position, "cannot extract from '%s': %s", path,
                               why.message)
                  : RO_OK;
}

static ro_status extract_input(run *r, const char *path, ro_error *err) {
    if (strcmp(path, "-") != 0) {
        return extract_file(r, path, err);
    }
    ro_source *source = NULL;
    ro_status status = ro_source_from_fd(STDIN_FILENO, &source, err);
    if (status == RO_OK) {
        status = extract_lines(r, source, err);
    }
    ro_source_close(source);
    return status;
}

ro_status ro_extractor_open(const char *lexicon, ro_extractor **out, ro_error *err) {
    ro_buf lines = RO_BUF_INIT;
    ro_error why = RO_ERROR_INIT;
    ro_status status = RO_OK;
    *out = NULL;
    if (lexicon && *lexicon) {
        status = read_all(lexicon, LEXICON_MAX, &lines, &why);
    }
    if (status == RO_OK) {
        status = ro_extractor_new(ro_buf_str(&lines), out, &why);
    }
    ro_buf_release(&lines);
    return status ? ro_fail_at(err, status, why.position, "lexicon '%s': %s",
                               lexicon ? lexicon : "", why.message)
                  : RO_OK;
}

static ro_status start(run *r, ro_error *err) {
    const ro_extract_options *options = r->options;
    ro_status status = RO_OK;
    if (options->published && *options->published) {
        status = ro_time_parse_zone(ro_str_from(options->published), &r->published,
                                    &r->published_offset, err);
    }
    if (status == RO_OK) {
        status = ro_extractor_open(options->lexicon, &r->extractor, err);
    }
    return status == RO_OK && options->merged ? merged_new(&r->merged, err) : status;
}

ro_status ro_extract_run(const ro_extract_options *options, int out, ro_error *err) {
    run r = {.options = options,
             .published = RO_TIME_NONE,
             .arena = RO_ARENA_INIT,
             .out = RO_BUF_INIT,
             .fd = out};
    ro_status status = start(&r, err);
    for (size_t i = 0; i < options->file_count && status == RO_OK && !*options->stop; i++) {
        status = extract_input(&r, options->files[i], err);
    }
    if (status == RO_OK && r.merged) {
        status = merged_write(r.merged, &r.out, err);
    }
    if (status == RO_OK) {
        status = flush(&r, err);
    }
    merged_free(r.merged);
    ro_extractor_free(r.extractor);
    ro_arena_release(&r.arena);
    ro_buf_release(&r.out);
    return status;
}
