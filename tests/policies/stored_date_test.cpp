#include "policies/stored_date.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstdio>
#include <functional>
#include <random>
#include <regex>
#include <stdexcept>
#include <string>
#include <vector>

namespace retention {
namespace {

using std::chrono::microseconds;

// "2026-02-28", "2026-02-28 23:59:59.000000 local", "2026-02-28 23:59:59.000000 UTC", or "undated".
std::string written(const std::optional<StoredDate>& stored) {
    if (!stored) return "undated";
    if (const auto* day = std::get_if<Date>(&*stored)) return to_string(*day);
    const auto* local = std::get_if<LocalTime>(&*stored);
    const auto time = local ? local->time_since_epoch() : std::get<Instant>(*stored).time_since_epoch();
    const auto days = std::chrono::floor<std::chrono::days>(time);
    const auto micros = (time - days).count();
    const auto seconds = micros / 1'000'000;
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), " %02d:%02d:%02d.%06d %s", static_cast<int>(seconds / 3600),
                  static_cast<int>(seconds / 60 % 60), static_cast<int>(seconds % 60),
                  static_cast<int>(micros % 1'000'000), local ? "local" : "UTC");
    return to_string(Date{days}) + text.data();
}

// A second reading of the same forms, by a regular expression and a calendar formula of its own.
std::int64_t days_since_1970(int year, int month, int day) {
    const int y = month <= 2 ? year - 1 : year; // years that begin in March, so that the leap day is the last
    const int from_march = (month + 9) % 12;
    return 365LL * y + y / 4 - y / 100 + y / 400 + (from_march * 306 + 5) / 10 + day - 1 - 719468;
}
bool exists(int year, int month, int day) {
    constexpr std::array<int, 12> lengths{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year < 1 || month < 1 || month > 12 || day < 1) return false;
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= lengths[static_cast<std::size_t>(month - 1)] + (month == 2 && leap ? 1 : 0);
}

std::optional<StoredDate> second_reading(const std::string& text, bool with_offset) {
    static const std::regex form("([0-9]{4})-([0-9]{2})-([0-9]{2})"
                                 "(?:[ T]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\\.([0-9]+))?)?"
                                 "(Z|([+-])([0-9]{2})(?::?([0-9]{2}))?)?)?");
    std::smatch part;
    if (!std::regex_match(text, part, form)) return std::nullopt;
    const auto number = [&](std::size_t at) { return part[at].matched ? std::stoi(part[at]) : 0; };
    if (!exists(number(1), number(2), number(3))) return std::nullopt;
    if (number(4) > 23 || number(5) > 59 || number(6) > 59 || number(10) > 15 || number(11) > 59) return std::nullopt;
    const auto day = std::chrono::days{days_since_1970(number(1), number(2), number(3))};
    const bool zulu = part[8] == "Z";
    if (with_offset ? !part[8].matched : part[8].matched && !zulu) return std::nullopt;
    if (!part[4].matched) return Date{day};
    const auto micros = std::stoi((part[7].str() + "000000").substr(0, 6));
    const microseconds time = day + std::chrono::hours{number(4)} + std::chrono::minutes{number(5)} +
                              std::chrono::seconds{number(6)} + microseconds{micros};
    if (!part[8].matched) return LocalTime{time};
    const auto ahead = std::chrono::minutes{number(10) * 60 + number(11)};
    return Instant{part[9] == "-" ? time + ahead : time - ahead};
}

using Reader = std::function<std::optional<StoredDate>(const std::string&)>;

struct Comparison {
    std::int64_t cases = 0, accepted = 0, different = 0;
    std::string first;
    void compare(const std::string& text, bool with_offset, const Reader& reader) {
        const auto is = reader(text);
        const auto should_be = second_reading(text, with_offset);
        ++cases;
        if (should_be) ++accepted;
        if (is == should_be) return;
        if (++different == 1) first = '"' + text + "\" is " + written(is) + ", should be " + written(should_be);
    }
};

