// One contract for all engines: the same company, the same rules, the same report, the same keys, the same rows left.
// What is expected stands here once; each engine must meet it.

#include "tests/support/model_store.hpp"
#include "tests/support/rules_from_toml.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace retention::test {
namespace {

constexpr const char* today = "2026-03-01";
const Zones london{"Europe/London", "America/New_York"};

// $words are the engines' own types. Dates with a zone end in Z, bytes are x'…'.
constexpr const char* company = R"(
CREATE TABLE visits (id $int PRIMARY KEY, at $stamp);
INSERT INTO visits VALUES
  (1, '2025-02-28 18:59:59'), -- 23:59:59 in London
  (2, '2025-02-28 19:00:00'), -- midnight: its last day is today
  (3, '2020-01-01 12:00:00'),
  (4, NULL),
  (5, '9999-01-01 00:00:00'),
  (6, '2025-06-30 19:30:00');
CREATE TABLE terms (id $int PRIMARY KEY, months $int);
INSERT INTO terms VALUES (1, 6), (2, 120), (3, 0);
CREATE TABLE customers (id $int PRIMARY KEY, kind $text, created $date, imported $date, name $text NOT NULL,
  keep_months $int, term $int, done_at $zoned);
INSERT INTO customers VALUES
  (1, 'prospect', '2024-05-05', NULL,         'Ann',      24,   1,    NULL),
  (2, 'prospect', '2025-02-28', NULL,         'Bo',       12,   2,    NULL),
  (3, 'prospect', '2025-03-01', NULL,         'Cy',       6,    3,    NULL),
  (4, 'client',   '2020-01-01', NULL,         'Dee',      NULL, 1,    NULL),
  (5, 'prospect', NULL,         '2019-06-30', 'Ed',       12,   1,    NULL),
  (6, 'client',   '2021-07-01', '2026-02-02', 'REDACTED', 1,    NULL, '2024-01-01 00:00:00Z');
CREATE TABLE calls (id $int PRIMARY KEY, customer $int, at $zoned, direction $text);
INSERT INTO calls VALUES
  (1, 1, '2025-12-24 12:00:00Z', 'in'), (2, 4, '2020-02-02 12:00:00Z', 'in'), (3, 4, '2026-01-01 12:00:00Z', 'out'),
  (4, 6, NULL, 'in');
CREATE TABLE deals (id $int PRIMARY KEY, customer $int, status $text, ends_on $date);
INSERT INTO deals VALUES (1, 2, 'open', NULL), (2, 4, 'open', '2026-02-28'), (3, 1, 'open', '2026-03-01'),
  (4, 6, 'closed', NULL);
CREATE TABLE notes (id $int PRIMARY KEY, customer $int, body $text, FOREIGN KEY (customer) REFERENCES customers (id));
INSERT INTO notes VALUES (1, 1, 'a'), (2, 1, 'b'), (3, 4, 'a'), (4, NULL, 'a'), (5, 2, 'c');
CREATE TABLE attachments (id $int PRIMARY KEY, note $int, file $text, FOREIGN KEY (note) REFERENCES notes (id));
INSERT INTO attachments VALUES (1, 1, 'x.pdf'), (2, 1, 'y.pdf'), (3, 3, 'z.pdf'), (4, 5, 'w.pdf');
CREATE TABLE orders (country $key, number $int, customer $int, placed $date, PRIMARY KEY (country, number));
INSERT INTO orders VALUES ('DE', 1, 1, '2018-01-01'), ('DE', 2, 1, '2025-06-01'), ('GB', 1, 4, '2018-03-03'),
  ('GB', 2, 4, '2019-12-31');
CREATE TABLE order_lines (country $key, number $int, line $int, paid $date, PRIMARY KEY (country, number, line));
INSERT INTO order_lines VALUES ('DE', 1, 1, '2018-02-01'), ('DE', 1, 2, '2026-01-01'), ('GB', 1, 1, '2018-03-04'),
  ('GB', 2, 1, NULL);
CREATE TABLE tickets (id $int PRIMARY KEY, parent $int, closed $date, FOREIGN KEY (parent) REFERENCES tickets (id));
INSERT INTO tickets VALUES (1, NULL, '2020-01-01'), (2, 1, '2020-02-02'), (3, 2, '2026-02-01'), (4, NULL, NULL),
  (5, NULL, '2020-01-01'), (6, 5, '2020-03-03');
CREATE TABLE people (id $int PRIMARY KEY, left_on $date, name $text NOT NULL, nick $text, email $line, token $text,
  city $text, born $date NOT NULL, joined $stamp, seen $zoned, ip $text, address $address, card $text, number $text,
  photo $bytes, short $short);
INSERT INTO people VALUES
  (1, '2020-01-01', 'Ann', 'annie', 'ann@example.com', 't', 'Bonn', '1980-06-15', '2010-10-10 10:10:10',
   '2011-11-11 11:11:11Z', '192.0.2.77', '2001:db8:1:2::1', 'DE89 3704', '0123456789', x'0102ff', 'abc'),
  (2, '2020-01-01', 'Ænne Ö', NULL, NULL, NULL, NULL, '1980-06-15', NULL, NULL, 'localhost', NULL, NULL, NULL, NULL,
   NULL);
CREATE TABLE texts (id $int PRIMARY KEY, at $line);
INSERT INTO texts VALUES
  (1, '2020-01-01'), (2, '2020-01-01T10:00:00Z'), (3, NULL), (4, ''), (5, '0000-00-00'), (6, '2019-02-30'),
  (7, '7abc'), (8, ' 2020-01-01'), (9, '2020-1-1'), (10, '2020-01-01T10:00:00+01:00'), (11, 'infinity'),
  (12, '1899-12-31'), (13, '2020-01-01 24:00');
CREATE TABLE numbers (id $int PRIMARY KEY, at $big);
INSERT INTO numbers VALUES (1, 1577836800), (2, 0), (3, -1), (4, NULL), (5, 9000000000000000000), (6, 1767225600);
CREATE TABLE natives (id $int PRIMARY KEY, at $stamp);
INSERT INTO natives VALUES (1, '2020-01-01 12:00:00'), (2, $useless), (3, $useless_too), (4, NULL), (5, '1900-01-01 12:00:00');
CREATE TABLE keyed (device $uuid, day $date, at $moment, mark $padded, part $bytes,
  PRIMARY KEY (device, day, at, mark, part));
INSERT INTO keyed VALUES
  ('0badc0de-0000-4000-8000-00000000abcd', '2020-01-31', '2020-01-31T19:55:59.401950Z', 'k', x'00ff');
)";

