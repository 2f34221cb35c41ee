// The program: what it has from outside is put together here, and the words of the command line are handed on.

#include "daemon/commands.hpp"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <sys/prctl.h>
#include <unistd.h>

namespace {

std::filesystem::path folder_of(const char* variable) {
    const char* value = std::getenv(variable);
    if (value == nullptr) return {};
    const std::string folders = value; // systemd parts several by colons; the first is the one
    return folders.substr(0, folders.find(':'));
}

// What systemd hands over; outside it, whoever may read the folder that the unit loads has it from there.
std::filesystem::path credentials() {
    const char* const loaded_by_the_unit = "/etc/retentiond/credentials";
    if (std::getenv("CREDENTIALS_DIRECTORY") != nullptr) return folder_of("CREDENTIALS_DIRECTORY");
    return access(loaded_by_the_unit, R_OK | X_OK) == 0 ? loaded_by_the_unit : "";
}

retention::Instant system_time() {
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

} // namespace

int main(int count, char** words) {
    signal(SIGPIPE, SIG_IGN);  // a closed pipe is a write that failed, told in the exit code
    prctl(PR_SET_DUMPABLE, 0); // passwords and keys pass through memory: no core of it, and nobody may attach
    const auto out = retention::terminal_of(STDOUT_FILENO);
    const auto err = retention::terminal_of(STDERR_FILENO);
    retention::Context context{
        .in = std::cin,
        .out = std::cout,
        .err = std::cerr,
        .can_ask = isatty(STDIN_FILENO) == 1 && err.interactive,
        .out_terminal = out,
        .err_terminal = err,
        .now = system_time,
        .directories = {folder_of("STATE_DIRECTORY"), folder_of("LOGS_DIRECTORY"), credentials(),
                        folder_of("RUNTIME_DIRECTORY")},
    };
    return static_cast<int>(retention::run_program({words + 1, words + count}, context));
}
