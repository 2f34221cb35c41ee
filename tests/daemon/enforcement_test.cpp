#include "daemon/audit_segments.hpp"
#include "daemon/enforcement.hpp"
#include "tests/support/enforced_world.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <sstream>

using namespace retention;
using namespace retention::test;

namespace {

std::string all(const std::vector<std::string>& texts) {
    std::string joined;
    for (const auto& text : texts) joined += text + "; ";
    return joined;
}

// Batches of one record: a limit of one row a second makes many calls out of few records.
void make_batches_small(World& world) {
    for (auto& [name, store] : world.configuration.stores) store.rows_per_second = 1;
}

std::int64_t calls_of_a_whole_run() {
    World world;
    make_batches_small(world);
    world.process();
    return world.faults.calls;
}

std::string texts_of(const Lines& lines) {
    std::string text;
    for (const auto& line : lines) text += boost::json::serialize(line) + "\n";
    return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(enforcement)

BOOST_AUTO_TEST_CASE(disposes_of_what_is_due_and_of_nothing_else) {
    World world;

    const auto outcome = world.process().value();

    BOOST_TEST(to_string(outcome.outcome) == "completed");
    BOOST_TEST(of(outcome, "contacts").disposed == 5);
    BOOST_TEST(of(outcome, "calls").disposed == 3);
    BOOST_TEST(of(outcome, "orders").disposed == 4);
    BOOST_TEST(world.left_due() == 0);
    BOOST_TEST(world.stores["crm"].records["contacts"].size() == 2u);
    BOOST_TEST(world.stores["shop"].records["orders"].size() == 2u);
    BOOST_TEST(all(world.broken()) == "");
}

BOOST_AUTO_TEST_CASE(sums_what_went_along_one_entry_a_table_and_action) {
    World world;
    make_batches_small(world);
    world.stores["crm"].records["calls"].clear();

    const auto outcome = world.process().value();

    BOOST_TEST(of(outcome, "contacts").batches == 5);
    BOOST_REQUIRE(of(outcome, "contacts").related.size() == 1u);
    BOOST_TEST(of(outcome, "contacts").related.front().table == "notes");
    BOOST_TEST(of(outcome, "contacts").related.front().records == 10);
    BOOST_REQUIRE(of(outcome, "calls").related.size() == 1u); // zero is said too
    BOOST_TEST(of(outcome, "calls").related.front().records == 0);
}

BOOST_AUTO_TEST_CASE(the_log_tells_a_run_in_order) {
    World world;
    world.request.categories = {"contacts"};

    const auto outcome = world.process().value();

    const auto log = world.log();
    BOOST_TEST(all(events(log)) ==
               "log.opened; config.loaded; run.started; batch.intent; batch.committed; run.finished; ");
    const auto& started = log.at(2);
    BOOST_TEST(std::string(started.at("run").as_string()) == outcome.run);
    BOOST_TEST(started.at("as_of").as_string() == "2026-11-21");
    BOOST_TEST(started.at("actor").as_string() == "schedule");
    BOOST_TEST(boost::json::serialize(started.at("categories")) == R"(["contacts"])");
    BOOST_TEST(log.at(1).at("rules").as_array().size() == 3u);
    BOOST_TEST(boost::json::serialize(log.back().at("remains")) ==
               R"(["recordings under the archive","backups of the naive store"])");
}

BOOST_AUTO_TEST_CASE(an_intent_has_the_members_of_the_design_and_no_key_value) {
    World world;
    world.request.categories = {"contacts"};

    world.process();

    const auto intent = with_event(world.log(), "batch.intent").at(0);
    std::string members;
    for (const auto& member : intent) members += std::string(member.key()) + " ";
    BOOST_TEST(
        members ==
        "seq time event run batch category store database table action rule cutoff records related keys prev hash ");
    BOOST_TEST(intent.at("records").to_number<int>() == 5);
    BOOST_TEST(intent.at("cutoff").as_string() == "2023-11-21");
    BOOST_TEST(intent.at("action").as_string() == "anonymise");
    BOOST_TEST(intent.at("rule").as_string() == sha256_hex(canonical_text(world.rule("contacts"))));
    BOOST_TEST(boost::json::serialize(intent.at("related")) == R"([{"table":"notes","action":"delete","records":10}])");
    BOOST_TEST(texts_of(world.log()).find("\"1001\"") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_period_in_the_data_has_no_cutoff_to_tell) {
    World world;
    world.request.categories = {"contacts"};
    world.with_process([&](RunContext& context) {
        const auto plan = context.plan;
        context.plan = [&plan](const auto& rules, Date as_of, const auto& wanted) {
            auto stores = plan(rules, as_of, wanted);
            for (auto& store : stores)
                for (auto& one : store.plans) one->cutoffs.fixed.reset();
            return stores;
        };
        enforce(world.configuration, world.request, context);
    });

    BOOST_TEST(with_event(world.log(), "batch.intent").at(0).at("cutoff").is_null());
}

BOOST_AUTO_TEST_CASE(the_rules_are_recorded_once_while_they_stay_the_same) {
    World world;

    world.with_process([&](RunContext& context) {
        enforce(world.configuration, world.request, context);
        enforce(world.configuration, world.request, context);
        world.rule("calls").period_text = "12 months";
        world.rule("calls").period = FixedPeriod{{12, Unit::month}, std::nullopt};
        enforce(world.configuration, world.request, context);
    });

    BOOST_TEST(with_event(world.log(), "config.loaded").size() == 2u);
    BOOST_TEST(with_event(world.log(), "run.started").size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_store_that_is_configured_no_more_gets_one_checkpoint) {
    World world;
    world.process();
    BOOST_TEST(with_event(world.log(), "checkpoint").empty());

    world.configuration.stores.erase("shop");
    std::erase_if(world.configuration.rules, [](const Rule& rule) { return rule.store == "shop"; });
    world.process();
    world.process();

    const auto log = world.log();
    BOOST_REQUIRE(with_event(log, "checkpoint").size() == 1u); // at the first start without it
    const auto names = events(log);
    const auto at = std::ranges::find(names, "checkpoint") - names.begin();
    BOOST_TEST(names.at(static_cast<std::size_t>(at) - 1) == "config.loaded");
    BOOST_TEST(names.at(static_cast<std::size_t>(at) + 1) == "run.started");
}

BOOST_AUTO_TEST_CASE(a_second_run_finds_nothing) {
    World world;
    world.process();

    const auto again = world.process().value();

    BOOST_TEST(to_string(again.outcome) == "completed");
    for (const auto& category : again.categories) BOOST_TEST(category.disposed == 0);
}

// ---- limits and approval

BOOST_AUTO_TEST_CASE(more_than_the_share_is_refused_and_the_others_go_on) {
    World world;
    world.rule("contacts").limits.share = 0.5; // 7 records, 5 due, 4 allowed

    const auto outcome = world.process().value();

    BOOST_TEST(to_string(outcome.outcome) == "refused");
    BOOST_TEST(to_string(of(outcome, "contacts").outcome) == "refused");
    BOOST_TEST(of(outcome, "contacts").reason.find("5 of 7 records are due (71.4 %), more than the limit of 50 %") ==
               0u);
    BOOST_TEST(of(outcome, "calls").disposed == 3);
    BOOST_TEST(of(outcome, "orders").disposed == 4);
    const auto refused = with_event(world.log(), "refused");
    BOOST_REQUIRE(refused.size() == 1u);
    BOOST_TEST(refused.front().at("category").as_string() == "contacts");
    BOOST_TEST(world.stores["crm"].records["contacts"].size() == 7u);
}

BOOST_AUTO_TEST_CASE(a_share_is_rounded_up_to_one_record) {
    World world;
    world.rule("contacts").limits.share = 0.0001;
    auto& contacts = world.stores["crm"].records["contacts"];
    std::erase_if(contacts, [](const auto& record) { return record.second && record.first != "1001"; });

    const auto outcome = world.process().value();

    BOOST_TEST(of(outcome, "contacts").disposed == 1);
}

BOOST_AUTO_TEST_CASE(an_operator_may_go_past_the_limit_and_the_log_says_who) {
    World world;
    world.rule("contacts").limits.share = 0.5;
    world.request.approved = true;
    world.request.actor = "user root (uid 0)";

    const auto outcome = world.process().value();

    BOOST_TEST(of(outcome, "contacts").disposed == 5);
    const auto approved = with_event(world.log(), "rule.approved");
    BOOST_REQUIRE(approved.size() == 3u); // each category of a --yes run
    BOOST_TEST(approved.front().at("by").as_string() == "user root (uid 0)");
    BOOST_TEST(approved.front().at("due").to_number<int>() == 5);
    BOOST_TEST(approved.front().at("records").to_number<int>() == 7);
    BOOST_TEST(approved.front().at("limit").to_number<int>() == 4);
}

BOOST_AUTO_TEST_CASE(what_becomes_due_meanwhile_is_not_under_the_approval) {
    World world;
    make_batches_small(world);
    world.request.approved = true;
    world.rule("contacts").limits.share = 0.5;
    world.request.categories = {"contacts"};
    auto& contacts = world.stores["crm"].records["contacts"];
    int more = 2000; // each batch finds another record that is due
    world.progress = [&](const Progress&) { contacts[std::to_string(++more)] = true; };

    const auto outcome = world.process().value();

    BOOST_TEST(of(outcome, "contacts").disposed == 5);
    BOOST_TEST(all(world.broken()) == "");
}

BOOST_AUTO_TEST_CASE(an_unattended_run_ends_at_its_limit_whatever_becomes_due) {
    World world;
    make_batches_small(world);
    world.rule("contacts").limits.records = 6;
    world.request.categories = {"contacts"};
    auto& contacts = world.stores["crm"].records["contacts"];
    int more = 2000;
    world.progress = [&](const Progress&) { contacts[std::to_string(++more)] = true; };

    const auto outcome = world.process().value();

    BOOST_TEST(of(outcome, "contacts").disposed == 6);
    BOOST_TEST(to_string(of(outcome, "contacts").outcome) == "partial");
}

BOOST_AUTO_TEST_CASE(a_limit_of_the_request_counts_over_the_whole_run) {
    World world;
    world.request.limit = 6;

    const auto outcome = world.process().value();

    BOOST_TEST(of(outcome, "contacts").disposed + of(outcome, "calls").disposed + of(outcome, "orders").disposed == 6);
    BOOST_TEST(to_string(of(outcome, "contacts").outcome) == "completed");
    BOOST_TEST(to_string(of(outcome, "calls").outcome) == "partial");
    BOOST_TEST(of(outcome, "calls").reason == "the limit of 6 records was reached");
    BOOST_TEST(to_string(of(outcome, "orders").outcome) == "partial");
}

BOOST_AUTO_TEST_CASE(a_limit_that_leaves_nothing_over_is_no_partial_run) {
    World world;
    world.request.limit = 12;

    BOOST_TEST(to_string(world.process().value().outcome) == "completed");
}

// ---- clocks, windows, stop

BOOST_AUTO_TEST_CASE(a_clock_behind_the_log_stops_everything) {
    World world;
    world.process();
    world.stores["crm"].records["calls"]["1500"] = true;
    world.clock.set("2026-11-21 02:29:59");

    const auto outcome = world.process().value();

    for (const auto& category : outcome.categories) BOOST_TEST(to_string(category.outcome) == "refused");
    BOOST_TEST(world.left_due() == 1);
    const auto last = world.log().back();
    BOOST_TEST(last.at("event").as_string() == "refused");
    BOOST_TEST(last.at("clock").as_string() == "2026-11-21T02:29:59Z");
    BOOST_TEST(last.at("time").as_string() == "2026-11-21T02:30:00.000000Z"); // time in the log never runs backwards
}

BOOST_AUTO_TEST_CASE(a_leap_waits_for_a_person_however_often_it_is_tried) {
    World world;
    world.process();
    world.stores["crm"].records["calls"]["1500"] = true;
    world.clock.set("2026-12-06 02:30:00");
    world.request.as_of = *parse_date("2026-12-06");

    for (int attempt = 0; attempt < 3; ++attempt) BOOST_TEST(to_string(world.process().value().outcome) == "refused");
    BOOST_TEST(world.left_due() == 1);

    world.request.approved = true;
    BOOST_TEST(to_string(world.process().value().outcome) == "completed");
    world.request.approved = false; // and the log is up to date again
    BOOST_TEST(to_string(world.process().value().outcome) == "completed");
}

BOOST_AUTO_TEST_CASE(a_store_whose_clock_differs_is_refused_alone) {
    World world;
    world.stores["crm"].clock = world.clock.now() + std::chrono::seconds(61);

    const auto outcome = world.process().value();

    BOOST_TEST(to_string(of(outcome, "contacts").outcome) == "refused");
    BOOST_TEST(to_string(of(outcome, "calls").outcome) == "refused");
    BOOST_TEST(of(outcome, "orders").disposed == 4);
}

BOOST_AUTO_TEST_CASE(a_day_that_is_not_here_yet_is_refused) {
    World world;
    world.request.as_of = *parse_date("2026-11-22");

    BOOST_TEST(to_string(world.process().value().outcome) == "refused");
    BOOST_TEST(world.left_due() == 12);
}

BOOST_AUTO_TEST_CASE(a_closed_window_disposes_of_nothing_and_says_so) {
    World world;
    world.configuration.stores["crm"].window = {std::chrono::hours(22), std::chrono::hours(2)};

    const auto outcome = world.process().value();

    BOOST_TEST(to_string(of(outcome, "contacts").outcome) == "partial");
    BOOST_TEST(of(outcome, "contacts").reason == "the window 22:00-02:00 is closed");
    BOOST_TEST(of(outcome, "orders").disposed == 4);
}

BOOST_AUTO_TEST_CASE(a_window_that_closes_ends_the_category_after_the_batch_in_hand) {
    World world;
    make_batches_small(world);
    world.configuration.stores["crm"].window = {std::chrono::hours(22), std::chrono::hours(3)};
    world.progress = [&](const Progress& progress) {
        if (progress.disposed == 2) world.clock.set("2026-11-21 03:00:00");
    };

    const auto outcome = world.process().value();

    BOOST_TEST(of(outcome, "contacts").disposed == 2);
    BOOST_TEST(of(outcome, "contacts").reason == "the window 22:00-03:00 closed");
    BOOST_TEST(all(world.broken()) == "");
}

BOOST_AUTO_TEST_CASE(a_stop_ends_the_run_after_the_batch_in_hand) {
    World world;
    make_batches_small(world);
    world.progress = [&](const Progress& progress) { world.stop = progress.disposed == 3; };

    const auto outcome = world.process().value();

    BOOST_TEST(of(outcome, "contacts").disposed == 3);
    BOOST_TEST(of(outcome, "contacts").reason == "stopped");
    BOOST_TEST(of(outcome, "orders").reason == "stopped");
    BOOST_TEST(to_string(outcome.outcome) == "partial");
    BOOST_TEST(events(world.log()).back() == "run.finished");
}

// ---- what fails alone

BOOST_AUTO_TEST_CASE(what_the_catalogue_refuses_stops_its_category_alone) {
    World world;
    world.stopped["contacts"] = "the table has no key";

    const auto outcome = world.process().value();

    BOOST_TEST(to_string(of(outcome, "contacts").outcome) == "refused");
    BOOST_TEST(of(outcome, "contacts").reason == "the table has no key");
    BOOST_TEST(of(outcome, "calls").disposed == 3);
    BOOST_TEST(with_event(world.log(), "refused").size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_store_out_of_reach_stops_no_other) {
    World world;
    world.unreachable = {"crm"};

    const auto outcome = world.process().value();

    BOOST_TEST(to_string(outcome.outcome) == "failed");
    BOOST_TEST(to_string(of(outcome, "contacts").outcome) == "failed");
    BOOST_TEST(of(outcome, "orders").disposed == 4);
}

BOOST_AUTO_TEST_CASE(a_category_that_is_not_configured_is_not_passed_over_in_silence) {
    World world;
    world.request.categories = {"orders", "order"};

    const auto outcome = world.process().value();

    BOOST_TEST(to_string(of(outcome, "order").outcome) == "failed");
    BOOST_TEST(of(outcome, "orders").disposed == 4);
}

BOOST_AUTO_TEST_CASE(a_busy_store_is_tried_again_with_growing_waits) {
    for (const int first : {5, 7}) // the mark, the first dispose: open, prepare, now, survey; mark, walk come before it
        BOOST_TEST_CONTEXT(first) {
            World world;
            world.request.categories = {"orders"};
            world.faults.fail_at = first;
            world.faults.fail_until = first + 2;
            world.faults.kind = StoreError::Kind::busy;

            const auto outcome = world.process().value();

            BOOST_TEST(of(outcome, "orders").disposed == 4);
            BOOST_TEST((world.waited == std::chrono::milliseconds(100 + 200 + 400)));
        }
}

BOOST_AUTO_TEST_CASE(a_database_that_cannot_be_marked_loses_no_record_and_blames_none) {
    World world;
    world.request.categories = {"orders"};
    world.faults.fail_at = 5;
    world.faults.fail_until = 10'000;
    world.faults.kind = StoreError::Kind::refused;

    const auto outcome = world.process().value();

    BOOST_TEST(to_string(of(outcome, "orders").outcome) == "failed");
    BOOST_TEST(of(outcome, "orders").reason.find("could not be disposed of") == std::string::npos);
    BOOST_TEST(world.stores["shop"].committed.empty());
    BOOST_TEST(with_event(world.log(), "batch.intent").empty());
}

BOOST_AUTO_TEST_CASE(a_store_that_stays_busy_fails_in_the_end) {
    World world;
    world.request.categories = {"orders"};
    world.faults.fail_at = 6;
    world.faults.fail_until = 1'000'000;
    world.faults.kind = StoreError::Kind::busy;

    const auto outcome = world.process().value();

    BOOST_TEST(to_string(of(outcome, "orders").outcome) == "failed");
    BOOST_TEST(all(world.broken()) == "");
}

// ---- no audit, no disposal

BOOST_AUTO_TEST_CASE(a_log_that_cannot_be_written_ends_the_run_everywhere) {
    World world;
    make_batches_small(world);
    std::optional<RunOutcome> outcome;
    world.progress = [&](const Progress& progress) { // another hand writes into the log
        if (progress.disposed == 2) std::ofstream(world.folder() / "log" / segment_name(1), std::ios::app) << "{}\n";
    };

    world.with_process([&](RunContext& context) { outcome = enforce(world.configuration, world.request, context); });

    BOOST_TEST(of(*outcome, "contacts").disposed == 2);
    BOOST_TEST(of(*outcome, "calls").disposed == 0);
    BOOST_TEST(of(*outcome, "orders").disposed == 0);
    BOOST_TEST(!outcome->log_failure.empty());
    for (const auto& category : outcome->categories) BOOST_TEST(to_string(category.outcome) == "failed");
    BOOST_TEST(world.stores["crm"].committed.size() == 2u);
}

// ---- every call fails once

BOOST_AUTO_TEST_CASE(whatever_call_fails_nothing_is_lost_and_a_rerun_finishes) {
    const auto calls = calls_of_a_whole_run();
    BOOST_REQUIRE(calls > 30);
    using enum StoreError::Kind;
    int runs = 0;
    for (const auto kind : {busy, refused, cancelled, lost, failed})
        for (std::int64_t at = 1; at <= calls; ++at, ++runs)
            BOOST_TEST_CONTEXT("kind " << static_cast<int>(kind) << " at call " << at) {
                World world;
                make_batches_small(world);
                world.faults.fail_at = at;
                world.faults.kind = kind;

                const auto outcome = world.process();
                world.faults.fail_at = 0;
                const auto again = world.process();

                BOOST_REQUIRE(outcome && again);
                int unharmed = 0;
                for (const auto& category : outcome->categories) unharmed += category.outcome == Outcome::completed;
                BOOST_TEST(unharmed >= 2); // one call fails: one category at most pays for it
                BOOST_TEST(to_string(again->outcome) == "completed");
                BOOST_TEST(world.left_due() == 0);
                BOOST_TEST(all(world.broken()) == "");
            }
    BOOST_TEST_MESSAGE("failed calls: " << runs);
}

BOOST_AUTO_TEST_CASE(wherever_the_process_ends_the_log_tells_the_truth_after_the_next_start) {
    const auto calls = calls_of_a_whole_run();
    for (std::int64_t at = 1; at <= calls; ++at) BOOST_TEST_CONTEXT("the process ends at call " << at) {
            World world;
            make_batches_small(world);
            world.faults.fail_at = at;

            const auto outcome = world.process();
            world.faults.fail_at = 0;
            const auto again = world.process();

            BOOST_TEST(!outcome);
            BOOST_REQUIRE(again);
            BOOST_TEST(to_string(again->outcome) == "completed");
            BOOST_TEST(world.left_due() == 0);
            BOOST_TEST(all(world.broken()) == "");
        }
    BOOST_TEST_MESSAGE("ends of the process: " << calls);
}

BOOST_AUTO_TEST_CASE(a_lost_commit_that_cannot_be_settled_leaves_its_store_in_doubt) {
    World world;
    world.faults.fail_at = 9; // the answer to the first commit of contacts
    world.faults.fail_until = 10'000;
    world.faults.kind = StoreError::Kind::lost;
    world.request.categories = {"contacts", "calls"};

    const auto outcome = world.process().value();

    BOOST_TEST(to_string(of(outcome, "contacts").outcome) == "failed");
    BOOST_TEST(of(outcome, "contacts").reason.find("in doubt") != std::string::npos);
    BOOST_TEST(to_string(of(outcome, "calls").outcome) == "refused");
    BOOST_TEST(world.stores["crm"].committed.size() == 1u);

    world.faults.fail_at = 0;
    BOOST_TEST(to_string(world.process().value().outcome) == "completed");
    BOOST_TEST(all(world.broken()) == "");
}

// ---- the judge itself catches what must not be

BOOST_AUTO_TEST_CASE(an_enforcement_that_audits_after_its_commit_is_caught) {
    World world;
    world.with_process([&](RunContext& context) {
        auto connector = context.open_store(world.configuration.stores["crm"], Zone::utc());
        auto session = connector->open(Access::read_write);
        Plan plan;
        plan.rule = world.rule("contacts");
        auto walk = session->walk(plan);
        const auto disposed = walk->dispose(10);
        walk->commit({"late.1", 5, world.clock.now(), context.log.head().hash}); // and only then:
        RecordDigest digest(world.key, "crm", "contacts");
        boost::json::array keys;
        for (const auto& key : disposed.keys) keys.emplace_back(digest(key));
        context.log.append("batch.intent",
                           {{"run", "late"},
                            {"batch", "late.1"},
                            {"category", "contacts"},
                            {"store", "crm"},
                            {"table", "contacts"},
                            {"records", 5},
                            {"keys", keys}},
                           world.clock.now());
        context.log.append("batch.committed", {{"run", "late"}, {"batch", "late.1"}, {"records", 5}},
                           world.clock.now());
    });

    BOOST_TEST(all(world.broken()) == "late.1 was committed before its intent was in the log; ");
}

BOOST_AUTO_TEST_CASE(an_enforcement_that_leaves_the_audit_out_is_caught) {
    World world;
    world.process();
    world.stores["crm"].committed.push_back({{"silent.1", 1, world.clock.now(), ""}, "calls", {"1004"}});

    BOOST_TEST(all(world.broken()) == "silent.1 was disposed of with 0 intents; "
                                      "silent.1 was disposed of, but is not committed once; ");
}

BOOST_AUTO_TEST_CASE(a_log_that_claims_what_did_not_happen_is_caught) {
    World world;
    world.process();
    world.stores["shop"].committed.clear();

    BOOST_TEST(world.broken().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_log_that_names_other_records_is_caught) {
    World world;
    world.process();
    world.stores["shop"].committed.front().keys.back() = "1006";

    BOOST_TEST(all(world.broken()).find("names other records") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_record_that_goes_twice_is_caught) {
    World world;
    world.process();
    world.stores["crm"].records["calls"]["1001"] = true; // the same key again, as a copy from a backup would have
    world.process();

    BOOST_TEST(all(world.broken()) == "1001 went twice; ");
}

BOOST_AUTO_TEST_SUITE_END()
