// The commands as clients of a daemon: the built program runs as one, the commands ask it over its socket.

#include "daemon/control_client.hpp"
#include "tests/daemon/command_bench.hpp"
#include "tests/support/notify_listener.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <fcntl.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace retention;
using namespace retention::test;
namespace json = boost::json;

namespace {

using Words = std::vector<std::string>;

std::string myself() {
    const passwd* user = getpwuid(getuid());
    return user ? user->pw_name : "root";
}

// A desk whose commands can ask a daemon of its own.
struct Served : Bench {
    pid_t daemon = -1;

    explicit Served(const std::string& operators = myself(), const std::string& viewers = "root") {
        write("retentiond.toml", read("retentiond.toml") + "[control]\nsocket = \"" + file("control.sock").string() +
                                     "\"\noperators = [\"" + operators + "\"]\nviewers = [\"" + viewers + "\"]\n");
        const std::string configuration = file("retentiond.toml").string(), said = file("said").string();
        NotifyListener systemd(file("notify").string());
        daemon = fork();
        if (daemon == 0) {
            const int log = open(said.c_str(), O_WRONLY | O_CREAT, 0600);
            dup2(log, 1), dup2(log, 2);
            execl(PROGRAM, PROGRAM, "run", "--config", configuration.c_str(), static_cast<char*>(nullptr));
            _exit(127);
        }
        systemd.next_with("READY=1");
    }
    ~Served() { stop(); }
    int stop() {
        if (daemon <= 0) return -1;
        kill(daemon, SIGTERM);
        int status = 0;
        waitpid(std::exchange(daemon, -1), &status, 0);
        return status;
    }
    std::string names() const {
        return store.value("SELECT group_concat(full_name, '|') FROM (SELECT full_name FROM contacts ORDER BY id)");
    }
};

// As systemd holds it for a daemon that does not come: everybody may connect, and nobody answers.
struct HeldSocket {
    explicit HeldSocket(const std::filesystem::path& path) : number(socket(AF_UNIX, SOCK_STREAM, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.string().copy(address.sun_path, sizeof address.sun_path - 1);
        BOOST_REQUIRE(bind(number, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
        BOOST_REQUIRE(listen(number, 5) == 0);
    }
    ~HeldSocket() { close(number); }
    int number;
};

std::string failure_of(const std::function<void()>& ask) {
    try {
        ask();
    } catch (const DaemonUnreachable& error) {
        return error.what();
    }
    return "";
}

} // namespace

BOOST_AUTO_TEST_SUITE(command_client)

BOOST_AUTO_TEST_CASE(status_says_on_one_screen_how_the_daemon_is) {
    Served desk;

    desk({"status"});
    BOOST_TEST(contains(desk.out, "retentiond "), desk.err);
    BOOST_TEST(contains(desk.out, "\ncontacts\tcrm\t-\t-\t-\t-\t"), desk.out);

    desk({"status", "--format", "json"});
    BOOST_TEST(json::parse(desk.out).at("categories").as_array().size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_purge_that_the_daemon_does_is_told_as_one_of_its_own) {
    Served desk;

    const auto code = desk({"purge", "contacts", "--yes", "--as-of", "2026-11-20", "--format", "json"});

    BOOST_TEST(number(code) == 0, desk.err);
    const auto account = json::parse(desk.out).as_object();
    BOOST_TEST(account.at("outcome").as_string() == "completed");
    BOOST_TEST(account.at("as_of").as_string() == "2026-11-20");
    const auto& contacts = account.at("categories").at(0).as_object();
    BOOST_TEST(contacts.at("disposed").as_int64() == 1);
    BOOST_TEST(contacts.at("related").at(0).at("records").as_int64() == 1);
    BOOST_TEST(desk.names().starts_with("Ann Due|REDACTED|Cay Kept"));
    BOOST_TEST(desk.stop() == 0);
    BOOST_TEST(number(desk({"audit", "verify"})) == 0, desk.out + desk.err);
    desk({"audit", "show", "--event", "run.started", "--format", "json"});
    BOOST_TEST(contains(desk.out, "\"actor\":\"user " + myself() + " (uid "), desk.out);
}

BOOST_AUTO_TEST_CASE(one_after_another_is_watched_to_its_end) {
    Served desk;

    for (int i = 0; i < 12; ++i) BOOST_TEST(number(desk({"purge", "--all", "--yes"})) == 0, desk.err);
}

BOOST_AUTO_TEST_CASE(without_yes_it_asks_and_a_no_does_nothing) {
    Served desk;
    desk.can_ask = true, desk.answer = "n\n";

    const auto code = desk({"purge", "contacts", "--as-of", "2026-11-20"});

    BOOST_TEST(number(code) == 3);
    BOOST_TEST(contains(desk.err, "anonymise 1 record of contacts, and with them: delete 1 of notes"), desk.err);
    BOOST_TEST(contains(desk.err, "nothing was done"));
    BOOST_TEST(desk.names().starts_with("Ann Due|Bob Due|"));
}

BOOST_AUTO_TEST_CASE(a_yes_at_the_question_begins_the_run) {
    Served desk;
    desk.can_ask = true, desk.answer = "y\n";

    const auto code = desk({"purge", "contacts", "--as-of", "2026-11-20"});

    BOOST_TEST(number(code) == 0, desk.err);
    BOOST_TEST(contains(desk.out, "completed"), desk.out);
    BOOST_TEST(desk.names().starts_with("Ann Due|REDACTED|"));
}

BOOST_AUTO_TEST_CASE(report_and_explain_say_the_same_through_the_daemon) {
    Served desk;
    const auto socket = desk.file("control.sock").string();
    const std::vector<std::vector<std::string>> questions = {
        {"report", "--as-of", "2026-11-21", "--format", "json"},
        {"report", "--as-of", "2026-11-21", "--category", "contacts", "--format", "csv"},
        {"report", "--as-of", "2026-11-21"},
        {"explain", "--category", "contacts", "--key", "5", "--as-of", "2026-11-21"},
        {"explain", "--category", "logs", "--key", "a,1", "--as-of", "2026-11-21", "--format", "json"}};

    for (auto words : questions) {
        BOOST_TEST(number(desk(words)) == 0, desk.err);
        const auto here = desk.out;
        words.insert(words.end(), {"--socket", socket});
        BOOST_TEST(number(desk.bare(words)) == 0, desk.err);
        BOOST_TEST(desk.out == here);
    }
}

BOOST_AUTO_TEST_CASE(whoever_has_no_right_is_told_so_and_nothing_happens) {
    Served desk("daemon", "bin"); // not root either, where root runs the tests

    for (const auto& words : {Words{"status"}, Words{"purge", "--all", "--yes"},
                              Words{"report", "--socket", desk.file("control.sock").string()}}) {
        const auto code = desk(words);
        BOOST_TEST_CONTEXT(words[0] << ": " << desk.err) {
            BOOST_TEST(number(code) == 3);
            BOOST_TEST(contains(desk.err, "\nhint: "));
        }
    }
    BOOST_TEST(desk.names().starts_with("Ann Due|Bob Due|"));
    desk.stop();
    desk({"audit", "show", "--event", "refused"});
    BOOST_TEST(contains(desk.out, "purge"), desk.out);
}

BOOST_AUTO_TEST_CASE(what_it_cannot_mean_ends_2) {
    Served desk;

    BOOST_TEST(number(desk({"purge", "contcats", "--yes"})) == 2, desk.err);
    BOOST_TEST(number(desk({"purge", "contacts", "--yes", "--as-of", "2999-01-01"})) == 2, desk.err);
    BOOST_TEST(number(desk({"purge", "contacts"})) == 2, desk.err);
    BOOST_TEST(desk.names().starts_with("Ann Due|Bob Due|"));
}

BOOST_AUTO_TEST_CASE(without_a_daemon_it_says_where_it_asked_and_what_to_do) {
    Bench desk;

    const auto code = desk.bare({"status", "--socket", desk.file("control.sock").string()});

    BOOST_TEST(number(code) == 1);
    BOOST_TEST(contains(desk.err, "the daemon does not answer at " + desk.file("control.sock").string()));
    BOOST_TEST(contains(desk.err, "\nhint: is it running?"));
}

BOOST_AUTO_TEST_CASE(a_daemon_that_cannot_start_is_not_waited_for_without_an_end) {
    const SqliteFile place;
    const auto socket = place.folder() / "control.sock";
    const HeldSocket held(socket);
    const ControlClient daemon(socket, std::chrono::milliseconds(1));

    const auto status = failure_of([&] { daemon.get("/v1/status"); });
    const auto order = failure_of([&] { daemon.post("/v1/purge", "{}"); });

    BOOST_TEST(contains(status, "the daemon does not answer at " + socket.string()), status);
    BOOST_TEST(contains(status, "\nhint: systemctl status retentiond, journalctl -u retentiond"), status);
    BOOST_TEST(contains(order, "it may yet do this when it starts"), order);
}

// Nobody took the connection while the time ran out: only what is counted is still waited for.
BOOST_AUTO_TEST_CASE(what_is_counted_is_waited_for) {
    const SqliteFile place;
    const auto socket = place.folder() / "control.sock";
    const HeldSocket held(socket);
    auto answer = std::async(std::launch::async, [&] {
        return ControlClient(socket, std::chrono::milliseconds(0)).get_counted("/v1/report");
    });

    const int asked = accept(held.number, nullptr, nullptr);
    const std::string text = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
    char request[512];
    BOOST_TEST(recv(asked, request, sizeof request, 0) > 0);
    BOOST_TEST(send(asked, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
    close(asked);

    BOOST_TEST(answer.get() == "{}");
}

BOOST_AUTO_TEST_SUITE_END()
