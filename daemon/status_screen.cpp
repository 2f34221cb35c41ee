// The status on one screen, for a person.

#include "daemon/service_status.hpp"
#include "daemon/table.hpp"
#include "daemon/wording.hpp"

#include <cstdio>
#include <ostream>

namespace retention {
namespace {

// "2026-11-21 02:30" by the clock on the wall of the configuration's zone.
class Times {
public:
    explicit Times(const std::string& zone) : zone_(Zone::load(zone).value_or(Zone::utc())) {}
    std::string operator()(Instant instant) const {
        const auto local = zone_.local_time(instant);
        const auto day = std::chrono::floor<std::chrono::days>(local);
        const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::minutes>(local - day));
        char text[16];
        std::snprintf(text, sizeof text, " %02d:%02d", static_cast<int>(time.hours().count()),
                      static_cast<int>(time.minutes().count()));
        return to_string(Date(day)) + text;
    }
    std::string operator()(const std::optional<Instant>& instant) const { return instant ? (*this)(*instant) : "-"; }

private:
    Zone zone_;
};

std::string percent(std::int64_t done, std::int64_t of) {
    return of > 0 ? " (" + std::to_string(100 * std::min(done, of) / of) + " %)" : "";
}

void print_head(std::ostream& out, const ServiceStatus& status, const Times& at, const Terminal& terminal) {
    const bool healthy = status.faults().empty();
    out << "retentiond " << status.version << " is "
        << (healthy ? painted("healthy", Paint::green, terminal) : painted("not healthy", Paint::red, terminal))
        << "; running since " << at(status.started) << " (" << status.timezone << ")\n"
        << "Configuration: " << printable(status.configuration) << ", loaded " << at(status.loaded) << '\n'
        << "Audit log:     line " << grouped(static_cast<std::int64_t>(status.audit_seq)) << ", "
        << at(status.audit_time) << '\n';
}

void print_runs(std::ostream& out, const ServiceStatus& status, const Times& at) {
    if (status.runs.empty()) out << "Now:           nothing runs\n";
    for (const RunInHand& run : status.runs) {
        out << "Now:           " << run.state << " since " << at(run.since) << ": "
            << printable(run.category.empty() ? joined(run.categories) : run.category);
        if (!run.category.empty())
            out << ", " << grouped(run.disposed) << " of " << grouped(run.due) << percent(run.disposed, run.due);
        if (!run.waits_for.empty()) out << "; waits for " << printable(run.waits_for);
        out << " (run " << printable(run.run) << ", " << printable(run.actor) << ")\n";
    }
}

std::string due_text(const CategoryStatus& category, std::int64_t number) {
    return category.counted_as_of ? grouped(number) : "?";
}

void print_categories(std::ostream& out, const ServiceStatus& status, const Times& at, const Terminal& terminal) {
    TextTable table({{"category"},
                     {"store"},
                     {"last run"},
                     {"result"},
                     {"disposed", Align::right},
                     {"next run"},
                     {"due", Align::right},
                     {"overdue", Align::right}});
    for (const CategoryStatus& one : status.categories)
        table.add({one.category, one.store, at(one.finished), one.outcome.empty() ? "-" : one.outcome,
                   one.outcome.empty() ? "-" : grouped(one.disposed), at(one.next_run), due_text(one, one.due),
                   due_text(one, one.overdue)});
    out << '\n';
    table.print(out, terminal);
}

void print_list(std::ostream& out, const std::string& title, const std::vector<std::string>& lines) {
    if (lines.empty()) return;
    out << '\n' << title << '\n';
    for (const std::string& line : lines) out << "  " << printable(line) << '\n';
}

std::vector<std::string> tries(const ServiceStatus& status, const Times& at) {
    std::vector<std::string> lines;
    for (const StoreStatus& store : status.stores)
        if (store.next_try)
            lines.push_back(store.store + ", " + store.state + " since " + at(store.since) + ", is tried again at " +
                            at(store.next_try));
    return lines;
}

} // namespace

void print_status(std::ostream& out, const ServiceStatus& status, const Terminal& terminal) {
    const Times at(status.timezone);
    print_head(out, status, at, terminal);
    print_runs(out, status, at);
    if (!status.categories.empty()) print_categories(out, status, at, terminal);
    print_list(out, painted("Wrong:", Paint::red, terminal), status.faults());
    print_list(out, "Stores:", tries(status, at));
    print_list(out, painted("Waits for you:", Paint::yellow, terminal), status.waits_for_you);
}

} // namespace retention
