/* Any bytes give tokens that keep the contract, the same with and without the shortcut; sentences
 * lie in order inside the text. The first byte chooses the language. */
#include "core/text/analyser.h"
#include "tests/token_check.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds, const char *what) {
    if (!holds) {
        (void)fprintf(stderr, "broken: %s\n", what);
        abort();
    }
}

static int take_sentence(void *context, uint32_t start, uint32_t end) {
    token_check *check = context;
    require(start >= check->at && start < end && end <= check->text.len, "sentence out of order");
    require(token_on_boundary(check->text, start) && token_on_boundary(check->text, end),
            "sentence cuts a character");
    check->at = end;
    return 0;
}

static token_check analyse(ro_analyser *analyser, ro_str text, ro_str language) {
    token_check check = {.text = text};
    ro_error err = RO_ERROR_INIT;
    require(ro_analyse(analyser, text, language, token_checked, &check, &err) == RO_OK,
            err.message);
    require(!check.fault, check.fault ? check.fault : "");
    require(check.next >= check.whole_until, "whole with too few parts");
    return check;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static ro_analyser *analyser; /* one for the whole run, as in an indexer */
    static const char *const languages[] = {"en", "ru", "fr", "ar", "", "tr"};
    if (!analyser && ro_analyser_new(&analyser, NULL)) {
        return 0;
    }
    if (size == 0) {
        return 0;
    }
    ro_str language = ro_str_from(languages[data[0] % (sizeof languages / sizeof languages[0])]);
    ro_str text = ro_str_make((const char *)data + 1, size - 1);
    token_check quick = analyse(analyser, text, language);
    ro_analyser_shortcut_off(analyser, true);
    token_check slow = analyse(analyser, text, language);
    ro_analyser_shortcut_off(analyser, false);
    require(quick.digest == slow.digest, "the shortcut gives other tokens");

    token_check cover = {.text = text};
    require(ro_sentences(analyser, text, take_sentence, &cover, NULL) == RO_OK, "sentences fail");

    ro_buf folded = RO_BUF_INIT;
    require(ro_fold(analyser, text, &folded, NULL) == RO_OK, "folding fails");
    require(ro_utf8_valid(ro_buf_str(&folded)), "folded text is not UTF-8");
    ro_buf_release(&folded);
    return 0;
}
