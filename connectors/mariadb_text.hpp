#pragma once
// Text in MariaDB, told exactly: whatever its character set and collation, byte by byte as utf8mb4, so that capitals,
// accents and trailing blanks count. And the forms of dates in it, as patterns for REGEXP that hold no quote, no
// backslash and no line end. Inside the MariaDB dialect alone.

#include "connectors/catalogue.hpp"
#include "connectors/sql.hpp"
#include "policies/mask.hpp"

namespace retention {

Sql exact_text(const Sql& value);
Sql has_form(const Sql& exact, const std::string& pattern); // a condition; NULL of NULL

// Patterns of the whole text, as policies/stored_date.hpp reads them; of days that exist.
std::string iso_form();        // read_iso
std::string iso_offset_form(); // read_iso_offset
std::string any_iso_form();    // either: what generalise() takes
// Any of the two that generalise() would leave as it is.
std::string generalised_form(MaskKind);
std::string digits_form(); // 1 to 19
std::string random_token_form();
std::string random_email_form();

// What stands in text of such a form.
Sql day_in(const Sql& exact);         // its first ten characters, a DATE
Sql seconds_in(const Sql& exact);     // of a text with a time: seconds since the year 0, as its clock shows them
Sql utc_seconds_in(const Sql& exact); // of a text with an offset or Z: the same in UTC
// The text with its date on the first of the year or month, and zeros for its time of day.
Sql generalised_text(MaskKind, const Sql& exact);

} // namespace retention
