#include "connectors/mariadb_connection.hpp"
#include "tests/support/mariadb_server.hpp"

#include <boost/test/unit_test.hpp>

#include <arpa/inet.h>
#include <fstream>
#include <future>
#include <netinet/in.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

using namespace retention;
using namespace retention::test;
using Kind = StoreError::Kind;

namespace fs = std::filesystem;

// Leads to 127.0.0.1 and is not the name of this machine: what `automatic` takes for another.
constexpr const char* remote = "0x7f.0.0.1";

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

void add_extension(X509* certificate, X509* issuer, int kind, const char* text) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, text);
    BOOST_REQUIRE(extension);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

// A private authority and what it signs, as PEM files in a folder of their own.
class Authority {
public:
    explicit Authority(const std::string& name) : key_(EVP_EC_gen("P-256"), EVP_PKEY_free), own_(nullptr, X509_free) {
        std::string folder = (fs::temp_directory_path() / "retentiond-tls-XXXXXX").string();
        BOOST_REQUIRE(mkdtemp(folder.data()));
        folder_ = folder;
        chmod(folder.c_str(), 0755); // the server runs as another user
        own_ = make(name, key_.get(), nullptr, -1, 30);
        write(folder_ / "ca.pem", own_.get());
    }
    ~Authority() {
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
    }
    Authority(const Authority&) = delete;
    Authority& operator=(const Authority&) = delete;

    fs::path file() const { return folder_ / "ca.pem"; }

