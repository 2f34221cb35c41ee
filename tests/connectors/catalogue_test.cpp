#include "connectors/catalogue.hpp"

#include <boost/test/unit_test.hpp>

using namespace retention;

namespace {

Table table_named(const std::string& schema, const std::string& name) {
    Table table;
    table.schema = schema;
    table.name = name;
    return table;
}

Index unique_index(std::vector<std::string> columns) {
    return {.name = "i", .columns = std::move(columns), .unique = true, .partial = false};
}

// The names of what is found, as schema.table; "nothing" otherwise.
std::string found(const Table* table) {
    return table ? table->schema + "|" + table->name : "nothing";
}

} // namespace

BOOST_AUTO_TEST_SUITE(catalogue)

BOOST_AUTO_TEST_CASE(a_table_is_found_by_the_name_that_the_rule_has) {
    Catalogue catalogue;
    for (const char* name : {"Order Details", "main.orders", "orders", "Café"})
        catalogue.tables.push_back(table_named("main", name));
    catalogue.tables.push_back(table_named("a.b", "c"));

    BOOST_TEST(found(catalogue.find("Order Details")) == "main|Order Details");
    BOOST_TEST(found(catalogue.find("order details")) == "main|Order Details");
    BOOST_TEST(found(catalogue.find("main.orders")) == "main|main.orders"); // an exact name first
    BOOST_TEST(found(catalogue.find("main.Order Details")) == "main|Order Details");
    BOOST_TEST(found(catalogue.find("MAIN.ORDERS")) == "main|main.orders");
    BOOST_TEST(found(catalogue.find("a.b.c")) == "a.b|c");
    BOOST_TEST(found(catalogue.find("main", "orders")) == "main|orders");
    BOOST_TEST(found(catalogue.find("CAFé")) == "main|Café");
    BOOST_TEST(found(catalogue.find("CAFÉ")) == "nothing"); // letters of ASCII alone
    BOOST_TEST(found(catalogue.find("other.orders")) == "nothing");
    BOOST_TEST(found(catalogue.find("Order")) == "nothing");
    BOOST_TEST(found(catalogue.find("")) == "nothing");
}

BOOST_AUTO_TEST_CASE(the_exact_spelling_comes_before_another_case) {
    Catalogue catalogue;
    catalogue.tables = {table_named("public", "Orders"), table_named("public", "orders")};

    BOOST_TEST(found(catalogue.find("orders")) == "public|orders");
    BOOST_TEST(found(catalogue.find("public.orders")) == "public|orders");
    BOOST_TEST(found(catalogue.find("Orders")) == "public|Orders");
    BOOST_TEST(found(catalogue.find("ORDERS")) == "public|Orders");
    catalogue.names_ignore_case = false;
    BOOST_TEST(found(catalogue.find("ORDERS")) == "nothing");
    BOOST_TEST(!catalogue.same_name("orders", "Orders"));
}

BOOST_AUTO_TEST_CASE(a_column_is_found_whatever_its_case) {
    Table table;
    table.columns.resize(2);
    table.columns[0].name = "Email";
    table.columns[1].name = "email";

    BOOST_TEST(table.find("email") == &table.columns[1]);
    BOOST_TEST(table.find("EMAIL") == &table.columns[0]);
    BOOST_TEST(table.find("mail") == nullptr);
}

BOOST_AUTO_TEST_CASE(columns_are_unique_by_the_key_or_a_whole_unique_index) {
    Table table;
    table.primary_key = {"a", "b"};
    table.indexes = {unique_index({"c", "d"}), unique_index({"e"}), unique_index({"f"}), unique_index({"", "g"})};
    table.indexes[1].partial = true;
    table.indexes[2].unique = false;
    struct Row {
        std::vector<std::string> columns;
        bool unique;
    };

    for (const Row& row : {Row{{"a", "b"}, true}, Row{{"b", "A"}, true}, Row{{"a"}, false}, Row{{"a", "b", "x"}, true},
                           Row{{"d", "c"}, true}, Row{{"c"}, false}, Row{{"e"}, false}, Row{{"f"}, false},
                           Row{{"g"}, false}, Row{{"x"}, false}, Row{{}, false}})
        BOOST_TEST_CONTEXT((row.columns.empty() ? "none" : row.columns.front()) << " and more")
    BOOST_TEST(table.is_unique(row.columns) == row.unique);
    BOOST_TEST(!Table{}.is_unique({"a"}));
    BOOST_TEST(!Table{}.is_unique({}));
}

BOOST_AUTO_TEST_CASE(columns_that_differ_by_case_alone_are_unique_each_by_itself) {
    Table table;
    table.columns.resize(3);
    table.columns[0].name = "ID";
    table.columns[1].name = "id";
    table.columns[2].name = "Name";
    table.primary_key = {"ID"};
    table.indexes = {unique_index({"Name"})};

    BOOST_TEST(table.is_unique({"ID"}));
    BOOST_TEST(!table.is_unique({"id"}));
    BOOST_TEST(table.is_unique({"id", "ID"}));
    BOOST_TEST(table.is_unique({"name"})); // no other column is meant
}

BOOST_AUTO_TEST_CASE(every_reference_to_a_table_is_found_its_own_among_them) {
    Catalogue catalogue;
    catalogue.tables = {table_named("main", "p"), table_named("main", "c"), table_named("other", "p")};
    ForeignKey key;
    key.schema = "main";
    key.references = "P";
    catalogue.tables[0].foreign_keys = {key};
    catalogue.tables[1].foreign_keys = {key, key};
    catalogue.tables[2].foreign_keys = {key};
    catalogue.tables[1].foreign_keys[1].references = "c";

    const auto references = catalogue.references_to(catalogue.tables[0]);

    BOOST_REQUIRE_EQUAL(references.size(), 3u);
    BOOST_TEST(references[0].from == &catalogue.tables[0]);
    BOOST_TEST(references[1].key == &catalogue.tables[1].foreign_keys[0]);
    BOOST_TEST(references[2].from == &catalogue.tables[2]);
    BOOST_TEST(catalogue.references_to(catalogue.tables[2]).empty());
}

BOOST_AUTO_TEST_SUITE_END()
