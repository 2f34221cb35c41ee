#include "daemon/planning.hpp"

#include "tests/daemon/scripted_store.hpp"
#include "tests/support/hand_catalogue.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <functional>

using namespace retention;
using namespace retention::test;

namespace {

const Date as_of = *parse_date("2026-11-21");

std::shared_ptr<const Catalogue> tables() {
    return hand_catalogue(
        {HandTable("contacts")
             .integer("id")
             .date("created_at")
             .text("name", 40)
             .text("kind")
             .key({"id"})
             .index({"kind"}),
         HandTable("invoices").integer("id").integer("contact_id").date("paid_on").key({"id"}).index({"contact_id"}),
         HandTable("logs").integer("id").date("at").key({"id"})});
}

// One store "crm" with rules over hand-made tables.
struct World {
    World() {
        configuration.stores["crm"].name = "crm";
        scripts["crm"].catalogue = tables();
    }
    Script& crm() { return scripts.at("crm"); }
    void add(const HandRule& hand, const std::string& store = "crm") {
        Rule rule = hand.plan()->rule;
        rule.store = store;
        configuration.rules.push_back(rule);
    }
    StorePlans plan(const std::vector<std::string>& wanted = {}) {
        return plan_store(configuration, configuration.stores.at("crm"), as_of, wanted, scripted(scripts));
    }
    Configuration configuration;
    Scripts scripts;
};

HandRule rule(const std::string& table, const std::string& category, const std::string& trigger) {
    HandRule made(tables(), table);
    made.category(category).trigger(trigger);
    return made;
}
HandRule leads() {
    return rule("contacts", "leads", "created_at").where_record("kind = 'lead'").mask("name", "redact");
}
HandRule clients() {
    return rule("contacts", "clients", "created_at").where_record("kind = 'client'").mask("name", "redact");
}
HandRule removed() {
    return rule("contacts", "removed", "created_at").where_record("kind = 'old'").erase();
}
HandRule logs() {
    return rule("logs", "logs", "at").erase();
}
HandRule invoices() {
    return rule("invoices", "invoices", "paid_on").erase().period({84, Unit::month});
}
HandRule takes_invoices() {
    return removed().related("invoices", {"contact_id"}, Action::erase);
}

using Names = std::vector<std::string>;
Names planned(const StorePlans& plans) {
    Names names;
    for (const auto& plan : plans.plans) names.push_back(plan->rule.category);
    return names;
}
Names stopped(const StorePlans& plans) {
    Names names;
    for (const auto& one : plans.stopped) names.push_back(one.category);
    return names;
}
void check(const StorePlans& plans, const Names& running, const Names& halted) {
    BOOST_TEST_CONTEXT(text_of(plans.problems)) {
        BOOST_TEST(planned(plans) == running, boost::test_tools::per_element());
        BOOST_TEST(stopped(plans) == halted, boost::test_tools::per_element());
    }
}
Problem error_in(const std::string& category) {
    return {Severity::error, {}, category, "no such column", "look again"};
}

} // namespace

BOOST_AUTO_TEST_SUITE(planning)

BOOST_AUTO_TEST_CASE(plans_every_category_of_a_store) {
    World world;
    world.add(leads());
    world.add(logs());

    const StorePlans plans = world.plan();

    check(plans, {"leads", "logs"}, {});
    BOOST_TEST(plans.failure.empty());
    BOOST_TEST(plans.connector != nullptr);
}

BOOST_AUTO_TEST_CASE(an_error_stops_its_category_alone) {
    World world;
    world.add(leads());
    world.add(logs());
    world.crm().tried["leads"] = {error_in("leads")};

    const StorePlans plans = world.plan();

    check(plans, {"logs"}, {"leads"});
    BOOST_TEST(plans.stopped[0].reason == "no such column");
}

BOOST_AUTO_TEST_CASE(a_warning_stops_nothing) {
    World world;
    world.add(leads());
    world.crm().tried["leads"] = {{Severity::warning, {}, "leads", "no index", ""}};

    const StorePlans plans = world.plan();

    check(plans, {"leads"}, {});
    BOOST_TEST((find_problem(plans.problems, Severity::warning, {"no index"}) != nullptr));
}

BOOST_AUTO_TEST_CASE(an_unknown_table_stops_its_category_alone) {
    World world;
    world.add(leads());
    world.add(logs());
    world.configuration.rules[0].table = "contcats";

    check(world.plan(), {"logs"}, {"leads"});
}

BOOST_AUTO_TEST_CASE(an_error_of_no_category_stops_them_all) {
    World world;
    world.add(leads());
    world.add(logs());
    world.crm().tried["leads"] = {error_in("")};

    check(world.plan(), {}, {"leads", "logs"});
}

