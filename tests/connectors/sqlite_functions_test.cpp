#include "connectors/sqlite_functions.hpp"

#include "connectors/sqlite_native.hpp"
#include "policies/mask.hpp"
#include "tests/support/sqlite_file.hpp"

#include <boost/test/unit_test.hpp>

#include <ctime>
#include <random>
#include <set>

using namespace retention;
using test::SqliteFile;

namespace {

class Functions {
public:
    explicit Functions(const std::string& here = "UTC", const std::string& store = "UTC")
        : connection_("crm", file_.path(), Access::read_write) {
        register_functions(connection_.handle(), Zone::load(here).value(), Zone::load(store).value());
    }
    Value operator()(const std::string& expression, const std::vector<Value>& values = {}) const {
        SqliteStatement statement(connection_, "SELECT " + expression);
        statement.bind_all(values);
        BOOST_REQUIRE(statement.step());
        return statement.value(0);
    }
    SqliteConnection& connection() { return connection_; }

private:
    SqliteFile file_;
    SqliteConnection connection_;
};

const Value null;
Value whole(std::int64_t number) {
    return number;
}
Value text(std::string value) {
    return value;
}
Value blob(std::string bytes) {
    return Blob{std::move(bytes)};
}

// A date as retentiond_day gives it.
Value day_number(const std::string& date) {
    return std::int64_t{parse_date(date).value().time_since_epoch().count()};
}

std::string shown(const Value& value) {
    constexpr const char* types[] = {"null", "integer", "real", "text", "blob"};
    return std::string(types[value.index()]) + " " + key_text(value);
}

} // namespace

BOOST_AUTO_TEST_SUITE(sqlite_functions)

BOOST_AUTO_TEST_CASE(a_date_is_read_in_its_declared_form_alone) {
    const Functions functions;
    struct Row {
        std::string value;
        int form;
        std::string day; // empty: no date
    };
    const Row rows[] = {
        {"'2024-02-29'", 0, "2024-02-29"},
        {"'2023-02-29'", 0, ""},
        {"'2024-02-29 23:59:59'", 0, "2024-02-29"},
        {"'2024-02-29T23:59:59Z'", 0, "2024-02-29"},
        {"'2024-02-29 23:59'", 0, "2024-02-29"},
        {"'2024-02-29 23:59:59.123456'", 0, "2024-02-29"},
        {"'2024-02-29 24:00:00'", 0, ""},
        {"'2024-02-29x23:59:59'", 0, ""},
        {"'2024-02-29 23:59:60'", 0, ""},
        {"'2024/02/29'", 0, ""},
        {"' 2024-02-29'", 0, ""},
        {"'2024-2-29 '", 0, ""},
        {"'0000-00-00'", 0, ""},
        {"'0001-01-01'", 0, "0001-01-01"},
        {"'9999-12-31'", 0, "9999-12-31"},
        {"''", 0, ""},
        {"NULL", 0, ""},
        {"20240229", 0, ""},
        {"1709164800", 0, ""},
        {"2024.5", 0, ""},
        {"x'323032342d30322d3239'", 0, ""}, // the bytes of 2024-02-29
        {"'2024-02-29' || char(0)", 0, ""},
        {"'2024-02-29T23:30:00+01:00'", 0, ""},
        {"'2024-02-29T23:30:00-01:00'", 1, "2024-03-01"},
        {"'2024-02-29T23:30:00Z'", 1, "2024-02-29"},
        {"'2024-02-29T23:30:00'", 1, ""},
        {"'2024-02-29'", 1, ""},
        {"1709251199", 2, "2024-02-29"},
        {"1709251200", 2, "2024-03-01"},
        {"1709251199.9", 2, "2024-02-29"},
        {"0", 2, ""},
        {"0.5", 2, ""},
        {"-1", 2, ""},
        {"9e999", 2, ""},
        {"1e18", 2, ""},
        {"'1709251199'", 2, ""},
        {"x'31'", 2, ""},
        {"1709251199999", 3, "2024-02-29"},
        {"1709251200000", 3, "2024-03-01"},
        {"'1709251199'", 4, "2024-02-29"},
        {"1709251199", 4, "2024-02-29"},
        {"'1709251199999'", 5, "2024-02-29"},
        {"'-1709251199'", 4, ""},
        {"'+1709251199'", 4, ""},
        {"' 1709251199'", 4, ""},
        {"'1709251199.0'", 4, ""},
        {"'9999999999999999999'", 4, ""},  // 19 digits, too many for 64 bits
        {"'00000000001709251199'", 4, ""}, // 20 digits
        {"''", 4, ""},
        {"'2024-02-29'", 4, ""},
    };

    for (const auto& row : rows) BOOST_TEST_CONTEXT(row.value << " as " << row.form) {
            const auto found = functions("retentiond_day(" + row.value + ", " + std::to_string(row.form) + ", NULL)");
            BOOST_TEST(shown(found) == shown(row.day.empty() ? null : day_number(row.day)));
        }
}

