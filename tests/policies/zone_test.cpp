#include "policies/zone.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdio>
#include <stdexcept>
#include <string>

namespace retention {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

Zone zone(const std::string& name) {
    const auto loaded = Zone::load(name);
    if (!loaded) throw std::invalid_argument("no zone " + name);
    return *loaded;
}

Date date(const std::string& text) {
    const auto read = parse_date(text);
    if (!read) throw std::invalid_argument(text);
    return *read;
}

// "2026-03-29 01:30:00" as microseconds of whichever time line.
microseconds reading(const std::string& text) {
    int hour = 0, minute = 0, second = 0;
    if (std::sscanf(text.c_str() + 10, " %d:%d:%d", &hour, &minute, &second) != 3) throw std::invalid_argument(text);
    return date(text.substr(0, 10)).time_since_epoch() + std::chrono::hours{hour} + std::chrono::minutes{minute} +
           seconds{second};
}
Instant instant(const std::string& text) {
    return Instant{reading(text)};
}
LocalTime local(const std::string& text) {
    return LocalTime{reading(text)};
}

std::string written(microseconds time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const auto rest = std::chrono::duration_cast<seconds>(time - day).count();
    char text[32];
    std::snprintf(text, sizeof text, " %02d:%02d:%02d", static_cast<int>(rest / 3600), static_cast<int>(rest / 60 % 60),
                  static_cast<int>(rest % 60));
    return to_string(Date{day}) + text;
}
std::string written(Instant instant) {
    return written(instant.time_since_epoch());
}
std::string written(LocalTime time) {
    return written(time.time_since_epoch());
}

const char* const sample[] = {"UTC",
                              "Europe/London",
                              "Europe/Berlin",
                              "Europe/Dublin",
                              "America/New_York",
                              "America/St_Johns",
                              "America/Sao_Paulo",
                              "America/Havana",
                              "America/Asuncion",
                              "Asia/Beirut",
                              "Asia/Tehran",
                              "Asia/Kathmandu",
                              "Africa/Casablanca",
                              "Africa/Cairo",
                              "Australia/Lord_Howe",
                              "Pacific/Apia",
                              "Pacific/Chatham",
                              "Antarctica/Troll"};

struct Transition {
    const char* zone;
    const char* near; // the days around this date
};
const Transition transitions[] = {
    {"Europe/London", "2026-03-29"},       {"Europe/London", "2026-10-25"},     {"America/New_York", "2026-03-08"},
    {"America/New_York", "2026-11-01"},    {"America/St_Johns", "2006-10-29"},  {"America/St_Johns", "2006-04-02"},
    {"America/Sao_Paulo", "2018-11-04"},   {"America/Sao_Paulo", "2019-02-17"}, {"America/Havana", "2018-11-04"},
    {"America/Havana", "2018-03-11"},      {"Asia/Beirut", "2026-03-29"},       {"Asia/Beirut", "2026-10-25"},
    {"Australia/Lord_Howe", "2026-04-05"}, {"Pacific/Apia", "2011-12-30"},      {"Europe/London", "2100-03-28"}};

} // namespace

BOOST_AUTO_TEST_SUITE(zone_rules)

BOOST_AUTO_TEST_CASE(knows_the_names_of_the_system) {
    for (const std::string name : {"UTC", "Etc/UTC", "Europe/London", "America/Argentina/Buenos_Aires",
                                   "America/Port-au-Prince", "Etc/GMT+5", "EST5EDT", "GB"})
        BOOST_TEST_CONTEXT(name) {
            const auto loaded = Zone::load(name);

            BOOST_REQUIRE(loaded.has_value());
            BOOST_TEST(loaded->name() == name);
        }
    BOOST_TEST(Zone::utc().name() == "UTC");
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_name_of_a_zone) {
    const std::string names[] = {"",
                                 " ",
                                 "Mars/Olympus",
                                 "london",
                                 "Europe",
                                 "Europe/",
                                 "Europe/London ",
                                 " Europe/London",
                                 "Europe//London",
                                 "../../etc/localtime",
                                 "Europe/../Europe/London",
                                 "./UTC",
                                 "/usr/share/zoneinfo/Europe/London",
                                 "/etc/localtime",
                                 "localtime",
                                 "posixrules",
                                 "libc:localtime",
                                 "libc:UTC",
                                 "file:Europe/London",
                                 ":Europe/London",
                                 "Fixed/UTC+01:00:00",
                                 "Fixed/UTC",
                                 "UTC0",
                                 "UTC+1",
                                 "UTC-05:00",
                                 "+01:00",
                                 "GMT0BST,M3.5.0/1,M10.5.0",
                                 "EST5EDT,M3.2.0,M11.1.0",
                                 "<+03>-3",
                                 "JST-9",
                                 "right/Europe/London",
                                 "posix/Europe/London",
                                 "zone.tab",
                                 "tzdata.zi",
                                 "leapseconds",
                                 std::string("Europe/London\0", 14),
                                 std::string("\0", 1)};
    for (const auto& name : names) BOOST_TEST_CONTEXT('"' << name << '"') BOOST_TEST(!Zone::load(name).has_value());
}

