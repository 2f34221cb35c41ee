#include "connectors/sqlite_soci.hpp"

#include "connectors/connector.hpp"

#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

namespace retention {

struct SociSqlite::Session {
    explicit Session(const std::string& connect) : session(*soci::factory_sqlite3(), connect) {}
    soci::session session;
};

SociSqlite::SociSqlite(const std::string& store, const std::string& uri) try
    : session_(std::make_unique<Session>("db=" + uri)) {
    // SOCI hides the type's typeinfo, so it cannot be asked; the factory above makes no other.
    const auto* backend = static_cast<soci::sqlite3_session_backend*>(session_->session.get_backend());
    handle_ = reinterpret_cast<::sqlite3*>(backend->conn_);
} catch (const soci::soci_error& error) {
    throw StoreError(StoreError::Kind::lost, "store '" + store + "': cannot open " + uri + ": " + error.what());
}

SociSqlite::~SociSqlite() = default;

} // namespace retention
