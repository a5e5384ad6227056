/* Plain questions: which kind of fact answers them, what it is likely to have, which words are
 * left. */
#include "query/question.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>

/* Kind: a letter each for articles, talks, participants, outcomes, statements; small where the text
 * is keywords. Wishes: kind=value, an asterisk where it acts. */
typedef struct reading {
    const char *text;
    char kind;
    const char *wishes;
    const char *left; /* NULL: not looked at */
} reading;

static const reading readings[] = {
    /* who led, attended */
    {"who led the Kenyan delegation", 'P', "role=head chair; side=KE", "led Kenyan delegation"},
    {"Who headed the Norwegian side?", 'P', "role=head chair; side=NO", "headed Norwegian side?"},
    {"which minister led the Japanese team", 'P', "role=head chair; side=JP",
     "minister led Japanese team"},
    {"who was the head of the Egyptian delegation", 'P', "role=head chair; side=EG",
     "head Egyptian delegation"},
    {"by whom was the Brazilian delegation headed", 'P', "role=head chair; side=BR*",
     "Brazilian delegation headed"},
    {"who chaired the talks in Nairobi", 'P', "role=head chair; place=Nairobi",
     "chaired =talks Nairobi talks"},
    {"who hosted the negotiations", 'P', "role=host", "hosted =negotiations talks"},
    {"who mediated between Egypt and Ethiopia", 'P', "role=mediator host; side=EG; side=ET",
     "mediated Egypt Ethiopia"},
    {"who were the mediators", 'P', "role=mediator host", ""},
    {"who observed the session", 'P', "role=observer", "observed =session talks"},
    {"who attended the Addis Ababa round", 'P',
     "role=head chair host mediator member observer; place=Addis Ababa",
     "attended Addis Ababa =round talks"},
    {"who took part in the Oslo meeting", 'P',
     "role=head chair host mediator member observer; place=Oslo", "Oslo =meeting talks"},
    {"which Tajik officials attended", 'P',
     "role=head chair host mediator member observer; side=TJ*", "Tajik officials attended"},
    {"what ministers were present", 'P', "role=head chair host mediator member observer",
     "present"},
    {"how many Kenyan delegates joined the session", 'P',
     "role=head chair host mediator member observer; side=KE*",
     "Kenyan delegates joined =session talks"},
    {"who represented Iceland", 'P', "role=head chair host mediator member observer; side=IS",
     "represented Iceland"},
    {"by whom was Qatar represented", 'P',
     "role=head chair host mediator member observer; side=QA*", "Qatar represented"},
    {"did Aiko Hoshino take part in the talks", 'P',
     "role=head chair host mediator member observer; person=Aiko Hoshino*",
     "Aiko Hoshino =talks talks"},
    {"did Hoshino attend", 'P', "role=head chair host mediator member observer; person=Hoshino*",
     "Hoshino attend"},
    {"was Anders Berg present at the meeting", 'P',
     "role=head chair host mediator member observer; person=Anders Berg*",
     "Anders Berg =meeting talks"},
    {"has Mercy Wanjiru joined the delegation", 'P',
     "role=head chair host mediator member observer; person=Mercy Wanjiru*",
     "Mercy Wanjiru joined delegation"},
    {"who else was at the table", 'P', "role=head chair host mediator member observer", "table"},
    {"who was in the Sudanese delegation", 'P',
     "role=head chair host mediator member observer; side=SD*", "Sudanese"},
    {"who were the participants of the Entebbe round", 'P',
     "role=head chair host mediator member observer; place=Entebbe",
     "participants Entebbe =round talks"},
    {"who is Selam Tesfaye", 'P',
     "role=head chair host mediator member observer; person=Selam Tesfaye*", "Selam Tesfaye"},
    {"who was Ingrid Solheim?", 'P',
     "role=head chair host mediator member observer; person=Ingrid Solheim*", "Ingrid Solheim?"},
    {"who is the Kenyan trade minister", 'P',
     "role=head chair host mediator member observer; side=KE*",
     "Kenyan trade minister \"trade minister\""},
    {"who met Selam Tesfaye", 'P',
     "role=head chair host mediator member observer; person=Selam Tesfaye", "Selam Tesfaye"},
    {"with whom did Ruto talk", 'P', "role=head chair host mediator member observer; person=Ruto*",
     "Ruto talks"},
    {"who spoke with the Emir of Qatar", 'P',
     "role=head chair host mediator member observer; side=QA", "Emir Qatar"},
    {"list of participants in the Doha talks", 'P',
     "role=head chair host mediator member observer; place=Doha", "participants Doha =talks talks"},
    {"members of the Uzbek delegation", 'P',
     "role=head chair host mediator member observer; side=UZ*", "Uzbek delegation"},
    /* outcomes */
    {"what was agreed about fishing quotas", 'O', "status=agreed",
     "agreed fishing quotas \"fishing quotas\""},
    {"what has been agreed on the dam", 'O', "status=agreed", "agreed dam"},
    {"what did Kenya and Japan agree to", 'O', "status=agreed; side=KE*; side=JP*",
     "Kenya Japan agree"},
    {"which mechanism did the two countries agree on", 'O', "status=agreed",
     "mechanism two countries agree \"two countries\""},
    {"did Ethiopia accept the release schedule", 'O',
     "status=agreed declined rejected open; side=ET*",
     "Ethiopia accept release schedule \"release schedule\""},
    {"did Norway sign the protocol", 'O', "status=agreed declined rejected open; side=NO*",
     "Norway sign protocol"},
    {"has Egypt rejected the offer?", 'O', "status=rejected declined agreed; side=EG*",
     "Egypt rejected offer?"},
    {"did the Icelandic side refuse the quota", 'O', "status=declined rejected agreed; side=IS*",
     "Icelandic side refuse quota"},
    {"have the rebels accepted the ceasefire", 'O', "status=agreed declined rejected open",
     "rebels accepted ceasefire"},
    {"who proposed a joint data centre", 'O', "status=proposed",
     "proposed joint data centre \"joint data centre\""},
    {"who denied the report of a secret map", 'O', "status=denied",
     "denied report secret map \"secret map\""},
    {"which country rejected the quota", 'O', "status=rejected declined", "country rejected quota"},
    {"who turned down the invitation", 'O', "status=declined rejected", "invitation"},
    {"who called for a ceasefire", 'O', "status=proposed", "ceasefire"},
    {"who ruled out sanctions", 'O', "status=rejected", "sanctions"},
    {"why did Sudan reject the draft", 'O', "status=rejected declined; side=SD*",
     "Sudan reject draft"},
    {"what did the European Union offer", 'O', "status=proposed; side=EU*", "European Union offer"},
    {"what was left open", 'O', "status=open", ""},
    {"what remains unresolved", 'O', "status=open", ""},
    {"is a date set for the next round", 'O', "status=open planned agreed",
     "date next =round \"next round\""},
    {"has a date been fixed for the summit", 'O', "status=open planned agreed", "date summit"},
    {"did they set a date for the second round", 'O', "status=open planned agreed",
     "date second =round \"second round\""},
    {"what will the experts do", 'O', "status=planned agreed", "experts"},
    {"what will happen next", 'O', "status=planned agreed", "next"},
    {"what is Kenya going to do about tariffs", 'O', "status=planned agreed; side=KE*",
     "Kenya tariffs"},
    {"what came out of the Tashkent talks", 'O', "place=Tashkent", "Tashkent =talks"},
    {"what did the negotiations achieve", 'O', "", "=negotiations"},
    {"what was the outcome of the Bergen talks", 'O', "place=Bergen", "Bergen =talks"},
    {"how did the talks end", 'O', "", "=talks"},
    {"is there an agreement on grain", 'O', "status=agreed open planned", "agreement grain"},
    {"was there any progress on prisoners", 'O', "status=agreed open planned",
     "progress prisoners"},
    {"which treaty did Kyrgyzstan ratify", 'O', "status=agreed; side=KG*",
     "treaty Kyrgyzstan ratify"},
    {"will Uzbekistan reopen the border", 'O', "status=planned agreed; side=UZ*",
     "Uzbekistan reopen border"},
    {"what did Turkey promise", 'O', "status=agreed; side=TR*", "Turkey promise"},
    /* statements */
    {"what did Selam Tesfaye say about the reservoir", 'S', "person=Selam Tesfaye*",
     "Selam Tesfaye reservoir"},
    {"what has Berg said", 'S', "person=Berg*", "Berg"},
    {"What did the Kremlin comment on the exchange?", 'S', "side=RU*", "Kremlin exchange?"},
    {"how did Cairo react to the filling of the dam", 'S', "side=EG*", "Cairo filling dam"},
    {"how did Hoshino describe the talks", 'S', "person=Hoshino*", "Hoshino =talks"},
    {"what was the Egyptian reaction to the plan", 'S', "side=EG*", "Egyptian plan"},
    {"what is Iceland's position on mackerel", 'S', "side=IS*", "Iceland mackerel"},
    {"who said the talks were useful", 'S', "", "=talks useful"},
    {"who spoke about tariffs", 'S', "", "tariffs"},
    {"did Wanjiru comment on the tariffs", 'S', "person=Wanjiru*", "Wanjiru tariffs"},
    {"what does Oslo think of the quota", 'S', "side=NO*", "Oslo quota"},
    {"according to Berg what happens to the quota", 'S', "person=Berg*", "Berg happens quota"},
    {"why did the minister criticize the draft", 'S', "", "minister draft"},
    /* talks */
    {"where did Kenya and Japan meet", 'T',
     "status=held ongoing paused; place=*; side=KE*; side=JP*", "Kenya Japan meet took place"},
    {"where were the negotiations held", 'T', "status=held ongoing paused; role=main; place=*",
     "=negotiations took place talks"},
    {"in which city did the ministers meet", 'T', "role=main; place=*",
     "ministers meet \"ministers meet\" took place"},
    {"when did the delegations meet", 'T', "role=main", "delegations meet \"delegations meet\""},
    {"when will Egypt and Sudan meet again", 'T',
     "status=planned agreed proposed; side=EG*; side=SD*", "Egypt Sudan meet again \"meet again\""},
    {"on what date were the talks held", 'T', "role=main", "=talks held \"talks held\" talks"},
    {"how long did the session last", 'T', "role=main", "=session hours talks"},
    {"for how long did they negotiate", 'T', "role=main", "negotiate hours"},
    {"how many hours did the meeting take", 'T', "role=main",
     "=meeting take \"meeting take\" hours talks"},
    {"did Egypt and Ethiopia meet in Kampala", 'T', "side=EG*; side=ET*; place=Kampala",
     "Egypt Ethiopia Kampala"},
    {"have Japan and Kenya held talks", 'T', "side=JP*; side=KE*", "Japan Kenya =talks talks"},
    {"which countries took part", 'T', "role=main", "took"},
    {"what was discussed in Doha", 'T', "place=Doha", "Doha"},
    {"what was on the agenda", 'T', "role=main", ""},
    {"what did Norway and the EU talk about", 'T', "side=NO*; side=EU*", "Norway EU talks"},
    {"which talks did Uganda host", 'T', "side=UG*", "=talks Uganda host talks"},
    {"how often did Tajikistan and Kyrgyzstan meet", 'T', "side=TJ*; side=KG*",
     "Tajikistan Kyrgyzstan"},
    /* keywords */
    {"Selam Tesfaye", 'p', "person=Selam Tesfaye*; role=head chair host mediator member observer",
     "Selam Tesfaye"},
    {"Prime Minister Anders Berg", 'p',
     "person=Anders Berg*; role=head chair host mediator member observer",
     "Prime Minister Anders Berg"},
    {"Hoshino statements", 'S', "person=Hoshino*", "Hoshino"},
    {"statements by Ingrid Solheim", 'S', "person=Ingrid Solheim*", "Ingrid Solheim"},
    {"Kenya Japan talks", 'T', "side=KE*; side=JP*", "Kenya Japan =talks talks"},
    {"Nairobi summit", 'T', "place=Nairobi", "Nairobi summit talks"},
    {"grain deal", 'O', "", "grain deal \"grain deal\""},
    {"Egypt Ethiopia", 't', "side=EG*; side=ET*", "Egypt Ethiopia"},
    {"Riyadh", 't', "side=SA*", "Riyadh"},
    {"fishing quotas", 'a', "", "fishing quotas"},
    {"moratorium energy", 'O', "", "moratorium energy \"moratorium energy\""},
    {"joint statement on water", 'T', "role=main", "statement water"},
    /* no question */
    {"WHO report on malaria", 'a', "", "WHO report on malaria"},
    {"the man who sold the world", 'a', "", "the man who sold the world"},
    {"storm damage in the north", 'a', "", "storm damage in the north"},
    {"coffee futures", 'a', "", "coffee futures"},
    {"how to cook rice", 'a', "", "how to cook rice"},
    {"what a day", 'a', "", "what a day"},
    {"the us and them attitude", 'a', "side=US*", "the us and them attitude"},
    {"male nurses strike", 'a', "", "male nurses strike"},
    {"a b c d e f g h i j k l m n o p q r s t u v w x y z aa bb cc dd ee ff gg who led it", 'a', "",
     "a b c d e f g h i j k l m n o p q r s t u v w x y z aa bb cc dd ee ff gg who led it"},
    {"who rejected the joint side:KE patrol", 'O', "status=rejected declined",
     "rejected joint side:KE patrol"},
    {"who rejected the joint. patrol", 'O', "status=rejected declined", "rejected joint. patrol"},
    {"who rejected the \"joint patrol\" map", 'O', "status=rejected declined",
     "rejected \"joint patrol\" map"},
    {"who AND led", 'a', "", "who AND led"},
};

