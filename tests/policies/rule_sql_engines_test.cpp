// What each engine takes a text for: where its literals, names and comments end, and which signs mean something. A
// text that one of them would cut differently from us must be refused for that engine.

#include "policies/rule_sql.hpp"

#include <array>
#include <boost/test/unit_test.hpp>

using namespace retention;

namespace {

const std::array<Engine, 3> engines{Engine::sqlite, Engine::postgresql, Engine::mariadb};

// What the statement gets, or a part of the reason why it is refused, behind a `!`.
struct Verdicts {
    std::string text;
    std::array<std::string, 3> expected; // SQLite, PostgreSQL, MariaDB
};
const std::string as_is = "=";

Verdicts alike(const std::string& text, const std::string& expected = as_is) {
    return {text, {expected, expected, expected}};
}

std::string shown(const RuleSql& sql) {
    std::string result;
    for (const auto& part : sql.parts)
        result += std::holds_alternative<DatePlaceholder>(part) ? "<>" : std::get<std::string>(part);
    return result;
}

void expect(const std::vector<Verdicts>& table) {
    for (const auto& row : table)
        for (std::size_t i = 0; i < engines.size(); ++i) {
            std::string why;
            const auto sql = read_rule_sql(row.text, RuleSqlKind::condition, {}, why, engines[i]);
            const auto& expected = row.expected[i];
            BOOST_TEST_CONTEXT(row.text << " in " << name_of(engines[i]) << ": " << why) {
                BOOST_TEST(sql.has_value() == why.empty());
                if (expected.front() == '!') {
                    BOOST_TEST(!sql.has_value());
                    BOOST_TEST(why.find(expected.substr(1)) != std::string::npos);
                } else {
                    BOOST_TEST(sql.has_value());
                    if (sql) BOOST_TEST(shown(*sql) == (expected == as_is ? row.text : expected));
                }
            }
        }
}

} // namespace

BOOST_AUTO_TEST_SUITE(rule_sql_engines)

BOOST_AUTO_TEST_CASE(a_literal_ends_where_the_engine_ends_it) {
    expect({alike("a = 'it''s'"), alike("a = ''"), alike("a = '{1,2}'"), alike("a = 'x -- y /* z */ # :p ? @v $1 ;'"),
            alike("a = '/*! x */'"), alike("a = 'C:\\temp\\x'"), alike("a LIKE '5\\%'"), alike("a = N'x' OR b = X'0A'"),
            alike("a = _utf8mb4'x'"), alike("a = b'101'"), alike("a = 'x' \n 'y'"), alike("a = '\xC2\xA0'"),
            // A backslash right before a quote: MariaDB's literal goes on, the others' ends, and settings turn both.
            alike("a = 'it\\'s'", "!write two quotes"), alike("a = 'x\\\\'", "!write two quotes"),
            alike("a = '\\' OR b = ' OR 1 = 1 -- '", "!write two quotes"),
            // PostgreSQL's own forms. 1E'…' is a number and an escape literal to PostgreSQL 14.
            alike("a = E'x'", "!plain '…'"), alike("a = e'\\n'", "!plain '…'"), alike("a = U&'\\0061'", "!plain '…'"),
            alike("a = u&'x'", "!plain '…'"), alike("a = 1E'x'", "!right after a number"),
            alike("a = $$it's$$", "!write $$…$$ as '…'"), alike("a = $t$it's$t$", "!`$` outside"),
            alike("a = 1$$ ' $$", "!right after a number")});
}

