//! The driver of tantivy; ../README.md says what every driver does.
use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::time::Instant;

use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, Occur, PhraseQuery, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::{doc, Index, ReloadPolicy, Result, Term};

const BUDGET: usize = 512 << 20; // bytes of memory, as every driver gets

fn index(terms: &str, dir: &str, threads: usize) -> Result<()> {
    fs::create_dir_all(dir)?;
    let options = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer("whitespace")
            .set_index_option(IndexRecordOption::WithFreqsAndPositions),
    );
    let mut schema = Schema::builder();
    let body = schema.add_text_field("body", options);
    let start = Instant::now();
    let index = Index::create_in_dir(dir, schema.build())?;
    let mut writer = index.writer_with_num_threads(threads, BUDGET)?;
    let mut articles = 0u64;
    for line in BufReader::with_capacity(1 << 20, File::open(terms)?).lines() {
        writer.add_document(doc!(body => line?))?;
        articles += 1;
    }
    writer.commit()?;
    println!("indexed {} {:.3}", articles, start.elapsed().as_secs_f64());
    let segments = index.searchable_segment_ids()?;
    if segments.len() > 1 {
        writer.merge(&segments).wait()?;
    }
    writer.garbage_collect_files().wait()?;
    writer.wait_merging_threads()
}

fn query(class: &str, words: &str, body: Field) -> Box<dyn Query> {
    let mut terms: Vec<Term> = words.split(' ').map(|w| Term::from_field_text(body, w)).collect();
    let one = |term: Term| -> Box<dyn Query> {
        Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))
    };
    match class {
        "phrase" => Box::new(PhraseQuery::new(terms)),
        "term" => one(terms.remove(0)),
        _ => {
            let occur = if class == "or" { Occur::Should } else { Occur::Must };
            Box::new(BooleanQuery::new(terms.into_iter().map(|t| (occur, one(t))).collect()))
        }
    }
}

fn search(dir: &str, queries: &str, out: &str, passes: usize) -> Result<()> {
    let index = Index::open_in_dir(dir)?;
    let body = index.schema().get_field("body")?;
    let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
    let searcher = reader.searcher();
    let lines: Vec<String> = BufReader::new(File::open(queries)?).lines().collect::<std::io::Result<_>>()?;
    let mut best = vec![u128::MAX; lines.len()];
    let mut scores: Vec<Vec<f32>> = vec![vec![]; lines.len()];
    for pass in 0..=passes {
        for (i, line) in lines.iter().enumerate() {
            let (class, words) = line.split_once('\t').unwrap();
            let start = Instant::now();
            let hits = searcher.search(&query(class, words, body), &TopDocs::with_limit(10).order_by_score())?;
            let took = start.elapsed().as_nanos();
            if pass > 0 {
                best[i] = best[i].min(took);
            }
            scores[i] = hits.iter().map(|hit| hit.0).collect();
        }
    }
    let mut file = BufWriter::new(File::create(out)?);
    for (i, line) in lines.iter().enumerate() {
        let scores: Vec<String> = scores[i].iter().map(|s| format!("{s:.6}")).collect();
        writeln!(file, "{}\t{}\t{}", line.split('\t').next().unwrap(), best[i], scores.join(" "))?;
    }
    Ok(())
}

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().collect();
    match args.get(1).map(String::as_str) {
        Some("version") => println!("{}", tantivy::version_string()),
        Some("index") => index(&args[2], &args[3], args[4].parse().unwrap())?,
        Some("search") => search(&args[2], &args[3], &args[4], args[5].parse().unwrap())?,
        _ => panic!("usage: version | index TERMS DIR THREADS | search DIR QUERIES OUT PASSES"),
    }
    Ok(())
}
