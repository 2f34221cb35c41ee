#include "connectors/survey.hpp"

namespace retention {

std::string to_string(Verdict verdict) {
    switch (verdict) {
    case Verdict::held:
        return "held";
    case Verdict::done:
        return "done";
    case Verdict::retained:
        return "retained";
    case Verdict::exempt:
        return "exempt";
    case Verdict::undated:
        return "undated";
    case Verdict::due:
        return "due";
    }
    return "undated";
}

} // namespace retention
