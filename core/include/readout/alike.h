/* Near-duplicates: is this text the same story as that one, from another source or in another
 * edition?
 *
 * A text is the set of its shingles, runs of RO_ALIKE_SHINGLE words; two texts are as alike as
 * these sets overlap (resemblance: A. Broder, On the resemblance and containment of documents,
 * 1997). A sketch estimates that from one hash a shingle: the least one in each of RO_ALIKE_BINS
 * bins (one permutation hashing: P. Li, A. Owen, C.-H. Zhang, 2012), bins without any filled from
 * their neighbours (A. Shrivastava, P. Li, Densifying one permutation hashing, 2014), one byte kept
 * of each (b-bit minwise hashing: P. Li, A. C. König, 2010). The same words give the same sketch on
 * every machine.
 */
#ifndef READOUT_ALIKE_H
#define READOUT_ALIKE_H

#include "readout/buffer.h"

#define RO_ALIKE_SHINGLE 4
#define RO_ALIKE_BINS 64
#define RO_ALIKE_BANDS 10     /* of six bins each: texts that share one are compared */
#define RO_ALIKE_WORDS_MIN 40 /* shorter texts are like none */
#define RO_ALIKE_DAYS 3       /* apart at most */
#define RO_ALIKE_BINS_SAME 42 /* bins in common from which two are the same story */

typedef struct ro_alike {
    uint8_t bins[RO_ALIKE_BINS];
} ro_alike;

/* Takes the hashes of words one by one. Zero-initialised is ready. */
typedef struct ro_alike_maker {
    uint64_t least[RO_ALIKE_BINS]; /* 1 + the least hash; 0: none */
    uint64_t last[RO_ALIKE_SHINGLE];
    size_t words;
} ro_alike_maker;

void ro_alike_word(ro_alike_maker *maker, uint64_t hash);
/* False: the text is too short to tell. */
bool ro_alike_finish(const ro_alike_maker *maker, ro_alike *out);

/* Bins that both have, 0 to RO_ALIKE_BINS. */
unsigned ro_alike_common(const ro_alike *a, const ro_alike *b);
static inline bool ro_alike_same(const ro_alike *a, const ro_alike *b) {
    return ro_alike_common(a, b) >= RO_ALIKE_BINS_SAME;
}
/* What texts that may be the same share. */
void ro_alike_bands(const ro_alike *sketch, uint64_t out[RO_ALIKE_BANDS]);

#endif
