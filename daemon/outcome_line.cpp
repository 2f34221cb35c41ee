#include "daemon/outcome_line.hpp"

#include "daemon/wording.hpp"

namespace retention {
namespace {

std::string done_by(Action action) {
    return action == Action::erase ? "deleted" : "anonymised";
}

} // namespace

std::string summary(const CategoryOutcome& outcome) {
    std::string text = outcome.category + " in " + outcome.store + ": " + done_by(outcome.action) + " " +
                       counted(outcome.disposed, "record");
    if (outcome.batches > 0) text += " in " + grouped(outcome.batches) + (outcome.batches == 1 ? " batch" : " batches");
    if (outcome.outcome != Outcome::completed) text += "; " + to_string(outcome.outcome) + ": " + outcome.reason;
    return text;
}

Fields fields_of(const std::string& run, const CategoryOutcome& outcome) {
    return {{"run", run},
            {"category", outcome.category},
            {"store", outcome.store},
            {"outcome", to_string(outcome.outcome)},
            {"disposed", std::to_string(outcome.disposed)},
            {"batches", std::to_string(outcome.batches)}};
}

void tell_outcome(const std::string& run, const CategoryOutcome& outcome) {
    const auto text = summary(outcome);
    const auto fields = fields_of(run, outcome);
    switch (outcome.outcome) {
    case Outcome::completed:
        return tell(text, fields);
    case Outcome::partial:
    case Outcome::refused:
        return warn(text, fields);
    case Outcome::failed:
        return alarm(text, fields);
    }
}

} // namespace retention
