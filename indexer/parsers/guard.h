/* The caps on HTML that must hold before the parser sees it. */
#ifndef READOUT_PARSERS_GUARD_H
#define READOUT_PARSERS_GUARD_H

#include "readout/parser.h"

/* RO_LIMIT when `html` is longer than RO_HTML_MAX, nests deeper than RO_HTML_DEPTH_MAX, or has an
 * element with more than RO_HTML_ATTRIBUTES_MAX attributes. */
ro_status ro_html_guard(ro_str html, ro_error *err) RO_MUST_CHECK;

#endif
