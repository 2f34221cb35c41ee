// From a message's head to an order, and from there to what the Control is asked; without any socket.

#include "daemon/control_api.hpp"
#include "daemon/request_target.hpp"
#include "tests/daemon/scripted_control.hpp"
#include "tests/support/journal_at.hpp"
#include "tests/support/notify_listener.hpp"
#include "tests/support/sqlite_file.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace retention;
using namespace retention::test;

namespace {

namespace json = boost::json;

RequestHead head(const std::string& method, const std::string& target) {
    RequestHead made;
    made.method = method;
    made.target = target;
    return made;
}

// 0: it has a route.
unsigned refused_with(const RequestHead& asked) {
    const auto routed = route_of(asked);
    const auto* problem = std::get_if<ProblemDetails>(&routed);
    return problem ? problem->status : 0;
}

RoutedRequest routed(const std::string& method, const std::string& target) {
    auto result = route_of(head(method, target));
    BOOST_REQUIRE(std::holds_alternative<RoutedRequest>(result));
    return std::get<RoutedRequest>(result);
}

std::string order_problem(const std::string& method, const std::string& target, const std::string& body = "") {
    const auto order = order_of(routed(method, target), body);
    const auto* problem = std::get_if<ProblemDetails>(&order);
    if (!problem) return "";
    BOOST_TEST(problem->status == 400U);
    BOOST_TEST(!problem->hint.empty());
    return problem->detail;
}

template <class Order>
Order order(const std::string& method, const std::string& target, const std::string& body = "") {
    auto made = order_of(routed(method, target), body);
    const auto* problem = std::get_if<ProblemDetails>(&made);
    BOOST_REQUIRE_MESSAGE(!problem, (problem ? problem->detail : ""));
    return std::get<Order>(std::get<ControlOrder>(made));
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

struct Desk {
    ScriptedControl control;
    SmallHouse house;
    RefusalBook::Time time{};
    ControlApi api{control, house_rights, house, [this] { return time; }};

    ControlAnswer ask(const std::string& method, const std::string& target, const std::string& body = "",
                      const Peer& peer = olga, bool news = false) {
        auto request = routed(method, target);
        request.wants_news = news;
        if (const auto problem = api.forbidden(peer, request.verb)) return answer_of(*problem);
        std::optional<ControlAnswer> result;
        const auto question =
            api.answer(request, body, peer, [&](ControlAnswer answer) { result = std::move(answer); });
        BOOST_REQUIRE(result.has_value());
        return *result;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(control_api)

BOOST_AUTO_TEST_CASE(targets_are_read_in_one_way_or_not_at_all) {
    std::string why;
    const auto read = read_target("/v1/runs/a%2Fb%20%C3%BC?category=a%26b&key=5%2C7&empty=", why);

    BOOST_REQUIRE_MESSAGE(read, why);
    BOOST_TEST(read->path == (std::vector<std::string>{"v1", "runs", "a/b \xC3\xBC"}),
               boost::test_tools::per_element());
    BOOST_REQUIRE(read->query.size() == 3U);
    BOOST_TEST(read->query[0].second == "a&b");
    BOOST_TEST(read->query[1].second == "5,7");
    BOOST_TEST(read->query[2].second == "");
    BOOST_TEST(read_target("/", why)->path.size() == 1U);
    BOOST_TEST(read_target("/healthz?", why)->query.empty());

    for (const std::string bad : {"",
                                  "healthz",
                                  "*",
                                  "http://x/healthz",
                                  "/a b",
                                  "/a\tb",
                                  "/\xC3\xBC",
                                  "/a#b",
                                  "/%",
                                  "/%4",
                                  "/%zz",
                                  "/a%2",
                                  "/%00",
                                  "/%FF",
                                  "/%C3",
                                  "/%ED%A0%80",
                                  "/a?b",
                                  "/a?=b",
                                  "/a?b=c&",
                                  "/a?&b=c",
                                  "/a?b=c&&d=e",
                                  "/a?b=%",
                                  "/a?b=%00",
                                  "/a?b=c+d",
                                  "/a?b=%FF",
                                  "/a?%FF=b",
                                  "/a\x7f"})
        BOOST_TEST_CONTEXT(bad) {
            why.clear();
            BOOST_TEST(!read_target(bad, why));
            BOOST_TEST(!why.empty());
        }
}

BOOST_AUTO_TEST_CASE(every_path_has_its_verb) {
    struct Row {
        const char *method, *target;
        Route route;
        Verb verb;
    };
    for (const Row& row : std::vector<Row>{{"GET", "/v1/status", Route::status, Verb::status},
                                           {"HEAD", "/v1/status", Route::status, Verb::status},
                                           {"GET", "/v1/report?as_of=2026-01-01", Route::report, Verb::report},
                                           {"GET", "/v1/explain?category=a&key=1", Route::explain, Verb::explain},
                                           {"POST", "/v1/purge", Route::purge, Verb::purge},
                                           {"GET", "/v1/runs", Route::runs, Verb::runs},
                                           {"GET", "/v1/runs/x", Route::run, Verb::runs},
                                           {"GET", "/v1/runs/x/news", Route::news, Verb::runs},
                                           {"POST", "/v1/runs/x/cancel", Route::cancel, Verb::cancel},
                                           {"GET", "/healthz", Route::health, Verb::status},
                                           {"GET", "/metrics", Route::metrics, Verb::status}})
        BOOST_TEST_CONTEXT(row.method << ' ' << row.target) {
            const auto request = routed(row.method, row.target);
            BOOST_TEST((request.route == row.route));
            BOOST_TEST((request.verb == row.verb));
            BOOST_TEST(request.head_only == (std::string(row.method) == "HEAD"));
        }
    BOOST_TEST(routed("POST", "/v1/runs/a%2Fb.crm/cancel").run == "a/b.crm");
}

BOOST_AUTO_TEST_CASE(other_paths_are_not_there) {
    for (const char* target : {"/", "/v1", "/v1/", "/v2/status", "/V1/status", "/v1/status/", "//v1/status",
                               "/v1//status", "/v1/../healthz", "/v1/./status", "/v1/runs/", "/v1/runs/x/",
                               "/v1/runs//cancel", "/v1/runs/x/cancel/y", "/v1/holds", "/v1/approvals", "/healthz/x"})
        BOOST_TEST_CONTEXT(target) BOOST_TEST(refused_with(head("GET", target)) == 404U);
}

BOOST_AUTO_TEST_CASE(the_wrong_method_is_told_the_right_one) {
    for (const auto& [method, target, allow] :
         std::vector<std::tuple<std::string, std::string, std::string>>{{"GET", "/v1/purge", "POST"},
                                                                        {"HEAD", "/v1/runs/x/cancel", "POST"},
                                                                        {"POST", "/v1/status", "GET, HEAD"},
                                                                        {"DELETE", "/v1/runs/x", "GET, HEAD"},
                                                                        {"get", "/v1/status", "GET, HEAD"},
                                                                        {"", "/v1/status", "GET, HEAD"},
                                                                        {"OPTIONS", "/v1/purge", "POST"}}) {
        const auto result = route_of(head(method, target));
        const auto* problem = std::get_if<ProblemDetails>(&result);
        BOOST_REQUIRE(problem);
        BOOST_TEST(problem->status == 405U);
        BOOST_TEST(problem->allow == allow);
        BOOST_TEST(answer_of(*problem).allow == allow);
    }
}

BOOST_AUTO_TEST_CASE(the_form_of_a_message_is_judged_first) {
    const auto with = [](auto change, const std::string& method = "POST", const std::string& target = "/v1/purge") {
        auto asked = head(method, target);
        change(asked);
        return refused_with(asked);
    };
    BOOST_TEST(with([](auto&) {}) == 0U);
    BOOST_TEST(with([](auto& asked) {
                   asked.version = 10;
                   asked.hosts = 0;
               }) == 0U);
    BOOST_TEST(with([](auto& asked) { asked.version = 20; }) == 505U);
    BOOST_TEST(with([](auto& asked) { asked.version = 12; }) == 505U);
    BOOST_TEST(with([](auto& asked) { asked.hosts = 0; }) == 400U);
    BOOST_TEST(with([](auto& asked) { asked.hosts = 2; }) == 400U);
    BOOST_TEST(with([](auto& asked) { asked.expects = true; }) == 417U);
    BOOST_TEST(with([](auto& asked) { asked.chunked = true; }) == 411U);
    BOOST_TEST(with([](auto& asked) { asked.content_length = longest_body; }) == 0U);
    BOOST_TEST(with([](auto& asked) { asked.content_length = longest_body + 1; }) == 413U);
    BOOST_TEST(with([](auto& asked) { asked.content_type = "application/json; charset=utf-8"; }) == 0U);
    BOOST_TEST(with([](auto& asked) { asked.content_type = "application/x-www-form-urlencoded"; }) == 415U);
    BOOST_TEST(with([](auto& asked) { asked.content_length = 1; }, "GET", "/v1/status") == 400U);
}

BOOST_AUTO_TEST_CASE(news_come_to_who_accepts_them) {
    const auto wants = [](const std::string& accept) {
        auto asked = head("POST", "/v1/purge");
        asked.accept = accept;
        return std::get<RoutedRequest>(route_of(asked)).wants_news;
    };
    BOOST_TEST(wants("application/x-ndjson"));
    BOOST_TEST(wants("text/html, Application/X-NDJSON ;q=0.9"));
    BOOST_TEST(!wants(""));
    BOOST_TEST(!wants("*/*"));
    BOOST_TEST(!wants("application/json"));
    BOOST_TEST(!wants(",,;,"));
}

BOOST_AUTO_TEST_CASE(a_query_becomes_an_order) {
    const auto report = order<ReportOrder>("GET", "/v1/report?category=b&as_of=2024-02-29&category=a");
    BOOST_TEST(report.categories == (std::vector<std::string>{"b", "a"}), boost::test_tools::per_element());
    BOOST_TEST((report.as_of == parse_date("2024-02-29")));
    BOOST_TEST(order<ReportOrder>("GET", "/v1/report").categories.empty());

    const auto explain = order<ExplainOrder>("GET", "/v1/explain?key=5%2C7&category=logs");
    BOOST_TEST(explain.category == "logs");
    BOOST_TEST(explain.key == "5,7");
    BOOST_TEST(!explain.as_of.has_value());

    BOOST_TEST(order<RunsOrder>("GET", "/v1/runs").last == 20U);
    BOOST_TEST(order<RunsOrder>("GET", "/v1/runs?last=1000").last == 1000U);
}

BOOST_AUTO_TEST_CASE(a_query_with_more_or_less_than_that_is_refused) {
    for (const auto& [target, why] :
         std::vector<std::pair<std::string, std::string>>{{"/v1/report?as_of=2024-02-30", "no day"},
                                                          {"/v1/report?as_of=", "no day"},
                                                          {"/v1/report?as_of=2024-01-01&as_of=2024-01-01", "twice"},
                                                          {"/v1/report?as_off=2024-01-01", "unknown name"},
                                                          {"/v1/report?Category=a", "unknown name"},
                                                          {"/v1/report?category=", "usable name"},
                                                          {"/v1/report?category=a%0Ab", "usable name"},
                                                          {"/v1/report?category=a&category=a", "twice"},
                                                          {"/v1/explain", "no category"},
                                                          {"/v1/explain?category=a", "no key"},
                                                          {"/v1/explain?category=a&key=", "no key"},
                                                          {"/v1/explain?category=a&category=b&key=1", "twice"},
                                                          {"/v1/explain?category=a&key=1&key=2", "twice"},
                                                          {"/v1/runs?last=0", "no number"},
                                                          {"/v1/runs?last=-1", "no number"},
                                                          {"/v1/runs?last=1001", "no number"},
                                                          {"/v1/runs?last=99999999999999999999999", "no number"},
                                                          {"/v1/runs?last=5x", "no number"},
                                                          {"/v1/runs?last=", "no number"},
                                                          {"/v1/runs/x?last=5", "unknown name"},
                                                          {"/v1/runs/a%0Ab", "usable name"},
                                                          {"/v1/status?x=1", "unknown name"},
                                                          {"/healthz?x=1", "unknown name"}})
        BOOST_TEST_CONTEXT(target) BOOST_TEST(contains(order_problem("GET", target), why));
    BOOST_TEST(contains(order_problem("POST", "/v1/purge?all=true", R"({"all":true})"), "unknown name"));
    BOOST_TEST(contains(order_problem("POST", "/v1/runs/x/cancel", R"({"all":true})"), "no body"));
    BOOST_TEST(contains(order_problem("POST", "/v1/runs/x/cancel", "now"), "no JSON"));
    BOOST_TEST(order_problem("POST", "/v1/runs/x/cancel", "{}") == "");
}

BOOST_AUTO_TEST_CASE(a_body_becomes_a_purge) {
    const auto named =
        order<PurgeOrder>("POST", "/v1/purge", R"({"categories":["a","b"],"as_of":"2026-11-20","limit":5,"yes":true})");
    BOOST_TEST(named.categories == (std::vector<std::string>{"a", "b"}), boost::test_tools::per_element());
    BOOST_TEST((named.as_of == parse_date("2026-11-20")));
    BOOST_TEST(named.limit.value() == 5);
    BOOST_TEST(named.approved);

    const auto all = order<PurgeOrder>("POST", "/v1/purge", " { \"all\" : true } ");
    BOOST_TEST(all.categories.empty());
    BOOST_TEST(!all.as_of.has_value());
    BOOST_TEST(!all.limit.has_value());
    BOOST_TEST(!all.approved);
    BOOST_TEST(order<PurgeOrder>("POST", "/v1/purge", R"({"categories":["a:\"b"],"all":false})").categories[0] ==
               "a:\"b");
}

BOOST_AUTO_TEST_CASE(a_body_that_does_not_say_clearly_what_goes_is_refused) {
    for (const auto& [body, why] :
         std::vector<std::pair<std::string, std::string>>{{"", "no JSON"},
                                                          {"all", "no JSON"},
                                                          {"{\"all\":true", "no JSON"},
                                                          {"{\"all\":true} x", "no JSON"},
                                                          {"{\"all\":true}{\"all\":true}", "no JSON"},
                                                          {"{all:true}", "no JSON"},
                                                          {"{\"all\":true,}", "no JSON"},
                                                          {"/* */{\"all\":true}", "no JSON"},
                                                          {"{\"all\":true}\xFF", "no JSON"},
                                                          {"{\"categories\":[\"\xFF\"]}", "no JSON"},
                                                          {std::string("{\"all\":true}\0", 13), "no JSON"},
                                                          {R"({"categories":[[["a"]]]})", "no JSON"},
                                                          {std::string(10000, '['), "no JSON"},
                                                          {"[]", "no JSON object"},
                                                          {"true", "no JSON object"},
                                                          {"null", "no JSON object"},
                                                          {"{}", "neither"},
                                                          {R"({"all":false})", "neither"},
                                                          {R"({"yes":true})", "neither"},
                                                          {R"({"all":true,"categories":["a"]})", "both"},
                                                          {R"({"all":"true"})", "neither true nor false"},
                                                          {R"({"all":1})", "neither true nor false"},
                                                          {R"({"all":null})", "neither true nor false"},
                                                          {R"({"all":false,"all":true})", "twice"},
                                                          {R"({"categories":["a"],"categories":["b"]})", "twice"},
                                                          {R"({"all":true,"yes":false,"yes":true})", "twice"},
                                                          {R"({"categories":[]})", "no list"},
                                                          {R"({"categories":"a"})", "no list"},
                                                          {R"({"categories":{"a":1}})", "no list"},
                                                          {R"({"categories":null,"all":true})", "no list"},
                                                          {R"({"categories":[1]})", "no text"},
                                                          {R"({"categories":["a",null]})", "no text"},
                                                          {R"({"categories":[""]})", "usable name"},
                                                          {R"({"categories":["a\nb"]})", "usable name"},
                                                          {R"({"categories":["a\u0000"]})", "usable name"},
                                                          {R"({"categories":["a","a"]})", "named twice"},
                                                          {R"({"all":true,"limit":0})", "limit"},
                                                          {R"({"all":true,"limit":-1})", "limit"},
                                                          {R"({"all":true,"limit":1.0})", "limit"},
                                                          {R"({"all":true,"limit":1e3})", "limit"},
                                                          {R"({"all":true,"limit":"5"})", "limit"},
                                                          {R"({"all":true,"limit":9223372036854775808})", "limit"},
                                                          {R"({"all":true,"limit":null})", "limit"},
                                                          {R"({"all":true,"as_of":20261120})", "as_of"},
                                                          {R"({"all":true,"as_of":"2026-02-30"})", "as_of"},
                                                          {R"({"all":true,"as_of":"2026-11-20T00:00"})", "as_of"},
                                                          {R"({"all":true,"as_of":null})", "as_of"},
                                                          {R"({"all":true,"Yes":true})", "unknown member"},
                                                          {R"({"all":true,"force":true})", "unknown member"},
                                                          {R"({"all":true,"actor":"root"})", "unknown member"},
                                                          {R"({"category":["a"]})", "unknown member"}})
        BOOST_TEST_CONTEXT(body.substr(0, 60)) BOOST_TEST(contains(order_problem("POST", "/v1/purge", body), why));
}

BOOST_AUTO_TEST_CASE(a_purge_is_the_peers_own_and_tells_where_to_look) {
    Desk desk;

    const auto answer = desk.ask("POST", "/v1/purge", R"({"categories":["contacts"],"yes":true})");
    const auto again = desk.ask("POST", "/v1/purge", R"({"categories":["contacts"]})");

    BOOST_TEST(answer.status == 202U);
    BOOST_TEST(answer.location == "/v1/runs/2026-11-22%201");
    const auto document = json::parse(answer.body);
    BOOST_TEST(document.at("run").as_string() == "2026-11-22 1");
    BOOST_TEST(document.at("joined").as_bool() == false);
    BOOST_TEST(document.at("location").as_string() == answer.location);
    BOOST_TEST(json::parse(again.body).at("joined").as_bool());
    BOOST_REQUIRE(desk.control.purges.size() == 2U);
    BOOST_TEST(desk.control.purges[0].approved);
    BOOST_TEST(desk.control.purges[0].actor == actor(olga));
    BOOST_TEST(contains(desk.control.purges[0].actor, "uid 1000"));
    BOOST_TEST(!desk.control.purges[1].approved);
    const auto news = desk.ask("POST", "/v1/purge", R"({"all":true})", olga, true);
    BOOST_TEST(news.status == 200U);
    BOOST_TEST(news.type == "application/x-ndjson");
    BOOST_TEST(news.news_of == "2026-11-22 1");
}

BOOST_AUTO_TEST_CASE(every_user_gets_exactly_what_the_rights_say) {
    for (const auto& [method, target, body, of_viewers] :
         std::vector<std::tuple<std::string, std::string, std::string, bool>>{
             {"GET", "/v1/status", "", true},
             {"GET", "/v1/report", "", true},
             {"GET", "/v1/explain?category=a&key=1", "", true},
             {"GET", "/v1/runs", "", true},
             {"GET", "/v1/runs/x", "", true},
             {"GET", "/v1/runs/x/news", "", true},
             {"GET", "/healthz", "", true},
             {"GET", "/metrics", "", true},
             {"POST", "/v1/purge", R"({"all":true})", false},
             {"POST", "/v1/purge", R"({"all":true,"yes":true})", false},
             {"POST", "/v1/runs/x/cancel", "", false}})
        BOOST_TEST_CONTEXT(target) {
            Desk desk;
            BOOST_TEST(desk.ask(method, target, body, otto).status == 403U);
            BOOST_TEST(desk.ask(method, target, body, Peer{}).status == 403U);
            BOOST_TEST(desk.ask(method, target, body, Peer{0, 0}).status == 403U); // root is not listed
            BOOST_TEST((desk.ask(method, target, body, vera).status == 403U) == !of_viewers);
            BOOST_TEST(desk.control.orders() == 0U);
            BOOST_TEST(desk.control.refusals.size() == (of_viewers ? 3U : 4U));
            BOOST_TEST(desk.ask(method, target, body, olga).status < 300U);
            BOOST_TEST(desk.control.orders() == (of_viewers ? 0U : 1U));
        }
}

BOOST_AUTO_TEST_CASE(a_question_says_who_asks_and_whether_that_is_an_operator) {
    Desk desk;
    for (const Peer& peer : {olga, vera}) {
        desk.ask("GET", "/v1/report", "", peer);
        desk.ask("GET", "/v1/explain?category=a&key=1", "", peer);
    }

    BOOST_REQUIRE(desk.control.reports.size() == 2U);
    BOOST_REQUIRE(desk.control.explained.size() == 2U);
    for (const std::size_t at : {0U, 1U}) {
        const Asker &report = desk.control.reports[at].asker, &story = desk.control.explained[at].asker;
        BOOST_TEST(report.actor == actor(at == 0 ? olga : vera));
        BOOST_TEST(report.is_operator == (at == 0));
        BOOST_TEST(story.actor == report.actor);
        BOOST_TEST(story.is_operator == report.is_operator);
    }
}

BOOST_AUTO_TEST_CASE(new_rights_hold_for_the_next_command) {
    Desk desk;
    BOOST_TEST(desk.ask("GET", "/v1/status").status == 200U);

    desk.api.set_rights({{"root"}, {}});

    BOOST_TEST(desk.ask("GET", "/v1/status").status == 403U);
    BOOST_TEST(desk.ask("GET", "/v1/status", "", Peer{0, 0}).status == 200U);
}

BOOST_AUTO_TEST_CASE(a_stranger_fills_no_log) {
    Desk desk;
    for (int time = 0; time < 500; ++time) desk.ask("POST", "/v1/purge", "", otto);
    BOOST_REQUIRE(desk.control.refusals.size() == 1U);
    BOOST_TEST(contains(desk.control.refusals[0], actor(otto) + " purge: "));

    desk.ask("GET", "/v1/status", "", otto); // another verb
    desk.ask("POST", "/v1/purge", "", vera); // another user
    BOOST_TEST(desk.control.refusals.size() == 3U);
    BOOST_TEST((desk.api.next_refusals() == RefusalBook::Time(RefusalBook::pause)));

    desk.time += RefusalBook::pause;
    BOOST_TEST(!desk.api.tell_refusals().has_value());
    BOOST_REQUIRE(desk.control.refusals.size() == 4U);
    BOOST_TEST(contains(desk.control.refusals[3], "(499 more since the last line)"));

    desk.ask("POST", "/v1/purge", "", otto); // that was the line of this minute
    BOOST_TEST(desk.control.refusals.size() == 4U);
    desk.time += RefusalBook::pause;
    desk.api.tell_refusals();
    BOOST_TEST(desk.control.refusals.size() == 5U);
    desk.time += RefusalBook::pause;
    desk.api.tell_refusals();
    desk.ask("POST", "/v1/purge", "", otto); // a quiet minute later: at once again
    BOOST_TEST(desk.control.refusals.size() == 6U);
    BOOST_TEST(!contains(desk.control.refusals[5], "more"));
}

BOOST_AUTO_TEST_CASE(nor_does_one_with_many_numbers) {
    Desk desk;
    for (uid_t uid = 100000; uid < 110000; ++uid) desk.ask("POST", "/v1/purge", "", Peer{uid, 1});
    const auto lines = desk.control.refusals.size();
    BOOST_TEST(lines < RefusalBook::most_entries);

    desk.time += RefusalBook::pause;
    desk.api.tell_refusals();

    BOOST_TEST(desk.control.refusals.size() == lines + 1);
    BOOST_TEST(contains(desk.control.refusals.back(), "many users purge"));
    BOOST_TEST(desk.control.orders() == 0U);
}

BOOST_AUTO_TEST_CASE(the_journal_says_who_was_refused_as_thriftily) {
    const SqliteFile place("CREATE TABLE a (id INTEGER);");
    NotifyListener journal((place.folder() / "journal").string());
    const JournalAt here(place.folder() / "journal");
    Desk desk;

    for (int time = 0; time < 42; ++time) desk.ask("POST", "/v1/purge", "", otto);
    const auto first = journal.next();
    desk.time += RefusalBook::pause;
    desk.api.tell_refusals();
    const auto second = journal.next();

    BOOST_TEST(contains(first, "MESSAGE=refused: " + actor(otto) + " has no right to purge\nPRIORITY=4\n"), first);
    BOOST_TEST(contains(first, "\nRETENTIOND_ACTOR=" + actor(otto) + "\nRETENTIOND_VERB=purge\n"), first);
    BOOST_TEST(contains(second, "has no right to purge (41 more since the last line)\n"), second);
}

BOOST_AUTO_TEST_CASE(refused_it_stays_where_that_cannot_be_written_down) {
    Desk desk;
    desk.control.refusals_cannot_be_written = true;
    BOOST_TEST(desk.ask("POST", "/v1/purge", R"({"all":true})", otto).status == 403U);
    BOOST_TEST(desk.control.orders() == 0U);
}

BOOST_AUTO_TEST_CASE(faults_become_problem_details) {
    using Kind = ControlFault::Kind;
    for (const Kind kind : {Kind::bad_request, Kind::not_found, Kind::conflict, Kind::failed, Kind::unavailable})
        for (const auto& [method, target, body] :
             std::vector<std::tuple<std::string, std::string, std::string>>{{"GET", "/v1/report", ""},
                                                                            {"GET", "/v1/explain?category=a&key=1", ""},
                                                                            {"POST", "/v1/purge", R"({"all":true})"},
                                                                            {"GET", "/v1/runs/x", ""},
                                                                            {"GET", "/v1/runs/x/news", ""},
                                                                            {"POST", "/v1/runs/x/cancel", ""}})
            BOOST_TEST_CONTEXT(target) {
                Desk desk;
                desk.control.fault = ControlFault(kind, "no such \"thing\"", "look elsewhere");
                const auto answer = desk.ask(method, target, body);
                BOOST_TEST(answer.status == static_cast<unsigned>(kind));
                BOOST_TEST(answer.type == "application/problem+json");
                const auto document = json::parse(answer.body);
                BOOST_TEST(document.at("type").as_string() == "about:blank");
                BOOST_TEST(document.at("title").as_string() == title_of(answer.status));
                BOOST_TEST(document.at("status").to_number<unsigned>() == answer.status);
                BOOST_TEST(document.at("detail").as_string() == "no such \"thing\"");
                BOOST_TEST(document.at("hint").as_string() == "look elsewhere");
            }
}

BOOST_AUTO_TEST_CASE(health_is_ok_or_what_is_wrong) {
    Desk desk;
    const auto faults = desk.control.now.faults();
    auto healthy = desk.ask("GET", "/healthz");
    BOOST_TEST(healthy.status == (faults.empty() ? 200U : 503U));
    if (faults.empty()) BOOST_TEST(healthy.body == "ok\n");

    desk.control.now.stopped = "the audit log takes no more lines";
    const auto ill = desk.ask("GET", "/healthz");

    BOOST_TEST(ill.status == 503U);
    BOOST_TEST(contains(ill.body, "the audit log takes no more lines"));
    BOOST_TEST(ill.body.back() == '\n');
    BOOST_TEST(desk.ask("GET", "/metrics").type == "text/plain; version=0.0.4; charset=utf-8");
}

BOOST_AUTO_TEST_SUITE_END()
