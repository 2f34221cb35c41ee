#pragma once
// What a trigger of PostgreSQL does to a row, as far as its source says it: read, not run. A scan of words, which errs
// on the side of finding too much. Pure.

#include "connectors/catalogue.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace retention {

struct PostgresTrigger {
    std::string name, function;
    unsigned type = 0;                // pg_trigger.tgtype
    std::string language, body;       // of its function: "plpgsql"
    std::string arguments;            // pg_trigger.tgargs as encode(…, 'escape') prints it: "changed_at\000"
    std::vector<std::string> columns; // UPDATE OF these
};

// One for each of its events; none for TRUNCATE. `text` is the function's body, without comments and string literals
// (those of EXECUTE stay), and with what moves dates in PL/pgSQL spelled as `NEW."column" := ;`, so that the checks'
// words find it: NEW as a whole, SELECT … INTO NEW.column, the extension moddatetime.
//   - ignores_row: a BEFORE row trigger in PL/pgSQL that may RETURN NULL; or RETURN NEW where a row is deleted (NEW is
//     NULL there), OLD where one is updated, unless it tells its events apart by TG_OP and returns the other one too.
//   - A function in a language that is not read here may do anything, and its text says so.
std::vector<DatabaseTrigger> read_postgres_trigger(const PostgresTrigger&, const Table&);

// PL/pgSQL or SQL without comments; literals are empty, but for those that an EXECUTE runs, whose quotes go.
std::string postgres_code(std::string_view sql);

} // namespace retention
