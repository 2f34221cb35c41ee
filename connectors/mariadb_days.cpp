// MariadbDialect: the day on which a stored date falls.

#include "connectors/local_days.hpp"
#include "connectors/mariadb_dialect.hpp"
#include "connectors/mariadb_text.hpp"
#include "connectors/mariadb_value.hpp"

#include <algorithm>

namespace retention {

namespace {

using Shifts = MariadbDialect::Shifts;
using std::chrono::days;
using std::chrono::seconds;

constexpr std::int64_t epoch_seconds = 62'167'219'200;                        // TO_SECONDS('1970-01-01')
constexpr std::int64_t past_last_second = 253'402'300'800;                    // 10000-01-01 in unix time
constexpr const char *first_day_number = "366", *last_day_number = "3652424"; // TO_DAYS of 0001-01-01 and 9999-12-31

std::int64_t unix_seconds(LocalTime time) {
    return std::chrono::floor<seconds>(time).time_since_epoch().count();
}

Shifts shifts_of(const Zone& here, const Zone& clock) {
    Shifts shifts;
    if (here.name() == "UTC" && clock.name() == "UTC") return shifts; // told at once
    const auto list = day_shifts(here, clock);
    if (list.empty() || (list.size() == 1 && list[0].shift == seconds{0})) return shifts;
    for (std::size_t i = 0; i < list.size(); ++i) {
        const char* comma = i ? ", " : "";
        shifts.by += comma + std::to_string(list[i].shift.count());
        if (i) shifts.from += (i > 1 ? ", " : "") + std::to_string(unix_seconds(list[i].from) + epoch_seconds);
    }
    return shifts;
}

// The local day of so many seconds since the year 0. INTERVAL() finds the place in a list by halves: about 360 for a
// zone with summer time.
Sql day_at(const Sql& time, const Shifts& shifts) {
    Sql local = time;
    if (!shifts.by.empty()) {
        const Sql place = shifts.from.empty() ? Sql("0") : "INTERVAL(" + time + ", " + shifts.from + ")";
        local = "(" + time + " + CAST(ELT(1 + " + place + ", " + shifts.by + ") AS SIGNED))";
    }
    return "FROM_DAYS(GREATEST(" + Sql(first_day_number) + ", LEAST(" + last_day_number + ", " + local +
           " DIV 86400)))";
}

// What a value of a column or a query is read as.
enum class Form { day, reading, instant, iso, iso_offset, number, digits };

TypeFamily family_of(const PlannedDate& date) {
    return date.column ? date.column->family : date.query_family;
}

Form form_of(const PlannedDate& date) {
    const TypeFamily family = family_of(date);
    if (family == TypeFamily::date) return Form::day;
    if (family == TypeFamily::time_stamp) return Form::reading;
    if (family == TypeFamily::zoned_time_stamp) return Form::instant;
    if (date.format == DateFormat::iso_offset) return Form::iso_offset;
    if (date.format == DateFormat::native || date.format == DateFormat::iso) return Form::iso;
    const bool number = family == TypeFamily::integer || family == TypeFamily::real || family == TypeFamily::boolean;
    return number ? Form::number : Form::digits;
}

std::int64_t per_second(const PlannedDate& date) {
    return date.format == DateFormat::unix_milliseconds ? 1000 : 1;
}

// A zero date has no month. The day before 2026-05-01 is no day 0, the year 0 does not come back, and 2026-02-31
// (stored under ALLOW_INVALID_DATES) comes back as 2026-03-03.
Sql is_a_day(const Sql& value) {
    return "MONTH(" + value + ") > 0 AND DAYOFMONTH(" + value + ") = DAYOFMONTH(FROM_DAYS(TO_DAYS(" + value + ")))";
}

Sql only_if(const Sql& condition, const Sql& then) {
    return "CASE WHEN " + condition + " THEN " + then + " END";
}

Sql date_value(Date date) {
    return "CAST(" + Sql::value(to_string(date)) + " AS DATE)";
}

// NULL where it is before `earliest`.
Sql since(const std::optional<Date>& earliest, const Sql& day) {
    if (!earliest || *earliest <= first_date) return day;
    const Sql before = date_value(*earliest - days{1});
    return "NULLIF(GREATEST(" + day + ", " + before + "), " + before + ")";
}

Sql native_day(const Sql& value, Form form, const Shifts& shifts) {
    if (form == Form::day) return only_if(is_a_day(value), value);
    const Sql day = shifts.by.empty() ? "DATE(" + value + ")" : day_at("TO_SECONDS(" + value + ")", shifts);
    return only_if(is_a_day(value), day);
}

Sql iso_day(const Sql& text, const Shifts& readings, const Shifts& instants) {
    if (readings.by.empty() && instants.by.empty()) return only_if(has_form(text, iso_form()), day_in(text));
    return only_if(has_form(text, iso_form()), "CASE WHEN CHAR_LENGTH(" + text + ") = 10 THEN " + day_in(text) +
                                                   " WHEN RIGHT(" + text + ", 1) = 'Z' THEN " +
                                                   day_at(seconds_in(text), instants) + " ELSE " +
                                                   day_at(seconds_in(text), readings) + " END");
}

// Of a whole number that is above 0 and not past the year 9999.
Sql unix_day(const Sql& number, const PlannedDate& date, const Shifts& instants) {
    const Sql whole = per_second(date) == 1 ? number : "(" + number + " DIV 1000)";
    return day_at("(" + whole + " + " + std::to_string(epoch_seconds) + ")", instants);
}

Sql is_in_time(const Sql& number, const PlannedDate& date) {
    return "(" + number + " >= 1 AND " + number + " < " + std::to_string(past_last_second * per_second(date)) + ")";
}

// The bound of a date in the terms of the value itself: as good as day_of(value) against the day.
class Bounds {
public:
    Bounds(const Sql& value, const PlannedDate& date, const Zone& here, const Zone& store)
        : value_(value), date_(date), here_(here), store_(store), form_(form_of(date)) {}

