#include "common.h"

#include "layout.h"
#include "readout/charset.h"
#include "readout/utf8.h"

#define TITLE_CUT 110 /* bytes of a title made from the first words of the body */

ro_status ro_input_utf8(const ro_input *input, ro_str declared, ro_buf *buf, ro_str *text,
                        ro_error *err) {
    ro_status status = ro_charset_to_utf8(
        input->bytes, input->charset.len ? input->charset : declared, buf, NULL, err);
    *text = buf->len ? ro_buf_str(buf) : RO_STR("");
    return status;
}

bool ro_is_record_fault(ro_status status) {
    return status == RO_FORMAT || status == RO_LIMIT || status == RO_INVALID;
}

ro_status ro_skip_record(const ro_sink *sink, ro_status status, const ro_error *fault, int64_t line,
                         ro_error *err) {
    if (status == RO_OK) {
        return RO_OK;
    }
    if (!ro_is_record_fault(status)) {
        return ro_fail_at(err, status, fault->position, "%s", fault->message);
    }
    ro_error why = *fault;
    why.position = line;
    sink->skip(sink->context, &why);
    return RO_OK;
}

int64_t ro_count_lines(ro_str s) {
    int64_t lines = 0;
    for (const char *at = s.ptr, *end = s.ptr + s.len;
         at < end && (at = memchr(at, '\n', (size_t)(end - at))) != NULL; at++) {
        lines++;
    }
    return lines;
}

/* Bytes of white space at `s`: ASCII, no-break space, line and paragraph separators. */
static size_t space_length(ro_str s) {
    static const char *const SPACES[] = {"\xC2\xA0", "\xE2\x80\xA8", "\xE2\x80\xA9", "\xE2\x80\xAF",
                                         "\xE3\x80\x80"};
    unsigned char c = (unsigned char)s.ptr[0];
    if (c == ' ' || (c >= '\t' && c <= '\r') || c == 0) {
        return 1;
    }
    for (size_t i = 0; c > 0x7F && i < sizeof SPACES / sizeof *SPACES; i++) {
        ro_str space = ro_str_from(SPACES[i]);
        if (ro_str_starts_with(s, space)) {
            return space.len;
        }
    }
    return 0;
}

ro_str ro_single_line(ro_arena *arena, ro_str s) {
    s = ro_str_trim(s);
    bool plain = true;
    for (size_t i = 0; i < s.len && plain; i++) {
        size_t space = space_length(ro_str_make(s.ptr + i, s.len - i));
        plain = space == 0 || (s.ptr[i] == ' ' && s.ptr[i + 1] != ' ');
    }
    if (plain) {
        return s;
    }
    char *to = ro_arena_alloc(arena, s.len + 1);
    size_t len = 0;
    bool gap = false;
    for (size_t i = 0; to && i < s.len;) {
        size_t space = space_length(ro_str_make(s.ptr + i, s.len - i));
        if (space > 0) {
            gap = len > 0;
            i += space;
            continue;
        }
        if (gap) {
            to[len++] = ' ';
            gap = false;
        }
        to[len++] = s.ptr[i++];
    }
    return ro_str_make(to, to ? len : 0);
}

/* One line of well-formed UTF-8, cut to the cap. */
static ro_str field(ro_arena *arena, ro_str s) {
    s = ro_utf8_prefix(ro_single_line(arena, s), RO_ARTICLE_FIELD_MAX);
    if (ro_utf8_valid(s)) {
        return s;
    }
    ro_buf repaired = RO_BUF_INIT;
    ro_utf8_repair(&repaired, s);
    s = ro_utf8_prefix(ro_arena_copy(arena, ro_buf_str(&repaired)), RO_ARTICLE_FIELD_MAX);
    ro_buf_release(&repaired);
    return s;
}

/* "en-GB" -> "en"; what is no language code -> the default. */
static ro_str language_code(ro_arena *arena, ro_str given, ro_str otherwise) {
    given = ro_str_trim(given);
    size_t len = 0;
    while (len < given.len && ((given.ptr[len] | 0x20) >= 'a' && (given.ptr[len] | 0x20) <= 'z')) {
        len++;
    }
    bool ended = len == given.len || given.ptr[len] == '-' || given.ptr[len] == '_';
    char *code = len == 2 && ended ? ro_arena_alloc(arena, 3) : NULL;
    if (!code) {
        return otherwise;
    }
    code[0] = (char)(given.ptr[0] | 0x20);
    code[1] = (char)(given.ptr[1] | 0x20);
    return ro_str_make(code, 2);
}

static bool is_absolute_url(ro_str s) {
    return ro_str_starts_with(s, RO_STR("http://")) || ro_str_starts_with(s, RO_STR("https://"));
}

/* The agency of the dateline stands in for a publisher that is not named, else the host of the URL.
 */
static ro_str source_of(ro_str agency, ro_str url) {
    if (agency.len > 0 && !ro_str_equal_nocase(agency, RO_STR("Agencies"))) {
        return agency;
    }

    const char *host = url.len ? memmem(url.ptr, url.len, "://", 3) : NULL;
    if (!host) {
        return RO_STR_NONE;
    }
    ro_str rest = ro_str_make(host + 3, url.len - (size_t)(host + 3 - url.ptr));
    if (ro_str_starts_with(rest, RO_STR("www."))) {
        rest = ro_str_make(rest.ptr + 4, rest.len - 4);
    }
    size_t len = 0;
    while (len < rest.len && !strchr("/:?#@", rest.ptr[len])) {
        len++;
    }
    return ro_str_make(rest.ptr, len);
}

