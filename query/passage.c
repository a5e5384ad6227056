#include "snippet.h"

#include "readout/utf8.h"

#include <ctype.h>
#include <math.h>

#define SENTENCES_MAX 64   /* in the part of the body that is divided */
#define MARGIN 600         /* bytes around the marks that are divided into sentences */
#define REPEAT_WORTH 0.05  /* what a concept adds when it stands in the window again */
#define COVERED_WORTH 0.15 /* what a concept is worth that an earlier passage shows already */
#define FRESH_WORTH 0.5    /* or shows a word that tells this share of the most telling one */
#define FURTHER_WORTH 0.4  /* a further passage has this share of the first one's worth at least */

typedef struct window {
    size_t from, until; /* marks */
    double worth;
    double fresh; /* the weight of the most telling concept that was not shown before */
} window;

typedef struct chooser {
    const ro_marker *marker;
    ro_str body;
    const ro_marks *marks;
    uint32_t width; /* bytes of a passage; marks that make one take two thirds at most, so that
                     * whole sentences have room around them */
    uint32_t *seen; /* by concept: times in the window */
    bool *covered;  /* by concept: an earlier passage shows it */
    const ro_passage *taken;
    size_t taken_count;
    ro_ticker ticker;
} chooser;

static double worth_of(const chooser *c, uint32_t concept, uint32_t times) {
    double weight = c->marker->concepts[concept].weight;
    if (times > 0) {
        return times > 3 ? 0 : weight * REPEAT_WORTH;
    }
    return c->covered[concept] ? weight * COVERED_WORTH : weight;
}

static bool is_taken(const chooser *c, const ro_mark *mark) {
    for (size_t i = 0; i < c->taken_count; i++) {
        if (mark->start < c->taken[i].end && mark->end > c->taken[i].start) {
            return true;
        }
    }
    return false;
}

/* Slides a window over the marks; the first of equal worth wins. */
static bool best_window(chooser *c, window *best) {
    memset(c->seen, 0, c->marker->concept_count * sizeof *c->seen);
    *best = (window){0, 0, 0, 0};
    double worth = 0;
    size_t from = 0;
    for (size_t until = 0; until < c->marks->count && !ro_ticker_late(&c->ticker, 1); until++) {
        const ro_mark *mark = &c->marks->items[until];
        if (is_taken(c, mark)) {
            while (from < until) {
                c->seen[c->marks->items[from++].concept]--;
            }
            from = until + 1;
            worth = 0;
            continue;
        }
        worth += worth_of(c, mark->concept, c->seen[mark->concept]++);
        while (mark->end - c->marks->items[from].start > c->width * 2 / 3 && from < until) {
            uint32_t concept = c->marks->items[from++].concept;
            worth -= worth_of(c, concept, --c->seen[concept]);
        }
        if (worth > best->worth + 1e-9) {
            *best = (window){from, until + 1, worth, 0};
        }
    }
    for (size_t i = best->from; i < best->until; i++) {
        uint32_t concept = c->marks->items[i].concept;
        double weight = c->covered[concept] ? 0 : c->marker->concepts[concept].weight;
        best->fresh = weight > best->fresh ? weight : best->fresh;
    }
    return best->until > best->from;
}

/* ---- sentences ---- */

typedef struct sentence_list {
    uint32_t base;
    uint32_t start[SENTENCES_MAX], end[SENTENCES_MAX];
    size_t count;
    bool cut_before, cut_after; /* the first or last may be a piece */
} sentence_list;

static int add_sentence(void *context, uint32_t start, uint32_t end) {
    sentence_list *list = context;
    if (list->count < SENTENCES_MAX) {
        list->start[list->count] = list->base + start;
        list->end[list->count++] = list->base + end;
    }
    return list->count == SENTENCES_MAX;
}

static bool is_continuation(char byte) {
    return ((unsigned char)byte & 0xC0) == 0x80;
}

/* Back, or on, to a character boundary. */
static uint32_t boundary(ro_str body, uint32_t at, int direction) {
    while (at > 0 && at < body.len && is_continuation(body.ptr[at])) {
        at = direction < 0 ? at - 1 : at + 1;
    }
    return at;
}

/* The nearest blank from `at` on in this direction, at most half a passage away. */
static uint32_t to_blank(ro_str body, uint32_t at, int direction, uint32_t limit) {
    uint32_t i = at;
    for (uint32_t steps = 0; i > 0 && i < body.len && steps < limit; steps++) {
        if (body.ptr[i] == ' ' || body.ptr[i] == '\n') {
            return i;
        }
        i = direction < 0 ? i - 1 : i + 1;
    }
    return i == 0 || i >= body.len ? i : boundary(body, at, direction);
}

/* The sentences from first to last, with neighbours while there is room; never with the pieces that
 * the list begins or ends with where it is a part of the body. */
static ro_passage whole_sentences(const sentence_list *list, size_t first, size_t last,
                                  uint32_t width) {
    size_t low = list->cut_before ? 1 : 0, high = list->count - (list->cut_after ? 1 : 0);
    while (last + 1 < high && list->end[last + 1] - list->start[first] <= width) {
        last++;
    }
    while (first > low && list->end[last] - list->start[first - 1] <= width) {
        first--;
    }
    return (ro_passage){list->start[first], list->end[last], first < low, last >= high};
}

/* Between two letters or digits of a script that has blanks between words. */
static bool splits_word(ro_str body, uint32_t at) {
    return at > 0 && at < body.len && isalnum((unsigned char)body.ptr[at - 1]) &&
           isalnum((unsigned char)body.ptr[at]);
}

/* A passage that is too long is cut around the marks, at blanks; its first sentence stays whole if
 * the marks are not too far in. */
