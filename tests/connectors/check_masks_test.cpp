#include "connectors/check.hpp"
#include "tests/support/hand_catalogue.hpp"

#include <boost/test/unit_test.hpp>

namespace retention {
namespace {

HandTable contacts() {
    return HandTable("contacts").integer("id").text("email").date("created_at").date("done_on").key({"id"});
}
HandRule rule_on(const std::vector<HandTable>& tables) {
    return HandRule(hand_catalogue(tables), "contacts").trigger("created_at");
}

Column made(TypeFamily family, const std::string& type, std::size_t length = 0) {
    Column column;
    column.name = "it";
    column.family = family;
    column.type = type;
    if (length) column.length = length;
    return column;
}
// What is said of a mask on a column `it` of the record.
Problems masked(const Column& column, const std::string& strategy) {
    HandTable table = contacts();
    table.table.columns.push_back(column);
    return check_masks(*rule_on({table}).mask("it", strategy).marker("done_on").plan());
}
bool refused(const Problems& problems, const std::string& part) {
    return find_problem(problems, Severity::error, {part}) != nullptr;
}

} // namespace

BOOST_AUTO_TEST_SUITE(check_masks_suite)

BOOST_AUTO_TEST_CASE(a_mask_fits_the_type_of_its_column) {
    const std::vector<std::pair<std::string, TypeFamily>> types = {
        {"TEXT", TypeFamily::text},       {"BLOB", TypeFamily::binary}, {"INTEGER", TypeFamily::integer},
        {"REAL", TypeFamily::real},       {"DATE", TypeFamily::date},   {"DATETIME", TypeFamily::time_stamp},
        {"BOOLEAN", TypeFamily::boolean}, {"UUID", TypeFamily::uuid},   {"INET", TypeFamily::address},
        {"", TypeFamily::loose},          {"MONEY", TypeFamily::other}, {"TIMESTAMPTZ", TypeFamily::zoned_time_stamp}};
    const std::vector<std::pair<std::string, std::string>> fits = {{"redact", "TEXT BLOB "},
                                                                   {"random", "TEXT "},
                                                                   {"random email", "TEXT "},
                                                                   {"pseudonym", "TEXT "},
                                                                   {"keep 2", "TEXT "},
                                                                   {"ip", "TEXT BLOB INET "},
                                                                   {"year", "TEXT DATE DATETIME TIMESTAMPTZ "},
                                                                   {"month", "TEXT DATE DATETIME TIMESTAMPTZ "},
                                                                   {"day", "TEXT DATE DATETIME TIMESTAMPTZ "}};
    for (const auto& [strategy, good] : fits)
        for (const auto& [type, family] : types) BOOST_TEST_CONTEXT(strategy << " on " << type) {
                const bool dates = strategy == "year" || strategy == "month" || strategy == "day";
                const bool fine =
                    family == TypeFamily::loose ? !dates : (" " + good).find(" " + type + " ") != std::string::npos;

                const Problems problems = masked(made(family, type), strategy);

                BOOST_TEST(refused(problems, "does not fit 'contacts.it'") == !fine, text_of(problems));
            }
}

BOOST_AUTO_TEST_CASE(unix_time_is_not_generalised_and_the_hint_says_so) {
    const Problems problems = masked(made(TypeFamily::integer, "INTEGER"), "year");

    BOOST_TEST(find_problem(problems, Severity::error, {"\"year\" does not fit", "no unix time"}), text_of(problems));
}

BOOST_AUTO_TEST_CASE(null_needs_a_column_that_can_be_null) {
    Column filled = made(TypeFamily::text, "TEXT");
    filled.nullable = false;

    BOOST_TEST(refused(masked(filled, "null"), "is NOT NULL"));
    BOOST_TEST(masked(made(TypeFamily::text, "TEXT"), "null").empty());
    BOOST_TEST(masked(filled, "redact").empty());
}

BOOST_AUTO_TEST_CASE(a_fixed_value_reads_as_the_type_of_its_column) {
    struct Row {
        TypeFamily family;
        const char* value;
        bool good;
    };
    for (const Row& row : std::vector<Row>{{TypeFamily::integer, "-42", true},
                                           {TypeFamily::integer, "4.2", false},
                                           {TypeFamily::integer, "99999999999999999999", false},
                                           {TypeFamily::integer, "x", false},
                                           {TypeFamily::real, "4.2", true},
                                           {TypeFamily::real, "1e3", true},
                                           {TypeFamily::real, "4,2", false},
                                           {TypeFamily::boolean, "false", true},
                                           {TypeFamily::boolean, "1", true},
                                           {TypeFamily::boolean, "maybe", false},
                                           {TypeFamily::date, "2000-02-29", true},
                                           {TypeFamily::date, "2001-02-29", false},
                                           {TypeFamily::time_stamp, "2000-01-01 00:00:00", true},
                                           {TypeFamily::time_stamp, "noon", false},
                                           {TypeFamily::zoned_time_stamp, "2000-01-01T00:00:00+02:00", true},
                                           {TypeFamily::zoned_time_stamp, "noon", false},
                                           {TypeFamily::uuid, "00000000-0000-0000-0000-000000000000", true},
                                           {TypeFamily::uuid, "00000000000000000000000000000000", false},
                                           {TypeFamily::address, "192.0.2.1", true},
                                           {TypeFamily::address, "nowhere", false},
                                           {TypeFamily::text, "anything", true},
                                           {TypeFamily::loose, "anything", true}})
        BOOST_TEST_CONTEXT("fixed " << row.value) {
            const Problems problems = masked(made(row.family, "T"), std::string("fixed ") + row.value);

            BOOST_TEST(refused(problems, "does not read as") == !row.good, text_of(problems));
        }
}

BOOST_AUTO_TEST_CASE(what_a_mask_writes_fits_the_length_of_its_column) {
    struct Row {
        const char* strategy;
        std::size_t too_short, enough;
    };
    for (const Row& row : std::vector<Row>{{"random", 15, 16},
                                           {"pseudonym", 15, 16},
                                           {"random email", 34, 35}, // 16 and "@anonymised.invalid"
                                           {"fixed gône", 3, 4}})    // characters, not bytes
        BOOST_TEST_CONTEXT(row.strategy) {
            BOOST_TEST(
                refused(masked(made(TypeFamily::text, "VARCHAR", row.too_short), row.strategy), "characters, and"));
            BOOST_TEST(
                !refused(masked(made(TypeFamily::text, "VARCHAR", row.enough), row.strategy), "characters, and"));
            BOOST_TEST(!refused(masked(made(TypeFamily::text, "TEXT"), row.strategy), "characters, and"));
        }
    BOOST_TEST(refused(masked(made(TypeFamily::binary, "BINARY", 4), "fixed gône"), "needs 5 characters")); // bytes
}

BOOST_AUTO_TEST_CASE(a_constant_that_is_cut_is_a_warning) {
    const Problems cut = masked(made(TypeFamily::text, "VARCHAR(3)", 3), "redact");

    BOOST_TEST(find_problem(cut, Severity::warning, {"\"redact\" writes 'RED'"}), text_of(cut));
    BOOST_TEST(count(cut, Severity::error) == 0U, text_of(cut));
    BOOST_TEST(masked(made(TypeFamily::text, "VARCHAR(8)", 8), "redact").empty());
    BOOST_TEST(masked(made(TypeFamily::binary, "BINARY(3)", 3), "redact").empty()); // zero bytes of the same length
}

BOOST_AUTO_TEST_CASE(keeping_as_much_as_the_column_holds_is_a_warning) {
    BOOST_TEST(find_problem(masked(made(TypeFamily::text, "CHAR(2)", 2), "keep 2"), Severity::warning,
                            {"leaves every value as it is"}));
    BOOST_TEST(masked(made(TypeFamily::text, "CHAR(3)", 3), "keep 2").empty());
}

BOOST_AUTO_TEST_CASE(generated_columns_cannot_be_masked) {
    Column column = made(TypeFamily::text, "TEXT");
    column.generated = true;

    BOOST_TEST(refused(masked(column, "redact"), "is generated"));
}

BOOST_AUTO_TEST_CASE(constants_and_generalisations_collide_in_a_unique_index) {
    struct Row {
        const char* strategy;
        bool collides;
    };
    for (const Row& row : std::vector<Row>{{"redact", true},
                                           {"fixed x", true},
                                           {"year", true},
                                           {"month", true},
                                           {"day", true},
                                           {"ip", true},
                                           {"keep 3", true},
                                           {"null", false},
                                           {"random", false},
                                           {"random email", false},
                                           {"pseudonym", false}})
        BOOST_TEST_CONTEXT(row.strategy) {
            const auto said = [&](HandTable table) {
                return check_masks(
                    *rule_on({table.text("other")}).mask("email", row.strategy).marker("done_on").plan());
            };
            const Problems alone = said(contacts().unique({"email"}));
            const Problems pair = said(contacts().unique({"other", "email"}));
            const Problems part = said(contacts().unique({"email"}, true));

            BOOST_TEST(refused(alone, "would collide") == row.collides, text_of(alone));
            for (const Problems& problems : {pair, part}) {
                BOOST_TEST(!refused(problems, "would collide"), text_of(problems));
                BOOST_TEST((find_problem(problems, Severity::warning, {"would collide"}) != nullptr) == row.collides,
                           text_of(problems));
            }
            BOOST_TEST(!find_problem(said(contacts().index({"email"})), Severity::error, {"would collide"}));
        }
}

BOOST_AUTO_TEST_CASE(a_unique_index_of_which_every_column_becomes_a_constant_is_an_error) {
    HandTable table = contacts().text("name").unique({"name", "email"});

    BOOST_TEST(
        refused(check_masks(*rule_on({table}).mask("email", "redact").mask("name", "redact").plan()), "would collide"));
    BOOST_TEST(!refused(check_masks(*rule_on({table}).mask("email", "redact").mask("name", "random").plan()),
                        "would collide"));
}

BOOST_AUTO_TEST_CASE(the_categorys_own_key_cannot_be_masked) {
    HandTable table = HandTable("contacts")
                          .text("code")
                          .text("number")
                          .not_null()
                          .date("created_at")
                          .key({"code"})
                          .unique({"number"});

    for (const char* strategy : {"random", "redact"}) {
        BOOST_TEST(refused(check_masks(*rule_on({table}).mask("code", strategy).plan()),
                           "'contacts.code' is part of the category's key"));
        BOOST_TEST(refused(check_masks(*rule_on({table}).key({"number"}).mask("number", strategy).plan()),
                           "part of the category's key"));
    }
    BOOST_TEST(!refused(check_masks(*rule_on({table}).mask("number", "random").plan()), "key"));
}

BOOST_AUTO_TEST_CASE(key_columns_of_related_rows_take_random_or_pseudonym_only) {
    HandTable logins = HandTable("logins").text("name").integer("contact_id").key({"name"});
    const auto said = [&](const char* strategy) {
        return check_masks(*rule_on({contacts(), logins})
                                .marker("done_on")
                                .related("logins", {"contact_id"}, Action::anonymise)
                                .mask("name", strategy)
                                .plan());
    };

    for (const char* strategy : {"redact", "keep 1", "random email", "fixed x"})
        BOOST_TEST(refused(said(strategy), "part of the key of 'logins'"));
    for (const char* strategy : {"random", "pseudonym"})
        BOOST_TEST(count(said(strategy), Severity::error) == 0U, text_of(said(strategy)));
}

BOOST_AUTO_TEST_CASE(columns_of_links_and_dates_cannot_be_masked) {
    HandTable table = contacts().text("code").date("seen_on").integer("months").text("free");
    HandTable calls = HandTable("calls").integer("id").text("contact").date("started_at").text("note").key({"id"});
    const auto base = [&] {
        return rule_on({table, calls})
            .linked("calls", {"contact"}, "started_at")
            .via({"code"})
            .fallback("seen_on")
            .stored_period("months");
    };

    struct Row {
        const char *column, *strategy;
        bool good;
    };
    for (const Row& row : std::vector<Row>{{"created_at", "year", false},
                                           {"code", "random", false},
                                           {"seen_on", "year", false},
                                           {"months", "null", false},
                                           {"free", "null", true}})
        BOOST_TEST_CONTEXT(row.column) {
            const HandRule rule = base().mask(row.column, row.strategy);

            const Problems problems = check_masks(*rule.plan());

            BOOST_TEST(refused(problems, "is read by this rule for") == !row.good, text_of(problems));
            if (!row.good) BOOST_TEST(problems.front().place.line == rule.line());
        }
    for (const Row& row :
         std::vector<Row>{{"started_at", "year", false}, {"contact", "null", false}, {"note", "redact", true}})
        BOOST_TEST_CONTEXT(row.column) {
            const Problems problems = check_masks(*base()
                                                       .related("calls", {"contact"}, Action::anonymise)
                                                       .via({"code"})
                                                       .mask(row.column, row.strategy)
                                                       .plan());

            BOOST_TEST(refused(problems, "is read by this rule for") == !row.good, text_of(problems));
        }
}

BOOST_AUTO_TEST_CASE(foreign_keys_and_what_they_point_at_cannot_be_masked) {
    HandTable table =
        contacts().text("code").text("country").text("free").foreign_key({"country"}, "countries", {"code"});
    HandTable countries = HandTable("countries").text("code").key({"code"});
    HandTable cards =
        HandTable("cards").integer("id").text("holder").key({"id"}).foreign_key({"holder"}, "contacts", {"code"});
    const auto said = [&](const char* column, const char* strategy) {
        return check_masks(*rule_on({table, countries, cards}).mask(column, strategy).plan());
    };

    BOOST_TEST(refused(said("code", "random"), "'cards.holder' points at 'contacts.code'"));
    BOOST_TEST(refused(said("code", "null"), "'cards.holder' points at 'contacts.code'"));
    BOOST_TEST(find_problem(said("country", "redact"), Severity::error,
                            {"is a foreign key to 'countries'", "\"null\"", "detach"}));
    BOOST_TEST(said("country", "null").empty()); // points at nothing
    BOOST_TEST(said("free", "random").empty());
}

BOOST_AUTO_TEST_CASE(two_masks_on_one_column_are_refused) {
    BOOST_TEST(refused(check_masks(*rule_on({contacts()}).mask("email", "redact").mask("EMAIL", "null").plan()),
                       "has two masks"));
}

BOOST_AUTO_TEST_CASE(a_pseudonym_needs_a_marker_and_is_called_what_it_is) {
    const Problems with = check_masks(*rule_on({contacts()}).mask("email", "pseudonym").marker("done_on").plan());
    const Problems without = check_masks(*rule_on({contacts()}).mask("email", "pseudonym").plan());

    BOOST_TEST(find_problem(with, Severity::warning, {"pseudonymised, not anonymised"}), text_of(with));
    BOOST_TEST(count(with, Severity::error) == 0U, text_of(with));
    BOOST_TEST(refused(without, "needs a marker"), text_of(without));
}

BOOST_AUTO_TEST_CASE(related_rows_of_a_delete_category_are_judged_without_a_marker) {
    HandTable calls = HandTable("calls").integer("id").integer("contact_id").text("note").integer("length").key({"id"});
    const auto said = [&](const char* column, const char* strategy) {
        return check_masks(*rule_on({contacts(), calls})
                                .erase()
                                .related("calls", {"contact_id"}, Action::anonymise)
                                .mask(column, strategy)
                                .plan());
    };

    BOOST_TEST(count(said("note", "pseudonym"), Severity::error) == 0U);
    BOOST_TEST(refused(said("length", "redact"), "does not fit 'calls.length'"));
}

BOOST_AUTO_TEST_CASE(a_marker_can_say_when_and_that_it_has_not_yet) {
    struct Row {
        const char* name;
        TypeFamily family;
        bool nullable;
        const char* why; // empty: good
    };
    for (const Row& row : std::vector<Row>{{"date", TypeFamily::date, true, ""},
                                           {"timestamp", TypeFamily::time_stamp, true, ""},
                                           {"text", TypeFamily::text, true, ""},
                                           {"integer", TypeFamily::integer, false, ""},
                                           {"boolean", TypeFamily::boolean, false, ""},
                                           {"date that is never NULL", TypeFamily::date, false, "is NOT NULL"},
                                           {"text that is never NULL", TypeFamily::text, false, "is NOT NULL"},
                                           {"real", TypeFamily::real, true, "cannot say when"},
                                           {"binary", TypeFamily::binary, true, "cannot say when"},
                                           {"no type", TypeFamily::loose, true, "cannot say when"}})
        BOOST_TEST_CONTEXT(row.name) {
            HandTable table = contacts().column("mark", row.family, "T");
            if (!row.nullable) table.not_null();

            const Problems problems = check_marker(*rule_on({table}).mask("email", "redact").marker("mark").plan());

            BOOST_TEST(problems.size() == (*row.why ? 1U : 0U), text_of(problems));
            if (*row.why) BOOST_TEST(refused(problems, row.why), text_of(problems));
        }
}

BOOST_AUTO_TEST_CASE(a_marker_is_free_for_that_use) {
    const auto said = [](HandTable table, const char* marker) {
        return check_marker(*rule_on({table}).mask("email", "redact").marker(marker).plan());
    };
    HandTable countries = HandTable("countries").text("code").key({"code"});

    BOOST_TEST(refused(said(contacts(), "email"), "masked by the rule"));
    BOOST_TEST(refused(said(contacts(), "created_at"), "read for the trigger 'created_at'"));
    BOOST_TEST(refused(said(contacts(), "id"), "part of the key"));
    BOOST_TEST(refused(said(contacts().date("mark").unique({"mark"}), "mark"), "unique"));
    BOOST_TEST(refused(said(contacts().date("mark").generated(), "mark"), "generated"));
    BOOST_TEST(refused(said(contacts().text("mark", 9), "mark"), "too few for a date"));
    BOOST_TEST(said(contacts().text("mark", 10), "mark").empty());
    BOOST_TEST(said(contacts(), "done_on").empty());
}

BOOST_AUTO_TEST_CASE(a_marker_on_a_delete_category_is_refused) {
    BOOST_TEST(refused(check_marker(*rule_on({contacts()}).erase().marker("done_on").plan()), "marks nothing"));
    BOOST_TEST(check_marker(*rule_on({contacts()}).erase().plan()).empty());
}

BOOST_AUTO_TEST_CASE(all_families_of_refusals_are_said_at_once) {
    HandTable bad = HandTable("contacts")
                        .text("id")
                        .integer("age")
                        .date("created_at")
                        .trigger("t", TriggerTiming::after, TriggerEvent::update);
    HandTable notes = HandTable("notes").integer("id").integer("contact_id").key({"id"});
    HandTable files = HandTable("files").integer("id").integer("note_id").key({"id"}).foreign_key({"note_id"}, "notes");

    const Problems problems = check_plan(*rule_on({bad, notes, files})
                                              .mask("age", "redact")
                                              .related("notes", {"contact_id"}, Action::erase)
                                              .via({"id"})
                                              .plan());

    for (const char* part :
         {"has no primary key", "'contacts.id' is text", "trigger 't'", "is not answered", "does not fit"})
        BOOST_TEST(refused(problems, part), part << text_of(problems));
    for (const Problem& problem : problems) {
        BOOST_TEST(problem.category == "contacts");
        BOOST_TEST(problem.place.line > 0U);
        BOOST_TEST(!problem.hint.empty());
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace retention
