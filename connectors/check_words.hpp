#pragma once
// The words of SQL that someone else wrote: of a rule's conditions, a trigger's source, a view. Not a parser: it finds
// which tables a text names and which columns it assigns, and errs on the side of finding too much.

#include "connectors/catalogue.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace retention {

struct SqlWord {
    enum class Kind { bare, quoted, symbol } kind = Kind::symbol;
    std::string text;                        // without its quotes; of a symbol, one character
    bool is(std::string_view keyword) const; // a bare word, in any case, or that symbol
    bool is_name() const { return kind != Kind::symbol; }
};

// Without comments, string literals and {placeholders}. "x", `x` and [x] are quoted names.
std::vector<SqlWord> words_of(std::string_view sql);

// True where a word may stand for the table: not after a dot (but for its schema's), not as an alias or a function.
// The table stands where rows are read from: behind FROM, JOIN or a comma, and not as the owner of a column there.
bool reads_from(const std::vector<SqlWord>&, const Catalogue&, const Table&);
bool names_table(const std::vector<SqlWord>&, const Catalogue&, const Table&);
bool names_column(const std::vector<SqlWord>&, const Catalogue&, std::string_view column);

// True where the body of a trigger on `owner` changes a column of `table`: UPDATE table SET column = …, an upsert or
// INSERT INTO table, or NEW.column := … where the table is its own.
bool assigns_column(const std::vector<SqlWord>&, const Catalogue&, const Table& owner, const Table& table,
                    std::string_view column);

} // namespace retention
