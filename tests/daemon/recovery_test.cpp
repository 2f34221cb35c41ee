#include "daemon/enforcement.hpp"
#include "tests/support/enforced_world.hpp"

#include <boost/test/unit_test.hpp>

using namespace retention;
using namespace retention::test;

namespace {

// A process that ends at this call of the first category: 8 is before its commit, 9 after it.
constexpr std::int64_t before_commit = 8, after_commit = 9;

World& crashed(World& world, std::int64_t at) {
    world.faults.fail_at = at;
    world.process();
    world.faults.fail_at = 0;
    return world;
}

std::vector<std::string> recovered(World& world) {
    std::vector<std::string> in_doubt;
    world.with_process([&](RunContext& context) { in_doubt = recover(world.configuration, context); });
    return in_doubt;
}

} // namespace

BOOST_AUTO_TEST_SUITE(recovery)

BOOST_AUTO_TEST_CASE(nothing_open_leaves_no_line) {
    World world;
    world.process();
    const auto lines = world.log().size();

    BOOST_TEST(recovered(world).empty());

    BOOST_TEST(world.log().size() == lines);
}

BOOST_AUTO_TEST_CASE(a_batch_whose_witness_is_there_was_committed) {
    World world;
    crashed(world, after_commit);
    BOOST_REQUIRE(events(world.log()).back() == "batch.intent");

    BOOST_TEST(recovered(world).empty());

    const auto log = world.log();
    BOOST_TEST(events(log).at(log.size() - 2) == "batch.committed");
    BOOST_TEST(log.at(log.size() - 2).at("recovered").as_bool());
    BOOST_TEST(log.at(log.size() - 2).at("records").to_number<int>() == 5);
    BOOST_TEST(events(log).back() == "recovered");
    BOOST_TEST(log.back().at("committed").to_number<int>() == 1);
    BOOST_TEST(world.broken().empty());
}

BOOST_AUTO_TEST_CASE(a_batch_without_witness_was_rolled_back) {
    World world;
    crashed(world, before_commit);

    BOOST_TEST(recovered(world).empty());

    const auto log = world.log();
    BOOST_TEST(events(log).at(log.size() - 2) == "batch.rolled_back");
    BOOST_TEST(log.back().at("rolled_back").to_number<int>() == 1);
    BOOST_TEST(world.broken().empty());
}

BOOST_AUTO_TEST_CASE(a_store_out_of_reach_stays_in_doubt_and_stopped) {
    World world;
    crashed(world, after_commit);
    world.unreachable = {"crm"};
    std::vector<std::string> in_doubt;
    std::optional<RunOutcome> outcome;

    world.with_process([&](RunContext& context) {
        in_doubt = recover(world.configuration, context);
        world.unreachable.clear(); // back too late for this recovery
        outcome = enforce(world.configuration, world.request, context);
    });

    BOOST_TEST(in_doubt == std::vector<std::string>{"crm"}, boost::test_tools::per_element());
    BOOST_TEST(to_string(of(*outcome, "contacts").outcome) == "refused");
    BOOST_TEST(of(*outcome, "calls").reason.find("in doubt until batch ") != std::string::npos);
    BOOST_TEST(of(*outcome, "orders").disposed == 4);
    BOOST_TEST(world.stores["crm"].committed.size() == 1u);
    BOOST_TEST(!world.broken().empty()); // an open intent is no proof yet

    BOOST_TEST(recovered(world).empty());
    BOOST_TEST(world.broken().empty());
}

BOOST_AUTO_TEST_CASE(a_later_attempt_in_the_same_process_settles_it) {
    World world;
    crashed(world, after_commit);
    world.unreachable = {"crm"};

    world.with_process([&](RunContext& context) {
        BOOST_TEST(recover(world.configuration, context).size() == 1u);
        BOOST_TEST(recover(world.configuration, context).size() == 1u);
        world.unreachable.clear();
        BOOST_TEST(recover(world.configuration, context).empty());
        BOOST_TEST(to_string(enforce(world.configuration, world.request, context).outcome) == "completed");
    });

    BOOST_TEST(with_event(world.log(), "recovered").size() == 2u); // the first attempt, and the one that settled it
    BOOST_TEST(world.broken().empty());
}

BOOST_AUTO_TEST_CASE(a_store_that_is_no_longer_configured_stays_in_doubt) {
    World world;
    crashed(world, after_commit);
    world.configuration.stores.erase("crm");

    BOOST_TEST(recovered(world) == std::vector<std::string>{"crm"}, boost::test_tools::per_element());
}

