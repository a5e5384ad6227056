/* The inside of the writer, shared by writer.c, facts/put.c, ledger.c. */
#ifndef READOUT_INDEX_WRITER_H
#define READOUT_INDEX_WRITER_H

#include "alike.h"
#include "catalog.h"
#include "collection.h"
#include "merge/merge.h"

#include <zstd.h>

enum {
    RO_WRITER_FIND,
    RO_WRITER_INSERT,
    RO_WRITER_DELETE,
    RO_WRITER_READ,
    RO_WRITER_HOLD,
    RO_WRITER_TOUCH,
    RO_WRITER_TOUCHED,
    RO_WRITER_MOVE,
    RO_WRITER_RELEASE,
    RO_WRITER_RELEASE_ALL,
    RO_WRITER_UNTOUCH,
    RO_WRITER_FILE_OF,
    RO_WRITER_ADD_FILE,
    RO_WRITER_META,
    RO_WRITER_HELD,
    RO_WRITER_LEDGER_GET,
    RO_WRITER_LEDGER_PUT,
    RO_WRITER_LEDGER_DELETE,
    RO_WRITER_STATEMENTS
};

struct ro_writer {
    const ro_index *index;
    int lock;    /* descriptor of the lock file */
    bool paused; /* the lock is let go */
    sqlite3 *db;
    ro_replay *replay;
    sqlite3_stmt *statements[RO_WRITER_STATEMENTS];
    ro_collection_writer collections[RO_KINDS];
    ro_value_writer values;
    ro_fact_writer facts;
    ro_fact_reader stored_facts;
    ro_merge_writer *merge;
    ro_alike_writer alike;
    ro_buf values_of_fact, values_of_article; /* uint32_t, see ro_listed */
    ro_preparer *preparer;                    /* made when the first article is taken out */
    ZSTD_DCtx *unpacker;                      /* likewise */
    ro_arena arena;                           /* of one call */
    ro_buf file_path;                         /* the origin of the article before, and its file */
    int64_t file;
    int64_t revision;
    int64_t text_bytes; /* change of the total in this transaction */
    size_t pending;
    unsigned leaves_merged; /* RO_LEAVES_MERGED but in tests */
    int64_t mended;         /* leaves that opening built anew, and no repair has told of yet */
    bool begun;             /* a transaction is open, for all we did: see ro_writer_ready */
    bool changed;           /* something to commit */
    ro_status broken; /* a failed write leaves memory and tables apart: nothing more is taken */
};

/* To be called first by whatever uses the tables: begins a transaction if none is open, refuses
 * when an earlier failure ended it. */
ro_status ro_writer_ready(ro_writer *writer, ro_error *err) RO_MUST_CHECK;
/* Deletes one article, but not who held it. */
ro_status ro_writer_remove(ro_writer *writer, ro_doc doc, ro_error *err) RO_MUST_CHECK;
/* Stores the facts of an article whose row is there, with their documents, and gathers in
 * values_of_article what its own list is to hold. `record` says what they share with it. */
ro_status ro_writer_put_facts(ro_writer *writer, ro_doc article, const ro_prepared *prepared,
                              const ro_record *record, ro_error *err) RO_MUST_CHECK;
/* Takes them out, with the stored article at hand. */
ro_status ro_writer_remove_facts(ro_writer *writer, ro_doc doc, const ro_article *article,
                                 ro_error *err) RO_MUST_CHECK;
/* The values, sorted in place, each once. */
ro_list ro_writer_list(ro_buf *values);
/* Calls `fn` with the words of a stored article, and with `facts` of its other documents. */
typedef ro_status (*ro_stream_fn)(void *context, ro_kind kind, ro_doc doc, const ro_stream *terms,
                                  ro_error *err);
ro_status ro_writer_each_stream(ro_writer *writer, ro_doc doc, bool facts, ro_stream_fn fn,
                                void *context, ro_error *err) RO_MUST_CHECK;
/* The documents of facts, of an article at hand. */
ro_status ro_writer_each_fact(ro_writer *writer, ro_doc doc, const ro_article *article,
                              ro_stream_fn fn, void *context, ro_error *err) RO_MUST_CHECK;
/* Builds sealed leaves anew that are damaged or missing, `leaves` of them; `thorough` reads all of
 * the others against their checksums. For the transaction that is open, before anything is put. */
ro_status ro_writer_mend(ro_writer *writer, bool thorough, int64_t *leaves,
                         ro_error *err) RO_MUST_CHECK;
/* Commits what was put, and then, in a transaction of its own, changes leaves, but nothing that
 * they say. */
typedef ro_status (*ro_rearrange_fn)(const ro_writer *writer, void *context, ro_error *err);
ro_status ro_writer_rearrange(ro_writer *writer, ro_rearrange_fn fn, void *context,
                              ro_error *err) RO_MUST_CHECK;
/* Runs one of the statements above that take up to two numbers and give no rows. */
ro_status ro_writer_run(ro_writer *writer, int statement, int64_t first, int64_t second,
                        ro_error *err) RO_MUST_CHECK;

/* The columns of a row that both the writer and the snapshot read. */
#define RO_ARTICLE_COLUMNS                                                                         \
    "article.id, published, title, source, language, url, byline, credit, photo_credit, place,"    \
    " country, agency, (SELECT path FROM file WHERE file.file ="                                   \
    " (SELECT max(holder.file) FROM holder WHERE holder.doc = article.doc)), body_bytes"
enum { RO_ARTICLE_BODY_BYTES = 13, RO_ARTICLE_BODY = 14 };

/* Reads a row of RO_ARTICLE_COLUMNS, body after them, into the arena; RO_DAMAGED when the body does
 * not decompress to the size it should have. The unpacker is made with the first body, to be freed
 * by the caller; NULL: without the body. */
ro_status ro_article_read(sqlite3_stmt *row, ZSTD_DCtx **unpacker, ro_arena *arena, ro_article *out,
                          ro_error *err) RO_MUST_CHECK;

#endif
