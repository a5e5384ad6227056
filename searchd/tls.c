#include "tls.h"

#include <errno.h>
#include <event2/bufferevent_ssl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <string.h>

/* Nobody is there to type one. */
static int no_password(char *out, int size, int writing, void *context) {
    (void)out;
    (void)size;
    (void)writing;
    (void)context;
    return -1;
}

/* Clients that offer HTTP/2 alone cannot be served; those that offer nothing speak HTTP/1.1. */
static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_len,
                           const unsigned char *offered, unsigned offered_len, void *context) {
    static const unsigned char ours[] = "\x08http/1.1";
    (void)ssl;
    (void)context;
    unsigned char *chosen = NULL;
    int found =
        SSL_select_next_proto(&chosen, out_len, ours, sizeof ours - 1, offered, offered_len);
    *out = chosen;
    return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

static ro_status fail(ro_error *err, const char *what, const char *path) {
    unsigned long code = ERR_peek_last_error();
    const char *reason =
        ERR_SYSTEM_ERROR(code) ? strerror(ERR_GET_REASON(code)) : ERR_reason_error_string(code);
    ERR_clear_error();
    return ro_fail(err, RO_FORMAT, "cannot use %s '%s': %s", what, path,
                   reason ? reason : "it is not of the form that is needed");
}

ro_status ro_tls_load(const char *cert, const char *key, ro_tls **out, ro_error *err) {
    ERR_clear_error();
    *out = NULL;
    SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
    if (!tls) {
        return ro_fail_memory(err);
    }
    ro_status status = RO_OK;
    SSL_CTX_set_default_passwd_cb(tls, no_password);
    SSL_CTX_set_alpn_select_cb(tls, choose_protocol, NULL);
    (void)SSL_CTX_set_options(tls, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                       SSL_OP_CIPHER_SERVER_PREFERENCE);
    (void)SSL_CTX_set_mode(tls, SSL_MODE_RELEASE_BUFFERS);
    if (SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION) != 1) {
        status = ro_fail(err, RO_INTERNAL, "cannot ask for TLS 1.2");
    } else if (SSL_CTX_use_certificate_chain_file(tls, cert) != 1) {
        status = fail(err, "certificate", cert);
    } else if (SSL_CTX_use_PrivateKey_file(tls, key, SSL_FILETYPE_PEM) != 1 ||
               SSL_CTX_check_private_key(tls) != 1) {
        status = fail(err, "the certificate's key", key);
    }
    if (status != RO_OK) {
        SSL_CTX_free(tls);
        return status;
    }
    *out = tls;
    return RO_OK;
}

void ro_tls_free(ro_tls *tls) {
    SSL_CTX_free(tls);
}

struct bufferevent *ro_tls_accept(ro_tls *tls, struct event_base *base, evutil_socket_t fd) {
    SSL *ssl = SSL_new(tls);
    /* callbacks do not come from within our own calls */
    struct bufferevent *stream =
        ssl ? bufferevent_openssl_socket_new(base, fd, ssl, BUFFEREVENT_SSL_ACCEPTING,
                                             BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS)
            : NULL;
    if (stream) {
        bufferevent_openssl_set_allow_dirty_shutdown(stream, 1);
    }
    return stream; /* which has freed `ssl` where it failed */
}

void ro_tls_end(struct bufferevent *stream) {
    SSL *ssl = bufferevent_openssl_get_ssl(stream);
    ERR_clear_error();
    if (ssl && SSL_is_init_finished(ssl)) {
        (void)SSL_shutdown(ssl);
    }
    ERR_clear_error();
}
