// Session::try_plan and Session::advise on SQLite: what the store itself says against a plan, before anything runs.

#include "connectors/assignments.hpp"
#include "connectors/sqlite_query.hpp"
#include "connectors/sqlite_row_sets.hpp"
#include "connectors/sqlite_session.hpp"
#include "connectors/sqlite_trial.hpp"

#include <algorithm>
#include <array>
#include <sqlite3.h>

namespace retention {

namespace {

// SQLite's authorizer sees each function and table of a statement while it is prepared: a rule only reads, and what it
// reads is the same twice a day.
class OnlyReads {
public:
    explicit OnlyReads(sqlite3* database) : database_(database) {
        sqlite3_set_authorizer(database, &OnlyReads::judge, this);
    }
    ~OnlyReads() { sqlite3_set_authorizer(database_, nullptr, nullptr); }
    OnlyReads(const OnlyReads&) = delete;
    OnlyReads& operator=(const OnlyReads&) = delete;

    const std::string& refused() const { return refused_; } // the function, where one was

private:
    static int judge(void* self, int action, const char*, const char* name, const char*, const char*) {
        if (action == SQLITE_SELECT || action == SQLITE_READ || action == SQLITE_RECURSIVE) return SQLITE_OK;
        if (action != SQLITE_FUNCTION) return SQLITE_DENY;
        constexpr std::array<std::string_view, 10> never{
            "random",         "randomblob",   "changes",      "total_changes",     "last_insert_rowid",
            "load_extension", "current_date", "current_time", "current_timestamp", "sqlite_log"};
        std::string lower(name);
        for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        if (std::find(never.begin(), never.end(), lower) == never.end()) return SQLITE_OK;
        static_cast<OnlyReads*>(self)->refused_ = lower;
        return SQLITE_DENY;
    }

    sqlite3* database_;
    std::string refused_;
};

class Trial {
public:
    Trial(const SqliteConnection& connection, const SqlitePlan& on) : connection_(connection), on_(on) {}

    Problems run() {
        conditions_alone();
        conditions_on_both();
        if (!has_errors(problems_)) whole_statements();
        if (!has_errors(problems_)) null_keys();
        if (!has_errors(problems_)) masks();
        return std::move(problems_);
    }

private:
    void problem(const Place& place, std::string what, std::string hint) {
        problems_.push_back({Severity::error, place, on_.plan.rule.category, std::move(what), std::move(hint)});
    }

    void alone(const Table& table, const std::optional<RuleSql>& where) {
        if (!where) return;
        const OnlyReads only(connection_.handle());
        try {
            prepare(connection_,
                    "SELECT 1 FROM " + Sql(on_.dialect.table(table)) + " WHERE " + on_.conditions.rule_text()(*where),
                    "prepare a condition");
        } catch (const StoreError& error) {
            problem(where->place,
                    "the condition does not stand on the table '" + table.name + "' alone: " + error.what(),
                    only.refused().empty()
                        ? "a `where` knows the columns of its own table only; a condition that needs both is `sql`"
                        : "a report and a purge of one day must agree: use {as_of} or {cutoff}");
        }
    }
    void alone(const std::optional<PlannedLink>& link) {
        if (link)
            for (const PlannedHop& hop : link->hops) alone(*hop.table, hop.where);
    }

    void conditions_alone() {
        const Plan& plan = on_.plan;
        alone(*plan.table, plan.rule.where);
        for (const PlannedDate& trigger : plan.triggers) alone(trigger.link);
        if (plan.fallback) alone(plan.fallback->link);
        if (plan.period) alone(plan.period->link);
        for (const PlannedUnless& unless : plan.unless) {
            alone(unless.link);
            alone(*plan.table, unless.condition);
        }
        for (const PlannedRelated& entry : plan.related) alone(entry.link);
        for (const PlannedDate& trigger : plan.triggers) query(trigger);
        if (plan.fallback) query(*plan.fallback);
    }

