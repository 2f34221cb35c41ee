#include "policies/loader.hpp"

#include <boost/test/unit_test.hpp>
#include <functional>
#include <set>

using namespace retention;

namespace {

RuleSql sql(const std::string& text) {
    std::string why;
    auto result =
        read_rule_sql(text, text.rfind("SELECT", 0) == 0 ? RuleSqlKind::query : RuleSqlKind::condition, {}, why);
    BOOST_REQUIRE_MESSAGE(result, why);
    return *result;
}

Mask mask(const std::string& column, const std::string& text) {
    std::string why;
    auto result = parse_mask(text, why);
    BOOST_REQUIRE_MESSAGE(result, why);
    result->column = column;
    return *result;
}

Link link_to(const std::string& table) {
    Link link;
    link.table = table;
    link.on = {"a", "b"};
    return link;
}

// A rule that has something in every member.
Rule full() {
    Rule rule;
    rule.category = "c";
    rule.store = "s";
    rule.table = "t";
    rule.key = {"id"};
    DateSource own, linked;
    own.column = "seen";
    linked.column = "at";
    linked.link = link_to("calls");
    rule.triggers = {own, linked};
    rule.period = FixedPeriod{{1, Unit::year}, {}};
    rule.masks = {mask("name", "redact")};
    Unless unless;
    unless.reason = "r";
    unless.where = sql("x = 1");
    rule.unless = {unless};
    Related related;
    related.link = link_to("notes");
    rule.related = {related};
    return rule;
}

using Change = std::function<void(Rule&)>;
struct Named {
    const char* name;
    Change change;
};

Related& related(Rule& rule) {
    return rule.related.at(0);
}
DateSource& linked(Rule& rule) {
    return rule.triggers.at(1);
}

const std::vector<Named> deciding{
    {"category", [](Rule& r) { r.category = "d"; }},
    {"store", [](Rule& r) { r.store = "d"; }},
    {"table", [](Rule& r) { r.table = "d"; }},
    {"where", [](Rule& r) { r.where = sql("x = 1"); }},
    {"where text", [](Rule& r) { r.where = sql("x = 2"); }},
    {"where date", [](Rule& r) { r.where = sql("x = {as_of}"); }},
    {"where date in a literal", [](Rule& r) { r.where = sql("x = '{as_of}'"); }},
    {"where cutoff", [](Rule& r) { r.where = sql("x = {cutoff}"); }},
    {"where start", [](Rule& r) { r.where = sql("x = {as_of start}"); }},
    {"where less", [](Rule& r) { r.where = sql("x = {as_of - 1 day}"); }},
    {"key",
     [](Rule& r) {
         r.key = {"id", "part"};
     }},
    {"no key", [](Rule& r) { r.key.clear(); }},
    {"a trigger less", [](Rule& r) { r.triggers.pop_back(); }},
    {"trigger column", [](Rule& r) { r.triggers[0].column = "x"; }},
    {"trigger table", [](Rule& r) { linked(r).link->table = "x"; }},
    {"trigger on", [](Rule& r) { linked(r).link->on = {"a,b"}; }},
    {"trigger via",
     [](Rule& r) {
         linked(r).link->via = {"a", "b"};
     }},
    {"trigger where", [](Rule& r) { linked(r).link->where = sql("x = 1"); }},
    {"trigger sql", [](Rule& r) { linked(r).link->sql = sql("x = 1"); }},
    {"trigger through", [](Rule& r) { linked(r).link->through = link_to("x"); }},
    {"trigger query", [](Rule& r) { linked(r).query = sql("SELECT 1"); }},
    {"trigger format", [](Rule& r) { linked(r).format = DateFormat::iso; }},
    {"trigger format unix", [](Rule& r) { linked(r).format = DateFormat::unix_seconds; }},
    {"trigger format unix-ms", [](Rule& r) { linked(r).format = DateFormat::unix_milliseconds; }},
    {"trigger format offset", [](Rule& r) { linked(r).format = DateFormat::iso_offset; }},
    {"trigger earliest", [](Rule& r) { linked(r).earliest = parse_date("1990-01-01"); }},
    {"trigger open", [](Rule& r) { linked(r).open_ignored = true; }},
    {"fallback", [](Rule& r) { r.fallback = r.triggers[0]; }},
    {"period",
     [](Rule& r) {
         r.period = FixedPeriod{{2, Unit::year}, {}};
     }},
    {"period unit",
     [](Rule& r) {
         r.period = FixedPeriod{{1, Unit::month}, {}};
     }},
    {"at_most",
     [](Rule& r) {
         r.period = FixedPeriod{{1, Unit::year}, Period{2, Unit::year}};
     }},
    {"no period", [](Rule& r) { r.period = NoPeriod{}; }},
    {"stored period",
     [](Rule& r) {
         r.period = StoredPeriod{"k", Unit::month, {}, {}};
     }},
    {"stored period unit",
     [](Rule& r) {
         r.period = StoredPeriod{"k", Unit::year, {}, {}};
     }},
    {"stored period column",
     [](Rule& r) {
         r.period = StoredPeriod{"l", Unit::year, {}, {}};
     }},
    {"stored period link",
     [](Rule& r) {
         r.period = StoredPeriod{"k", Unit::month, link_to("x"), {}};
     }},
    {"starts", [](Rule& r) { r.counting.starts = Starts::end_of_month; }},
    {"starts year", [](Rule& r) { r.counting.starts = Starts::end_of_year; }},
    {"financial year", [](Rule& r) { r.counting.starts = Starts::end_of_financial_year; }},
    {"financial year's end",
     [](Rule& r) {
         r.counting = {Starts::end_of_financial_year, std::chrono::March / 31};
     }},
    {"overdue_after",
     [](Rule& r) {
         r.overdue_after = {8, Unit::day};
     }},
    {"action", [](Rule& r) { r.action = Action::erase; }},
    {"mask", [](Rule& r) { r.masks = {mask("name", "null")}; }},
    {"mask column", [](Rule& r) { r.masks = {mask("nom", "redact")}; }},
    {"mask value", [](Rule& r) { r.masks = {mask("name", "fixed a")}; }},
    {"mask count", [](Rule& r) { r.masks = {mask("name", "keep 2")}; }},
    {"mask more", [](Rule& r) { r.masks.push_back(mask("born", "year")); }},
    {"marker", [](Rule& r) { r.marker = "m"; }},
    {"unless less", [](Rule& r) { r.unless.clear(); }},
    {"unless reason", [](Rule& r) { r.unless[0].reason = "q"; }},
    {"unless where", [](Rule& r) { r.unless[0].where = sql("x = 2"); }},
    {"unless sql", [](Rule& r) { r.unless[0].sql = sql("x = 2"); }},
    {"unless link", [](Rule& r) { r.unless[0].link = link_to("x"); }},
    {"related less", [](Rule& r) { r.related.clear(); }},
    {"related name", [](Rule& r) { related(r).name = "n"; }},
    {"related of", [](Rule& r) { related(r).of = "n"; }},
    {"related table", [](Rule& r) { related(r).link.table = "x"; }},
    {"related where", [](Rule& r) { related(r).link.where = sql("x = 1"); }},
    {"related action", [](Rule& r) { related(r).action = Action::erase; }},
    {"related action anonymise", [](Rule& r) { related(r).action = Action::anonymise; }},
    {"related action detach", [](Rule& r) { related(r).action = Action::detach; }},
    {"related mask", [](Rule& r) { related(r).masks = {mask("x", "null")}; }},
    {"elsewhere", [](Rule& r) { r.elsewhere = {"tapes"}; }},
    {"accepted trigger", [](Rule& r) { r.accepted_triggers = {"tapes"}; }},
    {"share", [](Rule& r) { r.limits.share = 0.5; }},
    {"records", [](Rule& r) { r.limits.records = 5; }},
};

const std::vector<Named> others{
    {"description", [](Rule& r) { r.description = "x"; }},
    {"authority", [](Rule& r) { r.authority = "x"; }},
    {"lawful basis", [](Rule& r) { r.lawful_basis = "x"; }},
    {"owner", [](Rule& r) { r.owner = "x"; }},
    {"schedule", [](Rule& r) { r.schedule = "x"; }},
    {"period text", [](Rule& r) { r.period_text = "x"; }},
    {"limits stated", [](Rule& r) { r.limits.stated = true; }},
    {"a financial year that does not count", [](Rule& r) { r.counting.financial_year_ends = std::chrono::March / 31; }},
    {"place",
     [](Rule& r) {
         r.place = {"x", 1, 1};
     }},
    {"places within",
     [](Rule& r) {
         linked(r).place = related(r).place = r.masks[0].place = r.unless[0].where->place = {"x", 1, 1};
     }},
    {"a comment in SQL", [](Rule& r) { r.unless[0].where->source = "x = 1 -- why"; }},
};

std::string canonical_of(const std::string& policy) {
    const auto loaded = read_configuration({"m.toml", "timezone = \"UTC\"\n[stores.s]\nurl = \"sqlite:///s.db\"\n"},
                                           {{"p.toml", policy}}, {});
    for (const auto& problem : loaded.problems) BOOST_TEST_MESSAGE(to_string(problem));
    BOOST_REQUIRE(loaded.configuration.has_value());
    return canonical_text(loaded.configuration->rules.at(0));
}

} // namespace

