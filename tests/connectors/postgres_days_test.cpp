#include "connectors/postgres_dialect.hpp"

#include "policies/stored_date.hpp"
#include "tests/support/postgres_store.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <random>

namespace retention {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::seconds;
using test::PostgresServer;
using test::PostgresStore;

constexpr unsigned seed = 20261025;

boost::test_tools::assertion_result server_there(boost::unit_test::test_unit_id) {
    if (PostgresServer::shared()) return true;
    boost::test_tools::assertion_result missing(false);
    missing.message() << PostgresServer::missing();
    return missing;
}

Zone zone(const std::string& name) {
    return Zone::load(name).value();
}

struct Pairing {
    const char *here, *store;
};
const Pairing pairings[] = {{"UTC", "UTC"},
                            {"Europe/London", "UTC"},
                            {"UTC", "America/Havana"},
                            {"America/Sao_Paulo", "Europe/London"},
                            {"America/St_Johns", "America/St_Johns"},
                            {"Pacific/Apia", "Australia/Lord_Howe"},
                            {"Asia/Kolkata", "Asia/Kolkata"},
                            {"Asia/Beirut", "Pacific/Apia"}};

std::string two(int number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
}

std::string written(microseconds time) {
    const auto day = std::chrono::floor<days>(time);
    const std::chrono::hh_mm_ss clock{time - day};
    std::string fraction = std::to_string(clock.subseconds().count());
    fraction.insert(0, 6 - fraction.size(), '0');
    return to_string(Date{day}) + " " + two(static_cast<int>(clock.hours().count())) + ":" +
           two(static_cast<int>(clock.minutes().count())) + ":" + two(static_cast<int>(clock.seconds().count())) + "." +
           fraction;
}

// A stored value, and what it means.
struct Stored {
    std::optional<std::string> text;
    std::optional<StoredDate> date;
};

struct Kind {
    Column column;
    DateFormat format;
    std::vector<Stored> values;
};

// Times at which something may go wrong: about the first moment of days, and any other.
std::vector<microseconds> hard_times(std::mt19937_64& random, std::size_t many) {
    const microseconds first = Date{std::chrono::year{1901} / 1 / 1}.time_since_epoch();
    const microseconds last = Date{std::chrono::year{2100} / 1 / 1}.time_since_epoch();
    std::uniform_int_distribution<std::int64_t> any(first.count(), last.count());
    std::vector<microseconds> times;
    while (times.size() < many) {
        const auto& pair = pairings[random() % std::size(pairings)];
        const Date day = std::chrono::floor<days>(LocalTime{microseconds{any(random)}});
        const auto reading =
            first_reading(zone(pair.here), random() % 2 ? zone(pair.store) : Zone::utc(), day).time_since_epoch();
        times.insert(times.end(),
                     {reading, reading - microseconds{1}, reading - seconds{1}, microseconds{any(random)}});
    }
    // Days on which clocks are moved, hour by hour.
    for (const char* day : {"2026-03-29", "2026-10-25", "2018-11-04", "2011-12-30", "2010-11-07", "2022-03-27"})
        for (hours off = -hours{24}; off <= hours{48}; off += hours{1})
            times.push_back(parse_date(day)->time_since_epoch() + off + std::chrono::minutes{random() % 2 ? 0 : 30});
    return times;
}

Column column_of(const char* name, const char* type, TypeFamily family) {
    Column made;
    made.name = name;
    made.type = type;
    made.family = family;
    return made;
}

Kind readings(std::mt19937_64& random) {
    Kind kind{column_of("at", "timestamp without time zone", TypeFamily::time_stamp), DateFormat::native, {}};
    for (const auto time : hard_times(random, 800)) kind.values.push_back({written(time), LocalTime{time}});
    for (const char* no : {"infinity", "-infinity", "0044-03-15 12:00:00 BC", "0001-12-31 23:59:59 BC"})
        kind.values.push_back({no, {}});
    kind.values.push_back({std::nullopt, {}});
    kind.values.push_back({"10000-01-01 00:00:00", last_date});
    kind.values.push_back({"294276-12-31 23:59:59.999999", last_date});
    return kind;
}

Kind instants(std::mt19937_64& random) {
    Kind kind{column_of("at", "timestamp with time zone", TypeFamily::zoned_time_stamp), DateFormat::native, {}};
    for (const auto time : hard_times(random, 800)) kind.values.push_back({written(time) + "+00", Instant{time}});
    for (const char* no : {"infinity", "-infinity", "0044-03-15 12:00:00+00 BC"}) kind.values.push_back({no, {}});
    kind.values.push_back({std::nullopt, {}});
    kind.values.push_back({"294276-12-31 23:59:59+00", last_date});
    return kind;
}

Kind calendar_days(std::mt19937_64& random) {
    Kind kind{column_of("at", "date", TypeFamily::date), DateFormat::native, {}};
    for (int i = 0; i < 1000; ++i) {
        const Date day = Date{std::chrono::year{1880} / 1 / 1} + days{random() % 90000};
        kind.values.push_back({to_string(day), day});
    }
    for (const char* no : {"infinity", "-infinity", "0044-03-15 BC"}) kind.values.push_back({no, {}});
    kind.values.push_back({std::nullopt, {}});
    kind.values.push_back({"5874897-12-31", last_date});
    kind.values.push_back({"0001-01-01", first_date});
    return kind;
}

std::optional<StoredDate> unix_date(std::int64_t number, DateFormat format) {
    return read_unix(number, format == DateFormat::unix_seconds ? 1 : 1000);
}

// Whole numbers, and with parts of one.
Kind numbers(std::mt19937_64& random, const char* type, TypeFamily family, DateFormat format, bool parts) {
    Kind kind{column_of("at", type, family), format, {}};
    const std::int64_t per_second = format == DateFormat::unix_seconds ? 1 : 1000;
    const auto add = [&](std::int64_t number) {
        const std::string part = parts && number >= 0 ? (random() % 2 ? ".999" : ".5") : "";
        kind.values.push_back({std::to_string(number) + part, unix_date(number, format)});
    };
    for (const auto time : hard_times(random, 400)) {
        const auto number = time.count() * per_second / 1'000'000;
        add(number - (time.count() < 0 ? 1 : 0));
    }
    for (const std::int64_t number :
         {std::int64_t{0}, std::int64_t{1}, std::int64_t{-1}, std::int64_t{43200}, 253402300799 * per_second,
          253402300800 * per_second - 1, 253402300800 * per_second, 253402300800 * per_second + 1})
        add(number);
    kind.values.push_back({std::nullopt, {}});
    if (family == TypeFamily::real) {
        kind.values.push_back({"NaN", {}});
        kind.values.push_back({"0.5", {}});
    }
    if (std::string(type) == "double precision") kind.values.push_back({"Infinity", {}});
    return kind;
}

Kind digits(std::mt19937_64& random, DateFormat format) {
    Kind kind = numbers(random, "text", TypeFamily::text, format, false);
    for (auto& value : kind.values)
        if (value.text && value.text->front() == '-') value.date.reset();
    for (const char* no : {"", " 1", "1 ", "1.5", "1e9", "+1", "99999999999999999999", "x", "\n1", "1\n", "١٢٣"})
        kind.values.push_back({no, {}});
    kind.values.push_back({"0000000001700000000", unix_date(1700000000, format)});
    return kind;
}

// Texts that are dates, and that nearly are.
std::string some_date(std::mt19937_64& random) {
    const auto pick = [&](std::initializer_list<const char*> of) {
        return std::string(of.begin()[random() % of.size()]);
    };
    std::string text = pick({"2024", "2023", "1900", "2000", "0000", "0001", "9999", "1999", "2026", "1904"}) + "-" +
                       pick({"01", "02", "03", "04", "06", "09", "10", "11", "12", "00", "13"}) + "-" +
                       pick({"01", "15", "25", "27", "28", "29", "29", "29", "30", "31", "00", "32"});
    if (random() % 5 == 0) return text;
    text += pick({" ", " ", "T", "T", "T", "t", "  "}) + pick({"00", "01", "05", "12", "22", "23", "23", "24"}) + ":" +
            pick({"00", "30", "59", "59", "60"});
    if (random() % 4) text += ":" + pick({"00", "30", "59", "59", "59", "60"});
    if (random() % 3 == 0) text += pick({".", ".5", ".999999", ".9999999", ".99999999999", ",5"});
    text += pick(
        {"", "", "Z", "Z", "z", "+01:00", "-0330", "+14", "+15:59", "-15:59", "+16", "-1", "+01:60", " +01", "-00:00"});
    if (random() % 8 == 0) text.erase(random() % text.size(), 1);
    if (random() % 8 == 0) text.insert(random() % (text.size() + 1), pick({"x", " ", "-", "1", "\n", "é", "."}));
    return text;
}

Kind texts(std::mt19937_64& random, DateFormat format) {
    Kind kind{column_of("at", "text", TypeFamily::text), format, {}};
    const auto add = [&](const std::string& text) {
        kind.values.push_back({text, format == DateFormat::iso ? read_iso(text) : read_iso_offset(text)});
    };
    for (int i = 0; i < 3000; ++i) add(some_date(random));
    for (const auto time : hard_times(random, 400)) {
        const auto text = written(time);
        add(text);
        add(text.substr(0, 19) + "Z");
        add(text.substr(0, 10) + "T" + text.substr(11, 8) + (random() % 2 ? "+05:30" : "-03"));
    }
    for (const char* text : {"", "now", "today", "infinity", "epoch", "yesterday", "20240101", "2024-1-1", "01/02/2024",
                             "2024-01-01 BC", "2024-01-01\n", "allballs", "2024-01-01 00:00:00 Europe/London"})
        add(text);
    kind.values.push_back({std::nullopt, {}});
    return kind;
}

std::vector<Kind> all_kinds(std::mt19937_64& random) {
    std::vector<Kind> kinds{readings(random), instants(random), calendar_days(random)};
    for (const auto format : {DateFormat::unix_seconds, DateFormat::unix_milliseconds}) {
        kinds.push_back(numbers(random, "bigint", TypeFamily::integer, format, false));
        kinds.push_back(numbers(random, "numeric", TypeFamily::real, format, true));
        kinds.push_back(
            numbers(random, "double precision", TypeFamily::real, format, format == DateFormat::unix_seconds));
        kinds.push_back(digits(random, format));
    }
    for (const auto format : {DateFormat::iso, DateFormat::iso_offset}) {
        kinds.push_back(texts(random, format));
        kinds.push_back(texts(random, format));
        kinds.back().column.collation = "C";
    }
    return kinds;
}

class Values {
public:
    explicit Values(const Kind& kind) : kind_(kind) {
        const std::string collate = kind.column.collation.empty() ? "" : " COLLATE \"C\"";
        store_.run("CREATE TABLE v (id integer PRIMARY KEY, \"at\" " + kind.column.type + collate + ")");
        for (std::size_t i = 0; i < kind.values.size();) {
            Sql insert = "INSERT INTO v VALUES ";
            for (std::size_t many = 0; many < 1000 && i < kind.values.size(); ++many, ++i) {
                const auto& text = kind.values[i].text;
                insert +=
                    (many ? ", (" : "(") + std::to_string(i) + ", " + (text ? Sql::value(*text) : Sql("NULL")) + ")";
            }
            store_.run(insert);
        }
    }
    PostgresStore& store() { return store_; }

