// ServerSession::try_plan: the statements are prepared, the masks applied to a copy of some rows in a temporary table.

#include "connectors/assignments.hpp"
#include "connectors/plan_trial.hpp"
#include "connectors/server_session.hpp"

namespace retention {

class ServerTrial : public PlanTrial {
public:
    ServerTrial(ServerSession& session, const BoundPlan& on, RowSets& sets) : PlanTrial(on, sets), session_(session) {}

private:
    // Outside of a transaction, which PostgreSQL would end at the first refusal.
    std::optional<Refusal> attempt(const Sql& sql, const std::string& operation) override {
        try {
            on_.database.prepare(sql, operation);
            return std::nullopt;
        } catch (const StoreError& error) {
            if (error.kind == StoreError::Kind::lost) throw;
            return Refusal{error.what()};
        }
    }

    void data() override {
        const Plan& plan = on_.plan;
        masks(*plan.table, plan.masks, " WHERE " + on_.conditions.member(), true);
        for (const PlannedRelated& entry : plan.related) masks(entry.link.table(), entry.masks, "", false);
    }

    // CHECK, NOT NULL, UNIQUE and domains answer before anything runs.
    void masks(const Table& table, const std::vector<PlannedMask>& masks, const Sql& rows, bool marked) {
        if (masks.empty()) return;
        Table copy = table;
        copy.schema.clear();
        copy.name = "retentiond_trial";
        const auto make = session_.copy_of(table, copy.name);
        if (make.empty()) return;
        Database& database = on_.database;
        try {
            database.set_up(make);
        } catch (const StoreError& refused) {
            if (refused.kind == StoreError::Kind::lost) throw;
            return warning(masks.front().mask.place,
                           "the masks of '" + table.name + "' could not be tried on a copy: " + refused.what(),
                           "let retentiond create temporary tables: `retentiond check --grants`");
        }
        apply(table, copy, masks, rows, marked);
    }

    void apply(const Table& table, const Table& copy, const std::vector<PlannedMask>& masks, const Sql& rows,
               bool marked) {
        Database& database = on_.database;
        const std::string any_key(32, 'k');
        std::vector<Sql> names;
        for (const Column& column : table.columns)
            if (!column.generated) names.emplace_back(on_.dialect.quote(column.name));
        Plan plan = on_.plan;
        plan.table = &copy;
        const Sql set =
            marked ? record_assignments(on_.dialect, plan, any_key) : assignments(on_.dialect, masks, copy, any_key);
        const Sql into = on_.dialect.temporary(copy.name);
        try {
            database.begin_batch();
            database.execute("INSERT INTO " + into + " (" + listed(names) + ") SELECT " + listed(names) + " FROM " +
                                 on_.dialect.table(table) + rows + " LIMIT 20",
                             "copy some rows of " + table.name);
            database.execute("UPDATE " + into + " SET " + set, "try the masks of " + table.name);
        } catch (const StoreError& refused) {
            database.rollback();
            if (refused.kind == StoreError::Kind::lost) throw;
            return error(masks.front().mask.place,
                         "the masks do not fit the table '" + table.name + "': " + refused.what(),
                         "choose masks that its constraints allow");
        }
        database.rollback();
    }

    ServerSession& session_;
};

Problems ServerSession::try_plan(const Plan& plan) {
    RowSets sets(database(), plan, dialect());
    const BoundPlan on(database(), dialect(), plan);
    return ServerTrial(*this, on, sets).run();
}

} // namespace retention
