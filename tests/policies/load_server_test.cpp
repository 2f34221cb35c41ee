// Stores that are servers: their urls, and the keys beside them.

#include "policies/loader.hpp"
#include "policies/server_url.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>

using namespace retention;

namespace {

std::optional<ServerAddress> read(const std::string& url, std::vector<UrlFault>& faults) {
    const auto colon = url.find(':');
    return read_server_url(url.substr(0, colon) == "mariadb" ? Engine::mariadb : Engine::postgresql,
                           std::string_view(url).substr(colon + 1), faults);
}

// user|host:port,host:port|database
std::string shown(const ServerAddress& address) {
    std::string hosts;
    for (const auto& host : address.hosts)
        hosts += (hosts.empty() ? "" : ",") + host.name + ":" + std::to_string(host.port);
    return address.user + "|" + hosts + "|" + address.database;
}

std::string shown(const std::string& url) {
    std::vector<UrlFault> faults;
    const auto address = read(url, faults);
    BOOST_TEST(address.has_value() == faults.empty());
    for (const auto& fault : faults) BOOST_TEST_MESSAGE(url << ": " << fault.what);
    return address ? shown(*address) : "refused";
}

Loaded load(const std::string& stores, const std::string& rule_lines = {}) {
    return read_configuration({"/etc/retentiond/m.toml", "timezone = \"UTC\"\n" + stores},
                              {{"p.toml", "[categories.c]\nstore = \"crm\"\ntable = \"people\"\ntrigger = \"seen_on\"\n"
                                          "period = \"1 year\"\naction = \"delete\"\n" +
                                              rule_lines}},
                              {});
}
Loaded load_store(const std::string& url, const std::string& lines = {}) {
    return load("[stores.crm]\nurl = \"" + url + "\"\n" + lines);
}
StoreSettings store_of(const std::string& url, const std::string& lines = {}) {
    const auto loaded = load_store(url, lines);
    for (const auto& problem : loaded.problems) BOOST_TEST_MESSAGE(to_string(problem));
    BOOST_REQUIRE(loaded.configuration.has_value());
    return loaded.configuration->stores.at("crm");
}

std::string all_of(const Problems& problems) {
    std::string text;
    for (const auto& problem : problems) text += to_string(problem) + "\n";
    return text;
}
bool says(const Loaded& loaded, const std::string& text) {
    return all_of(loaded.problems).find(text) != std::string::npos;
}

struct Row {
    std::string url, expected;
};

} // namespace

BOOST_AUTO_TEST_SUITE(load_server)

