#pragma once
// Text as PostgreSQL's expressions handle it: values of any type as text that is compared byte by byte, and the forms
// that a text must have before a cast may touch it. The patterns hold no backslash and no quote. Inside the files of
// PostgresDialect alone.

#include "connectors/sql.hpp"
#include "policies/zone.hpp"

#include <string>

namespace retention::postgres {

// Without the padding of CHAR; in the C collation, because a nondeterministic one knows no patterns, and two values
// that it calls equal are still two.
Sql as_text(const Sql& value);
Sql bound_text(std::string);  // typed
Sql bound_bytes(std::string); // typed
Sql matches(const Sql& text, const std::string& pattern);

// Of the whole text, as read_iso and read_iso_offset (policies/stored_date.hpp) have them; `any`: either.
extern const std::string iso_pattern, iso_offset_pattern, iso_any_pattern;
// As inet_pton reads addresses.
extern const std::string ip_v4_pattern, ip_v6_pattern;

std::string written(LocalTime); // "2026-03-29 23:00:00"

// True of what the catalogue calls the types: "character(5)", and neither "character varying(5)" nor a domain.
bool is_padded(const std::string& type);

} // namespace retention::postgres
