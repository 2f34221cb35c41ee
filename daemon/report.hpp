#pragma once
// The report: what is due, why the rest is kept, what is coming. Numbers come from the stores alone; a category that
// could not be counted is in `failed` with its reason, never a row of zeros.

#include "connectors/survey.hpp"
#include "daemon/planning.hpp"
#include "daemon/terminal.hpp"

#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace retention {

struct CategoryReport {
    std::string category, store, table;
    Action action = Action::anonymise;
    std::string period;         // as the rule says it
    std::optional<Date> cutoff; // nothing where the period is in the data or there is none
    Survey survey;
    std::vector<std::string> elsewhere, warnings;
};

struct FailedCategory {
    std::string category, store, reason;
};

struct Report {
    Date as_of{};
    std::string timezone;
    std::vector<CategoryReport> categories; // in the order of the configuration
    std::vector<FailedCategory> failed;
};

// Counts every plan, in one read-only session a store. A store or category that fails stops no other.
Report make_report(const Configuration&, const std::vector<StorePlans>&, Date as_of);

// design.md section 5, and `failed` after the categories: [{"category", "store", "reason"}].
std::string report_json(const Report&);
// What report_json wrote, of a daemon's report. Throws std::runtime_error for another text.
Report report_from_json(std::string_view);
// RFC 4180: one row a category, the scalar members of the JSON, the exempt in one number, and the day.
std::string report_csv(const Report&);
void print_report(std::ostream&, const Report&, const Terminal&);

} // namespace retention
