#include "readout/article.h"

#include <openssl/evp.h>

#define KEY_BYTES 16 /* of the 32 of SHA-256 */

/* A part goes in with its length before it, so that no two articles share their bytes. */
static bool hash_part(EVP_MD_CTX *hash, ro_str s) {
    uint64_t len = s.len;
    return EVP_DigestUpdate(hash, &len, sizeof len) && EVP_DigestUpdate(hash, s.ptr, s.len);
}

static bool hash_identity(const ro_article *article, unsigned char digest[EVP_MAX_MD_SIZE]) {
    EVP_MD_CTX *hash = EVP_MD_CTX_new();
    bool done = hash && EVP_DigestInit_ex(hash, EVP_sha256(), NULL);
    if (article->url.len) {
        done = done && hash_part(hash, article->url);
    } else {
        char time[RO_TIME_TEXT];
        done = done && hash_part(hash, article->title) &&
               hash_part(hash, ro_str_from(ro_time_format(article->published, time))) &&
               hash_part(hash, article->body);
    }
    done = done && EVP_DigestFinal_ex(hash, digest, NULL);
    EVP_MD_CTX_free(hash);
    return done;
}

ro_status ro_article_key(const ro_article *article, ro_arena *arena, ro_str *out, ro_error *err) {
    static const char hex[] = "0123456789abcdef";
    unsigned char digest[EVP_MAX_MD_SIZE];
    char text[2 * KEY_BYTES + 1] = {0};
    *out = RO_STR_NONE;
    if (!hash_identity(article, digest)) {
        return ro_fail_memory(err);
    }
    for (size_t i = 0; i < KEY_BYTES; i++) {
        text[2 * i] = hex[digest[i] >> 4];
        text[2 * i + 1] = hex[digest[i] & 15];
    }
    *out = ro_arena_printf(arena, "sha256:%s", text);
    return out->ptr ? RO_OK : ro_fail_memory(err);
}

static json_t *string_or_empty(ro_str s) {
    return json_stringn(s.ptr ? s.ptr : "", s.len);
}

static json_t *dateline_to_json(const ro_dateline *dateline) {
    if (!dateline->place.len && !dateline->country.len && !dateline->agency.len) {
        return json_null();
    }
    return json_pack("{s:o, s:o, s:o}", "place", string_or_empty(dateline->place), "country",
                     string_or_empty(dateline->country), "agency",
                     string_or_empty(dateline->agency));
}

json_t *ro_article_to_json(const ro_article *article) {
    const struct {
        const char *name;
        ro_str value;
    } strings[] = {{"id", article->id},
                   {"title", article->title},
                   {"body", article->body},
                   {"url", article->url},
                   {"source", article->source},
                   {"byline", article->byline},
                   {"language", article->language},
                   {"credit", article->credit},
                   {"photo_credit", article->photo_credit}};
    char time[RO_TIME_TEXT];
    json_t *object = json_object();
    int failed = object == NULL;
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++) {
        failed |= json_object_set_new(object, strings[i].name, string_or_empty(strings[i].value));
    }
    failed |= json_object_set_new(object, "dateline", dateline_to_json(&article->dateline));
    failed |= json_object_set_new(object, "published",
                                  article->published == RO_TIME_NONE
                                      ? json_null()
                                      : json_string(ro_time_format(article->published, time)));
    if (failed) {
        json_decref(object);
        return NULL;
    }
    return object;
}
