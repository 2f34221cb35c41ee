#include "connectors/check.hpp"
#include "tests/support/hand_catalogue.hpp"

#include <boost/test/unit_test.hpp>

namespace retention {
namespace {

constexpr auto before = TriggerTiming::before;
constexpr auto after = TriggerTiming::after;

HandTable contacts() {
    return HandTable("contacts")
        .integer("id")
        .text("email")
        .text("phone")
        .date("updated_at")
        .date("done_on")
        .key({"id"});
}
HandTable notes() {
    return HandTable("notes").integer("id").integer("contact_id").text("body").key({"id"}).index({"contact_id"});
}

// A rule that masks contacts.email and marks contacts.done_on.
HandRule anonymising(const HandTable& table) {
    return HandRule(hand_catalogue({table, notes()}), "contacts")
        .trigger("updated_at")
        .mask("email", "redact")
        .marker("done_on");
}
HandRule deleting(const HandTable& table) {
    return HandRule(hand_catalogue({table, notes()}), "contacts").trigger("updated_at").erase();
}
HandRule with_notes(const HandTable& table, Action action) {
    return HandRule(hand_catalogue({contacts(), table}), "contacts")
        .trigger("updated_at")
        .related("notes", {"contact_id"}, action);
}

} // namespace

BOOST_AUTO_TEST_SUITE(check_triggers_suite)

BOOST_AUTO_TEST_CASE(a_soft_delete_trigger_is_refused_even_where_it_is_accepted) {
    HandTable soft = contacts().trigger("soft", before, TriggerEvent::erase).ignores_row();

    const Problems problems = check_database_triggers(*deleting(soft).accepts({"soft"}).plan());

    BOOST_TEST(find_problem(problems, Severity::error, {"'soft'", "soft delete", "the row would stay"}),
               text_of(problems));
    BOOST_TEST(check_database_triggers(*anonymising(soft).plan()).empty()); // nothing is deleted
}

BOOST_AUTO_TEST_CASE(a_trigger_that_passes_over_an_update_is_refused) {
    HandTable soft = contacts().trigger("soft", before, TriggerEvent::update).ignores_row();

    const Problems problems = check_database_triggers(*anonymising(soft).plan());

    BOOST_TEST(find_problem(problems, Severity::error, {"passes over the change"}), text_of(problems));
    BOOST_TEST(check_database_triggers(*deleting(soft).plan()).empty());
}

BOOST_AUTO_TEST_CASE(an_after_trigger_is_an_error_until_it_is_accepted_by_name) {
    HandTable table =
        contacts().trigger("history", after, TriggerEvent::erase).trigger("Copy", after, TriggerEvent::erase);

    const Problems none = check_database_triggers(*deleting(table).plan());
    const Problems one = check_database_triggers(*deleting(table).accepts({"copy"}).plan());
    const Problems both = check_database_triggers(*deleting(table).accepts({"COPY", "history"}).plan());

    BOOST_TEST(count(none, Severity::error) == 2U, text_of(none));
    BOOST_TEST(find_problem(none, Severity::error,
                            {"'history'", "copy personal data elsewhere", "triggers = [\"history\", \"Copy\"]"}),
               text_of(none));
    BOOST_TEST(count(one, Severity::error) == 1U, text_of(one));
    BOOST_TEST(find_problem(one, Severity::error, {"triggers = [\"copy\", \"history\"]"}), text_of(one));
    BOOST_TEST(both.empty(), text_of(both));
}

BOOST_AUTO_TEST_CASE(a_before_trigger_is_listed) {
    HandTable table = contacts().trigger("guard", before, TriggerEvent::erase);

    const Problems problems = check_database_triggers(*deleting(table).plan());

    BOOST_TEST(find_problem(problems, Severity::warning, {"BEFORE DELETE trigger 'guard' on 'contacts'"}),
               text_of(problems));
    BOOST_TEST(count(problems, Severity::error) == 0U, text_of(problems));
}

BOOST_AUTO_TEST_CASE(only_triggers_that_fire_are_judged) {
    struct Row {
        const char* name;
        TriggerEvent event;
        ColumnNames of;
        bool fires_on_mask, fires_on_delete;
    };
    for (const Row& row :
         std::vector<Row>{{"insert", TriggerEvent::insert, {}, false, false},
                          {"delete", TriggerEvent::erase, {}, false, true},
                          {"update of anything", TriggerEvent::update, {}, true, false},
                          {"update of the masked column", TriggerEvent::update, {"phone", "Email"}, true, false},
                          {"update of the marker", TriggerEvent::update, {"done_on"}, true, false},
                          {"update of another column", TriggerEvent::update, {"phone"}, false, false}})
        BOOST_TEST_CONTEXT(row.name) {
            HandTable table = contacts().trigger("t", after, row.event, "", row.of);

            BOOST_TEST(check_database_triggers(*anonymising(table).plan()).size() == (row.fires_on_mask ? 1U : 0U));
            BOOST_TEST(check_database_triggers(*deleting(table).plan()).size() == (row.fires_on_delete ? 1U : 0U));
        }
}

BOOST_AUTO_TEST_CASE(triggers_on_related_rows_count_at_the_place_of_their_entry) {
    HandTable on_delete = notes().trigger("t", after, TriggerEvent::erase);
    HandTable on_link = notes().trigger("t", after, TriggerEvent::update, "", {"contact_id"});
    struct Row {
        const HandTable& table;
        Action action;
        bool fires;
    };
    for (const Row& row : std::vector<Row>{{on_delete, Action::erase, true},
                                           {on_delete, Action::keep, false},
                                           {on_delete, Action::detach, false},
                                           {on_link, Action::detach, true},
                                           {on_link, Action::erase, false}}) {
        const HandRule rule = with_notes(row.table, row.action);

        const Problems problems = check_database_triggers(*rule.plan());

        BOOST_TEST(problems.size() == (row.fires ? 1U : 0U), text_of(problems));
        if (row.fires) BOOST_TEST(problems.front().place.line == rule.line());
    }
}

BOOST_AUTO_TEST_CASE(a_name_that_is_on_no_changed_table_is_refused) {
    HandTable table = contacts().trigger("history", after, TriggerEvent::erase);

    const Problems problems = check_database_triggers(*deleting(table).accepts({"history", "histroy"}).plan());

    BOOST_TEST(find_problem(problems, Severity::error, {"`triggers` names 'histroy'", "they have: history"}),
               text_of(problems));
    BOOST_TEST(problems.size() == 1U, text_of(problems));
}

BOOST_AUTO_TEST_CASE(a_trigger_that_moves_the_date_is_refused_even_where_it_is_accepted) {
    struct Row {
        const char* name;
        TriggerTiming timing;
        const char* text;
        bool good;
    };
    const char* moves = "BEGIN UPDATE contacts SET updated_at = '2026-01-01' WHERE id = NEW.id; END";
    const char* copies = "BEGIN INSERT INTO notes (contact_id, body) VALUES (NEW.id, NEW.updated_at); END";
    for (const Row& row : std::vector<Row>{{"before", before, moves, false},
                                           {"after", after, moves, false},
                                           {"new row", before, "BEGIN NEW.updated_at := 1; END", false},
                                           {"only reads it", after, copies, true}})
        BOOST_TEST_CONTEXT(row.name) {
            HandTable table = contacts().trigger("touch", row.timing, TriggerEvent::update, row.text);

            const Problems problems = check_database_triggers(*anonymising(table).accepts({"touch"}).plan());

            BOOST_TEST((find_problem(problems, Severity::error, {"'touch'", "moves 'contacts.updated_at'"}) ==
                        nullptr) == row.good,
                       text_of(problems));
        }
}

BOOST_AUTO_TEST_CASE(a_trigger_that_moves_a_linked_date_is_refused) {
    HandTable calls = HandTable("calls").integer("id").integer("contact_id").date("started_at").key({"id"});
    HandTable moves =
        contacts().trigger("t", after, TriggerEvent::update, "BEGIN INSERT INTO calls VALUES (1, NEW.id, 2); END");
    HandTable leaves =
        contacts().trigger("t", after, TriggerEvent::update, "BEGIN INSERT INTO notes VALUES (1, NEW.id, 2); END");
    const auto checked = [&](const HandTable& table) {
        return check_database_triggers(*HandRule(hand_catalogue({table, calls, notes()}), "contacts")
                                            .linked("calls", {"contact_id"}, "started_at")
                                            .mask("email", "redact")
                                            .accepts({"t"})
                                            .plan());
    };

    BOOST_TEST(find_problem(checked(moves), Severity::error, {"moves 'calls.started_at'"}));
    BOOST_TEST(checked(leaves).empty());
}

BOOST_AUTO_TEST_CASE(a_before_trigger_that_changes_rows_is_an_error_until_it_is_accepted) {
    const std::string header = "CREATE TRIGGER t BEFORE DELETE ON contacts BEGIN ";
    const HandTable takes =
        contacts().trigger("t", TriggerTiming::before, TriggerEvent::erase, header + "DELETE FROM other; END");
    const HandTable looks =
        contacts().trigger("t", TriggerTiming::before, TriggerEvent::erase, header + "SELECT 1; END");

    BOOST_TEST(count(check_database_triggers(*deleting(takes).plan()), Severity::error) == 1U);
    BOOST_TEST(count(check_database_triggers(*deleting(takes).accepts({"t"}).plan()), Severity::error) == 0U);
    BOOST_TEST(count(check_database_triggers(*deleting(looks).plan()), Severity::error) == 0U); // it is listed
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace retention
