#include "daemon/audit_line.hpp"

#include "daemon/digest.hpp"

#include <array>
#include <boost/json.hpp>
#include <cstdio>
#include <stdexcept>

namespace retention {
namespace json = boost::json;
namespace {

constexpr std::string_view before_hash = ",\"hash\":\"";
constexpr std::size_t tail_size = before_hash.size() + 64 + 2; // ,"hash":"<64 digits>"}

bool is_hash(std::string_view text) {
    return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// How many bytes the character at the front has; 0 where it is not UTF-8 (RFC 3629).
std::size_t character_size(std::string_view text) {
    const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    if (first < 0x80) return 1;
    const std::size_t size = first < 0xC2 ? 0u : first < 0xE0 ? 2u : first < 0xF0 ? 3u : first < 0xF5 ? 4u : 0u;
    if (size == 0 || text.size() < size) return 0;
    const unsigned char least = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80; // no longer form than needed
    const unsigned char most = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;  // no surrogate, none past U+10FFFF
    if (byte(1) < least || byte(1) > most) return 0;
    for (std::size_t i = 2; i < size; ++i)
        if ((byte(i) & 0xC0) != 0x80) return 0;
    return size;
}

std::string as_utf8(std::string text) {
    std::string good;
    std::size_t copied = 0;
    for (std::size_t at = 0; at < text.size();) {
        const auto size = character_size(std::string_view(text).substr(at));
        if (size == 0) {
            good.append(text, copied, at - copied).append("\xEF\xBF\xBD");
            copied = at + 1;
        }
        at += size == 0 ? 1 : size;
    }
    if (copied == 0) return text;
    return good.append(text, copied);
}

std::string beginning(std::uint64_t seq, std::string_view time, std::string_view event) {
    std::string text = "{\"seq\":" + std::to_string(seq) + ",\"time\":\"";
    text.append(time).append("\",\"event\":").append(json::serialize(json::string_view(event.data(), event.size())));
    return text;
}

// Its own members in their places, and nowhere else.
bool in_order(const json::object& members) {
    constexpr std::array<std::string_view, 3> first{"seq", "time", "event"};
    if (members.size() < 5) return false;
    for (std::size_t i = 0; i < first.size(); ++i)
        if (std::string_view((members.begin() + static_cast<std::ptrdiff_t>(i))->key()) != first[i]) return false;
    return (members.end() - 2)->key() == "prev" && (members.end() - 1)->key() == "hash";
}

bool own_name(std::string_view name) {
    return name == "seq" || name == "time" || name == "event" || name == "prev" || name == "hash";
}

std::optional<std::uint64_t> sequence(const json::object& members) {
    const auto& value = members.at("seq");
    if (!value.is_int64() || value.get_int64() < 1) return std::nullopt;
    return static_cast<std::uint64_t>(value.get_int64());
}

// The line from its parsed members; checks that the bytes are those that write_line would have put around them.
std::optional<AuditLine> line_of(json::object members, std::string_view text) {
    const auto seq = sequence(members);
    const auto time_text = text_member(members, "time"), event = text_member(members, "event");
    const auto time = parse_audit_time(time_text);
    const auto prev = text_member(members, "prev");
    if (!seq || !time || event.empty() || !is_hash(prev)) return std::nullopt;
    if (!text.starts_with(beginning(*seq, time_text, event))) return std::nullopt;
    if (!text.substr(0, text.size() - tail_size).ends_with(",\"prev\":\"" + prev + '"')) return std::nullopt;
    auto hash = text_member(members, "hash");
    return AuditLine{*seq, *time, event, prev, std::move(hash), std::move(members)};
}

} // namespace

std::string audit_time(Instant instant) {
    const auto day = std::chrono::floor<std::chrono::days>(instant);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(instant - day);
    if (date.year() < std::chrono::year{0} || date.year() > std::chrono::year{9999})
        throw std::invalid_argument("a time outside the years 0000 to 9999 cannot be written");
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
    return text.data();
}

std::optional<Instant> parse_audit_time(std::string_view text) {
    constexpr std::string_view form = "dddd-dd-ddTdd:dd:dd.ddddddZ";
    if (text.size() != form.size()) return std::nullopt;
    for (std::size_t i = 0; i < form.size(); ++i)
        if (form[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != form[i]) return std::nullopt;
    const auto number = [text](std::size_t from, std::size_t size) {
        int value = 0;
        for (const char c : text.substr(from, size)) value = value * 10 + (c - '0');
        return value;
    };
    const std::chrono::year_month_day date(std::chrono::year{number(0, 4)},
                                           std::chrono::month{static_cast<unsigned>(number(5, 2))},
                                           std::chrono::day{static_cast<unsigned>(number(8, 2))});
    if (!date.ok() || number(11, 2) > 23 || number(14, 2) > 59 || number(17, 2) > 59) return std::nullopt;
    return std::chrono::sys_days(date) + std::chrono::hours(number(11, 2)) + std::chrono::minutes(number(14, 2)) +
           std::chrono::seconds(number(17, 2)) + std::chrono::microseconds(number(20, 6));
}

WrittenLine write_line(std::uint64_t seq, Instant time, std::string_view event, const json::object& members,
                       std::string_view prev) {
    for (const auto& member : members)
        if (own_name(std::string_view(member.key())))
            throw std::invalid_argument("a line has its own '" + std::string(member.key()) + "'");
    std::string text = beginning(seq, audit_time(time), event);
    const auto body = as_utf8(json::serialize(members)); // {…}
    if (!members.empty()) text.append(1, ',').append(body, 1, body.size() - 2);
    text.append(",\"prev\":\"").append(prev).append(1, '"');
    auto hash = sha256_hex(text);
    text.append(before_hash).append(hash).append("\"}");
    std::string why;
    if (!read_line(text, why)) throw std::invalid_argument("the line could not be read back: " + why);
    return {text.append(1, '\n'), std::move(hash)};
}

std::optional<AuditLine> read_line(std::string_view text, std::string& why) {
    const auto refuse = [&why](const char* what) {
        why = what;
        return std::nullopt;
    };
    if (text.size() <= tail_size || !text.ends_with("\"}")) return refuse("it does not end with its hash");
    const auto hashed = text.substr(0, text.size() - tail_size), tail = text.substr(hashed.size());
    if (!tail.starts_with(before_hash)) return refuse("it does not end with its hash");
    if (tail.substr(before_hash.size(), 64) != sha256_hex(hashed)) return refuse("its hash is not that of its bytes");
    json::error_code error;
    auto value = json::parse(json::string_view(text.data(), text.size()), error,
                             json::make_shared_resource<json::monotonic_resource>());
    if (error || !value.is_object()) return refuse("it is not a JSON object");
    if (!in_order(value.get_object()))
        return refuse("its members are not in their order: seq, time, event, …, prev, hash");
    auto line = line_of(std::move(value.get_object()), text);
    if (!line) return refuse("its seq, time, event or prev is not in the form that the log has");
    return line;
}

std::string misfit(const AuditLine& line, const Head& before) {
    if (line.seq != before.seq + 1)
        return "its seq is " + std::to_string(line.seq) + " where " + std::to_string(before.seq + 1) + " is due";
    if (line.prev != before.hash)
        return before.seq == 0 ? "its prev is not 64 zeros, as on the first line"
                               : "its prev is not the hash of line " + std::to_string(before.seq);
    return {};
}

std::string text_member(const json::object& members, std::string_view name) {
    const auto* value = members.if_contains(json::string_view(name.data(), name.size()));
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::optional<std::int64_t> number_member(const json::object& members, std::string_view name) {
    const auto* value = members.if_contains(json::string_view(name.data(), name.size()));
    if (!value || !value->is_int64()) return std::nullopt;
    return value->get_int64();
}

} // namespace retention
