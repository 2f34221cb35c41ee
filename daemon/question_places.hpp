#pragma once
// How many reports and stories may be in hand at once: in all, because whoever asks without end must not fill the
// lanes, in which SQLite's runs wait too; of one person, because the others want to know something as well; and some
// places are for operators alone. Not thread-safe.

#include "daemon/control.hpp"

#include <map>

namespace retention {

class QuestionPlaces {
public:
    static constexpr int most = 8, of_a_person = 3, kept_for_operators = 2;

    // Held until the last copy of it is gone, which may outlive this. Throws ControlFault: there is none.
    std::shared_ptr<void> take(const Asker&);

private:
    struct Taken {
        int all = 0;
        std::map<std::string, int> by_person;
    };
    std::shared_ptr<Taken> taken_ = std::make_shared<Taken>();
};

} // namespace retention
