// `purge --local` and `report` on PostgreSQL and MariaDB against what people would otherwise run, each reference in
// turn with it, on fresh copies of the same data. Everything is on: audit log with digests and fsync, witness rows. The
// program's time is that of its process; a reference's that of its statement alone. Prints a table as it goes, and all
// of it as JSON on the last line.
//
//   bench_server_purge PROGRAM [ROUNDS [SCALE [WORD …]]]
//
// ROUNDS, default 3, are what the medians are of. SCALE, default 1, multiplies the rows (2 million for most). WORDs
// choose works: those whose name contains one of them. Starts servers of its own; needs some 15 GB in the temporary
// folder, pgbench for the load on PostgreSQL and pt-archiver (percona-toolkit) for the comparison with it.

#include "tests/bench/server/figures.hpp"
#include "tests/bench/server/program.hpp"
#include "tests/bench/server/stage.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <thread>
#include <unistd.h>

namespace retention::bench {
namespace {

namespace fs = std::filesystem;

constexpr const char* by_deleting = "action = \"delete\"\n";
constexpr const char* by_masking = "action = \"anonymise\"\n[categories.events.mask]\nname = \"redact\"\nemail = "
                                   "\"random email\"\nphone = \"null\"\nborn_on = \"year\"\ncity = \"keep 2\"\n";

bool is_installed(const std::string& program) {
    return std::system(("command -v " + program + " >/dev/null 2>&1").c_str()) == 0;
}

class Bench {
public:
    Bench(const fs::path& program, fs::path folder, int rounds, double scale, std::vector<std::string> chosen)
        : folder_(std::move(folder))
        , program_(fs::absolute(program), folder_)
        , rounds_(rounds)
        , scale_(scale)
        , chosen_(std::move(chosen)) {}

    void run_on(Stage& stage) {
        stage_ = &stage;
        halves();
        anonymise();
        few_by_index();
        no_index();
        beside_a_snapshot();
        twice_as_many();
        partitions();
        report();
        beside_traffic();
    }
    const std::vector<Figure>& figures() const { return figures_; }

private:
    using Work = std::function<double()>; // seconds

    long rows(double millions) const { return std::lround(millions * 1e6 * scale_); }
    Shape half(double millions, bool following = false) const { return {rows(millions), following, 500, false, 0, 0}; }
    bool wanted(const std::string& work) const {
        return chosen_.empty() || std::any_of(chosen_.begin(), chosen_.end(), [&](const std::string& word) {
                   return work.find(word) != std::string::npos;
               });
    }

    double purge() {
        program_.configure(stage_->url(), rest_of_rule_);
        return timed(program_.purge());
    }
    double timed(const Measured& measured) {
        resident_ = std::max(resident_, measured.resident_kib);
        return measured.seconds;
    }
    std::string condition() const { return " WHERE created_at < " + stage_->cutoff(); }
    double erase() { return stage_->run("DELETE FROM events" + condition()); }
    double archive() {
        return run_program({"pt-archiver", "--source", archive_words(*stage_), "--purge", "--where",
                            "created_at < " + stage_->cutoff(), "--limit", "1000", "--bulk-delete", "--commit-each",
                            "--no-check-charset"})
            .seconds;
    }

    // In turn, each on a fresh copy; afterwards both must have left the same.
    void compare(const std::string& work, const std::string& reference, const Shape& shape, Target target, double bound,
                 const Work& theirs, const Work& ours, const std::string& proof = "SELECT count(*) FROM events") {
        compare(work, reference, shape, shape, target, bound, theirs, ours, proof);
    }
    void compare(const std::string& work, const std::string& reference, const Shape& their_shape,
                 const Shape& our_shape, Target target, double bound, const Work& theirs, const Work& ours,
                 const std::string& proof = "") {
        const std::string name = stage_->name() + ": " + work;
        if (!wanted(name)) return;
        std::vector<double> of_theirs, of_ours;
        resident_ = 0;
        for (int round = 0; round < rounds_; ++round) {
            stage_->fresh_copy(their_shape);
            of_theirs.push_back(theirs());
            const auto left = proof.empty() ? "" : stage_->value(proof);
            if (round == 0) resident_ = 0; // of the program as it is measured, where it is the reference too
            stage_->fresh_copy(our_shape);
            of_ours.push_back(ours());
            if (!proof.empty() && stage_->value(proof) != left)
                throw std::runtime_error(name + ": the program left " + stage_->value(proof) + ", " + reference + " " +
                                         left);
        }
        add({name, reference, median(of_theirs), median(of_ours), target, bound, resident_, "s"});
    }
    void add(Figure figure) {
        print(figure);
        figures_.push_back(std::move(figure));
    }

