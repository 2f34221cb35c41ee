#include "connectors/check.hpp"
#include "tests/support/hand_catalogue.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace retention {
namespace {

using Plans = std::vector<std::shared_ptr<Plan>>;
using Order = std::vector<std::size_t>;

// Members are kept 18 months after their last booking; rooms and bookings have rules of their own.
std::shared_ptr<const Catalogue> club(const std::vector<HandTable>& more = {}) {
    std::vector<HandTable> tables = {
        HandTable("members").integer("id").text("email").date("joined_on").date("left_on").text("note").key({"id"}),
        HandTable("bookings")
            .integer("id")
            .integer("member_id")
            .integer("room_id")
            .date("start")
            .date("made_on")
            .text("kind")
            .text("remark")
            .key({"id"}),
        HandTable("rooms").integer("id").date("closed_on").key({"id"}),
        HandTable("visits").integer("id").integer("booking_id").date("day").key({"id"}),
        HandTable("seen")
            .integer("member_id")
            .date("start")
            .view("CREATE VIEW seen AS SELECT member_id, start FROM bookings")};
    tables.insert(tables.end(), more.begin(), more.end());
    return hand_catalogue(tables);
}
HandRule members(const std::shared_ptr<const Catalogue>& catalogue = club()) {
    return HandRule(catalogue, "members").period({18, Unit::month}).mask("email", "redact");
}
HandRule reading_members() {
    return members().linked("bookings", {"member_id"}, "start");
}
HandRule bookings(Period period) {
    return HandRule(club(), "bookings").erase().period(period).trigger("start");
}
HandRule rooms() {
    return HandRule(club(), "rooms").erase().trigger("closed_on");
}

bool forgets(const Problems& problems, const std::string& part = "would look older than it is") {
    return find_problem(problems, Severity::error, {part, "remember"}) != nullptr;
}
std::size_t position(const Ordered& ordered, std::size_t index) {
    return static_cast<std::size_t>(std::find(ordered.order.begin(), ordered.order.end(), index) -
                                    ordered.order.begin());
}

} // namespace

BOOST_AUTO_TEST_SUITE(check_order_suite)

BOOST_AUTO_TEST_CASE(categories_that_do_not_meet_keep_the_order_of_the_configuration) {
    const Plans plans = {rooms(), bookings({6, Unit::month}), members().trigger("joined_on")};

    const Ordered ordered = order_plans(plans);

    BOOST_TEST(ordered.order == (Order{0, 1, 2}), boost::test_tools::per_element());
    BOOST_TEST(ordered.problems.empty(), text_of(ordered.problems));
}

BOOST_AUTO_TEST_CASE(readers_run_before_removers) {
    struct Row {
        const char* name;
        HandRule reader;
    };
    const std::vector<Row> rows = {
        {"linked trigger", reading_members()},
        {"sql trigger", members().query("SELECT max(b.start) FROM bookings b WHERE b.member_id = members.id")},
        {"exemption", members().trigger("joined_on").unless("booked", "bookings", {"member_id"})},
        {"exemption in sql",
         members()
             .trigger("joined_on")
             .unless_sql("booked", "EXISTS (SELECT 1 FROM \"bookings\" b WHERE b.member_id = members.id)")},
        {"condition of the record",
         members().trigger("joined_on").where_record("id IN (SELECT member_id FROM bookings)")},
        {"link between",
         members().trigger("joined_on").linked("visits", {"booking_id"}, "day").through("bookings", {"member_id"})},
        {"link between, related", members()
                                      .trigger("joined_on")
                                      .related("visits", {"booking_id"}, Action::erase)
                                      .through("bookings", {"member_id"})},
        {"view", members().linked("seen", {"member_id"}, "start")},
    };
    for (const Row& row : rows) BOOST_TEST_CONTEXT(row.name) {
            const Ordered ordered = order_plans({bookings({60, Unit::month}), row.reader});

            BOOST_TEST(ordered.order == (Order{1, 0}), boost::test_tools::per_element());
        }
}

