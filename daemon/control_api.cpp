#include "daemon/control_api.hpp"

#include "daemon/journal.hpp"

#include <boost/json.hpp>

namespace retention {
namespace {

namespace json = boost::json;

constexpr const char* news_type = "application/x-ndjson";

ControlAnswer document(std::string body) {
    if (!body.ends_with('\n')) body += '\n';
    return {200, "application/json", std::move(body), "", ""};
}

// Whatever goes wrong while an order is carried out becomes an answer; no request ends the daemon.
ControlAnswer failed(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const ControlFault& fault) {
        return answer_of(problem_of(fault));
    } catch (const std::exception& error) {
        alarm(std::string("a request could not be carried out: ") + error.what());
        return answer_of(ProblemDetails{500, error.what(), "see the daemon's journal", ""});
    }
}

Control::Answer documents_to(const ControlApi::Done& done) {
    return [done](std::variant<std::string, ControlFault> told) {
        if (auto* text = std::get_if<std::string>(&told)) return done(document(std::move(*text)));
        done(answer_of(problem_of(std::get<ControlFault>(told))));
    };
}

} // namespace

ControlAnswer answer_of(const ProblemDetails& problem) {
    return {problem.status, problem_type, problem_json(problem), "", problem.allow};
}

std::string location_of(const std::string& run) {
    constexpr std::string_view digits = "0123456789ABCDEF", plain = "-._~";
    std::string path = "/v1/runs/";
    for (const unsigned char c : run) {
        const bool letter = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (letter || plain.find(static_cast<char>(c)) != std::string_view::npos)
            path += static_cast<char>(c);
        else
            path += {'%', digits[c / 16], digits[c % 16]};
    }
    return path;
}

void ControlApi::write(const std::vector<RefusalBook::Line>& lines) {
    for (const auto& line : lines) {
        warn("refused: " + line.why, {{"actor", line.actor}, {"verb", line.verb}});
        try {
            control_.refused(line.actor, line.verb, line.why);
        } catch (const std::exception& error) { // refused it stays, also where that cannot be written down
            alarm("a refusal could not be audited (" + line.why + "): " + error.what());
        }
    }
}

std::optional<ProblemDetails> ControlApi::forbidden(const Peer& peer, Verb verb) {
    const std::string why = refusal(rights_, peer, verb, users_);
    if (why.empty()) return {};
    write(refusals_.refused(peer, verb, why, clock_()));
    return ProblemDetails{403, why, "ask the administrator for a place in [control] operators or viewers", ""};
}

std::optional<RefusalBook::Time> ControlApi::tell_refusals() {
    write(refusals_.over(clock_()));
    return refusals_.next();
}

std::unique_ptr<Question> ControlApi::answer(const RoutedRequest& request, const std::string& body, const Peer& peer,
                                             Done done) {
    auto order = order_of(request, body);
    if (auto* good = std::get_if<ControlOrder>(&order)) return carry_out(request, std::move(*good), peer, done);
    done(answer_of(std::get<ProblemDetails>(order)));
    return nullptr;
}

Asker ControlApi::asker(const Peer& peer) const {
    return {actor(peer), refusal(rights_, peer, Verb::purge, users_).empty()};
}

// `done` is never called in a try: what it throws is not the order's failure.
std::unique_ptr<Question> ControlApi::carry_out(const RoutedRequest& request, ControlOrder order, const Peer& peer,
                                                Done& done) {
    std::optional<ControlAnswer> answer;
    try {
        if (auto* report = std::get_if<ReportOrder>(&order)) {
            report->asker = asker(peer);
            return control_.report(*report, documents_to(done));
        }
        if (auto* story = std::get_if<ExplainOrder>(&order)) {
            story->asker = asker(peer);
            return control_.explain(*story, documents_to(done));
        }
        answer = at_once(request, order, peer);
    } catch (...) {
        answer = failed(std::current_exception());
    }
    done(std::move(*answer));
    return nullptr;
}

ControlAnswer ControlApi::at_once(const RoutedRequest& request, const ControlOrder& order, const Peer& peer) {
    switch (request.route) {
    case Route::status:
        return document(status_json(control_.status()));
    case Route::purge:
        return purge(request, std::get<PurgeOrder>(order), peer);
    case Route::runs:
        return document(control_.runs(std::get<RunsOrder>(order).last));
    case Route::run:
        return document(control_.run(request.run));
    case Route::news:
        control_.run(request.run); // throws where there is none, before the head of the answer is out
        return {200, news_type, "", "", "", request.run};
    case Route::cancel:
        control_.cancel(request.run, actor(peer));
        return {202, "application/json", json::serialize(json::object{{"run", request.run}}) + "\n",
                location_of(request.run), ""};
    case Route::health:
        return health();
    case Route::metrics:
        return {200, "text/plain; version=0.0.4; charset=utf-8", control_.metrics(), "", ""};
    case Route::report:
    case Route::explain:
        break; // these answer later
    }
    return answer_of(ProblemDetails{500, "no answer is known for this route", "", ""});
}

ControlAnswer ControlApi::purge(const RoutedRequest& request, PurgeOrder order, const Peer& peer) {
    order.actor = actor(peer);
    const OrderedRun ordered = control_.purge(order);
    const std::string location = location_of(ordered.run);
    if (request.wants_news) return {200, news_type, "", location, "", ordered.run};
    const json::object body{{"run", ordered.run}, {"joined", ordered.joined}, {"location", location}};
    return {202, "application/json", json::serialize(body) + "\n", location, ""};
}

ControlAnswer ControlApi::health() const {
    const auto faults = control_.status().faults();
    std::string text;
    for (const auto& fault : faults) text += fault + "\n";
    if (faults.empty()) return {200, "text/plain; charset=utf-8", "ok\n", "", ""};
    return {503, "text/plain; charset=utf-8", std::move(text), "", ""};
}

std::unique_ptr<RunWatch> ControlApi::watch(const std::string& run, std::function<void(const RunNews&)> tell) {
    return control_.watch(run, std::move(tell));
}

} // namespace retention
