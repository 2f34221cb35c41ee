#include "tests/support/sqlite_file.hpp"

#include <sqlite3.h>

#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <utility>

namespace retention::test {
namespace {

struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close(handle); }
};
using Handle = std::unique_ptr<sqlite3, Close>;

Handle open(const std::filesystem::path& path) {
    sqlite3* handle = nullptr;
    const int code = sqlite3_open(path.c_str(), &handle);
    Handle owned(handle);
    if (code != SQLITE_OK) throw std::runtime_error("cannot open " + path.string());
    sqlite3_busy_timeout(handle, 5000);
    return owned;
}

std::filesystem::path new_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "retentiond-XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("cannot make a folder like " + name);
    return name;
}

int collect(void* rows, int, char** values, char**) {
    static_cast<std::vector<std::string>*>(rows)->push_back(values[0] ? values[0] : "NULL");
    return 0;
}

std::vector<std::string> execute(const std::filesystem::path& path, std::string_view sql) {
    const auto handle = open(path);
    std::vector<std::string> rows;
    char* message = nullptr;
    if (sqlite3_exec(handle.get(), std::string(sql).c_str(), collect, &rows, &message) == SQLITE_OK) return rows;
    const std::string what = message ? message : "unknown error";
    sqlite3_free(message);
    throw std::runtime_error(what);
}

} // namespace

SqliteFile::SqliteFile(std::string_view sql, const std::string& name) : folder_(new_folder()), path_(folder_ / name) {
    try {
        run("PRAGMA user_version = 1"); // so that there is a file
        run(sql);
    } catch (...) {
        std::filesystem::remove_all(folder_);
        throw;
    }
}

SqliteFile SqliteFile::copy_of(const std::filesystem::path& original) {
    SqliteFile copy;
    std::filesystem::copy_file(original, copy.path_, std::filesystem::copy_options::overwrite_existing);
    return copy;
}

SqliteFile::SqliteFile(SqliteFile&& other) noexcept
    : folder_(std::exchange(other.folder_, {})), path_(std::exchange(other.path_, {})) {}

SqliteFile::~SqliteFile() {
    std::error_code ignored;
    if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

void SqliteFile::run(std::string_view sql) const {
    execute(path_, sql);
}

std::vector<std::string> SqliteFile::column(const std::string& query) const {
    return execute(path_, query);
}

std::string SqliteFile::value(const std::string& query) const {
    const auto rows = column(query);
    return rows.empty() ? std::string() : rows.front();
}

std::filesystem::path sample_data(const std::filesystem::path& source) {
    const char* named = std::getenv("RETENTION_DATA");
    const auto folder = named ? std::filesystem::path(named) : source.parent_path() / "shared" / "data";
    return std::filesystem::is_directory(folder) ? folder : std::filesystem::path();
}

} // namespace retention::test
