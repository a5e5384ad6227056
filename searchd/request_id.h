/* What a request is called in logs and answers. */
#ifndef READOUT_REQUEST_ID_H
#define READOUT_REQUEST_ID_H

#include "http/request.h"

#define RO_REQUEST_ID_MAX 128 /* bytes of one that a client sends */
#define RO_REQUEST_ID_TEXT (RO_REQUEST_ID_MAX + 1)

/* Zero-initialised. */
typedef struct ro_request_ids {
    uint64_t process; /* drawn at random; 0: not yet */
    uint64_t count;
} ro_request_ids;

/* That of the field X-Request-Id, where it is of letters, digits and ._-:/+=@ alone; else one that
 * no other request of this or another process has. */
void ro_request_id(ro_request_ids *ids, const ro_http_request *request,
                   char out[RO_REQUEST_ID_TEXT]);

#endif
