#include "connectors/sqlite_type.hpp"

#include <algorithm>
#include <charconv>

namespace retention {
namespace {

std::string upper(std::string_view text) {
    std::string result(text);
    for (auto& letter : result)
        if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - ('a' - 'A'));
    return result;
}

bool has_any(std::string_view type, std::initializer_list<std::string_view> words) {
    return std::ranges::any_of(words, [&](auto word) { return type.find(word) != type.npos; });
}

// "DECIMAL" of "DECIMAL(10, 2)", "TIMESTAMP" of "TIMESTAMP WITH TIME ZONE"
std::string_view first_word(std::string_view type) {
    return type.substr(0, type.find_first_of(" ("));
}

TypeFamily numeric_family(std::string_view type) {
    struct Known {
        std::string_view word;
        TypeFamily family;
    };
    constexpr Known known[] = {
        {"DATE", TypeFamily::date},
        {"DATETIME", TypeFamily::time_stamp},
        {"TIMESTAMP", TypeFamily::time_stamp},
        {"TIMESTAMPTZ", TypeFamily::time_stamp},
        {"DATETIME2", TypeFamily::time_stamp},
        {"BOOL", TypeFamily::boolean},
        {"BOOLEAN", TypeFamily::boolean},
        {"UUID", TypeFamily::uuid},
        {"DECIMAL", TypeFamily::real},
        {"NUMERIC", TypeFamily::real},
        {"NUMBER", TypeFamily::real},
        {"DEC", TypeFamily::real},
        {"MONEY", TypeFamily::real},
    };
    const auto word = first_word(type);
    const auto* found = std::ranges::find(known, word, &Known::word);
    return found == std::end(known) ? TypeFamily::other : found->family;
}

} // namespace

TypeFamily sqlite_family(std::string_view declared) {
    const std::string type = upper(declared);
    if (has_any(type, {"INT"})) return TypeFamily::integer;
    if (has_any(type, {"CHAR", "CLOB", "TEXT"})) return TypeFamily::text;
    if (has_any(type, {"BLOB"})) return TypeFamily::binary;
    if (type.empty() || type == "ANY") return TypeFamily::loose;
    if (has_any(type, {"REAL", "FLOA", "DOUB"})) return TypeFamily::real;
    return numeric_family(type);
}

std::optional<std::size_t> sqlite_length(std::string_view declared) {
    const auto bracket = declared.find('(');
    if (bracket == declared.npos || sqlite_family(declared) != TypeFamily::text) return {};
    const auto start = declared.find_first_not_of(' ', bracket + 1);
    if (start == declared.npos) return {};
    std::size_t length = 0;
    std::from_chars(declared.data() + start, declared.data() + declared.size(), length);
    if (length == 0) return {};
    return length;
}

} // namespace retention
