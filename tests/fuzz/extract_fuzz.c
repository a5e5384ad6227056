/* Any bytes as an article: no crash, and every span inside the text. */
#include "readout/extract.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static ro_extractor *extractor;
    if (!extractor && ro_extractor_new(RO_STR_NONE, &extractor, NULL) != RO_OK) {
        return 0;
    }
    ro_arena arena = RO_ARENA_INIT;
    ro_article article = {.body = ro_str_make((const char *)data, size), .published = RO_TIME_NONE};
    ro_facts facts;
    if (ro_extract(extractor, &article, &arena, &facts, NULL) == RO_OK) {
        ro_buf out = RO_BUF_INIT;
        for (size_t i = 0; i < facts.outcome_count; i++) {
            if (facts.outcomes[i].evidence.end > size) {
                __builtin_trap();
            }
        }
        ro_facts_write_json(&facts, article.body, &out);
        ro_facts_explain(&facts, article.body, &out);
        ro_buf_release(&out);
    }
    ro_arena_release(&arena);
    return 0;
}
