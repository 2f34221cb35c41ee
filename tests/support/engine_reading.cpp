#include "tests/support/engine_reading.hpp"

namespace retention::test {
namespace {

std::string postgres_cell(const std::string& name, const ColumnType& column) {
    const auto hex = [](const std::string& text) { return "encode(convert_to(" + text + ", 'UTF8'), 'hex')"; };
    const auto moment = [&](const std::string& time, const char* end) {
        return hex("CASE WHEN isfinite(" + time + ") AND " + time + " >= '0001-01-01' THEN to_char(" + time +
                   ", 'YYYY-MM-DD\"T\"HH24:MI:SS.US" + end + "') ELSE CAST(" + time + " AS text) END");
    };
    switch (column.kind) {
    case ColumnKind::bytes:
        return "encode(" + name + ", 'hex')";
    case ColumnKind::boolean:
        return hex("CAST(CAST(" + name + " AS integer) AS text)");
    case ColumnKind::address:
        return hex("host(" + name + ")");
    case ColumnKind::stamp:
        return moment(name, "");
    case ColumnKind::zoned:
    case ColumnKind::self_updating:
        return moment("(" + name + " AT TIME ZONE 'UTC')", "\"Z\"");
    default:
        return hex("CAST(" + name + " AS text)");
    }
}

std::string unhex(const std::string& digits) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
        bytes += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
    return bytes;
}

// "2026-03-01 10:00:00.5" from a server as the model has it.
std::string canonical_time(std::string text, bool zoned) {
    if (text.size() < 11 || text[0] < '0' || text[0] > '9' || text.ends_with("BC")) return text;
    text[10] = 'T';
    if (zoned && !text.ends_with('Z')) text += 'Z';
    return text;
}

} // namespace

std::string reading(Engine engine, const std::string& number, const std::string& table,
                    const std::vector<std::pair<std::string, ColumnType>>& columns) {
    std::string sql;
    for (const auto& [plain, type] : columns) {
        const std::string name = quoted(engine, plain);
        if (engine == Engine::postgresql) {
            sql += " || '|' || coalesce(" + postgres_cell(name, type) + ", '-')";
        } else {
            const bool bytes = type.kind == ColumnKind::bytes;
            sql += ", COALESCE(HEX(" + (bytes ? name : "CAST(" + name + " AS CHAR)") + "), '-')";
        }
    }
    const std::string from = " FROM " + quoted(engine, table);
    if (engine == Engine::postgresql) return "SELECT '" + number + "'" + sql + from;
    return "SELECT CONCAT_WS('|', '" + number + "'" + sql + ")" + from;
}

Value value_read(const ColumnType& column, const std::string& cell) {
    if (cell == "-") return {};
    std::string text = unhex(cell);
    switch (column.kind) {
    case ColumnKind::integer:
    case ColumnKind::boolean:
    case ColumnKind::generated:
        return std::int64_t{std::stoll(text)};
    case ColumnKind::real:
    case ColumnKind::numeric:
        return std::stod(text);
    case ColumnKind::bytes:
        return Blob{text};
    case ColumnKind::stamp:
        return canonical_time(text, false);
    case ColumnKind::zoned:
    case ColumnKind::self_updating:
        return canonical_time(text, true);
    case ColumnKind::address:
        if (text.rfind("::ffff:", 0) == 0) text.erase(0, 7);
        return text;
    default:
        return text;
    }
}

} // namespace retention::test
