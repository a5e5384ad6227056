/* E-mail and mbox. */
#include "mime.h"

#include "readout/charset.h"

#include <strings.h>

typedef struct ro_mail {
    size_t memory;
    size_t parts;
    ro_buf plain, html; /* decoded text of the first part of each kind */
} ro_mail;

/* Parts headers from body at the first blank line. */
static void split_message(ro_str message, ro_str *headers, ro_str *body) {
    size_t i = 0;
    while (i < message.len) {
        const char *end = memchr(message.ptr + i, '\n', message.len - i);
        size_t next = end ? (size_t)(end - message.ptr) + 1 : message.len;
        if (ro_str_trim(ro_str_make(message.ptr + i, next - i)).len == 0) {
            *headers = ro_str_make(message.ptr, i);
            *body = ro_str_make(message.ptr + next, message.len - next);
            return;
        }
        i = next;
    }
    *headers = message;
    *body = RO_STR_NONE;
}

/* CR LF is how lines end on the wire. */
static void to_line_feeds(ro_buf *text) {
    size_t len = 0;
    for (size_t i = 0; i < text->len; i++) {
        bool pair = text->ptr[i] == '\r' && i + 1 < text->len && text->ptr[i + 1] == '\n';
        text->ptr[len] = text->ptr[i];
        len += pair ? 0 : 1;
    }
    text->len = len;
}

/* ---- parts ------------------------------------------------------------------------------------
 */

static ro_status decode_text(ro_str headers, ro_str body, ro_buf *out, ro_error *err) {
    ro_str encoding = ro_mail_header(headers, "Content-Transfer-Encoding");
    ro_str charset = ro_mail_parameter(ro_mail_header(headers, "Content-Type"), "charset");
    ro_buf bytes = RO_BUF_INIT;
    if (ro_str_equal_nocase(encoding, RO_STR("quoted-printable"))) {
        ro_quoted_printable_decode(body, false, &bytes);
    } else if (ro_str_equal_nocase(encoding, RO_STR("base64"))) {
        ro_base64_decode(body, &bytes);
    } else {
        ro_buf_add_str(&bytes, body);
    }
    ro_status status = ro_buf_check(&bytes, err);
    if (status == RO_OK && bytes.len > 0) {
        status = ro_charset_to_utf8(ro_buf_str(&bytes), charset, out, NULL, err);
        to_line_feeds(out);
    }
    ro_buf_release(&bytes);
    return status;
}

static bool is_type(ro_str type, const char *prefix) {
    size_t len = strlen(prefix);
    return type.len >= len && strncasecmp(type.ptr, prefix, len) == 0;
}

static ro_status read_leaf(ro_mail *mail, ro_str headers, ro_str body, ro_error *err) {
    ro_str type = ro_mail_header(headers, "Content-Type");
    if (is_type(ro_mail_header(headers, "Content-Disposition"), "attachment")) {
        return RO_OK;
    }
    bool html = is_type(type, "text/html");
    ro_buf *to = html ? &mail->html : &mail->plain;
    if ((!html && type.len > 0 && !is_type(type, "text/plain")) || to->len > 0) {
        return RO_OK;
    }
    return decode_text(headers, body, to, err);
}

/* The next line that is a delimiter, from `at` on; `*after` is behind it, `*last` for the closing
 * one. The length of `body` if there is none. */
static size_t find_delimiter(ro_str body, size_t at, ro_str boundary, size_t *after, bool *last) {
    while (at < body.len) {
        ro_str rest = ro_str_make(body.ptr + at, body.len - at);
        const char *end = memchr(rest.ptr, '\n', rest.len);
        size_t len = end ? (size_t)(end - rest.ptr) + 1 : rest.len;
        bool found = rest.len >= boundary.len + 2 && rest.ptr[0] == '-' && rest.ptr[1] == '-' &&
                     memcmp(rest.ptr + 2, boundary.ptr, boundary.len) == 0;
        if (found) {
            ro_str tail = ro_str_trim(ro_str_make(
                rest.ptr + boundary.len + 2, len > boundary.len + 2 ? len - boundary.len - 2 : 0));
            *last = ro_str_starts_with(tail, RO_STR("--"));
            if (*last || tail.len == 0) {
                *after = at + len;
                return at;
            }
        }
        at += len;
    }
    *after = body.len;
    *last = true;
    return body.len;
}