    // A query sees the record and names its own tables.
    void query(const PlannedDate& date) {
        if (!date.query) return;
        const OnlyReads only(connection_.handle());
        try {
            prepare(connection_, "SELECT " + on_.conditions.rule_text()(*date.query) + on_.from(), "prepare a query");
        } catch (const StoreError& error) {
            problem(date.query->place, std::string("the query cannot be prepared: ") + error.what(),
                    only.refused().empty()
                        ? "it is one SELECT of one value; the record answers to \"" + on_.plan.table->name + "\""
                        : "a report and a purge of one day must agree: use {as_of} or {cutoff}");
        }
    }

    // The condition on a record, or on a row that goes with it, and the linked row: it too only reads, whatever stands
    // behind the views that it names.
    void both(const std::optional<PlannedLink>& link, const Table& from) {
        if (!link || !link->sql) return;
        const OnlyReads only(connection_.handle());
        try {
            const JoinedLink joined = join(on_.dialect, on_.conditions.rule_text(), *link, from.name);
            prepare(connection_,
                    "SELECT 1 FROM " + Sql(on_.dialect.table(from)) + " AS " + on_.dialect.quote(from.name) + ", " +
                        joined.from + " WHERE " + joined.where,
                    "prepare a condition");
        } catch (const StoreError& error) {
            problem(link->sql->place, std::string("the condition cannot be prepared: ") + error.what(),
                    only.refused().empty() ? "it may name the columns of \"" + from.name + "\" and of the linked table"
                                           : "a report and a purge of one day must agree: use {as_of} or {cutoff}");
        }
    }

    void conditions_on_both() {
        const Plan& plan = on_.plan;
        for (const PlannedDate& trigger : plan.triggers) both(trigger.link, *plan.table);
        if (plan.fallback) both(plan.fallback->link, *plan.table);
        if (plan.period) both(plan.period->link, *plan.table);
        for (const PlannedUnless& unless : plan.unless) both(unless.link, *plan.table);
        for (const PlannedRelated& entry : plan.related)
            both(entry.link, entry.parents.empty() ? *plan.table : plan.related[entry.parents.front()].link.table());
    }

    void whole_statements() {
        try {
            const Conditions& is = on_.conditions;
            std::vector<Sql> all{is.due(), is.done(), is.retained(), is.undated(), is.latest()};
            for (std::size_t i = 0; i < on_.plan.unless.size(); ++i) all.push_back(is.exempt(i));
            prepare(connection_, "SELECT " + listed(all) + on_.from() + " WHERE " + is.member(), "prepare the rule");
            SqliteRowSets sets(connection_, on_.plan, is, on_.dialect);
            sets.select_records("1 = 0");
            sets.collect();
        } catch (const StoreError& error) {
            problem(on_.plan.rule.place, std::string("the rule cannot be prepared: ") + error.what(),
                    "look at its `sql` conditions: every name in them must be known there");
        }
    }

    // Only an INTEGER PRIMARY KEY or NOT NULL keeps SQLite from storing NULL in a primary key.
    void null_keys() {
        std::vector<Sql> null;
        for (const Column* column : on_.plan.key)
            if (column->nullable)
                null.emplace_back(on_.dialect.column(on_.plan.table->name, column->name) + " IS NULL");
        if (null.empty()) return;
        const auto rows = count_of(connection_, "SELECT count(*)" + on_.from() + " WHERE " + any_of(null, "1 = 0"),
                                   "look for records without a key");
        if (rows > 0)
            problem(on_.plan.rule.place,
                    std::to_string(rows) + " rows of '" + on_.plan.table->name + "' have NULL in their key",
                    "give them a key, or name another one: key = [\"…\"]");
    }

    std::vector<std::string> definitions(const Table& table) const {
        std::vector<std::string> ddl{table.source};
        SqliteStatement indexes(
            connection_, "SELECT sql FROM main.sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = ?",
            "read the indexes");
        indexes.bind(1, Value{table.name});
        while (indexes.step()) ddl.emplace_back(indexes.text(0));
        return ddl;
    }