/* The same where it is known who there is. */
static const reading informed[] = {
    {"Where Eagles Dare", 'a', "", "Where Eagles Dare"},
    {"selam tesfaye", 'p', "person=selam tesfaye*; role=head chair host mediator member observer",
     "selam tesfaye"},
    {"tesfaye statements", 'S', "person=tesfaye*", "tesfaye"},
    {"what did selam tesfaye say about jordan", 'S', "side=JO; person=selam tesfaye*",
     "selam tesfaye jordan"},
    {"did Jordan Hale attend", 'P',
     "role=head chair host mediator member observer; person=Jordan Hale*", "Jordan Hale attend"},
    {"did Jordan attend", 'P', "role=head chair host mediator member observer; side=JO*",
     "Jordan attend"},
    {"who is Paris Ndiaye", 'P',
     "role=head chair host mediator member observer; person=Paris Ndiaye*", "Paris Ndiaye"},
    {"where did Paris and Rome meet", 'T',
     "status=held ongoing paused; place=*; side=FR*; side=IT*", "Paris Rome meet took place"},
    {"Black Sea grain", 'a', "", "Black Sea grain"},
    {"did Tesfaye and Nobody Known meet", 'T', "person=Tesfaye*",
     "Tesfaye Nobody Known \"Nobody Known\""},
};

