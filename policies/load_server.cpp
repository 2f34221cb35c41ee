#include "policies/load_server.hpp"

#include "policies/load_store.hpp"

namespace retention {
namespace {

std::filesystem::path read_file(TableReader& from, const char* key, const std::filesystem::path& folder) {
    const auto name = from.name(key);
    return name ? (folder / *name).lexically_normal() : std::filesystem::path{};
}

void read_tls(TableReader& from, StoreSettings& store) {
    constexpr Tls meaning[] = {Tls::disable, Tls::require, Tls::verify_ca, Tls::verify_full};
    const auto word = from.choice("tls", {"disable", "require", "verify-ca", "verify-full"});
    if (word) store.tls = meaning[*word];
}

void check_files(TableReader& from, const StoreSettings& store) {
    if (from.has("cert") != from.has("key"))
        from.error(from.key_place(from.has("cert") ? "cert" : "key"),
                   from.owner() + (from.has("cert") ? " has `cert` without `key`" : " has `key` without `cert`"),
                   "a certificate and its private key go together: name both files, or neither");
    if (store.tls == Tls::disable)
        from.refuse({"ca", "cert", "key"}, "has no meaning beside tls = \"disable\"", "leave one of them out");
}

void warn_of_open_ways(TableReader& from, const StoreSettings& store) {
    if (store.server.hosts.empty() || store.server.is_local()) return;
    const std::string hint = "use tls = \"verify-full\", which is the default, and ca = \"FILE\" for an authority of "
                             "your own";
    if (store.tls == Tls::disable)
        from.warning(from.value_place("tls"),
                     from.owner() + " is on another machine: records and password pass the network unencrypted", hint);
    if (store.tls == Tls::require)
        from.warning(from.value_place("tls"),
                     from.owner() + " is on another machine: whoever answers there is taken for the server", hint);
}

} // namespace

void read_server_keys(TableReader& from, const std::filesystem::path& folder, StoreSettings& store) {
    store.password = read_secret(from, "password", folder);
    read_tls(from, store);
    store.ca = read_file(from, "ca", folder);
    store.cert = read_file(from, "cert", folder);
    store.key = read_file(from, "key", folder);
    store.max_replica_lag = from.duration("max_replica_lag", std::chrono::hours(1));
    check_files(from, store);
    warn_of_open_ways(from, store);
}

void refuse_server_keys(TableReader& from) {
    from.refuse({"password", "tls", "ca", "cert", "key", "max_replica_lag"}, "does not apply to SQLite",
                "leave it out");
}

} // namespace retention