BOOST_AUTO_TEST_CASE(a_store_out_of_reach_is_an_answer) {
    World world;
    world.add(leads());
    world.add(logs());
    world.crm().unreachable = "no such file";

    const StorePlans plans = world.plan();

    check(plans, {}, {"leads", "logs"});
    BOOST_TEST(plans.failure == "no such file");
    BOOST_TEST(plans.stopped[1].reason == "no such file");
}

BOOST_AUTO_TEST_CASE(a_refused_trial_stops_its_category_and_a_lost_store_them_all) {
    World world;
    world.add(leads());
    world.add(logs());

    world.crm().failing.emplace("leads", StoreError(StoreError::Kind::refused, "no such function"));
    check(world.plan(), {"logs"}, {"leads"});

    world.crm().failing.clear();
    world.crm().failing.emplace("leads", StoreError(StoreError::Kind::lost, "gone"));
    check(world.plan(), {}, {"leads", "logs"});
}

BOOST_AUTO_TEST_CASE(an_anonymise_category_yields_to_the_deletes_on_its_table) {
    World world;
    world.add(leads());
    world.add(removed());
    world.add(logs());

    const StorePlans plans = world.plan();

    for (const auto& plan : plans.plans) BOOST_TEST_CONTEXT(plan->rule.category)
    BOOST_TEST(plan->yields_to.size() == (plan->rule.category == "leads" ? 1u : 0u));
    const Names order = planned(plans);
    BOOST_TEST((std::find(order.begin(), order.end(), "removed") < std::find(order.begin(), order.end(), "leads")));
}

