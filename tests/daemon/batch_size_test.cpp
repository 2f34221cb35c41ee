#include "daemon/batch_size.hpp"

#include <boost/test/unit_test.hpp>

using namespace retention;
using namespace std::chrono_literals;

namespace {

// A walk that only remembers how many records it was asked for, and takes its time for each.
struct SlowWalk : Walk {
    SlowWalk(std::vector<std::size_t>& asked_for, std::chrono::steady_clock::time_point& time,
             std::chrono::microseconds one)
        : asked(asked_for), now(time), each(one) {}
    Disposed dispose(std::size_t most) override {
        asked.push_back(most);
        if (busy) throw StoreError(StoreError::Kind::busy, "locked");
        now += each * most;
        return {std::vector<std::vector<std::string>>(most, {"1"}), {}};
    }
    void commit(const Witness&) override {}
    void skip() override {}
    void rollback() noexcept override {}
    std::vector<std::size_t>& asked;
    std::chrono::steady_clock::time_point& now;
    std::chrono::microseconds each;
    bool busy = false;
};

} // namespace

BOOST_AUTO_TEST_SUITE(batch_size)

BOOST_AUTO_TEST_CASE(starts_small) {
    BOOST_TEST(BatchSize(100ms).next() == 100u);
}

BOOST_AUTO_TEST_CASE(grows_to_twice_and_shrinks_to_half_at_most) {
    struct {
        const char* name;
        std::chrono::microseconds took;
        std::size_t next;
    } const rows[] = {
        {"no time at all", 0us, 200},  {"a quarter of the time", 25ms, 200},
        {"half the time", 50ms, 200},  {"just the time", 100ms, 100},
        {"a little less", 80ms, 125},  {"a little more", 125ms, 80},
        {"twice the time", 200ms, 50}, {"a stall", 60s, 50},
    };
    for (const auto& row : rows) BOOST_TEST_CONTEXT(row.name) {
            BatchSize size(100ms);

            size.took(100, row.took);

            BOOST_TEST(size.next() == row.next);
        }
}

BOOST_AUTO_TEST_CASE(stays_between_one_and_ten_thousand) {
    BatchSize fast(100ms), slow(100ms);

    for (int batch = 0; batch < 50; ++batch) {
        fast.took(fast.next(), 1us);
        slow.took(slow.next(), 10s);
    }

    BOOST_TEST(fast.next() == 10'000u);
    BOOST_TEST(slow.next() == 1u);
}

BOOST_AUTO_TEST_CASE(grows_again_from_one) {
    BatchSize size(100ms);
    for (int batch = 0; batch < 20; ++batch) size.took(size.next(), 10s);

    size.took(1, 10ms);

    BOOST_TEST(size.next() == 2u);
}

BOOST_AUTO_TEST_CASE(a_batch_that_was_not_full_says_nothing_about_larger_ones) {
    BatchSize size(100ms);

    size.took(3, 1ms);
    BOOST_TEST(size.next() == 100u);
    size.took(0, 1ms);
    BOOST_TEST(size.next() == 100u);
    size.took(3, 200ms);
    BOOST_TEST(size.next() == 50u);
}

BOOST_AUTO_TEST_CASE(comes_to_rest_at_the_time_that_the_store_allows) {
    std::vector<std::size_t> asked;
    std::chrono::steady_clock::time_point now{};
    const auto walk = adapt_batches(std::make_unique<SlowWalk>(asked, now, 50us), 100ms, [&] { return now; });

    for (int batch = 0; batch < 20; ++batch) {
        walk->dispose(10'000);
        walk->commit({});
    }

    BOOST_TEST(asked.back() == 2000u); // 2,000 records of 50 us are 100 ms
}

BOOST_AUTO_TEST_CASE(a_slow_disk_does_not_shrink_batches) {
    std::vector<std::size_t> asked;
    std::chrono::steady_clock::time_point now{};
    const auto walk = adapt_batches(std::make_unique<SlowWalk>(asked, now, 50us), 100ms, [&] { return now; });

    for (int batch = 0; batch < 20; ++batch) {
        walk->dispose(10'000);
        now += 10s; // the intent is written
        walk->commit({});
    }

    BOOST_TEST(asked.back() == 2000u);
}

BOOST_AUTO_TEST_CASE(never_asks_for_more_than_its_caller) {
    std::vector<std::size_t> asked;
    std::chrono::steady_clock::time_point now{};
    const auto walk = adapt_batches(std::make_unique<SlowWalk>(asked, now, 1us), 100ms, [&] { return now; });

    walk->dispose(7);

    BOOST_TEST(asked.back() == 7u);
}

BOOST_AUTO_TEST_CASE(a_busy_store_is_asked_for_half) {
    std::vector<std::size_t> asked;
    std::chrono::steady_clock::time_point now{};
    auto slow = std::make_unique<SlowWalk>(asked, now, 1us);
    slow->busy = true;
    const auto walk = adapt_batches(std::move(slow), 100ms, [&] { return now; });

    BOOST_CHECK_THROW(walk->dispose(10'000), StoreError);
    BOOST_CHECK_THROW(walk->dispose(10'000), StoreError);

    BOOST_TEST(asked == (std::vector<std::size_t>{100, 50}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