BOOST_AUTO_TEST_CASE(a_local_day_begins_at_its_first_instant) {
    struct Row {
        const char* zone;
        const char* day;
        const char* begins; // UTC
    };
    const Row rows[] = {
        {"UTC", "2026-11-21", "2026-11-21 00:00:00"},
        {"Europe/London", "2026-03-29", "2026-03-29 00:00:00"},
        {"Europe/London", "2026-03-30", "2026-03-29 23:00:00"},
        {"Europe/London", "2026-10-25", "2026-10-24 23:00:00"},
        {"Europe/London", "2026-10-26", "2026-10-26 00:00:00"},
        {"Europe/London", "2100-07-01", "2100-06-30 23:00:00"}, // the rule goes on
        {"Europe/London", "2100-12-01", "2100-12-01 00:00:00"},
        {"America/New_York", "2026-03-08", "2026-03-08 05:00:00"},
        {"America/New_York", "2026-03-09", "2026-03-09 04:00:00"},
        {"America/New_York", "2100-07-01", "2100-07-01 04:00:00"},
        {"America/Sao_Paulo", "2018-11-03", "2018-11-03 03:00:00"},
        {"America/Sao_Paulo", "2018-11-04", "2018-11-04 03:00:00"}, // 00:00 was skipped: the day began at 01:00
        {"America/Sao_Paulo", "2018-11-05", "2018-11-05 02:00:00"},
        {"America/Sao_Paulo", "2019-02-17", "2019-02-17 03:00:00"}, // 23:00 to 24:00 of the 16th came twice
        {"America/Havana", "2018-11-04", "2018-11-04 04:00:00"},    // 00:00 comes twice: the first
        {"America/Havana", "2018-11-05", "2018-11-05 05:00:00"},
        {"Asia/Beirut", "2026-03-28", "2026-03-27 22:00:00"},
        {"Asia/Beirut", "2026-03-29", "2026-03-28 22:00:00"}, // begins at 01:00
        {"Asia/Beirut", "2026-03-30", "2026-03-29 21:00:00"},
        {"Pacific/Apia", "2011-12-30", "2011-12-30 10:00:00"}, // a day that never was
        {"Pacific/Apia", "2011-12-31", "2011-12-30 10:00:00"},
        {"America/St_Johns", "2006-10-29", "2006-10-29 02:30:00"}, // at 00:01 back to 23:01 of the 28th
    };
    for (const auto& row : rows) BOOST_TEST_CONTEXT(row.zone << ' ' << row.day)
    BOOST_TEST(written(zone(row.zone).first_instant(date(row.day))) == row.begins);
}

