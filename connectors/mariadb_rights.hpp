#pragma once
// What a MariaDB user may do, by its own SHOW GRANTS: information_schema's *_PRIVILEGES leave out what comes with a
// role or from PUBLIC. Pure.

#include <string>
#include <string_view>
#include <vector>

namespace retention {

class MariadbRights {
public:
    // One line: "GRANT SELECT, UPDATE (`at`) ON `shop`.`orders` TO `r`@`%`". Roles, routines and proxies say nothing.
    void add(std::string_view grant);

    // `right`: "TRIGGER". A right on single columns counts for their table. Where several patterns (`shop\_%`) of one
    // user match the database, the server goes by one of them: all must have the right.
    bool has(std::string_view right, const std::string& schema, const std::string& table) const;
    // A right on every table of the server, whichever but SELECT: then information_schema has all foreign keys with
    // their actions, also those of tables in other databases.
    bool sees_all_tables() const;
    bool sees_schema(const std::string& schema) const; // all tables of one database

private:
    struct Grant {
        std::vector<std::string> rights; // in upper case
        bool everywhere = false;         // ON *.*
        bool whole_schema = false;       // ON `pattern`.*
        std::string schema, table, to;
        bool has(std::string_view right) const;
    };
    bool has_by_schema(const Grant&, std::string_view right, const std::string& schema) const;

    std::vector<Grant> grants_;
};

} // namespace retention
