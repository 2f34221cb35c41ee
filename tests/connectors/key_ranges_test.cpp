#include "connectors/key_ranges.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace retention::test {
namespace {

std::int64_t number(const std::optional<Key>& key) {
    return key ? std::get<std::int64_t>(key->at(0)) : 0;
}

// Ranges of ten of the keys 1 to 95.
std::optional<Key> tens(const std::optional<Key>& after) {
    const auto last = number(after) + 10;
    return last < 95 ? std::optional(Key{Value{last}}) : std::nullopt;
}

} // namespace

BOOST_AUTO_TEST_SUITE(key_ranges)

BOOST_AUTO_TEST_CASE(ranges_follow_each_other_without_a_gap_and_the_last_one_has_no_end) {
    KeyRanges ranges;

    std::optional<Key> at;
    int many = 0;
    for (auto range = ranges.take(tens); range; range = ranges.take(tens)) {
        BOOST_TEST((range->after == at));
        at = range->last;
        ++many;
    }

    BOOST_TEST(many == 10);
    BOOST_TEST(!at.has_value());
    BOOST_TEST(!ranges.take(tens).has_value());
}

BOOST_AUTO_TEST_CASE(a_range_that_came_back_is_handed_out_before_the_rest_and_after_the_end) {
    KeyRanges ranges;
    const auto first = ranges.take(tens);
    ranges.take(tens);

    ranges.give_back(*first);

    BOOST_TEST(number(ranges.take(tens)->last) == 10);
    BOOST_TEST(number(ranges.take(tens)->last) == 30);
    while (ranges.take(tens)) {
    }
    ranges.give_back({Key{Value{std::int64_t{5}}}, first->last});
    BOOST_TEST(number(ranges.take(tens)->after) == 5);
    BOOST_TEST(!ranges.take(tens).has_value());
}

BOOST_AUTO_TEST_CASE(what_is_cut_off_again_and_again_comes_back_in_the_order_of_the_key) {
    KeyRanges ranges;
    const auto first = ranges.take(tens); // to 10

    ranges.give_back({Key{Value{std::int64_t{6}}}, first->last});
    ranges.give_back({Key{Value{std::int64_t{3}}}, Key{Value{std::int64_t{6}}}});

    for (const std::int64_t after : {3, 6, 10}) BOOST_TEST(number(ranges.take(tens)->after) == after);
}

BOOST_AUTO_TEST_CASE(a_cut_that_fails_loses_no_range) {
    KeyRanges ranges;
    ranges.take(tens);

    BOOST_CHECK_THROW(
        ranges.take([](const std::optional<Key>&) -> std::optional<Key> { throw std::runtime_error("no"); }),
        std::runtime_error);

    const auto range = ranges.take(tens);
    BOOST_TEST(number(range->after) == 10);
    BOOST_TEST(number(range->last) == 20);
}

BOOST_AUTO_TEST_CASE(after_the_end_was_declared_only_what_comes_back_is_left) {
    KeyRanges ranges;
    const auto range = ranges.take(tens);

    ranges.finish();

    BOOST_TEST(!ranges.take(tens).has_value());
    ranges.give_back(*range);
    BOOST_TEST(ranges.take(tens).has_value());
}

BOOST_AUTO_TEST_CASE(threads_get_each_range_once_also_where_some_of_them_give_it_back) {
    KeyRanges ranges;
    std::mutex mutex;
    std::vector<std::int64_t> done;
    const auto cut = [](const std::optional<Key>& after) {
        return number(after) < 4000 ? std::optional(Key{Value{number(after) + 1}}) : std::nullopt;
    };
    const auto work = [&](int worker) {
        int turn = 0;
        while (auto range = ranges.take(cut)) {
            if ((++turn + worker) % 7 == 0) {
                ranges.give_back(std::move(*range));
                continue;
            }
            const std::scoped_lock lock(mutex);
            done.push_back(number(range->after));
        }
    };

    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i) threads.emplace_back(work, i);
    }

    work(0); // one may have come back after another thread saw the end
    std::ranges::sort(done);
    BOOST_TEST(done.size() == 4001u);
    BOOST_TEST((std::ranges::adjacent_find(done) == done.end()));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace retention::test