BOOST_AUTO_TEST_CASE(every_way_of_removing_counts) {
    struct Row {
        const char* name;
        HandRule remover;
        bool removes;
    };
    const std::vector<Row> rows = {
        {"deletes the rows", bookings({60, Unit::month}), true},
        {"deletes them as related rows", rooms().related("bookings", {"room_id"}, Action::erase), true},
        {"detaches another link", rooms().related("bookings", {"room_id"}, Action::detach), false},
        {"detaches the link",
         HandRule(club(), "rooms").erase().trigger("closed_on").related("bookings", {"member_id"}, Action::detach),
         true},
        {"keeps them", rooms().related("bookings", {"room_id"}, Action::keep), false},
        {"masks the date", HandRule(club(), "bookings").trigger("made_on").mask("start", "year"), true},
        {"masks the link", HandRule(club(), "bookings").trigger("made_on").mask("member_id", "null"), true},
        {"masks what a condition reads", HandRule(club(), "bookings").trigger("made_on").mask("kind", "redact"), true},
        {"masks something else", HandRule(club(), "bookings").trigger("made_on").mask("remark", "redact"), false},
        {"masks them as related rows",
         rooms().related("bookings", {"room_id"}, Action::anonymise).mask("start", "month"), true},
    };
    for (const Row& row : rows) BOOST_TEST_CONTEXT(row.name) {
            const Plans plans = {row.remover,
                                 members().linked("bookings", {"member_id"}, "start").where("kind = 'court'")};

            const Ordered ordered = order_plans(plans);

            BOOST_TEST((position(ordered, 1) < position(ordered, 0)) == row.removes);
        }
}

