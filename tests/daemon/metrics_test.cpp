#include "daemon/metrics.hpp"
#include "tests/support/clock.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <regex>

using namespace retention;
using namespace retention::test;

namespace {

ServiceStatus two_categories() {
    ServiceStatus status;
    status.version = "0.1.0";
    status.started = status.loaded = instant("2026-11-20 00:00:00");
    status.audit_seq = 1204;
    status.audit_time = instant("2026-11-21 00:00:00");
    status.stores = {{"crm", "ready", "", {}, {}}, {"erp", "unreachable", "refused", {}, {}}};
    CategoryStatus contacts, odd;
    contacts.category = "contacts", contacts.store = "crm", contacts.outcome = "completed";
    contacts.counted_as_of = parse_date("2026-11-21"), contacts.due = 9, contacts.overdue = 3;
    contacts.oldest_overdue_days = 12, contacts.disposed_total = 5'000'000'000;
    contacts.last_success = contacts.finished = instant("2026-11-21 00:00:00");
    contacts.waited = {{"replicas", 1.5}};
    contacts.next_run = instant("2026-11-24 00:00:00");
    odd.category = "odd \"one\"\\\n", odd.store = "erp";
    status.categories = {contacts, odd};
    return status;
}

bool has_line(const std::string& text, const std::string& line) {
    return ('\n' + text).find('\n' + line + '\n') != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(metrics)

BOOST_AUTO_TEST_CASE(says_the_age_of_the_oldest_overdue_record_in_seconds) {
    const auto text = metrics_text(two_categories());

    BOOST_TEST(has_line(text, "retentiond_oldest_overdue_age_seconds{category=\"contacts\",store=\"crm\"} 1036800"));
    BOOST_TEST(has_line(text, "# TYPE retentiond_oldest_overdue_age_seconds gauge"));
}

BOOST_AUTO_TEST_CASE(says_what_status_says) {
    const auto text = metrics_text(two_categories());

    for (const char* line : {
             "retentiond_build_info{version=\"0.1.0\"} 1",
             "retentiond_healthy 0",
             "retentiond_audit_lines_total 1204",
             "retentiond_store_up{store=\"crm\"} 1",
             "retentiond_store_up{store=\"erp\"} 0",
             "retentiond_due_records{category=\"contacts\",store=\"crm\"} 9",
             "retentiond_disposed_records_total{category=\"contacts\",store=\"crm\"} 5000000000",
             "retentiond_last_run_success{category=\"contacts\",store=\"crm\"} 1",
             "retentiond_last_success_timestamp_seconds{category=\"contacts\",store=\"crm\"} 1795219200",
             "retentiond_waited_seconds_total{category=\"contacts\",store=\"crm\",reason=\"replicas\"} 1.5",
         })
        BOOST_TEST(has_line(text, line), line);
}

BOOST_AUTO_TEST_CASE(what_was_never_counted_has_no_sample) {
    const auto text = metrics_text(two_categories());

    BOOST_TEST(text.find("due_records{category=\"odd") == std::string::npos);
    BOOST_TEST(text.find("last_run_success{category=\"odd") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_name_with_quotes_and_line_ends_breaks_no_line) {
    const auto text = metrics_text(two_categories());

    BOOST_TEST(has_line(text, "retentiond_batches_total{category=\"odd \\\"one\\\"\\\\\\n\",store=\"erp\"} 0"));
}

BOOST_AUTO_TEST_CASE(the_alerts_and_the_dashboard_name_only_metrics_that_there_are) {
    const auto text = metrics_text(two_categories());
    const std::regex name("retentiond_[a-z_]+");

    for (const char* file : {"prometheus-alerts.yml", "grafana-dashboard.json"}) {
        std::ifstream in(std::string(SOURCE_DIRECTORY "/systemd/") + file);
        const std::string rules{std::istreambuf_iterator<char>(in), {}};
        const std::sregex_iterator first(rules.begin(), rules.end(), name);
        BOOST_TEST(std::distance(first, {}) > 5);
        for (auto found = first; found != std::sregex_iterator(); ++found)
            BOOST_TEST(text.find("# TYPE " + found->str() + ' ') != std::string::npos, file << ": " << found->str());
    }
}

BOOST_AUTO_TEST_CASE(promtool_finds_nothing_to_say) {
    if (std::system("command -v promtool >/dev/null") != 0) {
        BOOST_TEST_MESSAGE("skipped: promtool is not installed (Debian package prometheus)");
        BOOST_TEST_REQUIRE(true);
        return;
    }

    FILE* promtool = popen("promtool check metrics", "w");
    BOOST_REQUIRE(promtool);
    const auto text = metrics_text(two_categories());
    std::fwrite(text.data(), 1, text.size(), promtool);

    BOOST_TEST(pclose(promtool) == 0);
    BOOST_TEST(std::system("promtool check rules " SOURCE_DIRECTORY "/systemd/prometheus-alerts.yml") == 0);
}

BOOST_AUTO_TEST_SUITE_END()