struct Word {
    const char *word, *sqlite, *postgresql, *mariadb;
};
// Longer words before those that they begin with.
constexpr Word words[] = {
    {"$int", "INTEGER", "integer", "int"},
    {"$big", "INTEGER", "bigint", "bigint"},
    {"$text", "TEXT", "text", "text"},
    {"$key", "TEXT", "varchar(2)", "char(2)"},
    {"$line", "VARCHAR(80)", "varchar(80)", "varchar(80)"},
    {"$short", "VARCHAR(4)", "varchar(4)", "varchar(4)"},
    {"$date", "TEXT", "date", "date"},
    {"$stamp", "DATETIME", "timestamp", "datetime"},
    {"$zoned", "TEXT", "timestamptz", "timestamp NULL"},
    {"$moment", "TEXT", "timestamptz", "timestamp(6)"},
    {"$bytes", "BLOB", "bytea", "varbinary(40)"},
    {"$address", "TEXT", "inet", "inet6"},
    {"$uuid", "TEXT", "uuid", "uuid"},
    {"$padded", "TEXT", "char(10)", "char(10)"},
    {"$useless_too", "'n/a'", "'-infinity'", "'2019-00-10'"},
    {"$useless", "'0000-00-00'", "'infinity'", "'0000-00-00'"},
    {"Z'", "Z'", "Z'", "'"},
    {"x'", "x'", "'\\x", "x'"},
};

std::string spelled(std::string script, Engine engine) {
    for (const Word& word : words) {
        const std::string_view from = word.word;
        const std::string to = engine == Engine::sqlite       ? word.sqlite
                               : engine == Engine::postgresql ? word.postgresql
                                                              : word.mariadb;
        for (auto at = script.find(from); at != script.npos; at = script.find(from, at + to.size()))
            script.replace(at, from.size(), to);
    }
    return script;
}

