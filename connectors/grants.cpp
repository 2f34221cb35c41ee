#include "connectors/grants.hpp"

#include "connectors/check_findings.hpp"
#include "connectors/check_footprint.hpp"
#include "connectors/check_words.hpp"
#include "connectors/evidence_elsewhere.hpp"
#include "connectors/mariadb_type.hpp"
#include "connectors/partition_walk.hpp"
#include "connectors/sql.hpp"
#include "connectors/witness_table.hpp"

#include <algorithm>

namespace retention {

namespace {

// What is done to one table, by whichever rule.
struct Use {
    std::string schema, name;
    bool loses_rows = false;
    std::vector<std::string> written; // columns
    std::string key;                  // the first column of its key, or its first one
};

class Uses {
public:
    void add(const Plan& plan) {
        use(*plan.table);
        for (const FollowedLink& link : links_of(plan)) add(plan, *link.link);
        add(plan, plan.rule.where);
        for (const RuleDate& date : dates_of(plan)) add(plan, date.date->query);
        for (const PlannedUnless& unless : plan.unless) add(plan, unless.condition);
        for (const Change& change : changes_of(plan)) add(plan, change);
        for (const auto& other : plan.yields_to) add(*other);
    }
    const std::vector<Use>& all() const { return uses_; }

private:
    Use& use(const Table& table) {
        const auto found = std::ranges::find_if(
            uses_, [&](const Use& one) { return one.schema == table.schema && one.name == table.name; });
        if (found != uses_.end()) return *found;
        Use& added = uses_.emplace_back();
        added.schema = table.schema;
        added.name = table.name;
        if (!table.primary_key.empty())
            added.key = table.primary_key.front();
        else if (!table.columns.empty())
            added.key = table.columns.front().name;
        return added;
    }

    void add(const Plan& plan, const PlannedLink& link) {
        for (const PlannedHop& hop : link.hops) {
            use(*hop.table);
            add(plan, hop.where);
        }
        add(plan, link.sql);
    }

    // A condition without a sub-select reads no table but its own.
    void add(const Plan& plan, const std::optional<RuleSql>& sql) {
        if (!sql) return;
        const auto words = words_of(sql->source);
        if (std::ranges::none_of(words, [](const SqlWord& word) { return word.is("select") || word.is("table"); }))
            return;
        for (const Table& table : plan.catalogue->tables)
            if (names_table(words, *plan.catalogue, table)) use(table);
    }

    void add(const Plan& plan, const Change& change) {
        Use& changed = use(*change.table);
        const auto write = [&](const std::string& column) {
            if (!has_name(*plan.catalogue, changed.written, column)) changed.written.push_back(column);
        };
        if (change.deletes) changed.loses_rows = true;
        for (const ChangedColumn& update : change.updates) write(update.column->name);
        if (!change.entry && !plan.deletes() && plan.marker) write(plan.marker->name);
        if (change.updates.empty()) return;
        for (const Column& column : change.table->columns) // written back unchanged
            if (column.updates_itself) write(column.name);
    }

    std::vector<Use> uses_;
};

class Writer {
public:
    Writer(Engine engine, const std::string& user) : maria_(engine == Engine::mariadb) {
        to_ = " TO " + (maria_ ? mariadb_account(user) : retention::quoted(user)) + ";";
    }

    std::string quote(const std::string& name) const { return maria_ ? mariadb_quoted(name) : retention::quoted(name); }
    std::string grant(const std::string& rights, const std::string& on) const {
        return "GRANT " + rights + " ON " + on + to_;
    }
    std::string table(const std::string& schema, const std::string& name) const {
        return quote(schema) + "." + quote(name);
    }
    std::string rights(const Use& use) const {
        std::vector<std::string> columns, rights{"SELECT"};
        for (const std::string& column : use.written) columns.push_back(quote(column));
        if (columns.empty() && use.loses_rows && !maria_) columns.push_back(quote(use.key));
        if (!columns.empty()) rights.push_back("UPDATE (" + listing(columns) + ")");
        if (use.loses_rows) rights.emplace_back("DELETE");
        if (maria_ && rights.size() > 1) rights.emplace_back("TRIGGER");
        return listing(rights);
    }

private:
    bool maria_;
    std::string to_;
};

// In ON database.* the name is a pattern.
std::string mariadb_database_pattern(const std::string& database) {
    std::string pattern;
    for (const char letter : database) pattern += (letter == '_' || letter == '%' ? "\\" : "") + std::string(1, letter);
    return mariadb_quoted(pattern) + ".*";
}

void add_mariadb(const Writer& writer, const std::string& database, std::vector<std::string>& statements) {
    statements.push_back("USE " + writer.quote(database) + ";");
    statements.push_back(create_witness_table(Engine::mariadb) + ";");
    statements.push_back(writer.grant("SELECT, INSERT", writer.table(database, witness_table)));
    statements.push_back(writer.grant("CREATE TEMPORARY TABLES", mariadb_database_pattern(database)));
    statements.push_back(writer.grant("SHOW VIEW", mariadb_database_pattern(database)));
}

void add_postgresql(const Writer& writer, const std::string& database, const std::vector<Use>& uses,
                    std::vector<std::string>& statements) {
    statements.push_back(create_witness_table(Engine::postgresql) + ";");
    statements.push_back(writer.grant("SELECT, INSERT", witness_table));
    statements.push_back(writer.grant("CONNECT, TEMPORARY", "DATABASE " + writer.quote(database)));
    std::vector<std::string> schemas{"public"}; // the witness table's
    for (const Use& use : uses)
        if (std::ranges::find(schemas, use.schema) == schemas.end()) schemas.push_back(use.schema);
    for (const auto& schema : schemas) statements.push_back(writer.grant("USAGE", "SCHEMA " + writer.quote(schema)));
}

} // namespace

std::vector<std::string> grants_for(Engine engine, const std::vector<std::shared_ptr<Plan>>& plans,
                                    const std::string& user, const std::string& database) {
    std::vector<std::string> statements;
    if (engine == Engine::sqlite || plans.empty()) return statements;
    Uses uses;
    for (const auto& plan : plans) uses.add(*plan);
    const Writer writer(engine, user);
    if (engine == Engine::mariadb)
        add_mariadb(writer, database, statements);
    else
        add_postgresql(writer, database, uses.all(), statements);
    for (const Use& use : uses.all())
        statements.push_back(writer.grant(writer.rights(use), writer.table(use.schema, use.name)));
    return statements;
}

std::vector<std::string> partition_grants_for(Engine engine, const std::vector<std::shared_ptr<Plan>>& plans,
                                              const std::string& user, const std::string& database) {
    std::vector<std::string> statements;
    if (engine != Engine::mariadb) return statements;
    const Writer writer(engine, user);
    const auto add = [&](const std::string& statement) {
        if (std::ranges::find(statements, statement) == statements.end()) statements.push_back(statement);
    };
    for (const auto& plan : plans)
        if (may_take_partitions(*plan) && !has_evidence_elsewhere(*plan)) {
            add(writer.grant("DROP", writer.table(plan->table->schema, plan->table->name)));
            add(writer.grant("LOCK TABLES", mariadb_database_pattern(plan->table->schema)));
        }
    if (statements.empty()) return statements;
    add(writer.grant("LOCK TABLES", mariadb_database_pattern(database)));
    add(writer.grant("PROCESS", "*.*"));
    add(create_pending_table() + ";");
    add(writer.grant("SELECT, INSERT, DELETE", writer.table(database, pending_table)));
    return statements;
}

} // namespace retention