BOOST_AUTO_TEST_SUITE(rule)

BOOST_AUTO_TEST_CASE(every_deciding_member_has_a_text_of_its_own) {
    std::set<std::string> texts{canonical_text(full())};

    for (const auto& [name, change] : deciding) {
        auto changed = full();
        change(changed);
        BOOST_TEST(texts.insert(canonical_text(changed)).second, name);
    }

    BOOST_TEST(texts.size() == deciding.size() + 1);
}

BOOST_AUTO_TEST_CASE(what_does_not_decide_does_not_change_the_text) {
    const auto text = canonical_text(full());

    for (const auto& [name, change] : others) {
        auto changed = full();
        change(changed);
        BOOST_TEST(canonical_text(changed) == text, name);
    }
}

BOOST_AUTO_TEST_CASE(no_text_can_pretend_to_be_another) {
    auto quotes = full(), lines = full(), backslash = full(), escaped = full();
    quotes.key = {"a\",\"b"};
    lines.store = "s\"\ntable = \"t";
    backslash.marker = "\\x0a";
    escaped.marker = "\n";

    auto two = full();
    two.key = {"a", "b"};
    BOOST_TEST(canonical_text(quotes) != canonical_text(two));
    BOOST_TEST(canonical_text(backslash) != canonical_text(escaped));
    const auto text = canonical_text(lines);
    BOOST_TEST(std::count(text.begin(), text.end(), '\n') == [] {
        const auto plain = canonical_text(full());
        return std::count(plain.begin(), plain.end(), '\n');
    }());
}