const char* const valid_texts[] = {"2024-02-29",
                                   "2023-02-28",
                                   "0001-01-01",
                                   "9999-12-31 23:59:59.999999Z",
                                   "2026-10-31 09:08",
                                   "2026-10-31T09:08:07",
                                   "2026-10-31 19:28:37.1",
                                   "2026-10-31T09:08Z",
                                   "2026-10-31T09:08:07.123456789Z",
                                   "2026-10-31 09:08+01",
                                   "2026-10-31T09:08:07-0930",
                                   "2026-10-31T09:08:07.25+13:45"};

// Every text that is one character away from a valid one: replaced, inserted, left out.
Comparison compare_neighbours(bool with_offset, const Reader& reader) {
    const std::string characters("0123456789 TtZz:.,-+/xWE\n\0\xFF", 27);
    Comparison found;
    for (const std::string valid : valid_texts) {
        found.compare(valid, with_offset, reader);
        for (std::size_t at = 0; at <= valid.size(); ++at) {
            for (const char character : characters) {
                found.compare(std::string(valid).insert(at, 1, character), with_offset, reader);
                if (at < valid.size())
                    found.compare(std::string(valid).replace(at, 1, 1, character), with_offset, reader);
            }
            if (at < valid.size()) found.compare(std::string(valid).erase(at, 1), with_offset, reader);
        }
    }
    return found;
}

Zone zone(const std::string& name) {
    const auto loaded = Zone::load(name);
    if (!loaded) throw std::invalid_argument("no zone " + name);
    return *loaded;
}

} // namespace

BOOST_AUTO_TEST_SUITE(stored_date)

BOOST_AUTO_TEST_CASE(reads_iso_text_and_nothing_like_it) {
    const std::string undated = "undated";
    struct Row {
        const char* name;
        std::string text;
        std::string is;
    };
    const Row rows[] = {
        {"a day", "2026-02-28", "2026-02-28"},
        {"a leap day", "2024-02-29", "2024-02-29"},
        {"the first day", "0001-01-01", "0001-01-01"},
        {"the last day", "9999-12-31", "9999-12-31"},
        {"hours and minutes", "2026-02-28 23:59", "2026-02-28 23:59:00.000000 local"},
        {"seconds", "2026-02-28 23:59:58", "2026-02-28 23:59:58.000000 local"},
        {"a T", "2026-02-28T23:59:58", "2026-02-28 23:59:58.000000 local"},
        {"a fraction", "2026-02-28 23:59:58.5", "2026-02-28 23:59:58.500000 local"},
        {"microseconds", "2022-02-05T19:55:59.401950", "2022-02-05 19:55:59.401950 local"},
        {"beyond microseconds", "2026-02-28 23:59:59.9999999999", "2026-02-28 23:59:59.999999 local"},
        {"leading zeros of a fraction", "2026-02-28 23:59:59.000001", "2026-02-28 23:59:59.000001 local"},
        {"Z", "2026-02-28T23:59:58Z", "2026-02-28 23:59:58.000000 UTC"},
        {"Z after a fraction", "2026-02-28T23:59:58.25Z", "2026-02-28 23:59:58.250000 UTC"},
        {"Z after minutes", "2026-02-28 23:59Z", "2026-02-28 23:59:00.000000 UTC"},
        {"midnight", "2026-02-28 00:00:00", "2026-02-28 00:00:00.000000 local"},
        {"nothing", "", undated},
        {"a blank", " ", undated},
        {"a zero date", "0000-00-00", undated},
        {"a zero date and time", "0000-00-00 00:00:00", undated},
        {"a zero month", "2026-00-10", undated},
        {"a zero day", "2026-10-00", undated},
        {"the year 0", "0000-01-01", undated},
        {"the year 10000", "10000-01-01", undated},
        {"no leap year", "2023-02-29", undated},
        {"no leap year at the century", "2100-02-29", undated},
        {"31 April", "2026-04-31", undated},
        {"month 13", "2026-13-01", undated},
        {"hour 24", "2026-02-28 24:00:00", undated},
        {"minute 60", "2026-02-28 23:60:00", undated},
        {"a leap second", "2016-12-31 23:59:60", undated},
        {"an hour alone", "2026-02-28 23", undated},
        {"one digit of an hour", "2026-02-28 9:00", undated},
        {"a fraction of a minute", "2026-02-28 23:59.5", undated},
        {"a point without a fraction", "2026-02-28 23:59:58.", undated},
        {"a comma", "2026-02-28 23:59:58,5", undated},
        {"two blanks", "2026-02-28  23:59:58", undated},
        {"a small t", "2026-02-28t23:59:58", undated},
        {"a small z", "2026-02-28T23:59:58z", undated},
        {"a blank before", " 2026-02-28", undated},
        {"a blank after", "2026-02-28 ", undated},
        {"a blank before Z", "2026-02-28 23:59:58 Z", undated},
        {"a T and no time", "2026-02-28T", undated},
        {"a day with Z", "2026-02-28Z", undated},
        {"an offset", "2026-02-28 23:59:58+01:00", undated},
        {"an offset of nothing", "2026-02-28 23:59:58+00:00", undated},
        {"compact", "20260228", undated},
        {"slashes", "2026/02/28", undated},
        {"the other way round", "28-02-2026", undated},
        {"a short year", "26-02-28", undated},
        {"a sign", "+2026-02-28", undated},
        {"before Christ", "0044-03-15 BC", undated},
        {"infinity", "infinity", undated},
        {"minus infinity", "-infinity", undated},
        {"a number", "1772323198", undated},
        {"a Julian day", "2461100.5", undated},
        {"a word", "now", undated},
        {"a NUL after it", std::string("2026-02-28\0", 11), undated},
        {"a line end after it", "2026-02-28\n", undated},
        {"Arabic digits", "\xD9\xA2\xD9\xA0\xD9\xA2\xD9\xA6-02-28", undated},
    };
    for (const auto& row : rows) BOOST_TEST_CONTEXT(row.name) BOOST_TEST(written(read_iso(row.text)) == row.is);
}