BOOST_AUTO_TEST_CASE(on_one_table_delete_comes_before_anonymise) {
    const HandRule anonymise = members().category("former").trigger("left_on");
    const HandRule erase = HandRule(club(), "members").category("guests").erase().trigger("joined_on");

    BOOST_TEST(order_plans({anonymise, erase}).order == (Order{1, 0}), boost::test_tools::per_element());
    BOOST_TEST(order_plans({erase, anonymise}).order == (Order{0, 1}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_delete_of_one_table_that_takes_its_bookings_along_makes_no_cycle_with_its_reader) {
    const HandRule erase = HandRule(club(), "members")
                               .category("guests")
                               .erase()
                               .trigger("joined_on")
                               .related("bookings", {"member_id"}, Action::erase);

    const Ordered ordered = order_plans({reading_members(), erase});

    BOOST_TEST(ordered.order == (Order{1, 0}), boost::test_tools::per_element());
    BOOST_TEST(count(ordered.problems, Severity::error) == 0U, text_of(ordered.problems));
}

BOOST_AUTO_TEST_CASE(a_cycle_is_an_error_on_each_of_its_categories_and_on_no_other) {
    const auto catalogue = club();
    const Plans plans = {
        HandRule(catalogue, "visits").trigger("day"),
        HandRule(catalogue, "members").erase().trigger("joined_on").unless("booked", "bookings", {"member_id"}),
        HandRule(catalogue, "bookings")
            .erase()
            .trigger("start")
            .unless("a member", "members", {"id"})
            .via({"member_id"}),
        HandRule(catalogue, "rooms").erase().trigger("closed_on").unless("booked", "bookings", {"room_id"})};

    const Ordered ordered = order_plans(plans);

    BOOST_TEST(count(ordered.problems, Severity::error) == 2U, text_of(ordered.problems));
    const Problem* first = find_problem(ordered.problems, Severity::error, {"members -> bookings -> members"});
    const Problem* second = find_problem(ordered.problems, Severity::error, {"bookings -> members -> bookings"});
    BOOST_REQUIRE(first);
    BOOST_REQUIRE(second);
    BOOST_TEST(first->category == "members");
    BOOST_TEST(second->category == "bookings");
    BOOST_TEST(first->hint.find("'members' reads 'bookings' before 'bookings' takes from it") != std::string::npos,
               first->hint);
    BOOST_TEST(ordered.order.size() == 4U);
    BOOST_TEST(position(ordered, 3) < position(ordered, 2)); // rooms is in no cycle and is still obeyed
}

BOOST_AUTO_TEST_CASE(a_cycle_of_three_is_named_in_its_order) {
    const auto catalogue = hand_catalogue({HandTable("a").integer("id").date("d").key({"id"}),
                                           HandTable("b").integer("id").date("d").key({"id"}),
                                           HandTable("c").integer("id").date("d").key({"id"})});
    const auto rule = [&](const char* table, const char* reads) {
        return HandRule(catalogue, table).erase().trigger("d").unless("x", reads, {"id"});
    };

    const Ordered ordered = order_plans({rule("a", "b"), rule("b", "c"), rule("c", "a")});

    BOOST_TEST(find_problem(ordered.problems, Severity::error, {"a -> b -> c -> a"}), text_of(ordered.problems));
    BOOST_TEST(count(ordered.problems, Severity::error) == 3U, text_of(ordered.problems));
    BOOST_TEST(order_plans({rule("a", "b"), rule("b", "c")}).problems.empty());
}

BOOST_AUTO_TEST_CASE(rows_that_go_sooner_than_their_reader_needs_them_are_an_error_that_names_the_key) {
    const HandRule reader = reading_members();

    const Problems problems = order_plans({bookings({6, Unit::month}), reader}).problems;

    const Problem* problem = find_problem(problems, Severity::error,
                                          {"rows of 'bookings' are deleted after 6 months", "reads them for 18 months",
                                           "a record would look older than it is", "`remember = true`"});
    BOOST_REQUIRE_MESSAGE(problem, text_of(problems));
    BOOST_TEST(problem->category == "members");
    BOOST_TEST(problem->place.line == reader.line()); // the trigger's
    BOOST_TEST(problems.size() == 1U, text_of(problems));
}

BOOST_AUTO_TEST_CASE(rows_that_are_provably_kept_as_long_are_fine) {
    struct Row {
        const char* name;
        HandRule remover, reader;
        bool good;
    };
    const auto reader = [] { return reading_members(); };
    const auto remover = [] { return bookings({18, Unit::month}); };
    const Date old = std::chrono::local_days{std::chrono::year{1990} / 1 / 1};
    for (const Row& row : std::vector<Row>{
             {"as long", remover(), reader(), true},
             {"longer", bookings({2, Unit::year}), reader(), true},
             {"548 days may end before 18 months", bookings({548, Unit::day}), reader(), false},
             {"560 days never do", bookings({560, Unit::day}), reader(), true},
             {"by another date", HandRule(club(), "bookings").erase().period({5, Unit::year}).trigger("made_on"),
              reader(), false},
             {"by one of two dates", bookings({5, Unit::year}).trigger("made_on"), reader(), false},
             {"with a fallback", bookings({5, Unit::year}).fallback("made_on"), reader(), false},
             {"as soon as found", HandRule(club(), "bookings").erase().no_period().trigger("start"), reader(), false},
             {"reader starts later", remover(), reader().starts(Starts::end_of_year), false},
             {"both start later", remover().starts(Starts::end_of_year), reader().starts(Starts::end_of_year), true},
             {"remover starts later", remover().starts(Starts::end_of_month), reader(), true},
             {"year end after month end", remover().starts(Starts::end_of_year), reader().starts(Starts::end_of_month),
              true},
             {"month end before year end", remover().starts(Starts::end_of_month), reader().starts(Starts::end_of_year),
              false},
             {"reader passes over old dates", remover(), reader().earliest(old), false},
             {"both pass over old dates", remover().earliest(old), reader().earliest(old), true},
             {"through rows between", bookings({5, Unit::year}),
              members().linked("visits", {"booking_id"}, "day").through("bookings", {"member_id"}), false},
             {"through a view", bookings({5, Unit::year}), members().linked("seen", {"member_id"}, "start"), false},
             {"reader has no period", bookings({1, Unit::month}), reader().no_period(), true},
             {"reader's period is in the data", bookings({5, Unit::year}),
              HandRule(club(), "members").linked("bookings", {"member_id"}, "start").stored_period("id"), false},
         })
        BOOST_TEST_CONTEXT(row.name) {
            const Problems problems = order_plans({row.remover, row.reader}).problems;

            BOOST_TEST(forgets(problems) == !row.good, text_of(problems));
        }
}

BOOST_AUTO_TEST_CASE(rows_and_links_that_go_with_other_records_are_an_error) {
    struct Row {
        const char* name;
        HandRule remover;
        const char* part; // empty: good
    };
    for (const Row& row : std::vector<Row>{
             {"related delete", rooms().related("bookings", {"room_id"}, Action::erase),
              "rows of 'bookings' go with the records of category 'rooms'"},
             {"detach of the link", rooms().related("bookings", {"member_id"}, Action::detach),
              "category 'rooms' overwrites 'bookings.member_id'"},
             {"mask of the date", rooms().related("bookings", {"room_id"}, Action::anonymise).mask("start", "year"),
              "category 'rooms' overwrites 'bookings.start'"},
             {"mask of the link",
              HandRule(club(), "bookings").period({1, Unit::month}).trigger("made_on").mask("member_id", "null"),
              "overwrites 'bookings.member_id'"},
             {"detach of another link", rooms().related("bookings", {"room_id"}, Action::detach), ""},
             {"mask of something else",
              rooms().related("bookings", {"room_id"}, Action::anonymise).mask("remark", "redact"), ""}})
        BOOST_TEST_CONTEXT(row.name) {
            const Problems problems = order_plans({reading_members(), row.remover}).problems;

            if (*row.part)
                BOOST_TEST(forgets(problems, row.part), text_of(problems));
            else
                BOOST_TEST(!forgets(problems), text_of(problems));
        }
}

BOOST_AUTO_TEST_CASE(a_sql_trigger_needs_its_rows_as_much) {
    const HandRule reader = members().query("SELECT max(b.start) FROM bookings b WHERE b.member_id = members.id");
    const HandRule other = members().query("SELECT max(v.day) FROM visits v WHERE v.booking_id = members.id");

    BOOST_TEST(forgets(order_plans({bookings({6, Unit::month}), reader}).problems, "not `sql`"));
    BOOST_TEST(!forgets(order_plans({bookings({6, Unit::month}), other}).problems));
}

BOOST_AUTO_TEST_CASE(a_rules_own_related_rows_go_with_it_and_are_no_problem) {
    const HandRule rule = reading_members().erase().related("bookings", {"member_id"}, Action::erase);

    BOOST_TEST(order_plans({rule, rooms()}).problems.empty());
}

BOOST_AUTO_TEST_CASE(a_date_that_another_category_counts_from_is_not_overwritten) {
    const HandRule counting = HandRule(club(), "members").category("guests").erase().trigger("left_on");
    const HandRule masking = members().trigger("joined_on").mask("left_on", "year");
    const HandRule leaving = members().trigger("joined_on").mask("note", "redact");
    const HandRule twin = members().category("others").trigger("left_on");

    const Problems problems = order_plans({counting, masking}).problems;

    const Problem* problem =
        find_problem(problems, Severity::error, {"'members.left_on' is read by category 'guests'"});
    BOOST_REQUIRE_MESSAGE(problem, text_of(problems));
    BOOST_TEST(problem->category == "members");
    BOOST_TEST(problem->place.line == masking.line());
    BOOST_TEST(order_plans({counting, leaving}).problems.empty());
    BOOST_TEST(order_plans({twin, masking}).problems.empty()); // two anonymises of one table have records of their own
}

BOOST_AUTO_TEST_CASE(a_date_of_related_rows_that_have_a_category_of_their_own_is_not_overwritten) {
    const HandRule masking =
        members().trigger("joined_on").related("bookings", {"member_id"}, Action::anonymise).mask("start", "year");

    BOOST_TEST(find_problem(order_plans({masking, bookings({6, Unit::month})}).problems, Severity::error,
                            {"'bookings.start' is read by category 'bookings'"}));
}

BOOST_AUTO_TEST_CASE(a_marker_is_a_date_that_another_category_may_count_from) {
    const HandRule anonymise = members().trigger("joined_on").marker("left_on");
    const HandRule erase = HandRule(club(), "members").category("gone").erase().trigger("left_on");

    BOOST_TEST(order_plans({anonymise, erase}).problems.empty());
}

BOOST_AUTO_TEST_CASE(related_rows_that_their_own_category_may_keep_longer_are_a_warning) {
    struct Row {
        const char* name;
        Period period;
        Action action;
        bool warned;
    };
    for (const Row& row : std::vector<Row>{{"kept longer", {24, Unit::month}, Action::erase, true},
                                           {"kept as long", {18, Unit::month}, Action::erase, false},
                                           {"kept shorter", {6, Unit::month}, Action::erase, false},
                                           {"not deleted", {24, Unit::month}, Action::detach, false}})
        BOOST_TEST_CONTEXT(row.name) {
            const HandRule rule = members().trigger("joined_on").related("bookings", {"member_id"}, row.action);

            const Problems problems = order_plans({rule, bookings(row.period)}).problems;

            const Problem* problem = find_problem(problems, Severity::warning, {"category 'bookings' keeps them"});
            BOOST_TEST((problem != nullptr) == row.warned, text_of(problems));
            if (problem) BOOST_TEST(problem->place.line == rule.line());
            BOOST_TEST(count(problems, Severity::error) == 0U, text_of(problems));
        }
}

BOOST_AUTO_TEST_CASE(a_trigger_that_moves_another_categorys_date_is_refused) {
    const auto said = [](const std::string& text) {
        const auto catalogue = hand_catalogue(
            {HandTable("members").integer("id").text("email").date("joined_on").date("touched").key({"id"}),
             HandTable("rooms")
                 .integer("id")
                 .text("name")
                 .date("closed_on")
                 .key({"id"})
                 .trigger("touch", TriggerTiming::after, TriggerEvent::update, text)});
        return order_plans(
                   {HandRule(catalogue, "members").erase().trigger("touched"),
                    HandRule(catalogue, "rooms").trigger("closed_on").mask("name", "redact").accepts({"touch"})})
            .problems;
    };

    const Problems moved = said("BEGIN UPDATE members SET touched = 1; END");
    const Problem* problem = find_problem(moved, Severity::error, {"'touch'", "moves 'members.touched'"});
    BOOST_REQUIRE_MESSAGE(problem, text_of(moved));
    BOOST_TEST(problem->category == "rooms");
    BOOST_TEST(said("BEGIN UPDATE members SET email = ''; END").empty());
}

BOOST_AUTO_TEST_CASE(an_entry_may_not_take_rows_that_other_records_count_from) {
    const auto catalogue = hand_catalogue(
        {HandTable("people").integer("id").date("seen").key({"id"}),
         HandTable("notes").integer("id").integer("author").integer("about").date("written").key({"id"})});
    const auto reading = [&](const ColumnNames& counted, const ColumnNames& taken) {
        return Plans{HandRule(catalogue, "people")
                         .erase()
                         .linked("notes", counted, "written")
                         .related("notes", taken, Action::erase)};
    };

    const Ordered another_way = order_plans(reading({"about"}, {"author"}));
    const Ordered same_way = order_plans(reading({"author"}, {"author"}));

    BOOST_TEST(forgets(another_way.problems), text_of(another_way.problems));
    BOOST_TEST(!forgets(same_way.problems), text_of(same_way.problems)); // its own evidence goes with the record
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace retention
