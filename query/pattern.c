#include "question.h"

#include "readout/facts.h"

/* Lists of words. `~decline` stands for the regular forms of the verb. */
static const struct {
    const char *name, *words;
} LISTS[] = {
    {"@aux", "do does did has have had is are was were be been being will would can could should "
             "shall may might must"},
    {"@be", "is are was were be been"},
    {"@lead", "led lead leads leading ~head ~chair ~captain"},
    {"@host", "~host ~receive ~welcome"},
    {"@mediate", "~mediate ~broker ~facilitate ~moderate"},
    {"@attend", "~attend ~join ~participate"},
    {"@take", "take took takes taking taken"},
    {"@official",
     "official officials minister ministers diplomat diplomats delegate delegates envoy "
     "envoys representative representatives leader leaders people person persons "
     "negotiator negotiators adviser advisers advisor advisors member members participant "
     "participants president presidents ambassador ambassadors secretary secretaries "
     "politician politicians mediator mediators"},
    {"@anyone",
     "official officials delegate delegates member members participant participants people "
     "person persons representative representatives country countries nation nations two three"},
    {"@group", "delegation delegations side sides team teams party parties mission missions"},
    {"@talk",
     "talks talk negotiation negotiations meeting meetings discussion discussions "
     "consultation consultations summit summits conversation conversations call calls round "
     "rounds session sessions visit visits"},
    {"@meet", "meet met meets ~negotiate ~confer ~talk speak spoke spoken speaks ~consult ~visit"},
    {"@discuss", "~discuss ~cover ~raise ~debate ~review"},
    {"@country", "country countries nation nations state states government governments"},
    {"@say",
     "say said says saying tell told tells ~claim ~warn ~stress ~note ~comment think thought "
     "thinks "
     "~believe ~mention ~announce ~explain ~describe ~react ~respond ~argue stated ~declare "
     "~insist "
     "~remark wrote ~emphasize ~emphasise ~underline ~underscore ~predict ~complain ~criticize "
     "~criticise ~praise ~condemn ~assess ~acknowledge ~reveal ~disclose regard regards meant"},
    {"@saying", "statement statements remarks remark comments quotes quotations quote words"},
    {"@view", "reaction response comment comments statement statements position stance view views "
              "opinion message remarks assessment attitude reply answer argument"},
    {"@pact",
     "agreement agreements deal deals pact pacts treaty treaties accord accords ceasefire truce "
     "breakthrough progress compromise consensus settlement decision decisions mechanism "
     "moratorium commitment commitments plan plans"},
    {"@result", "outcome outcomes result results conclusion conclusions upshot fruit"},
    {"@ask", "who whom whose which what where when why how"},
    {"@small",
     "the a an of in on at to for with from by and or about between over during after before into "
     "its their his her our your my this that these those there it they he she we you i who "
     "whom whose which what where when why how do does did has have had is are was were be "
     "been being will would can could should shall may might must am not any some as if so "
     "than then them him us me many often please tell show give list find regarding concerning "
     "both ever "
     "yet already actually exactly towards toward against upon"},
    {"@title",
     "president prime minister foreign defense defence secretary general senator king queen crown "
     "prince princess ambassador envoy chancellor premier mr mrs ms dr sir lord lady special "
     "deputy vice chief representative adviser advisor national security commissioner speaker "
     "governor mayor professor judge colonel admiral sheikh ayatollah sultan emir emperor pope "
     "cardinal bishop chairman chairwoman director leader spokesman spokeswoman former acting "
     "congressman congresswoman interior finance trade economy energy presidential head of"},
    {"@particle", "bin ibn al el von van de der den da di du la le ter abu ben bint dos das"},
};

/* What a verb says of an outcome. */
static const struct {
    const char *verbs, *status, *answers;
} VERBS[] = {
    {"~agree ~accept ~approve ~sign ~conclude ~reach ~settle ~endorse ~adopt ~ratify ~decide "
     "~commit "
     "~pledge ~promise ~consent ~establish ~finalize ~finalise ~initial",
     "agreed", "agreed declined rejected open"},
    {"~propose ~suggest ~offer ~recommend ~request ~invite ~initiate ~demand ~ask ~urge ~want",
     "proposed", "proposed declined rejected"},
    {"~decline ~refuse ~rebuff", "declined rejected", "declined rejected agreed"},
    {"~reject ~oppose ~veto ~block ~spurn", "rejected declined", "rejected declined agreed"},
    {"~deny denied ~dismiss ~refute ~disavow", "denied", "denied"},
    {"~plan ~intend ~schedule ~prepare", "planned", "planned agreed open"},
    {"~reaffirm ~reiterate ~renew ~restate", "reaffirmed", "reaffirmed"},
};

