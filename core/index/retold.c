/* Statements that articles tell which are near-duplicates: of the same speaker, in the same words.
 */
#include "search.h"

/* The same speaker, verb and form, as long as it: what remains is to be read. Itself comes first.
 */
static const char alike[] =
    "SELECT s.doc, s.article, s.content_start, s.content_end FROM statement me"
    " JOIN (SELECT ?2 AS doc UNION ALL SELECT doc FROM alike WHERE grp = ?2 AND grp <> doc) copy"
    " JOIN extraction e ON e.article = copy.doc"
    " JOIN statement s ON s.doc >= e.statement AND s.doc < e.statement + e.statements"
    " AND s.speaker IS me.speaker AND s.cue IS me.cue AND s.kind IS me.kind"
    " AND s.content_end - s.content_start = me.content_end - me.content_start"
    " WHERE me.doc = ?1 ORDER BY s.doc <> ?1, s.doc LIMIT ?3";

typedef struct candidate {
    ro_doc doc, article;
    size_t start, end;
} candidate;

static ro_status read_candidates(ro_snapshot *snapshot, ro_doc doc, int64_t group,
                                 candidate out[RO_RETOLD_MAX], size_t *count, ro_error *err) {
    sqlite3_stmt *read = NULL;
    bool row = true;
    ro_status status = ro_sql_prepare(snapshot->db, alike, &read, err);
    if (!status) {
        (void)sqlite3_bind_int64(read, 1, doc);
        (void)sqlite3_bind_int64(read, 2, group);
        (void)sqlite3_bind_int64(read, 3, RO_RETOLD_MAX);
    }
    for (*count = 0; !status && row;) {
        status = ro_sql_step(read, &row, "read statements", err);
        if (!status && row) {
            out[(*count)++] = (candidate){
                sqlite3_column_int64(read, 0), sqlite3_column_int64(read, 1),
                (size_t)sqlite3_column_int64(read, 2), (size_t)sqlite3_column_int64(read, 3)};
        }
    }
    sqlite3_finalize(read);
    return status;
}

static bool is_blank(char byte) {
    return (unsigned char)byte <= ' ';
}

/* Word for word; a line end is a blank. */
static bool same_words(ro_str a, ro_str b) {
    size_t i = 0;
    while (i < a.len && i < b.len &&
           (a.ptr[i] == b.ptr[i] || (is_blank(a.ptr[i]) && is_blank(b.ptr[i])))) {
        i++;
    }
    return a.len == b.len && i == a.len;
}

/* Nothing where the row is damaged. */
static ro_status read_words(ro_snapshot *snapshot, const candidate *of, ro_arena *arena,
                            ro_str *out, ro_error *err) {
    ro_article article;
    ro_status status = ro_snapshot_article(snapshot, of->article, true, arena, &article, err);
    bool sound = !status && of->start < of->end && of->end <= article.body.len;
    *out = sound ? ro_str_make(article.body.ptr + of->start, of->end - of->start) : RO_STR_NONE;
    return status;
}

static ro_status keep_same(ro_snapshot *snapshot, const candidate *candidates, size_t count,
                           ro_retold *out, ro_error *err) {
    ro_arena own = RO_ARENA_INIT;
    ro_arena others = RO_ARENA_INIT;
    ro_str said = RO_STR_NONE;
    ro_status status = count ? read_words(snapshot, &candidates[0], &own, &said, err) : RO_OK;
    for (size_t i = 0; i < count && said.len && !status; i++) {
        ro_str other = said;
        if (i) {
            ro_arena_reset(&others);
            status = read_words(snapshot, &candidates[i], &others, &other, err);
        }
        if (!status && same_words(said, other)) {
            out->docs[out->count] = candidates[i].doc;
            out->articles[out->count++] = candidates[i].article;
        }
    }
    ro_arena_release(&own);
    ro_arena_release(&others);
    return status;
}

/* Its own place among them is by number, as that of the others. */
static void put_in_order(ro_retold *retold) {
    for (size_t i = 1; i < retold->count && retold->docs[i] < retold->docs[i - 1]; i++) {
        ro_doc doc = retold->docs[i];
        ro_doc article = retold->articles[i];
        retold->docs[i] = retold->docs[i - 1];
        retold->articles[i] = retold->articles[i - 1];
        retold->docs[i - 1] = doc;
        retold->articles[i - 1] = article;
    }
}

ro_status ro_snapshot_retold(ro_snapshot *snapshot, ro_doc doc, ro_retold *out, ro_error *err) {
    candidate candidates[RO_RETOLD_MAX];
    size_t count = 0;
    ro_groups *groups;
    ro_fact fact;
    *out = (ro_retold){.count = 0};
    ro_status status = ro_snapshot_groups(snapshot, RO_KIND_ARTICLES, &groups, err);
    status = status ? status : ro_snapshot_fact(snapshot, RO_KIND_STATEMENTS, doc, &fact, err);
    if (status) {
        return status;
    }
    int64_t group = ro_merge_map_group(&groups->map, fact.article);
    if (ro_merge_map_has(&groups->map, group)) {
        status = read_candidates(snapshot, doc, group, candidates, &count, err);
    }
    if (!status && count > 1) {
        status = keep_same(snapshot, candidates, count, out, err);
    }
    out->count = status || out->count < 2 ? 0 : out->count;
    put_in_order(out);
    return status;
}