    void halves() {
        rest_of_rule_ = by_deleting;
        for (const bool following : {true, false}) {
            const Shape shape = half(2, following);
            const std::string work =
                "half of " + with_commas(shape.rows) + " due, dates " + (following ? "following the key" : "random");
            compare(
                work, "single DELETE", shape, Target::at_most_times, stage_->name() == "MariaDB" ? 1.3 : 1.4,
                [&] { return erase(); }, [&] { return purge(); });
            if (stage_->name() == "MariaDB") against_archiver(work, shape);
        }
    }
    void against_archiver(const std::string& work, const Shape& shape) {
        if (!is_installed("pt-archiver")) {
            std::cerr << "SKIPPED: pt-archiver is not installed (percona-toolkit)\n";
            return;
        }
        // It leaves the row with the greatest key by design, so the proof counts what is due but that one.
        const std::string proof = "SELECT count(*) FROM events" + condition() +
                                  " AND id < (SELECT max(id) FROM (SELECT id FROM events) AS keys_of_all)";
        compare(
            work, "pt-archiver --bulk-delete, 1000", shape, Target::times_faster, 4, [&] { return archive(); },
            [&] { return purge(); }, proof);
    }

    void anonymise() {
        rest_of_rule_ = by_masking;
        compare(
            "5 columns masked, half of " + with_commas(rows(2)), "single UPDATE", half(2), Target::at_most_times, 1.4,
            [&] { return stage_->run("UPDATE events SET " + stage_->masking() + condition()); },
            [&] { return purge(); }, "SELECT count(*) FROM events WHERE phone IS NULL");
    }

    void few_by_index() {
        rest_of_rule_ = by_deleting;
        const Shape small{rows(2), false, 1, true, 0, 0}, large{rows(10), false, 1, true, 0, 0};
        for (const Shape& shape : {small, large})
            compare(
                "0.1 % of " + with_commas(shape.rows) + " due, trigger indexed", "single DELETE by the index", shape,
                Target::at_most_times, 3, [&] { return erase(); }, [&] { return purge(); });
        compare(
            "0.1 % due, indexed: " + with_commas(large.rows), "itself on " + with_commas(small.rows), small, large,
            Target::at_most_times, 5, [&] { return purge(); }, [&] { return purge(); });
    }

    void no_index() {
        rest_of_rule_ = by_deleting;
        const Shape shape{rows(2), false, 10, false, 0, 0};
        compare(
            "1 % of " + with_commas(shape.rows) + " due, no index", "SELECT count(*), same condition", shape, shape,
            Target::at_most_times, 2, [&] { return stage_->run("SELECT count(*) FROM events" + condition()); },
            [&] { return purge(); });
    }

    void beside_a_snapshot() {
        rest_of_rule_ = by_deleting;
        compare(
            "half of " + with_commas(rows(2)) + ", an idle snapshot open", "itself without", half(2),
            Target::at_most_times, 1.1, [&] { return purge(); },
            [&] {
                const auto held = stage_->hold_snapshot();
                return purge();
            });
    }

    void twice_as_many() {
        rest_of_rule_ = by_deleting;
        compare(
            "half of " + with_commas(rows(4)), "itself on " + with_commas(rows(2)), half(2), half(4),
            Target::at_most_times, 2.1, [&] { return purge(); }, [&] { return purge(); });
    }

    void partitions() {
        if (stage_->name() != "PostgreSQL") return;
        rest_of_rule_ = by_deleting;
        const long size = rows(0.05);
        for (const long due : {1L, 20L}) {
            const Shape shape{rows(2), false, 500, false, size, due};
            std::string tables;
            for (long i = 0; i < due; ++i) tables += (i ? ", events_" : "events_") + std::to_string(i);
            const std::string work =
                with_commas(due) + (due == 1 ? " partition of " : " partitions of ") + with_commas(size);
            const double bound = 0.2 * static_cast<double>(due);
            compare(
                work, "DROP TABLE", shape, Target::more_seconds, bound,
                [&] { return stage_->run("DROP TABLE " + tables); }, [&] { return purge(); });
            compare(
                work, "TRUNCATE", shape, Target::more_seconds, bound, [&] { return stage_->run("TRUNCATE " + tables); },
                [&] { return purge(); });
        }
    }