    // How many values have another day than local_date_of says.
    std::size_t wrong(const Sql& day, const Zone& here, const Zone& there, std::optional<Date> earliest,
                      bool say = true) {
        std::size_t wrong = 0;
        const auto rows = store_.rows("SELECT " + day + " FROM v ORDER BY id");
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const std::optional<Date> expected = local_day(kind_.values[i], here, there);
            const std::optional<Date> found = rows[i][0] ? parse_date(*rows[i][0]) : std::nullopt;
            if (found == (earliest && expected < earliest ? std::nullopt : expected)) continue;
            if (found && expected && !exact(*expected) && std::chrono::abs(*found - *expected) <= days{1}) continue;
            if (say && wrong < 3)
                BOOST_TEST_MESSAGE(kind_.column.type << " " << kind_.values[i].text.value_or("NULL") << ": "
                                                     << rows[i][0].value_or("NULL") << ", not "
                                                     << (expected ? to_string(*expected) : "NULL"));
            ++wrong;
        }
        return wrong;
    }

private:
    static std::optional<Date> local_day(const Stored& stored, const Zone& here, const Zone& there) {
        return stored.date ? std::optional(local_date_of(*stored.date, here, there)) : std::nullopt;
    }
    // What day_shifts promises.
    static bool exact(Date day) {
        return day > Date{std::chrono::year{1900} / 1 / 1} && day < Date{std::chrono::year{2100} / 12 / 31};
    }