BOOST_AUTO_TEST_CASE(a_quoted_name_is_one_where_the_engine_says_so) {
    const std::string no_double = "!write 'text' or `name`", no_backtick = "!in double quotes";
    expect({{"\"a b\" = 1", {as_is, as_is, no_double}},
            {"\"it's\" = 1", {as_is, as_is, no_double}},
            {"\"a \"\"b\"\" ;\" = 1", {as_is, as_is, no_double}},
            {"kind = \"prospect\"", {as_is, as_is, no_double}},
            {"\"x\\\" = \" OR 1 = 1 --\"", {"!two quotes", "!two quotes", no_double}},
            {"U&\"\\006eow\" = 1", {"!plain \"…\"", "!plain \"…\"", no_double}},
            {"`a b` = 1", {as_is, no_backtick, as_is}},
            {"`it's` = 1", {as_is, no_backtick, as_is}},
            {"`a``b` = 1", {as_is, no_backtick, as_is}},
            {"[a b] = 1", {as_is, as_is, "!`name`"}},
            {"[it's] = 1", {"!double quotes", "!does not end", "!`name`"}},
            {"t.[a b] = 1", {as_is, as_is, "!`name`"}},
            {"arr[1] = 2", {"!no subscripts", as_is, "!`name`"}},
            {"arr[1:2] = b", {"!no subscripts", as_is, "!`name`"}},
            {"ARRAY['x', ']'] @> a", {"!no subscripts", as_is, "!`name`"}},
            {"arr[(1] = 2)", {"!no subscripts", "!without its [", "!`name`"}},
            {"arr[1", {"!no subscripts", "!not closed", "!`name`"}},
            {"arr]1[", {"!without its [", "!without its [", "!without its ["}}});
}

BOOST_AUTO_TEST_CASE(no_comment_reaches_a_server) {
    const std::string end = "!a backslash", two = "!two minus signs", hash = "!`#` outside";
    expect({alike("a = 1 -- b", "a = 1  "),
            alike("a = 1 --", "a = 1  "),
            alike("a = 1 -- ' ( ;\nAND b", "a = 1  \nAND b"),
            alike("a = 1 --\tb\r\nAND c", "a = 1  \nAND c"),
            alike("a/* ' */= 1", "a = 1"),
            alike("a/**/= 1", "a = 1"),
            alike("a = 1 /*/ b */", "a = 1  "),
            alike("a = 1 /* rule:old */", "a = 1  "),
            {"a = 1 --b", {"a = 1  ", "a = 1  ", two}},
            {"a = 5 --1", {"a = 5  ", "a = 5  ", two}},
            {"a = 5 - -1", {as_is, as_is, as_is}},
            {"id < 5 # rule:old\nAND b", {hash, "!`:` outside", "id < 5  \nAND b"}},
            {"id < 5 # old\nAND b", {hash, as_is, "id < 5  \nAND b"}},
            {"id < 5 # it's", {hash, "!does not end", "id < 5  "}},
            {"id # 5 = 1", {hash, as_is, "id  "}},
            // PostgreSQL nests block comments, and sees one begin in the middle of */.
            alike("a /* x /* y */ OR 1 = 1 */", "!within a comment"),
            alike("a = 1 /* x /*/ OR 1 = 1 /* */ */", "!within a comment"),
            alike("a /* b", "!does not end"),
            alike("a = 1 /*! OR 1 = 1 */", "!execute"),
            alike("a = 1 /*!50000 OR 1 = 1 */", "!execute"),
            alike("a = 1 /*M! OR 1 = 1 */", "!execute"),
            alike("a = 1 /*+ b */", "!execute"),
            // To PostgreSQL a carriage return ends a comment; to the others it does not.
            alike("a = 1 -- b\rAND c = 2", "!carriage return"),
            alike("a = 1 -- b\r", "!carriage return")});
}