// The url was edited between the crash and the next start. The other database has witnesses of its own, none of them of
// this batch: to say that it was rolled back would be a lie for ever.
BOOST_AUTO_TEST_CASE(a_url_that_names_another_database_leaves_a_committed_batch_in_doubt_until_it_is_corrected) {
    World world;
    crashed(world, after_commit);
    NaiveStore right = std::exchange(world.stores["crm"], {});
    world.stores["crm"].records = {{"contacts", {{"9", true}}}};

    const auto outcome = world.process();

    BOOST_TEST(with_event(world.log(), "batch.rolled_back").empty());
    BOOST_TEST(to_string(of(*outcome, "contacts").outcome) == "refused");
    BOOST_TEST(of(*outcome, "contacts").reason.find("names a database now that the batch was not in") !=
               std::string::npos);
    BOOST_TEST(world.stores["crm"].committed.empty()); // nothing is disposed of there

    std::swap(right, world.stores["crm"]);
    BOOST_TEST(recovered(world).empty());
    BOOST_TEST(with_event(world.log(), "batch.rolled_back").empty());
    BOOST_TEST(world.broken().empty());
}

BOOST_AUTO_TEST_CASE(a_store_that_is_busy_is_not_taken_for_another_one) {
    World world;
    crashed(world, after_commit);
    world.faults.calls = 0;
    world.faults.kind = StoreError::Kind::busy;
    world.faults.fail_at = 2; // the look for the mark

    BOOST_TEST(recovered(world) == std::vector<std::string>{"crm"}, boost::test_tools::per_element());

    world.faults.fail_at = 0;
    BOOST_TEST(recovered(world).empty());
    BOOST_TEST(world.broken().empty());
}

// The known-bad twin: an intent as older programs wrote it, which names no database, is settled by any.
BOOST_AUTO_TEST_CASE(without_its_database_in_the_intent_the_same_batch_is_called_rolled_back) {
    World world;
    crashed(world, after_commit);
    NaiveStore right = std::exchange(world.stores["crm"], {});

    world.with_process([&](RunContext& context) {
        context.open_intents = context.log.open_intents();
        for (auto& intent : *context.open_intents) intent.database.clear();
        BOOST_TEST(recover(world.configuration, context).empty());
    });

    std::swap(right, world.stores["crm"]);
    BOOST_TEST(!world.broken().empty());
}

// As the message says: a person writes the mark into a database that was restored from an older backup.
BOOST_AUTO_TEST_CASE(a_person_says_that_a_restored_database_is_the_right_one) {
    World world;
    crashed(world, before_commit);
    const auto marks = std::exchange(world.stores["crm"].marks, {});
    BOOST_TEST(recovered(world) == std::vector<std::string>{"crm"}, boost::test_tools::per_element());

    world.stores["crm"].marks = marks;

    BOOST_TEST(recovered(world).empty());
    BOOST_TEST(with_event(world.log(), "batch.rolled_back").size() == 1u);
    BOOST_TEST(world.broken().empty());
}

BOOST_AUTO_TEST_CASE(a_log_of_an_older_program_is_settled_as_it_was) {
    World world;
    crashed(world, before_commit);
    world.stores["crm"].marks.clear();

    world.with_process([&](RunContext& context) {
        context.open_intents = context.log.open_intents();
        for (auto& intent : *context.open_intents) intent.database.clear();
        BOOST_TEST(recover(world.configuration, context).empty());
    });

    BOOST_TEST(with_event(world.log(), "batch.rolled_back").size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_enforcement_without_recovery_refuses_the_store_by_itself) {
    World world;
    crashed(world, after_commit);
    std::optional<RunOutcome> outcome;

    world.with_process([&](RunContext& context) { outcome = enforce(world.configuration, world.request, context); });

    BOOST_TEST(to_string(of(*outcome, "contacts").outcome) == "refused");
    BOOST_TEST(of(*outcome, "orders").disposed == 4);
}

BOOST_AUTO_TEST_CASE(a_recovery_that_is_itself_cut_short_is_taken_up_again) {
    for (std::int64_t at = 1; at <= 4; ++at) // open, look for the mark, settle, and past them
        BOOST_TEST_CONTEXT("the recovery ends at call " << at) {
            World world;
            crashed(world, after_commit);
            world.faults.calls = 0;
            crashed(world, at);

            const auto outcome = world.process();

            BOOST_REQUIRE(outcome);
            BOOST_TEST(to_string(outcome->outcome) == "completed");
            BOOST_TEST(world.broken().empty());
        }
}

BOOST_AUTO_TEST_CASE(a_recovery_under_a_wrong_clock_does_not_move_the_mark) {
    World world;
    crashed(world, after_commit);
    world.clock.set("2026-12-21 02:30:00");
    world.request.as_of = *parse_date("2026-12-21");

    const auto outcome = world.process();

    BOOST_TEST(to_string(outcome->outcome) == "refused"); // the leap is still seen after the recovery wrote its lines
    BOOST_TEST(world.broken().empty());
}

BOOST_AUTO_TEST_SUITE_END()
