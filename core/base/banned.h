/* Calls that do not compile here: each has a bounded or checked sister. Included before everything
 * else by the build. The headers that declare them come first, since a poisoned name may not appear
 * again. */
#ifndef READOUT_BANNED_H
#define READOUT_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf gets atoi atol atoll atof strtok
#pragma GCC poison tmpnam mktemp asctime ctime gmtime localtime

#endif
