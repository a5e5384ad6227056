/* core/model: which talks and which outcomes of different articles are one. */
#include "readout/same.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define DAY INT64_C(86400)

/* A talk in short: "US,RU|2025-02-18|Riyadh,SA|Marco Rubio/US,Sergey Lavrov/RU|topic,topic|held";
 * empty parts are not known. */
typedef struct short_talk {
    const char *text;
    int64_t published; /* day, -1 unknown */
} short_talk;

static ro_arena arena;

static ro_str take(ro_str *rest, char mark) {
    const char *end = rest->len ? memchr(rest->ptr, mark, rest->len) : NULL;
    ro_str part = ro_str_make(rest->ptr, end ? (size_t)(end - rest->ptr) : rest->len);
    size_t step = part.len + (end ? 1 : 0);
    *rest = ro_str_make(rest->ptr + step, rest->len - step);
    return part;
}

static ro_side side_of(ro_str code) {
    ro_side side = {""};
    memcpy(side.code, code.ptr, code.len < 4 ? code.len : 4);
    return side;
}

static ro_talk_status status_of(ro_str name) {
    for (int i = 0; i <= RO_TALK_CANCELLED; i++) {
        if (ro_str_equal(name, ro_str_from(ro_talk_status_name((ro_talk_status)i)))) {
            return (ro_talk_status)i;
        }
    }
    return RO_TALK_HELD;
}

static ro_sketch talk_of(short_talk from) {
    ro_str rest = ro_str_from(from.text);
    ro_str sides = take(&rest, '|');
    ro_talk talk = {.date = take(&rest, '|')};
    ro_str place = take(&rest, '|');
    ro_str people = take(&rest, '|');
    ro_str topics = take(&rest, '|');
    ro_person list[8];
    ro_participation parts[8];
    ro_str topic_list[8];
    ro_facts facts = {.talks = &talk, .talk_count = 1, .people = list, .participations = parts};
    talk.status = status_of(rest);
    talk.date_basis = talk.date.len ? RO_BASIS_STATED : RO_BASIS_NONE;
    talk.topics = topic_list;
    while (sides.len) {
        talk.sides[talk.side_count++] = side_of(take(&sides, ','));
    }
    talk.city = take(&place, ',');
    talk.country = talk.host = side_of(place);
    while (people.len) {
        ro_str one = take(&people, ',');
        ro_person person = {.name = take(&one, '/')};
        person.side = side_of(one);
        parts[facts.participation_count] =
            (ro_participation){.talk = 0, .person = (int)facts.person_count, .side = person.side};
        list[facts.person_count++] = person;
        facts.participation_count++;
    }
    while (topics.len) {
        topic_list[talk.topic_count++] = take(&topics, ',');
    }
    ro_sketch sketch;
    ro_talk_sketch(&facts, 0, from.published < 0 ? RO_TIME_NONE : from.published * DAY, &sketch);
    return sketch;
}

static bool share_block(const ro_sketch *a, const ro_sketch *b,
                        size_t (*blocks)(const ro_sketch *, uint64_t *)) {
    uint64_t of_a[RO_SKETCH_BLOCKS];
    uint64_t of_b[RO_SKETCH_BLOCKS];
    size_t na = blocks(a, of_a);
    size_t nb = blocks(b, of_b);
    assert_true(na <= RO_SKETCH_BLOCKS && nb <= RO_SKETCH_BLOCKS);
    for (size_t i = 0; i < na; i++) {
        for (size_t k = 0; k < nb; k++) {
            if (of_a[i] == of_b[k]) {
                return true;
            }
        }
    }
    return false;
}

#define RIYADH                                                                                     \
    "RU,US||Riyadh,SA|Marco Rubio/US,Sergey Lavrov/RU,Mike Waltz/US|Ukraine,sanctions|held"

