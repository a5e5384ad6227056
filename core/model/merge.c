#include "readout/merge.h"

#include <openssl/evp.h>
#include <stdlib.h>

#define REASONS_BACK 64 /* members before one that are looked at for its reason */

ro_status ro_merge_key(ro_str article_id, uint8_t out[RO_MERGE_KEY], ro_error *err) {
    unsigned char digest[EVP_MAX_MD_SIZE]; /* its start is kept in files */
    memset(out, 0, RO_MERGE_KEY);
    if (EVP_Digest(article_id.ptr, article_id.len, digest, NULL, EVP_sha256(), NULL) != 1) {
        return ro_fail_memory(err);
    }
    memcpy(out, digest, RO_MERGE_KEY);
    return RO_OK;
}

size_t ro_merge_blocks(ro_merge_kind kind, const ro_sketch *sketch,
                       uint64_t out[RO_SKETCH_BLOCKS]) {
    size_t count =
        kind == RO_MERGE_TALKS ? ro_talk_blocks(sketch, out) : ro_outcome_blocks(sketch, out);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        /* no block holds records of both kinds */
        uint64_t block = (out[i] & ~(uint64_t)1) | (uint64_t)kind;
        size_t k = 0;
        while (k < kept && out[k] != block) {
            k++;
        }
        out[k] = block;
        kept += k == kept;
    }
    return kept;
}

unsigned ro_merge_same(ro_merge_kind kind, const ro_sketch *a, const ro_sketch *b,
                       unsigned *conflicts) {
    return kind == RO_MERGE_TALKS ? ro_talk_same(a, b, conflicts)
                                  : ro_outcome_same(a, b, conflicts);
}

int ro_merge_compare(const ro_merge_item *a, const ro_merge_item *b) {
    if (a->sketch.day != b->sketch.day) {
        return a->sketch.day < b->sketch.day ? -1 : 1;
    }
    int order = memcmp(a->key, b->key, RO_MERGE_KEY);
    return order ? order : (a->number > b->number) - (a->number < b->number);
}

/* ---- talks and outcomes ---------------------------------------------------------------------- */

typedef struct entry {
    uint64_t block;
    const ro_merge_item *item;
    uint32_t at;
} entry;

static int compare_entries(const void *a, const void *b) {
    const entry *ea = a;
    const entry *eb = b;
    if (ea->block != eb->block) {
        return ea->block < eb->block ? -1 : 1;
    }
    return ro_merge_compare(ea->item, eb->item);
}

static uint32_t root_of(ro_same_link *links, uint32_t i) {
    while (links[i].group != i) {
        links[i].group = links[links[i].group].group;
        i = links[i].group;
    }
    return i;
}

/* The first by ro_merge_compare stands for the group. */
static void join(const ro_merge_item *items, ro_same_link *links, uint32_t a, uint32_t b) {
    a = root_of(links, a);
    b = root_of(links, b);
    bool a_first = ro_merge_compare(&items[a], &items[b]) < 0;
    if (a != b) {
        links[a_first ? b : a].group = a_first ? a : b;
    }
}

static void join_window(ro_merge_kind kind, const ro_merge_item *items, const entry *entries,
                        size_t count, ro_same_link *links) {
    for (size_t i = 0; i < count; i++) {
        for (size_t k = i + 1; k < count && k <= i + RO_MERGE_WINDOW; k++) {
            if (entries[k].block != entries[i].block) {
                break;
            }
            if (ro_merge_same(kind, &entries[i].item->sketch, &entries[k].item->sketch, NULL)) {
                join(items, links, entries[i].at, entries[k].at);
            }
        }
    }
}

ro_status ro_merge_groups(ro_merge_kind kind, const ro_merge_item *items, size_t count,
                          ro_same_link *out, ro_error *err) {
    entry *entries = calloc(count * RO_SKETCH_BLOCKS + 1, sizeof *entries);
    if (!entries) {
        return ro_fail_memory(err);
    }
    size_t n = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t blocks[RO_SKETCH_BLOCKS];
        size_t block_count = ro_merge_blocks(kind, &items[i].sketch, blocks);
        for (size_t k = 0; k < block_count; k++) {
            entries[n++] = (entry){blocks[k], &items[i], i};
        }
        out[i] = (ro_same_link){.group = i, .to = i};
    }
    qsort(entries, n, sizeof *entries, compare_entries);
    join_window(kind, items, entries, n, out);
    free(entries);
    for (uint32_t i = 0; i < count; i++) {
        out[i].group = root_of(out, i);
    }
    return RO_OK;
}

