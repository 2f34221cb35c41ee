#pragma once
// Periods in TOML: `period` in its three forms, `overdue_after`, `starts` and `financial_year_ends`.

#include "policies/load_reader.hpp"
#include "policies/rule.hpp"

namespace retention {

// The period under a key, as text.
std::optional<Period> read_period_text(TableReader&, std::string_view key);
// `period` and the text that a report shows of it. A missing one is a problem: there is no default period.
void read_period(TableReader& category, Rule&);
// "31 March": a day that exists in some year.
std::optional<std::chrono::month_day> read_month_day(TableReader&, std::string_view key);
// `starts`; `financial_year_named`: the main file says when a financial year ends.
void read_starts(TableReader& category, bool financial_year_named, Rule&);

} // namespace retention
