/* What the Accept field says about a media type. */
#include "http/accept.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* The weight of application/json under one Accept field, or under none. */
static unsigned weight(const char *accept) {
    ro_http_field fields[] = {{RO_STR("Host"), RO_STR("a")},
                              {RO_STR("aCCept"), ro_str_from(accept ? accept : "")}};
    ro_http_request request = {.fields = fields, .field_count = accept ? 2 : 1};
    return ro_http_accept_weight(&request, RO_STR("application/json"));
}

static void without_the_field_everything_is_welcome(void **state) {
    (void)state;
    assert_int_equal(weight(NULL), 1000);
    assert_int_equal(weight(""), 1000);
    assert_int_equal(weight(" , ,"), 1000);
}

static void ranges_cover_types(void **state) {
    (void)state;
    assert_int_equal(weight("application/json"), 1000);
    assert_int_equal(weight("Application/JSON"), 1000);
    assert_int_equal(weight("application/*"), 1000);
    assert_int_equal(weight("*/*"), 1000);
    assert_int_equal(weight("*"), 1000);
    assert_int_equal(weight("text/html, image/*"), 0);
    assert_int_equal(weight("application/problem+json"), 0);
    assert_int_equal(weight("application/jso"), 0);
    assert_int_equal(weight("app/*"), 0);
}

static void the_most_specific_range_decides(void **state) {
    (void)state;
    assert_int_equal(weight("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
                     800);
    assert_int_equal(weight("*/*, application/json;q=0"), 0);
    assert_int_equal(weight("application/json;q=0.001, */*"), 1);
    assert_int_equal(weight("application/*;q=0.5, */*;q=0.9"), 500);
    assert_int_equal(weight("application/json;q=0.2, application/json;v=2;q=0.4"), 400);
}

static void weights_are_read(void **state) {
    (void)state;
    assert_int_equal(weight("application/json;q=1"), 1000);
    assert_int_equal(weight("application/json ; Q=0.25"), 250);
    assert_int_equal(weight("application/json;charset=utf-8;q=0.125"), 125);
    assert_int_equal(weight("application/json;q=0."), 0);
    static const char *const crooked[] = {"application/json;q=",    "application/json;q=2",
                                          "application/json;q=.5",  "application/json;q=0.1234",
                                          "application/json;q=1.1", "application/json;q=-1"};
    for (size_t i = 0; i < sizeof crooked / sizeof *crooked; i++) {
        assert_int_equal(weight(crooked[i]), 1000);
    }
}

static void several_fields_are_one_list(void **state) {
    (void)state;
    ro_http_field fields[] = {{RO_STR("Accept"), RO_STR("text/csv")},
                              {RO_STR("Accept"), RO_STR("application/json;q=0.3")}};
    ro_http_request request = {.fields = fields, .field_count = 2};
    assert_int_equal(ro_http_accept_weight(&request, RO_STR("application/json")), 300);
    assert_int_equal(ro_http_accept_weight(&request, RO_STR("text/csv")), 1000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_the_field_everything_is_welcome),
        cmocka_unit_test(ranges_cover_types),
        cmocka_unit_test(the_most_specific_range_decides),
        cmocka_unit_test(weights_are_read),
        cmocka_unit_test(several_fields_are_one_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
