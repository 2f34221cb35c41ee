#pragma once
// What was measured, as a table for people and as one JSON document for programs.

#include <string>
#include <vector>

namespace retention::bench {

// What must hold: ours / reference at most `bound`, reference / ours at least `bound`, ours - reference at most `bound`
// seconds; or nothing, where the issue only wants the figure shown.
enum class Target { at_most_times, times_faster, more_seconds, shown };

struct Figure {
    std::string work, reference;          // "PostgreSQL: half of 2,000,000 due, …", "single DELETE"
    double reference_value = 0, ours = 0; // seconds, medians; p99 in milliseconds where `unit` says so
    Target target = Target::at_most_times;
    double bound = 0;
    long resident_kib = 0; // the highest of any round; 0: not ours
    std::string unit = "s";

    double measure() const; // what the bound is about
    bool met() const;
};

double median(std::vector<double> values);
std::string target_text(const Figure&);

void print_head();
void print(const Figure&); // as soon as it is known
void print_json(const std::vector<Figure>&, const std::string& machine, int rounds, double scale);

std::string with_commas(long number);

} // namespace retention::bench
