/* core/index/segment/ahead: what of a segment is asked for before it is read. */
#include "core/index/segment/ahead.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/mman.h>

#include <cmocka.h>

#define WINDOWS 40
#define SIZE ((size_t)WINDOWS * RO_AHEAD_WINDOW)

/* A map whose lists end within the last window. */
static int open_map(void **state) {
    static ro_segment segment;
    void *map = mmap(NULL, SIZE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(map, MAP_FAILED);
    segment = (ro_segment){.map = map, .size = SIZE, .blocks = (uint8_t *)map + SIZE - 100};
    ro_ahead_begin(&segment);
    assert_non_null(segment.asked);
    *state = &segment;
    return 0;
}

static int close_map(void **state) {
    ro_segment *segment = *state;
    ro_ahead_end(segment);
    return munmap((void *)segment->map, segment->size);
}

static size_t ask(const ro_segment *segment, size_t from, size_t len, uint32_t second) {
    const uint8_t *at = segment->map + from;
    return ro_ahead_ask(segment, (ro_segment_list){at, at + len, 1}, second);
}

static void a_list_is_asked_for_with_all_windows_it_lies_in(void **state) {
    const ro_segment *segment = *state;
    assert_int_equal(ask(segment, 10, 5000, 1), RO_AHEAD_WINDOW);
    assert_int_equal(ask(segment, 3 * RO_AHEAD_WINDOW, RO_AHEAD_WINDOW, 1), RO_AHEAD_WINDOW);
    assert_int_equal(ask(segment, 6 * RO_AHEAD_WINDOW - 1, 2, 1), 2 * RO_AHEAD_WINDOW);
    assert_int_equal(ask(segment, SIZE - 200, 100, 1), RO_AHEAD_WINDOW - 100);
}

static void nothing_is_asked_for_twice_in_a_second(void **state) {
    const ro_segment *segment = *state;
    assert_int_equal(ask(segment, 0, 5000, 7), RO_AHEAD_WINDOW);
    assert_int_equal(ask(segment, 20000, 5000, 7), 0);
    assert_int_equal(ask(segment, 20000, RO_AHEAD_WINDOW, 7), RO_AHEAD_WINDOW); /* the next */
    assert_int_equal(ask(segment, 0, 5000, 8), RO_AHEAD_WINDOW);
}

static void of_a_long_list_the_beginning_is_asked_for(void **state) {
    const ro_segment *segment = *state;
    assert_int_equal(ask(segment, 0, RO_AHEAD_MAX, 1), RO_AHEAD_MAX);
    assert_int_equal(ask(segment, 0, SIZE - 100, 2), RO_AHEAD_MAX);
}

static void lists_of_a_page_are_left_to_be_touched(void **state) {
    const ro_segment *segment = *state;
    ro_ahead_want(segment, (ro_segment_list){segment->map, segment->map + 4096, 3});
    ro_ahead_want(segment, (ro_segment_list){0});
    assert_int_equal(segment->asked[0], 0);
    ro_ahead_want(segment, (ro_segment_list){segment->map, segment->map + 4097, 3});
    assert_int_not_equal(segment->asked[0], 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_list_is_asked_for_with_all_windows_it_lies_in, open_map,
                                        close_map),
        cmocka_unit_test_setup_teardown(nothing_is_asked_for_twice_in_a_second, open_map,
                                        close_map),
        cmocka_unit_test_setup_teardown(of_a_long_list_the_beginning_is_asked_for, open_map,
                                        close_map),
        cmocka_unit_test_setup_teardown(lists_of_a_page_are_left_to_be_touched, open_map,
                                        close_map),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