    const Kind& kind_;
    PostgresStore store_;
};

PlannedDate planned(const Kind& kind, std::optional<Date> earliest = {}) {
    PlannedDate date;
    date.column = &kind.column;
    date.format = kind.format;
    date.earliest = earliest;
    return date;
}

const Sql at = "v.\"at\"";

std::string named(const Kind& kind, const Pairing& pair) {
    return kind.column.type + " " + std::to_string(static_cast<int>(kind.format)) + " " + pair.here + " of " +
           pair.store;
}

} // namespace

BOOST_AUTO_TEST_SUITE(postgres_days, *boost::unit_test::precondition(server_there))

BOOST_AUTO_TEST_CASE(a_stored_date_falls_on_the_day_that_the_policies_read_and_bounds_agree_with_it) {
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    std::size_t tried = 0;
    for (const Kind& kind : all_kinds(random)) {
        Values values(kind);
        for (const Pairing& pair : pairings) {
            const Zone here = zone(pair.here), there = zone(pair.store);
            const PostgresDialect dialect(here, there);
            const std::optional<Date> limits[] = {{}, parse_date("1970-01-01"), parse_date("2001-02-03")};
            const auto earliest = limits[random() % std::size(limits)];
            BOOST_TEST_CONTEXT(named(kind, pair)) {
                const PlannedDate date = planned(kind, earliest);
                const Sql day = dialect.day_of(at, date);
                BOOST_TEST(values.wrong(day, here, there, earliest) == 0u);
                tried += kind.values.size();

                const Date cut = *parse_date("1905-01-01") + days{random() % 70000};
                const Date others[] = {*parse_date("2026-03-30"), *parse_date("1970-01-02"), first_date, last_date};
                for (const Date bound : {cut, others[random() % std::size(others)]}) {
                    const auto differ = [&](const Sql& bounds, const char* comparison) {
                        return values.store().one("SELECT count(*) FROM v WHERE coalesce(" + bounds +
                                                  ", false) <> coalesce(" + day + comparison + dialect.day(bound) +
                                                  ", false)");
                    };
                    BOOST_TEST(differ(dialect.falls_before(at, date, bound), " < ") == "0", to_string(bound));
                    BOOST_TEST(differ(dialect.falls_from(at, date, bound), " >= ") == "0", to_string(bound));
                }
            }
        }
    }
    BOOST_TEST_MESSAGE(tried << " days");
}