/* The elements of a pattern: `a|b` one of these words; `@list` or `~verb`; `.` any word; `*` any
 * words;
 * `%` up to six words, none of them of @aux; `#` a verb of VERBS. Before a word: `?` it may be
 * missing, `!` it is the main verb, `+` it is searched for too. The first that fits counts. */
typedef struct pattern {
    const char *name, *words;
    ro_kind kind;
    const char *roles, *statuses;
    ro_ask_status ask;
    const char *expected;
} pattern;

#define ARTICLES RO_KIND_ARTICLES
#define TALKS RO_KIND_TALKS
#define PEOPLE RO_KIND_PARTICIPANTS
#define OUTCOMES RO_KIND_OUTCOMES
#define SAID RO_KIND_STATEMENTS

/* Of the patterns that fit, the one whose main verb stands first; of several, and of those without
 * a main verb, the first of the table. */
static const pattern PATTERNS[] = {
    /* how long, where, when */
    {"how-long", "?for|about how long * ?last|lasted|take|took|go|went|run|ran ?on", TALKS, "", "",
     0, "hours|hour|minutes|minute"},
    {"how-long", "how many hours|minutes|days *", TALKS, "", "", 0, "hours|hour|minutes|minute"},
    {"how-long", "% duration ?of *", TALKS, "", "", 0, "hours|hour|minutes|minute"},
    {"when-will", "when will|would|shall|should *", TALKS, "", "planned agreed proposed", 0, ""},
    {"where", "where was|were|did|have|has|had * ?held ?take ?taken ?place", TALKS, "",
     "held ongoing paused", 0, "took place|taken place|held in|venue"},
    {"where", "where @aux *", TALKS, "", "", 0, "took place|taken place|held in|venue"},
    {"where", "?in|at|to which|what city|cities|place|places|venue|capital|location|hotel *", TALKS,
     "", "", 0, "took place|taken place|held in|venue"},
    {"when", "when @aux * ?held ?take ?taken ?place", TALKS, "", "", 0, ""},
    {"when", "?on|in|at|since which|what day|date|month|year|time|weekday *", TALKS, "", "", 0, ""},
    /* is a date set */
    {"date-set",
     "@aux * +date|dates|timetable|schedule|deadline * !set|fixed|agreed|scheduled|settled|known *",
     OUTCOMES, "", "open planned agreed", 0, ""},
    {"date-set", "@aux * !set|fix|fixed|agree|agreed|name ?on ?a +date|dates|timetable|schedule *",
     OUTCOMES, "", "open planned agreed", 0, ""},
    /* who led, who was there */
    {"who-led", "who|whom|which * =@lead *", PEOPLE, "head chair", "", 0, ""},
    {"who-led", "by whom * =@lead *", PEOPLE, "head chair", "", 0, ""},
    {"who-led", "who @be ?the !head|heads|leader|leaders|chief|chair of % @group *", PEOPLE,
     "head chair", "", 0, ""},
    {"who-hosted", "who|which|whom % ?@aux =@host *", PEOPLE, "host", "", 0, ""},
    {"who-mediated", "who|which|whom % ?@aux =@mediate *", PEOPLE, "mediator host", "", 0, ""},
    {"who-mediated", "who @be ?the !mediator|mediators|broker|brokers *", PEOPLE, "mediator host",
     "", 0, ""},
    {"who-observed", "who|which % ?@aux =~observe|observer|observers *", PEOPLE, "observer", "", 0,
     ""},
    {"which-countries",
     "which|what|how ?many @country|sides|parties % ?@aux =@attend|@take|@meet|held|hold ?part *",
     TALKS, "", "", 0, ""},
    {"which-countries", "between which|what @country|sides|parties *", TALKS, "", "", 0, ""},
    {"who-attended", "who|whom|which|what|how * =@attend *", PEOPLE, RO_TOOK_PART, "", 0, ""},
    {"who-attended", "who|whom|which|what|how * !@take part|place *", PEOPLE, RO_TOOK_PART, "", 0,
     ""},
    {"did-attend", "@aux * !@take part *", PEOPLE, RO_TOOK_PART, "", 0, ""},
    {"did-attend", "@aux * =@attend *", PEOPLE, RO_TOOK_PART, "", 0, ""},
    {"did-attend", "was|were|is . % !present|there *", PEOPLE, RO_TOOK_PART, "", 0, ""},
    {"who-represented", "who|whom * =~represent *", PEOPLE, RO_TOOK_PART, "", 0, ""},
    {"who-represented", "by whom @be * =~represent *", PEOPLE, RO_TOOK_PART, "", 0, ""},
    {"who-was-there", "who|which % @be * !present|there|among *", PEOPLE, RO_TOOK_PART, "", 0, ""},
    {"who-was-there", "who else *", PEOPLE, RO_TOOK_PART, "", 0, ""},
    {"who-was-there", "who @be|sat|sits ?all at|in|on ?the % @talk|@group|table|room *", PEOPLE,
     RO_TOOK_PART, "", 0, ""},
    /* what was said */
    {"what-view", "what @be * !@view *", SAID, "", "", 0, ""},
    {"what-said", "what|how @aux * !@say *", SAID, "", "", 0, ""},
    {"who-said", "who|which % ?@aux !@say *", SAID, "", "", 0, ""},
    {"who-said", "who|which % ?@aux !spoke|speak|speaks|talked about|on|of *", SAID, "", "", 0, ""},
    {"who-said", "who @be * !quoted|cited *", SAID, "", "", 0, ""},
    {"did-say", "@aux * !@say *", SAID, "", "", 0, ""},
    {"why-said", "why * !@say *", SAID, "", "", 0, ""},
    /* what came out */
    {"what-outcome", "what|which|how|whom * =# *", OUTCOMES, "", "", RO_ASK_VERB, ""},
    {"who-acted", "who|whose * =# *", OUTCOMES, "", "", RO_ASK_VERB, ""},
    {"why-acted", "why * =# *", OUTCOMES, "", "", RO_ASK_VERB, ""},
    {"did-act", "@aux * =# *", OUTCOMES, "", "", RO_ASK_ANSWER, ""},
    {"ruled-out", "who|which|what|why * !rule|rules|ruled out *", OUTCOMES, "", "rejected", 0, ""},
    {"ruled-out", "@aux * !rule|ruled out *", OUTCOMES, "", "rejected agreed", 0, ""},
    {"turned-down", "who|which|what|why|@aux * !turn|turned|turns down *", OUTCOMES, "",
     "declined rejected", 0, ""},
    {"put-forward", "who|which|what|@aux * !put|puts forward *", OUTCOMES, "", "proposed", 0, ""},
    {"called-for", "who|which|what|@aux * !call|called|calls for *", OUTCOMES, "", "proposed", 0,
     ""},
    {"what-open",
     "what|which * !left|remains|remain|remained ?to ?be open|unresolved|unsettled|done *",
     OUTCOMES, "", "open", 0, ""},
    {"what-will", "what will|would|shall * !do|happen|follow|come *", OUTCOMES, "",
     "planned agreed", 0, ""},
    {"what-will", "what @be * !going|due|supposed|set|expected to *", OUTCOMES, "",
     "planned agreed", 0, ""},
    {"what-will", "what @be ?the !next step|steps *", OUTCOMES, "", "planned agreed", 0, ""},
    {"what-came-out", "what ?has|have !came|come|comes out *", OUTCOMES, "", "", 0, ""},
    {"what-came-out", "what|which|how * !~achieve|~produce|~yield|~accomplish|~gain *", OUTCOMES,
     "", "", 0, ""},
    {"what-came-out", "what|how @aux * !~end|~result|~finish *", OUTCOMES, "", "", 0, ""},
    {"what-came-out", "what @aux * !lead|led to *", OUTCOMES, "", "", 0, ""},
    {"what-came-out", "what @be % !@result *", OUTCOMES, "", "", 0, ""},
    /* what was discussed, who met */
    {"what-discussed", "what|which * !@discuss *", TALKS, "", "", 0, ""},
    {"what-discussed", "what * !agenda *", TALKS, "", "", 0, ""},
    {"what-discussed", "what @aux % !@meet about *", TALKS, "", "", 0, ""},
    {"what-discussed", "what @be % !@talk about *", TALKS, "", "", 0, ""},
    {"did-meet", "did|do|does|has|have|had|will|would * !@meet|@host|hold|held *", TALKS, "", "", 0,
     ""},
    {"how-often", "how often * !@meet|@host|hold|held *", TALKS, "", "", 0, ""},
    {"who-met", "who|whom|with|to * !@meet *", PEOPLE, RO_TOOK_PART, "", 0, ""},
    /* without a main verb */
    {"is-there", "is|was|are|were there % +@pact *", OUTCOMES, "", "agreed open planned", 0, ""},
    {"is-there", "has|have % +@pact been *", OUTCOMES, "", "agreed open planned", 0, ""},
    {"which-pact", "which|what % +@pact|proposal|proposals|offer|offers *", OUTCOMES, "", "", 0,
     ""},
    {"which-talks", "which|what|how ?many|often % +@talk *", TALKS, "", "", 0, ""},
    {"will-do", "will|would|shall *", OUTCOMES, "", "planned agreed", 0, ""},
    {"was-at", "was|were * at|in|on|among ?the % @talk|@group|table *", PEOPLE, RO_TOOK_PART, "", 0,
     ""},
    {"which-officials", "which|what|how ?many % @official *", PEOPLE, RO_TOOK_PART, "", 0, ""},
    {"which-officials", "list|name|names|members|participants|attendees|delegates of|in|at|from *",
     PEOPLE, RO_TOOK_PART, "", 0, ""},
    {"who-is", "who ?@be *", PEOPLE, RO_TOOK_PART, "", 0, ""},
    {"according-to", "* according to *", SAID, "", "", 0, ""},
};

