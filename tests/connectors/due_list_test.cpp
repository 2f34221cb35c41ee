// The list of what is due, where that is little: made by the count, or by a walk that comes without one, and gone along
// by the walk.

#include "connectors/due_list.hpp"

#include "tests/support/traffic_world.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace retention::test {
namespace {

using Texts = std::vector<std::string>;

constexpr const char* delete_logs = "table = \"logs\"\ntrigger = \"at\"\nperiod = \"6 months\"\naction = \"delete\"\n";
constexpr const char* mask_logs =
    "table = \"logs\"\ntrigger = \"at\"\nperiod = \"6 months\"\naction = \"anonymise\"\nmask = { note = \"redact\" }\n";
const std::string with_marks =
    delete_logs + std::string("[[categories.records.related]]\ntable = \"marks\"\non = \"log\"\naction = \"delete\"\n");
const Texts three_rules{delete_logs, mask_logs, with_marks};

constexpr double share = 0.05;

// Rows 1 to 40, of which 10, 20, 30 and 40 are due.
std::string logs(const Where& where) {
    return "CREATE TABLE logs (id INT PRIMARY KEY, at DATE, note VARCHAR(20));"
           "CREATE TABLE marks (id INT PRIMARY KEY, log INT); CREATE INDEX marks_log ON marks (log);"
           "INSERT INTO logs SELECT i, CASE WHEN i % 10 = 0 THEN DATE '2020-01-01' ELSE DATE '2026-11-01' END, 'mine' "
           "FROM " +
           where.series(40) + ";INSERT INTO marks SELECT i, i FROM " + where.series(40);
}

// The plan as it would be of a table with so many rows.
std::shared_ptr<Plan> plan_of_large(const TrafficWorld& world, double rows = 1e6) {
    auto catalogue = std::make_shared<Catalogue>(world.session->catalogue());
    for (Table& table : catalogue->tables) table.estimated_rows = rows;
    auto plan = make_plan(world.configuration->rules.at(0), catalogue, day("2026-11-21")).plan;
    world.session->complete(*plan);
    return plan;
}

void make_due(const TrafficWorld& world, int id) {
    world.run("UPDATE logs SET at = '2020-01-01' WHERE id = " + std::to_string(id));
}

} // namespace

BOOST_AUTO_TEST_SUITE(due_list)

// What became due after the count is what tells the list from a look at the table.
BOOST_AUTO_TEST_CASE(the_walk_goes_along_the_list_of_the_count_and_what_became_due_since_waits) {
    for (const Where& where : each_server())
        for (const auto& rule : three_rules) BOOST_TEST_CONTEXT(where << "\n" << rule) {
                const TrafficWorld world(where, logs(where), rule);
                const auto plan = plan_of_large(world);

                const auto count = world.session->count(*plan, share);
                make_due(world, 15);
                const auto keys = finish(*world.session->walk(*plan), 3, "first");

                BOOST_TEST(count.due == 4);
                BOOST_TEST(keys == (Texts{"10", "20", "30", "40"}), boost::test_tools::per_element());
                BOOST_TEST(world.value("SELECT note FROM logs WHERE id = 15") == "mine");
                BOOST_TEST(finish(*world.session->walk(*plan), 3, "next") == Texts{"15"}, // the list is used once
                           boost::test_tools::per_element());
            }
}

BOOST_AUTO_TEST_CASE(the_list_of_another_plan_or_of_an_earlier_count_is_not_used) {
    for (const Where& where : each_server()) BOOST_TEST_CONTEXT(where) {
            const TrafficWorld world(where, logs(where), delete_logs);
            const auto plan = plan_of_large(world), other = plan_of_large(world);

            world.session->count(*plan, share);
            make_due(world, 15);
            const auto of_other = keys_of(world.session->walk(*other)->dispose(100)); // rolled back with the walk
            world.session->count(*plan, share);
            world.session->count(*other, share);
            make_due(world, 16);
            const auto after_other = keys_of(world.session->walk(*plan)->dispose(100));
            world.session->count(*plan, share);
            world.session->count(*plan, 0);
            make_due(world, 17);
            const auto after_all = keys_of(world.session->walk(*plan)->dispose(100));

            BOOST_TEST(of_other == (Texts{"10", "15", "20", "30", "40"}), boost::test_tools::per_element());
            BOOST_TEST(after_other == (Texts{"10", "15", "16", "20", "30", "40"}), boost::test_tools::per_element());
            BOOST_TEST(after_all == (Texts{"10", "15", "16", "17", "20", "30", "40"}),
                       boost::test_tools::per_element());
        }
}

