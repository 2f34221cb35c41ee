#include "policies/load_period.hpp"

#include "policies/load_link.hpp"

#include <algorithm>
#include <charconv>

namespace retention {
namespace {

const std::vector<std::string> units{"day", "week", "month", "year"};
const std::vector<std::string> months{"January", "February", "March",     "April",   "May",      "June",
                                      "July",    "August",   "September", "October", "November", "December"};

void read_fixed(TableReader& from, Rule& rule) {
    FixedPeriod fixed;
    if (from.require("at_least", "say how long a record must be kept"))
        fixed.at_least = read_period_text(from, "at_least").value_or(Period{});
    fixed.at_most = read_period_text(from, "at_most");
    if (fixed.at_least.count > 0 && fixed.at_most && !never_ends_before(*fixed.at_most, fixed.at_least))
        from.error(from.value_place("at_most"), "`at_most` may end before `at_least` does",
                   "say both in one unit: at_least = \"6 years\", at_most = \"7 years\"");
    rule.period_text = to_string(fixed.at_least);
    if (fixed.at_most) rule.period_text += " to " + to_string(*fixed.at_most);
    rule.period = fixed;
}

void read_stored(TableReader& from, Rule& rule) {
    StoredPeriod stored;
    stored.place = from.place();
    if (from.require("column", "name the column that holds the number"))
        stored.column = from.name("column").value_or("");
    if (from.require("unit", "unit = \"month\"; day, week, month or year")) {
        constexpr Unit meaning[] = {Unit::day, Unit::week, Unit::month, Unit::year};
        const auto unit = from.choice("unit", units);
        stored.unit = meaning[unit.value_or(2)];
    }
    if (from.has("table")) {
        stored.link = read_link(from);
    } else {
        refuse_link_keys(from);
        from.refuse({"where", "sql"}, "needs `table`", "name the linked table, or leave it out");
    }
    rule.period_text = (stored.link ? stored.link->table + "." : "") + stored.column + " (" +
                       units[static_cast<std::size_t>(stored.unit)] + ")";
    rule.period = stored;
}

void read_period_table(const TomlNode& node, TableReader& category, Rule& rule) {
    TableReader from(node, "`period` of " + category.owner(), category.findings());
    const bool fixed = from.has("at_least") || from.has("at_most");
    const bool stored = from.has("column") || from.has("unit") || from.has("table");
    if (stored && !fixed) {
        read_stored(from, rule);
        from.finish();
        return;
    }
    if (fixed)
        read_fixed(from, rule);
    else
        from.error(node.place, from.owner() + " says no period",
                   "write { at_least = \"6 years\", at_most = \"7 years\" }, or { column = \"keep_months\", unit = "
                   "\"month\" }");
    from.refuse({"column", "unit", "table", "on", "via", "where", "through", "sql"},
                "has no place beside `at_least` and `at_most`", "a period is either fixed or in the data");
    from.finish();
}

} // namespace

std::optional<Period> read_period_text(TableReader& from, std::string_view key) {
    const auto text = from.name(key);
    if (!text) return {};
    std::string why;
    const auto period = parse_period(*text, why);
    if (!period)
        from.error(from.value_place(key), "`" + std::string(key) + "` of " + from.owner() + ": " + why,
                   "a whole number and a unit: \"36 months\", \"1 year\", \"P36M\"");
    return period;
}

void read_period(TableReader& category, Rule& rule) {
    if (!category.require("period", "there is no default period; say how long a record is kept")) return;
    const auto& node = *category.find("period");
    if (node.kind == TomlNode::Kind::table) return read_period_table(node, category, rule);
    if (node.kind == TomlNode::Kind::text && node.text == "none") {
        rule.period = NoPeriod{};
        rule.period_text = "none";
        return;
    }
    if (node.kind == TomlNode::Kind::integer || node.kind == TomlNode::Kind::real)
        return category.error(node.place, "`period` of " + category.owner() + " has no unit: " + node.describe(),
                              "a whole number and a unit in quotes: \"36 months\"");
    if (const auto period = read_period_text(category, "period")) {
        rule.period = FixedPeriod{*period, {}};
        rule.period_text = to_string(*period);
    }
}

std::optional<std::chrono::month_day> read_month_day(TableReader& from, std::string_view key) {
    const auto text = from.name(key);
    if (!text) return {};
    unsigned day = 0;
    const auto* last = text->data() + text->size();
    const auto [rest, error_code] = std::from_chars(text->data(), last, day);
    if (error_code == std::errc{} && rest != last && *rest == ' ') {
        const auto month = std::find(months.begin(), months.end(), std::string(rest + 1, last));
        const std::chrono::month_day result{std::chrono::month(static_cast<unsigned>(month - months.begin()) + 1),
                                            std::chrono::day(day)};
        if (month != months.end() && result.ok()) return result;
    }
    from.error(from.value_place(key), "`" + std::string(key) + "` is no day of the year: \"" + *text + "\"",
               "write it as \"31 March\"");
    return {};
}

void read_starts(TableReader& category, bool financial_year_named, Rule& rule) {
    const auto word = category.choice("starts", {"end of financial year", "end of month", "end of year"});
    if (!word) return;
    constexpr Starts meaning[] = {Starts::end_of_financial_year, Starts::end_of_month, Starts::end_of_year};
    rule.counting.starts = meaning[*word];
    if (rule.counting.starts == Starts::end_of_financial_year && !financial_year_named)
        category.error(category.value_place("starts"), "no key says when a financial year ends",
                       "add financial_year_ends = \"31 March\" to the main file");
}

} // namespace retention
