#include "readout/maker.h"

#include "readout/utf8.h"

#include <stdlib.h>

struct ro_maker {
    const ro_extractor *extractor; /* NULL: no facts */
    ro_preparer *preparer;
    ro_arena arena; /* of the facts of one article */
};

ro_status ro_maker_new(const ro_extractor *extractor, ro_maker **out, ro_error *err) {
    *out = NULL;
    ro_maker *maker = calloc(1, sizeof *maker);
    if (!maker) {
        return ro_fail_memory(err);
    }
    maker->extractor = extractor;
    ro_status status = ro_preparer_new(&maker->preparer, err);
    if (status != RO_OK) {
        free(maker);
        return status;
    }
    *out = maker;
    return RO_OK;
}

void ro_maker_free(ro_maker *maker) {
    if (maker) {
        ro_preparer_free(maker->preparer);
        ro_arena_release(&maker->arena);
        free(maker);
    }
}

/* The rules are for English; and spans count the bytes of a text that is not repaired later. */
static bool has_facts(const ro_maker *maker, const ro_article *article) {
    return maker->extractor && ro_str_equal(article->language, RO_STR("en")) &&
           ro_utf8_valid(article->body);
}

ro_status ro_maker_prepare(ro_maker *maker, const ro_article *article, ro_prepared **out,
                           ro_error *err) {
    ro_facts facts;
    *out = NULL;
    if (!has_facts(maker, article)) {
        return ro_prepare(maker->preparer, article, NULL, out, err);
    }
    ro_arena_reset(&maker->arena);
    ro_status status = ro_extract(maker->extractor, article, &maker->arena, &facts, err);
    return status ? status : ro_prepare(maker->preparer, article, &facts, out, err);
}