std::string joined(const std::vector<std::string>& parts, const char* between) {
    std::string text;
    for (const auto& part : parts) text += (text.empty() ? "" : between) + part;
    return text;
}

// "records 6 due 2 overdue 1 …": what is 0 is left out.
std::string report_of(const Survey& survey) {
    std::string text = "records " + std::to_string(survey.records);
    const auto say = [&](const std::string& what, std::int64_t count) {
        if (count) text += " " + what + " " + std::to_string(count);
    };
    say("due", survey.due);
    say("overdue", survey.overdue);
    say("retained", survey.retained);
    for (const auto& exempt : survey.exempt) say(exempt.reason, exempt.records);
    say("undated", survey.undated);
    say("done", survey.done);
    if (survey.oldest) text += " oldest " + to_string(*survey.oldest);
    for (const auto& count : survey.related) say(count.table + " " + to_string(count.action), count.records);
    for (const auto& month : survey.upcoming) say(to_string(month.month), month.records);
    return text;
}

// The company in a store of one engine, a rule file, and a session that may write.
struct Office {
    Office(EngineStore& filled, const std::string& rules)
        : store(filled)
        , configuration(rules_from_toml(rules, store.settings(), london))
        , connector(make_connector(configuration.stores.at("shop"), configuration.zone))
        , session(connector->open(Access::read_write))
        , plan(plan_on(*session, configuration.rules.at(0), day(today))) {
        plan->pseudonym_key = std::string(32, 'k');
        for (std::size_t i = 1; i < configuration.rules.size(); ++i)
            plan->yields_to.push_back(plan_on(*session, configuration.rules[i], day(today)));
        session->prepare_witnesses();
    }

    std::string report() { return report_of(session->survey(*plan)); }
    // The keys, sorted; "; " between records and "|" between the parts of a key.
    std::string purge(std::size_t most) {
        std::vector<std::string> keys;
        const auto walk = session->walk(*plan);
        for (auto batch = walk->dispose(most); !batch.empty(); batch = walk->dispose(most)) {
            BOOST_TEST(batch.keys.size() <= most);
            for (const auto& key : batch.keys) keys.push_back(joined(key, "|"));
            walk->commit(
                {"batch " + std::to_string(++batches), static_cast<std::int64_t>(batch.keys.size()), {}, "head"});
        }
        std::ranges::sort(keys);
        return joined(keys, "; ");
    }

    EngineStore& store;
    Configuration configuration;
    std::unique_ptr<Connector> connector;
    std::unique_ptr<Session> session;
    std::shared_ptr<Plan> plan;
    std::size_t batches = 0;
};

template <typename Body>
void on_each_engine(const std::string& rules, const Body& body) {
    for (const Engine engine : {Engine::sqlite, Engine::postgresql, Engine::mariadb}) {
        const auto store = make_store(engine);
        if (!store) {
            BOOST_TEST_MESSAGE("skipped: " << missing(engine));
            continue;
        }
        BOOST_TEST_CONTEXT(name_of(engine)) {
            try {
                store->fill(spelled(company, engine));
                Office office(*store, rules);
                body(office);
            } catch (const std::exception& error) {
                BOOST_ERROR(error.what());
            }
        }
    }
}

struct Look {
    std::string query, shows; // one column, ", " between rows
};
struct Contract {
    std::string rules, report, keys;
    std::vector<Look> left;
};

// Report, batches of two, what is left; then nothing is due and the witnesses are there.
void expect(const Contract& contract) {
    on_each_engine(contract.rules, [&](Office& office) {
        for (const Problem& problem : office.session->try_plan(*office.plan))
            BOOST_TEST((problem.severity != Severity::error), to_string(problem));

        BOOST_TEST(office.report() == contract.report);
        BOOST_TEST(office.purge(2) == contract.keys);

        for (const auto& [query, shows] : contract.left) {
            const auto rows = joined(office.store.column(spelled(query, office.store.engine())), ", ");
            BOOST_TEST(rows == shows, query << ": " << rows << ", not " << shows);
        }
        BOOST_TEST(office.purge(2).empty());
        BOOST_TEST(office.session->survey(*office.plan).due == 0);
        BOOST_TEST(office.session->witnesses().size() == office.batches);
        for (std::size_t i = 1; i <= office.batches; ++i)
            BOOST_TEST((office.session->settle("batch " + std::to_string(i)) == Settled::committed));
    });
}

