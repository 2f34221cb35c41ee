#include "policies/load_hint.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace retention {
namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Letters to insert, drop or change, case aside (Levenshtein, one row at a time).
std::size_t distance(std::string_view from, std::string_view to) {
    std::vector<std::size_t> row(to.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < from.size(); ++i) {
        auto diagonal = row[0]++;
        for (std::size_t j = 0; j < to.size(); ++j) {
            const auto changed = diagonal + (lower(from[i]) == lower(to[j]) ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row.back();
}

} // namespace

std::string did_you_mean(std::string_view misspelt, const std::vector<std::string>& known) {
    constexpr std::size_t longest_name = 64; // no name that we know is longer
    if (misspelt.size() > longest_name) return {};
    const std::string* best = nullptr;
    auto best_distance = std::min<std::size_t>(3, misspelt.size());
    for (const auto& name : known)
        if (const auto letters = distance(misspelt, name); letters < best_distance) {
            best_distance = letters;
            best = &name;
        }
    return best ? "did you mean '" + *best + "'?" : std::string{};
}

} // namespace retention
