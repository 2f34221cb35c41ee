// The control socket itself: real sockets, real HTTP, callers that are slow, silent, rude or too many.

#include "tests/daemon/control_bench.hpp"

#include <fstream>
#include <sys/stat.h>
#include <sys/wait.h>

using namespace retention;
using namespace retention::test;

namespace {

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

std::size_t times(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
    return count;
}

ControlLimits impatient() {
    ControlLimits limits;
    limits.request = limits.idle = limits.write = limits.linger = limits.farewell = std::chrono::milliseconds(40);
    return limits;
}

const std::string purge_all = post("/v1/purge", R"({"all":true})");

} // namespace

BOOST_AUTO_TEST_SUITE(control_server)

BOOST_AUTO_TEST_CASE(answers_over_a_socket) {
    ControlBench bench;

    const auto status = bench.ask(get("/v1/status"));
    const auto purge = bench.ask(purge_all);

    BOOST_TEST(status.starts_with("HTTP/1.1 200 OK\r\n"));
    BOOST_TEST(contains(status, "Content-Type: application/json\r\n"));
    BOOST_TEST(contains(status, "Cache-Control: no-store\r\n"));
    BOOST_TEST(purge.starts_with("HTTP/1.1 202 Accepted\r\n"));
    BOOST_TEST(contains(purge, "Location: /v1/runs/2026-11-22%201\r\n"));
    BOOST_TEST(bench.control.purges.size() == 1U);
    BOOST_TEST(bench.ask(get("/metrics")).ends_with("\r\n\r\nretentiond_up 1\n"));
    BOOST_TEST(bench.wait_until([&] { return bench.server->connections() == 0; }));
}

BOOST_AUTO_TEST_CASE(keeps_the_connection_for_the_next_request) {
    ControlBench bench;
    Caller caller = bench.call();

    for (std::size_t time = 1; time <= 3; ++time) {
        caller.say(get("/v1/runs?last=" + std::to_string(time)));
        BOOST_TEST(bench.hear(caller, "[" + std::to_string(time) + "]}\n"));
    }
    caller.say(get("/v1/nothing") + get("/v1/purge") + get("/v1/runs?last=7") +
               get("/v1/runs?last=8", "Connection: close\r\n"));

    BOOST_TEST(bench.hear_the_end(caller));
    BOOST_TEST(times(caller.heard, "HTTP/1.1 200") == 5U);
    BOOST_TEST(times(caller.heard, "HTTP/1.1 404") == 1U);
    BOOST_TEST(times(caller.heard, "HTTP/1.1 405") == 1U);
    BOOST_TEST(contains(caller.heard, "Allow: POST\r\n"));
    BOOST_TEST(caller.heard.ends_with("[8]}\n"));
}

BOOST_AUTO_TEST_CASE(a_request_may_come_byte_by_byte) {
    ControlBench bench;
    Caller caller = bench.call();

    for (const char byte : purge_all) {
        caller.say({&byte, 1});
        bench.io.poll();
    }

    BOOST_TEST(bench.hear(caller, "\"location\""));
    BOOST_TEST(bench.control.purges.size() == 1U);
}

