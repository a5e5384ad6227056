#include "office.h"

/* What stands in an office's words, and the class that makes it; the first that stands there
 * counts, as whole words. */
static const ro_office_line OFFICES[] = {
    {"to the president", "adviser", RO_SECTOR_STATE},
    {"to president", "adviser", RO_SECTOR_STATE},
    {"to the vice president", "adviser", RO_SECTOR_STATE},
    {"national security", "security adviser", RO_SECTOR_STATE},
    {"homeland security advisor", "security adviser", RO_SECTOR_STATE},
    {"homeland security adviser", "security adviser", RO_SECTOR_STATE},
    {"presidential aide", "adviser", RO_SECTOR_STATE},
    {"first lady", "first lady", RO_SECTOR_STATE},
    {"deputy prime minister", "deputy prime minister", RO_SECTOR_STATE},
    {"prime minister", "prime minister", RO_SECTOR_STATE},
    {"premier", "prime minister", RO_SECTOR_STATE},
    {"taoiseach", "prime minister", RO_SECTOR_STATE},
    {"exchequer", "finance minister", RO_SECTOR_STATE},
    {"chancellor", "prime minister", RO_SECTOR_STATE},
    {"under secretary", "deputy minister", RO_SECTOR_STATE},
    {"undersecretary", "deputy minister", RO_SECTOR_STATE},
    {"assistant secretary", "deputy minister", RO_SECTOR_STATE},
    {"deputy secretary", "deputy minister", RO_SECTOR_STATE},
    {"deputy foreign minister", "deputy minister", RO_SECTOR_STATE},
    {"vice foreign minister", "deputy minister", RO_SECTOR_STATE},
    {"deputy minister", "deputy minister", RO_SECTOR_STATE},
    {"foreign minister", "foreign minister", RO_SECTOR_STATE},
    {"foreign secretary", "foreign minister", RO_SECTOR_STATE},
    {"minister of foreign", "foreign minister", RO_SECTOR_STATE},
    {"minister for foreign", "foreign minister", RO_SECTOR_STATE},
    {"foreign affairs", "foreign minister", RO_SECTOR_STATE},
    {"external affairs", "foreign minister", RO_SECTOR_STATE},
    {"secretary of state", "foreign minister", RO_SECTOR_STATE},
    {"defense", "defense minister", RO_SECTOR_STATE},
    {"defence", "defense minister", RO_SECTOR_STATE},
    {"treasury secretary", "finance minister", RO_SECTOR_STATE},
    {"secretary of the treasury", "finance minister", RO_SECTOR_STATE},
    {"finance minister", "finance minister", RO_SECTOR_STATE},
    {"minister of finance", "finance minister", RO_SECTOR_STATE},
    {"secretary general", "secretary general", RO_SECTOR_STATE},
    {"secretary-general", "secretary general", RO_SECTOR_STATE},
    {"vice president", "vice president", RO_SECTOR_ANY},
    {"president", "president", RO_SECTOR_ANY},
    {"minister", "minister", RO_SECTOR_STATE},
    {"attorney general", "prosecutor", RO_SECTOR_STATE},
    {"prosecutor", "prosecutor", RO_SECTOR_STATE},
    {"ambassador", "ambassador", RO_SECTOR_STATE},
    {"envoy", "envoy", RO_SECTOR_STATE},
    {"representative", "envoy", RO_SECTOR_STATE},
    {"negotiator", "envoy", RO_SECTOR_STATE},
    {"spokesman", "spokesperson", RO_SECTOR_ANY},
    {"spokeswoman", "spokesperson", RO_SECTOR_ANY},
    {"spokesperson", "spokesperson", RO_SECTOR_ANY},
    {"senator", "legislator", RO_SECTOR_STATE},
    {"sen", "legislator", RO_SECTOR_STATE},
    {"congressman", "legislator", RO_SECTOR_STATE},
    {"congresswoman", "legislator", RO_SECTOR_STATE},
    {"rep", "legislator", RO_SECTOR_STATE},
    {"lawmaker", "legislator", RO_SECTOR_STATE},
    {"legislator", "legislator", RO_SECTOR_STATE},
    {"parliamentarian", "legislator", RO_SECTOR_STATE},
    {"speaker", "legislator", RO_SECTOR_STATE},
    {"majority leader", "legislator", RO_SECTOR_STATE},
    {"minority leader", "legislator", RO_SECTOR_STATE},
    {"whip", "legislator", RO_SECTOR_STATE},
    {"king", "monarch", RO_SECTOR_STATE},
    {"queen", "monarch", RO_SECTOR_STATE},
    {"emir", "monarch", RO_SECTOR_STATE},
    {"amir", "monarch", RO_SECTOR_STATE},
    {"sultan", "monarch", RO_SECTOR_STATE},
    {"emperor", "monarch", RO_SECTOR_STATE},
    {"shah", "monarch", RO_SECTOR_STATE},
    {"prince", "monarch", RO_SECTOR_STATE},
    {"princess", "monarch", RO_SECTOR_STATE},
    {"pope", "cleric", RO_SECTOR_ANY},
    {"patriarch", "cleric", RO_SECTOR_ANY},
    {"archbishop", "cleric", RO_SECTOR_ANY},
    {"cardinal", "cleric", RO_SECTOR_ANY},
    {"bishop", "cleric", RO_SECTOR_ANY},
    {"governor", "governor", RO_SECTOR_STATE},
    {"mayor", "mayor", RO_SECTOR_STATE},
    {"judge", "judge", RO_SECTOR_STATE},
    {"justice", "judge", RO_SECTOR_STATE},
    {"chief executive", "executive", RO_SECTOR_BUSINESS},
    {"ceo", "executive", RO_SECTOR_BUSINESS},
    {"coo", "executive", RO_SECTOR_BUSINESS},
    {"cfo", "executive", RO_SECTOR_BUSINESS},
    {"chief financial", "executive", RO_SECTOR_BUSINESS},
    {"chief operating", "executive", RO_SECTOR_BUSINESS},
    {"managing director", "executive", RO_SECTOR_BUSINESS},
    {"founder", "executive", RO_SECTOR_BUSINESS},
    {"co-founder", "executive", RO_SECTOR_BUSINESS},
    {"owner", "executive", RO_SECTOR_BUSINESS},
    {"boss", "executive", RO_SECTOR_BUSINESS},
    {"analyst", "expert", RO_SECTOR_BUSINESS},
    {"economist", "expert", RO_SECTOR_BUSINESS},
    {"strategist", "expert", RO_SECTOR_BUSINESS},
    {"trader", "expert", RO_SECTOR_BUSINESS},
    {"broker", "expert", RO_SECTOR_BUSINESS},
    {"expert", "expert", RO_SECTOR_BUSINESS},
    {"professor", "expert", RO_SECTOR_BUSINESS},
    {"scientist", "expert", RO_SECTOR_BUSINESS},
    {"researcher", "expert", RO_SECTOR_BUSINESS},
    {"author", "expert", RO_SECTOR_BUSINESS},
    {"journalist", "expert", RO_SECTOR_BUSINESS},
    {"reporter", "expert", RO_SECTOR_BUSINESS},
    {"coach", "manager", RO_SECTOR_BUSINESS},
    {"manager", "manager", RO_SECTOR_BUSINESS},
    {"striker", "manager", RO_SECTOR_BUSINESS},
    {"midfielder", "manager", RO_SECTOR_BUSINESS},
    {"lawyer", "lawyer", RO_SECTOR_BUSINESS},
    {"attorney", "lawyer", RO_SECTOR_BUSINESS},
    {"counsel", "lawyer", RO_SECTOR_BUSINESS},
    {"admiral", "officer", RO_SECTOR_STATE},
    {"colonel", "officer", RO_SECTOR_STATE},
    {"commander", "officer", RO_SECTOR_STATE},
    {"marshal", "officer", RO_SECTOR_STATE},
    {"general", "officer", RO_SECTOR_STATE},
    {"gen", "officer", RO_SECTOR_STATE},
    {"lt", "officer", RO_SECTOR_STATE},
    {"secretary", "secretary", RO_SECTOR_STATE},
    {"commissioner", "commissioner", RO_SECTOR_STATE},
    {"adviser", "adviser", RO_SECTOR_ANY},
    {"advisor", "adviser", RO_SECTOR_ANY},
    {"aide", "adviser", RO_SECTOR_ANY},
    {"assistant", "adviser", RO_SECTOR_ANY},
    {"director", "director", RO_SECTOR_ANY},
    {"administrator", "director", RO_SECTOR_ANY},
    {"coordinator", "director", RO_SECTOR_ANY},
    {"chairman", "chair", RO_SECTOR_ANY},
    {"chairwoman", "chair", RO_SECTOR_ANY},
    {"chairperson", "chair", RO_SECTOR_ANY},
    {"chair", "chair", RO_SECTOR_ANY},
    {"leader", "leader", RO_SECTOR_ANY},
    {"head", "head", RO_SECTOR_ANY},
    {"chief", "head", RO_SECTOR_ANY},
    {"official", "official", RO_SECTOR_ANY},
};

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool holds_words(ro_str text, ro_str words) {
    for (size_t i = 0; i + words.len <= text.len; i++) {
        if (((text.ptr[i] ^ words.ptr[0]) & ~0x20) == 0 &&
            (i == 0 || !is_letter(text.ptr[i - 1])) &&
            (i + words.len == text.len || !is_letter(text.ptr[i + words.len])) &&
            ro_str_equal_nocase(ro_str_make(text.ptr + i, words.len), words)) {
            return true;
        }
    }
    return false;
}

const ro_office_line *ro_office_find(ro_str office) {
    for (size_t i = 0; i < sizeof OFFICES / sizeof *OFFICES; i++) {
        if (holds_words(office, ro_str_from(OFFICES[i].words))) {
            return &OFFICES[i];
        }
    }
    return NULL;
}

const ro_office_line *ro_office_of_class(ro_str class) {
    for (size_t i = 0; i < sizeof OFFICES / sizeof *OFFICES; i++) {
        if (class.len && strncmp(OFFICES[i].class, class.ptr, class.len) == 0 &&
            OFFICES[i].class[class.len] == 0) {
            return &OFFICES[i];
        }
    }
    return NULL;
}