std::string rule(const std::string& text) {
    return "[categories.records]\nstore = \"shop\"\nlimits = { share = \"100%\" }\n" + text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(contract)

// Triggers ------------------------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_lone_date_starts_the_period) {
    expect({.rules = rule(R"(table = "visits"
trigger = "at"
period = "12 months"
action = "delete")"),
            .report = "records 6 due 2 overdue 1 retained 3 undated 1 oldest 2020-01-01 2026-03 1 2026-07 1",
            .keys = "1; 3",
            .left = {{"SELECT id FROM visits ORDER BY id", "2, 4, 5, 6"}}});
}

BOOST_AUTO_TEST_CASE(the_latest_of_own_and_linked_dates_starts_the_period) {
    expect({.rules = rule(R"(table = "customers"
trigger = ["created", { table = "calls", on = "customer", column = "at", where = "direction = 'in'", open = "ignore" }]
period = "12 months"
action = "anonymise"
mask = { name = "redact" })"),
            .report = "records 6 due 2 overdue 1 retained 2 undated 1 done 1 oldest 2020-02-02 2026-03 1 2026-12 1",
            .keys = "2; 4",
            .left = {{"SELECT name FROM customers ORDER BY id", "Ann, REDACTED, Cy, REDACTED, Ed, REDACTED"}}});
}

BOOST_AUTO_TEST_CASE(an_open_date_in_a_linked_row_makes_the_record_undated) {
    expect({.rules = rule(R"(table = "customers"
where = "kind = 'client'"
trigger = { table = "calls", on = "customer", column = "at", where = "direction = 'in'" }
period = "12 months"
action = "anonymise"
mask = { name = "fixed N. N." })"),
            .report = "records 2 due 1 overdue 1 undated 1 oldest 2020-02-02",
            .keys = "4",
            .left = {{"SELECT name FROM customers ORDER BY id", "Ann, Bo, Cy, N. N., Ed, REDACTED"}}});
}

BOOST_AUTO_TEST_CASE(a_query_starts_the_period) {
    expect({.rules = rule(R"(table = "customers"
trigger = { sql = "SELECT max(c.at) FROM calls c WHERE c.customer = customers.id AND c.direction = 'in'" }
fallback = "created"
period = "12 months"
action = "anonymise"
mask = { name = "redact" })"),
            .report = "records 6 due 2 overdue 1 retained 2 undated 1 done 1 oldest 2020-02-02 2026-03 1 2026-12 1",
            .keys = "2; 4",
            .left = {{"SELECT name FROM customers ORDER BY id", "Ann, REDACTED, Cy, REDACTED, Ed, REDACTED"}}});
}

BOOST_AUTO_TEST_CASE(a_fallback_counts_only_where_no_trigger_has_a_date) {
    expect({.rules = rule(R"(table = "customers"
trigger = "created"
fallback = "imported"
period = { at_least = "3 years", at_most = "5 years" }
starts = "end of year"
action = "anonymise"
mask = { name = "keep 1" })"),
            .report = "records 6 due 3 overdue 2 retained 3 oldest 2019-06-30",
            .keys = "4; 5; 6",
            .left = {{"SELECT name FROM customers ORDER BY id", "Ann, Bo, Cy, D, E, R"}}});
}

BOOST_AUTO_TEST_CASE(a_period_stands_in_the_data) {
    expect({.rules = rule(R"(table = "customers"
trigger = "created"
period = { column = "keep_months", unit = "month" }
action = "anonymise"
mask = { name = "redact" })"),
            .report = "records 6 due 2 overdue 1 retained 1 undated 2 done 1 oldest 2025-02-28 2026-05 1",
            .keys = "2; 3",
            .left = {{"SELECT name FROM customers ORDER BY id", "Ann, REDACTED, REDACTED, Dee, Ed, REDACTED"}}});
}

