// Session::try_plan and Session::advise on SQLite: what the store itself says against a plan, before anything runs.

#include "connectors/assignments.hpp"
#include "connectors/plan_trial.hpp"
#include "connectors/sqlite_query.hpp"
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

class SqliteTrial : public PlanTrial {
public:
    SqliteTrial(const SqliteConnection& connection, const BoundPlan& on, RowSets& sets)
        : PlanTrial(on, sets), connection_(connection) {}

private:
    std::optional<Refusal> attempt(const Sql& sql, const std::string& operation) override {
        const OnlyReads only(connection_.handle());
        try {
            prepare(connection_, sql, operation);
            return std::nullopt;
        } catch (const StoreError& error) {
            return Refusal{error.what(), !only.refused().empty()};
        }
    }

    void data() override {
        if (null_keys()) return;
        masks();
    }

    // Only an INTEGER PRIMARY KEY or NOT NULL keeps SQLite from storing NULL in a primary key.
    bool null_keys() {
        std::vector<Sql> null;
        for (const Column* column : on_.plan.key)
            if (column->nullable)
                null.emplace_back(on_.dialect.column(on_.plan.table->name, column->name) + " IS NULL");
        if (null.empty()) return false;
        const auto rows = count_of(connection_, "SELECT count(*)" + on_.from() + " WHERE " + any_of(null, "1 = 0"),
                                   "look for records without a key");
        if (rows > 0)
            error(on_.plan.rule.place,
                  std::to_string(rows) + " rows of '" + on_.plan.table->name + "' have NULL in their key",
                  "give them a key, or name another one: key = [\"…\"]");
        return rows > 0;
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
                               : assignments(on_.dialect, masks, table, any_key);
        SqliteStatement select =
            prepare(connection_, "SELECT " + listed(columns) + " FROM " + on_.dialect.table(table) + rows + " LIMIT 20",
                    "read samples");
        std::vector<std::vector<Value>> samples;
        while (select.step()) {
            auto& sample = samples.emplace_back();
            for (int i = 0; i < select.columns(); ++i) sample.push_back(select.value(i));
        }
        const SqliteText clause = rendered(set);
        if (const auto why = try_update(definitions(table), table.name, names, samples, clause.text, clause.values))
            error(masks.front().mask.place, "the masks do not fit the table '" + table.name + "': " + *why,
                  "choose masks that its constraints allow");
    }

    void masks() {
        const Plan& plan = on_.plan;
        masks(*plan.table, plan.masks, " WHERE " + on_.conditions.member(), true);
        for (const PlannedRelated& entry : plan.related) masks(entry.link.table(), entry.masks, "", false);
    }

    const SqliteConnection& connection_;
};

} // namespace

Problems SqliteSession::try_plan(const Plan& plan) {
    RowSets sets(database_, plan, dialect_);
    const Snapshot snapshot(database_);
    const BoundPlan on(database_, dialect_, plan);
    return SqliteTrial(connection_, on, sets).run();
}

} // namespace retention
