#pragma once
// What a store that is a server has beside its url: password, tls, ca, cert, key, max_replica_lag.

#include "policies/configuration.hpp"
#include "policies/load_reader.hpp"

namespace retention {

// Into the settings, whose server's address is read already (empty where it could not be). Files are relative to
// `folder`; whether they are there is found out by whoever connects.
void read_server_keys(TableReader&, const std::filesystem::path& folder, StoreSettings&);
// Each such key is a problem in a store that is none.
void refuse_server_keys(TableReader&);

} // namespace retention
