// retentiond_day: connectors/sqlite_functions.hpp says what it promises.

#include "connectors/sqlite_arguments.hpp"

#include <algorithm>
#include <vector>

namespace retention {
namespace {

// Two digits, or -1.
int two_digits(const char* text) {
    const unsigned tens = static_cast<unsigned char>(text[0]) - unsigned{'0'};
    const unsigned ones = static_cast<unsigned char>(text[1]) - unsigned{'0'};
    return tens > 9 || ones > 9 ? -1 : static_cast<int>(tens * 10 + ones);
}

std::optional<Date> read_day(const char* text) {
    const int century = two_digits(text), year = two_digits(text + 2), month = two_digits(text + 5);
    const int day = two_digits(text + 8);
    if ((century | year | month | day) < 0 || text[4] != '-' || text[7] != '-') return {};
    const std::chrono::year_month_day date{std::chrono::year{century * 100 + year},
                                           std::chrono::month{static_cast<unsigned>(month)},
                                           std::chrono::day{static_cast<unsigned>(day)}};
    if (!date.ok() || century + year == 0) return {};
    return Date{date};
}

// "20:59:01"; seconds of the day, or nothing.
std::optional<std::chrono::seconds> read_time(const char* text) {
    const int hour = two_digits(text), minute = two_digits(text + 3), second = two_digits(text + 6);
    if ((hour | minute | second) < 0 || text[2] != ':' || text[5] != ':') return {};
    if (hour > 23 || minute > 59 || second > 59) return {};
    return std::chrono::hours{hour} + std::chrono::minutes{minute} + std::chrono::seconds{second};
}

// The forms that nearly all stored dates have: a day; a day and a time to the second, with Z or without. Nothing for
// all others, which may still be dates: read_iso and read_iso_offset decide.
std::optional<StoredDate> read_common(std::string_view text, SqliteDateForm form) {
    const bool zulu = text.size() == 20 && text[19] == 'Z';
    const bool plain = form == SqliteDateForm::iso && (text.size() == 10 || text.size() == 19);
    if (!zulu && !plain) return {};
    const auto day = read_day(text.data());
    if (!day) return {};
    if (text.size() == 10) return *day;
    const auto time = read_time(text.data() + 11);
    if (!time || (text[10] != ' ' && text[10] != 'T')) return {};
    const LocalTime reading = *day + *time;
    if (zulu) return Instant{reading.time_since_epoch()};
    return reading;
}

std::optional<StoredDate> read_text(std::string_view text, SqliteDateForm form) {
    if (auto date = read_common(text, form)) return date;
    return form == SqliteDateForm::iso ? read_iso(text) : read_iso_offset(text);
}

// Zone::local_date, remembered for each day of UTC: its first instant and its last one lie on the same day of the zone,
// or on two with one instant between them that divides it. The table holds any 44 years without two days in one
// place.
class LocalDays {
public:
    explicit LocalDays(Zone zone) : zone_(std::move(zone)), days_(16384) {}

    Date of(Instant instant) {
        const auto utc = std::chrono::floor<std::chrono::days>(instant);
        auto& day = days_[static_cast<std::size_t>(utc.time_since_epoch().count()) % days_.size()];
        if (day.utc != utc) day = look_up(utc);
        if (day.after - day.before > std::chrono::days{1}) return zone_.local_date(instant); // a day left out, or short
        return instant < day.turn ? day.before : day.after;
    }

private:
    using Utc = std::chrono::sys_days;
    struct Day {
        Utc utc = Utc::max();
        Date before, after;
        Instant turn;
    };
    Day look_up(Utc utc) const {
        const Instant first = utc, last = utc + std::chrono::days{1} - std::chrono::microseconds{1};
        Day day{utc, zone_.local_date(first), zone_.local_date(last), first};
        if (day.after != day.before) day.turn = zone_.first_instant(day.after);
        return day;
    }

    Zone zone_;
    std::vector<Day> days_;
};

// What retentiond_day carries: one a connection, so one a thread.
class DayReader {
public:
    DayReader(const Zone& here, Zone store)
        : here_(here)
        , store_(std::move(store))
        , here_is_utc_(here.name() == "UTC")
        , store_is_utc_(store_.name() == "UTC") {}

    std::optional<Date> operator()(sqlite3_value* value, SqliteDateForm form) {
        const auto date = read(value, form);
        if (!date) return {};
        if (const auto* day = std::get_if<Date>(&*date)) return *day;
        return day_of(instant_of(*date));
    }

private:
    static std::optional<StoredDate> read(sqlite3_value* value, SqliteDateForm form) {
        if (!is_unix(form)) {
            if (sqlite3_value_type(value) != SQLITE_TEXT) return {};
            return read_text(text_of(value), form);
        }
        const auto number = unix_number(value, form);
        if (!number) return {};
        return read_unix(*number, per_second(form));
    }
    // As local_date_of (policies/stored_date.hpp) has it, which the tests hold it to.
    Instant instant_of(const StoredDate& date) const {
        if (const auto* instant = std::get_if<Instant>(&date)) return *instant;
        const auto reading = std::get<LocalTime>(date);
        return store_is_utc_ ? Instant{reading.time_since_epoch()} : store_.latest_instant(reading);
    }
    Date day_of(Instant instant) {
        if (!here_is_utc_) return here_.of(instant);
        const Date day{std::chrono::floor<std::chrono::days>(instant.time_since_epoch())};
        return std::clamp(day, first_date, last_date);
    }

    LocalDays here_;
    Zone store_;
    bool here_is_utc_, store_is_utc_;
};

void day(sqlite3_context* context, int, sqlite3_value** arguments) {
    auto& reader = *static_cast<DayReader*>(sqlite3_user_data(context));
    const auto found = reader(arguments[0], form_of(arguments[1]));
    if (!found) return; // the result is NULL
    const std::int64_t number = found->time_since_epoch().count();
    const bool limited = sqlite3_value_type(arguments[2]) != SQLITE_NULL;
    if (limited && number < sqlite3_value_int64(arguments[2])) return;
    sqlite3_result_int64(context, number);
}

} // namespace

void register_days(sqlite3* handle, const Zone& here, const Zone& store) {
    register_function(handle, "retentiond_day", 3, SQLITE_DETERMINISTIC, day, new DayReader(here, store),
                      [](void* reader) { delete static_cast<DayReader*>(reader); });
}

} // namespace retention