// Known to be bad: the calendar day of the reading; the store's readings taken for UTC; a text cast as it is cut.
BOOST_AUTO_TEST_CASE(a_wrong_reading_is_found) {
    std::mt19937_64 random(seed);
    const Kind local = readings(random), text = texts(random, DateFormat::iso);
    Values values(local), written_values(text);
    const Zone here = zone("Europe/London"), there = zone("America/Havana");
    const PostgresDialect dialect(here, Zone::utc());

    BOOST_TEST(
        values.wrong("CASE WHEN isfinite(" + at + ") THEN CAST(" + at + " AS date) END", here, there, {}, false) > 0u);
    BOOST_TEST(values.wrong(dialect.day_of(at, planned(local)), here, there, {}, false) > 0u);
    BOOST_TEST(values.wrong(PostgresDialect(here, there).day_of(at, planned(local)), here, there, {}) == 0u);
    BOOST_TEST(written_values.wrong("CASE WHEN " + at +
                                        " ~ '^[1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])' THEN CAST(left(" +
                                        at + ", 10) AS date) END",
                                    Zone::utc(), Zone::utc(), {}, false) > 0u);
}

BOOST_AUTO_TEST_CASE(a_query_is_read_as_the_type_of_its_value) {
    PostgresStore store;
    const PostgresDialect dialect(zone("Europe/London"), zone("America/New_York"));
    struct Row {
        const char* query;
        TypeFamily family;
        DateFormat format;
        const char* day;
    };
    const Row rows[] = {
        {"(SELECT DATE '2026-07-01')", TypeFamily::date, DateFormat::iso, "2026-07-01"},
        {"(SELECT TIMESTAMP '2026-07-01 19:00')", TypeFamily::time_stamp, DateFormat::iso, "2026-07-02"},
        {"(SELECT TIMESTAMP '2026-07-01 18:59:59')", TypeFamily::time_stamp, DateFormat::iso, "2026-07-01"},
        {"(SELECT TIMESTAMPTZ '2026-07-01 23:00+00')", TypeFamily::zoned_time_stamp, DateFormat::iso, "2026-07-02"},
        {"(SELECT 1782946800)", TypeFamily::integer, DateFormat::unix_seconds, "2026-07-02"},
        {"(SELECT '1782946799')", TypeFamily::text, DateFormat::unix_seconds, "2026-07-01"},
        {"(SELECT '2026-07-01T19:00')", TypeFamily::text, DateFormat::iso, "2026-07-02"},
        {"(SELECT '2026-07-01T23:00Z')", TypeFamily::other, DateFormat::iso, "2026-07-02"},
        {"(SELECT 'soon')", TypeFamily::text, DateFormat::iso, "NULL"},
        {"(SELECT max(i) FROM generate_series(1, 0) i)", TypeFamily::integer, DateFormat::unix_seconds, "NULL"},
        {"(SELECT TIMESTAMP 'infinity')", TypeFamily::time_stamp, DateFormat::iso, "NULL"},
    };
    for (const Row& row : rows) {
        PlannedDate date;
        date.query_family = row.family;
        date.format = row.format;

        BOOST_TEST(store.one("SELECT " + dialect.day_of(row.query, date)) == row.day, row.query);
        BOOST_TEST(store.one("SELECT " + dialect.falls_before(row.query, date, *parse_date("2026-07-02"))) ==
                       (std::string(row.day) == "NULL"        ? "NULL"
                        : std::string(row.day) < "2026-07-02" ? "t"
                                                              : "f"),
                   row.query);
    }
}

