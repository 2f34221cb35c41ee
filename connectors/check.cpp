#include "connectors/check.hpp"

namespace retention {

Problems check_plan(const Plan& plan) {
    Problems problems;
    for (const auto check : {check_tables, check_links, check_database_triggers, check_foreign_keys, check_masks,
                             check_marker, check_server}) {
        Problems found = check(plan);
        problems.insert(problems.end(), std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
    }
    return problems;
}

} // namespace retention