BOOST_AUTO_TEST_CASE(a_reading_that_comes_twice_is_the_later_and_a_skipped_one_the_moment_after) {
    struct Row {
        const char* zone;
        const char* reading;
        const char* instant; // UTC
    };
    const Row rows[] = {
        {"UTC", "2026-11-21 12:34:56", "2026-11-21 12:34:56"},
        {"Europe/London", "2026-07-01 12:00:00", "2026-07-01 11:00:00"},
        {"Europe/London", "2026-03-29 00:59:59", "2026-03-29 00:59:59"},
        {"Europe/London", "2026-03-29 01:00:00", "2026-03-29 01:00:00"}, // skipped
        {"Europe/London", "2026-03-29 01:30:00", "2026-03-29 01:00:00"}, // skipped
        {"Europe/London", "2026-03-29 02:00:00", "2026-03-29 01:00:00"},
        {"Europe/London", "2026-10-25 00:59:59", "2026-10-24 23:59:59"},
        {"Europe/London", "2026-10-25 01:00:00", "2026-10-25 01:00:00"}, // twice
        {"Europe/London", "2026-10-25 01:30:00", "2026-10-25 01:30:00"}, // twice
        {"Europe/London", "2026-10-25 02:00:00", "2026-10-25 02:00:00"},
        {"America/New_York", "2026-03-08 02:30:00", "2026-03-08 07:00:00"},  // skipped
        {"America/New_York", "2026-11-01 01:30:00", "2026-11-01 06:30:00"},  // twice
        {"America/New_York", "2100-11-07 01:30:00", "2100-11-07 06:30:00"},  // twice
        {"America/Sao_Paulo", "2018-11-04 00:30:00", "2018-11-04 03:00:00"}, // skipped
        {"America/Havana", "2018-11-04 00:30:00", "2018-11-04 05:30:00"},    // twice
        {"Asia/Beirut", "2026-03-29 00:00:00", "2026-03-28 22:00:00"},       // skipped
        {"Pacific/Apia", "2011-12-30 12:00:00", "2011-12-30 10:00:00"},      // skipped
    };
    for (const auto& row : rows) BOOST_TEST_CONTEXT(row.zone << ' ' << row.reading)
    BOOST_TEST(written(zone(row.zone).latest_instant(local(row.reading))) == row.instant);
}

BOOST_AUTO_TEST_CASE(keeps_the_fraction_of_a_second) {
    const auto london = zone("Europe/London");
    const auto fraction = microseconds{123456};

    BOOST_TEST(
        (london.latest_instant(local("2026-07-01 12:00:00") + fraction) == instant("2026-07-01 11:00:00") + fraction));
    BOOST_TEST((london.latest_instant(local("2026-03-29 01:30:00") + fraction) == instant("2026-03-29 01:00:00")));
    BOOST_TEST(
        (london.local_time(instant("2026-07-01 11:00:00") + fraction) == local("2026-07-01 12:00:00") + fraction));
    BOOST_TEST(
        (london.local_time(instant("1969-12-31 22:59:59") + fraction) == local("1969-12-31 23:59:59") + fraction));
    BOOST_TEST((Zone::utc().local_time(instant("1900-01-01 00:00:00") - microseconds{1}) ==
                local("1900-01-01 00:00:00") - microseconds{1}));
}

BOOST_AUTO_TEST_CASE(knows_the_local_date_of_an_instant) {
    struct Row {
        const char* zone;
        const char* instant; // UTC
        const char* date;
        const char* reading;
    };
    const Row rows[] = {
        {"UTC", "2026-11-21 23:59:59", "2026-11-21", "2026-11-21 23:59:59"},
        {"Europe/London", "2026-06-30 22:59:59", "2026-06-30", "2026-06-30 23:59:59"},
        {"Europe/London", "2026-06-30 23:00:00", "2026-07-01", "2026-07-01 00:00:00"},
        {"America/New_York", "2026-01-01 04:59:59", "2025-12-31", "2025-12-31 23:59:59"},
        {"Asia/Kathmandu", "2026-01-01 18:15:00", "2026-01-02", "2026-01-02 00:00:00"},
        {"Pacific/Apia", "2011-12-30 09:59:59", "2011-12-29", "2011-12-29 23:59:59"},
        {"Pacific/Apia", "2011-12-30 10:00:00", "2011-12-31", "2011-12-31 00:00:00"},
        {"America/St_Johns", "2006-10-29 02:29:59", "2006-10-28", "2006-10-28 23:59:59"},
        {"America/St_Johns", "2006-10-29 02:30:30", "2006-10-29", "2006-10-29 00:00:30"},
        {"America/St_Johns", "2006-10-29 02:31:30", "2006-10-29", "2006-10-28 23:01:30"}, // the day once begun stays
    };
    for (const auto& row : rows) {
        BOOST_TEST_CONTEXT(row.zone << ' ' << row.instant) {
            BOOST_TEST(to_string(zone(row.zone).local_date(instant(row.instant))) == row.date);
            BOOST_TEST(written(zone(row.zone).local_time(instant(row.instant))) == row.reading);
        }
    }
}

