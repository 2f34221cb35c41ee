#include "daemon/command_check.hpp"

#include "connectors/grants.hpp"
#include "daemon/audit_key.hpp"
#include "daemon/configured.hpp"
#include "daemon/control_people.hpp"
#include "daemon/json_text.hpp"
#include "daemon/plain_words.hpp"
#include "daemon/run_estimate.hpp"
#include "daemon/secret.hpp"
#include "daemon/table.hpp"
#include "daemon/wording.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <ostream>

namespace retention {
namespace {

namespace json = boost::json;

// What check has found: problems in the order of discovery, and whether a store could not be asked.
struct Findings {
    std::optional<Configuration> configuration;
    Problems problems;
    Problems unreachable;               // one a store, beside `problems`
    std::vector<RunEstimate> estimates; // of the categories without errors
    Problems all() const {
        Problems both = problems;
        both.insert(both.end(), unreachable.begin(), unreachable.end());
        return both;
    }
};

Problem out_of_reach(const StorePlans& plans) {
    const Advice told = parted(plans.failure);
    return {Severity::error, plans.store->place, "", "store " + plans.store->name + " is out of reach: " + told.what,
            told.hint.empty() ? "start it or correct its url; check --offline judges the files alone" : told.hint};
}

// What is risky in the data itself, and how much of it is due.
void look_at_rows(Findings& findings, const StorePlans& plans) {
    if (plans.plans.empty()) return;
    const auto session = plans.connector->open(Access::read_only);
    for (const auto& plan : plans.plans) {
        const Problems found = session->advise(*plan);
        findings.problems.insert(findings.problems.end(), found.begin(), found.end());
        findings.estimates.push_back(estimate_run(*session, *plan, *plans.store));
    }
}

void look_at_data(Findings& findings, const StorePlans& plans) {
    try {
        look_at_rows(findings, plans);
    } catch (const StoreError& error) {
        const Advice told = parted(error.what());
        findings.problems.push_back({Severity::warning, plans.store->place, "",
                                     "the data of store " + plans.store->name + " could not be looked at: " + told.what,
                                     told.hint});
    }
}

void look_at_stores(Findings& findings, const Context& context) {
    const Date as_of = today(*findings.configuration, context);
    for (const StorePlans& plans : plan_stores(*findings.configuration, as_of, {}, context.open_store)) {
        findings.problems.insert(findings.problems.end(), plans.problems.begin(), plans.problems.end());
        if (plans.failure.empty())
            look_at_data(findings, plans);
        else
            findings.unreachable.push_back(out_of_reach(plans));
    }
}

void look_at_file(Findings& findings, const Place& place, const std::filesystem::path& file, const Context& context) {
    if (const auto open = open_to_others(file, context.directories.credentials))
        findings.problems.push_back({Severity::warning, place, "", open->what, open->hint});
}

// The files with passwords and with the audit key.
void look_at_secrets(Findings& findings, const Context& context) {
    const Configuration& configuration = *findings.configuration;
    const auto& credentials = context.directories.credentials;
    look_at_file(findings, {}, audit_key_file(configuration.audit.key, {credentials, configuration.state, {}}),
                 context);
    for (const auto& [name, store] : configuration.stores)
        if (store.password && store.password->kind == Secret::Kind::file)
            look_at_file(findings, store.place, store.password->name, context);
}

Findings find(const Options& options, const Context& context) {
    Loaded loaded = loaded_configuration(options, context);
    Findings findings{std::move(loaded.configuration), std::move(loaded.problems), {}, {}};
    if (findings.configuration) {
        look_at_secrets(findings, context);
        const Problems people = check_people(findings.configuration->control);
        findings.problems.insert(findings.problems.end(), people.begin(), people.end());
    }
    if (findings.configuration && !options.offline) look_at_stores(findings, context);
    return findings;
}

json::value json_of(const Problem& problem) {
    return json::object{{"severity", problem.severity == Severity::error ? "error" : "warning"},
                        {"category", problem.category},
                        {"file", problem.place.file},
                        {"line", problem.place.line},
                        {"column", problem.place.column},
                        {"what", problem.what},
                        {"hint", problem.hint}};
}

json::array json_of(const std::vector<RunEstimate>& estimates) {
    json::array list;
    for (const RunEstimate& run : estimates)
        list.push_back(
            {{"category", run.category}, {"records", run.records}, {"due", run.due}, {"seconds", run.seconds}});
    return list;
}

void print_json(std::ostream& out, const Problems& problems, const std::vector<RunEstimate>& estimates) {
    json::array list;
    for (const Problem& problem : problems) list.push_back(json_of(problem));
    const auto errors = std::count_if(problems.begin(), problems.end(),
                                      [](const Problem& problem) { return problem.severity == Severity::error; });
    const auto warnings = static_cast<std::int64_t>(problems.size()) - errors;
    out << json_text(json::object{
        {"problems", list}, {"errors", errors}, {"warnings", warnings}, {"estimates", json_of(estimates)}});
}

Problems about(const Problems& problems, const std::string& category) {
    Problems result;
    std::copy_if(problems.begin(), problems.end(), std::back_inserter(result),
                 [&](const Problem& problem) { return problem.category == category; });
    return result;
}

// The problems as compilers print them, moved in under their category.
void print_indented(std::ostream& out, const Problems& problems) {
    for (const Problem& problem : problems) {
        std::string text = "  " + to_string(problem);
        while (text.ends_with('\n')) text.pop_back();
        for (auto at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1))
            text.insert(at + 1, "  ");
        out << text << '\n';
    }
}

void print_category(std::ostream& out, const Rule& rule, const Findings& findings, const Problems& problems,
                    const Terminal& terminal) {
    const Problems own = about(problems, rule.category);
    out << painted(printable(rule.category), Paint::bold, terminal);
    if (!has_errors(own)) out << ": " << printable(plain_words(rule));
    out << '\n';
    for (const RunEstimate& run : findings.estimates)
        if (run.category == rule.category) out << "  " << to_string(run) << '\n';
    print_indented(out, own);
}

void print_text(const Findings& findings, Context& context) {
    const Problems all = findings.all();
    for (const Rule& rule : findings.configuration->rules)
        print_category(context.out, rule, findings, all, context.out_terminal);
    print_problems(context.out, about(all, ""));
    const auto categories = static_cast<std::int64_t>(findings.configuration->rules.size());
    const std::string checked = categories == 1 ? "1 category" : grouped(categories) + " categories";
    const Paint paint = has_errors(all) ? Paint::red : all.empty() ? Paint::green : Paint::yellow;
    context.out << painted(checked + " checked: " + count_of_problems(all), paint, context.out_terminal) << '\n';
}

ExitCode verdict(const Findings& findings) {
    if (has_errors(findings.problems)) return ExitCode::usage;
    return findings.unreachable.empty() ? ExitCode::done : ExitCode::incomplete;
}

// SQLite has no users: the rights are those of its files.
void print_file_rights(const StoreSettings& store, Context& context) {
    context.out << "-- store " << printable(store.name)
                << ": SQLite has no grants. The service's user must be able to read "
                << "and write " << printable(store.file.string())
                << ", and to create files in its folder (journal, WAL).\n";
}

// MariaDB lets nobody in who has no right yet: 1044 and 1045 are its words for that.
bool is_denied(const std::string& failure) {
    return failure.find("(mariadb error 1044)") != failure.npos || failure.find("(mariadb error 1045)") != failure.npos;
}

// The catalogue tells which tables the rules reach: it is read, with whatever rights there are.
bool print_server_grants(const Configuration& configuration, const StoreSettings& store, Context& context) {
    const StorePlans plans = plan_store(configuration, store, today(configuration, context), {}, context.open_store);
    if (!plans.failure.empty()) {
        Problem problem = out_of_reach(plans);
        if (store.engine == Engine::mariadb && is_denied(plans.failure))
            problem.hint = "the catalogue must be read for this: put an administrator's user into `url` for once, and "
                           "the service's account into the statements that are printed then";
        print_problems(context.err, {problem});
        return false;
    }
    context.out << "-- store " << printable(store.name) << ", for an administrator to run in database "
                << printable(store.server.database) << "\n";
    const std::string known = plans.made.empty() ? "" : plans.made.front()->catalogue->user;
    const std::string user = known.empty() ? store.server.user : known;
    for (const std::string& statement : grants_for(store.engine, plans.made, user, store.server.database))
        context.out << statement << '\n';
    const auto more = partition_grants_for(store.engine, plans.made, user, store.server.database);
    if (!more.empty()) context.out << "-- Only to empty whole partitions instead of deleting their rows:\n";
    for (const std::string& statement : more) context.out << "-- " << statement << '\n';
    for (const StoppedCategory& stopped : plans.stopped)
        context.err << "warning: category " << stopped.category << " has errors: " << stopped.reason << '\n';
    return true;
}

ExitCode print_grants(const Configuration& configuration, Context& context) {
    bool all = true;
    for (const auto& [name, store] : configuration.stores)
        if (store.engine == Engine::sqlite)
            print_file_rights(store, context);
        else
            all = print_server_grants(configuration, store, context) && all;
    return all ? ExitCode::done : ExitCode::incomplete;
}

} // namespace

ExitCode check(const Options& options, Context& context) {
    if (options.grants) {
        const auto configuration = configured(options, context);
        return configuration ? print_grants(*configuration, context) : ExitCode::usage;
    }
    const Findings findings = find(options, context);
    if (options.format == Format::json) {
        print_json(context.out, findings.all(), findings.estimates);
    } else if (findings.configuration) {
        print_text(findings, context);
    } else {
        print_problems(context.err, findings.problems);
        context.err << options.config.string() << ": " << count_of_problems(findings.problems) << '\n';
    }
    return verdict(findings);
}

} // namespace retention
