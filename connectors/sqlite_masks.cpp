// retentiond_mask and retentiond_masked: connectors/sqlite_functions.hpp says what they promise.

#include "connectors/connector.hpp"
#include "connectors/sqlite_arguments.hpp"
#include "policies/mask.hpp"

#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace retention {
namespace {

constexpr std::string_view no_date = "1900-01-01", no_address = "0.0.0.0";

// The arguments of one call.
struct Masking {
    const Mask& mask;
    std::optional<std::size_t> length;
    sqlite3_value* value;
    int type; // of the value, asked before anything converts it
    std::string_view key;
    bool nullable = true;
    SqliteDateForm form = SqliteDateForm::iso;

    std::string cut(std::string_view text) const {
        return length ? first_characters(text, *length) : std::string(text);
    }
    void require_length(std::size_t least) const {
        if (length && *length < least)
            throw std::invalid_argument("the mask " + to_string(mask) + " needs " + std::to_string(least) +
                                        " characters");
    }
};

std::string random_bytes() {
    std::string bytes(32, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size())) != 1)
        throw std::runtime_error("no randomness to be had");
    return bytes;
}

std::string pseudonym(const Masking& call) {
    call.require_length(shortest_token);
    if (call.key.empty()) throw std::invalid_argument("the mask pseudonym needs a key");
    const std::string text = key_text(value_of(call.value));
    Blob digest{std::string(32, '\0')};
    HMAC(EVP_sha256(), call.key.data(), static_cast<int>(call.key.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         reinterpret_cast<unsigned char*>(digest.bytes.data()), nullptr);
    return call.cut(key_text(digest));
}

Value generalised_unix(const Masking& call) {
    const bool text = call.type == SQLITE_TEXT && call.form >= SqliteDateForm::unix_seconds_text;
    const auto as_stored = [text](std::int64_t number) { return text ? Value(std::to_string(number)) : Value(number); };
    if (const auto number = unix_number(call.value, call.form))
        if (const auto general = generalise(call.mask.kind, *number, per_second(call.form))) return as_stored(*general);
    return call.nullable ? Value() : as_stored(0);
}

Value generalised(const Masking& call) {
    if (is_unix(call.form)) return generalised_unix(call);
    if (call.type == SQLITE_TEXT)
        if (const auto general = generalise(call.mask.kind, text_of(call.value))) return call.cut(*general);
    return call.nullable ? Value() : Value(call.cut(no_date));
}

Value truncated_address(const Masking& call) {
    if (call.type == SQLITE_BLOB) {
        if (auto address = truncate_ip_bytes(bytes_of(call.value))) return Blob{std::move(*address)};
        return call.nullable ? Value() : Value(Blob{std::string(4, '\0')});
    }
    if (call.type == SQLITE_TEXT)
        if (const auto address = truncate_ip(text_of(call.value))) return call.cut(*address);
    return call.nullable ? Value() : Value(call.cut(no_address));
}

Value kept(const Masking& call) {
    if (call.type == SQLITE_BLOB) return Blob{std::string(bytes_of(call.value).substr(0, call.mask.keep))};
    return call.cut(first_characters(text_of(call.value), call.mask.keep));
}

Value redaction(const Masking& call) {
    if (call.type == SQLITE_BLOB) return Blob{std::string(bytes_of(call.value).size(), '\0')};
    return call.cut(redacted);
}

std::string random_text(const Masking& call) {
    const bool email = call.mask.kind == MaskKind::random_email;
    call.require_length(email ? shortest_token + email_domain.size() : shortest_token);
    if (email) return random_email(random_bytes());
    return random_token(call.length.value_or(2 * shortest_token), random_bytes());
}

Value masked_value(const Masking& call) {
    if (call.mask.kind == MaskKind::fixed) return call.cut(call.mask.value);
    if (call.type == SQLITE_NULL) return {};
    switch (call.mask.kind) {
    case MaskKind::null:
    case MaskKind::fixed:
        return {};
    case MaskKind::redact:
        return redaction(call);
    case MaskKind::random:
    case MaskKind::random_email:
        return random_text(call);
    case MaskKind::year:
    case MaskKind::month:
    case MaskKind::day:
        return generalised(call);
    case MaskKind::ip:
        return truncated_address(call);
    case MaskKind::keep:
        return kept(call);
    case MaskKind::pseudonym:
        return pseudonym(call);
    }
    return {};
}

// What a column of numeric affinity makes of `fixed` text: '007' is stored as 7.
bool same_number(double number, std::string_view text) {
    double read = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), read);
    return error == std::errc{} && end == text.data() + text.size() && read == number;
}

