#include "connectors/mariadb_error.hpp"

#include <array>

namespace retention {

StoreError::Kind mariadb_kind(unsigned number) {
    using Kind = StoreError::Kind;
    switch (number) {
    // A lock timeout undoes the statement alone and leaves the transaction open, a deadlock undoes all of it: whoever
    // gets one rolls back, so that both end alike.
    case 1205: // lock wait timeout
    case 1213: // deadlock; Galera: another node's transaction came first
    case 1020: // record has changed since last read
    case 1047: // Galera: the node is not ready for queries
    case 1180: // got error during COMMIT
    case 1969: // max_statement_time exceeded
    case 3024: // max_execution_time exceeded (MySQL)
    case 3572: // NOWAIT is set (MySQL)
        return Kind::busy;
    case 1317: // query was interrupted
        return Kind::cancelled;
    case 1053: // server shutdown in progress
    case 1077: // normal shutdown
    case 1079: // shutdown complete
    case 1152: // aborted connection
    case 1158: // got an error reading communication packets
    case 1159: // got a timeout reading them
    case 1160: // got an error writing them
    case 1161: // got a timeout writing them
    case 1184: // aborted connection
    case 1927: // connection was killed
    case 2002: // cannot connect through the socket
    case 2003: // cannot connect to the server
    case 2005: // unknown server host
    case 2006: // server has gone away
    case 2012: // error in server handshake
    case 2013: // lost connection during query
    case 2026: // TLS
    case 2027: // malformed packet
    case 2055: // lost connection, with a system error (MySQL's client)
    case 3169: // session was killed (MySQL)
    case 4031: // disconnected for inactivity (MySQL)
        return Kind::lost;
    case 1044: // access denied to the database
    case 1045: // access denied
    case 1048: // column cannot be null
    case 1054: // unknown column
    case 1062: // duplicate entry
    case 1064: // syntax error
    case 1100: // not among the tables that are locked
    case 1136: // column count doesn't match
    case 1142: // command denied on the table
    case 1143: // command denied on the column
    case 1146: // no such table
    case 1169: // unique constraint
    case 1216: // foreign key: no parent row
    case 1217: // foreign key: a child row
    case 1227: // needs another privilege
    case 1264: // out of range
    case 1265: // data truncated
    case 1267: // illegal mix of collations
    case 1288: // target is not updatable
    case 1290: // server runs with read_only or the like
    case 1292: // incorrect value
    case 1305: // no such function
    case 1364: // no default value
    case 1365: // division by zero
    case 1366: // incorrect value for the column
    case 1369: // CHECK OPTION
    case 1370: // routine denied
    case 1406: // data too long
    case 1411: // incorrect value for a function
    case 1442: // trigger cannot update its statement's table
    case 1451: // foreign key: a child row
    case 1452: // foreign key: no parent row
    case 1557: // foreign key would make a duplicate
    case 1586: // duplicate entry
    case 1644: // SIGNAL
    case 1665: // binlog_format = STATEMENT at READ COMMITTED
    case 1690: // value out of range
    case 1761: // foreign key would make a duplicate
    case 1762: // the same, with no name
    case 1792: // read-only transaction
    case 1836: // running in read-only mode
    case 1906: // generated column cannot be set
    case 3105: // the same (MySQL)
    case 3819: // CHECK constraint (MySQL)
    case 4025: // CHECK constraint
        return Kind::refused;
    default:
        return Kind::failed;
    }
}

namespace {

// A value stands between `before` and `after`, in words of these errors; what follows `after` is said again. The value
// may hold any text, so the last `after` counts.
struct Quote {
    unsigned number;
    std::string_view before, after;
};
constexpr std::array quotes{
    Quote{1062, " '", "' for key "},
    Quote{1586, " '", "' for key "},
    Quote{1569, " '", "' for key "},
    Quote{1292, ": '", "' for column "},
    Quote{1292, ": '", "' for function "},
    Quote{1292, ": '", "'"},
    Quote{1366, ": '", "' for column "},
    Quote{1366, ": '", "' for function "},
    Quote{1366, ": '", "'"},
    Quote{1411, ": '", "' for function "},
    Quote{1525, ": '", "'"},
    Quote{1300, ": '", "'"},
    Quote{1761, ", record '", "' would lead "},
    Quote{1557, " '", "' would lead "},
    Quote{1526, " for value ", ""},
    Quote{1690, " in '", "'"},
    Quote{1918, " '", "' when "},
    Quote{1367, " '", "' value "},
};

} // namespace

std::string mariadb_words(unsigned number, std::string_view words) {
    bool may_quote = false;
    for (const Quote& quote : quotes) {
        if (quote.number != number) continue;
        may_quote = true;
        const auto from = words.find(quote.before);
        const auto to = quote.after.empty() ? words.size() : words.rfind(quote.after);
        if (from == words.npos || to == words.npos || to < from + quote.before.size()) continue;
        auto rest = words.substr(to + quote.after.size());
        // "…' for key 'email'": the closing quote belongs to the value, the rest does not.
        const auto kept = quote.after.empty() || quote.after == "'" ? std::string_view() : quote.after.substr(1);
        std::string said(words.substr(0, from));
        return said.append(kept).append(rest);
    }
    if (may_quote) return std::string(words.substr(0, words.find('\''))); // in other words: say no more than is safe
    return std::string(words);
}

StoreError mariadb_error(const std::string& store, std::string_view operation, unsigned number,
                         std::string_view words) {
    return {mariadb_kind(number), "store '" + store + "': " + std::string(operation) + ": " +
                                      mariadb_words(number, words) + " (mariadb error " + std::to_string(number) + ")"};
}

} // namespace retention