BOOST_AUTO_TEST_CASE(a_query_is_evaluated_once) {
    PostgresStore store;
    store.run("CREATE SEQUENCE counted");
    PlannedDate date;
    date.query_family = TypeFamily::time_stamp;
    const PostgresDialect dialect(zone("Europe/London"), zone("America/New_York"));

    store.one("SELECT " +
              dialect.day_of("(SELECT TIMESTAMP '2026-07-01' + nextval('counted') * INTERVAL '1 hour')", date));

    BOOST_TEST(store.one("SELECT last_value FROM counted") == "1");
}

BOOST_AUTO_TEST_CASE(a_query_may_look_at_the_record) {
    PostgresStore store;
    store.run("CREATE TABLE contacts (id integer, seen timestamp)");
    store.run("INSERT INTO contacts VALUES (1, '2026-07-01 19:00'), (2, NULL)");
    PlannedDate date;
    date.query_family = TypeFamily::time_stamp;
    const PostgresDialect dialect(zone("Europe/London"), zone("America/New_York"));

    const auto rows =
        store.rows("SELECT " + dialect.day_of("(SELECT max(c.seen) FROM contacts c WHERE c.id = contacts.id)", date) +
                   " FROM contacts ORDER BY id");

    BOOST_TEST(rows[0][0].value() == "2026-07-02");
    BOOST_TEST(!rows[1][0].has_value());
}

