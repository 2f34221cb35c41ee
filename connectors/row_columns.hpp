#pragma once
// How the columns of a set of rows are called, and rows as row values. Inside connectors/row_sets.cpp,
// row_rivals.cpp, row_disposal.cpp and the walks alone.

#include "connectors/dialect.hpp"

#include <string>
#include <vector>

namespace retention {

std::string identity_column(std::size_t i); // retentiond_i0, …: what tells a row from every other
std::string key_column(std::size_t i);      // retentiond_k0, …: the key of a record
std::vector<std::string> columns_named(std::string (*name)(std::size_t), std::size_t many);
Sql names(std::string (*name)(std::size_t), std::size_t many);

// (a, b) of a table under an alias, as one row value; and as a list.
Sql row_value(const Dialect&, const std::string& alias, const std::vector<std::string>& columns);
std::vector<Sql> columns_of(const Dialect&, const std::string& alias, const std::vector<std::string>& names);
std::vector<std::string> names_of(const std::vector<const Column*>&);

// A foreign key of the table points at the table itself.
bool refers_to_itself(const Table&);

} // namespace retention
