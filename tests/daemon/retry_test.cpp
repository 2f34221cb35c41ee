#include "daemon/retry.hpp"

#include <boost/test/unit_test.hpp>

using namespace retention;
using namespace std::chrono_literals;

namespace {

struct FlakyWalk : Walk {
    FlakyWalk(int& all_calls, int how_many, StoreError::Kind of) : calls(all_calls), failures(how_many), kind(of) {}
    Disposed dispose(std::size_t) override {
        if (calls++ < failures) throw StoreError(kind, "not now");
        return {{{"1"}}, {}};
    }
    void commit(const Witness&) override {
        ++calls;
        throw StoreError(kind, "not now");
    }
    void skip() override {}
    void rollback() noexcept override {}
    int& calls;
    int failures;
    StoreError::Kind kind;
};

struct Attempt {
    int calls = 0;
    std::chrono::microseconds waited{0};
    std::atomic<bool> stop{false};
    std::unique_ptr<Walk> walk(int failures, StoreError::Kind kind) {
        return retry_busy(
            std::make_unique<FlakyWalk>(calls, failures, kind), [this](auto wait) { waited += wait; }, stop);
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(retry)

BOOST_AUTO_TEST_CASE(a_busy_store_gets_time) {
    Attempt attempt;

    BOOST_TEST(attempt.walk(6, StoreError::Kind::busy)->dispose(1).keys.size() == 1u);

    BOOST_TEST(attempt.calls == 7);
    BOOST_TEST((attempt.waited == 6300ms));
}

BOOST_AUTO_TEST_CASE(patience_has_an_end) {
    Attempt attempt;

    BOOST_CHECK_THROW(attempt.walk(7, StoreError::Kind::cancelled)->dispose(1), StoreError);

    BOOST_TEST(attempt.calls == 7);
}

BOOST_AUTO_TEST_CASE(what_does_not_pass_is_not_tried_again) {
    for (const auto kind : {StoreError::Kind::refused, StoreError::Kind::lost, StoreError::Kind::failed}) {
        Attempt attempt;

        BOOST_CHECK_THROW(attempt.walk(1, kind)->dispose(1), StoreError);

        BOOST_TEST(attempt.calls == 1);
    }
}

BOOST_AUTO_TEST_CASE(a_stop_ends_the_waiting) {
    Attempt attempt;
    attempt.stop = true;

    BOOST_CHECK_THROW(attempt.walk(1, StoreError::Kind::busy)->dispose(1), StoreError);

    BOOST_TEST(attempt.calls == 1);
}

BOOST_AUTO_TEST_CASE(a_commit_is_never_done_twice) {
    Attempt attempt;

    BOOST_CHECK_THROW(attempt.walk(0, StoreError::Kind::busy)->commit({}), StoreError);

    BOOST_TEST(attempt.calls == 1);
}

BOOST_AUTO_TEST_SUITE_END()