bool is_result(const Masking& call, const Value& result) {
    const bool number = call.type == SQLITE_INTEGER || call.type == SQLITE_FLOAT;
    if (const auto* text = std::get_if<std::string>(&result)) {
        if (number && same_number(sqlite3_value_double(call.value), *text)) return true;
        return (call.type == SQLITE_TEXT || (number && call.mask.kind == MaskKind::keep)) &&
               text_of(call.value) == *text;
    }
    if (const auto* whole = std::get_if<std::int64_t>(&result)) {
        if (call.type == SQLITE_FLOAT) return sqlite3_value_double(call.value) == static_cast<double>(*whole);
        if (call.type == SQLITE_TEXT) return text_of(call.value) == std::to_string(*whole); // in a column of text
        return call.type == SQLITE_INTEGER && sqlite3_value_int64(call.value) == *whole;
    }
    if (const auto* blob = std::get_if<Blob>(&result))
        return call.type == SQLITE_BLOB && bytes_of(call.value) == blob->bytes;
    return call.type == SQLITE_NULL;
}

bool is_masked(Masking call) {
    if (call.mask.kind == MaskKind::pseudonym) return false;
    if (call.type == SQLITE_NULL) return call.mask.kind != MaskKind::fixed;
    if (call.mask.kind == MaskKind::random) return call.type == SQLITE_TEXT && is_random_token(text_of(call.value));
    if (call.mask.kind == MaskKind::random_email)
        return call.type == SQLITE_TEXT && is_random_email(text_of(call.value));
    call.nullable = false; // what stands for a value that is no date or address counts as well
    return is_result(call, masked_value(call));
}

// The mask of argument 0, parsed once a statement where it is constant there.
const Mask& mask_of(sqlite3_context* context, sqlite3_value** arguments, std::optional<Mask>& own) {
    if (const auto* known = static_cast<const Mask*>(sqlite3_get_auxdata(context, 0))) return *known;
    std::string why;
    own = parse_mask(text_of(arguments[0]), why);
    if (!own) throw std::invalid_argument("the mask " + std::string(text_of(arguments[0])) + " is unknown: " + why);
    sqlite3_set_auxdata(context, 0, new Mask(*own), [](void* mask) { delete static_cast<Mask*>(mask); });
    return *own;
}

Masking arguments_of(const Mask& mask, sqlite3_value** arguments) {
    Masking call{mask, {}, arguments[2], sqlite3_value_type(arguments[2]), {}};
    if (sqlite3_value_type(arguments[1]) != SQLITE_NULL)
        call.length = static_cast<std::size_t>(std::max<std::int64_t>(sqlite3_value_int64(arguments[1]), 0));
    return call;
}

// Nothing may be thrown through SQLite.
template <typename Work>
void guarded(sqlite3_context* context, Work work) noexcept {
    try {
        work();
    } catch (const std::exception& error) {
        sqlite3_result_error(context, error.what(), -1);
    }
}

void mask(sqlite3_context* context, int count, sqlite3_value** arguments) {
    guarded(context, [&] {
        std::optional<Mask> own;
        auto call = arguments_of(mask_of(context, arguments, own), arguments);
        if (count > 3) call.key = bytes_of(arguments[3]);
        if (count > 4) call.nullable = sqlite3_value_int(arguments[4]) != 0;
        if (count > 5) call.form = form_of(arguments[5]);
        set_result(context, masked_value(call));
    });
}

void masked(sqlite3_context* context, int count, sqlite3_value** arguments) {
    guarded(context, [&] {
        std::optional<Mask> own;
        auto call = arguments_of(mask_of(context, arguments, own), arguments);
        if (count > 3) call.form = form_of(arguments[3]);
        sqlite3_result_int(context, is_masked(call) ? 1 : 0);
    });
}

} // namespace

void register_masks(sqlite3* handle) {
    for (const int count : {3, 4, 5, 6}) register_function(handle, "retentiond_mask", count, 0, mask);
    for (const int count : {3, 4}) register_function(handle, "retentiond_masked", count, SQLITE_DETERMINISTIC, masked);
}

} // namespace retention
