// The rows of a random company: dates around the cutoff, and what stands where a date should be.

#include "tests/support/company_maker.hpp"

#include <array>
#include <cstdio>

namespace retention::test {

using std::chrono::days;
using std::chrono::microseconds;
using std::chrono::seconds;

namespace {

std::string clock_text(LocalTime time, const std::string& between, int precision) {
    const auto day = std::chrono::floor<days>(time);
    const std::chrono::hh_mm_ss clock{time - day};
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%02d:%02d", static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()));
    std::string result = to_string(day) + between + text.data();
    if (precision == 0) return result;
    std::snprintf(text.data(), text.size(), ":%02d", static_cast<int>(clock.seconds().count()));
    result += text.data();
    if (precision == 1) return result;
    std::snprintf(text.data(), text.size(), ".%06d", static_cast<int>(clock.subseconds().count()));
    return result + text.data();
}

std::string upper(std::string text) {
    for (char& c : text)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return text;
}

// A native date, where it is one, of a day that is the same in each time zone.
std::string on_day(ColumnKind kind, const std::string& day, const std::string& between) {
    if (kind == ColumnKind::date || !is_native_date(kind)) return day;
    return day + between + "12:00:00.000000" + (kind == ColumnKind::zoned ? "Z" : "");
}

} // namespace

// Dates ---------------------------------------------------------------------------------------------------------------

Date CompanyMaker::near_the_cutoff() {
    Date local = cutoff_for(to_.as_of, period_, counting_) + days{dice_.between(-3, 3)};
    if (dice_.chance(20)) local -= days{dice_.between(0, 60)};
    if (dice_.chance(25)) local = to_.as_of - days{dice_.between(0, 2200)};
    if (dice_.chance(8))
        local = Date{std::chrono::year_month_day{local}.year() /
                     dice_.one_of<std::chrono::month_day_last>({std::chrono::February / std::chrono::last,
                                                                std::chrono::August / std::chrono::last,
                                                                std::chrono::April / std::chrono::last})};
    if (dice_.chance(3)) local = day("9999-01-01");
    return local;
}

Value CompanyMaker::date(const DateColumn& column, bool sound) {
    if (!sound && dice_.chance(12)) return odd_date(column);
    const Date local = near_the_cutoff();
    Instant instant = to_.store.here.first_instant(local);
    instant += dice_.one_of<microseconds>({microseconds{0}, microseconds{-1}, seconds{-1}, seconds{1}, seconds{-1800},
                                           seconds{43200}, seconds{dice_.between(0, 86399)}});
    if (column.format == "unix") return std::chrono::floor<seconds>(instant.time_since_epoch()).count();
    if (column.format == "unix-ms")
        return std::chrono::floor<std::chrono::milliseconds>(instant.time_since_epoch()).count();
    if (column.type.kind == ColumnKind::date) return to_string(local);
    const std::string between = dice_.chance(50) ? " " : "T";
    const int precision = static_cast<int>(dice_.between(0, 2));
    const auto utc = LocalTime{instant.time_since_epoch()};
    if (column.type.kind == ColumnKind::zoned) return clock_text(utc, " ", 1 + precision / 2) + "Z";
    if (column.type.kind == ColumnKind::stamp)
        return clock_text(to_.store.store.local_time(instant), " ", 1 + precision / 2);
    if (column.format == "iso-offset") {
        if (dice_.chance(30)) return clock_text(utc, between, precision) + "Z";
        if (dice_.chance(50)) return clock_text(utc + seconds{19800}, between, precision) + "+05:30";
        return clock_text(utc - std::chrono::hours{5}, between, precision) +
               dice_.one_of<std::string>({"-05", "-0500", "-05:00"});
    }
    if (dice_.chance(35)) return to_string(local);
    if (dice_.chance(40)) return clock_text(utc, between, precision) + "Z";
    return clock_text(to_.store.store.local_time(instant), between, precision);
}

Value CompanyMaker::odd_date(const DateColumn& column) {
    const auto native = [&](const char* date) { return Value{on_day(column.type.kind, date, " ")}; };
    if (is_native_date(column.type.kind))
        return dice_.one_of<Value>({{},
                                    {},
                                    native("0000-00-00"),
                                    native("2019-00-10"),
                                    "infinity",
                                    "-infinity",
                                    "0044-03-15 BC",
                                    native("1900-01-01"),
                                    native("0001-01-01")});
    const std::vector<Value> text{{},
                                  {},
                                  "0000-00-00",
                                  "",
                                  "2019-02-30",
                                  "2019-1-1",
                                  "n/a",
                                  "1900-01-01",
                                  "0001-01-01",
                                  std::int64_t{20190101},
                                  1.5,
                                  "2019-01-01 25:00",
                                  "2019-01-01T10:00:00+01:00",
                                  " 2019-01-01",
                                  "infinity",
                                  Blob{"2019-01-01"},
                                  std::int64_t{0},
                                  std::int64_t{1546300800}};
    const std::vector<Value> number{
        {},           {},           std::int64_t{0}, std::int64_t{-1}, "abc",
        "2019-01-01", "1546300800", std::int64_t{1}, 1546300800.75,    std::int64_t{9'000'000'000'000'000'000},
        "",           "0",          1e300,           Blob{"1"}};
    return dice_.one_of(column.format.rfind("unix", 0) == 0 ? number : text);
}

Value CompanyMaker::months() {
    if (dice_.chance(20))
        return dice_.one_of<Value>({{}, std::int64_t{0}, std::int64_t{-3}, std::int64_t{999999}, 2.5, 24.0, "x"});
    return dice_.one_of<std::int64_t>({12, 12, 12, 6, 24, 1, 36});
}

// Keys ----------------------------------------------------------------------------------------------------------------

Value CompanyMaker::key_value(const ColumnType& type, std::int64_t i) {
    constexpr std::int64_t big = std::int64_t{1} << 53;
    const std::string number = std::to_string(i);
    std::array<char, 40> text{};
    switch (type.kind) {
    case ColumnKind::integer:
        return dice_.one_of<std::int64_t>({i, big + i, -i, 5'000'000'000 + i});
    case ColumnKind::real:
    case ColumnKind::decimal:
        return dice_.one_of<double>(
            {static_cast<double>(i), static_cast<double>(i) + 0.5, static_cast<double>(-i) - 0.25});
    case ColumnKind::bytes:
        return dice_.one_of<Value>(
            {Blob{"\x01" + number}, Blob{number}, i, static_cast<double>(i) + 0.5, number + "t"});
    case ColumnKind::uuid:
        std::snprintf(text.data(), text.size(), "%08x-0bad-4c0d-8e%02x-00000000abcd",
                      static_cast<unsigned>(dice_.between(0, 0xffffffff)), static_cast<unsigned>(i));
        return std::string(text.data());
    case ColumnKind::date:
        return to_string(day("2020-02-20") + days{i});
    case ColumnKind::stamp:
    case ColumnKind::zoned: {
        const LocalTime time = LocalTime{(day("2020-02-20") + days{i}).time_since_epoch()} +
                               microseconds{dice_.between(0, 86'399'999'999)};
        return clock_text(time, "T", 2) + (type.kind == ColumnKind::zoned ? "Z" : "");
    }
    default:
        return text_key_value(i);
    }
}

Value CompanyMaker::text_key_value(std::int64_t i) {
    const std::string number = std::to_string(i);
    return dice_.one_of<std::string>({number, "k" + number, "K" + number + "é", "it's " + number, number + ",5",
                                      "a\"" + number, "b\\" + number, "c`" + number});
}

Value CompanyMaker::reference(std::size_t column, const std::vector<Value>& key) {
    Value value = key[column];
    auto* text = std::get_if<std::string>(&value);
    if (text && key_[column].second.nocase && dice_.chance(40)) *text = upper(*text);
    return value;
}

// Personal data -------------------------------------------------------------------------------------------------------

Value CompanyMaker::masked(const std::string& mask) {
    if (mask.rfind("redact", 0) == 0) return "REDACTED";
    if (mask.rfind("fixed ", 0) == 0) return mask.substr(6);
    if (mask == "random") return "x1234z89abcdef01";
    if (mask == "random email") return "x1234z89abcdef01@anonymised.invalid";
    if (mask == "ip") return "10.1.2.0";
    if (mask == "null") return {};
    const std::string text = mask == "year" ? "1980-01-01" : mask == "month" ? "1980-06-01" : "1980-06-15";
    if (born_.kind == ColumnKind::date || !is_native_date(born_.kind)) return text;
    return text + "T00:00:00.000000" + (born_.kind == ColumnKind::zoned ? "Z" : "");
}

// What the rule's mask for the column makes, where it has one.
Value CompanyMaker::already(const std::string& column) {
    const auto found = masks_.find(column);
    if (found == masks_.end()) {
        if (column == "born") return masked("day");
        return column == "ip" ? "10.1.2.3" : "plain";
    }
    const std::string& mask = found->second;
    if (mask.rfind("keep", 0) == 0) return "A";
    if (column == "label" && mask == "redact") return "REDAC";
    if (column == "label" && mask.rfind("fixed", 0) == 0) return "anony";
    return masked(mask);
}

Value CompanyMaker::birthday() {
    if (!is_native_date(born_.kind))
        return dice_.one_of<Value>(
            {"1980-06-15", "1980-06-15 10:30:00", "1980-06-15T10:30:00.5Z", "unknown", "1980-01-01", "1980-06-01"});
    const auto choices = Texts{"1980-06-15", "1980-06-15", "0044-03-15 BC", "1980-01-01", "1980-06-01"};
    const auto text = dice_.one_of(choices);
    return text.ends_with("BC") ? text : on_day(born_.kind, text, "T");
}

Value CompanyMaker::marker() {
    const auto drawn = dice_.between(0, 5);
    if (drawn < 3) return {};
    switch (marker_type_.kind) {
    case ColumnKind::integer:
        return drawn == 3 ? Value{} : Value{drawn == 4 ? std::int64_t{0} : std::int64_t{1704067200}};
    case ColumnKind::boolean:
        return drawn == 3 ? Value{} : Value{drawn == 4 ? std::int64_t{0} : std::int64_t{1}};
    case ColumnKind::text:
        return drawn == 3 ? "" : drawn == 4 ? "0" : "2024-01-01";
    default:
        return drawn < 5 ? Value{} : Value{on_day(marker_type_.kind, "2024-01-01", " ")};
    }
}

// Rows ----------------------------------------------------------------------------------------------------------------

CompanyMaker::Row CompanyMaker::begun(std::int64_t tag) {
    const Date seen = near_the_cutoff();
    const Instant moment =
        to_.store.here.first_instant(dice_.chance(50) ? to_.as_of : seen) + microseconds{dice_.between(-1, 1)};
    return {{"tag", tag},
            {"kind", kind()},
            {"n", n()},
            {"seen", dice_.chance(90) ? Value{to_string(seen)} : Value{}},
            {"moment", dice_.chance(90) ? Value{clock_text(to_.store.store.local_time(moment), " ", 2)} : Value{}},
            {"flag", dice_.chance(90) ? Value{dice_.between(0, 1)} : Value{}}};
}

void CompanyMaker::insert(const std::string& table_name, const Row& cells) {
    const ModelTable& to = to_.store.tables.at(table_name);
    std::string columns, values;
    for (const auto& [column, value] : cells) {
        const ColumnType& type = to.columns[to.at(column)].type;
        const Held kept = held(engine_, type, value);
        const bool sorted = kept.sorted || !(has_query_ && table_name == notes_ && column == "at");
        to_.same = to_.same && kept.same && sorted;
        columns += (columns.empty() ? "" : ", ") + name(column);
        values += (values.empty() ? "" : ", ") + literal(engine_, type, kept.value);
    }
    to_.script += "INSERT INTO " + name(table_name) + " (" + columns + ") VALUES (" + values + ");\n";
}

void CompanyMaker::fill() {
    to_.script += "BEGIN;\n";
    for (std::int64_t i = 1; i <= 4; ++i) {
        Row row = begun(i);
        row["id"] = i;
        row["months"] = i == 1 ? Value{std::int64_t{12}} : months();
        row["ends"] = date(ends_);
        insert("terms", row);
    }
    std::vector<std::vector<Value>> keys;
    const auto many = dice_.between(3, 24);
    for (std::int64_t i = 1; i <= many; ++i) {
        Row row = begun(i);
        row["happened at"] = date(at_);
        row["at2"] = date(at2_);
        row["imported"] = date(imported_);
        row["months"] = months();
        row["term"] = dice_.chance(85) ? Value{dice_.between(1, 5)} : Value{};
        row["changed"] = "2020-05-05 05:05:05.000000Z";
        auto& key = keys.emplace_back();
        for (const auto& [column, type] : key_) {
            key.push_back(key_value(type, i));
            row[column] = key.back();
        }
        add_personal_data(row);
        if (single() && keys.size() > 1 && dice_.chance(40)) row["parent"] = reference(0, dice_.one_of(keys));
        insert(records_, row);
    }
    fill_notes(keys);
    to_.script += "COMMIT;\n";
}

void CompanyMaker::add_personal_data(Row& row) {
    const bool done = dice_.chance(15);
    const auto is_or = [&](const std::string& column, std::vector<Value> otherwise) {
        row[column] = done ? already(column) : dice_.one_of(otherwise);
    };
    is_or("full name", {"Ann Other", "Bo", "Ænne Ö", "REDACTED"});
    is_or("email", {"a@example.com", {}, "x1234z89abcdef01@anonymised.invalid", "b@example.org"});
    is_or("phone", {"0123 456", {}, "12", std::int64_t{4420}});
    row["born"] = done ? already("born") : birthday();
    is_or("ip", {"192.0.2.77", {}, "localhost", "192.0.2.0"});
    is_or("label", {"abcde", {}, "ab", "REDAC"});
    if (marker_) row["done at"] = marker();
    if (row["full name"].index() == 0) row["full name"] = "none";
}

void CompanyMaker::fill_notes(const std::vector<std::vector<Value>>& keys) {
    std::vector<Value> notes;
    const auto many = dice_.between(0, 30);
    for (std::int64_t i = 1; i <= many; ++i) {
        Row row = begun(i);
        row["at"] = date(note_at_, dice_.chance(60));
        notes.push_back(note_key_.kind == ColumnKind::integer ? Value{i * 7 - 30} : Value{"n" + std::to_string(i)});
        row["id"] = notes.back();
        if (dice_.chance(90)) {
            const auto& key = dice_.one_of(keys);
            for (std::size_t k = 0; k < key.size(); ++k) row[refs()[k]] = reference(k, key);
            const bool stray = dice_.chance(5) && !note_has_key_;
            if (stray && is_text(key_[0].second.kind)) row["ref"] = "nobody";
            if (!single() && dice_.chance(10)) row["ref2"] = Value{};
        }
        if (dice_.chance(50)) row["above"] = dice_.one_of(notes);
        if (single() && dice_.chance(70)) row["ref_b"] = reference(0, dice_.one_of(keys));
        row["secret"] = dice_.one_of<Value>({"top secret", {}, "REDACTED", "gone", "abc"});
        row["code"] = dice_.one_of<Value>({"C-12345", {}, "C-1", "x1234z89abcdef01", "REDACTED"});
        row["changed"] = "2020-05-05 05:05:05.000000Z";
        insert(notes_, row);
    }
    for (std::int64_t i = 1, files = dice_.between(0, 20); i <= files && !notes.empty(); ++i) {
        Row row = begun(i);
        row["id"] = i;
        row["note"] = dice_.chance(90) ? dice_.one_of(notes) : Value{};
        row["at"] = date(file_at_, dice_.chance(60));
        row["body"] = dice_.one_of<Value>({"scan", {}, "REDACTED"});
        insert(files_, row);
    }
}

} // namespace retention::test
