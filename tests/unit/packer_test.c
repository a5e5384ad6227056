/* searchd: bodies of answers packed. */
#include "packer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static ro_packer *make(void) {
    ro_packer *packer;
    assert_int_equal(ro_packer_new(&packer, NULL), RO_OK);
    return packer;
}

/* Packs the text with one packer, unpacks it with the other behind what is there. */
static size_t check(ro_packer *in, ro_packer *out, ro_str text) {
    ro_buf packed = RO_BUF_INIT;
    ro_buf back = RO_BUF_INIT;
    assert_true(ro_packer_pack(in, text, &packed));
    ro_buf_add_str(&back, RO_STR("before"));
    assert_true(ro_packer_unpack(out, ro_buf_str(&packed), text.len, &back));
    assert_true(ro_str_starts_with(ro_buf_str(&back), RO_STR("before")));
    assert_true(ro_str_equal(ro_str_make(back.ptr + 6, back.len - 6), text));
    size_t len = packed.len;
    ro_buf_release(&packed);
    ro_buf_release(&back);
    return len;
}

static void what_is_packed_comes_back_as_it_was(void **state) {
    (void)state;
    ro_packer *in = make();
    ro_packer *out = make();
    ro_buf text = RO_BUF_INIT;
    (void)check(in, out, RO_STR(""));
    (void)check(in, out, RO_STR("x"));
    (void)check(in, out, ro_str_make("a\0b", 3));
    uint32_t next = 7;
    while (text.len < 3000000) { /* beyond any window, and hardly shorter packed */
        next = next * 1664525 + 1013904223;
        ro_buf_add_byte(&text, (char)(next >> 24));
    }
    (void)check(in, out, ro_buf_str(&text));
    (void)check(in, out, RO_STR("after a long one"));
    ro_buf_release(&text);
    ro_packer_free(in);
    ro_packer_free(out);
    ro_packer_free(NULL);
}

static void an_answer_takes_less_room_packed(void **state) {
    (void)state;
    ro_packer *packer = make();
    ro_buf text = RO_BUF_INIT;
    for (int i = 0; i < 10; i++) {
        ro_buf_printf(&text,
                      "{\"id\":\"a%d\",\"kind\":\"article\",\"score\":%d.5,\"snippets\":[]},",
                      i * 771, i * 37);
    }
    assert_true(check(packer, packer, ro_buf_str(&text)) < text.len / 2);
    ro_buf_release(&text);
    ro_packer_free(packer);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_packed_comes_back_as_it_was),
        cmocka_unit_test(an_answer_takes_less_room_packed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
