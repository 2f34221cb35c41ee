#pragma once
// What the journal says of a category when its run has ended: one line, and fields to search by.

#include "daemon/enforcement.hpp"
#include "daemon/journal.hpp"

#include <string>

namespace retention {

// "contacts in crm: anonymised 1,204 records in 3 batches". Pure.
std::string summary(const CategoryOutcome&);
// run, category, store, outcome, disposed, batches. Pure.
Fields fields_of(const std::string& run, const CategoryOutcome&);
// With the priority that it deserves: what was cut short or refused is a warning, a failure an error.
void tell_outcome(const std::string& run, const CategoryOutcome&);

} // namespace retention