    // `names`: "DNS:db.example,IP:127.0.0.1". Valid from and until so many days from now. A server's configuration.
    std::vector<std::string> certify(const std::string& names, int from = -1, int until = 30) {
        const Key key(EVP_EC_gen("P-256"), EVP_PKEY_free);
        const auto certificate = make("a server", key.get(), names.c_str(), from, until);
        const auto stem = folder_ / std::to_string(++certificates_);
        write(stem.string() + ".pem", certificate.get());
        write(stem.string() + ".key", key.get());
        return {"bind-address=127.0.0.1", "ssl-cert=" + stem.string() + ".pem", "ssl-key=" + stem.string() + ".key",
                "ssl-ca=" + file().string()};
    }
    // The same for whoever connects: certificate and key.
    std::pair<fs::path, fs::path> certify_client() {
        certify("DNS:client");
        const auto stem = (folder_ / std::to_string(certificates_)).string();
        return {stem + ".pem", stem + ".key"};
    }

private:
    Certificate make(const std::string& name, EVP_PKEY* key, const char* names, int from, int until) {
        Certificate made(X509_new(), X509_free);
        X509_set_version(made.get(), 2);
        ASN1_INTEGER_set(X509_get_serialNumber(made.get()), ++serial_);
        X509_gmtime_adj(X509_getm_notBefore(made.get()), 86'400L * from);
        X509_gmtime_adj(X509_getm_notAfter(made.get()), 86'400L * until);
        X509_set_pubkey(made.get(), key);
        X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
        X509* issuer = own_ ? own_.get() : made.get();
        X509_set_issuer_name(made.get(), X509_get_subject_name(issuer));
        add_extension(made.get(), issuer, NID_basic_constraints, own_ ? "CA:FALSE" : "critical,CA:TRUE");
        if (names) add_extension(made.get(), issuer, NID_subject_alt_name, names);
        BOOST_REQUIRE(X509_sign(made.get(), key_.get(), EVP_sha256()) > 0);
        return made;
    }
    template <typename What>
    void write(const fs::path& file, What* what) {
        FILE* stream = fopen(file.c_str(), "w");
        BOOST_REQUIRE(stream);
        if constexpr (std::is_same_v<What, X509>)
            PEM_write_X509(stream, what);
        else
            PEM_write_PrivateKey(stream, what, nullptr, nullptr, 0, nullptr, nullptr);
        fclose(stream);
    }

    fs::path folder_;
    Key key_;
    Certificate own_;
    int certificates_ = 0, serial_ = 0;
};

bool missing() {
    if (MariadbServer::missing().empty()) return false;
    BOOST_TEST_MESSAGE("skipped: " << MariadbServer::missing());
    return true;
}

// A user whose password the test does not know: the server's log says so where a proof of one arrives.
StoreSettings stranger(const MariadbServer& server, Tls tls, const fs::path& ca) {
    auto settings = server.settings("", "stranger");
    settings.tls = tls;
    settings.ca = ca;
    settings.password = Secret{Secret::Kind::environment, "X"};
    settings.read_secret = [](const Secret&) { return "not-the-password"; };
    return settings;
}

std::string refusal(const StoreSettings& settings) {
    try {
        connect_mariadb(settings, Access::read_only, {.connect = std::chrono::seconds(5)});
    } catch (const StoreError& error) {
        BOOST_TEST((error.kind == Kind::lost));
        BOOST_TEST(std::string_view(error.what()).find("not-the-password") == std::string_view::npos);
        return error.what();
    }
    return "connected";
}

bool contains(const std::string& text, std::string_view what) {
    return text.find(what) != text.npos;
}

// Whether anyone came as far as to say who he is.
bool asked_for_admission(const MariadbServer& server) {
    std::ifstream file(server.folder() / "log");
    const std::string log{std::istreambuf_iterator<char>(file), {}};
    return contains(log, "Access denied for user 'stranger'");
}

std::string cipher(const StoreSettings& settings) {
    const auto database = connect_mariadb(settings, Access::read_only);
    const auto rows = database->query("SHOW STATUS LIKE 'Ssl_cipher'", "ask");
    BOOST_REQUIRE(rows->next());
    return std::string(rows->text(1));
}

StoreSettings root(const MariadbServer& server, Tls tls, const fs::path& ca = {}) {
    auto settings = server.settings("");
    settings.tls = tls;
    settings.ca = ca;
    return settings;
}

// Listens on 127.0.0.1, greets one client as a server without TLS, asking for the password in plain text, and notes
// all that it is sent.
class FalseServer {
public:
    FalseServer() : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        BOOST_REQUIRE(bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0);
        BOOST_REQUIRE(listen(listener_, 1) == 0);
        getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
        port_ = ntohs(address.sin_port);
        heard_ = std::async(std::launch::async, [this] { return listen_once(); });
    }
    ~FalseServer() { close(listener_); }
    FalseServer(const FalseServer&) = delete;
    FalseServer& operator=(const FalseServer&) = delete;

    StoreSettings settings(Tls tls) const {
        StoreSettings settings;
        settings.name = "store";
        settings.server.hosts = {{"127.0.0.1", port_}};
        settings.server.user = "stranger";
        settings.tls = tls;
        settings.password = Secret{Secret::Kind::environment, "X"};
        settings.read_secret = [](const Secret&) { return "not-the-password"; };
        return settings;
    }
    std::string heard() { return heard_.get(); }

private:
    static std::string packet(char number, const std::string& body) {
        return std::string{static_cast<char>(body.size()), 0, 0, number} + body;
    }
    std::string listen_once() const {
        const int line = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        using namespace std::string_literals;
        // Protocol 10; long passwords, databases, protocol 4.1, secure connection, plugins: no TLS.
        const auto greeting = "\x0a"s + "10.11.0-MariaDB\0"s + "\x07\0\0\0"s + "abcdefgh\0"s + "\x09\x82"s + "\x2d"s +
                              "\x02\0"s + "\x08\0"s + "\x15"s + std::string(10, '\0') + "abcdefghijkl\0"s +
                              "mysql_native_password\0"s;
        send(line, packet(0, greeting).data(), greeting.size() + 4, MSG_NOSIGNAL);
        std::string heard;
        char bytes[4096];
        bool asked = false;
        for (ssize_t got; (got = recv(line, bytes, sizeof bytes, 0)) > 0;) {
            heard.append(bytes, static_cast<std::size_t>(got));
            const auto plain = "\xfe"s + "mysql_clear_password\0"s;
            if (!asked) send(line, packet(2, plain).data(), plain.size() + 4, MSG_NOSIGNAL);
            asked = true;
        }
        close(line);
        return heard;
    }

    int listener_;
    std::uint16_t port_ = 0;
    std::future<std::string> heard_;
};

} // namespace

BOOST_AUTO_TEST_SUITE(mariadb_tls)

