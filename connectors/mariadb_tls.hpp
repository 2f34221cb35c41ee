#pragma once
// TLS to MariaDB. libmariadb checks a certificate before it sends the user's name, but where a server (or whoever
// stands before it) says that it has no TLS, it goes on without, unless it was to verify the name as well. So a client
// plugin of our own speaks first: it sends nothing where TLS is demanded and not offered.

#include "policies/configuration.hpp"

struct st_mysql;

namespace retention {

// What `automatic` comes down to. Over a Unix socket nothing is demanded: nobody stands between.
Tls tls_of(const StoreSettings&);

// Before the handle connects.
void set_tls(st_mysql*, const StoreSettings&);

} // namespace retention