BOOST_AUTO_TEST_CASE(the_first_instant_compares_with_and_without_a_zone) {
    PostgresStore store;
    store.run("CREATE TABLE moments (zoned timestamptz, plain timestamp)");
    for (const Pairing& pair : pairings) {
        const Zone here = zone(pair.here), there = zone(pair.store);
        const PostgresDialect dialect(here, there);
        for (const char* name : {"2026-03-29", "2026-03-30", "2026-10-26", "2018-11-04", "2011-12-31", "1995-06-15"}) {
            const Date day = *parse_date(name);
            const auto instant = here.first_instant(day).time_since_epoch();
            const auto reading = first_reading(here, there, day).time_since_epoch();
            store.run("TRUNCATE moments");
            for (const seconds off : {seconds{-1}, seconds{0}})
                store.run("INSERT INTO moments VALUES (" + Sql::value(written(instant + off) + "+00") + ", " +
                          Sql::value(written(reading + off)) + ")");

            const Sql first = dialect.first_instant(day);

            BOOST_TEST_CONTEXT(pair.here << " of " << pair.store << ", " << name) {
                BOOST_TEST(store.one("SELECT count(*) FROM moments WHERE zoned < " + first) == "1");
                BOOST_TEST(store.one("SELECT count(*) FROM moments WHERE plain < " + first) == "1");
                BOOST_TEST(store.one("SELECT count(*) FROM moments WHERE " + first + " BETWEEN plain AND zoned") ==
                           (reading == instant ? "1"
                                               : store.one("SELECT count(*) FROM moments WHERE plain <= " + first +
                                                           " AND zoned >= " + first)));
                // Known to be bad: the reading beside an instant, the instant beside a reading.
                if (reading == instant) continue;
                BOOST_TEST(store.one("SELECT count(*) FROM moments WHERE zoned < TIMESTAMP '" + written(reading) +
                                     "'") != "1");
                BOOST_TEST(store.one("SELECT count(*) FROM moments WHERE plain < TIMESTAMPTZ '" + written(instant) +
                                     "+00'") != "1");
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(bounds_are_found_by_an_index_on_the_column) {
    PostgresStore store;
    const PostgresDialect dialect(zone("Europe/London"), zone("America/New_York"));
    struct Row {
        const char *type, *value;
        TypeFamily family;
        DateFormat format;
    };
    const Row rows[] = {
        {"timestamp", "TIMESTAMP '2020-01-01' + i * INTERVAL '1 hour'", TypeFamily::time_stamp, DateFormat::native},
        {"timestamptz", "TIMESTAMPTZ '2020-01-01' + i * INTERVAL '1 hour'", TypeFamily::zoned_time_stamp,
         DateFormat::native},
        {"date", "DATE '2020-01-01' + i", TypeFamily::date, DateFormat::native},
        {"integer", "1577836800 + i * 3600", TypeFamily::integer, DateFormat::unix_seconds},
        {"bigint", "(1577836800 + i * 3600) * 1000::bigint", TypeFamily::integer, DateFormat::unix_milliseconds},
        {"numeric", "1577836800 + i * 3600", TypeFamily::real, DateFormat::unix_seconds},
        {"real", "1577836800 + i * 3600", TypeFamily::real, DateFormat::unix_seconds},
        {"double precision", "1577836800 + i * 3600", TypeFamily::real, DateFormat::unix_seconds},
        {"text", "to_char(DATE '2020-01-01' + i, 'YYYY-MM-DD')", TypeFamily::text, DateFormat::iso}};
    for (const Row& row : rows) {
        store.run("DROP TABLE IF EXISTS v");
        store.run("CREATE TABLE v AS SELECT i AS id, repeat('x', 100) AS pad, CAST(" + std::string(row.value) + " AS " +
                  row.type + ") AS \"at\" FROM generate_series(1, 20000) i");
        if (row.family == TypeFamily::text) store.run("ALTER TABLE v ALTER \"at\" TYPE text COLLATE \"C\"");
        store.run("CREATE INDEX by_at ON v (\"at\")");
        store.run("ANALYZE v");
        Column column;
        column.family = row.family;
        if (row.family == TypeFamily::text) column.collation = "C";
        PlannedDate date;
        date.column = &column;
        date.format = row.format;

        const Sql bounds = dialect.falls_before(at, date, *parse_date("2020-01-10"));

        const std::string plan = store.plan("SELECT id FROM v WHERE " + bounds);
        BOOST_TEST(plan.find("by_at") != plan.npos, row.type << "\n" << plan);
        // Known to be bad: the day of the column has no index.
        const std::string by_day = store.plan("SELECT id FROM v WHERE " + dialect.day_of(at, date) + " < " +
                                              dialect.day(*parse_date("2020-01-10")));
        BOOST_TEST(by_day.find("by_at") == by_day.npos);
    }
}

BOOST_AUTO_TEST_CASE(a_domain_is_read_as_the_type_under_it) {
    PostgresStore store;
    const PostgresDialect dialect(zone("Europe/London"), zone("America/New_York"));
    struct Row {
        const char *type, *value;
        TypeFamily family;
        DateFormat format;
    };
    const Row rows[] = {{"date", "2026-07-02", TypeFamily::date, DateFormat::native},
                        {"timestamp", "2026-07-01 19:00", TypeFamily::time_stamp, DateFormat::native},
                        {"timestamptz", "2026-07-01 23:00+00", TypeFamily::zoned_time_stamp, DateFormat::native},
                        {"integer", "1782946800", TypeFamily::integer, DateFormat::unix_seconds},
                        {"text", "2026-07-01T19:00", TypeFamily::text, DateFormat::iso},
                        {"char(20)", "2026-07-01T23:00Z", TypeFamily::text, DateFormat::iso}};
    for (const Row& row : rows) {
        store.run("DROP DOMAIN IF EXISTS \"A Date\" CASCADE");
        store.run("DROP TABLE IF EXISTS v");
        store.run("CREATE DOMAIN \"A Date\" AS " + std::string(row.type));
        store.run("CREATE TABLE v (\"at\" \"A Date\")");
        store.run("INSERT INTO v VALUES (" + Sql::value(row.value) + ")");
        const Column column = column_of("at", "\"A Date\"", row.family);
        PlannedDate date;
        date.column = &column;
        date.format = row.format;
        const auto holds = [&](const Sql& condition) {
            return store.one("SELECT count(*) FROM v WHERE " + condition) == "1";
        };

        BOOST_TEST(store.one("SELECT " + dialect.day_of(at, date) + " FROM v") == "2026-07-02", row.type);
        BOOST_TEST(holds(dialect.falls_before(at, date, *parse_date("2026-07-03"))), row.type);
        BOOST_TEST(!holds(dialect.falls_before(at, date, *parse_date("2026-07-02"))), row.type);
        BOOST_TEST(holds(dialect.falls_from(at, date, *parse_date("2026-07-02"))), row.type);
    }
}

BOOST_AUTO_TEST_CASE(the_latest_of_several_dates_passes_over_what_is_none) {
    PostgresStore store;
    const PostgresDialect dialect(Zone::utc(), Zone::utc());

    BOOST_TEST(store.one("SELECT " + dialect.greatest({"DATE '2020-01-01'", "NULL", "DATE '2021-01-01'"})) ==
               "2021-01-01");
    BOOST_TEST(store.one("SELECT " + dialect.greatest({"CAST(NULL AS date)", "NULL"})) == "NULL");
    BOOST_TEST(store.one("SELECT " + dialect.greatest({})) == "NULL");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace retention
