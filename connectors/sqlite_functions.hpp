#pragma once
// SQL functions that let SQLite read dates and apply masks with the code of policies/, so that there is one reading of
// both. They belong to the connection that they were registered on; no view, trigger, check or index can call them.
//
//   retentiond_day(value, form, earliest)
//       The day of `here` on which the value falls, as days since 1970-01-01. NULL where the value is NULL, is no
//       usable date in that form, or lies before the day number `earliest` (NULL: no such limit). Deterministic.
//   retentiond_mask(spec, length, value [, key [, nullable [, form]]])
//       The value masked. spec: to_string(Mask). length: characters to which text is cut; NULL: none. NULL stays NULL,
//       but for `fixed`. key: bytes, for `pseudonym` alone. nullable: 0 where NULL may not take the place of a value
//       that is no date or address (default 1). form: for year, month and day (default 0). A BLOB is redacted to as
//       many zero bytes, and `keep` counts its bytes. Not deterministic. It is an error where a random token, an e-mail
//       address or a pseudonym does not fit the length, or the key is missing.
//   retentiond_masked(spec, length, value [, form])
//       1 where the value already is what the mask makes, else 0. Deterministic.
//
//       mask              mask makes of a value                      a value is already masked where it
//       null              NULL                                       is NULL
//       redact            REDACTED, cut; zero bytes of a BLOB        is that; has zero bytes only
//       fixed VALUE       VALUE, cut                                 is that, or the same number
//       random            random_token()                             has its form
//       random email      random_email()                             has its form
//       year, month, day  generalise(); else NULL, or with           does not change, or is 1900-01-01 or 0
//                         nullable = 0 1900-01-01 (unix forms: 0)
//       ip                truncate_ip(); else NULL, or with          does not change, or is 0.0.0.0
//                         nullable = 0 0.0.0.0
//       keep N            its first N characters                     does not change
//       pseudonym         hex of HMAC-SHA-256(key, key_text), cut    never; NULL neither

#include "policies/stored_date.hpp"
#include "policies/zone.hpp"

struct sqlite3;

namespace retention {

// The numbers that `form` takes, and which storage classes each reads. Digits: 1 to 19, no sign, no blanks.
enum class SqliteDateForm {
    iso = 0,                   // TEXT
    iso_offset = 1,            // TEXT
    unix_seconds = 2,          // INTEGER, finite REAL
    unix_milliseconds = 3,     // INTEGER, finite REAL
    unix_seconds_text = 4,     // also digits in TEXT
    unix_milliseconds_text = 5 // also digits in TEXT
};
// The form of a column's dates. `native` is iso: SQLite has no date type.
SqliteDateForm sqlite_date_form(DateFormat, bool digits_in_text);

// `here` is the zone of the configuration, `store` that of columns without one. Throws StoreError where SQLite refuses.
void register_functions(sqlite3*, const Zone& here, const Zone& store);

} // namespace retention
