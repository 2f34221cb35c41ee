#pragma once
// What may be asked of the running daemon: the interface between whoever speaks to the outside (the control socket, the
// metrics' port) and the service. Service implements it; tests of the socket have one of their own. No HTTP here, no
// rights: who asks has been judged before (daemon/rights.hpp).
//
// Called on the io_context's thread alone. Nothing blocks: what reads a store answers later, on that same thread.
// Documents are JSON texts: those of design.md section 5 for report, explain and purge.

#include "daemon/service_status.hpp"
#include "policies/calendar.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

namespace retention {

// Why a request is not fulfilled; the number is the HTTP status that says so.
class ControlFault : public std::runtime_error {
public:
    enum class Kind { bad_request = 400, not_found = 404, conflict = 409, failed = 500, unavailable = 503 };
    ControlFault(Kind of, const std::string& what, std::string what_to_do = "")
        : std::runtime_error(what), kind(of), hint(std::move(what_to_do)) {}
    Kind kind;
    std::string hint;
};

// Of a question: what a person may have in hand at once is limited.
struct Asker {
    std::string actor; // "user anna (uid 1000)"
    bool is_operator = false;
};

struct ReportOrder {
    std::vector<std::string> categories; // empty: all
    std::optional<Date> as_of;           // nothing: today
    Asker asker = {};
};

struct ExplainOrder {
    std::string category, key; // composite: "5,7"
    std::optional<Date> as_of;
    Asker asker = {};
};

struct PurgeOrder {
    std::vector<std::string> categories; // empty: all
    std::optional<Date> as_of;           // nothing: today; a later day is a bad request
    std::optional<std::int64_t> limit;   // of records in the whole run
    bool approved = false;               // --yes
    std::string actor;                   // "user anna (uid 1000)"
};

struct OrderedRun {
    std::string run;
    bool joined = false; // the same order was waiting or running already: this is its run
};

// A line of a run as it goes, for a client that watches: a JSON object without a line end.
//   {"run","state":"waiting"|"running","category","disposed":0,"due":0,"waits_for":"…"|null}
// and the last one: {"run","state":"finished","result":{…}}, the document of purge.
struct RunNews {
    std::string line;
    bool last = false;
};

// Ends with its destruction; nothing is told after that.
class RunWatch {
public:
    virtual ~RunWatch() = default;
};

// Ends with its destruction: nobody waits for the answer any more, and it does not come. What has not begun for it is
// not done, and what is being read is cancelled. It may also end while it is answered, and after that.
class Question {
public:
    virtual ~Question() = default;
};

class Control {
public:
    using Answer = std::function<void(std::variant<std::string, ControlFault>)>; // called once

    virtual ~Control() = default;
    virtual ServiceStatus status() const = 0;
    // Nothing where it was answered at once.
    [[nodiscard]] virtual std::unique_ptr<Question> report(const ReportOrder&, Answer) = 0;
    [[nodiscard]] virtual std::unique_ptr<Question> explain(const ExplainOrder&, Answer) = 0;

    // Puts the order in line; where the same one waits or runs already, that is answered. Throws ControlFault.
    virtual OrderedRun purge(const PurgeOrder&) = 0;
    // The run ends after the batch in hand, or never begins. Throws ControlFault: no such run, or it has ended.
    virtual void cancel(const std::string& run, const std::string& actor) = 0;
    // {"runs": [run…]}, newest first, and one of them: {"run","state","actor","started","finished","as_of",…}; those
    // that ended have purge's members. Throws ControlFault where there is none of this name.
    virtual std::string runs(std::size_t last) const = 0;
    virtual std::string run(const std::string& name) const = 0;
    // Tells at once how it stands, then what is new, until the last line. Throws ControlFault.
    virtual std::unique_ptr<RunWatch> watch(const std::string& run, std::function<void(const RunNews&)>) = 0;

    // The exposition format of Prometheus, version 0.0.4.
    virtual std::string metrics() const = 0;
    // A request that rights, limits or doubt turned away: into the audit log, as `refused`. `verb` is a right's name.
    virtual void refused(const std::string& actor, const std::string& verb, const std::string& why) = 0;
};

} // namespace retention
