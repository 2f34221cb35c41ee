#include "daemon/configured.hpp"

#include "daemon/agenda.hpp"
#include "daemon/journal.hpp"
#include "daemon/secret.hpp"
#include "daemon/wording.hpp"

#include <algorithm>
#include <ostream>

namespace retention {
namespace {

void give_secrets(Configuration& configuration, const std::filesystem::path& credentials) {
    for (auto& [name, store] : configuration.stores)
        store.read_secret = [credentials](const Secret& secret) { return read_secret(secret, credentials); };
}

std::string as_lines(const Problem& problem) {
    const std::string text = to_string(problem);
    return text + (text.ends_with('\n') ? "" : "\n");
}

} // namespace

void print_problems(std::ostream& out, const Problems& problems) {
    for (const Problem& problem : problems) out << as_lines(problem);
}

std::string count_of_problems(const Problems& problems) {
    const auto errors = std::count_if(problems.begin(), problems.end(),
                                      [](const Problem& problem) { return problem.severity == Severity::error; });
    return counted(errors, "error") + ", " + counted(static_cast<std::int64_t>(problems.size()) - errors, "warning");
}

Loaded loaded_configuration(const Options& options, const Context& context) {
    Loaded loaded = load_configuration(options.config, context.directories);
    if (!loaded.configuration) return loaded;
    const Problems schedules = check_schedules(*loaded.configuration);
    loaded.problems.insert(loaded.problems.end(), schedules.begin(), schedules.end());
    if (has_errors(loaded.problems)) loaded.configuration.reset();
    if (loaded.configuration) give_secrets(*loaded.configuration, context.directories.credentials);
    return loaded;
}

std::optional<Configuration> configured(const Options& options, Context& context) {
    Loaded loaded = loaded_configuration(options, context);
    if (loaded.configuration) return std::move(loaded.configuration);
    const bool journal = journal_reads_errors();
    const auto say = [&](char priority, const std::string& text) {
        context.err << (journal ? with_priority(priority, text) : text);
    };
    for (const Problem& problem : loaded.problems)
        say(problem.severity == Severity::error ? '3' : '4', as_lines(problem));
    say('3', options.config.string() + ": " + count_of_problems(loaded.problems) + "; nothing was done\n");
    return std::nullopt;
}

void require_categories(const Configuration& configuration, const std::vector<std::string>& categories) {
    std::vector<std::string> known;
    for (const Rule& rule : configuration.rules) known.push_back(rule.category);
    for (const std::string& category : categories)
        if (configuration.find_rule(category) == nullptr)
            throw UsageError("unknown category " + category,
                             did_you_mean(category, known,
                                          known.empty() ? "the configuration has none" : "one of " + joined(known)));
}

Date today(const Configuration& configuration, const Context& context) {
    return configuration.zone.local_date(context.now());
}

} // namespace retention
