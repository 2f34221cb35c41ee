#include "policies/loader.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <fstream>
#include <unistd.h>

using namespace retention;

namespace {

namespace fs = std::filesystem;

const std::string main_text = R"(timezone = "Europe/London"
policies = ["policies.d/*.toml"]        # relative to this file
schedule = "Mon..Fri 02:30"
overdue_after = "10 days"
financial_year_ends = "31 March"
state = "state"

[audit]
directory = "audit"
key = { file = "audit.key" }

[stores.crm]
url      = "sqlite:///srv/crm.db"
timezone = "America/New_York"
workers  = 1
window   = "22:00-05:00"
batch_time = "250 ms"
rows_per_second = 5000
weak_durability = true
)";

// Section 4's own example, but for what is not built yet (`remember`, a server's store).
const std::string policy_text = R"toml([categories.contacts]
description  = "People in the CRM with whom there has been no direct contact"
authority    = "Privacy notice, section 'How long we keep your personal information'"
lawful_basis = "legitimate interests"
owner        = "dpo@example.com"
store   = "crm"
table   = "contacts"
where   = "kind = 'prospect'"
key     = "id"
trigger = [
  "created_at",
  { table = "calls", on = "contact_id", where = "direction = 'in'", column = "started_at", remember = false, open = "ignore" },
  { sql = "SELECT max(m.sent) FROM mail m JOIN rcpt r USING (mail_id) WHERE r.contact_id = contacts.id", format = "unix-ms" },
]
fallback = { column = "imported_at", format = "iso-offset", earliest = 1990-01-31 }
period  = "36 months"
action  = "anonymise"
marker  = "anonymised_at"
elsewhere = ["recordings under the archive, named in calls.file"]
triggers = "contacts_history"
schedule = "daily"

[categories.contacts.mask]
full_name = "redact"
email     = "random email"
phone     = "null"
born_on   = "year"

[[categories.contacts.unless]]
reason = "open deal"
table  = "deals"
on     = "contact_id"
where  = "status = 'open' AND (ends_on IS NULL OR ends_on >= {as_of})"

[[categories.contacts.related]]
table  = "contact_notes"
on     = "contact_id"
action = "delete"

[[categories.contacts.related]]
of     = "contact_notes"
name   = "files"
table  = "note_attachments"
on     = ["note_id", "part"]
via    = ["id", "part"]
through = { table = "parts", on = "note_id", where = "kind = 1" }
sql    = "note_attachments.at < {cutoff}"
action = "delete"

[categories.contacts.limits]
share   = "2.5%"
records = 10000
)toml";

const std::string plain_rule = R"(store = "crm"
table = "people"
trigger = "seen_on"
period = "1 year"
action = "delete"
)";

const SourceText plain_main{"main.toml", "timezone = \"UTC\"\n[stores.crm]\nurl = \"sqlite:///crm.db\"\n"};

Loaded load_policy(const std::string& text) {
    return read_configuration(plain_main, {{"policy.toml", text}}, {});
}

Rule rule_of(const std::string& lines) {
    const auto loaded = load_policy("[categories.c]\n" + lines);
    for (const auto& problem : loaded.problems) BOOST_TEST_MESSAGE(to_string(problem));
    BOOST_REQUIRE(loaded.configuration.has_value());
    BOOST_REQUIRE(loaded.configuration->rules.size() == 1u);
    return loaded.configuration->rules.front();
}

std::vector<std::string> lines_of(const Problems& problems) {
    std::vector<std::string> lines;
    for (const auto& problem : problems)
        lines.push_back(problem.place.file + ":" + std::to_string(problem.place.line) + ":" +
                        std::to_string(problem.place.column));
    return lines;
}

bool says(const Loaded& loaded, const std::string& text) {
    return std::any_of(loaded.problems.begin(), loaded.problems.end(),
                       [&](const Problem& problem) { return to_string(problem).find(text) != std::string::npos; });
}

