#include "policies/period.hpp"

#include <boost/test/unit_test.hpp>

#include <ostream>

namespace retention {

static std::ostream& operator<<(std::ostream& out, const Period& period) {
    return out << to_string(period);
}

BOOST_AUTO_TEST_SUITE(period)

BOOST_AUTO_TEST_CASE(reads_a_number_with_a_unit) {
    struct Row {
        const char* text;
        Period period;
    };
    const Row rows[] = {
        {"36 months", {36, Unit::month}},
        {"36 month", {36, Unit::month}},
        {"1 year", {1, Unit::year}},
        {"7 years", {7, Unit::year}},
        {"1 day", {1, Unit::day}},
        {"150 days", {150, Unit::day}},
        {"2 weeks", {2, Unit::week}},
        {"1 week", {1, Unit::week}},
        {"  36   months\t", {36, Unit::month}},
        {"007 days", {7, Unit::day}},
        {"P36M", {36, Unit::month}},
        {"P1Y", {1, Unit::year}},
        {"P2W", {2, Unit::week}},
        {" P150D ", {150, Unit::day}},
        {"1000 years", {1000, Unit::year}},
        {"12000 months", {12000, Unit::month}},
        {"52178 weeks", {52178, Unit::week}},
        {"365250 days", {365250, Unit::day}},
    };
    for (const auto& row : rows) {
        BOOST_TEST_CONTEXT(row.text) {
            std::string why;

            const auto read = parse_period(row.text, why);

            BOOST_REQUIRE_MESSAGE(read.has_value(), why);
            BOOST_TEST(*read == row.period);
            BOOST_TEST(why.empty());
        }
    }
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_period_and_says_why) {
    const char* const unit = "a period needs a unit: day, week, month or year";
    const char* const one = "a period has exactly one number and one unit";
    const char* const zero = "a period must be above zero";
    const char* const blank = "a period must not be blank";
    const char* const whole = "a period is a whole number of units";
    const char* const number = "a period begins with a whole number";
    const char* const longest = "a period is at most 1,000 years";
    struct Row {
        const char* text;
        const char* why;
    };
    const Row rows[] = {
        {"", blank},
        {"  \t", blank},
        {"36", unit},
        {"0", unit},
        {"P36", unit},
        {"36 Months", unit},
        {"36 fortnights", unit},
        {"36 m", unit},
        {"36 hours", unit},
        {"P36m", unit},
        {"P36X", unit},
        {"1 year 6 months", one},
        {"1 year, 6 months", one},
        {"6 7 months", one},
        {"P1Y6M", one},
        {"P1DT12H", one},
        {"P1YY", one},
        {"0 days", zero},
        {"000 months", zero},
        {"P0D", zero},
        {"-5 days", zero},
        {"- 5 days", zero},
        {"P-1M", zero},
        {"1.5 years", whole},
        {"1,5 years", whole},
        {"P1.5Y", whole},
        {"months", number},
        {"six months", number},
        {"+6 months", number},
        {"none", number},
        {"P", number},
        {"PM", number},
        {"p36M", number},
        {"\n6 months", number},
        {"\xC2\xA0"
         "6 months",
         number}, // a no-break space
        {"1001 years", longest},
        {"12001 months", longest},
        {"52179 weeks", longest},
        {"365251 days", longest},
        {"4294967297 days", longest},
        {"18446744073709551617 years", longest},
        {"99999999999999999999999999999999999999 days", longest},
        {"P99999999999999999999M", longest},
        {"36months", "a period has a blank between its number and its unit"},
        {"PT36H", "a period counts whole days, not hours, minutes or seconds"},
    };
    for (const auto& row : rows) {
        BOOST_TEST_CONTEXT('"' << row.text << '"') {
            std::string why;

            const auto read = parse_period(row.text, why);

            BOOST_TEST(!read.has_value());
            BOOST_TEST(why == row.why);
        }
    }
}

// What strtol or std::stoi would make of a blank, a word or an overflow: a period of nothing, which disposes of all.
BOOST_AUTO_TEST_CASE(a_lenient_reader_would_make_periods_of_nothing) {
    const auto lenient = [](const std::string& text) {
        return Period{static_cast<std::int32_t>(std::strtol(text.c_str(), nullptr, 10)), Unit::day};
    };
    for (const char* const text : {"", "abc", "-5 days", "4294967296 days"}) {
        BOOST_TEST_CONTEXT('"' << text << '"') {
            std::string why;

            BOOST_TEST(lenient(text).count <= 0);
            BOOST_TEST(!parse_period(text, why).has_value());
        }
    }
}

BOOST_AUTO_TEST_CASE(is_written_as_it_is_read) {
    std::int64_t cases = 0;
    for (const auto unit : {Unit::day, Unit::week, Unit::month, Unit::year}) {
        for (std::int32_t count = 1; count <= longest_count(unit); count += count < 1000 ? 1 : 997) {
            const Period written{count, unit};
            std::string why;

            const auto read = parse_period(to_string(written), why);

            BOOST_REQUIRE(read == written);
            ++cases;
        }
    }
    BOOST_TEST_MESSAGE(cases << " periods written and read");
    BOOST_TEST(to_string(Period{1, Unit::year}) == "1 year");
    BOOST_TEST(to_string(Period{36, Unit::month}) == "36 months");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace retention
