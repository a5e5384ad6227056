#!/bin/sh
# Scores extraction: extract_score.sh seeds|merged|categories READOUT-INDEXER. Needs READOUT_SHARED.
set -eu
eval=${READOUT_SHARED:?}/eval/extraction
if [ ! -f "$eval/score_seeds.py" ]; then
    echo "skipped: no $eval" >&2
    exit 77
fi
out=$(mktemp)
trap 'rm -f "$out"' EXIT

case $1 in
seeds)
    "$2" extract "$eval/seeds/A.txt" "$eval/seeds/B.txt" >"$out"
    python3 "$eval/score_seeds.py" "$eval/seeds-gold.json" "$out" --accept
    python3 "$eval/score_seeds.py" --articles "$eval/seeds-gold.json" --published 2025-02-20 |
        "$2" extract - >"$out"
    python3 "$eval/score_seeds.py" "$eval/seeds-gold.json" "$out" --published 2025-02-20 --accept
    ;;
merged)
    view=$(mktemp)
    trap 'rm -f "$out" "$view"' EXIT
    "$2" extract "$eval/seeds/A.txt" "$eval/seeds/B.txt" >"$out"
    "$2" extract --merged "$eval/seeds/A.txt" "$eval/seeds/B.txt" >"$view"
    python3 "$eval/score_seeds.py" "$eval/seeds-gold.json" "$out" "$view" | awk '
        /^merged/ { print; seen++ }
        $1 == "merged.people.b3_f1" && $2 < 1 { low = 1 }
        $1 == "merged.people.must_not_merge" && $2 > 0 { low = 1 }
        $1 == "merged.talk.one_event" && $2 < 1 { low = 1 }
        $1 == "merged.outcomes.pair_recall" && $2 < 0.60 { low = 1 }
        $1 == "merged.outcomes.pair_precision" && $2 < 0.75 { low = 1 }
        END { exit low || seen < 7 }'
    ;;
categories)
    python3 "$eval/score_plv.py" --articles "$eval/plv_train.tsv" | "$2" extract - >"$out"
    python3 "$eval/score_plv.py" "$eval/plv_train.tsv" "$out" | awk '
        { print }
        $1 == "AGREE.f1" && $2 < 0.80 { low = 1 }
        $1 == "REJECT.f1" && $2 < 0.82 { low = 1 }
        $1 == "CONSULT.f1" && $2 < 0.68 { low = 1 }
        END { exit low }'
    ;;
esac