/* The first words of the story. */
static ro_str title_of_body(ro_arena *arena, ro_str body) {
    ro_dateline dateline;
    int64_t when = RO_TIME_NONE;
    if (body.len == 0) {
        return RO_STR_NONE;
    }
    size_t skip = ro_dateline_read(body, &dateline, &when);
    body = ro_str_trim(ro_str_make(body.ptr + skip, body.len - skip));
    ro_str line = ro_str_trim(ro_str_cut(&body, '\n'));
    if (line.len <= TITLE_CUT) {
        return line;
    }
    ro_str cut = ro_utf8_prefix(line, TITLE_CUT);
    const char *space = memrchr(cut.ptr, ' ', cut.len);
    cut = space ? ro_str_trim(ro_str_make(cut.ptr, (size_t)(space - cut.ptr))) : cut;
    return ro_arena_printf(arena, "%.*s\xE2\x80\xA6", RO_STR_ARG(cut));
}

/* NUL stands in no text; a JSON string may hold one as an escape. */
static ro_str without_nul(ro_arena *arena, ro_str s) {
    if (s.len == 0 || !memchr(s.ptr, 0, s.len)) {
        return s;
    }
    char *copy = ro_arena_alloc(arena, s.len + 1);
    for (size_t i = 0; copy && i < s.len; i++) {
        copy[i] = s.ptr[i] ? s.ptr[i] : ' ';
    }
    return ro_str_make(copy, copy ? s.len : 0);
}

static ro_str either(ro_str given, ro_str found) {
    return given.len ? given : found;
}

static void apply_layout(ro_body kind, ro_article *a) {
    ro_layout found;
    ro_layout_read(a->body, kind == RO_BODY_TEXT && a->title.len == 0, &found);
    a->title = either(a->title, found.title);
    a->byline = either(a->byline, found.byline);
    a->credit = either(a->credit, found.credit);
    a->photo_credit = either(a->photo_credit, found.photo_credit);
    if (a->published == RO_TIME_NONE) {
        a->published = found.published;
        a->published_offset = found.published_offset;
    }
    if (a->dateline.place.len == 0) {
        a->dateline = found.dateline;
    }
    if (kind != RO_BODY_GIVEN) {
        a->body = found.body;
    }
}

void ro_published_read(ro_str stated, ro_article *a) {
    a->published = RO_TIME_NONE;
    if (ro_time_parse_zone(stated, &a->published, &a->published_offset, NULL) != RO_OK) {
        a->published = RO_TIME_NONE;
        a->unread_date = ro_str_trim(stated);
    }
}

static ro_str without_by(ro_str byline) {
    byline = ro_str_trim(byline);
    bool by = byline.len > 3 && ro_str_equal_nocase(ro_str_make(byline.ptr, 3), RO_STR("by "));
    return by ? ro_str_make(byline.ptr + 3, byline.len - 3) : byline;
}

ro_status ro_article_finish(const ro_input *input, ro_arena *arena, ro_body kind, ro_article *a,
                            ro_error *err) {
    if (a->body.len > RO_ARTICLE_BODY_MAX) {
        return ro_fail(err, RO_LIMIT, "body of %zu bytes is longer than %d", a->body.len,
                       RO_ARTICLE_BODY_MAX);
    }
    if (a->id.len > RO_ARTICLE_ID_MAX) {
        return ro_fail(err, RO_LIMIT, "id of %zu bytes is longer than %d", a->id.len,
                       RO_ARTICLE_ID_MAX);
    }
    a->body = without_nul(arena, a->body);
    apply_layout(kind, a);
    a->unread_date = a->published == RO_TIME_NONE ? field(arena, a->unread_date) : RO_STR_NONE;
    a->title = field(arena, a->title);
    if (ro_str_trim(a->body).len == 0 && a->title.len == 0) {
        return ro_fail(err, RO_FORMAT, "no text in it");
    }
    a->title = a->title.len ? a->title : field(arena, title_of_body(arena, a->body));
    a->url = field(arena, a->url);
    a->url = is_absolute_url(a->url) ? a->url : is_absolute_url(a->id) ? a->id : RO_STR_NONE;
    a->source = field(arena, either(a->source, source_of(a->dateline.agency, a->url)));
    a->byline = field(arena, without_by(a->byline));
    a->credit = field(arena, a->credit);
    a->photo_credit = field(arena, a->photo_credit);
    a->dateline.place = field(arena, a->dateline.place);
    a->dateline.country = field(arena, a->dateline.country);
    a->dateline.agency = field(arena, a->dateline.agency);
    a->language = language_code(arena, a->language, input->language);
    a->origin = input->path;
    a->id = field(arena, either(a->id, a->url));
    if (a->id.len > 0 && a->id.len <= RO_ARTICLE_ID_MAX) {
        return RO_OK;
    }
    a->id = RO_STR_NONE;
    return ro_article_key(a, arena, &a->id, err);
}

ro_status ro_emit(const ro_input *input, const ro_sink *sink, ro_arena *arena, ro_body kind,
                  ro_article *article, ro_error *err) {
    ro_status status = ro_article_finish(input, arena, kind, article, err);
    return status == RO_OK ? sink->put(sink->context, article, err) : status;
}
