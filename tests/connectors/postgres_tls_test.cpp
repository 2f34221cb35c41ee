#include "connectors/postgres_address.hpp"
#include "connectors/postgres_connection.hpp"
#include "tests/support/postgres_server.hpp"

#include <boost/test/unit_test.hpp>

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <thread>

#include <sys/stat.h>
#include <unistd.h>

using namespace retention;
using test::PostgresServer;
using Kind = StoreError::Kind;
namespace fs = std::filesystem;

namespace {

boost::test_tools::assertion_result installed(boost::unit_test::test_unit_id) {
    const std::string why = PostgresServer::missing();
    if (!why.empty()) std::cerr << "SKIPPED: " << why << '\n';
    return why.empty();
}

template <auto Free>
struct Freed {
    template <typename T>
    void operator()(T* made) const {
        Free(made);
    }
};
using PrivateKey = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using File = std::unique_ptr<FILE, Freed<std::fclose>>;

void extend(X509* certificate, int what, const std::string& text) {
    const std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>> extension(
        X509V3_EXT_conf_nid(nullptr, nullptr, what, text.c_str()));
    BOOST_REQUIRE(extension != nullptr);
    X509_add_ext(certificate, extension.get(), -1);
}

// A private key and its certificate.
struct Identity {
    PrivateKey key{EVP_EC_gen("P-256")};
    Certificate certificate{X509_new()};
    void write(const fs::path& certificate_file, const fs::path& key_file = {}) const {
        PEM_write_X509(File(std::fopen(certificate_file.c_str(), "w")).get(), certificate.get());
        if (key_file.empty()) return;
        PEM_write_PrivateKey(File(std::fopen(key_file.c_str(), "w")).get(), key.get(), nullptr, nullptr, 0, nullptr,
                             nullptr);
        fs::permissions(key_file, fs::perms::owner_read | fs::perms::owner_write);
    }
};

// `signer` null: an authority that signs itself. `names`: "DNS:db.internal,IP:127.0.0.1". Days from now.
Identity identity(const std::string& common_name, const std::string& names, const Identity* signer,
                  int valid_until_day = 30) {
    static long serial = 0;
    Identity made;
    X509* const certificate = made.certificate.get();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -30L * 86'400);
    X509_gmtime_adj(X509_getm_notAfter(certificate), valid_until_day * 86'400L);
    X509_set_pubkey(certificate, made.key.get());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1, 0);
    const Identity& issuer = signer ? *signer : made;
    X509_set_issuer_name(certificate, X509_get_subject_name(issuer.certificate.get()));
    if (!signer) extend(certificate, NID_basic_constraints, "critical,CA:TRUE");
    if (!names.empty()) extend(certificate, NID_subject_alt_name, names);
    BOOST_REQUIRE(X509_sign(certificate, issuer.key.get(), EVP_sha256()) > 0);
    return made;
}

// A server on 127.0.0.1 whose certificate can be changed while it runs.
class TlsServer {
public:
    TlsServer() : server_({"listen_addresses = '127.0.0.1'"}), folder_(server_.folder()) {
        authority_.write(folder_ / "ca.pem");
        identity("another authority", "", nullptr).write(folder_ / "other-ca.pem");
        std::ofstream(folder_ / "data/pg_hba.conf") << "local all all trust\nhost all all 127.0.0.1/32 trust\n";
        reload();
    }

    void present(const std::string& names, int valid_until_day = 30) {
        identity("server", names, &authority_, valid_until_day).write(folder_ / "server.pem", folder_ / "server.key");
        give(folder_ / "server.key");
        for (const auto& set : {"ssl_cert_file = '" + (folder_ / "server.pem").string() + "'",
                                "ssl_key_file = '" + (folder_ / "server.key").string() + "'", std::string("ssl = on")})
            server_.run("postgres", "ALTER SYSTEM SET " + set);
        reload();
    }

    // What a client has to show.
    void demand_certificate() {
        std::ofstream(folder_ / "data/pg_hba.conf") << "local all all trust\nhostssl all all 127.0.0.1/32 cert\n";
        server_.run("postgres", "ALTER SYSTEM SET ssl_ca_file = '" + (folder_ / "ca.pem").string() + "'");
        reload();
    }

    StoreSettings settings(Tls tls, const std::string& host = "127.0.0.1", const std::string& ca = "ca.pem") const {
        StoreSettings settings = server_.settings("postgres");
        settings.server.hosts = {{host, static_cast<std::uint16_t>(server_.port())}};
        settings.tls = tls;
        if (!ca.empty()) settings.ca = folder_ / ca;
        return settings;
    }

    PostgresServer& server() { return server_; }
    const fs::path& folder() const { return folder_; }
    const Identity& authority() const { return authority_; }

private:
    void give(const fs::path& file) const {
        struct stat owner {};
        BOOST_REQUIRE_EQUAL(::stat((folder_ / "data").c_str(), &owner), 0);
        BOOST_REQUIRE_EQUAL(::chown(file.c_str(), owner.st_uid, owner.st_gid), 0);
    }
    std::string loaded() const { return server_.rows("postgres", "SELECT pg_conf_load_time()").front(); }
    void reload() {
        const std::string before = loaded();
        server_.run("postgres", "SELECT pg_reload_conf()");
        while (loaded() == before) std::this_thread::yield();
    }

