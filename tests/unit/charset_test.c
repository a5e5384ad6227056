/* core/text: bytes of unknown charset to UTF-8. */
#include "readout/charset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define ZHIVAGO_1251 "\xC4\xEE\xEA\xF2\xEE\xF0 \xC6\xE8\xE2\xE0\xE3\xEE"
#define ZHIVAGO "Доктор Живаго"

/* A literal with its NUL bytes. */
#define BYTES(literal)                                                                             \
    { "" literal, sizeof(literal) - 1 }

typedef struct example {
    ro_str bytes;
    const char *declared;
    const char *text;
    const char *name;
} example;

static void check(const example *examples, size_t count) {
    ro_buf out = RO_BUF_INIT;
    for (size_t i = 0; i < count; i++) {
        char name[RO_CHARSET_NAME_MAX];
        ro_error err = RO_ERROR_INIT;
        assert_int_equal(ro_charset_to_utf8(examples[i].bytes, ro_str_from(examples[i].declared),
                                            &out, name, &err),
                         RO_OK);
        ro_buf_add_byte(&out, '\0');
        assert_string_equal(out.ptr, examples[i].text);
        assert_string_equal(name, examples[i].name);
    }
    ro_buf_release(&out);
}

#define CHECK(examples) check(examples, sizeof(examples) / sizeof((examples)[0]))

static void a_byte_order_mark_decides(void **state) {
    (void)state;
    static const example examples[] = {
        {BYTES("\xEF\xBB\xBF"
               "caf\xC3\xA9"),
         "windows-1251", "café", "UTF-8"},
        {BYTES("\xFF\xFE"
               "a\0\xE9\0"),
         "utf-8", "aé", "UTF-16LE"},
        {BYTES("\xFE\xFF"
               "\0a\0\xE9"),
         "", "aé", "UTF-16BE"},
        {BYTES("\xFF\xFE\0\0"
               "a\0\0\0"),
         "", "a", "UTF-32LE"},
        {BYTES("\0\0\xFE\xFF"
               "\0\0\0a"),
         "", "a", "UTF-32BE"},
    };
    CHECK(examples);
}

static void valid_utf8_is_utf8_whatever_is_declared(void **state) {
    (void)state;
    static const example examples[] = {
        {BYTES(""), "", "", "UTF-8"},
        {BYTES("plain"), "koi8-r", "plain", "UTF-8"},
        {BYTES("caf\xC3\xA9"), "iso-8859-1", "café", "UTF-8"},
    };
    CHECK(examples);
}

static void utf8_with_few_broken_bytes_is_repaired(void **state) {
    (void)state;
    static const example examples[] = {
        {BYTES("ééééééééé \xFF."), "", "ééééééééé \xEF\xBF\xBD.", "UTF-8"},
        {BYTES("\xC3\xA9 cut \xC3"), "", "é cut \xEF\xBF\xBD", "UTF-8"},
        {BYTES("\xC3\xA9 \xFF declared"), "utf-8", "é \xEF\xBF\xBD declared", "UTF-8"},
    };
    CHECK(examples);
}

static void a_declared_name_is_read_as_browsers_do(void **state) {
    (void)state;
    static const example examples[] = {
        {BYTES(ZHIVAGO_1251), "Windows-1251", ZHIVAGO, "windows-1251"},
        {BYTES(ZHIVAGO_1251), " cp1251 ", ZHIVAGO, "windows-1251"},
        {BYTES("\x93quoted\x94 \x80"), "ISO-8859-1", "“quoted” €", "windows-1252"},
        {BYTES("\x93q\x94"), "us-ascii", "“q”", "windows-1252"},
        {BYTES("\xC4\xE3\xBA\xC3"), "gb2312", "你好", "GB18030"},
        {BYTES("\x93\xFA\x96{"), "shift_jis", "日本", "Shift_JIS"},
        {BYTES("\xB0\xA1"), "euc-kr", "가", "KSC_5601"},
        {BYTES("\x1B$BF|\x1B(B"), "iso-2022-jp", "日", "ISO-2022-JP"},
        {BYTES("a\0b\0"), "utf-16le", "ab", "UTF-16LE"},
    };
    CHECK(examples);
}

