// Session::explain on SQLite: the conditions of one plan, asked of one record.

#include "connectors/sqlite_query.hpp"
#include "connectors/sqlite_row_sets.hpp"
#include "connectors/sqlite_session.hpp"

#include <charconv>

namespace retention {

namespace {

std::optional<std::int64_t> whole_number(const std::string& text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::optional<double> real_number(const std::string& text) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::optional<Blob> bytes(const std::string& text) {
    if (text.size() % 2) return std::nullopt;
    Blob blob;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        unsigned byte = 0;
        const auto [end, error] = std::from_chars(text.data() + i, text.data() + i + 2, byte, 16);
        if (error != std::errc{} || end != text.data() + i + 2) return std::nullopt;
        blob.bytes += static_cast<char>(byte);
    }
    return blob;
}

// A key column against its text on the command line; a column may hold values of any type in SQLite.
Sql matches(const Sql& column, const std::string& text) {
    Sql sql = "(" + column + " = " + Sql::value(text);
    if (const auto number = whole_number(text))
        sql += " OR " + column + " = " + Sql::value(*number);
    else if (const auto real = real_number(text))
        sql += " OR " + column + " = " + Sql::value(*real);
    if (const auto blob = bytes(text)) sql += " OR " + column + " = " + Sql::value(*blob);
    return sql + ")";
}

Sql same_key(const SqlitePlan& on, const std::vector<std::string>& key) {
    std::vector<Sql> all;
    const auto columns = on.key();
    for (std::size_t i = 0; i < columns.size() && i < key.size(); ++i) all.push_back(matches(columns[i], key[i]));
    return all_of(all, "1 = 0");
}

Verdict verdict(const SqliteStatement& row, bool exempt) {
    if (row.integer(0)) return Verdict::due;
    if (row.integer(1)) return Verdict::done;
    if (row.integer(2)) return Verdict::retained;
    return exempt ? Verdict::exempt : Verdict::undated;
}

std::optional<Date> date_in(const SqliteStatement& row, int column) {
    if (row.is_null(column)) return std::nullopt;
    return Date{std::chrono::days{row.integer(column)}};
}

// Columns 0 to 5, then two for each date source, then one for each `unless`.
Sql question(const SqlitePlan& on, const std::vector<const PlannedDate*>& dates) {
    const Conditions& is = on.conditions;
    std::vector<Sql> columns{is.due(), is.done(), is.retained(), is.undated(), is.latest(), is.units()};
    for (const PlannedDate* date : dates) {
        columns.push_back(is.day(*date));
        columns.push_back(is.unusable(*date));
    }
    for (std::size_t i = 0; i < on.plan.unless.size(); ++i) columns.push_back(is.exempt(i));
    return "SELECT " + listed(columns) + on.from() + " WHERE " + is.member();
}

void add_period(Explanation& explanation, const SqlitePlan& on, std::int64_t units) {
    const Rule& rule = on.plan.rule;
    explanation.period = rule.period_text;
    std::optional<Period> period;
    const PeriodCutoffs* cutoffs = on.plan.cutoffs.fixed ? &*on.plan.cutoffs.fixed : nullptr;
    if (const auto* fixed = std::get_if<FixedPeriod>(&rule.period)) period = fixed->at_least;
    if (const auto* stored = std::get_if<StoredPeriod>(&rule.period))
        if (const auto found = on.periods().find(units); found != on.periods().end()) {
            period = Period{static_cast<std::int32_t>(units), stored->unit};
            explanation.period = to_string(*period);
            cutoffs = &found->second;
        }
    if (!explanation.trigger || !period) return;
    explanation.kept_through = kept_through(*explanation.trigger, *period, rule.counting);
    explanation.overdue = explanation.verdict == Verdict::due && cutoffs && *explanation.trigger < cutoffs->overdue;
}

} // namespace

std::optional<Explanation> SqliteSession::explain(const Plan& plan, const std::vector<std::string>& key) {
    const SqliteSnapshot snapshot(connection_);
    const SqlitePlan on(connection_, dialect_, plan);
    std::vector<const PlannedDate*> dates;
    for (const PlannedDate& trigger : plan.triggers) dates.push_back(&trigger);
    if (plan.fallback) dates.push_back(&*plan.fallback);
    if (key.size() != plan.key.size()) return std::nullopt;
    SqliteStatement row = prepare(connection_, question(on, dates) + " AND " + same_key(on, key),
                                  "explain a record of " + plan.rule.category);
    if (!row.step()) return std::nullopt;

    Explanation explanation;
    explanation.key = key;
    explanation.trigger = date_in(row, 4);
    int column = 6;
    for (const PlannedDate* date : dates) {
        TriggerFinding finding{date->label, date_in(row, column), row.integer(column + 1) != 0,
                               plan.fallback && date == &*plan.fallback};
        const bool counts =
            finding.latest && finding.latest == explanation.trigger && explanation.trigger_source.empty();
        if (counts) explanation.trigger_source = finding.source;
        explanation.triggers.push_back(std::move(finding));
        column += 2;
    }
    for (const PlannedUnless& unless : plan.unless)
        if (row.integer(column++)) explanation.exempt.push_back(unless.reason);
    explanation.verdict = verdict(row, !explanation.exempt.empty());
    add_period(explanation, on, row.integer(5));
    if (row.integer(3) && explanation.verdict != Verdict::retained) explanation.kept_through.reset();
    row.reset();

    SqliteRowSets sets(connection_, plan, on.conditions, dialect_);
    sets.select_records(same_key(on, key) + " AND " + on.conditions.member());
    sets.collect();
    explanation.related = sets.counts();
    return explanation;
}

} // namespace retention
