#pragma once
// A throw-away SQLite database in a temporary folder of its own, filled from SQL text, removed at the end. It speaks
// to SQLite directly, not through connectors/, so that a test has a second opinion.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace retention::test {

class SqliteFile {
public:
    // Throws std::runtime_error with SQLite's message where the SQL fails. `name` of the file, not its folder.
    explicit SqliteFile(std::string_view sql = {}, const std::string& name = "store.sqlite");
    // A copy of a database that exists.
    static SqliteFile copy_of(const std::filesystem::path&);
    ~SqliteFile();
    SqliteFile(SqliteFile&&) noexcept;
    SqliteFile& operator=(SqliteFile&&) = delete;

    const std::filesystem::path& path() const { return path_; }
    const std::filesystem::path& folder() const { return folder_; } // with -wal and -shm; removed as a whole

    // Any number of statements, on a connection of its own.
    void run(std::string_view sql) const;
    // The first column of each row, as SQLite writes it as text; NULL is "NULL".
    std::vector<std::string> column(const std::string& query) const;
    std::string value(const std::string& query) const; // the first of them; empty where there is no row

private:
    std::filesystem::path folder_, path_;
};

// The folder of the public sample databases: RETENTION_DATA, else ../shared/data beside the source. Empty where absent.
std::filesystem::path sample_data(const std::filesystem::path& source); // SOURCE_DIRECTORY

} // namespace retention::test
