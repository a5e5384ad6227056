/* Filters of the Algolia protocol: whatever they are, what is made of them is a filter of ours that
 * is read without repair of its form. */
#include "searchd/algolia.h"

#include <stdlib.h>

static json_t *list_of(const uint8_t *data, size_t size) {
    json_t *list = json_array();
    json_t *text = json_stringn((const char *)data, size);
    if (text) {
        (void)json_array_append_new(list, text);
    }
    return list;
}

static bool is_quote(ro_str text) {
    return ro_str_starts_with(text, RO_STR("\"")) || ro_str_starts_with(text, RO_STR("\u201C")) ||
           ro_str_starts_with(text, RO_STR("\u201D"));
}

/* Outside of quotation marks each parenthesis has its partner, or the filter would reach beyond. */
static void check_balance(ro_str text) {
    long depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < text.len; i++) {
        ro_str left = ro_str_make(text.ptr + i, text.len - i);
        if (quoted && *left.ptr == '\\') {
            i++;
            continue;
        }
        quoted = quoted != is_quote(left);
        depth += !quoted && *left.ptr == '(';
        depth -= !quoted && *left.ptr == ')';
        if (depth < 0) {
            abort();
        }
    }
    if (depth || quoted) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    size_t half = size / 2;
    json_t *filters = json_stringn((const char *)data, size);
    json_t *facets = list_of(data, half);
    json_t *numbers = list_of(data + half, size - half);
    const struct {
        const json_t *filters, *facets, *numbers;
    } cases[] = {{filters, NULL, NULL}, {NULL, facets, NULL}, {NULL, NULL, numbers}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ro_buf out = RO_BUF_INIT;
        ro_error err = RO_ERROR_INIT;
        const char *at_fault;
        if (ro_algolia_filter(cases[i].filters, cases[i].facets, cases[i].numbers, &out, &at_fault,
                              &err) == RO_OK) {
            check_balance(ro_buf_str(&out));
        }
        ro_buf_release(&out);
    }
    json_decref(filters);
    json_decref(facets);
    json_decref(numbers);
    return 0;
}
