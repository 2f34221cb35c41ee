#include "policies/server_url_parameter.hpp"

#include "policies/load_hint.hpp"

#include <algorithm>
#include <map>

namespace retention {
namespace {

const char* const tls = "use tls = \"verify-full\", \"verify-ca\", \"require\" or \"disable\"";
const char* const password = "use password = { credential = \"…\" }, { file = \"…\" } or { env = \"…\" }";

// Of libpq, libmariadb and the usual drivers; names without - and _, in lower case.
const std::map<std::string, std::string> instead{
    {"sslmode", tls},
    {"ssl", tls},
    {"tls", tls},
    {"usessl", tls},
    {"requiressl", tls},
    {"sslverifyservercert", tls},
    {"sslnegotiation", tls},
    {"sslrootcert", "use ca = \"FILE\""},
    {"sslca", "use ca = \"FILE\""},
    {"sslcert", "use cert = \"FILE\""},
    {"sslkey", "use key = \"FILE\""},
    {"password", password},
    {"passwd", password},
    {"pwd", password},
    {"passfile", password},
    {"sslpassword", password},
};

std::string bare(std::string_view name) {
    std::string result;
    for (const char c : name)
        if (c != '-' && c != '_') result += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return result;
}

// A name that may be repeated in a message.
bool is_plain(std::string_view name) {
    return !name.empty() && name.size() <= 40 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
    });
}

std::string place_in_url(Engine engine, const std::string& name) {
    const bool postgresql = engine == Engine::postgresql;
    if (name == "user" || name == "username") return "write it before the host: " + url_example(engine);
    if (name == "dbname" || name == "database" || name == "db")
        return "write it after the host: " + url_example(engine);
    if (name == "socket" || name == "unixsocket")
        return postgresql ? "use host=/var/run/postgresql, the folder of the socket"
                          : "use socket=/run/mysqld/mysqld.sock";
    if (name == "host" || name == "hostaddr" || name == "port" || name == "hostname" || name == "server")
        return "write it between @ and the database: " + url_example(engine);
    return {};
}

} // namespace

std::string url_example(Engine engine) {
    return engine == Engine::postgresql ? "postgresql://user@host/database" : "mariadb://user@host/database";
}

UrlFault refused_parameter(Engine engine, std::string_view name) {
    const auto plain = bare(name);
    const auto found = instead.find(plain);
    auto hint = found != instead.end() ? found->second : place_in_url(engine, plain);
    if (found != instead.end() && hint == password && plain != "passfile") return {"has a password in it", hint};
    const std::vector<std::string> known =
        engine == Engine::postgresql ? std::vector<std::string>{"host", "port"} : std::vector<std::string>{"socket"};
    if (hint.empty()) hint = did_you_mean(name, known);
    if (hint.empty()) hint = "leave it out: a connection sets what it needs by itself";
    return {"has a parameter that is not taken" + (is_plain(name) ? ": " + std::string(name) : std::string{}), hint};
}

} // namespace retention