    PostgresServer server_;
    fs::path folder_;
    Identity authority_ = identity("the test's own authority", "", nullptr);
};

TlsServer& tls_server() {
    static const auto server = std::make_unique<TlsServer>();
    return *server;
}

std::string one(Database& database, const std::string& sql) {
    const auto rows = database.query(sql, "read");
    BOOST_REQUIRE(rows->next());
    return std::string(rows->text(0));
}

// "t" where the connection is encrypted.
std::string encrypted(const StoreSettings& settings) {
    const auto database = connect_postgres(settings, Access::read_only);
    return one(*database, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()");
}

// What is said where no connection comes about; empty where one does.
std::string refusal(const StoreSettings& settings) {
    try {
        connect_postgres(settings, Access::read_only);
    } catch (const StoreError& error) {
        BOOST_TEST(static_cast<int>(error.kind) == static_cast<int>(Kind::lost));
        BOOST_TEST(std::string(error.what()).find("\nhint: ") != std::string::npos);
        return error.what();
    }
    return {};
}

bool holds(const std::string& text, const std::string& part) {
    return text.find(part) != text.npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(postgres_tls, *boost::unit_test::precondition(installed))

BOOST_AUTO_TEST_CASE(a_server_without_tls_is_refused_where_tls_is_asked_for) {
    PostgresServer plain({"listen_addresses = '127.0.0.1'"});
    StoreSettings settings = plain.settings("postgres");
    settings.server.hosts = {{"127.0.0.1", static_cast<std::uint16_t>(plain.port())}};
    settings.ca = plain.folder() / "ca.pem";
    identity("an authority", "", nullptr).write(settings.ca);
    for (const Tls tls : {Tls::require, Tls::verify_ca, Tls::verify_full}) {
        settings.tls = tls;
        const std::string text = refusal(settings);

        BOOST_TEST(holds(text, "server does not support SSL"));
        BOOST_TEST(holds(text, "hint: switch ssl on"));
    }
    for (const Tls tls : {Tls::disable, Tls::automatic}) { // the twin: it answers, and asks for a password
        settings.tls = tls;
        BOOST_TEST(holds(refusal(settings), "no password supplied"));
    }
}

BOOST_AUTO_TEST_CASE(the_right_certificate_is_accepted) {
    tls_server().present("DNS:localhost,IP:127.0.0.1");

    for (const Tls tls : {Tls::verify_full, Tls::verify_ca, Tls::require}) {
        BOOST_TEST(encrypted(tls_server().settings(tls)) == "t");
        BOOST_TEST(encrypted(tls_server().settings(tls, "localhost")) == "t");
    }
    BOOST_TEST(encrypted(tls_server().settings(Tls::disable)) == "f");
}

BOOST_AUTO_TEST_CASE(a_certificate_for_another_host_is_refused) {
    tls_server().present("DNS:db.internal");

    const std::string text = refusal(tls_server().settings(Tls::verify_full));
    const std::string by_name = refusal(tls_server().settings(Tls::verify_full, "localhost"));

    BOOST_TEST(holds(text, "does not match host name \"127.0.0.1\""));
    BOOST_TEST(holds(by_name, "\"db.internal\" does not match host name \"localhost\""));
    BOOST_TEST(holds(text, "hint: the url must name the host as its certificate does"));
    BOOST_TEST(encrypted(tls_server().settings(Tls::verify_ca)) == "t"); // the twin: names are not asked for
}

BOOST_AUTO_TEST_CASE(a_certificate_of_an_unknown_authority_is_refused) {
    tls_server().present("DNS:localhost,IP:127.0.0.1");

    for (const Tls tls : {Tls::verify_full, Tls::verify_ca})
        for (const std::string ca : {"other-ca.pem", ""}) { // without `ca`: those that the system trusts
            const std::string text = refusal(tls_server().settings(tls, "127.0.0.1", ca));
            BOOST_TEST(holds(text, "certificate verify failed"));
            BOOST_TEST(holds(text, "signed by none of the authorities"));
        }
    BOOST_TEST(encrypted(tls_server().settings(Tls::verify_full)) == "t");
}

BOOST_AUTO_TEST_CASE(an_expired_certificate_is_refused) {
    tls_server().present("DNS:localhost,IP:127.0.0.1", -1);

    for (const Tls tls : {Tls::verify_full, Tls::verify_ca}) {
        const std::string text = refusal(tls_server().settings(tls));
        BOOST_TEST(holds(text, "certificate verify failed"));
        BOOST_TEST(holds(text, "has expired"));
    }
    tls_server().present("DNS:localhost,IP:127.0.0.1", 1);
    BOOST_TEST(encrypted(tls_server().settings(Tls::verify_full)) == "t");
}

BOOST_AUTO_TEST_CASE(an_unverified_certificate_will_do_where_tls_alone_is_asked_for) {
    tls_server().present("DNS:db.internal", -1);
    const fs::path home = tls_server().folder() / "home";
    fs::create_directories(home / ".postgresql");
    fs::copy_file(tls_server().folder() / "other-ca.pem", home / ".postgresql/root.crt",
                  fs::copy_options::overwrite_existing);
    const char* const was = std::getenv("HOME");
    const std::string before = was ? was : "/";
    ::setenv("HOME", home.c_str(), 1);

    BOOST_TEST(encrypted(tls_server().settings(Tls::require, "127.0.0.1", "")) == "t"); // the stray file is not asked
    BOOST_TEST(
        holds(refusal(tls_server().settings(Tls::require)), "certificate verify failed")); // one that is named is

    ::setenv("HOME", before.c_str(), 1);
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_read_is_named) {
    StoreSettings settings = tls_server().settings(Tls::require, "127.0.0.1", "missing.pem");
    BOOST_TEST(holds(refusal(settings), "missing.pem cannot be read"));
    settings = tls_server().settings(Tls::require);
    settings.cert = tls_server().folder() / "missing.crt";
    BOOST_TEST(holds(refusal(settings), "missing.crt cannot be read"));
}

BOOST_AUTO_TEST_CASE(a_client_shows_its_certificate_where_the_server_wants_one) {
    TlsServer strict;
    strict.present("IP:127.0.0.1");
    strict.demand_certificate();
    identity("postgres", "", &strict.authority()).write(strict.folder() / "client.pem", strict.folder() / "client.key");
    StoreSettings settings = strict.settings(Tls::verify_full);

    const std::string without = refusal(settings);
    settings.cert = strict.folder() / "client.pem";
    settings.key = strict.folder() / "client.key";

    BOOST_TEST(holds(without, "client certificate"));
    BOOST_TEST(encrypted(settings) == "t");
}

BOOST_AUTO_TEST_CASE(a_host_that_is_not_this_machine_is_verified_by_itself) {
    struct Row {
        const char* name;
        bool local;
    };
    for (const Row row : {Row{"", true},
                          {"/run/postgresql", true},
                          {"localhost", true},
                          {"LocalHost", true},
                          {"127.0.0.1", true},
                          {"127.255.3.4", true},
                          {"::1", true},
                          {"db.internal", false},
                          {"127.example.com", false},
                          {"localhost.example.com", false},
                          {"10.0.0.1", false},
                          {"::2", false}})
        BOOST_TEST_CONTEXT(row.name) {
            StoreSettings settings;
            settings.server.hosts = {{row.name, 0}};
            const std::string uri = postgres_uri(settings, "", {});

            BOOST_TEST(settings.server.is_local() == row.local);
            BOOST_TEST(holds(uri, row.local ? "sslmode=prefer&" : "sslmode=verify-full&"));
            BOOST_TEST(holds(uri, row.local ? "sslrootcert=%2Fdev%2Fnull" : "sslrootcert=%2Fetc%2Fssl"));
            settings.server.hosts.push_back({"db.internal", 0});
            BOOST_TEST(!settings.server.is_local()); // one that is elsewhere is enough
        }
}

BOOST_AUTO_TEST_CASE(on_this_machine_whatever_the_server_offers_will_do) {
    tls_server().present("DNS:db.internal", -1);

    BOOST_TEST(encrypted(tls_server().settings(Tls::automatic, "localhost", "")) == "t");
    BOOST_TEST(encrypted(tls_server().server().settings("postgres")) == "f"); // a Unix socket needs none
}

BOOST_AUTO_TEST_CASE(of_several_hosts_the_first_that_answers_and_takes_writes_is_taken) {
    PostgresServer standby({"default_transaction_read_only = on"}), primary;
    const auto host = [](const PostgresServer& of) { return of.settings("postgres").server.hosts.front(); };
    const auto where = [](const StoreSettings& settings) {
        const auto database = connect_postgres(settings, Access::read_write);
        return one(*database, "SHOW unix_socket_directories");
    };
    StoreSettings settings = primary.settings("postgres");
    const ServerAddress::Host down{"127.0.0.1", 1};

    settings.server.hosts = {down, host(standby), host(primary)};
    BOOST_TEST(where(settings) == primary.folder().string());
    settings.server.hosts = {host(primary), down};
    BOOST_TEST(where(settings) == primary.folder().string());
    settings.server.hosts = {host(standby)}; // the twin: alone, nobody is asked whether it takes writes
    BOOST_TEST(where(settings) == standby.folder().string());

    settings.server.hosts = {down, host(standby)};
    const std::string text = refusal(settings);
    BOOST_TEST(holds(text, "Connection refused"));
    BOOST_TEST(holds(text, "session is read-only"));
    BOOST_TEST(holds(text, "hint: none of the servers takes writes"));
    BOOST_TEST(holds(text, "connect to 127.0.0.1:1, " + standby.folder().string()));
}

BOOST_AUTO_TEST_SUITE_END()
