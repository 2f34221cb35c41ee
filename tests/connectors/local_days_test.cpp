#include "connectors/local_days.hpp"

#include "policies/stored_date.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <random>
#include <string>

namespace retention {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;

const char* const names[] = {"UTC",
                             "Europe/London",
                             "America/Sao_Paulo",
                             "Asia/Beirut",
                             "America/St_Johns",
                             "America/Havana",
                             "Australia/Lord_Howe",
                             "Pacific/Apia",
                             "Asia/Kolkata",
                             "Africa/Monrovia"};

constexpr Date first = std::chrono::local_days{std::chrono::year{1900} / 1 / 1};
constexpr Date last = std::chrono::local_days{std::chrono::year{2100} / 12 / 31};

std::string pairing(const Zone& here, const Zone& store) {
    return here.name() + " of " + store.name();
}

std::string written(LocalTime reading) {
    const auto day = std::chrono::floor<days>(reading);
    return to_string(Date{day}) + " + " + std::to_string((reading - day).count()) + " us";
}

// Where the clock of the zone was moved, from 1900 to 2100, as readings before and after.
const std::vector<LocalTime>& moves(const Zone& zone) {
    static std::map<std::string, std::vector<LocalTime>> known;
    auto [found, fresh] = known.try_emplace(zone.name());
    if (!fresh) return found->second;
    const auto ahead = [&](Instant at) { return zone.local_time(at).time_since_epoch() - at.time_since_epoch(); };
    for (Instant at{first.time_since_epoch()}; at < Instant{last.time_since_epoch()}; at += days{1}) {
        if (ahead(at) == ahead(at + days{1})) continue;
        Instant before = at, after = at + days{1};
        while (after - before > seconds{1}) {
            const Instant middle = before + std::chrono::floor<seconds>((after - before) / 2);
            (ahead(middle) == ahead(at) ? before : after) = middle;
        }
        found->second.push_back(zone.local_time(before));
        found->second.push_back(zone.local_time(after));
    }
    return found->second;
}

// Readings at which something may go wrong: about every move of the two clocks, and about midnight of some days.
std::vector<LocalTime> hard_readings(const Zone& here, const Zone& store, std::mt19937_64& random) {
    std::vector<LocalTime> readings;
    const auto about = [&](LocalTime at) {
        for (const auto off : {microseconds{-1}, microseconds{0}, microseconds{1}}) readings.push_back(at + off);
    };
    const auto inside = [](LocalTime at) { return at >= LocalTime{first + days{2}} && at < LocalTime{last}; };
    for (const Zone* zone : {&here, &store})
        for (const LocalTime move : moves(*zone)) {
            if (!inside(move)) continue;
            about(move);
            const LocalTime hour = std::chrono::floor<hours>(move);
            for (minutes off = -hours{28}; off <= hours{28}; off += minutes{30})
                if (off % hours{1} == minutes{0} || (off > -hours{3} && off < hours{3})) about(hour + off);
        }
    std::uniform_int_distribution<std::int64_t> any(LocalTime{first}.time_since_epoch().count(),
                                                    LocalTime{last}.time_since_epoch().count());
    for (int i = 0; i < 2000; ++i) {
        const LocalTime reading{microseconds{any(random)}};
        readings.push_back(reading);
        about(std::chrono::floor<minutes>(reading));
        about(first_reading(here, store, std::chrono::floor<days>(reading)));
    }
    return readings;
}

// Days about every move of the two clocks, and of all others one in sixteen.
std::vector<Date> hard_days(const Zone& here, const Zone& store, std::mt19937_64& random) {
    std::vector<Date> found;
    for (Date day = first + random() % 16 * days{1}; day <= last; day += days{16}) found.push_back(day);
    for (const Zone* zone : {&here, &store})
        for (const LocalTime move : moves(*zone))
            for (days off = -days{2}; off <= days{2}; off += days{1})
                found.push_back(std::chrono::floor<days>(move) + off);
    return found;
}

using DayOf = std::function<Date(LocalTime)>;

// As a database uses the list.
DayOf by_shifts(std::vector<DayShift> shifts) {
    return [shifts = std::move(shifts)](LocalTime reading) {
        auto next = std::upper_bound(shifts.begin(), shifts.end(), reading,
                                     [](LocalTime r, const DayShift& shift) { return r < shift.from; });
        if (next != shifts.begin()) --next;
        return Date{std::chrono::floor<days>(reading + next->shift)};
    };
}

std::vector<LocalTime> disagreements(const Zone& here, const Zone& store, const std::vector<LocalTime>& readings,
                                     const DayOf& day_of) {
    std::vector<LocalTime> wrong;
    for (const LocalTime reading : readings)
        if (day_of(reading) != local_date_of(reading, here, store)) wrong.push_back(reading);
    return wrong;
}

Zone zone(const std::string& name) {
    return Zone::load(name).value();
}

LocalTime at(const std::string& date, hours time, minutes past = {}) {
    return LocalTime{parse_date(date).value()} + time + past;
}

constexpr unsigned seed = 20260329;

} // namespace