// A folder that goes when the test ends.
class Folder {
public:
    Folder() {
        std::string name = (fs::temp_directory_path() / "loader_test.XXXXXX").string();
        BOOST_REQUIRE(mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    ~Folder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    fs::path write(const std::string& name, const std::string& text) const {
        fs::create_directories((path_ / name).parent_path());
        std::ofstream(path_ / name) << text;
        return path_ / name;
    }
    const fs::path& path() const { return path_; }

private:
    fs::path path_;
};

} // namespace

BOOST_AUTO_TEST_SUITE(loader)

BOOST_AUTO_TEST_CASE(reads_the_main_file_of_the_design) {
    const auto loaded =
        read_configuration({"/etc/retentiond/retentiond.toml", main_text}, {{"crm.toml", policy_text}}, {});

    BOOST_REQUIRE(loaded.configuration.has_value());
    BOOST_TEST(loaded.problems.empty());
    const auto& configuration = *loaded.configuration;
    BOOST_TEST(configuration.zone.name() == "Europe/London");
    BOOST_TEST(configuration.state == "/etc/retentiond/state");
    BOOST_TEST(configuration.audit.directory == "/etc/retentiond/audit");
    BOOST_TEST((configuration.audit.key.kind == Secret::Kind::file));
    BOOST_TEST(configuration.audit.key.name == "/etc/retentiond/audit.key");
    BOOST_REQUIRE(configuration.stores.count("crm") == 1u);
    const auto& store = configuration.stores.at("crm");
    BOOST_TEST(store.name == "crm");
    BOOST_TEST((store.engine == Engine::sqlite));
    BOOST_TEST(store.url == "sqlite:///srv/crm.db");
    BOOST_TEST(store.file == "/srv/crm.db");
    BOOST_TEST(store.zone.name() == "America/New_York");
    BOOST_TEST(store.batch_time.count() == 250);
    BOOST_TEST(store.rows_per_second.value() == 5000);
    BOOST_REQUIRE(store.window.has_value());
    BOOST_TEST(store.window->first.count() == 22 * 60);
    BOOST_TEST(store.window->second.count() == 5 * 60);
    BOOST_TEST(store.weak_durability);
    BOOST_TEST(store.place.line == 12u);
}

BOOST_AUTO_TEST_CASE(reads_the_words_and_columns_of_the_designs_rule) {
    const auto loaded = read_configuration({"retentiond.toml", main_text}, {{"crm.toml", policy_text}}, {});

    BOOST_REQUIRE(loaded.configuration.has_value());
    const auto* rule = loaded.configuration->find_rule("contacts");
    BOOST_REQUIRE(rule != nullptr);
    BOOST_TEST(loaded.configuration->find_rule("contact") == nullptr);
    BOOST_TEST(rule->description == "People in the CRM with whom there has been no direct contact");
    BOOST_TEST(rule->authority == "Privacy notice, section 'How long we keep your personal information'");
    BOOST_TEST(rule->lawful_basis == "legitimate interests");
    BOOST_TEST(rule->owner == "dpo@example.com");
    BOOST_TEST(rule->store == "crm");
    BOOST_TEST(rule->table == "contacts");
    BOOST_TEST(rule->where.value().source == "kind = 'prospect'");
    BOOST_TEST(rule->where->place.line == 8u);
    BOOST_TEST(rule->where->place.column == 11u);
    BOOST_TEST((rule->key == std::vector<std::string>{"id"}));
    BOOST_TEST((rule->elsewhere == std::vector<std::string>{"recordings under the archive, named in calls.file"}));
    BOOST_TEST((rule->accepted_triggers == std::vector<std::string>{"contacts_history"}));
    BOOST_TEST(rule->schedule == "daily");
    BOOST_TEST(rule->marker == "anonymised_at");
    BOOST_TEST((rule->action == Action::anonymise));
    BOOST_TEST(rule->limits.share == 0.025);
    BOOST_TEST(rule->limits.records.value() == 10000);
    BOOST_TEST(rule->limits.stated);
    BOOST_TEST(rule->place.file == "crm.toml");
    BOOST_TEST(rule->place.line == 1u);
    BOOST_TEST(rule->place.column == 1u);
}

BOOST_AUTO_TEST_CASE(reads_the_clock_of_the_designs_rule) {
    const auto loaded = read_configuration({"retentiond.toml", main_text}, {{"crm.toml", policy_text}}, {});

    BOOST_REQUIRE(loaded.configuration.has_value());
    const auto& rule = loaded.configuration->rules.at(0);
    BOOST_REQUIRE(rule.triggers.size() == 3u);
    BOOST_TEST(rule.triggers[0].column == "created_at");
    BOOST_TEST(!rule.triggers[0].link.has_value());
    const auto& calls = rule.triggers[1];
    BOOST_TEST(calls.column == "started_at");
    BOOST_TEST(calls.link.value().table == "calls");
    BOOST_TEST((calls.link->on == std::vector<std::string>{"contact_id"}));
    BOOST_TEST(calls.link->via.empty());
    BOOST_TEST(calls.link->where.value().source == "direction = 'in'");
    BOOST_TEST(calls.open_ignored);
    BOOST_TEST(!calls.format.has_value());
    BOOST_TEST(rule.triggers[2].column.empty());
    BOOST_TEST(rule.triggers[2].query.value().source.rfind("SELECT max(m.sent)", 0) == 0u);
    BOOST_TEST((rule.triggers[2].format == DateFormat::unix_milliseconds));
    BOOST_TEST(rule.fallback.value().column == "imported_at");
    BOOST_TEST((rule.fallback->format == DateFormat::iso_offset));
    BOOST_TEST(to_string(rule.fallback->earliest.value()) == "1990-01-31");
    const auto* fixed = std::get_if<FixedPeriod>(&rule.period);
    BOOST_REQUIRE(fixed != nullptr);
    BOOST_TEST((fixed->at_least == Period{36, Unit::month}));
    BOOST_TEST(!fixed->at_most.has_value());
    BOOST_TEST(rule.period_text == "36 months");
    BOOST_TEST((rule.overdue_after == Period{10, Unit::day}));
    BOOST_TEST((rule.counting.starts == Starts::at_trigger));
    BOOST_TEST((rule.counting.financial_year_ends == std::chrono::March / 31));
}

BOOST_AUTO_TEST_CASE(reads_masks_exemptions_and_related_of_the_designs_rule) {
    const auto loaded = read_configuration({"retentiond.toml", main_text}, {{"crm.toml", policy_text}}, {});

    BOOST_REQUIRE(loaded.configuration.has_value());
    const auto& rule = loaded.configuration->rules.at(0);
    std::vector<std::string> masks;
    for (const auto& mask : rule.masks) masks.push_back(mask.column + "=" + to_string(mask));
    BOOST_TEST(
        (masks == std::vector<std::string>{"full_name=redact", "email=random email", "phone=null", "born_on=year"}));
    BOOST_REQUIRE(rule.unless.size() == 1u);
    BOOST_TEST(rule.unless[0].reason == "open deal");
    BOOST_TEST(rule.unless[0].link.value().table == "deals");
    BOOST_TEST(rule.unless[0].link->where.value().parts.size() == 3u);
    BOOST_REQUIRE(rule.related.size() == 2u);
    BOOST_TEST(rule.related[0].link.table == "contact_notes");
    BOOST_TEST(rule.related[0].of.empty());
    BOOST_TEST((rule.related[0].action == Action::erase));
    const auto& files = rule.related[1];
    BOOST_TEST(files.of == "contact_notes");
    BOOST_TEST(files.name == "files");
    BOOST_TEST((files.link.on == std::vector<std::string>{"note_id", "part"}));
    BOOST_TEST((files.link.via == std::vector<std::string>{"id", "part"}));
    BOOST_TEST(files.link.through.value().table == "parts");
    BOOST_TEST((files.link.through->on == std::vector<std::string>{"note_id"}));
    BOOST_TEST(files.link.through->where.value().source == "kind = 1");
    BOOST_TEST(files.link.sql.value().names_cutoff());
}

BOOST_AUTO_TEST_CASE(reads_every_form_of_a_period) {
    const std::string rest = "store = \"crm\"\ntable = \"t\"\ntrigger = \"a\"\naction = \"delete\"\n";

    const auto iso = rule_of(rest + "period = \"P36M\"");
    const auto span = rule_of(rest + "period = { at_least = \"6 years\", at_most = \"7 years\" }");
    const auto stored =
        rule_of(rest + "period = { column = \"keep\", unit = \"month\", table = \"clients\", via = \"client\" }");
    const auto none = rule_of("store = \"crm\"\ntable = \"t\"\naction = \"delete\"\nperiod = \"none\"\nwhere = \"age < "
                              "13\"\nlimits = { share = \"1%\" }");

    BOOST_TEST((std::get<FixedPeriod>(iso.period).at_least == Period{36, Unit::month}));
    BOOST_TEST(iso.period_text == "36 months");
    BOOST_TEST((std::get<FixedPeriod>(span.period).at_most.value() == Period{7, Unit::year}));
    BOOST_TEST(span.period_text == "6 years to 7 years");
    BOOST_TEST(std::get<StoredPeriod>(stored.period).column == "keep");
    BOOST_TEST((std::get<StoredPeriod>(stored.period).unit == Unit::month));
    BOOST_TEST((std::get<StoredPeriod>(stored.period).link.value().via == std::vector<std::string>{"client"}));
    BOOST_TEST(stored.period_text == "clients.keep (month)");
    BOOST_TEST(std::holds_alternative<NoPeriod>(none.period));
    BOOST_TEST(none.period_text == "none");
    BOOST_TEST(none.limits.stated);
}

BOOST_AUTO_TEST_CASE(takes_one_trigger_without_a_list_and_every_start) {
    const std::string rest = "store = \"crm\"\ntable = \"t\"\naction = \"delete\"\nperiod = \"1 year\"\n";

    const auto table = rule_of(
        rest + "trigger = { column = \"a\", format = \"unix\", earliest = \"1990-01-01\" }\nstarts = \"end of month\"");
    const auto year =
        rule_of(rest + "trigger = [{ column = \"a\" }]\nstarts = \"end of year\"\noverdue_after = \"1 month\"");

    BOOST_TEST(table.triggers.size() == 1u);
    BOOST_TEST((table.triggers[0].format == DateFormat::unix_seconds));
    BOOST_TEST((table.counting.starts == Starts::end_of_month));
    BOOST_TEST((year.counting.starts == Starts::end_of_year));
    BOOST_TEST((year.overdue_after == Period{1, Unit::month}));
    BOOST_TEST(year.limits.share == 0.05);
    BOOST_TEST(!year.limits.stated);
    BOOST_TEST(year.schedule.empty());
}

BOOST_AUTO_TEST_CASE(counts_a_financial_year_from_the_main_file) {
    const SourceText main{"main.toml", "financial_year_ends = \"29 February\"\n" + plain_main.text};

    const auto loaded =
        read_configuration(main, {{"p.toml", "[categories.c]\nstarts = \"end of financial year\"\n" + plain_rule}}, {});

    BOOST_REQUIRE(loaded.configuration.has_value());
    BOOST_TEST((loaded.configuration->rules[0].counting.starts == Starts::end_of_financial_year));
    BOOST_TEST((loaded.configuration->rules[0].counting.financial_year_ends == std::chrono::February / 29));
}

BOOST_AUTO_TEST_CASE(allows_both_ends_of_a_related_link_and_entries_before_the_last) {
    const auto rule = rule_of(plain_rule + R"(
[[categories.c.related]]
table = "files"
on = "id"
via = "file_id"
where = "kind = 1"
action = "keep"
[[categories.c.related]]
table = "files"
on = "id"
via = "file_id"
action = "anonymise"
mask = { name = "redact" }
[[categories.c.related]]
of = "files"
table = "pages"
on = "file"
action = "detach"
)");

    BOOST_TEST(rule.related.size() == 3u);
    BOOST_TEST((rule.related[0].action == Action::keep));
    BOOST_TEST(rule.related[1].masks.size() == 1u);
    BOOST_TEST((rule.related[2].action == Action::detach));
}

BOOST_AUTO_TEST_CASE(takes_its_directories_from_systemd_or_from_the_design) {
    const std::vector<SourceText> policies{{"p.toml", "[categories.c]\n" + plain_rule}};

    const auto given = read_configuration(plain_main, policies, {"/s", "/l", "/c"});
    const auto otherwise = read_configuration(plain_main, policies, {});

    BOOST_TEST(given.configuration.value().state == "/s");
    BOOST_TEST(given.configuration->audit.directory == "/l");
    BOOST_TEST(otherwise.configuration.value().state == "/var/lib/retentiond");
    BOOST_TEST(otherwise.configuration->audit.directory == "/var/log/retentiond");
    BOOST_TEST((otherwise.configuration->audit.key.kind == Secret::Kind::credential));
    BOOST_TEST(otherwise.configuration->audit.key.name == "audit.key");
}

BOOST_AUTO_TEST_CASE(finds_a_relative_store_beside_the_configuration) {
    const SourceText main{
        "/srv/conf/main.toml",
        "timezone = \"UTC\"\n[stores.crm]\nurl = \"sqlite://../data/crm.db\"\n[stores.b]\nurl = \"sqlite://./b.db\"\n"};

    const auto loaded = read_configuration(main, {{"p.toml", "[categories.c]\n" + plain_rule}}, {});

    BOOST_TEST(loaded.configuration.value().stores.at("crm").file == "/srv/data/crm.db");
    BOOST_TEST(loaded.configuration->stores.at("b").file == "/srv/conf/b.db");
}

BOOST_AUTO_TEST_CASE(reports_every_mistake_at_once_in_the_order_of_the_places) {
    const std::string bad_main =
        "timezone = \"Mars/Olympus\"\ncolour = 1\n[stores.crm]\nurl = \"crm.db\"\nworkers = 0\n";
    const std::string bad_policy =
        "[categories.c]\nstore = \"cmr\"\ntable = \"\"\nwhere = \"now() > a\"\nperiod = 36\naction = \"purge\"\n"
        "[[categories.c.unless]]\nreason = \"\"\n[[categories.c.related]]\ntable = \"t\"\naction = \"delete\"\n";

    const auto loaded = read_configuration({"main.toml", bad_main}, {{"b.toml", bad_policy}, {"a.toml", "x = \n"}}, {});

    BOOST_TEST(!loaded.configuration.has_value());
    const std::vector<std::string> expected{"a.toml:1:5",    "b.toml:1:1",    "b.toml:2:9",     "b.toml:3:9",
                                            "b.toml:4:9",    "b.toml:5:10",   "b.toml:6:10",    "b.toml:7:1",
                                            "b.toml:8:10",   "b.toml:9:1",    "main.toml:1:12", "main.toml:2:1",
                                            "main.toml:4:7", "main.toml:5:11"};
    BOOST_TEST(lines_of(loaded.problems) == expected, boost::test_tools::per_element());
    for (const auto& problem : loaded.problems)
        BOOST_TEST(problem.category == (problem.place.file == "b.toml" ? "c" : ""));
}

BOOST_AUTO_TEST_CASE(a_main_file_that_is_no_toml_does_not_blame_the_policies) {
    const auto loaded = read_configuration(
        {"main.toml", "timezone = \n"},
        {{"p.toml", "[categories.c]\nstarts = \"end of financial year\"\n" + plain_rule + "x = 1\n"}}, {});

    BOOST_TEST(lines_of(loaded.problems) == (std::vector<std::string>{"main.toml:1:12", "p.toml:8:1"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_category_in_two_files_names_both_places) {
    const auto loaded = read_configuration(
        plain_main, {{"b.toml", "[categories.c]\n" + plain_rule}, {"a.toml", "\n [categories.c]\n" + plain_rule}}, {});

    BOOST_TEST(!loaded.configuration.has_value());
    BOOST_TEST(lines_of(loaded.problems) == std::vector<std::string>{"b.toml:1:13"});
    BOOST_TEST(says(loaded, "a.toml:2:14"));
}

BOOST_AUTO_TEST_CASE(keeps_rules_in_the_order_of_the_files_and_of_the_text) {
    const auto category = [](const std::string& name) { return "[categories." + name + "]\n" + plain_rule; };

    const auto loaded = read_configuration({"m.toml", plain_main.text + category("z")},
                                           {{"2.toml", category("b")}, {"1.toml", category("d") + category("c")}}, {});

    std::vector<std::string> names;
    for (const auto& rule : loaded.configuration.value().rules) names.push_back(rule.category);
    BOOST_TEST((names == std::vector<std::string>{"z", "d", "c", "b"}));
}

BOOST_AUTO_TEST_CASE(guesses_what_was_meant) {
    BOOST_TEST(says(load_policy("[categories.c]\n" + plain_rule + "tabel = 1\n"), "hint: did you mean 'table'?"));
    BOOST_TEST(says(load_policy("[categories.c]\nWhere = \"a = 1\"\n" + plain_rule), "hint: did you mean 'where'?"));
    BOOST_TEST(says(load_policy("[categories.c]\nstore = \"cmr\"\ntable = \"t\"\ntrigger = \"a\"\nperiod = \"1 "
                                "day\"\naction = \"delete\"\n"),
                    "did you mean 'crm'?"));
    BOOST_TEST(!says(load_policy("[categories.c]\n" + plain_rule + "elephant = 1\n"), "did you mean"));
}

BOOST_AUTO_TEST_CASE(validates_what_is_not_built_yet_before_it_refuses_it) {
    const auto main = read_configuration(
        {"m.toml", plain_main.text + "[control]\nsockets = \"x\"\noperators = []\n[metrics]\nlisten = \"here\"\n"},
        {{"p.toml", "[categories.c]\n" + plain_rule}}, {});
    const auto request = load_policy("[categories.c]\n" + plain_rule + "subject = { email = \"\" }\n");

    BOOST_TEST(lines_of(main.problems) ==
                   (std::vector<std::string>{"m.toml:5:1", "m.toml:6:13", "m.toml:8:10"}),
               boost::test_tools::per_element());
    BOOST_TEST(says(request, "`subject` is not supported yet"));
    BOOST_TEST(says(request, "no `on_request`"));
    BOOST_TEST(says(request, "blank"));
}

BOOST_AUTO_TEST_CASE(lets_root_operate_and_nobody_view_where_nothing_is_said) {
    const auto without = read_configuration(plain_main, {{"p.toml", "[categories.c]\n" + plain_rule}}, {});
    const auto under_systemd = read_configuration(plain_main, {{"p.toml", "[categories.c]\n" + plain_rule}},
                                                  {.state = {}, .logs = {}, .credentials = {}, .runtime = "/run/r"});

    BOOST_REQUIRE(without.configuration && under_systemd.configuration);
    BOOST_TEST(without.configuration->control.socket.string() == "/run/retentiond/control.sock");
    BOOST_TEST(under_systemd.configuration->control.socket.string() == "/run/r/control.sock");
    BOOST_TEST(without.configuration->control.operators == std::vector<std::string>{"root"},
               boost::test_tools::per_element());
    BOOST_TEST(without.configuration->control.viewers.empty());
}

BOOST_AUTO_TEST_CASE(reads_who_may_ask_the_daemon_and_where) {
    const auto loaded = read_configuration(
        {"/etc/r/m.toml", plain_main.text + "[control]\nsocket = \"run/c.sock\"\n"
                                            "operators = [\"anna\", \"@retention\"]\nviewers = \"@staff\"\n"},
        {{"p.toml", "[categories.c]\n" + plain_rule}}, {});
    const auto nobody_views = read_configuration({"m.toml", plain_main.text + "[control]\nviewers = []\n"},
                                                 {{"p.toml", "[categories.c]\n" + plain_rule}}, {});

    BOOST_REQUIRE(loaded.configuration && nobody_views.configuration);
    BOOST_TEST(loaded.configuration->control.socket.string() == "/etc/r/run/c.sock");
    BOOST_TEST(loaded.configuration->control.operators == (std::vector<std::string>{"anna", "@retention"}),
               boost::test_tools::per_element());
    BOOST_TEST(loaded.configuration->control.viewers == std::vector<std::string>{"@staff"},
               boost::test_tools::per_element());
    BOOST_TEST(loaded.configuration->control.place.line == 4U);
    BOOST_TEST(nobody_views.configuration->control.viewers.empty());
    BOOST_TEST(nobody_views.configuration->control.operators == std::vector<std::string>{"root"},
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(wants_at_least_one_category) {
    const auto loaded = read_configuration(plain_main, {}, {});

    BOOST_TEST(lines_of(loaded.problems) == std::vector<std::string>{"main.toml:1:1"});
    BOOST_TEST(says(loaded, "no category"));
}

BOOST_AUTO_TEST_CASE(no_bracket_path_or_size_exhausts_it) {
    const auto repeat = [](const std::string& text, std::size_t count) {
        std::string result;
        for (std::size_t i = 0; i < count; ++i) result += text;
        return result;
    };
    const std::vector<std::string> texts{repeat("[", 1 << 20),
                                         "a = " + repeat("[", 1 << 19),
                                         "a = " + repeat("{a=", 1 << 18),
                                         "[" + repeat("a.", 1 << 19) + "a]",
                                         repeat("[[a]]\n", 1 << 17),
                                         repeat("[a]\n", 1 << 18),
                                         "a = \"" + std::string(1 << 19, 'x') + "\"",
                                         std::string((1 << 20) + 1, ' '),
                                         "a = [" + repeat("[],", 1 << 17) + "]",
                                         repeat("\"\"\"", 1 << 18),
                                         std::string(1 << 20, '\\'),
                                         repeat("a", 1 << 20) + " = 1"};

    for (const auto& text : texts) BOOST_TEST(!load_policy(text).configuration.has_value());
}

BOOST_AUTO_TEST_CASE(no_number_of_entries_makes_it_slow) {
    const auto many = [](const std::string& before, const std::string& after, std::size_t count) {
        std::string result;
        for (std::size_t i = 0; i < count; ++i) result += before + std::to_string(i) + after;
        return result;
    };
    const std::string rule_text = "[categories.c]\n" + plain_rule;

    const auto masks = load_policy(rule_text + "[categories.c.mask]\n" + many("m", " = \"null\"\n", 50000));
    const auto unknown = load_policy(rule_text + many("unknown_key_", " = 1\n", 4000));
    const auto headers = load_policy(many("[categories.a", ".b]\n", 20000) + many("[categories.a", "]\n", 20000));
    const auto names = load_policy(rule_text + "key = [" + many("\"k", "\",", 4097) + "]\n");

    BOOST_TEST(says(masks, "policy.toml:7:1: error: more than 4,096 entries"));
    BOOST_TEST(unknown.problems.size() == 4000u);
    BOOST_TEST(says(headers, "more than 4,096 entries"));
    BOOST_TEST(says(names, "policy.toml:7:7: error: more than 4,096 entries"));
}

BOOST_AUTO_TEST_CASE(follows_policies_from_disk_in_the_order_of_their_names) {
    const Folder folder;
    folder.write("d/b.toml", "[categories.b]\n" + plain_rule);
    folder.write("d/a.toml", "[categories.a]\n" + plain_rule);
    folder.write("d/ignored.txt", "no TOML");
    const auto main =
        folder.write("main.toml", "policies = [\"d/*.toml\", \"d/a.toml\", \"*.toml\"]\n" + plain_main.text);

    const auto loaded = load_configuration(main, {});

    for (const auto& problem : loaded.problems) BOOST_TEST_MESSAGE(to_string(problem));
    BOOST_REQUIRE(loaded.configuration.has_value());
    BOOST_REQUIRE(loaded.configuration->rules.size() == 2u);
    BOOST_TEST(loaded.configuration->rules[0].category == "a");
    BOOST_TEST(loaded.configuration->rules[1].category == "b");
    BOOST_TEST(loaded.configuration->rules[1].place.file == (folder.path() / "d/b.toml").string());
}

BOOST_AUTO_TEST_CASE(a_pattern_that_matches_nothing_is_a_problem) {
    const Folder folder;
    const auto main = folder.write("main.toml", "policies = [\n  \"d/*.toml\" ]\n" + plain_main.text +
                                                    "[categories.c]\n" + plain_rule);

    const auto loaded = load_configuration(main, {});

    BOOST_TEST(!loaded.configuration.has_value());
    BOOST_TEST(lines_of(loaded.problems) == std::vector<std::string>{main.string() + ":2:3"});
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_read_is_a_problem) {
    const Folder folder;
    fs::create_directories(folder.path() / "d.toml");
    const auto main =
        folder.write("main.toml", "policies = \"d.toml\"\n" + plain_main.text + "[categories.c]\n" + plain_rule);

    const auto missing = load_configuration(folder.path() / "none.toml", {});
    const auto directory = load_configuration(main, {});

    BOOST_TEST(!missing.configuration.has_value());
    BOOST_TEST(says(missing, "no such file"));
    BOOST_TEST(lines_of(directory.problems) == std::vector<std::string>{main.string() + ":1:12"});
    BOOST_TEST(says(directory, "not a regular file"));
}

BOOST_AUTO_TEST_CASE(what_another_user_may_not_read_is_not_said_to_be_missing) {
    const Folder folder;
    const auto rules = folder.write("rules.toml", "");
    fs::create_directories(folder.path() / "closed");
    const auto main = folder.write("main.toml", plain_main.text);
    const auto named =
        folder.write("named.toml", "policies = [\"rules.toml\", \"closed/a.toml\", \"closed/*.toml\"]\n");
    fs::copy_file(main, folder.path() / "closed/main.toml");
    fs::permissions(folder.path(), fs::perms{0755});
    fs::permissions(rules, fs::perms::none), fs::permissions(folder.path() / "closed", fs::perms::none);

    const uid_t was = ::geteuid();
    if (was == 0) BOOST_REQUIRE(::seteuid(65534) == 0);
    const auto closed = load_configuration(folder.path() / "closed/main.toml", {});
    const auto parts = load_configuration(named, {});
    BOOST_REQUIRE(::seteuid(was) == 0);
    fs::permissions(folder.path() / "closed", fs::perms::owner_all);

    BOOST_TEST(says(closed, "closed/main.toml: permission denied"));
    BOOST_TEST(says(closed, "retentiond report --socket"));
    BOOST_TEST(says(parts, "rules.toml: permission denied"));
    BOOST_TEST(says(parts, "policy files \"closed/a.toml\": permission denied"));
    BOOST_TEST(says(parts, "policy files \"closed/*.toml\": permission denied"));
    for (const auto& loaded : {closed, parts})
        BOOST_TEST((!says(loaded, "no such file") && !says(loaded, "no policy file")));
}

BOOST_AUTO_TEST_CASE(a_problem_reads_as_place_kind_and_hint) {
    const Problem placed{Severity::error, {"a.toml", 3, 7}, "c", "no way", "find one\nor two"};
    const Problem whole{Severity::warning, {"a.toml", 0, 0}, "", "old", ""};

    BOOST_TEST(to_string(placed) == "a.toml:3:7: error: no way\nhint: find one\nor two");
    BOOST_TEST(to_string(whole) == "a.toml: warning: old");
    BOOST_TEST(has_errors({whole, placed}));
    BOOST_TEST(!has_errors({whole}));
}

BOOST_AUTO_TEST_SUITE_END()
