#include "search.h"

#define MORE_PART 8 /* hits fetched beyond those wanted: one in so many, and a few */
#define MORE_FEW 4

/* ---- one page ------------------------------------------------------------------------------- */

/* Groups that were met, by open addressing; 0: free. */
typedef struct met {
    int64_t *slots;
    size_t size; /* a power of two, half of it free at least */
} met;

static bool meet(met *m, int64_t group) {
    size_t at = (size_t)((uint64_t)group * 0x9E3779B97F4A7C15ULL >> 32) & (m->size - 1);
    while (m->slots[at] && m->slots[at] != group) {
        at = (at + 1) & (m->size - 1);
    }
    bool new = !m->slots[at];
    m->slots[at] = group;
    return new;
}

/* An article's group is in memory, and how many are in it is looked up for those that stay. */
static ro_status name_group(ro_snapshot *snapshot, const ro_groups *groups, ro_kind kind,
                            ro_hit *hit, ro_error *err) {
    ro_retold retold;
    if (kind == RO_KIND_ARTICLES) {
        hit->group = ro_merge_map_group(&groups->map, hit->doc);
        return RO_OK;
    }
    ro_status status = ro_snapshot_retold(snapshot, hit->doc, &retold, err);
    hit->group = retold.count ? retold.docs[0] : 0;
    hit->articles = 0;
    for (size_t i = 0; i < retold.count; i++) { /* an article may repeat itself */
        bool again = false;
        for (size_t j = 0; j < i; j++) {
            again |= retold.articles[j] == retold.articles[i];
        }
        hit->articles += !again;
    }
    return status;
}

/* Keeps the first hit of each group. */
static ro_status keep_first(ro_snapshot *snapshot, const ro_groups *groups, ro_kind kind,
                            ro_found *found, ro_arena *arena, ro_error *err) {
    met m = {.size = 16};
    while (m.size < found->hit_count * 2) {
        m.size *= 2;
    }
    m.slots = ro_arena_alloc_array(arena, m.size, sizeof *m.slots);
    if (!m.slots) {
        return ro_fail_memory(err);
    }
    size_t kept = 0;
    ro_status status = RO_OK;
    for (size_t i = 0; i < found->hit_count && !status; i++) {
        ro_hit *hit = &found->hits[i];
        status = name_group(snapshot, groups, kind, hit, err);
        if (!status && (!hit->group || meet(&m, hit->group))) {
            found->hits[kept++] = *hit;
        }
    }
    found->hit_count = kept;
    return status;
}

/* ---- later pages ---------------------------------------------------------------------------- */

static ro_status list_group(ro_snapshot *snapshot, ro_kind kind, const ro_hit *hit, ro_arena *arena,
                            ro_doc **docs, size_t *count, ro_error *err) {
    ro_retold *retold = ro_arena_alloc(arena, sizeof *retold);
    *docs = NULL;
    *count = 0;
    if (kind == RO_KIND_ARTICLES || !retold) {
        return retold ? ro_snapshot_copies(snapshot, hit->group, SIZE_MAX, arena, docs, count, err)
                      : ro_fail_memory(err);
    }
    ro_status status = ro_snapshot_retold(snapshot, hit->doc, retold, err);
    *docs = retold->docs;
    *count = retold->count;
    return status;
}

/* Whether another of the group stands on a page before. */
static ro_status was_before(ro_snapshot *snapshot, const ro_search *search, const ro_hit *hit,
                            ro_arena *arena, bool *out, ro_error *err) {
    ro_doc *docs;
    size_t count;
    *out = false;
    ro_status status = list_group(snapshot, search->kind, hit, arena, &docs, &count, err);
    for (size_t i = 0; i < count && !status && !*out; i++) {
        ro_hit other;
        bool matched;
        if (docs[i] == hit->doc) {
            continue;
        }
        status = ro_search_one(snapshot, search, docs[i], &other, &matched, err);
        *out = !status && matched && !ro_hit_before(search->sort, search->after, &other);
    }
    return status;
}

static ro_status drop_told(ro_snapshot *snapshot, const ro_search *search, ro_found *found,
                           ro_arena *arena, ro_error *err) {
    size_t kept = 0;
    ro_status status = RO_OK;
    for (size_t i = 0; i < found->hit_count && !status; i++) {
        bool before;
        status = was_before(snapshot, search, &found->hits[i], arena, &before, err);
        if (!status && !before) {
            found->hits[kept++] = found->hits[i];
        }
    }
    found->hit_count = kept;
    return status;
}

ro_status ro_snapshot_has_copies(ro_snapshot *snapshot, bool *out, ro_error *err) {
    ro_groups *groups;
    ro_status status = ro_snapshot_groups(snapshot, RO_KIND_ARTICLES, &groups, err);
    *out = !status && !ro_merge_map_is_empty(&groups->map);
    return status;
}

/* ---- the search ----------------------------------------------------------------------------- */

static ro_status count_copies(ro_snapshot *snapshot, const ro_groups *groups, ro_kind kind,
                              ro_found *found, ro_error *err) {
    ro_status status = RO_OK;
    for (size_t i = 0; kind == RO_KIND_ARTICLES && i < found->hit_count && !status; i++) {
        ro_hit *hit = &found->hits[i];
        hit->articles = 1;
        if (ro_merge_map_has(&groups->map, hit->group)) {
            status =
                ro_merge_articles(snapshot->db, RO_KIND_ARTICLES, hit->group, &hit->articles, err);
        }
    }
    return status;
}

/* Takes some more hits than are wanted, and all of them again where that was not enough. */
ro_status ro_search_without_copies(ro_snapshot *snapshot, const ro_search *search, ro_arena *arena,
                                   ro_found *out, ro_error *err) {
    ro_search wider = *search;
    ro_groups *groups;
    ro_found first;
    bool all = false;
    ro_status status = ro_snapshot_groups(snapshot, RO_KIND_ARTICLES, &groups, err);
    if (status || ro_merge_map_is_empty(&groups->map)) {
        return status ? status : ro_search_all(snapshot, search, arena, out, err);
    }
    wider.k += search->k / MORE_PART + MORE_FEW;
    for (bool again = false; !status && !all; again = true) {
        status = ro_search_all(snapshot, &wider, arena, out, err);
        if (!again) {
            first = *out;
        }
        all = out->hit_count < wider.k;
        status = status ? status : keep_first(snapshot, groups, search->kind, out, arena, err);
        if (!status && search->after) {
            status = drop_told(snapshot, search, out, arena, err);
        }
        all = all || out->hit_count >= search->k;
        wider.k *= 2;
        wider.facets = 0;
    }
    if (status) {
        *out = (ro_found){0};
        return status;
    }
    first.hits = out->hits;
    first.hit_count = out->hit_count < search->k ? out->hit_count : search->k;
    *out = first;
    return count_copies(snapshot, groups, search->kind, out, err);
}
