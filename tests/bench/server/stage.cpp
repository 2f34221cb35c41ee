#include "tests/bench/server/stage.hpp"

#include <array>
#include <cstdio>

namespace retention::bench {

std::vector<std::pair<std::string, std::string>> months_ahead() {
    const auto first_of = [](int month) {
        std::array<char, 32> text{};
        std::snprintf(text.data(), text.size(), "%04d-%02d-01", 2023 + month / 12, month % 12 + 1);
        return std::string(text.data());
    };
    std::vector<std::pair<std::string, std::string>> months;
    for (int month = 0; month < 13; ++month) months.emplace_back(first_of(month), first_of(month + 1));
    return months;
}

std::string file_name(const Shape& shape) {
    return "tpl_" + std::to_string(shape.rows) + (shape.following ? "_f" : "_r") + std::to_string(shape.due_per_mille) +
           (shape.indexed ? "_i" : "") +
           (shape.partition_rows > 0
                ? "_p" + std::to_string(shape.partition_rows) + "_" + std::to_string(shape.due_partitions)
                : "");
}

// In partitions: one day each, the last of those that are due on the last day before the cutoff.
// Scattered: the upper bits of a multiplicative hash say whether a row is due, so that the due ones lie everywhere.
std::string day_number(const Shape& shape, const std::string& i, const std::string& divide) {
    if (shape.partition_rows > 0)
        return "(" + std::to_string(1096 - shape.due_partitions) + " + (" + i + " - 1) " + divide + " " +
               std::to_string(shape.partition_rows) + ")";
    if (shape.following) return "((" + i + " - 1) * 2192 " + divide + " " + std::to_string(shape.rows) + ")";
    const std::string hash = "((" + i + " * 2654435761) % 4294967296)";
    const std::string due =
        "((" + hash + " * 1000) " + divide + " 4294967296) < " + std::to_string(shape.due_per_mille);
    return "(" + hash + " % 1096 + CASE WHEN " + due + " THEN 0 ELSE 1096 END)";
}

} // namespace retention::bench
