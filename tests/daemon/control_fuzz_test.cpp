// Random and mutated frames at a living server over real sockets: no crash, no descriptor and no connection left, and
// nothing done that a valid frame of someone who may did not ask for. RETENTION_FRAMES says how many, RETENTION_SEED
// which.

#include "tests/daemon/control_bench.hpp"

#include <algorithm>
#include <chrono>
#include <iostream>
#include <random>

using namespace retention;
using namespace retention::test;

namespace {

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
    const char* text = std::getenv(variable);
    return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

const std::vector<std::string>& good_frames() {
    static const std::vector<std::string> frames{
        post("/v1/purge", R"({"all":true})"),
        post("/v1/purge", R"({"categories":["contacts","logs"],"as_of":"2026-11-20","limit":5,"yes":true})",
             "Content-Type: application/json\r\n"),
        post("/v1/purge", R"({"all":true})", "Accept: application/x-ndjson\r\n"),
        post("/v1/runs/x/cancel", ""),
        get("/v1/status"),
        get("/v1/report?as_of=2026-01-01&category=contacts&category=logs"),
        get("/v1/explain?category=contacts&key=5%2C7"),
        get("/v1/runs?last=5", "Connection: keep-alive\r\n"),
        get("/v1/runs/x/news"),
        get("/healthz") + get("/metrics"),
        "HEAD /v1/status HTTP/1.0\r\n\r\n",
        "POST /v1/purge HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nc\r\n{\"all\":true}\r\n0\r\n\r\n",
    };
    return frames;
}

class Frames {
public:
    explicit Frames(std::uint64_t seed) : random_(seed) {}

    std::string next() {
        if (below(8) == 0) return noise(below(600));
        std::string frame = good_frames()[below(good_frames().size())];
        for (std::size_t changes = below(6); changes > 0; --changes) change(frame);
        return frame;
    }

private:
    std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_); }
    std::string noise(std::size_t size) {
        std::string text(size, '\0');
        for (char& c : text) c = static_cast<char>(below(256));
        return text;
    }
    void change(std::string& frame) {
        static const std::vector<std::string> words{"\r\n",
                                                    "\r\n\r\n",
                                                    "\n",
                                                    " ",
                                                    "%",
                                                    "%00",
                                                    "%2F",
                                                    "\"",
                                                    "{",
                                                    "}",
                                                    "[",
                                                    ",",
                                                    ":",
                                                    "\0",
                                                    "\xFF",
                                                    "HTTP/1.1",
                                                    "HTTP/9.9",
                                                    "POST ",
                                                    "GET ",
                                                    "/v1/purge",
                                                    "/../",
                                                    "?category=",
                                                    "&key=",
                                                    "Content-Length: 0\r\n",
                                                    "Content-Length: 99999999999999999999\r\n",
                                                    "Transfer-Encoding: chunked\r\n",
                                                    "Host: y\r\n",
                                                    "Expect: 100-continue\r\n",
                                                    "Connection: close\r\n",
                                                    "Upgrade: h2c\r\n",
                                                    "true",
                                                    "false",
                                                    "null",
                                                    "-1",
                                                    "1e9"};
        const auto at = below(frame.size() + 1);
        switch (below(6)) {
        case 0:
            if (at < frame.size()) frame[at] = static_cast<char>(below(256));
            return;
        case 1:
            frame.insert(at, words[below(words.size())]);
            return;
        case 2:
            frame.erase(at, below(20));
            return;
        case 3:
            frame.resize(at);
            return;
        case 4:
            frame.insert(at, frame.substr(below(frame.size() + 1), below(200)));
            return;
        default:
            frame += good_frames()[below(good_frames().size())];
        }
    }

    std::mt19937_64 random_;
};

