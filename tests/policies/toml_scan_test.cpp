#include "policies/toml_scan.hpp"

#include "policies/load_toml.hpp"

#include <boost/test/unit_test.hpp>

using namespace retention;

namespace {

// Everything that TOML 1.0 has, in awkward forms.
const std::string rich = "\xEF\xBB\xBF"
                         R"(# comment with ünïcode, "quotes" and [brackets
title = "TOML ü € 𝄞"
bare_key-1 = 1
1234 = "numbers as keys"
"quoted ʎǝʞ" = 'literal \ C:\path'
'quoted "key"' = "escapes \" \\ \t \u00e9 \U0001F600"
site."google.com".x = true
a . b . c = 3.14
empty = ""
empty_literal = ''
int = +99_000
hex = 0xDEAD_BEEF
oct = 0o755
bin = 0b1101
float = -6.626e-34
inf = +inf
nan = -nan
date = 1979-05-27
time = 07:32:00.999999
local = 1979-05-27 07:32:00
zoned = 1979-05-27T00:32:00.999-07:00
list = [ 1, 2, # with a comment ]
  [ "a", 'b', """c""" ], { x = 1, y.z = [ 2 ] },
]
lines = """
Roses are red "quoted" ""twice""
  \u00e9 \
     continued \
     here"""
five = """"two quotes before the end"""""
literal_lines = '''
raw \ 'one' ''two'' # no comment
'''''
empty_lines = """"""

[ table . "sub.table" . 'x' ]
key = { } # empty
	tab = "	"
[[products]]
  name = "Hammer"
[[ products ]]
[[products.parts]]
)"
                         "windows = 1\r\n";

std::string place_of(const std::optional<Problem>& problem) {
    return problem ? std::to_string(problem->place.line) + ":" + std::to_string(problem->place.column) : "none";
}

} // namespace

BOOST_AUTO_TEST_SUITE(toml_scan)

BOOST_AUTO_TEST_CASE(lets_ordinary_toml_pass) {
    const auto fault = scan_toml(rich, "rich.toml");
    const auto toml = read_toml(rich, "rich.toml");

    BOOST_TEST(!fault.has_value(), (fault ? to_string(*fault) : std::string{}));
    BOOST_TEST(toml.valid, to_string(toml.problem));
    BOOST_TEST(toml.root.entries.size() > 25u);
}

BOOST_AUTO_TEST_CASE(stops_before_what_the_parser_cannot_bear) {
    BOOST_TEST(place_of(scan_toml("[&]", "f")) == "1:2");
    BOOST_TEST(place_of(scan_toml("[ [a]]", "f")) == "1:3");
    BOOST_TEST(place_of(scan_toml("[]", "f")) == "1:2");
    BOOST_TEST(place_of(scan_toml("ok = 1\n  [[ ", "f")) == "2:6");
    BOOST_TEST(place_of(scan_toml("\xC2\xA4 = 1", "f")) == "1:1");
    BOOST_TEST(place_of(scan_toml("a = 1 \xC2\xA4", "f")) == "1:7");
    BOOST_TEST(place_of(scan_toml("a = \"\"\"x \\\n\n \xC2\xA4\"\"\"", "f")) == "3:2");
    BOOST_TEST(place_of(scan_toml(std::string("a = 1\0", 6), "f")) == "1:6");
    BOOST_TEST(place_of(scan_toml("a = \"\x7F\"", "f")) == "1:6");
}

BOOST_AUTO_TEST_CASE(counts_columns_in_characters) {
    BOOST_TEST(place_of(scan_toml("# ü\na = \"üü\" ;", "f")) == "2:10");
}

BOOST_AUTO_TEST_CASE(reads_what_stands_in_strings_and_comments_as_text) {
    BOOST_TEST(place_of(scan_toml("a = \"[&] ü {\" # [&] ü \"\nb = '\"'", "f")) == "none");
    BOOST_TEST(place_of(scan_toml("a = '''\n[&] ü\n'''\nb = 1", "f")) == "none");
    BOOST_TEST(place_of(scan_toml("a = [\n[ 1 ],\n[ 2 ]\n]", "f")) == "none");
}

BOOST_AUTO_TEST_CASE(limits_depth_length_and_size_exactly) {
    const auto nested = [](std::size_t depth) { return "a = " + std::string(depth, '[') + std::string(depth, ']'); };
    const auto path = [](std::size_t parts) {
        std::string text = "a";
        for (std::size_t i = 1; i < parts; ++i) text += ".a";
        return text + " = 1";
    };

    BOOST_TEST(place_of(scan_toml(nested(64), "f")) == "none");
    BOOST_TEST(place_of(scan_toml(nested(65), "f")) == "1:69");
    BOOST_TEST(place_of(scan_toml(path(32), "f")) == "none");
    BOOST_TEST(place_of(scan_toml(path(33), "f")) == "1:64");
    BOOST_TEST(place_of(scan_toml(std::string(longest_toml, ' '), "f")) == "none");
    BOOST_TEST(place_of(scan_toml(std::string(longest_toml + 1, ' '), "f")) == "1:1");
}

BOOST_AUTO_TEST_CASE(what_is_no_toml_is_one_problem_with_a_place) {
    const auto toml = read_toml("a = 1\na = 2\n", "f.toml");

    BOOST_TEST(!toml.valid);
    BOOST_TEST(to_string(toml.problem).rfind("f.toml:2:5: error: not valid TOML", 0) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
