#include "daemon/service_status.hpp"
#include "tests/support/clock.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>
#include <sstream>

using namespace retention;
using namespace retention::test;
namespace json = boost::json;

namespace {

ServiceStatus healthy() {
    ServiceStatus status;
    status.version = "0.1.0";
    status.now = instant("2026-11-21 12:00:00");
    status.started = status.loaded = instant("2026-11-20 01:30:00");
    status.timezone = "Europe/Berlin";
    status.configuration = "/etc/retentiond/retentiond.toml";
    status.audit_seq = 1204;
    status.audit_time = instant("2026-11-21 01:30:05");
    status.stores = {{"crm", "ready", "", std::nullopt, std::nullopt}};
    CategoryStatus contacts;
    contacts.category = "contacts", contacts.store = "crm", contacts.action = "anonymise";
    contacts.next_run = instant("2026-11-24 01:30:00");
    contacts.run = "r1", contacts.outcome = "completed", contacts.finished = instant("2026-11-21 01:30:05");
    contacts.disposed = 1204, contacts.last_success = contacts.finished;
    contacts.counted_as_of = parse_date("2026-11-21"), contacts.exempt = 17, contacts.undated = 2;
    status.categories = {contacts};
    return status;
}

ServiceStatus troubled() {
    auto status = healthy();
    status.not_loaded = "rules.toml:3:1: unknown key";
    status.stopped = "the state is lost";
    status.runs = {
        {"r2", "user anna (uid 1000)", "running", status.now, {"contacts", "logs"}, "contacts", 50, 200, "replicas"}};
    status.stores.push_back(
        {"erp", "unreachable", "connection refused", status.started, instant("2026-11-21 12:04:00")});
    auto& contacts = status.categories[0];
    contacts.outcome = "failed", contacts.reason = "a statement failed";
    contacts.due = 9, contacts.overdue = 3, contacts.oldest_due = parse_date("2019-02-01"),
    contacts.oldest_overdue_days = 12;
    status.late = {"contacts: 3 records overdue, the oldest for 12 days"};
    status.waits_for_you = {"logs: 900 records are due, more than 5 %: retentiond purge logs --yes"};
    return status;
}

std::string screen(const ServiceStatus& status, bool interactive = true) {
    std::ostringstream out;
    print_status(out, status, {interactive, false, 200});
    return out.str();
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(service_status)

BOOST_AUTO_TEST_CASE(comes_back_from_its_json_as_it_was) {
    for (const auto& status : {ServiceStatus{}, healthy(), troubled()})
        BOOST_TEST(status_json(status_from_json(status_json(status))) == status_json(status));
}

BOOST_AUTO_TEST_CASE(every_member_travels) {
    const auto there = status_from_json(status_json(troubled()));

    BOOST_TEST(screen(there) == screen(troubled()));
    BOOST_TEST(there.runs.at(0).waits_for == "replicas");
    BOOST_TEST(there.categories.at(0).oldest_overdue_days.value() == 12);
    BOOST_TEST((there.stores.at(1).next_try == instant("2026-11-21 12:04:00")));
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_status) {
    for (const char* text : {"", "[]", "{}", "{\"version\": 1}", "no JSON"})
        BOOST_TEST_CONTEXT("the text \"" << text << '"')
    BOOST_CHECK_THROW(status_from_json(text), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(the_json_says_whether_it_is_healthy_and_why_not) {
    const auto well = json::parse(status_json(healthy())).as_object(),
               ill = json::parse(status_json(troubled())).as_object();

    BOOST_TEST(well.at("healthy").as_bool());
    BOOST_TEST(well.at("faults").as_array().empty());
    BOOST_TEST(!ill.at("healthy").as_bool());
    BOOST_TEST(ill.at("faults").as_array().size() == 5u);
}

BOOST_AUTO_TEST_CASE(one_screen_answers_what_a_person_asks) {
    const auto text = screen(troubled());

    BOOST_TEST(has(text, "retentiond 0.1.0 is not healthy; running since 2026-11-20 02:30 (Europe/Berlin)"));
    BOOST_TEST(has(text, "running since 2026-11-21 13:00: contacts, 50 of 200 (25 %); waits for replicas (run r2"));
    BOOST_TEST(has(text, "contacts  crm    2026-11-21 02:30  failed     1,204  2026-11-24 02:30    9        3"));
    BOOST_TEST(has(text, "Wrong:\n  nothing is disposed of: the state is lost\n"));
    BOOST_TEST(has(text, "  store erp is unreachable: connection refused\n"));
    BOOST_TEST(has(text, "  erp, unreachable since 2026-11-20 02:30, is tried again at 2026-11-21 13:04\n"));
    BOOST_TEST(has(text, "Waits for you:\n  logs: 900 records are due"));
    BOOST_TEST(std::count(text.begin(), text.end(), '\n') < 24);
}

BOOST_AUTO_TEST_CASE(a_healthy_daemon_has_nothing_wrong_and_nothing_that_waits) {
    const auto text = screen(healthy());

    BOOST_TEST(has(text, "retentiond 0.1.0 is healthy"));
    BOOST_TEST(has(text, "Now:           nothing runs"));
    for (const char* part : {"Wrong", "Waits for you", "Stores:"}) BOOST_TEST(!has(text, part));
}

BOOST_AUTO_TEST_CASE(what_was_never_counted_is_no_zero) {
    auto status = healthy();
    status.categories[0].counted_as_of.reset();

    BOOST_TEST(has(screen(status), "    ?        ?\n"));
}

BOOST_AUTO_TEST_SUITE_END()
