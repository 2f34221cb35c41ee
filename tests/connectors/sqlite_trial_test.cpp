#include "connectors/sqlite_trial.hpp"

#include <boost/test/unit_test.hpp>

using namespace retention;

namespace {

using Rows = std::vector<std::vector<Value>>;

const Rows two_people = {{std::int64_t{1}, std::string("Anna"), std::string("anna@example.com")},
                         {std::int64_t{2}, std::string("Otto"), std::string("otto@example.com")}};

// What is said against the masks on a table of people.
std::string tried(const std::string& create, const std::string& set, const std::vector<Value>& parameters = {},
                  std::vector<std::string> more = {}, const Rows& samples = two_people) {
    more.insert(more.begin(), create);
    return try_update(more, "some \"people\"", {"id", "full name", "email"}, samples, set, parameters)
        .value_or("nothing");
}

std::string people(const std::string& name, const std::string& email = "TEXT", const std::string& more = "") {
    return "CREATE TABLE \"some \"\"people\"\"\" (id INTEGER PRIMARY KEY, \"full name\" " + name + ", email " + email +
           ")" + more;
}

constexpr char redact[] = "\"full name\" = retentiond_mask('redact', NULL, \"full name\")";

} // namespace

BOOST_AUTO_TEST_SUITE(sqlite_trial)

BOOST_AUTO_TEST_CASE(a_mask_that_fits_is_not_spoken_against) {
    BOOST_TEST(tried(people("TEXT NOT NULL"), redact) == "nothing");
    BOOST_TEST(tried(people("TEXT", "TEXT UNIQUE"), "email = retentiond_mask('random email', NULL, email)") ==
               "nothing");
    BOOST_TEST(tried(people("TEXT"), "\"full name\" = ?1, email = ?2", {std::string("x"), {}}) == "nothing");
}

BOOST_AUTO_TEST_CASE(what_the_table_refuses_is_said) {
    struct Row {
        std::string create, set, error;
    };
    const Row rows[] = {
        {people("TEXT NOT NULL"), "\"full name\" = NULL", "NOT NULL constraint failed: some \"people\".full name"},
        {people("TEXT CHECK (length(\"full name\") < 6)"), redact,
         "CHECK constraint failed: length(\"full name\") < 6"},
        {people("TEXT CONSTRAINT short CHECK (length(\"full name\") < 6)"), redact, "CHECK constraint failed: short"},
        {people("TEXT UNIQUE"), redact, "UNIQUE constraint failed: some \"people\".full name"},
        {people("TEXT", "INTEGER", " STRICT"), "email = retentiond_mask('redact', NULL, '1')",
         "cannot store TEXT value in INTEGER column some \"people\".email"},
        {people("TEXT"), "\"full name\" = retentiond_mask('random', 10, \"full name\")",
         "the mask random needs 16 characters"},
        {people("TEXT"), "missing = 1", "no such column: missing"},
    };
    const Rows strict = {{std::int64_t{1}, std::string("Anna"), std::int64_t{7}}};

    for (const auto& row : rows) BOOST_TEST_CONTEXT(row.create) {
            const bool is_strict = row.create.ends_with("STRICT");
            BOOST_TEST(tried(row.create, row.set, {}, {}, is_strict ? strict : two_people) == row.error);
        }
}

BOOST_AUTO_TEST_CASE(a_unique_index_of_its_own_is_tried_too) {
    const std::string index = "CREATE UNIQUE INDEX i ON \"some \"\"people\"\"\" (lower(\"full name\"))";

    BOOST_TEST(tried(people("TEXT"), redact) == "nothing");
    BOOST_TEST(tried(people("TEXT"), redact, {}, {index}) == "UNIQUE constraint failed: index 'i'");
}

BOOST_AUTO_TEST_CASE(a_table_that_cannot_be_copied_says_nothing_about_masks) {
    BOOST_TEST(tried(people("TEXT CHECK (our_own_check(\"full name\"))"), redact) == "nothing");
    BOOST_TEST(tried(people("TEXT UNIQUE COLLATE our_own"), redact) == "nothing");
    BOOST_TEST(tried("no SQL at all", redact) == "nothing");
}

BOOST_AUTO_TEST_CASE(a_sample_that_was_refused_before_is_left_out) {
    Rows samples = two_people;
    samples.insert(samples.begin(), {std::int64_t{3}, Value{}, Value{}}); // legacy: before the column was NOT NULL

    BOOST_TEST(tried(people("TEXT NOT NULL"), redact, {}, {}, samples) == "nothing");
    BOOST_TEST(tried(people("TEXT NOT NULL"), "\"full name\" = NULL", {}, {}, samples) != "nothing");
}

BOOST_AUTO_TEST_CASE(foreign_keys_and_strings_in_double_quotes_do_not_stop_it) {
    const std::string create =
        people("TEXT DEFAULT \"none\" CHECK (\"full name\" <> \"bad\")", "TEXT REFERENCES missing (x)");

    BOOST_TEST(tried(create, redact) == "nothing");
    BOOST_TEST(tried(create, "\"full name\" = 'bad'").starts_with("CHECK constraint failed"));
}

BOOST_AUTO_TEST_SUITE_END()
