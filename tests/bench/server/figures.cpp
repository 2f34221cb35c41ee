#include "tests/bench/server/figures.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

namespace retention::bench {
namespace {

const char* verdict(const Figure& figure) {
    if (figure.target == Target::shown) return "-";
    return figure.met() ? "met" : "MISSED";
}

std::string short_number(double number) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.1f", number);
    return text.data();
}

// What stands in quotes here is written by this program: it holds no quote, backslash or control character.
std::string quoted(const std::string& text) {
    std::string all("\"");
    return all.append(text).append("\"");
}

} // namespace

double Figure::measure() const {
    switch (target) {
    case Target::times_faster:
        return ours > 0 ? reference_value / ours : 0;
    case Target::more_seconds:
        return ours - reference_value;
    case Target::at_most_times:
    case Target::shown:
        break;
    }
    return reference_value > 0 ? ours / reference_value : 0;
}

bool Figure::met() const {
    return target == Target::shown || (target == Target::times_faster ? measure() >= bound : measure() <= bound);
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values.empty() ? 0 : values[values.size() / 2];
}

std::string with_commas(long number) {
    const std::string digits = std::to_string(number);
    std::string text;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i > 0 && (digits.size() - i) % 3 == 0) text.push_back(',');
        text.push_back(digits[i]);
    }
    return text;
}

std::string target_text(const Figure& figure) {
    const char* form = "shown";
    if (figure.target == Target::at_most_times) form = "<= %g x";
    if (figure.target == Target::times_faster) form = ">= %g x faster";
    if (figure.target == Target::more_seconds) form = "<= +%g s";
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), form, figure.bound);
    return text.data();
}

void print_head() {
    std::printf("%-66s %-34s %10s %11s %9s %-13s %-7s %9s\n", "work", "reference", "reference", "retentiond", "ratio",
                "target", "", "peak MiB");
    std::fflush(stdout);
}

void print(const Figure& figure) {
    const bool seconds = figure.target == Target::more_seconds;
    std::printf("%-66s %-34s %7.3f %-2s %8.3f %-2s %8.2f%s %-13s %-7s %9s\n", figure.work.c_str(),
                figure.reference.c_str(), figure.reference_value, figure.unit.c_str(), figure.ours, figure.unit.c_str(),
                figure.measure(), seconds ? "s" : " ", target_text(figure).c_str(), verdict(figure),
                figure.resident_kib > 0 ? short_number(static_cast<double>(figure.resident_kib) / 1024).c_str() : "-");
    std::fflush(stdout);
}

void print_json(const std::vector<Figure>& figures, const std::string& machine, int rounds, double scale) {
    std::array<double, 3> load{};
    if (getloadavg(load.data(), 3) < 0) load.fill(-1);
    std::printf("{\"machine\":%s,\"rounds\":%d,\"scale\":%g,\"load_average\":[%.2f,%.2f,%.2f],\"figures\":[",
                quoted(machine).c_str(), rounds, scale, load[0], load[1], load[2]);
    for (const Figure& figure : figures)
        std::printf("%s{\"work\":%s,\"reference\":%s,\"unit\":%s,\"reference_value\":%.4f,\"retentiond\":%.4f,"
                    "\"measure\":%.4f,\"target\":%s,\"met\":%s,\"resident_kib\":%ld}",
                    &figure == &figures.front() ? "" : ",", quoted(figure.work).c_str(),
                    quoted(figure.reference).c_str(), quoted(figure.unit).c_str(), figure.reference_value, figure.ours,
                    figure.measure(), quoted(target_text(figure)).c_str(), figure.met() ? "true" : "false",
                    figure.resident_kib);
    std::printf("]}\n");
}

} // namespace retention::bench