static ro_status known_people(void *context, ro_str name, bool *known, ro_error *err) {
    static const char *const people[] = {"selam tesfaye", "tesfaye", "Jordan Hale", "Paris Ndiaye"};
    (void)context;
    (void)err;
    *known = false;
    for (size_t i = 0; i < sizeof people / sizeof *people; i++) {
        *known |= ro_str_equal_nocase(name, ro_str_from(people[i]));
    }
    return RO_OK;
}

typedef struct fixture {
    ro_analyser *analyser;
    ro_arena arena;
    ro_buf wishes, left;
    ro_question question;
} fixture;

static int set_up(void **state) {
    static fixture f;
    f = (fixture){.analyser = NULL};
    *state = &f;
    return ro_analyser_new(&f.analyser, NULL);
}

static int tear_down(void **state) {
    fixture *f = *state;
    ro_analyser_free(f->analyser);
    ro_arena_release(&f->arena);
    ro_buf_release(&f->wishes);
    ro_buf_release(&f->left);
    return 0;
}

static char ask(fixture *f, const char *text,
                ro_status (*is_person)(void *, ro_str, bool *, ro_error *)) {
    static const char letters[] = "ATPOSatpos";
    ro_report report = {.arena = &f->arena, .in = "q"};
    ro_question_reader reader = {f->analyser, &f->arena, is_person, NULL};
    ro_syntax *tree;
    bool everything;
    ro_arena_reset(&f->arena);
    ro_buf_clear(&f->wishes);
    ro_buf_clear(&f->left);
    assert_int_equal(ro_syntax_parse(ro_str_from(text), &report, &tree, &everything, NULL), RO_OK);
    assert_int_equal(ro_question_read(&reader, &tree, &f->question, NULL), RO_OK);
    for (size_t i = 0; i < f->question.wish_count; i++) {
        const ro_wish *wish = &f->question.wishes[i];
        ro_buf_printf(&f->wishes, "%s%s=%.*s%s", i ? "; " : "", ro_wish_name(wish->kind),
                      RO_STR_ARG(wish->value), wish->acts ? "*" : "");
    }
    ro_syntax_print(tree, &f->left);
    return letters[f->question.order[0] + (f->question.pattern ? 0 : RO_KINDS)];
}

