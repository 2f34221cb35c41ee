#include "connectors/database.hpp"

namespace retention {

void Database::set_up(const std::vector<Sql>& statements) {
    if (statements.empty()) return;
    begin_set_up();
    try {
        for (const Sql& statement : statements) execute(statement, "make temporary tables");
        commit();
    } catch (...) {
        rollback();
        throw;
    }
}

std::int64_t count_of(Database& database, const Sql& sql, const std::string& operation) {
    const auto rows = database.query(sql, operation);
    return rows->next() ? rows->integer(0) : 0;
}

} // namespace retention
