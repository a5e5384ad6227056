/* Facts as they are stored, and the documents made of them. */
#include "snapshot.h"

#include <stdlib.h>

static const struct {
    const char *name;
    char letter; /* of public ids */
} kinds[RO_KINDS] = {[RO_KIND_ARTICLES] = {"articles", 0},
                     [RO_KIND_TALKS] = {"talks", 't'},
                     [RO_KIND_PARTICIPANTS] = {"participants", 'p'},
                     [RO_KIND_OUTCOMES] = {"outcomes", 'o'},
                     [RO_KIND_STATEMENTS] = {"statements", 's'}};

const char *ro_kind_name(ro_kind kind) {
    return kinds[kind].name;
}

ro_str ro_fact_id(ro_str article_id, ro_kind kind, int index, ro_arena *arena) {
    return kind == RO_KIND_ARTICLES ? ro_arena_copy(arena, article_id)
                                    : ro_arena_printf(arena, "%.*s#%c%d", RO_STR_ARG(article_id),
                                                      kinds[kind].letter, index + 1);
}

ro_status ro_snapshot_facts(ro_snapshot *snapshot, ro_doc article, ro_arena *arena, ro_facts *out,
                            ro_error *err) {
    ro_article row;
    ro_status status = ro_snapshot_article(snapshot, article, false, arena, &row, err);
    *out = (ro_facts){.key = row.id, .published = row.published};
    return status;
}

static ro_status no_fact(ro_kind kind, ro_error *err) {
    return ro_fail(err, RO_NOT_FOUND, "no such document among the %s", ro_kind_name(kind));
}

ro_status ro_snapshot_fact(ro_snapshot *snapshot, ro_kind kind, ro_doc doc, ro_fact *out,
                           ro_error *err) {
    (void)doc;
    *out = (ro_fact){0};
    ro_status status = ro_snapshot_usable(snapshot, err);
    return status ? status : no_fact(kind, err);
}

ro_status ro_snapshot_find_fact(ro_snapshot *snapshot, ro_str id, ro_kind *kind, ro_doc *doc,
                                ro_error *err) {
    *kind = RO_KIND_ARTICLES;
    *doc = 0;
    ro_status status = ro_snapshot_usable(snapshot, err);
    return status ? status
                  : ro_fail(err, RO_NOT_FOUND, "no fact has id '%.*s'",
                            (int)(id.len < 128 ? id.len : 128), id.ptr ? id.ptr : "");
}

ro_status ro_people_by_name(ro_snapshot *snapshot, ro_str name, ro_arena *arena, ro_str **out,
                            size_t *count, ro_error *err) {
    (void)name;
    (void)arena;
    *out = NULL;
    *count = 0;
    return ro_snapshot_usable(snapshot, err);
}