    bool known() const { return !date_.query && (form_ <= Form::instant || form_ == Form::number); }

    Sql from(Date day) const {
        if (form_ == Form::number) return value_ + " >= " + std::to_string(std::max<std::int64_t>(number(day), 1));
        return value_ + " >= " + bound(day);
    }
    Sql before(Date day) const {
        return value_ + " < " + (form_ == Form::number ? Sql(std::to_string(number(day))) : bound(day));
    }
    // It is a date at all.
    Sql usable() const {
        const Sql first = from(date_.earliest.value_or(first_date));
        return first + " AND " + (form_ == Form::number ? is_in_time(value_, date_) : is_a_day(value_));
    }

private:
    std::int64_t number(Date day) const {
        return unix_seconds(first_reading(here_, Zone::utc(), day)) * per_second(date_);
    }
    Sql bound(Date day) const {
        if (form_ == Form::day) return date_value(day);
        const LocalTime first = first_reading(here_, form_ == Form::reading ? store_ : Zone::utc(), day);
        return "CAST(" + Sql::value(mariadb_clock_text(first)) + " AS DATETIME(6))";
    }

    const Sql& value_;
    const PlannedDate& date_;
    const Zone &here_, &store_;
    Form form_;
};

} // namespace

MariadbDialect::MariadbDialect(Zone here, Zone store)
    : here_(std::move(here))
    , store_(std::move(store))
    , of_readings_(shifts_of(here_, store_))
    , of_instants_(store_.name() == "UTC" ? of_readings_ : shifts_of(here_, Zone::utc())) {}

Sql MariadbDialect::day_of(const Sql& value, const PlannedDate& date) const {
    const auto text = [&] { return family_of(date) == TypeFamily::binary ? value : exact_text(value); };
    const auto day = [&]() -> Sql {
        switch (const Form form = form_of(date)) {
        case Form::day:
        case Form::reading:
            return native_day(value, form, of_readings_);
        case Form::instant:
            return native_day(value, form, of_instants_);
        case Form::iso:
            return iso_day(text(), of_readings_, of_instants_);
        case Form::iso_offset:
            return only_if(has_form(text(), iso_offset_form()), day_at(utc_seconds_in(text()), of_instants_));
        case Form::number:
            return only_if(is_in_time(value, date),
                           unix_day("CAST(FLOOR(" + value + ") AS SIGNED)", date, of_instants_));
        case Form::digits: {
            const Sql number = "CAST(" + text() + " AS UNSIGNED)";
            return only_if(has_form(text(), digits_form()),
                           only_if(is_in_time(number, date), unix_day(number, date, of_instants_)));
        }
        }
        return "NULL";
    };
    return since(date.earliest, day());
}

Sql MariadbDialect::day(Date date) const {
    return date_value(date);
}

Sql MariadbDialect::date(Date date) const {
    return date_value(date);
}

Sql MariadbDialect::first_instant(Date date) const {
    const LocalTime time = store_.local_time(here_.first_instant(date));
    return "CAST(" + Sql::value(mariadb_clock_text(time)) + " AS DATETIME(6))";
}

// Text dates sort by their day; a zone moves one by less than two days.
Sql MariadbDialect::maybe_before(const Sql& value, const PlannedDate& date, Date day) const {
    if (const Bounds bounds(value, date, here_, store_); bounds.known()) return bounds.before(day);
    const Form form = form_of(date);
    const bool text = family_of(date) == TypeFamily::text && (form == Form::iso || form == Form::iso_offset);
    if (!text || date.query || day > last_date - days{2}) return {};
    return value + " < " + Sql::value(to_string(day + days{2}));
}

Sql MariadbDialect::falls_before(const Sql& value, const PlannedDate& date, Date day) const {
    const Bounds bounds(value, date, here_, store_);
    if (!bounds.known()) return Dialect::falls_before(value, date, day);
    return "(" + bounds.before(day) + " AND " + bounds.usable() + ")";
}

Sql MariadbDialect::falls_from(const Sql& value, const PlannedDate& date, Date day) const {
    const Bounds bounds(value, date, here_, store_);
    if (!bounds.known()) return Dialect::falls_from(value, date, day);
    return "(" + bounds.from(day) + " AND " + bounds.usable() + ")";
}

} // namespace retention