BOOST_AUTO_TEST_CASE(a_listed_record_that_was_touched_meanwhile_survives) {
    for (const Where& where : each_server())
        for (const auto& rule : three_rules) BOOST_TEST_CONTEXT(where << "\n" << rule) {
                const TrafficWorld world(where, logs(where), rule);
                const auto plan = plan_of_large(world);
                world.session->count(*plan, share);

                world.run("UPDATE logs SET at = '2026-11-20' WHERE id = 20; DELETE FROM logs WHERE id = 30");
                const auto keys = finish(*world.session->walk(*plan));

                BOOST_TEST(keys == (Texts{"10", "40"}), boost::test_tools::per_element());
                BOOST_TEST(world.value("SELECT note FROM logs WHERE id = 20") == "mine");
                BOOST_TEST(world.value("SELECT count(*) FROM marks WHERE log = 20") == "1");
            }
}

// One batch of ranges would hold what lies in its range; of a list each is as full as it may be, however far apart the
// records lie, so that the statements are as many as the due records need.
BOOST_AUTO_TEST_CASE(batches_are_full_however_thin_the_due_records_lie) {
    for (const Where& where : each_server())
        for (const auto& rule : three_rules) BOOST_TEST_CONTEXT(where << "\n" << rule) {
                const TrafficWorld world(
                    where, logs(where) + ";UPDATE logs SET id = id * 50000; UPDATE marks SET log = log * 50000", rule);
                const auto plan = plan_of_large(world);
                const auto walk = world.session->walk(*plan);

                std::vector<std::size_t> sizes;
                for (auto batch = walk->dispose(3); !batch.empty(); batch = walk->dispose(3)) {
                    sizes.push_back(batch.keys.size());
                    walk->commit(witness(std::to_string(sizes.size())));
                }

                BOOST_TEST(sizes == (std::vector<std::size_t>{3, 1}), boost::test_tools::per_element());
            }
}

