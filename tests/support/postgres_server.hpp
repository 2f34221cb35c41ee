#pragma once
// A throw-away PostgreSQL on a Unix socket in a temporary folder: started once a test process, when it is first asked
// for, and stopped by its pid when the process ends, however it ends. Nothing of it is left behind.

#include "policies/configuration.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <sys/types.h>
#include <vector>

namespace retention::test {

class PostgresServer {
public:
    // Null where PostgreSQL is not installed: the caller says "skipped" and missing().
    static PostgresServer* shared();
    static std::string missing(); // why shared() is null

    // A server of its own, for tests that stop, kill or configure it: lines of postgresql.conf.
    explicit PostgresServer(const std::vector<std::string>& configuration = {});
    ~PostgresServer();
    PostgresServer(const PostgresServer&) = delete;
    PostgresServer& operator=(const PostgresServer&) = delete;

    std::string make_database(); // a fresh one; its name
    // Runs a script as superuser, statement by statement; throws std::runtime_error with the server's words.
    void run(const std::string& database, const std::string& script) const;
    // Rows of a query as text, columns joined by '|', NULL as "NULL".
    std::vector<std::string> rows(const std::string& database, const std::string& query) const;
    StoreSettings settings(const std::string& database, const std::string& user = "postgres") const;
    std::string url(const std::string& database, const std::string& user = "postgres") const; // for a TOML file

    const std::filesystem::path& folder() const; // holds the socket and the data
    int port() const;                            // on the socket, and on 127.0.0.1 where it listens there
    pid_t pid() const;
    void stop(bool at_once = false); // fast, or immediate as a crash would
    void start();

private:
    struct Inside;
    std::unique_ptr<Inside> inside_;
};

} // namespace retention::test