BOOST_AUTO_TEST_CASE(the_order_of_keys_in_the_file_does_not_change_the_text) {
    const auto one = canonical_of("[categories.c]\nstore = \"s\"\ntable = \"t\"\ntrigger = { table = \"x\", on = "
                                  "\"a\", column = \"b\" }\nperiod = \"12 months\"\naction = \"anonymise\"\nmask = { a "
                                  "= \"null\", b = \"redact\" }\nlimits = { records = 5, share = \"1%\" }\n");
    const auto other =
        canonical_of("# comment\n[categories.c]\naction = \"anonymise\"\ndescription = \"d\"\nmask = { b = \"redact\", "
                     "a = \"null\" }\nperiod = \"P12M\"\ntable = \"t\"\nstore = \"s\"\nlimits = { share = \"1%\", "
                     "records = 5 }\ntrigger = { column = \"b\", table = \"x\", on = [\"a\"] }\n");

    BOOST_TEST(one == other);
}

BOOST_AUTO_TEST_CASE(one_line_a_member_in_a_fixed_order) {
    Rule rule;
    rule.category = "c";
    rule.store = "s";
    rule.table = "t";
    rule.period = FixedPeriod{{36, Unit::month}, {}};

    BOOST_TEST(canonical_text(rule) == "category = \"c\"\nstore = \"s\"\ntable = \"t\"\nwhere = -\nkey = []\nfallback "
                                       "= -\nperiod = 36 months to -\nstarts = at trigger\n"
                                       "overdue_after = 7 days\naction = anonymise\nmask = \nmarker = \"\"\nelsewhere "
                                       "= []\naccepted triggers = []\nlimits = share 0.05 records -\n");
}

BOOST_AUTO_TEST_CASE(actions_are_said_as_in_the_file) {
    BOOST_TEST(to_string(Action::erase) == "delete");
    BOOST_TEST(to_string(Action::anonymise) == "anonymise");
    BOOST_TEST(to_string(Action::detach) == "detach");
    BOOST_TEST(to_string(Action::keep) == "keep");
}

BOOST_AUTO_TEST_SUITE_END()
