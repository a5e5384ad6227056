/* Keys: made, kept as hashes, found again, slowed down. */
#include "auth.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static ro_key named(const char *name) {
    ro_key key = {.scopes = RO_SCOPE_WRITE, .expires = INT64_MAX};
    (void)snprintf(key.name, sizeof key.name, "%s", name);
    return key;
}

static void scopes_are_read_from_a_list(void **state) {
    (void)state;
    unsigned scopes = 0;
    assert_int_equal(ro_scopes_parse(RO_STR("read, write"), &scopes, NULL), RO_OK);
    assert_int_equal(scopes, RO_SCOPE_READ | RO_SCOPE_WRITE);
    assert_int_equal(ro_scopes_parse(RO_STR("admin"), &scopes, NULL), RO_OK);
    assert_int_equal(scopes, RO_SCOPE_ADMIN);
    static const char *const bad[] = {"", ",", "read,", "all", "READ", "readwrite"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(ro_scopes_parse(ro_str_from(bad[i]), &scopes, NULL), RO_INVALID);
        assert_int_equal(scopes, 0);
    }
}

static void made_keys_differ_and_have_256_bits(void **state) {
    (void)state;
    char one[RO_KEY_TEXT];
    char two[RO_KEY_TEXT];
    assert_int_equal(ro_key_make(one, NULL), RO_OK);
    assert_int_equal(ro_key_make(two, NULL), RO_OK);
    assert_int_equal(strlen(one), 3 + 43);
    assert_string_not_equal(one, two);
    assert_int_equal(strspn(one + 3, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                     "0123456789-_"),
                     43);
}

static void a_key_is_found_by_all_of_it_only(void **state) {
    (void)state;
    ro_keys keys = {0};
    char secret[RO_KEY_TEXT];
    for (int i = 0; i < 3; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "k%d", i);
        ro_key key = named(name);
        assert_int_equal(ro_key_make(secret, NULL), RO_OK);
        ro_key_digest(ro_str_from(secret), key.hash);
        assert_int_equal(ro_keys_add(&keys, key, NULL), RO_OK);
    }
    ro_str whole = ro_str_from(secret);
    assert_ptr_equal(ro_keys_find(&keys, whole), &keys.items[2]);
    assert_null(ro_keys_find(&keys, ro_str_make(secret, whole.len - 1)));
    assert_null(ro_keys_find(&keys, RO_STR("")));
    secret[whole.len - 1] ^= 1;
    assert_null(ro_keys_find(&keys, whole));
    ro_keys_release(&keys);
}

static void names_are_plain_and_stand_once(void **state) {
    (void)state;
    ro_keys keys = {0};
    assert_int_equal(ro_keys_add(&keys, named("a.B-c_9"), NULL), RO_OK);
    assert_int_equal(ro_keys_add(&keys, named("a.B-c_9"), NULL), RO_INVALID);
    assert_int_equal(ro_keys_add(&keys, named(""), NULL), RO_INVALID);
    assert_int_equal(ro_keys_add(&keys, named("a b"), NULL), RO_INVALID);
    assert_int_equal(ro_keys_add(&keys, named("a\"b"), NULL), RO_INVALID);
    assert_int_equal(keys.count, 1);
    assert_false(ro_keys_remove(&keys, RO_STR("b")));
    assert_true(ro_keys_remove(&keys, RO_STR("a.B-c_9")));
    assert_int_equal(keys.count, 0);
    ro_keys_release(&keys);
}

static void the_number_of_keys_is_bounded(void **state) {
    (void)state;
    ro_keys keys = {0};
    for (int i = 0; i <= RO_KEYS_MAX; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "k%d", i);
        assert_int_equal(ro_keys_add(&keys, named(name), NULL), i < RO_KEYS_MAX ? RO_OK : RO_LIMIT);
    }
    assert_int_equal(keys.count, RO_KEYS_MAX);
    ro_keys_release(&keys);
}

static void make_path(char out[64]) {
    (void)snprintf(out, 64, "/tmp/readout-keys-XXXXXX");
    int fd = mkstemp(out);
    assert_true(fd >= 0);
    assert_int_equal(close(fd), 0);
}

static void a_file_gives_back_what_was_written(void **state) {
    (void)state;
    char path[64];
    make_path(path);
    ro_keys keys = {0};
    ro_key key = named("one");
    key.expires = 1750000000;
    key.filter = strdup("source:\"Dow \\ Jones\"");
    key.rate = 7;
    key.hash[0] = 0xAB;
    key.hash[31] = 0x01;
    assert_int_equal(ro_keys_add(&keys, key, NULL), RO_OK);
    assert_int_equal(ro_keys_add(&keys, named("two"), NULL), RO_OK);
    assert_int_equal(ro_keys_write(path, &keys, NULL), RO_OK);
    ro_keys read;
    ro_error err = RO_ERROR_INIT;
    if (ro_keys_read(path, &read, &err) != RO_OK) {
        fail_msg("%s", err.message);
    }
    assert_int_equal(read.count, 2);
    assert_string_equal(read.items[0].name, "one");
    assert_memory_equal(read.items[0].hash, keys.items[0].hash, RO_KEY_HASH);
    assert_string_equal(read.items[0].filter, "source:\"Dow \\ Jones\"");
    assert_int_equal(read.items[0].expires, 1750000000);
    assert_int_equal(read.items[0].rate, 7);
    assert_int_equal(read.items[0].scopes, RO_SCOPE_WRITE);
    assert_null(read.items[1].filter);
    assert_true(read.items[1].expires == INT64_MAX);
    ro_keys_release(&read);
    ro_keys_release(&keys);
    (void)unlink(path);
    assert_int_equal(ro_keys_read(path, &read, NULL), RO_OK);
    assert_int_equal(read.count, 0);
}

