#include "connectors/check_mask_fit.hpp"

#include "policies/stored_date.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace retention {

namespace {

using Families = std::vector<TypeFamily>;

bool is_date(TypeFamily family) {
    return family == TypeFamily::date || family == TypeFamily::time_stamp || family == TypeFamily::zoned_time_stamp;
}

// Nothing: any type.
std::optional<Families> families_of(MaskKind kind) {
    switch (kind) {
    case MaskKind::null:
    case MaskKind::fixed:
        return std::nullopt;
    case MaskKind::redact:
        return Families{TypeFamily::text, TypeFamily::binary, TypeFamily::loose};
    case MaskKind::random:
    case MaskKind::random_email:
    case MaskKind::keep:
    case MaskKind::pseudonym:
        return Families{TypeFamily::text, TypeFamily::loose};
    case MaskKind::year:
    case MaskKind::month:
    case MaskKind::day:
        return Families{TypeFamily::date, TypeFamily::time_stamp, TypeFamily::zoned_time_stamp, TypeFamily::text};
    case MaskKind::ip:
        return Families{TypeFamily::text, TypeFamily::binary, TypeFamily::address, TypeFamily::loose};
    }
    return std::nullopt;
}

std::string hint_for_type(MaskKind kind, const Column& column) {
    const std::string others = column.nullable ? "use \"null\" or \"fixed VALUE\"" : "use \"fixed VALUE\"";
    const bool coarser = kind == MaskKind::year || kind == MaskKind::month || kind == MaskKind::day;
    if (coarser && column.family == TypeFamily::integer)
        return "it takes a date or text in ISO form, no unix time; " + others;
    if (is_date(column.family)) return "use \"year\", \"month\" or \"day\"; or " + others;
    return others;
}

template <class Number>
bool reads_as(const std::string& text) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return !text.empty() && error == std::errc{} && end == text.data() + text.size();
}

bool reads_as_uuid(const std::string& text) {
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        const std::string_view allowed = dash ? "-" : "0123456789abcdefABCDEF";
        if (allowed.find(text[i]) == std::string_view::npos) return false;
    }
    return true;
}

bool reads_as_boolean(const std::string& text) {
    constexpr std::array<std::string_view, 4> forms = {"true", "false", "0", "1"};
    return std::find(forms.begin(), forms.end(), text) != forms.end();
}

// What VALUE should have been, where it does not read as the type.
std::string expected(TypeFamily family, const std::string& value) {
    const auto unless = [](bool reads, const char* form) { return reads ? std::string() : std::string(form); };
    switch (family) {
    case TypeFamily::integer:
        return unless(reads_as<std::int64_t>(value), "a whole number");
    case TypeFamily::real:
        return unless(reads_as<double>(value), "a number");
    case TypeFamily::boolean:
        return unless(reads_as_boolean(value), "true or false");
    case TypeFamily::date:
        return unless(parse_date(value).has_value(), "a date, YYYY-MM-DD");
    case TypeFamily::time_stamp:
        return unless(read_iso(value).has_value(), "a date with or without a time");
    case TypeFamily::zoned_time_stamp:
        return unless(read_iso(value) || read_iso_offset(value), "a date, or a time with its offset");
    case TypeFamily::uuid:
        return unless(reads_as_uuid(value), "a uuid");
    case TypeFamily::address:
        return unless(truncate_ip(value).has_value(), "a network address");
    case TypeFamily::text:
    case TypeFamily::binary:
    case TypeFamily::loose:
    case TypeFamily::other:
        break;
    }
    return "";
}

// The fewest characters that the mask needs.
std::size_t shortest_of(const Mask& mask, const Column& column) {
    if (mask.kind == MaskKind::random || mask.kind == MaskKind::pseudonym) return shortest_token;
    if (mask.kind == MaskKind::random_email) return shortest_token + email_domain.size();
    if (mask.kind == MaskKind::fixed)
        return column.family == TypeFamily::binary ? mask.value.size() : count_characters(mask.value);
    return 0;
}

bool has_length(const Column& column) {
    return column.length && (column.family == TypeFamily::text || column.family == TypeFamily::binary ||
                             column.family == TypeFamily::loose || column.family == TypeFamily::other);
}

std::string strategy(const Mask& mask) {
    switch (mask.kind) {
    case MaskKind::null:
        return "\"null\"";
    case MaskKind::redact:
        return "\"redact\"";
    case MaskKind::fixed:
        return "\"fixed " + mask.value + "\"";
    case MaskKind::random:
        return "\"random\"";
    case MaskKind::random_email:
        return "\"random email\"";
    case MaskKind::year:
        return "\"year\"";
    case MaskKind::month:
        return "\"month\"";
    case MaskKind::day:
        return "\"day\"";
    case MaskKind::ip:
        return "\"ip\"";
    case MaskKind::keep:
        return "\"keep " + std::to_string(mask.keep) + "\"";
    case MaskKind::pseudonym:
        return "\"pseudonym\"";
    }
    return "";
}

} // namespace

std::optional<Misfit> misfit_of_type(const Mask& mask, const Column& column, const std::string& name) {
    const auto families = families_of(mask.kind);
    if (!families || std::find(families->begin(), families->end(), column.family) != families->end())
        return std::nullopt;
    const std::string type = column.type.empty() ? "no declared type" : "the type " + column.type;
    return Misfit{true, "the mask " + strategy(mask) + " does not fit " + name + ", which has " + type,
                  hint_for_type(mask.kind, column)};
}

std::optional<Misfit> misfit_of_value(const Mask& mask, const Column& column, const std::string& name) {
    if (mask.kind == MaskKind::fixed)
        if (const std::string form = expected(column.family, mask.value); !form.empty())
            return Misfit{true,
                          "the mask " + strategy(mask) + " does not read as " + form + ", as " + name + " wants (" +
                              column.type + ")",
                          "write a value of that type"};
    if (!has_length(column)) return std::nullopt;
    const std::string holds = name + " holds " + std::to_string(*column.length) + " characters";
    if (const std::size_t needs = shortest_of(mask, column); needs > *column.length)
        return Misfit{true,
                      "the mask " + strategy(mask) + " needs " + std::to_string(needs) + " characters, and " + holds,
                      column.nullable ? "use \"null\" or a shorter \"fixed VALUE\""
                                      : "use \"redact\" or a shorter \"fixed VALUE\""};
    if (mask.kind == MaskKind::redact && column.family != TypeFamily::binary && *column.length < redacted.size())
        return Misfit{false,
                      holds + ": \"redact\" writes " + "'" + std::string(redacted.substr(0, *column.length)) + "'",
                      "nothing, if that reads well enough"};
    if (mask.kind == MaskKind::keep && mask.keep >= *column.length)
        return Misfit{false, "the mask " + strategy(mask) + " leaves every value as it is: " + holds, "keep fewer"};
    return std::nullopt;
}

bool may_collide(MaskKind kind) {
    switch (kind) {
    case MaskKind::redact:
    case MaskKind::fixed:
    case MaskKind::year:
    case MaskKind::month:
    case MaskKind::day:
    case MaskKind::ip:
    case MaskKind::keep:
        return true;
    case MaskKind::null: // NULLs are distinct in a unique index
    case MaskKind::random:
    case MaskKind::random_email:
    case MaskKind::pseudonym:
        break;
    }
    return false;
}

} // namespace retention