BOOST_AUTO_TEST_SUITE(local_days)

BOOST_AUTO_TEST_CASE(a_day_of_london_begins_an_hour_early_in_a_utc_column_all_summer) {
    const Zone london = zone("Europe/London");

    BOOST_TEST(written(first_reading(london, Zone::utc(), parse_date("2026-03-29").value())) ==
               written(at("2026-03-29", hours{0})));
    BOOST_TEST(written(first_reading(london, Zone::utc(), parse_date("2026-03-30").value())) ==
               written(at("2026-03-29", hours{23})));
}

BOOST_AUTO_TEST_CASE(a_day_that_was_left_out_begins_with_the_next) {
    const Zone apia = zone("Pacific/Apia"); // 2011-12-30 was left out

    const auto left_out = first_reading(apia, Zone::utc(), parse_date("2011-12-30").value());

    BOOST_TEST(written(left_out) == written(first_reading(apia, Zone::utc(), parse_date("2011-12-31").value())));
    BOOST_TEST(written(left_out) == written(at("2011-12-30", hours{10})));
}

BOOST_AUTO_TEST_CASE(nothing_falls_before_the_first_date) {
    for (const char* name : names)
        BOOST_TEST(written(first_reading(zone(name), zone("Asia/Kolkata"), first_date)) ==
                   written(LocalTime{first_date}));
}

BOOST_AUTO_TEST_CASE(a_reading_falls_before_a_day_exactly_where_it_is_less_than_its_first) {
    std::mt19937_64 random(seed);
    for (const char* here_name : names)
        for (const char* store_name : names) {
            const Zone here = zone(here_name), store = zone(store_name);
            std::size_t wrong = 0;
            for (const Date day : hard_days(here, store, random)) {
                const LocalTime from = first_reading(here, store, day);
                if (local_date_of(from, here, store) < day) ++wrong;
                if (local_date_of(from - microseconds{1}, here, store) >= day) ++wrong;
            }
            BOOST_TEST(wrong == 0u, pairing(here, store) << ": " << wrong << " days begin elsewhere");
        }
}

BOOST_AUTO_TEST_CASE(the_shifts_give_the_day_that_the_zones_give) {
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    std::size_t tried = 0;
    for (const char* here_name : names)
        for (const char* store_name : names) {
            const Zone here = zone(here_name), store = zone(store_name);
            const auto readings = hard_readings(here, store, random);

            const auto wrong = disagreements(here, store, readings, by_shifts(day_shifts(here, store)));

            tried += readings.size();
            BOOST_TEST(wrong.empty(), pairing(here, store)
                                          << ": wrong of " << written(wrong.empty() ? LocalTime{} : wrong.front())
                                          << " and " << wrong.size() << " in all");
        }
    BOOST_TEST_MESSAGE(tried << " readings");
}

BOOST_AUTO_TEST_CASE(the_shifts_are_in_order_and_each_differs_from_the_one_before) {
    for (const char* here : names)
        for (const char* store : names) {
            const auto shifts = day_shifts(zone(here), zone(store));

            BOOST_TEST(!shifts.empty());
            for (std::size_t i = 1; i < shifts.size(); ++i) {
                BOOST_TEST((shifts[i - 1].from < shifts[i].from));
                BOOST_TEST((shifts[i - 1].shift != shifts[i].shift));
            }
        }
}

BOOST_AUTO_TEST_CASE(no_shift_is_needed_where_both_are_utc) {
    const auto shifts = day_shifts(Zone::utc(), Zone::utc());

    BOOST_TEST(shifts.size() == 1u);
    BOOST_TEST(shifts.front().shift.count() == 0);
}

// Known to be bad: a reading that comes twice taken as its first instant; one shift that is an hour too great; a list
// that does not know of clocks that go back over midnight.
BOOST_AUTO_TEST_CASE(a_wrong_reading_is_found) {
    std::mt19937_64 random(seed);
    const Zone johns = zone("America/St_Johns"), london = zone("Europe/London");

    const DayOf earlier = [&](LocalTime reading) {
        const Instant instant = johns.latest_instant(reading);
        const bool twice = johns.local_time(instant - hours{1}) == reading;
        return johns.local_date(twice ? instant - hours{1} : instant);
    };
    BOOST_TEST(!disagreements(johns, johns, hard_readings(johns, johns, random), earlier).empty());

    auto shifts = day_shifts(london, Zone::utc());
    shifts[shifts.size() / 2].shift += hours{1};
    BOOST_TEST(
        !disagreements(london, Zone::utc(), hard_readings(london, Zone::utc(), random), by_shifts(shifts)).empty());

    const DayOf by_the_calendar = [](LocalTime reading) { return Date{std::chrono::floor<days>(reading)}; };
    BOOST_TEST(!disagreements(johns, johns, hard_readings(johns, johns, random), by_the_calendar).empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace retention