BOOST_AUTO_TEST_CASE(a_date_before_the_earliest_is_no_date) {
    const Functions functions;
    const auto found = [&](const char* date) {
        return functions("retentiond_day(?, 0, ?)", {text(date), day_number("1900-01-02")});
    };

    BOOST_TEST(shown(found("1900-01-01")) == shown(null));
    BOOST_TEST(shown(found("1900-01-02")) == shown(day_number("1900-01-02")));
    BOOST_TEST(shown(found("2024-01-01")) == shown(day_number("2024-01-01")));
}

BOOST_AUTO_TEST_CASE(the_day_is_that_of_the_configured_zone) {
    struct Row {
        const char *here, *store, *value;
        int form;
        const char* day;
    };
    const Row rows[] = {
        {"Europe/London", "UTC", "'2024-06-30 23:30:00'", 0, "2024-07-01"},
        {"Europe/London", "UTC", "'2024-06-30 22:30:00'", 0, "2024-06-30"},
        {"Europe/London", "UTC", "'2024-06-30'", 0, "2024-06-30"}, // a day is a day anywhere
        {"Europe/London", "Europe/London", "'2024-06-30 23:30:00'", 0, "2024-06-30"},
        {"Europe/London", "Europe/London", "'2024-06-30 23:30:00Z'", 0, "2024-07-01"},
        {"UTC", "Europe/London", "'2024-07-01 00:30:00'", 0, "2024-06-30"},
        {"America/New_York", "Asia/Tokyo", "'2024-07-01 12:00:00'", 0, "2024-06-30"},
        {"Europe/London", "UTC", "1719788400", 2, "2024-07-01"}, // 2024-06-30T23:00:00Z
        {"Europe/London", "UTC", "1719788399", 2, "2024-06-30"},
        {"Europe/London", "UTC", "1719788399999", 3, "2024-06-30"},
        {"Pacific/Apia", "UTC", "'2011-12-30 09:59:59'", 0, "2011-12-29"},
        {"Pacific/Apia", "UTC", "'2011-12-30 10:00:00'", 0, "2011-12-31"}, // the day between was left out
    };

    for (const auto& row : rows) BOOST_TEST_CONTEXT(row.here << " " << row.store << " " << row.value) {
            const Functions functions(row.here, row.store);
            const auto found =
                functions("retentiond_day(" + std::string(row.value) + ", " + std::to_string(row.form) + ", NULL)");
            BOOST_TEST(shown(found) == shown(day_number(row.day)));
        }
}

