#include "connectors/value.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <random>

using namespace retention;

BOOST_AUTO_TEST_SUITE(value)

BOOST_AUTO_TEST_CASE(key_text_is_written_as_the_audit_log_says) {
    struct Row {
        const char* name;
        Value value;
        std::string text;
    };
    const std::string bytes("\x00\x0f\xff", 3);
    const Row rows[] = {
        {"null", {}, ""},
        {"small integer", std::int64_t{42}, "42"},
        {"smallest integer", std::numeric_limits<std::int64_t>::min(), "-9223372036854775808"},
        {"beyond 32 bits", std::int64_t{5'000'000'000}, "5000000000"},
        {"whole real", 3.0, "3.0"},
        {"tenth", 0.1, "0.1"},
        {"large real", 1e300, "1.0e+300"},
        {"text", std::string("Größe, 5"), "Größe, 5"},
        {"text with a blank", std::string(" x "), " x "},
        {"empty text", std::string(), ""},
        {"bytes", Blob{bytes}, "000fff"},
        {"no bytes", Blob{}, ""},
    };

    for (const auto& row : rows) BOOST_TEST_CONTEXT(row.name) BOOST_TEST(key_text(row.value) == row.text);
}

BOOST_AUTO_TEST_CASE(a_real_number_reads_back_to_the_15_digits_that_sqlite_prints) {
    const auto seed = std::random_device{}();
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    std::uniform_real_distribution<double> exponent(-300, 300);

    for (int i = 0; i < 10'000; ++i) {
        const double number = std::pow(10.0, exponent(random));

        const std::string text = key_text(number);

        BOOST_REQUIRE_CLOSE(std::strtod(text.c_str(), nullptr), number, 1e-12); // per cent
    }
}

BOOST_AUTO_TEST_SUITE_END()
