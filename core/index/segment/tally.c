#include "tally.h"

#include "flat.h"

/* ---- making --------------------------------------------------------------------------------- */

static size_t count_words(const ro_plan_node *node) {
    size_t count = node->kind == RO_MATCH_TERM ? 1 + node->exact : 0;
    for (size_t i = 0; node->kind == RO_MATCH_ANY_OF && i < node->child_count; i++) {
        count += count_words(&node->children[i]);
    }
    return count;
}

static bool add_term(ro_finder *finder, uint32_t term, unsigned fields, ro_tally *tally) {
    const ro_leaf_search *search = finder->search;
    for (size_t i = 0; i < tally->count; i++) {
        ro_tally_word *known = tally->words[i];
        if (known->lane.term == term && known->lane.fields == fields) {
            known->times++;
            return true;
        }
    }
    if (!finder->lookup.lists[term].df) {
        return true;
    }
    ro_tally_word *word = ro_arena_alloc(finder->arena, sizeof *word);
    if (word) {
        ro_lane_open(&word->lane, search->segment, finder->lookup.lists[term], search->scorer,
                     finder->table, fields, 0, false);
        word->lane.term = term;
        word->times = 1;
        tally->words[tally->count++] = word;
    }
    return word != NULL;
}

/* An exact word occurs no more often than its form and the word that equals it together. */
static bool add_terms(ro_finder *finder, const ro_plan_node *node, ro_tally *tally) {
    bool added = true;
    if (node->kind == RO_MATCH_TERM) {
        added = add_term(finder, node->term, node->fields, tally) &&
                (!node->exact || add_term(finder, node->form, node->fields, tally));
    }
    for (size_t i = 0; added && node->kind == RO_MATCH_ANY_OF && i < node->child_count; i++) {
        added = add_terms(finder, &node->children[i], tally);
    }
    return added;
}

ro_tally *ro_tally_make(ro_finder *finder, const ro_plan_node *node) {
    ro_tally *tally = ro_arena_alloc(finder->arena, sizeof *tally);
    if (tally) {
        tally->words = (ro_tally_word **)ro_arena_alloc_array(finder->arena, count_words(node),
                                                              sizeof(void *));
    }
    return tally && tally->words && add_terms(finder, node, tally) ? tally : NULL;
}

uint32_t ro_tally_cost(const ro_tally *tally) {
    uint64_t sum = 0;
    for (size_t i = 0; i < tally->count; i++) {
        sum += tally->words[i]->lane.cursor.df;
    }
    return sum < UINT32_MAX ? (uint32_t)sum : UINT32_MAX;
}

/* ---- what documents get --------------------------------------------------------------------- */

float ro_tally_most(const ro_tally *tally) {
    float sum = 0;
    for (size_t i = 0; i < tally->count; i++) {
        sum += tally->words[i]->times * tally->words[i]->lane.most;
    }
    return sum;
}

/* What words bring to documents that are not added up yet. */
static float bound_ahead(ro_tally *tally, uint32_t from, uint32_t to) {
    float sum = 0;
    for (size_t i = 0; i < tally->count; i++) {
        sum += tally->words[i]->times * ro_lane_bound(&tally->words[i]->lane, from, to);
    }
    return sum;
}

float ro_tally_bound(ro_tally *tally, uint32_t from, uint32_t to) {
    float most = 0;
    from = from < tally->from ? tally->from : from;
    for (; from < tally->until && from <= to; from++) {
        float sum = tally->sums[from - tally->from];
        most = sum > most ? sum : most;
    }
    float ahead = from <= to ? bound_ahead(tally, from, to) : 0;
    return ahead > most ? ahead : most;
}

static void add_word(ro_tally *tally, ro_tally_word *word) {
    float scores[RO_PACK_RUN];
    uint32_t place;
    uint32_t some;
    ro_flat_pass(&word->lane, tally->from);
    while ((some = ro_flat_piece(&word->lane, tally->until - 1, &place)) > 0) {
        ro_lane_scores(&word->lane, place, place + some, scores);
        for (uint32_t i = place; i < place + some; i++) {
            uint32_t at = word->lane.cursor.docs[i] - tally->from;
            tally->sums[at] += word->times * scores[i];
            tally->seen[at / 64] |= UINT64_C(1) << (at % 64);
        }
    }
}

/* Adds up from the first document on that may have one of the words; false: there is none. */
static bool fill(ro_tally *tally, uint32_t target) {
    uint32_t from = RO_NO_DOC;
    for (size_t i = 0; i < tally->count; i++) {
        uint32_t next = tally->words[i]->lane.next;
        next = next < target ? target : next;
        from = next < from ? next : from;
    }
    if (from == RO_NO_DOC) {
        return false;
    }
    tally->from = from;
    tally->until = from + RO_WINDOW;
    memset(tally->sums, 0, sizeof tally->sums);
    memset(tally->seen, 0, sizeof tally->seen);
    for (size_t i = 0; i < tally->count; i++) {
        add_word(tally, tally->words[i]);
    }
    return true;
}

static uint32_t next_seen(const ro_tally *tally, uint32_t target) {
    uint32_t at = target - tally->from;
    uint64_t bits = tally->seen[at / 64] & UINT64_MAX << (at % 64);
    for (uint32_t word = at / 64;; bits = tally->seen[word]) {
        if (bits) {
            return tally->from + word * 64 + (uint32_t)__builtin_ctzll(bits);
        }
        if (++word == RO_WINDOW / 64) {
            return RO_NO_DOC;
        }
    }
}

uint32_t ro_tally_advance(ro_tally *tally, uint32_t target) {
    uint32_t doc = RO_NO_DOC;
    while (doc == RO_NO_DOC && (target < tally->until || fill(tally, target))) {
        doc = next_seen(tally, target < tally->from ? tally->from : target);
        target = doc == RO_NO_DOC ? tally->until : doc;
    }
    return doc;
}

float ro_tally_x(const ro_tally *tally, uint32_t doc) {
    return tally->sums[doc - tally->from];
}