// The quick way through a well formed text must agree with the one reading that all engines share.
BOOST_AUTO_TEST_CASE(agrees_with_the_one_reading_on_anything) {
    const auto seed = std::random_device{}();
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    const char* zones[] = {"UTC",         "Europe/London",   "America/Sao_Paulo", "America/Havana",
                           "Asia/Beirut", "America/St_Johns"};
    const auto below = [&](std::size_t count) { return random() % count; };
    constexpr std::size_t sizes[] = {10, 16, 19, 20};
    std::size_t dates = 0;

    for (const char* here_name : zones)
        for (const char* store_name : {"UTC", here_name}) {
            const Functions functions(here_name, store_name);
            const auto here = Zone::load(here_name).value(), store = Zone::load(store_name).value();
            SqliteStatement statement(const_cast<Functions&>(functions).connection(),
                                      "SELECT retentiond_day(?, ?, NULL)");
            for (int i = 0; i < 4000; ++i) {
                char written[64];
                std::snprintf(written, sizeof written, "%04d-%02d-%02d%c%02d:%02d:%02dZ", int(1900 + below(200)),
                              int(1 + below(12)), int(1 + below(31)), "T "[below(2)],
                              int(below(4) ? below(2) : below(25)), int(below(60)), int(below(60)));
                std::string value = std::string(written).substr(0, sizes[below(4)]);
                if (below(5) == 0) value[below(value.size())] = "0123456789-:TZ .+x"[below(18)];
                const bool offset = below(4) == 0;
                const auto read = offset ? read_iso_offset(value) : read_iso(value);
                const Value expected =
                    read ? Value(std::int64_t{local_date_of(*read, here, store).time_since_epoch().count()}) : null;
                dates += read.has_value();

                statement.bind(1, value);
                statement.bind(2, std::int64_t{offset ? 1 : 0});
                BOOST_REQUIRE(statement.step());
                BOOST_TEST_CONTEXT(value << " in " << here_name << ", store " << store_name)
                BOOST_REQUIRE_EQUAL(shown(statement.value(0)), shown(expected));
                statement.reset();
            }
        }
    BOOST_TEST(dates > 20'000u);
}

BOOST_AUTO_TEST_CASE(masks_make_what_they_promise) {
    const Functions functions;
    const std::string address("\xc0\x00\x02\x4d", 4), network("\xc0\x00\x02\x00", 4);
    struct Row {
        const char* arguments; // after which the value comes
        Value value;
        std::string rest; // key, nullable, form
        Value result;
    };
    const Row rows[] = {
        {"'null', NULL", text("Anna"), "", null},
        {"'redact', NULL", text("Anna"), "", text("REDACTED")},
        {"'redact', 5", text("Anna"), "", text("REDAC")},
        {"'redact', 20", whole(7), "", text("REDACTED")},
        {"'redact', 5", blob("12345678"), "", blob(std::string(8, '\0'))},
        {"'redact', NULL", blob(""), "", blob("")},
        {"'redact', NULL", null, "", null},
        {"'fixed unknown', NULL", text("Anna"), "", text("unknown")},
        {"'fixed unknown', 3", text("Anna"), "", text("unk")},
        {"'fixed unknown', NULL", null, "", text("unknown")},
        {"'keep 2', NULL", text("Änne"), "", text("Än")},
        {"'keep 2', 1", text("Änne"), "", text("Ä")},
        {"'keep 2', NULL", whole(1234), "", text("12")},
        {"'keep 2', NULL", blob("1234"), "", blob("12")},
        {"'keep 2', NULL", null, "", null},
        {"'year', NULL", text("1980-06-15"), "", text("1980-01-01")},
        {"'month', NULL", text("1980-06-15"), "", text("1980-06-01")},
        {"'day', NULL", text("1980-06-15 10:20:30"), "", text("1980-06-15 00:00:00")},
        {"'year', NULL", text("15.6.1980"), "", null},
        {"'year', NULL", text("15.6.1980"), ", NULL, 0", text("1900-01-01")},
        {"'year', NULL", null, ", NULL, 0", null},
        {"'year', NULL", whole(330'000'000), "", null},
        {"'year', NULL", whole(330'000'000), ", NULL, 1, 2", whole(315'532'800)},
        {"'year', NULL", 330'000'000.5, ", NULL, 1, 2", whole(315'532'800)},
        {"'year', NULL", whole(330'000'000'000), ", NULL, 1, 3", whole(315'532'800'000)},
        {"'year', NULL", text("330000000"), ", NULL, 1, 4", text("315532800")},
        {"'year', NULL", text("330000000"), ", NULL, 1, 2", null},
        {"'year', NULL", text("soon"), ", NULL, 0, 2", whole(0)},
        {"'year', NULL", text("soon"), ", NULL, 0, 5", text("0")},
        {"'ip', NULL", text("192.0.2.77"), "", text("192.0.2.0")},
        {"'ip', NULL", text("2001:db8:1:2::1"), "", text("2001:db8:1::")},
        {"'ip', NULL", text("Anna"), "", null},
        {"'ip', NULL", text("Anna"), ", NULL, 0", text("0.0.0.0")},
        {"'ip', NULL", blob(address), "", blob(network)},
        {"'ip', NULL", blob("Anna!"), "", null},
        {"'ip', NULL", blob("Anna!"), ", NULL, 0", blob(std::string(4, '\0'))},
        // printf 'Anna' | openssl dgst -sha256 -hmac key
        {"'pseudonym', NULL", text("Anna"), ", 'key'",
         text("0afc7a6c1dec21cd0c04a7884d3eb3d0186eb75bcb6abd3b77dd1a19868a859a")},
        {"'pseudonym', 16", text("Anna"), ", CAST('key' AS BLOB)", text("0afc7a6c1dec21cd")},
        {"'pseudonym', NULL", null, ", 'key'", null},
        {"'random', NULL", null, "", null},
        {"'random email', NULL", null, "", null},
    };

    for (const auto& row : rows) BOOST_TEST_CONTEXT(row.arguments << " of " << shown(row.value) << row.rest) {
            const auto result =
                functions("retentiond_mask(" + std::string(row.arguments) + ", ?" + row.rest + ")", {row.value});
            BOOST_TEST(shown(result) == shown(row.result));
        }
}

BOOST_AUTO_TEST_CASE(random_masks_are_new_each_time_and_fit) {
    Functions functions;
    functions.connection().exec("CREATE TABLE t (x TEXT)");
    functions.connection().exec("INSERT INTO t SELECT 'Anna' FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL "
                                "SELECT i + 1 FROM n WHERE i < 1000) SELECT i FROM n)");
    SqliteStatement rows(functions.connection(),
                         "SELECT retentiond_mask('random', 20, x), retentiond_mask('random email', NULL, x) FROM t");
    std::set<std::string, std::less<>> seen;

    while (rows.step()) {
        BOOST_TEST(rows.text(0).size() == 20u);
        BOOST_TEST(is_random_token(rows.text(0)));
        BOOST_TEST(is_random_email(rows.text(1)));
        seen.emplace(rows.text(0));
        seen.emplace(rows.text(1));
    }

    BOOST_TEST(seen.size() == 2000u);
    BOOST_TEST(key_text(functions("retentiond_mask('random', NULL, 'Anna')")).size() == 32u);
}

BOOST_AUTO_TEST_CASE(a_mask_that_cannot_be_made_is_an_error) {
    const Functions functions;

    for (const char* call : {"retentiond_mask('random', 15, 'x')", "retentiond_mask('random email', 34, 'x')",
                             "retentiond_mask('pseudonym', NULL, 'x')", "retentiond_mask('pseudonym', NULL, 'x', NULL)",
                             "retentiond_mask('pseudonym', 15, 'x', 'key')", "retentiond_mask('scramble', NULL, 'x')",
                             "retentiond_mask(NULL, NULL, 'x')", "retentiond_masked('scramble', NULL, 'x')"})
        BOOST_TEST_CONTEXT(call) BOOST_CHECK_THROW(functions(call), StoreError);
    BOOST_CHECK_NO_THROW(functions("retentiond_mask('random', 16, 'x')"));
    BOOST_CHECK_NO_THROW(functions("retentiond_mask('random email', 35, 'x')"));
}

BOOST_AUTO_TEST_CASE(masked_tells_a_mask_result_from_anything_else) {
    const Functions functions;
    struct Row {
        const char* arguments;
        Value value;
        std::string rest; // form
        bool masked;
    };
    const Row rows[] = {
        {"'null', NULL", null, "", true},
        {"'null', NULL", text(""), "", false},
        {"'redact', NULL", text("REDACTED"), "", true},
        {"'redact', NULL", text("REDACTED "), "", false},
        {"'redact', 5", text("REDAC"), "", true},
        {"'redact', 5", text("REDACTED"), "", false},
        {"'redact', NULL", null, "", true},
        {"'redact', NULL", blob(std::string(3, '\0')), "", true},
        {"'redact', NULL", blob(""), "", true},
        {"'redact', NULL", blob(std::string("\0\1", 2)), "", false},
        {"'redact', NULL", whole(0), "", false},
        {"'fixed unknown', NULL", text("unknown"), "", true},
        {"'fixed unknown', 3", text("unk"), "", true},
        {"'fixed unknown', NULL", text("Unknown"), "", false},
        {"'fixed unknown', NULL", null, "", false},
        {"'fixed 007', NULL", whole(7), "", true},
        {"'fixed 007', NULL", whole(8), "", false},
        {"'fixed 1.50', NULL", 1.5, "", true},
        {"'fixed 7 up', NULL", whole(7), "", false},
        {"'fixed 7', NULL", blob("7"), "", false},
        {"'random', NULL", text("x3f9az81c0123456"), "", true},
        {"'random', NULL", text("Anna"), "", false},
        {"'random', NULL", text("0123456789abcdef"), "", false},
        {"'random', NULL", null, "", true},
        {"'random email', NULL", text("x3f9az81c0123456@anonymised.invalid"), "", true},
        {"'random email', NULL", text("anna@anonymised.invalid"), "", false},
        {"'random email', NULL", text("x3f9az81c0123456"), "", false},
        {"'year', NULL", text("1980-01-01"), "", true},
        {"'year', NULL", text("1980-01-02"), "", false},
        {"'month', NULL", text("1980-02-01"), "", true},
        {"'day', NULL", text("1980-02-03"), "", true},
        {"'day', NULL", text("1980-02-03 00:00:01"), "", false},
        {"'year', NULL", text("15.6.1980"), "", false},
        {"'year', NULL", null, "", true},
        {"'year', NULL", whole(315'532'800), ", 2", true},
        {"'year', NULL", 315'532'800.0, ", 2", true},
        {"'year', NULL", whole(315'532'801), ", 2", false},
        {"'year', NULL", whole(315'532'800), "", false},
        {"'year', NULL", whole(0), ", 2", true},
        {"'year', NULL", text("315532800"), ", 4", true},
        {"'year', NULL", text("0"), ", 4", true},
        {"'ip', NULL", text("192.0.2.0"), "", true},
        {"'ip', NULL", text("192.0.2.1"), "", false},
        {"'ip', NULL", text("0.0.0.0"), "", true},
        {"'ip', NULL", text("Anna"), "", false},
        {"'ip', NULL", blob(std::string("\xc0\x00\x02\x00", 4)), "", true},
        {"'ip', NULL", blob(std::string("\xc0\x00\x02\x01", 4)), "", false},
        {"'keep 2', NULL", text("Än"), "", true},
        {"'keep 2', NULL", text("Änn"), "", false},
        {"'keep 2', NULL", whole(12), "", true},
        {"'keep 2', NULL", whole(123), "", false},
        {"'keep 2', NULL", blob("12"), "", true},
        {"'keep 2', NULL", blob("123"), "", false},
        {"'pseudonym', NULL", text(std::string(64, 'a')), "", false},
        {"'pseudonym', NULL", null, "", false},
    };

    for (const auto& row : rows) BOOST_TEST_CONTEXT(row.arguments << " of " << shown(row.value) << row.rest) {
            const auto found =
                functions("retentiond_masked(" + std::string(row.arguments) + ", ?" + row.rest + ")", {row.value});
            BOOST_TEST(shown(found) == shown(whole(row.masked ? 1 : 0)));
        }
}

// What a mask made, stored in any kind of column, is done; otherwise a record would be due again each day.
BOOST_AUTO_TEST_CASE(what_a_mask_made_is_masked_in_every_column) {
    Functions functions;
    auto& connection = functions.connection();
    const std::vector<Value> values = {whole(0),
                                       whole(330'000'000),
                                       whole(-5),
                                       330'000'000.5,
                                       text("Anna"),
                                       text("1980-06-15"),
                                       text(""),
                                       text("330000000"),
                                       text("1980-06-15T10:20:30.5Z"),
                                       text("10.1.2.3"),
                                       blob("Anna"),
                                       blob(std::string(16, 'x')),
                                       text("2001:db8:1:2::1"),
                                       text("007"),
                                       text(std::string(40, 'y'))};
    std::size_t checked = 0;
    connection.exec("BEGIN"); // one transaction: thousands would wait for the disk

    for (const std::string affinity : {"TEXT", "INTEGER", "NUMERIC", "REAL", "BLOB"})
        for (const std::string mask : {"null", "redact", "fixed 007", "fixed a b", "random", "random email", "year",
                                       "month", "day", "ip", "keep 2", "keep 10"})
            for (const std::string length : {"NULL", "36"})
                for (int form = 0; form <= 5; ++form)
                    for (const std::string nullable : {"0", "1"}) {
                        connection.exec("CREATE TABLE t (x " + affinity + ")");
                        for (const auto& value : values) connection.exec("INSERT INTO t VALUES (?)", {value});
                        connection.exec("UPDATE t SET x = retentiond_mask('" + mask + "', " + length + ", x, NULL, " +
                                        nullable + ", " + std::to_string(form) + ")");
                        SqliteStatement left(connection, "SELECT count(*), group_concat(quote(x)) FROM t WHERE NOT "
                                                         "retentiond_masked('" +
                                                             mask + "', " + length + ", x, " + std::to_string(form) +
                                                             ")");
                        BOOST_REQUIRE(left.step());
                        BOOST_TEST_CONTEXT(affinity << " " << mask << " " << length << " form " << form << " nullable "
                                                    << nullable << " left " << left.text(1))
                        BOOST_TEST(left.integer(0) == 0);
                        left.reset();
                        connection.exec("DROP TABLE t");
                        ++checked;
                    }
    BOOST_TEST(checked == 5u * 12 * 2 * 6 * 2);
}

BOOST_AUTO_TEST_CASE(the_schema_cannot_call_them) {
    Functions functions;
    functions.connection().exec("CREATE VIEW v AS SELECT retentiond_day('2024-01-01', 0, NULL)");

    BOOST_CHECK_THROW(functions("* FROM v"), StoreError);
    BOOST_CHECK_NO_THROW(functions("retentiond_day('2024-01-01', 0, NULL)"));
}

BOOST_AUTO_TEST_CASE(how_fast_they_are) {
    const auto nanoseconds = [](Functions& functions, const std::string& expression) {
        SqliteStatement statement(functions.connection(), "SELECT count(" + expression + ") FROM t");
        const auto start = std::clock(); // of the processor, so that a busy machine does not count
        BOOST_REQUIRE(statement.step());
        const auto taken = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
        BOOST_TEST(statement.integer(0) == 200'000);
        return taken * 1e9 / 200'000;
    };
    for (const auto& [here, store] :
         {std::pair{"UTC", "UTC"}, {"Europe/London", "UTC"}, {"Europe/London", "Europe/London"}}) {
        Functions functions(here, store);
        functions.connection().exec("CREATE TABLE t (a TEXT, b TEXT, c INTEGER)");
        functions.connection().exec("INSERT INTO t SELECT date(s, 'unixepoch'), datetime(s, 'unixepoch'), s FROM (WITH "
                                    "RECURSIVE n(i) AS (SELECT 1 "
                                    "UNION ALL SELECT i + 1 FROM n WHERE i < 200000) SELECT 1200000000 + (i * 7919 % "
                                    "200000) * 3000 AS s FROM n)");
        std::string figures;
        for (const char* expression :
             {"length(b)", "retentiond_day(a, 0, NULL)", "retentiond_day(b, 0, NULL)", "retentiond_day(c, 2, NULL)",
              "retentiond_masked('redact', 20, b)", "retentiond_masked('year', NULL, a)"})
            figures +=
                std::string("\n  ") + expression + " " + std::to_string(nanoseconds(functions, expression)) + " ns";
        BOOST_TEST_MESSAGE("a call in " << here << ", store " << store << ":" << figures);
    }
}

BOOST_AUTO_TEST_SUITE_END()
