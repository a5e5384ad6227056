/* A look at HTML before it is parsed: gumbo walks its stack of open elements for every tag and its
 * list of attributes for every attribute, so that depth and attributes cost their square. */
#include "guard.h"

/* Elements that close others of their kind by themselves, or have no content: they do not nest. */
static const char FLAT[] =
    " area base br col embed hr img input link meta param source track wbr p li dt dd option "
    "optgroup tr td th tbody thead tfoot colgroup caption rt rp html head body ";
/* Formatting is opened again in the next block when it was not closed. */
static const char FORMATTING[] = " a b big code em font i nobr s small strike strong tt u ";
/* Their content is no markup. */
static const char RAW[] = " script style textarea title xmp iframe noembed noframes ";

#define NAME_MAX_BYTES 16
#define FORMATTING_SLOTS sizeof FORMATTING

typedef struct ro_guard {
    uint64_t open[RO_HTML_DEPTH_MAX + 1]; /* hashes of names */
    size_t depth;
    size_t formatting[FORMATTING_SLOTS]; /* open, by name */
    size_t formatting_open;
    uint64_t work; /* steps over open elements that the parser may take so far */
} ro_guard;

/* Where the name is in the set, 0 if it is not in it. */
static size_t place_in(const char *set, const char *name) {
    char word[NAME_MAX_BYTES + 3];
    (void)snprintf(word, sizeof word, " %s ", name);
    const char *at = strstr(set, word);
    return at ? (size_t)(at - set) + 1 : 0;
}

static bool in_set(const char *set, const char *name) {
    return place_in(set, name) > 0;
}

/* The tag name at `i`, in lower case; a long name is cut, no known one is. */
static size_t read_name(ro_str s, size_t i, char name[NAME_MAX_BYTES + 1]) {
    size_t len = 0;
    for (; i < s.len && !strchr(" \t\r\n\f/>", s.ptr[i]); i++) {
        if (len < NAME_MAX_BYTES) {
            char c = s.ptr[i];
            name[len++] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
        }
    }
    name[len] = 0;
    return i;
}

/* Goes to the end of the tag; counts its attributes. */
static size_t skip_attributes(ro_str s, size_t i, size_t *count) {
    *count = 0;
    bool between = true;
    while (i < s.len && s.ptr[i] != '>') {
        char c = s.ptr[i++];
        if (strchr(" \t\r\n\f/", c)) {
            between = true;
        } else if (c == '=' && i < s.len) {
            while (i < s.len && strchr(" \t\r\n\f", s.ptr[i])) {
                i++;
            }
            if (i < s.len && (s.ptr[i] == '"' || s.ptr[i] == '\'')) {
                const char *end = memchr(s.ptr + i + 1, s.ptr[i], s.len - i - 1);
                i = end ? (size_t)(end - s.ptr) + 1 : s.len;
                between = true;
            }
        } else {
            *count += between ? 1 : 0;
            between = false;
        }
    }
    return i;
}

static size_t skip_until(ro_str s, size_t i, const char *end, size_t len) {
    const char *at = i < s.len ? memmem(s.ptr + i, s.len - i, end, len) : NULL;
    return at ? (size_t)(at - s.ptr) : s.len;
}

/* The index of `</name` after `i`. */
static size_t skip_raw(ro_str s, size_t i, const char *name) {
    size_t len = strlen(name);
    for (; (i = skip_until(s, i, "</", 2)) < s.len; i += 2) {
        if (s.len - i - 2 >= len && strncasecmp(s.ptr + i + 2, name, len) == 0) {
            return i;
        }
    }
    return s.len;
}

static void close_element(ro_guard *guard, const char *name) {
    size_t formatting = place_in(FORMATTING, name);
    if (formatting > 0) {
        bool open = guard->formatting[formatting] > 0;
        guard->formatting[formatting] -= open;
        guard->formatting_open -= open;
        return;
    }
    uint64_t hash = ro_str_hash(ro_str_from(name));
    for (size_t i = guard->depth; i-- > 0;) {
        if (guard->open[i] == hash) {
            guard->depth = i;
            return;
        }
    }
}

static ro_status open_element(ro_guard *guard, const char *name, size_t attributes, ro_error *err) {
    if (attributes > RO_HTML_ATTRIBUTES_MAX) {
        return ro_fail(err, RO_LIMIT, "HTML element '%s' with more than %d attributes", name,
                       RO_HTML_ATTRIBUTES_MAX);
    }
    if (in_set(FLAT, name)) {
        return RO_OK;
    }
    size_t formatting = place_in(FORMATTING, name);
    if (formatting > 0) {
        guard->formatting[formatting]++;
        guard->formatting_open++;
    } else {
        guard->open[guard->depth++] = ro_str_hash(ro_str_from(name));
    }
    if (guard->depth + guard->formatting_open > RO_HTML_DEPTH_MAX) {
        return ro_fail(err, RO_LIMIT, "HTML nested more than %d deep", RO_HTML_DEPTH_MAX);
    }
    return RO_OK;
}

ro_status ro_html_guard(ro_str s, ro_error *err) {
    ro_guard guard = {.depth = 0};
    char name[NAME_MAX_BYTES + 1];
    if (s.len > RO_HTML_MAX) {
        return ro_fail(err, RO_LIMIT, "HTML of %zu bytes is longer than %zu", s.len, RO_HTML_MAX);
    }
    for (size_t i = 0; (i = skip_until(s, i, "<", 1)) < s.len;) {
        ro_str at = ro_str_make(s.ptr + i, s.len - i);
        bool closing = ro_str_starts_with(at, RO_STR("</"));
        if (ro_str_starts_with(at, RO_STR("<!--"))) {
            i = skip_until(s, i + 2, "-->", 3);
            continue;
        }
        i += closing ? 2 : 1;
        if (i >= s.len || (s.ptr[i] | 0x20) < 'a' || (s.ptr[i] | 0x20) > 'z') {
            continue;
        }
        guard.work += 1 + guard.depth + guard.formatting_open;
        if (guard.work > RO_HTML_WORK_MAX) {
            return ro_fail(err, RO_LIMIT, "HTML with too many tags inside too many open elements");
        }
        size_t attributes = 0;
        i = skip_attributes(s, read_name(s, i, name), &attributes);
        if (closing) {
            close_element(&guard, name);
            continue;
        }
        ro_status status = open_element(&guard, name, attributes, err);
        if (status != RO_OK) {
            return status;
        }
        if (in_set(RAW, name)) {
            i = skip_raw(s, i, name);
        }
    }
    return RO_OK;
}