BOOST_AUTO_TEST_CASE(reads_every_part_of_a_url) {
    for (const auto& [url, expected] : std::vector<Row>{
             {"postgresql://retentiond@db.internal/crm", "retentiond|db.internal:5432|crm"},
             {"postgresql://db/crm", "|db:5432|crm"},
             {"postgresql://@db/crm", "|db:5432|crm"},
             {"postgresql://r@a:5433,b,10.0.0.7:5434/crm", "r|a:5433,b:5432,10.0.0.7:5434|crm"},
             {"postgresql://r@[::1]:5433/crm", "r|::1:5433|crm"},
             {"postgresql://r@[2001:db8::7],[fe80::1%25eth0]:5433/crm", "r|2001:db8::7:5432,fe80::1%eth0:5433|crm"},
             {"postgresql:///crm", "|/var/run/postgresql:5432|crm"},
             {"postgresql://r@/crm", "r|/var/run/postgresql:5432|crm"},
             {"postgresql://r@:5433/crm", "r|/var/run/postgresql:5433|crm"},
             {"postgresql://r@/crm?host=/run/postgresql&port=5433", "r|/run/postgresql:5433|crm"},
             {"postgresql://r@/crm?host=%2Ftmp%2Fa%20b", "r|/tmp/a b:5432|crm"},
             {"postgresql://r@:5433/crm?host=db", "r|db:5433|crm"},
             {"postgresql://r@%2Frun%2Fpostgresql/crm", "r|/run/postgresql:5432|crm"},
             {"postgresql://r@db/crm?port=5433", "r|db:5433|crm"},
             {"postgresql://m%C3%BCller%40firm%3A1@db/a%2Fb%20c%25", "müller@firm:1|db:5432|a/b c%"},
             {"postgresql://r@db:65535/crm", "r|db:65535|crm"},
             {"mariadb://r@db/crm", "r|db:3306|crm"},
             {"mariadb://r@db:3307/crm", "r|db:3307|crm"},
             {"mariadb://r@[::1]/crm", "r|::1:3306|crm"},
             {"mariadb:///crm", "|/run/mysqld/mysqld.sock:0|crm"},
             {"mariadb://r@localhost/crm", "r|localhost:0|crm"},
             {"mariadb://r@localhost:3306/crm", "r|localhost:3306|crm"},
             {"mariadb://r@/crm?socket=/srv/my.sock", "r|/srv/my.sock:0|crm"},
             {"mariadb://r@%2Fsrv%2Fmy.sock/crm", "r|/srv/my.sock:0|crm"}})
        BOOST_TEST(shown(url) == expected, url << ": " << shown(url));
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_address) {
    for (const auto& [url, fragment] : std::vector<Row>{{"postgresql:db/crm", "no //"},
                                                        {"postgresql://r@db", "names no database"},
                                                        {"postgresql://r@db/", "names no database"},
                                                        {"postgresql://r@db?port=1", "names no database"},
                                                        {"postgresql://r@db/crm/", "a / in its database"},
                                                        {"postgresql://r@db/a/b", "a / in its database"},
                                                        {"postgresql://r@db/crm#x", "a # in it"},
                                                        {"postgresql://r@db:0/crm", "port that is none"},
                                                        {"postgresql://r@db:65536/crm", "port that is none"},
                                                        {"postgresql://r@db:/crm", "port that is none"},
                                                        {"postgresql://r@db:5432x/crm", "port that is none"},
                                                        {"postgresql://r@db:-1/crm", "port that is none"},
                                                        {"postgresql://r@db:+1/crm", "port that is none"},
                                                        {"postgresql://r@/crm?port=x", "port that is none"},
                                                        {"postgresql://r@::1/crm", "several colons"},
                                                        {"postgresql://r@[::1/crm", "without its ]"},
                                                        {"postgresql://r@[::1]5432/crm", "between ] and its port"},
                                                        {"postgresql://r@[db]/crm", "host that is none"},
                                                        {"postgresql://r@a,,b/crm", "an empty host"},
                                                        {"postgresql://r@a,/crm", "an empty host"},
                                                        {"postgresql://r@a b/crm", "host that is none"},
                                                        {"postgresql://r@a%2Cb/crm", "host that is none"},
                                                        {"postgresql://r@%2Frun%2Fa%2Cb/crm", "host that is none"},
                                                        {"postgresql://r@/crm?host=a,b", "before the database"},
                                                        {"postgresql://a@b@db/crm", "an @ in its user"},
                                                        {"postgresql://r%zz@db/crm", "two hex digits"},
                                                        {"postgresql://r@db/crm%2", "two hex digits"},
                                                        {"postgresql://r@db/crm%00", "control character"},
                                                        {"postgresql://r%0A@db/crm", "control character"},
                                                        {"postgresql://r%FF@db/crm", "no UTF-8"},
                                                        {"postgresql://r@db/crm?", "not taken"},
                                                        {"postgresql://r@db/crm?host=", "without a value"},
                                                        {"postgresql://r@db/crm?port", "without a value"},
                                                        {"postgresql://r@/crm?port=1&port=2", "twice"},
                                                        {"postgresql://r@db/crm?host=/run/postgresql", "host twice"},
                                                        {"postgresql://r@db:1/crm?port=2", "port twice"},
                                                        {"postgresql://r@a,b/crm?port=2", "for several hosts"},
                                                        {"mariadb://r@a,b/crm", "more than one host"},
                                                        {"mariadb://r@db/crm?socket=/x", "both a host and a socket"},
                                                        {"mariadb://r@/crm?socket=x.sock", "no path"},
                                                        {"mariadb://r@:3306/crm", "port beside a socket"}}) {
        std::vector<UrlFault> faults;
        const auto address = read(url, faults);

        BOOST_TEST_CONTEXT(url) {
            BOOST_TEST(!address.has_value());
            BOOST_TEST(faults.size() == 1u);
            const auto text = faults.empty() ? std::string{} : faults.front().what + " " + faults.front().hint;
            BOOST_TEST(text.find(fragment) != std::string::npos, text);
            BOOST_TEST(!faults.front().hint.empty());
        }
    }
}

