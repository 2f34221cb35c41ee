#pragma once
// One line of the audit log: its form and its reading (design.md section 6). Pure. The bytes matter, not only what they
// mean: the hash is over them, so there is one way to write a line and every other one is refused.
//
//   {"seq":7,"time":"2026-11-21T02:30:00.123456Z","event":"run.started","run":"r1","prev":"4f…","hash":"9c…"}

#include "daemon/state.hpp"
#include "policies/zone.hpp"

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace retention {

std::string audit_time(Instant); // RFC 3339, UTC, microseconds; the years 0000 to 9999
std::optional<Instant> parse_audit_time(std::string_view);

struct WrittenLine {
    std::string text; // with its line end
    std::string hash;
};
// Text in `members` that is not UTF-8 gets U+FFFD for what is wrong: a server's message must not make the log
// unreadable. Throws std::invalid_argument where the line could not be read back: a member named like one of the
// line's own, a number that JSON does not have.
WrittenLine write_line(std::uint64_t seq, Instant, std::string_view event, const boost::json::object& members,
                       std::string_view prev);

struct AuditLine {
    std::uint64_t seq = 0;
    Instant time{};
    std::string event, prev, hash;
    boost::json::object members; // all of them, seq to hash
};
// `text` without its line end. Nothing where it is not a line as write_line writes it or its hash is not that of its
// bytes; `why` then says what is wrong.
std::optional<AuditLine> read_line(std::string_view text, std::string& why);
// The line as the next one after `before`: empty, or what does not fit.
std::string misfit(const AuditLine&, const Head& before);

// Members by name; empty, or nothing, where there is none of that type.
std::string text_member(const boost::json::object&, std::string_view name);
std::optional<std::int64_t> number_member(const boost::json::object&, std::string_view name);

} // namespace retention
