#pragma once
// JSON as a person can read it too: two blanks a level, small objects and lists on one line, real numbers without an
// exponent (Boost.JSON writes 0.41 as 4.1E-1). One document, with a line end.

#include <boost/json/fwd.hpp>
#include <string>

namespace retention {

std::string json_text(const boost::json::value&);

} // namespace retention
