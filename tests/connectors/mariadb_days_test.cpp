// The days that MariaDB finds in stored dates, against policies/stored_date.hpp.

#include "connectors/connector.hpp"
#include "connectors/local_days.hpp"
#include "connectors/mariadb_value.hpp"
#include "tests/connectors/mariadb_bench.hpp"

#include <algorithm>
#include <functional>

namespace retention::test {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::seconds;

constexpr const char* zones[][2] = {
    {"UTC", "UTC"},
    {"Europe/London", "UTC"},
    {"Europe/London", "Europe/London"},
    {"Pacific/Auckland", "America/New_York"},
    {"America/St_Johns", "UTC"},
    {"America/Havana", "Asia/Tokyo"},
    {"Asia/Beirut", "Asia/Beirut"},
    {"Pacific/Apia", "UTC"}, // left out 2011-12-30
};

struct Zones {
    Zone here, store;
};

// What a column holds: as the server takes it, and as policies/ reads it.
struct Stored {
    std::string literal;
    std::optional<StoredDate> date;
};
struct Kind {
    std::string type;
    TypeFamily family;
    DateFormat format;
    std::function<Stored(std::mt19937_64&, const Zones&)> make;
    std::vector<Stored> nasty;
};

std::int64_t below(std::mt19937_64& random, std::int64_t end) {
    return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(end));
}

Date some_date(std::mt19937_64& random, int from = 1900, int to = 2100) {
    const Date first = std::chrono::local_days{std::chrono::year{from} / 1 / 1};
    return first + days{below(random, (to - from + 1) * 365)};
}