#define HASH "0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdef"

static void a_slip_in_the_file_lets_nobody_in(void **state) {
    (void)state;
    static const char *const bad[] = {
        "x",
        "{}",
        "{\"name\":\"a\",\"sha256\":\"" HASH "\"}",
        "{\"name\":\"a\",\"sha256\":\"" HASH "\",\"scopes\":[]}",
        "{\"name\":\"a\",\"sha256\":\"" HASH "\",\"scopes\":[\"all\"]}",
        "{\"name\":\"a\",\"sha256\":\"" HASH "0\",\"scopes\":[\"read\"]}",
        "{\"name\":\"a\",\"sha256\":\"g" HASH "\",\"scopes\":[\"read\"]}",
        "{\"name\":\"a\",\"sha256\":\"" HASH "\",\"scopes\":[\"read\"],\"expires\":\"soon\"}",
        "{\"name\":\"a\",\"sha256\":\"" HASH "\",\"scopes\":[\"read\"],\"filtre\":\"x\"}",
        "{\"name\":\"a\",\"sha256\":\"" HASH "\",\"scopes\":[\"read\"],\"rate\":-1}",
        "{\"name\":\"a b\",\"sha256\":\"" HASH "\",\"scopes\":[\"read\"]}",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char path[64];
        make_path(path);
        FILE *file = fopen(path, "we");
        assert_non_null(file);
        assert_true(fprintf(file, "\n%s\n", bad[i]) > 0);
        assert_int_equal(fclose(file), 0);
        ro_keys keys;
        ro_error err = RO_ERROR_INIT;
        ro_status status = ro_keys_read(path, &keys, &err);
        assert_true(status == RO_FORMAT || status == RO_INVALID);
        assert_non_null(strstr(err.message, "line 2"));
        assert_int_equal(keys.count, 0);
        (void)unlink(path);
    }
}

static void a_rate_is_a_second_worth_of_requests(void **state) {
    (void)state;
    ro_key key = named("a");
    int64_t second = 1000000000;
    assert_true(ro_key_spend(&key, second));
    key.rate = 3;
    for (int i = 0; i < 5; i++) {
        assert_int_equal(ro_key_spend(&key, second), i < 3);
    }
    assert_true(ro_key_spend(&key, second + second / 2));
    assert_false(ro_key_spend(&key, second + second / 2));
    for (int i = 0; i < 5; i++) {
        assert_int_equal(ro_key_spend(&key, 60 * second), i < 3);
    }
}

/* Else who changes the file, be it another's key, gives everybody a second worth. */
static void a_rate_goes_on_when_the_file_changes(void **state) {
    (void)state;
    static const char *const names[] = {"a", "b", "c"};
    char path[] = "/tmp/readout-keys-XXXXXX";
    int64_t second = 1000000000;
    ro_auth auth = {0};
    ro_keys keys = {0};
    (void)close(mkstemp(path));
    for (size_t i = 0; i < 3; i++) {
        ro_key key = named(names[i]);
        key.hash[0] = (uint8_t)(i + 1);
        key.rate = 2;
        assert_int_equal(ro_keys_add(&keys, key, NULL), RO_OK);
    }
    assert_int_equal(ro_keys_write(path, &keys, NULL), RO_OK);
    assert_int_equal(ro_auth_load(&auth, path, NULL), RO_OK);
    assert_true(ro_key_spend(&auth.keys.items[1], second));
    assert_true(ro_key_spend(&auth.keys.items[2], second));
    assert_true(ro_key_spend(&auth.keys.items[2], second));
    assert_true(ro_keys_remove(&keys, RO_STR("a")));
    keys.items[0].rate = 1;
    assert_int_equal(ro_keys_write(path, &keys, NULL), RO_OK);
    assert_int_equal(ro_auth_load(&auth, path, NULL), RO_OK);
    assert_true(ro_key_spend(&auth.keys.items[0], second)); /* the one that was left */
    assert_false(ro_key_spend(&auth.keys.items[0], second));
    assert_false(ro_key_spend(&auth.keys.items[1], second));
    assert_true(ro_key_spend(&auth.keys.items[1], 2 * second));
    ro_auth_release(&auth);
    ro_keys_release(&keys);
    (void)unlink(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scopes_are_read_from_a_list),
        cmocka_unit_test(made_keys_differ_and_have_256_bits),
        cmocka_unit_test(a_key_is_found_by_all_of_it_only),
        cmocka_unit_test(names_are_plain_and_stand_once),
        cmocka_unit_test(the_number_of_keys_is_bounded),
        cmocka_unit_test(a_file_gives_back_what_was_written),
        cmocka_unit_test(a_slip_in_the_file_lets_nobody_in),
        cmocka_unit_test(a_rate_is_a_second_worth_of_requests),
        cmocka_unit_test(a_rate_goes_on_when_the_file_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