BOOST_AUTO_TEST_CASE(says_what_to_write_instead_of_a_parameter) {
    for (const auto& [url, fragment] :
         std::vector<Row>{{"postgresql://r@db/crm?sslmode=require", "tls = \"verify-full\""},
                          {"postgresql://r@db/crm?sslrootcert=/x", "ca = \"FILE\""},
                          {"postgresql://r@db/crm?sslcert=/x", "cert = \"FILE\""},
                          {"postgresql://r@db/crm?sslkey=/x", "key = \"FILE\""},
                          {"postgresql://r@db/crm?passfile=/x", "{ file = \"…\" }"},
                          {"postgresql://r@db/crm?user=x", "postgresql://user@host/database"},
                          {"postgresql://r@db/crm?dbname=x", "after the host"},
                          {"postgresql://r@db/crm?socket=/x", "host=/var/run/postgresql"},
                          {"postgresql://r@db/crm?prot=1", "did you mean 'port'?"},
                          {"postgresql://r@db/crm?connect_timeout=5", "not taken: connect_timeout"},
                          {"postgresql://r@db/crm?options=-c%20x", "leave it out"},
                          {"postgresql://r@db/crm?target_session_attrs=any", "not taken: target_session_attrs"},
                          {"mariadb://r@db/crm?ssl-mode=REQUIRED", "tls = \"verify-full\""},
                          {"mariadb://r@db/crm?ssl_ca=/x", "ca = \"FILE\""},
                          {"mariadb://r@db/crm?unix_socket=/x", "socket=/run/mysqld/mysqld.sock"},
                          {"mariadb://r@db/crm?host=/x", "between @ and the database"},
                          {"mariadb://r@db/crm?charset=latin1", "not taken: charset"}}) {
        const auto loaded = load_store(url);

        BOOST_TEST_CONTEXT(url << ": " << all_of(loaded.problems)) {
            BOOST_TEST(loaded.problems.size() == 1u);
            BOOST_TEST(says(loaded, fragment));
            BOOST_TEST(says(loaded, "m.toml:3:7"));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_password_in_a_url_is_refused_and_never_repeated) {
    for (const auto* url :
         {"postgresql://r:hunter2@db/crm", "postgresql://r:hunter2@db:1,x:2/crm", "postgresql://:hunter2@db/crm",
          "mariadb://r:hunter2@db/crm", "postgresql://r:hun@hunter2@db/crm", "postgresql://r:a/hunter2@db/crm",
          "postgresql://r:a?hunter2@db/crm", "postgresql://r:a?x=hunter2&hunter2@db/crm",
          "postgresql://r:a#hunter2@db/crm", "postgresql://r:hunter2%zz@db/crm", "postgresql://r:hunter2/crm",
          "postgresql://r@db/crm?password=hunter2", "mariadb://r@db/crm?pwd=hunter2",
          "postgresql://r@db/crm?sslpassword=hunter2", "postgres://r:hunter2@db/crm", "mysql://r:hunter2@db/crm",
          "r:hunter2@db/crm", "hunter2@db"}) {
        const auto loaded = load_store(url);

        BOOST_TEST_CONTEXT(url << ": " << all_of(loaded.problems)) {
            BOOST_TEST(!loaded.configuration.has_value());
            BOOST_TEST(!says(loaded, "hunter2"));
        }
    }
    BOOST_TEST(says(load_store("postgresql://r:hunter2@db/crm"), "has a password in it"));
    BOOST_TEST(says(load_store("postgresql://r@db/crm?password=hunter2"), "has a password in it"));
}

BOOST_AUTO_TEST_CASE(a_password_in_the_wrong_form_is_never_repeated) {
    for (const auto* password : {"\"hunter2\"", "4711", "[\"hunter2\"]", "{}", "{ value = \"hunter2\" }"}) {
        const auto loaded = load_store("postgresql://r@db/crm", std::string("password = ") + password + "\n");

        BOOST_TEST_CONTEXT(all_of(loaded.problems)) {
            BOOST_TEST(!loaded.configuration.has_value());
            BOOST_TEST(!says(loaded, "hunter2"));
            BOOST_TEST(!says(loaded, "4711"));
            BOOST_TEST(says(loaded, "{ credential ="));
        }
    }
}

BOOST_AUTO_TEST_CASE(names_the_engine_that_was_meant) {
    BOOST_TEST(says(load_store("postgres://r@db/crm"), "write postgresql://"));
    BOOST_TEST(says(load_store("mysql://r@db/crm"), "write mariadb://"));
    BOOST_TEST(says(load_store("mariabd://r@db/crm"), "did you mean 'mariadb'?"));
    BOOST_TEST(says(load_store("oracle://r@db/crm"), "no known kind: \"oracle\""));
}

BOOST_AUTO_TEST_CASE(reports_every_fault_of_a_url_at_once) {
    const auto loaded = load_store("postgresql://r:x@db:0/?sslmode=require&host", "tls = \"maybe\"\n");

    for (const auto* text :
         {"password", "port that is none", "names no database", "sslmode", "without a value", "`tls`"})
        BOOST_TEST(says(loaded, text), text);
    BOOST_TEST(loaded.problems.size() == 6u);
}

BOOST_AUTO_TEST_CASE(fills_the_settings_of_a_server) {
    const auto store = store_of("postgresql://r@db.internal/crm",
                                "password = { credential = \"crm.password\" }\ntls = \"verify-ca\"\nca = \"ca.pem\"\n"
                                "cert = \"/etc/ssl/r.pem\"\nkey = \"../ssl/r.key\"\nworkers = 64\n"
                                "max_replica_lag = \"5 s\"\n");

    BOOST_TEST((store.engine == Engine::postgresql));
    BOOST_TEST(shown(store.server) == "r|db.internal:5432|crm");
    BOOST_TEST((store.password.value().kind == Secret::Kind::credential));
    BOOST_TEST(store.password->name == "crm.password");
    BOOST_TEST((store.tls == Tls::verify_ca));
    BOOST_TEST(store.ca == "/etc/retentiond/ca.pem");
    BOOST_TEST(store.cert == "/etc/ssl/r.pem");
    BOOST_TEST(store.key == "/etc/ssl/r.key");
    BOOST_TEST(store.workers == 64u);
    BOOST_TEST(store.max_replica_lag.value().count() == 5000);
}

BOOST_AUTO_TEST_CASE(leaves_open_what_is_not_stated) {
    const auto store = store_of("mariadb://r@db/crm");

    BOOST_TEST((store.engine == Engine::mariadb));
    BOOST_TEST(!store.password.has_value());
    BOOST_TEST((store.tls == Tls::automatic));
    BOOST_TEST(store.ca.empty());
    BOOST_TEST(store.workers == 0u);
    BOOST_TEST(!store.max_replica_lag.has_value());
}

BOOST_AUTO_TEST_CASE(reads_each_word_of_tls) {
    const std::vector<std::pair<std::string, Tls>> words{{"disable", Tls::disable},
                                                         {"require", Tls::require},
                                                         {"verify-ca", Tls::verify_ca},
                                                         {"verify-full", Tls::verify_full}};

    for (const auto& [word, meaning] : words)
        BOOST_TEST((store_of("postgresql:///crm", "tls = \"" + word + "\"\n").tls == meaning), word);
}

BOOST_AUTO_TEST_CASE(warns_of_a_way_through_the_network_that_anyone_can_listen_on) {
    for (const auto* word : {"disable", "require"}) {
        const auto tls = std::string("tls = \"") + word + "\"\n";
        const auto remote = load_store("postgresql://r@db/crm", tls);

        BOOST_TEST_CONTEXT(word) {
            BOOST_TEST(remote.configuration.has_value());
            BOOST_TEST(remote.problems.size() == 1u);
            BOOST_TEST(says(remote, "m.toml:4:7"));
            BOOST_TEST(says(remote, "warning"));
            BOOST_TEST(says(remote, "verify-full"));
            BOOST_TEST(load_store("postgresql://r@localhost/crm", tls).problems.empty());
            BOOST_TEST(load_store("mariadb:///crm", tls).problems.empty());
        }
    }
    BOOST_TEST(load_store("postgresql://r@db/crm", "tls = \"verify-ca\"\n").problems.empty());
    BOOST_TEST(load_store("postgresql://r@db/crm").problems.empty());
}

BOOST_AUTO_TEST_CASE(two_names_of_one_database_are_refused) {
    const auto both = [](const std::string& a, const std::string& b) {
        const auto loaded = load("[stores.crm]\nurl = \"" + a + "\"\n[stores.b]\nurl = \"" + b + "\"\n");
        return says(loaded, "m.toml:4:1: error: store 'b' is the same database as store 'crm'");
    };

    BOOST_TEST(both("postgresql://r@db/crm", "postgresql://s@DB:5432/crm"));
    BOOST_TEST(both("postgresql://r@a,b/crm", "postgresql://r@b/crm"));
    BOOST_TEST(both("postgresql:///crm", "postgresql:///crm?host=/run/postgresql/"));
    BOOST_TEST(both("postgresql://localhost/crm", "postgresql://[::1]/crm"));
    BOOST_TEST(both("mariadb:///crm", "mariadb:///crm?socket=/var/run/mysqld/mysqld.sock"));
    BOOST_TEST(both("mariadb:///crm", "mariadb://localhost/crm"));
    BOOST_TEST(both("mariadb://localhost:3306/crm", "mariadb://127.0.0.1/crm"));
    BOOST_TEST(!both("postgresql://r@db/crm", "postgresql://r@db/shop"));
    BOOST_TEST(!both("postgresql://r@db/crm", "postgresql://r@db:5433/crm"));
    BOOST_TEST(!both("postgresql://r@db/crm", "postgresql://r@db2/crm"));
    BOOST_TEST(!both("postgresql://r@db:3306/crm", "mariadb://r@db:3306/crm"));
    BOOST_TEST(!both("mariadb:///crm?socket=/a", "mariadb:///crm?socket=/b"));
    BOOST_TEST(!both("postgresql://r@db", "postgresql://r@db"));
}

BOOST_AUTO_TEST_CASE(rule_sql_is_read_for_the_engine_of_its_store) {
    const auto loads = [](const std::string& url, const std::string& where) {
        return load("[stores.crm]\nurl = \"" + url + "\"\n", "where = '''" + where + "'''\n").problems.empty();
    };
    const std::string sqlite = "sqlite:///crm.db", postgresql = "postgresql:///crm", mariadb = "mariadb:///crm";

    BOOST_TEST(loads(postgresql, "seen_on::date < {as_of}"));
    BOOST_TEST(!loads(sqlite, "seen_on::date < {as_of}"));
    BOOST_TEST(!loads(mariadb, "seen_on::date < {as_of}"));
    BOOST_TEST(loads(mariadb, "a = 1 # b"));
    BOOST_TEST(!loads(sqlite, "a = 1 # b"));
    BOOST_TEST(loads(sqlite, "[a b] = 1"));
    BOOST_TEST(!loads(mariadb, "[a b] = 1"));
    BOOST_TEST(loads(sqlite, "\"a\" = 1"));
    BOOST_TEST(!loads(mariadb, "\"a\" = 1"));
}

BOOST_AUTO_TEST_CASE(where_the_engine_is_not_known_no_dialect_is_blamed) {
    for (const auto* where : {"a::date < b", "a = 1 # b c", "[a b] = 1"}) {
        const auto loaded =
            load("[stores.crm]\nurl = \"postgres:///crm\"\n", std::string("where = '''") + where + "'''\n");

        BOOST_TEST(loaded.problems.size() == 1u);
        BOOST_TEST(says(loaded, "no known kind"));
    }
    const auto refused = load("[stores.crm]\nurl = \"postgres:///crm\"\n", "where = '''a = now()'''\n");
    BOOST_TEST(refused.problems.size() == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
