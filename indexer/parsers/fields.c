/* The fields of an article under the names that sources give them: own names, IPTC ninjs,
 * schema.org, JSON Feed, front matter of Markdown. */
#include "common.h"

#include <stddef.h>

/* In order of preference: the first that has a value is taken. */
static const char *const ID[] = {"id", "uri", "@id", "guid", "_id", "uuid", NULL};
static const char *const TITLE[] = {"title", "headline", "headlines", "name", NULL};
static const char *const URL[] = {
    "url", "link", "canonical_url", "permalink", "source_url", "mainEntityOfPage", "uri", NULL};
static const char *const SOURCE[] = {"source",   "publisher",       "publication", "site_name",
                                     "provider", "copyrightholder", "outlet",      NULL};
static const char *const BYLINE[] = {"byline", "author", "authors", "creator", "infosources", NULL};
static const char *const LANGUAGE[] = {"lang", "language", "inLanguage", "locale", NULL};
static const char *const CREDIT[] = {"credit", "creditline", "creditText", NULL};
static const char *const PHOTO[] = {"photo_credit", "image", "photo", NULL};
static const char *const PUBLISHED[] = {
    "published",     "published_at",   "publishedAt",      "published_time", "published_on",
    "datePublished", "date_published", "pubDate",          "pubdate",        "date",
    "firstcreated",  "firstCreated",   "versioncreated",   "versionCreated", "dateCreated",
    "created_at",    "timestamp",      "publication_date", "pub_date",       NULL};
static const char *const BODY[] = {"body",     "articleBody",      "body_text",   "content",
                                   "text",     "content_text",     "body_html",   "content_html",
                                   "bodytext", "bodies",           "description", "summary",
                                   "abstract", "description_text", NULL};

static const struct {
    const char *const *names;
    size_t offset;
} STRINGS[] = {
    {ID, offsetof(ro_article, id)},         {TITLE, offsetof(ro_article, title)},
    {URL, offsetof(ro_article, url)},       {SOURCE, offsetof(ro_article, source)},
    {BYLINE, offsetof(ro_article, byline)}, {LANGUAGE, offsetof(ro_article, language)},
    {CREDIT, offsetof(ro_article, credit)},
};

static ro_str text_of(const json_t *value) {
    return json_is_string(value) ? ro_str_make(json_string_value(value), json_string_length(value))
                                 : RO_STR_NONE;
}

/* The member that names an object: a person, an organisation, a headline with its role. */
static ro_str name_in(const json_t *object) {
    static const char *const NAMES[] = {"name", "value", "title", "text", "@value", "url", "@id"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        ro_str s = text_of(json_object_get(object, NAMES[i]));
        if (s.len > 0) {
            return s;
        }
    }
    return RO_STR_NONE;
}

json_t *ro_graph_new(const json_t *array) {
    json_t *graph = json_object();
    size_t i = 0;
    json_t *item = NULL;
    json_array_foreach(array, i, item) {
        const char *id = json_string_value(json_object_get(item, "@id"));
        if (id && json_object_get(item, "name") && !json_object_get(graph, id) &&
            json_object_set(graph, id, item) != 0) {
            json_decref(graph);
            return NULL;
        }
    }
    return graph;
}

/* {"@id": "#org"} points to the object of the graph that has the rest. */
static const json_t *resolve(const json_t *object, const json_t *graph) {
    const char *id = json_string_value(json_object_get(object, "@id"));
    const json_t *named =
        id && !json_object_get(object, "name") ? json_object_get(graph, id) : NULL;
    return named ? named : object;
}

static ro_str scalar(const json_t *value, const json_t *graph, ro_arena *arena) {
    if (json_is_object(value)) {
        return name_in(resolve(value, graph));
    }
    if (json_is_integer(value)) {
        return ro_arena_printf(arena, "%lld", (long long)json_integer_value(value));
    }
    return text_of(value);
}

/* A value as one string; the names of an array are joined: "Ann Lee, Bo Ek". */
static ro_str flat(const json_t *value, const json_t *graph, ro_arena *arena, bool join) {
    if (!json_is_array(value)) {
        return scalar(value, graph, arena);
    }
    ro_str all = RO_STR_NONE;
    size_t i = 0;
    const json_t *item = NULL;
    json_array_foreach(value, i, item) {
        ro_str s = ro_str_trim(scalar(item, graph, arena));
        if (s.len == 0) {
            continue;
        }
        all =
            all.len == 0 ? s : ro_arena_printf(arena, "%.*s, %.*s", RO_STR_ARG(all), RO_STR_ARG(s));
        if (!join || all.len > RO_ARTICLE_FIELD_MAX) {
            break;
        }
    }
    return all;
}

