#include "connectors/key_list.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>

namespace retention::test {

BOOST_AUTO_TEST_SUITE(key_list)

BOOST_AUTO_TEST_CASE(keys_come_back_as_they_were_added) {
    const std::vector<Key> keys{
        {std::int64_t{7}},
        {std::numeric_limits<std::int64_t>::min(), std::string("Größe, \"5\"")},
        {std::string(), Blob{std::string("\0\xff", 2)}, 0.1},
        {std::string(100'000, 'x')},
        {Value()},
    };
    KeyList list;

    for (const Key& key : keys) list.add(key);

    BOOST_TEST(list.size() == keys.size());
    BOOST_TEST((list.part(0, 5) == keys));
    BOOST_TEST((list.part(1, 3) == std::vector<Key>{keys[1], keys[2]}));
    BOOST_TEST((list.part(4, 100) == std::vector<Key>{keys[4]}));
    BOOST_TEST(list.part(2, 2).empty());
    BOOST_TEST(KeyList().part(0, 1).empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace retention::test
