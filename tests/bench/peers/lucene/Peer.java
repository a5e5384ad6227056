// The driver of Lucene; ../README.md says what every driver does.
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.StringJoiner;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.index.ConcurrentMergeScheduler;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopScoreDocCollectorManager;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.util.Version;

public final class Peer {
    /** Splits at white space; as light as a tokenizer can be. */
    static final class Words extends Tokenizer {
        private final CharTermAttribute term = addAttribute(CharTermAttribute.class);
        private final char[] buffer = new char[1 << 14];
        private int at, length;

        private int read() throws IOException {
            if (at == length) {
                length = input.read(buffer, at = 0, buffer.length);
                if (length <= 0) {
                    return at = length = 0;
                }
            }
            return buffer[at++];
        }

        @Override
        public boolean incrementToken() throws IOException {
            clearAttributes();
            int c = read();
            while (c == ' ') {
                c = read();
            }
            char[] word = term.buffer();
            int count = 0;
            for (; c > ' '; c = read()) {
                if (count == word.length) {
                    word = term.resizeBuffer(count + 1);
                }
                word[count++] = (char) c;
            }
            term.setLength(count);
            return count > 0;
        }

        @Override
        public void reset() throws IOException {
            super.reset();
            at = length = 0;
        }
    }

    static final Analyzer ANALYZER = new Analyzer() {
        @Override
        protected TokenStreamComponents createComponents(String field) {
            return new TokenStreamComponents(new Words());
        }
    };

    static void index(Path terms, Path dir, int threads) throws Exception {
        FieldType type = new FieldType();
        type.setTokenized(true);
        type.setIndexOptions(IndexOptions.DOCS_AND_FREQS_AND_POSITIONS);
        type.freeze();
        long start = System.nanoTime();
        AtomicInteger articles = new AtomicInteger();
        try (MMapDirectory directory = new MMapDirectory(dir);
                IndexWriter writer = new IndexWriter(directory, new IndexWriterConfig(ANALYZER)
                        .setUseCompoundFile(false).setRAMBufferSizeMB(512));
                BufferedReader in = Files.newBufferedReader(terms)) {
            Thread[] workers = new Thread[threads];
            for (int i = 0; i < threads; i++) {
                workers[i] = new Thread(() -> {
                    try {
                        for (String line = in.readLine(); line != null; line = in.readLine()) {
                            Document document = new Document();
                            document.add(new Field("body", line, type));
                            writer.addDocument(document);
                            articles.incrementAndGet();
                        }
                    } catch (IOException e) {
                        throw new RuntimeException(e);
                    }
                });
                workers[i].start();
            }
            for (Thread worker : workers) {
                worker.join();
            }
            writer.commit();
            System.out.printf("indexed %d %.3f%n", articles.get(), (System.nanoTime() - start) / 1e9);
            writer.forceMerge(1);
        }
    }

    static Query query(String line) {
        String[] parts = line.split("\t", 2);
        String[] words = parts[1].split(" ");
        if (parts[0].equals("phrase")) {
            return new PhraseQuery("body", words);
        }
        if (parts[0].equals("term")) {
            return new TermQuery(new Term("body", words[0]));
        }
        BooleanQuery.Builder builder = new BooleanQuery.Builder();
        for (String word : words) {
            builder.add(new TermQuery(new Term("body", word)),
                    parts[0].equals("or") ? Occur.SHOULD : Occur.MUST);
        }
        return builder.build();
    }

    static void search(Path dir, Path queries, Path out, int passes) throws Exception {
        List<String> lines = Files.readAllLines(queries);
        long[] best = new long[lines.size()];
        ScoreDoc[][] hits = new ScoreDoc[lines.size()][];
        java.util.Arrays.fill(best, Long.MAX_VALUE);
        try (MMapDirectory directory = new MMapDirectory(dir);
                DirectoryReader reader = DirectoryReader.open(directory)) {
            IndexSearcher searcher = new IndexSearcher(reader);
            searcher.setQueryCache(null);
            for (int pass = -4; pass < passes; pass++) { // the compiler needs some to warm up
                for (int i = 0; i < best.length; i++) {
                    long start = System.nanoTime();
                    hits[i] = searcher.search(query(lines.get(i)),
                            new TopScoreDocCollectorManager(10, null, 10)).scoreDocs;
                    long took = System.nanoTime() - start;
                    if (pass >= 0) {
                        best[i] = Math.min(best[i], took);
                    }
                }
            }
        }
        try (PrintWriter file = new PrintWriter(out.toFile())) {
            for (int i = 0; i < best.length; i++) {
                StringJoiner scores = new StringJoiner(" ");
                for (ScoreDoc hit : hits[i]) {
                    scores.add(String.format("%.6f", hit.score));
                }
                file.printf("%s\t%d\t%s%n", lines.get(i).split("\t")[0], best[i], scores);
            }
        }
    }

    public static void main(String[] args) throws Exception {
        switch (args[0]) {
            case "version" -> System.out.printf("Lucene %s, Java %s%n", Version.LATEST, Runtime.version());
            case "index" -> index(Path.of(args[1]), Path.of(args[2]), Integer.parseInt(args[3]));
            case "search" -> search(Path.of(args[1]), Path.of(args[2]), Path.of(args[3]),
                    Integer.parseInt(args[4]));
            default -> throw new IllegalArgumentException(args[0]);
        }
    }
}
