#include "daemon/run_desk.hpp"

#include "tests/support/clock.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <set>

using namespace retention;
using namespace retention::test;

namespace {

const Instant now = instant("2026-11-21 02:30:00");
const Date today = *parse_date("2026-11-21");
bool anything(const RunPart&) {
    return true;
}

RunOrder order(const std::string& name, const std::vector<std::pair<std::string, std::string>>& categories) {
    RunOrder one;
    one.name = name;
    one.actor = "user anna (uid 1000)";
    one.ordered = now;
    one.categories = categories;
    return one;
}

RunOrder both_stores(const std::string& name) {
    return order(name, {{"contacts", "crm"}, {"orders", "shop"}, {"calls", "crm"}});
}

std::string names(const std::vector<RunPart>& parts) {
    std::string text;
    for (const auto& part : parts) text += part.run + " ";
    return text;
}

std::string begun(RunDesk& desk, const std::string& store) {
    const auto part = desk.begin(store, now, anything);
    return part ? part->run : "";
}

} // namespace

BOOST_AUTO_TEST_SUITE(run_desk)

BOOST_AUTO_TEST_CASE(an_order_over_one_store_is_one_run_of_its_name) {
    RunDesk desk;

    const auto parts = desk.put(order("a", {{"contacts", "crm"}, {"calls", "crm"}}));

    BOOST_REQUIRE(parts.size() == 1u);
    BOOST_TEST(parts.front().run == "a");
    BOOST_TEST(parts.front().categories == (std::vector<std::string>{"contacts", "calls"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_order_over_several_stores_runs_in_all_of_them_at_once) {
    RunDesk desk;

    BOOST_TEST(names(desk.put(both_stores("a"))) == "a.crm a.shop ");

    BOOST_TEST(begun(desk, "crm") == "a.crm");
    BOOST_TEST(begun(desk, "shop") == "a.shop");
    BOOST_TEST(desk.waiting().empty());
}

BOOST_AUTO_TEST_CASE(one_store_never_has_two_runs) {
    RunDesk desk;
    desk.put(order("a", {{"contacts", "crm"}}));
    desk.put(order("b", {{"calls", "crm"}}));

    const auto first = desk.begin("crm", now, anything);
    BOOST_TEST(begun(desk, "crm") == "");
    desk.end(*first, 0);

    BOOST_TEST(begun(desk, "crm") == "b");
}

BOOST_AUTO_TEST_CASE(a_run_that_may_not_begin_keeps_no_other_waiting) {
    RunDesk desk;
    auto scheduled = order("a", {{"contacts", "crm"}});
    scheduled.scheduled = true;
    desk.put(scheduled);
    desk.put(order("b", {{"calls", "crm"}}));

    const auto part = desk.begin("crm", now, [](const RunPart& one) { return !one.scheduled; });

    BOOST_REQUIRE(part);
    BOOST_TEST(part->run == "b");
    BOOST_TEST(desk.scheduled("contacts"));
    BOOST_TEST(!desk.scheduled("calls"));
}

BOOST_AUTO_TEST_CASE(the_same_order_is_known_until_it_has_ended) {
    RunDesk desk;
    desk.put(both_stores("a"));
    const auto again = order("b", {{"calls", "crm"}, {"contacts", "crm"}, {"orders", "shop"}}); // in another order

    BOOST_TEST(desk.same(again, today).value() == "a");
    const auto crm = desk.begin("crm", now, anything), shop = desk.begin("shop", now, anything);
    BOOST_TEST(desk.same(again, today).value() == "a");
    desk.end(*crm, 0);
    BOOST_TEST(desk.same(again, today).value() == "a");
    desk.end(*shop, 0);
    BOOST_TEST(!desk.same(again, today));
}

BOOST_AUTO_TEST_CASE(an_order_for_something_else_is_not_the_same) {
    RunDesk desk;
    desk.put(both_stores("a"));

    auto other = both_stores("b");
    other.approved = true;
    BOOST_TEST(!desk.same(other, today));
    other = both_stores("b");
    other.limit = 5;
    BOOST_TEST(!desk.same(other, today));
    other = both_stores("b");
    other.as_of = today - std::chrono::days(1);
    BOOST_TEST(!desk.same(other, today));
    other.as_of = today; // which the first one left open
    BOOST_TEST(desk.same(other, today).value() == "a");
    other = both_stores("b");
    other.categories.pop_back();
    BOOST_TEST(!desk.same(other, today));
}

BOOST_AUTO_TEST_CASE(a_limit_makes_stores_follow_one_another_and_is_shared) {
    RunDesk desk;
    auto limited = both_stores("a");
    limited.limit = 10;
    desk.put(limited);

    BOOST_TEST(begun(desk, "shop") == "");
    const auto crm = desk.begin("crm", now, anything);
    BOOST_TEST(begun(desk, "shop") == "");
    desk.end(*crm, 7);

    const auto shop = desk.begin("shop", now, anything);
    BOOST_REQUIRE(shop);
    BOOST_TEST(shop->limit.value() == 3);
}

BOOST_AUTO_TEST_CASE(what_waits_can_be_withdrawn_whole_or_by_store) {
    RunDesk desk;
    desk.put(both_stores("a"));
    desk.put(both_stores("b"));

    BOOST_TEST(names(desk.withdraw("a.shop")) == "a.shop ");
    BOOST_TEST(begun(desk, "shop") == "b.shop");
    BOOST_TEST(names(desk.withdraw("b")) == "b.crm "); // its other part runs
    BOOST_TEST(names(desk.withdraw("none")) == "");
    BOOST_TEST(names(desk.withdraw_all()) == "a.crm ");
    BOOST_TEST(desk.waiting().empty());
}

BOOST_AUTO_TEST_CASE(what_does_not_stay_leaves_the_parts_that_wait) {
    RunDesk desk;
    desk.put(both_stores("a"));
    const auto running = desk.begin("shop", now, anything);
    desk.put(order("b", {{"contacts", "crm"}}));
    const auto is_other = [](const RunPart&, const std::string& category) {
        return category != "contacts" && category != "orders";
    };

    const auto lost = desk.drop(is_other);

    BOOST_TEST(names(lost) == "a.crm b ");
    BOOST_TEST(lost.at(0).categories == (std::vector<std::string>{"contacts"}), boost::test_tools::per_element());
    BOOST_TEST(desk.waits("a.crm"));
    BOOST_TEST(!desk.waits("b"));
    BOOST_TEST(desk.running().at("shop").categories.size() == 1u);    // it began
    BOOST_TEST(!desk.same(order("c", {{"contacts", "crm"}}), today)); // nobody does that any more
    BOOST_TEST(!desk.same(both_stores("c"), today));                  // nor all of this
    BOOST_TEST(desk.same(order("c", {{"calls", "crm"}, {"orders", "shop"}}), today).value() == "a");
    BOOST_TEST(desk.drop(is_other).empty());
    BOOST_TEST(desk.begin("crm", now, anything).value().categories == (std::vector<std::string>{"calls"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(whatever_comes_each_part_runs_once_and_no_store_twice_at_a_time) {
    const auto seed = std::random_device{}();
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937 random(seed);
    const std::vector<std::string> stores{"a", "b", "c"};
    RunDesk desk;
    std::set<std::string> put, ran, withdrawn;
    std::map<std::string, RunPart> running;
    for (int step = 0, orders = 0; step < 5000; ++step) {
        const auto& store = stores[random() % 3];
        switch (random() % 4) {
        case 0: {
            auto one = order("o" + std::to_string(++orders), {});
            for (const auto& name : stores)
                if (random() % 2) one.categories.emplace_back("c" + name, name);
            if (random() % 3 == 0) one.limit = 5;
            for (const auto& part : desk.put(one)) put.insert(part.run);
            break;
        }
        case 1:
            if (const auto part = desk.begin(store, now, anything)) {
                BOOST_REQUIRE(!running.contains(store));
                BOOST_REQUIRE(ran.insert(part->run).second);
                running[store] = *part;
            }
            break;
        case 2:
            if (running.contains(store)) desk.end(running[store], 1), running.erase(store);
            break;
        default:
            if (random() % 10 == 0)
                for (const auto& part : desk.withdraw("o" + std::to_string(random() % (orders + 1))))
                    BOOST_REQUIRE(withdrawn.insert(part.run).second);
        }
    }
    for (int round = 0; round < 20000 && !(desk.waiting().empty() && running.empty()); ++round)
        for (const auto& store : stores) {
            if (running.contains(store)) desk.end(running[store], 0), running.erase(store);
            if (const auto part = desk.begin(store, now, anything)) ran.insert(part->run), running[store] = *part;
        }

    BOOST_TEST(desk.waiting().empty()); // nothing waits for ever
    for (const auto& run : put) BOOST_TEST(ran.contains(run) + withdrawn.contains(run) == 1, run);
}

BOOST_AUTO_TEST_SUITE_END()