    void report() {
        rest_of_rule_ = by_deleting;
        compare(
            "report, half of " + with_commas(rows(2)), "one SELECT that counts the same", half(2),
            Target::at_most_times, 1.5, [&] { return stage_->run(stage_->counting()); },
            [&] {
                program_.configure(stage_->url(), rest_of_rule_);
                return timed(program_.report());
            });
    }

    // The same load at half of what it reaches alone, on tables of its own; p99 while the work runs against the seconds
    // before it.
    void beside_traffic() {
        rest_of_rule_ = by_deleting;
        const bool postgres = stage_->name() == "PostgreSQL";
        const std::string traffic = postgres ? "pgbench -N" : "reads and writes";
        const std::string work = "p99 of " + traffic + " beside ";
        if (!wanted(stage_->name() + ": " + work)) return;
        if (postgres && !is_installed("pgbench")) {
            std::cerr << "SKIPPED: pgbench is not installed\n";
            return;
        }
        stage_->fresh_copy(half(2));
        const double rate = stage_->load(0, [] {}).rate / 2;
        const auto beside = [&](const std::string& what, Target target, const Work& done) {
            std::vector<double> with, without;
            resident_ = 0;
            for (int round = 0; round < rounds_; ++round) {
                stage_->fresh_copy(half(2));
                const Load load = stage_->load(rate, done);
                with.push_back(load.p99_with);
                without.push_back(load.p99_without);
                std::cerr << what << ": " << load.rate << "/s, " << load.seconds_with << " s of "
                          << load.seconds_of_work << " s, p99 " << load.p99_without << " -> " << load.p99_with
                          << " ms\n";
            }
            add({stage_->name() + ": " + work + what, "without, at " + with_commas(std::lround(rate)) + "/s",
                 median(without), median(with), target, 1.25, resident_, "ms"});
        };
        beside("a purge", Target::at_most_times, [&] { return purge(); });
        beside("the single DELETE", Target::shown, [&] { return erase(); });
        if (!postgres && is_installed("pt-archiver")) beside("pt-archiver", Target::shown, [&] { return archive(); });
    }

    fs::path folder_;
    Program program_;
    int rounds_;
    double scale_;
    std::vector<std::string> chosen_;
    Stage* stage_ = nullptr;
    std::string rest_of_rule_;
    long resident_ = 0;
    std::vector<Figure> figures_;
};

struct Folder {
    Folder() : path((fs::temp_directory_path() / "retentiond-bench-XXXXXX").string()) {
        if (!mkdtemp(path.data())) throw std::runtime_error("no temporary folder");
    }
    ~Folder() {
        std::error_code ignored;
        fs::remove_all(path, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::string path;
};

void run(const fs::path& program, int rounds, double scale, const std::vector<std::string>& chosen) {
    const Folder folder;
    Bench bench(program, folder.path, rounds, scale, chosen);
    print_head();
    using Make = std::unique_ptr<Stage> (*)(const std::string&);
    for (const Make make : {Make(postgres_stage), Make(mariadb_stage)}) {
        try {
            bench.run_on(*make(folder.path));
        } catch (const std::exception& error) {
            std::cerr << "FAILED: " << error.what() << '\n';
        }
    }
    print_json(bench.figures(), std::to_string(std::thread::hardware_concurrency()) + " cores", rounds, scale);
}

} // namespace
} // namespace retention::bench

int main(int argc, char** argv) try {
    if (argc < 2) throw std::runtime_error("usage: bench_server_purge PROGRAM [ROUNDS [SCALE [WORD ...]]]");
    std::vector<std::string> chosen;
    for (int i = 4; i < argc; ++i) chosen.emplace_back(argv[i]);
    retention::bench::run(argv[1], argc > 2 ? std::max(std::atoi(argv[2]), 1) : 3, argc > 3 ? std::atof(argv[3]) : 1,
                          chosen);
    return 0;
} catch (const std::exception& error) {
    std::cerr << "error: " << error.what() << '\n';
    return 1;
}