BOOST_AUTO_TEST_CASE(reads_iso_text_with_an_offset) {
    const std::string undated = "undated";
    struct Row {
        const char* name;
        const char* text;
        std::string is;
    };
    const Row rows[] = {
        {"ahead of UTC", "2026-03-01 00:30:00+01:00", "2026-02-28 23:30:00.000000 UTC"},
        {"behind UTC", "2026-02-28T20:00:00-05:00", "2026-03-01 01:00:00.000000 UTC"},
        {"Z", "2026-02-28T20:00:00Z", "2026-02-28 20:00:00.000000 UTC"},
        {"without a colon", "2026-02-28T20:00:00+0530", "2026-02-28 14:30:00.000000 UTC"},
        {"hours alone, as PostgreSQL writes it", "2026-02-28 20:00:00+01", "2026-02-28 19:00:00.000000 UTC"},
        {"minutes alone", "2026-02-28 20:00+01:00", "2026-02-28 19:00:00.000000 UTC"},
        {"with a fraction", "2026-02-28 20:00:00.1234567-03:30", "2026-02-28 23:30:00.123456 UTC"},
        {"minus nothing", "2026-02-28 20:00:00-00:00", "2026-02-28 20:00:00.000000 UTC"},
        {"the longest", "2026-02-28 20:00:00+15:59", "2026-02-28 04:01:00.000000 UTC"},
        {"hour 16", "2026-02-28 20:00:00+16:00", undated},
        {"minute 60", "2026-02-28 20:00:00+01:60", undated},
        {"no offset", "2026-02-28 20:00:00", undated},
        {"no time", "2026-02-28", undated},
        {"no time, with Z", "2026-02-28Z", undated},
        {"no time, with an offset", "2026-02-28+01:00", undated},
        {"a sign alone", "2026-02-28 20:00:00+", undated},
        {"one digit", "2026-02-28 20:00:00+1", undated},
        {"three digits", "2026-02-28 20:00:00+013", undated},
        {"a colon alone", "2026-02-28 20:00:00+01:", undated},
        {"one digit of minutes", "2026-02-28 20:00:00+01:3", undated},
        {"seconds", "2026-02-28 20:00:00+01:00:00", undated},
        {"a blank before", "2026-02-28 20:00:00 +01:00", undated},
        {"a blank after", "2026-02-28 20:00:00+01:00 ", undated},
        {"Z and an offset", "2026-02-28 20:00:00Z+01:00", undated},
        {"a name", "2026-02-28 20:00:00 Europe/London", undated},
        {"a day that is none", "2023-02-29 20:00:00+01:00", undated},
    };
    for (const auto& row : rows) BOOST_TEST_CONTEXT(row.name) BOOST_TEST(written(read_iso_offset(row.text)) == row.is);
}