// Most of them near the moment at which a day begins.
LocalTime some_reading(std::mt19937_64& random, const Zone& here, const Zone& clock, Date day) {
    const LocalTime begins = first_reading(here, clock, day);
    switch (below(random, 5)) {
    case 0:
        return begins;
    case 1:
        return begins - microseconds{1};
    case 2:
        return begins + seconds{below(random, 7200) - 3600};
    case 3:
        return begins + hours{below(random, 53) - 26};
    default:
        return LocalTime{day} + microseconds{below(random, 86'400'000'000)};
    }
}

Instant as_utc(LocalTime time) {
    return Instant{time.time_since_epoch()};
}
std::string iso(LocalTime time, char between) {
    std::string text = mariadb_clock_text(time);
    text[10] = between;
    return text;
}
std::int64_t in_seconds(LocalTime time) {
    return std::chrono::floor<seconds>(time).time_since_epoch().count();
}
Stored text(const std::string& text, DateFormat format) {
    return {literal(text), format == DateFormat::iso ? read_iso(text) : read_iso_offset(text)};
}
Stored number(const std::string& text, std::int64_t whole, std::int64_t per_second) {
    return {text, read_unix(whole, per_second)};
}

std::vector<Stored> nasty_texts(DateFormat format) {
    std::vector<Stored> all{{"NULL", {}}};
    for (const char* each : {"",
                             " ",
                             "never",
                             "0000-00-00",
                             "0000-01-01",
                             "2026-00-10",
                             "2026-05-00",
                             "2023-02-29",
                             "2024-02-29",
                             "1900-02-29",
                             "2000-02-29",
                             "2026-04-31",
                             "2026-13-01",
                             "2026-1-1",
                             " 2026-01-01",
                             "2026-01-01 ",
                             "2026-01-01\n",
                             "2026-01-01T",
                             "2026-01-01t10:00:00",
                             "2026-01-01T10:00:00z",
                             "2026-01-01T10:00:00Z",
                             "2026-01-01 10:00",
                             "2026-01-01 10:00Z",
                             "2026-01-01 24:00:00",
                             "2026-01-01 23:59:60",
                             "2026-01-01 10",
                             "2026-01-01 10:00:00.",
                             "2026-01-01 10:00:00.1",
                             "2026-01-01 10:00:00.123456789Z",
                             "2026-01-01T10:00:00+",
                             "2026-01-01T10:00:00+01",
                             "2026-01-01T10:00:00+0100",
                             "2026-01-01T10:00:00-15:59",
                             "2026-01-01T10:00:00+16",
                             "2026-01-01T10:00:00+01:60",
                             "2026-01-01T10:00:00+1",
                             "2026-01-01T23:30+01:",
                             "2026-01-01T10:00:00Z\n",
                             "2026-01-01+01:00",
                             "2026-01-01Z",
                             "0001-01-01",
                             "0001-01-01T00:00:00+15:59",
                             "9999-12-31T23:59:59.9-15:59",
                             "0001-01-01 00:00:00",
                             "9999-12-31 23:59:59",
                             "10000-01-01",
                             "-026-01-01",
                             "\xC3\xA9",
                             "2026-01-01\xC3\xA9",
                             "20260101",
                             "2026/01/01",
                             "1e5",
                             "'",
                             "\\",
                             "infinity",
                             "2026-01-01T10:00:00Z+01:00"})
        all.push_back(text(each, format));
    return all;
}

Stored random_text(std::mt19937_64& random, const Zones& in, DateFormat format) {
    const Zone utc = Zone::utc();
    const bool zulu = format == DateFormat::iso_offset || below(random, 3) == 0;
    if (format == DateFormat::iso && below(random, 6) == 0) return text(to_string(some_date(random)), format);
    LocalTime reading = some_reading(random, in.here, zulu ? utc : in.store, some_date(random));
    if (below(random, 4) == 0) reading = std::chrono::floor<seconds>(reading);
    std::string offset = zulu ? "Z" : "";
    if (format == DateFormat::iso_offset && below(random, 4)) {
        const auto minutes = below(random, 2 * 959) - 959;
        char written[16];
        const char* forms[] = {"%c%02d:%02d", "%c%02d%02d"};
        std::snprintf(written, sizeof written, forms[below(random, 2)], minutes < 0 ? '-' : '+',
                      static_cast<int>(std::abs(minutes) / 60), static_cast<int>(std::abs(minutes) % 60));
        reading += std::chrono::minutes{minutes};
        offset = written;
    }
    std::string written = iso(reading, below(random, 2) ? ' ' : 'T');
    if (below(random, 6) == 0) written.resize(16); // without seconds
    return text(written + offset, format);
}

std::vector<Kind> kinds() {
    const auto quoted = [](const std::string& text) { return "'" + text + "'"; };
    const auto unix_number = [](std::int64_t per_second, bool fraction, bool quotes) {
        return [=](std::mt19937_64& random, const Zones& in) {
            const LocalTime at = some_reading(random, in.here, Zone::utc(), some_date(random, 1970));
            const std::int64_t whole = in_seconds(at) * per_second;
            const std::string written = std::to_string(whole) + (fraction && whole > 0 ? ".75" : "");
            return number(quotes ? "'" + written + "'" : written, whole, per_second);
        };
    };
    const auto reading = [=](int digits) {
        return [=](std::mt19937_64& random, const Zones& in) {
            LocalTime at = some_reading(random, in.here, in.store, some_date(random));
            if (digits == 0) at = std::chrono::floor<seconds>(at);
            return Stored{quoted(mariadb_clock_text(at)), at};
        };
    };
    const auto texts = [](DateFormat format) {
        return [=](std::mt19937_64& random, const Zones& in) { return random_text(random, in, format); };
    };
    const std::vector<Stored> nasty_numbers{{"NULL", {}},
                                            {"0", {}},
                                            {"-1", {}},
                                            {"1", read_unix(1, 1)},
                                            {"253402300799", read_unix(253402300799, 1)},
                                            {"253402300800", {}},
                                            {"9223372036854775807", {}}};
    std::vector<Stored> nasty_milliseconds{{"NULL", {}},
                                           {"0", {}},
                                           {"1", read_unix(1, 1000)},
                                           {"253402300799999", read_unix(253402300799999, 1000)},
                                           {"253402300800000", {}},
                                           {"18446744073709551615", {}}};
    const std::vector<Stored> nasty_reals{{"NULL", {}},
                                          {"0", {}},
                                          {"0.999", {}},
                                          {"-0.5", {}},
                                          {"1.5", read_unix(1, 1)},
                                          {"253402300799.5", read_unix(253402300799, 1)},
                                          {"253402300800", {}},
                                          {"1e15", {}}};
    const std::vector<Stored> nasty_digits{{"NULL", {}},
                                           {"''", {}},
                                           {"'0'", {}},
                                           {"'-1'", {}},
                                           {"'+1'", {}},
                                           {"' 1'", {}},
                                           {"'1 '", {}},
                                           {"'1.5'", {}},
                                           {"'0001'", read_unix(1, 1)},
                                           {"'9999999999999999999'", {}},
                                           {"'99999999999999999999'", {}},
                                           {"'1e3'", {}},
                                           {"'0000000253402300799'", read_unix(253402300799, 1)},
                                           {"'\xC3\xA9'", {}}};
    return {
        {"DATE",
         TypeFamily::date,
         DateFormat::native,
         [=](std::mt19937_64& random, const Zones&) {
             const Date day = some_date(random);
             return Stored{quoted(to_string(day)), day};
         },
         {{"NULL", {}},
          {"'0000-00-00'", {}},
          {"'2026-05-00'", {}},
          {"'2026-00-10'", {}},
          {"'2026-02-31'", {}},
          {"'0000-05-05'", {}},
          {"'0001-01-01'", first_date},
          {"'9999-12-31'", last_date}}},
        {"DATETIME",
         TypeFamily::time_stamp,
         DateFormat::native,
         reading(0),
         {{"NULL", {}},
          {"'0000-00-00 00:00:00'", {}},
          {"'2026-05-00 10:00:00'", {}},
          {"'2026-02-31 10:00:00'", {}},
          {"'0001-01-01 00:00:00'", LocalTime{first_date}},
          {"'9999-12-31 23:59:59'", LocalTime{last_date} + seconds{86399}}}},
        {"DATETIME(6)",
         TypeFamily::time_stamp,
         DateFormat::native,
         reading(6),
         {{"'9999-12-31 23:59:59.999999'", LocalTime{last_date} + microseconds{86'399'999'999}}}},
        {"TIMESTAMP(6) NULL",
         TypeFamily::zoned_time_stamp,
         DateFormat::native,
         [=](std::mt19937_64& random, const Zones& in) {
             const LocalTime at = some_reading(random, in.here, Zone::utc(), some_date(random, 1971, 2037));
             return Stored{quoted(mariadb_clock_text(at)), as_utc(at)};
         },
         {{"NULL", {}},
          {"'0000-00-00 00:00:00'", {}},
          {"'1970-01-01 00:00:01'", Instant{seconds{1}}},
          {"'2038-01-19 03:14:07'", Instant{seconds{2147483647}}}}},
        {"VARCHAR(60)", TypeFamily::text, DateFormat::iso, texts(DateFormat::iso), nasty_texts(DateFormat::iso)},
        {"VARCHAR(60) CHARACTER SET latin1 COLLATE latin1_german2_ci", TypeFamily::text, DateFormat::iso_offset,
         texts(DateFormat::iso_offset), nasty_texts(DateFormat::iso_offset)},
        {"TEXT CHARACTER SET ucs2", TypeFamily::text, DateFormat::iso_offset, texts(DateFormat::iso_offset),
         nasty_texts(DateFormat::iso_offset)},
        {"BIGINT", TypeFamily::integer, DateFormat::unix_seconds, unix_number(1, false, false), nasty_numbers},
        {"BIGINT UNSIGNED", TypeFamily::integer, DateFormat::unix_milliseconds, unix_number(1000, false, false),
         nasty_milliseconds},
        {"DECIMAL(20,6)",
         TypeFamily::real,
         DateFormat::unix_seconds,
         unix_number(1, true, false),
         {nasty_reals.begin(), nasty_reals.end() - 1}},
        {"DOUBLE", TypeFamily::real, DateFormat::unix_seconds, unix_number(1, true, false), nasty_reals},
        {"VARCHAR(40)", TypeFamily::text, DateFormat::unix_seconds, unix_number(1, false, true), nasty_digits},
    };
}

// A table t (id, v, n) with values of one kind; `expected`: their days by id.
struct Filled {
    Column column;
    PlannedDate date;
    std::vector<std::optional<Date>> expected;

    Filled(const MariadbBench& bench, const Kind& kind, const Zones& in, std::mt19937_64& random, int rows)
        : column(column_of("v", kind.type, kind.family)) {
        date.column = &column;
        date.format = kind.format;
        std::vector<Stored> all = kind.nasty;
        for (int i = 0; i < rows; ++i) all.push_back(kind.make(random, in));
        std::string script = "SET sql_mode = 'ALLOW_INVALID_DATES', time_zone = '+00:00';"
                             "DROP TABLE IF EXISTS t; CREATE TABLE t (id INT PRIMARY KEY, v " +
                             kind.type +
                             ", n INT NOT NULL DEFAULT 0) DEFAULT CHARSET utf8mb4; INSERT INTO t (id, v) VALUES ";
        for (std::size_t i = 0; i < all.size(); ++i) {
            script += (i ? ", (" : "(") + std::to_string(i) + ", " + all[i].literal + ")";
            expected.push_back(all[i].date ? std::optional(local_date_of(*all[i].date, in.here, in.store))
                                           : std::nullopt);
        }
        bench.run(script);
    }
};

constexpr const char* v = "`t`.`v`";

std::vector<std::string> found_days(const MariadbBench& bench, const PlannedDate& date) {
    return bench.rows("SELECT " + bench.dialect.day_of(v, date) + ", v FROM t ORDER BY id");
}

} // namespace

BOOST_AUTO_TEST_SUITE(mariadb_days, *boost::unit_test::precondition(mariadb_is_here))

BOOST_AUTO_TEST_CASE(a_stored_date_falls_on_the_day_that_our_own_reading_says) {
    auto random = seeded();
    int values = 0;
    for (const auto& [here, store] : zones) {
        const Zones in{Zone::load(here).value(), Zone::load(store).value()};
        const MariadbBench bench(here, store);
        for (const Kind& kind : kinds()) {
            const Filled filled(bench, kind, in, random, 150);

            const auto found = found_days(bench, filled.date);

            BOOST_TEST_CONTEXT(here << " of " << store << ", " << kind.type) {
                BOOST_REQUIRE_EQUAL(found.size(), filled.expected.size());
                for (std::size_t i = 0; i < found.size(); ++i, ++values) {
                    const auto day = filled.expected[i] ? to_string(*filled.expected[i]) : "NULL";
                    BOOST_TEST(found[i].substr(0, found[i].find('|')) == day, found[i] << " is no " << day);
                }
            }
        }
    }
    BOOST_TEST_MESSAGE(values << " values");
}

BOOST_AUTO_TEST_CASE(the_twin_without_zones_is_caught) {
    auto random = seeded();
    const Zones in{Zone::load("Europe/London").value(), Zone::utc()};
    const MariadbBench bench("Europe/London");
    const MariadbDialect blind(Zone::utc(), Zone::utc());
    const Filled filled(bench, kinds()[2], in, random, 200);

    const auto right = bench.rows("SELECT " + bench.dialect.day_of(v, filled.date) + " FROM t ORDER BY id");
    const auto wrong = bench.rows("SELECT " + blind.day_of(v, filled.date) + " FROM t ORDER BY id");

    BOOST_TEST((right != wrong));
}

BOOST_AUTO_TEST_CASE(what_falls_before_a_day_is_what_has_an_earlier_day) {
    auto random = seeded();
    int compared = 0;
    for (const auto& [here, store] : zones) {
        const Zones in{Zone::load(here).value(), Zone::load(store).value()};
        const MariadbBench bench(here, store);
        for (const Kind& kind : kinds()) {
            Filled filled(bench, kind, in, random, 100);
            std::vector<Date> some;
            for (const auto& day : filled.expected)
                if (day && *day > first_date + days{800} && *day < last_date - days{800} && some.size() < 24)
                    some.push_back(*day + days{below(random, 3) - 1});
            std::shuffle(some.begin(), some.end(), random);
            some.resize(std::min<std::size_t>(some.size(), 5));
            some.push_back(some.front() + days{1});
            for (const Date day : some)
                for (const bool limited : {false, true}) {
                    filled.date.earliest = limited ? std::optional(day - days{below(random, 700)}) : std::nullopt;
                    const auto& dialect = bench.dialect;
                    const auto yes = [](const Sql& condition) { return "COALESCE(" + condition + ", 0)"; };
                    const Sql has = dialect.day_of(v, filled.date);
                    const Sql before = yes(has + " < " + dialect.day(day)), from = yes(has + " >= " + dialect.day(day));
                    const Sql maybe = dialect.maybe_before(v, filled.date, day);
                    Sql differ = yes(dialect.falls_before(v, filled.date, day)) + " <> " + before + " OR " +
                                 yes(dialect.falls_from(v, filled.date, day)) + " <> " + from;
                    if (!maybe.empty()) differ += " OR (" + before + " AND NOT " + yes(maybe) + ")";

                    const auto wrong =
                        bench.rows("SELECT v, " + has + ", " + yes(dialect.falls_before(v, filled.date, day)) +
                                   " FROM t WHERE " + differ);

                    BOOST_TEST(wrong.empty(), here << " of " << store << ", " << kind.type << ", " << to_string(day)
                                                   << (limited ? ", limited: " : ": ")
                                                   << (wrong.empty() ? "" : wrong.front()));
                    ++compared;
                }
        }
    }
    BOOST_TEST_MESSAGE(compared << " comparisons");
}

BOOST_AUTO_TEST_CASE(the_twin_that_compares_with_midnight_is_caught) {
    auto random = seeded();
    const Zones in{Zone::load("Pacific/Auckland").value(), Zone::utc()};
    const MariadbBench bench("Pacific/Auckland");
    const Filled filled(bench, kinds()[2], in, random, 200);
    std::int64_t differ = 0;

    for (const auto& day : filled.expected)
        if (day)
            differ +=
                count_of(*bench.database,
                         "SELECT count(*) FROM t WHERE COALESCE(" + bench.dialect.day_of(v, filled.date) + " < " +
                             bench.dialect.day(*day) + ", 0) <> COALESCE(v < " + Sql::value(to_string(*day)) + ", 0)",
                         "test");

    BOOST_TEST(differ > 0);
}

BOOST_AUTO_TEST_CASE(no_value_makes_an_update_or_a_delete_fail) {
    auto random = seeded();
    const Zones in{Zone::load("Europe/London").value(), Zone::load("America/New_York").value()};
    const MariadbBench bench("Europe/London", "America/New_York");
    const Date day = parse_date("2001-01-01").value();
    for (const Kind& kind : kinds()) {
        Filled filled(bench, kind, in, random, 20);
        filled.date.earliest = parse_date("1950-01-01");
        const auto& dialect = bench.dialect;
        const std::int64_t all = static_cast<std::int64_t>(filled.expected.size());
        const Sql has = dialect.day_of(v, filled.date);

        BOOST_TEST_CONTEXT(kind.type) {
            BOOST_CHECK_EQUAL(bench.execute("UPDATE t SET n = COALESCE(TO_DAYS(" + has + "), 0) + " + "COALESCE(" +
                                            dialect.falls_before(v, filled.date, day) + ", 0)"),
                              all);
            const auto kept = bench.execute("DELETE FROM t WHERE " + has + " >= " + dialect.day(day));
            const auto gone = bench.execute("DELETE FROM t WHERE " + dialect.falls_before(v, filled.date, day));
            const auto undated = bench.execute("DELETE FROM t WHERE " + has + " IS NULL");
            BOOST_CHECK_EQUAL(kept + gone + undated, all);
        }
    }
    // The twin: what a cast without a look at the form does.
    const Filled filled(bench, kinds()[4], in, random, 1);
    BOOST_CHECK_THROW(bench.execute("UPDATE t SET n = CAST(v AS DATE) IS NULL"), StoreError);
}

BOOST_AUTO_TEST_CASE(an_index_on_the_date_serves) {
    const MariadbBench bench("Europe/London");
    bench.run(
        "CREATE TABLE t (id INT PRIMARY KEY, d DATE, r DATETIME, i TIMESTAMP NULL, u BIGINT, x VARCHAR(30) CHARACTER "
        "SET latin1, o VARCHAR(30) COLLATE utf8mb4_unicode_ci, KEY (d), KEY (r), KEY (i), KEY (u), KEY (x), KEY (o));"
        "INSERT INTO t SELECT seq, '2000-01-01' + INTERVAL seq DAY, '2000-01-01' + INTERVAL seq DAY, '2000-01-01' + "
        "INTERVAL seq DAY, 946684800 + seq * 86400, '2000-01-01' + INTERVAL seq DAY, CONCAT('2000-01-01' + INTERVAL "
        "seq DAY, 'T10:00:00Z') FROM seq_1_to_3000; ANALYZE TABLE t");
    const Date day = parse_date("2000-02-01").value();
    const struct {
        const char* name;
        TypeFamily family;
        DateFormat format;
    } columns[] = {{"d", TypeFamily::date, DateFormat::native},
                   {"r", TypeFamily::time_stamp, DateFormat::native},
                   {"i", TypeFamily::zoned_time_stamp, DateFormat::native},
                   {"u", TypeFamily::integer, DateFormat::unix_seconds},
                   {"x", TypeFamily::text, DateFormat::iso},
                   {"o", TypeFamily::text, DateFormat::iso_offset}};
    for (const auto& [name, family, format] : columns) {
        const Column column = column_of(name, "", family);
        PlannedDate date;
        date.column = &column;
        date.format = format;
        const Sql value = bench.dialect.column("t", name);

        for (const char* statement : {"SELECT * FROM t WHERE ", "DELETE FROM t WHERE "}) {
            const auto plan = bench.explained(statement + bench.dialect.falls_before(value, date, day), "t");
            BOOST_TEST_CONTEXT(name << ": " << statement) {
                BOOST_TEST(plan.at("type") == "range");
                BOOST_TEST(plan.at("key") == name);
            }
        }
        // The twin: the day itself can be looked up in no index.
        const auto twin = bench.explained(
            "SELECT * FROM t WHERE " + bench.dialect.day_of(value, date) + " < " + bench.dialect.day(day), "t");
        BOOST_TEST(twin.at("type") == "ALL");
    }
}

BOOST_AUTO_TEST_CASE(a_query_is_read_by_the_type_of_its_value) {
    const MariadbBench bench("Pacific/Auckland");
    bench.run("CREATE TABLE t (id INT PRIMARY KEY, at DATETIME, s VARCHAR(30)); INSERT INTO t VALUES (1, '2026-01-01 "
              "13:00:00', '2026-01-01T13:00:00Z'), (2, '0000-00-00', 'never')");
    const auto day = [&](const char* query, TypeFamily family, DateFormat format) {
        PlannedDate date;
        date.query_family = family;
        date.format = format;
        std::string all;
        for (const auto& row : bench.rows("SELECT " + bench.dialect.day_of(query, date) + " FROM t ORDER BY id"))
            all += row + " ";
        return all;
    };

    BOOST_TEST(day("(SELECT max(x.at) FROM t x WHERE x.id = t.id)", TypeFamily::time_stamp, DateFormat::iso) ==
               "2026-01-02 NULL ");
    BOOST_TEST(day("(SELECT DATE(max(x.at)) FROM t x WHERE x.id = t.id)", TypeFamily::date, DateFormat::iso) ==
               "2026-01-01 NULL ");
    BOOST_TEST(day("(SELECT x.s FROM t x WHERE x.id = t.id)", TypeFamily::text, DateFormat::iso) == "2026-01-02 NULL ");
    BOOST_TEST(day("(SELECT CAST(x.s AS BINARY) FROM t x WHERE x.id = t.id)", TypeFamily::binary, DateFormat::iso) ==
               "2026-01-02 NULL ");
    BOOST_TEST(day("(SELECT x.id * 1767268800 FROM t x WHERE x.id = t.id)", TypeFamily::integer,
                   DateFormat::unix_seconds) == "2026-01-02 2082-01-02 ");
    BOOST_TEST(day("(SELECT x.id FROM t x WHERE x.id = t.id)", TypeFamily::integer, DateFormat::iso) == "NULL NULL ");
}

BOOST_AUTO_TEST_CASE(dates_of_a_rule_are_typed) {
    const MariadbBench bench("Europe/London", "America/New_York");
    const Date day = parse_date("2026-07-01").value();

    BOOST_TEST(bench.one("SELECT " + bench.dialect.day(day)) == "2026-07-01");
    BOOST_TEST(
        (bench.database->prepare("SELECT " + bench.dialect.day(day) + ", " + bench.dialect.date(day) + ", " +
                                     bench.dialect.first_instant(day),
                                 "test") == std::vector{TypeFamily::date, TypeFamily::date, TypeFamily::time_stamp}));
    BOOST_TEST(bench.one("SELECT " + bench.dialect.first_instant(day)) == "2026-06-30 19:00:00.000000");
    BOOST_TEST(bench.one("SELECT '2026-07-01' = " + bench.dialect.date(day)) == "1");
}

BOOST_AUTO_TEST_CASE(the_latest_of_several_days_passes_over_null) {
    const MariadbBench bench;
    const auto greatest = [&](const std::vector<Sql>& days) {
        return bench.one("SELECT " + bench.dialect.greatest(days));
    };

    BOOST_TEST(greatest({"NULL", "DATE'2026-01-01'"}) == "2026-01-01");
    BOOST_TEST(greatest({"DATE'2026-01-01'", "NULL", "DATE'2026-01-03'"}) == "2026-01-03");
    BOOST_TEST(greatest({"DATE'0001-01-01'", "NULL"}) == "0001-01-01");
    BOOST_TEST(greatest({"NULL", "NULL"}) == "NULL");
    BOOST_TEST(greatest({"NULL"}) == "NULL");
    BOOST_TEST(greatest({}) == "NULL");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace retention::test
