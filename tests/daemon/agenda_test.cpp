#include "daemon/agenda.hpp"
#include "tests/support/clock.hpp"

#include <boost/test/unit_test.hpp>

using namespace retention;
using namespace retention::test;

namespace {

Configuration with_schedules(const std::vector<std::pair<std::string, std::string>>& schedules) {
    Configuration configuration;
    for (const auto& [category, schedule] : schedules) {
        Rule rule;
        rule.category = category;
        rule.schedule = schedule;
        rule.place = {"policies.d/crm.toml", 7, 1};
        configuration.rules.push_back(rule);
    }
    return configuration;
}

std::string names(const std::vector<std::string>& categories) {
    std::string text;
    for (const auto& category : categories) text += category + " ";
    return text;
}

Served all_served(const Agenda& agenda, const std::string& through) {
    Served served;
    for (const auto& category : agenda.categories()) served[category] = instant(through);
    return served;
}

} // namespace

BOOST_AUTO_TEST_SUITE(agenda)

BOOST_AUTO_TEST_CASE(the_first_of_all_schedules_is_next) {
    const Agenda agenda(with_schedules({{"contacts", "02:30"}, {"calls", "01:00"}, {"logs", ""}}));

    BOOST_TEST((agenda.next(all_served(agenda, "2026-11-21 00:00:00")) == instant("2026-11-21 01:00:00")));
    BOOST_TEST((agenda.next(all_served(agenda, "2026-11-21 01:00:00")) == instant("2026-11-21 02:30:00")));
    BOOST_TEST((agenda.next("calls", instant("2026-11-21 01:00:00")) == instant("2026-11-22 01:00:00")));
    BOOST_TEST(!agenda.next("logs", instant("2026-11-21 01:00:00")));
    BOOST_TEST(!agenda.next("others", instant("2026-11-21 01:00:00")));
}

BOOST_AUTO_TEST_CASE(categories_of_one_instant_come_together) {
    const Agenda agenda(with_schedules({{"contacts", "02:30"}, {"calls", "Sat 02:30"}, {"orders", "02:31"}}));

    BOOST_TEST(names(agenda.due(all_served(agenda, "2026-11-21 02:29:59"), instant("2026-11-21 02:30:00"))) ==
               "contacts calls ");
}

BOOST_AUTO_TEST_CASE(what_was_missed_comes_once) {
    const Agenda agenda(with_schedules({{"contacts", "*:0/5"}, {"calls", "02:00"}, {"orders", "12:00"}}));

    BOOST_TEST(names(agenda.due(all_served(agenda, "2026-11-21 01:00:00"), instant("2026-11-21 03:00:00"))) ==
               "contacts calls ");
}

BOOST_AUTO_TEST_CASE(each_category_counts_from_where_it_was_served) {
    const Agenda agenda(with_schedules({{"contacts", "02:00"}, {"calls", "02:00"}, {"orders", "02:00"}}));
    const Served served{{"contacts", instant("2026-11-21 02:00:00")}, {"calls", instant("2026-11-01 00:00:00")}};

    BOOST_TEST(names(agenda.due(served, instant("2026-11-21 12:00:00"))) == "calls ");
    BOOST_TEST((agenda.next(served) == instant("2026-11-01 02:00:00")));
}

BOOST_AUTO_TEST_CASE(a_category_without_schedule_never_runs_by_itself) {
    const Agenda agenda(with_schedules({{"logs", ""}}));

    BOOST_TEST(agenda.empty());
    BOOST_TEST(!agenda.next({{"logs", instant("2026-11-21 00:00:00")}}));
    BOOST_TEST(agenda.due({{"logs", instant("2026-01-01 00:00:00")}}, instant("2027-01-01 00:00:00")).empty());
}

BOOST_AUTO_TEST_CASE(a_schedule_is_the_same_by_its_text) {
    const auto before = with_schedules({{"contacts", "02:30"}, {"orders", "02:30"}, {"logs", ""}, {"calls", "02:30"}});
    const auto now = with_schedules({{"contacts", "02:30"}, {"orders", "02:31"}, {"logs", ""}});

    BOOST_TEST(same_schedule(before, now, "contacts"));
    for (const auto* other : {"orders", "logs", "calls", "none"}) {
        BOOST_TEST(!same_schedule(before, now, other));
        BOOST_TEST(!same_schedule(now, before, other));
    }
}

BOOST_AUTO_TEST_CASE(a_schedule_that_is_not_understood_is_an_error_where_it_is_written) {
    auto configuration =
        with_schedules({{"contacts", "02:30"}, {"calls", "at night"}, {"logs", ""}, {"bills", "at night"}});
    configuration.rules[1].schedule_place =
        configuration.rules[3].schedule_place = {"retentiond.toml", 7, 12}; // for all

    const auto problems = check_schedules(configuration);

    BOOST_REQUIRE(problems.size() == 1u);
    BOOST_TEST(has_errors(problems));
    BOOST_TEST(problems.front().category == "calls");
    BOOST_TEST(problems.front().place.line == 7u);
}

BOOST_AUTO_TEST_SUITE_END()
