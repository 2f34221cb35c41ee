#pragma once
// How each engine writes what all of them can have: names, literals, columns of one meaning. A test draws its data once
// and spells it three times. Where an engine cannot hold a value (text in an integer column, '2019-02-30' in a date
// column), `held` finds one that means the same to a retention rule: a usable date stays, a useless one stays useless.

#include "connectors/value.hpp"
#include "policies/configuration.hpp"

#include <string>
#include <vector>

namespace retention::test {

enum class ColumnKind {
    integer,
    boolean, // an integer in SQLite
    real,
    decimal, // two digits after the point; real in SQLite
    numeric, // any number; DATETIME in SQLite
    text,
    varying, // text with a length
    padded,  // CHAR
    loose,   // no declared type in SQLite, or DATETIME, which prefers numbers; text elsewhere
    bytes,
    date,  // the server's own date types; ISO text in SQLite
    stamp, // without a zone
    zoned,
    self_updating, // MariaDB moves it at each update; zoned
    uuid,
    address,
    generated // always n + 1
};

struct ColumnType {
    ColumnKind kind = ColumnKind::text;
    std::size_t length = 0; // of `varying` and `padded`
    bool not_null = false;
    bool nocase = false; // of text
    bool exact = false;  // of text: compared by its characters, whatever the table's collation
    int dress = 0;       // of text: 0 to 2, other collations and character sets of the same meaning
};
bool is_text(ColumnKind); // columns in which digits are text
bool is_native_date(ColumnKind);

std::string quoted(Engine, const std::string& name);
std::string literal(Engine, const ColumnType&, const Value&);
std::string declared(Engine, const ColumnType&);     // "VARCHAR(40) NOT NULL"
std::string as_text(Engine, const std::string& sql); // CAST to text

struct Held {
    Value value;
    bool same = true;   // a rule judges it as it would the original
    bool sorted = true; // and it stands in the same place of an order
};
Held held(Engine, const ColumnType&, const Value&);

// What year, month and day put where no date is and NULL may not be.
std::string no_date(Engine, ColumnKind);

} // namespace retention::test
