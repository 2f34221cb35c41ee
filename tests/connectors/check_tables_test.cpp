#include "connectors/check.hpp"
#include "tests/support/hand_catalogue.hpp"

#include <boost/test/unit_test.hpp>

namespace retention {
namespace {

HandTable contacts() {
    return HandTable("contacts").integer("id").text("email").text("number").date("created_at").key({"id"});
}
Problems checked(const HandTable& table) {
    return check_tables(*HandRule(hand_catalogue({table}), "contacts").trigger("created_at").plan());
}
Problems checked_with_notes(const HandTable& notes) {
    return check_tables(*HandRule(hand_catalogue({contacts(), notes}), "contacts")
                             .trigger("created_at")
                             .related("notes", {"contact_id"}, Action::erase)
                             .plan());
}
HandTable notes() {
    return HandTable("notes").integer("id").integer("contact_id").key({"id"});
}

} // namespace

BOOST_AUTO_TEST_SUITE(check_tables_suite)

BOOST_AUTO_TEST_CASE(takes_a_table_with_a_primary_key) {
    const Problems problems = checked(contacts());

    BOOST_TEST(problems.empty(), text_of(problems));
}

BOOST_AUTO_TEST_CASE(refuses_a_view_as_the_category_and_asks_for_the_table_behind_it) {
    const Problems problems = checked(contacts().view());

    BOOST_TEST(find_problem(problems, Severity::error, {"'contacts' is a view", "name the table behind it"}),
               text_of(problems));
    BOOST_TEST(problems.size() == 1U); // nothing about a key that a view cannot have
}

BOOST_AUTO_TEST_CASE(refuses_a_virtual_table) {
    const Problems problems = checked(contacts().virtual_table());

    BOOST_TEST(find_problem(problems, Severity::error, {"'contacts' is a virtual table"}), text_of(problems));
}

BOOST_AUTO_TEST_CASE(refuses_a_view_as_related_rows_at_the_place_of_the_entry) {
    const HandRule rule = HandRule(hand_catalogue({contacts(), notes().view()}), "contacts")
                              .trigger("created_at")
                              .related("notes", {"contact_id"}, Action::erase);

    const Problems problems = check_tables(*rule.plan());

    const Problem* problem = find_problem(problems, Severity::error, {"'notes' is a view"});
    BOOST_REQUIRE(problem);
    BOOST_TEST(problem->place.line == rule.line());
    BOOST_TEST(problem->category == "contacts");
    BOOST_TEST(checked_with_notes(notes()).empty());
}

BOOST_AUTO_TEST_CASE(a_view_may_be_read) {
    const auto catalogue = hand_catalogue({contacts(), notes().date("written_on").view()});

    const Problems problems =
        check_tables(*HandRule(catalogue, "contacts").linked("notes", {"contact_id"}, "written_on").plan());

    BOOST_TEST(problems.empty(), text_of(problems));
}

BOOST_AUTO_TEST_CASE(refuses_its_own_bookkeeping) {
    HandTable own("retentiond_batches");
    own.text("batch").date("at").key({"batch"});

    const Problems problems = check_tables(*HandRule(hand_catalogue({own}), "retentiond_batches").trigger("at").plan());

    BOOST_TEST(find_problem(problems, Severity::error, {"retentiond's own table"}), text_of(problems));
}

BOOST_AUTO_TEST_CASE(refuses_a_table_without_a_key_and_names_the_columns_that_could_be_one) {
    HandTable table("contacts");
    table.integer("number").not_null().text("realm").not_null().text("email").date("created_at");
    table.unique({"realm", "number"}).unique({"email"}).unique({"number"}, true);

    const Problems problems = checked(table);

    const Problem* problem = find_problem(problems, Severity::error, {"'contacts' has no primary key"});
    BOOST_REQUIRE(problem);
    BOOST_TEST(problem->hint.find("key = [\"realm\", \"number\"]") != std::string::npos, problem->hint);
    BOOST_TEST(problem->hint.find("email") == std::string::npos, problem->hint);            // may be NULL
    BOOST_TEST(problem->hint.find("key = \"number\"") == std::string::npos, problem->hint); // unique in part only
}

BOOST_AUTO_TEST_CASE(says_to_make_a_key_where_no_columns_could_be_one) {
    const Problems problems = checked(HandTable("contacts").text("email").date("created_at"));

    BOOST_TEST(find_problem(problems, Severity::error, {"has no primary key", "give the table a primary key"}),
               text_of(problems));
}

BOOST_AUTO_TEST_CASE(a_configured_key_must_be_unique) {
    struct Row {
        const char* name;
        HandTable table;
        bool good;
    };
    const std::vector<Row> rows = {
        {"unique index", contacts().not_null().unique({"number"}), true},
        {"no index", contacts(), false},
        {"index that is not unique", contacts().index({"number"}), false},
        {"unique in part", contacts().unique({"number"}, true), false},
        {"unique only together with another", contacts().unique({"number", "email"}), false},
    };
    for (Row row : rows) BOOST_TEST_CONTEXT(row.name) {
            for (Column& column : row.table.table.columns) column.nullable = false;

            const Problems problems = check_tables(
                *HandRule(hand_catalogue({row.table}), "contacts").key({"number"}).trigger("created_at").plan());

            BOOST_TEST((find_problem(problems, Severity::error, {"is not unique"}) == nullptr) == row.good,
                       text_of(problems));
        }
}

BOOST_AUTO_TEST_CASE(a_configured_key_that_may_be_null_is_an_error) {
    const auto catalogue = hand_catalogue({contacts().unique({"number"})});

    const Problems problems =
        check_tables(*HandRule(catalogue, "contacts").key({"number"}).trigger("created_at").plan());

    BOOST_TEST(find_problem(problems, Severity::error, {"'contacts.number' may be NULL"}), text_of(problems));
}

BOOST_AUTO_TEST_CASE(a_primary_key_that_may_be_null_is_a_warning_but_for_the_rowid) {
    struct Row {
        const char* name;
        HandTable table;
        std::size_t warnings;
    };
    HandTable without_rowid = HandTable("contacts").text("code").date("created_at").nullable_key({"code"});
    without_rowid.table.without_rowid = true;
    const std::vector<Row> rows = {
        {"text", HandTable("contacts").text("code").date("created_at").nullable_key({"code"}), 1},
        {"INT is not INTEGER",
         HandTable("contacts").column("id", TypeFamily::integer, "INT").date("created_at").nullable_key({"id"}), 1},
        {"INTEGER is the rowid", HandTable("contacts").integer("id").date("created_at").nullable_key({"id"}), 0},
        {"composite", HandTable("contacts").integer("a").integer("b").date("created_at").nullable_key({"a", "b"}), 1},
        {"NOT NULL", HandTable("contacts").text("code").date("created_at").key({"code"}), 0},
        {"WITHOUT ROWID", without_rowid, 0},
    };
    for (const Row& row : rows) BOOST_TEST_CONTEXT(row.name) {
            const Problems problems = checked(row.table);

            BOOST_TEST(count(problems, Severity::warning) == row.warnings, text_of(problems));
            BOOST_TEST(count(problems, Severity::error) == 0U, text_of(problems));
        }
}

BOOST_AUTO_TEST_CASE(refuses_to_anonymise_records_of_the_category_as_rows_of_another) {
    const HandTable people =
        HandTable("people").integer("id").integer("mentor").text("email").date("created_at").key({"id"});
    const auto checked_with = [&](Action action) {
        return check_tables(*HandRule(hand_catalogue({people}), "people")
                                 .trigger("created_at")
                                 .related("people", {"mentor"}, action)
                                 .plan());
    };

    const Problems problems = checked_with(Action::anonymise);
    const Problems detached = checked_with(Action::detach); // the twin

    BOOST_TEST(find_problem(problems, Severity::error, {"records of the category itself", "detach the link"}),
               text_of(problems));
    BOOST_TEST(detached.empty(), text_of(detached));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace retention
