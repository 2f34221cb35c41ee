#include "connectors/bound_plan.hpp"

#include "connectors/connector.hpp"

#include <charconv>
#include <cmath>

namespace retention {

namespace {

// More distinct periods than this are no periods but a mistaken column.
constexpr std::size_t most_periods = 10'000;

// "36" and "36.0"; nothing where it is no whole number.
std::optional<std::int64_t> whole_number(std::string_view text) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    if (!(std::abs(number) < 1e9) || number != std::floor(number)) return std::nullopt;
    return static_cast<std::int64_t>(number);
}

StoredCutoffs read_periods(Database& database, const Dialect& dialect, const Plan& plan) {
    StoredCutoffs periods;
    if (!plan.period) return periods;
    const Table& table = plan.period->link ? plan.period->link->table() : *plan.table;
    const auto rows = database.query("SELECT DISTINCT " + Sql(dialect.column(table.name, plan.period->column->name)) +
                                         " FROM " + dialect.table(table),
                                     "read the periods in the data");
    while (rows->next()) {
        const Value value = rows->value(0);
        const bool text_in_sqlite = !plan.catalogue->native_dates && std::holds_alternative<std::string>(value);
        if (rows->is_null(0) || text_in_sqlite || std::holds_alternative<Blob>(value)) continue;
        const auto units = whole_number(rows->text(0));
        if (!units) continue;
        if (auto cutoffs = cutoffs_for(plan.rule, plan.cutoffs.as_of, *units)) periods.emplace(*units, *cutoffs);
        if (periods.size() > most_periods)
            throw StoreError(StoreError::Kind::refused, database.store() + ": " + table.name + "." +
                                                            plan.period->column->name + " holds more than " +
                                                            std::to_string(most_periods) + " different periods");
    }
    return periods;
}

AllStoredCutoffs read_all_periods(Database& database, const Dialect& dialect, const Plan& plan) {
    AllStoredCutoffs all;
    all.emplace(&plan, read_periods(database, dialect, plan));
    for (const auto& other : plan.yields_to) all.emplace(other.get(), read_periods(database, dialect, *other));
    return all;
}

} // namespace

BoundPlan::BoundPlan(Database& on, const Dialect& in, const Plan& of)
    : database(on), dialect(in), plan(of), stored_(read_all_periods(on, in, of)), conditions(of, in, stored_) {}

std::vector<Sql> BoundPlan::key() const {
    std::vector<Sql> columns;
    for (const Column* column : plan.key) columns.emplace_back(dialect.column(plan.table->name, column->name));
    return columns;
}

} // namespace retention
