// The driver of Xapian; README.md says what every driver does.
#include <xapian.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

using Clock = std::chrono::steady_clock;

static double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

static std::vector<std::string> words_of(const std::string &line) {
    std::istringstream in(line);
    std::vector<std::string> words;
    for (std::string word; in >> word;) {
        words.push_back(word);
    }
    return words;
}

static void index(const char *terms, const std::string &dir) {
    auto start = Clock::now();
    size_t articles = 0;
    {
        Xapian::WritableDatabase db(dir + ".raw", Xapian::DB_CREATE_OR_OVERWRITE);
        std::ifstream in(terms);
        for (std::string line; std::getline(in, line); articles++) {
            Xapian::Document document;
            Xapian::termpos position = 0;
            for (const std::string &word : words_of(line)) {
                document.add_posting(word, ++position);
            }
            db.add_document(document);
        }
        db.commit();
    }
    std::printf("indexed %zu %.3f %.3f\n", articles, seconds_since(start),
                double(std::clock()) / CLOCKS_PER_SEC);
    Xapian::Database(dir + ".raw").compact(dir, Xapian::DBCOMPACT_NO_RENUMBER);
}

static Xapian::Query query_of(const std::string &type, const std::string &line) {
    std::vector<std::string> words = words_of(line);
    Xapian::Query::op op = type == "or"    ? Xapian::Query::OP_OR
                           : type == "and" ? Xapian::Query::OP_AND
                                           : Xapian::Query::OP_PHRASE;
    return type == "term" ? Xapian::Query(words[0])
                          : Xapian::Query(op, words.begin(), words.end(),
                                         type == "phrase" ? words.size() : 0);
}

static void search(const char *dir, const char *queries, const char *out, int passes) {
    Xapian::Database db(dir);
    std::ifstream in(queries);
    std::vector<std::string> types, lines;
    for (std::string line; std::getline(in, line);) {
        types.push_back(line.substr(0, line.find('\t')));
        lines.push_back(line.substr(line.find('\t') + 1));
    }
    std::vector<double> best(lines.size(), 1e9);
    std::vector<std::string> scores(lines.size());
    for (int pass = 0; pass <= passes; pass++) {
        for (size_t i = 0; i < lines.size(); i++) {
            auto start = Clock::now();
            Xapian::Enquire enquire(db);
            enquire.set_weighting_scheme(Xapian::BM25Weight(1.2, 0, 0, 0.75, 0));
            enquire.set_query(query_of(types[i], lines[i]));
            Xapian::MSet hits = enquire.get_mset(0, 10);
            double took = seconds_since(start);
            best[i] = pass && took < best[i] ? took : best[i];
            scores[i].clear();
            for (auto hit = hits.begin(); hit != hits.end(); ++hit) {
                scores[i] += (scores[i].empty() ? "" : " ") + std::to_string(hit.get_weight());
            }
        }
    }
    std::ofstream file(out);
    for (size_t i = 0; i < lines.size(); i++) {
        file << types[i] << '\t' << static_cast<long>(best[i] * 1e9) << '\t' << scores[i] << '\n';
    }
}

int main(int argc, char **argv) {
    std::string what = argc > 1 ? argv[1] : "";
    if (what == "version") {
        std::printf("Xapian %s\n", Xapian::version_string());
    } else if (what == "index" && argc > 3) {
        index(argv[2], argv[3]);
    } else if (what == "search" && argc > 5) {
        search(argv[2], argv[3], argv[4], std::atoi(argv[5]));
    } else {
        std::fprintf(stderr, "usage: version | index TERMS DIR THREADS | search DIR QUERIES OUT PASSES\n");
        return 2;
    }
    return 0;
}
