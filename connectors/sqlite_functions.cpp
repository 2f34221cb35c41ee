#include "connectors/sqlite_functions.hpp"

#include "connectors/connector.hpp"
#include "connectors/sqlite_arguments.hpp"

#include <charconv>
#include <cmath>

namespace retention {
namespace {

std::optional<std::int64_t> whole(double number) {
    const double down = std::floor(number);
    if (!(down > -9.2e18 && down < 9.2e18)) return {};
    return static_cast<std::int64_t>(down);
}

std::optional<std::int64_t> digits(std::string_view text) {
    if (text.empty() || text.size() > 19 || text.find_first_not_of("0123456789") != text.npos) return {};
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) return {};
    return number;
}

} // namespace

std::string_view text_of(sqlite3_value* value) {
    const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
    if (!text) return {};
    return {text, static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

std::string_view bytes_of(sqlite3_value* value) {
    const auto* bytes = static_cast<const char*>(sqlite3_value_blob(value));
    if (!bytes) return {};
    return {bytes, static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

Value value_of(sqlite3_value* value) {
    switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER:
        return sqlite3_value_int64(value);
    case SQLITE_FLOAT:
        return sqlite3_value_double(value);
    case SQLITE_TEXT:
        return std::string(text_of(value));
    case SQLITE_BLOB:
        return Blob{std::string(bytes_of(value))};
    default:
        return std::monostate{};
    }
}

void set_result(sqlite3_context* context, const Value& value) {
    struct Set {
        sqlite3_context* context;
        void operator()(std::monostate) const { sqlite3_result_null(context); }
        void operator()(std::int64_t number) const { sqlite3_result_int64(context, number); }
        void operator()(double number) const { sqlite3_result_double(context, number); }
        void operator()(const std::string& text) const {
            sqlite3_result_text64(context, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
        }
        void operator()(const Blob& blob) const {
            sqlite3_result_blob64(context, blob.bytes.data(), blob.bytes.size(), SQLITE_TRANSIENT);
        }
    };
    std::visit(Set{context}, value);
}

SqliteDateForm form_of(sqlite3_value* value) {
    const int number = sqlite3_value_int(value);
    return number >= 0 && number <= 5 ? static_cast<SqliteDateForm>(number) : SqliteDateForm::iso;
}

std::optional<std::int64_t> unix_number(sqlite3_value* value, SqliteDateForm form) {
    const bool text = form == SqliteDateForm::unix_seconds_text || form == SqliteDateForm::unix_milliseconds_text;
    switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER:
        return sqlite3_value_int64(value);
    case SQLITE_FLOAT:
        return whole(sqlite3_value_double(value));
    case SQLITE_TEXT:
        return text ? digits(text_of(value)) : std::nullopt;
    default:
        return {};
    }
}

void register_function(sqlite3* handle, const char* name, int arguments, int flags, SqliteFunction function, void* data,
                       void (*destroy)(void*)) {
    const int code = sqlite3_create_function_v2(handle, name, arguments, flags | SQLITE_UTF8 | SQLITE_DIRECTONLY, data,
                                                function, nullptr, nullptr, destroy);
    if (code != SQLITE_OK)
        throw StoreError(StoreError::Kind::failed,
                         std::string("cannot register ") + name + ": " + sqlite3_errstr(code));
}

SqliteDateForm sqlite_date_form(DateFormat format, bool digits_in_text) {
    switch (format) {
    case DateFormat::native:
    case DateFormat::iso:
        return SqliteDateForm::iso;
    case DateFormat::iso_offset:
        return SqliteDateForm::iso_offset;
    case DateFormat::unix_seconds:
        return digits_in_text ? SqliteDateForm::unix_seconds_text : SqliteDateForm::unix_seconds;
    case DateFormat::unix_milliseconds:
        return digits_in_text ? SqliteDateForm::unix_milliseconds_text : SqliteDateForm::unix_milliseconds;
    }
    return SqliteDateForm::iso;
}

void register_functions(sqlite3* handle, const Zone& here, const Zone& store) {
    register_days(handle, here, store);
    register_masks(handle);
}

} // namespace retention
