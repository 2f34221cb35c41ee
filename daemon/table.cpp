#include "daemon/table.hpp"

#include "policies/mask.hpp"

#include <algorithm>
#include <numeric>
#include <ostream>

namespace retention {

std::string printable(std::string_view text) {
    std::string safe(text);
    std::replace_if(
        safe.begin(), safe.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
    return safe;
}

TextTable::TextTable(std::vector<Heading> headings) : headings_(std::move(headings)) {
    for (const Heading& heading : headings_) widths_.push_back(count_characters(heading.title));
}

void TextTable::add(std::vector<std::string> cells) {
    cells.resize(headings_.size());
    for (std::size_t i = 0; i < cells.size(); ++i) {
        cells[i] = printable(cells[i]);
        widths_[i] = std::max(widths_[i], count_characters(cells[i]));
    }
    rows_.push_back(std::move(cells));
}

std::size_t TextTable::width() const {
    const std::size_t gaps = headings_.empty() ? 0 : 2 * (headings_.size() - 1);
    return std::accumulate(widths_.begin(), widths_.end(), gaps);
}

std::string TextTable::line(const std::vector<std::string>& cells, bool aligned) const {
    std::string text;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (i > 0) text += aligned ? "  " : "\t";
        const std::size_t blanks = aligned ? widths_[i] - count_characters(cells[i]) : 0;
        if (headings_[i].align == Align::right) text.append(blanks, ' ');
        text += cells[i];
        if (headings_[i].align == Align::left && i + 1 < cells.size()) text.append(blanks, ' ');
    }
    return text;
}

void TextTable::print(std::ostream& out, const Terminal& terminal) const {
    std::vector<std::string> titles;
    for (const Heading& heading : headings_) titles.push_back(heading.title);
    out << painted(line(titles, terminal.interactive), Paint::bold, terminal) << '\n';
    for (const auto& row : rows_) out << line(row, terminal.interactive) << '\n';
}

} // namespace retention
