#include "daemon/state.hpp"

#include "daemon/durable_file.hpp"
#include "tests/support/audit_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <fstream>
#include <functional>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace retention;
using namespace retention::test;

namespace {

// A process that runs `work` and then waits to be killed.
class Child {
public:
    explicit Child(const std::function<void()>& work) {
        int ready[2];
        BOOST_REQUIRE(::pipe(ready) == 0);
        pid = ::fork();
        if (pid == 0) {
            work();
            const auto said = ::write(ready[1], "x", 1);
            for (;;)
                if (said != 1 || ::pause() != -1) ::_exit(1);
        }
        ::close(ready[1]);
        char said = 0;
        const auto had = ::read(ready[0], &said, 1);
        ::close(ready[0]);
        BOOST_REQUIRE(had == 1);
    }
    ~Child() { kill(); }
    void kill() {
        if (pid <= 0) return;
        ::kill(pid, SIGKILL);
        ::waitpid(pid, nullptr, 0);
        pid = 0;
    }
    pid_t pid = 0;
};

std::string refusal(const std::filesystem::path& state) {
    try {
        const auto got_it = State::acquire(state);
        return {};
    } catch (const StateHeld& held) {
        return held.what();
    }
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(state)

BOOST_AUTO_TEST_CASE(the_directory_is_made_for_its_owner_alone) {
    const AuditFolder folder;

    const auto state = State::acquire(folder.state / "deep");

    struct stat status {};
    BOOST_REQUIRE(::stat((folder.state / "deep").c_str(), &status) == 0);
    BOOST_TEST((status.st_mode & 0777) == 0700u);
    BOOST_TEST(state.directory() == folder.state / "deep");
}

BOOST_AUTO_TEST_CASE(a_second_process_is_refused_and_told_who_holds_the_lock) {
    const AuditFolder folder;
    const Child holder([&] { new State(State::acquire(folder.state)); });

    const auto said = refusal(folder.state);

    BOOST_TEST_CONTEXT(said) {
        BOOST_TEST(contains(said, "is held by process " + std::to_string(holder.pid) + " ("));
        BOOST_TEST(contains(said, "\nhint: "));
    }
    BOOST_TEST(contains(state_holder(folder.state).value_or(""), "process " + std::to_string(holder.pid)));
}

BOOST_AUTO_TEST_CASE(the_lock_ends_with_its_process_even_by_kill_9) {
    const AuditFolder folder;
    Child holder([&] { new State(State::acquire(folder.state)); });
    BOOST_REQUIRE(!refusal(folder.state).empty()); // the twin: while it lives

    holder.kill();

    BOOST_TEST(!state_holder(folder.state));
    BOOST_TEST(refusal(folder.state).empty());
}

BOOST_AUTO_TEST_CASE(the_lock_ends_with_the_state_and_moves_with_it) {
    const AuditFolder folder;
    {
        auto first = State::acquire(folder.state);
        const State moved(std::move(first));
        BOOST_TEST(!refusal(folder.state).empty());
    }

    BOOST_TEST(refusal(folder.state).empty());
}

BOOST_AUTO_TEST_CASE(asking_who_holds_the_lock_does_not_take_it) {
    const AuditFolder folder;
    BOOST_TEST(!state_holder(folder.state)); // no directory yet
    { const auto state = State::acquire(folder.state); }

    BOOST_TEST(!state_holder(folder.state));

    BOOST_TEST(refusal(folder.state).empty());
}

BOOST_AUTO_TEST_CASE(a_lock_file_that_is_removed_keeps_nobody_out_unnoticed) {
    const AuditFolder folder;
    const auto first = State::acquire(folder.state);
    std::filesystem::remove(folder.state / "lock");

    BOOST_TEST(refusal(folder.state).empty()); // a new file is another lock: what an administrator who removes it does
    BOOST_TEST(std::filesystem::exists(folder.state / "lock"));
}

BOOST_AUTO_TEST_CASE(the_kept_head_is_read_back) {
    const AuditFolder folder;
    auto state = State::acquire(folder.state);
    BOOST_TEST(!kept_head(folder.state));
    const Head head{12345678901, std::string(63, 'a') + "1"};

    state.keep({1, std::string(64, 'b')});
    state.keep(head);

    BOOST_TEST((kept_head(folder.state) == head));
    BOOST_TEST(!std::filesystem::exists(folder.state / "head.new"));
}

BOOST_AUTO_TEST_CASE(a_write_that_was_cut_short_leaves_the_head_as_it_was) {
    const AuditFolder folder;
    auto state = State::acquire(folder.state);
    const Head head{7, std::string(64, 'c')};
    state.keep(head);
    std::ofstream(folder.state / "head.new") << "{\"seq\":";

    BOOST_TEST((kept_head(folder.state) == head));

    state.keep({8, std::string(64, 'd')});
    BOOST_TEST(kept_head(folder.state)->seq == 8u);
}

BOOST_AUTO_TEST_CASE(a_damaged_head_is_an_error_and_never_no_head) {
    const AuditFolder folder;
    const auto state = State::acquire(folder.state);
    const std::string hash(64, 'a');
    for (const std::string& text : std::vector<std::string>{
             "", "{", "{\"seq\":1}", "{\"hash\":\"" + hash + "\"}", "{\"seq\":-1,\"hash\":\"" + hash + "\"}",
             "{\"seq\":1.5,\"hash\":\"" + hash + "\"}", "{\"seq\":1,\"hash\":\"" + hash.substr(1) + "\"}",
             "{\"seq\":1,\"hash\":\"" + hash.substr(1) + "A\"}", "[1]", std::string(100, '\0')}) {
        BOOST_TEST_CONTEXT("head '" << text << "'") {
            std::ofstream(folder.state / "head", std::ios::trunc) << text;
            BOOST_CHECK_THROW(kept_head(folder.state), std::runtime_error);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_file_is_never_created_over_another_one) {
    const AuditFolder folder;
    create_durably(folder.folder / "key", "one", 0600);

    BOOST_CHECK_THROW(create_durably(folder.folder / "key", "two", 0600), std::system_error);

    BOOST_TEST(read_fully(folder.folder / "key") == "one");
    BOOST_TEST(!std::filesystem::exists(folder.folder / "key.new"));
}

BOOST_AUTO_TEST_SUITE_END()
