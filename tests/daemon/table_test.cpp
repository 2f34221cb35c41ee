#include "daemon/table.hpp"

#include "daemon/wording.hpp"

#include <boost/test/unit_test.hpp>
#include <sstream>

using namespace retention;

namespace {

const Terminal pipe_end{};
const Terminal plain{.interactive = true, .colour = false, .width = 80};
const Terminal colourful{.interactive = true, .colour = true, .width = 80};

std::string printed(const TextTable& table, const Terminal& terminal) {
    std::ostringstream out;
    table.print(out, terminal);
    return out.str();
}

TextTable sample() {
    TextTable table({{"category"}, {"due", Align::right}, {"oldest"}});
    table.add({"contacts", "1,204", "2019-02-01"});
    table.add({"Käufe", "7", "-"});
    return table;
}

} // namespace

BOOST_AUTO_TEST_SUITE(table)

BOOST_AUTO_TEST_CASE(aligns_columns_on_a_terminal) {
    BOOST_TEST(printed(sample(), plain) == "category    due  oldest\n"
                                           "contacts  1,204  2019-02-01\n"
                                           "Käufe         7  -\n");
}

BOOST_AUTO_TEST_CASE(parts_cells_by_tabs_in_a_pipe) {
    BOOST_TEST(printed(sample(), pipe_end) == "category\tdue\toldest\ncontacts\t1,204\t2019-02-01\nKäufe\t7\t-\n");
}

BOOST_AUTO_TEST_CASE(paints_its_heading_only_where_there_is_colour) {
    BOOST_TEST(printed(sample(), colourful).starts_with("\x1b[1mcategory"));
    BOOST_TEST(printed(sample(), plain).find('\x1b') == std::string::npos);
    BOOST_TEST(printed(sample(), pipe_end).find('\x1b') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(data_forges_neither_rows_nor_escapes) {
    TextTable table({{"reason"}, {"records"}});
    table.add({"open\n\x1b[31mdeal\t", "1"});

    BOOST_TEST(printed(table, pipe_end) == "reason\trecords\nopen  [31mdeal \t1\n");
}

BOOST_AUTO_TEST_CASE(knows_its_width) {
    BOOST_TEST(sample().width() == std::string("contacts  1,204  2019-02-01").size());
}

BOOST_AUTO_TEST_CASE(groups_thousands) {
    const std::pair<std::int64_t, std::string> cases[] = {{0, "0"},
                                                          {7, "7"},
                                                          {999, "999"},
                                                          {1000, "1,000"},
                                                          {1204, "1,204"},
                                                          {123456, "123,456"},
                                                          {1234567, "1,234,567"},
                                                          {-1234, "-1,234"}};

    for (const auto& [number, text] : cases) BOOST_TEST(grouped(number) == text);
    BOOST_TEST(counted(1, "record") == "1 record");
    BOOST_TEST(counted(2000, "record") == "2,000 records");
}

BOOST_AUTO_TEST_SUITE_END()
