#include "connectors/check.hpp"
#include "tests/support/hand_catalogue.hpp"

#include <boost/test/unit_test.hpp>

namespace retention {
namespace {

HandTable contacts() {
    return HandTable("contacts").integer("id").integer("vendor_id").text("code").date("created_at").key({"id"});
}
HandTable calls() {
    return HandTable("calls").integer("id").integer("contact_id").date("started_at").key({"id"}).index({"contact_id"});
}

// What is said of the link calls.`on` = contacts.`via` where the columns are these two.
Problems compared(const Column& on, const Column& via) {
    HandTable left = contacts(), right = calls();
    left.table.columns.push_back(via);
    left.unique({via.name});
    right.table.columns.push_back(on);
    right.index({on.name});
    return check_links(*HandRule(hand_catalogue({left, right}), "contacts")
                            .linked("calls", {on.name}, "started_at")
                            .via({via.name})
                            .plan());
}
Column made(const std::string& name, TypeFamily family, const std::string& type, const std::string& collation = "") {
    Column column;
    column.name = name;
    column.family = family;
    column.type = type;
    column.collation = collation;
    return column;
}

} // namespace

BOOST_AUTO_TEST_SUITE(check_links_suite)

BOOST_AUTO_TEST_CASE(on_and_via_must_be_of_one_family) {
    struct Row {
        const char* name;
        Column on, via;
        bool good;
    };
    const std::vector<Row> rows = {
        {"integers of two sizes", made("l", TypeFamily::integer, "INTEGER"), made("r", TypeFamily::integer, "BIGINT"),
         true},
        {"texts of two lengths", made("l", TypeFamily::text, "TEXT"), made("r", TypeFamily::text, "VARCHAR(20)"), true},
        {"text and integer", made("l", TypeFamily::text, "TEXT"), made("r", TypeFamily::integer, "INTEGER"), false},
        {"integer and real", made("l", TypeFamily::integer, "INTEGER"), made("r", TypeFamily::real, "REAL"), false},
        {"date and text", made("l", TypeFamily::date, "DATE"), made("r", TypeFamily::text, "TEXT"), false},
        {"timestamp and date", made("l", TypeFamily::time_stamp, "DATETIME"), made("r", TypeFamily::date, "DATE"),
         false},
        {"no type on both sides", made("l", TypeFamily::loose, ""), made("r", TypeFamily::loose, ""), true},
        {"no type on one side", made("l", TypeFamily::loose, ""), made("r", TypeFamily::integer, "INTEGER"), false},
        {"boolean and integer", made("l", TypeFamily::boolean, "BOOLEAN"), made("r", TypeFamily::integer, "INT"),
         false},
        {"one strange type", made("l", TypeFamily::other, "money"), made("r", TypeFamily::other, "MONEY"), true},
        {"two strange types", made("l", TypeFamily::other, "money"), made("r", TypeFamily::other, "point"), false},
    };
    for (const Row& row : rows) BOOST_TEST_CONTEXT(row.name) {
            const Problems problems = compared(row.on, row.via);

            BOOST_TEST((count(problems, Severity::error) == 0) == row.good, text_of(problems));
            if (!row.good)
                BOOST_TEST(find_problem(problems, Severity::error, {"'calls.l'", "'contacts.r'", "CAST"}),
                           text_of(problems));
        }
}

BOOST_AUTO_TEST_CASE(on_and_via_must_be_of_one_collation) {
    struct Row {
        const char *on, *via;
        bool good;
    };
    const std::vector<Row> rows = {{"", "", true},        {"", "BINARY", true},       {"NOCASE", "nocase", true},
                                   {"NOCASE", "", false}, {"RTRIM", "NOCASE", false}, {"binary", "BINARY", true}};
    for (const Row& row : rows) BOOST_TEST_CONTEXT(row.on << " and " << row.via) {
            const Problems problems =
                compared(made("l", TypeFamily::text, "TEXT", row.on), made("r", TypeFamily::text, "TEXT", row.via));

            BOOST_TEST((find_problem(problems, Severity::error, {"collation", "COLLATE"}) == nullptr) == row.good,
                       text_of(problems));
        }
}

BOOST_AUTO_TEST_CASE(every_link_of_a_rule_is_compared_at_its_own_place) {
    HandTable odd = calls();
    odd.text("reference").integer("months").index({"reference"});
    const auto catalogue = hand_catalogue({contacts(), odd});
    const std::vector<HandRule> rules = {
        HandRule(catalogue, "contacts").trigger("created_at").linked("calls", {"reference"}, "started_at"),
        HandRule(catalogue, "contacts").trigger("created_at").unless("called", "calls", {"reference"}),
        HandRule(catalogue, "contacts").trigger("created_at").related("calls", {"reference"}, Action::erase),
        HandRule(catalogue, "contacts").trigger("created_at").related("calls", {"reference"}, Action::keep),
    };
    for (const HandRule& rule : rules) {
        const Problems problems = check_links(*rule.plan());

        const Problem* problem = find_problem(problems, Severity::error, {"'calls.reference' is text"});
        BOOST_REQUIRE_MESSAGE(problem, text_of(problems));
        BOOST_TEST(problem->place.line == rule.line());
    }
}

BOOST_AUTO_TEST_CASE(each_pair_of_a_composite_link_is_compared) {
    HandTable orders =
        HandTable("orders").integer("realm").integer("number").date("placed_on").key({"realm", "number"});
    HandTable lines = HandTable("lines").integer("realm").text("number").key({"realm"});

    const Problems problems = check_links(*HandRule(hand_catalogue({orders, lines}), "orders")
                                               .trigger("placed_on")
                                               .related("lines", {"realm", "number"}, Action::erase)
                                               .plan());

    BOOST_TEST(find_problem(problems, Severity::error, {"'lines.number' is text"}), text_of(problems));
    BOOST_TEST(!find_problem(problems, Severity::error, {"'lines.realm'"}), text_of(problems));
}

BOOST_AUTO_TEST_CASE(the_link_between_is_compared_too) {
    HandTable vendors = HandTable("vendors").text("id").key({"id"});
    HandTable orders =
        HandTable("orders").integer("id").text("vendor_id").date("placed_on").key({"id"}).index({"vendor_id"});

    const Problems problems = check_links(*HandRule(hand_catalogue({contacts(), vendors, orders}), "contacts")
                                               .linked("orders", {"vendor_id"}, "placed_on")
                                               .through("vendors", {"id"})
                                               .plan());

    BOOST_TEST(find_problem(problems, Severity::error, {"'vendors.id' is text", "'contacts.id' is an integer"}),
               text_of(problems));
    BOOST_TEST(count(problems, Severity::error) == 1U, text_of(problems));
}

BOOST_AUTO_TEST_CASE(rows_that_several_records_share_are_not_supported_yet) {
    HandTable vendors = HandTable("vendors").integer("id").key({"id"});
    struct Row {
        const char* name;
        bool unique;
        Action action;
        bool good;
    };
    const std::vector<Row> rows = {{"deleted, shared", false, Action::erase, false},
                                   {"anonymised, shared", false, Action::anonymise, false},
                                   {"detached, shared", false, Action::detach, false},
                                   {"kept, shared", false, Action::keep, true},
                                   {"deleted, one record each", true, Action::erase, true}};
    for (const Row& row : rows) BOOST_TEST_CONTEXT(row.name) {
            HandTable records = contacts();
            if (row.unique) records.unique({"vendor_id"});

            const Problems problems = check_links(*HandRule(hand_catalogue({records, vendors}), "contacts")
                                                       .trigger("created_at")
                                                       .related("vendors", {"id"}, row.action)
                                                       .via({"vendor_id"})
                                                       .plan());

            BOOST_TEST(
                (find_problem(problems, Severity::error, {"'contacts.vendor_id' is not unique", "not supported yet"}) ==
                 nullptr) == row.good,
                text_of(problems));
        }
}

BOOST_AUTO_TEST_CASE(rows_of_an_entry_may_not_be_shared_either) {
    HandTable orders =
        HandTable("orders").integer("id").integer("contact_id").integer("box_id").key({"id"}).index({"contact_id"});
    HandTable boxes = HandTable("boxes").integer("id").key({"id"});

    const Problems problems = check_links(*HandRule(hand_catalogue({contacts(), orders, boxes}), "contacts")
                                               .trigger("created_at")
                                               .related("orders", {"contact_id"}, Action::erase)
                                               .related("boxes", {"id"}, Action::erase)
                                               .of("orders")
                                               .via({"box_id"})
                                               .plan());

    BOOST_TEST(find_problem(problems, Severity::error, {"'orders.box_id' is not unique"}), text_of(problems));
    BOOST_TEST(count(problems, Severity::error) == 1U, text_of(problems));
}

BOOST_AUTO_TEST_CASE(a_trigger_may_be_read_through_shared_columns) {
    HandTable vendors = HandTable("vendors").integer("id").date("seen_on").key({"id"});

    const Problems problems = check_links(*HandRule(hand_catalogue({contacts(), vendors}), "contacts")
                                               .linked("vendors", {"id"}, "seen_on")
                                               .via({"vendor_id"})
                                               .plan());

    BOOST_TEST(problems.empty(), text_of(problems));
}

BOOST_AUTO_TEST_CASE(a_missing_index_is_a_warning_with_the_statement_to_paste) {
    HandTable bare = HandTable("order items").integer("id").integer("contact_id").date("on").key({"id"});
    HandTable indexed = bare, in_part = bare, second = bare;
    indexed.index({"contact_id", "on"});
    second.index({"on", "contact_id"});
    in_part.index({"contact_id"});
    in_part.table.indexes.back().partial = true;
    struct Row {
        const char* name;
        HandTable table;
        bool good;
    };
    for (const Row& row : std::vector<Row>{{"none", bare, false},
                                           {"leading", indexed, true},
                                           {"partial", in_part, false},
                                           {"second in it", second, false}})
        BOOST_TEST_CONTEXT(row.name) {
            const Problems problems = check_links(*HandRule(hand_catalogue({contacts(), row.table}), "contacts")
                                                       .linked("order items", {"contact_id"}, "on")
                                                       .related("order items", {"contact_id"}, Action::erase)
                                                       .plan());

            BOOST_TEST(count(problems, Severity::warning) == (row.good ? 0U : 1U),
                       text_of(problems)); // said once for both links
            BOOST_TEST(count(problems, Severity::error) == 0U, text_of(problems));
            if (!row.good)
                BOOST_TEST(find_problem(problems, Severity::warning,
                                        {"CREATE INDEX \"order items_contact_id\" ON \"order items\" (contact_id);"}),
                           text_of(problems));
        }
}

BOOST_AUTO_TEST_CASE(an_own_trigger_and_a_view_want_no_index) {
    HandTable view = calls();
    view.table.indexes.clear();
    view.view("CREATE VIEW calls AS SELECT 1");

    const Problems problems = check_links(*HandRule(hand_catalogue({contacts(), view}), "contacts")
                                               .trigger("created_at")
                                               .unless("called", "calls", {"contact_id"})
                                               .plan());

    BOOST_TEST(problems.empty(), text_of(problems));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace retention