BOOST_AUTO_TEST_CASE(a_period_stands_in_a_linked_row) {
    expect({.rules = rule(R"(table = "customers"
trigger = "created"
period = { table = "terms", via = "term", column = "months", unit = "month" }
action = "anonymise"
mask = { name = "redact" })"),
            .report = "records 6 due 2 overdue 2 retained 1 undated 2 done 1 oldest 2020-01-01",
            .keys = "1; 4",
            .left = {{"SELECT name FROM customers ORDER BY id", "REDACTED, Bo, Cy, REDACTED, Ed, REDACTED"}}});
}

BOOST_AUTO_TEST_CASE(text_that_is_no_date_is_undated_not_old) {
    expect({.rules = rule(R"(table = "texts"
trigger = { column = "at", earliest = "1900-01-01" }
period = "12 months"
action = "delete")"),
            .report = "records 13 due 2 overdue 2 undated 11 oldest 2020-01-01",
            .keys = "1; 2",
            .left = {{"SELECT count(*) FROM texts", "11"}}});
}

BOOST_AUTO_TEST_CASE(numbers_that_are_no_time_are_undated_not_old) {
    expect({.rules = rule(R"(table = "numbers"
trigger = { column = "at", format = "unix" }
period = "12 months"
action = "delete")"),
            .report = "records 6 due 1 overdue 1 retained 1 undated 4 oldest 2020-01-01 2027-01 1",
            .keys = "1",
            .left = {{"SELECT count(*) FROM numbers", "5"}}});
}

BOOST_AUTO_TEST_CASE(useless_dates_of_the_engines_own_are_undated_not_old) {
    expect({.rules = rule(R"(table = "natives"
trigger = { column = "at", earliest = "1901-01-01" }
period = "12 months"
action = "delete")"),
            .report = "records 5 due 1 overdue 1 undated 4 oldest 2020-01-01",
            .keys = "1",
            .left = {{"SELECT count(*) FROM natives", "4"}}});
}

// What keeps a record -------------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(an_exempt_record_stays_with_its_first_reason) {
    expect({.rules = rule(R"rule(table = "customers"
trigger = "created"
period = "12 months"
action = "anonymise"
mask = { name = "redact" }
[[categories.records.unless]]
reason = "open deal"
table = "deals"
on = "customer"
where = "status = 'open' AND (ends_on IS NULL OR ends_on >= {as_of})"
[[categories.records.unless]]
reason = "buys"
sql = "EXISTS (SELECT 1 FROM orders o WHERE o.customer = customers.id AND o.placed > {as_of - 1 year})"
[[categories.records.unless]]
reason = "client"
where = "kind = 'client' AND id > 5"
)rule"),
            .report = "records 6 due 1 overdue 1 retained 1 open deal 2 undated 1 done 1 oldest 2020-01-01 2026-03 1",
            .keys = "4",
            .left = {{"SELECT name FROM customers ORDER BY id", "Ann, Bo, Cy, REDACTED, Ed, REDACTED"}}});
}

BOOST_AUTO_TEST_CASE(a_marker_says_that_a_record_is_done) {
    expect({.rules = rule(R"(table = "customers"
trigger = "created"
period = "12 months"
action = "anonymise"
marker = "done_at"
mask = { name = "redact" })"),
            .report = "records 6 due 3 overdue 2 retained 1 undated 1 done 1 oldest 2020-01-01 2026-03 1",
            .keys = "1; 2; 4",
            .left = {{"SELECT id FROM customers WHERE done_at IS NOT NULL ORDER BY id", "1, 2, 4, 6"}}});
}

BOOST_AUTO_TEST_CASE(what_a_delete_category_has_due_is_no_record_of_another) {
    expect({.rules = rule(R"(table = "customers"
trigger = "created"
period = "12 months"
action = "anonymise"
mask = { name = "redact" }
[categories.removed]
store = "shop"
table = "customers"
where = "kind = 'client'"
trigger = "created"
period = "5 years"
action = "delete")"),
            .report = "records 5 due 2 overdue 1 retained 1 undated 1 done 1 oldest 2024-05-05 2026-03 1",
            .keys = "1; 2",
            .left = {{"SELECT name FROM customers ORDER BY id", "REDACTED, REDACTED, Cy, Dee, Ed, REDACTED"}}});
}