/* Keywords: what a noun of theirs tells. */
static const pattern KEYWORDS[] = {
    {"joint-statement", "* joint +statement|statements|declaration|communique *", TALKS, "", "", 0,
     ""},
    {"statements", "% !@saying *", SAID, "", "", 0, ""},
    {"delegation", "% !@group *", PEOPLE, "", "", 0, ""},
    {"outcomes", "* +@pact|proposal|proposals|offer|offers|pledge|pledges|@result *", OUTCOMES, "",
     "", 0, ""},
    {"talks", "* +@talk *", TALKS, "", "", 0, ""},
};

/* ---- words ---- */

static bool tail_is(ro_str word, size_t from, const char *const *tails) {
    ro_str tail = ro_str_make(word.ptr + from, word.len - from);
    for (; *tails; tails++) {
        if (ro_str_equal(tail, ro_str_from(*tails))) {
            return true;
        }
    }
    return false;
}

/* Whether `word` is a regular form of the verb: accepts, denied, planning. */
static bool is_form(ro_str word, ro_str verb) {
    static const char *const PLAIN[] = {"", "s", "es", "ed", "d", "ing", NULL};
    static const char *const SHORT[] = {"es", "ed", "ing", "ies", "ied", NULL};
    static const char *const DOUBLED[] = {"ed", "ing", NULL};
    if (ro_str_starts_with(word, verb)) {
        return tail_is(word, verb.len, PLAIN) ||
               (word.len > verb.len && word.ptr[verb.len] == verb.ptr[verb.len - 1] &&
                tail_is(word, verb.len + 1, DOUBLED));
    }
    char last = verb.ptr[verb.len - 1];
    ro_str stem = ro_str_make(verb.ptr, verb.len - 1);
    return (last == 'e' || last == 'y') && ro_str_starts_with(word, stem) &&
           tail_is(word, stem.len, SHORT);
}

