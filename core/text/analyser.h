/* What the tests of the analyser may switch. */
#ifndef READOUT_TEXT_ANALYSER_H
#define READOUT_TEXT_ANALYSER_H

#include "readout/analyser.h"

/* With `off`, every chunk goes through the rules: the tokens must be the same. */
void ro_analyser_shortcut_off(ro_analyser *analyser, bool off);

#endif