// What goes along -----------------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(related_rows_go_as_their_entries_say) {
    expect({.rules = rule(R"(table = "customers"
trigger = "created"
period = "12 months"
action = "delete"
[[categories.records.related]]
table = "notes"
on = "customer"
where = "body = 'b'"
action = "detach"
[[categories.records.related]]
table = "notes"
on = "customer"
action = "delete"
[[categories.records.related]]
of = "notes"
table = "attachments"
on = "note"
where = "file = 'y.pdf'"
action = "detach"
[[categories.records.related]]
of = "notes"
table = "attachments"
on = "note"
action = "delete"
[[categories.records.related]]
table = "calls"
on = "customer"
action = "keep"
[[categories.records.related]]
table = "deals"
on = "customer"
action = "anonymise"
mask = { status = "redact" })"),
            .report = "records 6 due 4 overdue 3 retained 1 undated 1 oldest 2020-01-01 notes detach 1 notes delete 3 "
                      "attachments detach 1 attachments delete 3 deals anonymise 4 2026-03 1",
            .keys = "1; 2; 4; 6",
            .left = {{"SELECT id FROM customers ORDER BY id", "3, 5"},
                     {"SELECT id FROM notes ORDER BY id", "2, 4"},
                     {"SELECT customer FROM notes WHERE id = 2", "NULL"},
                     {"SELECT id FROM attachments ORDER BY id", "2"},
                     {"SELECT note FROM attachments WHERE id = 2", "NULL"},
                     {"SELECT count(*) FROM calls", "4"},
                     {"SELECT status FROM deals ORDER BY id", "REDACTED, REDACTED, REDACTED, REDACTED"}}});
}

BOOST_AUTO_TEST_CASE(composite_keys_link_and_name_records) {
    expect({.rules = rule(R"(table = "orders"
trigger = ["placed", { table = "order_lines", on = ["country", "number"], column = "paid" }]
period = "6 years"
starts = "end of month"
action = "delete"
[[categories.records.related]]
table = "order_lines"
on = ["country", "number"]
action = "delete")"),
            .report = "records 4 due 1 overdue 1 retained 2 undated 1 oldest 2018-03-04 order_lines delete 1",
            .keys = "GB|1",
            .left = {{"SELECT number FROM orders ORDER BY country, number", "1, 2, 2"},
                     {"SELECT count(*) FROM order_lines", "3"}}});
}

BOOST_AUTO_TEST_CASE(rows_of_its_own_table_are_let_go_where_they_stay) {
    expect({.rules = rule(R"(table = "tickets"
trigger = "closed"
period = "5 years"
action = "delete"
[[categories.records.related]]
table = "tickets"
on = "parent"
action = "detach")"),
            .report = "records 6 due 4 overdue 4 retained 1 undated 1 oldest 2020-01-01 tickets detach 1",
            .keys = "1; 2; 5; 6",
            .left = {{"SELECT id FROM tickets ORDER BY id", "3, 4"},
                     {"SELECT count(*) FROM tickets WHERE parent IS NOT NULL", "0"}}});
}

BOOST_AUTO_TEST_CASE(rows_of_its_own_table_go_along) {
    expect({.rules = rule(R"(table = "tickets"
trigger = "closed"
period = "5 years"
action = "delete"
[[categories.records.related]]
table = "tickets"
on = "parent"
action = "delete")"),
            .report = "records 6 due 4 overdue 4 retained 1 undated 1 oldest 2020-01-01 tickets delete 1",
            .keys = "1; 2; 5; 6",
            .left = {{"SELECT id FROM tickets", "4"}}});
}

BOOST_AUTO_TEST_CASE(each_key_type_is_written_as_the_audit_log_says) {
    expect({.rules = rule(R"(table = "keyed"
trigger = "day"
period = "12 months"
action = "delete")"),
            .report = "records 1 due 1 overdue 1 oldest 2020-01-31",
            .keys = "0badc0de-0000-4000-8000-00000000abcd|2020-01-31|2020-01-31T19:55:59.401950Z|k|00ff",
            .left = {{"SELECT count(*) FROM keyed", "0"}}});
}

