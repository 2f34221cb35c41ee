#pragma once
// Links in TOML: table, on, via, where, sql, through. Triggers, `unless`, `related` and a period in the data share
// them. Problems go to the reader's findings; what was readable comes back.

#include "policies/load_reader.hpp"
#include "policies/rule.hpp"

namespace retention {

// The rule SQL under a key, or nothing where the key is not there or the text is refused.
std::optional<RuleSql> read_sql(TableReader&, std::string_view key, RuleSqlKind);

// A link whose `table` is there. Asks for every key of a link.
Link read_link(TableReader&);
// Asks for the keys that only a link has (on, via, through) and says that they need `table`.
void refuse_link_keys(TableReader&);

} // namespace retention
