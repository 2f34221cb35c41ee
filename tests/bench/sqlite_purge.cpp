// `purge --local` on SQLite against one plain DELETE of the same rows, in the same run, on copies of one database.
// Everything is on: audit log with digests and fsync, witness rows, secure_delete. Prints medians, ratios, the largest
// resident memory, and the same as JSON on the last line.
//
//   bench_sqlite_purge PROGRAM [ROUNDS [ROWS …]]      default: 5 rounds of 200,000, 2,000,000 and 4,000,000 rows

#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace fs = std::filesystem;

namespace {

void run_sql(const fs::path& file, const std::string& sql) {
    sqlite3* database = nullptr;
    char* message = nullptr;
    sqlite3_open(file.c_str(), &database);
    const int code = sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &message);
    const std::string why = message ? message : "";
    sqlite3_close(database);
    if (code != SQLITE_OK) throw std::runtime_error(file.string() + ": " + why);
}

// Six years of events; half of them are older than 36 months on 2026-11-21, in random order over the keys.
void make_database(const fs::path& file, long rows) {
    run_sql(
        file,
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;"
        "CREATE TABLE events (id INTEGER PRIMARY KEY, created_at TEXT NOT NULL, name TEXT, email TEXT, payload TEXT);"
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " +
            std::to_string(rows) +
            ")"
            "INSERT INTO events SELECT i, datetime('2020-11-21', '+' || ((i * 2654435761) % 2192) || ' days', '+' || "
            "(i % 86400) || ' seconds'),"
            " 'name ' || i, 'u' || i || '@example.com', hex(i * 7919) || '-payload-' || i FROM n;"
            "PRAGMA wal_checkpoint(TRUNCATE);");
}

void write_configuration(const fs::path& folder) {
    std::ofstream(folder / "retentiond.toml")
        << "timezone = \"UTC\"\nstate = \"state\"\n[audit]\ndirectory = \"log\"\nkey = { file = \"audit.key\" }\n"
        << "[stores.crm]\nurl = \"sqlite://" << (folder / "copy.sqlite").string() << "\"\n"
        << "[categories.events]\nstore = \"crm\"\ntable = \"events\"\ntrigger = \"created_at\"\nperiod = \"36 "
           "months\"\n"
        << "action = \"delete\"\n";
}

struct Measured {
    double seconds = 0;
    long resident_kib = 0;
};

Measured run_program(const std::vector<std::string>& words) {
    std::vector<char*> argv;
    for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str())); // NOLINT: execv's signature
    argv.push_back(nullptr);
    const auto start = std::chrono::steady_clock::now();
    const pid_t child = fork();
    if (child == 0) {
        if (!std::freopen("/dev/null", "w", stdout)) _exit(127);
        execv(argv[0], argv.data());
        _exit(127);
    }
    int status = 0;
    rusage usage{};
    wait4(child, &status, 0, &usage);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) throw std::runtime_error(words[0] + " failed");
    return {std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(), usage.ru_maxrss};
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

struct Row {
    long rows = 0;
    double plain = 0, purge = 0;
    long resident_kib = 0;
};

Row measure(const std::string& program, const fs::path& folder, long rows, int rounds) {
    const fs::path original = folder / "original.sqlite", copy = folder / "copy.sqlite";
    fs::remove(original);
    make_database(original, rows);
    const auto fresh_copy = [&] {
        for (const char* end : {"", "-wal", "-shm"}) fs::remove(copy.string() + end);
        fs::copy_file(original, copy);
        sync();
    };
    Row row{rows, 0, 0, 0};
    std::vector<double> plain, purge;
    for (int round = 0; round < rounds; ++round) {
        fresh_copy();
        const auto start = std::chrono::steady_clock::now();
        run_sql(copy, "PRAGMA foreign_keys = ON; DELETE FROM events WHERE created_at < '2023-11-21'; PRAGMA "
                      "wal_checkpoint(TRUNCATE);");
        plain.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());

        fresh_copy();
        const Measured measured = run_program({program, "purge", "--local", "--all", "--yes", "--as-of", "2026-11-21",
                                               "--config", (folder / "retentiond.toml").string()});
        purge.push_back(measured.seconds);
        row.resident_kib = std::max(row.resident_kib, measured.resident_kib);
    }
    row.plain = median(plain);
    row.purge = median(purge);
    return row;
}

void print(const std::vector<Row>& table) {
    std::printf("%10s %12s %12s %8s %14s\n", "rows", "DELETE, s", "purge, s", "ratio", "resident, MiB");
    for (const Row& row : table)
        std::printf("%10ld %12.2f %12.2f %8.2f %14.1f\n", row.rows, row.plain, row.purge, row.purge / row.plain,
                    static_cast<double>(row.resident_kib) / 1024);
    std::printf("[");
    for (const Row& row : table)
        std::printf(
            "%s{\"rows\":%ld,\"delete_seconds\":%.3f,\"purge_seconds\":%.3f,\"ratio\":%.3f,\"resident_kib\":%ld}",
            &row == &table.front() ? "" : ",", row.rows, row.plain, row.purge, row.purge / row.plain, row.resident_kib);
    std::printf("]\n");
}

} // namespace

int main(int argc, char** argv) try {
    if (argc < 2) throw std::runtime_error("usage: bench_sqlite_purge PROGRAM [ROUNDS [ROWS ...]]");
    const int rounds = argc > 2 ? std::atoi(argv[2]) : 5;
    std::vector<long> sizes;
    for (int i = 3; i < argc; ++i) sizes.push_back(std::atol(argv[i]));
    if (sizes.empty()) sizes = {200'000, 2'000'000, 4'000'000};
    std::string pattern = (fs::temp_directory_path() / "retentiond-bench-XXXXXX").string();
    if (!mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
    write_configuration(pattern);
    std::vector<Row> table;
    for (const long rows : sizes) table.push_back(measure(argv[1], pattern, rows, rounds));
    print(table);
    fs::remove_all(pattern);
    return 0;
} catch (const std::exception& error) {
    std::cerr << "error: " << error.what() << '\n';
    return 1;
}
