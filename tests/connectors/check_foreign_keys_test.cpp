#include "connectors/check.hpp"
#include "tests/support/hand_catalogue.hpp"

#include <boost/test/unit_test.hpp>

namespace retention {
namespace {

HandTable contacts() {
    return HandTable("contacts").integer("id").integer("realm").integer("referrer").date("created_at").key({"id"});
}
HandTable notes(OnDelete on_delete = OnDelete::no_action) {
    return HandTable("notes")
        .integer("id")
        .integer("contact_id")
        .key({"id"})
        .foreign_key({"contact_id"}, "contacts", {"id"}, on_delete);
}
HandTable files() {
    return HandTable("files").integer("id").integer("note_id").not_null().key({"id"}).foreign_key({"note_id"}, "notes");
}
HandRule rule_on(const std::vector<HandTable>& tables) {
    return HandRule(hand_catalogue(tables), "contacts").trigger("created_at");
}
HandRule deleting(const std::vector<HandTable>& tables) {
    return rule_on(tables).erase();
}

bool refused(const Problems& problems, const std::string& part) {
    return find_problem(problems, Severity::error, {part}) != nullptr;
}

} // namespace

BOOST_AUTO_TEST_SUITE(check_foreign_keys_suite)

BOOST_AUTO_TEST_CASE(every_key_that_points_at_a_deleted_record_must_be_answered) {
    const std::vector<HandTable> tables = {contacts(), notes()};

    const Problems silent = check_foreign_keys(*deleting(tables).plan());
    const Problems erased =
        check_foreign_keys(*deleting(tables).related("notes", {"contact_id"}, Action::erase).plan());
    const Problems detached =
        check_foreign_keys(*deleting(tables).related("notes", {"contact_id"}, Action::detach).plan());
    const Problems masked = check_foreign_keys(*rule_on(tables).plan());

    BOOST_TEST(refused(silent, "'notes.contact_id' points at 'contacts' and is not answered: the delete would fail"),
               text_of(silent));
    BOOST_TEST(erased.empty(), text_of(erased));
    BOOST_TEST(detached.empty(), text_of(detached));
    BOOST_TEST(masked.empty(), text_of(masked)); // nothing is deleted
}

BOOST_AUTO_TEST_CASE(an_undeclared_cascade_is_refused_in_its_own_words) {
    struct Row {
        OnDelete on_delete;
        const char* words;
    };
    for (const Row& row :
         std::vector<Row>{{OnDelete::cascade, "the database would cascade into 'notes', which the rule does not name"},
                          {OnDelete::set_null, "the database would set 'notes.contact_id' to NULL"},
                          {OnDelete::set_default, "the database would set 'notes.contact_id' to its default"},
                          {OnDelete::no_action, "the delete would fail while such rows are there"},
                          {OnDelete::restrict, "the delete would fail while such rows are there"}}) {
        const std::vector<HandTable> tables = {contacts(), notes(row.on_delete)};

        const Problems silent = check_foreign_keys(*deleting(tables).plan());
        const Problems answered =
            check_foreign_keys(*deleting(tables).related("notes", {"contact_id"}, Action::erase).plan());

        BOOST_TEST(refused(silent, row.words), text_of(silent));
        BOOST_TEST(answered.empty(), text_of(answered));
    }
}

BOOST_AUTO_TEST_CASE(prints_the_entry_to_paste) {
    struct Row {
        const char* name;
        HandTable from;
        std::string entry;
    };
    const std::string head = "[[categories.contacts.related]]\n";
    HandTable odd =
        HandTable("order \"items\"").integer("id").integer("realm").not_null().integer("who").not_null().key({"id"});
    odd.foreign_key({"realm", "who"}, "contacts", {"realm", "id"});
    HandTable self = contacts().foreign_key({"referrer"}, "contacts");
    for (const Row& row : std::vector<Row>{
             {"plain", notes(), "table  = \"notes\"\non     = \"contact_id\"\naction = \"delete\"  # or \"detach\""},
             {"set null", notes(OnDelete::set_null),
              "table  = \"notes\"\non     = \"contact_id\"\naction = \"detach\"  # or \"delete\""},
             {"composite, odd name", odd,
              "table  = \"order \\\"items\\\"\"\non     = [\"realm\", \"who\"]\nvia    = [\"realm\", \"id\"]\naction = "
              "\"delete\""}})
        BOOST_TEST_CONTEXT(row.name) {
            const Problems problems = check_foreign_keys(*deleting({contacts(), row.from}).plan());

            BOOST_REQUIRE(problems.size() == 1U);
            BOOST_TEST(problems.front().hint == "say what becomes of those rows:\n" + head + row.entry);
        }
    const Problems problems = check_foreign_keys(
        *HandRule(hand_catalogue({self}), "contacts").category("old people").trigger("created_at").erase().plan());
    BOOST_REQUIRE(problems.size() == 1U);
    BOOST_TEST(problems.front().hint ==
               "say what becomes of those rows:\n[[categories.\"old people\".related]]\ntable  = \"contacts\"\n"
               "on     = \"referrer\"\naction = \"detach\"  # or \"delete\"");
}

BOOST_AUTO_TEST_CASE(keys_are_answered_at_any_depth_and_for_anonymise_categories_as_well) {
    const std::vector<HandTable> tables = {contacts(), notes(), files()};

    const HandRule open = rule_on(tables).related("notes", {"contact_id"}, Action::erase);
    const Problems silent = check_foreign_keys(*open.plan());
    const Problems answered = check_foreign_keys(*rule_on(tables)
                                                      .related("notes", {"contact_id"}, Action::erase)
                                                      .related("files", {"note_id"}, Action::erase)
                                                      .of("notes")
                                                      .plan());
    const Problems elsewhere = check_foreign_keys(*rule_on(tables)
                                                       .related("notes", {"contact_id"}, Action::erase)
                                                       .related("files", {"note_id"}, Action::erase)
                                                       .plan());

    const Problem* problem = find_problem(
        silent, Severity::error, {"'files.note_id' points at 'notes' and is not answered", "of     = \"notes\""});
    BOOST_REQUIRE_MESSAGE(problem, text_of(silent));
    BOOST_TEST(problem->place.line == open.line());
    BOOST_TEST(answered.empty(), text_of(answered));
    BOOST_TEST(refused(elsewhere, "is not answered"), text_of(elsewhere)); // belongs to the record, not to the notes
}

BOOST_AUTO_TEST_CASE(each_of_several_entries_that_delete_from_a_table_must_be_answered) {
    HandTable two = notes().integer("author_id");
    const auto rule = [&](const std::string& of) {
        return rule_on({contacts(), two, files()})
            .related("notes", {"contact_id"}, Action::erase)
            .named("about")
            .related("notes", {"author_id"}, Action::erase)
            .named("by")
            .related("files", {"note_id"}, Action::erase)
            .of(of);
    };

    const Problems about = check_foreign_keys(*rule("about").plan());
    const Problems both = check_foreign_keys(*rule("notes").plan());

    BOOST_TEST(find_problem(about, Severity::error, {"'files.note_id'", "of     = \"by\""}), text_of(about));
    BOOST_TEST(count(about, Severity::error) == 1U, text_of(about));
    BOOST_TEST(count(both, Severity::error) == 0U, text_of(both));
}

BOOST_AUTO_TEST_CASE(the_last_entry_for_a_key_has_no_condition) {
    const std::vector<HandTable> tables = {contacts(), notes()};
    const auto entry = [&] { return deleting(tables).related("notes", {"contact_id"}, Action::erase); };

    const Problems where = check_foreign_keys(*entry().where("kind = 'x'").plan());
    const Problems sql = check_foreign_keys(*entry().sql("notes.realm = contacts.realm").plan());
    const Problems first =
        check_foreign_keys(*entry().where("kind = 'x'").related("notes", {"contact_id"}, Action::detach).plan());
    const Problems last =
        check_foreign_keys(*entry().related("notes", {"contact_id"}, Action::detach).where("kind = 'x'").plan());

    BOOST_TEST(refused(where, "the last entry for it has a condition"), text_of(where));
    BOOST_TEST(refused(sql, "the last entry for it has a condition"), text_of(sql));
    BOOST_TEST(first.empty(), text_of(first));
    BOOST_TEST(refused(last, "the last entry for it has a condition"), text_of(last));
}

BOOST_AUTO_TEST_CASE(keep_cannot_answer_a_key_of_a_table_that_is_deleted_from) {
    const Problems declared =
        check_foreign_keys(*deleting({contacts(), notes()}).related("notes", {"contact_id"}, Action::keep).plan());
    HandTable loose = notes();
    loose.table.foreign_keys.clear();
    const Problems undeclared =
        check_foreign_keys(*deleting({contacts(), loose}).related("notes", {"contact_id"}, Action::keep).plan());
    const Problems first = check_foreign_keys(*deleting({contacts(), notes()})
                                                   .related("notes", {"contact_id"}, Action::keep)
                                                   .where("kind = 'x'")
                                                   .related("notes", {"contact_id"}, Action::erase)
                                                   .plan());

    BOOST_TEST(
        find_problem(declared, Severity::error,
                     {"would leave rows that point at a deleted one", "detach", "[[categories.contacts.unless]]"}),
        text_of(declared));
    BOOST_TEST(undeclared.empty(), text_of(undeclared));
    BOOST_TEST(refused(first, "would leave rows that point at a deleted one"), text_of(first));
}

BOOST_AUTO_TEST_CASE(anonymise_answers_only_a_key_that_the_database_sets_to_null) {
    for (const OnDelete on_delete :
         {OnDelete::no_action, OnDelete::restrict, OnDelete::cascade, OnDelete::set_default, OnDelete::set_null}) {
        const Problems problems = check_foreign_keys(
            *deleting({contacts(), notes(on_delete)}).related("notes", {"contact_id"}, Action::anonymise).plan());

        BOOST_TEST(refused(problems, "would leave rows that point at a deleted one") ==
                       (on_delete != OnDelete::set_null),
                   text_of(problems));
    }
}

BOOST_AUTO_TEST_CASE(an_exemption_without_a_condition_answers_for_the_record) {
    const auto exempting = [] { return deleting({contacts(), notes()}).unless("has notes", "notes", {"contact_id"}); };

    const Problems whole = check_foreign_keys(*exempting().plan());
    const Problems some = check_foreign_keys(*exempting().where("kind = 'x'").plan());

    BOOST_TEST(whole.empty(), text_of(whole));
    BOOST_TEST(refused(some, "is not answered"), text_of(some));
}

BOOST_AUTO_TEST_CASE(a_composite_key_is_answered_by_the_same_pairs_in_any_order) {
    HandTable wide = HandTable("contacts").integer("realm").integer("id").date("created_at").key({"realm", "id"});
    HandTable lines =
        HandTable("lines").integer("r").integer("c").key({"r"}).foreign_key({"r", "c"}, "contacts", {"realm", "id"});
    const auto checked = [&](const ColumnNames& on, const ColumnNames& via) {
        return check_foreign_keys(*deleting({wide, lines}).related("lines", on, Action::erase).via(via).plan());
    };

    BOOST_TEST(checked({"r", "c"}, {}).empty());
    BOOST_TEST(checked({"c", "r"}, {"id", "realm"}).empty());
    BOOST_TEST(refused(checked({"c", "r"}, {"realm", "id"}), "is not answered")); // crossed
    BOOST_TEST(refused(checked({"r"}, {"realm"}), "is not answered"));
}

BOOST_AUTO_TEST_CASE(a_longer_way_does_not_answer) {
    const Problems problems = check_foreign_keys(
        *deleting({contacts(), notes()}).related("notes", {"id"}, Action::erase).through("contacts", {"id"}).plan());

    BOOST_TEST(refused(problems, "is not answered"), text_of(problems));
}

BOOST_AUTO_TEST_CASE(a_self_reference_is_answered_like_any_other_and_ends) {
    HandTable self = contacts().foreign_key({"referrer"}, "contacts");
    const auto rule = [&] { return deleting({self}); };

    const Problems silent = check_foreign_keys(*rule().plan());
    const Problems detached = check_foreign_keys(*rule().related("contacts", {"referrer"}, Action::detach).plan());
    const Problems erased =
        check_foreign_keys(*rule().related("contacts", {"referrer"}, Action::erase).named("referred").plan());
    const Problems both = check_foreign_keys(*rule()
                                                  .related("contacts", {"referrer"}, Action::erase)
                                                  .named("referred")
                                                  .related("contacts", {"referrer"}, Action::detach)
                                                  .of("referred")
                                                  .plan());

    BOOST_TEST(refused(silent, "'contacts.referrer' points at 'contacts' and is not answered"), text_of(silent));
    BOOST_TEST(detached.empty(), text_of(detached));
    BOOST_TEST(find_problem(erased, Severity::error, {"is not answered", "of     = \"referred\""}), text_of(erased));
    BOOST_TEST(count(both, Severity::error) == 0U, text_of(both));
}

BOOST_AUTO_TEST_CASE(detach_needs_columns_that_can_be_null) {
    struct Row {
        const char* name;
        HandTable table;
        const char* why; // empty: good
    };
    for (const Row& row : std::vector<Row>{
             {"nullable", HandTable("tags").integer("id").integer("contact_id").key({"id"}), ""},
             {"NOT NULL", HandTable("tags").integer("id").integer("contact_id").not_null().key({"id"}), "NOT NULL"},
             {"generated", HandTable("tags").integer("id").integer("contact_id").generated().key({"id"}), "generated"},
             {"key", HandTable("tags").integer("contact_id").integer("tag").nullable_key({"contact_id", "tag"}),
              "part of the primary key"}})
        BOOST_TEST_CONTEXT(row.name) {
            const HandRule rule = rule_on({contacts(), row.table}).related("tags", {"contact_id"}, Action::detach);

            const Problems problems = check_foreign_keys(*rule.plan());

            BOOST_TEST(problems.size() == (*row.why ? 1U : 0U), text_of(problems));
            if (*row.why)
                BOOST_TEST(refused(problems, std::string("to NULL, but it is ") + row.why), text_of(problems));
            if (*row.why) BOOST_TEST(problems.front().place.line == rule.line());
        }
}

BOOST_AUTO_TEST_CASE(rows_that_two_entries_reach_differently_are_a_warning) {
    HandTable two = notes().integer("author_id");
    two.table.foreign_keys.clear();
    const auto rule = [&](Action first, Action second, const char* column) {
        return check_foreign_keys(*rule_on({contacts(), two})
                                       .related("notes", {"contact_id"}, first)
                                       .related("notes", {column}, second)
                                       .plan());
    };

    BOOST_TEST(find_problem(rule(Action::erase, Action::keep, "author_id"), Severity::warning,
                            {"the one that keeps more wins (keep)"}));
    BOOST_TEST(find_problem(rule(Action::detach, Action::erase, "author_id"), Severity::warning, {"(detach)"}));
    BOOST_TEST(find_problem(rule(Action::detach, Action::erase, "author_id"), Severity::warning, {"one worker"}));
    BOOST_TEST(rule(Action::erase, Action::erase, "author_id").empty()); // of one mind
    BOOST_TEST(rule(Action::erase, Action::keep, "contact_id").empty()); // one link, tried in order
    BOOST_TEST(rule(Action::keep, Action::detach, "author_id").empty()); // nothing is deleted
}

BOOST_AUTO_TEST_CASE(a_record_that_a_kept_row_holds_by_a_foreign_key_is_warned_of) {
    const auto rule = [&](Action by_contact, Action by_author) {
        HandRule made = rule_on({contacts(), notes().integer("author_id")});
        return check_foreign_keys(*made.erase()
                                       .related("notes", {"contact_id"}, by_contact)
                                       .related("notes", {"author_id"}, by_author)
                                       .plan());
    };

    BOOST_TEST(find_problem(rule(Action::erase, Action::detach), Severity::warning,
                            {"while 'notes.contact_id' of such a row points at what should go, that is passed over"}));
    BOOST_TEST(!find_problem(rule(Action::detach, Action::erase), Severity::warning, {"passed over"}));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace retention