static void what_cannot_be_decoded_is_replaced(void **state) {
    (void)state;
    static const example examples[] = {
        {BYTES("a \x81\xFF b"), "shift_jis", "a \xEF\xBF\xBD\xEF\xBF\xBD b", "Shift_JIS"},
        {BYTES("a \xA5 b \xFF"), "windows-1253", "a ¥ b \xEF\xBF\xBD", "windows-1253"},
    };
    CHECK(examples);
}

static void dangerous_and_unknown_names_are_not_believed(void **state) {
    (void)state;
    static const char *const names[] = {
        "utf-7", "scsu", "ebcdic-cp-us", "hz-gb-2312", "x-nonsense", "imap-mailbox-name", "bocu-1"};
    ro_buf out = RO_BUF_INIT;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char name[RO_CHARSET_NAME_MAX];
        assert_int_equal(ro_charset_to_utf8(RO_STR("the caf\xE9 and the b\xE9 and the th\xE9"),
                                            ro_str_from(names[i]), &out, name, NULL),
                         RO_OK);
        assert_string_equal(name, "windows-1252");
        assert_true(ro_str_equal(ro_buf_str(&out), RO_STR("the café and the bé and the thé")));
    }
    ro_buf_release(&out);
}

static void an_undeclared_charset_is_detected(void **state) {
    (void)state;
    static const example examples[] = {
        {BYTES("\xCF\xF0\xE5\xE7\xE8\xE4\xE5\xED\xF2 \xEF\xF0\xE8\xED\xFF\xEB "
               "\xF3\xF7\xE0\xF1\xF2\xE8\xE5 \xE2 \xEF\xE5\xF0\xE5\xE3\xEE\xE2\xEE\xF0\xE0\xF5 "
               "\xEF\xEE \xEC\xE8\xF0\xF3"),
         "", "Президент принял участие в переговорах по миру", "windows-1251"},
        {BYTES("T\0h\0e\0 \0t\0a\0l\0k\0s\0"), "", "The talks", "UTF-16LE"},
        {BYTES("\0T\0h\0e\0 \0t\0a\0l\0k\0s"), "", "The talks", "UTF-16BE"},
    };
    CHECK(examples);
}

static ro_status convert(ro_str bytes, const char *declared) {
    ro_buf out = RO_BUF_INIT;
    ro_error err = RO_ERROR_INIT;
    char name[RO_CHARSET_NAME_MAX] = "untouched";
    ro_status status = ro_charset_to_utf8(bytes, ro_str_from(declared), &out, name, &err);
    assert_int_equal(err.status, status);
    if (status) {
        assert_int_equal(out.len, 0);
        assert_string_equal(name, "");
    }
    ro_buf_release(&out);
    return status;
}

static void binary_data_is_refused(void **state) {
    (void)state;
    assert_int_equal(convert(RO_STR("a\0b"), ""), RO_FORMAT);
    assert_int_equal(convert(RO_STR("\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), "utf-8"), RO_FORMAT);
    assert_int_equal(convert(RO_STR("\xFF\xFE"
                                    "a\0\0\0"),
                             ""),
                     RO_FORMAT);
    /* one control byte in ten passes, one more does not */
    assert_int_equal(convert(RO_STR("123456789\x01"), ""), RO_OK);
    assert_int_equal(convert(RO_STR("12345678\x01\x02"), ""), RO_FORMAT);
    assert_int_equal(convert(RO_STR("\t\n\r\f\v"), ""), RO_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_byte_order_mark_decides),
        cmocka_unit_test(valid_utf8_is_utf8_whatever_is_declared),
        cmocka_unit_test(utf8_with_few_broken_bytes_is_repaired),
        cmocka_unit_test(a_declared_name_is_read_as_browsers_do),
        cmocka_unit_test(what_cannot_be_decoded_is_replaced),
        cmocka_unit_test(dangerous_and_unknown_names_are_not_believed),
        cmocka_unit_test(an_undeclared_charset_is_detected),
        cmocka_unit_test(binary_data_is_refused),
    };
    return cmocka_run_group_tests_name("charset", tests, NULL, NULL);
}
