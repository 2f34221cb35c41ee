// Bad rule files, each refused at the right place. The mark § stands where the problem must point, and is taken out
// before the text is read; a text without it must be refused at its first header. Among them are the accidents of
// others: the blank filter that meant every row, the NaN that meant now, the renamed key, the overflow, the missing
// parameter with a default.

#include "policies/loader.hpp"

#include <boost/test/unit_test.hpp>
#include <iostream>

using namespace retention;

namespace {

struct Bad {
    const char* name;
    std::string text;
    const char* fragment; // of the message
};
using Table = std::vector<Bad>;

const std::string mark = "§";

bool assigns(const std::string& text, const std::string& key) {
    for (std::size_t at = text.find(key); at != std::string::npos; at = text.find(key, at + 1)) {
        const bool starts =
            at == 0 || text[at - 1] == '\n' || text.substr(0, at).ends_with("\n" + mark) || text.substr(0, at) == mark;
        const char after = at + key.size() < text.size() ? text[at + key.size()] : '\0';
        if (starts && (after == ' ' || after == '=')) return true;
    }
    return false;
}

// `lines`, and of a good table those lines whose keys they neither set nor drop.
std::string completed(const std::string& lines, const std::vector<std::pair<std::string, std::string>>& good,
                      const std::string& dropped) {
    std::string text = lines + (lines.empty() ? "" : "\n");
    for (const auto& [key, value] : good)
        if (!assigns(lines, key) && key != dropped) text += key + " = " + value + "\n";
    return text;
}

// A good rule with these lines in it, without one key, and with more at its end.
std::string rule(const std::string& lines, const std::string& more = {}, const std::string& dropped = {}) {
    return "[categories.c]\n" +
           completed(lines,
                     {{"store", "\"crm\""},
                      {"table", "\"people\""},
                      {"trigger", "\"seen_on\""},
                      {"period", "\"1 year\""},
                      {"action", "\"delete\""}},
                     dropped) +
           more + "\n";
}
std::string rule_without(const std::string& key) {
    return rule("", "", key);
}
std::string masked(const std::string& mask) {
    return rule("action = \"anonymise\"\nmask = " + mask);
}
std::string unless(const std::string& lines) {
    return rule("", "[[categories.c.unless]]\n" + lines);
}
std::string related(const std::string& lines) {
    return rule("", "[[categories.c.related]]\n" + lines);
}
std::string where(const std::string& sql) {
    return rule("where = §'''" + sql + "'''");
}
std::string query(const std::string& sql) {
    return rule("trigger = { sql = §'''" + sql + "''' }");
}
std::string none(const std::string& lines, const std::string& dropped = {}) {
    return rule("period = \"none\"\n" +
                    completed(lines, {{"where", "\"age < 13\""}, {"limits", "{ records = 10 }"}}, dropped),
                "", "trigger");
}
const std::string good_rule = rule("");

std::string settings(const std::string& lines, const std::string& more = {}, const std::string& dropped = {}) {
    return completed(lines, {{"timezone", "\"UTC\""}}, dropped) + "[stores.crm]\nurl = \"sqlite:///crm.db\"\n" + more +
           "\n";
}
std::string store(const std::string& lines, const std::string& dropped = {}) {
    return "timezone = \"UTC\"\n[stores.crm]\n" + completed(lines, {{"url", "\"sqlite:///crm.db\""}}, dropped);
}
const std::string good_settings = settings("");

// Takes the mark out and says where it was; the first header where there is none.
Place take_mark(std::string& text) {
    auto at = text.find(mark);
    if (at != std::string::npos)
        text.erase(at, mark.size());
    else
        at = text.find('[');
    Place place{"", 1, 1};
    for (std::size_t i = 0; i < at; ++i) {
        const bool continues = (static_cast<unsigned char>(text[i]) & 0xC0) == 0x80;
        if (text[i] == '\n')
            place = {"", place.line + 1, 1};
        else if (!continues)
            ++place.column;
    }
    return place;
}

void expect(const Bad& bad, const Loaded& loaded, const Place& place, const std::string& file) {
    BOOST_TEST_CONTEXT(bad.name) {
        BOOST_TEST(!loaded.configuration.has_value());
        BOOST_TEST(loaded.problems.size() == 1u);
        for (const auto& problem : loaded.problems) {
            BOOST_TEST_CONTEXT(to_string(problem)) {
                BOOST_TEST(problem.place.file == file);
                BOOST_TEST(problem.place.line == place.line);
                BOOST_TEST(problem.place.column == place.column);
                BOOST_TEST(problem.what.find(bad.fragment) != std::string::npos);
            }
        }
    }
}

void expect_in_policy(const Table& table) {
    for (auto bad : table) {
        const auto place = take_mark(bad.text);
        expect(bad, read_configuration({"main.toml", good_settings}, {{"policy.toml", bad.text}}, {}), place,
               "policy.toml");
    }
}

void expect_in_main(const Table& table) {
    for (auto bad : table) {
        const auto place = take_mark(bad.text);
        expect(bad, read_configuration({"main.toml", bad.text}, {{"policy.toml", good_rule}}, {}), place, "main.toml");
    }
}

const Table periods{
    {"no period: no default, or a blank parameter becomes a fixed term", rule_without("period"), "no `period`"},
    {"blank", rule("period = §\"\""), "blank"},
    {"blanks", rule("period = §\"   \""), "blank"},
    {"zero", rule("period = §\"0 days\""), "above zero"},
    {"zero months, ISO", rule("period = §\"P0M\""), "above zero"},
    {"negative: a cutoff in the future", rule("period = §\"-5 days\""), "above zero"},
    {"negative, ISO", rule("period = §\"P-5D\""), "period"},
    {"a plus sign", rule("period = §\"+5 days\""), "whole number"},
    {"no number", rule("period = §\"abc\""), "whole number"},
    {"no number, a unit alone", rule("period = §\"months\""), "whole number"},
    {"no unit", rule("period = §\"36\""), "unit"},
    {"no unit, a TOML number", rule("period = §36"), "no unit"},
    {"a TOML fraction", rule("period = §1.5"), "no unit"},
    {"nan: never to one version of a program, now to the next", rule("period = §nan"), "no unit"},
    {"infinity", rule("period = §inf"), "no unit"},
    {"minus infinity", rule("period = §-inf"), "no unit"},
    {"nan as text", rule("period = §\"nan months\""), "whole number"},
    {"infinity as text", rule("period = §\"inf\""), "whole number"},
    {"a fraction", rule("period = §\"1.5 years\""), "whole number"},
    {"a decimal comma", rule("period = §\"1,5 years\""), "whole number"},
    {"more than 32 bits", rule("period = §\"4294967297 days\""), "1,000 years"},
    {"more than 64 bits", rule("period = §\"18446744073709551617 days\""), "1,000 years"},
    {"more than 1,000 years", rule("period = §\"1001 years\""), "1,000 years"},
    {"more than 1,000 years of months", rule("period = §\"12001 months\""), "1,000 years"},
    {"an unknown unit", rule("period = §\"36 moons\""), "unit"},
    {"hours are no calendar unit", rule("period = §\"36 hours\""), "unit"},
    {"a unit of one letter", rule("period = §\"36 m\""), "unit"},
    {"ISO time", rule("period = §\"PT36H\""), "period"},
    {"two units", rule("period = §\"1 year 6 months\""), "one"},
    {"two ISO units", rule("period = §\"P1Y6M\""), "one"},
    {"true", rule("period = §true"), "not true"},
    {"a list", rule("period = §[\"1 year\"]"), "not a list"},
    {"a date", rule("period = §2020-01-01"), "not the date 2020-01-01"},
    {"an empty table", rule("period = §{}"), "says no period"},
    {"at_most alone", rule("period = §{ at_most = \"7 years\" }"), "no `at_least`"},
    {"at_least blank", rule("period = { at_least = §\"\", at_most = \"7 years\" }"), "blank"},
    {"at_least zero", rule("period = { at_least = §\"0 years\", at_most = \"7 years\" }"), "above zero"},
    {"at_least a number", rule("period = { at_least = §6, at_most = \"7 years\" }"), "wants a text"},
    {"at_most negative", rule("period = { at_least = \"6 years\", at_most = §\"-7 years\" }"), "above zero"},
    {"at_most before at_least", rule("period = { at_least = \"7 years\", at_most = §\"6 years\" }"), "may end before"},
    {"31 days may end before 1 month, not comparable",
     rule("period = { at_least = \"1 month\", at_most = §\"30 days\" }"), "may end before"},
    {"365 days end before a leap year", rule("period = { at_least = \"1 year\", at_most = §\"365 days\" }"),
     "may end before"},
    {"an unknown key in it", rule("period = { at_least = \"6 years\", §at_mots = \"7 years\" }"),
     "unknown key `at_mots`"},
    {"both fixed and in the data", rule("period = { at_least = \"6 years\", §column = \"keep\" }"), "no place beside"},
    {"at_most beside overdue_after",
     rule("period = { at_least = \"6 years\", at_most = \"7 years\" }\n§overdue_after = \"1 day\""),
     "beside `at_most`"},
    {"in the data, no unit", rule("period = §{ column = \"keep_months\" }"), "no `unit`"},
    {"in the data, no column", rule("period = §{ unit = \"month\" }"), "no `column`"},
    {"in the data, an unknown unit", rule("period = { column = \"keep\", unit = §\"hour\" }"), "one of"},
    {"in the data, blank column", rule("period = { column = §\"\", unit = \"month\" }"), "blank"},
    {"in the data, via without table", rule("period = { column = \"keep\", unit = \"month\", §via = \"client\" }"),
     "needs `table`"},
    {"in the data, where without table", rule("period = { column = \"keep\", unit = \"month\", §where = \"x = 1\" }"),
     "needs `table`"},
    {"in the data, no way to the table", rule("period = §{ column = \"keep\", unit = \"month\", table = \"clients\" }"),
     "no way"},
    {"in the data, {cutoff}", rule("period = { column = \"keep\", unit = \"month\" }\nwhere = §\"seen_on < {cutoff}\""),
     "{cutoff}"},
    {"none without where: all rows at once", none("", "where"), "has no `where`"},
    {"none with a trigger", none("§trigger = \"seen_on\""), "no meaning"},
    {"none with a fallback", none("§fallback = \"seen_on\""), "no meaning"},
    {"none with a start", none("§starts = \"end of month\""), "no meaning"},
    {"none without limits", none("", "limits"), "no explicit limits"},
    {"none with {cutoff}", none("where = §\"born < {cutoff}\""), "{cutoff}"},
    {"None is not none", rule("period = §\"None\""), "period"},
    {"overdue_after zero", rule("overdue_after = §\"0 days\""), "above zero"},
    {"overdue_after a number", rule("overdue_after = §7"), "wants a text"},
    {"starts unknown", rule("starts = §\"end of week\""), "one of"},
    {"starts misspelt", rule("starts = §\"end of moth\""), "one of"},
    {"starts blank", rule("starts = §\"\""), "blank"},
    {"starts with a financial year that nobody named", rule("starts = §\"end of financial year\""),
     "financial year ends"},
};

const Table triggers{
    {"none at all", rule_without("trigger"), "no `trigger`"},
    {"blank", rule("trigger = §\"\""), "blank"},
    {"blanks", rule("trigger = §\" \""), "blank"},
    {"an empty list", rule("trigger = §[]"), "empty list"},
    {"a number", rule("trigger = §5"), "not the number 5"},
    {"a number in the list", rule("trigger = [\"seen_on\", §5]"), "not the number 5"},
    {"a blank in the list", rule("trigger = [\"seen_on\", §\"\"]"), "blank"},
    {"a list in the list", rule("trigger = [§[\"seen_on\"]]"), "not a list"},
    {"a column twice", rule("trigger = [\"seen_on\", §\"seen_on\"]"), "twice"},
    {"an empty table", rule("trigger = §{}"), "no `column`"},
    {"options alone", rule("trigger = §{ format = \"unix\" }"), "no `column`"},
    {"blank column", rule("trigger = { column = §\"\" }"), "blank"},
    {"linked, no column", rule("trigger = §{ table = \"calls\", on = \"person\" }"), "no `column`"},
    {"linked, no way", rule("trigger = §{ table = \"calls\", column = \"at\" }"), "no way"},
    {"linked, blank table", rule("trigger = { table = §\"\", on = \"person\", column = \"at\" }"), "blank"},
    {"linked, blank on", rule("trigger = { table = \"calls\", on = §\"\", column = \"at\" }"), "blank"},
    {"linked, empty on", rule("trigger = { table = \"calls\", on = §[], column = \"at\" }"), "empty list"},
    {"linked, blank filter: every call counts",
     rule("trigger = { table = \"calls\", on = \"p\", where = §\"\", column = \"at\" }"), "blank"},
    {"linked, on twice",
     rule("trigger = { table = \"calls\", on = [\"a\", §\"a\"], via = [\"x\", \"y\"], column = \"at\" }"), "twice"},
    {"linked, on and via of two lengths",
     rule("trigger = { table = \"calls\", on = [\"a\", \"b\"], via = §[\"x\"], column = \"at\" }"),
     "different numbers"},
    {"linked, a renamed key", rule("trigger = { table = \"calls\", on = \"p\", §filter = \"x = 1\", column = \"at\" }"),
     "unknown key `filter`"},
    {"remember is not built yet",
     rule("trigger = { table = \"calls\", on = \"p\", column = \"at\", §remember = true }"), "not supported yet"},
    {"remember of an own column", rule("trigger = { column = \"at\", §remember = true }"), "linked trigger"},
    {"remember as text", rule("trigger = { table = \"calls\", on = \"p\", column = \"at\", remember = §\"yes\" }"),
     "true or false"},
    {"open of an own column", rule("trigger = { column = \"at\", §open = \"ignore\" }"), "linked trigger"},
    {"open, an unknown word", rule("trigger = { table = \"calls\", on = \"p\", column = \"at\", open = §\"keep\" }"),
     "\"ignore\""},
    {"open as a flag", rule("trigger = { table = \"calls\", on = \"p\", column = \"at\", open = §true }"),
     "wants a text"},
    {"an unknown format", rule("trigger = { column = \"at\", format = §\"iso8601\" }"), "one of"},
    {"format in capitals", rule("trigger = { column = \"at\", format = §\"UNIX\" }"), "one of"},
    {"earliest no day", rule("trigger = { column = \"at\", earliest = §\"1990-02-30\" }"), "a day that exists"},
    {"earliest a number", rule("trigger = { column = \"at\", earliest = §1990 }"), "a day that exists"},
    {"earliest a year", rule("trigger = { column = \"at\", earliest = §\"1990\" }"), "a day that exists"},
    {"earliest with a time", rule("trigger = { column = \"at\", earliest = §1990-01-01T00:00:00 }"),
     "a day that exists"},
    {"where of an own column", rule("trigger = { column = \"at\", §where = \"x = 1\" }"), "needs `table`"},
    {"on of an own column", rule("trigger = { column = \"at\", §on = \"x\" }"), "needs `table`"},
    {"through of an own column", rule("trigger = { column = \"at\", §through = { table = \"t\", on = \"x\" } }"),
     "needs `table`"},
    {"a query and a column", rule("trigger = { sql = \"SELECT 1\", §column = \"at\" }"), "no place beside"},
    {"a query and a where", rule("trigger = { sql = \"SELECT 1\", §where = \"at > 1\" }"), "no place beside"},
    {"a query and a way", rule("trigger = { sql = \"SELECT 1\", §on = \"at\" }"), "no place beside"},
    {"a query that is none", query("at"), "begin with SELECT"},
    {"a query in brackets", query("(SELECT 1)"), "begin with SELECT"},
    {"an empty query", query(" "), "blank"},
    {"a query of a comment", query("-- SELECT 1"), "empty"},
    {"a condition that is a query",
     rule("trigger = { table = \"calls\", on = \"p\", column = \"at\", sql = §\"SELECT 1\" }"), "not a query"},
    {"through without table",
     rule("trigger = { table = \"calls\", on = \"p\", via = \"id\", column = \"at\", through = §{ on = \"x\" } }"),
     "no `table`"},
    {"through without a way",
     rule("trigger = { table = \"calls\", on = \"p\", via = \"id\", column = \"at\", through = §{ table = \"t\" } }"),
     "no way"},
    {"through in through",
     rule("trigger = { table = \"calls\", on = \"p\", via = \"id\", column = \"at\", through = { table = \"t\", on = "
          "\"x\", §through = { table = \"u\", on = \"y\" } } }"),
     "within `through`"},
    {"through with an unknown key",
     rule("trigger = { table = \"calls\", on = \"p\", via = \"id\", column = \"at\", through = { table = \"t\", on = "
          "\"x\", §colum = 1 } }"),
     "unknown key `colum`"},
    {"through as text", rule("trigger = { table = \"calls\", on = \"p\", column = \"at\", through = §\"t\" }"),
     "wants a table"},
    {"through with a blank filter",
     rule("trigger = { table = \"calls\", on = \"p\", column = \"at\", through = { table = \"t\", on = \"x\", where = "
          "§\"\" } }"),
     "blank"},
    {"two fallbacks", rule("fallback = §[\"a\", \"b\"]"), "not a list"},
    {"a blank fallback", rule("fallback = §\"\""), "blank"},
    {"a fallback of an unknown format", rule("fallback = { column = \"a\", format = §\"date\" }"), "one of"},
};

const Table conditions{
    {"a blank filter: all rows", where(""), "blank"},
    {"a filter of blanks", where("  \t "), "blank"},
    {"a filter of a comment", where("-- kind = 'x'"), "empty"},
    {"a filter of a block comment", where("/* kind = 'x' */"), "empty"},
    {"a filter of brackets", where("()"), "empty"},
    {"a filter that is a number", rule("where = §1"), "wants a text"},
    {"a filter that is true", rule("where = §true"), "wants a text"},
    {"a filter that is a list", rule("where = §[\"a = 1\"]"), "wants a text"},
    {"two statements", where("a = 1; DELETE FROM people"), "semicolon"},
    {"a bracket that closes ours", where("a = 1) OR (1 = 1"), "a ) without its ("},
    {"a bracket that stays open", where("(a = 1"), "not closed"},
    {"a literal that does not end", where("a = 'x"), "does not end"},
    {"a name that does not end", where("\"a = 1"), "does not end"},
    {"a name in backticks that does not end", where("`a = 1"), "does not end"},
    {"a name in [ that does not end", where("[a = 1"), "does not end"},
    {"a comment that does not end", where("a = 1 /* x"), "does not end"},
    {"a comment in a comment", where("a = 1 /* x /* y */ */"), "within a comment"},
    {"a comment that MariaDB executes", where("a = 1 /*! OR 1 = 1 */"), "execute"},
    {"a MariaDB comment", where("a = 1 # OR b"), "`#`"},
    {"a backslash before a quote", where("a = 'x\\' OR 1=1 -- '"), "backslash"},
    {"a backslash outside", where("a = \\x"), "backslash"},
    {"an escape literal", where("a = E'x'"), "E'"},
    {"a dollar literal", where("a = $$x$$"), "`$`"},
    {"a numbered parameter", where("a = $1"), "`$`"},
    {"a named parameter", where("a = :id"), "`:`"},
    {"an assignment", where("a := 1"), "`:=`"},
    {"a question mark", where("a = ?"), "`?`"},
    {"a variable", where("a = @x"), "`@`"},
    {"an unknown placeholder", where("a < {today}"), "unknown {today}"},
    {"a placeholder in capitals", where("a < {AS_OF}"), "unknown {AS_OF}"},
    {"a placeholder without a name", where("a < {}"), "unknown {}"},
    {"a placeholder that stays open", where("a < {as_of"), "not closed"},
    {"a } alone", where("a < as_of}"), "without its {"},
    {"a placeholder plus", where("a < {as_of + 1 day}"), "unknown {as_of + 1 day}"},
    {"a placeholder less nothing", where("a < {as_of - 0 days}"), "above zero"},
    {"a placeholder less no unit", where("a < {as_of - 13}"), "unit"},
    {"a placeholder of cutoff less", where("a < {cutoff - 1 day}"), "only from {as_of}"},
    {"now()", where("a < now()"), "present moment"},
    {"NOW ()", where("a < NOW ()"), "present moment"},
    {"CURRENT_DATE", where("a < CURRENT_DATE"), "present moment"},
    {"current_timestamp", where("a < current_timestamp"), "present moment"},
    {"localtime", where("a < LOCALTIME"), "present moment"},
    {"date('now')", where("a < date('now')"), "present moment"},
    {"date('NOW', '-13 years')", where("a < date('NOW', '-13 years')"), "present moment"},
    {"datetime()", where("a < datetime()"), "present moment"},
    {"julianday()", where("a < julianday()"), "present moment"},
    {"strftime of a format alone", where("a < strftime('%s')"), "present moment"},
    {"strftime of now", where("a < strftime('%s', 'now')"), "present moment"},
    {"unixepoch()", where("a < unixepoch()"), "present moment"},
    {"unix_timestamp()", where("a < unix_timestamp()"), "present moment"},
    {"DATE 'today'", where("a < DATE 'today'"), "present moment"},
    {"'now' as a date", where("a < cast('now' AS date)"), "present moment"},
    {"a column against 'yesterday'", where("a < 'yesterday'"), "present moment"},
    {"age of one date", where("age(a) > '1 year'"), "present moment"},
    {"random()", where("random() > 0"), "chance"},
    {"pg_catalog.random()", where("pg_catalog.random() > 0"), "chance"},
    {"rand()", where("rand() > 0"), "chance"},
    {"last_insert_rowid()", where("a = last_insert_rowid()"), "session's state"},
    {"sleep", where("sleep(5) = 0"), "does more"},
    {"pg_sleep_for", where("pg_sleep_for('1 s') IS NULL"), "does more"},
    {"load_extension", where("load_extension('x') = 1"), "does more"},
    {"a query", where("SELECT 1"), "not a query"},
    {"with", where("WITH x AS (SELECT 1) SELECT 1"), "not a query"},
    {"a delete within", query("WITH x AS (DELETE FROM people RETURNING id) SELECT 1 FROM x"), "only reads"},
    {"an update within", query("WITH x AS (UPDATE people SET a = 1 RETURNING id) SELECT 1 FROM x"), "only reads"},
    {"select into", query("SELECT a INTO b FROM c"), "only reads"},
    {"for update", query("SELECT a FROM c FOR UPDATE"), "takes no locks"},
    {"NUL in the text", rule("where = §\"a = 1\\u0000\""), "control character"},
};

const Table categories{
    {"no store", rule_without("store"), "no `store`"},
    {"an unknown store", rule("store = §\"cmr\""), "unknown store"},
    {"a blank store", rule("store = §\"\""), "blank"},
    {"no table", rule_without("table"), "no `table`"},
    {"a blank table", rule("table = §\"\""), "blank"},
    {"a table of a number", rule("table = §7"), "wants a text"},
    {"a table with a line end", rule("table = §\"a\\nb\""), "control character"},
    {"no action", rule_without("action"), "no `action`"},
    {"an unknown action", rule("action = §\"purge\""), "one of"},
    {"anonymize with z", rule("action = §\"anonymize\"\nmask = { email = \"null\" }"), "one of"},
    {"an action of related rows", rule("action = §\"detach\""), "one of"},
    {"a blank action", rule("action = §\"\""), "blank"},
    {"an action of a flag", rule("action = §true"), "wants a text"},
    {"an unknown key", rule("§colour = \"red\""), "unknown key `colour`"},
    {"a renamed key: the filter is lost", rule("§filter = \"kind = 'x'\""), "unknown key `filter`"},
    {"a misspelt key", rule("§were = \"kind = 'x'\""), "unknown key `were`"},
    {"a key of another case", rule("§Where = \"kind = 'x'\""), "unknown key `Where`"},
    {"a misspelt table", rule("", "[categories.c.§limit]\nrecords = 1"), "unknown key `limit`"},
    {"a key twice", rule("period = \"1 year\"\nperiod = §\"2 years\""), "cannot redefine"},
    {"a table twice", rule("", "§[categories.c]"), "cannot redefine"},
    {"an empty key", rule("key = §[]"), "empty list"},
    {"a blank key", rule("key = §\"\""), "blank"},
    {"a key with a blank", rule("key = [\"a\", §\" \"]"), "blank"},
    {"a key column twice", rule("key = [\"a\", §\"a\"]"), "twice"},
    {"a key of a number", rule("key = [§1]"), "wants a text"},
    {"a blank description", rule("description = §\"\""), "blank"},
    {"a blank authority", rule("authority = §\" \""), "blank"},
    {"an owner of a list", rule("owner = §[\"x\"]"), "wants a text"},
    {"a lawful basis of a number", rule("lawful_basis = §1"), "wants a text"},
    {"a blank schedule", rule("schedule = §\"\""), "blank"},
    {"an empty elsewhere", rule("elsewhere = §[]"), "empty list"},
    {"a blank elsewhere", rule("elsewhere = [§\"\"]"), "blank"},
    {"triggers of a flag", rule("triggers = §true"), "wants a text"},
    {"a trigger name twice", rule("triggers = [\"a\", §\"a\"]"), "twice"},
    {"non_transactional", rule("§non_transactional = true"), "does not apply"},
    {"on_request is not built yet", rule("§on_request = \"erase\""), "not supported yet"},
    {"a setting of the main file", "§timezone = \"UTC\"\n" + good_rule, "belongs into the main file"},
    {"stores in a policy file", good_rule + "[§stores.x]\nurl = \"sqlite:///x.db\"\n", "belongs into the main file"},
    {"audit in a policy file", good_rule + "[§audit]\ndirectory = \"x\"\n", "belongs into the main file"},
    {"an unknown table in a policy file", good_rule + "[§category.d]\nstore = \"crm\"\n", "unknown key `category`"},
    {"a category that is text", good_rule + "[categories]\nd = §\"x\"\n", "wants a table"},
    {"a category list", good_rule + "§[[categories.d]]\nstore = \"crm\"\n", "wants a table"},
    {"categories that are text", "categories = §\"x\"\n", "wants a table"},
    {"limits without anything", rule("limits = §{}"), "an empty table"},
    {"limits of text", rule("limits = §\"5%\""), "wants a table"},
    {"a share of a number", rule("limits = { share = §5 }"), "percentage"},
    {"a share without a sign", rule("limits = { share = §\"5\" }"), "percentage"},
    {"a share of zero", rule("limits = { share = §\"0%\" }"), "percentage"},
    {"a share below zero", rule("limits = { share = §\"-5%\" }"), "percentage"},
    {"a share above 100", rule("limits = { share = §\"100.1%\" }"), "percentage"},
    {"a share of nan", rule("limits = { share = §\"nan%\" }"), "percentage"},
    {"a share of inf", rule("limits = { share = §inf }"), "percentage"},
    {"a blank share", rule("limits = { share = §\"\" }"), "percentage"},
    {"a share of two numbers", rule("limits = { share = §\"1.2.3%\" }"), "percentage"},
    {"no records", rule("limits = { records = §0 }"), "above zero"},
    {"records below zero", rule("limits = { records = §-1 }"), "above zero"},
    {"records of a fraction", rule("limits = { records = §1.5 }"), "above zero"},
    {"records of text", rule("limits = { records = §\"10\" }"), "above zero"},
    {"records beyond 64 bits", rule("limits = { records = 9223372036854775808§ }"), "64 bits"},
    {"an unknown limit", rule("limits = { §rows = 10 }"), "unknown key `rows`"},
};

const Table masks{
    {"anonymise without masks", rule("action = \"anonymise\""), "no `mask`"},
    {"no mask in the table", masked("§{}"), "an empty table"},
    {"delete with masks", rule("§mask = { email = \"null\" }"), "anonymise"},
    {"delete with a marker", rule("§marker = \"done_at\""), "anonymise"},
    {"a blank marker", rule("action = \"anonymise\"\nmarker = §\"\"\nmask = { email = \"null\" }"), "blank"},
    {"the marker masked", rule("action = \"anonymise\"\nmarker = \"done_at\"\nmask = { §done_at = \"null\" }"),
     "cannot be masked"},
    {"an unknown mask", masked("{ email = §\"scramble\" }"), "mask"},
    {"a blank mask", masked("{ email = §\"\" }"), "blank"},
    {"a mask of a number", masked("{ email = §0 }"), "wants a text"},
    {"a mask of true", masked("{ email = §true }"), "wants a text"},
    {"fixed without a value", masked("{ email = §\"fixed\" }"), "fixed"},
    {"keep without a number", masked("{ email = §\"keep\" }"), "keep"},
    {"keep nothing", masked("{ email = §\"keep 0\" }"), "keep"},
    {"keep less than nothing", masked("{ email = §\"keep -1\" }"), "keep"},
    {"keep a word", masked("{ email = §\"keep two\" }"), "keep"},
    {"keep beyond 64 bits", masked("{ email = §\"keep 99999999999999999999\" }"), "keep"},
    {"a column twice in two cases", masked("{ email = \"null\", §Email = \"null\" }"), "two masks"},
    {"a column without a name", masked("{ §\"\" = \"null\" }"), "without a column"},
    {"a pseudonym without a marker", masked("{ §name = \"pseudonym\" }"), "needs a `marker`"},
    {"masks of text", masked("§\"email\""), "wants a table"},
};

const Table exemptions{
    {"no reason", rule("", "§[[categories.c.unless]]\nwhere = \"x = 1\""), "no `reason`"},
    {"a blank reason", unless("reason = §\"\"\nwhere = \"x = 1\""), "blank"},
    {"no condition", rule("", "§[[categories.c.unless]]\nreason = \"r\""), "no condition"},
    {"a blank condition", unless("reason = \"r\"\nwhere = §\"\""), "blank"},
    {"both conditions", unless("reason = \"r\"\nwhere = \"x = 1\"\n§sql = \"x = 1\""), "both"},
    {"on without table", unless("reason = \"r\"\nwhere = \"x = 1\"\n§on = \"x\""), "needs `table`"},
    {"table without a way", rule("", "§[[categories.c.unless]]\nreason = \"r\"\ntable = \"deals\""), "no way"},
    {"an unknown key", unless("reason = \"r\"\nwhere = \"x = 1\"\n§until = \"x\""), "unknown key `until`"},
    {"one table, not a list", rule("", "§[categories.c.unless]\nreason = \"r\"\nwhere = \"x = 1\""), "list of tables"},
    {"text", rule("unless = §\"x = 1\""), "list of tables"},
    {"an empty list", rule("unless = §[]"), "list of tables"},
    {"text in the list", rule("unless = [§\"x = 1\"]"), "list of tables"},
    {"the present moment", unless("reason = \"r\"\nsql = §\"ends > now()\""), "present moment"},
    {"a query as condition", unless("reason = \"r\"\nsql = §\"SELECT 1\""), "not a query"},
};

const Table relations{
    {"no table", rule("", "§[[categories.c.related]]\non = \"p\"\naction = \"delete\""), "no `table`"},
    {"no way", rule("", "§[[categories.c.related]]\ntable = \"notes\"\naction = \"delete\""), "no way"},
    {"no action", rule("", "§[[categories.c.related]]\ntable = \"notes\"\non = \"p\""), "no `action`"},
    {"an unknown action", related("table = \"notes\"\non = \"p\"\naction = §\"remove\""), "one of"},
    {"a blank filter", related("table = \"notes\"\non = \"p\"\nwhere = §\"\"\naction = \"delete\""), "blank"},
    {"an unknown key", related("table = \"notes\"\non = \"p\"\naction = \"delete\"\n§cascade = true"),
     "unknown key `cascade`"},
    {"anonymise without masks",
     rule("", "§[[categories.c.related]]\ntable = \"notes\"\non = \"p\"\naction = \"anonymise\""), "no `mask`"},
    {"delete with masks", related("table = \"notes\"\non = \"p\"\naction = \"delete\"\n§mask = { a = \"null\" }"),
     "anonymise"},
    {"keep with masks", related("table = \"notes\"\non = \"p\"\naction = \"keep\"\n§mask = { a = \"null\" }"),
     "anonymise"},
    {"a reason without block", related("table = \"notes\"\non = \"p\"\naction = \"keep\"\n§reason = \"r\""), "block"},
    {"block is not built yet", related("table = \"notes\"\non = \"p\"\naction = §\"block\"\nreason = \"r\""),
     "not supported yet"},
    {"also is not built yet",
     related("table = \"notes\"\non = \"p\"\naction = \"delete\"\n§also = [{ table = \"t\", on = \"x\" }]"),
     "not supported yet"},
    {"via alone is not built yet", related("table = \"notes\"\n§via = \"p\"\naction = \"delete\""),
     "not supported yet"},
    {"of nothing above", related("of = §\"letters\"\ntable = \"notes\"\non = \"p\"\naction = \"delete\""),
     "no entry above"},
    {"of itself", related("of = §\"notes\"\ntable = \"notes\"\non = \"p\"\naction = \"delete\""), "no entry above"},
    {"of one below",
     related("of = §\"b\"\ntable = \"a\"\non = \"p\"\naction = \"delete\"\n[[categories.c.related]]\ntable = \"b\"\non "
             "= \"p\"\naction = \"delete\""),
     "no entry above"},
    {"a blank of", related("of = §\"\"\ntable = \"notes\"\non = \"p\"\naction = \"delete\""), "blank"},
    {"a name twice",
     related("name = \"n\"\ntable = \"a\"\non = \"p\"\naction = \"delete\"\n[[categories.c.related]]\nname = "
             "§\"n\"\ntable = \"b\"\non = \"p\"\naction = \"delete\""),
     "answer to"},
    {"a name that is another's table",
     related("table = \"a\"\non = \"p\"\naction = \"delete\"\n[[categories.c.related]]\nname = §\"a\"\ntable = "
             "\"b\"\non = \"p\"\naction = \"delete\""),
     "answer to"},
    {"never reached",
     related("table = \"a\"\non = \"p\"\naction = \"delete\"\n§[[categories.c.related]]\ntable = \"a\"\non = "
             "\"p\"\nwhere = \"x = 1\"\naction = \"keep\""),
     "never be reached"},
    {"a mask in it unknown", related("table = \"a\"\non = \"p\"\naction = \"anonymise\"\nmask = { b = §\"blur\" }"),
     "mask"},
    {"on and via of two lengths", related("table = \"a\"\non = \"p\"\nvia = §[\"x\", \"y\"]\naction = \"delete\""),
     "different numbers"},
    {"one table, not a list", rule("", "§[categories.c.related]\ntable = \"a\"\non = \"p\"\naction = \"delete\""),
     "list of tables"},
};

const Table syntax{
    {"no value", "a = §\n", "not valid TOML"},
    {"no header name", "[§]\n", "needs a name"},
    {"no header name in a list", "[[§]]\n", "needs a name"},
    {"a character that toml++ cannot bear", "[§&]\n", "needs a name"},
    {"not ASCII outside strings", "§¤ = 1\n", "not ASCII"},
    {"not ASCII after a value", "a = 1 §¤\n", "not ASCII"},
    {"not UTF-8", "a = \"§\xFF\"\n", "UTF-8"},
    {"half a character", "a = \"§\xC3\"\n", "UTF-8"},
    {"overlong", "a = \"§\xC0\xAF\"\n", "UTF-8"},
    {"a surrogate", "# §\xED\xA0\x80\n", "UTF-8"},
    {"a control character", "a = \"§\x01\"\n", "control"},
    {"a carriage return alone", "a = 1§\rb = 2\n", "control"},
    {"a string that does not end", "a = \"b§\n", "does not end"},
    {"a literal string that does not end", "a = 'b§\n", "does not end"},
    {"a multi-line string that does not end", "a = \"\"\"b\n§", "does not end"},
    {"not ASCII after a line-ending backslash", "a = \"\"\"b \\\n  §ü\"\"\"\n", "right after a backslash"},
    {"deep", "a = " + std::string(64, '[') + "§[" + std::string(65, ']') + "\n", "deep"},
    {"a long path", "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a§.a = 1\n", "32 parts"},
    {"a stray sign", "a = 1 §; b = 2\n", "unexpected"},
};

const Table main_file{
    {"no time zone", settings("", "", "timezone"), "no `timezone`"},
    {"a blank time zone", settings("timezone = §\"\""), "blank"},
    {"an unknown time zone", settings("timezone = §\"Mars/Olympus\""), "no time zone"},
    {"a time zone of a number", settings("timezone = §1"), "wants a text"},
    {"an unknown key", settings("§colour = 1"), "unknown key `colour`"},
    {"a misspelt key", settings("§policy = [\"x\"]"), "unknown key `policy`"},
    {"blank policies", settings("policies = §\"\""), "blank"},
    {"no policies in the list", settings("policies = §[]"), "empty list"},
    {"policies of a number", settings("policies = [§1]"), "wants a text"},
    {"a blank schedule", settings("schedule = §\"\""), "blank"},
    {"overdue_after without a unit", settings("overdue_after = §\"7\""), "unit"},
    {"overdue_after zero", settings("overdue_after = §\"0 days\""), "above zero"},
    {"a financial year without a month", settings("financial_year_ends = §\"31\""), "no day of the year"},
    {"a financial year of a day that never is", settings("financial_year_ends = §\"30 February\""),
     "no day of the year"},
    {"a financial year in another form", settings("financial_year_ends = §\"03-31\""), "no day of the year"},
    {"a financial year of an unknown month", settings("financial_year_ends = §\"31 Mars\""), "no day of the year"},
    {"a financial year of day 0", settings("financial_year_ends = §\"0 March\""), "no day of the year"},
    {"a financial year of a TOML date", settings("financial_year_ends = §2026-03-31"), "wants a text"},
    {"a blank state", settings("state = §\"\""), "blank"},
    {"audit of text", settings("audit = §\"x\""), "wants a table"},
    {"an empty audit", settings("", "§[audit]"), "an empty table"},
    {"an unknown key of audit", settings("", "[audit]\n§dir = \"x\""), "unknown key `dir`"},
    {"a blank audit directory", settings("", "[audit]\ndirectory = §\"\""), "blank"},
    {"an audit key of text", settings("", "[audit]\nkey = §\"00\""), "wants a table"},
    {"an audit key in two places", settings("", "[audit]\nkey = §{ file = \"a\", env = \"b\" }"), "more than one"},
    {"an audit key in an unknown place", settings("", "[audit]\nkey = { file = \"k\", §vault = \"a\" }"),
     "unknown key `vault`"},
    {"a credential that is a path", settings("", "[audit]\nkey = { credential = §\"../k\" }"), "not a path"},
    {"control of text", settings("control = §\"x\""), "wants a table"},
    {"an empty control", settings("", "§[control]"), "an empty table"},
    {"an unknown key of control", settings("", "[control]\n§sockets = \"/run/x\""), "unknown key `sockets`"},
    {"a blank socket", settings("", "[control]\nsocket = §\"\""), "blank"},
    {"two sockets", settings("", "[control]\nsocket = §[\"/run/a\", \"/run/b\"]"), "wants a text"},
    {"nobody who operates", settings("", "[control]\noperators = §[]"), "empty list"},
    {"an operator who is a number", settings("", "[control]\noperators = [§0]"), "wants a text"},
    {"an operator without a name", settings("", "[control]\noperators = [\"root\", §\"\"]"), "blank"},
    {"an operator named twice", settings("", "[control]\noperators = [\"root\", §\"root\"]"), "twice"},
    {"a group without a name", settings("", "[control]\noperators = §[\"root\", \"@\"]"), "names no user"},
    {"a group of a group", settings("", "[control]\noperators = §\"@@staff\""), "names no user"},
    {"a viewer from elsewhere", settings("", "[control]\nviewers = §\"anna@example.com\""), "names no user"},
    {"two viewers in one text", settings("", "[control]\nviewers = §\"anna, bert\""), "names no user"},
    {"a viewer without a name", settings("", "[control]\nviewers = §\" \""), "blank"},
    {"metrics without a port", settings("", "[metrics]\nlisten = §\"127.0.0.1\""), "no address with a port"},
    {"no stores", "§timezone = \"UTC\"\n", "no `stores`"},
    {"stores of text", "timezone = \"UTC\"\nstores = §\"x\"\n", "wants a table"},
    {"a store of text", "timezone = \"UTC\"\n[stores]\ncrm = §\"sqlite:///x\"\n", "wants a table"},
    {"an unknown key of a store", store("§pass = \"x\""), "unknown key `pass`"},
    {"one database under two names", settings("", "§[stores.other]\nurl = \"sqlite:///crm.db\""), "same database"},
    {"a store without url", "timezone = \"UTC\"\n§[stores.crm]\ntimezone = \"UTC\"\n", "no `url`"},
    {"a blank url", store("url = §\"\""), "blank"},
    {"a url without scheme", store("url = §\"/srv/crm.db\""), "no known kind"},
    {"an unknown scheme", store("url = §\"oracle://x/y\""), "no known kind"},
    {"a misspelt scheme", store("url = §\"postgres://x/y\""), "no known kind"},
    {"a sqlite url without slashes", store("url = §\"sqlite:crm.db\""), "no //"},
    {"a sqlite url with a host", store("url = §\"sqlite://crm.db\""), "names no file"},
    {"a sqlite url of a folder", store("url = §\"sqlite:///srv/\""), "a folder"},
    {"a sqlite url with parameters", store("url = §\"sqlite:///srv/x.db?mode=rwc\""), "parameters"},
    {"a sqlite url without a file", store("url = §\"sqlite:///\""), "names no file"},
    {"a server without a database", store("url = §\"postgresql://r@db\""), "no database"},
    {"a password in a url", store("url = §\"postgresql://r:x@db/crm\""), "a password in it"},
    {"a parameter of libpq", store("url = §\"postgresql://r@db/crm?sslmode=disable\""), "sslmode"},
    {"several hosts for MariaDB", store("url = §\"mariadb://r@a,b/crm\""), "more than one host"},
    {"one server database under two names",
     settings("", "[stores.a]\nurl = \"mariadb://r@db/crm\"\n§[stores.b]\nurl = \"mariadb://s@db:3306/crm\""),
     "same database"},
    {"an unknown tls", store("url = \"postgresql:///crm\"\ntls = §\"prefer\""), "one of \"disable\""},
    {"a certificate without a key", store("url = \"postgresql:///crm\"\n§cert = \"x\""), "without `key`"},
    {"a key without a certificate", store("url = \"postgresql:///crm\"\n§key = \"x\""), "without `cert`"},
    {"an authority without tls", store("url = \"postgresql:///crm\"\ntls = \"disable\"\n§ca = \"x\""), "beside tls"},
    {"a blank certificate", store("url = \"postgresql:///crm\"\nca = §\"\""), "blank"},
    {"a password of a server as text", store("url = \"postgresql:///crm\"\npassword = §\"x\""), "wants a table"},
    {"a password in no place", store("url = \"postgresql:///crm\"\npassword = §{}"), "wants a table"},
    {"a replica lag of a number", store("url = \"postgresql:///crm\"\nmax_replica_lag = §5"), "wants a text"},
    {"a replica lag of zero", store("url = \"postgresql:///crm\"\nmax_replica_lag = §\"0 s\""), "a time above zero"},
    {"more workers than there can be", store("url = \"postgresql:///crm\"\nworkers = §65"), "more than 64"},
    {"workers below zero", store("workers = §-1"), "above zero"},
    {"a password for SQLite", store("§password = { env = \"X\" }"), "does not apply"},
    {"tls for SQLite", store("§tls = \"verify-full\""), "does not apply"},
    {"a certificate for SQLite", store("§ca = \"x\""), "does not apply"},
    {"a replica lag for SQLite", store("§max_replica_lag = \"5 s\""), "does not apply"},
    {"no workers", store("workers = §0"), "above zero"},
    {"workers of text", store("workers = §\"1\""), "above zero"},
    {"an unknown zone of a store", store("timezone = §\"CEST-ish\""), "no time zone"},
    {"a window of one time", store("window = §\"22:00\""), "no span"},
    {"a window of no length", store("window = §\"22:00-22:00\""), "no span"},
    {"a window past midnight", store("window = §\"22:00-25:00\""), "no span"},
    {"a window of minutes", store("window = §\"22:60-23:00\""), "no span"},
    {"a window of words", store("window = §\"night\""), "no span"},
    {"a batch time without a unit", store("batch_time = §\"100\""), "a time above zero"},
    {"a batch time of a number", store("batch_time = §100"), "wants a text"},
    {"a batch time of zero", store("batch_time = §\"0 ms\""), "a time above zero"},
    {"a batch time below zero", store("batch_time = §\"-1 s\""), "a time above zero"},
    {"a batch time beyond a minute", store("batch_time = §\"61 s\""), "at most 60 s"},
    {"a batch time beyond 64 bits", store("batch_time = §\"99999999999999999999 s\""), "a time above zero"},
    {"a batch time of nan", store("batch_time = §\"nan s\""), "a time above zero"},
    {"no rows a second", store("rows_per_second = §0"), "above zero"},
    {"rows a second below zero", store("rows_per_second = §-5000"), "above zero"},
    {"rows a second of nan", store("rows_per_second = §nan"), "above zero"},
    {"weak_durability of text", store("weak_durability = §\"yes\""), "true or false"},
};

std::size_t count_of(const std::vector<const Table*>& tables) {
    std::size_t count = 0;
    for (const auto* table : tables) count += table->size();
    return count;
}

} // namespace