static ro_status read_part(ro_mail *mail, ro_str message, unsigned depth, ro_error *err);

static ro_status read_multipart(ro_mail *mail, ro_str body, ro_str boundary, unsigned depth,
                                ro_error *err) {
    size_t start = 0;
    bool last = false;
    ro_status status = RO_OK;
    (void)find_delimiter(body, 0, boundary, &start, &last);
    while (!last && status == RO_OK) {
        size_t next = 0;
        size_t end = find_delimiter(body, start, boundary, &next, &last);
        status = read_part(mail, ro_str_make(body.ptr + start, end - start), depth + 1, err);
        start = next;
    }
    return status;
}

/* Recursion is bounded by RO_MAIL_DEPTH_MAX. */
/* NOLINTNEXTLINE(misc-no-recursion) */
static ro_status read_part(ro_mail *mail, ro_str message, unsigned depth, ro_error *err) {
    ro_str headers;
    ro_str body;
    if (++mail->parts > RO_MAIL_PARTS_MAX) {
        return ro_fail(err, RO_LIMIT, "mail with more than %d parts", RO_MAIL_PARTS_MAX);
    }
    split_message(message, &headers, &body);
    ro_str type = ro_mail_header(headers, "Content-Type");
    ro_str boundary = ro_mail_parameter(type, "boundary");
    if (!is_type(type, "multipart/") || boundary.len == 0) {
        return read_leaf(mail, headers, body, err);
    }
    if (depth >= RO_MAIL_DEPTH_MAX) {
        return ro_fail(err, RO_LIMIT, "mail parts nested more than %d deep", RO_MAIL_DEPTH_MAX);
    }
    return read_multipart(mail, body, boundary, depth, err);
}

/* ---- one message ------------------------------------------------------------------------------
 */

static ro_status header_text(ro_str headers, const char *name, ro_arena *arena, ro_str *out,
                             ro_error *err) {
    ro_buf text = RO_BUF_INIT;
    *out = RO_STR_NONE;
    ro_status status = ro_mail_decode_header(ro_mail_header(headers, name), &text, err);
    if (status == RO_OK && text.len > 0) {
        *out = ro_arena_copy(arena, ro_buf_str(&text));
        status = out->ptr ? RO_OK : ro_fail_memory(err);
    }
    ro_buf_release(&text);
    return status;
}

/* "Ann Lee <ann@desk.example>" -> "Ann Lee". */
static ro_str display_name(ro_str from) {
    const char *open = from.len ? memchr(from.ptr, '<', from.len) : NULL;
    ro_str name = ro_str_trim(open ? ro_str_make(from.ptr, (size_t)(open - from.ptr)) : from);
    if (name.len > 1 && name.ptr[0] == '"' && name.ptr[name.len - 1] == '"') {
        name = ro_str_make(name.ptr + 1, name.len - 2);
    }
    return name.len && memchr(name.ptr, '@', name.len) ? RO_STR_NONE : name;
}

static ro_str without_angles(ro_str id) {
    bool angled = id.len > 2 && id.ptr[0] == '<' && id.ptr[id.len - 1] == '>';
    return angled ? ro_str_make(id.ptr + 1, id.len - 2) : id;
}

/* What follows the line "-- " is the sender's signature. */
static ro_str without_signature(ro_str body) {
    const char *mark = body.len ? memmem(body.ptr, body.len, "\n-- \n", 5) : NULL;
    return mark ? ro_str_make(body.ptr, (size_t)(mark - body.ptr)) : body;
}

static ro_status read_fields(ro_str headers, ro_arena *arena, ro_article *article, ro_error *err) {
    const struct {
        const char *name;
        ro_str *field;
    } FIELDS[] = {{"Subject", &article->title},
                  {"From", &article->byline},
                  {"Organization", &article->source},
                  {"Message-ID", &article->id},
                  {"Content-Language", &article->language},
                  {"Archived-At", &article->url}};
    for (size_t i = 0; i < sizeof FIELDS / sizeof *FIELDS; i++) {
        ro_status status = header_text(headers, FIELDS[i].name, arena, FIELDS[i].field, err);
        if (status != RO_OK) {
            return status;
        }
    }
    article->byline = display_name(article->byline);
    article->id = without_angles(article->id);
    article->url = without_angles(article->url);
    ro_published_read(ro_mail_header(headers, "Date"), article);
    return RO_OK;
}

