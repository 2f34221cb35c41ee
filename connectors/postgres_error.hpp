#pragma once
// What PostgreSQL says when something goes wrong, as a StoreError. Of the server's message the primary line is kept and
// its hint; never DETAIL and CONTEXT, which quote rows. Where the class of the error is "data exception" the primary
// line itself quotes a value (`invalid input syntax for type date: "…"`), and the quoted text is left out. Pure.

#include "connectors/connector.hpp"

#include <string>
#include <string_view>

namespace retention {

// What an answer of the server holds of an error.
struct PostgresFault {
    std::string sqlstate; // empty where libpq itself noticed it
    std::string message, hint;
    bool fatal = false;     // the connection is gone, or the server says that it ends it
    bool cancelled = false; // cancel() was called for this statement
};

StoreError::Kind postgres_kind(const PostgresFault&);
StoreError postgres_error(const std::string& store, const std::string& operation, const PostgresFault&);
// No connection could be made to `hosts`; `message` is libpq's, one line a host.
StoreError postgres_unreachable(const std::string& store, const std::string& hosts, const std::string& message);

} // namespace retention