BOOST_AUTO_TEST_CASE(where_many_are_due_the_count_is_exact_and_the_walk_passes_over_the_table) {
    for (const Where& where : each_server()) BOOST_TEST_CONTEXT(where) {
            const TrafficWorld world(where, logs(where), delete_logs);
            const auto plan = plan_of_large(world, 50'000 * 3); // few are 3,000
            world.run("INSERT INTO logs SELECT i + 100, '2020-01-01', 'mine' FROM " + where.series(3000));

            const auto count = world.session->count(*plan, share);
            make_due(world, 15);

            BOOST_TEST(count.due == 3004);
            BOOST_TEST(count.records == 3040);
            BOOST_TEST(count.all);
            BOOST_TEST(finish(*world.session->walk(*plan), 1000).size() == 3005u);
        }
}

BOOST_AUTO_TEST_CASE(of_all_records_no_more_are_counted_than_the_share_needs) {
    for (const Where& where : each_server()) BOOST_TEST_CONTEXT(where) {
            const TrafficWorld world(where, logs(where), delete_logs);
            const auto plan = plan_of_large(world);

            const auto enough = world.session->count(*plan, 0.5), all = world.session->count(*plan, share);

            BOOST_TEST(enough.due == 4);
            BOOST_TEST(enough.records == 9); // 4 are less than half of 9
            BOOST_TEST(!enough.all);
            BOOST_TEST(all.records == 40); // 5 % would need 81
            BOOST_TEST(all.all);
        }
}

BOOST_AUTO_TEST_CASE(small_tables_other_keys_and_evidence_of_its_own_have_no_list) {
    for (const Where& where : each_server()) BOOST_TEST_CONTEXT(where) {
            const TrafficWorld world(where, logs(where), delete_logs);
            const auto few = [&](double rows, auto change) {
                const auto plan = plan_of_large(world, rows);
                Column key = *plan->key.at(0);
                change(key);
                plan->key = {&key};
                return few_of(*plan);
            };
            const auto as_it_is = [](Column&) {};

            BOOST_TEST(few(1e6, as_it_is).value() == 20'000);
            BOOST_TEST(few(1e9, as_it_is).value() == 500'000);
            BOOST_TEST(!few(49'999, as_it_is));
            BOOST_TEST(!few(-1, as_it_is));
            BOOST_TEST(!few(1e6, [](Column& key) { key.family = TypeFamily::real; }));
            BOOST_TEST(!few(1e6, [](Column& key) { key.values = "'new','paid'"; }));
            BOOST_TEST(!few(1e6, [](Column& key) { key.nullable = true; }));
        }
}

BOOST_AUTO_TEST_CASE(a_listed_record_that_the_store_refuses_is_passed_over_alone) {
    for (const Where& where : each_server()) BOOST_TEST_CONTEXT(where) {
            const TrafficWorld world(where,
                                     logs(where) + ";CREATE TABLE pins (log INT NOT NULL REFERENCES logs (id), FOREIGN "
                                                   "KEY (log) REFERENCES logs (id)); INSERT INTO pins VALUES (20)",
                                     delete_logs);
            const auto plan = plan_of_large(world);
            const auto walk = world.session->walk(*plan);
            const auto kind = [&](std::size_t most) { return kind_of([&] { walk->dispose(most); }); };

            BOOST_TEST((kind(4) == StoreError::Kind::refused));
            BOOST_TEST(keys_of(walk->dispose(1)) == Texts{"10"}, boost::test_tools::per_element());
            walk->commit(witness("one"));
            BOOST_TEST((kind(2) == StoreError::Kind::refused));
            BOOST_TEST((kind(1) == StoreError::Kind::refused));
            walk->skip();

            BOOST_TEST(finish(*walk, 10, "rest") == (Texts{"30", "40"}), boost::test_tools::per_element());
            BOOST_TEST(world.value("SELECT count(*) FROM logs WHERE id = 20") == "1");
        }
}

BOOST_AUTO_TEST_CASE(walks_share_a_list_and_what_one_gives_back_another_does) {
    for (const Where& where : each_server())
        for (const auto& rule : three_rules) BOOST_TEST_CONTEXT(where << "\n" << rule) {
                const TrafficWorld world(where, logs(where), rule);
                const auto plan = plan_of_large(world);
                const auto beside = world.open();
                auto first = world.session->walk(*plan);
                const auto second = beside->join(*plan, *first);

                const auto of_second = keys_of(second->dispose(1));
                const auto of_first = keys_of(first->dispose(2));
                second->commit(witness("second"));
                first.reset(); // its batch is rolled back, its range comes back

                BOOST_TEST(of_second == Texts{"10"}, boost::test_tools::per_element());
                BOOST_TEST(of_first == (Texts{"20", "30"}), boost::test_tools::per_element());
                BOOST_TEST(finish(*second, 2, "rest") == (Texts{"20", "30", "40"}), boost::test_tools::per_element());
            }
}

// A key that is bound again and not found would be a record that is due and never goes.
BOOST_AUTO_TEST_CASE(keys_of_every_type_are_found_again) {
    struct Row {
        const char *type, *first, *second;
    };
    const std::vector<Row> both{
        {"BIGINT", "-9223372036854775808", "9007199254740993"},
        {"VARCHAR(40)", "'it''s {\"a\\\\b\", Größe}'", "' NULL '"},
        {"CHAR(5)", "'a'", "'b c'"},
        {"DATE", "'2020-02-29'", "'9999-12-31'"},
        {"TIMESTAMP(6)", "'2020-02-29 13:14:15.123456'", "'2021-01-01 00:00:00'"},
    };
    const std::vector<Row> postgres{
        {"UUID", "'00000000-0000-0000-0000-00000000000a'", "'ffffffff-ffff-ffff-ffff-ffffffffffff'"},
        {"BYTEA", "'\\x00ff22'", "'\\x'"},
        {"BOOLEAN", "true", "false"},
        {"TIMESTAMPTZ", "'2020-02-29 13:14:15.123456+02'", "'infinity'"},
        {"short_text", "'a,b'", "'{}'"},
    };
    const std::vector<Row> mariadb{
        {"BIGINT UNSIGNED", "18446744073709551615", "0"},
        {"INT(6) UNSIGNED ZEROFILL", "7", "70"},
        {"VARBINARY(9)", "x'00ff22'", "x'20'"},
        {"BINARY(3)", "x'00ff22'", "x'20'"},
        {"UUID", "'00000000-0000-0000-0000-00000000000a'", "'ffffffff-ffff-ffff-ffff-ffffffffffff'"},
        {"VARCHAR(9) CHARACTER SET latin1", "'Gr\xc3\xb6\xc3\x9f'", "'b'"},
        {"DATETIME", "'2020-02-29 13:14:15'", "'0000-00-00 00:00:00'"},
    };
    for (const Where& where : each_server())
        for (const auto* rows : {&both, where.is_postgres() ? &postgres : &mariadb})
            for (const Row& row : *rows)
                for (const bool composite : {false, true})
                    BOOST_TEST_CONTEXT(where << ", " << row.type << (composite ? ", composite" : "")) {
                        const std::string domain =
                            where.is_postgres() ? "CREATE DOMAIN short_text AS varchar(9);" : "SET sql_mode = '';";
                        const TrafficWorld world(where,
                                                 domain + "CREATE TABLE logs (id " + row.type +
                                                     " NOT NULL, nr INT NOT NULL, at DATE, PRIMARY KEY (id" +
                                                     (composite ? ", nr" : "") + "));INSERT INTO logs VALUES (" +
                                                     row.first + ", 1, '2020-01-01'), (" + row.second +
                                                     ", 2, '2020-01-01')",
                                                 delete_logs);
                        const auto plan = plan_of_large(world);

                        const bool converted = std::string(row.type).ends_with("latin1");
                        BOOST_TEST(few_of(*plan).has_value() == !(composite && converted));
                        BOOST_TEST(world.session->count(*plan, share).due == 2);
                        BOOST_TEST(finish(*world.session->walk(*plan), 5).size() == 2u);
                        BOOST_TEST(world.value("SELECT count(*) FROM logs") == "0");
                    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace retention::test
