#pragma once
// Another client of a server's store: its statements run on a thread of their own, so that a test can go on while one
// of them waits for a lock, and can tell that it waits. Servers only; at the server's own isolation level.

#include "policies/configuration.hpp"

#include <future>
#include <memory>
#include <string>
#include <vector>

namespace retention::test {

class OtherSession {
public:
    explicit OtherSession(const StoreSettings&);
    ~OtherSession(); // lets go of its transaction; waits for what runs

    // Runs statements, one after another. Throws std::runtime_error with the server's words.
    void run(const std::string& script);
    // The same on a thread; finish() is its end: empty, or the server's words.
    void start(const std::string& script);
    std::string finish();
    // True once the started statement waits for a lock; false where it ended without.
    bool waits();
    std::int64_t changed() const; // rows, by the statement before
    std::string id() const;       // as the server calls the connection

private:
    struct Inside;
    std::unique_ptr<Inside> inside_;
    std::future<std::string> running_;
};

// Connections of the store's database that wait for a lock right now, by the server's own words.
std::vector<std::string> waiting_connections(const StoreSettings&);
// Until `many` of them wait. False where that did not come about in 20 s.
bool until_waiting(const StoreSettings&, std::size_t many = 1);
// Ends a connection as an administrator would; and every connection of the database but the administrator's own.
void kill_connection(const StoreSettings&, const std::string& id);
std::vector<std::string> connections(const StoreSettings&);

} // namespace retention::test
