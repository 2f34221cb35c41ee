#pragma once
// Numbers, lists and guesses as a person reads them. Pure.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace retention {

std::string grouped(std::int64_t);                       // 1204 -> "1,204"
std::string counted(std::int64_t, std::string_view one); // "1 record", "1,204 records"
std::string joined(const std::vector<std::string>&, std::string_view between = ", ");
// A message and its last part, what to do: "…\nhint: …" taken apart.
struct Advice {
    std::string what, hint;
};
Advice parted(const std::string& message);
// "what; hint: do this": for texts of one line. An entry to paste has several, and is left to `check`.
std::string on_one_line(const Advice&);
// The guess of policies/load_hint.hpp where there is one, and `otherwise` where not.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& known, const std::string& otherwise);

} // namespace retention
