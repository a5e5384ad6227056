/* The lexical rules of RFC 9110 and RFC 3986 that requests are checked by. */
#ifndef READOUT_HTTP_GRAMMAR_H
#define READOUT_HTTP_GRAMMAR_H

#include "readout/buffer.h"

/* token of RFC 9110, 5.6.2: methods and field names. Never empty. */
bool ro_http_is_token(ro_str s);
/* field-value of RFC 9110, 5.5: visible characters, obs-text, space and tab. */
bool ro_http_is_field_value(ro_str s);
/* Visible ASCII and bytes over 0x7F that may stand in the query part of a request target: what RFC
 * 3986 allows, and what browsers and curl send unescaped ("<>[]\^`{|} and UTF-8). */
bool ro_http_is_query(ro_str s);
/* The path of RFC 3986, 3.3, beginning with '/'. Escapes are only looked at by ro_target_decode. */
bool ro_http_is_path(ro_str s);
/* uri-host [":" port] of RFC 9110, 7.2; may be empty. */
bool ro_http_is_host(ro_str s);
/* Without space and tab at both ends (OWS). */
ro_str ro_http_trim(ro_str s);
/* 0-15, or -1. */
int ro_http_hex(char c);
/* Takes the next element of a comma-separated list from `list`, trimmed; false when there is none.
 * Empty elements are skipped. */
bool ro_http_next_element(ro_str *list, ro_str *element);

#endif
