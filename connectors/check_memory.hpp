#pragma once
// What is right in one run and wrong in the next: rows that one rule reads and another takes sooner (notes: bookings
// kept 6 months, members 18 months after their last booking; run 2 finds no bookings). For check_order.cpp.

#include "connectors/plan.hpp"

namespace retention {

// `reader` counts from rows, links or columns that `remover` takes away before `reader` is done with them. Errors on
// the reader, or on the remover where it masks the reader's own dates.
Problems check_memory(const Plan& reader, const Plan& remover);
// The same of one plan with itself: an entry takes rows that other records count from, because they are linked to those
// in another way. Rows that go with the very record that reads them are its own evidence, and may.
Problems check_own_memory(const Plan&);
// `remover` deletes, as related rows, rows that `keeper`, a category of their own, may keep longer: a warning. Whether
// there are such rows a query decides (Session::rows_kept_longer).
Problems check_kept_longer(const Plan& remover, const Plan& keeper);

} // namespace retention
