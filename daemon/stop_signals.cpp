#include "daemon/stop_signals.hpp"

namespace retention {
namespace {

std::atomic<bool> asked_to_stop{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may set it");

void ask_to_stop(int) {
    asked_to_stop.store(true);
}

} // namespace

StopSignals::StopSignals() {
    asked_to_stop.store(false);
    struct sigaction action {};
    action.sa_handler = ask_to_stop;
    action.sa_flags = static_cast<int>(SA_RESTART | SA_RESETHAND);
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, &interrupt_before_);
    sigaction(SIGTERM, &action, &terminate_before_);
}

StopSignals::~StopSignals() {
    sigaction(SIGINT, &interrupt_before_, nullptr);
    sigaction(SIGTERM, &terminate_before_, nullptr);
}

const std::atomic<bool>& stop_flag() {
    return asked_to_stop;
}

} // namespace retention
