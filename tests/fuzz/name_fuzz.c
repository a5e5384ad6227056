/* Names as articles and users write them, forms of people, and sketches as files hold them. */
#include "readout/same.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    ro_str text = ro_str_make((const char *)data, size);
    ro_arena arena = RO_ARENA_INIT;
    ro_person person = {.name = text};
    ro_person_form form;
    ro_person_form back;
    ro_sketch sketch;
    ro_buf bytes = RO_BUF_INIT;
    char family[RO_NAME_FOLD_MAX + 1];
    if (ro_person_form_of(&person, &arena, &form, NULL) == RO_OK) {
        ro_person_form_parse(ro_person_key(&form, &arena), &back);
        if (ro_person_compare(&form, &back) != 0 ||
            ro_person_block(&form, family) > sizeof family) {
            abort();
        }
        ro_name name;
        ro_name_read(text, (ro_side){"KR"}, &name);
        if (ro_name_compare(&name, &name) == RO_NAME_DIFFERS && name.family[0]) {
            abort();
        }
    }
    if (ro_sketch_read(text, &sketch, NULL) == RO_OK) {
        uint64_t blocks[RO_SKETCH_BLOCKS];
        ro_sketch_write(&sketch, &bytes);
        if (bytes.len != size || ro_talk_blocks(&sketch, blocks) > RO_SKETCH_BLOCKS ||
            ro_outcome_blocks(&sketch, blocks) > RO_SKETCH_BLOCKS) {
            abort();
        }
        (void)ro_talk_same(&sketch, &sketch, NULL);
        (void)ro_outcome_same(&sketch, &sketch, NULL);
    }
    ro_buf_release(&bytes);
    ro_arena_release(&arena);
    return 0;
}