// Masks ---------------------------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(every_mask_makes_the_same) {
    expect({.rules = rule(R"(table = "people"
trigger = "left_on"
period = "12 months"
action = "anonymise"
[categories.records.mask]
name = "redact"
nick = "null"
email = "random email"
token = "random"
city = "fixed nowhere"
born = "year"
joined = "month"
seen = "day"
ip = "ip"
address = "ip"
card = "keep 4"
photo = "redact"
short = "redact")"),
            .report = "records 2 due 2 overdue 2 oldest 2020-01-01",
            .keys = "1; 2",
            .left = {{"SELECT name FROM people ORDER BY id", "REDACTED, REDACTED"},
                     {"SELECT nick FROM people ORDER BY id", "NULL, NULL"},
                     {"SELECT id FROM people WHERE email LIKE 'x____z__________@anonymised.invalid'", "1"},
                     {"SELECT id FROM people WHERE token LIKE 'x____z__________________________'", "1"},
                     {"SELECT count(*) FROM people WHERE email IS NULL AND token IS NULL", "1"},
                     {"SELECT city FROM people ORDER BY id", "nowhere, nowhere"},
                     {"SELECT born FROM people ORDER BY id", "1980-01-01, 1980-01-01"},
                     {"SELECT joined FROM people WHERE id = 1", "2010-10-01 00:00:00"},
                     {"SELECT substr(CAST(seen AS char(40)), 1, 19) FROM people WHERE id = 1", "2011-11-11 00:00:00"},
                     {"SELECT ip FROM people ORDER BY id", "192.0.2.0, NULL"},
                     {"SELECT address FROM people ORDER BY id", "2001:db8:1::, NULL"},
                     {"SELECT card FROM people ORDER BY id", "DE89, NULL"},
                     {"SELECT count(*) FROM people WHERE photo = x'000000'", "1"},
                     {"SELECT short FROM people ORDER BY id", "REDA, NULL"}}});
}

BOOST_AUTO_TEST_CASE(a_pseudonym_is_the_same_everywhere) {
    std::vector<std::string> pseudonyms;

    on_each_engine(rule(R"(table = "people"
trigger = "left_on"
period = "12 months"
action = "anonymise"
marker = "seen"
mask = { name = "pseudonym", number = "pseudonym" })"),
                   [&](Office& office) {
                       BOOST_TEST(office.purge(10) == "2");
                       pseudonyms.push_back(office.store.value("SELECT name FROM people WHERE id = 2"));
                   });

    for (const auto& pseudonym : pseudonyms) BOOST_TEST(pseudonym == pseudonyms.front());
    BOOST_TEST(pseudonyms.front().size() == 64u);
}

// Batches -------------------------------------------------------------------------------------------------------------

const std::string deleting_customers = rule(R"(table = "customers"
trigger = "created"
period = "12 months"
action = "delete"
[[categories.records.related]]
table = "notes"
on = "customer"
action = "delete"
[[categories.records.related]]
of = "notes"
table = "attachments"
on = "note"
action = "delete")");

BOOST_AUTO_TEST_CASE(a_rolled_back_batch_leaves_nothing) {
    on_each_engine(deleting_customers, [](Office& office) {
        const auto before = office.report();
        const auto walk = office.session->walk(*office.plan);

        const auto batch = walk->dispose(2);
        walk->rollback();

        BOOST_TEST(batch.keys.size() == 2u);
        BOOST_TEST(office.report() == before);
        BOOST_TEST(office.store.value("SELECT count(*) FROM customers") == "6");
        BOOST_TEST(office.store.value("SELECT count(*) FROM notes") == "5");
        BOOST_TEST(office.store.value("SELECT count(*) FROM attachments") == "4");
        BOOST_TEST(office.session->witnesses().empty());
        BOOST_TEST((office.session->settle("batch 1") == Settled::rolled_back));
    });
}