static void expect(fixture *f, const reading *r,
                   ro_status (*is_person)(void *, ro_str, bool *, ro_error *)) {
    char kind = ask(f, r->text, is_person);
    if (kind != r->kind || !ro_str_equal(ro_buf_str(&f->wishes), ro_str_from(r->wishes)) ||
        (r->left && !ro_str_equal(ro_buf_str(&f->left), ro_str_from(r->left)))) {
        fail_msg("'%s' is %c [%.*s] %.*s", r->text, kind, RO_STR_ARG(ro_buf_str(&f->wishes)),
                 RO_STR_ARG(ro_buf_str(&f->left)));
    }
}

static void a_question_tells_its_kind_and_what_it_prefers(void **state) {
    for (size_t i = 0; i < sizeof readings / sizeof *readings; i++) {
        expect(*state, &readings[i], NULL);
    }
}

static void known_people_are_told_from_places_and_titles(void **state) {
    for (size_t i = 0; i < sizeof informed / sizeof *informed; i++) {
        expect(*state, &informed[i], known_people);
    }
}

/* The kinds after the first are all there, each once. */
static void every_kind_is_in_every_order(void **state) {
    fixture *f = *state;
    for (size_t i = 0; i < sizeof readings / sizeof *readings; i++) {
        (void)ask(f, readings[i].text, NULL);
        unsigned seen = 0;
        for (size_t k = 0; k < RO_KINDS; k++) {
            seen |= 1u << f->question.order[k];
        }
        assert_int_equal(seen, (1u << RO_KINDS) - 1);
    }
}

