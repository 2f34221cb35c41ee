#include "connectors/postgres_type.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace retention {

TypeFamily postgres_family(std::string_view type) {
    static constexpr std::array<std::pair<std::string_view, TypeFamily>, 21> families = {{
        {"bool", TypeFamily::boolean},
        {"int2", TypeFamily::integer},
        {"int4", TypeFamily::integer},
        {"int8", TypeFamily::integer},
        {"oid", TypeFamily::integer},
        {"numeric", TypeFamily::real},
        {"float4", TypeFamily::real},
        {"float8", TypeFamily::real},
        {"text", TypeFamily::text},
        {"varchar", TypeFamily::text},
        {"bpchar", TypeFamily::text},
        {"name", TypeFamily::text},
        {"char", TypeFamily::text}, // "char", of one byte
        {"citext", TypeFamily::text},
        {"bytea", TypeFamily::binary},
        {"date", TypeFamily::date},
        {"timestamp", TypeFamily::time_stamp},
        {"timestamptz", TypeFamily::zoned_time_stamp},
        {"uuid", TypeFamily::uuid},
        {"inet", TypeFamily::address},
        {"cidr", TypeFamily::address},
    }};
    const auto found = std::ranges::find(families, type, &std::pair<std::string_view, TypeFamily>::first);
    return found == families.end() ? TypeFamily::other : found->second;
}

std::optional<std::size_t> postgres_length(std::string_view type, std::int64_t modifier) {
    constexpr std::int64_t header = 4; // VARHDRSZ: varchar(20) has the modifier 24
    if (type == "name") return 63;     // NAMEDATALEN - 1, in bytes
    if (type == "char") return 1;
    if ((type != "varchar" && type != "bpchar") || modifier < header) return std::nullopt;
    return static_cast<std::size_t>(modifier - header);
}

} // namespace retention