// What a report computes from the instant, and what a database compares with the bound first instant, must agree.
BOOST_AUTO_TEST_CASE(an_instant_is_before_a_day_exactly_where_its_local_date_is) {
    std::int64_t cases = 0;
    std::int64_t caught = 0; // by the wall clock's date alone, the known-bad twin
    for (const auto& transition : transitions) {
        const auto rules = zone(transition.zone);
        const auto day = date(transition.near);
        for (auto now = Instant{day.time_since_epoch()} - std::chrono::hours{40};
             now < Instant{day.time_since_epoch()} + std::chrono::hours{64}; now += seconds{60}) {
            for (int days = -1; days <= 2; ++days) {
                const auto cutoff = day + std::chrono::days{days};
                const bool before = now < rules.first_instant(cutoff);
                BOOST_TEST_INFO(transition.zone << ' ' << written(now));
                BOOST_REQUIRE((rules.local_date(now) < cutoff) == before);
                if ((std::chrono::floor<std::chrono::days>(rules.local_time(now)) < cutoff) != before) ++caught;
                ++cases;
            }
        }
    }
    BOOST_TEST_MESSAGE(cases << " instants compared with days; the wall clock's date disagrees " << caught << " times");
    BOOST_TEST(caught > 0);
}

BOOST_AUTO_TEST_CASE(a_later_reading_is_never_an_earlier_instant) {
    std::int64_t cases = 0;
    std::int64_t caught = 0; // the known-bad twin shifts a reading by the offset of the day's first instant
    for (const auto* const name : sample) {
        const auto rules = zone(name);
        for (const auto* const begin : {"2018-07-01 00:00:00", "2100-01-01 00:00:00"}) {
            auto before = Instant::min();
            auto bad_before = Instant::min();
            for (auto time = local(begin); time < local(begin) + std::chrono::days{366};
                 time += std::chrono::minutes{30}) {
                const auto now = rules.latest_instant(time);
                BOOST_TEST_INFO(name << ' ' << written(time));
                BOOST_REQUIRE(now >= before);
                before = now;

                const auto day = std::chrono::floor<std::chrono::days>(time);
                const auto bad = rules.first_instant(day) + (time - day);
                if (bad < bad_before) ++caught;
                bad_before = bad;
                ++cases;
            }
        }
    }
    BOOST_TEST_MESSAGE(cases << " readings in order; the known-bad twin goes back " << caught << " times");
    BOOST_TEST(caught > 0);
}

BOOST_AUTO_TEST_CASE(a_reading_of_the_wall_clock_is_never_taken_for_an_earlier_moment) {
    std::int64_t cases = 0;
    for (const auto& transition : transitions) {
        const auto rules = zone(transition.zone);
        const auto middle = Instant{date(transition.near).time_since_epoch()};
        for (auto now = middle - std::chrono::days{2}; now < middle + std::chrono::days{2}; now += seconds{90}) {
            BOOST_TEST_INFO(transition.zone << ' ' << written(now));
            BOOST_REQUIRE(rules.latest_instant(rules.local_time(now)) >= now);
            ++cases;
        }
    }
    BOOST_TEST_MESSAGE(cases << " instants read from the wall clock and back");
}

BOOST_AUTO_TEST_CASE(stays_within_the_calendar_at_its_ends) {
    for (const auto* const name : sample) {
        BOOST_TEST_CONTEXT(name) {
            const auto rules = zone(name);

            BOOST_TEST((rules.local_date(rules.first_instant(last_date)) == last_date));
            BOOST_TEST((rules.local_date(rules.first_instant(first_date)) == first_date));
            BOOST_TEST((rules.local_date(rules.first_instant(first_date) - std::chrono::days{3}) == first_date));
            BOOST_TEST((rules.local_date(rules.first_instant(last_date) + std::chrono::days{3}) == last_date));
            BOOST_TEST((rules.latest_instant(LocalTime{last_date}) < Instant::max()));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace retention