BOOST_AUTO_TEST_CASE(a_server_that_is_who_it_should_be_is_trusted) {
    if (missing()) return;
    Authority authority("a private authority");
    MariadbServer server(authority.certify("IP:127.0.0.1,DNS:0x7f.0.0.1"));

    BOOST_TEST(cipher(root(server, Tls::verify_full, authority.file())) != "");
    BOOST_TEST(cipher(root(server, Tls::verify_ca, authority.file())) != "");
    BOOST_TEST(cipher(root(server, Tls::require)) != "");
    BOOST_TEST(cipher(root(server, Tls::disable)) == "");
    auto far = root(server, Tls::automatic, authority.file());
    far.server.hosts[0].name = remote;
    BOOST_REQUIRE(!far.server.is_local());
    BOOST_TEST(cipher(far) != "");
}

BOOST_AUTO_TEST_CASE(on_this_machine_automatic_needs_no_tls) {
    if (missing()) return;
    Authority authority("a private authority");
    MariadbServer with(authority.certify("DNS:db.example")), without({"bind-address=127.0.0.1"});

    BOOST_TEST(cipher(root(with, Tls::automatic)) == "");
    BOOST_TEST(cipher(root(without, Tls::automatic)) == "");
    for (const Tls tls : {Tls::automatic, Tls::disable, Tls::require, Tls::verify_full}) { // nobody stands between
        auto settings = MariadbServer::shared()->settings("");
        settings.tls = tls;
        BOOST_TEST(cipher(settings) == "");
    }
}

BOOST_AUTO_TEST_CASE(a_wrong_name_is_refused_before_the_password_is_sent) {
    if (missing()) return;
    Authority authority("a private authority");
    MariadbServer server(authority.certify("DNS:db.example,IP:192.0.2.1"));

    const auto said = refusal(stranger(server, Tls::verify_full, authority.file()));
    BOOST_TEST(contains(said, "Validation of SSL server certificate failed"), said);
    BOOST_TEST(contains(said, "\nhint: check `tls` and `ca`"), said);
    auto far = stranger(server, Tls::automatic, authority.file());
    far.server.hosts[0].name = remote;
    BOOST_TEST(contains(refusal(far), "Validation of SSL server certificate failed"));
    BOOST_TEST(!asked_for_admission(server));

    // The name alone is not asked for: it comes as far as to be asked for its password, over TLS.
    BOOST_TEST(contains(refusal(stranger(server, Tls::verify_ca, authority.file())), "Access denied"));
    BOOST_TEST(asked_for_admission(server));
}

BOOST_AUTO_TEST_CASE(an_unknown_authority_is_refused_before_the_password_is_sent) {
    if (missing()) return;
    Authority authority("a private authority"), other("another authority");
    MariadbServer server(authority.certify("IP:127.0.0.1"));

    for (const Tls tls : {Tls::verify_ca, Tls::verify_full}) {
        BOOST_TEST(contains(refusal(stranger(server, tls, other.file())), "TLS/SSL error"));
        BOOST_TEST(contains(refusal(stranger(server, tls, "")), "TLS/SSL error")); // the system's authorities
        BOOST_TEST(contains(refusal(stranger(server, tls, "/nowhere/ca.pem")), "TLS/SSL error"));
    }
    BOOST_TEST(!asked_for_admission(server));

    BOOST_TEST(contains(refusal(stranger(server, Tls::require, "")), "Access denied")); // does not ask whose it is
    BOOST_TEST(asked_for_admission(server));
}

BOOST_AUTO_TEST_CASE(a_certificate_out_of_its_dates_is_refused_before_the_password_is_sent) {
    if (missing()) return;
    Authority authority("a private authority");

    for (const auto& [from, until] : {std::pair{-9, -1}, std::pair{1, 9}}) {
        MariadbServer server(authority.certify("IP:127.0.0.1", from, until));
        for (const Tls tls : {Tls::verify_ca, Tls::verify_full}) {
            const auto said = refusal(stranger(server, tls, authority.file()));
            BOOST_TEST(contains(said, from < 0 ? "has expired" : "not yet valid"), said);
        }
        BOOST_TEST(!asked_for_admission(server));
    }
}