// Without the product's code: so many times at most could a purge or a cancel stand in these bytes.
std::size_t orders_in(const std::string& frame) {
    std::size_t count = 0;
    for (auto at = frame.find("POST /v1/"); at != std::string::npos; at = frame.find("POST /v1/", at + 1)) {
        const auto line = frame.substr(at, frame.find("\r\n", at) - at);
        const bool purge = line.starts_with("POST /v1/purge HTTP/1.") || line.starts_with("POST /v1/purge? HTTP/1.");
        const bool cancel = line.starts_with("POST /v1/runs/") && line.find("/cancel") != std::string::npos;
        const auto body = frame.find("\r\n\r\n", at);
        if (body == std::string::npos) continue;
        const auto rest = frame.substr(body);
        const bool names =
            rest.find("\"all\"") != std::string::npos || rest.find("\"categories\"") != std::string::npos;
        count += cancel || (purge && names && rest.find('}') != std::string::npos);
    }
    return count;
}

struct Sent {
    std::size_t frames = 0, answered = 0, possible = 0;
};

// Sends each frame on a connection of its own, some of them in two pieces, some without waiting for the answer.
Sent send_frames(ControlBench& bench, const std::size_t& accepted, std::uint64_t seed, std::uint64_t count, bool may) {
    Frames frames(seed);
    Sent sent;
    for (; sent.frames < count; ++sent.frames) {
        const std::string frame = frames.next();
        const auto before = bench.control.orders();
        {
            Caller caller = bench.call();
            const auto half = sent.frames % 3 == 0 ? frame.size() / 2 : frame.size();
            caller.say(frame.substr(0, half));
            if (half < frame.size()) bench.io.poll();
            caller.say(frame.substr(half));
            if (sent.frames % 7 != 0) {
                caller.say_no_more();
                if (!bench.hear_the_end(caller)) BOOST_FAIL("no end of frame " << sent.frames << " of seed " << seed);
            }
            sent.answered += caller.heard.starts_with("HTTP/1.");
            if (!caller.heard.empty() && !caller.heard.starts_with("HTTP/1."))
                BOOST_FAIL("no HTTP at frame " << sent.frames << " of seed " << seed);
        }
        if (!bench.wait_until([&] { return accepted > sent.frames && bench.server->connections() == 0; }))
            BOOST_FAIL("a connection is left of frame " << sent.frames << " of seed " << seed);
        const auto possible = may ? orders_in(frame) : 0;
        sent.possible += possible;
        if (bench.control.orders() - before > possible)
            BOOST_FAIL("frame " << sent.frames << " of seed " << seed << " did something: " << frame);
    }
    return sent;
}

void throw_frames(const Peer& peer, bool may) {
    const auto seed = number_from("RETENTION_SEED", std::random_device{}());
    const auto count = number_from("RETENTION_FRAMES", 7000);
    const auto before = open_descriptors();
    {
        std::size_t accepted = 0;
        ControlBench bench({}, [&](int) { return ++accepted, peer; });
        bench.control.first_news = {{"{\"state\":\"finished\"}", true}};
        const auto begun = std::chrono::steady_clock::now();

        const auto sent = send_frames(bench, accepted, seed, count, may);

        const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begun;
        std::cout << "control: " << sent.frames << " frames of " << actor(peer) << ", seed " << seed << ": "
                  << sent.answered << " answered, " << bench.control.orders() << " orders, " << seconds.count()
                  << " s\n";
        BOOST_TEST(sent.answered > count / 2);
        BOOST_TEST((bench.control.orders() > 0) == may);
        BOOST_TEST(bench.control.watchers.empty());
        BOOST_TEST(bench.control.refusals.size() < 20U);
    }
    BOOST_TEST(open_descriptors() == before);
}

} // namespace

BOOST_AUTO_TEST_SUITE(control_fuzz)

BOOST_AUTO_TEST_CASE(frames_of_who_may_nothing_do_nothing) {
    throw_frames(otto, false);
}

BOOST_AUTO_TEST_CASE(frames_of_who_may_view_do_nothing) {
    throw_frames(vera, false);
}

BOOST_AUTO_TEST_CASE(frames_of_who_may_do_only_what_they_say) {
    throw_frames(olga, true);
}

BOOST_AUTO_TEST_SUITE_END()