    // On copies of some rows in memory: CHECK, NOT NULL, UNIQUE and STRICT answer before anything runs.
    void masks(const Table& table, const std::vector<PlannedMask>& masks, const Sql& rows, bool marked) {
        if (masks.empty()) return;
        std::vector<std::string> names;
        std::vector<Sql> columns;
        for (const Column& column : table.columns)
            if (!column.generated) {
                names.push_back(column.name);
                columns.emplace_back(on_.dialect.quote(column.name));
            }
        const std::string any_key(32, 'k');
        const Sql set = marked ? record_assignments(on_.dialect, on_.plan, any_key)
                               : assignments(on_.dialect, masks, table.name, any_key);
        SqliteStatement select =
            prepare(connection_, "SELECT " + listed(columns) + " FROM " + on_.dialect.table(table) + rows + " LIMIT 20",
                    "read samples");
        std::vector<std::vector<Value>> samples;
        while (select.step()) {
            auto& sample = samples.emplace_back();
            for (int i = 0; i < select.columns(); ++i) sample.push_back(select.value(i));
        }
        const SqliteText clause = rendered(set);
        if (const auto error = try_update(definitions(table), table.name, names, samples, clause.text, clause.values))
            problem(masks.front().mask.place, "the masks do not fit the table '" + table.name + "': " + *error,
                    "choose masks that its constraints allow");
    }

    void masks() {
        const Plan& plan = on_.plan;
        masks(*plan.table, plan.masks, " WHERE " + on_.conditions.member(), true);
        for (const PlannedRelated& entry : plan.related) masks(entry.link.table(), entry.masks, "", false);
    }

    const SqliteConnection& connection_;
    const SqlitePlan& on_;
    Problems problems_;
};

// What the dates of one column look like, all rows of its table taken together.
void look_at_dates(const SqlitePlan& on, const PlannedDate& date, Problems& problems) {
    if (!date.column) return;
    const Table& table = date.link ? date.link->table() : *on.plan.table;
    const std::string column = on.dialect.column(table.name, date.column->name);
    const Sql day = on.dialect.day_of(column, date);
    const auto warn = [&](std::string what, std::string hint) {
        problems.push_back(
            {Severity::warning, on.plan.rule.place, on.plan.rule.category, std::move(what), std::move(hint)});
    };
    const Sql from = " FROM " + Sql(on.dialect.table(table));
    const auto bad =
        count_of(on.connection, "SELECT count(*)" + from + " WHERE " + column + " IS NOT NULL AND " + day + " IS NULL",
                 "look at dates");
    if (bad > 0)
        warn(std::to_string(bad) + " values of " + date.label +
                 " are no dates in the declared form: undated, never disposed of",
             "say which `format` they have, or repair them");
    SqliteStatement oldest = prepare(on.connection,
                                     "SELECT day, count(*), sum(count(*)) OVER () FROM (SELECT " + day + " AS day" +
                                         from + ") WHERE day IS NOT NULL GROUP BY day ORDER BY day LIMIT 1",
                                     "look at dates");
    if (!oldest.step() || date.earliest) return;
    const Date first{std::chrono::days{oldest.integer(0)}};
    const auto sharing = oldest.integer(1);
    constexpr Date unix_start{};
    const bool never = first <= unix_start && sharing > 2;
    const bool many =
        sharing >= 20 && sharing * 20 >= oldest.integer(2) && first < on.plan.cutoffs.as_of - std::chrono::days{3650};
    if (never || many)
        warn(std::to_string(sharing) + " values of " + date.label + " share the old date " + to_string(first),
             "where that date means \"never\", say from when dates are real: { column = \"" + date.column->name +
                 "\", earliest = \"" + to_string(first + std::chrono::days{1}) + "\" }");
}

} // namespace

Problems SqliteSession::try_plan(const Plan& plan) {
    const SqliteSnapshot snapshot(connection_);
    const SqlitePlan on(connection_, dialect_, plan);
    return Trial(connection_, on).run();
}

Problems SqliteSession::advise(const Plan& plan) {
    const SqliteSnapshot snapshot(connection_);
    const SqlitePlan on(connection_, dialect_, plan);
    Problems problems;
    for (const PlannedDate& trigger : plan.triggers) look_at_dates(on, trigger, problems);
    if (plan.fallback) look_at_dates(on, *plan.fallback, problems);
    return problems;
}

} // namespace retention
