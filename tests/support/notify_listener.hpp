#pragma once
// The other end of sd_notify: what systemd would hear. Sets $NOTIFY_SOCKET for as long as it lives.

#include <string>

namespace retention::test {

class NotifyListener {
public:
    // A socket in the file system, or with "@…" one in the abstract namespace.
    explicit NotifyListener(const std::string& address);
    ~NotifyListener();
    NotifyListener(const NotifyListener&) = delete;
    NotifyListener& operator=(const NotifyListener&) = delete;

    std::string next(); // waits for it; throws std::runtime_error after 30 s of silence
    // The first message from now on that contains the text.
    std::string next_with(const std::string& text);

private:
    int socket_;
    std::string path_; // to be removed; empty for an abstract one
};

} // namespace retention::test
