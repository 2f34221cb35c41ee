// Masks in MariaDB, against policies/mask.hpp.

#include "connectors/connector.hpp"
#include "tests/connectors/mariadb_bench.hpp"

#include <openssl/hmac.h>

#include <set>

namespace retention::test {
namespace {

using Values = std::vector<std::optional<std::string>>;
constexpr const char* v = "`t`.`v`";
constexpr const char* declared[] = {"VARCHAR(60) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci",
                                    "VARCHAR(60) CHARACTER SET latin1 COLLATE latin1_german2_ci",
                                    "CHAR(60) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci",
                                    "TEXT CHARACTER SET ucs2",
                                    "VARCHAR(60) CHARACTER SET ascii COLLATE ascii_bin NOT NULL"};

Mask mask_from(const std::string& text) {
    std::string why;
    auto mask = parse_mask(text, why);
    BOOST_REQUIRE_MESSAGE(mask, text << ": " << why);
    return *mask;
}

Column text_column(const std::string& type) {
    Column column = column_of("v", type, TypeFamily::text);
    if (const auto open = type.find('('); open != type.npos) column.length = std::stoul(type.substr(open + 1));
    column.nullable = type.find("NOT NULL") == type.npos;
    return column;
}

// Characters that the column has, and nothing but a value where it wants one.
bool fits(const std::string& type, const std::optional<std::string>& value) {
    const bool wide = value && value->find('\xE6') != std::string::npos;
    const bool accents = value && value->find_first_of("\xC3\xE6") != std::string::npos;
    if (type.find("NOT NULL") != type.npos && !value) return false;
    if (type.find("ascii") != type.npos) return !accents;
    return type.find("latin1") == type.npos || !wide;
}

// As the column gives it back.
std::optional<std::string> stored(const std::string& type, std::optional<std::string> value) {
    if (value && type.starts_with("CHAR(")) value->erase(value->find_last_not_of(' ') + 1);
    return value;
}

Values nasty() {
    return {std::nullopt,
            "",
            " ",
            "Ann",
            "REDACTED",
            "redacted",
            "REDACTED ",
            "R\xC3\x89"
            "DACTED",
            "M\xC3\xBCller",
            "\xE6\x97\xA5\xE6\x9C\xAC",
            "0",
            "1980-06-15",
            "1980-06-15 10:20",
            "1980-06-15T10:20:30.5+01:00",
            "1980-01-01",
            "1980-01-01T00:00:00Z",
            "1980-01-01 00:00",
            "1980-06-01 00:00:00.000",
            "1980-01-01T00:00:01Z",
            "1980-06-15T00:00",
            "1900-01-01",
            "1900-01-01 10:00",
            "1980-02-30",
            "0000-00-00",
            "1980-06-15\n",
            "it's",
            "back\\slash",
            "192.0.2.77",
            "192.0.2.0",
            "0.0.0.0",
            "192.0.2.077",
            "192.0.2",
            "192.0.2.256",
            "1.2.3.4 ",
            "2001:db8:1:2::1",
            "2001:db8:1::",
            "2001:DB8:1::",
            "::ffff:192.0.2.77",
            "::ffff:192.0.2.0",
            "::",
            "::1",
            "fe80::1%eth0",
            "1:2:3:4:5:6:7:8",
            "1:0:0:4:5:6:7:8",
            "0:0:1::",
            "1:2:3::",
            "::ffff:01.2.3.4",
            "::1.2.3.4",
            "1::2::3",
            "x3f9az81c0123456",
            "x3f9az81c012345",
            "X3f9az81c0123456",
            "x3f9az81c01234567890123456789012",
            "x3f9az81c012345678901234567890123",
            "x3f9az81c0123456\n",
            "x3f9az81c0123456@anonymised.invalid",
            "x3f9az81c0123456@anonymisedxinvalid",
            "x3f9az81c01234567@anonymised.invalid",
            "a@b.example",
            "VALUE",
            "value",
            "VALUE ",
            "abc",
            "ab",
            "a"};
}

Values random_values(std::mt19937_64& random) {
    Values all;
    const auto digits = [&](const char* format) {
        std::string text;
        for (const char* c = format; *c; ++c)
            text += *c == '9'   ? static_cast<char>('0' + random() % 10)
                    : *c == 'x' ? "0123456789abcdef"[random() % 16]
                                : *c;
        return text;
    };
    for (int i = 0; i < 40; ++i) {
        all.emplace_back(digits("1999-09-29 09:59:59"));
        all.emplace_back(digits("2009-0") + digits("9-1") + digits("9T19:09Z"));
        all.emplace_back(std::to_string(random() % 300) + "." + std::to_string(random() % 260) + "." +
                         std::to_string(random() % 256) + "." + std::to_string(random() % 256));
        std::string address;
        for (int group = 0; group < 8; ++group)
            address += (group ? ":" : "") + (random() % 2 ? std::string("0") : digits("xxxx").substr(random() % 4));
        all.emplace_back(address);
        all.emplace_back("2001:" + digits("xxxx") + "::" + digits("xx"));
        all.emplace_back("::" + digits("xxxx:xxxx:xxxx:xxxx:xxxx"));
        all.emplace_back("::" + (random() % 2 ? std::string("ffff:") : digits("xxxx:")) + digits("9.99.9.1"));
    }
    return all;
}

// What policies/mask.hpp makes of a value; `found` is what the server made, for masks that leave to chance.
std::optional<std::string> masked_by_policy(const Mask& mask, const Column& column, const std::string& value,
                                            const std::string& found) {
    const auto cut = [&](const std::string& text) { return first_characters(text, column.length.value_or(1000)); };
    const auto other = [&](const char* text) { return column.nullable ? std::nullopt : std::optional(cut(text)); };
    switch (mask.kind) {
    case MaskKind::null:
        return std::nullopt;
    case MaskKind::redact:
        return cut(std::string(redacted));
    case MaskKind::fixed:
        return cut(mask.value);
    case MaskKind::random:
        return is_random_token(found) ? std::optional(found) : "a token";
    case MaskKind::random_email:
        return is_random_email(found) ? std::optional(found) : "a token";
    case MaskKind::year:
    case MaskKind::month:
    case MaskKind::day:
        if (const auto general = generalise(mask.kind, value)) return cut(*general);
        return other("1900-01-01");
    case MaskKind::ip:
        if (const auto address = truncate_ip(value)) return cut(*address);
        return other("0.0.0.0");
    case MaskKind::keep:
        return cut(first_characters(value, mask.keep));
    case MaskKind::pseudonym:
        break;
    }
    return "";
}

bool is_masked_by_policy(const Mask& mask, Column column, const std::optional<std::string>& value) {
    if (!value) return mask.kind != MaskKind::fixed;
    if (mask.kind == MaskKind::random) return is_random_token(*value);
    if (mask.kind == MaskKind::random_email) return is_random_email(*value);
    column.nullable = false;
    return masked_by_policy(mask, column, *value, "") == value;
}

PlannedMask planned(const std::string& text, const Column& column) {
    PlannedMask mask;
    mask.mask = mask_from(text);
    mask.column = &column;
    return mask;
}

void fill(const MariadbBench& bench, const std::string& type, const std::vector<std::string>& literals) {
    std::string script = "SET sql_mode = 'ALLOW_INVALID_DATES', time_zone = '+00:00'; DROP TABLE IF EXISTS t;"
                         "CREATE TABLE t (id INT PRIMARY KEY, v " +
                         type + ", n INT NOT NULL DEFAULT 0) DEFAULT CHARSET utf8mb4; INSERT INTO t (id, v) VALUES ";
    for (std::size_t i = 0; i < literals.size(); ++i)
        script += (i ? ", (" : "(") + std::to_string(i) + ", " + literals[i] + ")";
    bench.run(script);
}

std::vector<std::string> column(const MariadbBench& bench, const Sql& expression) {
    return bench.rows("SELECT " + expression + " FROM t ORDER BY id");
}

std::string shown(const std::optional<std::string>& text) {
    return text.value_or("NULL");
}

std::string hmac(const std::string& key, const std::string& text) {
    unsigned char digest[32];
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
         text.size(), digest, nullptr);
    return key_text(Blob{std::string(reinterpret_cast<char*>(digest), 32)});
}

} // namespace