static void talks_of_one_event_are_the_same(void **state) {
    (void)state;
    static const struct {
        short_talk a, b;
        bool same;
    } cases[] = {
        {{RIYADH, 100}, {RIYADH, 101}, true},
        {{RIYADH, 100}, {RIYADH, 103}, true},
        {{RIYADH, 100}, {RIYADH, 104}, false},
        {{RIYADH, -1}, {RIYADH, -1}, true},
        {{RIYADH, -1}, {RIYADH, 100}, false},
        {{RIYADH, -1}, {"RU,US||Riyadh,SA|Marco Rubio/US|Ukraine,sanctions|held", -1}, false},
        {{RIYADH, 100}, {"RU,US||Riyadh,SA|S. Lavrov/RU,M. Rubio/US||ongoing", 100}, true},
        {{RIYADH, 100}, {"RU,US||Riyadh,SA||Ukraine,sanctions|held", 101}, true},
        {{RIYADH, 100}, {"RU,US||Riyadh,SA||Ukraine,grain|held", 101}, false},
        {{RIYADH, 100}, {"RU,US||Jeddah,SA|Marco Rubio/US,Sergey Lavrov/RU||held", 100}, false},
        {{RIYADH, 100}, {"RU,US||,TR|Marco Rubio/US,Sergey Lavrov/RU||held", 100}, false},
        {{RIYADH, 100}, {"UA,US||Riyadh,SA|Marco Rubio/US|Ukraine,sanctions|held", 100}, false},
        {{RIYADH, 100}, {"RU,SA,US||Riyadh,SA|Marco Rubio/US,Sergey Lavrov/RU||held", 100}, true},
        {{RIYADH, 100}, {"US|||Marco Rubio/US,Sergey Lavrov/RU||held", 100}, true},
        {{RIYADH, 100}, {"RU,US||Riyadh,SA|Marco Rubio/US,Sergey Lavrov/RU||planned", 100}, false},
        {{"IL,US|||Joe Biden,Benjamin Netanyahu/IL||held", 7},
         {"IL,US|||Jake Sullivan/US,Benjamin Netanyahu/IL||held", 7},
         false},
        {{"IL,US|||Joe Biden,Benjamin Netanyahu/IL||held", 7},
         {"IL,US|||Biden/US,Netanyahu/IL||held", 7},
         true},
        {{"IL,US|2023-10-08||Joe Biden,Benjamin Netanyahu/IL||held", 19638},
         {"IL,US|2023-10-10||Joe Biden,Benjamin Netanyahu/IL||held", 19640},
         false},
        {{"IL,US|2023-10-08||Joe Biden,Benjamin Netanyahu/IL||held", 19638},
         {"IL,US|||Joe Biden,Benjamin Netanyahu/IL||held", 19639},
         true},
        {{"IL,US|2023-10-08||Joe Biden,Benjamin Netanyahu/IL||held", 19638},
         {"IL,US|||Joe Biden,Benjamin Netanyahu/IL||held", 19640},
         false},
        {{"IL,US|2023-10-08||Joe Biden,Benjamin Netanyahu/IL||held", 19638},
         {"IL,US|2023-10-09||Joe Biden,Benjamin Netanyahu/IL||held", 19639},
         false},
        {{"IL,US|2023-10-08||Joe Biden,Benjamin Netanyahu/IL||held", 19638},
         {"IL,US|2023-10-08||Joe Biden,Benjamin Netanyahu/IL||planned", 19637},
         true},
        {{"|||||held", 7}, {"|||||held", 7}, false},
        {{"FR|||||held", 7}, {"FR|||||held", 7}, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ro_sketch a = talk_of(cases[i].a);
        ro_sketch b = talk_of(cases[i].b);
        unsigned conflicts;
        bool same = ro_talk_same(&a, &b, &conflicts) != 0;
        if (same != cases[i].same) {
            fail_msg("%s (%d) and %s (%d): %s", cases[i].a.text, (int)cases[i].a.published,
                     cases[i].b.text, (int)cases[i].b.published, same ? "same" : "not");
        }
        assert_int_equal(ro_talk_same(&a, &b, NULL), ro_talk_same(&b, &a, NULL));
        assert_true(!same || share_block(&a, &b, ro_talk_blocks));
    }
}

static ro_analyser *analyser;

/* "agreed|RU,US|appoint ambassadors". */
static ro_sketch outcome_of(const char *text, int64_t day) {
    ro_str rest = ro_str_from(text);
    ro_str status = take(&rest, '|');
    ro_str by = take(&rest, '|');
    ro_outcome outcome = {.what = rest, .answers = -1, .talk = -1};
    for (int i = 0; i <= RO_OUTCOME_OPEN; i++) {
        if (ro_str_equal(status, ro_str_from(ro_outcome_status_name((ro_outcome_status)i)))) {
            outcome.status = (ro_outcome_status)i;
        }
    }
    while (by.len) {
        outcome.by.sides[outcome.by.side_count++] = side_of(take(&by, ','));
    }
    ro_facts facts = {.outcomes = &outcome, .outcome_count = 1};
    ro_sketch sketch;
    ro_error err = RO_ERROR_INIT;
    assert_int_equal(
        ro_outcome_sketch(&facts, 0, day < 0 ? RO_TIME_NONE : day * DAY, analyser, &sketch, &err),
        RO_OK);
    return sketch;
}

static void outcomes_of_one_thing_are_the_same(void **state) {
    (void)state;
    static const char MORATORIUM[] =
        "proposed|US|a moratorium on attacks against energy infrastructure in both countries";
    static const struct {
        const char *a;
        int64_t a_day;
        const char *b;
        int64_t b_day;
        bool same;
    } cases[] = {
        {"agreed|RU,US|appoint ambassadors to each other's capitals promptly", 10,
         "agreed|RU,US|appointing ambassadors in each other's capitals as soon as possible", 12,
         true},
        {"agreed|RU,US|appoint ambassadors to each other's capitals promptly", 10,
         "agreed|RU,US|appointing ambassadors in each other's capitals as soon as possible", 14,
         false},
        {"agreed|RU,US|appoint ambassadors", -1, "agreed|RU,US|appoint ambassadors", -1, true},
        {"agreed|RU,US|appoint ambassadors", -1, "agreed|RU,US|appoint ambassadors", 10, false},
        {"agreed|RU,US|appoint ambassadors", 10, "open|RU,US|appoint ambassadors", 10, false},
        {"agreed|RU,US|appoint ambassadors", 10, "denied|RU|appoint ambassadors", 10, false},
        {"agreed|RU,US|appoint ambassadors", 10, "agreed|FR,DE|appoint ambassadors", 10, false},
        {"agreed|RU,US|appoint ambassadors", 10, "planned|US|appoint ambassadors", 10, true},
        {MORATORIUM, 10, "proposed|US|a moratorium on strikes on energy infrastructure", 10, true},
        {MORATORIUM, 10, "declined|RU|the moratorium on strikes on energy infrastructure", 10,
         true},
        {MORATORIUM, 10, "rejected|RU|NATO troops in Ukraine", 10, false},
        {"agreed|RU,US|continue to work together", 10, "agreed|RU,US|continue to work together", 10,
         false}, /* says nothing */
        {"agreed|RU,US|exchange prisoners", 10, "agreed|RU,US|exchange visits", 10, false},
        {"planned|US|send a team to Cairo", 10, "planned|US|send a delegation to Geneva", 10,
         false},
        {"agreed|||", 10, "agreed|||", 10, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ro_sketch a = outcome_of(cases[i].a, cases[i].a_day);
        ro_sketch b = outcome_of(cases[i].b, cases[i].b_day);
        unsigned conflicts;
        bool same = ro_outcome_same(&a, &b, &conflicts) != 0;
        if (same != cases[i].same) {
            fail_msg("%s and %s: %s", cases[i].a, cases[i].b, same ? "same" : "not");
        }
        assert_int_equal(ro_outcome_same(&a, &b, NULL), ro_outcome_same(&b, &a, NULL));
        assert_true(!same || share_block(&a, &b, ro_outcome_blocks));
    }
}

static void what_two_disagree_in_is_told(void **state) {
    (void)state;
    ro_sketch a = talk_of((short_talk){RIYADH, 100});
    ro_sketch b = talk_of((short_talk){"RU,SA,US|||Marco Rubio/US,Sergey Lavrov/RU||ongoing", 100});
    unsigned conflicts;
    unsigned why = ro_talk_same(&a, &b, &conflicts);
    assert_int_equal(why & RO_SAME_PEOPLE, RO_SAME_PEOPLE);
    assert_int_equal(conflicts, RO_SAME_SIDE | RO_SAME_STATUS);
    a = outcome_of("proposed|US|a prisoner exchange", 3);
    b = outcome_of("declined|RU|the prisoner exchange", 3);
    why = ro_outcome_same(&a, &b, &conflicts);
    assert_int_equal(why & RO_SAME_ANSWER, RO_SAME_ANSWER);
    assert_int_equal(conflicts, RO_SAME_SIDE | RO_SAME_STATUS);
    assert_string_equal(ro_same_name(RO_SAME_ANSWER), "answer");
    assert_string_equal(ro_same_name(RO_SAME_NAME), "name");
    assert_string_equal(ro_same_name(3), "");
}

static void a_sketch_is_written_and_read_back(void **state) {
    (void)state;
    ro_sketch a = talk_of((short_talk){RIYADH, 100});
    ro_sketch back;
    ro_buf bytes = RO_BUF_INIT;
    ro_sketch_write(&a, &bytes);
    assert_int_equal(ro_sketch_read(ro_buf_str(&bytes), &back, NULL), RO_OK);
    assert_memory_equal(&a, &back, sizeof a);
    for (size_t cut = 0; cut < bytes.len; cut++) {
        ro_error err = RO_ERROR_INIT;
        assert_int_equal(ro_sketch_read(ro_str_make(bytes.ptr, cut), &back, &err), RO_DAMAGED);
    }
    memset(bytes.ptr, 0xFF, bytes.len);
    assert_int_equal(ro_sketch_read(ro_buf_str(&bytes), &back, NULL), RO_DAMAGED);
    ro_buf_release(&bytes);
}

static int open_analyser(void **state) {
    (void)state;
    return ro_analyser_new(&analyser, NULL);
}

static int close_analyser(void **state) {
    (void)state;
    ro_analyser_free(analyser);
    ro_arena_release(&arena);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(talks_of_one_event_are_the_same),
        cmocka_unit_test(outcomes_of_one_thing_are_the_same),
        cmocka_unit_test(what_two_disagree_in_is_told),
        cmocka_unit_test(a_sketch_is_written_and_read_back),
    };
    return cmocka_run_group_tests(tests, open_analyser, close_analyser);
}