BOOST_AUTO_TEST_CASE(an_open_batch_is_seen_by_nobody) {
    on_each_engine(deleting_customers, [](Office& office) {
        const auto other = office.connector->open(Access::read_write);
        const auto walk = office.session->walk(*office.plan);

        const auto batch = walk->dispose(1);

        BOOST_TEST(batch.keys.size() == 1u);
        BOOST_TEST(office.store.value("SELECT count(*) FROM customers") == "6");
        if (office.store.engine() != Engine::sqlite) // there, whoever settles waits for the writer
            BOOST_TEST((other->settle("batch 1") == Settled::rolled_back));
        walk->rollback();
    });
}

BOOST_AUTO_TEST_CASE(a_committed_batch_leaves_its_witness) {
    on_each_engine(deleting_customers, [](Office& office) {
        const auto walk = office.session->walk(*office.plan);
        const Instant at{std::chrono::microseconds{1'772'323'200'123'456}}; // 2026-03-01

        const auto batch = walk->dispose(1);
        walk->commit({"01J-a:'x'", 1, at, std::string(64, 'a')});

        BOOST_TEST(batch.keys.size() == 1u);
        const auto witnesses = office.connector->open(Access::read_only)->witnesses();
        BOOST_REQUIRE(witnesses.size() == 1u);
        BOOST_TEST(witnesses[0].batch == "01J-a:'x'");
        BOOST_TEST(witnesses[0].records == 1);
        BOOST_TEST((witnesses[0].at == at));
        BOOST_TEST(witnesses[0].head == std::string(64, 'a'));
        BOOST_TEST((office.session->settle("01J-a:'x'") == Settled::committed));
        BOOST_TEST((office.session->settle("01j-A:'x'") == Settled::rolled_back));
    });
}

BOOST_AUTO_TEST_CASE(a_mark_is_found_in_its_own_database_and_no_other_name_is) {
    on_each_engine(deleting_customers, [](Office& office) {
        office.session->mark("3f9a1c");

        const auto other = office.connector->open(Access::read_write);
        BOOST_TEST(other->has_mark("3f9a1c"));
        BOOST_TEST(!other->has_mark("3f9a1d"));
        BOOST_TEST((other->settle("3f9a1c") == Settled::rolled_back)); // it is no batch
        const auto witnesses = other->witnesses();
        BOOST_REQUIRE(witnesses.size() == 1u);
        BOOST_TEST(witnesses[0].batch == "database 3f9a1c");
        BOOST_TEST((witnesses[0].at - other->now() < std::chrono::minutes(1)));
        BOOST_TEST((other->now() - witnesses[0].at < std::chrono::minutes(1)));
        office.store.run("DELETE FROM retentiond_batches");
        BOOST_TEST(!other->has_mark("3f9a1c"));
    });
}

BOOST_AUTO_TEST_CASE(a_batch_counts_what_went_along) {
    on_each_engine(deleting_customers, [](Office& office) {
        const auto walk = office.session->walk(*office.plan);

        const auto batch = walk->dispose(1);
        walk->rollback();

        BOOST_TEST(joined(batch.keys.at(0), "|") == "1");
        BOOST_REQUIRE(batch.related.size() == 2u);
        BOOST_TEST(batch.related[0].records == 2);
        BOOST_TEST(batch.related[1].records == 2);
    });
}

BOOST_AUTO_TEST_CASE(a_record_is_explained_alike) {
    on_each_engine(deleting_customers, [](Office& office) {
        const auto due = office.session->explain(*office.plan, {"1"});
        const auto kept = office.session->explain(*office.plan, {"3"});
        const auto unknown = office.session->explain(*office.plan, {"77"});

        BOOST_REQUIRE((due && kept));
        BOOST_TEST(!unknown);
        BOOST_TEST(to_string(due->verdict) == "due");
        BOOST_TEST(due->trigger_source == "created");
        BOOST_TEST(to_string(due->trigger.value()) == "2024-05-05");
        BOOST_TEST(to_string(due->kept_through.value()) == "2025-05-05");
        BOOST_TEST(due->overdue);
        BOOST_TEST(to_string(kept->verdict) == "retained");
        BOOST_TEST(to_string(kept->kept_through.value()) == today);
    });
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace retention::test