BOOST_AUTO_TEST_SUITE(mariadb_masks, *boost::unit_test::precondition(mariadb_is_here))

BOOST_AUTO_TEST_CASE(text_is_masked_as_our_own_masks_have_it) {
    auto random = seeded();
    const MariadbBench bench;
    Values candidates = nasty();
    for (auto& value : random_values(random)) candidates.push_back(std::move(value));
    int compared = 0;
    for (const std::string type : declared) {
        const Column text = text_column(type);
        Values values;
        std::vector<std::string> literals;
        for (const auto& value : candidates)
            if (fits(type, value)) {
                values.push_back(stored(type, value));
                literals.push_back(literal(value));
            }
        for (const std::string name : {"null", "redact", "fixed VALUE", "random", "random email", "year", "month",
                                       "day", "ip", "keep 2", "keep 100"}) {
            if (name == "null" && !text.nullable) continue;
            const PlannedMask mask = planned(name, text);
            fill(bench, type, literals);
            BOOST_REQUIRE_EQUAL(column(bench, "v").size(), values.size());

            const auto before = column(bench, bench.dialect.is_masked(mask, v));
            const auto once = bench.execute("UPDATE t SET n = " + bench.dialect.is_masked(mask, v) +
                                            ", v = " + bench.dialect.masked(mask, v, ""));
            const auto results = column(bench, "v");
            const auto after = column(bench, bench.dialect.is_masked(mask, v));

            BOOST_TEST(once == static_cast<std::int64_t>(values.size()));
            for (std::size_t i = 0; i < values.size(); ++i, ++compared)
                BOOST_TEST_CONTEXT(type << ", " << name << ": " << shown(values[i])) {
                    const bool keeps_null = !values[i] && mask.mask.kind != MaskKind::fixed;
                    const auto wanted =
                        keeps_null ? std::nullopt
                                   : stored(type, masked_by_policy(mask.mask, text, shown(values[i]), results[i]));
                    BOOST_TEST(before[i] == (is_masked_by_policy(mask.mask, text, values[i]) ? "1" : "0"));
                    BOOST_TEST(results[i] == shown(wanted));
                    BOOST_TEST(after[i] == "1");
                }
        }
    }
    BOOST_TEST_MESSAGE(compared << " values");
}

