#include "daemon/metrics.hpp"

#include <array>
#include <cstdio>
#include <functional>

namespace retention {
namespace {

// A label's value with the three characters escaped that the format escapes.
std::string quoted(const std::string& text) {
    std::string value = "\"";
    for (const char c : text)
        if (c == '\n')
            value += "\\n";
        else
            value += c == '"' || c == '\\' ? std::string{'\\', c} : std::string{c};
    return value + '"';
}

std::string number_text(double number) {
    char text[40];
    std::snprintf(text, sizeof text, "%.15g", number);
    return text;
}

double seconds(Instant instant) {
    return std::chrono::duration<double>(instant.time_since_epoch()).count();
}

class Exposition {
public:
    void begin(const std::string& name, const std::string& type, const std::string& help) {
        name_ = "retentiond_" + name;
        head_ = "# HELP " + name_ + ' ' + help + "\n# TYPE " + name_ + ' ' + type + '\n';
    }
    // A metric without samples is not written at all.
    void sample(const std::string& labels, double value) {
        text_ += head_ + name_ + (labels.empty() ? "" : '{' + labels + '}') + ' ' + number_text(value) + '\n';
        head_.clear();
    }
    void one(const std::string& name, const std::string& type, const std::string& help, double value) {
        begin(name, type, help);
        sample("", value);
    }
    std::string take() { return std::move(text_); }

private:
    std::string name_, head_, text_;
};

std::string labels_of(const CategoryStatus& category) {
    return "category=" + quoted(category.category) + ",store=" + quoted(category.store);
}

// Nothing: this category has no such sample.
using Sample = std::function<std::optional<double>(const CategoryStatus&)>;

struct CategoryMetric {
    const char *name, *type, *help;
    Sample sample;
};

Sample counted(std::int64_t CategoryStatus::*member) {
    return [member](const CategoryStatus& category) {
        return category.counted_as_of ? std::optional(static_cast<double>(category.*member)) : std::nullopt;
    };
}
Sample sum(std::int64_t CategoryStatus::*member) {
    return [member](const CategoryStatus& category) { return static_cast<double>(category.*member); };
}
Sample time_of(std::optional<Instant> CategoryStatus::*member) {
    return [member](const CategoryStatus& category) {
        return category.*member ? std::optional(seconds(*(category.*member))) : std::nullopt;
    };
}

std::optional<double> oldest_overdue(const CategoryStatus& category) {
    if (!category.counted_as_of) return std::nullopt;
    return 86'400.0 * static_cast<double>(category.oldest_overdue_days.value_or(0));
}

const std::array<CategoryMetric, 13>& category_metrics() {
    using C = CategoryStatus;
    static const std::array<CategoryMetric, 13> all{{
        {"counted", "gauge", "1 where the last count of the category succeeded, 0 where it did not, or none ended yet.",
         [](const C& category) { return category.counted_as_of && category.not_counted.empty() ? 1.0 : 0.0; }},
        {"due_records", "gauge", "Records that may be disposed of, as last counted.", counted(&C::due)},
        {"overdue_records", "gauge", "Records that should already have been disposed of.", counted(&C::overdue)},
        {"exempt_records", "gauge", "Records that an unless condition keeps.", counted(&C::exempt)},
        {"undated_records", "gauge", "Records without a usable trigger date: never disposed of.", counted(&C::undated)},
        {"oldest_overdue_age_seconds", "gauge", "For how long the oldest overdue record should have been gone.",
         oldest_overdue},
        {"disposed_records_total", "counter", "Records disposed of.", sum(&C::disposed_total)},
        {"batches_total", "counter", "Batches committed.", sum(&C::batches_total)},
        {"run_seconds_total", "counter", "Time spent in runs.",
         [](const C& category) { return category.seconds_total; }},
        {"last_run_timestamp_seconds", "gauge", "When the last run of the category ended.", time_of(&C::finished)},
        {"last_success_timestamp_seconds", "gauge", "When a run last completed.", time_of(&C::last_success)},
        {"next_run_timestamp_seconds", "gauge", "When the schedule wants the next run.", time_of(&C::next_run)},
        {"last_run_success", "gauge", "1 where the last run completed.",
         [](const C& category) {
             return category.outcome.empty() ? std::nullopt
                                             : std::optional(category.outcome == "completed" ? 1.0 : 0.0);
         }},
    }};
    return all;
}

void add_categories(Exposition& text, const ServiceStatus& status) {
    for (const auto& metric : category_metrics()) {
        text.begin(metric.name, metric.type, metric.help);
        for (const CategoryStatus& category : status.categories)
            if (const auto value = metric.sample(category)) text.sample(labels_of(category), *value);
    }
    text.begin("waited_seconds_total", "counter", "Time that runs spent waiting, by reason.");
    for (const CategoryStatus& category : status.categories)
        for (const Waited& waited : category.waited)
            text.sample(labels_of(category) + ",reason=" + quoted(waited.reason), waited.seconds);
}

void add_stores(Exposition& text, const ServiceStatus& status) {
    text.begin("store_up", "gauge", "1 where the store is worked with, 0 where it is unreachable or in doubt.");
    for (const StoreStatus& store : status.stores)
        text.sample("store=" + quoted(store.store), store.state == "unreachable" || store.state == "in doubt" ? 0 : 1);
}

void add_daemon(Exposition& text, const ServiceStatus& status) {
    text.begin("build_info", "gauge", "The program's version.");
    text.sample("version=" + quoted(status.version), 1);
    text.one("healthy", "gauge", "1 where nothing is wrong, as retentiond status says it.", status.faults().empty());
    text.one("stopped", "gauge", "1 where nothing is disposed of anywhere.", !status.stopped.empty());
    text.one("start_timestamp_seconds", "gauge", "When the daemon started.", seconds(status.started));
    text.one("configuration_loaded_timestamp_seconds", "gauge", "When the configuration in force was read.",
             seconds(status.loaded));
    text.one("configuration_reload_success", "gauge", "1 where the last reload was taken.", status.not_loaded.empty());
    text.one("audit_lines_total", "counter", "Lines of the audit log: its position.",
             static_cast<double>(status.audit_seq));
    if (status.audit_time)
        text.one("audit_line_timestamp_seconds", "gauge", "When the last line was written.",
                 seconds(*status.audit_time));
    text.one("runs_in_hand", "gauge", "Runs that wait or go on now.", static_cast<double>(status.runs.size()));
    text.one("decisions_waiting", "gauge", "What waits for a person.",
             static_cast<double>(status.waits_for_you.size()));
}

} // namespace

std::string metrics_text(const ServiceStatus& status) {
    Exposition text;
    add_daemon(text, status);
    add_stores(text, status);
    add_categories(text, status);
    return text.take();
}

} // namespace retention
