#pragma once
// A Unix socket between the program and a server, which cuts the connection at its COMMIT: before the server hears of
// it, after the server has answered, or towards the program alone.

#include "policies/configuration.hpp"

#include <memory>

namespace retention::test {

class CutProxy {
public:
    enum class Cut { never, before_commit, after_commit, towards_the_program };

    explicit CutProxy(const StoreSettings& server); // reached through a socket
    ~CutProxy();
    CutProxy(const CutProxy&) = delete;
    CutProxy& operator=(const CutProxy&) = delete;

    StoreSettings settings() const; // of the same store, through the proxy
    void at_next_commit(Cut);
    void let_go(); // of what a cut towards the program left open at the server

private:
    struct Inside;
    std::unique_ptr<Inside> inside_;
};

} // namespace retention::test