BOOST_AUTO_TEST_CASE(reads_unix_time_above_zero) {
    const std::string undated = "undated";
    constexpr std::int64_t last_second = 253402300799;
    struct Row {
        const char* name;
        std::int64_t value, per_second;
        std::string is;
    };
    const Row rows[] = {
        {"seconds", 1772323198, 1, "2026-02-28 23:59:58.000000 UTC"},
        {"milliseconds", 1772323198123, 1000, "2026-02-28 23:59:58.123000 UTC"},
        {"one second", 1, 1, "1970-01-01 00:00:01.000000 UTC"},
        {"one millisecond", 1, 1000, "1970-01-01 00:00:00.001000 UTC"},
        {"past 2038", 2147483648, 1, "2038-01-19 03:14:08.000000 UTC"},
        {"the last second", last_second, 1, "9999-12-31 23:59:59.000000 UTC"},
        {"the last millisecond", last_second * 1000 + 999, 1000, "9999-12-31 23:59:59.999000 UTC"},
        {"after the last second", last_second + 1, 1, undated},
        {"after the last millisecond", (last_second + 1) * 1000, 1000, undated},
        {"milliseconds taken for seconds", 1772323198123, 1, undated},
        {"zero", 0, 1, undated},
        {"zero milliseconds", 0, 1000, undated},
        {"before 1970", -1, 1, undated},
        {"the least number", std::numeric_limits<std::int64_t>::min(), 1000, undated},
        {"the greatest number", std::numeric_limits<std::int64_t>::max(), 1, undated},
        {"the greatest number of milliseconds", std::numeric_limits<std::int64_t>::max(), 1000, undated},
    };
    for (const auto& row : rows)
        BOOST_TEST_CONTEXT(row.name) BOOST_TEST(written(read_unix(row.value, row.per_second)) == row.is);
}

BOOST_AUTO_TEST_CASE(every_neighbour_of_a_date_is_read_as_a_second_reader_reads_it) {
    for (const bool with_offset : {false, true}) {
        const auto found = compare_neighbours(
            with_offset, [&](const std::string& text) { return with_offset ? read_iso_offset(text) : read_iso(text); });

        BOOST_TEST_MESSAGE((with_offset ? "iso-offset: " : "iso: ")
                           << found.cases << " texts, " << found.accepted << " of them dates");
        BOOST_TEST_INFO(found.first);
        BOOST_TEST(found.different == 0);
        BOOST_TEST(found.accepted > 0);
        BOOST_TEST(found.accepted < found.cases);
    }
}

BOOST_AUTO_TEST_CASE(the_same_comparison_catches_a_lenient_reader) {
    // sscanf takes "2023-02-29", "2026-1-5 and more", and drops the time of day.
    const auto lenient = [](const std::string& text) -> std::optional<StoredDate> {
        int year = 0, month = 0, day = 0;
        if (std::sscanf(text.c_str(), "%d-%d-%d", &year, &month, &day) != 3) return std::nullopt;
        return Date{std::chrono::days{days_since_1970(year, month, day)}};
    };

    const auto found = compare_neighbours(false, lenient);

    BOOST_TEST_MESSAGE("a lenient reader differs " << found.different << " times; " << found.first);
    BOOST_TEST(found.different > 0);
}

