#include "policies/mask.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <functional>
#include <limits>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace retention {
namespace {

std::string text_of(const std::optional<std::string>& value) {
    return value.value_or("nothing");
}

// Random values of the kinds that columns hold: names, digits, addresses, dates, broken UTF-8.
class AnyText {
public:
    explicit AnyText(std::uint64_t seed) : random_(seed) {}

    int number(int from, int to) { return std::uniform_int_distribution<int>(from, to)(random_); }
    std::string bytes(std::size_t count) {
        std::string made(count, '\0');
        for (auto& byte : made) byte = static_cast<char>(number(0, 255));
        return made;
    }
    std::string characters(const std::vector<std::string>& from, int most) {
        std::string made;
        for (int i = number(0, most); i > 0; --i)
            made += from[static_cast<std::size_t>(number(0, static_cast<int>(from.size()) - 1))];
        return made;
    }
    std::string words() {
        return characters(
            {"a", "b", "Z", " ", "7", "-", "é", "ß", "語", "😀", "\xFF", "\xC3", "\xE8\xAA", "\xED\xA0\x80"}, 24);
    }
    std::string date() {
        std::array<char, 32> day{};
        std::snprintf(day.data(), day.size(), "%04d-%02d-%02d", number(1, 9999), number(1, 12), number(1, 28));
        if (number(0, 3) == 0) return day.data();
        std::array<char, 32> time{};
        std::snprintf(time.data(), time.size(), "%c%02d:%02d", number(0, 1) ? 'T' : ' ', number(0, 23), number(0, 59));
        std::string made = std::string(day.data()) + time.data();
        if (number(0, 3) > 0) made += ':' + std::to_string(number(10, 59));
        if (made.size() == 19 && number(0, 1)) made += '.' + std::to_string(number(0, 999999));
        const char* const zones[] = {"", "Z", "+01:00", "-0930", "+13"};
        return made + zones[number(0, 4)];
    }
    std::string address() {
        if (number(0, 2) == 0) return characters({"1", "2", "255", ".", ":", "::", "ffff"}, 8);
        std::string made = number(0, 3) == 0 ? "::ffff:" : "";
        const bool v4 = !made.empty() || number(0, 1);
        for (int i = 0; i < (v4 ? 4 : 8); ++i) {
            std::array<char, 16> group{};
            std::snprintf(group.data(), group.size(), v4 ? "%d" : "%x", number(0, v4 ? 255 : 65535));
            made += (i == 0 ? "" : v4 ? "." : ":") + std::string(group.data());
        }
        return made;
    }

private:
    std::mt19937_64 random_;
};

using Apply = std::function<std::string(const std::string&)>;

// How often a mask changes its own result: never, for a mask that can tell that it is done.
int changes_of_its_own_result(const Apply& mask, const std::function<std::string()>& any, int times) {
    int changes = 0;
    for (int i = 0; i < times; ++i) {
        const auto once = mask(any());
        if (mask(once) != once) ++changes;
    }
    return changes;
}

} // namespace

BOOST_AUTO_TEST_SUITE(mask)