static ro_str first_of(const json_t *object, const char *const *names, const json_t *graph,
                       ro_arena *arena, bool join) {
    for (; *names; names++) {
        ro_str s = flat(json_object_get(object, *names), graph, arena, join);
        if (ro_str_trim(s).len > 0) {
            return s;
        }
    }
    return RO_STR_NONE;
}

/* Epoch numbers count seconds, or milliseconds where seconds would lie beyond the year 5000. */
static bool read_time(const json_t *value, int64_t *seconds, int32_t *offset) {
    if (json_is_integer(value)) {
        int64_t n = json_integer_value(value);
        *seconds = n > 100000000000 || n < -100000000000 ? n / 1000 : n;
        return true;
    }
    ro_str s = ro_str_trim(text_of(value));
    return s.len > 0 && ro_time_parse_zone(s, seconds, offset, NULL) == RO_OK;
}

static void read_published(const json_t *object, ro_arena *arena, ro_article *article) {
    ro_str unread = RO_STR_NONE;
    for (const char *const *name = PUBLISHED; *name; name++) {
        const json_t *value = json_object_get(object, *name);
        if (read_time(value, &article->published, &article->published_offset)) {
            return;
        }
        ro_str stated = ro_str_trim(text_of(value));
        unread = unread.len ? unread : stated;
    }
    article->published = RO_TIME_NONE;
    article->unread_date = unread.len ? ro_arena_copy(arena, unread) : RO_STR_NONE;
}

/* {"creditText"} or {"credit"} of the first image that has one. */
static ro_str photo_credit_of(const json_t *object) {
    for (const char *const *name = PHOTO; *name; name++) {
        const json_t *value = json_object_get(object, *name);
        value = json_is_array(value) ? json_array_get(value, 0) : value;
        ro_str s = strcmp(*name, "photo_credit") == 0 ? text_of(value) : RO_STR_NONE;
        s = s.len ? s : text_of(json_object_get(value, "creditText"));
        s = s.len ? s : text_of(json_object_get(value, "credit"));
        if (s.len > 0) {
            return s;
        }
    }
    return RO_STR_NONE;
}

static ro_str body_of(const json_t *object, ro_arena *arena, bool *html) {
    for (const char *const *name = BODY; *name; name++) {
        const json_t *value = json_object_get(object, *name);
        value = json_is_array(value) ? json_array_get(value, 0) : value;
        ro_str s = scalar(value, NULL, arena);
        if (s.len > 0) {
            *html = strstr(*name, "html") || ro_looks_like_html(s);
            return s;
        }
    }
    *html = false;
    return RO_STR_NONE;
}

bool ro_is_schema_article(const json_t *object) {
    const json_t *type = json_object_get(object, "@type");
    type = json_is_array(type) ? json_array_get(type, 0) : type;
    ro_str s = text_of(type);
    return s.len > 0 && (memmem(s.ptr, s.len, "Article", 7) || memmem(s.ptr, s.len, "Posting", 7) ||
                         ro_str_equal(s, RO_STR("Report")));
}

void ro_fields_read(const json_t *object, const json_t *graph, ro_arena *arena, ro_article *article,
                    bool *html) {
    *article = (ro_article){.published = RO_TIME_NONE};
    read_published(object, arena, article);
    for (size_t i = 0; i < sizeof STRINGS / sizeof *STRINGS; i++) {
        bool join = STRINGS[i].names == BYLINE;
        ro_str *field = (ro_str *)(void *)((char *)article + STRINGS[i].offset);
        *field = first_of(object, STRINGS[i].names, graph, arena, join);
    }
    article->photo_credit = photo_credit_of(object);
    const json_t *dateline = json_object_get(object, "dateline");
    if (json_is_object(dateline)) {
        article->dateline.place = text_of(json_object_get(dateline, "place"));
        article->dateline.country = text_of(json_object_get(dateline, "country"));
        article->dateline.agency = text_of(json_object_get(dateline, "agency"));
    }
    article->body = body_of(object, arena, html);
}

ro_status ro_fields_article(const json_t *value, const json_t *graph, const ro_input *input,
                            ro_arena *arena, ro_article *out, ro_error *err) {
    bool html = false;
    ro_fields_read(value, graph, arena, out, &html);
    if (html) {
        ro_buf text = RO_BUF_INIT;
        ro_status status = ro_html_to_text(out->body, input->memory, &text, err);
        out->body = status == RO_OK ? ro_arena_copy(arena, ro_buf_str(&text)) : RO_STR_NONE;
        ro_buf_release(&text);
        if (status != RO_OK) {
            return status;
        }
        if (!out->body.ptr) {
            return ro_fail_memory(err);
        }
    }
    return ro_article_finish(input, arena, RO_BODY_GIVEN, out, err);
}
