#pragma once
// The connection that SOCI owns, and the native handle in it. A file of its own, because SOCI's header declares all of
// sqlite3.h again in a namespace of its own, so that no other file can include both.

#include <memory>
#include <string>

struct sqlite3;

namespace retention {

class SociSqlite {
public:
    // `uri` is a file: URI without blanks and quotes. Throws StoreError (lost) where it cannot be opened.
    SociSqlite(const std::string& store, const std::string& uri);
    ~SociSqlite();
    SociSqlite(const SociSqlite&) = delete;
    SociSqlite& operator=(const SociSqlite&) = delete;

    sqlite3* handle() const noexcept { return handle_; }

private:
    struct Session;
    std::unique_ptr<Session> session_;
    sqlite3* handle_ = nullptr;
};

} // namespace retention
