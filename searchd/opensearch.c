#include "opensearch.h"

#include "feed.h"
#include "problem.h"
#include "worker.h"

ro_str ro_public_url(const ro_work *work, ro_searchd_job *job) {
    ro_str url = ro_str_from(work->public_url);
    if (url.len) {
        return ro_str_make(url.ptr, url.len - (url.ptr[url.len - 1] == '/'));
    }
    ro_str host = job->request.host.len ? job->request.host : RO_STR("localhost");
    return ro_arena_printf(&job->arena, "http%s://%.*s", job->tls ? "s" : "", RO_STR_ARG(host));
}

static void add_url(ro_buf *out, const char *type, ro_str base, const char *path) {
    ro_buf_printf(out, "<Url type=\"%s\" template=\"", type);
    ro_xml_add(out, base);
    ro_xml_add(out, ro_str_from(path));
    ro_buf_add_str(out, RO_STR("\"/>\n"));
}

void ro_api_opensearch(const ro_work *work, ro_searchd_job *job) {
    ro_str base = ro_public_url(work, job);
    ro_buf *out = &job->response.body;
    if (job->request.query.len) {
        ro_problem_write(&job->response, RO_PROBLEM_UNKNOWN_PARAMETER,
                         RO_STR("this resource has no parameters"),
                         (ro_where){"query", RO_STR_NONE, -1});
        return;
    }
    job->response.status = 200;
    job->response.content_type = "application/opensearchdescription+xml";
    ro_buf_add_str(out, RO_STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                               "<OpenSearchDescription "
                               "xmlns=\"http://a9.com/-/spec/opensearch/1.1/\">\n"
                               "<ShortName>Readout</ShortName>\n"
                               "<Description>Search of news articles, statements and "
                               "readouts</Description>\n<InputEncoding>UTF-8</InputEncoding>\n"));
    ro_str page = ro_str_from(work->search_page);
    add_url(out, "text/html", page.len ? page : base, page.len ? "" : "/?q={searchTerms}");
    add_url(out, "application/atom+xml", base, "/v1/search?q={searchTerms}&format=atom");
    add_url(out, "application/rss+xml", base, "/v1/search?q={searchTerms}&format=rss");
    add_url(out, "application/x-suggestions+json", base,
            "/v1/suggest?q={searchTerms}&format=opensearch");
    ro_buf_add_str(out, RO_STR("</OpenSearchDescription>\n"));
}

json_t *ro_opensearch_suggestions(const json_t *answer) {
    const json_t *list = json_object_get(answer, "suggestions");
    json_t *texts = json_array(), *notes = json_array();
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        json_int_t count = json_integer_value(json_object_get(item, "count"));
        json_array_append(texts, json_object_get(item, "text"));
        json_array_append_new(
            notes, count ? json_sprintf("%lld article%s", (long long)count, count == 1 ? "" : "s")
                         : json_string(""));
    }
    return json_pack("[O,o,o]", json_object_get(answer, "query"), texts, notes);
}
