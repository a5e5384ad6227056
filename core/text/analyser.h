/* What the tests of the analyser may switch. */
#ifndef READOUT_TEXT_ANALYSER_H
#define READOUT_TEXT_ANALYSER_H

#include "readout/analyser.h"

/* Plain UAX 29 for every script, without dictionaries, as its conformance test expects. */
void ro_analyser_plain_words(ro_analyser *analyser, bool plain);

#endif
