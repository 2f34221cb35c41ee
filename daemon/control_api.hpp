#pragma once
// What the control socket does with a request that was understood: asks for the right first, then the Control, and says
// what came of it as HTTP does. No I/O: the connection (daemon/control_connection.hpp) brings requests and takes
// answers. Used on the io_context's thread alone.

#include "daemon/control_request.hpp"
#include "daemon/refusal_book.hpp"

#include <functional>

namespace retention {

struct ControlAnswer {
    unsigned status = 200;
    std::string type = "application/json";
    std::string body;
    std::string location, allow; // fields; empty: not there
    // Not empty: what follows the head is the news of this run, line by line, instead of a body.
    std::string news_of = {};
};
ControlAnswer answer_of(const ProblemDetails&);

class ControlApi {
public:
    using Clock = std::function<RefusalBook::Time()>;
    using Done = std::function<void(ControlAnswer)>; // called once, maybe before answer() returns

    ControlApi(Control& control, ControlRights rights, const UserDatabase& users = system_users(),
               Clock clock = std::chrono::steady_clock::now)
        : control_(control), rights_(std::move(rights)), users_(users), clock_(std::move(clock)) {}

    void set_rights(ControlRights rights) { rights_ = std::move(rights); } // of every later command
    // Nothing: the peer may. Otherwise the refusal, which is in the audit log and the journal, or counted to go there.
    std::optional<ProblemDetails> forbidden(const Peer&, Verb);
    // Call it only where forbidden() had nothing to say. What is answered later is a question, or nothing.
    [[nodiscard]] std::unique_ptr<Question> answer(const RoutedRequest&, const std::string& body, const Peer&, Done);
    std::unique_ptr<RunWatch> watch(const std::string& run, std::function<void(const RunNews&)>); // throws ControlFault

    // Writes the counts of refusals whose minute is over; when to do that again.
    std::optional<RefusalBook::Time> tell_refusals();
    std::optional<RefusalBook::Time> next_refusals() const { return refusals_.next(); }

private:
    std::unique_ptr<Question> carry_out(const RoutedRequest&, ControlOrder, const Peer&, Done&);
    Asker asker(const Peer&) const;
    ControlAnswer at_once(const RoutedRequest&, const ControlOrder&, const Peer&);
    ControlAnswer purge(const RoutedRequest&, PurgeOrder, const Peer&);
    ControlAnswer health() const;
    void write(const std::vector<RefusalBook::Line>&);

    Control& control_;
    ControlRights rights_;
    const UserDatabase& users_;
    Clock clock_;
    RefusalBook refusals_;
};

// The path of a run: its name percent-encoded.
std::string location_of(const std::string& run);

} // namespace retention
