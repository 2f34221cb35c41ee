#pragma once
// Whether a mask can be written into a column at all: its type, its length, its value. One mask, one column; what the
// column means to the rule is judged in check_masks.cpp.

#include "connectors/catalogue.hpp"
#include "policies/mask.hpp"

#include <optional>
#include <string>

namespace retention {

struct Misfit {
    bool error = true; // otherwise a warning
    std::string what, hint;
};

// The mask works on values of such a type. `column` is how a person names it.
std::optional<Misfit> misfit_of_type(const Mask&, const Column&, const std::string& column);
// What the mask writes fits the declared length, and what `fixed` writes reads as the column's type.
std::optional<Misfit> misfit_of_value(const Mask&, const Column&, const std::string& column);

// The mask may write one value into many rows: a constant, or what is left of a value that it makes coarser.
bool may_collide(MaskKind);

} // namespace retention
