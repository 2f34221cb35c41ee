#include "connectors/sqlite_dialect.hpp"

#include "connectors/sqlite_functions.hpp"

#include <array>

namespace retention {

namespace {

Value number_of(Date date) {
    return std::int64_t{date.time_since_epoch().count()};
}

Sql length_of(const PlannedMask& mask) {
    if (!mask.column->length) return "NULL";
    return Sql::value(static_cast<std::int64_t>(*mask.column->length));
}

} // namespace

std::string SqliteDialect::quote(std::string_view name) const {
    return quoted(name);
}

Sql SqliteDialect::day_of(const Sql& value, const PlannedDate& date) const {
    const bool text = date.column && date.column->family == TypeFamily::text;
    const auto form = static_cast<int>(sqlite_date_form(date.format, text));
    const Sql earliest = date.earliest ? Sql::value(number_of(*date.earliest)) : Sql("NULL");
    return "retentiond_day(" + value + ", " + std::to_string(form) + ", " + earliest + ")";
}

Sql SqliteDialect::day(Date date) const {
    return Sql::value(number_of(date));
}

// Text dates sort by their day; a zone moves one by less than two days. The plus sign keeps SQLite from walking an
// index on the date instead of the key.
Sql SqliteDialect::maybe_before(const Sql& value, const PlannedDate& date, Date day) const {
    const bool text = date.format == DateFormat::iso || date.format == DateFormat::iso_offset;
    if (!text || day > last_date - std::chrono::days{2}) return {};
    return "+" + value + " < " + Sql::value(to_string(day + std::chrono::days{2}));
}

Sql SqliteDialect::date(Date date) const {
    return Sql::value(to_string(date));
}

Sql SqliteDialect::first_instant(Date date) const {
    const LocalTime time = store_.local_time(here_.first_instant(date));
    const Date day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::seconds>(time - day)};
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), " %02d:%02d:%02d", static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
    return Sql::value(to_string(day) + text.data());
}

Sql SqliteDialect::masked(const PlannedMask& mask, const Sql& value, const std::string& pseudonym_key) const {
    const Sql key = mask.mask.kind == MaskKind::pseudonym ? Sql::value(Blob{pseudonym_key}) : Sql("NULL");
    return "retentiond_mask(" + Sql::value(to_string(mask.mask)) + ", " + length_of(mask) + ", " + value + ", " + key +
           (mask.column->nullable ? ", 1)" : ", 0)");
}

Sql SqliteDialect::is_masked(const PlannedMask& mask, const Sql& value) const {
    return "retentiond_masked(" + Sql::value(to_string(mask.mask)) + ", " + length_of(mask) + ", " + value + ")";
}

Sql SqliteDialect::mark(const Column& column, Date as_of) const {
    switch (column.family) {
    case TypeFamily::date:
        return date(as_of);
    case TypeFamily::boolean:
        return "1";
    case TypeFamily::integer:
    case TypeFamily::real:
        return "unixepoch()";
    default:
        return "datetime('now')"; // the moment of masking, in UTC
    }
}

Sql SqliteDialect::is_marked(const Sql& value) const {
    return "(coalesce(" + value + ", 0) NOT IN (0, '0', ''))";
}

std::vector<std::string> SqliteDialect::identity(const Table& table) const {
    if (table.without_rowid) return table.primary_key;
    for (const char* name : {"_rowid_", "rowid", "oid"})
        if (!table.find(name)) return {name};
    return table.primary_key; // all three names are taken by columns
}

Sql SqliteDialect::greatest(const std::vector<Sql>& values) const {
    if (values.empty()) return "NULL";
    if (values.size() == 1) return values.front();
    // max() with several arguments is NULL where one of them is.
    std::vector<Sql> known;
    for (const Sql& value : values) known.push_back("coalesce(" + value + ", -9999999)");
    return "nullif(max(" + listed(known) + "), -9999999)";
}

} // namespace retention