BOOST_AUTO_TEST_CASE(head_has_the_fields_and_no_body) {
    ControlBench bench;

    const auto head = bench.ask("HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
    const auto news = bench.ask("HEAD /v1/runs/x/news HTTP/1.1\r\nHost: x\r\n\r\n");

    BOOST_TEST(contains(head, "Content-Length: 16\r\n"));
    BOOST_TEST(head.ends_with("\r\n\r\n"));
    BOOST_TEST(contains(news, "application/x-ndjson"));
    BOOST_TEST(news.ends_with("\r\n\r\n"));
    BOOST_TEST(bench.control.watched == 0);
}

BOOST_AUTO_TEST_CASE(an_old_client_is_answered_in_its_way) {
    ControlBench bench;
    bench.control.first_news = {{"{\"n\":1}", true}};

    const auto status = bench.ask("GET /metrics HTTP/1.0\r\n\r\n");
    const auto news = bench.ask("GET /v1/runs/x/news HTTP/1.0\r\n\r\n");

    BOOST_TEST(status.starts_with("HTTP/1.0 200 OK\r\n"));
    BOOST_TEST(!contains(news, "chunked"));
    BOOST_TEST(news.ends_with("\r\n\r\n{\"n\":1}\n"));
}

BOOST_AUTO_TEST_CASE(what_is_no_good_request_is_told_so_and_does_nothing) {
    ControlBench bench;
    const std::string body = R"({"all":true})";
    const std::string host = "Host: x\r\n";
    for (const auto& [request, status] : std::vector<std::pair<std::string, std::string>>{
             {"nonsense\r\n\r\n", "400"},
             {"POST /v1/purge\r\n\r\n", "400"},
             {"POST /v1/purge HTTP/2.0\r\n" + host + "Content-Length: 12\r\n\r\n" + body, "505"},
             {"POST /v1/purge HTTP/1.1\r\nContent-Length: 12\r\n\r\n" + body, "400"},
             {"POST /v1/purge HTTP/1.1\r\n" + host + host + "Content-Length: 12\r\n\r\n" + body, "400"},
             {"POST /v1/purge HTTP/1.1\r\n" + host + "Content-Length: 12\r\nContent-Length: 13\r\n\r\n" + body, "400"},
             {"POST /v1/purge HTTP/1.1\r\n" + host + "Content-Length: 12\r\nTransfer-Encoding: chunked\r\n\r\n" + body,
              "4"},
             {"POST /v1/purge HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\nc\r\n" + body + "\r\n0\r\n\r\n",
              "411"},
             {"POST /v1/purge HTTP/1.1\r\n" + host + "Content-Length: -12\r\n\r\n" + body, "400"},
             {"POST /v1/purge HTTP/1.1\r\n" + host + "Content-Length: 12 \r\n Folded: 1\r\n\r\n" + body, "4"},
             {"POST /v1/purge HTTP/1.1\r\n" + host + "Content-Length: 13\r\n\r\n" + body, "400"}, // and then the end
             {"POST /v1/purge HTTP/1.1\r\n" + host + "Content-Length: 11\r\n\r\n" + body, "400"},
             {"POST http://x/v1/purge HTTP/1.1\r\n" + host + "Content-Length: 12\r\n\r\n" + body, "400"},
             {post("/v1/purge", body, "Expect: 100-continue\r\n"), "417"},
             {post("/v1/purge", body, "Content-Type: text/plain\r\n"), "415"},
             {post("/v1/purge", body, "X: " + std::string(9000, 'x') + "\r\n"), "431"},
             {post("/v1/purge", body + std::string(70000, ' ')), "413"},
             {"POST /v1/purge HTTP/1.1\r\n" + host + "Content-Length: 99999999999\r\n\r\n" + body, "413"},
             {"PUT /v1/purge HTTP/1.1\r\n" + host + "Content-Length: 12\r\n\r\n" + body, "405"},
             {post("/v1/purge", "{\"all\":true,\"all\":true}"), "400"},
             {"GET /v1/status HTTP/1.1\r\n" + host + "Content-Length: 12\r\n\r\n" + body, "400"}})
        BOOST_TEST_CONTEXT(request.substr(0, 120)) {
            const auto answer = bench.ask(request);
            BOOST_TEST(answer.starts_with("HTTP/1.1 " + status));
            BOOST_TEST(contains(answer, "application/problem+json"));
            BOOST_TEST(bench.control.orders() == 0U);
        }
}

BOOST_AUTO_TEST_CASE(a_body_is_not_taken_for_a_request) {
    ControlBench bench;

    const auto answer =
        bench.ask("GET /v1/status HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(purge_all.size()) +
                  "\r\n\r\n" + purge_all);

    BOOST_TEST(times(answer, "HTTP/1.1 ") == 1U);
    BOOST_TEST(bench.control.orders() == 0U);
}

BOOST_AUTO_TEST_CASE(who_has_no_right_is_refused_before_the_body_is_read) {
    ControlBench bench({}, [](int) { return otto; });
    Caller caller = bench.call();

    caller.say("POST /v1/purge HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n");

    BOOST_TEST(bench.hear(caller, "HTTP/1.1 403 Forbidden\r\n"));
    BOOST_TEST(bench.control.refusals.size() == 1U);
    BOOST_TEST(bench.control.orders() == 0U);
}

BOOST_AUTO_TEST_CASE(whom_the_kernel_does_not_know_may_nothing) {
    ControlBench bench({}, [](int) { return std::nullopt; });

    BOOST_TEST(bench.ask(purge_all).starts_with("HTTP/1.1 403"));
    BOOST_TEST(bench.ask(get("/v1/status")).starts_with("HTTP/1.1 403"));
    BOOST_TEST(bench.control.orders() == 0U);
}

BOOST_AUTO_TEST_CASE(the_kernel_says_who_asks_once) {
    int asked = 0;
    ControlBench bench({}, [&](int socket) {
        ++asked;
        BOOST_TEST((peer_of(socket)->uid == geteuid()));
        return olga;
    });
    Caller caller = bench.call();

    caller.say(get("/v1/runs?last=1") + get("/v1/runs?last=2"));

    BOOST_TEST(bench.hear(caller, "[2]}"));
    BOOST_TEST(asked == 1);
}

BOOST_AUTO_TEST_CASE(an_answer_may_come_later) {
    ControlBench bench;
    bench.control.answers_later = true;
    Caller one = bench.call(), other = bench.call();
    one.say(get("/v1/report"));
    BOOST_TEST(bench.wait_until([&] { return bench.control.answers.size() == 1; }));

    other.say(get("/v1/runs")); // waits for nobody
    BOOST_TEST(bench.hear(other, "[20]}"));
    bench.control.answers[0](std::string("{\"due\":3}"));

    BOOST_TEST(bench.hear(one, "{\"due\":3}\n"));
}

BOOST_AUTO_TEST_CASE(who_leaves_before_the_answer_leaves_nothing_behind) {
    ControlBench bench;
    bench.control.answers_later = true;
    {
        Caller caller = bench.call();
        caller.say(get("/v1/report"));
        BOOST_TEST(bench.wait_until([&] { return bench.control.answers.size() == 1; }));
        BOOST_TEST(bench.server->connections() == 1U);
        BOOST_TEST(bench.control.waited_for == 1);
    }
    BOOST_TEST(bench.wait_until([&] { return bench.server->connections() == 0; }));
    BOOST_TEST(bench.control.waited_for == 0);

    bench.control.answers[0](std::string("{}"));
    bench.server.reset();
    bench.control.answers[0](std::string("{}"));
}

BOOST_AUTO_TEST_CASE(news_come_as_they_are_and_end_with_the_run) {
    ControlBench bench;
    bench.control.first_news = {{"{\"n\":0}", false}};
    Caller caller = bench.call();
    caller.say(get("/v1/runs/x/news"));
    BOOST_TEST(bench.hear(caller, "8\r\n{\"n\":0}\n\r\n"));
    BOOST_TEST(contains(caller.heard, "Transfer-Encoding: chunked\r\n"));
    BOOST_TEST(contains(caller.heard, "Content-Type: application/x-ndjson\r\n"));

    bench.control.tell("{\"n\":1}");
    BOOST_TEST(bench.hear(caller, "{\"n\":1}\n"));
    bench.control.tell("{\"n\":2}", true);

    BOOST_TEST(bench.hear_the_end(caller));
    BOOST_TEST(caller.heard.ends_with("8\r\n{\"n\":2}\n\r\n0\r\n\r\n"));
    BOOST_TEST(bench.control.watchers.empty());
}

BOOST_AUTO_TEST_CASE(a_purge_can_be_watched_in_the_same_breath) {
    ControlBench bench;
    bench.control.first_news = {{"{\"state\":\"finished\"}", true}};

    const auto answer = bench.ask(post("/v1/purge", R"({"all":true})", "Accept: application/x-ndjson\r\n"));

    BOOST_TEST(answer.starts_with("HTTP/1.1 200 OK\r\n"));
    BOOST_TEST(contains(answer, "Location: /v1/runs/2026-11-22%201\r\n"));
    BOOST_TEST(contains(answer, "{\"state\":\"finished\"}\n"));
    BOOST_TEST(bench.control.purges.size() == 1U);
}

BOOST_AUTO_TEST_CASE(who_reads_slowly_gets_the_newest_and_the_last) {
    ControlBench bench;
    Caller caller(bench.file(), 4096);
    caller.say(get("/v1/runs/x/news"));
    BOOST_TEST(bench.wait_until([&] { return bench.control.watchers.size() == 1; }));

    const std::string padding(2000, '.');
    constexpr std::size_t lines = 20000; // 40 MB, were they kept
    for (std::size_t line = 1; line <= lines; ++line) {
        bench.control.tell(std::to_string(line) + padding);
        bench.io.poll();
    }
    bench.control.tell("the last one", true);

    BOOST_TEST(bench.hear_the_end(caller));
    BOOST_TEST(caller.heard.ends_with("the last one\n\r\n0\r\n\r\n"));
    BOOST_TEST(times(caller.heard, padding) > 1U);
    BOOST_TEST(caller.heard.size() < 2'000'000U);
}

BOOST_AUTO_TEST_CASE(who_does_not_read_at_all_is_left) {
    ControlBench bench(impatient());
    Caller caller(bench.file(), 4096);
    caller.say(get("/v1/runs/x/news"));
    BOOST_TEST(bench.wait_until([&] { return bench.control.watchers.size() == 1; }));

    const std::string padding(60000, '.');
    BOOST_TEST(bench.wait_until([&] { return bench.control.tell(padding), bench.control.watchers.empty(); }));

    BOOST_TEST(bench.wait_until([&] { return bench.server->connections() == 0; }));
}

BOOST_AUTO_TEST_CASE(who_stops_watching_ends_the_watch_and_not_the_run) {
    ControlBench bench;
    {
        Caller caller = bench.call();
        caller.say(get("/v1/runs/x/news"));
        BOOST_TEST(bench.wait_until([&] { return bench.control.watchers.size() == 1; }));
    }

    BOOST_TEST(bench.wait_until([&] { return bench.control.watchers.empty(); }));
    BOOST_TEST(bench.wait_until([&] { return bench.server->connections() == 0; }));
    BOOST_TEST(bench.control.cancelled.empty());
}

BOOST_AUTO_TEST_CASE(silence_is_not_waited_for) {
    ControlBench bench(impatient());
    Caller says_nothing = bench.call(), stops_in_the_head = bench.call(), stops_in_the_body = bench.call(),
           idle = bench.call();
    stops_in_the_head.say("POST /v1/pur");
    stops_in_the_body.say(purge_all.substr(0, purge_all.size() - 1));
    idle.say(get("/v1/runs"));

    for (Caller* caller : {&says_nothing, &stops_in_the_head, &stops_in_the_body, &idle})
        BOOST_TEST(bench.hear_the_end(*caller));

    BOOST_TEST(contains(idle.heard, "[20]}"));
    BOOST_TEST(bench.control.orders() == 0U);
    BOOST_TEST(bench.wait_until([&] { return bench.server->connections() == 0; }));
}

BOOST_AUTO_TEST_CASE(a_drop_at_a_time_does_not_keep_a_place) {
    ControlBench bench(impatient());
    Caller caller = bench.call();

    BOOST_TEST(bench.wait_until([&] { return caller.say("x"), caller.listen(), caller.ended; }));

    BOOST_TEST(bench.wait_until([&] { return bench.server->connections() == 0; }));
}

BOOST_AUTO_TEST_CASE(a_user_has_so_many_connections_and_root_more) {
    Peer next = otto;
    ControlBench bench({}, [&](int) { return next; });
    std::vector<Caller> callers;
    const auto connect = [&](const Peer& peer) {
        next = peer;
        callers.push_back(bench.call());
        const auto before = bench.server->connections();
        Caller& caller = callers.back();
        return bench.wait_until([&] {
            return caller.listen(), caller.ended || bench.server->connections() > before;
        }) && !caller.ended;
    };
    for (int number = 0; number < 8; ++number) BOOST_TEST(connect(otto));
    BOOST_TEST(!connect(otto));
    BOOST_TEST(callers.back().heard.starts_with("HTTP/1.1 503 Service Unavailable\r\n"));
    BOOST_TEST(contains(callers.back().heard, "application/problem+json"));

    for (int number = 0; number < 8; ++number) BOOST_TEST(connect(vera));
    for (int number = 0; number < 8; ++number) BOOST_TEST(connect(olga));
    for (int number = 0; number < 4; ++number) BOOST_TEST(connect(Peer{2000, 1}));
    BOOST_TEST(!connect(Peer{2001, 1})); // what is left is root's
    for (int number = 0; number < 4; ++number) BOOST_TEST(connect(Peer{0, 0}));
    BOOST_TEST(!connect(Peer{0, 0}));
    BOOST_TEST(bench.server->connections() == 32U);

    callers.clear();
    BOOST_TEST(bench.wait_until([&] { return bench.server->connections() == 0; }));
    BOOST_TEST(connect(otto));
}

BOOST_AUTO_TEST_CASE(streams_take_places_too) {
    ControlBench bench;
    std::vector<Caller> callers;
    for (int number = 0; number < 8; ++number) {
        callers.push_back(bench.call());
        callers.back().say(get("/v1/runs/x/news"));
    }
    BOOST_TEST(bench.wait_until([&] { return bench.control.watchers.size() == 8; }));

    BOOST_TEST(bench.ask(get("/v1/status")).starts_with("HTTP/1.1 503"));
    bench.control.tell("{}", true);
    for (auto& caller : callers) BOOST_TEST(bench.hear_the_end(caller));
    callers.clear();
    BOOST_TEST(bench.wait_until([&] { return bench.server->connections() == 0; }));
    BOOST_TEST(bench.ask(get("/v1/status")).starts_with("HTTP/1.1 200"));
}

BOOST_AUTO_TEST_CASE(stopping_lets_answers_out_and_takes_nothing_new) {
    ControlBench bench;
    bench.control.answers_later = true;
    Caller idle = bench.call(), waiting = bench.call(), watching = bench.call();
    idle.say(get("/v1/runs"));
    waiting.say(get("/v1/report"));
    watching.say(get("/v1/runs/x/news"));
    BOOST_TEST(bench.hear(idle, "[20]}"));
    BOOST_TEST(
        bench.wait_until([&] { return bench.control.answers.size() == 1 && bench.control.watchers.size() == 1; }));

    bench.server->stop();

    BOOST_TEST(bench.hear_the_end(idle));
    BOOST_TEST(!std::filesystem::exists(bench.file()));
    BOOST_TEST(!bench.call().connected);
    bench.control.answers[0](std::string("{\"due\":3}"));
    bench.control.tell("{\"n\":9}", true);
    BOOST_TEST(bench.hear_the_end(waiting));
    BOOST_TEST(bench.hear_the_end(watching));
    BOOST_TEST(contains(waiting.heard, "{\"due\":3}\n"));
    BOOST_TEST(contains(watching.heard, "{\"n\":9}\n"));
    bench.io.run(); // has nothing left to wait for
}

BOOST_AUTO_TEST_CASE(a_request_that_is_not_whole_at_the_stop_is_neither_done_nor_waited_for) {
    ControlLimits limits;
    limits.request = limits.farewell = std::chrono::hours(1);
    ControlBench bench(limits);
    Caller in_the_head = bench.call(), in_the_body = bench.call(), unread = bench.call(), other = bench.call();
    in_the_head.say("POST /v1/pur");
    in_the_body.say(purge_all.substr(0, purge_all.size() - 1));
    BOOST_TEST(bench.wait_until([&] { return bench.server->connections() == 4; }));
    other.say(get("/v1/runs"));
    BOOST_TEST(bench.hear(other, "[20]}"));
    unread.say(purge_all);

    bench.server->stop();
    in_the_body.say(purge_all.substr(purge_all.size() - 1));

    for (Caller* caller : {&in_the_head, &in_the_body, &unread, &other}) BOOST_TEST(bench.hear_the_end(*caller));
    BOOST_TEST(bench.control.orders() == 0U);
    bench.io.run(); // has nothing left to wait for
}

BOOST_AUTO_TEST_CASE(stopping_does_not_wait_for_ever) {
    ControlBench bench(impatient());
    bench.control.answers_later = true;
    Caller waiting = bench.call(), watching = bench.call();
    waiting.say(get("/v1/report"));
    watching.say(get("/v1/runs/x/news"));
    BOOST_TEST(
        bench.wait_until([&] { return bench.control.answers.size() == 1 && bench.control.watchers.size() == 1; }));

    bench.server->stop();

    BOOST_TEST(bench.hear_the_end(waiting));
    BOOST_TEST(bench.hear_the_end(watching));
    BOOST_TEST(bench.control.watchers.empty());
    bench.io.run();
}

BOOST_AUTO_TEST_CASE(gone_it_touches_nothing_any_more) {
    const auto before = open_descriptors();
    {
        ControlBench bench;
        bench.control.answers_later = true;
        Caller idle = bench.call(), waiting = bench.call(), watching = bench.call();
        waiting.say(get("/v1/report"));
        watching.say(get("/v1/runs/x/news"));
        BOOST_TEST(
            bench.wait_until([&] { return bench.control.answers.size() == 1 && bench.control.watchers.size() == 1; }));

        bench.server.reset();

        BOOST_TEST(bench.control.watchers.empty());
        BOOST_TEST(bench.control.waited_for == 0);
        bench.control.answers[0](std::string("{}"));
        bench.io.run();
    }
    BOOST_TEST(open_descriptors() == before);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(control_socket)

BOOST_AUTO_TEST_CASE(everybody_may_reach_it_and_nobody_finds_it_afterwards) {
    OwnFolder folder;
    const auto file = folder.path / "run" / "control.sock";
    {
        const mode_t mask = umask(0077);
        const auto made = ControlSocket::made_at(file);
        umask(mask);

        struct stat found {};
        BOOST_REQUIRE(stat(file.c_str(), &found) == 0);
        BOOST_TEST((found.st_mode & 07777) == 0666U);
        BOOST_TEST(S_ISSOCK(found.st_mode));
        BOOST_REQUIRE(stat(file.parent_path().c_str(), &found) == 0);
        BOOST_TEST((found.st_mode & 07777) == 0755U);
        BOOST_TEST(made.is_own());
        BOOST_TEST(Caller(file).connected);
    }
    BOOST_TEST(!std::filesystem::exists(file));
}

BOOST_AUTO_TEST_CASE(a_dead_daemons_file_is_replaced_and_a_living_ones_is_not) {
    OwnFolder folder;
    const auto file = folder.path / "control.sock";
    {
        auto dying = ControlSocket::made_at(file);
        std::filesystem::create_hard_link(file, folder.path / "kept"); // as if nobody had removed it
    }
    std::filesystem::rename(folder.path / "kept", file);
    BOOST_TEST(!Caller(file).connected);

    const auto living = ControlSocket::made_at(file);

    BOOST_TEST(Caller(file).connected);
    BOOST_CHECK_EXCEPTION(ControlSocket::made_at(file), std::runtime_error, [](const auto& error) {
        return contains(error.what(), "another daemon's") && contains(error.what(), "hint: ");
    });
    BOOST_TEST(Caller(file).connected);
}

BOOST_AUTO_TEST_CASE(what_is_no_socket_is_left_alone) {
    OwnFolder folder;
    const auto file = folder.path / "control.sock";
    std::ofstream(file) << "someone's work";

    BOOST_CHECK_EXCEPTION(ControlSocket::made_at(file), std::runtime_error,
                          [](const auto& error) { return contains(error.what(), "no socket"); });

    BOOST_TEST(std::filesystem::file_size(file) == 14U);
}

BOOST_AUTO_TEST_CASE(a_successors_file_is_not_removed) {
    OwnFolder folder;
    const auto file = folder.path / "control.sock";
    std::optional<ControlSocket> old(ControlSocket::made_at(file));
    std::filesystem::remove(file);
    const auto successor = ControlSocket::made_at(file);

    old.reset();

    BOOST_TEST(Caller(file).connected);
}

BOOST_AUTO_TEST_CASE(paths_that_cannot_be_are_refused_with_a_hint) {
    OwnFolder folder;
    for (const auto& file : {std::filesystem::path("relative.sock"), std::filesystem::path(),
                             folder.path / std::string(120, 'x'), folder.path / "not" / "there" / "control.sock"})
        BOOST_TEST_CONTEXT(file.string())
    BOOST_CHECK_EXCEPTION(ControlSocket::made_at(file), std::runtime_error,
                          [](const auto& error) { return contains(error.what(), "hint: "); });
}

namespace {

// In a child process, as systemd starts one: the variables, and descriptors from `first` on.
int handed(const std::vector<int>& descriptors, const std::string& names, const std::string& process = "") {
    const pid_t child = fork();
    if (child != 0) {
        int result = 0;
        waitpid(child, &result, 0);
        return WEXITSTATUS(result);
    }
    constexpr int first = 200;
    for (std::size_t at = 0; at < descriptors.size(); ++at) dup2(descriptors[at], first + static_cast<int>(at));
    setenv("LISTEN_PID", process.empty() ? std::to_string(getpid()).c_str() : process.c_str(), 1);
    setenv("LISTEN_FDS", std::to_string(descriptors.size()).c_str(), 1);
    if (!names.empty()) setenv("LISTEN_FDNAMES", names.c_str(), 1);
    try {
        const auto socket = ControlSocket::handed_over(first);
        if (getenv("LISTEN_PID") || getenv("LISTEN_FDS") || getenv("LISTEN_FDNAMES")) _exit(100);
        if (socket && (fcntl(socket->descriptor(), F_GETFD) & FD_CLOEXEC) == 0) _exit(101);
        _exit(socket ? socket->descriptor() - first + 1 : 0);
    } catch (const std::runtime_error& error) {
        _exit(contains(error.what(), "hint: ") ? 50 : 102);
    }
}

constexpr int nothing = 0, refused = 50; // otherwise: the number of the one that was taken

} // namespace

BOOST_AUTO_TEST_CASE(systemds_socket_is_taken_where_it_is_one) {
    OwnFolder folder;
    const auto listening = ControlSocket::made_at(folder.path / "a.sock");
    const int unix_stream = listening.descriptor();
    const int internet = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int datagrams = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const int not_listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int file = open("/dev/null", O_RDONLY | O_CLOEXEC);

    BOOST_TEST(handed({unix_stream}, "control") == 1);
    BOOST_TEST(handed({unix_stream}, "retentiond.socket") == 1);
    BOOST_TEST(handed({unix_stream}, "") == 1);
    BOOST_TEST(handed({internet, unix_stream}, "metrics:control") == 2);
    BOOST_TEST(handed({internet, unix_stream}, "metrics") == refused);
    BOOST_TEST(handed({unix_stream, unix_stream}, "control:control") == refused);
    BOOST_TEST(handed({unix_stream, unix_stream}, "") == refused);
    for (const int wrong : {internet, datagrams, not_listening, file})
        BOOST_TEST(handed({wrong}, "control") == refused);
    BOOST_TEST(handed({unix_stream}, "control", "1") == nothing); // another process's
    BOOST_TEST(handed({unix_stream}, "control", "x") == nothing);
    BOOST_TEST(handed({}, "") == nothing);
    for (const int descriptor : {internet, datagrams, not_listening, file}) close(descriptor);
}

BOOST_AUTO_TEST_SUITE_END()