static ro_str next_item(const char **at, char between) {
    while (**at == between) {
        (*at)++;
    }
    const char *start = *at;
    while (**at && **at != between) {
        (*at)++;
    }
    return ro_str_make(start, (size_t)(*at - start));
}

static bool in_words(const char *words, ro_str word) {
    for (ro_str item = next_item(&words, ' '); item.len; item = next_item(&words, ' ')) {
        bool verb = *item.ptr == '~';
        if (verb ? is_form(word, ro_str_make(item.ptr + 1, item.len - 1))
                 : ro_str_equal(word, item)) {
            return true;
        }
    }
    return false;
}

static bool in_list(ro_str list, ro_str word) {
    for (size_t i = 0; i < sizeof LISTS / sizeof *LISTS; i++) {
        if (ro_str_equal(list, ro_str_from(LISTS[i].name))) {
            return in_words(LISTS[i].words, word);
        }
    }
    return false;
}

bool ro_pattern_in(const char *list, ro_str word) {
    return in_list(ro_str_from(list), word);
}

/* The line of VERBS, -1 for none. */
static int verb_of(ro_str word) {
    for (size_t i = 0; i < sizeof VERBS / sizeof *VERBS; i++) {
        if (in_words(VERBS[i].verbs, word)) {
            return (int)i;
        }
    }
    return -1;
}

