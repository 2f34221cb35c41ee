#pragma once
// What the checks say, and how they spell names in it: for a person, for TOML to paste into a policy file, for SQL to
// paste into a client. Plain values, no I/O.

#include "connectors/plan.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace retention {

// The problems of one category, in the order in which they are found. The same one is said once.
class CheckFindings {
public:
    explicit CheckFindings(const Plan& plan) : rule_(plan.rule) {}

    // A place without a line is the rule's own.
    void error(const Place& place, std::string what, std::string hint) {
        add(Severity::error, place, std::move(what), std::move(hint));
    }
    void warning(const Place& place, std::string what, std::string hint) {
        add(Severity::warning, place, std::move(what), std::move(hint));
    }
    Problems take() { return std::move(problems_); }

private:
    void add(Severity, const Place&, std::string what, std::string hint);

    const Rule& rule_;
    Problems problems_;
};

std::string listing(const std::vector<std::string>& names, std::string_view between = ", ");
// 'calls'
std::string shown(std::string_view name);
std::string shown(const Table&);
// 'calls.contact_id', 'lines.(invoice, position)'
std::string shown(const Table&, const std::vector<std::string>& columns);
std::string shown(const Table&, const Column&);

std::string toml_string(std::string_view);               // "with \"escapes\""
std::string toml_key(std::string_view);                  // bare where TOML allows it
std::string toml_names(const std::vector<std::string>&); // "id" or ["a", "b"]
std::string toml_list(const std::vector<std::string>&);  // ["id"], ["a", "b"]
// As a rule may name the table: its bare name where that finds it, else with its schema.
std::string configured_name(const Catalogue&, const Table&);

// Bare where it is a plain word that no engine reserves, otherwise in double quotes.
std::string sql_name(std::string_view);
std::string sql_names(const std::vector<std::string>&);

// One set of columns, whatever the order.
bool same_columns(const Catalogue&, const std::vector<std::string>&, const std::vector<std::string>&);
bool has_name(const Catalogue&, const std::vector<std::string>& names, std::string_view name);

} // namespace retention