BOOST_AUTO_TEST_CASE(a_sign_means_what_the_engine_takes_it_for) {
    const std::string parameter = "!no value here";
    expect({{"a::date < b", {"!CAST(", as_is, "!CAST("}},
            {"a || b = 'x'", {as_is, as_is, "!concat(a, b)"}},
            {"a | b = 1", {as_is, as_is, as_is}},
            {"a && b", {as_is, as_is, as_is}},
            {"doc ? 'key'", {parameter, as_is, parameter}},
            {"doc ?| b OR doc ?& c", {parameter, as_is, parameter}},
            {"a @> b OR a <@ c", {parameter, as_is, parameter}},
            {"doc @@ '$.a > 1'", {parameter, as_is, parameter}},
            {"doc #>> '{a,b}' = 'x'", {"!`#` outside", as_is, "doc  "}},
            {"doc -> 'a' ->> 'b' = 'x'", {as_is, as_is, as_is}},
            {"a ~ '^x' OR b !~* 'y'", {as_is, as_is, as_is}},
            {"f(a => 1)", {as_is, as_is, as_is}},
            {"a = ?", {parameter, as_is, parameter}}, // a postfix operator to PostgreSQL's parser; it refuses that
            {"a = @x", {parameter, as_is, parameter}},
            {"@@version = a", {parameter, as_is, parameter}},
            {"(@x := a) > 1", {parameter, "!assigns nothing", parameter}},
            alike("a := 1", "!assigns nothing"),
            alike("a = :b", parameter),
            alike("a = $1", parameter),
            alike("a = ${b}", "!`$` outside"),
            alike("a \\ b", "!backslash outside"),
            alike("a;", "!semicolon"),
            alike("a = {d '2020-01-01'}", "!unknown {d"),
            alike("\xEF\xBB\xBFnow() > a", "!byte order mark")});
}

BOOST_AUTO_TEST_CASE(numbers_end_where_every_engine_ends_them) {
    expect({alike("a = 1.5e-3 OR b = .5 OR c = 1. OR d = 0x1F OR e = 2E+10"), alike("a1 = 1 AND t.b2 = 2"),
            alike("a$b = 1"), alike("2fa = 1", "!right after a number"), alike("a = 1and b", "!right after a number"),
            alike("a = 1_000", "!right after a number"), alike("a = 0b01", "!right after a number"),
            alike("a = 1e", "!right after a number"), alike("a = 0x", "!right after a number"),
            alike("t.2fa = 1", "!right after a number")});
}

BOOST_AUTO_TEST_CASE(a_date_grows_together_with_nothing) {
    expect({alike("a<{as_of}", "a<<>"),
            alike("({as_of})", "(<>)"),
            alike("{as_of}>a", "<>>a"),
            alike("a < {as_of}AND b", "!put a blank"),
            alike("a < date{as_of}", "!put a blank"),
            alike("a < 1{as_of}", "!put a blank"),
            alike("{as_of}5 > a", "!put a blank"),
            alike("{as_of}{cutoff}", "!put a blank"),
            {"a < {as_of}::date", {"!CAST(", "a < <>::date", "!CAST("}}});
}

BOOST_AUTO_TEST_CASE(a_literal_that_postgresql_reads_as_the_present_day_is_refused_there) {
    const std::string present = "!present moment";
    expect({{"status = 'now'", {as_is, present, as_is}},
            {"on_day = 'today'", {as_is, present, as_is}},
            {"on_day IN ('Tomorrow ')", {as_is, present, as_is}},
            {"on_day = coalesce(b, 'today 12:00')", {as_is, present, as_is}},
            {"on_day <> '04:05 yesterday UTC'", {as_is, present, as_is}},
            {"status = 'buy now' OR b = 'todays'", {as_is, as_is, as_is}},
            {"status = 'now'::text", {"!CAST(", as_is, "!CAST("}},
            {"status = CAST('now' AS text)", {as_is, as_is, as_is}},
            {"doc ->> 'today' = 'x'", {as_is, as_is, as_is}},
            alike("a < 'today'", present),
            alike("a > date 'yesterday'", present),
            alike("a > cast('now' AS date)", present),
            alike("timestamptz('now') > a", present),
            alike("a BETWEEN 'yesterday' AND b", present)});
}

BOOST_AUTO_TEST_CASE(without_an_engine_only_what_all_read_alike_is_read) {
    std::string why;
    const auto read = [&](const std::string& text) {
        why.clear();
        return read_rule_sql(text, RuleSqlKind::condition, {}, why);
    };

    BOOST_TEST(shown(read("a = 'x' AND b < {as_of} -- c").value()) == "a = 'x' AND b < <>  ");
    for (const auto* text : {"a --b", "a # b", "[a] = 1", "`a` = 1", "\"a\" = 1", "a::int = 1", "a || b = 'c'"}) {
        BOOST_TEST(!read(text).has_value(), text);
        BOOST_TEST(!why.empty());
    }
}

BOOST_AUTO_TEST_SUITE_END()
