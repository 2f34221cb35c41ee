#pragma once
// What MariaDB's texts about columns and partitions mean. Pure.

#include "connectors/catalogue.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace retention {

// By DATA_TYPE, in lower case: "bigint", "longtext", "inet6". What it does not know is `other`.
TypeFamily mariadb_family(std::string_view data_type);

// By COLUMN_TYPE: "enum('a','it''s')" gives "'a','it''s'"; empty for every type that lists no values.
std::string mariadb_values(std::string_view column_type);

// "`a`,`c``d`" gives a and c`d. Empty where the text is anything else than names: "to_days(`at`)".
std::vector<std::string> mariadb_names(std::string_view text);

// `name`, with what is in it doubled.
std::string mariadb_quoted(std::string_view name);
// 'name'@'host' of "name@host"; any host where there is none.
std::string mariadb_account(std::string_view user);

// SQL as the server keeps it in the form that connectors/check_words.hpp reads: without comments (`# it's` would open
// a literal there), 5--1 as 5- -1, literals with doubled quotes. `backslashes`: literals have 'it\'s' (the definitions
// of views; those of triggers have 'it''s' already, whatever their author wrote).
std::string mariadb_plain(std::string_view sql, bool backslashes);

} // namespace retention
