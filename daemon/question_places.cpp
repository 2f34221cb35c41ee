#include "daemon/question_places.hpp"

namespace retention {

std::shared_ptr<void> QuestionPlaces::take(const Asker& asker) {
    using enum ControlFault::Kind;
    const auto own = taken_->by_person.find(asker.actor);
    if (own != taken_->by_person.end() && own->second >= of_a_person)
        throw ControlFault(unavailable, std::to_string(own->second) + " questions of yours are in hand",
                           "wait for the answer of one, or end it");
    if (taken_->all >= (asker.is_operator ? most : most - kept_for_operators))
        throw ControlFault(unavailable, "too many reports are being counted", "try again in a moment");
    ++taken_->all, ++taken_->by_person[asker.actor];
    return {nullptr, [taken = taken_, actor = asker.actor](void*) {
                --taken->all;
                if (--taken->by_person[actor] == 0) taken->by_person.erase(actor);
            }};
}

} // namespace retention
