#include "connectors/postgres_error.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace retention {
namespace {

using Kind = StoreError::Kind;

template <std::size_t N>
bool among(const std::array<std::string_view, N>& list, std::string_view what) {
    return std::find(list.begin(), list.end(), what) != list.end();
}

// https://www.postgresql.org/docs/current/errcodes-appendix.html
constexpr std::array<std::string_view, 3> worth_another_try{"40001", "40P01", "55P03"};
constexpr std::array<std::string_view, 12> refusing_classes{"0A", "21", "22", "23", "27", "2B",
                                                            "2F", "38", "39", "3F", "42", "44"};
constexpr std::array<std::string_view, 3> refusing_states{"25006", "08P01", "40002"};
constexpr std::array<std::string_view, 6> ending_states{"25P03", "40003", "57P01", "57P02", "57P03", "57P05"};

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != text.npos;
}

std::string without_quoted(const std::string& message) {
    std::string kept;
    bool inside = false;
    for (const char letter : message) {
        if (letter == '"') {
            kept += inside ? "\"" : "\"…";
            inside = !inside;
        } else if (!inside) {
            kept += letter;
        }
    }
    return inside ? kept + "\"" : kept;
}

// Lines and indents become one line: "connection to server … failed: refused; is the server running …?".
std::string one_line(const std::string& text) {
    std::string line;
    for (const char letter : text) {
        if (letter == '\t') continue;
        line += letter;
    }
    while (!line.empty() && line.back() == '\n') line.pop_back();
    for (std::size_t at; (at = line.find('\n')) != line.npos;) line.replace(at, 1, "; ");
    return line;
}

std::string hint_for(const PostgresFault& fault) {
    if (fault.sqlstate == "42501") return "`retentiond check --grants` prints the rights that are needed";
    return fault.hint;
}

constexpr std::string_view by_system_user =
    "the server knows a user by the operating system's: run this as the user that `url` names (systemd-run "
    "--uid=retentiond as in retentiond(8), EXAMPLES), or see pg_ident.conf";

constexpr std::array<std::pair<std::string_view, std::string_view>, 15> connect_hints{{
    {"Peer authentication failed", by_system_user},
    {"Ident authentication failed", by_system_user},
    {"could not translate host name", "check the host's name in `url`: this machine cannot resolve it"},
    {"certificate verify failed", "the server's certificate has expired, or is signed by none of the authorities in "
                                  "`ca` (without it: those of the system)"},
    {"does not match host name", "the url must name the host as its certificate does"},
    {"could not get server's host name", "the url must name the host as its certificate does"},
    {"does not support SSL", "switch ssl on at the server; tls = \"disable\" sends everything in the clear"},
    {"root certificate", "name the file of the authorities' certificates as `ca`"},
    {"certificate", "check `ca`, `cert` and `key` of the store"},
    {"password", "check the user in `url`, and `password` of the store"},
    {"pg_hba.conf", "let this user in from this machine: pg_hba.conf on the server"},
    {"read-only", "none of the servers takes writes: is the primary among them?"},
    {"does not exist", "check the user and the database in `url`"},
    {"SSL", "check `tls` of the store, and ssl at the server"},
    {"", "is the server running, and does it listen there?"},
}};

} // namespace

StoreError::Kind postgres_kind(const PostgresFault& fault) {
    const std::string_view state = fault.sqlstate;
    const std::string_view of = state.substr(0, 2);
    if (fault.fatal || among(ending_states, state)) return Kind::lost;
    if (among(worth_another_try, state)) return Kind::busy;
    if (state == "57014") return fault.cancelled ? Kind::cancelled : Kind::busy;
    if (among(refusing_states, state) || among(refusing_classes, of) || state.substr(0, 3) == "P00")
        return Kind::refused;
    return of == "08" ? Kind::lost : Kind::failed;
}

StoreError postgres_error(const std::string& store, const std::string& operation, const PostgresFault& fault) {
    const bool quotes_values = fault.sqlstate.compare(0, 2, "22") == 0;
    const std::string message = one_line(quotes_values ? without_quoted(fault.message) : fault.message);
    const std::string hint = hint_for(fault);
    return {postgres_kind(fault),
            "store '" + store + "': " + operation + ": " + message + (hint.empty() ? "" : "\nhint: " + one_line(hint))};
}

StoreError postgres_unreachable(const std::string& store, const std::string& hosts, const std::string& message) {
    const auto* hint = std::find_if(connect_hints.begin(), connect_hints.end(),
                                    [&](const auto& known) { return contains(message, known.first); });
    return {Kind::lost, "store '" + store + "': connect to " + hosts + ": " + one_line(message) +
                            "\nhint: " + std::string(hint->second)};
}

} // namespace retention
