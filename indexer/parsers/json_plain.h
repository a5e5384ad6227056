/* A quick way through the JSON that most articles come as. */
#ifndef READOUT_PARSERS_JSON_PLAIN_H
#define READOUT_PARSERS_JSON_PLAIN_H

#include "readout/buffer.h"

#include <jansson.h>

/* Reads an object whose members are strings, whole numbers and literals; arrays and objects in it
 * are left to Jansson. A new reference to just what Jansson makes of it, several times sooner on
 * long strings; NULL for anything else, valid or not: ask Jansson. */
json_t *ro_json_read_plain(ro_str text);

#endif