BOOST_AUTO_TEST_CASE(what_is_not_wanted_is_still_yielded_to) {
    World world;
    world.add(leads());
    world.add(removed());

    const StorePlans plans = world.plan({"leads"});

    check(plans, {"leads"}, {});
    BOOST_TEST(plans.plans[0]->yields_to.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_stopped_delete_stops_the_anonymise_that_would_yield_to_it) {
    World world;
    world.add(leads());
    world.add(removed());
    world.add(logs());
    world.crm().tried["removed"] = {error_in("removed")};

    check(world.plan(), {"logs"}, {"leads", "removed"});
}

BOOST_AUTO_TEST_CASE(a_stopped_anonymise_does_not_stop_the_delete) {
    World world;
    world.add(leads());
    world.add(removed());
    world.crm().tried["leads"] = {error_in("leads")};

    check(world.plan(), {"removed"}, {"leads"});
}

BOOST_AUTO_TEST_CASE(two_anonymises_of_one_record_are_stopped_both_with_the_count) {
    World world;
    world.add(leads());
    world.add(clients());
    world.crm().shared[{"leads", "clients"}] = 1204;

    const StorePlans plans = world.plan();

    check(plans, {}, {"leads", "clients"});
    BOOST_TEST(count(plans.problems, Severity::error) == 2u);
    BOOST_TEST((find_problem(plans.problems, Severity::error, {"1,204 records", "leads", "clients"}) != nullptr));
}

BOOST_AUTO_TEST_CASE(two_anonymises_that_share_nothing_both_run) {
    World world;
    world.add(leads());
    world.add(clients());

    check(world.plan(), {"leads", "clients"}, {});
}

BOOST_AUTO_TEST_CASE(a_delete_and_an_anonymise_may_share_records) {
    World world;
    world.add(leads());
    world.add(removed());
    world.crm().shared[{"leads", "removed"}] = world.crm().shared[{"removed", "leads"}] = 5;

    check(world.plan(), {"removed", "leads"}, {});
}

BOOST_AUTO_TEST_CASE(rows_that_their_own_category_keeps_longer_stop_the_rule_that_takes_them) {
    World world;
    world.add(takes_invoices());
    world.add(invoices());
    world.crm().longer[{"removed", "invoices"}] = 12;

    const StorePlans plans = world.plan();

    check(plans, {"invoices"}, {"removed"});
    BOOST_TEST((find_problem(plans.problems, Severity::error, {"12 rows of invoices", "keeps longer"}) != nullptr));
    BOOST_TEST((world.crm().asked_of_today.at({"removed", "invoices"}) == false));
}

BOOST_AUTO_TEST_CASE(a_shorter_period_of_the_rows_own_is_asked_of_today_alone) {
    const std::pair<Period, bool> cases[] = {
        {{84, Unit::month}, false}, // 7 years may end after 36 months
        {{36, Unit::month}, true},  // never after
        {{1, Unit::year}, true},
        {{1097, Unit::day}, false}, // 36 months are 1,095 or 1,096 days
    };

    for (const auto& [period, today] : cases) BOOST_TEST_CONTEXT(to_string(period)) {
            World world;
            world.add(takes_invoices());
            world.add(invoices().period(period));

            world.plan();

            BOOST_TEST((world.crm().asked_of_today.at({"removed", "invoices"}) == today));
        }
}

BOOST_AUTO_TEST_CASE(rows_whose_own_category_is_stopped_are_not_taken) {
    World world;
    world.add(takes_invoices());
    world.add(invoices());
    world.crm().tried["invoices"] = {error_in("invoices")};

    check(world.plan(), {}, {"removed", "invoices"});
}

BOOST_AUTO_TEST_CASE(rows_whose_own_category_could_not_be_planned_are_not_taken) {
    World world;
    world.add(takes_invoices());
    world.add(invoices());
    world.configuration.rules[1].triggers[0].column = "payed_on";

    check(world.plan(), {}, {"removed", "invoices"});
}

BOOST_AUTO_TEST_CASE(the_store_is_asked_about_the_wanted_categories_and_those_that_bear_on_them) {
    const std::vector<std::pair<Names, Names>> cases{
        {{"logs"}, {"logs"}},
        {{"leads"}, {"removed", "invoices", "leads", "clients", "leads+clients", "removed>invoices"}},
        {{"invoices"}, {"invoices"}}, // who takes its rows is another matter
        {{}, {"removed", "invoices", "leads", "clients", "logs", "leads+clients", "removed>invoices"}}};
    for (const auto& [wanted, asked] : cases) BOOST_TEST_CONTEXT((wanted.empty() ? "all" : wanted[0])) {
            World world;
            world.add(leads());
            world.add(clients());
            world.add(takes_invoices());
            world.add(invoices());
            world.add(logs());

            world.plan(wanted);

            Names found = world.crm().asked, expected = asked;
            std::ranges::sort(found);
            std::ranges::sort(expected);
            BOOST_TEST(found == expected, boost::test_tools::per_element());
        }
}

// What is not asked about must change nothing: each category alone is judged as among all of them.
BOOST_AUTO_TEST_CASE(a_category_alone_is_judged_as_among_all) {
    const std::vector<std::function<void(Script&)>> faults{
        [](Script&) {},
        [](Script& crm) { crm.tried["removed"] = {error_in("removed")}; },
        [](Script& crm) { crm.tried["invoices"] = {error_in("invoices")}; },
        [](Script& crm) { crm.tried["clients"] = {error_in("clients")}; },
        [](Script& crm) {
            crm.shared[{"leads", "clients"}] = 3;
        },
        [](Script& crm) {
            crm.longer[{"removed", "invoices"}] = 3;
        }};
    for (std::size_t i = 0; i < faults.size(); ++i) {
        const auto world_of = [&](World& world) {
            world.add(leads());
            world.add(clients());
            world.add(takes_invoices());
            world.add(invoices());
            world.add(logs());
            faults[i](world.crm());
        };
        World whole;
        world_of(whole);
        const StorePlans all = whole.plan();
        for (const Rule& rule : whole.configuration.rules) BOOST_TEST_CONTEXT(i << ": " << rule.category) {
                World world;
                world_of(world);

                const StorePlans one = world.plan({rule.category});

                const Names halted = stopped(all);
                BOOST_TEST(planned(one).size() + stopped(one).size() == 1u);
                BOOST_TEST(stopped(one).size() == static_cast<std::size_t>(std::ranges::count(halted, rule.category)));
            }
    }
}

BOOST_AUTO_TEST_CASE(a_stopped_category_keeps_the_hint_of_its_first_error) {
    World world;
    world.add(leads());
    world.add(logs());
    world.crm().tried["leads"] = {error_in("leads")};
    world.crm().failing.emplace("logs", StoreError(StoreError::Kind::refused, "no right\nhint: grant it"));

    const StorePlans plans = world.plan();

    BOOST_TEST_REQUIRE(plans.stopped.size() == 2u);
    BOOST_TEST(plans.stopped[0].hint == "look again");
    BOOST_TEST(plans.stopped[1].reason == "no right");
    BOOST_TEST(plans.stopped[1].hint == "grant it");
    BOOST_TEST((find_problem(plans.problems, Severity::error, {"no right", "grant it"})->what == "no right"));
}

BOOST_AUTO_TEST_CASE(an_error_has_one_hint_that_of_the_store_where_it_has_one) {
    World world;
    world.add(leads());
    world.crm().tried["leads"] = {{Severity::error, {}, "leads", "not prepared: no right\nhint: grant it", "ours"}};

    const Problems problems = world.plan().problems;

    BOOST_TEST_REQUIRE(problems.size() == 1u);
    BOOST_TEST(to_string(problems[0]) == "error: not prepared: no right\nhint: grant it");
}

BOOST_AUTO_TEST_CASE(only_stores_of_wanted_categories_are_opened) {
    World world;
    world.configuration.stores["shop"].name = "shop";
    world.scripts["shop"].catalogue = tables();
    world.add(leads());
    world.add(logs(), "shop");

    const auto plans = plan_stores(world.configuration, as_of, {"logs"}, scripted(world.scripts));

    BOOST_TEST_REQUIRE(plans.size() == 1u);
    BOOST_TEST(plans[0].store->name == "shop");
    BOOST_TEST(world.crm().opened == 0);
}

BOOST_AUTO_TEST_SUITE_END()
