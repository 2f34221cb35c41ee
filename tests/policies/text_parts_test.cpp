#include "policies/text_parts.hpp"

#include <boost/test/unit_test.hpp>

using namespace retention;

BOOST_AUTO_TEST_SUITE(text_parts)

BOOST_AUTO_TEST_CASE(every_separator_parts_also_at_the_ends) {
    const std::vector<std::string_view> one{""}, three{"a", "", "b"}, ends{"", "a", ""};
    BOOST_TEST(split("", ',') == one, boost::test_tools::per_element());
    BOOST_TEST(split("a,,b", ',') == three, boost::test_tools::per_element());
    BOOST_TEST(split(",a,", ',') == ends, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(percent_code_is_decoded_once_in_both_cases_and_to_any_byte) {
    BOOST_TEST(percent_decoded("a%20b").value() == "a b");
    BOOST_TEST(percent_decoded("%2525").value() == "%25");
    BOOST_TEST(percent_decoded("%c3%BC").value() == "\xc3\xbc");
    BOOST_TEST(percent_decoded("%00").value() == std::string(1, '\0'));
    BOOST_TEST(percent_decoded("").value() == "");
}

BOOST_AUTO_TEST_CASE(a_percent_sign_without_two_hex_digits_is_refused) {
    for (const auto* text : {"%", "%2", "a%", "%g0", "%0g", "% 1", "%-1", "%2%0"})
        BOOST_TEST(!percent_decoded(text).has_value(), text);
}

BOOST_AUTO_TEST_SUITE_END()