BOOST_AUTO_TEST_CASE(reads_each_strategy_and_writes_it_as_it_was) {
    struct Row {
        const char* text;
        MaskKind kind;
        const char* value = "";
        std::size_t keep = 0;
    };
    const Row rows[] = {
        {"null", MaskKind::null},
        {"redact", MaskKind::redact},
        {"fixed unknown", MaskKind::fixed, "unknown"},
        {"fixed not known any more", MaskKind::fixed, "not known any more"},
        {"fixed  leading blank", MaskKind::fixed, " leading blank"},
        {"fixed null", MaskKind::fixed, "null"},
        {"fixed 0", MaskKind::fixed, "0"},
        {"fixed été", MaskKind::fixed, "été"},
        {"random", MaskKind::random},
        {"random email", MaskKind::random_email},
        {"year", MaskKind::year},
        {"month", MaskKind::month},
        {"day", MaskKind::day},
        {"ip", MaskKind::ip},
        {"keep 1", MaskKind::keep, "", 1},
        {"keep 2", MaskKind::keep, "", 2},
        {"keep 10000", MaskKind::keep, "", 10000},
        {"pseudonym", MaskKind::pseudonym},
    };
    for (const auto& row : rows) {
        BOOST_TEST_CONTEXT(row.text) {
            std::string why;

            const auto mask = parse_mask(row.text, why);

            BOOST_REQUIRE_MESSAGE(mask.has_value(), why);
            BOOST_TEST((mask->kind == row.kind));
            BOOST_TEST(mask->value == row.value);
            BOOST_TEST(mask->keep == row.keep);
            BOOST_TEST(mask->column.empty());
            BOOST_TEST(to_string(*mask) == row.text);
        }
    }
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_strategy) {
    const std::string none = "there is no such mask";
    const std::string keep = "the mask keep takes a number of characters from 1 to 10000, as in \"keep 2\"";
    const std::string fixed = "the mask fixed takes a value, as in \"fixed unknown\"";
    struct Row {
        const char* text;
        std::string why;
    };
    const Row rows[] = {
        {"", none},
        {" ", none},
        {"NULL", none},
        {" null", none},
        {"null ", none},
        {"redacted", none},
        {"redact all", none},
        {"random  email", none},
        {"random e-mail", none},
        {"email", none},
        {"years", none},
        {"year 1980", none},
        {"ip /24", none},
        {"hash", none},
        {"delete", none},
        {"keep2", none},
        {"fixedvalue", none},
        {"fixed\tvalue", none},
        {"pseudonym key", none},
        {"fixed", fixed},
        {"fixed ", fixed},
        {"keep", keep},
        {"keep ", keep},
        {"keep 0", keep},
        {"keep 00", keep},
        {"keep 02", keep},
        {"keep -1", keep},
        {"keep +1", keep},
        {"keep 1.5", keep},
        {"keep two", keep},
        {"keep  2", keep},
        {"keep 2 ", keep},
        {"keep 10001", keep},
        {"keep 99999", keep},
        {"keep 4294967298", keep},
        {"keep 18446744073709551618", keep},
    };
    for (const auto& row : rows) {
        BOOST_TEST_CONTEXT('"' << row.text << '"') {
            std::string why;

            BOOST_TEST(!parse_mask(row.text, why).has_value());
            BOOST_TEST(why == row.why);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_random_token_is_told_by_its_form) {
    const std::string randomness("\x01\x23\x45\x67\x89\xab\xcd\xef\xfe\xdc\xba\x98\x76\x54\x32\x10", 16);

    BOOST_TEST(random_token(16, randomness) == "x1234z6789abcdef");
    BOOST_TEST(random_token(20, randomness) == "x1234z6789abcdeffedc");
    BOOST_TEST(random_token(32, randomness) == "x1234z6789abcdeffedcba9876543210");
    BOOST_TEST(random_token(4000, randomness) == random_token(32, randomness));
    BOOST_TEST(random_email(randomness) == "x1234z6789abcdef@anonymised.invalid");
    BOOST_CHECK_THROW(random_token(15, randomness), std::invalid_argument);
    BOOST_CHECK_THROW(random_token(16, "too little"), std::invalid_argument);
    for (std::size_t length = 16; length <= 32; ++length) BOOST_TEST(is_random_token(random_token(length, randomness)));
    BOOST_TEST(is_random_email(random_email(randomness)));
    BOOST_TEST(!is_random_token(random_email(randomness)));
    BOOST_TEST(!is_random_email(random_token(32, randomness)));
}

const char* const no_tokens[] = {"",
                                 "x",
                                 "Xerxes Zimmermann",
                                 "xavier.zoe",
                                 "xabcdzabcdabcde",                   // 15
                                 "xabcdzabcdabcdefabcdefabcdefabcde", // 33
                                 "xabcdzabcdabcdeg",
                                 "Xabcdzabcdabcdef",
                                 "xabcdZabcdabcdef",
                                 "xabcdzabcdABCDEF",
                                 "xabcdefabcdabcdef",
                                 "abcdezabcdabcdef",
                                 " xabcdzabcdabcdef",
                                 "xabcdzabcdabcdef ",
                                 "xabcdz abcdabcdef",
                                 "REDACTED",
                                 "1234567890123456",
                                 "d41d8cd98f00b204e9800998ecf8427e", // MD5
                                 "da39a3ee5e6b4b0d",
                                 "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", // UUID
                                 "f81d4fae7dec11d0a76500a0c91e6bf6",
                                 "\\x64656164626565666465616462656566", // bytea
                                 "xabcdz@anonymised.invalid"};
const char* const no_emails[] = {"",
                                 "@anonymised.invalid",
                                 "xavier@anonymised.invalid",
                                 "xabcdzabcdabcdef@example.com",
                                 "xabcdzabcdabcdef@anonymised.invalid.com",
                                 "xabcdzabcdabcdefab@anonymised.invalid",
                                 "xabcdzabcdabcdef@Anonymised.invalid",
                                 "xabcdzabcdabcdef",
                                 "Xabcdzabcdabcdef@anonymised.invalid",
                                 "a.xabcdzabcdabcdef@anonymised.invalid",
                                 "someone.who.lives@anonymised.invalid"};

BOOST_AUTO_TEST_CASE(names_numbers_digests_and_addresses_are_no_tokens) {
    for (const auto* const text : no_tokens) BOOST_TEST_CONTEXT('"' << text << '"') BOOST_TEST(!is_random_token(text));
    for (const auto* const text : no_emails) BOOST_TEST_CONTEXT('"' << text << '"') BOOST_TEST(!is_random_email(text));
}

// Known-bad twins: told by length and letters, a digest would pass for done; told by the domain, a person would.
BOOST_AUTO_TEST_CASE(looser_recognisers_would_take_personal_data_for_done) {
    const auto by_letters = [](std::string_view text) {
        return text.size() >= 16 && text.find_first_not_of("0123456789abcdefxz") == std::string_view::npos;
    };
    const auto by_domain = [](std::string_view text) { return text.ends_with(email_domain); };

    BOOST_TEST(std::any_of(std::begin(no_tokens), std::end(no_tokens), by_letters));
    BOOST_TEST(std::any_of(std::begin(no_emails), std::end(no_emails), by_domain));
}

BOOST_AUTO_TEST_CASE(random_tokens_differ_and_are_all_recognised) {
    const auto seed = std::random_device{}();
    BOOST_TEST_MESSAGE("seed " << seed);
    AnyText any(seed);
    std::set<std::string> tokens;
    constexpr int times = 20000;
    for (int i = 0; i < times; ++i) {
        const auto token = random_token(static_cast<std::size_t>(any.number(16, 40)), any.bytes(16));
        BOOST_TEST_INFO("seed " << seed << ", " << token);
        BOOST_REQUIRE(is_random_token(token));
        BOOST_REQUIRE(is_random_email(random_email(any.bytes(32))));
        BOOST_REQUIRE(!is_random_token(any.words()));
        tokens.insert(token);
    }
    BOOST_TEST(tokens.size() == static_cast<std::size_t>(times));
}

BOOST_AUTO_TEST_CASE(generalises_a_date_in_the_form_it_had) {
    struct Row {
        const char* text;
        const char* year;
        const char* month;
        const char* day;
    };
    const char* const nothing = "nothing";
    const Row rows[] = {
        {"1980-06-15", "1980-01-01", "1980-06-01", "1980-06-15"},
        {"1980-12-31", "1980-01-01", "1980-12-01", "1980-12-31"},
        {"0001-01-31", "0001-01-01", "0001-01-01", "0001-01-31"},
        {"1980-06-15 12:34", "1980-01-01 00:00", "1980-06-01 00:00", "1980-06-15 00:00"},
        {"1980-06-15T12:34:56", "1980-01-01T00:00:00", "1980-06-01T00:00:00", "1980-06-15T00:00:00"},
        {"1980-06-15 12:34:56.789", "1980-01-01 00:00:00.000", "1980-06-01 00:00:00.000", "1980-06-15 00:00:00.000"},
        {"1980-06-15T12:34:56.1Z", "1980-01-01T00:00:00.0Z", "1980-06-01T00:00:00.0Z", "1980-06-15T00:00:00.0Z"},
        {"1980-06-15 12:34+05:30", "1980-01-01 00:00+05:30", "1980-06-01 00:00+05:30", "1980-06-15 00:00+05:30"},
        {"1980-06-15 12:34:56-0930", "1980-01-01 00:00:00-0930", "1980-06-01 00:00:00-0930",
         "1980-06-15 00:00:00-0930"},
        {"1980-06-15 12:34:56.7+01", "1980-01-01 00:00:00.0+01", "1980-06-01 00:00:00.0+01",
         "1980-06-15 00:00:00.0+01"},
        {"", nothing, nothing, nothing},
        {"1980", nothing, nothing, nothing},
        {"1980-02-30", nothing, nothing, nothing},
        {"0000-00-00", nothing, nothing, nothing},
        {"15.6.1980", nothing, nothing, nothing},
        {"REDACTED", nothing, nothing, nothing},
        {"1980-06-15+01:00", nothing, nothing, nothing},
    };
    for (const auto& row : rows) {
        BOOST_TEST_CONTEXT('"' << row.text << '"') {
            BOOST_TEST(text_of(generalise(MaskKind::year, row.text)) == row.year);
            BOOST_TEST(text_of(generalise(MaskKind::month, row.text)) == row.month);
            BOOST_TEST(text_of(generalise(MaskKind::day, row.text)) == row.day);
            BOOST_TEST(text_of(generalise(MaskKind::redact, row.text)) == nothing);
        }
    }
}

BOOST_AUTO_TEST_CASE(generalises_unix_time_to_utc_days) {
    struct Row {
        const char* name;
        std::int64_t value, per_second, year, month, day;
    };
    const Row rows[] = {
        {"2026-02-28 23:59:58", 1772323198, 1, 1767225600, 1769904000, 1772236800},
        {"in milliseconds", 1772323198999, 1000, 1767225600000, 1769904000000, 1772236800000},
        {"1970-01-01", 1, 1, 0, 0, 0},
        {"zero", 0, 1, 0, 0, 0},
        {"1969-12-31 23:59:59", -1, 1, -31536000, -2678400, -86400},
        {"1969-12-31 00:00:00", -86400, 1, -31536000, -2678400, -86400},
        {"1969-12-31 in milliseconds", -1, 1000, -31536000000, -2678400000, -86400000},
        {"the last second", 253402300799, 1, 253370764800, 253399622400, 253402214400},
    };
    for (const auto& row : rows) {
        BOOST_TEST_CONTEXT(row.name) {
            BOOST_TEST(generalise(MaskKind::year, row.value, row.per_second).value() == row.year);
            BOOST_TEST(generalise(MaskKind::month, row.value, row.per_second).value() == row.month);
            BOOST_TEST(generalise(MaskKind::day, row.value, row.per_second).value() == row.day);
            BOOST_TEST(!generalise(MaskKind::keep, row.value, row.per_second).has_value());
        }
    }
    constexpr auto least = std::numeric_limits<std::int64_t>::min();
    constexpr auto greatest = std::numeric_limits<std::int64_t>::max();
    for (const std::int64_t value : {least, greatest, std::int64_t{253402300800}, std::int64_t{-62135596801}})
        BOOST_TEST_CONTEXT(value) BOOST_TEST(!generalise(MaskKind::day, value, 1).has_value());
    BOOST_TEST(generalise(MaskKind::day, std::int64_t{-62135596800}, 1).value() == -62135596800); // 0001-01-01
}

BOOST_AUTO_TEST_CASE(truncates_an_address_to_its_network) {
    struct Row {
        const char* address;
        const char* network;
    };
    const Row rows[] = {
        {"192.0.2.77", "192.0.2.0"},
        {"192.0.2.0", "192.0.2.0"},
        {"255.255.255.255", "255.255.255.0"},
        {"0.0.0.1", "0.0.0.0"},
        {"2001:db8:1:2::1", "2001:db8:1::"},
        {"2001:DB8:0001:ffff:ffff:ffff:ffff:ffff", "2001:db8:1::"},
        {"2001:db8:1::", "2001:db8:1::"},
        {"::1", "::"},
        {"::", "::"},
        {"fe80::1", "fe80::"},
        {"::ffff:192.0.2.77", "::ffff:192.0.2.0"},
        {"::ffff:c000:24d", "::ffff:192.0.2.0"},
        {"::192.0.2.77", "::"},
        {"", "nothing"},
        {" 192.0.2.77", "nothing"},
        {"192.0.2.77 ", "nothing"},
        {"192.0.2", "nothing"},
        {"192.0.2.256", "nothing"},
        {"192.0.2.077", "nothing"},
        {"192.0.2.77.1", "nothing"},
        {"192.0.2.77/32", "nothing"},
        {"192.0.2.77:443", "nothing"},
        {"3221225985", "nothing"},
        {"0xC000024D", "nothing"},
        {"fe80::1%eth0", "nothing"},
        {"[2001:db8::1]", "nothing"},
        {"2001:db8::1::2", "nothing"},
        {"localhost", "nothing"},
        {"REDACTED", "nothing"},
    };
    for (const auto& row : rows)
        BOOST_TEST_CONTEXT('"' << row.address << '"') BOOST_TEST(text_of(truncate_ip(row.address)) == row.network);
    BOOST_TEST(!truncate_ip(std::string_view("192.0.2.77\0", 11)).has_value());
}

BOOST_AUTO_TEST_CASE(truncates_an_address_in_bytes) {
    const std::string v4("\xC0\x00\x02\x4D", 4);
    const std::string v6("\x20\x01\x0D\xB8\x00\x01\x00\x02\x00\x00\x00\x00\x00\x00\x00\x01", 16);
    const std::string v4_in_v6("\0\0\0\0\0\0\0\0\0\0\xFF\xFF\xC0\x00\x02\x4D", 16);

    BOOST_TEST((truncate_ip_bytes(v4) == std::string("\xC0\x00\x02\x00", 4)));
    BOOST_TEST((truncate_ip_bytes(v6) == v6.substr(0, 6) + std::string(10, '\0')));
    BOOST_TEST((truncate_ip_bytes(v4_in_v6) == v4_in_v6.substr(0, 15) + std::string(1, '\0')));
    for (const std::size_t length : {0U, 1U, 3U, 5U, 15U, 17U})
        BOOST_TEST_CONTEXT(length) BOOST_TEST(!truncate_ip_bytes(std::string(length, 'a')).has_value());
}

BOOST_AUTO_TEST_CASE(keeps_characters_not_bytes) {
    struct Row {
        const char* text;
        std::size_t count, characters;
        const char* kept;
    };
    const Row rows[] = {
        {"SW1A 1AA", 3, 8, "SW1"},
        {"SW", 3, 2, "SW"},
        {"", 3, 0, ""},
        {"éàü", 2, 3, "éà"},
        {"語文😀!", 3, 4, "語文😀"},
        {"e\xCC\x81", 1, 2, "e"}, // a combining mark is a character of its own
        {"\xFF\xFE"
         "ab",
         3, 4,
         "\xFF\xFE"
         "a"},                  // no UTF-8: each byte counts
        {"\xC3", 1, 1, "\xC3"}, // cut off
        {"\xE8\xAA"
         "a",
         2, 3, "\xE8\xAA"}, // cut off in the middle
        {"\xC0\x80"
         "a",
         2, 3, "\xC0\x80"}, // an overlong form
        {"\xED\xA0\x80"
         "a",
         3, 4, "\xED\xA0\x80"}, // a surrogate
        {"\xF4\x90\x80\x80"
         "a",
         4, 5, "\xF4\x90\x80\x80"}, // past U+10FFFF
    };
    for (const auto& row : rows) {
        BOOST_TEST_CONTEXT('"' << row.text << '"') {
            BOOST_TEST(first_characters(row.text, row.count) == row.kept);
            BOOST_TEST(count_characters(row.text) == row.characters);
        }
    }
    BOOST_TEST(first_characters("anything", 0) == "");
    BOOST_TEST(first_characters(std::string_view("a\0b", 3), 2) == std::string("a\0", 2));
}

BOOST_AUTO_TEST_CASE(applying_a_mask_again_changes_nothing) {
    const auto seed = std::random_device{}();
    BOOST_TEST_MESSAGE("seed " << seed);
    AnyText any(seed);
    constexpr int times = 5000;
    const auto or_itself = [](const std::optional<std::string>& masked, const std::string& text) {
        return masked.value_or(text);
    };
    struct Row {
        std::string name;
        Apply apply;
        std::function<std::string()> any;
    };
    std::vector<Row> rows{
        {"random", [&](const std::string& s) { return is_random_token(s) ? s : random_token(24, any.bytes(16)); },
         [&] { return any.words(); }},
        {"random email", [&](const std::string& s) { return is_random_email(s) ? s : random_email(any.bytes(16)); },
         [&] { return any.words(); }},
        {"ip", [&](const std::string& s) { return or_itself(truncate_ip(s), s); }, [&] { return any.address(); }},
        {"ip of 4 bytes", [&](const std::string& s) { return or_itself(truncate_ip_bytes(s), s); },
         [&] { return any.bytes(4); }},
        {"ip of 16 bytes", [&](const std::string& s) { return or_itself(truncate_ip_bytes(s), s); },
         [&] { return any.bytes(16); }},
    };
    for (const auto kind : {MaskKind::year, MaskKind::month, MaskKind::day})
        rows.push_back({"date", [=](const std::string& s) { return or_itself(generalise(kind, s), s); },
                        [&] { return any.date(); }});
    for (const std::size_t count : {1U, 2U, 5U, 20U})
        rows.push_back(
            {"keep", [=](const std::string& s) { return first_characters(s, count); }, [&] { return any.words(); }});
    for (const auto& row : rows) {
        BOOST_TEST_CONTEXT(row.name << ", seed " << seed)
        BOOST_TEST(changes_of_its_own_result(row.apply, row.any, times) == 0);
    }

    // Known-bad twins: half of what is there, and a token that is made anew.
    const auto halved = [](const std::string& s) { return s.substr(0, s.size() / 2); };
    const auto anew = [&](const std::string&) { return random_token(24, any.bytes(16)); };
    BOOST_TEST(changes_of_its_own_result(
                   halved, [&] { return any.date(); }, times) > 0);
    BOOST_TEST(changes_of_its_own_result(
                   anew, [&] { return any.words(); }, times) > 0);
    BOOST_TEST_MESSAGE(rows.size() << " masks on " << times << " random values each");
}

BOOST_AUTO_TEST_CASE(a_generalised_date_is_one_of_its_own_kind_and_not_later) {
    const auto seed = std::random_device{}();
    BOOST_TEST_MESSAGE("seed " << seed);
    AnyText any(seed);
    for (int i = 0; i < 5000; ++i) {
        const auto text = any.date();
        BOOST_TEST_INFO("seed " << seed << ", " << text);
        const auto year = generalise(MaskKind::year, text);
        const auto month = generalise(MaskKind::month, text);
        const auto day = generalise(MaskKind::day, text);
        BOOST_REQUIRE((year && month && day));
        BOOST_REQUIRE((year->size() == text.size() && month->size() == text.size() && day->size() == text.size()));
        BOOST_REQUIRE((*year <= *month && *month <= *day && *day <= text));
        BOOST_REQUIRE(year->substr(0, 4) == text.substr(0, 4));
        BOOST_REQUIRE(month->substr(0, 7) == text.substr(0, 7));
        BOOST_REQUIRE(day->substr(0, 10) == text.substr(0, 10));
        BOOST_REQUIRE(generalise(MaskKind::year, *day) == year);
    }
}

BOOST_AUTO_TEST_CASE(generalised_unix_time_stays_as_it_is) {
    const auto seed = std::random_device{}();
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    for (const std::int64_t per_second : {1, 1000}) {
        std::uniform_int_distribution<std::int64_t> any(-62135596800 * per_second, 253402300799 * per_second);
        for (const auto kind : {MaskKind::year, MaskKind::month, MaskKind::day}) {
            for (int i = 0; i < 5000; ++i) {
                const auto value = any(random);
                BOOST_TEST_INFO("seed " << seed << ", " << value);
                const auto once = generalise(kind, value, per_second);
                BOOST_REQUIRE((once && *once <= value));
                BOOST_REQUIRE(generalise(kind, *once, per_second) == once);
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace retention