/* ---- patterns ---- */

typedef struct matcher {
    const ro_str *words;
    size_t count;
    ro_asked *out;
} matcher;

static bool choice_fits(ro_str choices, ro_str word) {
    size_t at = 0;
    while (at <= choices.len) {
        size_t end = at;
        while (end < choices.len && choices.ptr[end] != '|') {
            end++;
        }
        ro_str choice = ro_str_make(choices.ptr + at, end - at);
        char first = choice.len ? *choice.ptr : '\0';
        bool fits = first == '@'   ? in_list(choice, word)
                    : first == '#' ? verb_of(word) >= 0
                    : first == '~' ? is_form(word, ro_str_make(choice.ptr + 1, choice.len - 1))
                                   : ro_str_equal(choice, word);
        if (fits) {
            return true;
        }
        at = end + 1;
    }
    return false;
}

static bool fits(matcher *m, const char *elements, size_t at);

/* A gap: the rest is tried after each of its words. */
static bool gap_fits(matcher *m, const char *rest, size_t at, bool noun) {
    size_t most = noun && at + 6 < m->count ? at + 6 : m->count;
    for (size_t end = at; end <= most; end++) {
        if (fits(m, rest, end)) {
            return true;
        }
        if (noun && end < m->count && ro_pattern_in("@aux", m->words[end])) {
            return false;
        }
    }
    return false;
}

static bool word_fits(matcher *m, ro_str element, const char *rest, size_t at, bool verb,
                      bool kept) {
    if (at >= m->count || !choice_fits(element, m->words[at])) {
        return false;
    }
    bool used = m->out->used[at];
    size_t before = m->out->verb;
    m->out->used[at] = !kept;
    m->out->verb = verb ? at : before;
    if (fits(m, rest, at + 1)) {
        return true;
    }
    m->out->used[at] = used;
    m->out->verb = before;
    return false;
}

static bool fits(matcher *m, const char *elements, size_t at) {
    ro_str element = next_item(&elements, ' ');
    bool optional = false, verb = false, kept = false;
    if (!element.len) {
        return at == m->count;
    }
    if (*element.ptr == '*' || *element.ptr == '%') {
        return gap_fits(m, elements, at, *element.ptr == '%');
    }
    if (*element.ptr == '.') {
        return at < m->count && fits(m, elements, at + 1);
    }
    for (; strchr("?!=+", *element.ptr); element.ptr++) {
        optional |= *element.ptr == '?';
        verb |= *element.ptr == '!' || *element.ptr == '=';
        kept |= *element.ptr == '=' || *element.ptr == '+';
        element.len--;
    }
    return word_fits(m, element, elements, at, verb, kept) || (optional && fits(m, elements, at));
}

static void keep(const pattern *p, const matcher *m, ro_asked *best) {
    *best = *m->out;
    best->pattern = p->name;
    best->kind = p->kind;
    best->roles = p->roles;
    best->statuses = p->statuses;
    best->expected = p->expected;
    best->names_status = p->ask == RO_ASK_VERB;
    int verb = p->ask != RO_ASK_NONE ? verb_of(m->words[best->verb]) : -1;
    if (verb >= 0) {
        best->statuses = p->ask == RO_ASK_VERB ? VERBS[verb].status : VERBS[verb].answers;
    }
}

static bool find(const pattern *patterns, size_t pattern_count, const ro_str *words, size_t count,
                 ro_asked *out) {
    ro_asked tried;
    matcher m = {words, count, &tried};
    *out = (ro_asked){.verb = count, .roles = "", .statuses = "", .expected = ""};
    for (size_t i = 0; i < pattern_count; i++) {
        tried = (ro_asked){.verb = count};
        if (fits(&m, patterns[i].words, 0) && (!out->pattern || tried.verb < out->verb)) {
            keep(&patterns[i], &m, out);
            if (out->verb == count) {
                return true;
            }
        }
    }
    return out->pattern != NULL;
}

bool ro_pattern_find(const ro_str *words, size_t count, ro_asked *out) {
    if (count > RO_QUESTION_WORDS_MAX) {
        count = 0;
    }
    return (count && find(PATTERNS, sizeof PATTERNS / sizeof *PATTERNS, words, count, out)) ||
           find(KEYWORDS, sizeof KEYWORDS / sizeof *KEYWORDS, words, count, out);
}