/* The first member before `i` that it is the same as; else the first after it. */
static uint32_t partner_of(ro_merge_kind kind, const ro_merge_item *members, size_t count,
                           uint32_t i) {
    for (uint32_t k = i > REASONS_BACK ? i - REASONS_BACK : 0; k < i; k++) {
        if (ro_merge_same(kind, &members[k].sketch, &members[i].sketch, NULL)) {
            return k;
        }
    }
    for (uint32_t k = i + 1; i > 0 && k < count && k <= i + REASONS_BACK; k++) {
        if (ro_merge_same(kind, &members[k].sketch, &members[i].sketch, NULL)) {
            return k;
        }
    }
    return i;
}

void ro_merge_reasons(ro_merge_kind kind, const ro_merge_item *members, size_t count,
                      ro_same_link *out) {
    for (uint32_t i = 0; i < count; i++) {
        uint32_t to = partner_of(kind, members, count, i);
        out[i] = (ro_same_link){.group = 0, .to = to};
        if (to != i) {
            out[i].why =
                ro_merge_same(kind, &members[to].sketch, &members[i].sketch, &out[i].conflicts);
        }
    }
}

/* ---- people ---------------------------------------------------------------------------------- */

typedef struct placed {
    char block[RO_NAME_FOLD_MAX + 1];
    const ro_person_form *form;
    uint32_t at;
} placed;

static int compare_placed(const void *a, const void *b) {
    const placed *pa = a;
    const placed *pb = b;
    int order = strcmp(pa->block, pb->block);
    return order ? order : ro_person_compare(pa->form, pb->form);
}

/* One block of sorted forms; those that are repeated follow the first. */
static ro_status group_block(const placed *list, size_t count, ro_same_link *out, ro_error *err) {
    ro_person_form *forms = calloc(count, sizeof *forms);
    ro_same_link *links = calloc(count, sizeof *links);
    size_t *first = calloc(count, sizeof *first); /* of each form, in the list */
    uint8_t *weights = calloc(count, sizeof *weights);
    size_t n = 0;
    ro_status status = forms && links && first && weights ? RO_OK : ro_fail_memory(err);
    for (size_t i = 0; i < count && !status; i++) {
        if (i == 0 || ro_person_compare(list[i].form, list[i - 1].form) != 0) {
            first[n] = i;
            forms[n++] = *list[i].form;
        }
        weights[n - 1] = (uint8_t)ro_person_weight((int64_t)(i + 1 - first[n - 1]));
    }
    status = status ? status : ro_forms_group(forms, weights, n, links, err);
    for (size_t k = 0; k < n && !status; k++) {
        size_t end = k + 1 < n ? first[k + 1] : count;
        for (size_t i = first[k]; i < end; i++) {
            ro_same_link *link = &out[list[i].at];
            *link = links[k];
            link->group = list[first[links[k].group]].at;
            link->to = list[first[links[k].to]].at;
            if (i > first[k]) {
                link->to = list[first[k]].at;
                link->conflicts = 0;
                link->why = RO_SAME_NAME | (forms[k].side.code[0] ? RO_SAME_SIDE : 0U) |
                            (forms[k].office.len ? RO_SAME_OFFICE : 0U);
            }
        }
    }
    free(forms);
    free(links);
    free(first);
    free(weights);
    return status;
}

ro_status ro_merge_people(const ro_person_form *forms, size_t count, ro_same_link *out,
                          ro_error *err) {
    placed *list = calloc(count + 1, sizeof *list);
    ro_status status = list ? RO_OK : ro_fail_memory(err);
    for (uint32_t i = 0; i < count && list; i++) {
        list[i].form = &forms[i];
        list[i].at = i;
        (void)ro_person_block(&forms[i], list[i].block);
    }
    if (list) {
        qsort(list, count, sizeof *list, compare_placed);
    }
    for (size_t i = 0, end; i < count && !status; i = end) {
        end = i + 1;
        while (end < count && strcmp(list[end].block, list[i].block) == 0) {
            end++;
        }
        status = group_block(list + i, end - i, out, err);
    }
    free(list);
    return status;
}
