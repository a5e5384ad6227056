/* The compiled table of nicknames and particles (nicknames.tsv, nicknames.cmake). */
#ifndef READOUT_MODEL_NICKNAMES_H
#define READOUT_MODEL_NICKNAMES_H

#include <stddef.h>

typedef struct ro_nickname {
    const char *nick, *full; /* lower case */
} ro_nickname;

extern const ro_nickname RO_NICKNAMES[]; /* ascending by nick; a nick may stand for several names */
extern const size_t RO_NICKNAME_COUNT;
extern const char *const RO_PARTICLES[]; /* lower case, ascending */
extern const size_t RO_PARTICLE_COUNT;

#endif