// The twin: what the collation takes for the same.
BOOST_AUTO_TEST_CASE(the_twin_that_compares_by_collation_is_caught) {
    const MariadbBench bench;
    const Column text = text_column(declared[0]);
    const PlannedMask mask = planned("redact", text);
    fill(bench, declared[0],
         {"'redacted'", "'REDACTED '",
          "'R\xC3\x89"
          "DACTED'",
          "'REDACTED'"});

    const auto exact = column(bench, bench.dialect.is_masked(mask, v));
    const auto loose = column(bench, "v = 'REDACTED'");

    BOOST_TEST((exact == std::vector<std::string>{"0", "0", "0", "1"}));
    BOOST_TEST((loose == std::vector<std::string>{"1", "1", "1", "1"}));
}

BOOST_AUTO_TEST_CASE(a_short_column_gets_what_it_can_hold) {
    const MariadbBench bench;
    const struct {
        const char *type, *mask, *from, *to;
    } rows[] = {{"VARCHAR(4)", "redact", "Ann", "REDA"},
                {"VARCHAR(3)", "fixed M\xC3\xBCller", "Ann", "M\xC3\xBCl"},
                {"CHAR(5)", "fixed ab  cd", "Ann", "ab  c"},
                {"CHAR(4)", "fixed ab  cd", "Ann", "ab"},
                {"VARCHAR(4) NOT NULL", "year", "Ann", "1900"},
                {"VARCHAR(3) NOT NULL", "ip", "Ann", "0.0"},
                {"VARCHAR(2)", "keep 5", "\xC3\xBC\xC3\xBC", "\xC3\xBC\xC3\xBC"}};
    for (const auto& row : rows) {
        const Column text = text_column(row.type);
        const PlannedMask mask = planned(row.mask, text);
        fill(bench, row.type, {literal(row.from)});

        bench.execute("UPDATE t SET v = " + bench.dialect.masked(mask, v, ""));

        BOOST_TEST_CONTEXT(row.type << " " << row.mask) {
            BOOST_TEST(bench.one("SELECT v FROM t") == row.to);
            BOOST_TEST(bench.one("SELECT " + bench.dialect.is_masked(mask, v) + " FROM t") == "1");
        }
    }
    const Column narrow = text_column("VARCHAR(15)");
    BOOST_CHECK_THROW(bench.dialect.masked(planned("random", narrow), v, ""), std::invalid_argument);
    BOOST_CHECK_THROW(bench.dialect.masked(planned("pseudonym", narrow), v, "key"), std::invalid_argument);
    BOOST_CHECK_THROW(bench.dialect.masked(planned("random email", narrow), v, ""), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(random_values_are_distinct_and_of_their_length) {
    const MariadbBench bench;
    for (const auto& [type, name, length] : {std::tuple{"VARCHAR(16)", "random", 16},
                                             {"VARCHAR(25)", "random", 25},
                                             {"TEXT", "random", 32},
                                             {"VARCHAR(99)", "random email", 35}}) {
        const Column text = text_column(type);
        const PlannedMask mask = planned(name, text);
        fill(bench, type, {"'a'"});
        bench.run("INSERT INTO t (id, v) SELECT seq, 'a' FROM seq_1_to_2000");

        bench.execute("UPDATE t SET v = " + bench.dialect.masked(mask, v, ""));
        const auto first = column(bench, "v");
        bench.execute("UPDATE t SET v = " + bench.dialect.masked(mask, v, ""));
        const auto second = column(bench, "v");

        std::set<std::string> all(first.begin(), first.end());
        all.insert(second.begin(), second.end());
        BOOST_TEST(all.size() == 4002u, name);
        for (const auto& token : all)
            BOOST_REQUIRE(token.size() == static_cast<std::size_t>(length) &&
                          (is_random_token(token) || is_random_email(token)));
    }
}

BOOST_AUTO_TEST_CASE(a_pseudonym_is_the_keyed_digest_of_the_text) {
    const MariadbBench bench;
    const std::string long_key(100, 'k'), binary_key("\0\xff'\\\x80 key", 9);
    for (const std::string& key : {std::string("key"), long_key, binary_key, std::string(64, '\x36')})
        for (const std::string type : declared) {
            const Column text = text_column(type);
            const PlannedMask mask = planned("pseudonym", text);
            Values values;
            std::vector<std::string> literals;
            for (const auto& value : nasty())
                if (fits(type, value)) {
                    values.push_back(stored(type, value));
                    literals.push_back(literal(value));
                }
            fill(bench, type, literals);

            bench.execute("UPDATE t SET v = " + bench.dialect.masked(mask, v, key));
            const auto found = column(bench, "v");

            for (std::size_t i = 0; i < values.size(); ++i)
                BOOST_TEST(found[i] ==
                           (values[i] ? hmac(key, *values[i]).substr(0, text.length.value_or(64)) : "NULL"));
            BOOST_TEST(bench.one("SELECT sum(" + bench.dialect.is_masked(mask, v) + ") FROM t") == "0");
        }
    const Column text = text_column("TEXT");
    BOOST_CHECK_THROW(bench.dialect.masked(planned("pseudonym", text), v, ""), std::invalid_argument);
}

namespace {

struct Row {
    std::string type;
    TypeFamily family;
    std::optional<std::size_t> length;
    std::string mask;
    std::vector<std::string> literals;
    std::vector<std::string> masked; // as `shown` prints them
    std::string before;              // is_masked of each, "010"
    std::string values = "";
};

void check(const MariadbBench& bench, const Row& row) {
    Column typed = column_of("v", row.type, row.family, row.length, row.type.find("NOT NULL") == std::string::npos);
    typed.values = row.values;
    const PlannedMask mask = planned(row.mask, typed);
    fill(bench, row.type, row.literals);
    std::string before, after;

    for (const auto& each : column(bench, bench.dialect.is_masked(mask, v))) before += each;
    bench.execute("UPDATE t SET n = " + bench.dialect.is_masked(mask, v) +
                  ", v = " + bench.dialect.masked(mask, v, ""));
    const Sql shown = row.family == TypeFamily::binary ? Sql("HEX(v)") : Sql("v");
    const auto found = column(bench, shown);
    for (const auto& each : column(bench, bench.dialect.is_masked(mask, v))) after += each;

    BOOST_TEST_CONTEXT(row.type << ", " << row.mask) {
        BOOST_TEST(found == row.masked, boost::test_tools::per_element());
        BOOST_TEST(before == row.before);
        BOOST_TEST(after == std::string(row.literals.size(), '1'));
    }
}

} // namespace

BOOST_AUTO_TEST_CASE(dates_are_generalised_in_their_own_type) {
    const MariadbBench bench;
    using enum TypeFamily;
    check(bench, {"DATE",
                  date,
                  {},
                  "year",
                  {"'1980-06-15'", "'1980-01-01'", "NULL", "'0000-00-00'", "'1980-05-00'", "'1980-02-31'",
                   "'0003-05-05'", "'9999-12-31'"},
                  {"1980-01-01", "1980-01-01", "NULL", "NULL", "NULL", "NULL", "0003-01-01", "9999-01-01"},
                  "01100000"});
    check(bench, {"DATE NOT NULL",
                  date,
                  {},
                  "month",
                  {"'1980-06-15'", "'1980-06-01'", "'0000-00-00'", "'1900-01-01'"},
                  {"1980-06-01", "1980-06-01", "1900-01-01", "1900-01-01"},
                  "0101"});
    check(bench, {"DATE", date, {}, "day", {"'1980-06-15'", "'0000-00-00'"}, {"1980-06-15", "NULL"}, "10"});
    check(bench, {"DATETIME(3)",
                  time_stamp,
                  {},
                  "year",
                  {"'1980-06-15 10:00:00.123'", "'1980-01-01'", "'1980-01-01 00:00:00.001'", "'0000-00-00'", "NULL"},
                  {"1980-01-01 00:00:00.000", "1980-01-01 00:00:00.000", "1980-01-01 00:00:00.000", "NULL", "NULL"},
                  "01001"});
    check(bench, {"DATETIME NOT NULL",
                  time_stamp,
                  {},
                  "day",
                  {"'1980-06-15 10:00:00'", "'1980-06-15'", "'0000-00-00'"},
                  {"1980-06-15 00:00:00", "1980-06-15 00:00:00", "1900-01-01 00:00:00"},
                  "010"});
    check(bench, {"TIMESTAMP NULL",
                  zoned_time_stamp,
                  {},
                  "month",
                  {"'1980-06-15 23:59:59'", "'1970-01-20 10:00:00'", "'0000-00-00'", "NULL", "'2038-01-19 03:14:07'"},
                  {"1980-06-01 00:00:00", "1970-01-01 00:00:01", "NULL", "NULL", "2038-01-01 00:00:00"},
                  "00010"});
    check(bench, {"TIMESTAMP NOT NULL",
                  zoned_time_stamp,
                  {},
                  "year",
                  {"'1980-06-15 23:59:59'", "'0000-00-00'", "'1970-01-01 00:00:01'"},
                  {"1980-01-01 00:00:00", "1970-01-01 00:00:01", "1970-01-01 00:00:01"},
                  "001"});
}

BOOST_AUTO_TEST_CASE(bytes_and_addresses_are_masked_in_their_own_type) {
    const MariadbBench bench;
    using enum TypeFamily;
    check(bench, {"VARBINARY(20)",
                  binary,
                  20,
                  "redact",
                  {"x'414200'", "''", "x'0000'", "NULL"},
                  {"000000", "", "0000", "NULL"},
                  "0111"});
    check(bench, {"BINARY(3)", binary, 3, "redact", {"'abc'", "x'000000'"}, {"000000", "000000"}, "01"});
    check(bench, {"BLOB", binary, {}, "redact", {"REPEAT(x'ff', 3)", "NULL"}, {"000000", "NULL"}, "01"});
    check(bench, {"VARBINARY(16)",
                  binary,
                  16,
                  "ip",
                  {"x'c000024d'", "INET6_ATON('2001:db8:1:2::1')", "INET6_ATON('::ffff:192.0.2.77')", "'abc'", "''",
                   "NULL", "x'c0000200'"},
                  {"C0000200", "20010DB8000100000000000000000000", "00000000000000000000FFFFC0000200", "NULL", "NULL",
                   "NULL", "C0000200"},
                  "0000011"});
    check(bench,
          {"VARBINARY(16) NOT NULL", binary, 16, "ip", {"'abc'", "x'00000000'"}, {"00000000", "00000000"}, "01"});
    check(bench, {"BINARY(10) NOT NULL",
                  binary,
                  10,
                  "ip",
                  {"'abc'", "''"},
                  {"00000000000000000000", "00000000000000000000"},
                  "01"});
    check(bench, {"INET6",
                  address,
                  {},
                  "ip",
                  {"'2001:db8:1:2::1'", "'::ffff:192.0.2.77'", "'2001:db8:1::'", "NULL"},
                  {"2001:db8:1::", "::ffff:192.0.2.0", "2001:db8:1::", "NULL"},
                  "0011"});
    check(bench,
          {"INET4 NOT NULL", address, {}, "ip", {"'192.0.2.77'", "'192.0.2.0'"}, {"192.0.2.0", "192.0.2.0"}, "01"});
}

BOOST_AUTO_TEST_CASE(a_fixed_value_takes_the_type_of_its_column) {
    const MariadbBench bench;
    using enum TypeFamily;
    check(bench, {"INT", integer, {}, "fixed 007", {"1", "7", "NULL"}, {"7", "7", "7"}, "010"});
    check(bench, {"BIGINT UNSIGNED",
                  integer,
                  {},
                  "fixed 18446744073709551615",
                  {"1", "18446744073709551615", "18446744073709551614"},
                  {"18446744073709551615", "18446744073709551615", "18446744073709551615"},
                  "010"});
    check(bench, {"TINYINT(1)", integer, {}, "fixed 0", {"1", "0"}, {"0", "0"}, "01"});
    check(bench, {"bit(3)", integer, {}, "fixed 5", {"1", "5"}, {"5", "5"}, "01"});
    check(bench, {"YEAR", integer, {}, "fixed 1999", {"2001", "1999"}, {"1999", "1999"}, "01"});
    check(bench, {"decimal(10,2)", real, {}, "fixed 1.005", {"1", "1.01", "1.00"}, {"1.01", "1.01", "1.01"}, "010"});
    check(bench, {"double", real, {}, "fixed 0.1", {"1", "0.1"}, {"0.1", "0.1"}, "01"});
    check(bench, {"float", real, {}, "fixed 0.1", {"1", "0.1"}, {"0.1", "0.1"}, "01"});
    check(bench, {"DATE",
                  date,
                  {},
                  "fixed 1999-12-31",
                  {"'2020-01-01'", "'1999-12-31'", "'0000-00-00'", "NULL"},
                  {"1999-12-31", "1999-12-31", "1999-12-31", "1999-12-31"},
                  "0100"});
    check(bench, {"datetime(3)",
                  time_stamp,
                  {},
                  "fixed 1999-12-31T10:20:30.123456",
                  {"'2020-01-01'", "'1999-12-31 10:20:30.123'"},
                  {"1999-12-31 10:20:30.123", "1999-12-31 10:20:30.123"},
                  "01"});
    check(bench, {"timestamp NULL",
                  zoned_time_stamp,
                  {},
                  "fixed 1999-12-31T10:20:30+02:00",
                  {"'2020-01-01'", "NULL"},
                  {"1999-12-31 08:20:30", "1999-12-31 08:20:30"},
                  "00"});
    check(bench, {"UUID",
                  uuid,
                  {},
                  "fixed 00000000-0000-0000-0000-00000000000A",
                  {"UUID()", "'00000000-0000-0000-0000-00000000000a'"},
                  {"00000000-0000-0000-0000-00000000000a", "00000000-0000-0000-0000-00000000000a"},
                  "01"});
    check(bench, {"INET6", address, {}, "fixed ::", {"'::1'", "'::'"}, {"::", "::"}, "01"});
    check(bench, {"enum('new','Gone')",
                  other,
                  {},
                  "fixed gone",
                  {"'new'", "'Gone'", "NULL"},
                  {"Gone", "Gone", "Gone"},
                  "010",
                  "'new','Gone'"});
    check(bench, {"set('a','b','c')",
                  other,
                  {},
                  "fixed c,a",
                  {"'b'", "'a,c'", "''"},
                  {"a,c", "a,c", "a,c"},
                  "010",
                  "'a','b','c'"});
    check(bench, {"TIME", other, {}, "fixed 10:00:00", {"'11:00'", "'10:00'"}, {"10:00:00", "10:00:00"}, "01"});
    check(bench, {"binary(5)", binary, 5, "fixed abc", {"'x'", "'abc'"}, {"6162630000", "6162630000"}, "01"});
    check(bench, {"varbinary(2)", binary, 2, "fixed abc", {"'x'", "'ab'"}, {"6162", "6162"}, "01"});
}

BOOST_AUTO_TEST_CASE(a_marker_says_so_and_nothing_else_does) {
    const MariadbBench bench;
    const Date today = parse_date("2026-11-21").value();
    const struct {
        const char* type;
        TypeFamily family;
        std::vector<std::string> unmarked;
        std::optional<std::size_t> length = {};
    } rows[] = {{"DATE", TypeFamily::date, {"NULL", "'0000-00-00'"}},
                {"DATETIME(3)", TypeFamily::time_stamp, {"NULL", "'0000-00-00'"}},
                {"TIMESTAMP NULL", TypeFamily::zoned_time_stamp, {"NULL", "'0000-00-00'"}},
                {"VARCHAR(30)", TypeFamily::text, {"NULL", "''", "'0'"}, 30},
                {"VARCHAR(10) CHARACTER SET ucs2", TypeFamily::text, {"NULL", "''", "'0'"}, 10},
                {"TINYINT(1)", TypeFamily::integer, {"NULL", "0"}},
                {"int(11)", TypeFamily::integer, {"NULL", "0"}},
                {"BIGINT", TypeFamily::integer, {"NULL", "0"}},
                {"bit(1)", TypeFamily::integer, {"NULL", "0"}},
                {"decimal(3,1)", TypeFamily::real, {"NULL", "0"}},
                {"double", TypeFamily::real, {"NULL", "0"}}};
    for (const auto& row : rows) {
        const Column marker = column_of("v", row.type, row.family, row.length);
        fill(bench, row.type, row.unmarked);

        BOOST_TEST_CONTEXT(row.type) {
            for (const auto& each : column(bench, bench.dialect.is_marked(v))) BOOST_TEST(each == "0");
            bench.execute("UPDATE t SET n = " + bench.dialect.is_marked(v) +
                          ", v = " + bench.dialect.mark(marker, today));
            for (const auto& each : column(bench, bench.dialect.is_marked(v))) BOOST_TEST(each == "1");
            if (row.family == TypeFamily::date) BOOST_TEST(bench.rows("SELECT v FROM t").front() == "2026-11-21");
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace retention::test
