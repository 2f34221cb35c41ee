#include "connectors/check.hpp"
#include "connectors/check_index.hpp"
#include "tests/support/hand_catalogue.hpp"

#include <boost/test/unit_test.hpp>

namespace retention {
namespace {

using Kind = ServerFault::Kind;

HandTable contacts() {
    return HandTable("contacts").integer("id").text("email", 40).date("created_at").key({"id"});
}
HandTable notes() {
    return HandTable("notes").integer("id").integer("contact_id").text("body").date("at").key({"id"});
}
using Store = std::shared_ptr<const Catalogue>;

HandRule rule_on(const Store& store) {
    return HandRule(store, "contacts").erase().trigger("created_at");
}
HandRule rule_with_notes(const Store& store, Action action = Action::erase) {
    HandRule rule = rule_on(store).related("notes", {"contact_id"}, action);
    if (action == Action::anonymise) rule.mask("body", "redact");
    return rule;
}
// What is said of late evidence has a case of its own.
Problems checked(const HandRule& rule) {
    Problems problems = check_server(*rule.plan());
    std::erase_if(problems,
                  [](const Problem& problem) { return problem.what.find("no foreign key ties") != std::string::npos; });
    return problems;
}
bool refuses(const Problems& problems, const std::vector<std::string>& parts) {
    return find_problem(problems, Severity::error, parts) != nullptr;
}

} // namespace

BOOST_AUTO_TEST_SUITE(check_server_suite)

BOOST_AUTO_TEST_CASE(finds_nothing_where_there_is_nothing) {
    for (const Store& store :
         {hand_server({contacts(), notes()}), hand_catalogue({contacts(), notes()}),
          hand_server({contacts().engine("InnoDB", true), notes().engine("InnoDB", true)}, {}, "MariaDB 10.11.6")}) {
        const Problems problems = checked(rule_with_notes(store));

        BOOST_TEST(problems.empty(), text_of(problems));
    }
}

BOOST_AUTO_TEST_CASE(is_among_the_checks_of_a_plan) {
    const Store store = hand_server({contacts().hides_rows()});

    const Problems problems = check_plan(*rule_on(store).plan());

    BOOST_TEST(refuses(problems, {"row security"}), text_of(problems));
}

BOOST_AUTO_TEST_CASE(a_server_that_takes_no_writes_stops_the_category_with_its_hint) {
    const Store store =
        hand_server({contacts()}, {{Kind::read_only, "the server is a standby", "name the primary, db1:5432"}});

    Plan plan = *rule_on(store).plan();
    plan.weak_durability_accepted = true; // accepts another thing
    const Problems problems = check_server(plan);

    BOOST_TEST(refuses(problems, {"the server is a standby", "name the primary, db1:5432"}), text_of(problems));
}

BOOST_AUTO_TEST_CASE(an_unsafe_setting_stops_the_category) {
    const Store store = hand_server({contacts()}, {{Kind::unsafe, "foreign_key_checks is off", "switch it on"}});

    Plan plan = *rule_on(store).plan();
    plan.weak_durability_accepted = true;

    BOOST_TEST(refuses(check_server(plan), {"foreign_key_checks is off", "switch it on"}));
}

BOOST_AUTO_TEST_CASE(weak_durability_is_an_error_until_the_store_accepts_it_and_a_warning_then) {
    const Store store =
        hand_server({contacts()}, {{Kind::weak_durability, "fsync is off", "or `weak_durability = true`"}});
    Plan plan = *rule_on(store).plan();

    const Problems refused = check_server(plan);
    plan.weak_durability_accepted = true;
    const Problems accepted = check_server(plan);

    BOOST_TEST(refuses(refused, {"fsync is off", "weak_durability = true"}), text_of(refused));
    BOOST_TEST(count(accepted, Severity::error) == 0U, text_of(accepted));
    BOOST_TEST(find_problem(accepted, Severity::warning, {"fsync is off", "crash"}), text_of(accepted));
}

BOOST_AUTO_TEST_CASE(row_security_on_the_record_s_table_is_refused) {
    const Problems problems = checked(rule_on(hand_server({contacts().hides_rows()})));

    BOOST_TEST(refuses(problems, {"row security hides rows of 'contacts'", "BYPASSRLS"}), text_of(problems));
    BOOST_TEST(problems.size() == 1U);
}

BOOST_AUTO_TEST_CASE(row_security_is_refused_wherever_the_rule_reads) {
    struct Row {
        const char* name;
        HandRule rule;
    };
    const Store store = hand_server({contacts(), notes().hides_rows()});
    const std::vector<Row> rows = {
        {"related", rule_with_notes(store)},
        {"kept rows", rule_with_notes(store, Action::keep)},
        {"linked trigger", rule_on(store).linked("notes", {"contact_id"}, "at")},
        {"exemption", rule_on(store).unless("has notes", "notes", {"contact_id"})},
        {"exemption in SQL",
         rule_on(store).unless_sql("has notes", "EXISTS (SELECT 1 FROM notes WHERE contact_id = id)")},
        {"trigger in SQL", rule_on(store).query("SELECT max(at) FROM notes WHERE contact_id = contacts.id")},
        {"condition in capitals", rule_on(store).where_record("ID IN (SELECT CONTACT_ID FROM NOTES)")},
        {"condition", rule_on(store).where_record("id IN (SELECT contact_id FROM notes)")},
    };
    for (const Row& row : rows) BOOST_TEST_CONTEXT(row.name) {
            const Problems problems = checked(row.rule);

            BOOST_TEST(refuses(problems, {"row security hides rows of 'notes'"}), text_of(problems));
            BOOST_TEST(problems.size() == 1U, text_of(problems));
        }
    const Problems unread = checked(rule_on(store)); // the twin
    BOOST_TEST(unread.empty(), text_of(unread));
}

BOOST_AUTO_TEST_CASE(row_security_behind_a_view_is_found) {
    const Store store = hand_server({contacts(), notes().hides_rows(),
                                     HandTable("seen").integer("contact_id").view("SELECT contact_id FROM notes")});

    const Problems problems = checked(rule_on(store).unless("seen", "seen", {"contact_id"}));

    BOOST_TEST(refuses(problems, {"row security hides rows of 'notes'"}), text_of(problems));
}

BOOST_AUTO_TEST_CASE(inheritance_children_are_named_and_refused_where_rows_change) {
    const Problems own = checked(rule_on(hand_server({contacts().children({"staff", "old.staff"})})));
    const HandRule related = rule_with_notes(hand_server({contacts(), notes().children({"memos"})}));
    const Problems of_related = checked(related);
    const Problems only_read =
        checked(rule_with_notes(hand_server({contacts(), notes().children({"memos"})}), Action::keep));

    BOOST_TEST(refuses(own, {"'contacts' has tables that inherit from it", "staff, old.staff"}), text_of(own));
    const Problem* found = find_problem(of_related, Severity::error, {"'notes'", "memos"});
    BOOST_REQUIRE(found);
    BOOST_TEST(found->place.line == related.line());
    BOOST_TEST(only_read.empty(), text_of(only_read));
}

BOOST_AUTO_TEST_CASE(a_partition_by_itself_is_refused_and_its_parent_named) {
    const Problems own = checked(rule_on(hand_server({contacts().partition_of("people")})));
    const Problems related = checked(rule_with_notes(hand_server({contacts(), notes().partition_of("all_notes")})));
    const Problems whole = checked(rule_on(hand_server({contacts().partitioned("range", {"created_at"})})));

    BOOST_TEST(refuses(own, {"'contacts' is a partition of 'people'", "name 'people'"}), text_of(own));
    BOOST_TEST(refuses(related, {"'notes' is a partition of 'all_notes'"}), text_of(related));
    BOOST_TEST(whole.empty(), text_of(whole));
}

BOOST_AUTO_TEST_CASE(related_rows_that_nothing_tells_apart_are_refused_on_a_server) {
    struct Row {
        const char* name;
        HandTable table;
        bool refused;
    };
    const auto plain = [] { return HandTable("notes").integer("contact_id").not_null().integer("no").text("body"); };
    const std::vector<Row> rows = {
        {"no key", plain(), true},
        {"index that is not unique", plain().index({"contact_id"}), true},
        {"unique but may be NULL", plain().unique({"no"}), true},
        {"unique in part", plain().unique({"contact_id"}, true), true},
        {"an expression", plain().unique({""}), true},
        {"unique and NOT NULL", plain().unique({"contact_id"}), false},
        {"primary key", plain().key({"no"}), false},
    };
    for (const Row& row : rows)
        for (const Action action : {Action::erase, Action::anonymise, Action::detach, Action::keep})
            BOOST_TEST_CONTEXT(row.name << ", action " << static_cast<int>(action)) {
                const Problems server = checked(rule_with_notes(hand_server({contacts(), row.table}), action));
                const Problems file = checked(rule_with_notes(hand_catalogue({contacts(), row.table}), action));

                BOOST_TEST(refuses(server, {"'notes' has no primary key"}) == (row.refused && action != Action::keep),
                           text_of(server));
                BOOST_TEST(file.empty(), text_of(file)); // SQLite has its rowid
            }
}

BOOST_AUTO_TEST_CASE(an_engine_without_transactions_is_refused_with_the_statement_that_changes_it) {
    const auto store = [](const HandTable& notes_table) {
        return hand_server({contacts().engine("InnoDB", true), notes_table}, {}, "MariaDB 10.11.6");
    };

    const Problems related = checked(rule_with_notes(store(notes().engine("MyISAM", false))));
    const Problems kept = checked(rule_with_notes(store(notes().engine("MyISAM", false)), Action::keep));
    const Problems own = checked(rule_on(hand_server({contacts().engine("Aria", false)}, {}, "MariaDB 10.11.6")));

    BOOST_TEST(refuses(related, {"'notes' is kept by MyISAM", "ALTER TABLE notes ENGINE=InnoDB;"}), text_of(related));
    BOOST_TEST(refuses(own, {"'contacts' is kept by Aria"}), text_of(own));
    BOOST_TEST(kept.empty(), text_of(kept));
}

BOOST_AUTO_TEST_CASE(warns_of_a_large_table_whose_only_trigger_has_no_index) {
    struct Row {
        const char* name;
        HandTable table;
        bool warned;
    };
    const auto large = [] { return contacts().rows(100'001); };
    const std::vector<Row> rows = {
        {"large", large(), true},
        {"not so large", contacts().rows(100'000), false},
        {"of unknown size", contacts(), false},
        {"with the index", large().index({"created_at", "id"}), false},
        {"with the date behind", large().index({"id", "created_at"}), true},
        {"with an index in part", large().unique({"created_at"}, true), true},
    };
    for (const Row& row : rows) BOOST_TEST_CONTEXT(row.name) {
            const HandRule rule = rule_on(hand_server({row.table}));
            const Problems problems = checked(rule);

            const Problem* found =
                find_problem(problems, Severity::warning, {"no index begins with 'contacts.created_at'"});
            BOOST_TEST((found != nullptr) == row.warned, text_of(problems));
            BOOST_TEST(count(problems, Severity::error) == 0U);
            if (found) BOOST_TEST(found->place.line == rule.line());
        }
}

BOOST_AUTO_TEST_CASE(evidence_that_no_foreign_key_ties_to_the_record_is_named) {
    const Store loose = hand_server({contacts(), notes()});
    const Store tied = hand_server({contacts(), notes().foreign_key({"contact_id"}, "contacts")});
    const auto rule = [](const Store& store) {
        return HandRule(store, "contacts").erase().trigger("created_at").unless("has notes", "notes", {"contact_id"});
    };

    BOOST_TEST(find_problem(check_server(*rule(loose).plan()), Severity::warning, {"no foreign key ties 'notes'"}));
    BOOST_TEST(!find_problem(check_server(*rule(tied).plan()), Severity::warning, {"no foreign key ties"}));
}

BOOST_AUTO_TEST_CASE(one_of_several_dates_needs_no_index) {
    const Store store = hand_server({contacts().date("seen_at").rows(1e6), notes()});

    const Problems several = checked(rule_on(store).trigger("seen_at"));
    const Problems fallback = checked(rule_on(store).fallback("seen_at"));
    const Problems linked = checked(HandRule(store, "contacts").erase().linked("notes", {"contact_id"}, "at"));

    BOOST_TEST(several.empty(), text_of(several));
    BOOST_TEST(fallback.empty(), text_of(fallback));
    BOOST_TEST(linked.empty(), text_of(linked));
}

BOOST_AUTO_TEST_CASE(the_index_to_make_is_spelled_for_the_engine) {
    struct Row {
        const char* server;
        HandTable table;
        std::string column, expected;
    };
    HandTable elsewhere("contacts");
    elsewhere.table.schema = "archive";
    const std::vector<Row> rows = {
        {"PostgreSQL 15.2", contacts(), "created_at",
         "CREATE INDEX CONCURRENTLY contacts_created_at ON contacts (created_at);"},
        {"PostgreSQL 15.2", contacts().partitioned("range", {"created_at"}), "created_at",
         "CREATE INDEX contacts_created_at ON contacts (created_at);"},
        {"PostgreSQL 15.2", HandTable("Contacts"), "Created",
         "CREATE INDEX CONCURRENTLY \"Contacts_Created\" ON \"Contacts\" (\"Created\");"},
        {"MariaDB 10.11.6", HandTable("Contacts"), "created at",
         "CREATE INDEX `Contacts_created at` ON Contacts (`created at`);"},
        {"MariaDB 10.11.6", HandTable("a`b"), "order", "CREATE INDEX `a``b_order` ON `a``b` (`order`);"},
    };
    for (const Row& row : rows) BOOST_TEST_CONTEXT(row.server) {
            const Store store = hand_server({row.table}, {}, row.server);

            BOOST_TEST(index_to_make(*store, store->tables.front(), {row.column}) == row.expected);
        }
    const Store two = hand_server({contacts(), elsewhere});
    BOOST_TEST(index_to_make(*two, two->tables.back(), {"id"}) ==
               "CREATE INDEX CONCURRENTLY contacts_id ON archive.contacts (id);");
}

BOOST_AUTO_TEST_CASE(a_foreign_table_is_refused_by_that_name) {
    const Store store = hand_server({contacts(), notes().virtual_table()});

    const Problems problems = check_tables(*rule_with_notes(store).plan());
    const Problems server = checked(rule_with_notes(store));
    const Problems parts =
        check_tables(*rule_on(hand_server({contacts().partitioned("range", {"created_at"}).virtual_table()})).plan());

    BOOST_TEST(refuses(problems, {"'notes' is a foreign table: its rows are kept somewhere else"}), text_of(problems));
    BOOST_TEST(server.empty(), text_of(server)); // said once
    BOOST_TEST(refuses(parts, {"'contacts' has a partition that is a foreign table"}), text_of(parts));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace retention