BOOST_AUTO_TEST_CASE(a_server_without_tls_is_refused_before_the_password_is_sent) {
    if (missing()) return;
    MariadbServer server({"bind-address=127.0.0.1", "skip-ssl"});

    for (const Tls tls : {Tls::require, Tls::verify_ca, Tls::verify_full})
        BOOST_TEST(contains(refusal(stranger(server, tls, "")), "the server offers no TLS"));
    auto far = stranger(server, Tls::automatic, "");
    far.server.hosts[0].name = remote;
    BOOST_TEST(contains(refusal(far), "the server offers no TLS"));
    BOOST_TEST(!asked_for_admission(server));

    BOOST_TEST(contains(refusal(stranger(server, Tls::disable, "")), "Access denied"));
    BOOST_TEST(asked_for_admission(server));
}

// Whoever stands between can say that there is no TLS, and ask for the password in plain text.
BOOST_AUTO_TEST_CASE(who_denies_tls_hears_nothing_where_it_is_demanded) {
    for (const Tls tls : {Tls::require, Tls::verify_ca, Tls::verify_full}) {
        FalseServer server;
        BOOST_TEST(contains(refusal(server.settings(tls)), "the server offers no TLS"));
        BOOST_TEST(server.heard() == "");
    }
}

BOOST_AUTO_TEST_CASE(who_has_not_shown_who_he_is_is_never_told_the_password) {
    for (const Tls tls : {Tls::automatic, Tls::disable}) {
        FalseServer server;
        refusal(server.settings(tls));
        const auto heard = server.heard();
        BOOST_TEST(contains(heard, "stranger"));
        BOOST_TEST(!contains(heard, "not-the-password"));
    }
}

BOOST_AUTO_TEST_CASE(shows_its_own_certificate_where_the_server_asks_for_it) {
    if (missing()) return;
    Authority authority("a private authority");
    MariadbServer server(authority.certify("IP:127.0.0.1"));
    server.run("", "CREATE USER known@'127.0.0.1' REQUIRE X509");
    auto settings = server.settings("", "known");
    settings.tls = Tls::verify_full;
    settings.ca = authority.file();

    BOOST_TEST(contains(refusal(settings), "Access denied for user 'known'"));
    std::tie(settings.cert, settings.key) = authority.certify_client();
    BOOST_TEST(cipher(settings) != "");
    settings.tls = Tls::automatic; // on this machine too
    BOOST_TEST(cipher(settings) != "");
}

BOOST_AUTO_TEST_CASE(passwords_of_either_kind_go_through_tls) {
    if (missing()) return;
    Authority authority("a private authority");
    auto configuration = authority.certify("IP:127.0.0.1");
    configuration.push_back("require-secure-transport=ON");
    MariadbServer server(configuration);
    server.run("", "INSTALL SONAME 'auth_ed25519';"
                   "CREATE USER older@'127.0.0.1' IDENTIFIED BY 'secret';"
                   "CREATE USER newer@'127.0.0.1' IDENTIFIED VIA ed25519 USING PASSWORD('secret')");

    for (const char* user : {"older", "newer"}) {
        auto settings = server.settings("", user);
        settings.tls = Tls::verify_full;
        settings.ca = authority.file();
        settings.password = Secret{Secret::Kind::environment, "X"};
        settings.read_secret = [](const Secret&) { return "secret"; };
        BOOST_TEST(cipher(settings) != "");
        settings.tls = Tls::disable;
        BOOST_TEST(refusal(settings) != "connected");
    }
}

BOOST_AUTO_TEST_CASE(a_server_that_dies_under_tls_is_lost) {
    if (missing()) return;
    Authority authority("a private authority");
    MariadbServer server(authority.certify("IP:127.0.0.1"));
    const auto database = connect_mariadb(root(server, Tls::verify_full, authority.file()), Access::read_write);
    database->begin_batch();

    server.stop(true);

    for (int tries = 0; tries < 3; ++tries)
        BOOST_CHECK_EXCEPTION(database->execute("DO 1", "try"), StoreError,
                              [](const StoreError& error) { return error.kind == Kind::lost; });
}

BOOST_AUTO_TEST_SUITE_END()