static void cut_passage(ro_str body, uint32_t from, uint32_t until, uint32_t width,
                        ro_passage *passage) {
    uint32_t room = width > until - from ? width - (until - from) : 0;
    if (until - passage->start > width && from - passage->start > room / 3) {
        passage->start = to_blank(body, from - room / 3, 1, room / 3);
        if (passage->start > from || splits_word(body, passage->start)) {
            passage->start = from;
        }
        passage->cut_before = true;
    }
    uint32_t end = passage->start + width;
    end = end < until ? until : end;
    if (end < passage->end) {
        passage->end = to_blank(body, boundary(body, end, -1), -1, end - until + 1);
        if (passage->end < until || splits_word(body, passage->end)) {
            passage->end = until;
        }
        passage->cut_after = true;
    }
}

/* The passage around bytes [from, until). */
static ro_status make_passage(ro_analyser *analyser, ro_str body, uint32_t from, uint32_t until,
                              uint32_t width, ro_passage *out, ro_error *err) {
    uint32_t low = from > MARGIN ? to_blank(body, from - MARGIN, -1, MARGIN) : 0;
    uint32_t high =
        body.len - until > MARGIN ? to_blank(body, until + MARGIN, 1, MARGIN) : (uint32_t)body.len;
    sentence_list list = {.base = low, .cut_before = low > 0, .cut_after = high < body.len};
    ro_status status =
        ro_sentences(analyser, ro_str_make(body.ptr + low, high - low), add_sentence, &list, err);
    if (status != RO_OK) {
        return status;
    }
    list.cut_after |= list.count == SENTENCES_MAX;
    size_t first = 0;
    while (first + 1 < list.count && list.end[first] <= from) {
        first++;
    }
    size_t last = first;
    while (last + 1 < list.count && list.end[last] < until) {
        last++;
    }
    *out = (ro_passage){low, high, list.cut_before, list.cut_after};
    if (list.count && list.start[first] <= from && list.end[last] >= until) {
        *out = whole_sentences(&list, first, last, width);
    }
    if (out->end - out->start > width + width / 4) {
        cut_passage(body, from, until, width, out);
    }
    return RO_OK;
}

/* ---- choosing ---- */

/* Bytes of RO_PASSAGE_CHARS characters in this text. */
static uint32_t passage_width(ro_str body) {
    size_t sample = body.len < 2048 ? body.len : 2048, chars = 0;
    for (size_t i = 0; i < sample; i++) {
        chars += !is_continuation(body.ptr[i]);
    }
    return chars ? (uint32_t)(RO_PASSAGE_CHARS * sample / chars) : RO_PASSAGE_CHARS;
}

static ro_status opening(ro_analyser *analyser, ro_str body, uint32_t width, ro_passage *out,
                         size_t *count, ro_error *err) {
    uint32_t start = 0;
    while (start < body.len && (unsigned char)body.ptr[start] <= ' ') {
        start++;
    }
    if (start == body.len) {
        return RO_OK;
    }
    ro_status status =
        make_passage(analyser, body, start, boundary(body, start + 1, 1), width, out, err);
    *count = status == RO_OK;
    return status;
}

/* Passages of neighbouring windows may meet; the later one keeps what is left of it. */
static bool clip(const ro_passage *taken, size_t count, ro_passage *passage) {
    for (size_t i = 0; i < count; i++) {
        if (passage->start >= taken[i].end || passage->end <= taken[i].start) {
            continue;
        }
        if (passage->start < taken[i].start) {
            passage->end = taken[i].start;
        } else {
            passage->start = taken[i].end;
        }
        if (passage->start >= passage->end) {
            return false;
        }
    }
    return true;
}

static ro_status choose(chooser *c, ro_analyser *analyser, size_t max, ro_passage *out,
                        size_t *count, ro_error *err) {
    double first_worth = 0, telling = 0;
    window w;
    while (*count < max && best_window(c, &w)) {
        if (*count && w.fresh < telling * FRESH_WORTH && w.worth < first_worth * FURTHER_WORTH) {
            break;
        }
        first_worth = *count ? first_worth : w.worth;
        telling = w.fresh > telling ? w.fresh : telling;
        ro_passage passage;
        ro_status status = make_passage(analyser, c->body, c->marks->items[w.from].start,
                                        c->marks->items[w.until - 1].end, c->width, &passage, err);
        if (status != RO_OK) {
            return status;
        }
        if (!clip(out, *count, &passage)) {
            break;
        }
        for (size_t i = 0; i < c->marks->count; i++) {
            const ro_mark *mark = &c->marks->items[i];
            if (mark->start >= passage.start && mark->end <= passage.end) {
                c->covered[mark->concept] = true;
            }
        }
        out[(*count)++] = passage;
        c->taken_count = *count;
    }
    return RO_OK;
}

ro_status ro_passages_choose(const ro_marker *marker, ro_analyser *analyser, ro_str body,
                             const ro_marks *marks, size_t max, ro_passage *out, size_t *count,
                             ro_error *err) {
    uint32_t seen[RO_MATCH_TERMS_MAX] = {0};
    bool covered[RO_MATCH_TERMS_MAX] = {false};
    *count = 0;
    chooser c = {.marker = marker,
                 .body = body,
                 .marks = marks,
                 .width = passage_width(body),
                 .seen = seen,
                 .covered = covered,
                 .taken = out,
                 .ticker = {.deadline = marker->deadline}};
    if (max == 0) {
        return RO_OK;
    }
    ro_status status = choose(&c, analyser, max, out, count, err);
    if (status == RO_OK && c.ticker.late) {
        status = ro_fail(err, RO_DEADLINE, "the time for the query ran out");
    }
    if (status == RO_OK && *count == 0) {
        status = opening(analyser, body, c.width, out, count, err);
    }
    return status;
}
