#include "connectors/postgres_types.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <optional>
#include <string>

namespace retention {
namespace {

// Those below were there when the database was made and keep their numbers; https://doxygen.postgresql.org, pg_type.dat
constexpr Oid first_of_users = 16384;

std::optional<TypeFamily> known_family(Oid type) {
    switch (type) {
    case 16:
        return TypeFamily::boolean;
    case 20: // int8
    case 21: // int2
    case 23: // int4
    case 26: // oid
        return TypeFamily::integer;
    case 700:  // float4
    case 701:  // float8
    case 1700: // numeric
        return TypeFamily::real;
    case 18:   // "char"
    case 19:   // name
    case 25:   // text
    case 705:  // a literal without a type
    case 1042: // bpchar
    case 1043: // varchar
        return TypeFamily::text;
    case 17:
        return TypeFamily::binary; // bytea
    case 1082:
        return TypeFamily::date;
    case 1114:
        return TypeFamily::time_stamp;
    case 1184:
        return TypeFamily::zoned_time_stamp;
    case 2950:
        return TypeFamily::uuid;
    case 650: // cidr
    case 869: // inet
        return TypeFamily::address;
    default:
        return type < first_of_users ? std::optional(TypeFamily::other) : std::nullopt;
    }
}

// citext and its like call themselves string types.
TypeFamily look_up(PostgresLink& link, Oid type, const std::string& operation) {
    link.start("SELECT 1 FROM pg_catalog.pg_type WHERE typcategory = 'S' AND oid = " +
                   Sql::value(static_cast<std::int64_t>(type)),
               operation);
    bool is_text = false;
    while (const auto answer = link.next()) is_text = is_text || PQntuples(answer.get()) > 0;
    return is_text ? TypeFamily::text : TypeFamily::other;
}

} // namespace

std::vector<TypeFamily> postgres_families(PostgresLink& link, const pg_result* description,
                                          const std::string& operation) {
    std::vector<TypeFamily> families;
    for (int column = 0; column < PQnfields(description); ++column) {
        const Oid type = PQftype(description, column);
        const auto known = known_family(type);
        families.push_back(known ? *known : look_up(link, type, operation));
    }
    return families;
}

} // namespace retention
