#include "connectors/check_words.hpp"
#include "tests/support/hand_catalogue.hpp"

#include <boost/test/unit_test.hpp>

namespace retention {
namespace {

std::shared_ptr<const Catalogue> crm() {
    return hand_catalogue({HandTable("contacts").integer("id").date("updated_at").key({"id"}),
                           HandTable("calls").integer("id").date("started_at").key({"id"}),
                           HandTable("order items").integer("id").key({"id"})});
}

} // namespace

BOOST_AUTO_TEST_SUITE(check_words_suite)

BOOST_AUTO_TEST_CASE(finds_the_tables_that_a_text_names) {
    struct Row {
        const char *sql, *table;
        bool named;
    };
    const auto catalogue = crm();
    for (const Row& row : std::vector<Row>{
             {"SELECT max(started_at) FROM calls WHERE 1", "calls", true},
             {"SELECT max(started_at) FROM CALLS", "calls", true},
             {"SELECT 1 FROM \"calls\"", "calls", true},
             {"SELECT 1 FROM `calls`", "calls", true},
             {"SELECT 1 FROM [order items]", "order items", true},
             {"SELECT 1 FROM main.calls c", "calls", true},
             {"note = 'calls'", "calls", false},
             {"note = 'it''s calls'", "calls", false},
             {"a = 1 -- calls\n", "calls", false},
             {"a = 1 /* calls */", "calls", false},
             {"m.calls > 1", "calls", false},
             {"count(*) AS calls", "calls", false},
             {"calls(1) = 2", "calls", false},
             {"on_day < {as_of} AND recalls = 1", "calls", false},
             {"order_items = 1", "order items", false},
         })
        BOOST_TEST_CONTEXT(row.sql)
    BOOST_TEST(names_table(words_of(row.sql), *catalogue, *catalogue->find(row.table)) == row.named);
}

BOOST_AUTO_TEST_CASE(finds_the_columns_that_a_trigger_assigns) {
    struct Row {
        const char* sql;
        bool assigned;
    };
    const auto catalogue = crm();
    const Table& contacts = *catalogue->find("contacts");
    for (const Row& row : std::vector<Row>{
             {"CREATE TRIGGER t AFTER UPDATE ON contacts BEGIN UPDATE contacts SET updated_at = 1 WHERE id = NEW.id; "
              "END",
              true},
             {"BEGIN UPDATE OR IGNORE main.contacts SET email = '', \"updated_at\" = 1; END", true},
             {"BEGIN UPDATE contacts AS c SET (email, updated_at) = (SELECT 1, 2); END", true},
             {"BEGIN NEW.updated_at := now(); RETURN NEW; END", true},
             {"BEGIN NEW.updated_at = now(); RETURN NEW; END", true},
             {"SET NEW.updated_at = now()", true},
             {"BEGIN INSERT INTO contacts (id) VALUES (1) ON CONFLICT DO UPDATE SET updated_at = 1; END", true},
             {"CREATE TRIGGER t AFTER UPDATE OF updated_at ON contacts BEGIN UPDATE contacts SET email = ''; END",
              false},
             {"BEGIN UPDATE contacts SET email = '' WHERE updated_at = 1; END", false},
             {"BEGIN UPDATE contacts SET email = coalesce(updated_at, 1); END", false},
             {"BEGIN UPDATE calls SET updated_at = 1; END", false},
             {"BEGIN INSERT INTO history (updated_at) VALUES (OLD.updated_at); END", false},
             {"BEGIN IF NEW.updated_at = OLD.updated_at THEN RETURN NEW; END IF; END", false},
             {"BEGIN SELECT 'UPDATE contacts SET updated_at = 1'; END", false},
         })
        BOOST_TEST_CONTEXT(row.sql)
    BOOST_TEST(assigns_column(words_of(row.sql), *catalogue, contacts, contacts, "updated_at") == row.assigned);
}

BOOST_AUTO_TEST_CASE(the_new_row_is_of_the_triggers_own_table) {
    const auto catalogue = crm();
    const auto words = words_of("BEGIN NEW.updated_at := now(); END");

    BOOST_TEST(
        !assigns_column(words, *catalogue, *catalogue->find("calls"), *catalogue->find("contacts"), "updated_at"));
}

BOOST_AUTO_TEST_CASE(text_that_never_ends_is_read_to_its_end) {
    for (const char* text : {"'open", "\"open", "/* open", "{open", "[open", "-- open", ""})
        BOOST_TEST(words_of(text).size() <= 1U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace retention