BOOST_AUTO_TEST_CASE(reads_back_any_time_that_was_written) {
    const auto seed = std::random_device{}();
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    const auto first = microseconds{first_date.time_since_epoch()}.count();
    const auto last = microseconds{last_date.time_since_epoch() + std::chrono::days{1}}.count() - 1;
    std::uniform_int_distribution<std::int64_t> any_time(first, last);
    std::uniform_int_distribution<int> any_offset(-15 * 60 - 59, 15 * 60 + 59);
    constexpr int times = 20000;
    for (int i = 0; i < times; ++i) {
        const LocalTime local{microseconds{any_time(random)}};
        const int ahead = any_offset(random);
        std::string text = written(StoredDate{local});
        text.erase(text.find(" local"));
        std::array<char, 16> offset{};
        std::snprintf(offset.data(), offset.size(), "%c%02d%s%02d", ahead < 0 ? '-' : '+', std::abs(ahead) / 60,
                      i % 2 == 0 ? ":" : "", std::abs(ahead) % 60);
        const Instant instant{local.time_since_epoch() - std::chrono::minutes{ahead}};

        BOOST_TEST_INFO("seed " << seed << ", " << text << ' ' << offset.data());
        BOOST_REQUIRE(read_iso(text) == StoredDate{local});
        BOOST_REQUIRE(read_iso(text + 'Z') == StoredDate{Instant{local.time_since_epoch()}});
        BOOST_REQUIRE(read_iso_offset(text + offset.data()) == StoredDate{instant});
        BOOST_REQUIRE(!read_iso(text + offset.data()).has_value());
        BOOST_REQUIRE(!read_iso_offset(text).has_value());
    }
    BOOST_TEST_MESSAGE(times << " random times written and read");
}

BOOST_AUTO_TEST_CASE(falls_on_a_day_of_the_zone_of_the_configuration) {
    struct Row {
        const char* name;
        const char* text;
        const char* here;
        const char* store;
        const char* day;
    };
    const Row rows[] = {
        {"a day is that day everywhere", "2026-07-01", "Asia/Tokyo", "America/New_York", "2026-07-01"},
        {"UTC before midnight in London", "2026-06-30 22:59:59", "Europe/London", "UTC", "2026-06-30"},
        {"UTC after midnight in London", "2026-06-30 23:00:00", "Europe/London", "UTC", "2026-07-01"},
        {"an instant does not ask the store", "2026-06-30T23:00:00Z", "Europe/London", "Asia/Tokyo", "2026-07-01"},
        {"a store of its own", "2026-07-01 01:00:00", "Europe/London", "Asia/Tokyo", "2026-06-30"},
        {"twice: the later", "2026-11-01 01:30:00", "Asia/Kolkata", "America/New_York", "2026-11-01"},
        {"skipped: the moment after", "2026-03-29 01:30:00", "UTC", "Europe/London", "2026-03-29"},
        {"a skipped midnight", "2018-11-04 00:30:00", "America/Sao_Paulo", "America/Sao_Paulo", "2018-11-04"},
        {"the last instant", "9999-12-31T23:59:59Z", "Asia/Tokyo", "UTC", "9999-12-31"},
        {"the first instant", "0001-01-01T00:00:00Z", "America/New_York", "UTC", "0001-01-01"},
    };
    for (const auto& row : rows) {
        BOOST_TEST_CONTEXT(row.name) {
            const auto stored = read_iso(row.text);
            BOOST_REQUIRE(stored.has_value());

            const auto day = local_date_of(*stored, zone(row.here), zone(row.store));

            BOOST_TEST(to_string(day) == row.day);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace retention