BOOST_AUTO_TEST_SUITE(loader_refusals)

BOOST_AUTO_TEST_CASE(the_good_twin_of_every_bad_file_loads) {
    for (const auto& text :
         {good_rule, none(""), masked("{ email = \"null\" }"), unless("reason = \"r\"\nwhere = \"x = 1\"")}) {
        const auto loaded = read_configuration({"main.toml", good_settings}, {{"policy.toml", text}}, {});

        BOOST_TEST_CONTEXT(text) {
            for (const auto& problem : loaded.problems) BOOST_TEST_MESSAGE(to_string(problem));
            BOOST_TEST(loaded.configuration.has_value());
        }
    }
}

BOOST_AUTO_TEST_CASE(refuses_bad_periods) {
    expect_in_policy(periods);
}
BOOST_AUTO_TEST_CASE(refuses_bad_triggers_and_links) {
    expect_in_policy(triggers);
}
BOOST_AUTO_TEST_CASE(refuses_bad_conditions) {
    expect_in_policy(conditions);
}
BOOST_AUTO_TEST_CASE(refuses_bad_categories_and_limits) {
    expect_in_policy(categories);
}
BOOST_AUTO_TEST_CASE(refuses_bad_masks) {
    expect_in_policy(masks);
}
BOOST_AUTO_TEST_CASE(refuses_bad_exemptions) {
    expect_in_policy(exemptions);
}
BOOST_AUTO_TEST_CASE(refuses_bad_related_entries) {
    expect_in_policy(relations);
}
BOOST_AUTO_TEST_CASE(refuses_what_is_no_toml) {
    expect_in_policy(syntax);
}
BOOST_AUTO_TEST_CASE(refuses_a_bad_main_file) {
    expect_in_main(main_file);
}

BOOST_AUTO_TEST_CASE(two_hundred_bad_files_and_more) {
    const auto count =
        count_of({&periods, &triggers, &conditions, &categories, &masks, &exemptions, &relations, &syntax, &main_file});

    std::cout << "bad rule files refused: " << count << "\n";

    BOOST_TEST(count >= 200u);
}

BOOST_AUTO_TEST_SUITE_END()
