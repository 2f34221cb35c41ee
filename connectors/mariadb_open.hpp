#pragma once
// Opens MariaDB's connection through SOCI, which then owns it. SOCI's backend knows no way to verify the server's
// certificate and keeps to a connect string; so its one call of mysql_real_connect is replaced (ld's --wrap, see
// CMakeLists.txt): address, user, password and TLS are given there, and stand in no string of SOCI's.

#include "connectors/connector.hpp"
#include "connectors/patience.hpp"

#include <memory>

struct st_mysql;

namespace retention {

class MariadbHandle {
public:
    // Throws StoreError lost: out of reach, refused, or not who it should be. The password is read when it is needed
    // and forgotten then.
    MariadbHandle(const StoreSettings&, const Patience&);
    ~MariadbHandle();
    MariadbHandle(const MariadbHandle&) = delete;
    MariadbHandle& operator=(const MariadbHandle&) = delete;

    st_mysql* get() const noexcept { return handle_; }

private:
    struct Session;
    std::unique_ptr<Session> session_;
    st_mysql* handle_ = nullptr;
};

} // namespace retention
