#include "policies/load_related.hpp"

#include <algorithm>

namespace retention {
namespace {

// Two of the three engines do not tell Email from email.
bool same_column(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

void check_column(const TomlEntry& entry, const std::vector<Mask>& above, TableReader& from) {
    if (!is_one_line(entry.key)) from.error(entry.place, "a mask without a column's name in " + from.owner());
    for (const auto& mask : above)
        if (same_column(mask.column, entry.key))
            return from.error(entry.place, "column \"" + entry.key + "\" has two masks in " + from.owner(),
                              "names are compared without regard to case");
}

} // namespace

std::vector<Mask> read_masks(TableReader& owner) {
    const auto* node = owner.table("mask");
    if (!node) return {};
    TableReader from(*node, "`mask` of " + owner.owner(), owner.findings());
    std::vector<Mask> masks;
    for (const auto& entry : node->entries) {
        check_column(entry, masks, from);
        const auto text = from.prose(entry.key);
        if (!text) continue;
        std::string why;
        auto mask = parse_mask(*text, why);
        if (!mask) {
            from.error(entry.value.place, from.owner() + ": " + why,
                       "null, redact, fixed VALUE, random, random email, year, month, day, ip, keep N or pseudonym");
            continue;
        }
        mask->column = entry.key;
        mask->place = entry.place;
        masks.push_back(std::move(*mask));
    }
    return masks;
}

} // namespace retention
