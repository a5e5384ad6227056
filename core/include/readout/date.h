/* Dates and times: days and seconds since 1970-01-01 UTC, parsed from and written as ISO 8601. */
#ifndef READOUT_DATE_H
#define READOUT_DATE_H

#include "readout/buffer.h"

#define RO_TIME_NONE INT64_MIN /* no time known */

/* Proleptic Gregorian calendar (days-from-civil, H. Hinnant 2013). `month` 1-12, `day` 1-31. */
int64_t ro_days_from_civil(int64_t year, unsigned month, unsigned day);
void ro_civil_from_days(int64_t days, int64_t *year, unsigned *month, unsigned *day);

/* Parses what dates look like in feeds, meta tags and front matter: ISO 8601 and RFC 3339
 * (2025-02-18, 2025-02-18T09:30Z, +03:00, fractions, basic 20250218T093000Z), RFC 822 and 2822
 * (Tue, 18 Feb 2025 09:30:00 +0300, named zones of RFC 822), asctime, and English dates (February
 * 18, 2025; 18 February 2025; Feb. 18, 2025). A time without zone is UTC. Seconds since the epoch;
 * years 1000 to 9999; RO_FORMAT for anything else, a day that does not exist included. */
ro_status ro_time_parse(ro_str s, int64_t *seconds, ro_error *err) RO_MUST_CHECK;
/* The same with the seconds its clock is ahead of UTC: -18000 for EST, 0 without a zone. */
ro_status ro_time_parse_zone(ro_str s, int64_t *seconds, int32_t *offset,
                             ro_error *err) RO_MUST_CHECK;

/* The half-open range of seconds a query's date means: `2025`, `2025-02`, `2025-02-18` or a full
 * time (one second). RO_FORMAT otherwise. */
ro_status ro_date_range(ro_str s, int64_t *from, int64_t *until, ro_error *err) RO_MUST_CHECK;

#define RO_TIME_TEXT 32 /* room for the longest text below */

/* "2025-02-18T09:30:00Z"; "" for RO_TIME_NONE. */
const char *ro_time_format(int64_t seconds, char out[RO_TIME_TEXT]);
/* "2025-02-18"; "" for RO_TIME_NONE. */
const char *ro_time_format_day(int64_t seconds, char out[RO_TIME_TEXT]);

#endif