static ro_status fail_to_know(void *context, ro_str name, bool *known, ro_error *err) {
    (void)context;
    (void)name;
    *known = false;
    return ro_fail(err, RO_IO, "no disk");
}

static void what_cannot_be_looked_up_is_an_error(void **state) {
    fixture *f = *state;
    ro_report report = {.arena = &f->arena, .in = "q"};
    ro_question_reader reader = {f->analyser, &f->arena, fail_to_know, NULL};
    ro_syntax *tree;
    ro_question question;
    bool everything;
    assert_int_equal(
        ro_syntax_parse(RO_STR("did Mercy Wanjiru attend"), &report, &tree, &everything, NULL),
        RO_OK);
    assert_int_equal(ro_question_read(&reader, &tree, &question, NULL), RO_IO);
}

/* The worst a pattern can meet: every gap may end anywhere. */
static void hostile_words_are_read_in_bounded_time(void **state) {
    static const char *const words[] = {"what ", "is ", "who ", "the date ", "of ", "take part "};
    fixture *f = *state;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        ro_buf text = RO_BUF_INIT;
        for (size_t j = 0; j < RO_QUESTION_WORDS_MAX; j++) {
            ro_buf_add_str(&text, ro_str_from(words[i]));
        }
        ro_buf_add_byte(&text, '\0');
        clock_t start = clock();
        (void)ask(f, text.ptr, NULL);
        assert_true(clock() - start < CLOCKS_PER_SEC);
        ro_buf_release(&text);
    }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_question_tells_its_kind_and_what_it_prefers),
        TEST(known_people_are_told_from_places_and_titles),
        TEST(every_kind_is_in_every_order),
        TEST(what_cannot_be_looked_up_is_an_error),
        TEST(hostile_words_are_read_in_bounded_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
