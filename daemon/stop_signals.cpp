#include "daemon/stop_signals.hpp"

#include <cerrno>
#include <semaphore.h>
#include <utility>

namespace retention {
namespace {

sem_t bell; // a handler may post it (signal-safety(7))

void ring(int) {
    const int before = errno;
    sem_post(&bell);
    errno = before;
}

void wait_for_bell() {
    while (sem_wait(&bell) != 0 && errno == EINTR) {
    }
}

} // namespace

StopSignals::StopSignals(std::function<void()> stop) {
    sem_init(&bell, 0, 0);
    waiting_ = std::thread([this, stop = std::move(stop)] {
        wait_for_bell();
        if (!ended_) stop();
    });
    struct sigaction action {};
    action.sa_handler = ring;
    action.sa_flags = static_cast<int>(SA_RESTART | SA_RESETHAND);
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, &interrupt_before_);
    sigaction(SIGTERM, &action, &terminate_before_);
}

StopSignals::~StopSignals() {
    sigaction(SIGINT, &interrupt_before_, nullptr);
    sigaction(SIGTERM, &terminate_before_, nullptr);
    ended_ = true;
    sem_post(&bell);
    waiting_.join();
}

} // namespace retention
