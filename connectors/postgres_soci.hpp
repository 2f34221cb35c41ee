#pragma once
// The connection that SOCI owns, and libpq's handle in it. A file of its own, because SOCI's headers are heavy.

#include <memory>
#include <string>

struct pg_conn;

namespace retention {

class SociPostgres {
public:
    // Throws std::runtime_error with libpq's own message.
    explicit SociPostgres(const std::string& uri);
    ~SociPostgres();
    SociPostgres(const SociPostgres&) = delete;
    SociPostgres& operator=(const SociPostgres&) = delete;

    pg_conn* handle() const noexcept { return handle_; }

private:
    struct Session;
    std::unique_ptr<Session> session_;
    pg_conn* handle_ = nullptr;
};

} // namespace retention
