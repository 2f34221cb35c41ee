#pragma once
// What an error of MariaDB's means for a run, and what of its words may be repeated: some quote the value of a record.

#include "connectors/connector.hpp"

#include <string>
#include <string_view>

namespace retention {

StoreError::Kind mariadb_kind(unsigned number);

// The server's words without the values that they quote, names kept:
// "Duplicate entry 'ann@example.org' for key 'email'" -> "Duplicate entry for key 'email'".
std::string mariadb_words(unsigned number, std::string_view words);

// "store 'crm': count the records: Lock wait timeout exceeded; try restarting transaction (mariadb error 1205)".
StoreError mariadb_error(const std::string& store, std::string_view operation, unsigned number, std::string_view words);

} // namespace retention
