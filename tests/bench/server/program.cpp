#include "tests/bench/server/program.hpp"

#include <chrono>
#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace retention::bench {

namespace fs = std::filesystem;

Measured run_program(const std::vector<std::string>& words, const fs::path& output) {
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str())); // execvp's signature
    arguments.push_back(nullptr);
    const auto start = std::chrono::steady_clock::now();
    const pid_t child = fork();
    if (child == 0) {
        if (!std::freopen(output.c_str(), "w", stdout)) _exit(127);
        execvp(arguments[0], arguments.data());
        _exit(127);
    }
    int status = 0;
    rusage usage{};
    wait4(child, &status, 0, &usage);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        throw std::runtime_error(words.front() + " ended with status " + std::to_string(status));
    return {std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(), usage.ru_maxrss};
}

Program::Program(fs::path program, fs::path folder) : program_(std::move(program)), folder_(std::move(folder)) {}

void Program::configure(const std::string& url, const std::string& rest_of_rule) {
    std::ofstream(folder_ / "retentiond.toml")
        << "timezone = \"UTC\"\nstate = \"state\"\n[audit]\ndirectory = \"log\"\nkey = { file = \"audit.key\" }\n"
        << "[stores.crm]\nurl = \"" << url << "\"\ntimezone = \"UTC\"\n"
        << "[categories.events]\nstore = \"crm\"\ntable = \"events\"\ntrigger = \"created_at\"\nperiod = \"36 "
           "months\"\n"
        << rest_of_rule;
    fs::remove_all(folder_ / "log");
    fs::remove_all(folder_ / "state");
}

Measured Program::purge() const {
    return run_program({program_, "purge", "--local", "--all", "--yes", "--as-of", as_of, "--format", "json",
                        "--config", folder_ / "retentiond.toml"},
                       folder_ / "purge.json");
}

Measured Program::report() const {
    return run_program({program_, "report", "--category", "events", "--as-of", as_of, "--format", "json", "--config",
                        folder_ / "retentiond.toml"},
                       folder_ / "report.json");
}

} // namespace retention::bench
