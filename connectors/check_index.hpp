#pragma once
// Whether an index serves, and the statement that makes one where none does, spelled for the store's engine: to paste
// into its client. Pure.

#include "connectors/catalogue.hpp"

#include <string>
#include <vector>

namespace retention {

// The primary key, or an index over all rows, begins with one of the columns.
bool has_index(const Catalogue&, const Table&, const std::vector<std::string>& columns);

// CREATE INDEX … ;
std::string index_to_make(const Catalogue&, const Table&, const std::vector<std::string>& columns);

// As statements to paste name the table: with its schema where the bare name finds another one.
std::string name_to_paste(const Catalogue&, const Table&);

} // namespace retention