static ro_status emit_message(const ro_input *input, const ro_sink *sink, ro_str message,
                              ro_error *err) {
    ro_mail mail = {.memory = input->memory};
    ro_arena arena = RO_ARENA_INIT;
    ro_buf text = RO_BUF_INIT;
    ro_article article = {.published = RO_TIME_NONE};
    ro_str headers;
    ro_str body;
    split_message(message, &headers, &body);
    ro_status status = read_fields(headers, &arena, &article, err);
    if (status == RO_OK) {
        status = read_part(&mail, message, 0, err);
    }
    article.body = without_signature(ro_buf_str(&mail.plain));
    if (status == RO_OK && ro_str_trim(article.body).len == 0 && mail.html.len > 0) {
        status = ro_html_to_text(ro_buf_str(&mail.html), mail.memory, &text, err);
        article.body = ro_buf_str(&text);
    }
    if (status == RO_OK) {
        status = ro_emit(input, sink, &arena, RO_BODY_LINES, &article, err);
    }
    ro_buf_release(&text);
    ro_buf_release(&mail.plain);
    ro_buf_release(&mail.html);
    ro_arena_release(&arena);
    return status;
}

ro_status ro_parse_mail(const ro_input *input, const ro_sink *sink, ro_error *err) {
    return emit_message(input, sink, input->bytes, err);
}

/* ---- mbox -------------------------------------------------------------------------------------
 */

/* The message without the ">" that keep its "From " lines from ending it (mboxrd). */
static void unquote_from(ro_str message, ro_buf *out) {
    for (size_t i = 0; i < message.len;) {
        const char *end = memchr(message.ptr + i, '\n', message.len - i);
        size_t next = end ? (size_t)(end - message.ptr) + 1 : message.len;
        size_t marks = 0;
        while (i + marks < next && message.ptr[i + marks] == '>') {
            marks++;
        }
        ro_str line = ro_str_make(message.ptr + i + marks, next - i - marks);
        size_t from = marks > 0 && ro_str_starts_with(line, RO_STR("From ")) ? i + 1 : i;
        ro_buf_add(out, message.ptr + from, next - from);
        i = next;
    }
}

/* Bytes of the first message: up to the next "From " line that follows a blank one. */
static size_t message_length(ro_str s) {
    for (size_t i = 1; i + 5 < s.len; i++) {
        const char *at = memmem(s.ptr + i, s.len - i, "\nFrom ", 6);
        if (!at) {
            break;
        }
        i = (size_t)(at - s.ptr);
        bool blank =
            s.ptr[i - 1] == '\n' || (i > 1 && s.ptr[i - 1] == '\r' && s.ptr[i - 2] == '\n');
        if (blank) {
            return i + 1;
        }
    }
    return s.len;
}

ro_status ro_parse_mbox(const ro_input *input, const ro_sink *sink, ro_error *err) {
    ro_status status = RO_OK;
    ro_str rest = input->bytes;
    int64_t line = input->line;
    ro_buf message = RO_BUF_INIT;
    while (rest.len > 0 && status == RO_OK) {
        ro_error fault = RO_ERROR_INIT;
        size_t len = message_length(rest);
        ro_str one = ro_str_make(rest.ptr, len);
        const char *end = memchr(one.ptr, '\n', one.len);
        if (ro_str_starts_with(one, RO_STR("From ")) && end) {
            one = ro_str_make(end + 1, one.len - (size_t)(end + 1 - one.ptr));
        }
        ro_buf_clear(&message);
        unquote_from(one, &message);
        status = ro_buf_check(&message, &fault);
        if (status == RO_OK && ro_str_trim(one).len > 0) {
            status = emit_message(input, sink, ro_buf_str(&message), &fault);
        }
        status = ro_skip_record(sink, status, &fault, line, err);
        line += ro_count_lines(ro_str_make(rest.ptr, len));
        rest = ro_str_make(rest.ptr + len, rest.len - len);
    }
    ro_buf_release(&message);
    return status;
}
